"""Sheets that are made of several tables: titles, headings and rows, each table kept on one printed page if it fits."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from qdpx_compassion.reports.workbook.looks import heading_of
from qdpx_compassion.spreadsheets import STYLES, Column, Link, Sheet, Style, Styled

#: Points of a line of text, and of a page of A4 or A3 in landscape within its margins.
LINE = 15.0
_PAGE_HEIGHT = {False: 505.0, True: 752.0}
_PAGE_WIDTH = {False: 784.0, True: 1133.0}
#: Points that a character of a column's width takes: with Calibri, and with what LibreOffice takes where that is
#: missing. A sheet is printed as wide as the page, so wider columns make smaller print and more rows a page.
_CHARACTERS = (5.25, 7.4)
_PADDING = 3.75
_POINTS_PER_CM = 28.35


@dataclass
class _Row:
    cells: list[Any]
    height: float


class Blocks:
    """A sheet without a row of headings of its own, written table by table.

    Args:
        sheet: made with ``headings=False``.
        max_lines: rows with more lines than this are shown at this height.
    """

    def __init__(self, sheet: Sheet, *, max_lines: int = 8) -> None:
        self.sheet, self._max_lines = sheet, max_lines
        large = sheet.large_paper
        widths = [sum(column.width * each + _PADDING for column in sheet.columns) for each in _CHARACTERS]
        self._pages = [_PAGE_HEIGHT[large] / min(1.0, _PAGE_WIDTH[large] / width) for width in widths]
        self._used = [0.0 for _ in self._pages]
        self._block: list[_Row] = []
        self._section = 0  # where in the block its last section begins

    def title(self, text: str, note: str) -> None:
        """What the sheet is, and how it was counted."""
        self.add([Styled(text, "title")], height=26)
        self.text(note, "note")

    def section(self, text: str, *cells: Any) -> None:
        """A title of a table, with a gap above."""
        self._section = len(self._block)
        self.add([], height=LINE)
        self.add([Styled(text, "section"), *cells], height=20)

    def text(self, text: str, style: str = "line", *, before: int = 0) -> None:
        """A text over the width of the sheet, broken into lines: cells of such sheets are not merged."""
        width = int(sum(column.width for column in self.sheet.columns[before:]))
        for line in textwrap.wrap(text, max(40, int(width * 0.95))):
            self.add([*([None] * before), Styled(line, style)], height=LINE)

    def headings(self, headings: Sequence[str], *, before: int = 0) -> None:
        """A row of headings over columns that have their styles."""
        columns = self.sheet.columns[before:]
        cells = [Styled(text, heading_of(column.style)) for text, column in zip(headings, columns, strict=False)]
        lines = max(
            (
                len(textwrap.wrap(text, max(int(column.width) - 1, 4)))
                for text, column in zip(headings, columns, strict=False)
            ),
            default=1,
        )
        self.add([*([None] * before), *cells], height=max(2, min(5, lines)) * LINE)

    def add(self, cells: Sequence[Any], *, height: float = 0) -> None:
        """A row; as high as its text unless said otherwise."""
        self._block.append(_Row(list(cells), height or self._height(cells)))

    def end(self, *, room: float = 0) -> int:
        """Write the block, on a new page where it does not fit on this one, whichever program prints it.

        Args:
            room: height in cm of a chart that follows and stays with the block.

        Returns:
            The number of the row in the sheet where the block's (last) section begins, its gap included.
        """
        height = sum(row.height for row in self._block) + room * _POINTS_PER_CM
        if len(self._block) > 1 or room > 0:  # a single row is never divided
            self._keep_together(height)
        first = self.sheet.next_row + self._section
        for row in self._block:
            self.sheet.append(row.cells, height=row.height)
            self._use(row.height)
        self._block, self._section = [], 0
        return first

    def chart(self, chart: Any, *, column: str = "A") -> None:
        """Put a chart below what was written, and leave the rows that it covers empty.

        Args:
            chart: of openpyxl; its height is in cm.
            column: letter of the column of its left edge.
        """
        rows = int(chart.height * _POINTS_PER_CM / LINE) + 1
        self._keep_together((rows + 1) * LINE)
        self.sheet.append([], height=LINE)
        self.sheet.add_chart(chart, f"{column}{self.sheet.next_row}")
        for _ in range(rows):
            self.sheet.append([], height=LINE)
        for _ in range(rows + 1):
            self._use(LINE)

    def room(self) -> float:
        """Height in cm of a chart that fits on one page with the block as it is; negative when the block fills it."""
        block = sum(row.height for row in self._block)
        return (min(self._pages) - block - 3 * LINE) / _POINTS_PER_CM

    def _keep_together(self, height: float) -> None:
        """Begin a page where what follows would be divided."""
        from openpyxl.worksheet.pagebreak import Break

        pages = zip(self._used, self._pages, strict=True)
        if any(used > 0 and page < used + height for used, page in pages):
            self.sheet.worksheet.row_breaks.append(Break(id=self.sheet.next_row - 1))
            self._used = [0.0 for _ in self._pages]

    def _use(self, height: float) -> None:
        """A row was written: at the end of a page, or on the next."""
        self._used = [
            used + height if used + height <= page else height
            for used, page in zip(self._used, self._pages, strict=True)
        ]

    def _height(self, cells: Sequence[Any]) -> float:
        most = 1
        for cell, column in zip(cells, self.sheet.columns, strict=False):
            text, style = _text(cell, column)
            look = STYLES[style] if isinstance(style, str) else style
            if look.wrap and text:
                room = max(int(column.width * 1.05) - 2, 4)
                most = max(most, sum(max(1, -(-len(line) // room)) for line in text.split("\n")))
        return min(most, self._max_lines) * LINE


def _text(cell: Any, column: Column) -> tuple[str, str | Style]:
    style = column.style
    if isinstance(cell, Styled):
        cell, style = cell.value, cell.style
    if isinstance(cell, Link):
        cell = cell.shown
    return ("" if cell is None else str(cell)), style
