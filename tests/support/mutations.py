"""Small damages to a document, some of which leave it valid: for tests that two validators agree."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from copy import deepcopy

from lxml import etree

Element = etree._Element
XSI = "{http://www.w3.org/2001/XMLSchema-instance}"

_GUID = "0a1B2c3D-4e5f-6789-abCD-ef0123456789"

#: Values at the edges of every type of the schemas.
VALUES = (
    # numbers and booleans
    *(
        "",
        " ",
        "\u00a0",
        "1",
        " 1 ",
        "\t1\n",
        "+1",
        "-1",
        "-0",
        "01",
        "1 2",
        "1.0",
        "1.",
        ".5",
        "+.5",
        "-.",
        "1e3",
        "1,5",
    ),
    *("NaN", "INF", "0x1", "１", "12345678901234567890", "9" * 24, "0." + "1" * 20, "--1", "+"),
    *("true", "false", "0", "TRUE", "True", " true\n", "yes", "2", "t"),
    # GUIDs
    *(_GUID, _GUID.upper(), _GUID.lower(), "{" + _GUID + "}", " {" + _GUID + "}\n", f"  {_GUID} ", "{" + _GUID),
    *(_GUID + "}", "{ " + _GUID + " }", "{{" + _GUID + "}}", "(" + _GUID + ")", _GUID.replace("-", ""), _GUID + "0"),
    *(_GUID[:-1], _GUID.replace("a", "g"), f"{_GUID} {_GUID}", _GUID.replace("-", "\u2010"), f"\u00a0{_GUID}"),
    *(_GUID.replace("4e5f-6789", "4e5f6789-"), f"urn:uuid:{_GUID}", _GUID.replace("-6789-", "--")),
    # colours
    *("#abc", "#ABCDEF", "#a1B2c3", " #abc ", "# abc", "#abcd", "#ab", "#abcdefa", "#", "abcdef", "#ggg", "rgb(1,2,3)"),
    *("#AABBCCDD", "red"),
    # enumerations
    *("Associative", " OneWay ", "Bidirectional\t", "associative", "Bi directional", "Both", "Text", "text", " Float"),
    *("DateTime", "Date", "Boolean", "Integer", "Decimal", "Star", "Note ", "RoundedRectangle", "Rounded Rectangle"),
    *("Person", "Circle", "dotted", "dashed\n", "Solid", "solid", "double"),
    # dates
    *("2024-02-29", "2023-02-29", "2024-02-29Z", "2024-02-29+14:00", "2024-02-29+14:01", "2024-2-9", "24-02-29"),
    *("-0044-03-15", "0000-01-01", "12024-01-01", "2024-13-01", "20240229", " 2024-02-29", "2024-02-29T00:00:00"),
    *("2024-02-29T23:59:59Z", "2024-02-29T24:00:00", "2024-02-29T24:00:01", "2024-02-29T12:00", "2024-02-29 12:00:00"),
    *("2024-02-29T12:00:00.", "2024-02-29T12:00:00.123456789+02:00", "2024-02-29T12:00:60", "2024-02-29t12:00:00z"),
    *("12:00:00", "2024-02", "2024"),
    # texts
    *("🙂", "a & b < c", "  two  spaces  ", "line\nend", "ж"),
)

#: Names of types that an element may claim to be of: the standard's, those of XML Schema, ours, and none.
TYPES = (
    *("TextSourceType", "PictureSourceType", "CodeType", "CodesType", "NoteRefType", "CodeRefType", "SourceRefType"),
    *("PlainTextSelectionType", "PDFSelectionType", "AudioSelectionType", "VideoSelectionType", "GUIDType", "RGBType"),
    *("CodingType", "UserType", "VertexType", "CaseType", "SetType", "VariableType", "ShapeType", "directionType"),
    *("MemberCodeType", "CodeBookType", "SetsType", "ProjectType", "LineStyleType", "typeOfVariableType"),
    *("NamedType", "RecordType", "FileSourceType", "SelectionType", "ReferenceType", "Describing", "NoSuchType"),
    *("xsd:string", "xsd:token", "xsd:integer", "xsd:int", "xsd:decimal", "xsd:date", "xsd:boolean", "xsd:anyType"),
    *("xsd:anySimpleType", "xsd:normalizedString", "xsd:ID", "no:prefix", ""),
)


class Mutator:
    """Damages copies of documents in a repeatable way.

    Args:
        seed: the same seed makes the same damages in the same order.
        names: names of elements to rename to, and to put in.
        attributes: names of attributes to rename to, and to put in.
    """

    def __init__(self, seed: int, names: Sequence[str], attributes: Sequence[str]) -> None:
        self.random = random.Random(seed)
        self.names = sorted(names)
        self.attributes = sorted(attributes)
        self.damages: tuple[Callable[[Element], None], ...] = (
            self.remove,
            self.duplicate,
            self.swap,
            self.move,
            self.rename,
            self.put_in,
            self.empty,
            self.add_text,
            self.add_space,
            self.add_comment,
            self.split_text,
            self.change_text,
            self.change_text,
            self.change_namespace,
            self.claim_type,
            self.claim_type,
            self.add_foreign_attribute,
            self.add_attribute,
            self.add_attribute,
            self.remove_attribute,
            self.rename_attribute,
            self.change_attribute,
            self.change_attribute,
            self.change_attribute,
        )

    def mutate(self, root: Element) -> tuple[Element, str]:
        """A damaged copy of the document, and what was done to it."""
        copy = deepcopy(root)
        done = []
        for _ in range(self.random.choice((1, 1, 1, 1, 2, 3))):
            damage = self.random.choice(self.damages)
            elements = list(copy.iter(etree.Element))
            element = self.random.choice(elements if self.random.random() < 0.97 else elements[:1])
            done.append(f"{damage.__name__} {element.tag} {element.attrib}")
            damage(element)
        return copy, "; ".join(done)

    def namespace(self, element: Element) -> str:
        return f"{{{etree.QName(element).namespace}}}"

    # -- elements --------------------------------------------------------------------------------------------------

    def remove(self, element: Element) -> None:
        parent = element.getparent()
        if parent is not None:
            parent.remove(element)

    def duplicate(self, element: Element) -> None:
        element.addnext(deepcopy(element)) if element.getparent() is not None else None

    def swap(self, element: Element) -> None:
        after = element.getnext()
        if after is not None:
            after.addnext(element)

    def move(self, element: Element) -> None:
        root = element.getroottree().getroot()
        holders = [root, *(other for other in root.iterdescendants(etree.Element) if len(other))]
        inside = set(element.iter())
        target = self.random.choice(holders)
        if target not in inside and element.getparent() is not None:
            target.insert(self.random.randint(0, len(target)), element)

    def rename(self, element: Element) -> None:
        element.tag = self.namespace(element) + self.random.choice(self.names)

    def put_in(self, element: Element) -> None:
        root = element.getroottree().getroot()
        elements = [root, *(other for other in root.iterdescendants(etree.Element) if len(other) < 5)]
        element.insert(self.random.randint(0, len(element)), deepcopy(self.random.choice(elements)))

    def empty(self, element: Element) -> None:
        for child in list(element):
            element.remove(child)
        element.text = self.random.choice((None, None, "", " ", "\n"))

    def change_namespace(self, element: Element) -> None:
        name = etree.QName(element).localname
        element.tag = self.random.choice((name, f"{{urn:other}}{name}", f"{{urn:QDA-XML:project:1.5}}{name}"))

    # -- texts -----------------------------------------------------------------------------------------------------

    def add_text(self, element: Element) -> None:
        element.text = (element.text or "") + self.random.choice(("text", "0", "\u00a0", "."))

    def add_space(self, element: Element) -> None:
        element.text = (element.text or "") + self.random.choice((" ", "\n\t", "  "))

    def change_text(self, element: Element) -> None:
        leaves = [other for other in element.getroottree().getroot().iter(etree.Element) if other.text]
        if leaves:
            self.random.choice(leaves).text = self.random.choice(VALUES)

    def add_comment(self, element: Element) -> None:
        note = etree.Comment(" c ") if self.random.random() < 0.5 else etree.ProcessingInstruction("tool", "p")
        element.insert(self.random.randint(0, len(element)), note)

    def split_text(self, element: Element) -> None:
        note = etree.Comment("c")
        if element.text and not len(element):
            middle = len(element.text) // 2
            element.text, note.tail = element.text[:middle], element.text[middle:]
        element.insert(0, note)

    # -- attributes ------------------------------------------------------------------------------------------------

    def claim_type(self, element: Element) -> None:
        element.set(f"{XSI}type", self.random.choice(TYPES))

    def add_foreign_attribute(self, element: Element) -> None:
        name, value = self.random.choice(
            (
                (f"{XSI}schemaLocation", "urn:QDA-XML:project:1.0 http://schema.invalid/Project.xsd"),
                (f"{XSI}noNamespaceSchemaLocation", "nowhere.xsd"),
                (f"{XSI}nil", "true"),
                (f"{XSI}nil", "false"),
                (f"{XSI}other", "1"),
                ("{http://www.w3.org/XML/1998/namespace}lang", "nl"),
                ("{http://www.w3.org/XML/1998/namespace}space", "preserve"),
                ("{urn:vendor}note", "x"),
                (f"{self.namespace(element)}guid", _GUID),
                ("lang", "nl"),
            )
        )
        element.set(name, value)

    def add_attribute(self, element: Element) -> None:
        element.set(self.random.choice(self.attributes), self.random.choice(VALUES))

    def remove_attribute(self, element: Element) -> None:
        if element.attrib:
            del element.attrib[self.random.choice(sorted(element.attrib))]

    def rename_attribute(self, element: Element) -> None:
        if element.attrib:
            value = element.attrib.pop(self.random.choice(sorted(element.attrib)))
            element.set(self.random.choice((*self.attributes, "Name", "GUID", "colour")), value)

    def change_attribute(self, element: Element) -> None:
        if element.attrib:
            element.set(self.random.choice(sorted(element.attrib)), self.random.choice(VALUES))
