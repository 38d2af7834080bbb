"""The sheet *Elements*: each construct with its definition, its values, counts by group and quotations."""

from __future__ import annotations

import textwrap
from collections.abc import Hashable, Mapping
from typing import Any

from qdpx_compassion.frameworks import Dimension
from qdpx_compassion.reports.workbook.layout import Layout
from qdpx_compassion.reports.workbook.looks import (
    NUMBER,
    STRONG,
    TEXT,
    heading_row,
    page_title,
    plain,
    plain_columns,
    swatch,
)
from qdpx_compassion.reports.workbook.values import example_text
from qdpx_compassion.spreadsheets import Sheet, Styled

_EXAMPLE_WIDTH = 84


def write_elements(layout: Layout) -> None:
    """Write the sheet: a block for each construct of the dimensions that values are related to."""
    numbers = layout.number_columns()
    widths = [34, *(12.5 for _ in numbers), 12, 11, _EXAMPLE_WIDTH]
    styles = [STRONG, *(number.style for number in numbers), NUMBER, NUMBER, TEXT]
    sheet = layout.book.sheet("Elements", plain_columns(widths, styles), headings=False, max_lines=6)
    page_title(
        sheet, "Elements", "Each element with the values that express it; the values with most participants first."
    )
    for dimension in layout.summary.main_dimensions:
        _dimension(layout, sheet, dimension)


def _dimension(layout: Layout, sheet: Sheet, dimension: Dimension) -> None:
    if dimension.citation:
        sheet.append([Styled(f"{dimension.title}: {dimension.question}", "section")], height=20)
        _across(sheet, dimension.citation, "note")
    table = layout.summary.constructs
    for row in table[table["dimension"] == dimension.id].to_dict("records"):
        _construct(layout, sheet, row)


def _construct(layout: Layout, sheet: Sheet, row: Mapping[Hashable, Any]) -> None:
    numbers = layout.number_columns()
    sheet.append([])
    sheet.append([Styled(row["name"], "section"), swatch(row["color"])], height=20)
    _across(sheet, row["definition"], "line")
    heading_row(sheet, ["Value", *(n.heading for n in numbers), "Quotations", "Codings", "Example"])
    counts = [*(plain(row[n.key]) for n in numbers), row["quotations"], row["codings"]]
    sheet.append(["All together", *counts, None])
    values = layout.summary.codebook
    values = values[values["code_row"].isin(row["codes"])]
    values = values.sort_values(["participants", "codings"], ascending=False, kind="stable")
    shown = [value for value in values.to_dict("records") if value["codings"]]
    for value in shown:
        examples = layout.summary.value_examples.get(value["code_row"], ())
        sheet.append(
            [
                layout.to_quotations(value["value"], value["code_row"]),
                *(plain(value[n.key]) for n in numbers),
                value["quotations"],
                value["codings"],
                example_text(examples[0]) if examples else None,
            ]
        )
    if not shown:
        sheet.append([Styled("No value expresses it.", "muted")])


def _across(sheet: Sheet, text: str, style: str) -> None:
    """A text over the width of the sheet, broken into lines: cells of such sheets are not merged."""
    width = int(sum(column.width for column in sheet.columns))
    for line in textwrap.wrap(text, int(width * 0.95)):
        sheet.append([Styled(line, style)], height=15)
