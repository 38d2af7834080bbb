"""Codes that a person merged in a spreadsheet: what refers to the one that goes refers to the one that stays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from qdpx_compassion.findings import Finding, count
from qdpx_compassion.formats.tabular import MERGE
from qdpx_compassion.tables import TABLES, normalise_guid

_POSITION = {name: table.position for name, table in TABLES.items()}
_CODE, _CODING = _POSITION["codes"], _POSITION["codings"]
#: Columns that name a code, or something else, by its GUID.
_BY_GUID = (
    ("codings", "code_guid"),
    ("set_members", "target_guid"),
    ("case_members", "target_guid"),
    ("links", "origin_guid"),
    ("links", "target_guid"),
    ("vertices", "represented_guid"),
)
#: Where GUIDs of other things stand too: column of the kind, and the kinds that are codes.
_KIND = {"set_members": ("member_kind", "MemberCode"), "case_members": ("member_kind", "CodeRef")}


class Row(Protocol):
    """A row of a table, as ``assembling.Entry``."""

    key: int | None
    values: list[Any]
    into: int | None

    def at(self, column: str) -> str:
        """Where a column of this row stands."""


def merge_codes(entries: dict[str, Any], findings: list[Finding]) -> None:
    """Merge the codes whose column ``merge_into`` is filled in.

    Codings, subcodes, notes, members of sets and ends of links go over to the code that stays; a description is put
    below the one that is there. Where a place is then coded twice by the same person with the same code, one coding
    stays, with the notes of both.

    Args:
        entries: table → its rows; changed.
        findings: what was merged, and what cannot be, with its cell.
    """
    codes: list[Row] = entries["codes"]
    merged = [code for code in codes if code.into is not None]
    if merged:
        _Merging(entries, findings).run(merged)


class _Merging:
    def __init__(self, entries: dict[str, Any], findings: list[Finding]) -> None:
        self._entries, self._findings = entries, findings
        self._moved: set[int] = set()  # ids of the rows that named a code that goes
        self._by_key: dict[int, Row] = {code.key: code for code in entries["codes"] if code.key is not None}

    def run(self, merged: Sequence[Row]) -> None:
        stays: dict[int, Row] = {}  # id of the code that goes → the one that stays in the end
        for code in merged:
            target = self._target(code)
            if target is not None:
                stays[id(code)] = target
        going = [code for code in merged if id(code) in stays]
        guids = self._renamed(going, stays)
        codings = self._move_references(guids)
        self._move_notes(going, stays)
        self._move_children(stays)
        for code in going:
            self._move_description(code, stays[id(code)])
            own = codings.get(normalise_guid(code.values[_CODE["guid"]] or ""), 0)
            message = f"“{_name(code)}” was merged into “{_name(stays[id(code)])}”, with {count(own, 'coding')}."
            self._findings.append(Finding("table-codes-merged", message, code.at(MERGE)))
        self._entries["codes"] = [code for code in self._entries["codes"] if id(code) not in stays]
        self._join_codings()
        self._join_members()

    def _target(self, code: Row) -> Row | None:
        """The code that stays, at the end of the chain."""
        seen = {id(code)}
        target = code
        while target.into is not None:
            found = self._by_key.get(target.into)
            if found is None:
                self._error(f"The table codes has no row {target.into}.", target)
                return None
            if id(found) in seen:
                self._error("The code is merged into itself.", code)
                return None
            seen.add(id(found))
            target = found
        return target

    def _error(self, message: str, code: Row) -> None:
        if not any(finding.where == code.at(MERGE) for finding in self._findings):
            self._findings.append(Finding("table-reference", message, code.at(MERGE)))

    def _renamed(self, going: Sequence[Row], stays: dict[int, Row]) -> dict[str, str]:
        """GUID of a code that goes, as compared → GUID of the one that stays, as written."""
        at = _CODE["guid"]
        return {
            normalise_guid(code.values[at]): stays[id(code)].values[at]
            for code in going
            if code.values[at] is not None and stays[id(code)].values[at] is not None
        }

    def _move_references(self, guids: dict[str, str]) -> dict[str, int]:
        """Returns how many codings each code had that goes."""
        cases = {normalise_guid(case.values[0]) for case in self._entries["cases"] if case.values[0] is not None}
        codings: dict[str, int] = {}
        for table, column in _BY_GUID:
            at = _POSITION[table][column]
            kind_column, wanted = _KIND.get(table, ("", ""))
            kind_at = _POSITION[table].get(kind_column)
            for entry in self._entries[table]:
                written = entry.values[at]
                if written is None or (kind_at is not None and entry.values[kind_at] != wanted):
                    continue
                key = normalise_guid(written)
                if key not in guids or (table in ("links", "vertices") and key in cases):
                    continue  # a case may have the GUID of its code, and is not merged
                entry.values[at] = guids[key]
                self._moved.add(id(entry))
                if table == "codings":
                    codings[key] = codings.get(key, 0) + 1
        return codings

    def _move_notes(self, going: Sequence[Row], stays: dict[int, Row]) -> None:
        new = {code.key: stays[id(code)].key for code in going}
        kind, owner = _POSITION["note_refs"]["owner_kind"], _POSITION["note_refs"]["owner_row"]
        for entry in self._entries["note_refs"]:
            if entry.values[kind] == "code" and entry.values[owner] in new:
                entry.values[owner] = new[entry.values[owner]]

    def _move_children(self, stays: dict[int, Row]) -> None:
        """Subcodes go below the code that stays; what stood above it by a code that goes moves up."""
        parent = _CODE["parent_row"]
        for code in self._entries["codes"]:
            above = self._by_key.get(code.values[parent])
            while above is not None and id(above) in stays:
                target = stays[id(above)]
                above = self._by_key.get(above.values[parent]) if self._is_below(target, code) else target
                code.values[parent] = None if above is None else above.key

    def _is_below(self, code: Row, other: Row) -> bool:
        """Whether a code is the other or stands somewhere below it."""
        parent = _CODE["parent_row"]
        seen: set[int] = set()
        at: Row | None = code
        while at is not None and id(at) not in seen:
            if at is other:
                return True
            seen.add(id(at))
            at = self._by_key.get(at.values[parent])
        return False

    def _move_description(self, code: Row, target: Row) -> None:
        at = _CODE["description"]
        own, there = code.values[at], target.values[at]
        if own and own != there:
            target.values[at] = own if not there else f"{there}\n\n{_name(code)}: {own}"

    def _join_codings(self) -> None:
        """One coding where the same person coded the same place with both codes."""
        kind, owner, code, user = (_CODING[name] for name in ("owner_kind", "owner_row", "code_guid", "creating_user"))
        doubled = self._doubled(
            "codings", lambda row: (row[kind], row[owner], normalise_guid(row[code] or ""), row[user])
        )
        if not doubled:
            return
        kept = {gone.key: stays.key for gone, stays in doubled if gone.key is not None}
        note_kind, note_owner = _POSITION["note_refs"]["owner_kind"], _POSITION["note_refs"]["owner_row"]
        for entry in self._entries["note_refs"]:
            if entry.values[note_kind] == "coding" and entry.values[note_owner] in kept:
                entry.values[note_owner] = kept[entry.values[note_owner]]
        many = count(len(doubled), "coding was", "codings were")
        message = f"{many} left out: the same person had coded the same place with the other code, too."
        self._findings.append(Finding("table-codes-merged", message, doubled[0][0].at("row")))

    def _join_members(self) -> None:
        """A code is in a set once."""
        self._doubled("set_members", lambda row: (row[0], row[1], normalise_guid(row[2] or "")))

    def _doubled(self, table: str, key: Callable[[list[Any]], tuple[Any, ...]]) -> list[tuple[Row, Row]]:
        """Take out the rows that say what another says, now that one of them moved; with those that stay."""
        first: dict[tuple[Any, ...], Row] = {}
        doubled = []
        for entry in self._entries[table]:
            stays = first.setdefault(key(entry.values), entry)
            if stays is not entry and (id(stays) in self._moved or id(entry) in self._moved):
                doubled.append((entry, stays))
        gone = {id(entry) for entry, _ in doubled}
        self._entries[table] = [entry for entry in self._entries[table] if id(entry) not in gone]
        return doubled


def _name(code: Row) -> str:
    return code.values[_CODE["name"]] or "(no name)"
