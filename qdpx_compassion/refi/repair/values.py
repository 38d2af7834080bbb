"""Values that are not written as the schema has them, written anew."""

from __future__ import annotations

import re
from collections.abc import Callable

from qdpx_compassion.refi.repair.rules import ENUMERATIONS

_COLOUR = re.compile(r"#(?:[0-9A-Fa-f]{6}|[0-9A-Fa-f]{3})")
_HEX = re.compile(r"#?([0-9A-Fa-f]{3,4}|[0-9A-Fa-f]{6}|[0-9A-Fa-f]{8})")
_RGB = re.compile(
    r"rgba?\(\s*(\d{1,3})\s*[, ]\s*(\d{1,3})\s*[, ]\s*(\d{1,3})\s*(?:[,/]\s*[\d.]+%?\s*)?\)", re.IGNORECASE
)
_INTEGER = re.compile(r"[+-]?[0-9]+")
_WHOLE = re.compile(r"([+-]?[0-9]+)\.0*")
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_EXPONENT = re.compile(r"([+-]?)([0-9]*)\.?([0-9]*)[eE]([+-]?[0-9]{1,3})")
_DAY = r"-?(?:[1-9][0-9]{3,}|0[0-9]{3})-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
_TIME = r"(?:(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]+)?|24:00:00(?:\.0+)?)"
_ZONE = r"(?:Z|[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))?"
_MOMENT = re.compile(f"{_DAY}T{_TIME}{_ZONE}")
_DATE = re.compile(f"{_DAY}{_ZONE}")
_LOOSE = re.compile(rf"({_DAY})[T ]([0-9:.]+?)\.?\s*({_ZONE})", re.IGNORECASE)
_MIDNIGHT = re.compile(rf"({_DAY})[T ]00:00(?::00(?:\.0*)?)?({_ZONE})", re.IGNORECASE)
_COLOUR_NAMES = {
    "black": "#000000", "silver": "#c0c0c0", "gray": "#808080", "grey": "#808080", "white": "#ffffff",
    "maroon": "#800000", "red": "#ff0000", "purple": "#800080", "fuchsia": "#ff00ff", "green": "#008000",
    "lime": "#00ff00", "olive": "#808000", "yellow": "#ffff00", "navy": "#000080", "blue": "#0000ff",
    "teal": "#008080", "aqua": "#00ffff", "orange": "#ffa500",
}  # fmt: skip
_BOOLEANS = {"yes": "true", "t": "true", "y": "true", "on": "true", "no": "false", "f": "false", "n": "false",
             "off": "false"}  # fmt: skip


def mended_color(written: str) -> str | None:
    """A colour as ``#RRGGBB``; transparency, which the standard does not have, is left out. None: it is no colour."""
    plain = written.strip()
    if _COLOUR.fullmatch(plain):
        return written
    if match := _HEX.fullmatch(plain):
        digits = match[1]
        return "#" + "".join(digit * 2 for digit in digits[:3]) if len(digits) < 6 else "#" + digits[:6]
    if match := _RGB.fullmatch(plain):
        numbers = [int(number) for number in match.groups()]
        return "#{:02x}{:02x}{:02x}".format(*numbers) if max(numbers) < 256 else None
    return _COLOUR_NAMES.get(plain.lower())


def mended_boolean(written: str) -> str | None:
    """``true`` or ``false``; None: it is neither."""
    plain = written.strip(" \t\r\n")
    if plain in ("true", "false", "1", "0"):
        return written
    folded = plain.strip().lower()
    return folded if folded in ("true", "false") else _BOOLEANS.get(folded)


def mended_integer(written: str) -> str | None:
    """A whole number; None: it is none."""
    plain = written.strip(" \t\r\n")
    if _INTEGER.fullmatch(plain):
        return written
    match = _WHOLE.fullmatch(plain)
    return match[1] if match else None


def rounded_integer(written: str) -> str | None:
    """A number with decimals as the nearest whole one; None: it is no number."""
    plain = mended_decimal(written)
    if plain is None:
        return None
    whole, _, rest = plain.strip().partition(".")
    sign, digits = ("-", whole[1:]) if whole.startswith("-") else ("", whole.lstrip("+"))
    number = int(digits or "0") + (rest[:1] >= "5")
    return f"{sign if number else ''}{number}"


def mended_decimal(written: str) -> str | None:
    """A number without exponent; None: it is none."""
    plain = written.strip(" \t\r\n")
    if _DECIMAL.fullmatch(plain):
        return written
    match = _EXPONENT.fullmatch(plain)
    if match is None or not match[2] + match[3]:
        return None
    sign, whole, rest, exponent = match[1], match[2], match[3], int(match[4])
    digits, point = whole + rest, len(whole) + exponent
    if point <= 0:
        return f"{sign.replace('+', '')}0.{'0' * -point}{digits}"
    digits = digits.ljust(point, "0")
    return f"{sign.replace('+', '')}{digits[:point]}" + (f".{digits[point:]}" if digits[point:] else "")


def is_integer(written: str) -> bool:
    """Whether a number is written as nearly all are: in digits alone."""
    return written.isascii() and written.isdecimal()


def is_moment(written: str) -> bool:
    """Whether a date and time is written as it should be."""
    return _MOMENT.fullmatch(written) is not None


def mended_moment(written: str) -> str | None:
    """A date and time such as 2024-02-29T13:45:00Z; None: it is none."""
    plain = written.strip()
    if _MOMENT.fullmatch(plain):
        return plain
    match = _LOOSE.fullmatch(plain)
    if match is None:
        return None
    time = f"{match[2]}:00" if match[2].count(":") == 1 else match[2]
    new = f"{match[1]}T{time}{match[3].upper()}"
    return new if _MOMENT.fullmatch(new) else None


def day_as_moment(written: str) -> str | None:
    """A date as its first moment; None: it is no date."""
    return f"{written.strip()[:10]}T00:00:00{written.strip()[10:]}" if _DATE.fullmatch(written.strip()) else None


def mended_date(written: str) -> str | None:
    """A date such as 2024-02-29; None: it is none."""
    plain = written.strip()
    if _DATE.fullmatch(plain):
        return plain
    match = _MIDNIGHT.fullmatch(plain)
    return f"{match[1]}{match[2].upper()}" if match else None


def mended_enumeration(attribute: str, written: str) -> str | None:
    """One of the values that an attribute may have; None: it is none of them."""
    plain = written.strip(" \t\r\n")
    allowed = ENUMERATIONS[attribute]
    if plain in allowed:
        return written
    folded = {value.lower(): value for value in allowed}
    return folded.get(re.sub(r"[\s_-]", "", plain).lower())


#: How the content of value elements is mended.
VALUES: dict[str, Callable[[str], str | None]] = {
    "BooleanValue": mended_boolean,
    "IntegerValue": mended_integer,
    "FloatValue": mended_decimal,
    "DateValue": mended_date,
    "DateTimeValue": mended_moment,
}
