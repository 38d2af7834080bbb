"""Reading the list of names: a workbook or a CSV that people filled in."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from qdpx_compassion.errors import InputError, UsageError
from qdpx_compassion.files.whole import read_whole
from qdpx_compassion.findings import Finding
from qdpx_compassion.mapping.marks import UnknownMark, read_mark
from qdpx_compassion.refi.text import decode_text
from qdpx_compassion.teams.share.names import AUTHOR, CODER, GIVEN_ID, PARTICIPANT, PERSON, SOURCE, Name

#: Headings by what they mean, in the words that people use.
HEADINGS = {
    "name": ("name", "names", "original", "real name", "find", "replace this"),
    "pseudonym": ("pseudonym", "pseudonyms", "replacement", "replace by", "replace with", "alias", "new name", "label"),
    "replace": ("replace", "replaced"),
    "kind": ("what it is", "kind", "type"),
    "case": ("letter case", "case"),
    "person": ("person", "same person"),
    "known": ("already there", "already in the project"),
}
_KINDS = {"coder": CODER, "participant": PARTICIPANT, "case": PARTICIPANT, "source": SOURCE, "author": AUTHOR,
          "id": GIVEN_ID, "user": CODER}  # fmt: skip
_EXACT = ("as written", "exact", "exactly")


def read_names(path: Path) -> tuple[list[Name], list[Finding]]:
    """Read the list of names.

    Args:
        path: an .xlsx, or a .csv with a heading row.

    Returns:
        Its rows, and what was noticed (cells with errors).

    Raises:
        InputError: it cannot be read, or has no column of names.
        UsageError: a cell says neither yes nor no.
    """
    if path.suffix.lower() in (".csv", ".tsv", ".txt"):
        return _names(_csv_rows(path), path.name), []
    from qdpx_compassion.spreadsheets.reading import ReadWorkbook

    with ReadWorkbook(path) as book:
        sheet = book.find("Names") or next(iter(book.sheet_names), "")
        names = _names(((f"{sheet}!A{number}", cells) for number, cells in book.rows(sheet)), path.name)
        return names, book.findings


def _csv_rows(path: Path) -> Iterator[tuple[str, list[str]]]:
    try:
        text = decode_text(read_whole(path))[0]
    except OSError as error:
        raise InputError(
            f"The list cannot be read: {error.strerror or error}.", where=str(path), remedy="Check the name."
        ) from error
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(text), delimiter=delimiter), 1):
            if any(cell.strip() for cell in cells):
                yield f"line {number}", [cell.strip() for cell in cells]
    except csv.Error as error:
        raise InputError(f"The list is no CSV: {error}.", where=str(path), remedy="Save it as .xlsx.") from error


def _names(rows: Iterable[tuple[str, list[str]]], file: str) -> list[Name]:
    columns: dict[str, int] = {}
    names = []
    for where, cells in rows:
        if not columns:
            columns = _columns(cells)
            continue
        name = _name(cells, columns, f"{file}, {where}")
        if name is not None:
            names.append(name)
    if not columns:
        raise InputError(
            "The list has no column “Name”.",
            where=file,
            remedy="The first row holds the headings: Name, Pseudonym. `share PROJECT -o names.xlsx` makes a list.",
        )
    return names


def _columns(cells: list[str]) -> dict[str, int]:
    """Which column is what, where a row is that of the headings; empty where it is not."""
    found: dict[str, int] = {}
    for number, cell in enumerate(cells):
        said = re.sub(r"[\s_-]+", " ", cell.strip().casefold())
        for meaning, words in HEADINGS.items():
            if said in words:
                found.setdefault(meaning, number)
    return found if "name" in found else {}


def _name(cells: list[str], columns: dict[str, int], where: str) -> Name | None:
    def cell(meaning: str) -> str:
        number = columns.get(meaning)
        return cells[number].strip() if number is not None and number < len(cells) else ""

    if not cell("name"):
        if cell("pseudonym"):
            raise UsageError(
                f"The pseudonym {cell('pseudonym')} has no name.",
                where=where,
                remedy="Write the name, or clear the row.",
            )
        return None
    replaced = _yes(cell("replace"), "Replace", where)
    return Name(
        cell("name"),
        cell("pseudonym"),
        _KINDS.get(cell("kind").partition(",")[0].strip().casefold(), PERSON),
        replaced is not False,
        cell("case").casefold() in _EXACT,
        cell("person"),
        bool(_yes(cell("known"), "Already there", where)),
        where=where,
    )


def _yes(written: str, heading: str, where: str) -> bool | None:
    try:
        return read_mark(written)
    except UnknownMark as error:
        raise UsageError(
            f"“{written}” in the column {heading} is neither yes nor no.", where=where, remedy="Write yes or no."
        ) from error
