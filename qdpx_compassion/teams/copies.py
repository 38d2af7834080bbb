"""Copies of a project that are to be merged: opened together, in an order that their names and places do not decide."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from qdpx_compassion.errors import UsageError
from qdpx_compassion.files.progress import Progress
from qdpx_compassion.files.project_files import ProjectFiles, open_project_files
from qdpx_compassion.refi.dialects import dialect
from qdpx_compassion.refi.paths import SourcePaths
from qdpx_compassion.refi.reader import read_files
from qdpx_compassion.refi.text import TextReading, decode_text
from qdpx_compassion.refi.texts import SourceTexts
from qdpx_compassion.tables import TABLES, Project, Rows
from qdpx_compassion.teams.keys import instant
from qdpx_compassion.teams.side import Contents

_SOURCE = TABLES["sources"].position


@dataclass(eq=False)
class Copy:
    """One copy, open for reading.

    Attributes:
        name: what people call it: its file name, with its folder where two have the same.
        project: its tables; positions in texts are brought to the merged texts in place.
        rows: of the project, to be changed.
        digest: SHA-256 of the document, as hexadecimal digits.
        date: when the project was last changed; empty when it does not say.
        preferred: whether it settles conflicts.
        texts: text of a source by its row. contents: what is in a media file, in words. paths: finds files.
    """

    name: str
    files: ProjectFiles
    project: Project
    rows: dict[str, Rows]
    digest: str
    date: str
    preferred: bool
    texts: SourceTexts
    contents: Contents
    paths: SourcePaths
    dropped: set[int] = field(default_factory=set)

    def source(self, row: int, column: str) -> Any:
        """One value of a source."""
        return self.project.rows["sources"][row][_SOURCE[column]]

    @property
    def reading(self) -> TextReading:
        """How its positions are counted."""
        said = self.project.positions
        if not said:
            return dialect(self.project.dialect).reading
        unit = "utf16" if said["unit"] == "utf16" else "code_point"
        end = "inclusive" if said["end"] == "inclusive" else "exclusive"
        return TextReading(unit, 1 if said["crlf"] == 1 else 2, end, bool(said["bom"]))  # type: ignore[arg-type]

    def has_mark(self, row: int) -> bool:
        """Whether the text of a source begins with a byte order mark."""
        path = self.source(row, "plain_text_path")
        if self.source(row, "plain_text_content") is not None or not path:
            return False
        member = self.paths.find(path, "")
        return member is not None and decode_text(self.files.read(member))[1]


@contextmanager
def open_copies(
    paths: Sequence[Path], prefer: Path | None = None, progress: Progress | None = None
) -> Iterator[list[Copy]]:
    """Open copies; the preferred one first, then the newest, of one date the fullest.

    Args:
        paths: the copies, in any order.
        prefer: the one that settles conflicts.
        progress: told how many bytes of a document were read just now.

    Raises:
        InputError: one cannot be read as a project.
        UsageError: the preferred one is none of them, or one is given twice.
    """
    if prefer is not None and not any(path == prefer or path.resolve() == prefer.resolve() for path in paths):
        raise UsageError(
            "The preferred project is none of those that are merged.",
            where=str(prefer),
            remedy="Give --prefer one of the projects, written the same way.",
        )
    for number, path in enumerate(paths):
        if any(path.resolve() == other.resolve() for other in paths[:number]):
            raise UsageError("It is given twice.", where=str(path), remedy="Name each copy once.")
    with ExitStack() as stack:
        copies = []
        for path in paths:
            files = stack.enter_context(open_project_files(path, progress=progress))
            preferred = prefer is not None and path.resolve() == prefer.resolve()
            copies.append(_open(files, _name(path, paths), preferred=preferred))
        yield sorted(copies, key=_standing, reverse=True)


def _standing(copy: Copy) -> tuple[bool, str, int, str, str]:
    """A project that was merged before stands before its copies: it has their latest date, and more in it.

    If it has no more than they, it has at least the GUIDs of that which came first.
    """
    rows, guids = copy.project.rows, hashlib.sha256()
    for name, table in TABLES.items():
        at = table.position.get("guid")
        if at is not None:
            guids.update("\n".join([row[at] or "" for row in rows[name]]).encode("utf-8", "surrogatepass"))
    return copy.preferred, copy.date, sum(map(len, rows.values())), guids.hexdigest(), copy.digest


def _name(path: Path, paths: Sequence[Path]) -> str:
    return path.name if sum(other.name == path.name for other in paths) == 1 else str(path)


def _open(files: ProjectFiles, name: str, *, preferred: bool) -> Copy:
    project = read_files(files)
    digest = hashlib.sha256()
    told, files.progress = files.progress, None
    for chunk in files.chunks(files.document, files.limits.document_bytes):
        digest.update(chunk)
    files.progress = told
    written = next(project.column("project", "modified_date_time"), None) or ""
    return Copy(
        name, files, project, project.rows_to_change(), digest.hexdigest(), instant(written) or "", preferred,
        SourceTexts(files, project), Contents(files, project), SourcePaths(files),
    )  # fmt: skip
