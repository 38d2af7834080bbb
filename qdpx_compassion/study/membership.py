"""Which parts of which sources belong to a case, set or code, and which of those best divide the sources."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from qdpx_compassion.code_tree import Code, CodeTree, read_path, write_path
from qdpx_compassion.errors import UsageError
from qdpx_compassion.study.places import Place, Places
from qdpx_compassion.study.spans import union_length
from qdpx_compassion.tables import TABLES, Project, normalise_guid

#: A source of which this much is covered is covered as a whole: a case coding often stops a few characters short.
WHOLE = 0.95
#: Two holders overlap when they share more than this part of the smaller one.
OVERLAP = 0.5

_SOURCE = TABLES["sources"].position
Span = tuple[int, int, int]  # row of the text, start, end


@dataclass
class Holder:
    """Something that may be a participant or a group: a case, a set, a code of speakers, a value of a variable.

    Attributes:
        kind: ``case``, ``set``, ``code`` or ``variable``.
        key: GUID as compared, or what tells a value apart.
        name: its name; empty for MAXQDA's cases, which have none.
        folder: names of the folders that it lies in, from the top.
        whole: sources that it covers, by row of the outermost source.
        spans: parts of texts.
        marked: sources in which areas, pages or times are its, whose size says little about the whole.
        case_row: row of the case.
        code_row: row of the code whose codings are its members.
    """

    kind: str
    key: str
    name: str
    folder: tuple[str, ...] = ()
    whole: set[int] = field(default_factory=set)
    spans: dict[int, list[Span]] = field(default_factory=dict)
    marked: set[int] = field(default_factory=set)
    case_row: int | None = None
    code_row: int | None = None

    @property
    def sources(self) -> set[int]:
        """Rows of the sources that it holds something of."""
        return self.whole | set(self.spans)

    def add(self, place: Place) -> None:
        """Take a place in: characters, the source as a whole, or an area, page or time in it."""
        if place.start is not None and place.end is not None:
            self.spans.setdefault(place.top_row, []).append((place.source_row, place.start, place.end))
        elif place.selection_row is None:
            self.whole.add(place.top_row)
        else:
            self.marked.add(place.top_row)

    def settle(self, lengths: dict[int, int]) -> None:
        """Take sources for whole that are covered nearly to the end, or marked without any text.

        Args:
            lengths: characters by outermost source.
        """
        self.whole |= self.marked - set(self.spans)
        for source in list(self.spans):
            if source in self.whole or self.length(source) >= WHOLE * lengths.get(source, 0):
                self.whole.add(source)
                del self.spans[source]

    def length(self, source: int) -> int:
        """Characters of a source that it holds; whole sources are not asked."""
        return _length(self.spans.get(source, ()))


def _length(spans: Iterable[Span]) -> int:
    by_text: dict[int, list[tuple[int, int]]] = {}
    for text, start, end in spans:
        by_text.setdefault(text, []).append((start, end))
    return sum(union_length(parts) for parts in by_text.values())


def _shared(one: Iterable[Span], other: Iterable[Span]) -> int:
    """Characters that two lists of spans have in common."""
    return _length(one) + _length(other) - _length([*one, *other])


class Membership:
    """Finds the holders of a project.

    Args:
        project: the project.
        places: its places.
        own: GUIDs of what enriching added, which is never read as a group.
    """

    def __init__(self, project: Project, places: Places, own: frozenset[str] = frozenset()) -> None:
        self.project, self.places, self.own = project, places, own
        self.tree = CodeTree.of(project)
        rows = project.rows["sources"]
        self.sources = [row for row, top in enumerate(places.top) if top == row and rows[row][0] != "Note"]
        self._number = {source: number for number, source in enumerate(self.sources, start=1)}
        #: Length of all texts of each outermost source.
        self.lengths: dict[int, int] = {}
        for row, length in places.text_lengths().items():
            self.lengths[places.top[row]] = self.lengths.get(places.top[row], 0) + length
        self._by_guid: dict[str, int] = {}
        for row, source in enumerate(rows):
            if not places.is_note(row):
                self._by_guid.setdefault(normalise_guid(source[_SOURCE["guid"]] or ""), places.top[row])
        self._code_members: dict[int, list[Place]] | None = None

    def source_of(self, guid: str | None) -> int | None:
        """Row of the outermost source that a GUID names."""
        return self._by_guid.get(normalise_guid(guid or ""))

    def name(self, source: int) -> str:
        """Name of a source."""
        values = self.project.rows["sources"][source]
        return (values[_SOURCE["name"]] or "").strip() or f"{values[0]} {self._number[source]}"

    def key(self, source: int) -> str:
        """GUID of a source, as compared."""
        return normalise_guid(self.project.rows["sources"][source][_SOURCE["guid"]] or "")

    # -- holders ----------------------------------------------------------------------------------------------------

    def cases(self) -> list[Holder]:
        """The cases, those without any member too; their members are by code, reference or both."""
        references: dict[int, list[tuple[str, str]]] = {}
        for row, kind, target in self.project.rows["case_members"]:
            references.setdefault(row, []).append((kind, normalise_guid(target or "")))
        selections = self._selections(
            {guid for found in references.values() for kind, guid in found if kind[:3] == "Sel"}
        )
        holders = []
        for row, case in enumerate(self.project.records("cases")):
            key = normalise_guid(case["guid"] or "")
            code = self.tree.by_key.get(key)
            holder = Holder("case", key, (case["name"] or (code.name if code else "")).strip(), case_row=row)
            if code is not None:
                holder.folder, holder.code_row = code.path[:-1], code.row
                self._add_codings(holder, [code])
            found = references.get(row, [])
            for kind, guid in found:
                if kind == "SourceRef" and (source := self.source_of(guid)) is not None:
                    holder.whole.add(source)
                elif kind == "SelectionRef" and guid in selections:
                    self._add(holder, selections[guid])
            if not holder.sources and (
                codes := [self.tree.by_key.get(guid) for kind, guid in found if kind == "CodeRef"]
            ):
                self._add_codings(holder, [one for one in codes if one is not None])
            holder.settle(self.lengths)
            holders.append(holder)
        return holders

    def sets(self) -> list[Holder]:
        """The sets that hold sources; a set ``variable: value`` is not among them (see ``values``)."""
        return [holder for holder in self._all_sets() if split_value(holder.name) is None]

    def speakers(self, path: str) -> list[Holder]:
        """The codes below a code as people: what each codes is theirs.

        Raises:
            UsageError: the project has no such code, or it has no sub-codes.
        """
        wanted = tuple(name.casefold() for name in read_path(path))
        found = [code for code in self.tree if tuple(name.strip().casefold() for name in code.path) == wanted]
        if not found:
            raise UsageError(f"The project has no code “{path}” whose sub-codes could be participants.")
        holders = []
        for code in self.tree.below(found[0].row):
            holder = Holder("code", code.key, code.name, code.path[:-1], code_row=code.row)
            self._add_codings(holder, [code])
            holder.settle(self.lengths)
            holders.append(holder)
        if not holders:
            raise UsageError(f"The code “{write_path(found[0].path)}” has no sub-codes that could be participants.")
        return holders

    def values(self) -> dict[str, dict[int, list[str]]]:
        """Variables of sources: name → source → values. Sets ``variable: value`` are variables too."""
        names = {normalise_guid(v["guid"] or ""): v["name"] or "" for v in self.project.records("variables")}
        found: dict[str, dict[int, list[str]]] = {name: {} for name in names.values()}
        for kind, owner, variable, _, value in self.project.rows["variable_values"]:
            name = names.get(normalise_guid(variable or ""))
            if kind == "source" and name is not None and not self.places.is_note(owner):
                _put(found[name], self.places.top[owner], value)
        for holder in self._all_sets():
            pair = split_value(holder.name)
            if pair is not None:
                for source in sorted(holder.whole):
                    _put(found.setdefault(pair[0], {}), source, pair[1])
        return found

    def case_values(self) -> dict[str, dict[int, list[str]]]:
        """Variables of cases: name → row of the case → values."""
        names = {normalise_guid(v["guid"] or ""): v["name"] or "" for v in self.project.records("variables")}
        found: dict[str, dict[int, list[str]]] = {}
        for kind, owner, variable, _, value in self.project.rows["variable_values"]:
            name = names.get(normalise_guid(variable or ""))
            if kind == "case" and name is not None:
                _put(found.setdefault(name, {}), owner, value)
        return found

    def _all_sets(self) -> list[Holder]:
        holders = []
        members: dict[int, list[str]] = {}
        for row, kind, target in self.project.rows["set_members"]:
            if kind == "MemberSource":
                members.setdefault(row, []).append(target)
        for row, one in enumerate(self.project.records("sets")):
            key = normalise_guid(one["guid"] or "")
            sources = {source for guid in members.get(row, ()) if (source := self.source_of(guid)) is not None}
            if sources and key not in self.own:
                holders.append(Holder("set", key, (one["name"] or "").strip(), whole=sources))
        return holders

    def _add(self, holder: Holder, place: Place) -> None:
        if not self.places.is_note(place.source_row):
            holder.add(place)

    def _add_codings(self, holder: Holder, codes: Sequence[Code]) -> None:
        if self._code_members is None:
            self._code_members = {}
            for coding in self.project.records("codings"):
                if coding["code_row"] is not None:
                    place = self.places.of_coding(coding["owner_kind"], coding["owner_row"])
                    self._code_members.setdefault(coding["code_row"], []).append(place)
        for code in codes:
            for place in self._code_members.get(code.row, ()):
                self._add(holder, place)

    def _selections(self, wanted: set[str]) -> dict[str, Place]:
        if not wanted:
            return {}
        return {
            key: self.places.of_selection(row)
            for row, guid in reversed(list(enumerate(self.project.column("selections", "guid"))))
            if (key := normalise_guid(guid or "")) in wanted
        }


def divide(holders: Sequence[Holder]) -> tuple[list[Holder], list[Holder]]:
    """The holders that divide the sources among them, and those that lie over others: groups.

    The smallest come first; one that shares more than half of itself with those already taken, or that contains two of
    them, lies over them.

    Returns:
        Both in the order given; holders without members are in neither.
    """
    order = sorted(
        (holder for holder in holders if holder.sources),
        key=lambda one: (len(one.sources), bool(one.whole), sum(one.length(source) for source in one.spans)),
    )
    taken_whole: set[int] = set()
    taken: dict[int, list[Span]] = {}
    chosen: set[int] = set()
    takers: dict[int, list[Holder]] = {}
    for holder in order:
        if _overlap(holder, taken_whole, taken) > OVERLAP or _contained(holder, takers) > 1:
            continue
        chosen.add(id(holder))
        for source in holder.sources:
            takers.setdefault(source, []).append(holder)
        taken_whole |= holder.whole
        for source, spans in holder.spans.items():
            taken.setdefault(source, []).extend(spans)
    with_members = [holder for holder in holders if holder.sources]
    return (
        [holder for holder in with_members if id(holder) in chosen],
        [holder for holder in with_members if id(holder) not in chosen],
    )


def _contained(holder: Holder, takers: dict[int, list[Holder]]) -> int:
    """How many of those already taken lie in a holder with all their sources."""
    inside = Counter(id(one) for source in holder.whole for one in takers.get(source, ()))
    sizes = {id(one): len(one.sources) for source in holder.whole for one in takers.get(source, ())}
    return sum(number == sizes[identity] for identity, number in inside.items())


def _overlap(holder: Holder, whole: set[int], spans: dict[int, list[Span]]) -> float:
    """The part of a holder that others hold already, sources weighing the same."""
    shared = 0.0
    for source in holder.whole:
        shared += 1.0 if source in whole or source in spans else 0.0
    for source, parts in holder.spans.items():
        if source in whole:
            shared += 1.0
        elif source in spans and (length := _length(parts)):
            shared += _shared(parts, spans[source]) / length
    return shared / len(holder.sources)


def split_value(name: str) -> tuple[str, str] | None:
    """Variable and value of a set called ``variable: value`` or ``variable::value``; None when it is no such name."""
    variable, colon, value = name.partition(":")
    value = value.lstrip(":").strip()
    return (variable.strip(), value) if colon and variable.strip() and value else None


def _put(values: dict[int, list[str]], owner: int, value: Any) -> None:
    text = str(value).strip() if value is not None else ""
    if text and text not in values.setdefault(owner, []):
        values[owner].append(text)
