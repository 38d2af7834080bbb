"""A QualCoder database before it is written: its rows, its files, and what of the project is not in it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from qdpx_compassion.formats.base import Content, Loss, MediaFile
from qdpx_compassion.formats.qualcoder.identities import Identities
from qdpx_compassion.formats.qualcoder.moments import UNKNOWN, to_qualcoder
from qdpx_compassion.formats.qualcoder.schema import TABLES as QUALCODER
from qdpx_compassion.formats.tabular import free_name, safe_name
from qdpx_compassion.tables import TABLES, normalise_guid

_COLUMN = re.compile(r"(?:^|, )(?!unique|constraint)(\w+)")
#: Table of the database → its columns.
COLUMNS = {name: tuple(_COLUMN.findall(re.sub(r"\(.*?\)", "", columns))) for name, columns in QUALCODER.items()}


class Names:
    """Names in a column that may hold each of them once."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def free(self, wanted: str, inside: str = "", ending: str = "") -> str:
        """The name, or one that tells more where it is taken; it is taken from now on.

        Args:
            wanted: the name.
            inside: what it stands in, which tells two of one name apart.
            ending: what the name must end in; it does.
        """
        name, number = wanted, 1
        stem = wanted.removesuffix(ending) if ending else wanted
        if name in self._taken and inside:
            stem = name = f"{wanted} ({inside})"
        while name in self._taken:
            number += 1
            name = f"{stem} ({number}){ending}"
        self._taken.add(name)
        return name


@dataclass
class Draft:
    """What is to be written.

    Attributes:
        content: what was read.
        tables: of the database, rows with the values of ``COLUMNS``.
        files: name in the project's folder → file.
        identities: GUIDs of the rows.
        date: of what has none in the project, such as codes.
        coder: who works in the project, and made what nobody is said to have made, such as codes; empty for nobody.
    """

    content: Content
    tables: dict[str, list[tuple[Any, ...]]] = field(default_factory=lambda: {name: [] for name in QUALCODER})
    files: dict[str, MediaFile] = field(default_factory=dict)
    identities: Identities = field(default_factory=Identities)
    date: str = UNKNOWN
    coder: str = ""
    _losses: Counter[tuple[str, str]] = field(default_factory=Counter)
    _trail: list[tuple[str, str]] = field(default_factory=list)
    _owners: dict[str, str] = field(default_factory=dict)
    _taken: set[str] = field(default_factory=set)

    def add(self, table: str, **values: Any) -> int:
        """Add a row; its first column is its number, from 1, where nothing else is said. Returns the number."""
        rows = self.tables[table]
        number = len(rows) + 1
        columns = COLUMNS[table]
        rows.append(tuple(values.get(name, number if at == 0 else None) for at, name in enumerate(columns)))
        return number

    def lose(self, kind: str, why: str, number: int = 1) -> None:
        """Note what is not held."""
        if number:
            self._losses[kind, why] += number
            self._trail.append((kind, why))

    def mark(self) -> int:
        """A point to which losses can be taken back."""
        return len(self._trail)

    def take_back(self, mark: int, column_of: str) -> None:
        """Take back the losses of values of a row that is lost itself.

        Args:
            mark: the point before they were noted, each by itself.
            column_of: the table of the row.
        """
        kept = []
        for kind, why in self._trail[mark:]:
            if kind.startswith(f"{column_of}."):
                self._losses[kind, why] -= 1
            else:
                kept.append((kind, why))
        self._trail[mark:] = kept

    def losses(self) -> list[Loss]:
        """What is not held, in the order of the data model."""
        order = {name: at for at, name in enumerate((*TABLES, "files"))}
        found = sorted((+self._losses).items(), key=lambda item: order.get(item[0][0].partition(".")[0], len(order)))
        return [Loss(kind, number, why) for (kind, why), number in found]

    # -- people and dates -------------------------------------------------------------------------------------------

    def name_owner(self, guid: str | None, name: str) -> None:
        """Say what a user is called in columns ``owner``."""
        self._owners.setdefault(normalise_guid(guid or ""), name)

    def owner(self, guid: str | None, kind: str = "") -> str:
        """A user as a column ``owner`` has them; empty for none.

        Args:
            guid: of the user.
            kind: the column of ours, where it is a loss that nobody has this GUID.
        """
        if not guid:
            return ""
        name = self._owners.get(normalise_guid(guid))
        if name is None and kind:
            self.lose(kind, "No user of the project has this GUID.")
        return name or ""

    def moment(self, written: str | None, kind: str = "") -> str:
        """A date as the database has it.

        Args:
            written: the xsd:dateTime.
            kind: the column of ours, where it is a loss that it reads otherwise.
        """
        date, same = to_qualcoder(written)
        if not same and kind:
            self.lose(kind, "QualCoder's dates have no time zone; where the project's has none either, it is taken "
                      "for UTC, and what is no date is left out.")  # fmt: skip
        return date

    def lose_changes(self, table: str, row: Sequence[Any]) -> None:
        """Note who changed a row of ours and when, which QualCoder does not keep."""
        position = TABLES[table].position
        for column, why in (
            ("modifying_user", "QualCoder keeps who made something, not who changed it."),
            ("modified_date_time", "QualCoder keeps when something was made, not when it was changed."),
        ):
            if row[position[column]]:
                self.lose(f"{table}.{column}", why)

    # -- files ------------------------------------------------------------------------------------------------------

    def add_file(self, folder: str, wanted: str, file: MediaFile | None) -> str:
        """Put a file into a folder of the project.

        Args:
            folder: one of ``schema.FOLDERS``.
            wanted: its name where that can be had.
            file: the file; None where only its place is known, because it is missing.

        Returns:
            Its name in the folder.
        """
        suffix, name = safe_name(f"x{PurePosixPath(wanted).suffix}")[1:], safe_name(wanted)
        if not name.endswith(suffix):  # there is nothing but spaces and points before it
            name = f"file{suffix}"
        name = free_name(f"{folder}/{name}", self._taken).partition("/")[2]
        if file is not None:
            self.files[f"{folder}/{name}"] = file
        return name
