"""How the sheets look: styles of cells, headings, titles, charts. They know nothing of the study."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pandas as pd
from openpyxl.utils import get_column_letter

from qdpx_compassion.spreadsheets import STYLES, Column, Sheet, Style, Styled, display_width
from qdpx_compassion.spreadsheets.styles import INK, LINK, MUTED

#: Looks of cells in tables. Padding is part of the number formats and indents: right indents are not drawn everywhere.
TEXT = Style(wrap=True, indent=1)
LINE = Style(indent=1)
STRONG = Style(bold=True, wrap=True)
MUTED_TEXT = Style(color=MUTED, wrap=True, indent=1)
SMALL = Style(color=MUTED, size=9, indent=1)
PATH = Style(color=MUTED, size=9, wrap=True, indent=1)
NUMBER = Style(number_format="#,##0_)_)", horizontal="right")
#: In matrices a zero is a dash, so that the others stand out.
COUNT = Style(number_format='#,##0_)_);-#,##0_)_);"–"_)_)', horizontal="right")
PERCENT = Style(number_format="0%_)_)", horizontal="right")
PERCENT_1 = Style(number_format="0.0%_)_)", horizontal="right")
LEADS = Style(bold=True, color=LINK, wrap=True)
VALUE = Style(bold=True, wrap=True, indent=1)
HEADING = STYLES["heading"]
TEXT_HEADING = replace(HEADING, indent=1)
NUMBER_HEADING = replace(HEADING, horizontal="right")


def plain(value: Any) -> Any:
    """A cell of a table as a cell of a sheet: missing is None."""
    with contextlib.suppress(TypeError, ValueError):
        if pd.isna(value):
            return None
    return value


def column(heading: str, width: float, style: Style = TEXT, *, folds: bool = False) -> Column:
    """A column whose heading is aligned as its cells are."""
    return Column(heading, width, style, heading_of(style), folds=folds)


def heading_of(style: str | Style) -> Style:
    """The heading over cells of a style: aligned as they are."""
    look = STYLES[style] if isinstance(style, str) else style
    return NUMBER_HEADING if look.horizontal == "right" else TEXT_HEADING if look.indent else HEADING


def plain_columns(widths: Sequence[float], styles: Sequence[str | Style]) -> list[Column]:
    """Columns without headings, for sheets that are made of several tables."""
    return [Column("", width, style) for width, style in zip(widths, styles, strict=True)]


def total(style: Style) -> Style:
    """The look of a cell in a row that sums up the rows below."""
    return replace(style, bold=True, fill="F2F5F6")


def show_percentages(chart: Any) -> Any:
    """A chart of percentages from 0 to 100, with a title of modest size."""
    chart.y_axis.scaling.min, chart.y_axis.scaling.max = 0, 1
    chart.y_axis.majorUnit = 0.2
    return modest_title(chart)


def modest_title(chart: Any) -> Any:
    """A chart whose title is not larger than the tables' titles."""
    from openpyxl.drawing.text import CharacterProperties

    for paragraph in chart.title.tx.rich.p:
        for run in paragraph.r:
            run.rPr = CharacterProperties(sz=1200, b=True, solidFill=INK)
    return chart


def swatch(color: str) -> Styled:
    """A cell filled with a colour of the project (#RRGGBB), empty when it is none."""
    plain_color = color.lstrip("#")
    ok = len(plain_color) == 6 and all(character in "0123456789abcdefABCDEF" for character in plain_color)
    return Styled(None, Style(fill=plain_color.upper()) if ok else "text")


def printed(sheet: Sheet, columns: int) -> None:
    """Print the first columns only: the others are for sorting and for other programs."""
    sheet.worksheet.print_area = f"A1:{get_column_letter(columns)}{max(sheet.next_row - 1, 2)}"


def fits_line(text: str, width: float) -> bool:
    """Whether a bold text stands in a column of that width without being wrapped."""
    return "\n" not in text and display_width(text) <= width


def one_line(text: str | None) -> str | None:
    """A quotation for a list: white space folded."""
    return " ".join(text.split()) if text else None
