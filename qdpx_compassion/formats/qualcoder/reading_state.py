"""What was read of a QualCoder project so far: tables, files, coders, findings."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from qdpx_compassion.findings import Finding
from qdpx_compassion.formats.base import MediaFile
from qdpx_compassion.formats.qualcoder.database import Database, Row
from qdpx_compassion.formats.qualcoder.identities import Identities
from qdpx_compassion.formats.qualcoder.moments import from_qualcoder
from qdpx_compassion.formats.qualcoder.schema import SYSTEM_CODER
from qdpx_compassion.formats.qualcoder.writing_codes import MADE_UP
from qdpx_compassion.tables import TABLES, Rows

_OWNED = (
    "code_image", "code_text", "code_av", "code_name", "code_cat", "cases", "case_text", "attribute", "attribute_type",
    "source", "annotation", "journal",
)  # fmt: skip
_COPIED = 1 << 20


@dataclass
class Reading:
    """What was read so far.

    Attributes:
        database: the project's. identities: GUIDs that are known from before.
        rows: the tables. media: the files. findings: what was noticed.
        orphans: what names something that is not there → how many.
        source_rows: number in ``source`` → row of what has the file's attributes and belongs to cases.
        text_rows: number in ``source`` → row of the text that is coded.
        journal_rows: number in ``journal`` → row of the Note.
        code_rows: number in ``code_name`` → row. case_rows: number in ``cases`` → row.
    """

    database: Database
    identities: Identities
    rows: dict[str, Rows] = field(default_factory=lambda: {name: [] for name in TABLES})
    media: dict[str, MediaFile] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    orphans: Counter[str] = field(default_factory=Counter)
    source_rows: dict[int, int] = field(default_factory=dict)
    text_rows: dict[int, int] = field(default_factory=dict)
    journal_rows: dict[int, int] = field(default_factory=dict)
    code_rows: dict[int, int] = field(default_factory=dict)
    case_rows: dict[int, int] = field(default_factory=dict)
    _users: dict[str, str] = field(default_factory=dict)

    def add(self, table: str, **values: Any) -> int:
        """Add a row; columns that are not named are missing. Returns its number."""
        position = TABLES[table].position
        row: list[Any] = [None] * len(position)
        for name, value in values.items():
            row[position[name]] = value
        self.rows[table].append(row)
        return len(self.rows[table]) - 1

    def cell(self, table: str, row: int, column: str) -> Any:
        """One value."""
        return self.rows[table][row][TABLES[table].position[column]]

    def made(self, row: Row) -> dict[str, str | None]:
        """By whom and when a row of the database was made."""
        return {"creating_user": self.user(row.text("owner")), "creation_date_time": from_qualcoder(row["date"])}

    def user(self, name: str) -> str | None:
        """The GUID of a coder; None for nobody."""
        return self._users.get(name)

    def read_users(self) -> None:
        """The coders: those whom the database lists, then those who made something without being listed."""
        found: dict[str, int] = {}
        used: set[str] = set()
        for table in _OWNED:
            used |= {row.text("owner") for row in self.database.distinct(table, "owner")}
        for number, row in enumerate(self.database.rows("coder_names"), start=1):
            if row.text("name") != SYSTEM_CODER or SYSTEM_CODER in used:
                found.setdefault(row.text("name"), row.number("rowid_") or number)
        project = next(self.database.rows("project"))
        for name in (*sorted(used), project.text("codername")):
            found.setdefault(name, 0)
        found.pop("", None)
        for name, number in found.items():
            guid, note = self.identities.find("coder_names", number, (name,))
            self._users[name] = guid
            self.add("users", guid=guid, name=None if note == MADE_UP else name)

    def add_text(self, guid: str, name: str, text: str, chunks: Any = None) -> str:
        """Put a text among the files; returns its path."""
        path = f"internal://{guid}.txt"
        data = text.encode("utf-8", "replace")
        self.media[path] = MediaFile(f"{name}.txt", len(data), chunks or partial(iter, (data,)))
        return path

    def add_file(self, guid: str, file: Path) -> str:
        """Put a file of the project's folder among the files; returns its path."""
        path = f"internal://{guid}{file.suffix}"
        with contextlib.suppress(OSError):
            self.media[path] = MediaFile(file.name, file.stat().st_size, partial(_chunks, file))
        return path


def _chunks(file: Path) -> Iterator[bytes]:
    with file.open("rb") as opened:
        while chunk := opened.read(_COPIED):
            yield chunk
