"""The texts of what is converted: a source's text, and where in it each selection lies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from qdpx_compassion.formats.base import Content
from qdpx_compassion.refi.dialects import dialect, recognise
from qdpx_compassion.refi.names import TEXT_KINDS
from qdpx_compassion.refi.text import PositionedText, TextReading, decode_text
from qdpx_compassion.tables import TABLES, Project

_SOURCE, _SELECTION = TABLES["sources"].position, TABLES["selections"].position


def reading_of(project: Project) -> TextReading:
    """How a project's positions are counted: as was found when it was read, else as its program does."""
    said = project.positions
    if said:
        return TextReading(said["unit"], said["crlf"], said["end"], bool(said["bom"]))  # type: ignore[arg-type]
    if project.dialect != "unknown":
        return dialect(project.dialect).reading
    return recognise(next(project.column("project", "origin"), None)).reading


def text_of(content: Content, row: int) -> tuple[str, bool] | None:
    """The text of a source.

    Args:
        content: what is converted.
        row: of the source.

    Returns:
        The text without byte order mark, line ends as they are, and whether it had a mark; None where there is none.
    """
    source = content.project.rows["sources"][row]
    if source[0] not in TEXT_KINDS:
        return None
    inline, path = source[_SOURCE["plain_text_content"]], source[_SOURCE["plain_text_path"]]
    if inline or (inline is not None and not path):
        return inline, False
    file = content.media.get(path or "")
    if file is None:
        return None
    text, marked, _ = decode_text(b"".join(file.chunks()))
    return text, marked


class Spans:
    """Where selections lie in the text of their source, in code points.

    Args:
        content: what is converted.
        row: of the source.

    Attributes:
        text: the source's text; None where there is none.
        positions: the same under the project's reading.
    """

    def __init__(self, content: Content, row: int) -> None:
        read = text_of(content, row)
        self.text = None if read is None else read[0]
        self.positions = None if read is None else PositionedText(read[0], reading_of(content.project), had_bom=read[1])

    def __call__(self, selection: Sequence[Any]) -> tuple[int, int] | None:
        """First and last index (exclusive) of a selection; None where it is none of text, or the text is missing."""
        if self.positions is None or self.text is None:
            return None
        first, last = selection[_SELECTION["start_index"]], selection[_SELECTION["end_index"]]
        if first is not None and last is not None and 0 <= first <= last <= len(self.text):
            return first, last
        start, end = selection[_SELECTION["start_position"]], selection[_SELECTION["end_position"]]
        if selection[0] != "PlainTextSelection" or start is None or end is None:
            return None
        return self.positions.span(start, end)[:2]
