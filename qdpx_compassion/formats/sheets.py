"""The rows of spreadsheets that others made, workbooks or CSV, from their row of headings on."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qdpx_compassion.errors import InputError
from qdpx_compassion.findings import Finding
from qdpx_compassion.refi.text import decode_text

#: Rows above the headings that a program may put there: a title, a date.
_ABOVE = 15
#: The largest CSV that is read as a list of codes.
_CSV_LIMIT = 64 << 20


@dataclass
class SheetRows:
    """A sheet whose headings were found.

    Attributes:
        headings: in lower case, single spaces.
        rows: those below the headings: number from 1, and cells.
        place: says where a cell stands (row number, column from 0).
    """

    headings: list[str]
    rows: list[tuple[int, Sequence[Any]]]
    place: Callable[[int, int], str]


def first_sheets(path: Path, fits: Callable[[Sequence[str]], bool]) -> tuple[list[SheetRows], list[Finding]]:
    """The sheets of a workbook, or the one table of a CSV, that have a row of fitting headings near their top.

    Args:
        path: .xlsx, or any text file as CSV.
        fits: told the cells of a row as headings.

    Raises:
        InputError: the file cannot be read.
    """
    from qdpx_compassion.spreadsheets.reading import ReadWorkbook, cell_name

    findings: list[Finding] = []
    found = []
    if path.suffix.lower() == ".csv":
        rows = _csv_rows(path, findings)
        if (sheet := _below(rows, fits, lambda row, at: f"{path.name}, row {row}, column {at + 1}")) is not None:
            found.append(sheet)
        return found, findings
    with ReadWorkbook(path) as book:
        for name in book.sheet_names:
            rows = [(number, list(cells)) for number, cells in book.values(name)]
            sheet = _below(rows, fits, lambda row, at, name=name: f"{name}!{cell_name(row, at)}")  # type: ignore[misc]
            if sheet is not None:
                found.append(sheet)
        findings += book.findings
    return found, findings


def _below(
    rows: list[tuple[int, list[Any]]], fits: Callable[[Sequence[str]], bool], place: Callable[[int, int], str]
) -> SheetRows | None:
    for at, (_, cells) in enumerate(rows[:_ABOVE]):
        headings = [" ".join(str(cell or "").split()).casefold() for cell in cells]
        if fits(headings):
            return SheetRows(headings, [(number, row) for number, row in rows[at + 1 :]], place)
    return None


def _csv_rows(path: Path, findings: list[Finding]) -> list[tuple[int, list[Any]]]:
    try:
        if path.stat().st_size > _CSV_LIMIT:
            raise InputError("The file is too large for a list of codes.", where=str(path))
        text, _, encoding = decode_text(path.read_bytes())
    except OSError as error:
        raise InputError(f"The file cannot be read: {error.strerror or error}.", where=str(path)) from error
    if encoding != "utf-8":
        message = f"The file is not UTF-8; it was read as {encoding}. Look at accents."
        findings.append(Finding("text-encoding", message, path.name))
    line = text.partition("\n")[0]
    separator = max(",;\t", key=line.count)
    try:
        rows = csv.reader(text.splitlines(keepends=True), delimiter=separator)
        return [(number, [cell or None for cell in row]) for number, row in enumerate(rows, start=1)]
    except csv.Error as error:
        raise InputError(f"The file is no CSV: {error}.", where=str(path)) from error
