"""Selections in texts whose positions are wrong, one by one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from qdpx_compassion.files.media_root import current_media_root
from qdpx_compassion.files.project_files import ProjectFiles
from qdpx_compassion.findings import Finding
from qdpx_compassion.refi.checks.places import Places
from qdpx_compassion.refi.guids import normalise_guid
from qdpx_compassion.refi.paths import SourcePaths
from qdpx_compassion.refi.text import PositionedText, TextReading, decode_text
from qdpx_compassion.tables import TABLES, Project

#: What the reader says in one finding for all selections of a source.
ABOUT_POSITIONS = frozenset({"position-past-end", "position-reversed", "position-inside-character", "selection-empty"})

_SOURCE = TABLES["sources"].position
_SELECTION = TABLES["selections"].position
_SYNC = TABLES["sync_points"].position


def position_findings(files: ProjectFiles, project: Project, reading: TextReading) -> Iterator[Finding]:
    """A finding for each selection in a text whose positions are wrong.

    Args:
        files: the project's files, open.
        project: read from them.
        reading: how positions were counted.
    """
    if not any(finding.code in ABOUT_POSITIONS for finding in project.findings):
        return  # the reader saw every position: texts need not be read again
    of_source: dict[int, list[int]] = defaultdict(list)
    for number in project.numbers("selections", "PlainTextSelection", "TranscriptSelection"):
        of_source[project.rows["selections"][number][1]].append(number)
    places, paths = Places(project), SourcePaths(files, current_media_root())
    synced = _synced(project)
    for row, numbers in of_source.items():
        text = _text(files, paths, project, row, reading)
        if text is None:
            continue
        for number in numbers:
            start, end = _span(project, number, synced, text)
            if start is None or end is None:
                continue
            for code in text.span(start, end)[2]:
                yield Finding(code, _said(code, start, end, text), places.of("selections", number))


def _text(
    files: ProjectFiles, paths: SourcePaths, project: Project, row: int, reading: TextReading
) -> PositionedText | None:
    source = project.rows["sources"][row]
    inline, path = source[_SOURCE["plain_text_content"]], source[_SOURCE["plain_text_path"]]
    if inline or (inline is not None and not path):
        return PositionedText(inline, reading)
    member = paths.find(path, "") if path else None
    if member is None:
        return None
    text, had_bom, _ = decode_text(files.read(member))
    return PositionedText(text, reading, had_bom=had_bom)


def _synced(project: Project) -> dict[tuple[int, str], int | None]:
    """The position of each sync point, by its transcript and GUID."""
    return {
        (point[_SYNC["source_row"]], normalise_guid(point[_SYNC["guid"]] or "")): point[_SYNC["position"]]
        for point in project.rows["sync_points"]
    }


def _span(
    project: Project, number: int, synced: dict[tuple[int, str], int | None], text: PositionedText
) -> tuple[int | None, int | None]:
    """The positions of a selection as written; of one in a transcript those of its sync points."""
    selection = project.rows["selections"][number]
    if selection[0] == "PlainTextSelection":
        return selection[_SELECTION["start_position"]], selection[_SELECTION["end_position"]]
    start, end = (
        synced.get((selection[1], normalise_guid(selection[_SELECTION[name]] or "")))
        for name in ("from_sync_point", "to_sync_point")
    )
    if start is None and end is None:
        return None, None
    return start or 0, text.length if end is None else end


def _said(code: str, start: int, end: int, text: PositionedText) -> str:
    return {
        "position-reversed": f"The selection is from {start} to {end}: it ends before its start.",
        "position-inside-character": f"The selection is from {start} to {end}: it begins or ends inside a character.",
        "position-past-end": f"The selection is from {start} to {end}, but the text has {text.length:,} positions.",
        "selection-empty": f"The selection is from {start} to {end}: it holds no characters.",
    }[code]
