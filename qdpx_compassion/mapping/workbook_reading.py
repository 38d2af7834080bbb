"""Reading a mapping workbook, also one that people have rearranged: sheets by name, columns by heading."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from openpyxl.utils import get_column_letter

from qdpx_compassion.code_tree import read_path
from qdpx_compassion.errors import MappingError
from qdpx_compassion.findings import Finding, Severity
from qdpx_compassion.frameworks.framework import Framework
from qdpx_compassion.mapping.columns import (
    EXCEPTIONS,
    GONE,
    GUID,
    INFORMING,
    MAPPING,
    PARTICIPANTS,
    PATH,
    Field,
    by_heading,
)
from qdpx_compassion.mapping.marks import UnknownMark, find_construct, fold, read_choice, read_mark
from qdpx_compassion.mapping.model import Mapping as CodeMapping
from qdpx_compassion.mapping.model import MappingRow, ParticipantRow, SelectionException
from qdpx_compassion.spreadsheets.reading import ReadWorkbook

#: Headings of the other two sheets, folded, and the names that stand for the same.
_PARTICIPANT_COLUMNS = {
    "participant": "name",
    "name": "name",
    "sources": "sources",
    "labelforreports": "label",
    "label": "label",
    "group": "group",
    "include": "include",
    "guid": "key",
}
_EXCEPTION_COLUMNS = {
    "selection'sguid": "selection",
    "selection’sguid": "selection",
    "selectionguid": "selection",
    "selection": "selection",
    "guid": "selection",
    "construct": "construct",
    "includeorexclude": "include",
    "include": "include",
    "why": "why",
    "rationale": "why",
}
_INCLUDE = {"include": True, "in": True, "exclude": False, "out": False}


@dataclass
class _Table:
    """A sheet with headings and the rows below; ``read`` are the columns that mean something, as ``Mapping!C``."""

    sheet: str
    headings: Sequence[str]
    rows: Iterator[tuple[int, list[str]]]
    findings: list[Finding] = field(default_factory=list)
    read: set[str] = field(default_factory=set)

    def place(self, row: int, column: int) -> str:
        return f"{self.sheet}!{get_column_letter(column + 1)}{row}"

    def problem(self, code: str, message: str, row: int, column: int, severity: Severity | None = None) -> None:
        self.findings.append(Finding(code, message, self.place(row, column), severity))

    def reads(self, column: int) -> None:
        self.read.add(f"{self.sheet}!{get_column_letter(column + 1)}")


#: Sheets of the summary workbook, which has a column Path as well.
_OF_A_SUMMARY = ("About", "Values", "Quotations")


def read_mapping_workbook(path: Path, framework: Framework) -> tuple[CodeMapping, list[Finding]]:
    """Read what was filled in.

    Args:
        path: an .xlsx, of this program or by hand; a sheet of the name *Mapping*, or else the only one with a heading
            *Path* or *GUID*.
        framework: whose constructs the columns name.

    Returns:
        The mapping, and a finding with its cell for everything that could not be read.

    Raises:
        InputError: the file is not a workbook that can be read.
        MappingError: no sheet of it is a mapping.
    """
    findings: list[Finding] = []
    read: set[str] = set()
    with ReadWorkbook(path) as book:
        if not book.find(MAPPING) and all(book.find(name) for name in _OF_A_SUMMARY):
            raise MappingError(
                "This is a summary workbook, not the mapping.",
                where=str(path),
                remedy="Give the workbook with the sheet Mapping, in which you decided what each code expresses.",
            )
        table = _mapping_table(book)
        if table is None:
            raise MappingError(
                "No sheet of the workbook is a mapping: none is called Mapping and has a column Path or GUID.",
                where=str(path),
                remedy="Make one with `qdpx-compassion mapping new`.",
            )
        rows = tuple(_mapping_rows(table, framework))
        findings += table.findings
        read |= table.read
        participants = tuple(_participants(book, findings, read))
        exceptions = tuple(_exceptions(book, framework, findings, read))
        set_aside = tuple(_set_aside(book, framework))
        findings += (_of_a_cell(finding, read) for finding in book.findings)
    return CodeMapping(rows, participants, exceptions, path.name, set_aside), findings


def _of_a_cell(finding: Finding, read: set[str]) -> Finding:
    """An error in a column that nothing is read from, such as one that people added, is no more than a note."""
    if finding.code != "cell-error" or finding.where.rstrip("0123456789") in read:
        return finding
    return replace(finding, severity=Severity.NOTE)


def _mapping_table(book: ReadWorkbook) -> _Table | None:
    named = book.find(MAPPING)
    for sheet in [named] if named else [name for name in book.sheet_names if fold(name) != fold(GONE)]:
        table = _open(book, sheet, {fold(PATH), fold(GUID)})
        if table is not None:
            return table
    return None


def _set_aside(book: ReadWorkbook, framework: Framework) -> Iterator[MappingRow]:
    """The rows about codes that an update found gone; what is wrong with them does not matter."""
    sheet = book.find(GONE)
    table = _open(book, sheet, {fold(PATH), fold(GUID)}) if sheet else None
    if table is not None:
        yield from _mapping_rows(table, framework)


def _open(book: ReadWorkbook, sheet: str, wanted: set[str]) -> _Table | None:
    """The table of a sheet; its headings are the first of the first ten rows that holds a wanted one."""
    rows = book.rows(sheet)
    for number, cells in rows:
        if wanted & {fold(cell) for cell in cells}:
            return _Table(sheet, cells, rows)
        if number > 10:
            break
    return None


def _mapping_rows(table: _Table, framework: Framework) -> Iterator[MappingRow]:
    known = by_heading(framework)
    columns: dict[int, Field] = {}
    places: dict[str, int] = {}
    unknown: dict[int, list[tuple[int, str]]] = {}
    for column, heading in enumerate(table.headings):
        key = fold(heading)
        if key in (fold(PATH), fold(GUID)):
            places.setdefault(key, column)
            table.reads(column)
        elif key in known and known[key] not in columns.values():
            columns[column] = known[key]
            table.reads(column)
        elif key and key not in {fold(name) for name in INFORMING}:
            unknown[column] = []
    for number, cells in table.rows:
        for column in unknown:
            if column < len(cells) and cells[column]:
                unknown[column].append((number, cells[column]))
        row = _mapping_row(table, framework, number, cells, columns, places)
        if row is not None:
            yield row
    _report_unknown(table, framework, unknown)


def _mapping_row(
    table: _Table,
    framework: Framework,
    number: int,
    cells: Sequence[str],
    columns: Mapping[int, Field],
    places: Mapping[str, int],
) -> MappingRow | None:
    def at(key: str) -> str:
        column = places.get(fold(key), -1)
        return cells[column] if 0 <= column < len(cells) else ""

    answers = _Answers(table, framework, number)
    for column, one in columns.items():
        if column < len(cells) and cells[column]:
            answers.take(one, cells[column], column)
    if not (at(PATH) or at(GUID) or answers.given):
        return None
    path = read_path(at(PATH)) if at(PATH) else ()
    return MappingRow(
        at(GUID),
        path,
        answers.marks,
        frozenset(answers.none),
        answers.themes,
        answers.sub_codes,
        answers.texts.get("rationale", ""),
        answers.texts.get("decided_by", ""),
        table.place(number, max(places.get(fold(PATH), 0), 0)),
    )


@dataclass
class _Answers:
    """What is filled in in one row."""

    table: _Table
    framework: Framework
    row: int
    marks: dict[str, bool] = field(default_factory=dict)
    none: set[str] = field(default_factory=set)
    themes: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    sub_codes: bool = True
    given: bool = False

    def take(self, asked: Field, written: str, column: int) -> None:
        """Understand one cell, or note that it cannot be understood."""
        self.given = self.given or asked.kind != "sub_codes"
        dimension, construct = asked.dimension, asked.construct
        try:
            if asked.kind in ("rationale", "decided_by"):
                self.texts[asked.kind] = written
            elif asked.kind == "sub_codes":
                self.sub_codes = read_mark(written) is not False
            elif asked.kind == "mark" and construct is not None:
                mark = read_mark(written)
                if mark is not None:
                    self.marks[construct.id] = mark
            elif dimension is not None and asked.kind == "theme":
                self.themes[dimension.id] = written
            elif dimension is not None and asked.kind == "none":
                if read_mark(written):
                    self.none.add(dimension.id)
            elif dimension is not None:
                marks, none = read_choice(self.framework, dimension, written)
                self.marks.update(marks)
                self.none.update({dimension.id} if none else ())
        except UnknownMark:
            self.table.problem("mapping-mark-unknown", _not_understood(asked, written), self.row, column)


def _not_understood(asked: Field, written: str) -> str:
    if asked.kind == "choice" and asked.dimension is not None:
        names = ", ".join(one.name for one in asked.dimension.constructs)
        return f"“{written}” under “{asked.heading}” is none of: {names}, none."
    return f"“{written}” under “{asked.heading}” is neither yes (x, 1, yes, …) nor no (0, no, –, …)."


def _report_unknown(table: _Table, framework: Framework, unknown: Mapping[int, Sequence[tuple[int, str]]]) -> None:
    """A column that holds marks and nothing else is taken for a construct of another framework."""
    for column, cells in unknown.items():
        heading = table.headings[column]
        if cells and all(_is_mark(text) for _, text in cells):
            message = (
                f"The column “{heading}” holds marks, but the framework “{framework.title}” has no such construct."
            )
            table.problem("mapping-construct-unknown", message, cells[0][0], column)
        else:
            message = f"The column “{heading}” is not one of the mapping's; it was not read."
            table.findings.append(Finding("mapping-column-unknown", message, table.place(1, column)))


def _is_mark(text: str) -> bool:
    try:
        read_mark(text)
    except UnknownMark:
        return False
    return True


def _records(
    book: ReadWorkbook, name: str, columns: Mapping[str, str], wanted: set[str], findings: list[Finding], read: set[str]
) -> Iterator[tuple[_Table, int, dict[str, str], dict[str, int]]]:
    """The rows of a sheet as meaning → text, and the column of each meaning; nothing when there is no such sheet."""
    sheet = book.find(name)
    table = _open(book, sheet, wanted) if sheet else None
    if table is None:
        return
    at: dict[str, int] = {}
    for column, heading in enumerate(table.headings):
        meaning = columns.get(fold(heading))
        if meaning is not None and meaning not in at:
            at[meaning] = column
            table.reads(column)
        elif heading:
            message = f"The column “{heading}” of the sheet {table.sheet} is not known; it was not read."
            findings.append(Finding("mapping-column-unknown", message, table.place(1, column)))
    for number, cells in table.rows:
        record = {meaning: cells[column] for meaning, column in at.items() if column < len(cells) and cells[column]}
        if record:
            yield table, number, record, at
    findings += table.findings
    read |= table.read


def _participants(book: ReadWorkbook, findings: list[Finding], read: set[str]) -> Iterator[ParticipantRow]:
    records = _records(book, PARTICIPANTS, _PARTICIPANT_COLUMNS, {"participant"}, findings, read)
    for table, number, record, at in records:
        if "key" not in record:
            if set(record) - {"include"}:
                message = "The row does not say who it is about: its GUID (last column) is empty."
                table.problem("mapping-participant", message, number, at.get("key", 0))
            continue
        include = True
        try:
            include = read_mark(record.get("include", "")) is not False
        except UnknownMark as error:
            message = f"“{error}” under “Include” is neither yes nor no; the participant is included."
            table.problem("mapping-mark-unknown", message, number, at["include"])
        yield ParticipantRow(
            record["key"],
            record.get("name", ""),
            record.get("label", ""),
            tuple(record.get("sources", "").splitlines()),
            record.get("group", ""),
            include,
            table.place(number, at.get("name", 0)),
        )


def _exceptions(
    book: ReadWorkbook, framework: Framework, findings: list[Finding], read: set[str]
) -> Iterator[SelectionException]:
    for table, number, record, at in _records(book, EXCEPTIONS, _EXCEPTION_COLUMNS, {"construct"}, findings, read):
        missing = [meaning for meaning in ("selection", "construct", "include") if meaning not in record]
        if missing:
            what = {"selection": "the selection's GUID", "construct": "the construct", "include": "include or exclude"}
            message = "The exception does not say " + " and ".join(what[one] for one in missing) + "."
            table.problem("mapping-exception-incomplete", message, number, at.get(missing[0], 0))
        written = record.get("include", "")
        try:
            include = _INCLUDE.get(fold(written))
            include = read_mark(written) if include is None else include
        except UnknownMark:
            include = None
            message = f"“{written}” is neither include nor exclude."
            table.problem("mapping-mark-unknown", message, number, at["include"])
        said = record.get("construct", "")
        construct = find_construct(framework, said)
        # An incomplete one too: what else is wrong with it is named with the rest.
        yield SelectionException(
            record.get("selection", ""),
            construct.id if construct else said,
            include,
            record.get("why", ""),
            table.place(number, at.get("selection", 0)),
        )
