"""Replacements in one text, and where each place of the old text is in the new one."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qdpx_compassion.refi.text import PositionedText, TextReading


@dataclass(frozen=True, slots=True)
class Edit:
    """One replacement: code points ``start`` to ``end`` of the old text become ``new``."""

    start: int
    end: int
    new: str


class Edits:
    """Replacements in one text, in order and not over each other.

    Args:
        edits: in the order of the text.
    """

    def __init__(self, edits: Sequence[Edit]) -> None:
        self._edits = list(edits)
        self._starts = [edit.start for edit in edits]
        self._shifts = [0]  # of what lies behind so many edits
        for edit in edits:
            self._shifts.append(self._shifts[-1] + len(edit.new) - (edit.end - edit.start))

    def __bool__(self) -> bool:
        return bool(self._edits)

    def __iter__(self) -> Iterator[Edit]:
        return iter(self._edits)

    def before(self, index: int) -> bool:
        """Whether an edit begins before a code point."""
        return bool(self._starts) and self._starts[0] < index

    def touches(self, start: int, end: int) -> bool:
        """Whether an edit overlaps code points ``start`` to ``end``."""
        number = bisect_left(self._starts, end)
        return number > 0 and self._edits[number - 1].end > start

    def apply(self, text: str) -> str:
        """The new text."""
        if not self._edits:
            return text
        parts: list[str] = []
        at = 0
        for edit in self._edits:
            parts += (text[at : edit.start], edit.new)
            at = edit.end
        return "".join((*parts, text[at:]))

    def index(self, index: int, *, end: bool = False) -> int:
        """The place of a code point of the old text in the new one.

        Args:
            index: from 0.
            end: whether something ends there: inside a replaced name it then ends behind the pseudonym, otherwise it
                begins before it.
        """
        number = bisect_left(self._starts, index)
        if not number:
            return index
        last, before = self._edits[number - 1], self._shifts[number - 1]
        if index >= last.end:
            return index + self._shifts[number]
        return last.start + before + (len(last.new) if end else 0)


class MovedText:
    """A text before and after its replacements, and a reading: positions as the program counts them.

    Args:
        text: the old one, without byte order mark.
        edits: what is replaced in it.
        reading: how the program counted, and goes on to count.
        had_bom: whether the file begins with a byte order mark.
    """

    def __init__(self, text: str, edits: Edits, reading: TextReading, *, had_bom: bool) -> None:
        self.edits = edits
        self.old = PositionedText(text, reading, had_bom=had_bom)
        self.new = PositionedText(edits.apply(text), reading, had_bom=had_bom) if edits else self.old

    def position(self, position: int, *, end: bool = False) -> int:
        """A position of the old text in the new one.

        Args:
            position: in the reading's unit; what lies before or behind the text stays as far from it.
            end: see ``Edits.index``.
        """
        index, inside = self.old.index(position)
        if index > len(self.old.text):
            return self.new.length + position - self.old.length
        if inside and end:
            index += 1
        if not self.edits.before(index):
            return position
        return self.new.position(self.edits.index(index, end=end))

    def span(self, start: int, end: int) -> tuple[int, int]:
        """A selection's positions, as written, in the new text."""
        beyond = 1 if self.old.reading.end == "inclusive" else 0
        if end + beyond < start:  # written the wrong way round, and so it stays
            last, first = self.span_of(end, start + beyond)[::-1]
            return last - beyond, first
        first, last = self.span_of(start, end + beyond)
        return first, last - beyond

    def span_of(self, start: int, end: int) -> tuple[int, int]:
        """Positions of the first character and behind the last one, in the new text."""
        first = self.position(start)
        return first, first if start == end else self.position(end, end=True)
