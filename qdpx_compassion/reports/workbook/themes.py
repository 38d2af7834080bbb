"""The sheet *Organisational fit*, and its like for other frameworks: themes inside match and mismatch."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

from qdpx_compassion.frameworks import Dimension
from qdpx_compassion.reports.workbook.blocks import Blocks
from qdpx_compassion.reports.workbook.layout import Layout
from qdpx_compassion.reports.workbook.looks import NUMBER, STRONG, TEXT, VALUE, modest_title, plain, plain_columns
from qdpx_compassion.spreadsheets import Series, Styled, bar_chart

_QUOTATION_WIDTH = 84


def write_themes(layout: Layout, title: str, dimension: Dimension) -> None:
    """Write the sheet: themes with participants and a chart, then the quotations of each theme."""
    numbers = layout.number_columns()
    table = layout.summary.themes
    rows = table[table["dimension"] == dimension.id].to_dict("records")
    widths: list[float] = [24, 40, *(13 for _ in numbers), 12, 11, _QUOTATION_WIDTH]
    styles = [STRONG, VALUE, *(number.style for number in numbers), NUMBER, NUMBER, TEXT]
    sheet = layout.book.sheet(title, plain_columns(widths, styles), headings=False, max_lines=10, tab_color="CC6677")
    blocks = Blocks(sheet, max_lines=10)
    blocks.title(title, f"{dimension.question} A coded reason is a theme inside one of the answers.")
    blocks.section("Themes")
    if not rows:
        blocks.add([Styled("Nothing is coded so.", "line")])
        blocks.end()
        return
    names = {one.id: one.name for one in dimension.constructs}
    blocks.headings(["", "Theme", *(n.heading for n in numbers), "Quotations", "Codings"])
    for row in rows:
        counts = [*(plain(row[n.key]) for n in numbers), row["quotations"], row["codings"]]
        blocks.add([names[row["construct"]], row["theme"], *counts])
    height = max(6.0, 2.2 + 0.6 * len(rows) * max(1, len(layout.groups)))
    first = blocks.end(room=height + 1)
    blocks.chart(_chart(layout, blocks, first + 3, len(rows), height))
    for row in rows:
        _quotations(layout, blocks, names[row["construct"]], row)


def _chart(layout: Layout, blocks: Blocks, first_row: int, rows: int, height: float) -> Any:
    columns = [2 + 2 * number for number in range(len(layout.groups) + 1)]
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
    chart.y_axis.scaling.min = 0
    chart.y_axis.majorUnit = 1 if layout.summary.participants.sizes[""] <= 20 else None
    return modest_title(chart)


def _quotations(layout: Layout, blocks: Blocks, answer: str, row: Mapping[Hashable, Any]) -> None:
    """The quotations of a theme, whose they are and their words."""
    blocks.section(f"{answer}: {row['theme']}")
    codes = set(row["codes"])
    wide = len(blocks.sheet.columns) - 3
    seen: set[int] = set()
    for coding in layout.summary.codings:
        held = coding.counted and coding.code_row in codes and row["construct"] in coding.constructs
        if held and coding.place_id not in seen:
            seen.add(coding.place_id)
            blocks.add(
                [
                    coding.participant,
                    Styled(coding.group or None, TEXT),
                    *([None] * wide),
                    coding.quotation or coding.place,
                ]
            )
            blocks.end()
    blocks.end()
