"""Reading loses nothing that the schema can express: XML → tables → XML is the same project, and the reverse."""

import zipfile
from pathlib import Path

import pytest
from documents import STYLES, random_project
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from lxml import etree

from qdpx_compassion.errors import OutputError
from qdpx_compassion.refi.reader import read_project
from qdpx_compassion.refi.validation import schema_findings
from qdpx_compassion.refi.writer import write_document
from qdpx_compassion.tables import TABLES, Project, Rows

ROOT = Path(__file__).resolve().parents[2]
REAL = ROOT.parent / "shared" / "real"
SCHEMA_LOCATION = "{http://www.w3.org/2001/XMLSchema-instance}schemaLocation"


def written(project: Project) -> bytes:
    pieces: list[bytes] = []
    write_document(project, pieces.append)
    return b"".join(pieces)


def canonical(document: bytes) -> str:
    """Canonical XML without comments, processing instructions, white space between elements and chosen prefixes."""
    root = etree.fromstring(document, etree.XMLParser(remove_comments=True, remove_pis=True, strip_cdata=True))
    for element in root.iter():
        if len(element) and not (element.text or "").strip():
            element.text = None
        element.tail = None
    return str(etree.canonicalize(etree.tostring(root, encoding="unicode"), rewrite_prefixes=True))


def stored(project: Project) -> dict[str, Rows]:
    """The rows without what is derived from texts or other rows."""
    return {
        name: [[v for v, column in zip(row, TABLES[name].columns, strict=True) if not column.derived] for row in rows]
        for name, rows in project.rows.items()
    }


def check_both_ways(source: Path, document: bytes, folder: Path) -> bytes:
    project = read_project(source, texts=False)
    again = folder / "again.qde"
    again.write_bytes(written(project))
    assert canonical(again.read_bytes()) == canonical(document)
    reread = read_project(again, texts=False)
    assert stored(reread) == stored(project)
    assert reread.rows == project.rows
    return again.read_bytes()


@settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 1_000_000), size=st.integers(0, 6), style=st.sampled_from(STYLES))
@example(seed=1, size=3, style="plain")
@example(seed=2, size=3, style="prefixed")
@example(seed=3, size=3, style="commented")
@example(seed=4, size=3, style="cdata")
@example(seed=5, size=3, style="utf-16")
def test_every_valid_project_survives_tables(seed: int, size: int, style: str, tmp_path: Path) -> None:
    source = tmp_path / "project.qde"
    source.write_bytes(random_project(seed, size, style=style))
    again = check_both_ways(source, source.read_bytes(), tmp_path)
    assert schema_findings(again) == []


@pytest.mark.parametrize("path", sorted((ROOT / "sample_projects").glob("*/*.qdpx")), ids=lambda path: path.stem)
def test_samples_survive_tables(path: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        document = archive.read("project.qde")
    assert schema_findings(check_both_ways(path, document, tmp_path)) == []


@pytest.mark.skipif(not REAL.is_dir(), reason="real exports are not beside the checkout (../shared/real)")
@pytest.mark.parametrize("name", ["nvivo-mac-20.5-zenodo-5703624.qdpx", "atlasti-mac-8.4-spec-annex-a2.qde"])
def test_real_exports_survive_tables(name: str, tmp_path: Path) -> None:
    path = REAL / name
    document = path.read_bytes()
    if path.suffix == ".qdpx":
        with zipfile.ZipFile(path) as archive:
            document = archive.read("project.qde")
    assert schema_findings(check_both_ways(path, document, tmp_path)) == []


@pytest.mark.skipif(not REAL.is_dir(), reason="real exports are not beside the checkout (../shared/real)")
def test_what_is_read_of_an_invalid_export_survives_too(tmp_path: Path) -> None:
    project = read_project(REAL / "transana-3.22-beta-spec-annex-a3.qde", texts=False)
    again = tmp_path / "again.qde"
    again.write_bytes(written(project))
    reread = stored(read_project(again, texts=False))
    for name, rows in stored(project).items():
        # its note references stand before the codings, the schema wants them after
        assert sorted(map(repr, reread[name])) == sorted(map(repr, rows)), name


def small(tmp_path: Path, inside: str, attributes: str = 'xmlns="urn:QDA-XML:project:1.0"') -> Project:
    path = tmp_path / "project.qde"
    path.write_text(f'<Project name="p" {attributes}>{inside}</Project>', encoding="utf-8")
    return read_project(path, texts=False)


CODES = (
    '<CodeBook><Codes><Code guid="11111111-1111-4111-8111-11111111111a" name="a" isCodable=" 1 ">'
    '<Code guid="11111111-1111-4111-8111-11111111111b" name="b" isCodable="false"/></Code></Codes></CodeBook>'
)


def test_written_forms_come_back_and_plain_values_are_written_plainly(tmp_path: Path) -> None:
    project = small(tmp_path, CODES)
    assert b'isCodable=" 1 "' in written(project)
    position = TABLES["codes"].position
    project.rows_to_change()["codes"][0][position["is_codable"]] = False
    project.rows_to_change()["codes"][0][position["is_codable_written"]] = None
    assert written(project).count(b'isCodable="false"') == 2


def test_empty_and_absent_are_different(tmp_path: Path) -> None:
    notes = (
        '<Notes><Note guid="11111111-1111-4111-8111-111111111111" name=""><Description/><PlainTextContent/></Note>'
        '<Note guid="11111111-1111-4111-8111-111111111112"/></Notes>'
    )
    document = written(small(tmp_path, notes)).decode()
    assert '111111" name="">\n      <Description/>\n      <PlainTextContent/>\n' in document
    assert '111112"/>' in document


def test_line_ends_and_tabs_of_texts_and_attributes_come_back(tmp_path: Path) -> None:
    notes = (
        '<Notes><Note guid="11111111-1111-4111-8111-111111111111" name="a&#10;b&#13;c&#9;d">'
        "<PlainTextContent>one&#13;\ntwo\tthree]]&gt;</PlainTextContent></Note></Notes>"
    )
    project = small(tmp_path, notes)
    assert project.rows["sources"][0][4] == "a\nb\rc\td"
    path = tmp_path / "again.qde"
    path.write_bytes(written(project))
    assert read_project(path, texts=False).rows == project.rows


def test_the_document_keeps_its_namespace_and_schema_location(tmp_path: Path) -> None:
    location = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="urn:x there.xsd"'
    root = etree.fromstring(written(small(tmp_path, CODES, f'xmlns="urn:QDA-XML:project:0:10" {location}')))
    assert root.tag == "{urn:QDA-XML:project:0:10}Project"
    assert root.get(SCHEMA_LOCATION) == "urn:x there.xsd"
    root = etree.fromstring(written(small(tmp_path, CODES, "")))
    assert root.tag == "Project"
    assert root[0][0][0].tag == "Code"


def test_children_out_of_order_are_put_in_the_order_of_the_schema(tmp_path: Path) -> None:
    source = (
        '<Sources><TextSource guid="11111111-1111-4111-8111-111111111111"><VariableValue><VariableRef '
        'targetGUID="11111111-1111-4111-8111-111111111112"/></VariableValue><PlainTextContent>x</PlainTextContent>'
        "<Description>d</Description></TextSource></Sources>"
    )
    document = written(small(tmp_path, f"{source}{CODES}<Sets/>"))
    assert schema_findings(document) == []


def test_deep_code_trees_are_no_trouble(tmp_path: Path) -> None:
    project = small(tmp_path, "")
    for depth in range(3000):
        project.rows_to_change()["codes"].append(
            [f"g{depth}", "c", True, None, None, None, depth - 1 if depth else None, None]
        )
    assert written(project).count(b"<Code ") == 3000


@pytest.mark.parametrize("damage", ["gone", "circle", "kind", "negative"])
def test_a_row_that_stands_in_nothing_is_an_error_not_a_loss(damage: str, tmp_path: Path) -> None:
    project = small(tmp_path, CODES)
    codes, parent = project.rows_to_change()["codes"], TABLES["codes"].position["parent_row"]
    if damage == "gone":
        codes[1][parent] = 7
    elif damage == "circle":
        codes[0][parent], codes[1][parent] = 1, 0
    elif damage == "negative":
        codes[1][parent] = -1
    else:
        project.rows_to_change()["note_refs"].append(["set", 0, "11111111-1111-4111-8111-11111111111b"])
    with pytest.raises(OutputError, match="stand in nothing"):
        written(project)


def test_a_document_comes_in_pieces(tmp_path: Path) -> None:
    project = small(tmp_path, "")
    for number in range(5000):
        project.rows_to_change()["users"].append([f"guid {number}", "name", None])
    pieces: list[bytes] = []
    write_document(project, pieces.append)
    assert len(pieces) > 3
    assert max(map(len, pieces)) < 70_000


def test_characters_that_xml_cannot_hold_are_shown_by_their_symbols(tmp_path: Path) -> None:
    project = small(tmp_path, CODES)
    project.rows_to_change()["codes"][0][1] = "bell\x07 and \ud800"
    assert "bell␇ and \ufffd" in written(project).decode()
