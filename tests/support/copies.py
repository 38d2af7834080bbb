"""Copies of a project as coders would have them: the same project with some of its codings, written to a new file."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from qdpx_compassion.files.project_files import open_project_files
from qdpx_compassion.refi.reader import read_files
from qdpx_compassion.refi.writer import write_document
from qdpx_compassion.tables import TABLES, Rows

#: Columns that hold a row of the table of selections or codings: (table, column of the kind, kind, column).
_INTO = (("codings", "owner_kind", "selection", "owner_row"), ("note_refs", "owner_kind", "selection", "owner_row"))


def copy_with(path: Path, target: Path, keep: Callable[[int, dict[str, Any]], bool]) -> Path:
    """Write a copy that holds only some codings; selections that lose all of theirs go too.

    Args:
        path: the project.
        target: the .qdpx to write.
        keep: whether to keep a coding, told its number and values.
    """
    with open_project_files(path) as files:
        project = read_files(files)
        rows = {name: [list(row) for row in table] for name, table in project.rows.items()}
        kept = [keep(number, coding) for number, coding in enumerate(project.records("codings"))]
        coded = {row[1] for row in rows["codings"] if row[0] == "selection"}
        still = {
            row[1] for row, is_kept in zip(rows["codings"], kept, strict=True) if is_kept and row[0] == "selection"
        }
        _drop(rows, "codings", "coding", kept)
        _drop(rows, "selections", "selection", [row not in coded - still for row in range(len(rows["selections"]))])
        project.rows = rows
        document = io.BytesIO()
        write_document(project, document.write)
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("project.qde", document.getvalue())
            for member in files.members:
                if member is not files.document:
                    archive.writestr(member.name, files.read(member))
    return target


def _drop(rows: dict[str, Rows], table: str, kind: str, kept: list[bool]) -> None:
    new: dict[int, int] = {}
    for number, is_kept in enumerate(kept):
        if is_kept:
            new[number] = len(new)
    rows[table] = [row for row, is_kept in zip(rows[table], kept, strict=True) if is_kept]
    for other in ("codings", "note_refs", "sources"):
        position = TABLES[other].position
        kind_at, row_at = (
            (position["parent_kind"], position["parent_row"])
            if other == "sources"
            else (position["owner_kind"], position["owner_row"])
        )
        rows[other] = [row for row in rows[other] if row[kind_at] != kind or row[row_at] in new]
        for row in rows[other]:
            if row[kind_at] == kind:
                row[row_at] = new[row[row_at]]
