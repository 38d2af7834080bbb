"""A framework as the codes that stand for it: the same in an exported codebook and in an enriched project."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from qdpx_compassion.frameworks.framework import Construct, Dimension, Framework
from qdpx_compassion.refi.characters import xml_text


@dataclass(frozen=True, slots=True)
class FrameworkCode:
    """A code that stands for the framework, for a dimension or for a construct.

    Attributes:
        guid: derived, lower case, without braces.
        name, description: text that XML can hold; the description is None when there is nothing to say.
        color: ``#RRGGBB``; None for what is not codable.
        is_codable: only constructs are.
        children: the codes below it, in the framework's order.
    """

    guid: str
    name: str
    description: str | None
    color: str | None
    is_codable: bool
    children: tuple[FrameworkCode, ...] = ()

    def walk(self) -> Iterator[FrameworkCode]:
        """This code and all below it, in document order."""
        yield self
        for child in self.children:
            yield from child.walk()


def framework_codes(framework: Framework) -> FrameworkCode:
    """The top code of a framework, with its dimensions and their constructs below it."""
    return FrameworkCode(
        guid=framework.guid,
        name=xml_text(framework.title),
        description=_paragraphs(
            framework.description, f"Framework version {framework.version}.", _source(framework.citation)
        ),
        color=None,
        is_codable=False,
        children=tuple(_dimension_code(dimension) for dimension in framework.dimensions),
    )


def _dimension_code(dimension: Dimension) -> FrameworkCode:
    return FrameworkCode(
        guid=dimension.guid,
        name=xml_text(dimension.title),
        description=_paragraphs(dimension.question, _source(dimension.citation)),
        color=None,
        is_codable=False,
        children=tuple(_construct_code(construct, dimension) for construct in dimension.constructs),
    )


def _construct_code(construct: Construct, dimension: Dimension) -> FrameworkCode:
    return FrameworkCode(
        guid=construct.guid,
        name=xml_text(construct.name),
        description=_paragraphs(construct.definition, _source(dimension.citation)),
        color=construct.color,
        is_codable=True,
    )


def _source(citation: str) -> str:
    return f"Source: {citation}" if citation else ""


def _paragraphs(*parts: str) -> str | None:
    return xml_text("\n\n".join(part for part in parts if part)) or None
