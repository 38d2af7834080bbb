"""Our schemas say the same as those that REFI-QDA published."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from documents import XSI, random_codebook_tree, random_project_tree
from lxml import etree
from mutations import VALUES, Mutator
from schema_content import Schema

ROOT = Path(__file__).resolve().parents[2]
OURS = ROOT / "schemas"
PUBLISHED = ROOT / "../shared/refi-qda"
REAL = ROOT / "../shared/real"

KINDS = ("Project", "Codebook")
needs_published = pytest.mark.skipif(
    not (PUBLISHED / "Project.xsd").is_file(), reason="the published schemas are not beside this checkout"
)


def documents(kind: str, sizes: tuple[int, ...], seeds: range) -> list[etree._Element]:
    """Random valid documents, with the prefixes that xsi:type needs."""
    make = random_project_tree if kind == "Project" else random_codebook_tree
    trees = [make(seed, size) for size in sizes for seed in seeds]
    declared = f' xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="{XSI}" xmlns='
    return [
        etree.fromstring(etree.tostring(tree, encoding="unicode").replace(" xmlns=", declared, 1)) for tree in trees
    ]


class Judges:
    """Both schemas of a kind: a document's verdict, which must be the same, and how often each verdict was given."""

    def __init__(self, kind: str) -> None:
        self.ours = etree.XMLSchema(etree.parse(str(OURS / f"{kind}.xsd")))
        self.published = etree.XMLSchema(etree.parse(str(PUBLISHED / f"{kind}.xsd")))
        self.verdicts: Counter[bool] = Counter()

    def agree(self, document: etree._Element, what: str) -> None:
        ours, published = self.ours.validate(document), self.published.validate(document)
        assert ours == published, f"{what}: {self.ours.error_log} {self.published.error_log}"
        self.verdicts[ours] += 1


def schema_names(kind: str) -> tuple[list[str], list[str]]:
    schema = Schema(OURS / f"{kind}.xsd")
    return list(schema.elements()), [name for item in schema.types.values() for name in item.attributes]


def attribute_places(document: etree._Element) -> Iterator[tuple[etree._Element, str]]:
    """One element for each pair of element and parent, with each of its attributes."""
    seen = set()
    for element in document.iter(etree.Element):
        parent = element.getparent()
        for name in map(str, element.attrib):
            place = (None if parent is None else parent.tag, element.tag, name)
            if place not in seen:
                seen.add(place)
                yield element, name


@needs_published
@pytest.mark.parametrize("kind", KINDS)
def test_written_out_both_schemas_have_the_same_types(kind: str) -> None:
    ours, published = Schema(OURS / f"{kind}.xsd"), Schema(PUBLISHED / f"{kind}.xsd")
    assert ours.roots == published.roots
    assert ours.values == published.values
    # ours has more types, on which others are built; no element can be of one of them, not even by xsi:type
    assert {name: item for name, item in ours.types.items() if not item.abstract} == published.types


@needs_published
@pytest.mark.parametrize(("kind", "count"), [("Project", 4000), ("Codebook", 1000)])
def test_both_schemas_judge_damaged_documents_alike(kind: str, count: int) -> None:
    judges = Judges(kind)
    mutator = Mutator(20190318, *schema_names(kind))
    originals = documents(kind, (0, 0, 1), range(12))
    for index in range(count):
        judges.agree(*mutator.mutate(originals[index % len(originals)]))
    assert judges.verdicts[True] >= 300
    assert judges.verdicts[False] >= 300


@needs_published
@pytest.mark.parametrize("kind", KINDS)
def test_both_schemas_allow_the_same_values_in_every_attribute(kind: str) -> None:
    judges = Judges(kind)
    (document,) = documents(kind, (1,), range(1))
    mixed = [VALUES[(index * 37) % len(VALUES)] for index in range(len(VALUES))]
    for number, (element, name) in enumerate(list(attribute_places(document))):
        original = element.attrib[name]
        # every value in every attribute for the small codebook, a changing third of them for a project
        for value in mixed if kind == "Codebook" else mixed[number % 3 :: 3]:
            element.set(name, value)
            judges.agree(document, f"{element.tag}@{name}={value!r}")
        element.set(name, str(original))
    assert min(judges.verdicts.values()) >= 300


def spoilt_guids(count: int) -> Iterator[str]:
    """What is nearly a GUID: a group too short, too long or missing, a character lost, put in or changed."""
    chance = random.Random(7)
    for index in range(count):
        if index % 2:
            lengths = [chance.choice((length, length, length, length - 1, length + 1)) for length in (8, 4, 4, 4, 12)]
            text = "-".join("a" * length for length in lengths[chance.randrange(8) == 0 :])
        else:
            text = "0a1B2c3D-4e5f-6789-abCD-ef0123456789"
            place, end = (chance.randrange(37) + step for step in (0, chance.randrange(3)))
            text = text[:place] + chance.choice(("", "0", "F", "-", "g", "{", "}", "-abcd")) + text[end:]
        yield "{" * (index % 3 == 0) + text + "}" * (index % 12 != 1 and index % 3 == 0)


@needs_published
@pytest.mark.parametrize("kind", KINDS)
def test_both_schemas_take_the_same_identifiers_for_guids(kind: str) -> None:
    judges = Judges(kind)
    (document,) = documents(kind, (1,), range(2, 3))
    element = next(item for item in document.iter(etree.Element) if "guid" in item.attrib)
    for guid in spoilt_guids(3000):
        element.set("guid", guid)
        judges.agree(document, guid)
    assert min(judges.verdicts.values()) >= 100


@needs_published
@pytest.mark.parametrize("kind", KINDS)
def test_both_schemas_take_the_same_colours(kind: str) -> None:
    judges = Judges(kind)
    (document,) = documents(kind, (1,), range(2, 3))
    element = next(item for item in document.iter(etree.Element) if "color" in item.attrib)
    for length in range(20):
        for digits in ("a" * length, "0" * length, "f" * (length - 1) + "g", " " + "A" * length):
            element.set("color", f"#{digits}")
            judges.agree(document, f"#{digits}")
    assert len(judges.verdicts) == 2


@needs_published
def test_both_schemas_allow_the_same_texts_in_every_kind_of_value() -> None:
    judges = Judges("Project")
    (document,) = documents("Project", (1,), range(1, 2))
    holders = {item.tag: item for item in document.iter(etree.Element) if not len(item) and not item.attrib}
    assert len(holders) == 8  # Description, PlainTextContent and the six kinds of value
    for tag, holder in holders.items():
        original = holder.text
        for value in VALUES:
            holder.text = value
            judges.agree(document, f"{tag}: {value!r}")
        holder.text = original
    assert min(judges.verdicts.values()) >= 200


@needs_published
@pytest.mark.parametrize("name", ["atlasti-mac-8.4-spec-annex-a2.qde", "transana-3.22-beta-spec-annex-a3.qde"])
def test_both_schemas_judge_the_examples_of_the_standard_alike(name: str) -> None:
    if not (REAL / name).is_file():
        pytest.skip("the real exports are not beside this checkout")
    Judges("Project").agree(etree.parse(str(REAL / name)).getroot(), name)


@needs_published
def test_both_schemas_judge_real_codebooks_alike() -> None:
    paths = sorted(REAL.glob("*.qdc"))
    if not paths:
        pytest.skip("the real exports are not beside this checkout")
    for path in paths:
        Judges("Codebook").agree(etree.parse(str(path)).getroot(), path.name)
