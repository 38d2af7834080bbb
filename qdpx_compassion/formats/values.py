"""Cells that hold something else than their column: numbers as text, dates as numbers, and what can be made of them."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from qdpx_compassion.formats.cells import ERRORS
from qdpx_compassion.formats.tabular import Field

_INTEGER = re.compile(r"\s*[+-]?\d{1,19}(\.0*)?\s*")
#: As spreadsheets in some languages write them when they save CSV.
_TRUE = frozenset(("true", "1", "yes", "wahr", "waar", "vrai", "verdadero"))
_FALSE = frozenset(("false", "0", "no", "falsch", "onwaar", "faux", "falso"))
#: The day from which spreadsheets count (with their leap day of 1900 that never was).
_EPOCH = dt.datetime(1899, 12, 30)
#: Serial numbers between 1927 and 2173: a number in a column of dates is such a one.
_SERIALS = (10_000, 100_000)


def read_value(cell: Any, one: Field) -> tuple[Any, str, str]:
    """What a cell holds that is not simply of its column's type.

    Args:
        cell: text, number, truth value or date; not None.
        one: its column.

    Returns:
        The value; the code of a finding, empty when there is nothing to say; and its message.
    """
    if one.type == "integer":
        return _integer(cell, one)
    if one.type == "boolean":
        return _boolean(cell, one)
    return _text(cell, one)


def check_text(text: str, one: Field) -> tuple[str, str, str]:
    """A cell's text where a spreadsheet may have put an error, or the number of a date; as ``read_value``."""
    if text in ERRORS:
        return text, "table-cell-retyped", f"The cell shows an error of the spreadsheet ({text}), not what was typed."
    if one.name.endswith("_date_time") and re.fullmatch(r"\d{5}([.,]\d+)?", text):
        return _text(float(text.replace(",", ".")), one)
    return text, "", ""


def _integer(cell: Any, one: Field) -> tuple[int | None, str, str]:
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53:
        return int(cell), "", ""
    if isinstance(cell, int) and not isinstance(cell, bool) and -(2**63) <= cell < 2**63:
        return int(cell), "", ""
    if isinstance(cell, str) and _INTEGER.fullmatch(cell) and -(2**63) <= int(cell.split(".")[0]) < 2**63:
        return int(cell.split(".")[0]), "", ""
    if isinstance(cell, str) and not cell.strip():
        return None, "", ""
    return None, "table-cell", f"“{_shown(cell)}” is no whole number, as {one.name} must be."


def _boolean(cell: Any, one: Field) -> tuple[bool | None, str, str]:
    if isinstance(cell, bool):
        return cell, "", ""
    plain = _shown(cell).strip().casefold().removesuffix(".0")
    if plain in _TRUE or plain in _FALSE:
        return plain in _TRUE, "", ""
    if not plain:
        return None, "", ""
    return None, "table-cell", f"“{_shown(cell)}” is neither true nor false, as {one.name} must be."


def _text(cell: Any, one: Field) -> tuple[str, str, str]:
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        if one.name.endswith("_date_time") and _SERIALS[0] <= cell < _SERIALS[1]:
            cell = _EPOCH + dt.timedelta(seconds=round(cell * 86_400))
        else:
            plain = str(int(cell)) if float(cell).is_integer() and abs(cell) < 10**15 else repr(cell)
            return plain, "table-cell-retyped", f"The cell holds a number instead of text; it was read as “{plain}”."
    if isinstance(cell, dt.datetime | dt.date):
        if one.name.endswith("_date_time"):
            moment = cell if isinstance(cell, dt.datetime) else dt.datetime.combine(cell, dt.time())
            if moment.tzinfo is not None:
                moment = moment.astimezone(dt.UTC).replace(tzinfo=None)
            text = f"{moment.isoformat(timespec='seconds')}Z"
            return text, "table-cell-retyped", f"The spreadsheet made a date of the text; it was read as {text} (UTC)."
        text = _shown(cell)
        return text, "table-cell-retyped", f"The spreadsheet made a date of the text; it was read as “{text}”."
    text = _shown(cell)
    return text, "table-cell-retyped", f"The cell holds no text; it was read as “{text}”."


def _shown(cell: Any) -> str:
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat() if cell.time() == dt.time() else cell.isoformat(sep=" ")
    return cell.isoformat() if isinstance(cell, dt.date | dt.time) else str(cell)
