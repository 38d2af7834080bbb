"""SQLite databases from elsewhere, opened so that nothing in them runs, computes without end, or is written to."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from qdpx_compassion.files.limits import current_limits

_VIRTUAL = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND sql LIKE 'CREATE VIRTUAL%'"
#: ``hidden``: 2 and 3 are columns that are computed when they are read, or when they are written. The default of a
#: column that was added later stands once in the file, and in each row that is read.
_COMPUTED = (
    "SELECT 1 FROM sqlite_master AS made, pragma_table_xinfo(made.name) AS columns "
    "WHERE made.type = 'table' AND (columns.hidden IN (2, 3) OR length(columns.dflt_value) > 200)"
)


def application_of(path: Path) -> int | None:
    """What the header of a SQLite database says made it: a number, 0 where it says nothing; None: it is no database."""
    try:
        with path.open("rb") as file:
            start = file.read(72)
    except OSError:
        return None
    return int.from_bytes(start[68:72], "big") if start.startswith(b"SQLite format 3\x00") else None


def open_database(path: Path, *, immutable: bool = True, wait: float = 0) -> sqlite3.Connection:
    """Open a database for reading.

    Its functions, views and triggers stay without effect; a value may have as many bytes as a text; tables that a
    library computes, columns that an expression computes, and those with a long default are refused: no program
    writes them into projects, and ten bytes of them can be hours and gigabytes.

    Args:
        path: the file.
        immutable: nobody else writes to it, so no lock is taken and nothing is made beside it.
        wait: seconds to wait for another program that has locked it.

    Returns:
        The connection, to be closed.

    Raises:
        sqlite3.Error: it is damaged, or holds such tables or columns.
        UnicodeDecodeError: names in it are no text.
    """
    fixed = "&immutable=1" if immutable else ""
    database = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro{fixed}", uri=True, timeout=wait)
    try:
        database.execute("PRAGMA trusted_schema = OFF")
        database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, current_limits().text_bytes)
        _refuse_computed(database)
    except BaseException:
        database.close()
        raise
    return database


def _refuse_computed(database: sqlite3.Connection) -> None:
    if database.execute(_VIRTUAL).fetchone() or database.execute(_COMPUTED).fetchone():
        raise sqlite3.DatabaseError("it holds computed tables or columns, which no program writes")
