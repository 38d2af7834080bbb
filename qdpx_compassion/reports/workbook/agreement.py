"""The sheet *Agreement*: whether two coders found the same values in the sources that both coded."""

from __future__ import annotations

from dataclasses import replace

from qdpx_compassion.reports.workbook.layout import Layout
from qdpx_compassion.reports.workbook.looks import NUMBER, PERCENT, STRONG, column, total
from qdpx_compassion.spreadsheets import Style, Styled

_KAPPA = Style(number_format="0.00_)_)", horizontal="right")


def write_agreement(layout: Layout, title: str) -> None:
    """Write the sheet: for each two coders all values together, then value by value."""
    columns = [
        column("Coder", 20, STRONG),
        column("Other coder", 20, replace(STRONG, indent=1)),
        column("Value", 40),
        column("Judgements", 12, NUMBER),
        column("Both found it", 11, NUMBER),
        column("Only the coder", 11, NUMBER),
        column("Only the other", 11, NUMBER),
        column("Neither", 10, NUMBER),
        column("Agreement", 12, PERCENT),
        column("Cohen's kappa", 11, _KAPPA),
    ]
    sheet = layout.book.sheet(title, columns, freeze_columns=3, tab_color="B5697A")
    for row in layout.summary.agreement:
        name = row.value if row.code_row is None else layout.to_quotations(row.value, row.code_row, columns[2].width)
        counts = [row.total, row.both, row.only_first, row.only_second, row.neither, row.percent, row.kappa]
        cells = [row.first, row.second, name, *counts]
        if row.code_row is None:
            cells = [Styled(cell, total(_look(one.style))) for cell, one in zip(cells, columns, strict=True)]
        sheet.append(cells)


def _look(style: str | Style) -> Style:
    return style if isinstance(style, Style) else Style()
