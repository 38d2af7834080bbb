"""Tables as SQLite database: a table each, and the files of sources as blobs in parts."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from qdpx_compassion.errors import InputError
from qdpx_compassion.files.atomic import atomic_output, cannot_write
from qdpx_compassion.files.databases import application_of, open_database
from qdpx_compassion.findings import Finding
from qdpx_compassion.formats.base import Content, FormatInfo, Loss, MediaFile, Progress, WriteOptions
from qdpx_compassion.formats.reading_tables import RawTable, TableReader
from qdpx_compassion.formats.tabular import FILES, PROFILE, VERSION, fields, name_files, written_rows
from qdpx_compassion.tables import TABLES

_TYPES = {"text": "TEXT", "integer": "INTEGER", "boolean": "BOOLEAN"}
#: The table of the files' bytes, and how many bytes stand in a row at most.
_PARTS, _PART = "file_parts", 32 << 20
#: "QDPX" in the header of the file, by which it is recognised.
_APPLICATION = 0x51445058


class Sqlite:
    """A project's tables in a SQLite database.

    Args:
        info: what is known of the format.
    """

    def __init__(self, info: FormatInfo) -> None:
        self.info = info

    def recognises(self, path: Path) -> bool:
        """Whether the file's header says that it is ours."""
        return application_of(path) == _APPLICATION

    def read(self, path: Path, progress: Progress | None = None) -> Content:  # noqa: ARG002 (quick enough)
        """Read the tables; the files are read when they are asked for."""
        with contextlib.ExitStack() as stack:
            database = stack.enter_context(contextlib.closing(_open(path)))
            try:
                reader = TableReader(path.name)
                project = reader.read(list(_raw(database)))
                media = _media(database, reader)
            except (sqlite3.Error, OverflowError, UnicodeDecodeError) as error:
                raise _damaged(path, error) from error
            return Content(project, media, stack.pop_all().close)

    def losses(self, content: Content) -> list[Loss]:  # noqa: ARG002 (the signature is the protocol's)
        """None."""
        return []

    def write(self, content: Content, target: Path, options: WriteOptions) -> list[Loss]:
        """Write the tables and files."""
        with atomic_output(target, force=options.force) as temporary:
            try:
                with contextlib.closing(sqlite3.connect(temporary, isolation_level=None)) as database:
                    _write(content, database)
            except sqlite3.Error as error:
                raise cannot_write(target, str(error)) from error
        return []


# -- writing -----------------------------------------------------------------------------------------------------------


def _write(content: Content, database: sqlite3.Connection) -> None:
    # The file is a new one that is thrown away when anything fails: no journal is needed beside it.
    database.executescript(
        f"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA application_id = {_APPLICATION}; "
        f"PRAGMA user_version = {VERSION}; BEGIN"
    )
    for name in TABLES:
        columns = ", ".join(
            f'"{one.name}" {_TYPES[one.type]}{" PRIMARY KEY" if one.name == "row" else ""}' for one in fields(name)
        )
        database.execute(f'CREATE TABLE "{name}" ({columns})')
        marks = ", ".join("?" for _ in fields(name))
        database.executemany(f'INSERT INTO "{name}" VALUES ({marks})', written_rows(content.project, name))  # noqa: S608 (own names)
    files, paths = name_files(content)
    database.execute(f'CREATE TABLE "{FILES}" (path TEXT PRIMARY KEY, file TEXT)')
    database.executemany(f'INSERT INTO "{FILES}" VALUES (?, ?)', paths)  # noqa: S608 (own names)
    database.execute(f'CREATE TABLE "{_PARTS}" (file TEXT, part INTEGER, data BLOB, PRIMARY KEY (file, part))')
    for name, file in files.items():
        rows = ((name, part, data) for part, data in enumerate(_parts(file)))
        database.executemany(f'INSERT INTO "{_PARTS}" VALUES (?, ?, ?)', rows)  # noqa: S608 (own names)
    database.execute("COMMIT")


def _parts(file: MediaFile) -> Iterator[bytes]:
    """The file's bytes in large parts; at least one, so that empty files are kept."""
    part = bytearray()
    some = False
    for chunk in file.chunks():
        part += chunk
        if len(part) >= _PART:
            yield bytes(part)
            part.clear()
            some = True
    if part or not some:
        yield bytes(part)


# -- reading -----------------------------------------------------------------------------------------------------------


def _open(path: Path) -> sqlite3.Connection:
    try:
        return open_database(path)
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise _damaged(path, error) from error


def _raw(database: sqlite3.Connection) -> Iterator[RawTable]:
    names = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    for name in names:
        if name == _PARTS or name.startswith("sqlite_"):
            continue
        quoted = '"' + name.replace('"', '""') + '"'
        cursor = database.execute(f"SELECT * FROM {quoted}")  # noqa: S608 (quoted)
        headings = [column[0] for column in cursor.description]
        yield RawTable(name, headings, _rows(cursor, name, headings), _place(name, headings))


def _rows(cursor: Iterable[tuple[Any, ...]], name: str, headings: list[str]) -> Iterator[tuple[int, list[Any]]]:
    truths = {one.name for one in fields(name) if one.type == "boolean"} if name in TABLES else set()
    at_truth = [at for at, heading in enumerate(headings) if heading in truths]
    for number, row in enumerate(cursor, start=1):
        values = list(row)
        for at in at_truth:
            if values[at] in (0, 1):
                values[at] = bool(values[at])
        yield number, values


def _place(name: str, headings: list[str]) -> Any:
    return lambda number, at: f"{name}, row {number}, {headings[at]}"


def _media(database: sqlite3.Connection, reader: TableReader) -> dict[str, MediaFile]:
    lengths = f'SELECT file, SUM(LENGTH(data)) FROM "{_PARTS}" GROUP BY file'  # noqa: S608 (own name)
    has_parts = database.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", (_PARTS,)).fetchone()
    sizes = dict(database.execute(lengths)) if has_parts else {}
    by_name = {name: MediaFile(name, size or 0, _chunks(database, name)) for name, size in sizes.items()}
    found = {}
    for path, name in reader.paths.items():
        if name in by_name:
            found[path] = by_name[name]
        else:
            reader.findings.append(Finding("file-missing", f"The file {name} is missing.", path))
    return found


def _chunks(database: sqlite3.Connection, name: str) -> Any:
    def chunks() -> Iterator[bytes]:
        parts = database.execute(f'SELECT data FROM "{_PARTS}" WHERE file = ? ORDER BY part', (name,))  # noqa: S608
        for (data,) in parts:
            yield data if isinstance(data, bytes) else str(data).encode()

    return chunks


def _damaged(path: Path, error: Exception) -> InputError:
    return InputError(
        f"The database cannot be read: {error}.",
        where=str(path),
        remedy=f"It must hold the tables of a project, as `convert … study.db` writes them ({PROFILE}).",
    )
