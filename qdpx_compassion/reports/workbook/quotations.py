"""The sheet *Quotations*: every coded segment, the codings of one value together so that links lead to all of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from qdpx_compassion.reports.workbook.looks import MUTED_TEXT, NUMBER, SMALL, STRONG, VALUE, column
from qdpx_compassion.spreadsheets import Column
from qdpx_compassion.study.codings import Coding
from qdpx_compassion.study.quotations import IN_NOTE, LEFT_OUT
from qdpx_compassion.study.summary import Summary

if TYPE_CHECKING:
    from qdpx_compassion.reports.workbook.layout import Layout


@dataclass
class QuotationRow:
    """A row of the sheet: a code at a place, with all who coded it so.

    Attributes:
        number: of the row in document order, from 1.
        code_row: row of the code.
        first: the first coding, a row of ``quotations``.
        coders, guids, notes: of all its codings, each once.
        counted: whether it is one of the study's numbers.
    """

    number: int
    code_row: int
    first: Coding
    coders: list[str] = field(default_factory=list)
    guids: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    counted: bool = False


def quotation_rows(summary: Summary) -> list[QuotationRow]:
    """The rows of the sheet: codings at one place with one code together; sorted by code, then document order."""
    rows: dict[tuple[int, int], QuotationRow] = {}
    for coding in summary.codings:
        if coding.not_counted == LEFT_OUT:
            continue
        key = (coding.place_id, coding.code_row)
        row = rows.get(key)
        if row is None:
            row = rows[key] = QuotationRow(len(rows) + 1, coding.code_row, coding)
        row.counted |= coding.counted
        for values, value in (
            (row.coders, coding.coder),
            (row.guids, coding.selection_guid),
            (row.notes, coding.comment),
            (row.notes, coding.notes),
        ):
            if value and value not in values:
                values.append(value)
    return sorted(rows.values(), key=lambda row: (row.code_row, row.number))


def write_quotations(layout: Layout, rows: list[QuotationRow]) -> None:
    """Write the sheet; headings in the first row, so that other programs read it as a table."""
    columns = _columns(layout, rows)
    sheet = layout.book.sheet(
        "Quotations", [one for one, _ in columns], freeze_columns=2, max_lines=14, tab_color="4C8C9A"
    )
    for row in rows:
        sheet.append([value(row) for _, value in columns])


def _columns(layout: Layout, rows: list[QuotationRow]) -> list[tuple[Column, Any]]:
    """The columns and how each gets its value from a row; those that would stay empty are left out."""
    summary = layout.summary
    first: list[tuple[Column, Any]] = [
        (column("No.", 7, NUMBER), lambda row: row.number),
        (column("Participant", 20, STRONG), _person),
    ]
    if summary.participants.groups:
        first.append((column("Group", 13), lambda row: row.first.group))
    if any(row.first.source != row.first.participant for row in rows):
        first.append((column("Source", 20), lambda row: row.first.source))
    first += [
        (column("Value", 24, VALUE), lambda row: row.first.value),
        (column("Quotation", 70), lambda row: row.first.quotation),
    ]
    for dimension in summary.framework.dimensions if summary.framework else ():
        asked = column(dimension.title, 22)
        ids = frozenset(one.id for one in dimension.constructs)
        first.append((asked, _named(layout, ids)))
    if len({coder for row in rows for coder in row.coders}) > 1:
        first.append((column("Coder", 16), lambda row: "\n".join(row.coders)))
    if any(row.notes for row in rows):
        first.append((column("Notes and comments", 34), lambda row: "\n".join(row.notes)))
    if not all(row.counted for row in rows):
        first.append((column("Counts", 9, NUMBER), lambda row: int(row.counted)))
    return [
        *first,
        (column("Where", 24, MUTED_TEXT), lambda row: row.first.place),
        (column("Path of the value", 28, MUTED_TEXT), lambda row: row.first.path),
        (column("Selection's GUID", 37, SMALL), lambda row: "\n".join(row.guids)),
    ]


def _named(layout: Layout, ids: frozenset[str]) -> Any:
    return lambda row: layout.names(one for one in row.first.constructs if one in ids) or None


def _person(row: QuotationRow) -> str | None:
    return "(note)" if row.first.not_counted == IN_NOTE else row.first.participant
