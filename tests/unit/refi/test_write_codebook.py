"""Writing .qdc: valid, complete, and nothing empty in it."""

from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qdpx_compassion.errors import OutputError
from qdpx_compassion.frameworks import load_framework
from qdpx_compassion.frameworks.codebook import framework_codebook
from qdpx_compassion.refi.characters import xml_text
from qdpx_compassion.refi.codebook import CodebookCode, CodebookSet, write_codebook

REPOSITORY = Path(__file__).resolve().parents[3]
NAMESPACE = "{urn:QDA-XML:codebook:1.0}"
G = [f"00000000-0000-0000-0000-00000000000{n}" for n in range(6)]

TREE = CodebookCode(
    G[0],
    "Top & <all>",
    is_codable=False,
    description="",
    children=(
        CodebookCode(G[1], "One", description="First.\nSecond line.", color="#abcdef"),
        CodebookCode("{" + G[2] + "}", "Two", color="#ABC", children=(CodebookCode(G[3], "Below"),)),
    ),
)
SETS = (CodebookSet(G[4], "Some", (G[1], G[3]), "A set."), CodebookSet(G[5], "None yet"))


def test_codes_stand_in_order_with_their_attributes() -> None:
    root = ElementTree.fromstring(write_codebook([TREE], origin="test 1"))
    assert root.tag == f"{NAMESPACE}CodeBook"
    assert root.get("origin") == "test 1"
    assert [(c.get("name"), c.get("isCodable"), c.get("color")) for c in root.iter(f"{NAMESPACE}Code")] == [
        ("Top & <all>", "false", None),
        ("One", "true", "#abcdef"),
        ("Two", "true", "#ABC"),
        ("Below", "true", None),
    ]
    assert [d.text for d in root.iter(f"{NAMESPACE}Description")] == ["First.\nSecond line."]


def test_members_of_a_set_are_written_as_a_codebook_wants_them() -> None:
    root = ElementTree.fromstring(write_codebook([TREE], sets=SETS, origin="test"))
    some, empty = root.iter(f"{NAMESPACE}Set")
    assert [child.tag.removeprefix(NAMESPACE) for child in some] == ["Description", "MemberCode", "MemberCode"]
    assert [member.attrib for member in some.iter(f"{NAMESPACE}MemberCode")] == [{"guid": G[1]}, {"guid": G[3]}]
    assert list(empty) == []


def test_the_file_is_utf_8_with_line_feeds_and_without_byte_order_mark() -> None:
    data = write_codebook([CodebookCode(G[0], "Één 😀")], origin="test")
    assert data.startswith(b'<?xml version="1.0" encoding="UTF-8"?>\n<CodeBook ')
    assert b"\r" not in data
    assert "Één 😀" in data.decode("utf-8")
    assert b"Sets" not in data


@given(st.text(), st.text())
def test_any_text_comes_back_but_for_what_xml_cannot_hold(name: str, description: str) -> None:
    code = CodebookCode(G[0], name, description=description)
    found = ElementTree.fromstring(write_codebook([code], origin=name)).find(f".//{NAMESPACE}Code")
    assert found is not None
    assert found.get("name") == xml_text(name)
    assert found.findtext(f"{NAMESPACE}Description", "") == xml_text(description)


def test_characters_that_xml_cannot_hold_are_shown() -> None:
    assert xml_text("\x00\x1b[0m\x0b") == "␀␛[0m␋"
    assert xml_text("\ud800\ufffe\uffff") == "\ufffd" * 3
    assert xml_text("\t\n\r é😀\x85") == "\t\n\r é😀\x85"


def test_deep_trees_are_written() -> None:
    code = CodebookCode(G[0], "leaf")
    for _ in range(250):
        code = CodebookCode(G[0], "branch", children=(code,))
    assert write_codebook([code], origin="test").count(b"<Code ") == 251


@pytest.mark.parametrize(
    "codes",
    [
        [],
        [CodebookCode("no guid", "A")],
        [CodebookCode(G[0], "A", color="red")],
        [CodebookCode(G[0], "A", children=(CodebookCode("", "B"),))],
    ],
)
def test_what_the_schema_forbids_is_refused(codes: list[CodebookCode]) -> None:
    with pytest.raises(OutputError):
        write_codebook(codes, origin="test")


def test_codebooks_follow_the_schema_of_the_standard() -> None:
    from lxml import etree

    known = (REPOSITORY / "schemas" / "Codebook.xsd", REPOSITORY.parent / "shared" / "refi-qda" / "Codebook.xsd")
    schemas = [path for path in known if path.is_file()]
    if not schemas:
        pytest.skip("no Codebook.xsd beside or in the checkout")
    for path in schemas:
        schema = etree.XMLSchema(file=str(path))
        for data in (write_codebook([TREE], sets=SETS, origin="test"), framework_codebook(load_framework())):
            schema.assertValid(etree.fromstring(data))
