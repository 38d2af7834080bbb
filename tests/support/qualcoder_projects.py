"""Small QualCoder projects, as QualCoder writes them: a folder, its database, its files."""

import contextlib
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from qdpx_compassion.formats.qualcoder.schema import create

WHEN = "2024-03-01 10:20:30"
TEXT = "I felt heard. 🙂 And seen.\nNobody laughed."


@contextlib.contextmanager
def qualcoder_project(folder: Path, name: str = "study.qda", version: str = "v17") -> Iterator[sqlite3.Connection]:
    """An empty project with a coder, Anna, to be filled in the block."""
    target = folder / name
    for part in ("images", "audio", "video", "documents"):
        (target / part).mkdir(parents=True)
    with contextlib.closing(sqlite3.connect(target / "data.qda")) as database:
        create(database)
        insert(
            database, "project", databaseversion=version, date=WHEN, memo="", about="QualCoder 4.0", codername="Anna"
        )
        insert(database, "coder_names", name="Anna", visibility=1)
        yield database
        database.commit()


def insert(database: sqlite3.Connection, table: str, **values: Any) -> None:
    """Add a row."""
    marks = ", ".join("?" for _ in values)
    database.execute(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})", tuple(values.values()))  # noqa: S608


def add_source(database: sqlite3.Connection, number: int, name: str, text: str | None = TEXT, **values: Any) -> None:
    """Add a source; a text unless its ``mediapath`` says otherwise."""
    filled = {"mediapath": None, "memo": "", "owner": "Anna", "date": WHEN} | values
    insert(database, "source", id=number, name=name, fulltext=text, **filled)


def add_code(database: sqlite3.Connection, number: int, name: str, **values: Any) -> None:
    """Add a code."""
    filled = {"memo": "", "owner": "Anna", "date": WHEN, "color": "#AABBCC"} | values
    insert(database, "code_name", cid=number, name=name, **filled)


def add_coding(
    database: sqlite3.Connection, code: int, source: int, place: Sequence[int], words: str, **values: Any
) -> None:
    """Add a coded text."""
    filled = {"owner": "Anna", "date": WHEN, "memo": ""} | values
    insert(database, "code_text", cid=code, fid=source, pos0=place[0], pos1=place[1], seltext=words, **filled)
