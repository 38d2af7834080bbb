"""Each fault that no schema sees is found, with its code, its element and its place; sound projects have none."""

import struct
import sys
import zipfile
import zlib
from pathlib import Path

import pytest
from documents import random_project
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from mutations import Mutator
from small_project import ANNA, HEARD, OPEN, SELECTION, SOURCE, coding, document, selection

from qdpx_compassion.files.project_files import open_project_files
from qdpx_compassion.findings import CODES, Finding, Severity
from qdpx_compassion.refi.checks import validate_project
from qdpx_compassion.refi.checks.contents import content_findings
from qdpx_compassion.refi.checks.pictures import picture_size
from qdpx_compassion.refi.names import CHILDREN
from qdpx_compassion.refi.reader import read_files

ROOT = Path(__file__).resolve().parents[3]
SAMPLES = sorted((ROOT / "sample_projects").glob("*/*.qdpx"))
REAL = sorted((ROOT / "../shared/real").glob("*.qdpx"))
NOWHERE = "99999999-0000-4000-8000-000000000001"
P1 = "12345678-0000-4000-8000-000000000001"
P2 = "12345678-0000-4000-8000-000000000002"


def qdpx(path: Path, data: bytes, **files: bytes) -> Path:
    """An archive; the names of files are stem_extension."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("project.qde", data)
        for name, content in files.items():
            archive.writestr("sources/" + name.replace("_", "."), content)
    return path


def found(tmp_path: Path, data: bytes, **files: bytes) -> list[Finding]:
    return validate_project(qdpx(tmp_path / "p.qdpx", data, **files))


def only(findings: list[Finding], code: str) -> Finding:
    (one,) = [finding for finding in findings if finding.code == code]
    return one


def codes(findings: list[Finding]) -> set[str]:
    return {finding.code for finding in findings}


def png(width: int, height: int) -> bytes:
    chunk = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))


def jpeg(width: int, height: int, orientation: int = 1) -> bytes:
    entry = struct.pack(">HHIHH", 0x0112, 3, 1, orientation, 0)
    exif = b"Exif\0\0MM\0*" + struct.pack(">IH", 8, 1) + entry + bytes(4)
    frame = struct.pack(">BHHB", 8, height, width, 3) + bytes(9)
    parts = ((0xE0, b"JFIF\0" + bytes(9)), (0xE1, exif), (0xC2, frame))
    return b"\xff\xd8" + b"".join(bytes([0xFF, m]) + struct.pack(">H", len(s) + 2) + s for m, s in parts)


def pdf(pages: int) -> bytes:
    """A PDF of empty pages."""
    kids = " ".join(f"{number + 3} 0 R" for number in range(pages))
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>", f"<</Type/Pages/Kids[{kids}]/Count {pages}>>",
        *["<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]>>"] * pages,
    ]  # fmt: skip
    body, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(body))
        body += f"{number} 0 obj{content}endobj\n".encode()
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    trailer = (
        f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer<</Size {len(objects) + 1}/Root 1 0 R>>\n"
    )
    return body + trailer.encode() + f"startxref\n{len(body)}\n%%EOF\n".encode()


def picture(name: str, *areas: tuple[int, int, int, int]) -> str:
    inner = "".join(
        f'<PictureSelection guid="{P2[:-1]}{number}" firstX="{a}" firstY="{b}" secondX="{c}" secondY="{d}"/>'
        for number, (a, b, c, d) in enumerate(areas)
    )
    return f'<PictureSource guid="{P1}" name="Plan" path="internal://{name}">{inner}</PictureSource>'


def text_source(path: str, *, kind: str = "plainTextPath", name: str = "Two") -> str:
    return f'<TextSource guid="{P1}" name="{name}" {kind}="internal://{path}"/>'


# -- sound projects ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [*SAMPLES, *REAL], ids=lambda path: path.name)
def test_sound_projects_have_no_error_and_no_warning(path: Path) -> None:
    assert [finding for finding in validate_project(path) if finding.severity is not Severity.NOTE] == []


def test_a_sound_small_project_has_no_findings(tmp_path: Path) -> None:
    assert found(tmp_path, document(selection(coding(1)))) == []


def test_the_letter_of_the_standard_is_asked_for_only_when_strict(tmp_path: Path) -> None:
    data = document(sources=text_source("interview.txt"))
    assert found(tmp_path, data, interview_txt=b"text") == []
    assert codes(validate_project(tmp_path / "p.qdpx", strict=True)) == {"letter"}


# -- GUIDs and references ---------------------------------------------------------------------------------------------


def test_two_elements_of_one_kind_with_one_guid_are_found_though_braces_and_case_differ(tmp_path: Path) -> None:
    twin = selection(coding(2), guid="{" + SELECTION.upper() + "}", start=5, end=6)
    finding = only(found(tmp_path, document(selection(coding(1)) + twin)), "guid-twice")
    assert SELECTION in finding.message
    assert finding.severity is Severity.ERROR


def test_a_case_may_have_the_guid_of_its_code_and_a_pdf_that_of_its_text(tmp_path: Path) -> None:
    case = f'<Cases><Case guid="{HEARD}" name="Feeling heard"/></Cases>'
    pdf_source = (
        f'<PDFSource guid="{P1}" name="Report"><PDFSelection guid="{P2}" page="0" firstX="1" firstY="1" secondX="2" '
        f'secondY="2"/><Representation guid="{P1}" name="Report"><PlainTextContent>Text</PlainTextContent>'
        f'<PlainTextSelection guid="{P2}" startPosition="0" endPosition="2"/></Representation></PDFSource>'
    )
    assert "guid-twice" not in codes(found(tmp_path, document(cases=case, sources=pdf_source)))


@pytest.mark.parametrize(
    ("data", "form", "severity"),
    [
        (document(selection(coding(1, NOWHERE))), "CodeRef in Coding", Severity.ERROR),
        (document(selection(coding(1, user=NOWHERE))), "creatingUser", Severity.WARNING),
        (document(f'<NoteRef targetGUID="{NOWHERE}"/>'), "NoteRef", Severity.WARNING),
        (document(f'<VariableValue><VariableRef targetGUID="{NOWHERE}"/></VariableValue>'), "VariableRef",
         Severity.WARNING),
        (document(cases=f'<Cases><Case guid="{P1}"><SourceRef targetGUID="{NOWHERE}"/></Case></Cases>'), "SourceRef",
         Severity.WARNING),
        (document(tail=f'<Sets><Set guid="{P1}" name="s"><MemberNote targetGUID="{NOWHERE}"/></Set></Sets>'),
         "MemberNote", Severity.WARNING),
        (document(tail=f'<Links><Link guid="{P1}" originGUID="{NOWHERE}" targetGUID="{HEARD}"/></Links>'),
         "originGUID", Severity.WARNING),
        (document(tail=f'<Graphs><Graph guid="{P1}"><Edge guid="{P2}" sourceVertex="{NOWHERE}" '
                       f'targetVertex="{NOWHERE}"/></Graph></Graphs>'), "sourceVertex", Severity.WARNING),
    ],
)  # fmt: skip
def test_a_reference_to_nothing_is_found_by_kind(tmp_path: Path, data: bytes, form: str, severity: Severity) -> None:
    findings = [one for one in found(tmp_path, data) if one.code == "reference-dangling"]
    assert findings[0].message.startswith(f"{form} names a")
    assert NOWHERE in findings[0].message
    assert findings[0].where
    assert findings[0].severity is severity


def test_a_reference_to_an_element_of_another_kind_dangles_and_says_what_it_names(tmp_path: Path) -> None:
    finding = only(found(tmp_path, document(selection(coding(1, ANNA)))), "reference-dangling")
    assert "belongs to a User" in finding.message
    assert "Interview 1" in finding.where


def test_every_reference_to_nothing_is_a_finding_that_says_what_refers_and_to_what(tmp_path: Path) -> None:
    findings = found(tmp_path, document(selection(coding(1, NOWHERE) + coding(2, NOWHERE))))
    dangling = [one for one in findings if one.code == "reference-dangling"]
    said = f"CodeRef in Coding names a Code {NOWHERE}, but nothing in the project has that GUID."
    assert [one.message for one in dangling] == [said, said]
    assert [one.where.partition(" in ")[2] for one in dangling] == [
        f"PlainTextSelection {SELECTION} in TextSource “Interview 1” ({SOURCE})"
    ] * 2
    assert dangling[0].where != dangling[1].where


def test_every_guid_that_is_written_in_several_ways_is_a_finding_about_the_document(tmp_path: Path) -> None:
    data = document(selection(coding(1) + coding(2, OPEN)))
    for guid in (HEARD, OPEN):
        data = data.replace(f'targetGUID="{guid}"'.encode(), f'targetGUID="{{{guid}}}"'.encode())
    forms = [one for one in found(tmp_path, data) if one.code == "guid-forms"]
    assert {one.where for one in forms} == {"project.qde"}
    assert sorted(one.message.split()[2] for one in forms) == sorted([HEARD, OPEN])


# -- places -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "end", "code"),
    [
        (15, 99, "position-past-end"),
        (9, 2, "position-reversed"),
        (3, 3, "selection-empty"),
        (1, 2, "position-inside-character"),
    ],
)
def test_positions_that_do_not_lie_in_the_text_are_found(tmp_path: Path, start: int, end: int, code: str) -> None:
    data = document(selection(coding(1), start=start, end=end)).replace(b"I felt", "I🙂felt".encode())
    finding = only(found(tmp_path, data), code)
    assert f"from {start} to {end}" in finding.message
    assert finding.where == f"PlainTextSelection {SELECTION} in TextSource “Interview 1” ({SOURCE})"


def test_every_selection_past_the_end_of_its_text_is_a_finding_of_its_own(tmp_path: Path) -> None:
    guids = [f"{SELECTION[:-1]}{number}" for number in range(5)]
    wrong = "".join(selection("", guid=guid, start=3, end=900) for guid in guids)
    findings = [one for one in found(tmp_path, document(wrong)) if one.code == "position-past-end"]
    assert [one.where.split()[1] for one in findings] == guids


@pytest.mark.parametrize(("begin", "end", "code"), [(50, 20, "position-reversed"), (-5, 20, "position-reversed"),
                                                    (20, 20, "selection-empty")])  # fmt: skip
def test_stretches_of_recordings_that_cannot_be_are_found(tmp_path: Path, begin: int, end: int, code: str) -> None:
    inner = f'<AudioSelection guid="{P2}" begin="{begin}" end="{end}"/>'
    data = document(sources=f'<AudioSource guid="{P1}" name="a" path="relative:///a.m4a">{inner}</AudioSource>')
    assert P2 in only(found(tmp_path, data), code).where


@pytest.mark.parametrize("data", [png(100, 50), jpeg(100, 50), jpeg(50, 100, orientation=6)])
def test_areas_outside_the_picture_are_found(tmp_path: Path, data: bytes) -> None:
    name = "plan.png" if data.startswith(b"\x89") else "plan.jpg"
    project = document(sources=picture(name, (0, 0, 100, 50), (90, 10, 101, 20), (-1, 0, 5, 5), (0, 0, 5, 51)))
    findings = found(tmp_path, project, **{name.replace(".", "_"): data})
    outside = [finding for finding in findings if finding.code == "area-outside"]
    assert {finding.message for finding in outside} == {"The selection reaches beyond the picture of 100 × 50 pixels."}
    assert len({finding.where for finding in outside}) == 3
    assert all(finding.where.startswith("PictureSelection ") and P1 in finding.where for finding in outside)


@given(data=st.binary(max_size=80), head=st.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", jpeg(9, 9)[:40]]))
def test_whatever_bytes_come_the_size_of_a_picture_is_two_numbers_or_unknown(data: bytes, head: bytes) -> None:
    size = picture_size(head + data)
    assert size is None or len(size) == 2


def pdf_source(page: int) -> str:
    area = 'firstX="1" firstY="1" secondX="2" secondY="2"'
    return (
        f'<PDFSource guid="{P1}" name="Report" path="internal://r.pdf">'
        f'<PDFSelection guid="{P2}" page="{page}" {area}/></PDFSource>'
    )


@pytest.mark.parametrize(("page", "fits"), [(0, True), (2, True), (3, False), (-1, False)])
def test_pages_that_a_pdf_does_not_have_are_found(tmp_path: Path, page: int, fits: bool) -> None:
    pytest.importorskip("pypdf")
    findings = found(tmp_path, document(sources=pdf_source(page)), r_pdf=pdf(3))
    assert ("page-outside" in codes(findings)) is not fits
    assert all(P2 in finding.where for finding in findings if finding.code == "page-outside")


def test_of_a_file_that_is_no_pdf_only_that_is_said(tmp_path: Path) -> None:
    findings = found(tmp_path, document(sources=pdf_source(0)), r_pdf=b"a page of text")
    assert "file-type" in codes(findings)
    assert "pdf-not-checked" not in codes(findings)


def test_a_pdf_that_cannot_be_read_is_said_to_be_unchecked(tmp_path: Path) -> None:
    pytest.importorskip("pypdf")
    findings = found(tmp_path, document(sources=pdf_source(0)), r_pdf=b"%PDF-1.4 and nothing more")
    assert "damaged" in only(findings, "pdf-not-checked").message


def test_without_pypdf_it_is_said_that_pages_were_not_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pypdf", None)
    finding = only(found(tmp_path, document(sources=pdf_source(9)), r_pdf=pdf(3)), "pdf-not-checked")
    assert finding.severity is Severity.NOTE
    assert "Add it: python -m pip install pypdf" in finding.message


def test_sync_points_that_run_backwards_or_lack_a_time_are_found(tmp_path: Path) -> None:
    points = "".join(
        f'<SyncPoint guid="{P1[:-1]}{number}"{rest}/>'
        for number, rest in enumerate(
            (' timeStamp="9" position="0"', ' timeStamp="5" position="2"', ' position="1"'), 2
        )
    )
    transcript = f'<Transcript guid="{P2}" name="t"><PlainTextContent>abc</PlainTextContent>{points}</Transcript>'
    data = document(sources=f'<AudioSource guid="{P1}" name="a" path="relative:///a.m4a">{transcript}</AudioSource>')
    findings = found(tmp_path, data)
    order = [(finding.where, finding.message) for finding in findings if finding.code == "sync-point-order"]
    places = [f"SyncPoint {P1[:-1]}{number} in Transcript “t” ({P2})" for number in (3, 4)]
    assert order == [
        (places[0], "The time goes back from 9 to 5 milliseconds."),
        (places[1], "The position goes back from 2 to 1."),
    ]
    incomplete = only(findings, "sync-point-incomplete")
    assert (incomplete.where, incomplete.message) == (places[1], "The sync point has no time.")


def test_sync_points_past_the_end_of_their_transcript_are_found(tmp_path: Path) -> None:
    points = "".join(f'<SyncPoint guid="{P1[:-1]}{n}" timeStamp="{n}" position="{n}"/>' for n in (2, 4, 5))
    transcript = f'<Transcript guid="{P2}" name="t"><PlainTextContent>a🙂b</PlainTextContent>{points}</Transcript>'
    data = document(sources=f'<AudioSource guid="{P1}" name="a" path="relative:///a.m4a">{transcript}</AudioSource>')
    finding = only(found(tmp_path, data), "position-past-end")
    assert finding.message == "The sync point is at 5, but the text has 4 positions."
    assert finding.where == f"SyncPoint {P1[:-1]}5 in Transcript “t” ({P2})"


# -- files ------------------------------------------------------------------------------------------------------------


def test_a_missing_file_and_one_that_nothing_refers_to_are_found(tmp_path: Path) -> None:
    findings = found(tmp_path, document(sources=text_source("a.txt")), b_txt=b"text")
    assert codes(findings) == {"file-missing", "file-stray"}
    assert only(findings, "file-missing").where == f"TextSource “Two” ({P1})"


def test_every_file_that_nothing_refers_to_is_a_finding_of_its_own(tmp_path: Path) -> None:
    findings = found(tmp_path, document(sources=text_source("a.txt")), a_txt=b"text", b_txt=b"text", c_pdf=b"x")
    stray = [one.where for one in findings if one.code == "file-stray"]
    assert stray == ["sources/b.txt", "sources/c.pdf"]


def test_texts_that_are_missing_or_not_utf_8_are_told_with_the_guid_of_their_source(tmp_path: Path) -> None:
    inner = f'<PlainTextSelection guid="{HEARD[:-1]}7" startPosition="0" endPosition="1"/>'
    gone = f'<TextSource guid="{P2}" name="Two" plainTextPath="internal://b.txt">{inner}</TextSource>'
    sources = text_source("a.txt") + gone
    findings = found(tmp_path, document(sources=sources), a_txt="naïve".encode("cp1252"))
    assert only(findings, "text-encoding").where == f"TextSource “Two” ({P1})"
    missing = only(findings, "text-missing")
    assert (missing.where, missing.message) == (f"TextSource “Two” ({P2})", "1 selection has no text to quote from.")


def test_a_path_in_another_letter_case_is_found(tmp_path: Path) -> None:
    assert codes(found(tmp_path, document(sources=text_source("A.TXT")), a_txt=b"text")) == {"file-name-case"}


@pytest.mark.parametrize(
    ("source", "name", "content", "said"),
    [
        (text_source("a.docx", kind="richTextPath"), "a_docx", b"{\\rtf1 text}", "an RTF document"),
        (text_source("a.docx", kind="richTextPath"), "a_docx", b"PK\x03\x04 xl/workbook.xml", "no Word document"),
        (text_source("a.txt"), "a_txt", b"%PDF-1.7", "a PDF"),
        (text_source("a.txt"), "a_txt", b"PK\x03\x04word/", "a zip archive"),
        (picture("a.png"), "a_png", jpeg(1, 1), "a JPEG picture"),
        (picture("a.jpg"), "a_jpg", b"<html>", "a web page"),
        (picture("a.jpg"), "a_jpg", b"", "empty"),
        (pdf_source(0), "r_pdf", b"version https://git-lfs.github.com/spec/v1", "Git LFS"),
    ],
)
def test_a_file_that_is_not_what_it_should_be_is_found_by_its_first_bytes(
    tmp_path: Path, source: str, name: str, content: bytes, said: str
) -> None:
    finding = only(found(tmp_path, document(sources=source), **{name: content}), "file-type")
    assert said in finding.message
    assert P1 in finding.where


def test_an_extension_that_the_standard_does_not_have_is_found(tmp_path: Path) -> None:
    data = document(sources=text_source("a.rtf", kind="richTextPath"))
    assert codes(found(tmp_path, data, a_rtf=b"{\\rtf1}")) == {"file-extension"}


def test_a_file_above_the_limit_of_the_standard_is_found(tmp_path: Path) -> None:
    path = qdpx(tmp_path / "p.qdpx", document(sources=text_source("a.txt")), a_txt=b"text")
    with open_project_files(path) as files:
        findings = content_findings(files, read_files(files), largest=3)
    assert codes(findings) == {"file-too-large"}


@pytest.mark.parametrize(
    "path", ["C:\\Users\\Zoe\\study", "/Users/Zoe/study", "absolute:///C:/Users/Zoe/x", "/home/Zoe/study"]
)
def test_paths_that_tell_whose_computer_it_was_are_found(tmp_path: Path, path: str) -> None:
    base = document().replace(b'name="p"', f'name="p" basePath="{path}"'.encode())
    finding = only(found(tmp_path, base), "path-leak")
    assert "user name Zoe" in finding.message
    assert finding.where == "Project, basePath"
    source = document(sources=f'<AudioSource guid="{P1}" name="a" path="relative:///a.m4a" currentPath="{path}"/>')
    finding = only(found(tmp_path, source), "path-leak")
    assert "Zoe" in finding.message
    assert finding.where == f"AudioSource “a” ({P1}), currentPath"


# -- names and values -------------------------------------------------------------------------------------------------


def test_sources_of_one_name_and_sibling_codes_of_one_name_are_found(tmp_path: Path) -> None:
    inner = f'<Code guid="{P2}" name="Openness" isCodable="true"/>'
    three = (
        f'<Code guid="{HEARD}" name="Openness" isCodable="true">{inner}</Code>'
        f'<Code guid="{OPEN}" name="Openness" isCodable="true"/>'
    )
    data = document(codes=three, sources=text_source("a.txt", name="Interview 1"))
    twice = [one for one in found(tmp_path, data, a_txt=b"text") if one.code == "name-twice"]
    sources, codes_said = "2 sources are called “Interview 1”.", "2 codes below one parent are called “Openness”."
    assert [one.message for one in twice] == [sources, sources, codes_said, codes_said]
    for finding, guid in zip(twice, (SOURCE, P1, HEARD, OPEN), strict=True):
        assert f"({guid})" in finding.where


def test_a_value_that_is_not_of_its_variables_type_is_found(tmp_path: Path) -> None:
    value = f'<VariableValue><VariableRef targetGUID="{P1}"/><TextValue>old</TextValue></VariableValue>'
    variables = f'<Variables><Variable guid="{P1}" name="Age" typeOfVariable="Integer"/></Variables>'
    other = text_source("a.txt").replace("/>", f">{value}</TextSource>")
    findings = found(tmp_path, document(value, cases=variables, sources=other), a_txt=b"text")
    wrong = [one for one in findings if one.code == "value-type"]
    said = "The variable “Age” is of the type Integer, but its value here is of the type Text."
    assert {one.message for one in wrong} == {said}
    assert [one.where for one in wrong] == [f"TextSource “Interview 1” ({SOURCE})", f"TextSource “Two” ({P1})"]


# -- what cannot be read ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"<!DOCTYPE html><html>", "web page"),
        (b"version https://git-lfs.github.com/spec/v1", "Git LFS pointer"),
        (b"PK\x03\x04", "damaged"),
        (b"", "empty"),
        (document()[:-20], "well-formed"),
    ],
)
def test_a_file_that_is_no_project_is_a_finding_that_says_what_it_is(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "p.qdpx").write_bytes(content)
    assert said in only(validate_project(tmp_path / "p.qdpx"), "unreadable").message


def test_a_breach_of_the_schema_is_told_once_with_its_line(tmp_path: Path) -> None:
    findings = found(tmp_path, document(selection(coding(1)).replace("startPosition", "start")))
    assert codes(findings) == {"schema"}
    assert all("line " in finding.where for finding in findings)


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 1_000_000))
def test_every_damaged_document_gets_findings_that_are_documented(tmp_path: Path, seed: int) -> None:
    mutator = Mutator(seed, list(CHILDREN), ["guid", "name", "startPosition", "isCodable", "targetGUID", "codeRef"])
    root, _ = mutator.mutate(etree.fromstring(random_project(seed % 50, 1)))
    path = tmp_path / "p.qde"
    path.write_bytes(etree.tostring(root))
    for finding in validate_project(path, strict=bool(seed % 2)):
        assert finding.code in CODES
        assert finding.message


def test_a_path_of_a_text_leaks_as_any_other(tmp_path: Path) -> None:
    source = document().replace(
        b'name="Interview 1"', b'name="Interview 1" plainTextPath="absolute:///Users/anna/a.txt"'
    )
    finding = only(found(tmp_path, source), "path-leak")
    assert "anna" in finding.message and finding.where.endswith("plainTextPath")
