"""What the sections ask of a summary: columns of participants, the people in order, whose quotations express what."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from qdpx_compassion.findings import Finding
from qdpx_compassion.reports.page.model import Cell, Column, Quote
from qdpx_compassion.reports.workbook.layout import GROUPS_SHOWN
from qdpx_compassion.spreadsheets import cut_at_word
from qdpx_compassion.study.codings import Coding
from qdpx_compassion.study.examples import Example
from qdpx_compassion.study.groups import natural_key
from qdpx_compassion.study.summary import Summary

#: A table has no more rows than this; the workbook has all.
ROWS = 2_000
_COLOR = re.compile(r"#[0-9A-Fa-f]{6}")
_LEVELS = 5


@dataclass(frozen=True, slots=True)
class Person:
    """An included participant: row in the table of participants, label, group, number of sources."""

    row: int
    label: str
    group: str
    sources: int


class View:
    """A summary, and what several sections need of it.

    Attributes:
        summary: what is shown.
        findings: what the page does not hold.
    """

    def __init__(self, summary: Summary) -> None:
        self.summary = summary
        self.findings: list[Finding] = []
        self._colors: dict[str, str] = {}
        framework = summary.framework
        self._names = {one.id: one.name for one in framework.constructs} if framework else {}
        self._own = {one.id: self.swatch(one.color) for one in framework.constructs} if framework else {}

    # -- people

    @cached_property
    def groups(self) -> list[str]:
        """The groups that have columns of their own, as in the workbook: none when there is but one."""
        people = self.summary.participants
        if len(people.groups) < 2:
            return []
        largest = sorted(people.groups, key=lambda group: -people.sizes[group])[:GROUPS_SHOWN]
        return [group for group in people.groups if group in largest]

    @property
    def grouped(self) -> bool:
        """Whether participants have groups."""
        return bool(self.summary.participants.groups)

    @cached_property
    def people(self) -> list[Person]:
        """The included participants, by group, then by label."""
        people = self.summary.participants
        table = people.table
        rank = {group: number for number, group in enumerate(people.groups)}
        found = [
            Person(row, str(label), people.group_of[row], len(sources))
            for row, (label, include, sources) in enumerate(
                zip(table["label"], table["include"], table["source_rows"], strict=True)
            )
            if include
        ]
        return sorted(found, key=lambda one: (rank.get(one.group, 0), natural_key(one.label)))

    def people_columns(self) -> list[Column]:
        """Columns of participants and their share: of all, and of each group."""
        sizes = self.summary.participants.sizes
        columns = [Column("Participants", "people", f"of {sizes['']}")]
        return columns + [Column(group, "people", f"of {sizes[group]}") for group in self.groups]

    def people_cells(self, row: Mapping[Hashable, Any]) -> list[Cell]:
        """Their cells, from a row of a table of the summary."""
        cells = [Cell(row["participants"], share=plain(row["share"]))]
        return cells + [
            Cell(row[f"participants: {group}"], share=plain(row[f"share: {group}"])) for group in self.groups
        ]

    # -- the framework

    def name(self, construct: str) -> str:
        """A construct's name."""
        return self._names.get(construct, construct)

    def tags(self, constructs: Iterable[str]) -> tuple[tuple[str, str], ...]:
        """Constructs by name and the CSS class of their colour."""
        return tuple((self.name(one), self._own.get(one, "")) for one in constructs)

    def swatch_of(self, construct: str) -> str:
        """The CSS class of a construct's colour; empty where it has none."""
        return self._own.get(construct, "")

    def swatch(self, color: str) -> str:
        """The CSS class of a colour of the project; empty when it is none."""
        if not _COLOR.fullmatch(color):
            return ""
        return self._colors.setdefault(color.lower(), f"swatch-{len(self._colors)}")

    @property
    def colors(self) -> dict[str, str]:
        """CSS class → colour (#rrggbb), of all that were asked for."""
        return {name: color for color, name in self._colors.items()}

    @cached_property
    def expressed(self) -> dict[tuple[int, str], list[Coding]]:
        """(participant, construct) → its quotations, each place once, in document order."""
        found: dict[tuple[int, str], dict[int, Coding]] = {}
        for row in self.summary.codings:
            if row.counted and row.participant_row is not None:
                for construct in row.constructs:
                    found.setdefault((row.participant_row, construct), {}).setdefault(row.place_id, row)
        return {key: list(places.values()) for key, places in found.items()}

    # -- rows

    def first(self, rows: list[Any], what: str) -> list[Any]:
        """As many rows as a table of the page may have; what is left out is told."""
        if len(rows) > ROWS:
            self.leave_out(f"{what}: the page holds the first {ROWS:,} of {len(rows):,} rows.")
        return rows[:ROWS]

    def leave_out(self, sentence: str) -> None:
        """Say what the page does not hold; the workbook does."""
        self.findings.append(Finding("page-left-out", f"{sentence} The workbook has all."))

    def examples(self, found: Iterable[Example], length: int = 300) -> tuple[Quote, ...]:
        """Examples as they stand in a cell."""
        return tuple(Quote(cut_at_word(one.text, length), one.participant) for one in found)


def quote(row: Coding, length: int, *notes: str) -> Quote:
    """A coding's words with whose they are, cut between words; where it has none, its place."""
    if row.quotation is None or row.quotation == row.place:
        return Quote(f"{row.source}: {row.place}", row.participant or "", words=False, notes=notes)
    return Quote(cut_at_word(" ".join(row.quotation.split()), length), row.participant or "", notes=notes)


def plain(value: Any) -> Any:
    """A cell of a DataFrame; missing is None."""
    return None if pd.isna(value) else value


def level(number: int, most: int) -> int:
    """How deep a count is coloured beside the largest of its table: from 0 to 5."""
    return 0 if not number or not most else max(1, round(_LEVELS * number / most))
