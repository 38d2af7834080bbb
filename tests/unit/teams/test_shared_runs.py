"""Sharing selections that are taken together: the same bytes and lists as from each by itself."""

import random
import re

import pytest
from documents import STYLES, random_project
from hypothesis import given, settings
from hypothesis import strategies as st

from qdpx_compassion.errors import InputError
from qdpx_compassion.refi.text import TextReading
from qdpx_compassion.teams.share.document import SharedDocument
from qdpx_compassion.teams.share.edits import Edits
from qdpx_compassion.teams.share.guids import NewGuids
from qdpx_compassion.teams.share.ledger import Ledger
from qdpx_compassion.teams.share.matching import Matcher
from qdpx_compassion.teams.share.names import Name, checked, with_pseudonyms

GUID = "00000000-0000-4000-8000-{:012x}"
TEXT = "Anna met Ben. naïve 🙂 Anna went home, and Ben told nobody of it."


class _Files:
    """Every file holds the same text."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def text(self, path: str) -> tuple[str, bool, Edits]:
        return TEXT, len(path) % 2 == 0, self._ledger.edits(TEXT, path)

    def path(self, written: str, where: str) -> str | None:
        return self._ledger.replaced(written, where) or written


def shared(data: bytes, names: list[str], size: int, *, together: bool, renewed: bool, odd_ids: bool) -> object:
    """The shared document and the lists, or what is wrong with it."""
    ledger = Ledger(Matcher(with_pseudonyms(checked(Name(name) for name in names))))
    out = bytearray()
    job = SharedDocument(
        "p.qde", out.extend, ledger=ledger, files=_Files(ledger), reading=TextReading,
        guids=NewGuids(b"secret") if renewed else None, odd_ids=odd_ids,
    )  # fmt: skip
    if not together:
        job.feed = job.scanner.feed
    try:
        job.run(iter([data[start : start + size] for start in range(0, len(data), size)]))
    except InputError as error:
        return str(error)
    return bytes(out), ledger.replacements, ledger.near, ledger.taken, ledger.used, ledger.removed


def check(data: bytes, names: list[str], size: int) -> None:
    for renewed, odd_ids in ((False, False), (False, True), (True, False)):
        together, one_by_one = (
            shared(data, names, size, together=one, renewed=renewed, odd_ids=odd_ids) for one in (True, False)
        )
        assert together == one_by_one


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 500), style=st.sampled_from(STYLES), size=st.sampled_from([100, 1000, 5000, 1 << 20]))
def test_shared_together_or_one_by_one_the_bytes_and_lists_are_the_same(seed: int, style: str, size: int) -> None:
    data = random_project(seed, seed % 4, style=style)
    words = sorted(set(re.findall(r"(?<=name=\")\w{4,}", random_project(seed, seed % 4).decode())))
    check(data, ["Anna", "Ben", *random.Random(seed).sample(words, min(3, len(words)))], size)


def selection(number: int, kind: str = "PlainText", name: str = "", coding: str = "", **attributes: str) -> str:
    written = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return (
        f'<{kind}Selection guid="{GUID.format(number)}" name="{name}"{written}>'
        f'<Coding guid="{coding or GUID.format(number + 500)}"><CodeRef targetGUID="{GUID.format(1)}"/></Coding>'
        f"</{kind}Selection>"
    )


CODING = f'<Coding guid="{GUID.format(7)}"><CodeRef targetGUID="{GUID.format(1)}"/></Coding>'
PLACE = {"startPosition": "9", "endPosition": "12"}
SELECTIONS = {
    "place": selection(2, name="9,12", **PLACE),
    "place with a blank": selection(2, name="9, 12", **PLACE),
    "another place": selection(2, name="9,13", **PLACE),
    "quotation": selection(2, name="Ben", **PLACE),
    "name": selection(2, name="what Anna said", **PLACE),
    "near name": selection(2, name="Ana", **PLACE),
    "nothing": selection(2, name="home", **PLACE),
    "no name": selection(2, **PLACE),
    "no place": selection(2, name="Anna"),
    "no number": selection(2, name="Anna", startPosition="x", endPosition="y"),
    "odd identifier": selection(2, name="home", coding="Anna", **PLACE),
    "unknown attribute": selection(2, name="home", said="Anna", **PLACE),
    "letters": selection(2, name="ж🙂 Ben", **PLACE),
    "described": selection(2, name="home", **PLACE).replace("<Coding", "<Description>Anna</Description><Coding", 1),
    "text behind": selection(2, name="home", **PLACE) + "Anna",
    "comment behind": selection(2, name="home", **PLACE) + "<!-- Anna -->",
    "picture": selection(2, "Picture", name="Anna", firstX="1"),
    "a name that looks like no place": selection(2, "Picture", name="None, None", firstX="1"),
    "the same in a text": selection(2, name="None,None"),
    "many codings": selection(2, name="ж Anna", **PLACE).replace("</Pl", CODING * 50 + "</Pl"),
}


@pytest.mark.parametrize("what", SELECTIONS)
@pytest.mark.parametrize("text", ["plain", "with names", "behind", "in a file", "picture"])
def test_whatever_a_selection_says_it_is_shared_as_ever(what: str, text: str) -> None:
    inside = [selection(number, name=f"{number}", startPosition="1", endPosition="4") for number in range(20, 26)]
    many = "".join(inside[:3]) + SELECTIONS[what] * 2 + "".join(inside[3:])
    content = f"<PlainTextContent>{'no name at all is in it' if text == 'plain' else TEXT}</PlainTextContent>"
    path = ' plainTextPath="internal://a.txt"' if text == "in a file" else ""
    kind = "PictureSource" if text == "picture" else "TextSource"
    before, after = {"behind": ("", content), "in a file": ("", ""), "picture": ("", "")}.get(text, (content, ""))
    data = (
        f'<?xml version="1.0" encoding="utf-8"?><Project name="p" xmlns="urn:QDA-XML:project:1.0"><Sources>'
        f'<{kind} guid="{GUID.format(99)}" name="t"{path}>{before}{many}{after}</{kind}></Sources></Project>'
    ).encode()
    for size in (200, 1 << 20):
        check(data, ["Anna", "Ben", "None"], size)
    found = shared(data, ["Anna", "Ben", "None"], 1 << 20, together=True, renewed=False, odd_ids=False)
    assert isinstance(found, tuple)
    told = found[0].replace(b'guid="Anna"', b"")
    assert b"Anna" not in told
    assert b"None" not in told
