"""Positions of one text under a program's own counting → positions in the text as it is written for another program."""

from __future__ import annotations

import re
from bisect import bisect_left

from qdpx_compassion.refi.text import PositionedText, TextReading

_CRLF = re.compile("\r\n")


def plain_text(text: str) -> str:
    """The text with LF where lines ended in CR LF."""
    return text.replace("\r\n", "\n")


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
        self._shift = int(old.end == "inclusive") - int(new.end == "inclusive")

    def start(self, position: int) -> int:
        """Where a passage begins."""
        return self._moved(position, upwards=False)

    def end(self, position: int) -> int:
        """Where a passage ends."""
        return self._moved(position + self._shift, upwards=True)

    def _moved(self, position: int, *, upwards: bool) -> int:
        index, inside = self._old.index(position)
        index += inside and upwards  # half a character is the whole one, as in a quotation
        # a place between CR and LF is before the line end that remains of them
        return self._new.position(index - bisect_left(self._breaks, index - 1 if index else 0))
