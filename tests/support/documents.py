"""Random REFI-QDA documents that follow the schema, for tests of what must hold for every project.

The same arguments give the same bytes. From size 1 on, every element of the schema occurs in each document, and every
attribute but ``plainTextPath`` (a text stands in the document or in a file, so now this, now that); the first of each
kind is full, the others vary. References name something of the right kind, positions lie inside their text (UTF-16 code
units where the origin is NVivo, else code points), and values are now and then written in the odd forms that the schema
allows: `` 1 `` for true, ``+5``, a GUID in braces or with white space around it, an integer of twenty digits, an empty
description, a case with the GUID of a code. The files that paths name do not exist.
"""

from __future__ import annotations

from document_maker import CodebookMaker, Element
from lxml import etree
from project_maker import ProjectMaker

XSI = "http://www.w3.org/2001/XMLSchema-instance"

#: The ways in which the same document can be written.
STYLES = ("plain", "indented", "prefixed", "commented", "cdata", "single-quotes", "bom", "utf-16")


def random_project_tree(seed: int, size: int) -> Element:
    """The root of a random project, as ``random_project`` writes it."""
    return ProjectMaker(seed, size).project()


def random_codebook_tree(seed: int, size: int) -> Element:
    """The root of a random codebook, as ``random_codebook`` writes it."""
    return CodebookMaker(seed, size).codebook()


def random_project(seed: int, size: int, *, style: str = "plain") -> bytes:
    """A project document (``project.qde``) that follows the schema.

    Args:
        seed: the same seed, size and style give the same bytes.
        size: about how many users, codes, sources of each kind, selections a source, cases, sets and graphs there are.
            5 gives some 100 kB. At 0 containers are there or not, with one element each.
        style: one of ``STYLES``; all say the same.
    """
    return write(random_project_tree(seed, size), style)


def random_codebook(seed: int, size: int, *, style: str = "plain") -> bytes:
    """A codebook document (``.qdc``) that follows the schema; arguments as for ``random_project``."""
    return write(random_codebook_tree(seed, size), style)


def write(root: Element, style: str) -> bytes:
    """A document's bytes in one of the ``STYLES``."""
    if style == "prefixed":
        root = _prefixed(root)
    if style in ("indented", "utf-16"):
        etree.indent(root, "\t" if style == "utf-16" else "  ")
    if style == "commented":
        _comment(root)
    if style == "cdata":
        _cdata(root)
    if style == "utf-16":
        declared = '<?xml version="1.0" encoding="utf-16"?>\n' + etree.tostring(root, encoding="unicode")
        return b"\xff\xfe" + declared.encode("utf-16-le")
    written = etree.tostring(root, encoding="unicode").encode()
    if style == "single-quotes":
        return b"<?xml version='1.0' encoding='utf-8' standalone='no'?>" + written
    mark = b"\xef\xbb\xbf" if style == "bom" else b""
    return mark + b'<?xml version="1.0" encoding="utf-8"?>\n' + written


def _prefixed(root: Element) -> Element:
    """The same tree with a prefix, and an xsi:schemaLocation on its root."""
    namespace = str(etree.QName(root).namespace)
    copy = etree.Element(root.tag, nsmap={"q": namespace, "xsi": XSI})
    copy.attrib.update(root.attrib)
    copy.set(f"{{{XSI}}}schemaLocation", f"{namespace} http://example.org/Project.xsd")
    copy.extend(etree.fromstring(etree.tostring(root)))
    etree.cleanup_namespaces(copy, top_nsmap={"q": namespace, "xsi": XSI}, keep_ns_prefixes=["xsi"])
    return copy


def _comment(root: Element) -> None:
    """Put comments and processing instructions between elements, and here and there into a text."""
    for index, element in enumerate(list(root.iter(etree.Element))):
        note = etree.Comment(" <Coding/> ") if index % 3 else etree.ProcessingInstruction("tool", 'a="<Code>"')
        if len(element):
            element.insert(index % (len(element) + 1), note)
        elif element.text and index % 5 == 0:
            middle = len(element.text) // 2
            element.text, note.tail = element.text[:middle], element.text[middle:]
            element.append(note)


def _cdata(root: Element) -> None:
    """Put texts into CDATA sections, where they can stand in one unchanged."""
    for element in root.iter(etree.Element):
        if element.text and not len(element) and "]]>" not in element.text and "\r" not in element.text:
            element.text = etree.CDATA(element.text)
