"""Tables that people may have changed → a project; whatever cannot be read is named by its cell."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from qdpx_compassion.errors import InputError
from qdpx_compassion.findings import Finding, Severity
from qdpx_compassion.formats.assembling import Entry, assemble
from qdpx_compassion.formats.tabular import CHECK, FILES, FILES_HEADINGS, MERGE, ROW, Field, check_of, fields
from qdpx_compassion.formats.values import check_text, read_value
from qdpx_compassion.tables import TABLES, Project

#: Turns what stands in a cell of a text column into the text; told the cell's place for messages.
Decoder = Callable[[str, str], str]


class BrokenTables(InputError):
    """Tables hold cells that cannot be used.

    Attributes:
        findings: each problem with its cell, and what else was noticed.
    """

    def __init__(self, findings: list[Finding], where: str) -> None:
        self.findings = findings
        errors = [finding for finding in findings if finding.severity is Severity.ERROR]
        shown = " ".join(f"{finding.where}: {finding.message}" for finding in errors[:3])
        more = f" And {len(errors) - 3:,} more." if len(errors) > 3 else ""
        super().__init__(f"{shown}{more}", where=where, remedy="Correct the cells, or delete the rows they are in.")


@dataclass
class RawTable:
    """A table as it was found.

    Attributes:
        name: of the sheet or file.
        headings: in their order.
        rows: the number of each row as people count, and its values.
        place: says where a value stands (row number, column from 0), e.g. ``codes!C5``.
    """

    name: str
    headings: Sequence[str]
    rows: Iterable[tuple[int, Sequence[Any]]]
    place: Callable[[int, int], str]


def plain_text(cell: str, _: str) -> str:
    """The decoder of formats whose texts stand as they are."""
    return cell


@dataclass
class TableReader:
    """Reads the tables of one file.

    Args:
        where: the file, for messages.
        decode: turns cells of text columns into texts.

    Attributes:
        findings: what was noticed.
        paths: path of ``sources`` → name of its file.
    """

    where: str
    decode: Decoder = plain_text
    findings: list[Finding] = field(default_factory=list)
    paths: dict[str, str] = field(default_factory=dict)

    def read(self, raws: Iterable[RawTable]) -> Project:
        """The project that the tables hold.

        Raises:
            BrokenTables: cells that cannot be used, each with its place.
        """
        found = self._assign(list(raws))
        if (files := found.pop(FILES, None)) is not None:
            self._read_files(files)
        entries = {name: self._entries(name, found[name]) if name in found else [] for name in TABLES}
        for name in TABLES:
            if name not in found:
                self.findings.append(Finding("table-missing", f"There is no table {name}; it was read as empty."))
        rows = assemble(entries, self.findings)
        if any(finding.severity is Severity.ERROR for finding in self.findings):
            raise BrokenTables(self.findings, self.where)
        from qdpx_compassion.refi.dialects import recognise

        origin = rows["project"][0][TABLES["project"].position["origin"]]
        return Project(rows, dialect=recognise(origin).id, findings=self.findings, name=self.where)

    # -- which is which ---------------------------------------------------------------------------------------------

    def _assign(self, raws: list[RawTable]) -> dict[str, RawTable]:
        """Table → where it was found: by name, and by headings where the name and the headings contradict."""
        found: dict[str, RawTable] = {}
        left = []
        for raw in raws:
            name = raw.name.strip().casefold()
            by_headings = _table_of(raw.headings)
            if (name in TABLES or name == FILES) and (by_headings in (None, name) or _fits(name, raw.headings)):
                found.setdefault(name, raw)
            elif by_headings is not None:
                left.append((by_headings, raw))
        for name, raw in left:
            if name not in found:
                found[name] = raw
                message = f"The headings are those of the table {name}, so it was read as that."
                self.findings.append(Finding("table-swapped", message, raw.name))
        if "project" not in found:
            raise InputError(
                "There is no table project, so this is no project as tables.",
                where=self.where,
                remedy="Convert a project to this format to see what it looks like.",
            )
        return found

    def _read_files(self, raw: RawTable) -> None:
        position = {heading.strip().casefold(): at for at, heading in reversed(list(enumerate(raw.headings)))}
        path_at, file_at = (position.get(name) for name in FILES_HEADINGS)
        if path_at is None or file_at is None:
            self.findings.append(Finding("table-column-missing", "The columns path and file are needed.", raw.name))
            return
        for number, values in raw.rows:
            path, file = (values[at] if at < len(values) else None for at in (path_at, file_at))
            if isinstance(path, str) and isinstance(file, str):
                place = raw.place(number, path_at)
                self.paths[self.decode(path, place)] = self.decode(file, place)

    # -- cells ------------------------------------------------------------------------------------------------------

    def _columns(self, name: str, raw: RawTable) -> tuple[dict[str, int], list[tuple[int, Field]]]:
        """Where known columns stand, and those that are read; says which are missing and which are not known."""
        known = {one.name: one for one in fields(name, helpers=True)}
        at: dict[str, int] = {}
        for number, heading in enumerate(raw.headings):
            plain = str(heading or "").strip().casefold()
            if plain in known:
                at.setdefault(plain, number)
            elif plain:
                message = f"The column “{heading}” is none of the table {name}; it was not read."
                self.findings.append(Finding("table-column-unknown", message, raw.place(1, number)))
        parent = name == "codes" and "parent_row" not in at and "parent_guid" in at
        wanted = [one for one in known.values() if not one.computed or (parent and one.name == "parent_guid")]
        for one in wanted:
            missing = one.name not in at and not one.name.endswith("_written") and not one.optional
            if missing and not (parent and one.name == "parent_row"):
                effect = "rows keep their order as number" if one.name == ROW else "it was read as empty"
                message = f"The column {one.name} of the table {name} is missing; {effect}."
                self.findings.append(Finding("table-column-missing", message, raw.name))
        return at, [(at[one.name], one) for one in wanted if one.name in at and one.name != CHECK]

    def _entries(self, name: str, raw: RawTable) -> list[Entry]:
        places, columns = self._columns(name, raw)
        computed = [(places.get(one.name), one) for one in fields(name, helpers=True) if one.computed]
        check, code_at = places.get(CHECK), places.get("code") if name == "codings" else None
        keyed = any(one.name == ROW for _, one in columns)
        position, width = TABLES[name].position, len(TABLES[name].columns)
        readers = [(at, one, position.get(one.name)) for at, one in columns]
        entries: list[Entry] = []
        for number, values in raw.rows:
            if all(value is None for value in values):
                continue
            key, into, row = (None if keyed else len(entries)), None, [None] * width
            for at, one, column in readers:
                cell = values[at] if at < len(values) else None
                if cell is None:
                    continue
                value = self._value(cell, one, raw, number, at)
                if column is not None:
                    row[column] = value
                elif one.name == MERGE:
                    into = value
                else:
                    key = value
            if check is not None and check < len(values) and values[check] is not None:
                self._check_computed(str(values[check]), values, computed, raw, number)
            named = values[code_at] if code_at is not None and code_at < len(values) else None
            code = self.decode(named, raw.place(number, code_at or 0)) if isinstance(named, str) else None
            entries.append(Entry(key, row, number, lambda n, c: raw.place(n, places.get(c, 0)), into, code))
        return entries

    def _check_computed(
        self, check: str, values: Sequence[Any], computed: list[tuple[int | None, Field]], raw: RawTable, number: int
    ) -> None:
        """Say which computed cells of a row somebody wrote into."""
        cells = [values[at] if at is not None and at < len(values) else None for at, _ in computed]
        if check == (now := check_of(cells)):
            return
        for (at, one), before, after in zip(computed, check.split(), now.split(), strict=False):
            if at is not None and before != after:
                message = f"The column {one.name} is computed; what was written into it was not read."
                self.findings.append(Finding("table-cell-computed", message, raw.place(number, at)))

    def _value(self, cell: Any, one: Field, raw: RawTable, number: int, at: int) -> Any:
        if one.type == "text" and isinstance(cell, str):
            if self.decode is plain_text:
                return cell
            if cell[:1] in "#123456789" and cell:
                text, code, message = check_text(cell, one)
                if code:
                    self.findings.append(Finding(code, message, raw.place(number, at)))
                    return text
            return self.decode(cell, raw.place(number, at))
        if one.type == "integer" and type(cell) is int and -(2**63) <= cell < 2**63:
            return cell
        value, code, message = read_value(cell, one)
        if code:
            self.findings.append(Finding(code, message, raw.place(number, at)))
        return value


def _table_of(headings: Sequence[str]) -> str | None:
    """The one table that has exactly these headings, added columns aside; None where none or several have."""
    seen = {str(heading or "").strip().casefold() for heading in headings}
    fitting = [name for name in TABLES if _fits_closely(name, seen)]
    return fitting[0] if len(fitting) == 1 else None


def _fits_closely(name: str, seen: set[str]) -> bool:
    wanted = {one.name for one in fields(name) if not one.computed and not one.name.endswith("_written")}
    return wanted <= seen and len(seen) <= len(fields(name, helpers=True)) + 2


def _fits(name: str, headings: Sequence[str]) -> bool:
    seen = {str(heading or "").strip().casefold() for heading in headings}
    if name == FILES:
        return set(FILES_HEADINGS) <= seen
    return _fits_closely(name, seen)
