"""The texts of a project's sources as QualCoder holds them: without byte order mark, every line end a line feed."""

from __future__ import annotations

from qdpx_compassion.formats.base import Content
from qdpx_compassion.formats.positions import HeldText, TextForm
from qdpx_compassion.formats.source_texts import reading_of, text_of
from qdpx_compassion.refi.text import PositionedText

#: How QualCoder counts: Python's code points, in a text whose line ends it made one character when it was imported.
FORM = TextForm(unit="code_point", line_ends="lf")


class Texts:
    """The texts of a project that is to be written, one at a time.

    Args:
        content: what was read.
    """

    def __init__(self, content: Content) -> None:
        self._content = content
        self._reading = reading_of(content.project)
        self._row: int | None = None
        self._held: HeldText | None = None
        self._positions: PositionedText | None = None

    def __call__(self, row: int) -> HeldText | None:
        """The text of a source; None where there is none."""
        if row != self._row:
            read = text_of(self._content, row)
            self._row, self._held, self._positions = row, None, None
            if read is not None:
                self._held = HeldText(read[0], FORM)
                self._positions = PositionedText(read[0], self._reading, had_bom=read[1])
        return self._held

    def place(self, row: int, start: int, end: int, indexes: tuple[int | None, int | None]) -> tuple[int, int]:
        """Where a quotation lies in QualCoder's text.

        Args:
            row: of the source.
            start: first position, as the program that wrote the project counts.
            end: position after the last, in the same unit.
            indexes: first and last index in code points of our text, where they are known already.
        """
        held = self(row)
        if held is None or self._positions is None:
            return start, end
        first, last = indexes
        if first is None or last is None:
            first, last, _ = self._positions.span(start, end)
        return held.to_format(first, last)
