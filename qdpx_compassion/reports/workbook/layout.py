"""What the sheets share: columns of counts by group, names of constructs, links to quotations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from qdpx_compassion.reports.workbook.looks import LEADS, NUMBER, PERCENT, fits_line
from qdpx_compassion.reports.workbook.quotations import QuotationRow
from qdpx_compassion.spreadsheets import Link, Style, Styled, Workbook
from qdpx_compassion.spreadsheets.styles import INK, LINK
from qdpx_compassion.study.groups import natural_key
from qdpx_compassion.study.summary import Summary

QUOTATIONS = "Quotations"
#: Rows of Quotations begin below its headings.
FIRST_QUOTATION_ROW = 2
#: Groups that have columns of their own on sheets for reading.
GROUPS_SHOWN = 12


@dataclass(frozen=True, slots=True)
class NumberColumn:
    """A column of counts: its heading, the column of the table that it shows, and its style."""

    heading: str
    key: str
    style: Style


class Layout:
    """A workbook being written, and what its sheets know of each other.

    Args:
        book: the workbook.
        summary: what is shown.
        rows: the rows of the sheet Quotations, for links.
    """

    def __init__(self, book: Workbook, summary: Summary, rows: Sequence[QuotationRow]) -> None:
        self.book, self.summary = book, summary
        self._first_row: dict[int, int] = {}
        for number, row in enumerate(rows):
            self._first_row.setdefault(row.code_row, number + FIRST_QUOTATION_ROW)
        framework = summary.framework
        self._names = {one.id: one.name for one in framework.constructs} if framework else {}

    @property
    def groups(self) -> list[str]:
        """The groups that have columns of their own: none when there is but one."""
        people = self.summary.participants
        if len(people.groups) < 2:
            return []
        largest = sorted(people.groups, key=lambda group: -people.sizes[group])[:GROUPS_SHOWN]
        return [group for group in people.groups if group in largest]

    def people(self) -> Iterator[tuple[int, str, tuple[int, ...]]]:
        """The included participants: row, label, rows of their sources; by group, then by label."""
        people = self.summary.participants
        table = people.table
        rows = [
            (row, str(label), tuple(sources))
            for row, (label, include, sources) in enumerate(
                zip(table["label"], table["include"], table["source_rows"], strict=True)
            )
            if include
        ]
        rank = {group: number for number, group in enumerate(people.groups)}
        yield from sorted(rows, key=lambda one: (rank.get(people.group_of[one[0]], 0), natural_key(one[1])))

    def number_columns(self) -> list[NumberColumn]:
        """Participants and their percentage, of all and of each group (the largest, where there are many)."""
        sizes = self.summary.participants.sizes
        columns = [
            NumberColumn(f"Participants (of {sizes['']})", "participants", NUMBER),
            NumberColumn("Participants, %", "share", PERCENT),
        ]
        for group in self.groups:
            columns.append(NumberColumn(f"{group} (of {sizes[group]})", f"participants: {group}", NUMBER))
            columns.append(NumberColumn(f"{group}, %", f"share: {group}", PERCENT))
        return columns

    def names(self, constructs: Iterable[str]) -> str:
        """Construct ids as names, a line each."""
        return "\n".join(self._names.get(one, one) for one in constructs)

    def to_quotations(self, text: str, code_row: int, width: float, style: Style = LEADS) -> Styled:
        """The name of a code, which leads to its quotations.

        Args:
            text: the name.
            code_row: the code.
            width: of the column. A longer name is plain text: a link would not be wrapped everywhere, but be cut. Its
                number of quotations leads there too (``count_to_quotations``).
            style: of the cell.
        """
        row = self._first_row.get(code_row)
        if row is None or not fits_line(text, width - 2 * style.indent):
            return Styled(text, replace(style, color=INK))
        return Styled(Link(text, QUOTATIONS, f"A{row}"), style)

    def count_to_quotations(self, number: int, code_row: int, style: Style = NUMBER) -> Styled:
        """A number of quotations or codings of a code, which leads to them."""
        row = self._first_row.get(code_row)
        if row is None:
            return Styled(number, style)
        return Styled(Link(number, QUOTATIONS, f"A{row}"), replace(style, color=LINK))
