"""Positions and quotations: the one place that knows how a program counts characters.

The standard counts Unicode code points (section 10.2); programs count what their own strings count. A reading says
how, and a text read under it turns positions into quotations and back.
"""

from __future__ import annotations

import codecs
import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from operator import itemgetter, lt
from typing import Any, Literal

from qdpx_compassion.errors import UsageError
from qdpx_compassion.findings import Finding, count

_ASTRAL = re.compile("[\U00010000-\U0010ffff]")
_NOT_ASCII = re.compile("[^\x00-\x7f]")
_CRLF = re.compile("\r\n")
#: From one selection for so many characters on, a table of all positions pays.
_WORTH_A_TABLE = 16


@dataclass(frozen=True, slots=True)
class TextReading:
    """How a program counts positions.

    Attributes:
        unit: ``code_point``, ``utf16`` (a character outside the BMP, such as an emoji, counts two) or ``utf8`` (a
            character counts its bytes, 1 to 4; no program writes REFI-QDA so, other formats do).
        crlf: how many positions a CR LF takes, 1 or 2.
        end: whether ``endPosition`` is the position after the last character or of the last.
        bom: whether a byte order mark takes a position.
    """

    unit: Literal["code_point", "utf16", "utf8"] = "code_point"
    crlf: Literal[1, 2] = 2
    end: Literal["exclusive", "inclusive"] = "exclusive"
    bom: bool = False

    def describe(self) -> str:
        """The reading in words, e.g. ``UTF-16 units, CR LF counts 2, end exclusive``."""
        mark = ", byte order mark counts" if self.bom else ""
        return f"{_UNITS[self.unit]}, CR LF counts {self.crlf}, end {self.end}{mark}"


_UNITS = {"code_point": "code points", "utf16": "UTF-16 units", "utf8": "UTF-8 bytes"}

#: What ``parse_reading`` understands: word → the field and its value.
_WORDS: dict[str, tuple[str, str | int | bool]] = {
    "utf16": ("unit", "utf16"),
    "codepoints": ("unit", "code_point"),
    "crlf1": ("crlf", 1),
    "crlf2": ("crlf", 2),
    "exclusive": ("end", "exclusive"),
    "inclusive": ("end", "inclusive"),
    "bom": ("bom", True),
    "nobom": ("bom", False),
}


def parse_reading(written: str, default: TextReading) -> TextReading:
    """A reading as a person writes it, e.g. ``utf16,crlf1``; what is not said stays as in ``default``.

    Raises:
        UsageError: a word that is not known; the message lists those that are.
    """
    fields: dict[str, Any] = {}
    for word in written.lower().replace("-", "").replace("=", "").replace(",", " ").split():
        if word not in _WORDS:
            raise UsageError(
                f"The reading “{word}” is not known.", remedy=f"Say one or several of: {', '.join(_WORDS)}."
            )
        name, value = _WORDS[word]
        fields[name] = value
    return replace(default, **fields)


def decode_text(data: bytes) -> tuple[str, bool, str]:
    """Decode a text file; line ends stay as they are.

    Args:
        data: the bytes of the file.

    Returns:
        The text without a byte order mark, whether it had one, and the encoding (Python's name).
    """
    if data.startswith(codecs.BOM_UTF8):
        return data[3:].decode("utf-8", "replace"), True, "utf-8"
    if data.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):  # begins as UTF-16's mark does
        return data.decode("utf-32", "replace"), True, "utf-32"
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16-le" if data.startswith(codecs.BOM_UTF16_LE) else "utf-16-be"
        return data[2:].decode(encoding, "replace"), True, encoding
    if unmarked := _utf16_without_mark(data):
        return data.decode(unmarked, "replace"), False, unmarked
    try:
        return data.decode("utf-8"), False, "utf-8"
    except UnicodeDecodeError:
        # Windows' own encoding has no byte that Latin-1 lacks but five; those become U+FFFD and are seen.
        return data.decode("cp1252", "replace"), False, "cp1252"


def _utf16_without_mark(data: bytes) -> str | None:
    """UTF-16 that does not say so, recognised by its zeros: every second byte of a text in Latin letters is one."""
    sample = data[:2000]
    odd, even = sample[1::2].count(0), sample[::2].count(0)
    if max(odd, even) * 4 < len(sample) or min(odd, even) * 10 > max(odd, even):
        return None
    return ("utf-16-le" if odd > even else "utf-16-be") if sample else None


class PositionedText:
    """A text and a reading: positions to quotations and back.

    Args:
        text: decoded, without byte order mark, line ends as in the file.
        reading: how the program counted.
        had_bom: whether the file began with a byte order mark (it counts only where the reading says so).
    """

    def __init__(self, text: str, reading: TextReading, *, had_bom: bool = False) -> None:
        self.text = text
        self.reading = reading
        mark = 3 if reading.unit == "utf8" else 1
        self._offset = mark if reading.bom and had_bom else 0
        # Characters at which positions and code points run apart: where they begin, counted in either.
        self._at: list[int] = []
        self._starts: list[int] = []
        # So many of them begin before a position: what it has too many then, and the last position inside the last one.
        self._shifts: list[int] = [0]
        self._inside: list[int] = [-1]
        self._length = len(text)
        self._beyond = 1 if reading.end == "inclusive" else 0
        wide = reading.unit != "code_point" and not text.isascii()
        short = reading.crlf == 1 and "\r" in text
        if wide or short:
            self._index(wide, short)

    def _index(self, wide: bool, short: bool) -> None:
        places: list[tuple[int, int]] = []
        if wide and self.reading.unit == "utf16":
            places += [(match.start(), 1) for match in _ASTRAL.finditer(self.text)]
        elif wide:
            places += [(match.start(), _more_bytes(match.group())) for match in _NOT_ASCII.finditer(self.text)]
        if short:
            places += [(match.start(), -1) for match in _CRLF.finditer(self.text)]
        places.sort()
        for start, step in places:
            at = start + self._shifts[-1]
            self._starts.append(start)  # code point index of the character
            self._at.append(at)  # its position
            self._inside.append(at + step if step > 0 else -1)  # the last position that falls inside it
            self._shifts.append(self._shifts[-1] + step)

    @property
    def length(self) -> int:
        """Number of positions in the text (the largest ``endPosition`` that lies in it)."""
        return self._offset + self._length + self._shifts[-1]

    def index(self, position: int) -> tuple[int, bool]:
        """The code point index of a position.

        Args:
            position: in the reading's unit, from 0.

        Returns:
            The index (not bounded by the length of the text), and whether the position falls inside a character.
        """
        position -= self._offset
        number = bisect_left(self._at, position)  # special characters that begin before the position
        if position <= self._inside[number] and number:
            return self._starts[number - 1], True
        return position - self._shifts[number], False

    def position(self, index: int) -> int:
        """The position of a code point index; the inverse of ``index``."""
        return index + self._shifts[bisect_left(self._starts, index)] + self._offset

    def span(self, start: int, end: int) -> tuple[int, int, list[str]]:
        """A selection's place in the text.

        Args:
            start: ``startPosition`` as written.
            end: ``endPosition`` as written.

        Returns:
            First and last index (exclusive) in code points, inside the text, and the codes of findings.
        """
        at, offset = self._at, self._offset
        end += self._beyond
        if 0 <= start - offset < end - offset:  # as it nearly always is
            number, last_number = bisect_left(at, start - offset), bisect_left(at, end - offset)
            if start - offset > self._inside[number] and end - offset > self._inside[last_number]:
                first, last = start - offset - self._shifts[number], end - offset - self._shifts[last_number]
                if first < last <= self._length:
                    return first, last, []
        return self._odd_span(start, end)

    def spans(self, starts: Sequence[int], ends: Sequence[int]) -> tuple[list[int], list[int], dict[int, list[str]]]:
        """The places of many selections at once; see ``span``.

        Args:
            starts: ``startPosition`` of each as written.
            ends: ``endPosition`` of each as written.

        Returns:
            First and last index (exclusive) of each in code points, and by its number the codes of findings of each
            that has any.
        """
        if starts and min(starts) >= 0 and min(ends) >= 0:
            try:
                firsts, lasts = self._indices(starts, 0), self._indices(ends, self._beyond)
                # as it nearly always is; a position at the byte order mark is before the text
                if min(firsts) >= 0 and all(map(lt, firsts, lasts)) and max(lasts) <= self._length:
                    return firsts, lasts, {}
            except (IndexError, TypeError):  # past the end, inside a character
                pass
        firsts, lasts, problems = [], [], {}
        for number, (start, end) in enumerate(zip(starts, ends, strict=True)):
            first, last, found = self.span(start, end)
            firsts.append(first)
            lasts.append(last)
            if found:
                problems[number] = found
        return firsts, lasts, problems

    def _indices(self, positions: Sequence[int], beyond: int) -> list[Any]:
        """The code point index of so much beyond each position from 0 on; None for those inside a character.

        Raises:
            IndexError: a position is past the end of the text.
        """
        if beyond:
            positions = [position + beyond for position in positions]
        if not self._at and not self._offset:
            return positions if isinstance(positions, list) else list(positions)
        if len(positions) * _WORTH_A_TABLE < self._length:
            return [None if inside else index for index, inside in map(self.index, positions)]
        found: tuple[Any, ...] = itemgetter(0, *positions)(self._table)  # 0: of a single one it gives no tuple
        return list(found[1:])

    @cached_property
    def _table(self) -> list[int | None]:
        """The code point index of every position; None inside a character."""
        table: list[int | None] = [None] * self._offset
        begin = 0
        for start, at, inside in zip(self._starts, self._at, self._inside[1:], strict=True):
            table += range(begin, start + 1)
            begin = start + 1
            if inside > at:
                table += [None] * (inside - at)
            else:  # CR LF takes one position: what follows CR is what follows LF
                begin += 1
        table += range(begin, self._length + 1)
        return table

    def _odd_span(self, start: int, end: int) -> tuple[int, int, list[str]]:
        problems = []
        if end < start:
            start, end = end - self._beyond, start + self._beyond
            problems.append("position-reversed")
        first, inside_start = self.index(start)
        last, inside_end = self.index(end)
        if inside_start or inside_end:
            problems.append("position-inside-character")
            last += inside_end  # the whole character belongs to the quotation
        if first < 0 or last > self._length:
            problems.append("position-past-end")
            first, last = min(max(first, 0), self._length), min(max(last, 0), self._length)
        elif first == last:
            problems.append("selection-empty")
        return first, last, problems


def _more_bytes(character: str) -> int:
    """How many bytes more than one a character that is not ASCII takes in UTF-8."""
    return 1 if character < "\u0800" else 2 if character < "\U00010000" else 3


def fold(text: str) -> str:
    """White space folded, for comparing and showing quotations."""
    return " ".join(text.split())


def name_fits(name: str, quotation: str) -> bool:
    """Whether a selection's name is its quotation, whole or cut, white space folded.

    Args:
        name: the selection's name, e.g. ``I felt hea…``.
        quotation: the text at its positions under some reading.
    """
    stem = fold(name).removesuffix("…").removesuffix("...").rstrip()
    return bool(stem) and fold(quotation).startswith(stem)


def summarise_problems(problems: dict[str, list[str]], where: str) -> list[Finding]:
    """Findings for positions, one for each kind, with a few of the GUIDs.

    Args:
        problems: finding code → GUIDs of selections.
        where: the source.
    """
    said = {
        "position-reversed": ("selection ends before its start", "selections end before their start"),
        "position-inside-character": (
            "selection begins or ends inside a character; the whole character was taken",
            "selections begin or end inside a character; the whole character was taken",
        ),
        "position-past-end": (
            "selection reaches past the end of the text; it was cut there",
            "selections reach past the end of the text; they were cut there",
        ),
        "selection-empty": ("selection holds no characters", "selections hold no characters"),
    }
    findings = []
    for code, guids in problems.items():
        shown = ", ".join(guids[:3]) + (f" and {len(guids) - 3} more" if len(guids) > 3 else "")
        findings.append(Finding(code, f"{count(len(guids), *said[code])}: {shown}.", where))
    return findings
