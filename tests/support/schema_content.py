"""An XML schema written out: every type with all its attributes and children, whatever it was built from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lxml import etree

XSD = "{http://www.w3.org/2001/XMLSchema}"
Element = etree._Element


@dataclass(frozen=True)
class Particle:
    """An element or a choice between elements, and how often it may stand there (-1: as often as one likes)."""

    name: str
    type: str
    least: int
    most: int
    choices: tuple[Particle, ...] = ()


@dataclass(frozen=True)
class ComplexType:
    """What an element of the type may have: attributes (name → type and whether required) and children in order."""

    attributes: dict[str, tuple[str, bool]]
    content: tuple[Particle, ...]
    abstract: bool


class Schema:
    """A schema file of the kind used here: one namespace, named types, groups, extension.

    Attributes:
        roots: the global elements and their types.
        types: the complex types by name.
        values: the simple types by name: base, enumeration.
    """

    def __init__(self, path: Path) -> None:
        root = etree.parse(str(path)).getroot()
        self._top = {(item.tag, item.get("name", "")): item for item in root.iterchildren(etree.Element)}
        self.roots = {name: item.get("type", "") for (tag, name), item in self._top.items() if tag == f"{XSD}element"}
        self.types = {name: self._type(item) for (tag, name), item in self._top.items() if tag == f"{XSD}complexType"}
        self.values = {name: _value(item) for (tag, name), item in self._top.items() if tag == f"{XSD}simpleType"}

    def elements(self) -> dict[str, set[str]]:
        """Every element's name and the types it has somewhere in the schema."""
        found = {name: {kind} for name, kind in self.roots.items()}
        for kind in self.types.values():
            for particle in kind.content:
                for item in particle.choices or (particle,):
                    found.setdefault(item.name, set()).add(item.type)
        return found

    def _type(self, node: Element) -> ComplexType:
        attributes: dict[str, tuple[str, bool]] = {}
        content: list[Particle] = []
        extension = node.find(f"{XSD}complexContent/{XSD}extension")
        if extension is not None:
            base = self._type(self._top[f"{XSD}complexType", extension.get("base", "")])
            attributes.update(base.attributes)
            content.extend(base.content)
        holder = node if extension is None else extension
        attributes.update(self._attributes(holder))
        content.extend(self._content(holder))
        return ComplexType(attributes, tuple(content), node.get("abstract") == "true")

    def _attributes(self, holder: Element) -> dict[str, tuple[str, bool]]:
        attributes: dict[str, tuple[str, bool]] = {}
        for item in holder.iterchildren(f"{XSD}attribute", f"{XSD}attributeGroup"):
            if item.tag == f"{XSD}attribute":
                attributes[item.get("name", "")] = (item.get("type", ""), item.get("use") == "required")
            else:
                attributes.update(self._attributes(self._top[f"{XSD}attributeGroup", item.get("ref", "")]))
        return attributes

    def _content(self, holder: Element) -> list[Particle]:
        content: list[Particle] = []
        for item in holder.iterchildren(f"{XSD}sequence", f"{XSD}choice", f"{XSD}group", f"{XSD}element"):
            least, most = _times(item)
            if item.tag == f"{XSD}element":
                content.append(Particle(item.get("name", ""), item.get("type", ""), least, most))
            elif item.tag == f"{XSD}choice":
                content.append(_choice(self._content(item), least, most))
            else:
                inner = self._top[f"{XSD}group", item.get("ref", "")] if item.tag == f"{XSD}group" else item
                if (least, most) != (1, 1):
                    raise NotImplementedError("a repeated sequence")
                content.extend(self._content(inner))
        return content


def _times(item: Element) -> tuple[int, int]:
    most = item.get("maxOccurs", "1")
    return int(item.get("minOccurs", "1")), -1 if most == "unbounded" else int(most)


def _choice(inner: list[Particle], least: int, most: int) -> Particle:
    """A choice in one form: that a branch may be absent is the same as that the choice may be."""
    if any(item.most != 1 for item in inner):
        raise NotImplementedError("a choice between repeated elements")
    optional = any(item.least == 0 for item in inner)
    branches = tuple(Particle(item.name, item.type, 1, 1) for item in inner)
    return Particle("", "", 0 if optional else least, most, branches)


def _value(node: Element) -> tuple[str, tuple[str, ...]]:
    restriction = node.find(f"{XSD}restriction")
    if restriction is None:
        raise NotImplementedError("a simple type that is no restriction")
    return restriction.get("base", ""), tuple(item.get("value", "") for item in restriction.iter(f"{XSD}enumeration"))
