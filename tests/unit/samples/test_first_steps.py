"""The sample *First steps*, checked against its own source files by code that shares nothing with its builder."""

import csv
import importlib.util
import io
import re
import zipfile
from pathlib import Path
from types import ModuleType

import pytest
from lxml import etree

ROOT = Path(__file__).resolve().parents[3]
FOLDER = ROOT / "sample_projects" / "first-steps"
NAMESPACE = {"q": "urn:QDA-XML:project:1.0"}


def builder() -> ModuleType:
    spec = importlib.util.spec_from_file_location("first_steps_build", FOLDER / "build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def archive() -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO((FOLDER / "first-steps.qdpx").read_bytes()))


@pytest.fixture(scope="module")
def document(archive: zipfile.ZipFile) -> etree._Element:
    return etree.fromstring(archive.read("project.qde"))


def texts(archive: zipfile.ZipFile, document: etree._Element) -> dict[str, str]:
    """Each source's text by the source's GUID, as stored after the BOM."""
    found = {}
    for source in document.iterfind(".//q:TextSource", NAMESPACE):
        member = archive.read("Sources/" + str(source.get("plainTextPath")).removeprefix("internal://"))
        assert member.startswith(b"\xef\xbb\xbf")
        found[str(source.get("guid"))] = member[3:].decode("utf-8")
    return found


def quoted(archive: zipfile.ZipFile, document: etree._Element) -> list[tuple[str, str, str, str]]:
    """(source, coder, code, quotation) of each coding, sliced in UTF-16 units."""
    stored = texts(archive, document)
    codes = {code.get("guid"): code.get("name") for code in document.iterfind(".//q:Code", NAMESPACE)}
    users = {user.get("guid"): user.get("name") for user in document.iterfind(".//q:User", NAMESPACE)}
    rows = []
    for selection in document.iterfind(".//q:PlainTextSelection", NAMESPACE):
        source = selection.getparent()
        assert source is not None
        units = stored[str(source.get("guid"))].encode("utf-16-le")
        text = units[2 * int(str(selection.get("startPosition"))) : 2 * int(str(selection.get("endPosition")))]
        codings = selection.findall("q:Coding", NAMESPACE)
        assert len(codings) == 1
        reference = codings[0].find("q:CodeRef", NAMESPACE)
        assert reference is not None
        rows.append(
            (
                str(source.get("name")),
                str(users[codings[0].get("creatingUser")]),
                str(codes[reference.get("targetGUID")]),
                text.decode("utf-16-le"),
            )
        )
    return rows


def test_building_again_gives_the_same_bytes() -> None:
    assert builder().build() == builder().build()


def test_the_committed_project_is_what_its_source_files_say(archive: zipfile.ZipFile) -> None:
    # The deflated form may differ between compression libraries, the members may not.
    built = zipfile.ZipFile(io.BytesIO(builder().build()["first-steps.qdpx"]))
    assert built.namelist() == archive.namelist()
    for name in archive.namelist():
        assert built.read(name) == archive.read(name), name
        assert built.getinfo(name).date_time == archive.getinfo(name).date_time


def test_every_quotation_is_recovered_from_its_positions(archive: zipfile.ZipFile, document: etree._Element) -> None:
    expected = []
    with (FOLDER / "codings.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            coders = ["Iris Vermeer", "Daan Öztürk"] if row["coders"] == "all" else [row["coders"]]
            pattern = ".*?".join(re.escape(part) for part in row["quotation"].split(" [...] "))
            expected += [
                (row["interview"], coder, code, pattern) for code in row["codes"].split(";") for coder in coders
            ]
    cases = {case.get("name") for case in document.iterfind(".//q:Case", NAMESPACE)}
    rows = [row for row in quoted(archive, document) if row[2] not in cases]
    assert len(rows) == len(expected)
    for (source, coder, code, quotation), (interview, by, named, pattern) in zip(rows, expected, strict=True):
        assert (source.split()[0], coder, code) == (interview, by, named)
        assert re.fullmatch(pattern, quotation), quotation


def test_each_participants_case_covers_the_whole_text(archive: zipfile.ZipFile, document: etree._Element) -> None:
    whole = texts(archive, document)
    names = {str(s.get("name")): whole[str(s.get("guid"))] for s in document.iterfind(".//q:TextSource", NAMESPACE)}
    members = {row[2]: row[3] for row in quoted(archive, document) if row[2].startswith("P") and row[2][1].isdigit()}
    assert members == {name.split(",")[0]: text for name, text in names.items()}
    codes = {code.get("guid") for code in document.iterfind(".//q:Code", NAMESPACE)}
    cases = document.findall(".//q:Case", NAMESPACE)
    assert len(cases) == 4
    assert all(case.get("guid") in codes for case in cases)


def test_code_points_would_give_other_quotations(archive: zipfile.ZipFile, document: etree._Element) -> None:
    # That is what the sample is for: emoji stand before coded passages.
    stored = texts(archive, document)
    differing = 0
    for selection in document.iterfind(".//q:PlainTextSelection", NAMESPACE):
        source = selection.getparent()
        assert source is not None
        text = stored[str(source.get("guid"))]
        start, end = int(str(selection.get("startPosition"))), int(str(selection.get("endPosition")))
        differing += text[start:end] != text.encode("utf-16-le")[2 * start : 2 * end].decode("utf-16-le")
    assert differing >= 30


def test_it_follows_the_schema(document: etree._Element) -> None:
    schema = etree.XMLSchema(file=str(ROOT / "schemas" / "Project.xsd"))
    assert schema.validate(document), schema.error_log


def test_it_has_the_habits_of_nvivo_for_windows(archive: zipfile.ZipFile, document: etree._Element) -> None:
    assert archive.namelist()[0] == "project.qde"
    assert {name.split("/")[0] for name in archive.namelist()[1:]} == {"Sources"}
    assert {info.compress_type for info in archive.infolist()} == {zipfile.ZIP_DEFLATED}
    written = archive.read("project.qde")
    assert written.startswith(b'<?xml version="1.0" encoding="utf-8"?>\r\n<Project xmlns:xsd=')
    assert b"\n" not in written.replace(b"\r\n", b"")
    assert b"<Description />" in written
    assert document.get("basePath") == ""
    assert {selection.get("name") for selection in document.iterfind(".//q:PlainTextSelection", NAMESPACE)} == {""}
    for text in texts(archive, document).values():
        assert "\n" not in text.replace("\r\n", "")
    for source in document.iterfind(".//q:TextSource", NAMESPACE):
        assert source.findall("q:VariableValue/q:TextValue", NAMESPACE)
        word = zipfile.ZipFile(io.BytesIO(archive.read(f"Sources/{source.get('guid')}.docx")))
        assert b"<w:t" in word.read("word/document.xml")


def test_every_interview_says_that_it_is_invented_and_has_250_to_500_words() -> None:
    interviews = sorted((FOLDER / "interviews").glob("*.txt"))
    assert len(interviews) == 3
    for path in interviews:
        text = path.read_text(encoding="utf-8")
        assert "Invented" in text.splitlines()[0]
        assert 250 <= len(text.split()) <= 500, path.name
        assert any(ord(character) > 0xFFFF for character in text), path.name
