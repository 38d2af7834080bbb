"""The random documents of the other tests follow the schema and leave none of it out."""

from __future__ import annotations

from pathlib import Path

import pytest
from documents import STYLES, random_codebook, random_project
from lxml import etree
from schema_content import Schema

SCHEMAS = Path(__file__).resolve().parents[2] / "schemas"
MAKERS = {"Project": random_project, "Codebook": random_codebook}
KINDS = tuple(MAKERS)


def validator(kind: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(SCHEMAS / f"{kind}.xsd")))


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_random_document_follows_the_schema_in_every_style(kind: str, style: str) -> None:
    schema = validator(kind)
    for seed in range(12):
        for size in (0, 1, 2, 4):
            document = MAKERS[kind](seed, size, style=style)
            assert schema.validate(etree.fromstring(document)), (seed, size, schema.error_log)


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_gives_the_same_document_and_another_seed_another(kind: str) -> None:
    make = MAKERS[kind]
    assert make(3, 2) == make(3, 2)
    assert len({make(seed, 2) for seed in range(20)}) == 20


@pytest.mark.parametrize("style", STYLES)
def test_all_styles_say_the_same(style: str) -> None:
    def said(document: bytes) -> str:
        root = etree.fromstring(document, etree.XMLParser(remove_comments=True, remove_pis=True))
        for element in root.iter(etree.Element):
            element.tail = None
            if len(element):
                element.text = None
        root.attrib.pop("{http://www.w3.org/2001/XMLSchema-instance}schemaLocation", "")
        # names with their namespace, whatever the prefix
        return "\n".join(f"{item.tag} {sorted(item.attrib.items())} {item.text or ''}" for item in root.iter())

    assert said(random_project(5, 2, style=style)) == said(random_project(5, 2))


def places(root: etree._Element) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    """The pairs of parent and child, and of element and attribute, by their names."""
    children, attributes = set(), set()
    for element in root.iter(etree.Element):
        name = etree.QName(element).localname
        parent = element.getparent()
        if parent is not None:
            children.add((etree.QName(parent).localname, name))
        attributes |= {(name, str(attribute)) for attribute in element.attrib}
    return children, attributes


@pytest.mark.parametrize("kind", KINDS)
def test_random_documents_hold_every_element_and_attribute_everywhere_the_schema_has_them(kind: str) -> None:
    schema = Schema(SCHEMAS / f"{kind}.xsd")
    allowed_children, allowed_attributes = set(), set()
    for name, types in schema.elements().items():
        for item in (schema.types[named] for named in types if named in schema.types):
            allowed_attributes |= {(name, attribute) for attribute in item.attributes}
            allowed_children |= {(name, child.name) for part in item.content for child in part.choices or (part,)}
    children, attributes = set(), set()
    for seed in range(8):
        found = places(etree.fromstring(MAKERS[kind](seed, 3)))
        children |= found[0]
        attributes |= found[1]
    assert children == allowed_children
    assert attributes == allowed_attributes


@pytest.mark.parametrize("seed", range(5))
def test_from_size_one_on_every_element_occurs_in_each_project(seed: int) -> None:
    root = etree.fromstring(random_project(seed, 1))
    assert {etree.QName(item).localname for item in root.iter(etree.Element)} == set(
        Schema(SCHEMAS / "Project.xsd").elements()
    )


def test_references_of_a_random_project_name_something_of_the_right_kind() -> None:
    targets = {
        "CodeRef": {"Code"},
        "MemberCode": {"Code"},
        "NoteRef": {"Note"},
        "MemberNote": {"Note"},
        "VariableRef": {"Variable"},
        "SelectionRef": {name for name in Schema(SCHEMAS / "Project.xsd").elements() if name.endswith("Selection")},
    }
    for seed in range(10):
        root = etree.fromstring(random_project(seed, 3))
        kinds: dict[str, set[str]] = {}
        for element in root.iter(etree.Element):
            guid = str(element.get("guid", "")).strip().strip("{}").lower()
            kinds.setdefault(guid, set()).add(etree.QName(element).localname)
        for name, allowed in targets.items():
            for element in root.iter(f"{{*}}{name}"):
                assert kinds[str(element.get("targetGUID")).strip().strip("{}").lower()] & allowed


def test_positions_of_a_random_project_lie_inside_their_text_and_not_inside_a_character() -> None:
    seen = 0
    for seed in range(12):
        root = etree.fromstring(random_project(seed, 3))
        utf16 = str(root.get("origin")).startswith("NVivo")
        for selection in root.iter("{*}PlainTextSelection"):
            text = selection.getparent().findtext("{*}PlainTextContent")  # type: ignore[union-attr]
            encoded = str(text).encode("utf-16-le" if utf16 else "utf-32-le")
            unit = 2 if utf16 else 4
            start, end = (int(str(selection.get(name))) for name in ("startPosition", "endPosition"))
            assert 0 <= start <= end <= len(encoded) // unit
            encoded[start * unit : end * unit].decode("utf-16-le" if utf16 else "utf-32-le")
            seen += 1
    assert seen > 200
