"""Coded segments of spreadsheets: every one at its place in its text, or put aside; never at another place."""

from __future__ import annotations

import csv
import datetime as dt
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from openpyxl import Workbook

from qdpx_compassion.errors import InputError, UsageError
from qdpx_compassion.formats import Content
from qdpx_compassion.formats.converting import convert
from qdpx_compassion.formats.registry import by_id, for_input
from qdpx_compassion.formats.segments.finding import SegmentFinder
from qdpx_compassion.formats.segments.layouts import paragraph_of
from qdpx_compassion.formats.segments.reading import moment_of
from qdpx_compassion.refi.reader import read_project
from qdpx_compassion.tables import Project

ROOT = Path(__file__).resolve().parents[4]
STUDY = ROOT / "sample_projects" / "values-study"
TEXT = "I: How was it?\nP: It was good. I felt heard.\n\nI: And then?\nP: It was good.\tReally  good 🙂.\n"

MAXQDA = ["Color", "Comment", "Document group", "Document name", "Code", "Beginning", "End", "Weight score", "Segment",
          "Modified by", "Modified on", "Created by", "Created on", "Area", "Coverage %"]  # fmt: skip
GERMAN = ["Farbe", "Kommentar", "Dokumentgruppe", "Dokumentname", "Code", "Anfang", "Ende", "Gewicht", "Segment",
          "Geändert von", "Geändert am", "Erstellt von", "Erstellt am", "Fläche", "Abdeckungsgrad %"]  # fmt: skip
ATLASTI = ["ID", "Document", "Quotation Name", "Quotation Content", "Comment", "Codes", "Reference", "Created by"]
NVIVO = ["Hierarchical Name", "File Name", "Coded Text", "Coverage", "Coded By Initials"]


def workbook(path: Path, headings: list[str], rows: list[list[Any]], above: list[list[Any]] | None = None) -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in [*(above or []), headings, *rows]:
        sheet.append(row)
    book.save(path)
    return path


def maxqda_row(text: str, code: str, *, document: str = "Interview 1", begin: Any = None, **more: Any) -> list[Any]:
    row: dict[str, Any] = {"Document group": "Clients", "Document name": document, "Code": code, "Segment": text}
    row |= {"Beginning": begin, "Created by": "Anna", "Created on": dt.datetime(2024, 3, 11, 14, 5)} | more
    return [row.get(heading) for heading in MAXQDA]


def read(path: Path, texts: Path | None = None) -> Content:
    chosen = for_input(path)
    if texts is not None:
        chosen = chosen.with_texts(texts)  # type: ignore[attr-defined]
    return chosen.read(path)


def places(project: Project) -> list[tuple[str, int, int, str, list[str]]]:
    names = [source["name"] for source in project.records("sources")]
    codes = [code["name"] for code in project.records("codes")]
    held: dict[int, list[str]] = {}
    for coding in project.records("codings"):
        held.setdefault(coding["owner_row"], []).append(codes[coding["code_row"]])
    return [
        (names[one["source_row"]], one["start_index"], one["end_index"], one["quotation"], held.get(row, []))
        for row, one in enumerate(project.records("selections"))
    ]


def texts_folder(folder: Path, **texts: str) -> Path:
    made = folder / "texts"
    made.mkdir(exist_ok=True)
    for name, text in texts.items():
        (made / f"{name.replace('_', ' ')}.txt").write_bytes(text.encode())
    return made


def test_maxqdas_segments_find_their_places(tmp_path: Path) -> None:
    path = workbook(tmp_path / "segments.xlsx", MAXQDA, [
        maxqda_row("I felt heard.", "Values > Heard", Comment="Strong.", Color="#112233"),
        maxqda_row("I felt heard.", "Values > Seen", **{"Created by": "Ben"}),
        maxqda_row("It was good.", "Good", begin=2),
        maxqda_row("It was good.", "Good", begin=5),
        maxqda_row("Really good 🙂.", "Good"),
    ])  # fmt: skip
    assert for_input(path).info.id == "maxqda-segments"
    with read(path, texts_folder(tmp_path, Interview_1="\ufeff" + TEXT.replace("\n", "\r\n"))) as content:
        project = content.project
        first = TEXT.index("It was good.")
        again = TEXT.index("It was good.", first + 1)
        heard = TEXT.index("I felt heard.")
        really = TEXT.index("Really")
        assert places(project) == [
            ("Interview 1", heard, heard + 13, "I felt heard.", ["Heard", "Seen"]),
            ("Interview 1", first, first + 12, "It was good.", ["Good"]),
            ("Interview 1", again, again + 12, "It was good.", ["Good"]),
            ("Interview 1", really, really + 15, "Really  good 🙂.", ["Good"]),
        ]
        assert [user["name"] for user in project.records("users")] == ["Anna", "Ben"]
        assert [one["name"] for one in project.records("sets")] == ["Clients"]
        selection = next(project.records("selections"))
        assert selection["description"] == "Strong."
        assert selection["creation_date_time"] == "2024-03-11T14:05:00"
        assert [(code["name"], code["color"]) for code in project.records("codes")] == [
            ("Values", None), ("Heard", "#112233"), ("Seen", None), ("Good", None),
        ]  # fmt: skip
        assert [one.code for one in project.findings] == ["table-column-unknown"]
        assert "weight score" in project.findings[0].message
    done = convert(path, tmp_path / "out.qdpx", texts=tmp_path / "texts")
    assert done.losses == []
    assert [one[3] for one in places(read_project(tmp_path / "out.qdpx"))] == [one[3] for one in places(project)]


def test_what_is_not_in_the_text_or_there_twice_is_put_aside_with_its_codes(tmp_path: Path) -> None:
    path = workbook(tmp_path / "segments.xlsx", MAXQDA, [
        maxqda_row("It was good.", "Twice"),
        maxqda_row("It was good.", "Wrong paragraph", begin=1),
        maxqda_row("Nobody said this.", "Never"),
        maxqda_row("x" * 32_767, "Cut"),
        maxqda_row("I felt heard.", "Heard"),
    ])  # fmt: skip
    with read(path, texts_folder(tmp_path, Interview_1=TEXT)) as content:
        found = places(content.project)
        assert [(one[0], one[4]) for one in found] == [
            ("Interview 1", ["Heard"]),
            ("Interview 1 (segments without a place)", ["Twice"]),
            ("Interview 1 (segments without a place)", ["Wrong paragraph"]),
            ("Interview 1 (segments without a place)", ["Never"]),
            ("Interview 1 (segments without a place)", ["Cut"]),
        ]
        codes = Counter(one.code for one in content.project.findings)
        assert codes == {"passage-ambiguous": 2, "passage-not-found": 2, "table-column-unknown": 1}
        assert content.project.findings[1].where == "Sheet!I2"
        members = [one["target_guid"] for one in content.project.records("set_members")]
        assert members == [one["guid"] for one in content.project.records("sources")]


def test_without_texts_a_text_is_made_of_the_segments(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "s.xlsx", MAXQDA, [maxqda_row("One.", "A"), maxqda_row("Two.", "B"), maxqda_row("One.", "C")]
    )
    with read(path) as content:
        assert [one[3:] for one in places(content.project)] == [("One.", ["A", "C"]), ("Two.", ["B"])]
        assert "text-of-passages" in [one.code for one in content.project.findings]
        assert b"".join(next(iter(content.media.values())).chunks()) == b"One.\nTwo."


def test_texts_lie_in_an_archive_or_beside(tmp_path: Path) -> None:
    path = workbook(tmp_path / "s.xlsx", MAXQDA, [maxqda_row("I felt heard.", "A")])
    with zipfile.ZipFile(tmp_path / "texts.zip", "w") as archive:
        archive.writestr("deep/Interview 1.txt", TEXT)
    with read(path, tmp_path / "texts.zip") as content:
        assert places(content.project)[0][1] == TEXT.index("I felt heard.")
    (tmp_path / "Interview 1.txt").write_text(TEXT, encoding="utf-8", newline="")
    with read(path) as content:
        assert places(content.project)[0][1] == TEXT.index("I felt heard.")
    with pytest.raises(InputError):
        read(path, tmp_path / "no folder")


def test_german_headings_and_csv(tmp_path: Path) -> None:
    row = dict(zip(MAXQDA, maxqda_row("I felt heard.", r"Werte\Gehört"), strict=True))
    row |= {"Created on": "11.03.2024 14:05:22", "Comment": "Stark."}
    path = tmp_path / "segmente.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, delimiter=";").writerows([GERMAN, [row[heading] for heading in MAXQDA]])
    assert for_input(path).info.id == "maxqda-segments"
    with read(path, texts_folder(tmp_path, Interview_1=TEXT)) as content:
        [place] = places(content.project)
        assert place[3:] == ("I felt heard.", ["Gehört"])
        selection = next(content.project.records("selections"))
        assert (selection["description"], selection["creation_date_time"]) == ("Stark.", "2024-03-11T14:05:22")


def test_atlastis_quotations(tmp_path: Path) -> None:
    path = workbook(tmp_path / "quotations.xlsx", ATLASTI, [
        ["1:1", "1: Interview 1", "", "I felt heard.", "Mine", "Met::Heard\n● Seen", "¶ 2 in Interview 1", "Anna"],
        ["1:2", "1: Interview 1", "", "It was good.", None, "Good", "¶ 4 - 5 in Interview 1", "Anna"],
        ["1:3", "1: Interview 1", "", "How was it?", None, None, "", "Anna"],
    ], above=[["ATLAS.ti Report"], ["Study"]])  # fmt: skip
    assert for_input(path).info.id == "atlasti-quotations"
    with read(path, texts_folder(tmp_path, Interview_1=TEXT)) as content:
        assert [(one[3], one[4]) for one in places(content.project)] == [
            ("I felt heard.", ["Heard", "Seen"]), ("It was good.", ["Good"]), ("How was it?", []),
        ]  # fmt: skip
        # the fourth paragraph that is not empty; the fourth line does not hold the words
        assert places(content.project)[1][1] == TEXT.rindex("It was good.")
        assert [code["name"] for code in content.project.records("codes")] == ["Met", "Heard", "Seen", "Good"]


def test_nvivos_references(tmp_path: Path) -> None:
    path = workbook(tmp_path / "references.xlsx", NVIVO, [
        [r"Codes\\Being met\Heard", r"Files\\Interview 1", "I felt heard.", 0.1, "AB"],
        [r"Codes\\Being met\Seen", r"Files\\Interview 1", "I felt heard.", 0.1, "CD"],
    ])  # fmt: skip
    assert for_input(path).info.id == "nvivo-references"
    with read(path, texts_folder(tmp_path, Interview_1=TEXT)) as content:
        assert [one[3:] for one in places(content.project)] == [("I felt heard.", ["Heard", "Seen"])]


def test_a_whole_study_comes_back_to_its_places(tmp_path: Path) -> None:
    project = read_project(STUDY / "values-study-atlasti.qdpx")
    with by_id("qdpx").read(STUDY / "values-study-atlasti.qdpx") as content:
        sources = list(content.project.records("sources"))
        folder = tmp_path / "texts"
        folder.mkdir()
        for source in sources:
            if source["kind"] == "TextSource":
                data = b"".join(content.media[source["plain_text_path"]].chunks())
                (folder / f"{source['name']}.txt").write_bytes(data)
    wanted = [one for one in places(project) if one[4]]
    rows = [
        maxqda_row(quotation, code, document=document)
        for document, _, _, quotation, codes in wanted
        for code in codes
    ]  # fmt: skip
    path = workbook(tmp_path / "s.xlsx", MAXQDA, rows)
    with read(path, folder) as content:
        found = places(content.project)
        aside = [one for one in found if one[0].endswith("(segments without a place)")]
        assert len(aside) < 10
        text_of = {file.stem: file.read_bytes().decode("utf-8-sig").replace("\r\n", "\n") for file in folder.iterdir()}
        for document, first, last, quotation, _ in found:
            if document in text_of:
                assert text_of[document][first:last] == quotation
                assert text_of[document].count(quotation) == 1
        before = Counter((one[0], " ".join(one[3].split()), code) for one in wanted for code in set(one[4]))
        after = Counter(
            (one[0].partition(" (seg")[0], " ".join(one[3].split()), code) for one in found for code in one[4]
        )
        assert set(after) == set(before)


@given(st.text("ab \n\t🙂", max_size=30), st.integers(0, 30), st.integers(1, 10), st.none() | st.integers(-1, 8))
@example("aba aba", 0, 3, None)
@example("a\n\na", 3, 1, 3)
@example("a\n\na", 3, 1, 2)
def test_one_place_is_the_place(text: str, first: int, length: int, paragraph: int | None) -> None:
    words = text[first : first + length]
    found = SegmentFinder(text).find(words, paragraph)
    assert bool(found) == bool(words.strip())
    if len(found) == 1:
        assert " ".join(text[found[0][0] : found[0][1]].split()) == " ".join(words.split())
        if paragraph is None:
            assert text.count(words) == 1


def test_a_paragraph_that_may_be_two_tells_nothing() -> None:
    assert len(SegmentFinder("a\n\na\na").find("a", 3)) == 3
    assert SegmentFinder("a\n\na\na").find("a", 1) == [(0, 1)]


def test_incomplete_rows_are_named(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "s.xlsx", MAXQDA, [maxqda_row("", "A"), maxqda_row("B", "B", document=""), maxqda_row("C", "")]
    )
    with read(path) as content:
        said = [(one.code, one.where) for one in content.project.findings if one.code == "segment-incomplete"]
        assert said == [("segment-incomplete", "Sheet!I2"), ("segment-incomplete", "Sheet!I3")]
        assert [one[3:] for one in places(content.project)] == [("C", [])]


@pytest.mark.parametrize(("written", "moment"), [
    (dt.date(2024, 3, 11), "2024-03-11T00:00:00"), ("2024-03-11 14:05", "2024-03-11T14:05:00"),
    ("11.3.2024, 4:05", "2024-03-11T04:05:00"), ("3/11/2024", None), ("31.02.2024", None), (45000, None), ("", None),
])  # fmt: skip
def test_dates_that_could_be_two_days_are_none(written: Any, moment: str | None) -> None:
    assert moment_of(written) == moment


@pytest.mark.parametrize(("cell", "number"), [
    ("12", 12), ("¶ 3 – 5 in P01", 3), ("paragraph 7", 7), ("Absatz 9", 9), ("12:30 - 13:2", None),
    ("p. 4", None), ("", None),
])  # fmt: skip
def test_paragraphs_are_read_where_they_are_said(cell: str, number: int | None) -> None:
    assert paragraph_of(cell) == number


def test_they_are_read_and_never_written(tmp_path: Path) -> None:
    project = STUDY / "values-study-nvivo.qdpx"
    with pytest.raises(UsageError, match="is read, not written"):
        convert(project, tmp_path / "a.xlsx", write_as="maxqda-segments")
    with pytest.raises(UsageError, match="Leave --texts out"):
        convert(project, tmp_path / "a.xlsx", texts=tmp_path)
    path = workbook(tmp_path / "s.xlsx", ["Code", "Other"], [["a", "b"]])
    with pytest.raises(InputError, match="No sheet has the headings"):
        by_id("maxqda-segments").read(path)
