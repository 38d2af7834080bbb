"""Elements that copies know by other GUIDs: which became one in an earlier merge, and which become one now."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import replace
from itertools import combinations

from qdpx_compassion.code_tree import CodeTree
from qdpx_compassion.refi.merged_copies import Versions
from qdpx_compassion.tables import TABLES, normalise_guid
from qdpx_compassion.teams.kinds import KINDS, Kind
from qdpx_compassion.teams.matching import Matched, Pass
from qdpx_compassion.teams.same_coders import is_default
from qdpx_compassion.teams.side import Side

#: Tables of elements that are recognised by what they are called → what the standard calls one.
_ELEMENTS = {
    "users": "User", "codes": "Code", "variables": "Variable", "cases": "Case", "sets": "Set", "links": "Link",
    "graphs": "Graph", "vertices": "Vertex", "edges": "Edge",
}  # fmt: skip
_LABELS = {kind.table: kind.label for kind in KINDS if kind.table in _ELEMENTS}


class OtherGuids:
    """GUIDs of elements that are one.

    Where such an element is called differently in the merged project than in a copy, that copy's GUID is kept in the
    note (``versions``): by its name alone it would not be known again.

    Args:
        records: what the notes of the copies say.
        trees: the codes of the copies. A code that is renamed in one copy and has another GUID in another is one by
            what it is in a third.
    """

    def __init__(self, records: Sequence[Versions], trees: Sequence[CodeTree] = ()) -> None:
        self._one: dict[tuple[str, str], str] = {}
        self._members: dict[tuple[str, str], set[str]] = {}
        self._before: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
        for record in records:
            for (element, guid), others in record.items():
                if element in _ELEMENTS.values():
                    self._before[element, guid] |= others
                    self._join(element, {guid, *others})
        self._join_paths(trees)
        #: table → GUID → those of other copies, with what each is called there
        self._others: defaultdict[str, dict[str, dict[str, set[str]]]] = defaultdict(dict)

    def _join(self, element: str, guids: set[str]) -> None:
        """Give GUIDs, and those that are one with any of them, one name."""
        names = {self._one.get((element, guid), guid) for guid in guids}
        members = guids.union(*(self._members.pop((element, known), set()) for known in names))
        name = min(names)
        self._members[element, name] = members
        self._one.update({(element, guid): name for guid in members})

    def _join_paths(self, trees: Sequence[CodeTree]) -> None:
        """Codes of one path are one, unless that made two codes of one copy one."""
        paths: defaultdict[tuple[str, ...], dict[str, None]] = defaultdict(dict)
        inside: defaultdict[str, set[int]] = defaultdict(set)
        for number, tree in enumerate(trees):
            for code in tree:
                paths[tuple(name.strip() for name in code.path)][code.key] = None
                inside[self._one.get(("Code", code.key), code.key)].add(number)
        for guids in paths.values():
            for one, other in combinations(guids, 2):
                names = [self._one.get(("Code", guid), guid) for guid in (one, other)]
                if names[0] != names[1] and inside[names[0]].isdisjoint(inside[names[1]]):
                    self._join("Code", {one, other})
                    inside[min(names)] = inside[names[0]] | inside[names[1]]

    def kind(self, kind: Kind) -> Kind:
        """The kind, with what became one before recognised right after equal GUIDs."""
        element = _ELEMENTS.get(kind.table)
        if element is None:
            return kind

        def key(side: Side, row: int) -> Hashable:
            return self._one.get((element, _guid(side, kind.table, row)))

        at = 0 if kind.has_guid else 1  # without, their own first pass is by GUID
        return replace(kind, passes=(*kind.passes[:at], Pass(key), *kind.passes[at:]))

    def add(self, kind: Kind, first: Side, second: Side, matched: Matched) -> None:
        """Remember the GUIDs of a copy's elements that became others'."""
        if kind.table not in _ELEMENTS:
            return
        for row, other, _ in matched.pairs:
            mine, theirs = _guid(first, kind.table, row), _guid(second, kind.table, other)
            if mine and theirs and mine != theirs:
                self._join(_ELEMENTS[kind.table], {mine, theirs})  # a third copy may know it by that
                self._others[kind.table].setdefault(mine, {}).setdefault(theirs, set()).add(kind.label(second, other))

    def record(self, side: Side) -> Versions:
        """GUID of an element → those that must be kept with it.

        Args:
            side: the merged project.
        """
        found: dict[tuple[str, str], frozenset[str]] = {}
        for table, element in _ELEMENTS.items():
            others, label = self._others[table], _LABELS[table]
            rows = {_guid(side, table, row): row for row in range(len(side.rows[table]))}
            labels = [
                (label(side, rows[guid]), told)
                for guid, those in others.items()
                for told in set().union(*those.values())
            ]
            often = Counter(label(side, row) for row in rows.values()) if others else Counter[str]()
            unsure = any(
                now != told or often[now] > 1 or (table == "users" and is_default(told)) for now, told in labels
            )
            for guid in rows:
                now = set(others.get(guid, ())) if unsure else set()
                before = {one for other in (guid, *others.get(guid, ())) for one in self._before[element, other]}
                if kept := (now | before) - {guid}:
                    found[element, guid] = frozenset(kept | (set(others.get(guid, ())) if before else set()))
        return found


def _guid(side: Side, table: str, row: int) -> str:
    return normalise_guid(side.rows[table][row][TABLES[table].position["guid"]] or "")
