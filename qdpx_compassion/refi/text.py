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
from typing import Literal

from qdpx_compassion.findings import Finding

_ASTRAL = re.compile("[\U00010000-\U0010ffff]")
_CRLF = re.compile("\r\n")


@dataclass(frozen=True, slots=True)
class TextReading:
    """How a program counts positions.

    Attributes:
        unit: ``code_point`` or ``utf16`` (a character outside the BMP, such as an emoji, counts two).
        crlf: how many positions a CR LF takes, 1 or 2.
        end: whether ``endPosition`` is the position after the last character or of the last.
        bom: whether a byte order mark takes a position.
    """

    unit: Literal["code_point", "utf16"] = "code_point"
    crlf: Literal[1, 2] = 2
    end: Literal["exclusive", "inclusive"] = "exclusive"
    bom: bool = False


def decode_text(data: bytes) -> tuple[str, bool, str]:
    """Decode a text file; line ends stay as they are.

    Args:
        data: the bytes of the file.

    Returns:
        The text without a byte order mark, whether it had one, and the encoding (Python's name).
    """
    if data.startswith(codecs.BOM_UTF8):
        return data[3:].decode("utf-8", "replace"), True, "utf-8"
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16-le" if data.startswith(codecs.BOM_UTF16_LE) else "utf-16-be"
        return data[2:].decode(encoding, "replace"), True, encoding
    try:
        return data.decode("utf-8"), False, "utf-8"
    except UnicodeDecodeError:
        # Windows' own encoding has no byte that Latin-1 lacks but five; those become U+FFFD and are seen.
        return data.decode("cp1252", "replace"), False, "cp1252"


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
        self._offset = 1 if reading.bom and had_bom else 0
        # Places where positions and code points run apart, as (position after which, code points minus positions).
        self._at: list[int] = []
        self._starts: list[int] = []
        wide = reading.unit == "utf16" and not text.isascii()
        short = reading.crlf == 1 and "\r" in text
        if wide or short:
            self._index(wide, short)

    def _index(self, wide: bool, short: bool) -> None:
        places: list[tuple[int, int]] = []
        if wide:
            places += [(match.start(), 1) for match in _ASTRAL.finditer(self.text)]
        if short:
            places += [(match.start(), -1) for match in _CRLF.finditer(self.text)]
        places.sort()
        shift = 0
        self._steps = [step for _, step in places]
        for start, step in places:
            self._starts.append(start)  # code point index of the character
            self._at.append(start + shift)  # its position
            shift += step
        self._total_shift = shift

    @property
    def length(self) -> int:
        """Number of positions in the text (the largest ``endPosition`` that lies in it)."""
        return self._offset + len(self.text) + (self._total_shift if self._starts else 0)

    def index(self, position: int) -> tuple[int, bool]:
        """The code point index of a position.

        Args:
            position: in the reading's unit, from 0.

        Returns:
            The index (not bounded by the length of the text), and whether the position falls inside a character.
        """
        position -= self._offset
        if not self._starts:
            return position, False
        number = bisect_left(self._at, position)  # special characters that begin before the position
        if number == 0:
            return position, False
        last_at, last_start, step = self._at[number - 1], self._starts[number - 1], self._steps[number - 1]
        if step == 1:  # one code point, two positions
            if position == last_at + 1:
                return last_start, True
            return last_start + 1 + (position - last_at - 2), False
        return last_start + 2 + (position - last_at - 1), False  # CR LF: two code points, one position

    def position(self, index: int) -> int:
        """The position of a code point index; the inverse of ``index``."""
        number = bisect_left(self._starts, index)
        return index + sum(self._steps[:number]) + self._offset if self._starts else index + self._offset

    def span(self, start: int, end: int) -> tuple[int, int, list[str]]:
        """A selection's place in the text.

        Args:
            start: ``startPosition`` as written.
            end: ``endPosition`` as written.

        Returns:
            First and last index (exclusive) in code points, inside the text, and the codes of findings.
        """
        problems = []
        if self.reading.end == "inclusive":
            end += 1
        if end < start:
            start, end = end, start
            problems.append("position-reversed")
        first, inside_start = self.index(start)
        last, inside_end = self.index(end)
        if inside_start or inside_end:
            problems.append("position-inside-character")
            last += inside_end  # the whole character belongs to the quotation
        if first < 0 or last > len(self.text):
            problems.append("position-past-end")
            first, last = min(max(first, 0), len(self.text)), min(max(last, 0), len(self.text))
        elif first == last:
            problems.append("selection-empty")
        return first, last, problems


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


def choose_reading(
    text: str, selections: Sequence[tuple[str, int, int]], default: TextReading, *, had_bom: bool = False
) -> TextReading:
    """The reading under which most selection names are the text at their positions.

    Only readings that differ for this text are tried; the default stays unless another fits better.

    Args:
        text: of the source.
        selections: (name, startPosition, endPosition) of those whose name may carry the quotation.
        default: the reading of the program that wrote the file.
        had_bom: whether the text began with a byte order mark.
    """
    candidates = [default]
    if "\r\n" in text:
        candidates.append(replace(default, crlf=1 if default.crlf == 2 else 2))
    if _ASTRAL.search(text):
        candidates += [replace(c, unit="utf16" if c.unit == "code_point" else "code_point") for c in tuple(candidates)]
    if had_bom:
        candidates += [replace(c, bom=not c.bom) for c in tuple(candidates)]
    if len(candidates) == 1 or not selections:
        return default
    best, most = default, -1
    for reading in candidates:
        positioned = PositionedText(text, reading, had_bom=had_bom)
        fitting = 0
        for name, start, end in selections:
            first, last, _ = positioned.span(start, end)
            fitting += name_fits(name, text[first:last])
        if fitting > most:
            best, most = reading, fitting
    return best


def summarise_problems(problems: dict[str, list[str]], where: str) -> list[Finding]:
    """Findings for positions, one for each kind, with a few of the GUIDs.

    Args:
        problems: finding code → GUIDs of selections.
        where: the source.
    """
    said = {
        "position-reversed": "end before their start",
        "position-inside-character": "begin or end inside a character; the whole character was taken",
        "position-past-end": "reach past the end of the text; they were cut there",
        "selection-empty": "hold no characters",
    }
    findings = []
    for code, guids in problems.items():
        shown = ", ".join(guids[:3]) + (f" and {len(guids) - 3} more" if len(guids) > 3 else "")
        count = f"{len(guids)} selection{'s' if len(guids) > 1 else ''}"
        findings.append(Finding(code, f"{count} {said[code]}: {shown}.", where))
    return findings
