"""How values become HTML: everything is escaped, numbers are written as the workbook shows them."""

from __future__ import annotations

import decimal
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from qdpx_compassion.refi.characters import xml_text


def environment() -> Environment:
    """The templates, with everything that they show escaped and cleaned of characters that HTML cannot hold."""
    made = Environment(
        loader=PackageLoader("qdpx_compassion.reports.page", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_clean,
    )
    made.filters |= {"number": number, "percent": percent, "decimal": two_places, "sortable": sortable}
    return made


def _clean(value: Any) -> Any:
    if isinstance(value, str) and not isinstance(value, Markup):
        return xml_text(value)
    return value


def number(value: float | None) -> str:
    """A count; nothing where there is none."""
    return "" if value is None else f"{value:,}"


def percent(value: float | None, places: int = 0) -> str:
    """A part of one as a percentage, rounded as a spreadsheet does: a half goes up."""
    return "" if value is None else f"{_rounded(value * 100, places)} %".replace(" ", "\u202f")


def two_places(value: float | None) -> str:
    """A coefficient."""
    return "" if value is None else _rounded(value, 2)


def _rounded(value: float, places: int) -> str:
    # Fifteen digits, as spreadsheets count: 0.145 is 14.5 %, whatever the float beneath.
    exact = decimal.Decimal(f"{value:.15g}")
    return str(exact.quantize(decimal.Decimal(1).scaleb(-places), rounding=decimal.ROUND_HALF_UP))


def sortable(value: Any) -> str:
    """What a cell is sorted by."""
    return "" if value is None else f"{value:.15g}" if isinstance(value, float) else str(value)
