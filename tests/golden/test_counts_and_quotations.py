"""What is read of samples and real exports, against counts and quotations found here in another way.

Nothing of the program takes part in the other way: elements are counted in a tree, texts cut from the archive's bytes.
"""

import zipfile
from collections import Counter
from pathlib import Path

import pytest
from lxml import etree

from qdpx_compassion.refi.reader import read_project
from qdpx_compassion.tables import Project

ROOT = Path(__file__).resolve().parents[2]
REAL = ROOT.parent / "shared" / "real"
SAMPLES = sorted((ROOT / "sample_projects").glob("*/*.qdpx"))
EXPORTS = [
    REAL / "nvivo-mac-20.5-zenodo-5703624.qdpx",
    REAL / "atlasti-mac-8.4-spec-annex-a2.qde",
    REAL / "transana-3.22-beta-spec-annex-a3.qde",
]
MISSING = pytest.mark.skipif(not REAL.is_dir(), reason="real exports are not beside the checkout (../shared/real)")
ALL = [pytest.param(path, id=path.stem) for path in SAMPLES] + [
    pytest.param(path, id=path.stem, marks=MISSING) for path in EXPORTS
]

#: What people counted by hand in real exports.
KNOWN = {
    "nvivo-mac-20.5-zenodo-5703624": {
        "users": 4, "codes": 172, "cases": 68, "variables": 2, "variable_values": 120, "sources": 79,
        "selections": 874, "codings": 874, "sets": 1, "set_members": 0, "links": 0, "graphs": 0,
    },
    "atlasti-mac-8.4-spec-annex-a2": {"sets": 16, "links": 1, "graphs": 1, "codes": 14, "users": 3},
}  # fmt: skip

#: table → the elements that are its rows (local names: two of the documents are in another namespace).
ROWS = {
    "users": "User", "codes": "Code", "variables": "Variable", "cases": "Case", "codings": "Coding",
    "sync_points": "SyncPoint", "links": "Link", "sets": "Set", "graphs": "Graph", "vertices": "Vertex",
    "edges": "Edge",
}  # fmt: skip
SOURCES = [f"{kind}Source" for kind in ("Text", "Picture", "PDF", "Audio", "Video")]
SOURCES += ["TextDescription", "Representation", "Transcript", "Note"]
SELECTIONS = [f"{kind}Selection" for kind in ("PlainText", "Picture", "PDF", "Audio", "Video", "Transcript")]


def document(path: Path) -> etree._Element:
    data = path.read_bytes()
    if path.suffix == ".qdpx":
        with zipfile.ZipFile(path) as archive:
            data = archive.read("project.qde")
    return etree.fromstring(data)


def found(root: etree._Element, *names: str) -> list[etree._Element]:
    """Elements of these local names, in document order."""
    return [element for element in root.iter(etree.Element) if local(element) in names]


def local(element: etree._Element) -> str:
    return str(etree.QName(element).localname)


def column(project: Project, table: str, name: str) -> list[object]:
    return list(project.column(table, name))


@pytest.mark.parametrize("path", ALL)
def test_every_element_is_a_row_in_document_order(path: Path) -> None:
    root, project = document(path), read_project(path)
    for table, name in ROWS.items():
        assert column(project, table, "guid") == [element.get("guid") for element in found(root, name)], table
    for table, names in (("sources", SOURCES), ("selections", SELECTIONS)):
        elements = found(root, *names)
        assert column(project, table, "guid") == [element.get("guid") for element in elements]
        assert column(project, table, "name") == [element.get("name") for element in elements]
        assert Counter(column(project, table, "kind")) == Counter(map(local, elements))
    assert len(project.rows["variable_values"]) == len(found(root, "VariableValue"))
    assert len(project.rows["set_members"]) == len(found(root, "MemberCode", "MemberSource", "MemberNote"))
    assert column(project, "note_refs", "target_guid") == [e.get("targetGUID") for e in found(root, "NoteRef")]


@pytest.mark.parametrize("path", ALL)
def test_each_code_has_its_codings(path: Path) -> None:
    root, project = document(path), read_project(path)
    expected = Counter(
        str(reference.get("targetGUID")).lower()
        for coding in found(root, "Coding")
        for reference in coding
        if local(reference) == "CodeRef"
    )
    guids = column(project, "codes", "guid")
    resolved = Counter(
        str(guids[row]).lower() for row in column(project, "codings", "code_row") if isinstance(row, int)
    )
    assert resolved == expected
    assert set(expected) <= {str(code.get("guid")).lower() for code in found(root, "Code")}


@pytest.mark.parametrize("path", ALL)
def test_codings_hang_on_what_they_stand_in(path: Path) -> None:
    root, project = document(path), read_project(path)
    owners = [parent for coding in found(root, "Coding") if (parent := coding.getparent()) is not None]
    assert [
        project.rows["selections" if kind == "selection" else "sources"][row][0]
        for kind, row in zip(
            column(project, "codings", "owner_kind"), column(project, "codings", "owner_row"), strict=True
        )
        if isinstance(row, int)
    ] == [local(owner) for owner in owners]


def texts(path: Path, root: etree._Element) -> dict[etree._Element, str]:
    """The text of every source that has one in the archive, without a byte order mark, line ends as they lie."""
    held = {}
    with zipfile.ZipFile(path) as archive:
        members = {name.rsplit("/", 1)[-1]: name for name in archive.namelist()}
        for source in found(root, *SOURCES):
            inside = [child.text or "" for child in source if local(child) == "PlainTextContent"]
            name = members.get(str(source.get("plainTextPath")).removeprefix("internal://"))
            if inside:
                held[source] = inside[0]
            elif name is not None:
                held[source] = archive.read(name).decode("utf-8-sig")
    return held


def utf16_slice(text: str, start: int, end: int) -> str:
    return text.encode("utf-16-le")[2 * start : 2 * end].decode("utf-16-le")


def code_point_slice(text: str, start: int, end: int) -> str:
    return text[start:end]


@pytest.mark.parametrize("path", [pytest.param(p, id=p.stem) for p in SAMPLES] + [ALL[len(SAMPLES)]])
def test_every_quotation_is_the_slice_of_its_text_as_its_program_counts(path: Path) -> None:
    root, project = document(path), read_project(path)
    cut = utf16_slice if str(root.get("origin")).startswith("NVivo") else code_point_slice
    held = texts(path, root)
    expected = [
        cut(held[parent], int(str(selection.get("startPosition"))), int(str(selection.get("endPosition"))))
        for selection in found(root, "PlainTextSelection")
        if (parent := selection.getparent()) is not None
    ]
    assert len(expected) > 50
    assert column(project, "selections", "quotation") == expected
    # the real export holds quotations that begin inside a word, however they are counted
    assert {finding.code for finding in project.findings} <= {"quotation-cuts-word"}
    lengths = [len(held[source]) if source in held else None for source in found(root, *SOURCES)]
    assert column(project, "sources", "text_length") == lengths


@pytest.mark.parametrize("path", [pytest.param(p, id=p.stem) for p in SAMPLES] + [ALL[len(SAMPLES)]])
def test_names_that_carry_the_quotation_agree_with_it(path: Path) -> None:
    project = read_project(path)
    pairs = zip(column(project, "selections", "name"), column(project, "selections", "quotation"), strict=True)
    for name, quotation in pairs:
        stem = str(name or "").removesuffix("…")
        assert " ".join(str(quotation).split()).startswith(stem)


@MISSING
@pytest.mark.parametrize("name", KNOWN)
def test_real_exports_hold_what_people_counted(name: str) -> None:
    path = next(path for path in EXPORTS if path.stem == name)
    project = read_project(path)
    assert {table: len(project.rows[table]) for table in KNOWN[name]} == KNOWN[name]


@MISSING
def test_the_real_nvivo_cases_are_codes_and_its_values_hang_on_sources() -> None:
    project = read_project(EXPORTS[0])
    assert set(column(project, "cases", "guid")) <= set(column(project, "codes", "guid"))
    assert set(column(project, "variable_values", "owner_kind")) == {"source"}
    assert Counter(column(project, "sources", "kind")) == {"TextSource": 60, "Note": 19}


@MISSING
def test_without_their_files_selections_of_the_annex_keep_names_and_places() -> None:
    project = read_project(EXPORTS[1])
    assert all(column(project, "selections", "quotation"))
    assert all(column(project, "selections", "place"))
    assert Counter(column(project, "selections", "kind")) == {
        "PlainTextSelection": 8, "PDFSelection": 4, "VideoSelection": 2, "PictureSelection": 1,
    }  # fmt: skip
