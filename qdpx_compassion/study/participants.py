"""Who the study's participants are, which texts are whose, and which group each belongs to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pandas as pd

from qdpx_compassion.findings import Finding
from qdpx_compassion.study.given import PeopleLike, PersonLike
from qdpx_compassion.study.places import Place, Places
from qdpx_compassion.tables import Project, normalise_guid

#: What participants without a group are called where others have one.
NO_GROUP = "(no group)"

COLUMNS = {
    "key": "string",  # GUID of the case or source, as compared
    "name": "string",
    "label": "string",  # what reports show: the given label, else the name
    "labelled": "boolean",  # whether a label was given
    "group": "string",  # empty: none
    "include": "boolean",
    "kind": "string",  # source
    "sources": "object",  # names of the sources, a tuple
    "source_rows": "object",  # their rows, a tuple
}


@dataclass
class Participants:
    """The participants of a study.

    Attributes:
        table: a row a participant, in document order; columns as in ``COLUMNS``.
        explanation: what was chosen and why, sentences for people.
        findings: what was notable about participants and groups.
        group_name: what the groups are, e.g. the name of a variable; empty when nothing says.
    """

    table: pd.DataFrame
    explanation: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    group_name: str = ""
    _of_source: dict[int, int] = field(default_factory=dict, repr=False)

    @cached_property
    def group_of(self) -> list[str]:
        """The group of each participant as tables show it; empty when there are no groups."""
        none = NO_GROUP if any(self.table["group"] != "") else ""
        return [str(group) or none for group in self.table["group"]]

    @cached_property
    def groups(self) -> list[str]:
        """The groups of included participants in natural order, those without one last; empty when nobody has one."""
        found = {group for group, include in zip(self.group_of, self.table["include"], strict=True) if include}
        return sorted(found - {""}, key=lambda group: (group == NO_GROUP, natural_key(group)))

    @cached_property
    def sizes(self) -> dict[str, int]:
        """Number of included participants: of each group, and of all together under the empty name."""
        rows = [row for row, include in enumerate(self.table["include"]) if include]
        sizes = dict.fromkeys(self.groups, 0)
        for row in rows:
            if self.group_of[row]:
                sizes[self.group_of[row]] += 1
        return {"": len(rows), **sizes}

    def of(self, place: Place) -> int | None:
        """Row of the participant whose text a place is; None for notes."""
        return self._of_source.get(place.top_row)


def find_participants(project: Project, mapping: PeopleLike | None = None) -> Participants:
    """Work out who the participants are.

    A source is a participant; what stands inside it (a transcript, a PDF's text, the description of a picture) is that
    participant's too. Notes are nobody's text.

    Args:
        project: the project.
        mapping: where somebody said labels, groups and who is left out; rows are found by GUID.
    """
    places = Places(project)
    rows: list[dict[str, Any]] = []
    of_source: dict[int, int] = {}
    for number, source in enumerate(project.records("sources")):
        if places.top[number] != number or source["kind"] == "Note":
            continue
        of_source[number] = len(rows)
        name = source["name"] or f"{source['kind']} {len(rows) + 1}"
        rows.append(_row(normalise_guid(source["guid"] or ""), name, "source", (name,), (number,)))
    participants = Participants(pd.DataFrame(), [_told(len(rows))], _of_source=of_source)
    _apply(rows, mapping.participants if mapping else (), participants)
    participants.table = pd.DataFrame(
        {column: pd.Series([row[column] for row in rows], dtype=dtype) for column, dtype in COLUMNS.items()}
    )
    return participants


def natural_key(text: str) -> tuple[Any, ...]:
    """A key that sorts P2 before P10, in any letter case."""
    parts = re.split(r"(\d+)", text.casefold())
    return (*((1, int(part), "") if part.isdecimal() else (0, 0, part) for part in parts), (2, 0, text))


def _row(key: str, name: str, kind: str, sources: tuple[str, ...], rows: tuple[int, ...]) -> dict[str, Any]:
    return {
        "key": key, "name": name, "label": name, "labelled": False, "group": "", "include": True,
        "kind": kind, "sources": sources, "source_rows": rows,
    }  # fmt: skip


def _told(number: int) -> str:
    return f"Each of the {number} sources is a participant." if number != 1 else "The one source is the participant."


def _apply(rows: list[dict[str, Any]], people: Sequence[PersonLike], participants: Participants) -> None:
    """Put labels, groups and who is left out into the rows; rows about nobody become findings."""
    by_key: dict[str, dict[str, Any]] = {}
    for row in rows:
        by_key.setdefault(row["key"], row)
    for person in people:
        found = by_key.get(normalise_guid(person.key))
        if found is None:
            message = (
                f"The project has no participant “{person.label or person.name or person.key}”; the row was not used."
            )
            participants.findings.append(Finding("mapping-participant", message, person.where))
            continue
        if person.label.strip():
            found["label"], found["labelled"] = person.label.strip(), True
        found["group"] = person.group.strip()
        found["include"] = person.include
    left_out = sum(not row["include"] for row in rows)
    if left_out:
        participants.explanation.append(f"{left_out} of {len(rows)} participants are left out, as the mapping says.")
