"""The sheet *Overview*: elements by group, and the values that most participants hold, each with a chart."""

from __future__ import annotations

from typing import Any

from qdpx_compassion.frameworks import Dimension
from qdpx_compassion.reports.workbook.layout import Layout
from qdpx_compassion.reports.workbook.looks import (
    NUMBER,
    STRONG,
    heading_row,
    page_title,
    plain,
    plain_columns,
    show_percentages,
)
from qdpx_compassion.spreadsheets import Series, Sheet, Styled, bar_chart

#: Values in the second table.
MOST = 15
_LABEL_WIDTH, _NUMBER_WIDTH = 36, 13.5
#: A row is 15 points high, a centimetre has 28.35 points.
_ROWS_PER_CM = 28.35 / 15


def write_overview(layout: Layout) -> None:
    """Write the sheet; without a mapping it holds the values only."""
    numbers = layout.number_columns()
    extra = [("Values", "values"), ("Quotations", "quotations"), ("Codings", "codings")]
    keys = [*(column.key for column in numbers), *(key for _, key in extra)]
    headings = [*(column.heading for column in numbers), *(heading for heading, _ in extra)]
    styles = [STRONG, *(column.style for column in numbers), *(NUMBER for _ in extra)]
    widths = [_LABEL_WIDTH, *(_NUMBER_WIDTH for _ in keys)]
    sheet = layout.book.sheet("Overview", plain_columns(widths, styles), headings=False, tab_color="E0A458")
    page_title(sheet, "Overview", _note(layout))
    for number, dimension in enumerate(layout.summary.framework.dimensions if layout.summary.framework else ()):
        table = layout.summary.constructs
        table = table[table["dimension"] == dimension.id]
        rows = [[row["name"], *(plain(row[key]) for key in keys)] for row in table.to_dict("records")]
        _block(sheet, dimension.title, [_first(dimension), *headings], rows, new_page=number > 0)
    values = layout.summary.values.head(MOST)
    values = values[values["codings"] > 0]
    rows = [
        [layout.to_quotations(row["value"], row["code_row"]), *(plain(row[key]) for key in keys if key != "values")]
        for row in values.to_dict("records")
    ]
    shown = ["Value", *(heading for heading, key in zip(headings, keys, strict=True) if key != "values")]
    title = "The values held by most participants" if len(layout.summary.values) > MOST else "Values"
    _block(sheet, title, shown, rows, new_page=layout.summary.framework is not None)


def _first(dimension: Dimension) -> str:
    return "Element" if dimension.id == "element" else ""


def _note(layout: Layout) -> str:
    group = layout.summary.participants.group_name
    by = f" Groups: {group}." if group and layout.groups else ""
    return f"A participant counts once; percentages are of all participants of the group.{by}"


def _block(sheet: Sheet, title: str, headings: list[str], rows: list[list[Any]], *, new_page: bool) -> None:
    """A table and its chart below; the chart shows the percentages."""
    from openpyxl.worksheet.pagebreak import Break

    if new_page:
        sheet.worksheet.row_breaks.append(Break(id=sheet.next_row))
    sheet.append([])
    sheet.append([Styled(title, "section")], height=20)
    if not rows:
        sheet.append([Styled("Nothing is coded.", "muted")])
        return
    heading = heading_row(sheet, headings)
    first = sheet.next_row
    for row in rows:
        sheet.append(row)
    last = sheet.next_row - 1
    columns = [number for number, heading_text in enumerate(headings) if heading_text.endswith("%")]
    if len(columns) > 1:
        columns = columns[1:]  # the groups; all together stand in the table
    height = max(6.0, min(15.0, 1.6 + len(rows) * (0.35 + 0.28 * len(columns))))
    chart = bar_chart(
        sheet,
        f"{title}: percentage of participants",
        categories=0,
        series=[Series(number) for number in columns],
        first_row=first,
        last_row=last,
        heading_row=heading,
        number_format="0%",
        size=(23, height),
    )
    sheet.add_chart(show_percentages(chart), f"A{sheet.next_row + 1}")
    for _ in range(int(height * _ROWS_PER_CM) + 2):
        sheet.append([])
