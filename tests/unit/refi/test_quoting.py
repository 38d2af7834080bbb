"""Quotations and places of every kind of selection, as people read them."""

from pathlib import Path

import pytest
from archives import zipped

from qdpx_compassion.refi.quoting import clock, short
from qdpx_compassion.refi.reader import read_project
from qdpx_compassion.tables import Project

A, B, C, D = (f"{digit}{digit * 7}-{digit * 4}-4{digit * 3}-8{digit * 3}-{digit * 12}" for digit in "abcd")
NVIVO = "NVivo 12.6.1.970"
ATLAS = "ATLAS.ti 23.2.1"


def read(
    inside: str, folder: Path, *, origin: str = "", files: dict[str, bytes] | None = None, container: str = "Sources"
) -> Project:
    content = f"<{container}>{inside}</{container}>"
    document = f'<Project name="p" origin="{origin}" xmlns="urn:QDA-XML:project:1.0">{content}</Project>'
    members = [("project.qde", document.encode()), *(files or {}).items()]
    return read_project(zipped(folder / "study.qdpx", members))


def selections(project: Project) -> list[tuple[object, object]]:
    """Quotation and place of each selection."""
    return [(row["quotation"], row["place"]) for row in project.records("selections")]


def codes_of(project: Project) -> list[str]:
    return [finding.code for finding in project.findings]


def passage(start: int, end: int, name: str = "") -> str:
    return f'<PlainTextSelection guid="{B}" name="{name}" startPosition="{start}" endPosition="{end}"/>'


# -- texts -------------------------------------------------------------------------------------------------------------


def test_a_text_in_the_document(tmp_path: Path) -> None:
    text = f'<TextSource guid="{A}"><PlainTextContent>I felt 🙂 heard.</PlainTextContent>{passage(10, 15)}</TextSource>'
    assert selections(read(text, tmp_path, origin=NVIVO)) == [("heard", "characters 10 to 15")]
    assert selections(read(text, tmp_path, origin="MAXQDA 24")) == [("eard.", "characters 10 to 15")]


def test_a_text_in_a_file_keeps_its_line_ends(tmp_path: Path) -> None:
    text = f'<TextSource guid="{A}" plainTextPath="internal://a.txt">{passage(4, 11)}</TextSource>'
    data = b"\xef\xbb\xbf" + "I 🙂\r\nheard.".encode()
    project = read(text, tmp_path, origin=NVIVO, files={"Sources/a.txt": data})
    assert selections(project) == [("\r\nheard", "characters 4 to 11")]
    (source,) = project.records("sources")
    assert source["text_length"] == 11
    (selection,) = project.records("selections")
    assert (selection["start_index"], selection["end_index"]) == (3, 10)
    assert codes_of(project) == []


def test_a_text_in_windows_1252_is_read_and_told(tmp_path: Path) -> None:
    text = f'<TextSource guid="{A}" name="P1" plainTextPath="internal://a.txt">{passage(0, 5)}</TextSource>'
    project = read(text, tmp_path, files={"Sources/a.txt": "naïve – “so”".encode("cp1252")})
    assert selections(project) == [("naïve", "characters 0 to 5")]
    assert codes_of(project) == ["text-encoding"]
    assert project.findings[0].where == "P1"


def test_an_empty_text_in_the_document_does_not_hide_the_file(tmp_path: Path) -> None:
    text = f'<TextSource guid="{A}" plainTextPath="internal://a.txt"><PlainTextContent/>{passage(0, 5)}</TextSource>'
    assert selections(read(text, tmp_path, files={"sources/a.txt": b"heard"})) == [("heard", "characters 0 to 5")]


def test_a_missing_text_is_told_and_the_place_stays(tmp_path: Path) -> None:
    text = f'<TextSource guid="{A}" name="P1" plainTextPath="internal://a.txt">{passage(0, 5, "heard…")}</TextSource>'
    project = read(text, tmp_path, origin=NVIVO)
    assert selections(project) == [(None, "characters 0 to 5")]
    assert codes_of(project) == ["file-missing", "text-missing"]
    # a program that writes the quotation as name has it there
    assert selections(read(text, tmp_path, origin=ATLAS)) == [("heard…", "characters 0 to 5")]


def test_without_texts_nothing_is_derived(tmp_path: Path) -> None:
    text = f'<TextSource guid="{A}"><PlainTextContent>heard</PlainTextContent>{passage(0, 5)}</TextSource>'
    read(text, tmp_path)
    assert selections(read_project(tmp_path / "study.qdpx", texts=False)) == [(None, None)]


def test_a_coded_note_is_quoted(tmp_path: Path) -> None:
    note = f'<Note guid="{A}"><PlainTextContent>I felt heard.</PlainTextContent>{passage(2, 6)}</Note>'
    assert selections(read(note, tmp_path, container="Notes")) == [("felt", "characters 2 to 6")]


def test_positions_that_cannot_be_are_told_with_their_guids(tmp_path: Path) -> None:
    text = f'<TextSource guid="{A}" name="P1"><PlainTextContent>heard</PlainTextContent>{passage(3, 99)}' \
        f"{passage(4, 1)}{passage(2, 2)}</TextSource>"  # fmt: skip
    project = read(text, tmp_path)
    assert [quotation for quotation, _ in selections(project)] == ["rd", "ear", ""]
    assert codes_of(project) == ["position-past-end", "position-reversed", "selection-empty"]
    assert all(B in finding.message and finding.where == "P1" for finding in project.findings)


def test_positions_that_are_no_numbers_leave_the_quotation_missing(tmp_path: Path) -> None:
    broken = f'<PlainTextSelection guid="{B}" startPosition="1.5"/>'
    text = f'<TextSource guid="{A}"><PlainTextContent>heard</PlainTextContent>{broken}</TextSource>'
    assert selections(read(text, tmp_path)) == [(None, None)]


def test_names_that_are_not_the_quotation_are_told(tmp_path: Path) -> None:
    places = "".join(passage(0, 5, "heard") for _ in range(9)) + passage(0, 5, "other")
    text = f'<TextSource guid="{A}"><PlainTextContent>heard</PlainTextContent>{places}</TextSource>'
    project = read(text, tmp_path, origin=ATLAS)
    assert [finding.message for finding in project.findings if finding.code == "name-not-quotation"] == [
        "1 of 10 selections carries another text as name than stands at their positions."
    ]


# -- pictures and PDFs -------------------------------------------------------------------------------------------------


def test_an_area_of_a_picture_is_described(tmp_path: Path) -> None:
    area = f'<PictureSelection guid="{B}" name="a face" firstX="10" firstY="20" secondX="110" secondY="120"/>'
    picture = f'<PictureSource guid="{A}" path="internal://a.png">{area}</PictureSource>'
    project = read(picture, tmp_path, files={"sources/a.png": b"png"})
    assert selections(project) == [("area (10, 20) to (110, 120)",) * 2]
    assert codes_of(project) == []


def test_the_text_description_of_a_picture_is_a_text(tmp_path: Path) -> None:
    described = f'<TextDescription guid="{C}"><PlainTextContent>A woman listens.</PlainTextContent>{passage(2, 7)}'
    picture = f'<PictureSource guid="{A}">{described}</TextDescription></PictureSource>'
    project = read(picture, tmp_path)
    assert selections(project) == [("woman", "characters 2 to 7")]
    assert [(row["kind"], row["parent_kind"], row["parent_row"]) for row in project.records("sources")] == [
        ("PictureSource", None, None),
        ("TextDescription", "source", 0),
    ]


PDF_AREA = 'page="0" firstX="1" firstY="2" secondX="3" secondY="4"'


def test_an_area_of_a_pdf_is_described_by_the_page_as_people_count(tmp_path: Path) -> None:
    pdf = f'<PDFSource guid="{A}"><PDFSelection guid="{B}" name="n" {PDF_AREA}/></PDFSource>'
    place = "page 1, area (1, 2) to (3, 4)"
    assert selections(read(pdf, tmp_path)) == [(place, place)]
    assert selections(read(pdf, tmp_path, origin=ATLAS)) == [("n", place)]


def test_an_area_of_a_pdf_with_a_representation_is_its_text(tmp_path: Path) -> None:
    inside = f'<Representation guid="{B}"><PlainTextContent>I felt heard.</PlainTextContent></Representation>'
    pdf = f'<PDFSource guid="{A}"><PDFSelection guid="{B}" name="n" {PDF_AREA}>{inside}</PDFSelection></PDFSource>'
    assert selections(read(pdf, tmp_path)) == [("I felt heard.", "page 1, area (1, 2) to (3, 4)")]
    assert selections(read(pdf, tmp_path, origin=ATLAS)) == [("I felt heard.", "page 1, area (1, 2) to (3, 4)")]


def test_selections_in_a_pdfs_text_are_quoted(tmp_path: Path) -> None:
    text = f'<Representation guid="{A}" plainTextPath="internal://a.txt">{passage(2, 6)}</Representation>'
    pdf = f'<PDFSource guid="{A}" path="internal://a.pdf">{text}</PDFSource>'
    project = read(pdf, tmp_path, files={"sources/a.txt": b"I felt heard.", "sources/a.pdf": b"%PDF"})
    assert selections(project) == [("felt", "characters 2 to 6")]
    assert codes_of(project) == []


# -- sound and film ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["Audio", "Video"])
def test_a_stretch_of_a_recording_is_described_by_its_times(kind: str, tmp_path: Path) -> None:
    stretch = f'<{kind}Selection guid="{B}" begin="61000" end="3725999"/>'
    project = read(f'<{kind}Source guid="{A}">{stretch}</{kind}Source>', tmp_path)
    assert selections(project) == [("01:01 to 1:02:05",) * 2]


SYNCS = "".join(
    f'<SyncPoint guid="{guid}" timeStamp="{time}" position="{position}"/>'
    for guid, time, position in ((B, 1000, 2), (C, 65_000, 6), (D, 90_000, 13))
)


def transcript(selection: str, content: str = "<PlainTextContent>I felt heard.</PlainTextContent>") -> str:
    return f'<AudioSource guid="{A}"><Transcript guid="{B}">{content}{SYNCS}{selection}</Transcript></AudioSource>'


def between(first: str | None, last: str | None) -> str:
    ends = (("fromSyncPoint", first), ("toSyncPoint", last))
    return f'<TranscriptSelection guid="{A}"{"".join(f""" {n}="{g}" """ for n, g in ends if g)}/>'


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (B, C, ("felt", "00:01 to 01:05")),
        (B.upper(), f"{{{D}}}", ("felt heard.", "00:01 to 01:30")),
        (None, C, ("I felt", "00:00 to 01:05")),
        (C, None, (" heard.", "from 01:05")),
        (None, None, ("without a time", "without a time")),
        (A, A, ("without a time", "without a time")),
    ],
)
def test_a_passage_of_a_transcript_is_the_text_between_its_sync_points(
    first: str | None, last: str | None, expected: tuple[str, str], tmp_path: Path
) -> None:
    assert selections(read(transcript(between(first, last)), tmp_path)) == [expected]


def test_a_transcript_without_its_text_has_times(tmp_path: Path) -> None:
    assert selections(read(transcript(between(B, C), ""), tmp_path)) == [("00:01 to 01:05",) * 2]


def test_sync_points_belong_to_their_own_transcript(tmp_path: Path) -> None:
    # two transcripts of one recording may share the GUIDs of their sync points
    other = SYNCS.replace('position="2"', 'position="0"')
    text = "<PlainTextContent>I felt heard.</PlainTextContent>"
    inside = "".join(
        f'<Transcript guid="{guid}">{text}{syncs}{between(B, C)}</Transcript>'
        for guid, syncs in ((A, SYNCS), (B, other))
    )
    project = read(f'<VideoSource guid="{A}">{inside}</VideoSource>', tmp_path)
    assert [quotation for quotation, _ in selections(project)] == ["felt", "I felt"]


def test_many_sync_points_and_passages_take_no_time(tmp_path: Path) -> None:
    count = 3000
    syncs = "".join(f'<SyncPoint guid="s{n}" timeStamp="{n}" position="{n}"/>' for n in range(count))
    passages = "".join(
        f'<TranscriptSelection guid="t{n}" fromSyncPoint="s{n}" toSyncPoint="s{n + 1}"/>' for n in range(count - 1)
    )
    text = f"<PlainTextContent>{'x' * count}</PlainTextContent>"
    inside = f'<AudioSource guid="{A}"><Transcript guid="{B}">{text}{syncs}{passages}</Transcript></AudioSource>'
    project = read(inside, tmp_path)
    assert {quotation for quotation, _ in selections(project)} == {"x"}


# -- files and forms ---------------------------------------------------------------------------------------------------


def test_files_that_no_source_names_are_told(tmp_path: Path) -> None:
    text = f'<TextSource guid="{A}" plainTextPath="internal://a.txt" richTextPath="internal://a.docx"/>'
    files = {"Sources/a.txt": b"x", "Sources/a.docx": b"x", "Sources/.root": b"", "Sources/b.txt": b"x"}
    project = read(text, tmp_path, files=files)
    assert [(finding.code, finding.message) for finding in project.findings] == [
        ("file-stray", "1 file belongs to no source: Sources/b.txt.")
    ]


@pytest.mark.parametrize(
    ("milliseconds", "said"),
    [(999, "00:00"), (61_000, "01:01"), (3_600_000, "1:00:00"), (36_061_000, "10:01:01"), (-61_000, "-01:01")],
)
def test_times_are_written_as_people_do(milliseconds: int, said: str) -> None:
    assert clock(milliseconds) == said


def test_a_short_quotation_is_one_line() -> None:
    assert short("I felt\r\n  heard.") == "I felt heard."
    assert short("word " * 30, 20) == "word word word word…"
