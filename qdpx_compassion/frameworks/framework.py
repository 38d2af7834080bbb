"""A framework as data: dimensions, each with a question and its constructs."""

from __future__ import annotations

from dataclasses import dataclass

from qdpx_compassion.refi.guids import derive


@dataclass(frozen=True, slots=True)
class Construct:
    """One construct of a dimension, e.g. *Emotional resonance*.

    Attributes:
        id: unique in the framework; letters, digits and hyphens.
        guid: derived from framework id and construct id; never changes, lower case.
        color: ``#RRGGBB``.
    """

    id: str
    name: str
    definition: str
    color: str
    dimension_id: str
    guid: str


@dataclass(frozen=True, slots=True)
class Dimension:
    """One question asked of each code.

    Attributes:
        several: a code may get several constructs (True) or one at most (False).
        themes: a code mapped here is a theme inside its construct (the organisational fit of STUDY's method).
    """

    id: str
    title: str
    question: str
    citation: str
    several: bool
    themes: bool
    constructs: tuple[Construct, ...]
    guid: str


@dataclass(frozen=True, slots=True)
class Framework:
    """A framework: id, title, version, dimensions.

    Attributes:
        guid: GUID of the framework's top code.
    """

    id: str
    title: str
    version: str
    description: str
    citation: str
    dimensions: tuple[Dimension, ...]
    guid: str

    @property
    def constructs(self) -> tuple[Construct, ...]:
        """All constructs, in the order of dimensions."""
        return tuple(construct for dimension in self.dimensions for construct in dimension.constructs)

    def construct(self, identifier: str) -> Construct | None:
        """The construct of this id, or None."""
        return next((construct for construct in self.constructs if construct.id == identifier), None)

    def dimension(self, identifier: str) -> Dimension | None:
        """The dimension of this id, or None."""
        return next((dimension for dimension in self.dimensions if dimension.id == identifier), None)

    @property
    def code_guids(self) -> frozenset[str]:
        """The GUIDs of all codes that stand for this framework in a project, in lower case."""
        return frozenset(
            {self.guid, *(dimension.guid for dimension in self.dimensions), *(c.guid for c in self.constructs)}
        )


def framework_guid(framework_id: str) -> str:
    """GUID of a framework's top code."""
    return derive("framework", framework_id)


def dimension_guid(framework_id: str, dimension_id: str) -> str:
    """GUID of a dimension's code."""
    return derive("dimension", framework_id, dimension_id)


def construct_guid(framework_id: str, construct_id: str) -> str:
    """GUID of a construct's code."""
    return derive("construct", framework_id, construct_id)
