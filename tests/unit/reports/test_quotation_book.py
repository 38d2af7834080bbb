"""The book of quotations as Word reads it: structure, words, directions, what it says of itself."""

import re
import time
import zipfile
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import docx
import pytest
from command_line import FIRST_MAPPING, FIRST_STEPS, VALUES_MAPPING, VALUES_STUDY, members, run
from docx.oxml.ns import qn
from small_projects import Small

from qdpx_compassion.errors import OutputError
from qdpx_compassion.opened import OpenedProject
from qdpx_compassion.refi.reader import read_project
from qdpx_compassion.reports.book import write_book
from qdpx_compassion.reports.book.plan import plan_book, shorten
from qdpx_compassion.reports.direction import is_right_to_left, runs
from qdpx_compassion.study.summary import Summary

HEBREW, ARABIC = "שלום", "مرحبا"


def summary_of(path: Path, mapping: Path | None = None) -> Summary:
    read = read_project(path)
    project = OpenedProject(read.rows, read.dialect, read.findings, read.name, read.positions, path=path)
    return project.summary(mapping)


@pytest.fixture(scope="module")
def values_study() -> Summary:
    return summary_of(VALUES_STUDY, VALUES_MAPPING)


@pytest.fixture
def first_steps() -> Summary:
    return summary_of(FIRST_STEPS, FIRST_MAPPING)


def said(summary: Summary, quotation: str) -> Summary:
    """The summary with other words in its first counted coding."""
    first = next(number for number, coding in enumerate(summary.codings) if coding.counted)
    codings = [replace_text(one, quotation) if number == first else one for number, one in enumerate(summary.codings)]
    return replace(summary, codings=codings)


def replace_text(coding: Any, quotation: str) -> Any:
    return coding._replace(quotation=quotation)


def paragraphs(path: Path, style: str) -> list[str]:
    return [one.text for one in docx.Document(str(path)).paragraphs if one.style and one.style.name == style]


def xml(path: Path, member: str = "word/document.xml") -> str:
    return members(path)[member].decode()


def test_elements_values_and_groups_are_words_own_headings(tmp_path: Path, values_study: Summary) -> None:
    target = tmp_path / "q.docx"
    assert write_book(target, values_study) == []
    framework = values_study.framework
    assert framework is not None
    names = [construct.name for construct in framework.constructs]
    assert paragraphs(target, "Heading 1") == [*names, "Not related to the framework"]
    assert "Feeling heard and understood" in paragraphs(target, "Heading 2")
    assert set(paragraphs(target, "Heading 3")) == {"client", "professional"}


def test_every_quotation_that_counts_stands_below_each_of_its_elements(tmp_path: Path, values_study: Summary) -> None:
    target = tmp_path / "q.docx"
    write_book(target, values_study)
    expected: Counter[str] = Counter()
    for _, text, _ in {
        (coding.place_id, (coding.quotation or "").strip(), (construct, coding.code_row))
        for coding in values_study.codings
        if coding.counted
        for construct in coding.constructs or ("",)
    }:
        expected[text] += 1
    assert Counter(paragraphs(target, "Quote")) == expected
    assert len(paragraphs(target, "Body Text 3")) == sum(expected.values())


def test_each_quotation_says_whose_it_is_and_where(tmp_path: Path, first_steps: Summary) -> None:
    target = tmp_path / "q.docx"
    write_book(target, first_steps)
    coding = next(one for one in first_steps.codings if one.counted)
    where = paragraphs(target, "Body Text 3")
    assert any(coding.source in line and str(coding.place) in line for line in where)
    assert any("meets " in line for line in where)  # examples of technology: which elements they meet


def test_the_quotations_of_a_participant_stand_in_the_order_in_which_they_were_said(tmp_path: Path) -> None:
    project = Small()
    project.text("P2", "Somebody else.")
    project.text("P1", "First this. Then that. And at last it.")
    project.coding("P2", "Somebody", "Value")
    for words in ("And at last it.", "First this.", "Then that."):  # as people code, forth and back
        project.coding("P1", words, "Value")
    (tmp_path / "small.qde").write_text(project.xml(), encoding="utf-8")
    write_book(tmp_path / "q.docx", summary_of(tmp_path / "small.qde"))
    assert paragraphs(tmp_path / "q.docx", "Quote") == ["First this.", "Then that.", "And at last it.", "Somebody"]


def test_without_a_mapping_the_chapters_are_values(tmp_path: Path) -> None:
    summary = summary_of(FIRST_STEPS)
    write_book(tmp_path / "q.docx", summary)
    values = summary.values[summary.values["codings"] > 0]["value"]
    assert Counter(paragraphs(tmp_path / "q.docx", "Heading 1")) == Counter(values)


def test_the_contents_are_a_field_that_is_filled_and_every_entry_leads_to_a_heading(
    tmp_path: Path, values_study: Summary
) -> None:
    target = tmp_path / "q.docx"
    write_book(target, values_study)
    body = docx.Document(str(target)).element.body
    kinds = [one.get(qn("w:fldCharType")) for one in body.iter(qn("w:fldChar"))]
    assert kinds == ["begin", "separate", "end"]
    assert [one.text for one in body.iter(qn("w:instrText"))] == [' TOC \\o "1-2" \\h \\z \\u ']
    marks = {one.get(qn("w:name")): one.getparent() for one in body.iter(qn("w:bookmarkStart"))}
    links = list(body.iter(qn("w:hyperlink")))
    assert len(links) == len(marks) > 30
    for link in links:
        assert text(marks[link.get(qn("w:anchor"))]) == text(link)
    assert "updateFields" not in xml(target, "word/settings.xml")  # Word would ask on every opening


def text(element: Any) -> str:
    return "".join(one.text or "" for one in element.iter(qn("w:t")))


@pytest.mark.parametrize(
    "quotation",
    [
        "<b>bold</b> & <script>alert(1)</script> ]]> &amp;",
        r"\textbf{x} $a_b$ **bold** [link](http://x) | `code`",
        "one\ntwo\r\nthree\rfour\u2028five",
        "tab\there",
        "emoji 👩🏽‍⚕️ and e\u0301",
    ],
)
def test_words_stay_words_whatever_they_look_like(tmp_path: Path, first_steps: Summary, quotation: str) -> None:
    assert write_book(tmp_path / "q.docx", said(first_steps, quotation)) == []
    assert re.sub("\r\n?|\u2028", "\n", quotation) in paragraphs(tmp_path / "q.docx", "Quote")


def test_characters_that_word_cannot_hold_are_shown_and_told(tmp_path: Path, first_steps: Summary) -> None:
    bad = "a\x00b\x1bc\x7fd\ud800e\ufffff"
    first = next(one for one in first_steps.codings if one.counted)
    (finding,) = write_book(tmp_path / "q.docx", said(first_steps, bad))
    assert (finding.code, "shown by symbols" in finding.message) == ("report-characters", True)
    assert paragraphs(tmp_path / "q.docx", "Quote").count("a␀b␛c␡d�e�f") == len(first.constructs)


def test_right_to_left_texts_are_marked_so(tmp_path: Path, first_steps: Summary) -> None:
    write_book(tmp_path / "q.docx", said(first_steps, f"{HEBREW}, {HEBREW} 12 NVivo {ARABIC}!"))
    quote = next(one for one in docx.Document(str(tmp_path / "q.docx")).paragraphs if HEBREW in one.text and one.runs)
    assert quote._p.find(f"{qn('w:pPr')}/{qn('w:bidi')}") is not None
    marked = [(run.text, run._r.find(f"{qn('w:rPr')}/{qn('w:rtl')}") is not None) for run in quote.runs]
    assert marked == [(f"{HEBREW}, {HEBREW} 12 ", True), ("NVivo", False), (f" {ARABIC}!", True)]


def test_where_a_quotation_stands_is_told_from_left_to_right_whatever_the_name(tmp_path: Path) -> None:
    project = Small()
    project.text(f"{HEBREW} 1", f"{HEBREW}, {ARABIC}")
    project.coding(f"{HEBREW} 1", HEBREW, HEBREW)
    (tmp_path / "small.qde").write_text(project.xml(), encoding="utf-8")
    write_book(tmp_path / "q.docx", summary_of(tmp_path / "small.qde"))
    for one in docx.Document(str(tmp_path / "q.docx")).paragraphs:
        if one.style is not None and one.style.name in ("Quote", "Heading 1", "Body Text 3"):
            turned = one._p.find(f"{qn('w:pPr')}/{qn('w:bidi')}") is not None
            assert turned == (one.style.name != "Body Text 3")
            marked = [(run.text, run._r.find(f"{qn('w:rPr')}/{qn('w:rtl')}") is not None) for run in one.runs]
            if not turned:
                assert marked == [(HEBREW, True), (" 1 · characters 0 to 4", False)]


def test_styles_follow_the_order_of_the_standard(tmp_path: Path, first_steps: Summary) -> None:
    write_book(tmp_path / "q.docx", first_steps)
    order = ["rFonts", "b", "bCs", "i", "iCs", "caps", "smallCaps", "noProof", "color", "spacing", "kern", "sz", "szCs"]
    for style in docx.Document(str(tmp_path / "q.docx")).styles:
        names = [one.tag.rpartition("}")[2] for one in (style.element.rPr if style.element.rPr is not None else ())]
        known = [order.index(name) for name in names if name in order]
        assert known == sorted(known), style.name
        assert len(set(names)) == len(names), style.name


def test_a_left_to_right_text_with_foreign_words_stays_left_to_right() -> None:
    assert not is_right_to_left(f"She said {HEBREW}.")
    assert runs(f"She said {HEBREW} ({ARABIC}), twice") == [
        ("She said ", False),
        (f"{HEBREW} ({ARABIC}", True),
        ("), twice", False),
    ]
    assert runs("") == []
    assert [way for _, way in runs("12 – 14")] == [False]


def test_it_says_nothing_of_who_made_it_and_when(tmp_path: Path, values_study: Summary) -> None:
    target = tmp_path / "q.docx"
    write_book(target, values_study)
    properties = docx.Document(str(target)).core_properties
    assert (properties.author, properties.last_modified_by) == ("qdpx_compassion", "qdpx_compassion")
    assert values_study.moment is not None
    assert properties.modified == properties.created == values_study.moment.replace(microsecond=0)
    everything = b"".join(members(target).values()).decode("utf-8", "replace")
    assert not {coding.coder for coding in values_study.codings if coding.coder and coding.coder in everything}
    assert "thumbnail" not in "".join(members(target))


def test_the_same_summary_gives_the_same_bytes(tmp_path: Path, values_study: Summary) -> None:
    for name in ("a.docx", "b.docx"):
        write_book(tmp_path / name, values_study)
    assert (tmp_path / "a.docx").read_bytes() == (tmp_path / "b.docx").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.docx") as archive:
        assert len({info.date_time for info in archive.infolist()}) == 1


def test_names_of_labelled_participants_are_not_in_it(tmp_path: Path) -> None:
    mapping = tmp_path / "mapping.xlsx"
    assert run("mapping", "update", FIRST_STEPS, FIRST_MAPPING, "-o", mapping).code == 0
    import openpyxl

    book = openpyxl.load_workbook(mapping)
    sheet = book["Participants"]
    columns = {str(cell.value): number for number, cell in enumerate(sheet[1], start=1)}
    names = []
    for row in range(2, sheet.max_row + 1):
        names.append(str(sheet.cell(row, columns["Sources"]).value))
        sheet.cell(row, columns["Label for reports"]).value = f"Person {row}"
    book.save(mapping)
    target = tmp_path / "q.docx"
    assert run("summarise", FIRST_STEPS, mapping, "-o", target).code == 0
    written = "\n".join(one.text for one in docx.Document(str(target)).paragraphs)
    assert "Person 2" in written
    assert not [name for name in names if name in written]


def test_too_many_quotations_are_left_out_fairly_and_told(tmp_path: Path, values_study: Summary) -> None:
    whole = plan_book(values_study)
    total = sum(len(one.codings) for one in whole)
    (finding,) = write_book(tmp_path / "q.docx", values_study, limit=100)
    assert finding.code == "report-shortened"
    kept = len(paragraphs(tmp_path / "q.docx", "Quote"))
    assert 100 - len(whole) < kept <= 100
    assert str(total - kept) in finding.message
    assert any(
        "more quotation" in line and "workbook" in line for line in paragraphs(tmp_path / "q.docx", "Body Text 2")
    )
    shortened = plan_book(values_study)
    shorten(shortened, 100)
    for one, full in zip(shortened, whole, strict=True):
        people = {coding.participant_row for coding in full.codings}
        assert len({coding.participant_row for coding in one.codings}) == min(len(people), len(one.codings))
        assert len(one.codings) + one.left_out == len(full.codings)


def test_a_large_study_takes_seconds(tmp_path: Path, values_study: Summary) -> None:
    counted = [coding for coding in values_study.codings if coding.counted]
    many = [
        counted[number % len(counted)]._replace(place_id=number, row=number, constructs=("emotional-resonance",))
        for number in range(20_000)
    ]
    start = time.perf_counter()
    assert write_book(tmp_path / "q.docx", replace(values_study, codings=many)) == []
    assert time.perf_counter() - start < 30
    assert xml(tmp_path / "q.docx").count('w:val="Quote"') == 20_000


def test_an_existing_file_stays_and_nothing_half_is_left(tmp_path: Path, first_steps: Summary) -> None:
    target = tmp_path / "q.docx"
    target.write_bytes(b"old")
    with pytest.raises(OutputError):
        write_book(target, first_steps)
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]
