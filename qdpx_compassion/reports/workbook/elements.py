"""The sheet *Elements*: each construct with its definition, its values, counts by group and quotations."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

from qdpx_compassion.frameworks import Dimension
from qdpx_compassion.reports.workbook.blocks import Blocks
from qdpx_compassion.reports.workbook.layout import Layout
from qdpx_compassion.reports.workbook.looks import NUMBER, STRONG, TEXT, plain, plain_columns, swatch, total
from qdpx_compassion.reports.workbook.values import example_text
from qdpx_compassion.spreadsheets import Style, Styled

_VALUE_WIDTH, _EXAMPLE_WIDTH = 40, 70


def write_elements(layout: Layout, title: str) -> None:
    """Write the sheet: a block for each construct of the dimensions that values are related to."""
    numbers = layout.number_columns()
    widths = [2.5, _VALUE_WIDTH, *(12.5 for _ in numbers), 12, 11, _EXAMPLE_WIDTH]
    styles = [Style(), STRONG, *(number.style for number in numbers), NUMBER, NUMBER, TEXT]
    sheet = layout.book.sheet(title, plain_columns(widths, styles), headings=False, max_lines=6, tab_color="E0A458")
    blocks = Blocks(sheet, max_lines=6)
    blocks.title(title, "Each with the values that express it, those that most participants hold first.")
    for dimension in layout.summary.main_dimensions:
        _dimension(layout, blocks, dimension)


def _dimension(layout: Layout, blocks: Blocks, dimension: Dimension) -> None:
    blocks.section(f"{dimension.title}: {dimension.question}")
    if dimension.citation:
        blocks.text(dimension.citation, "note")
    table = layout.summary.constructs
    for row in table[table["dimension"] == dimension.id].to_dict("records"):
        _construct(layout, blocks, row)
    blocks.end()


def _construct(layout: Layout, blocks: Blocks, row: Mapping[Hashable, Any]) -> None:
    numbers = layout.number_columns()
    blocks.add([])
    blocks.add([swatch(row["color"]), Styled(row["name"], "section")], height=20)
    blocks.text(row["definition"], "line", before=1)
    blocks.headings(["Value", *(n.heading for n in numbers), "Quotations", "Codings", "Example"], before=1)
    counts = [Styled(plain(row[n.key]), total(n.style)) for n in numbers]
    counts += [Styled(row[key], total(NUMBER)) for key in ("quotations", "codings")]
    blocks.add([None, Styled("All together", total(STRONG)), *counts, Styled(None, total(TEXT))])
    values = layout.summary.codebook
    values = values[values["code_row"].isin(row["codes"])]
    values = values.sort_values(["participants", "codings"], ascending=False, kind="stable")
    shown = [value for value in values.to_dict("records") if value["codings"]]
    for value in shown:
        examples = layout.summary.value_examples.get(value["code_row"], ())
        blocks.add(
            [
                None,
                layout.to_quotations(value["value"], value["code_row"], _VALUE_WIDTH),
                *(plain(value[n.key]) for n in numbers),
                layout.count_to_quotations(value["quotations"], value["code_row"]),
                value["codings"],
                example_text(examples[0]) if examples else None,
            ]
        )
    if not shown:
        blocks.add([None, Styled("No value with codings expresses it.", "line")])
    blocks.end()
