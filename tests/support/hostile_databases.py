"""Databases that were made to do harm, from good ones of each format that is read."""

# ruff: noqa: S608 - the names are those of this module

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable
from pathlib import Path

#: Format → name of what is converted to it, file of the database in it, a table with names, its column.
FORMATS = {
    "sqlite": ("study.db", "", "codes", "name"),
    "taguette": ("study.sqlite3", "", "tags", "description"),
    "qualcoder": ("study.qda", "data.qda", "code_name", "memo"),
}
Maker = Callable[[sqlite3.Connection, str, str], None]
_ENDLESS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT"


def _columns(database: sqlite3.Connection, table: str) -> list[str]:
    return [row[1] for row in database.execute(f"PRAGMA table_info({table})")]


def _schema(database: sqlite3.Connection, old: str, new: str) -> None:
    database.execute("PRAGMA writable_schema = ON")
    database.execute("UPDATE sqlite_master SET sql = replace(sql, ?, ?)", (old, new))


def computed_values(database: sqlite3.Connection, table: str, column: str) -> None:
    """Ten bytes a row that are 100 MB when they are read, each."""
    database.execute(f"ALTER TABLE {table} ADD COLUMN more TEXT AS (hex(zeroblob(50000000)))")


def endless_view(database: sqlite3.Connection, table: str, column: str) -> None:
    """A view that never ends in place of a table."""
    columns = _columns(database, table)
    database.execute(f"DROP TABLE {table}")
    database.execute(f"CREATE VIEW {table} AS {_ENDLESS} {', '.join(f'x AS {one}' for one in columns)} FROM n")


def endless_view_of_another_name(database: sqlite3.Connection, table: str, column: str) -> None:
    for name in ("code_av", "code_image", "annotation", "case_text", "commands", "file_parts", "attribute"):
        with contextlib.suppress(sqlite3.OperationalError):
            columns = _columns(database, name)
            database.execute(f"DROP TABLE {name}")
            shown = ", ".join(f"x AS {one}" for one in columns)
            database.execute(f"CREATE VIEW {name} AS {_ENDLESS} {shown} FROM n")


def virtual_table(database: sqlite3.Connection, table: str, column: str) -> None:
    database.execute("CREATE VIRTUAL TABLE words USING fts5(word)")


def long_default(database: sqlite3.Connection, table: str, column: str) -> None:
    """A column of 1 MB in each of many rows, which is written once in the file."""
    columns = _columns(database, table)
    database.execute(f"CREATE TABLE kept AS SELECT * FROM {table}")
    database.execute(f"DROP TABLE {table}")
    rest = ", ".join(one for one in columns if one != column)
    identifier = columns[0]
    database.execute(f"CREATE TABLE {table} ({rest})")
    database.execute(f"INSERT INTO {table} SELECT {rest} FROM kept")
    database.execute(
        f"INSERT INTO {table} ({identifier}) WITH RECURSIVE n(x) AS (SELECT 1000 UNION ALL SELECT x + 1 FROM n "
        f"LIMIT 20000) SELECT x FROM n"
    )
    database.execute(f"ALTER TABLE {table} ADD COLUMN {column} TEXT DEFAULT '{'x' * 900_000}'")
    database.execute("DROP TABLE kept")


def triggers(database: sqlite3.Connection, table: str, column: str) -> None:
    """They would run if anything were written; nothing is."""
    for event in ("INSERT", "UPDATE", "DELETE"):
        database.execute(f"CREATE TRIGGER on_{event} AFTER {event} ON {table} BEGIN DELETE FROM {table}; END")


def blobs_in_place_of_texts(database: sqlite3.Connection, table: str, column: str) -> None:
    database.execute(f"UPDATE {table} SET {column} = zeroblob(100000)")


def infinite_numbers(database: sqlite3.Connection, table: str, column: str) -> None:
    database.execute(f"UPDATE {table} SET {column} = 9e999")


def schema_that_is_no_sql(database: sqlite3.Connection, table: str, column: str) -> None:
    _schema(database, "CREATE TABLE", "CREATE TABLE ((((")


DATABASES: dict[str, Maker] = {
    maker.__name__.replace("_", "-"): maker
    for maker in (
        computed_values, endless_view, endless_view_of_another_name, virtual_table, long_default, triggers,
        blobs_in_place_of_texts, infinite_numbers, schema_that_is_no_sql,
    )
}  # fmt: skip


def made(name: str, path: Path, table: str, column: str) -> None:
    """Change a good database into a hostile one."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as database:
        DATABASES[name](database, table, column)
