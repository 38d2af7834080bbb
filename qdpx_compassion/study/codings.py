"""The rows of ``quotations`` as plain Python values, for counting: missing is None, not pandas' NA."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any, NamedTuple

import pandas as pd


class Coding(NamedTuple):
    """A row of ``quotations``; the columns are described there, and stand in the same order."""

    row: int
    participant: str | None
    group: str | None
    source: str
    place: str | None
    quotation: str | None
    value: str
    path: str
    constructs: tuple[str, ...]
    coder: str | None
    date: str | None
    comment: str | None
    notes: str | None
    counted: bool
    not_counted: str | None
    same_as: int | None
    participant_row: int | None
    source_row: int
    text_row: int
    selection_row: int | None
    selection_guid: str | None
    selection_kind: str | None
    start_index: int | None
    end_index: int | None
    place_id: int
    code_row: int
    coding_row: int


def codings(quotations: pd.DataFrame) -> list[Coding]:
    """All rows of ``quotations`` in their order."""
    columns = [_plain(quotations[name]) for name in Coding._fields[1:]]
    return [Coding(*values) for values in zip(range(len(quotations)), *columns, strict=True)]


def counted(rows: list[Coding]) -> list[Coding]:
    """Those that are numbers of the study."""
    return [row for row in rows if row.counted]


def reading_order(row: Coding) -> tuple[int, int, int, int]:
    """Sorts by source, and in a source as it is read: what has no place in its text comes first."""
    start = -1 if row.start_index is None else row.start_index
    end = -1 if row.end_index is None else row.end_index
    return row.source_row, row.text_row, start, end


def _plain(column: pd.Series[Any]) -> list[Hashable]:
    if column.dtype == "object":
        return list(column)
    return [None if missing else value for value, missing in zip(column.to_list(), column.isna(), strict=True)]
