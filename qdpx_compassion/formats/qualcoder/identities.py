"""The GUIDs that QualCoder has no column for, kept in a file of their own in the project's folder.

QualCoder does not read the file. Each line names a row of the database by its table and number, and has a digest of
what the row said when it was written: where QualCoder has since changed the row, or used its number again, the line no
longer holds, and the row gets a GUID that follows from what it says.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Hashable
from dataclasses import dataclass, field
from pathlib import Path

from qdpx_compassion.files.whole import read_whole
from qdpx_compassion.formats.cells import guard_formula, unguard_formula
from qdpx_compassion.refi.guids import derive

FILE = "refi-guids.csv"
_HEADINGS = ("table", "row", "guid", "note", "said")


def _digest(said: tuple[Hashable, ...]) -> str:
    return hashlib.sha256(repr(said).encode("utf-8", "surrogatepass")).hexdigest()[:16]


@dataclass
class Identities:
    """GUIDs by table and row, with a note where one more thing must be known.

    Attributes:
        lines: (table, row) → GUID, note, digest of what the row said.
        project: what GUIDs are derived from beside the row itself, so that those of two projects differ.
    """

    lines: dict[tuple[str, int], tuple[str, str, str]] = field(default_factory=dict)
    project: str = ""

    def keep(self, table: str, row: int, guid: str | None, said: tuple[Hashable, ...], note: str = "") -> None:
        """Remember a row's GUID."""
        self.lines[table, row] = (guid or "", note, _digest(said))

    def known(self, table: str, row: int, said: tuple[Hashable, ...]) -> str:
        """The GUID that was kept for a row; empty where there is none or the row has changed."""
        guid, _, digest = self.lines.get((table, row), ("", "", ""))
        return guid if digest == _digest(said) else ""

    def find(self, table: str, row: int, said: tuple[Hashable, ...]) -> tuple[str, str]:
        """The GUID and note of a row; a derived GUID where nothing is known of it."""
        guid, note, digest = self.lines.get((table, row), ("", "", ""))
        if digest != _digest(said):
            guid = note = ""
        return guid or derive("qualcoder", self.project, table, str(row), *map(str, said)), note

    def to_bytes(self) -> bytes:
        """The file."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(_HEADINGS)
        # what a file calls a GUID may be anything, and people open this one in spreadsheets
        writer.writerows((table, row, *map(guard_formula, rest)) for (table, row), rest in self.lines.items())
        return text.getvalue().encode("utf-8", "surrogatepass")

    @classmethod
    def read(cls, folder: Path, project: str) -> Identities:
        """What the file says; nothing where it is not there or is another file of this name."""
        found = cls(project=project)
        file = folder / FILE
        if file.is_symlink() or not file.is_file():  # a link may lead anywhere, a pipe would wait for ever
            return found
        try:
            text = read_whole(file).decode("utf-8", "surrogatepass")
        except (OSError, UnicodeDecodeError):
            return found
        lines = csv.reader(io.StringIO(text, newline=""))
        try:
            if tuple(next(lines, ())) != _HEADINGS:
                return found
            for table, row, guid, note, digest in lines:
                found.lines[table, int(row)] = (unguard_formula(guid), unguard_formula(note), unguard_formula(digest))
        except (ValueError, csv.Error):
            found.lines.clear()
        return found
