"""XML written to the byte: which white space, which attribute order, which empty tags is the writer's choice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

#: Line ends and tabs would be folded to spaces in an attribute, so they are written as references.
_ATTRIBUTE = {'"': "&quot;", "\n": "&#xA;", "\r": "&#xD;", "\t": "&#x9;"}


@dataclass
class Element:
    """An element with either children or text."""

    name: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    children: Sequence[Element] = ()
    text: str | None = None


@dataclass(frozen=True)
class Layout:
    """How a program lays out its XML.

    Attributes:
        declaration: the XML declaration.
        eol: line end between elements.
        indent: what a level is indented by.
        empty: how an empty tag ends, ``" />"`` or ``"/>"``.
    """

    declaration: str
    eol: str
    indent: str
    empty: str

    def document(self, root: Element) -> bytes:
        """The document in UTF-8 without BOM."""
        lines = [self.declaration, *self._lines(root, 0)]
        return self.eol.join(lines).encode("utf-8")

    def _lines(self, element: Element, depth: int) -> list[str]:
        margin = self.indent * depth
        attributes = "".join(f' {name}="{escape(value, _ATTRIBUTE)}"' for name, value in element.attributes.items())
        tag = f"{margin}<{element.name}{attributes}"
        if element.text:
            return [f"{tag}>{escape(element.text)}</{element.name}>"]
        if not element.children:
            return [tag + self.empty]
        lines = [tag + ">"]
        for child in element.children:
            lines.extend(self._lines(child, depth + 1))
        lines.append(f"{margin}</{element.name}>")
        return lines
