"""What every .xlsx needs: safe text, limits, styles, widths, drop-downs, charts, fixed dates, and tolerant reading."""

from qdpx_compassion.spreadsheets.printing import Spread
from qdpx_compassion.spreadsheets.sheet import Column, Link, Sheet, Styled, display_width
from qdpx_compassion.spreadsheets.styles import STYLES, Style
from qdpx_compassion.spreadsheets.text import clean_text, cut_at_word, restore_text, safe_sheet_name
from qdpx_compassion.spreadsheets.writing import Series, Workbook, bar_chart

__all__ = [
    "STYLES",
    "Column",
    "Link",
    "Series",
    "Sheet",
    "Spread",
    "Style",
    "Styled",
    "Workbook",
    "bar_chart",
    "clean_text",
    "cut_at_word",
    "display_width",
    "restore_text",
    "safe_sheet_name",
]
