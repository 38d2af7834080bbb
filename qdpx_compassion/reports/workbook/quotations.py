"""The sheet *Quotations*: every coded segment, the codings of one value together so that links lead to all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING, Any

from qdpx_compassion.code_tree import read_path
from qdpx_compassion.reports.workbook.looks import MUTED_TEXT, NUMBER, SMALL, VALUE, column, printed
from qdpx_compassion.spreadsheets import Column
from qdpx_compassion.study.codings import Coding
from qdpx_compassion.study.quotations import IN_NOTE, LEFT_OUT
from qdpx_compassion.study.summary import Summary

if TYPE_CHECKING:
    from qdpx_compassion.reports.workbook.layout import Layout

#: Columns of 0 and 1 that fit beside the others: Excel has 16,384 columns.
INDICATORS = 15_000
Getter = Callable[["QuotationRow"], Any]


@dataclass(slots=True)
class QuotationRow:
    """A row of the sheet: a code at a place, or a place with all its codes.

    Attributes:
        number: of the row in document order, from 1.
        codings: all codings, in document order; those of several coders too.
    """

    number: int
    codings: tuple[Coding, ...]

    @property
    def first(self) -> Coding:
        """The first coding."""
        return self.codings[0]

    @property
    def code_row(self) -> int:
        """Row of the (first) code."""
        return self.codings[0].code_row

    @property
    def counted(self) -> int:
        """How many of its codings are numbers of the study."""
        return sum(coding.counted for coding in self.codings)

    def each(self, get: Callable[[Coding], Any]) -> list[str]:
        """What its codings say, each answer once, without empty ones."""
        if len(self.codings) == 1:
            value = get(self.codings[0])
            return [str(value)] if value else []
        return [str(value) for value in dict.fromkeys(map(get, self.codings)) if value]


def quotation_rows(summary: Summary) -> list[QuotationRow]:
    """The rows of the sheet.

    A row a coding: codings at one place with one code stand together, unless each coder counts; sorted by code, then
    document order. A row a quotation: codings at one place stand together; document order. Those of participants who
    are left out are not listed.
    """
    by_place = summary.options.rows == "quotation"
    each = summary.options.coders == "each"
    rows: dict[int, QuotationRow] = {}
    codes = max((coding.code_row for coding in summary.codings), default=0) + 1
    coders = {coder: number for number, coder in enumerate(dict.fromkeys(coding.coder for coding in summary.codings))}
    for coding in summary.codings:
        if coding.not_counted == LEFT_OUT:
            continue
        # one number for place, code and coder: there may be millions
        key = coding.place_id * codes + (0 if by_place else coding.code_row)
        key = key * len(coders) + (coders[coding.coder] if each else 0)
        row = rows.get(key)
        if row is None:
            rows[key] = QuotationRow(len(rows) + 1, (coding,))
        else:
            row.codings += (coding,)
    if by_place:
        return list(rows.values())
    return sorted(rows.values(), key=lambda row: (row.code_row, row.number))


def write_quotations(layout: Layout, title: str, rows: Sequence[QuotationRow]) -> None:
    """Write the sheet; headings in the first row, so that other programs read it as a table."""
    reading = _reading(layout, rows)
    columns = [*reading, *_context(layout, rows), *_further(layout, rows), *_indicators(layout)]
    sheet = layout.book.sheet(title, [one for one, _ in columns], freeze_columns=2, max_lines=14, tab_color="4C8C9A")
    for row in rows:
        sheet.append([value(row) for _, value in columns])
    if not rows:
        sheet.append([None, "No coding to show."])
    printed(sheet, len(reading))


def _reading(layout: Layout, rows: Sequence[QuotationRow]) -> list[tuple[Column, Getter]]:
    """The columns that people read, and that are printed; those that would stay empty are left out."""
    summary = layout.summary
    found: list[tuple[Column, Getter]] = [
        (column("No.", 7, NUMBER), lambda row: row.number),
        (column("Participant", 20, VALUE), _person),
    ]
    if summary.participants.groups:
        found.append((column("Group", 13), lambda row: row.first.group))
    if any(row.first.source != row.first.participant for row in rows):
        found.append((column("Source", 20), lambda row: row.first.source))
    heading = "Value" if summary.options.rows == "coding" else "Values"
    found += [
        (column(heading, 24, VALUE), lambda row: "\n".join(row.each(lambda coding: coding.value))),
        (column("Quotation", 70), lambda row: (row.first.quotation or "").strip() or None),
    ]
    dimensions = summary.framework.dimensions if summary.framework else ()
    for dimension in dimensions:
        asked = column(dimension.title, 22)
        found.append((asked, _named(layout, frozenset(one.id for one in dimension.constructs))))
        if dimension.themes:
            heading = "Theme" if sum(one.themes for one in dimensions) == 1 else f"Theme: {dimension.title}"
            found.append((column(heading, 22), _theme(summary.theme_of, dimension.id)))
    if len({coding.coder for row in rows for coding in row.codings if coding.coder}) > 1:
        found.append((column("Coder", 16), lambda row: "\n".join(row.each(lambda coding: coding.coder))))
    if any(coding.notes or coding.comment for row in rows for coding in row.codings):
        found.append((column("Notes and comments", 34), _notes))
    found.append((column("Where", 20, MUTED_TEXT), lambda row: row.first.place))
    return found


def _context(layout: Layout, rows: Sequence[QuotationRow]) -> list[tuple[Column, Getter]]:
    contexts = layout.summary.contexts
    if not any(row.first.place_id in contexts for row in rows):
        return []
    return [
        (column("Before", 30, MUTED_TEXT, folds=True), lambda row: contexts.get(row.first.place_id, ("", ""))[0]),
        (column("After", 30, MUTED_TEXT, folds=True), lambda row: contexts.get(row.first.place_id, ("", ""))[1]),
    ]


def _further(layout: Layout, rows: Sequence[QuotationRow]) -> list[tuple[Column, Getter]]:
    """What sorting, statistics and the sheet Exceptions need."""
    summary = layout.summary
    found: list[tuple[Column, Getter]] = []
    if summary.options.rows == "coding":
        found.append((column("Path of the value", 28, MUTED_TEXT, folds=True), lambda row: row.first.path))
        levels = {path: read_path(path) for path in {row.first.path for row in rows}}
        deepest = max(map(len, levels.values()), default=1)
        found += [
            (column(f"Level {level + 1}", 18, MUTED_TEXT, folds=True), _level(levels, level))
            for level in range(deepest if deepest > 1 else 0)
        ]
    found += [
        (column(name, 16, MUTED_TEXT, folds=True), _variable(values))
        for name, values in summary.participants.variables.items()
    ]
    return [
        *found,
        (column("Coded by", 10, NUMBER, folds=True), lambda row: len(row.each(lambda coding: coding.coder))),
        (column("Date", 13, MUTED_TEXT, folds=True), lambda row: (row.first.date or "")[:10]),
        (column("Counts", 9, NUMBER, folds=True), lambda row: row.counted),
        (
            column("Selection's GUID", 37, SMALL),
            lambda row: "\n".join(row.each(lambda coding: coding.selection_guid)),
        ),
    ]


def _indicators(layout: Layout) -> list[tuple[Column, Getter]]:
    """A column of 0 and 1 for each code that has codings: whether the quotation has it."""
    if not layout.summary.options.indicators:
        return []
    names = {coding.code_row: coding.path for coding in layout.summary.codings}
    places: dict[int, set[int]] = {}
    for coding in layout.summary.codings:
        places.setdefault(coding.place_id, set()).add(coding.code_row)
    return [
        (column(names[code], 12, NUMBER), lambda row, code=code: int(code in places[row.first.place_id]))  # type: ignore[misc]
        for code in sorted(names)[:INDICATORS]
    ]


def _named(layout: Layout, ids: frozenset[str]) -> Getter:
    @cache  # few codes mean many rows
    def names(constructs: tuple[str, ...]) -> str | None:
        return layout.names(dict.fromkeys(one for one in constructs if one in ids)) or None

    return lambda row: names(tuple(chain.from_iterable(coding.constructs for coding in row.codings)))


def _theme(themes: Mapping[tuple[int, str], str], dimension: str) -> Getter:
    def theme(row: QuotationRow) -> str | None:
        return "\n".join(row.each(lambda coding: themes.get((coding.code_row, dimension)))) or None

    return theme


def _level(levels: Mapping[str, Sequence[str]], level: int) -> Getter:
    def name(row: QuotationRow) -> str | None:
        path = levels[row.first.path]
        return path[level] if level < len(path) else None

    return name


def _variable(values: Sequence[str]) -> Getter:
    return lambda row: None if row.first.participant_row is None else values[row.first.participant_row] or None


def _notes(row: QuotationRow) -> str:
    return "\n".join([*row.each(lambda coding: coding.comment), *row.each(lambda coding: coding.notes)])


def _person(row: QuotationRow) -> str | None:
    return "(note)" if row.first.not_counted == IN_NOTE else row.first.participant
