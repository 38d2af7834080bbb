"""Rows that people may have sorted, added or deleted → tables in document order, with every reference in place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from qdpx_compassion.findings import Finding
from qdpx_compassion.formats.merging_codes import merge_codes
from qdpx_compassion.formats.naming_codes import name_codes
from qdpx_compassion.formats.tabular import REFERENCES, TABLE_OF_KIND
from qdpx_compassion.refi.guids import derive, is_guid
from qdpx_compassion.refi.names import CHILDREN, SELECTION_KINDS, SOURCE_KINDS, SOURCES, TABLE_OF, VALUE_KINDS
from qdpx_compassion.tables import NAMED, TABLES, Rows, boolean_of, integer_of, normalise_guid

_POSITION = {name: table.position for name, table in TABLES.items()}
#: Column → what may stand in it.
_KINDS = {
    ("sources", "kind"): SOURCE_KINDS,
    ("sources", "parent_kind"): ("source", "selection"),
    ("selections", "kind"): SELECTION_KINDS,
    ("codings", "owner_kind"): ("selection", "source"),
    ("note_refs", "owner_kind"): tuple(TABLE_OF_KIND),
    ("variable_values", "owner_kind"): ("case", "source"),
    ("variable_values", "value_kind"): VALUE_KINDS,
    ("case_members", "member_kind"): ("CodeRef", "SourceRef", "SelectionRef"),
    ("set_members", "member_kind"): ("MemberCode", "MemberSource", "MemberNote"),
}
#: Columns that may not be empty.
_NEEDED = frozenset({*_KINDS, *REFERENCES} - {
    ("codes", "parent_row"), ("sources", "parent_kind"), ("sources", "parent_row"), ("variable_values", "value_kind"),
})  # fmt: skip
_MEMBER_TABLE = {
    "CodeRef": "codes", "MemberCode": "codes", "SourceRef": "sources", "MemberSource": "sources",
    "MemberNote": "sources", "SelectionRef": "selections",
}  # fmt: skip


@dataclass(slots=True)
class Entry:
    """A row that was read.

    Attributes:
        key: what stands in the column ``row``; None for a row that a person added.
        values: in the order of the table's columns.
        number: of the row in the file.
        place: says where a column of a row stands (row number, name of the column).
        into: of a code, the key of the one that it is merged into; None for all others.
        code: of a coding, what its column ``code`` holds: the path of its code.
    """

    key: int | None
    values: list[Any]
    number: int
    place: Callable[[int, str], str]
    into: int | None = None
    code: str | None = None

    def at(self, column: str) -> str:
        """Where a column of this row stands."""
        return self.place(self.number, column)


def assemble(entries: dict[str, list[Entry]], findings: list[Finding]) -> dict[str, Rows]:
    """Tables in document order from the rows of every table.

    Args:
        entries: table → its rows as they were read.
        findings: what is wrong or noteworthy is added here, with its place.

    Returns:
        The rows of each table; not to be used when a finding is an error.
    """
    return _Assembler(entries, findings).rows()


class _Assembler:
    def __init__(self, entries: dict[str, list[Entry]], findings: list[Finding]) -> None:
        self._findings = findings
        self._entries = {name: self._in_order(name, table) for name, table in entries.items()}
        merge_codes(self._entries, findings)
        self._entries["codes"] = self._tree(self._entries["codes"])
        name_codes(self._entries["codings"], self._entries["codes"], findings)
        self._index = {
            name: {entry.key: at for at, entry in enumerate(table) if entry.key is not None}
            for name, table in self._entries.items()
        }

    def rows(self) -> dict[str, Rows]:
        if len(self._entries["project"]) != 1:
            number = len(self._entries["project"])
            self._error(f"The table has {number} rows; it must have one, the project.", "project")
        for (table, column), target in REFERENCES.items():
            self._resolve(table, column, target)
        for (table, column), allowed in _KINDS.items():
            self._check_kinds(table, column, allowed)
        self._check_needed()
        self._complete_codes()
        for name, entries in self._entries.items():
            self._written_forms(name, entries)
        self._check_guids()
        return {name: [entry.values for entry in table] for name, table in self._entries.items()}

    def _error(self, message: str, where: str, code: str = "table-cell") -> None:
        self._findings.append(Finding(code, message, where))

    # -- order ------------------------------------------------------------------------------------------------------

    def _in_order(self, name: str, table: list[Entry]) -> list[Entry]:
        """Rows by their number, however they were sorted; those that were added come last."""
        seen: set[int] = set()
        for entry in table:
            if entry.key in seen:
                self._error(f"The row number {entry.key} stands there twice.", entry.at("row"))
            if entry.key is not None:
                seen.add(entry.key)
        added = [entry for entry in table if entry.key is None]
        if added:
            self._add_guids(name, added)
        kept = [entry for entry in table if entry.key is not None]
        return [*sorted(kept, key=lambda entry: entry.key or 0), *added]

    def _add_guids(self, name: str, added: list[Entry]) -> None:
        guid = _POSITION[name].get("guid")
        if guid is not None:
            for number, entry in enumerate(added):
                if entry.values[guid] is None:
                    entry.values[guid] = derive("added row", name, str(number), *map(str, entry.values))
        message = f"Added rows in the table {name}: {len(added):,}."
        self._findings.append(Finding("table-row-added", message, added[0].at("row")))

    def _tree(self, table: list[Entry]) -> list[Entry]:
        """Codes with every parent before its children; one that was moved stands after its new siblings."""
        position = _POSITION["codes"]
        parent, parent_guid, guid = position["parent_row"], position["parent_guid"], position["guid"]
        by_guid = {normalise_guid(entry.values[guid] or ""): entry for entry in reversed(table)}
        by_key = {entry.key: entry for entry in table if entry.key is not None}
        children: dict[int | None, list[Entry]] = {}
        for entry in table:
            above = by_key.get(entry.values[parent])
            if entry.values[parent] is None and entry.values[parent_guid] is not None:
                above = by_guid.get(normalise_guid(entry.values[parent_guid]))
                if above is None:
                    self._error(
                        f"No code has the GUID {entry.values[parent_guid]}.", entry.at("parent_guid"), "table-reference"
                    )
                elif above.key is not None:
                    entry.values[parent] = above.key
            children.setdefault(id(above) if above is not None else None, []).append(entry)
        ordered: list[Entry] = []
        waiting = list(reversed(children.get(None, [])))
        while waiting:
            entry = waiting.pop()
            ordered.append(entry)
            waiting.extend(reversed(children.get(id(entry), [])))
        if len(ordered) < len(table):
            reached = {id(entry) for entry in ordered}
            circle = next(entry for entry in table if id(entry) not in reached)
            self._error("The code stands below itself.", circle.at("parent_row"), "table-reference")
        return ordered

    # -- references ---------------------------------------------------------------------------------------------------

    def _resolve(self, table: str, column: str, target: str) -> None:
        """Row numbers as they were written → rows as they are now."""
        at, kind_at = _POSITION[table][column], _POSITION[table].get(target)
        for entry in self._entries[table]:
            written = entry.values[at]
            if written is None:
                continue
            name = target if kind_at is None else TABLE_OF_KIND.get(entry.values[kind_at] or "")
            if name is None:
                continue  # the kind is what is wrong, and is told elsewhere
            row = self._index[name].get(written)
            if row is None:
                self._error(f"The table {name} has no row {written}.", entry.at(column), "table-reference")
            entry.values[at] = row

    def _check_kinds(self, table: str, column: str, allowed: tuple[str, ...]) -> None:
        at = _POSITION[table][column]
        for entry in self._entries[table]:
            value = entry.values[at]
            if value is not None and value not in allowed:
                self._error(f"“{value}” is none of {', '.join(allowed)}.", entry.at(column))

    def _check_needed(self) -> None:
        for table, column in sorted(_NEEDED):
            at = _POSITION[table][column]
            for entry in self._entries[table]:
                if entry.values[at] is None and not self._told(entry.at(column)):
                    self._error(f"The cell is empty; {column} is needed.", entry.at(column))
        self._check_sources()

    def _told(self, where: str) -> bool:
        return any(finding.where == where for finding in self._findings[-50:])

    def _check_sources(self) -> None:
        """What stands inside a source or selection must be something that can."""
        kind, parent_kind, parent = (_POSITION["sources"][name] for name in ("kind", "parent_kind", "parent_row"))
        top = (*SOURCES, "Note")
        for entry in self._entries["sources"]:
            values = entry.values
            inside = values[parent] is not None and values[parent_kind] is not None
            if not inside and values[kind] in SOURCE_KINDS and values[kind] not in top:
                self._error(f"A {values[kind]} stands inside a source or selection.", entry.at("parent_row"))
            elif inside and values[parent_kind] in ("source", "selection"):
                self._check_inside(entry, values[kind], TABLE_OF_KIND[values[parent_kind]], "parent_row")
        for entry in self._entries["selections"]:
            self._check_inside(entry, entry.values[0], "sources", "source_row")
        for entry in self._entries["sync_points"]:
            self._check_inside(entry, "SyncPoint", "sources", "source_row")
        for table, element in (("codings", "Coding"), ("variable_values", "VariableValue")):
            for entry in self._entries[table]:
                if entry.values[0] in ("source", "selection"):
                    self._check_inside(entry, element, TABLE_OF_KIND[entry.values[0]], "owner_row")

    def _check_inside(self, entry: Entry, element: str | None, table: str, column: str) -> None:
        row = entry.values[_POSITION[TABLE_OF.get(element or "", "sources")].get(column, 0)]
        if element not in CHILDREN or not isinstance(row, int):
            return  # told already
        owner = self._entries[table][row].values[0]
        if owner in CHILDREN and element not in CHILDREN[owner]:
            self._error(f"A {element} cannot stand inside a {owner}.", entry.at(column))

    # -- what follows from other columns ------------------------------------------------------------------------------

    def _complete_codes(self) -> None:
        codes, position = self._entries["codes"], _POSITION["codes"]
        guid, parent, parent_guid = position["guid"], position["parent_row"], position["parent_guid"]
        for entry in codes:
            row = entry.values[parent]
            entry.values[parent_guid] = codes[row].values[guid] if row is not None else None
        by_key: dict[str, int] = {}
        for number, entry in enumerate(codes):
            by_key.setdefault(normalise_guid(entry.values[guid] or ""), number)
        written, row_at = _POSITION["codings"]["code_guid"], _POSITION["codings"]["code_row"]
        for entry in self._entries["codings"]:
            target = entry.values[written]
            entry.values[row_at] = None if target is None else by_key.get(normalise_guid(target))

    def _written_forms(self, name: str, table: list[Entry]) -> None:
        """A number that was changed is no longer written as it was."""
        for at, column in enumerate(TABLES[name].columns):
            if not column.name.endswith("_written"):
                continue
            read = boolean_of if TABLES[name].columns[at - 1].dtype == "boolean" else integer_of
            for entry in table:
                written = entry.values[at]
                if written is not None and read(written) != entry.values[at - 1]:
                    entry.values[at] = None

    # -- GUIDs --------------------------------------------------------------------------------------------------------

    def _check_guids(self) -> None:
        known: dict[str, set[str]] = {}
        for name, table in self._entries.items():
            at = _POSITION[name].get("guid")
            if at is None:
                continue
            keys = Counter(normalise_guid(entry.values[at]) for entry in table if entry.values[at] is not None)
            known[name] = set(keys)
            self._check_own(name, table, at, keys)
        for (name, column), target in NAMED.items():
            at = _POSITION[name][column]
            self._check_named(((entry, at, column, target) for entry in self._entries[name]), known)
        for name in ("case_members", "set_members"):
            at, kind = _POSITION[name]["target_guid"], _POSITION[name]["member_kind"]
            members = (
                (entry, at, "target_guid", _MEMBER_TABLE.get(entry.values[kind] or "", ""))
                for entry in self._entries[name]
            )
            self._check_named(members, known)

    def _check_own(self, name: str, table: list[Entry], at: int, keys: Counter[str]) -> None:
        for entry in table:
            guid = entry.values[at]
            if guid is None:
                continue
            if not is_guid(guid):
                self._error(f"“{guid}” is not a GUID.", entry.at("guid"), "guid-form")
            if name == "codes" and keys[normalise_guid(guid)] > 1:
                self._error("Another code has the same GUID.", entry.at("guid"), "table-guid-twice")

    def _check_named(self, named: Iterable[tuple[Entry, int, str, str]], known: dict[str, set[str]]) -> None:
        for entry, at, column, target in named:
            guid = entry.values[at]
            if guid is not None and target and normalise_guid(guid) not in known[target]:
                message = f"Nothing in the table {target} has the GUID {guid}."
                self._error(message, entry.at(column), "reference-dangling")
