"""Tables as JSON: one object, a list of rows for each table, a row on a line; absent values are left out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from qdpx_compassion.errors import InputError
from qdpx_compassion.files.atomic import atomic_output
from qdpx_compassion.files.rewriting import Writable
from qdpx_compassion.files.whole import read_whole
from qdpx_compassion.formats.base import Content, FormatInfo, Loss, Progress, WriteOptions
from qdpx_compassion.formats.beside import content_with, write_sources, writing_beside
from qdpx_compassion.formats.reading_tables import RawTable, TableReader
from qdpx_compassion.formats.refi import head
from qdpx_compassion.formats.tabular import FILES, FILES_HEADINGS, PROFILE, VERSION, fields, name_files, written_rows
from qdpx_compassion.tables import TABLES

#: The columns that may stand in a row, computed ones too.
_COLUMNS = {name: [one.name for one in fields(name)] for name in TABLES} | {FILES: list(FILES_HEADINGS)}


class Json:
    """A project's tables in a JSON file; its files lie in a folder beside.

    Args:
        info: what is known of the format.
    """

    def __init__(self, info: FormatInfo) -> None:
        self.info = info

    def recognises(self, path: Path) -> bool:
        """Whether the file begins as ours do."""
        return path.is_file() and PROFILE.encode() in head(path)

    def read(self, path: Path, progress: Progress | None = None) -> Content:
        """Read the tables."""
        tables = _load(path, progress)
        reader = TableReader(path.name)
        project = reader.read(_raw(name, rows, path.name) for name, rows in tables.items())
        return content_with(project, reader.paths, path)

    def losses(self, content: Content) -> list[Loss]:  # noqa: ARG002 (the signature is the protocol's)
        """None."""
        return []

    def write(self, content: Content, target: Path, options: WriteOptions) -> list[Loss]:
        """Write the tables, and the files beside."""
        files, paths = name_files(content)
        with writing_beside(target, force=options.force) as store, atomic_output(target, force=options.force) as new:
            write_sources(files, store)
            with new.open("wb") as file:
                _write(content, paths, file)
        return []


def _write(content: Content, paths: list[tuple[str, str]], file: Writable) -> None:
    file.write(f'{{"profile": "{PROFILE}", "version": {VERSION}, "tables": {{'.encode())
    tables: list[tuple[str, Iterator[Sequence[Any]]]] = [
        *((name, iter(written_rows(content.project, name))) for name in TABLES),
        (FILES, iter(paths)),
    ]
    for number, (name, rows) in enumerate(tables):
        file.write(f'{"," if number else ""}\n"{name}": ['.encode())
        for at, row in enumerate(rows):
            record = {key: value for key, value in zip(_COLUMNS[name], row, strict=True) if value is not None}
            file.write(f"{',' if at else ''}\n{_line(record)}".encode())
        file.write(b"\n]")
    file.write(b"\n}}\n")


def _line(record: dict[str, Any]) -> str:
    line = json.dumps(record, ensure_ascii=False)
    # half a character cannot be written as UTF-8, but as an escape it can
    return line if line.isascii() or not any("\ud800" <= c <= "\udfff" for c in line) else json.dumps(record)


def _load(path: Path, progress: Progress | None) -> dict[str, Any]:
    where = path.name
    try:
        data = read_whole(path, "document_bytes")
        if progress:
            progress(len(data))
        read = json.loads(data)
    except OSError as error:
        raise InputError(f"The file cannot be read: {error.strerror or error}.", where=where) from error
    except (ValueError, RecursionError) as error:
        raise InputError(
            f"This is not valid JSON: {error}.", where=where, remedy="Correct it there, or convert the project again."
        ) from error
    tables = read.get("tables") if isinstance(read, dict) else None
    if isinstance(read, dict) and "resources" in read:
        raise InputError(
            "This describes tables as CSV.", where=str(path), remedy=f"Give the folder that it lies in: {path.parent}."
        )
    if not isinstance(tables, dict) or read.get("profile") != PROFILE:
        raise InputError(
            "This JSON file holds no tables of a project.",
            where=where,
            remedy=f'It begins with {{"profile": "{PROFILE}", …; convert a project to see one.',
        )
    if read.get("version") != VERSION:
        raise InputError(
            f"The tables are of version {read.get('version')}; version {VERSION} is read.",
            where=where,
            remedy="Update this program.",
        )
    return tables


def _raw(name: str, rows: Any, where: str) -> RawTable:
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise InputError("A table is a list of objects.", where=f"{where}, {name}", remedy="Correct it there.")
    known = _COLUMNS.get(name, [])
    seen = {key for row in rows for key in row}
    headings = [*known, *sorted(seen - set(known))]
    return RawTable(
        name,
        headings,
        ((number, [row.get(key) for key in headings]) for number, row in enumerate(rows, start=1)),
        lambda number, at: f"{name}, row {number}, {headings[at]}",
    )
