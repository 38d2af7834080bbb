"""Codebooks of every program, whatever their namespace."""

from pathlib import Path

import pytest

from qdpx_compassion.errors import InputError
from qdpx_compassion.frameworks import load_framework
from qdpx_compassion.frameworks.codebook import framework_codebook
from qdpx_compassion.refi.codebook_reading import Codebook, read_codebook
from qdpx_compassion.tables import TABLES

REAL = Path(__file__).resolve().parents[4] / "shared" / "real"
A, B = "2ce89c66-c28d-473b-b5c4-6cf87d20ef04", "FFD939DA-B5DC-4611-A9F8-366495EB0AE2"


def read(text: str, folder: Path) -> Codebook:
    path = folder / "codes.qdc"
    path.write_text(text, encoding="utf-8")
    return read_codebook(path)


def book(inner: str, namespace: str = ' xmlns="urn:QDA-XML:codebook:1.0"', origin: str = "Tool 1") -> str:
    return f'<?xml version="1.0"?><CodeBook{namespace} origin="{origin}">{inner}</CodeBook>'


def paths(codebook: Codebook) -> list[tuple[str, ...]]:
    return [code.path for code in codebook.tree]


def members(codebook: Codebook) -> dict[str, list[str]]:
    names = [row[TABLES["sets"].position["name"]] for row in codebook.rows["sets"]]
    return {name: [row[2] for row in codebook.rows["set_members"] if row[0] == i] for i, name in enumerate(names)}


@pytest.mark.parametrize(
    ("name", "codes", "sets", "dialect", "found"),
    [
        ("atlasti-win-9.0.19-codebook.qdc", 5, 2, "atlasti-windows", {"xml-namespace"}),
        ("qualcoder-3.8.2-codebook.qdc", 38, 0, "qualcoder", set()),
        ("spec-annex-a1.qdc", 6, 0, "unknown", set()),
        ("taguette-1.4.1-codebook.qdc", 3, 0, "taguette", set()),
    ],
)
def test_codebooks_of_real_programs_are_read(name: str, codes: int, sets: int, dialect: str, found: set[str]) -> None:
    if not REAL.is_dir():
        pytest.skip("the real exports are not beside this checkout")
    codebook = read_codebook(REAL / name)
    assert len(codebook.tree) == codes
    assert len(codebook.rows["sets"]) == sets
    assert codebook.dialect.id == dialect
    assert {finding.code for finding in codebook.findings} == found


def test_atlastis_sets_name_their_codes() -> None:
    if not REAL.is_dir():
        pytest.skip("the real exports are not beside this checkout")
    codebook = read_codebook(REAL / "atlasti-win-9.0.19-codebook.qdc")
    names = {
        name: [codebook.tree.by_key[member.lower()].name for member in of] for name, of in members(codebook).items()
    }
    assert names == {"codeGroup1::codeGroup1.2": ["code2", "code1.1"], "codeGroup1::codeGroup1.1": ["code1", "code1.1"]}
    assert paths(codebook)[2] == ("code1", "code1.1")


@pytest.mark.parametrize(
    "namespace",
    [
        ' xmlns="urn:QDA-XML:codebook:0:4"',
        ' xmlns="urn:QDA-XML:codebook:1:0"',
        ' xmlns="urn:QDA-XML:project:1.0"',
        "",
    ],
    ids=["atlasti-and-maxqda", "nvivo-mac-12", "a-projects", "none"],
)
def test_whatever_the_namespace_the_codes_are_read(namespace: str, tmp_path: Path) -> None:
    codebook = read(book(f'<Codes><Code guid="{A}" name="heard" isCodable="true"/></Codes>', namespace), tmp_path)
    assert paths(codebook) == [("heard",)]
    assert [finding.code for finding in codebook.findings] == ["xml-namespace"]


def test_a_prefix_is_no_obstacle(tmp_path: Path) -> None:
    text = (
        '<q:CodeBook xmlns:q="urn:QDA-XML:codebook:1.0"><q:Codes>'
        f'<q:Code guid="{A}" name="heard" isCodable="1"><q:Description>so</q:Description></q:Code>'
        "</q:Codes></q:CodeBook>"
    )
    codebook = read(text, tmp_path)
    code = codebook.tree.codes[0]
    assert (code.name, code.description, code.is_codable) == ("heard", "so", True)
    assert codebook.findings == []


@pytest.mark.parametrize(("attribute", "found"), [("guid", []), ("targetGUID", ["xml-unknown-attribute"])])
def test_members_of_sets_by_guid_and_by_target(attribute: str, found: list[str], tmp_path: Path) -> None:
    codebook = read(
        book(
            f'<Codes><Code guid="{A}" name="heard" isCodable="true"/></Codes>'
            f'<Sets><Set guid="{B}" name="values"><MemberCode {attribute}="{{{A.upper()}}}"/></Set></Sets>'
        ),
        tmp_path,
    )
    assert members(codebook) == {"values": [f"{{{A.upper()}}}"]}
    assert [finding.code for finding in codebook.findings] == found


def test_what_a_codebook_should_not_have_is_read_with_findings(tmp_path: Path) -> None:
    codebook = read(
        book(
            f'<Codes><Code guid="no-guid" name="top" isCodable="maybe" weight="2"><SubCodes>'
            f'<Code guid="{A}" name="below"/></SubCodes></Code></Codes><x:Extra xmlns:x="urn:x"><x:More/></x:Extra>'
            f'<Sets><Set guid="{B}" name="s"><MemberCode guid="{B}"/></Set></Sets>'
        ),
        tmp_path,
    )
    assert paths(codebook) == [("top",), ("top", "below")]
    assert sorted(finding.code for finding in codebook.findings) == [
        "guid-form",
        "reference-dangling",
        "value-unreadable",
        "xml-unknown-attribute",
        "xml-unknown-element",
        "xml-unknown-element",
    ]


@pytest.mark.parametrize("inner", ["", "<Codes/>", "<Codes/><Sets/>"])
def test_empty_codebooks_are_empty(inner: str, tmp_path: Path) -> None:
    codebook = read(book(inner), tmp_path)
    assert len(codebook.tree) == 0
    assert codebook.findings == []


def test_our_own_codebook_is_read_as_it_was_written(tmp_path: Path) -> None:
    framework = load_framework()
    path = tmp_path / "framework.qdc"
    path.write_bytes(framework_codebook(framework))
    codebook = read_codebook(path)
    assert codebook.findings == []
    names = {code.name for code in codebook.tree}
    assert {construct.name for construct in framework.constructs} <= names


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b'<Project xmlns="urn:QDA-XML:project:1.0"/>', "whole project"),
        (b"<html/>", "first element is html"),
        (b"PK\x03\x04rest", "an archive"),
        (b"<CodeBook>", "not well-formed"),
        (b"", "not well-formed"),
    ],
)
def test_what_is_no_codebook_is_refused_in_words(data: bytes, said: str, tmp_path: Path) -> None:
    path = tmp_path / "x.qdc"
    path.write_bytes(data)
    with pytest.raises(InputError, match=said):
        read_codebook(path)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read_codebook(tmp_path / "none.qdc")
