"""A document and edits: what is not edited comes out byte for byte, however the bytes come in."""

import pytest
from documents import STYLES, random_project
from hypothesis import given, settings
from hypothesis import strategies as st

from qdpx_compassion.errors import InputError
from qdpx_compassion.refi.editor import Editor, Splicer


def cut(data: bytes, size: int) -> list[bytes]:
    return [data[start : start + size] for start in range(0, len(data), size)]


@given(
    data=st.binary(max_size=60),
    edits=st.lists(st.tuples(st.integers(0, 60), st.integers(0, 5), st.binary(max_size=4)), max_size=8),
    size=st.integers(1, 70),
    held=st.one_of(st.none(), st.integers(0, 60)),
)
def test_splicing_is_cutting_and_pasting(
    data: bytes, edits: list[tuple[int, int, bytes]], size: int, held: int | None
) -> None:
    apart: list[tuple[int, int, bytes]] = []
    for offset, length, new in sorted(edits, key=lambda edit: edit[0]):
        if offset + length <= len(data) and (not apart or offset >= apart[-1][0] + max(apart[-1][1], 1)):
            apart.append((offset, length, new))
    expected, at = b"", 0
    for offset, length, new in apart:
        expected += data[at:offset] + new
        at = offset + length
    out = bytearray()
    splicer = Splicer(out.extend)
    splicer.hold(held)
    for offset, length, new in reversed(apart):  # in any order
        splicer.replace(offset, length, new)
    for number, chunk in enumerate(cut(data, size), start=1):
        splicer.feed(chunk)
        splicer.flush(min(number * size, len(data)))
        if held is not None and held < len(data):
            assert splicer.base <= held
    splicer.finish(len(data))
    assert bytes(out) == expected + data[at:]


def test_edits_at_one_place_come_out_in_the_order_in_which_they_were_made() -> None:
    out = bytearray()
    splicer = Splicer(out.extend)
    splicer.feed(b"ab")
    for text in (b"1", b"2", b"3"):
        splicer.replace(1, 0, text)
    splicer.finish(2)
    assert bytes(out) == b"a123b"


@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 300), style=st.sampled_from(STYLES), size=st.sampled_from([1, 5, 100, 1 << 18]))
def test_without_edits_a_document_is_copied(seed: int, style: str, size: int) -> None:
    data = random_project(seed, seed % 2, style=style)
    out = bytearray()
    Editor("project.qde", out.extend).run(cut(data, size))
    assert bytes(out) == data


class CodingCounter(Editor):
    """Puts a comment before every Coding, and tells which elements have one tag only."""

    def start(self, name: str, attributes: dict[str, str]) -> None:  # noqa: ARG002 - what is overridden has it
        self.opened = self.scanner.offset
        if name == "Coding":
            self.splicer.replace(self.scanner.offset, 0, self.encode("<!--ж-->"))

    def end(self, name: str) -> None:
        if self.scanner.offset != self.opened and name == "CodeRef":
            assert self.is_self_closing(self.opened)


@settings(deadline=None, max_examples=30)
@given(
    seed=st.integers(0, 300), style=st.sampled_from(["plain", "prefixed", "bom", "utf-16"]), size=st.integers(1, 500)
)
def test_edits_are_written_in_the_documents_encoding(seed: int, style: str, size: int) -> None:
    data = random_project(seed, 1, style=style)
    out = bytearray()
    CodingCounter("project.qde", out.extend).run(cut(data, size))
    text = data.decode("utf-16" if style == "utf-16" else "utf-8")
    new = bytes(out).decode("utf-16" if style == "utf-16" else "utf-8")
    assert new.replace("<!--ж-->", "") == text
    assert new.count("<!--ж-->") == text.count("</Coding>") + text.count("</q:Coding>")


def test_characters_that_the_encoding_lacks_become_references() -> None:
    out = bytearray()
    document = b'<?xml version="1.0" encoding="iso-8859-1"?><Project><Coding/></Project>'
    CodingCounter("project.qde", out.extend).run([document])
    assert b"<!--&#1078;--><Coding/>" in out


def test_a_document_whose_entities_hold_elements_is_not_edited() -> None:
    document = b'<!DOCTYPE Project [<!ENTITY e "<User/>">]><Project><Users>&e;</Users></Project>'
    with pytest.raises(InputError, match="not changed"):
        Editor("project.qde", lambda _: None).run([document])
