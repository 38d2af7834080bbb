"""Texts in cells of spreadsheets: reversible markers for what a cell cannot hold or programs change.

- a carriage return is written ``¶``
- every other character that does not survive is written ``¬``, its number in hexadecimal, ``;``: ``¬0007;``; so are a
  literal ``¶``, a literal ``¬``, what programs take for an escape (the ``_`` of ``_x000D_``), and the ``#`` of a text
  that reads like an error of a spreadsheet (``#REF!``)
- an empty text is written ``""``, a cell without anything is no text at all; a text of ``""`` alone gets one more
- a text too long for a cell stands in a file: ``¬file:codes-12-description.txt;``
- in CSV, a text that begins with ``= + - @`` or their full-width forms, a tab, a line end or ``'`` (spaces before them
  or not), and one that reads like a number or date that spreadsheets would write otherwise (``1-2``, ``007``,
  ``1.50``), gets a ``'`` before it, which spreadsheets read as "text"

The markers are characters that also Windows' and Apple's old encodings have, in which spreadsheets like to save CSV.
"""

from __future__ import annotations

import re
from typing import Any

EMPTY = '""'
RETURN = "¶"
ESCAPE = "¬"
#: What a spreadsheet shows where it cannot compute.
ERRORS = frozenset(("#REF!", "#NAME?", "#VALUE!", "#N/A", "#DIV/0!", "#NUM!", "#NULL!", "#GETTING_DATA"))
#: What a text in CSV may not begin with.
FORMULA = "=+-@＝＋－＠\t\n'"
#: What spreadsheets pass over before that.
BLANKS = " \u00a0\u3000"

#: Longer texts are no numbers or dates for any spreadsheet; GUIDs of nothing but digits are.
_LONGEST_NUMBER = 25
_PLAIN_NUMBER = re.compile("0|[1-9][0-9]{0,14}")
_MONTH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_NUMBER = re.compile(
    # digits with what parts them in dates, times and large numbers; with a month; truth values
    rf"[\d.,:/\s%€$£¥'-]*\d[\d.,:/\s%€$£¥'-]*(?:e[+-]?\d+)?|\d{{1,4}}[-/. ]?{_MONTH}([-/. ,]*\d{{1,4}})?"
    rf"|{_MONTH}[-/. ]?\d{{1,4}}([-/. ,]+\d{{1,4}})?|true|false",
    re.IGNORECASE | re.ASCII,
)
_UNSAFE = re.compile(
    # controls; ¶ and ¬ themselves; what Unicode calls no character; _x000D_; line ends that some programs turn into \n
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xb6\xac\u2028\u2029\ud800-\udfff\ufffe\uffff\ufeff]|_(?=x[0-9A-Fa-f]{4}_)|x(?=005F_)"
)
_MARKED = re.compile(f"{RETURN}|{ESCAPE}([0-9A-F]{{4,6}});")
_FILE = re.compile(f"{ESCAPE}file:([\\w.-]+);")
_EMPTIES = re.compile('(?:"")+')
_RAW_LINE_END = re.compile("\r\n?")


def write_cell(text: str) -> str:
    """A text as it stands in a cell; ``read_cell`` is the inverse."""
    if not text or (text[0] == '"' and _EMPTIES.fullmatch(text)):
        return text + EMPTY
    if text in ERRORS:
        return f"{ESCAPE}0023;{text[1:]}"
    if text.isascii() and text.isprintable() and "_x" not in text and "x005F_" not in text:
        return text
    return _UNSAFE.sub(_mark, text)


def read_cell(cell: str) -> str:
    """The text that a cell stands for. Line ends that a program put in are line feeds."""
    if cell[:1] == '"' and _EMPTIES.fullmatch(cell):
        return cell[len(EMPTY) :]
    if "\r" in cell:
        cell = _RAW_LINE_END.sub("\n", cell)
    return _MARKED.sub(_unmark, cell) if ESCAPE in cell or RETURN in cell else cell


def write_file_cell(name: str) -> str:
    """A cell whose text stands in a file."""
    return f"{ESCAPE}file:{name};"


def file_of_cell(cell: str) -> str | None:
    """The file that holds a cell's text, or None."""
    match = _FILE.fullmatch(cell)
    return match[1] if match else None


def guard_formula(cell: str) -> str:
    """A cell of a CSV file that no spreadsheet takes for a formula, number or date; see ``unguard_formula``."""
    return f"'{cell}" if begins_formula(cell) or _is_retyped(cell) else cell


def without_formula(cell: Any) -> Any:
    """A cell of a CSV file in a form that is not ours: only a text that would be computed gets a mark before it."""
    return f"'{cell}" if isinstance(cell, str) and begins_formula(cell) else cell


def begins_formula(text: str) -> bool:
    """Whether a spreadsheet may compute a text of CSV; some pass over spaces before it."""
    first = text[:1]
    if first and first in BLANKS:
        first = text.lstrip(BLANKS)[:1]
    return bool(first) and first in FORMULA


def _is_retyped(cell: str) -> bool:
    """Whether a spreadsheet that opens a CSV file would make something else of a text."""
    if len(cell) > _LONGEST_NUMBER or _PLAIN_NUMBER.fullmatch(cell):
        return False
    return _NUMBER.fullmatch(cell) is not None


def unguard_formula(cell: str) -> str:
    """A cell of a CSV file without the guard."""
    return cell[1:] if cell[:1] == "'" else cell


def _mark(match: re.Match[str]) -> str:
    return RETURN if match[0] == "\r" else f"{ESCAPE}{ord(match[0]):04X};"


def _unmark(match: re.Match[str]) -> str:
    return "\r" if match[1] is None else _character(match)


def _character(match: re.Match[str]) -> str:
    number = int(match[1], 16)
    return chr(number) if number <= 0x10FFFF else match[0]
