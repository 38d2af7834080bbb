"""The columns of the sheet *Mapping*: one list that writing and reading share."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from qdpx_compassion.frameworks.framework import Construct, Dimension, Framework
from qdpx_compassion.mapping.marks import fold, none_heading

#: The sheets that are read.
MAPPING, PARTICIPANTS, EXCEPTIONS = "Mapping", "Participants", "Exceptions"
#: The sheet that ``mapping update`` keeps decisions about gone codes on.
GONE = "No longer there"
#: Columns that inform and are not read.
INFORMING = ("Code", "Definition", "Codings", "Participants", "Example 1", "Example 2", "Example 3", "Since last time")
PATH, GUID = "Path", "GUID"
SUB_CODES, RATIONALE, DECIDED_BY = "Sub-codes too", "Rationale", "Decided by"
_FIXED = (*INFORMING, PATH, GUID, SUB_CODES, RATIONALE, DECIDED_BY)


@dataclass(frozen=True, slots=True)
class Field:
    """A column to fill in.

    Attributes:
        heading: as written.
        kind: ``mark``, ``none``, ``choice``, ``theme``, ``sub_codes``, ``rationale`` or ``decided_by``.
        dimension: what ``none``, ``choice`` and ``theme`` are about.
        construct: what ``mark`` is about.
    """

    heading: str
    kind: str
    dimension: Dimension | None = None
    construct: Construct | None = None


def fields(framework: Framework) -> list[Field]:
    """The columns to fill in, in order: for each dimension its marks or its choice, then its theme; then the rest."""
    raw: list[Field] = []
    with_themes = [dimension for dimension in framework.dimensions if dimension.themes]
    for dimension in framework.dimensions:
        if dimension.several:
            raw += [Field(one.name, "mark", dimension, one) for one in dimension.constructs]
            raw.append(Field(none_heading(dimension).capitalize(), "none", dimension))
        else:
            raw.append(Field(dimension.title, "choice", dimension))
        if dimension.themes:
            heading = "Theme" if len(with_themes) == 1 else f"Theme: {dimension.title}"
            raw.append(Field(heading, "theme", dimension))
    rest = [Field(SUB_CODES, "sub_codes"), Field(RATIONALE, "rationale"), Field(DECIDED_BY, "decided_by")]
    return [*_told_apart(raw), *rest]


def by_heading(framework: Framework) -> dict[str, Field]:
    """What a heading, folded, stands for: as written, or the id of a construct or dimension."""
    known = {fold(field.heading): field for field in fields(framework)}
    for field in list(known.values()):
        thing = field.construct if field.kind == "mark" else field.dimension if field.kind == "choice" else None
        if thing is not None:
            known.setdefault(fold(thing.id), field)
        if field.kind == "none" and field.dimension is not None:
            known.setdefault(fold("no " + field.dimension.title), field)
        if field.kind == "theme" and field.dimension is not None:
            known.setdefault(fold(f"theme: {field.dimension.title}"), field)
    return known


def _told_apart(raw: list[Field]) -> list[Field]:
    """The same columns; a heading that stands twice, or is that of a fixed column, gets the id of what it is about."""
    counts = Counter(fold(field.heading) for field in raw) + Counter(fold(heading) for heading in _FIXED)
    result = []
    for field in raw:
        heading = " ".join(field.heading.split())
        if counts[fold(heading)] > 1 or not heading:
            about = field.construct.id if field.construct else field.dimension.id if field.dimension else ""
            heading = f"{heading} [{about}]".strip()
        result.append(Field(heading, field.kind, field.dimension, field.construct))
    return result
