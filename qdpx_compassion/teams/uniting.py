"""One copy after the other into one set of tables: the same is kept once, the rest is added, conflicts are settled."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any

from qdpx_compassion.code_tree import CodeTree
from qdpx_compassion.findings import Finding
from qdpx_compassion.refi.guids import derive
from qdpx_compassion.refi.merged_copies import Versions
from qdpx_compassion.tables import TABLES, Project, Rows, normalise_guid
from qdpx_compassion.teams.code_order import parents_first, unwind
from qdpx_compassion.teams.conflicts import Conflict
from qdpx_compassion.teams.copies import Copy
from qdpx_compassion.teams.keys import instant
from qdpx_compassion.teams.kinds import Kind
from qdpx_compassion.teams.labels import MEMBER_TABLES
from qdpx_compassion.teams.matching import Matched, match
from qdpx_compassion.teams.merging_kinds import SETTLED, merging_kinds
from qdpx_compassion.teams.other_guids import OtherGuids
from qdpx_compassion.teams.references import OF_THE_TEXT, REFERENCES, ROWS, TRANSLATED
from qdpx_compassion.teams.same_coders import Coders, SameCoders
from qdpx_compassion.teams.same_sources import SameSources
from qdpx_compassion.teams.side import ANYTHING, OWNER_TABLE, Side

_AT_THE_TOP = "(none: it stands at the top)"


class United:
    """The tables that copies make together.

    Args:
        copies: in their order; the first gives the order of elements.
        same: which sources are one, with texts settled.
        settle: ``label`` or ``label, attribute`` of a conflict → name of the copy that settles it.
        coders: how users of one name, but other GUIDs, are taken.

    Attributes:
        rows: the tables.
        conflicts: what copies said differently.
        provider: row in ``sources`` → (number of the copy, row there) whose text and files it has.
        added: how many rows of each table a copy other than the first brought.
        cut_off: links and members of cases that named a selection without a place.
        reused: GUIDs that stood for different things; the later thing got a GUID of its own.
        findings: what was mended.
    """

    def __init__(
        self,
        copies: Sequence[Copy],
        same: SameSources,
        settle: Mapping[str, str] | None = None,
        coders: Coders = "auto",
    ) -> None:
        self._copies, self._same, self._settle = copies, same, settle or {}
        self._coders, self._others = (
            SameCoders(same, coders),
            OtherGuids(same.records, [CodeTree.of(copy.project) for copy in copies]),
        )
        self.rows: dict[str, Rows] = {}
        self.conflicts: list[Conflict] = []
        self.provider: dict[int, tuple[int, int]] = {}
        self.added: dict[str, int] = {}
        self.reused = self.cut_off = 0
        self._gone: dict[int, frozenset[str]] = {}
        self.findings: list[Finding] = []
        self._said: dict[tuple[str, int, str], int] = {}
        self._from: dict[str, list[int]] = {name: [] for name in TABLES}
        self._used: set[str] = set()
        self._begin(copies[0])
        for number in range(1, len(copies)):
            self._unite(number)
        self._coders.name_apart(self.rows["users"], self._from["users"])
        self.findings += self._coders.findings
        self.unknown = sorted(set(self._settle) - self._used)

    @property
    def project(self) -> Project:
        """The tables as a project that is read."""
        first = self._copies[0]
        return Project(self.rows, first.project.dialect, [], first.name, first.project.positions)

    def other_guids(self) -> Versions:
        """GUIDs by which copies know what is here under another one, where that must be kept."""
        return self._others.record(self._side())

    # -- sides -----------------------------------------------------------------------------------------------------

    def _begin(self, copy: Copy) -> None:
        self.rows = {name: [] for name in TABLES}
        empty: dict[str, dict[int, int]] = {name: {} for name in TABLES}
        side = self._side_of(0)
        self._append(side, 0, empty, {name: list(range(len(rows))) for name, rows in copy.project.rows.items()})
        self.added.clear()

    def _side_of(self, number: int) -> Side:
        copy = self._copies[number]
        side = Side(
            copy.project,
            lambda row: self._same.text(number, row),
            lambda row: self._same.content(number, row),
            second=number > 0,
        )
        self._gone[number] = _only_named(side, "selections", copy.dropped)
        links = {row for row in range(len(side.rows["links"])) if self._is_dropped(number, "links", row)}
        members = (self._is_dropped(number, "case_members", row) for row in range(len(side.rows["case_members"])))
        self._gone[number] |= _only_named(side, "links", links)
        self.cut_off += len(links) + sum(members)
        return side

    def _side(self) -> Side:
        return Side(
            self.project,
            lambda row: self._same.text(*self.provider[row]),
            lambda row: self._same.content(*self.provider[row]),
        )

    def _unite(self, number: int) -> None:
        first, second = self._side(), self._side_of(number)

        def same(side: Side, row: int) -> Hashable:
            key = self.provider[row] if side is first else (number, row)
            group = self._same.of.get(key)
            return None if group is None else id(group)

        one_coding = self._copies[0].project.dialect.startswith("nvivo")
        found: list[tuple[Kind, Matched]] = []
        for kind in merging_kinds(first, second, same, one_coding=one_coding):
            if kind.name == "users":
                kind = self._coders.kind(kind, first, number, self._from["users"])
            kind = self._others.kind(kind)
            theirs = [row for row in kind.rows_of(second) if not self._is_dropped(number, kind.table, row)]
            found.append((kind, match(first, second, kind.table, (kind.rows_of(first), theirs), kind.all_passes())))
            if kind.name == "users":
                self._coders.tell(first, found[-1][1], number, self._from["users"])
            self._others.add(kind, first, second, found[-1][1])
            first.forget_references()
            second.forget_references()
        ids = {table: {row: one for row, one in known.items() if one >= 0} for table, known in second.ids.items()}
        new: dict[str, list[int]] = {}
        for kind, matched in found:
            new.setdefault(kind.table, []).extend(matched.new)
        self._absorb(second, ids, new)
        self._append(second, number, ids, {table: sorted(rows) for table, rows in new.items()})
        for kind, matched in found:
            for ours, theirs_row, _ in matched.pairs:
                self._reconcile(kind, first, second, ours, theirs_row, number, ids)
        self._order_codes()

    def _order_codes(self) -> None:
        """A parent stands before its children, also where a copy moved a code below one that came later."""
        codes = self.rows["codes"]
        self.findings += unwind(codes)
        order = parents_first(codes)
        if order == list(range(len(codes))):
            return
        new = {row: at for at, row in enumerate(order)}
        self.rows["codes"] = [codes[row] for row in order]
        self._from["codes"] = [self._from["codes"][row] for row in order]
        self._said = {
            (table, new[row] if table == "codes" else row, name): said
            for (table, row, name), said in self._said.items()
        }
        for table, column in (("codes", "parent_row"), ("codings", "code_row")):
            at = TABLES[table].position[column]
            for values in self.rows[table]:
                values[at] = new.get(values[at])

    def _absorb(self, second: Side, ids: dict[str, dict[int, int]], new: dict[str, list[int]]) -> None:
        """A new selection of which every coding is there already, in another selection of its place, is that one."""
        owners: dict[int, list[int | None]] = {}
        for row, coding in enumerate(second.rows["codings"]):
            if coding[0] == "selection":
                owners.setdefault(coding[1], []).append(ids["codings"].get(row))
        description = TABLES["selections"].position["description"]
        kept = []
        for row in new.get("selections", ()):
            there = owners.get(row, [])
            places = [self.rows["codings"][one][1] for one in there if one is not None]
            if not places or len(places) < len(there):
                kept.append(row)
                continue
            ids["selections"][row] = places[0]
            told, mine = second.rows["selections"][row][description], self.rows["selections"][places[0]]
            mine[description] = mine[description] or told
        new["selections"] = kept

    def _is_dropped(self, number: int, table: str, row: int) -> bool:
        """Whether a row is about a selection that has no place in the text that holds."""
        copy = self._copies[number]
        if not copy.dropped:
            return False
        values, position = copy.project.rows[table][row], TABLES[table].position
        if table == "selections":
            return row in copy.dropped
        if table == "codings":
            return values[0] == "selection" and values[1] in copy.dropped
        if table == "note_refs":
            kind, owner = values[0], values[1]
            return (kind == "selection" and owner in copy.dropped) or (
                kind == "coding" and self._is_dropped(number, "codings", owner)
            )
        if table == "case_members" and values[position["member_kind"]] != "SelectionRef":
            return False
        ends = {"case_members": ("target_guid",), "links": ("origin_guid", "target_guid")}.get(table, ())
        return any(normalise_guid(values[position[end]] or "") in self._gone[number] for end in ends)

    # -- adding -----------------------------------------------------------------------------------------------------

    def _append(self, side: Side, number: int, ids: dict[str, dict[int, int]], new: dict[str, list[int]]) -> None:
        """Add rows; ``ids`` gets where each went."""
        kept = {table: [row for row in rows if not self._is_dropped(number, table, row)] for table, rows in new.items()}
        taken = {table: self._guids(table) for table in kept} if number else {}
        for table, rows in kept.items():
            start = len(self.rows[table])
            ids[table].update({row: start + at for at, row in enumerate(rows)})
            self.added[table] = self.added.get(table, 0) + len(rows)
            for row in rows:
                self.rows[table].append(list(side.rows[table][row]))
                self._from[table].append(number)
                if table == "sources":
                    group = self._same.of.get((number, row))
                    there = (number, row) if group is None else (group.winner, group.rows[group.winner])
                    self.provider[ids[table][row]] = there
                    self._take_text(ids[table][row])
                self._own_guid(table, ids[table][row], taken.get(table, set()))
        for table, rows in kept.items():
            for row in rows:
                values = self.rows[table][ids[table][row]]
                for at, column in TRANSLATED[table]:
                    values[at] = self._translated(side, table, column, side.rows[table][row], values[at], ids)
                if table in ("vertices", "edges") and self._gone[number]:
                    at = TABLES[table].position["represented_guid"]
                    shown = side.rows[table][row][at]
                    values[at] = None if normalise_guid(shown or "") in self._gone[number] else values[at]

    def _guids(self, table: str) -> set[Hashable]:
        position = TABLES[table].position.get("guid")
        several = table in ("sources", "selections")
        if position is None:
            return set()
        return {(row[0] if several else "", normalise_guid(row[position])) for row in self.rows[table] if row[position]}

    def _own_guid(self, table: str, row: int, taken: set[Hashable]) -> None:
        """A new GUID where that of an added row stands for something else already."""
        position = TABLES[table].position.get("guid")
        values = self.rows[table][row]
        if position is None or not values[position] or not taken:
            return
        kind = values[0] if table in ("sources", "selections") else ""
        if (kind, normalise_guid(values[position])) in taken:
            told = [str(value) for value in values if value is not None]
            values[position] = derive("merged", table, *told)
            self.reused += 1

    def _take_text(self, row: int) -> None:
        """The columns that follow the text, from the copy whose text holds."""
        number, there = self.provider[row]
        values, position = self.rows["sources"][row], TABLES["sources"].position
        for column in OF_THE_TEXT:
            values[position[column]] = self._copies[number].source(there, column)

    def _translated(
        self, side: Side, table: str, column: str, row: Sequence[Any], value: Any, ids: dict[str, dict[int, int]]
    ) -> Any:
        """A value of a copy's row as it is in the united tables."""
        target = ROWS.get((table, column))
        if target is not None and value is not None:
            kind = TABLES[table].position.get(target)
            name = target if kind is None else OWNER_TABLE[row[kind]]
            return 0 if name == "project" else ids[name].get(value)
        tables = REFERENCES.get((table, column))
        if column == "target_guid" and table in ("case_members", "set_members"):
            tables = MEMBER_TABLES[row[TABLES[table].position["member_kind"]]]
        if table == "cases" and column == "guid" and value:
            tables = ("codes",)  # NVivo: a case is the code of its members
        if tables is None or not value:
            return value
        for name in tables:
            there = side.row_of(name, value)
            if there is not None and there in ids[name]:
                written = self.rows[name][ids[name][there]][TABLES[name].position["guid"]]
                same = written and normalise_guid(written) == normalise_guid(value)
                return value if same or not written else written
        return value

    # -- conflicts ------------------------------------------------------------------------------------------------

    def _reconcile(
        self, kind: Kind, first: Side, second: Side, ours: int, theirs: int, number: int, ids: dict[str, dict[int, int]]
    ) -> None:
        settled = SETTLED.get(kind.name, {})
        for value in kind.values:
            columns = settled.get(value.name)
            if columns is None:
                continue
            before, after = value.key(first, ours), value.key(second, theirs)
            says_something = value.name == "parent"  # no parent is a place as well: the top
            if before == after or (after is None and not says_something):
                continue
            if before is not None or says_something:
                said = self._said.get((kind.table, ours, value.name), self._from[kind.table][ours])
                label = kind.label(first, ours)
                labels = dict.fromkeys((label, kind.label(second, theirs)))
                nothing = _AT_THE_TOP if says_something else ""
                shown = (value.shown(first, ours) or nothing, value.shown(second, theirs) or nothing)
                better, why = self._better(labels, value.name, (said, number), (str(before), str(after)))
                chosen = number if better else said
                names = (self._copies[said].name, self._copies[number].name)
                sides = tuple(zip(names, shown, strict=True))
                self.conflicts.append(Conflict(kind.name, label, value.name, sides, self._copies[chosen].name, why))
                if not better:
                    continue
            self._said[kind.table, ours, value.name] = number
            self._take(second, kind.table, ours, theirs, columns, ids)
        self._changed(kind, second, ours, theirs, number, ids)

    def _better(
        self, labels: Iterable[str], attribute: str, numbers: tuple[int, int], values: tuple[str, str]
    ) -> tuple[bool, str]:
        """Whether the second value holds, and why that one does."""
        names = [self._copies[number].name for number in numbers]
        for wanted in (*(f"{label}, {attribute}" for label in labels), *labels):
            if self._settle.get(wanted) in names:
                self._used.add(wanted)
                return self._settle[wanted] == names[1], "as you said"
        one, other = (self._copies[number] for number in numbers)
        if one.preferred != other.preferred:
            return other.preferred, "preferred"
        if one.date != other.date:
            return other.date > one.date, "the newer project"
        return values[1] > values[0], "projects of one date: the later in the alphabet"

    def _take(
        self, side: Side, table: str, ours: int, theirs: int, columns: Sequence[str], ids: dict[str, dict[int, int]]
    ) -> None:
        row = side.rows[table][theirs]
        for column in columns:
            at = TABLES[table].position[column]
            self.rows[table][ours][at] = self._translated(side, table, column, row, row[at], ids)

    def _changed(
        self, kind: Kind, side: Side, ours: int, theirs: int, number: int, ids: dict[str, dict[int, int]]
    ) -> None:
        """Who changed an element last, and when."""
        table = kind.table
        names = ("modifying_user_guid", "modified_date_time") if table == "project" else (
            "modifying_user", "modified_date_time"
        )  # fmt: skip
        if names[1] not in TABLES[table].position:
            return
        at = TABLES[table].position[names[1]]
        mine, other = self.rows[table][ours][at] or "", side.rows[table][theirs][at] or ""
        newer = (instant(other) or "") > (instant(mine) or "")
        if table == "sources" and ours in self.provider:
            group = self._same.of.get((number, theirs))
            # with another text comes its date, so that merging again chooses the same text
            if group is not None and group.contested:
                newer = group.winner == number
        if newer:
            self._take(side, table, ours, theirs, names, ids)


def _only_named(side: Side, table: str, rows: Iterable[int]) -> frozenset[str]:
    """The GUIDs that name these rows of a table, and nothing that is kept."""
    position, gone = TABLES[table].position["guid"], set(rows)
    guids = (side.rows[table][row][position] or "" for row in gone)
    return frozenset(
        normalise_guid(guid)
        for guid in guids
        if guid
        and side.row_of(table, guid) in gone
        and all(side.row_of(other, guid) is None for other in ANYTHING[: ANYTHING.index(table)])
    )
