"""The differences between two projects as a workbook: an overview, and a sheet for each kind that differs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from qdpx_compassion.findings import Finding
from qdpx_compassion.spreadsheets import Column, Link, Styled, Workbook
from qdpx_compassion.teams.diff import Difference, KindDifference

_OVERVIEW = (
    Column("Kind", 24, "strong"),
    Column("In the first", 12, "integer"),
    Column("In the second", 12, "integer"),
    Column("The same", 12, "integer"),
    Column("Changed", 12, "integer"),
    Column("Lost", 12, "integer"),
    Column("New", 12, "integer"),
    Column("Joined or split", 12, "integer"),
    Column("Known by what they stand for", 16, "integer"),
)
_DETAILS = (
    Column("What", 10, "strong"),
    Column("Element", 60),
    Column("Attribute", 16),
    Column("From", 40),
    Column("To", 40),
    Column("GUID in the first", 39, "small"),
    Column("GUID in the second", 39, "small"),
)


def write_difference(path: Path, difference: Difference, *, force: bool = False) -> list[Finding]:
    """Write the differences between two projects as a workbook.

    Args:
        path: the .xlsx to write.
        difference: of the two.
        force: whether an existing file may be replaced.

    Returns:
        What had to be changed to fit into cells and sheets.

    Raises:
        OutputError: the file exists or cannot be written.
    """
    subject = f"{difference.first} and {difference.second}"
    book = Workbook("Differences between two projects", subject=subject, folder=path.parent)
    intro: list[list[Any]] = [
        [Styled("Differences between two projects", "title")],
        [Styled(_written_by("First", difference.first, difference.origins[0]), "line")],
        [Styled(_written_by("Second", difference.second, difference.origins[1]), "line")],
        [Styled("Lost: only in the first. New: only in the second. Line ends and GUIDs are no differences.", "note")],
        [],
    ]
    overview = book.sheet("Overview", _OVERVIEW, intro=intro, freeze_columns=1)
    for kind in difference.kinds:
        differs = kind.changed or kind.lost or kind.new
        name = Link(kind.kind, kind.kind.capitalize()) if differs else kind.kind
        numbers = (kind.first, kind.second, kind.same, len(kind.changed), len(kind.lost), len(kind.new))
        overview.append([name, *(number or None for number in (*numbers, kind.merged, kind.other_guid))])
    for kind in difference.kinds:
        if kind.changed or kind.lost or kind.new:
            sheet = book.sheet(kind.kind.capitalize(), _DETAILS, freeze_columns=2)
            for row in _rows(kind):
                sheet.append(row)
    return book.save(path, force=force)


def _written_by(which: str, name: str, origin: str) -> str:
    return f"{which}: {name}" + (f", written by {origin}" if origin else "")


def _rows(kind: KindDifference) -> Iterator[list[str | None]]:
    for item in kind.lost:
        yield ["lost", item.label, None, None, None, item.guid, None]
    for changed in kind.changed:
        for change in changed.changes:
            what = "changed" if change.after is not None else "gone"
            guids = (changed.guid, changed.other_guid)
            yield [what, changed.label, change.attribute, change.before, change.after, *guids]
    for item in kind.new:
        yield ["new", item.label, None, None, None, None, item.guid]
