"""Where a coding lies: its source, its place there, and when two places are one."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

from qdpx_compassion.tables import TABLES, Project, normalise_guid

_SELECTION = TABLES["selections"].position
_SOURCE = TABLES["sources"].position
_CORNERS = ("page", "first_x", "first_y", "second_x", "second_y")


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a source.

    Attributes:
        top_row: row of the source or note that it belongs to in the end (a PDF's text belongs to the PDF).
        source_row: row of the source that it lies in itself: the text whose characters are counted.
        selection_row: row of the selection; None for a source as a whole.
        key: equal for equal places, whichever selection says so.
        start: first character in the text of ``source_row``, in code points; None where it is no text.
        end: end of the characters, exclusive.
    """

    top_row: int
    source_row: int
    selection_row: int | None
    key: Hashable
    start: int | None = None
    end: int | None = None


class Places:
    """The places of a project.

    Two selections are one place when they lie in the same text, picture, page or recording at the same positions. A
    selection that a program writes twice (a PDF area and the text in it, with one GUID) is the place of the text.

    Args:
        project: the project, read with its texts (otherwise positions stand for characters).
    """

    def __init__(self, project: Project) -> None:
        self._sources = project.rows["sources"]
        self._selections = project.rows["selections"]
        #: Row of the source or note that each source belongs to in the end.
        self.top: list[int] = []
        for row, source in enumerate(self._sources):
            kind, parent = source[_SOURCE["parent_kind"]], source[_SOURCE["parent_row"]]
            if kind == "selection":
                parent = self._selections[parent][_SELECTION["source_row"]]
            self.top.append(row if kind is None else self.top[parent])
        self._twin = self._twins() if "PDFSelection" in project.column("selections", "kind") else {}
        #: Text selection → the PDF area of the same GUID, which says on which page it stands.
        self.area_of = {text: area for area, text in reversed(self._twin.items())}

    def is_note(self, row: int) -> bool:
        """Whether a source is a note, which is nobody's text."""
        return bool(self._sources[self.top[row]][0] == "Note")

    def of_source(self, row: int) -> Place:
        """A source as a whole."""
        return Place(self.top[row], row, None, ("source", row))

    def of_selection(self, row: int) -> Place:
        """The place of a selection, that of its text where a program wrote it twice."""
        chosen = self._twin.get(row, row)
        selection = self._selections[chosen]
        source = selection[_SELECTION["source_row"]]
        start, end = selection[_SELECTION["start_index"]], selection[_SELECTION["end_index"]]
        key = (source, selection[0], *_position(selection)) if start is None else (source, "text", start, end)
        return Place(self.top[source], source, chosen, key, start, end)

    def of_coding(self, owner_kind: str, owner_row: int) -> Place:
        """The place of a coding, which hangs on a selection or on a source."""
        return self.of_selection(owner_row) if owner_kind == "selection" else self.of_source(owner_row)

    def text_lengths(self) -> dict[int, int]:
        """Length of each text that stands for a whole source (not for an area of a PDF), in code points by row."""
        return {
            row: source[_SOURCE["text_length"]]
            for row, source in enumerate(self._sources)
            if source[_SOURCE["text_length"]] is not None and source[_SOURCE["parent_kind"]] != "selection"
        }

    def _twins(self) -> dict[int, int]:
        """PDF selection → the text selection of the same GUID in the same PDF."""
        areas: dict[tuple[int, str], list[int]] = {}
        for row, selection in enumerate(self._selections):
            if selection[0] == "PDFSelection" and selection[_SELECTION["guid"]]:
                areas.setdefault(self._identity(selection), []).append(row)
        twins: dict[int, int] = {}
        for row, selection in enumerate(self._selections if areas else ()):
            if selection[0] == "PlainTextSelection" and selection[_SELECTION["guid"]]:
                for area in areas.get(self._identity(selection), ()):
                    twins.setdefault(area, row)
        return twins

    def _identity(self, selection: Sequence[Any]) -> tuple[int, str]:
        return self.top[selection[_SELECTION["source_row"]]], normalise_guid(selection[_SELECTION["guid"]])


def _position(selection: Sequence[Any]) -> tuple[Any, ...]:
    """Positions as written, for what has no characters."""
    kind = selection[0]
    if kind == "PlainTextSelection":
        names: tuple[str, ...] = ("start_position", "end_position")
    elif kind == "TranscriptSelection":
        names = ("from_sync_point", "to_sync_point")
    elif kind in ("AudioSelection", "VideoSelection"):
        names = ("begin", "end")
    else:
        names = _CORNERS
    return tuple(
        selection[_SELECTION[name]]
        if selection[_SELECTION[name]] is not None
        else selection[_SELECTION.get(f"{name}_written", _SELECTION[name])]
        for name in names
    )
