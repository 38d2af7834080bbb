"""Text that an Excel cell can hold, and names that Excel allows for sheets."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import NamedTuple

#: Longest text of a cell, in UTF-16 units.
CELL_LIMIT = 32_767
#: Longest name of a sheet, in UTF-16 units.
NAME_LIMIT = 31

_LINE_END = re.compile(r"\r\n?")
# What XML 1.0 cannot hold, and DEL, which no program shows.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_NO_CHARACTER = re.compile(r"[\ud800-\udfff\ufffe\uffff]")
# Excel reads _x000D_ in a text as the character U+000D, so a literal one is written with its first _ escaped.
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_TYPED, _BLANKS = "=+-@＝＋－＠'\t\r\n0123456789", " \u00a0\u3000"
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\]")


class CleanText(NamedTuple):
    """A text as it goes into a cell.

    Attributes:
        text: what is written.
        controls: how many characters are shown by their symbols because a cell cannot hold them.
        cut: whether the text was longer than a cell.
    """

    text: str
    controls: int = 0
    cut: bool = False


def clean_text(text: str, limit: int = CELL_LIMIT) -> CleanText:
    """A text fit for a cell: line ends are LF, control characters their pictures (U+2400 …), at most ``limit`` long.

    Args:
        text: any text, also one with lone surrogates.
        limit: longest text in UTF-16 units, the escapes of literal ``_x000D_`` counted.
    """
    # Nothing to mend: what Python calls printable holds no control character, surrogate or unassigned character.
    if (text.replace("\n", "") if "\n" in text else text).isprintable() and 2 * len(text) <= limit and "_x" not in text:
        return CleanText(text)
    text = _LINE_END.sub("\n", text)
    text, controls = _CONTROL.subn(_picture, text)
    text, replaced = _NO_CHARACTER.subn("\ufffd", text)
    text = _ESCAPE.sub("_x005F_", text)
    short = cut_utf16(text, limit)
    return CleanText(short, controls + replaced, short is not text)


def restore_text(text: str) -> str:
    """The text that a cell shows, from the text that stands in the file: ``_x000D_`` there is the character U+000D."""
    return _ESCAPED.sub(_unescaped, text) if "_x" in text else text


def utf16_length(text: str) -> int:
    """Length in UTF-16 units, as Excel counts."""
    return len(text) + sum(character > "\uffff" for character in text)


def cut_utf16(text: str, limit: int) -> str:
    """A text of at most ``limit`` UTF-16 units, the last one ``…`` when it had to be cut; never half a character."""
    if 2 * len(text) <= limit or (len(text) <= limit and utf16_length(text) <= limit):
        return text
    units = 0
    for index, character in enumerate(text):
        units += 2 if character > "\uffff" else 1
        if units > limit - 1:
            return text[:index] + "…"
    return text


def cut_at_word(text: str, limit: int) -> str:
    """A text of about ``limit`` characters at most, cut between words where there is a space; for examples."""
    if len(text) <= limit:
        return text
    short = text[:limit]
    space = short.rfind(" ")
    return short[: space if space > limit // 2 else limit].rstrip() + " …"


def looks_typed(text: str) -> bool:
    """Whether Excel would take a text for a formula, number or date if somebody edited the cell."""
    first = text[:1]
    if first and first in _BLANKS:  # which Excel passes over
        first = text.lstrip(_BLANKS)[:1]
    return bool(first) and first in _TYPED


def safe_sheet_name(name: str, taken: Collection[str] = ()) -> str:
    r"""A name that Excel allows: at most 31 long, without ``[]:*?/\``, unlike every other in any letter case.

    Args:
        name: the name as it should be.
        taken: the names of the other sheets.
    """
    plain = _NOT_IN_NAMES.sub("-", clean_text(name).text.replace("\n", " ").replace("\t", " ")).strip().strip("'")
    plain = plain.strip() or "Sheet"
    if plain.casefold() == "history":  # Excel keeps this name for itself
        plain = f"{plain}_"
    others = {other.casefold() for other in taken}
    candidate, number = _fit(plain, ""), 1
    while candidate.casefold() in others:
        number += 1
        candidate = _fit(plain, f" ({number})")
    return candidate


def _fit(name: str, suffix: str) -> str:
    return cut_utf16(name, NAME_LIMIT - len(suffix)) + suffix


def _unescaped(match: re.Match[str]) -> str:
    character = chr(int(match[1], 16))
    return match[0] if "\ud800" <= character <= "\udfff" else character


def _picture(match: re.Match[str]) -> str:
    return "\u2421" if match[0] == "\x7f" else chr(0x2400 + ord(match[0]))
