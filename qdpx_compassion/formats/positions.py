"""Positions of other formats: the one place that turns a format's unit into ours and back.

Ours are indexes of code points in a source's text as its file has it, without the byte order mark (``start_index``,
``end_index`` of ``selections``). A format may count UTF-16 units or UTF-8 bytes, hold CR LF as one character, and show
characters that it cannot hold by others. The counting itself is ``refi/text.py``'s.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from qdpx_compassion.refi.characters import xml_text
from qdpx_compassion.refi.text import PositionedText, TextReading

_LINE_END = re.compile("\r\n|\r")


@dataclass(frozen=True, slots=True)
class TextForm:
    """How a format holds a text and counts in it.

    Attributes:
        unit: what a position counts: ``code_point``, ``utf16`` or ``utf8`` (bytes).
        line_ends: ``kept``: as in the text, CR LF counts two; ``lf``: every line end is one LF.
        controls: ``kept``, or ``shown``: characters that XML and HTML cannot hold are shown by their symbols (␀).
        end: whether the format's end is the position after the last character or of the last.
        bom: whether a byte order mark takes a position (one, or three bytes).
    """

    unit: Literal["code_point", "utf16", "utf8"] = "code_point"
    line_ends: Literal["kept", "lf"] = "kept"
    controls: Literal["kept", "shown"] = "kept"
    end: Literal["exclusive", "inclusive"] = "exclusive"
    bom: bool = True

    @property
    def reading(self) -> TextReading:
        """The form as a reading of the text as we hold it."""
        return TextReading(self.unit, 1 if self.line_ends == "lf" else 2, self.end, self.bom)


def held_as(text: str, form: TextForm) -> str:
    """A text or passage as a format holds it, where no places in it are asked for."""
    held = xml_text(text) if form.controls == "shown" else text
    return _LINE_END.sub("\n", held) if form.line_ends == "lf" else held


class HeldText:
    """One text, as we hold it and as a format does.

    Args:
        ours: our text, without byte order mark, line ends as they are.
        form: how the format holds it.
        had_bom: whether the format has a byte order mark before it.

    Attributes:
        ours: the text in which our indexes count.
        text: the text as the format holds it, without the mark.
    """

    def __init__(self, ours: str, form: TextForm, *, had_bom: bool = False) -> None:
        held = xml_text(ours) if form.controls == "shown" else ours
        self.ours = ours
        self.text = held_as(ours, form)
        # Counted in the characters as they are shown, because a symbol may have more bytes than what it stands for.
        self._positions = PositionedText(held, form.reading, had_bom=had_bom)

    @classmethod
    def read(cls, text: str, form: TextForm) -> HeldText:
        """A format's text as ours: a byte order mark at its beginning is taken off, and counted where the form says."""
        marked = text.startswith("\ufeff")
        return cls(text[marked:], form, had_bom=marked)

    @property
    def length(self) -> int:
        """The number of positions in the text."""
        return self._positions.length

    def to_format(self, first: int, last: int) -> tuple[int, int]:
        """The format's positions of a quotation of ours.

        Args:
            first: index of the first code point.
            last: index after the last.

        Returns:
            Start and end in the format's unit, under its rule for the end. Where the quotation begins or ends within a
            CR LF that the format holds as one character, the whole line end belongs to it.
        """
        reading, empty = self._positions.reading, first == last
        if reading.crlf == 1:
            first -= self._splits(first)
            last = first if empty else last + self._splits(last)
        end = self._positions.position(last)
        return self._positions.position(first), end if empty or reading.end == "exclusive" else end - 1

    def to_ours(self, start: int, end: int) -> tuple[int, int, list[str]]:
        """The place of a format's quotation in our text.

        Args:
            start: in the format's unit.
            end: in the same, under its rule for the end.

        Returns:
            First and last index (exclusive) in code points, inside the text, and the codes of findings
            (see ``refi.text.summarise_problems``).
        """
        return self._positions.span(start, end)

    def quotation(self, start: int, end: int) -> str:
        """The text at a format's positions, as our text has it."""
        first, last, _ = self.to_ours(start, end)
        return self.ours[first:last]

    def _splits(self, index: int) -> bool:
        return self.ours[index - 1 : index + 1] == "\r\n" if index else False
