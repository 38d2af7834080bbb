"""Runs of selections: what is taken together is what the events tell, and anything unusual comes as events."""

import random
from collections.abc import Callable
from typing import Any

import pytest
from documents import STYLES, random_project
from hypothesis import given, settings
from hypothesis import strategies as st

from qdpx_compassion.code_tree import CodeTree
from qdpx_compassion.enrich.adding import Added, Adder, LateCasesError
from qdpx_compassion.enrich.ours import find_ours
from qdpx_compassion.enrich.provenance import record_of
from qdpx_compassion.enrich.survey import Survey
from qdpx_compassion.errors import InputError
from qdpx_compassion.files.limits import Limits
from qdpx_compassion.frameworks import load_framework
from qdpx_compassion.mapping.model import Decisions
from qdpx_compassion.refi.dialects import dialect
from qdpx_compassion.refi.guids import normalise_guid
from qdpx_compassion.refi.reader import read_head_of
from qdpx_compassion.refi.rows import RowMaker
from qdpx_compassion.refi.runs import Form, Run, Runs, form_of
from qdpx_compassion.refi.scanner import Scanner

GUID = "00000000-0000-4000-8000-{:012x}"
CODING = (
    '<Coding guid="{c}" creatingUser="u" creationDateTime="2024-01-01T00:00:00Z"><CodeRef targetGUID="{t}"/></Coding>'
)
SELECTION = (
    '<PlainTextSelection guid="{g}" name="{n}" startPosition="{s}" endPosition="9">{inside}</PlainTextSelection>'
)


def selection(number: int, name: str = "n", start: str = "3", inside: str | None = None) -> str:
    """A selection with one coding."""
    coding = CODING.format(c=GUID.format(number + 500), t=GUID.format(1 + number % 2))
    return SELECTION.format(g=GUID.format(number), n=name, s=start, inside=coding if inside is None else inside)


def document(*selections: str, before: str = "", project: str = 'xmlns="urn:QDA-XML:project:1.0"') -> str:
    """A project with a text and its selections, between some that are plain."""
    plain = [selection(number) for number in range(10, 16)]
    codes = "".join(f'<Code guid="{GUID.format(n)}" name="c{n}" isCodable="true"/>' for n in (1, 2))
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<Project name="p" {project}>'
        f"<CodeBook><Codes>{codes}</Codes></CodeBook>"
        f'<Sources>{before}<TextSource guid="{GUID.format(99)}" name="t">'
        f"<PlainTextContent>0123456789</PlainTextContent>{''.join(plain[:3])}{''.join(selections)}{''.join(plain[3:])}"
        "</TextSource></Sources></Project>"
    )


def cut(data: bytes, size: int) -> list[bytes]:
    return [data[start : start + size] for start in range(0, len(data), size)]


def read(data: bytes, size: int, *, together: bool, limits: Limits | None = None) -> object:
    """The rows and findings of a document, or what is wrong with it; how many selections were taken."""
    maker = RowMaker("p.qde")
    scanner = Scanner(maker.start, maker.end, where="p.qde", limits=limits)
    maker.attach(scanner)
    try:
        scanner.scan(cut(data, size), Runs(scanner, maker).feed if together else None)
    except InputError as error:
        return str(error)
    maker.finish()
    return {name: [list(row) for row in rows] for name, rows in maker.rows.items()}, maker.findings()


def taken(data: bytes, size: int = 1 << 20) -> int:
    """How many selections are taken together."""
    numbers = [0]

    class Counting(RowMaker):
        def take(self, run: Run) -> None:  # type: ignore[type-arg]
            numbers.append(len(run.plans))
            super().take(run)

    maker = Counting("p.qde")
    scanner = Scanner(maker.start, maker.end, where="p.qde")
    maker.attach(scanner)
    scanner.scan(cut(data, size), Runs(scanner, maker).feed)
    return sum(numbers)


def check(data: bytes, size: int = 1 << 20) -> None:
    assert read(data, size, together=True) == read(data, size, together=False)


@settings(deadline=None, max_examples=60)
@given(seed=st.integers(0, 500), style=st.sampled_from(STYLES), size=st.sampled_from([7, 100, 1000, 5000, 1 << 20]))
def test_taken_together_or_told_one_by_one_the_rows_are_the_same(seed: int, style: str, size: int) -> None:
    check(random_project(seed, seed % 4, style=style), size)


def test_most_of_a_plain_document_is_taken_together() -> None:
    data = document(*(selection(number) for number in range(20, 420))).encode()
    assert taken(data) == 406 - 1  # the first comes with what stands before it
    assert 0.9 < taken(data, 10_000) / 406 < 1


INSERTED = (
    *(
        b"&amp;",
        b"&#10;",
        b"&",
        b"\t",
        b"\n",
        b"\r\n",
        b"\r",
        b"<",
        b">",
        b'"',
        b"'",
        b"/",
        b" ",
        b"=",
        b"\x00",
        b"\x0c",
    ),
    *(
        b"<!-- a -->",
        b"<?a b?>",
        b"<![CDATA[x]]>",
        b"]]>",
        b' xmlns="x"',
        b' a="b"',
        b' q:a="b"',
        b"\xef\xbf\xbe",
        b"\xff",
    ),
    *(
        b"\xed\xa0\x80",
        "ж🙂".encode(),
        b"Selection>",
        b"</PlainTextSelection>",
        b"<Coding",
        b"<Description>d</Description>",
    ),
    *(b' guid="x"', b"\xc2\x85", b"\xe2\x80\xa8", b"\x7f", b"</TextSource>", b"<TextSource>", b"x:"),
)


@settings(deadline=None, max_examples=300)
@given(
    seed=st.integers(0, 100_000),
    damages=st.lists(st.tuples(st.floats(0, 1), st.sampled_from(INSERTED), st.integers(0, 3)), min_size=1, max_size=3),
    size=st.sampled_from([300, 1000, 1 << 20]),
)
def test_whatever_stands_in_a_document_it_is_read_or_refused_in_the_same_words(
    seed: int, damages: list[tuple[float, bytes, int]], size: int
) -> None:
    lines = "\n" if seed % 2 else ""
    data = document(*(selection(number) + lines for number in range(20, 40))).encode()
    for share, inserted, removed in damages:
        at = int(share * len(data))
        data = data[:at] + inserted + data[at + removed :]
    check(data, size)


@pytest.mark.parametrize("inserted", INSERTED)
def test_each_sign_at_each_place_of_a_selection(inserted: bytes) -> None:
    plain = document("\n", selection(20), "\n").encode()
    begin = plain.index(b"\n", 60)
    for at in range(begin, plain.index(b"\n", begin + 1) + 2):
        for removed in (0, 1):
            check(plain[:at] + inserted + plain[at + removed :])


MANY = "".join(CODING.format(c=GUID.format(n), t=GUID.format(1 + n % 2)) for n in range(700, 760))
ODD = {
    "entity": selection(20, name="a &amp; b"),
    "tab": selection(20, name="a\tb"),
    "line feed": selection(20, name="a\nb"),
    "single quotes": selection(20).replace('"', "'"),
    "comment": "<!-- -->" + selection(20),
    "odd number": selection(20, start=" 3 "),
    "no number": selection(20, start="three"),
    "huge number": selection(20, start="9" * 30),
    "unknown attribute": selection(20).replace(" name=", " colour="),
    "description": selection(20, inside="<Description>d</Description>"),
    "note": selection(20, inside=f'<NoteRef targetGUID="{GUID.format(1)}"/>'),
    "no coding": selection(20, inside=""),
    "self-closing": selection(20, inside="").replace("></PlainTextSelection>", "/>"),
    "of another kind": selection(20).replace("PlainText", "PDF"),
    "unknown kind": selection(20).replace("PlainText", "Other"),
    "end of a selection in a name": selection(20, name="my Selection> is"),
    "sign of a tag in a name": selection(20, name="a > b"),
    "letters": selection(20, name="ж🙂 naïve"),
    "no reference": selection(20, inside='<Coding guid="a"/>'),
    "other reference": selection(20, inside='<Coding guid="a"><CodeRef guid="b"/></Coding>'),
    "reference with content": selection(20).replace("/></Coding>", "></CodeRef></Coding>"),
    "coding without a user": selection(20).replace(' creatingUser="u"', ""),
    "coding without anything": selection(20, inside='<Coding><CodeRef targetGUID="b"/></Coding>'),
    "an attribute of another element": selection(20).replace("creatingUser", "modifyingUser"),
    "many codings": selection(20, name="ж", inside=MANY),
    "a namespace": selection(20).replace(" name", ' xmlns="x" name'),
}
#: Those that are taken with the others.
PLAIN = {
    "odd number", "no number", "huge number", "no coding", "sign of a tag in a name", "letters",
    "reference with content", "many codings", "coding without a user", "coding without anything",
}  # fmt: skip


@pytest.mark.parametrize("what", ODD)
def test_what_is_odd_is_read_as_events(what: str) -> None:
    data = document(ODD[what]).encode()
    check(data)
    whole = taken(document(selection(20)).encode())
    assert (taken(data) == whole) is (what in PLAIN)


def test_comments_and_cdata_before_a_run_do_not_stop_it() -> None:
    inner = [selection(number) for number in range(20, 30)]
    for before in ("<!-- <![CDATA[ -->", "<?a <!-- ?>", "<Description><![CDATA[a]]></Description>"):
        data = document(before, *inner).encode()
        for size in (*range(300, 360), 1 << 20):
            check(data, size)
        assert taken(data) == 14
    hidden = "<PlainTextContent><![CDATA[" + "".join(inner) + "]]></PlainTextContent>"
    data = document(before=f"<TextSource>{hidden}</TextSource>").encode()
    check(data)
    assert taken(data) == 5
    hidden = f"<!-- {''.join(inner)} -->"
    data = document(before=f"<TextSource>{hidden}</TextSource>").encode()
    for size in (*range(600, 700), 1 << 20):
        check(data, size)


def test_a_document_type_may_say_more_of_attributes() -> None:
    data = document(selection(20, name=" a ")).encode()
    typed = data.replace(
        b"<Project", b"<!DOCTYPE Project [<!ATTLIST PlainTextSelection name NMTOKENS #IMPLIED>]><Project", 1
    )
    check(typed)
    assert taken(typed) == 0


def test_selections_in_what_is_not_known_are_not_taken() -> None:
    inner = "".join(selection(number) for number in range(20, 30))
    for before in (
        f'<TextSource xmlns="other"><a/>{inner}</TextSource>',
        f"<Wrapper>{inner}</Wrapper>",
        f"<PDFSource><PDFSelection>{inner}</PDFSelection></PDFSource>",
        f"<PDFSource>{inner}</PDFSource>",
        f'<PDFSource guid="a"><PDFSelection guid="b"><Representation guid="c">{inner}</Representation>'
        f"{CODING.format(c='d', t=GUID.format(1))}</PDFSelection></PDFSource>",
        f"<PictureSource><TextDescription>{inner}</TextDescription></PictureSource>",
    ):
        check(document(before=before).encode())


def test_a_prefix_and_a_second_namespace_are_heeded() -> None:
    inner = "".join(selection(number) for number in range(20, 30))
    namespaces = 'xmlns="urn:QDA-XML:project:1.0" xmlns:q="urn:QDA-XML:project:1.0" xmlns:r="other"'
    check(document(inner, project=namespaces).encode())
    check(document(inner.replace("<Plain", "<q:Plain").replace("</Plain", "</q:Plain"), project=namespaces).encode())
    check(document(inner.replace("<Plain", "<r:Plain").replace("</Plain", "</r:Plain"), project=namespaces).encode())
    check(document(before=f'<q:TextSource xmlns="other">{inner}</q:TextSource>', project=namespaces).encode())
    assert taken(document(inner, project=namespaces).encode()) == 15


def test_a_document_that_nests_as_deep_as_it_may() -> None:
    data = document(selection(20)).encode()
    for nesting in range(3, 8):
        limits = Limits(nesting=nesting)
        assert read(data, 1000, together=True, limits=limits) == read(data, 1000, together=False, limits=limits)


@pytest.mark.parametrize("line_end", ["", "\n", "\r\n", "\r", "\n\t"])
def test_a_mistake_behind_a_run_is_told_with_its_line_and_column(line_end: str) -> None:
    inner = "".join(selection(number, name="ж🙂") + line_end for number in range(20, 30))
    for data in (document(inner) + "x", document(inner).replace("</Sources>", "</Source>"), document(inner)[:-9]):
        found = read(data.encode(), 1 << 20, together=True)
        assert isinstance(found, str)
        assert found == read(data.encode(), 1 << 20, together=False)


def test_forms() -> None:
    form = form_of(
        '\n<PDFSelection guid="" page="" >\n<Coding guid="" ><CodeRef targetGUID="" /></Coding></PDFSelection>'
    )
    assert form == Form("PDFSelection", {"guid": 0, "page": 1}, ({"guid": 2, "targetGUID": 3},), -len("</PDF"))
    for odd in (
        '<PDFSelection guid="" guid=""></PDFSelection>',
        '<PDFSelection guid=""page=""></PDFSelection>',
        '<PDFSelection x:guid=""></PDFSelection>',
        "<PDFSelection></PDFSelection>x",
        "<Selection></Selection>",
    ):
        assert form_of(odd) is None


def enriched(data: bytes, size: int, *, together: bool, limits: Limits | None = None) -> str | tuple[bytes, Added]:
    """A document with the framework added, or what is wrong with it."""
    framework = load_framework()
    try:
        tree = CodeTree.of(read_head_of(lambda: cut(data, size), "p.qde"))
        ids = [construct.id for construct in framework.constructs]
        keys = dict.fromkeys(code.key for code in tree)
        decisions = Decisions(framework.id, {key: tuple(ids[n % 5 : n % 5 + n % 3]) for n, key in enumerate(keys)})
        out = bytearray()
        adder = Adder(
            "p.qde", out.extend, framework=framework, decisions=decisions, tree=tree, dialect=dialect("unknown"),
            date=None, cases_known=True,
        )  # fmt: skip
        if not together:
            adder.feed = adder.scanner.feed
        adder.run(iter(cut(data, size)))
    except (InputError, LateCasesError) as error:
        return str(error)
    return bytes(out), adder.added


@settings(deadline=None, max_examples=60)
@given(seed=st.integers(0, 500), style=st.sampled_from(STYLES), size=st.sampled_from([100, 1000, 5000, 1 << 20]))
def test_enriched_together_or_one_by_one_the_bytes_are_the_same(seed: int, style: str, size: int) -> None:
    data = random_project(seed, seed % 4, style=style)
    assert enriched(data, size, together=True) == enriched(data, size, together=False)


@pytest.mark.parametrize("what", ODD)
def test_what_is_odd_is_enriched_as_ever(what: str) -> None:
    twice = ODD[what] + ODD[what]  # of one GUID
    data = document(*(selection(number) for number in range(20, 60)), twice).encode()
    assert enriched(data, 1 << 20, together=True) == enriched(data, 1 << 20, together=False)
    assert enriched(data, 3000, together=True) == enriched(data, 3000, together=False)


def test_guids_that_repeat_and_are_written_in_several_ways_give_the_same_codings() -> None:
    shuffled = random.Random(1)
    ways: list[Callable[[str], str]] = [str.upper, str.lower, lambda guid: f"{{{guid}}}", lambda guid: f" {guid} "]
    inner = ""
    for number in range(200):
        guid = GUID.format(shuffled.randrange(20) + 0xABC)
        inner += selection(number).replace(GUID.format(number), shuffled.choice(ways)(guid))
    data = document(inner).encode()
    assert normalise_guid(GUID.format(0xABC)) in data.decode().lower()
    assert enriched(data, 1 << 20, together=True) == enriched(data, 1 << 20, together=False)


def surveyed(data: bytes, size: int, *, together: bool, everything: bool, ours: bool) -> tuple[Any, ...]:
    """What a survey says of an enriched document: what goes, what stays, and where it lies."""
    tree = CodeTree.of(read_head_of(lambda: cut(data, size), "p.qde"))
    found = find_ours(record_of(load_framework()), tree)
    assert found is not None
    targets, others = ([found], []) if ours else ([], [found])
    survey = Survey("p.qde", targets, others, tree, by_place=False, everything=everything)
    survey.scanner.scan(cut(data, size), Runs(survey.scanner, survey).feed if together else None)
    spans = list(survey.spans.outermost(lambda _: True)), survey.spans.names_of(survey.doomed.__getitem__)
    return survey.doomed, spans, survey.unmatched, survey.kept, survey.restore, survey.comments


def check_survey(data: bytes, size: int) -> int:
    """Compares; how many codings with ours are not known as ours."""
    result = enriched(data, 1 << 20, together=True)
    if isinstance(result, str):
        return 0
    whole: bytes = result[0]
    guids = [construct.guid.encode() for construct in load_framework().constructs]
    by_hand = whole.replace(guids[1], guids[0]).replace(guids[2], guids[1])  # not the code that was added there
    strange = 0
    for changed in (whole, by_hand):
        for everything, ours in ((False, True), (True, True), (False, False)):
            together, one_by_one = (
                surveyed(changed, size, together=one, everything=everything, ours=ours) for one in (True, False)
            )
            assert together == one_by_one
            strange = max(strange, together[2].total())
    return strange


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 500), style=st.sampled_from(STYLES), size=st.sampled_from([100, 1000, 5000, 1 << 20]))
def test_surveyed_together_or_one_by_one_the_same_is_taken_out(seed: int, style: str, size: int) -> None:
    check_survey(random_project(seed, seed % 4, style=style), size)


@pytest.mark.parametrize("what", ODD)
def test_of_what_is_odd_the_same_is_taken_out(what: str) -> None:
    twice = ODD[what] + ODD[what]  # of one GUID
    data = document(*(selection(number, name="ж" if number % 7 else "n") for number in range(20, 60)), twice).encode()
    for size in (3000, 1 << 20):
        assert check_survey(data, size) > 10
