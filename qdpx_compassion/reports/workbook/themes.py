"""The sheet *Organisational fit*, and its like for other frameworks: themes inside match and mismatch."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from qdpx_compassion.frameworks import Dimension
from qdpx_compassion.reports.workbook.blocks import Blocks
from qdpx_compassion.reports.workbook.layout import Layout
from qdpx_compassion.reports.workbook.looks import (
    NUMBER,
    STRONG,
    TEXT,
    VALUE,
    modest_title,
    one_line,
    plain,
    plain_columns,
)
from qdpx_compassion.reports.workbook.values import example_text
from qdpx_compassion.spreadsheets import Series, Styled, bar_chart
from qdpx_compassion.study.codings import Coding

_QUOTATION_WIDTH = 80


def write_themes(layout: Layout, title: str, dimension: Dimension) -> None:
    """Write the sheet: themes with participants and a chart, then the quotations of each theme."""
    numbers = layout.number_columns()
    table = layout.summary.themes
    rows = table[table["dimension"] == dimension.id].to_dict("records")
    widths: list[float] = [24, 34, _QUOTATION_WIDTH, *(13 for _ in numbers), 12, 11]
    styles = [STRONG, VALUE, TEXT, *(number.style for number in numbers), NUMBER, NUMBER]
    sheet = layout.book.sheet(title, plain_columns(widths, styles), headings=False, max_lines=10, tab_color="CC6677")
    blocks = Blocks(sheet, max_lines=10)
    blocks.title(title, f"{dimension.question} A coded reason is a theme inside one of the answers.")
    blocks.section("Themes")
    if not rows:
        blocks.add([Styled("Nothing is coded so.", "line")])
        blocks.end()
        return
    names = {one.id: one.name for one in dimension.constructs}
    blocks.headings(["", "Theme", "Example", *(n.heading for n in numbers), "Quotations", "Codings"])
    for row in rows:
        counts = [*(plain(row[n.key]) for n in numbers), row["quotations"], row["codings"]]
        blocks.add([names[row["construct"]], row["theme"], _example(layout, row), *counts])
    height = max(6.0, 2.2 + 0.6 * len(rows) * max(1, len(layout.groups)))
    first = blocks.end(room=height + 1)
    blocks.chart(_chart(layout, blocks, first + 3, len(rows), height))
    of_code: dict[int, list[Coding]] = {}
    for coding in layout.summary.codings:
        if coding.counted:
            of_code.setdefault(coding.code_row, []).append(coding)
    for row in rows:
        said = (one for code in row["codes"] for one in of_code.get(code, ()) if row["construct"] in one.constructs)
        _quotations(blocks, f"{names[row['construct']]}: {row['theme']}", sorted(said, key=lambda one: one.row))


def _chart(layout: Layout, blocks: Blocks, first_row: int, rows: int, height: float) -> Any:
    columns = [3 + 2 * number for number in range(len(layout.groups) + 1)]
    chart = bar_chart(
        blocks.sheet,
        "Participants by theme",
        categories=1,
        series=[Series(number) for number in (columns[1:] if layout.groups else columns)],
        first_row=first_row,
        last_row=first_row + rows - 1,
        heading_row=first_row - 1,
        number_format="0",
        size=(24, height),
    )
    _two_levels(blocks, chart, first_row, rows)
    chart.y_axis.scaling.min = 0
    chart.y_axis.majorUnit = 1 if layout.summary.participants.sizes[""] <= 20 else None
    return modest_title(chart)


def _two_levels(blocks: Blocks, chart: Any, first_row: int, rows: int) -> None:
    """Answers and themes beside the bars."""
    from openpyxl.chart import Reference
    from openpyxl.chart.data_source import AxDataSource, MultiLevelStrRef

    names = Reference(blocks.sheet.worksheet, min_col=1, max_col=2, min_row=first_row, max_row=first_row + rows - 1)
    for series in chart.series:
        series.cat = AxDataSource(multiLvlStrRef=MultiLevelStrRef(f=str(names)))


def _quotations(blocks: Blocks, title: str, codings: Sequence[Coding]) -> None:
    """The quotations of a theme, whose they are and their words."""
    blocks.section(title)
    seen: set[int] = set()
    for coding in codings:
        if coding.place_id not in seen:
            seen.add(coding.place_id)
            group = Styled(coding.group or None, TEXT)
            blocks.add([coding.participant, group, one_line(coding.quotation) or coding.place])
            blocks.end()
    blocks.end()


def _example(layout: Layout, row: Mapping[Hashable, Any]) -> str | None:
    for code in row["codes"]:
        for example in layout.summary.theme_examples.get((row["construct"], code), ()):
            return example_text(example)
    return None
