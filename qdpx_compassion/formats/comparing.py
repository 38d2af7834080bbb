"""What a format lost: the tables that were written against those that are read from it again.

A format says which row became which; what is counted here are rows that are gone and values that are gone or others.
References count by what they stand for, dates as moments, absent and empty are the same.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from qdpx_compassion.formats.base import Loss
from qdpx_compassion.formats.tabular import REFERENCES, TABLE_OF_KIND
from qdpx_compassion.tables import TABLES, Project, normalise_guid

#: Table → row as it is read again → the row that it was; None for one that was added.
Kept = Mapping[str, Sequence[int | None]]

#: Of the document or of where files lie, not of the study; positions are counted otherwise in each format.
_LEFT_OUT = {
    "project": {"namespace", "schema_location"},
    "codes": {"parent_guid"},
    "sources": {"plain_text_path", "rich_text_path", "path", "plain_text_content"},
    "selections": {"start_position", "end_position"},
    "sync_points": {"position"},
}
_ZONE = re.compile(r"(Z|[+-]\d\d:?\d\d)$")
_ANYWHERE = "There is no place for it."


def losses_between(before: Project, after: Project, kept: Kept, why: Mapping[str, str]) -> list[Loss]:
    """Count what of a project is not there any more.

    Args:
        before: what was written.
        after: what is read again.
        kept: which row was which.
        why: kind of loss (``codes``, ``codes.color``, ``*.guid`` for any table's) → a sentence for people.

    Returns:
        A loss for each table and column, in their order; none where nothing is lost.
    """
    return _Comparison(before, after, kept).losses(why)


class _Comparison:
    def __init__(self, before: Project, after: Project, kept: Kept) -> None:
        self._before, self._after, self._kept = before, after, kept
        self._guids: dict[str, set[str]] = {}  # a case may have the GUID of a code
        for name, rows in kept.items():
            at = TABLES[name].position.get("guid")
            for row, old in enumerate(rows):
                if at is not None and old is not None:
                    new = after.rows[name][row][at] or ""
                    self._guids.setdefault(normalise_guid(before.rows[name][old][at] or ""), set()).add(
                        normalise_guid(new)
                    )

    def losses(self, why: Mapping[str, str]) -> list[Loss]:
        found = []
        for name in TABLES:
            kept = self._kept.get(name, ())
            gone = len(self._before.rows[name]) - len({old for old in kept if old is not None})
            counts = Counter({name: gone} if gone else {})
            seen: set[int] = set()  # one row may have become several
            for row, old in enumerate(kept):
                if old is not None and old not in seen:
                    seen.add(old)
                    counts.update(self._changed(name, self._before.rows[name][old], self._after.rows[name][row]))
            order = [name, *(f"{name}.{column.name}" for column in TABLES[name].columns)]
            found += [Loss(kind, counts[kind], _reason(kind, why)) for kind in order if counts[kind]]
        return found

    def _changed(self, name: str, old: Sequence[Any], new: Sequence[Any]) -> list[str]:
        changed = []
        for at, column in enumerate(TABLES[name].columns):
            if column.derived or column.name.endswith("_written") or column.name in _LEFT_OUT.get(name, ()):
                continue
            value = old[at]
            if value in (None, "") and column.name == "name":
                if new[at]:  # one was made up
                    changed.append(f"{name}.name")
                continue
            if value in (None, "") or (column.name == "is_codable" and value is True):
                continue
            if not self._same(name, column.name, at, old, new):
                changed.append(f"{name}.{column.name}")
        return changed

    def _same(self, name: str, column: str, at: int, old: Sequence[Any], new: Sequence[Any]) -> bool:
        value, other = old[at], new[at]
        if value == other and (name, column) not in REFERENCES:
            return True
        if other is None:
            return False
        if (name, column) in REFERENCES:
            return self._row_kept(name, column, old, value, other)
        if column.endswith("_date_time"):
            return moment(value) == moment(other) and _zoned(value) == _zoned(other)
        if TABLES[name].columns[at].dtype == "category":
            return normalise_guid(other) in self._guids.get(normalise_guid(value), ())
        return column == "guid" and normalise_guid(value) == normalise_guid(other)

    def _row_kept(self, name: str, column: str, old: Sequence[Any], value: int, other: int) -> bool:
        target = REFERENCES[(name, column)]
        if target not in TABLES:  # the column that says which table
            target = TABLE_OF_KIND[old[TABLES[name].position[target]]]
        if target == "project":
            return bool(value == other)
        kept = self._kept.get(target, ())
        return 0 <= other < len(kept) and kept[other] == value


def _zoned(written: str) -> bool:
    """Whether a date says its time zone: one that does not is another date when it comes back with one."""
    return bool(_ZONE.search(written.strip()))


def _reason(kind: str, why: Mapping[str, str]) -> str:
    table, _, column = kind.partition(".")
    return why.get(kind) or why.get(f"*.{column}") or why.get(table) or _ANYWHERE


def moment(written: str) -> datetime | str:
    """A date and time to compare by: in UTC; one without zone is taken for UTC, an unreadable one as it is written."""
    try:
        read = datetime.fromisoformat(written.strip())
    except ValueError:
        return written
    return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
