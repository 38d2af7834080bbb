"""How workbooks look: a small calm palette, and the styles that cells name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from openpyxl.cell import Cell

#: Colours as RRGGBB.
INK = "24323A"
MUTED = "6B7A83"
HEADING_FILL = "DCE7EA"
FILL_IN = "FFF8DC"
FILL_IN_HEADING = "F3E2A9"
TITLE = "2B5C6B"
LINK = "1F5F8B"
LINE = "C9D3D8"
RULE = "E3E9EC"
#: The two ends of colour scales over counts.
SCALE = ("FFFFFF", "7FB3A6")
#: Colours of chart series that have none of their own.
SERIES = ("4C8C9A", "E0A458", "8FA876", "B5697A", "7A7FB0", "9C8B73")


@dataclass(frozen=True, slots=True)
class Style:
    """The look of a cell.

    Attributes:
        size: of the font, in points.
        color: of the font, RRGGBB. fill: background, RRGGBB; empty: none.
        line: RRGGBB of a thin line around the cell; empty: none.
        rotation: degrees, counter-clockwise.
    """

    bold: bool = False
    italic: bool = False
    underline: bool = False
    size: float = 11
    color: str = INK
    fill: str = ""
    line: str = ""
    wrap: bool = False
    horizontal: str = ""
    vertical: str = "top"
    indent: int = 0
    rotation: int = 0
    number_format: str = "General"


#: The styles that columns and cells name.
STYLES: dict[str, Style] = {
    "text": Style(wrap=True),
    "line": Style(),
    "muted": Style(color=MUTED, wrap=True),
    "small": Style(color=MUTED, size=9),
    "strong": Style(bold=True, wrap=True),
    "integer": Style(number_format="#,##0", horizontal="right", indent=1),
    "decimal": Style(number_format="0.00", horizontal="right", indent=1),
    "percent": Style(number_format="0%", horizontal="right", indent=1),
    "percent-1": Style(number_format="0.0%", horizontal="right", indent=1),
    "date": Style(number_format="yyyy-mm-dd hh:mm", horizontal="left"),
    "link": Style(color=LINK, underline=True, wrap=True),
    "title": Style(bold=True, size=16, color=TITLE),
    "section": Style(bold=True, size=12, color=TITLE),
    "note": Style(italic=True, color=MUTED),
    "heading": Style(bold=True, fill=HEADING_FILL, line=LINE, wrap=True, vertical="center"),
    "fill-in-heading": Style(bold=True, fill=FILL_IN_HEADING, line=LINE, wrap=True, vertical="center"),
    # "@" keeps what is typed as text: a theme or group "1-2" does not become a date
    "fill-in": Style(fill=FILL_IN, line=LINE, wrap=True, number_format="@"),
    "fill-in-mark": Style(fill=FILL_IN, line=LINE, horizontal="center", number_format="@"),
    "total": Style(bold=True, fill="F2F5F6", number_format="#,##0"),
}


def apply_style(cell: Cell, style: Style, *, quote_prefix: bool = False, rule: bool = False) -> None:
    """Give a cell its look.

    Args:
        cell: the cell, of any openpyxl workbook.
        style: the look.
        rule: whether a fine line below the cell parts the rows of a table.
        quote_prefix: whether Excel shall take what stands in the cell for text when somebody edits it.
    """
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

    cell.font = Font(
        name="Calibri",
        size=style.size,
        bold=style.bold,
        italic=style.italic,
        underline="single" if style.underline else None,
        color=style.color,
    )
    if style.fill:
        cell.fill = PatternFill("solid", start_color=style.fill, end_color=style.fill)
    if style.line:
        side = Side(style="thin", color=style.line)
        cell.border = Border(left=side, right=side, top=side, bottom=side)
    elif rule:
        cell.border = Border(bottom=Side(style="thin", color=RULE))
    cell.alignment = Alignment(
        horizontal=style.horizontal or ("left" if style.indent else None),
        vertical=style.vertical,
        wrap_text=style.wrap or None,
        indent=style.indent,
        text_rotation=style.rotation,
    )
    cell.number_format = style.number_format
    if quote_prefix:
        cell.quotePrefix = True
