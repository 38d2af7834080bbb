"""Rows of a sheet as XML, put into the sheet that openpyxl begins and ends.

openpyxl makes an object of every cell and hands each to lxml; for a hundred thousand rows that is most of the time.
"""

from __future__ import annotations

import datetime as dt
import numbers
from collections.abc import Generator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from openpyxl import LXML
from openpyxl.compat import safe_string
from openpyxl.utils.datetime import to_excel
from openpyxl.xml.functions import fromstring

from qdpx_compassion.spreadsheets.styles import Style
from qdpx_compassion.spreadsheets.text import CleanText, clean_text, looks_typed

if TYPE_CHECKING:
    from qdpx_compassion.spreadsheets.writing import Workbook

#: Excel keeps 15 digits; greater integers are written as text.
EXACT = 10**15


def raw_rows(worksheet: Any) -> Generator[None, str]:
    """Takes the XML of rows and writes it between what openpyxl writes; what ``worksheet.close()`` then ends.

    Args:
        worksheet: a write-only worksheet that writes into a ``Spool`` (``spool.spooled``).
    """
    writer = worksheet._writer
    xf = writer.xf.send(True)
    with xf.element("sheetData"):
        if LXML:
            xf.flush()  # it keeps its own buffer: what it holds comes first
        try:
            while True:
                row = yield
                if LXML:
                    writer.spool.write(row.encode())
                else:  # openpyxl can be told to do without lxml
                    xf.write(fromstring(row))
        except GeneratorExit:
            pass
    writer.xf.send(None)


def row_xml(number: int, cells: Sequence[str], height: float = 0) -> str:
    """A row of cells.

    Args:
        number: of the row, from 1.
        cells: in their order, ``<c r="`` and the place of each before what ``content_xml`` gives.
        height: in points; 0: as the program finds right.
    """
    high = f' ht="{height:g}" customHeight="1"' if height else ""
    return f'<row r="{number}"{high}>{"".join(cells)}</row>'


def content_xml(value: Any, style: int) -> str:
    """What follows the place of a cell, to the end of its element.

    Args:
        value: text that a cell can hold (``clean_text``), number, boolean, date without zone, or None.
        style: number of its look in the workbook.
    """
    if value is None or value == "":
        return f' s="{style}"/>'
    if isinstance(value, str):
        text = value
        if "&" in text or "<" in text or ">" in text:
            text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        keep = ' xml:space="preserve"' if value[0].isspace() or value[-1].isspace() else ""
        return f' s="{style}" t="inlineStr"><is><t{keep}>{text}</t></is></c>'
    if isinstance(value, bool):
        return f' s="{style}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, dt.date | dt.time | dt.timedelta):
        value = to_excel(value)  # type: ignore[no-untyped-call]
    return f' s="{style}"><v>{safe_string(value)}</v></c>'


class Look:
    """A style in one workbook; its numbers are given when they are first asked for.

    Args:
        book: the workbook.
        style: the style.
        rule: whether a fine line below the cell parts it from the next row.

    Attributes:
        wraps: whether texts are broken into lines.
    """

    def __init__(self, book: Workbook, style: Style, rule: bool) -> None:
        self._book, self._style, self._rule = book, style, rule
        self.wraps = style.wrap

    @cached_property
    def number(self) -> int:
        """The number that cells of this style have in the workbook."""
        return self._book.style_number(self._style, typed=False, rule=self._rule)

    @cached_property
    def _typed(self) -> int:
        return self._book.style_number(self._style, typed=True, rule=self._rule)

    @cached_property
    def empty(self) -> str:
        """The content of a cell that holds nothing."""
        return content_xml(None, self.number)

    def content(self, value: Any) -> str:
        """The XML of a cell of this style behind its place; ``value`` as ``content_xml`` takes it."""
        typed = isinstance(value, str) and looks_typed(value)
        return content_xml(value, self._typed if typed else self.number)


def plain_value(value: Any) -> tuple[Any, CleanText | None]:
    """A value as openpyxl takes it, and its text when it is one. Missing values of every kind become None."""
    if value is None or type(value).__name__ in {"NAType", "NaTType"}:
        return None, None
    if isinstance(value, str):
        clean = clean_text(value)
        return clean.text, clean
    if type(value) is int and -EXACT < value < EXACT:
        return value, None
    if isinstance(value, bool | dt.date | dt.time | dt.timedelta):
        if isinstance(value, dt.datetime) and value.tzinfo is not None:
            value = value.astimezone(dt.UTC).replace(tzinfo=None)
        return value, None
    if isinstance(value, numbers.Integral):
        number = int(value)
        return (number, None) if abs(number) < EXACT else plain_value(str(number))
    if isinstance(value, numbers.Real):
        real = float(value)
        return (real, None) if real - real == 0 else (None, None)
    return plain_value(str(value))


def quoted(sheet: str) -> str:
    """The name of a sheet as formulas and links write it."""
    return "'" + sheet.replace("'", "''") + "'"


__all__ = ["EXACT", "Look", "content_xml", "plain_value", "quoted", "raw_rows", "row_xml"]
