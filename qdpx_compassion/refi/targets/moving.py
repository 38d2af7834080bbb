"""Positions of one text under a program's own counting → positions in the text as it is written for another program."""

from __future__ import annotations

import re
from bisect import bisect_left

from qdpx_compassion.refi.text import PositionedText, TextReading

_CRLF = re.compile("\r\n")


_MARK = "\ufeff"


def plain_text(text: str) -> str:
    """The text with LF for CR LF, and without marks before it (files that were joined have several)."""
    return text.lstrip(_MARK).replace("\r\n", "\n")


class Mover:
    """Moves positions along with a text.

    Args:
        text: as it was, without byte order mark.
        had_bom: whether its file began with one.
        old: how the project counts positions.
        new: how they are counted afterwards.
        as_it_is: the text keeps its line ends.
    """

    def __init__(
        self, text: str, old: TextReading, new: TextReading, *, had_bom: bool = False, as_it_is: bool = False
    ) -> None:
        self._old = PositionedText(text, old, had_bom=had_bom)
        self._new = PositionedText(text if as_it_is else plain_text(text), new)
        self._breaks = [] if as_it_is else [match.start() for match in _CRLF.finditer(text)]
        self._marks = 0 if as_it_is else len(text) - len(text.lstrip(_MARK))
        self._shift = int(old.end == "inclusive") - int(new.end == "inclusive")

    def start(self, position: int) -> int:
        """Where a passage begins."""
        return self._moved(position, upwards=False)

    def end(self, position: int) -> int:
        """Where a passage ends."""
        return self._moved(position + self._shift, upwards=True)

    def quotation(self, start: int, end: int) -> str:
        """The text of a passage."""
        first, last, _ = self._old.span(start, end)
        return self._old.text[first:last]

    def _moved(self, position: int, *, upwards: bool) -> int:
        index, inside = self._old.index(position)
        index += inside and upwards  # half a character is the whole one, as in a quotation
        before = bisect_left(self._breaks, index - 1)  # line ends that lie before as a whole
        halved = before < len(self._breaks) and self._breaks[before] == index - 1  # between CR and LF
        return self._new.position(max(index - before - int(halved and not upwards) - self._marks, 0))
