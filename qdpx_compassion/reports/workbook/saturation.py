"""The sheet *Saturation*: new values by interview, in order, with a chart."""

from __future__ import annotations

from typing import Any

from qdpx_compassion.reports.workbook.layout import Layout
from qdpx_compassion.reports.workbook.looks import NUMBER, PERCENT, TEXT, VALUE, column, modest_title
from qdpx_compassion.spreadsheets import Series, Sheet, bar_chart

#: Interviews that a chart can show.
_CHARTED = 150
#: Interviews that stand on one page with the chart.
_ON_ONE_PAGE = 20


def write_saturation(layout: Layout, title: str) -> None:
    """Write the sheet: a row an interview; the chart stands below."""
    summary = layout.summary
    steps = summary.saturation
    grouped = bool(summary.participants.groups)
    columns = [
        column("Interview", 11, NUMBER),
        column("Participant", 38, VALUE),
        *([column("Group", 16)] if grouped else []),
        column("Values", 10, NUMBER),
        column("New values", 10, NUMBER),
        column("Values so far", 11, NUMBER),
        column("Of all values", 11, PERCENT),
        column("Which are new", 80, TEXT),
    ]
    sheet = layout.book.sheet(title, columns, freeze_columns=2, max_lines=6, tab_color="9C8B73")
    labels = {person: label for person, label, _ in layout.people()}
    every = steps[-1].so_far if steps else 0
    for number, step in enumerate(steps, start=1):
        sheet.append(
            [
                number,
                labels[step.row],
                *([summary.participants.group_of[step.row]] if grouped else []),
                step.values,
                len(step.new),
                step.so_far,
                step.so_far / every if every else None,
                ", ".join(step.new) or None,
            ]
        )
    if every and len(steps) <= _CHARTED:
        _chart(sheet, 3 if grouped else 2, len(steps))


def _chart(sheet: Sheet, values: int, rows: int) -> None:
    from openpyxl.chart import LineChart, Reference
    from openpyxl.chart import Series as ChartSeries
    from openpyxl.worksheet.pagebreak import Break

    chart = bar_chart(
        sheet,
        "New values by interview",
        categories=0,
        series=[Series(values + 1)],
        first_row=2,
        last_row=rows + 1,
        horizontal=False,
        number_format="0",
        size=(25, 9),
    )
    line: Any = LineChart()
    entry: Any = ChartSeries(
        Reference(sheet.worksheet, min_col=values + 3, min_row=2, max_row=rows + 1), title="Values so far"
    )
    entry.graphicalProperties.line.solidFill = "E0A458"
    entry.graphicalProperties.line.width = 28_000
    entry.smooth = False
    line.series.append(entry)
    chart += line
    from openpyxl.chart.legend import Legend

    chart.legend = Legend()
    chart.legend.position = "b"
    chart.y_axis.scaling.min = 0
    if rows > _ON_ONE_PAGE:
        sheet.worksheet.row_breaks.append(Break(id=rows + 2))
    sheet.add_chart(modest_title(chart), f"B{rows + 4}")
