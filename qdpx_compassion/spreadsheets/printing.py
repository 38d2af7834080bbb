"""How a sheet comes out of a printer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from qdpx_compassion.spreadsheets.styles import MUTED

_MARGIN = 0.4  # inches, left and right


@dataclass(frozen=True, slots=True)
class Spread:
    """A wide table over two pages that lie side by side, its first column on both.

    Attributes:
        left: number of columns on the left page; on the right page are the first and those that follow.
        columns: number of columns that are printed; the rest are for the screen.
    """

    left: int
    columns: int


def set_up_print(sheet: Any, *, landscape: bool, large_paper: bool, spread: Spread | None) -> None:
    """Paper, margins, footer, and as many pages side by side as were asked for: one, or the two of a spread.

    Args:
        sheet: the worksheet of openpyxl, before its first row is written.
        landscape: orientation.
        large_paper: A3 instead of A4.
        spread: two pages side by side.
    """
    from openpyxl.worksheet.pagebreak import Break, ColBreak
    from openpyxl.worksheet.properties import PageSetupProperties

    sheet.page_setup.orientation = "landscape" if landscape else "portrait"
    sheet.page_setup.paperSize = 8 if large_paper else 9  # A3, A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1 if spread is None else 2, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    if spread is not None:
        # Programs differ in how wide a column is, so the scale is theirs to find; some heed the break beside it.
        sheet.print_title_cols = "A:A"
        sheet.col_breaks = ColBreak()
        sheet.col_breaks.append(Break(id=spread.left))
    margins = sheet.page_margins
    margins.left = margins.right = _MARGIN
    margins.top, margins.bottom, margins.footer = 0.5, 0.7, 0.3
    footer = sheet.HeaderFooter.oddFooter
    footer.left.text, footer.right.text = "&A", "&P / &N"
    for part in (footer.left, footer.right):
        part.size, part.color = 9, MUTED
