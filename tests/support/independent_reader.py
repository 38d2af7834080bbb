"""A reader of projects that shares no code with the package: zipfile and lxml, positions sliced by hand.

It reads what is written for a program as that program is said to: texts from ``sources``, UTF-8, positions in code
points or UTF-16 units. GUIDs are compared letter by letter, as some programs do.
"""

from __future__ import annotations

import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

NAMESPACE = "urn:QDA-XML:project:1.0"
SOURCES = ("TextSource", "PictureSource", "PDFSource", "AudioSource", "VideoSource", "Representation", "Transcript",
           "TextDescription")  # fmt: skip
DEFINING = {
    "CodeRef": ("Code",),
    "MemberCode": ("Code",),
    "SourceRef": (*SOURCES, "Note"),
    "MemberSource": (*SOURCES, "Note"),
    "NoteRef": ("Note",),
    "MemberNote": ("Note",),
    "VariableRef": ("Variable",),
}
_SCHEMA = Path(__file__).resolve().parents[2] / "schemas" / "Project.xsd"


@dataclass
class Independent:
    """A project as it lies in an archive."""

    names: list[str]
    members: dict[str, bytes]
    root: etree._Element

    def all(self, *names: str) -> list[etree._Element]:
        """All elements of these names, in document order."""
        return [one for one in self.elements() if local(one) in names]

    def selections(self) -> list[etree._Element]:
        """All selections."""
        return [one for one in self.elements() if local(one).endswith("Selection")]

    def elements(self) -> Iterator[etree._Element]:
        """Everything but comments, in document order."""
        return self.root.iter("{*}*")


def local(element: etree._Element) -> str:
    """Name without namespace."""
    return etree.QName(element).localname


def opened(path: Path) -> Independent:
    """An archive with its document."""
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        members = {name: archive.read(name) for name in names}
    (document,) = (name for name in names if name.lower().endswith(".qde"))
    return Independent(names, members, etree.fromstring(members[document], etree.XMLParser(huge_tree=True)))


def is_valid(root: etree._Element) -> bool:
    """Whether the schema has no objection."""
    return etree.XMLSchema(etree.parse(str(_SCHEMA))).validate(root)


def text_of(project: Independent, source: etree._Element) -> str | None:
    """The text of a source, from ``sources`` or from the document."""
    path = source.get("plainTextPath")
    if path is None:
        content = source.find(f"{{{NAMESPACE}}}PlainTextContent")
        return None if content is None else content.text or ""
    assert path.startswith("internal://"), path
    data = project.members[f"sources/{path.removeprefix('internal://')}"]
    assert not data.startswith(b"\xef\xbb\xbf")
    assert b"\r\n" not in data
    return data.decode("utf-8")


def quotation(text: str, start: int, end: int, *, utf16: bool) -> str:
    """A part of a text, sliced as the program does it."""
    if utf16:
        return text.encode("utf-16-le")[2 * start : 2 * end].decode("utf-16-le")
    return text[start:end]


def text_codings(project: Independent, *, utf16: bool) -> Counter[tuple[str, str, str]]:
    """Every coding of a place in a text: quotation, code, coder."""
    found: Counter[tuple[str, str, str]] = Counter()
    for selection in project.all("PlainTextSelection"):
        parent = selection.getparent()
        assert parent is not None
        text = text_of(project, parent)
        if text is None:
            continue
        start, end = int(selection.get("startPosition", "0")), int(selection.get("endPosition", "0"))
        quoted = quotation(text, start, end, utf16=utf16)
        for coding in selection.findall(f"{{{NAMESPACE}}}Coding"):
            reference = coding.find(f"{{{NAMESPACE}}}CodeRef")
            assert reference is not None
            found[quoted, plain(reference.get("targetGUID")), plain(coding.get("creatingUser"))] += 1
    return found


def plain(guid: str | None) -> str:
    """A GUID as it is compared between two files."""
    return (guid or "").strip("{} ").lower()


def dangling(project: Independent, *, letter_by_letter: bool) -> Counter[str]:
    """References to nothing, by element."""
    form = (lambda guid: guid or "") if letter_by_letter else plain
    defined: dict[str, set[str]] = {}
    for element in project.elements():
        if element.get("guid") and not local(element).endswith("Ref"):
            defined.setdefault(local(element), set()).add(form(element.get("guid")))
    found: Counter[str] = Counter()
    for element in project.all(*DEFINING):
        target = form(element.get("targetGUID", element.get("guid")))
        found[local(element)] += all(target not in defined.get(kind, ()) for kind in DEFINING[local(element)])
    return +found
