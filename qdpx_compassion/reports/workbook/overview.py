"""The sheet *Overview*: elements by group, and the values that most participants hold, each with a chart."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

from qdpx_compassion.reports.workbook.blocks import Blocks
from qdpx_compassion.reports.workbook.layout import Layout, NumberColumn
from qdpx_compassion.reports.workbook.looks import NUMBER, STRONG, plain, plain_columns, show_percentages
from qdpx_compassion.spreadsheets import Series, Styled, bar_chart

#: Values in the second table.
MOST = 12
_LABEL_WIDTH, _NUMBER_WIDTH = 44, 13.5


def write_overview(layout: Layout, title: str) -> None:
    """Write the sheet; without a mapping it holds the values only."""
    numbers = layout.number_columns()
    names = ("Values", "Quotations", "Codings") if layout.summary.main_dimensions else ("Quotations", "Codings")
    counts = [NumberColumn(name, name.lower(), NUMBER) for name in names]
    columns = [*numbers, *counts]
    sheet = layout.book.sheet(
        title,
        plain_columns([_LABEL_WIDTH, *(_NUMBER_WIDTH for _ in columns)], [STRONG, *(one.style for one in columns)]),
        headings=False,
        tab_color="E0A458",
    )
    blocks = Blocks(sheet)
    blocks.title("Overview", _note(layout))
    summary = layout.summary
    for dimension in summary.main_dimensions:
        table = summary.constructs[summary.constructs["dimension"] == dimension.id]
        rows = [[row["name"], *(plain(row[one.key]) for one in columns)] for row in table.to_dict("records")]
        first = "Element" if dimension.id == "element" else dimension.title
        _table(layout, blocks, dimension.title, [first, *(one.heading for one in columns)], rows, chart=True)
    for dimension in summary.other_dimensions:
        table = summary.constructs[summary.constructs["dimension"] == dimension.id]
        rows = [[row["name"], *(plain(row[one.key]) for one in columns)] for row in table.to_dict("records")]
        headings = ["", *(one.heading for one in columns)]
        headings = ["Codes" if heading == "Values" else heading for heading in headings]
        _table(layout, blocks, dimension.title, headings, rows, chart=False)
    _values(layout, blocks, columns)


def _values(layout: Layout, blocks: Blocks, columns: list[NumberColumn]) -> None:
    values = layout.summary.values
    shown = values[values["codings"] > 0]
    title = "The values held by most participants" if len(shown) > MOST else "The values"
    kept = [one for one in columns if one.key != "values"]
    rows = [
        [layout.to_quotations(row["value"], row["code_row"], _LABEL_WIDTH), *_cells(layout, row, kept)]
        for row in shown.head(MOST).to_dict("records")
    ]
    _table(layout, blocks, title, ["Value", *(one.heading for one in kept)], rows, chart=True)


def _cells(layout: Layout, row: Mapping[Hashable, Any], columns: list[NumberColumn]) -> list[Any]:
    numbers = [plain(row[one.key]) for one in columns]
    place = [one.key for one in columns].index("quotations")
    numbers[place] = layout.count_to_quotations(numbers[place], row["code_row"])
    return numbers


def _note(layout: Layout) -> str:
    note = "A participant counts once; percentages are of all participants of the group."
    name = layout.summary.participants.group_name
    if layout.groups and name:
        note += f" Groups: {name}."
    if len(layout.groups) < len(layout.summary.participants.groups) > 1:
        note += f" The {len(layout.groups)} largest of {len(layout.summary.participants.groups)} groups are shown."
    return note


def _table(
    layout: Layout, blocks: Blocks, title: str, headings: list[str], rows: list[list[Any]], *, chart: bool
) -> None:
    """A table and, below it, the chart of its percentages: of the groups, or of all where there are none."""
    blocks.section(title)
    if not rows:
        blocks.add([Styled("Nothing is coded.", "muted")])
        blocks.end()
        return
    blocks.headings(headings)
    for row in rows:
        blocks.add(row)
    percentages = [number for number, heading in enumerate(headings) if heading.endswith("%")]
    shown = percentages[1:] if layout.groups else percentages
    height = max(6.0, min(14.0, 1.9 + len(rows) * (0.35 + 0.26 * len(shown))))
    if blocks.room() >= 2 + 0.5 * len(rows):  # else names would be left out, and the chart gets a page of its own
        height = min(height, blocks.room())
    first = blocks.end(room=height + 1 if chart else 0)
    if chart:
        made = bar_chart(
            blocks.sheet,
            f"{title}: percentage of participants" + (" of each group" if layout.groups else ""),
            categories=0,
            series=[Series(number) for number in shown],
            first_row=first + 3,
            last_row=first + 2 + len(rows),
            heading_row=first + 2,
            number_format="0%",
            size=(23, height),
        )
        made.x_axis.tickLblSkip = 1
        blocks.chart(show_percentages(made))
