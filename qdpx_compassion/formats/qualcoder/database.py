"""QualCoder's database, opened for reading: which path is one, and what is wrong where it cannot be read."""

from __future__ import annotations

import contextlib
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from qdpx_compassion.errors import InputError
from qdpx_compassion.files.databases import open_database
from qdpx_compassion.findings import Finding
from qdpx_compassion.formats.qualcoder.schema import DATABASE, FOLDERS, VERSION

_HEAD = b"SQLite format 3\x00"
#: Tables that every version has.
_NEEDED = frozenset(("project", "source", "code_name", "code_cat", "code_text", "cases", "journal"))
_NUMBER = re.compile(r"v?(\d+)")
#: How long another program may keep the database before it is called locked.
_SECONDS = 2.0
#: What comes up where a database is damaged; names of columns are decoded by Python.
BROKEN = (sqlite3.Error, UnicodeDecodeError, OverflowError)


def project_folder(path: Path) -> Path | None:
    """The folder of the project that a path belongs to: its folder, its database, or a file in it; None for none."""
    try:
        if path.is_dir():
            candidates = [path, path.parent] if path.name in FOLDERS else [path]
        elif path.name == DATABASE or path.parent.name not in FOLDERS:
            candidates = [path.parent]
        else:
            candidates = [path.parent.parent]
        return next((one for one in candidates if (one / DATABASE).is_file()), None)
    except OSError:
        return None


def is_project(folder: Path) -> bool:
    """Whether a folder holds a database of QualCoder, or what is left of one; never raises."""
    try:
        with (folder / DATABASE).open("rb") as file:
            head = file.read(len(_HEAD))
    except OSError:
        return False
    if head != _HEAD:
        return not head and folder.suffix == ".qda"  # an empty file where QualCoder was stopped at the beginning
    with contextlib.suppress(*BROKEN), contextlib.closing(_connect(folder / DATABASE)) as database:
        names = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        return names >= {"code_name", "source"} or not names
    return folder.suffix == ".qda"  # it cannot be read; reading says why


def _connect(path: Path) -> sqlite3.Connection:
    database = open_database(path, immutable=False, wait=_SECONDS)
    database.text_factory = lambda data: data.decode("utf-8", "replace")
    return database


class Database:
    """A QualCoder project's database; nothing is written to it.

    Args:
        folder: of the project.

    Attributes:
        findings: what was noticed.
        version: of the database, as a number; 0 where it does not say.

    Raises:
        InputError: it is locked, damaged, half written, or no project.
    """

    def __init__(self, folder: Path) -> None:
        self.folder, self.path = folder, folder / DATABASE
        self.findings: list[Finding] = []
        if _size(self.path.with_name(f"{DATABASE}-journal")):
            raise InputError(
                "QualCoder is changing this project right now, or was stopped while it did.",
                where=str(self.path),
                remedy="Open the project in QualCoder and close it, so that the change ends. Then try again.",
            )
        if not _size(self.path):
            raise InputError(
                "The database of this QualCoder project is empty: QualCoder was stopped before it wrote anything.",
                where=str(self.path),
                remedy="Use the last backup; QualCoder keeps them beside the project.",
            )
        try:
            self._database = _connect(self.path)
        except BROKEN as error:
            raise self.refused(error) from error
        with contextlib.ExitStack() as stack:
            stack.callback(self._database.close)
            self._columns = self._take_stock()
            self.version = self._check_version()
            stack.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    def refused(self, error: Exception) -> InputError:
        """What is wrong, for people."""
        if "locked" in str(error) or "busy" in str(error):
            return InputError(
                "Another program is writing to this QualCoder project.",
                where=str(self.path),
                remedy="Close the project in QualCoder and try again.",
            )
        return InputError(
            f"The database of this QualCoder project is damaged: {error}.",
            where=str(self.path),
            remedy="Copy the project again from where you have it, or use a backup; QualCoder keeps them beside the "
            "project.",
        )

    def _take_stock(self) -> dict[str, dict[str, str]]:
        """Table → its columns in lower case → as they are written."""
        try:
            self._database.execute("BEGIN")  # what is read is of one moment
            (said,) = self._database.execute("PRAGMA quick_check(1)").fetchone()
            if said != "ok":
                raise self.refused(sqlite3.DatabaseError(str(said).partition("\n")[0].strip("* ")))
            names = [name for (name,) in self._database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            found = {}
            for name in names:
                quoted = name.replace('"', '""')
                columns = self._database.execute(f'PRAGMA table_info("{quoted}")').fetchall()
                found[name] = {column[1].lower(): column[1] for column in columns}
        except BROKEN as error:
            raise self.refused(error) from error
        if missing := sorted(_NEEDED - found.keys()):
            raise InputError(
                f"This is no complete QualCoder project: its database has no table {', '.join(missing)}.",
                where=str(self.path),
                remedy="Open it in QualCoder, which says more; or use a backup.",
            )
        return found

    def _check_version(self) -> int:
        row = next(self.rows("project"), None)
        if row is None:
            raise InputError(
                "This QualCoder project was not completed: its database says nothing of the project.",
                where=str(self.path),
                remedy="Make the project again in QualCoder, or use a backup.",
            )
        match, known = _NUMBER.match(str(row["databaseversion"] or "")), int(VERSION[1:])
        version = int(match[1]) if match else 0
        if version > known:
            said = f"The database has version v{version}; what is newer than {VERSION} in it is not read."
            self.findings.append(Finding("qualcoder-newer", said, self.folder.name))
        elif version < known:
            said = f"The database has an earlier version ({row['databaseversion'] or 'none'}); it was read as it is."
            self.findings.append(Finding("qualcoder-older", said, self.folder.name))
        return version

    def rows(self, table: str, order: str = "rowid") -> Iterator[Row]:
        """The rows of a table in the order in which they were made; none where there is no such table."""
        if table not in self._columns:
            return
        try:
            cursor = self._database.execute(f"SELECT rowid AS rowid_, * FROM {table} ORDER BY {order}")  # noqa: S608
            names = [column[0].lower() for column in cursor.description]
            for values in cursor:
                yield Row(zip(names, values, strict=True))
        except BROKEN as error:
            raise self.refused(error) from error

    def distinct(self, table: str, column: str) -> Iterator[Row]:
        """The different values of a column; none where there is no such table or column."""
        if column in self._columns.get(table, {}):
            try:
                for (value,) in self._database.execute(f"SELECT DISTINCT {column} FROM {table}"):  # noqa: S608 (own names)
                    yield Row({column: value})
            except BROKEN as error:
                raise self.refused(error) from error

    def count(self, table: str, where: str = "1") -> int:
        """How many rows a table has; 0 where there is no such table or column."""
        if table not in self._columns:
            return 0
        try:
            (found,) = self._database.execute(f"SELECT COUNT(*) FROM {table} WHERE {where}").fetchone()  # noqa: S608
        except sqlite3.OperationalError:
            return 0
        except BROKEN as error:
            raise self.refused(error) from error
        return int(found)

    def text(self, number: int) -> str:
        """The text of a source."""
        try:
            found = self._database.execute("SELECT fulltext FROM source WHERE id = ?", (number,)).fetchone()
        except BROKEN as error:
            raise self.refused(error) from error
        return str(found[0]) if found and found[0] is not None else ""


class Row(dict[str, Any]):
    """The values of a row by column; None for a column that the version of the database does not have."""

    def __missing__(self, _: str) -> None:
        return None

    def text(self, column: str) -> str:
        """A value as text; empty for none."""
        value = self[column]
        if isinstance(value, bytes):
            return value.decode("utf-8", "replace")
        return "" if value is None else str(value)

    def number(self, column: str) -> int | None:
        """A value as a whole number; None for none and for what is no number."""
        value = self[column]
        try:
            return None if value is None or isinstance(value, bytes) else round(float(value))
        except (ValueError, OverflowError):
            return None


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
