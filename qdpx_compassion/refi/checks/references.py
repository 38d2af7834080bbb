"""GUIDs that are not unique in their kind, and references that name nothing of the kind that they ask for."""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial

from qdpx_compassion.findings import Finding, Severity
from qdpx_compassion.refi.checks.places import Places, named_some
from qdpx_compassion.refi.guids import are_plain, is_plain_joined, normalise_guid
from qdpx_compassion.refi.names import SOURCES
from qdpx_compassion.tables import TABLES, Project, ReadRows

#: What links and vertices may name.
_ANYTHING = (
    *("Code", "Case", "Source", "Note", "Selection", "Coding", "Set", "Variable", "Link", "User", "Graph", "Vertex"),
    *("Representation", "Transcript", "TextDescription"),
)
_TABLE_KINDS = {
    "users": "User",
    "codes": "Code",
    "variables": "Variable",
    "cases": "Case",
    "sync_points": "SyncPoint",
    "links": "Link",
    "sets": "Set",
    "graphs": "Graph",
    "vertices": "Vertex",
    "edges": "Edge",
}
#: Every table whose elements have GUIDs.
_WITH_GUIDS = (*_TABLE_KINDS, "sources", "selections", "codings")
#: Kinds by the table that they are in; those without an entry are sources.
_TABLE_OF_KIND = {kind: table for table, kind in _TABLE_KINDS.items()} | {
    "Selection": "selections",
    "Coding": "codings",
}
#: Programs put transcripts and the texts of PDFs into sets and cases too.
_ANY_SOURCE = ("Source", "Representation", "Transcript", "TextDescription", "Note")
_MEMBERS: dict[str, tuple[str, ...]] = {
    "CodeRef": ("Code",),
    "SourceRef": _ANY_SOURCE,
    "SelectionRef": ("Selection",),
    "MemberCode": ("Code",),
    "MemberSource": _ANY_SOURCE,
    "MemberNote": ("Note",),
}
#: Every kind, in the order in which they are looked through.
_KINDS = ("Coding", "Selection", *_ANY_SOURCE, *_TABLE_KINDS.values())
#: GUIDs are compared in so many parts, one after the other.
_PARTS = 16
#: Attributes that name users, by table.
_USERS = {
    "project": ("creating_user_guid", "modifying_user_guid"),
    "sources": ("creating_user", "modifying_user"),
    "selections": ("creating_user", "modifying_user"),
    "codings": ("creating_user",),
}


def reference_findings(project: Project, document: str = "project.qde") -> list[Finding]:
    """Equal GUIDs within a kind, and references that dangle.

    GUIDs are compared without braces and letter case. Two kinds may share a GUID: programs give a case that of its
    code, and a PDF's area that of the same passage in its text.

    Args:
        project: read with or without texts.
        document: what the document is called in findings that are about no single element.
    """
    places, references = Places(project), list(_references(project))
    guids = _Guids(project, references)
    return [
        *_forms(guids, references, document),
        *_twice(project, guids, places),
        *_dangling(references, guids, places),
    ]


class _Guids:
    """The GUIDs of a project's elements as they are compared, worked out when they are asked for.

    Args:
        project: whose elements.
        references: what it refers to.
    """

    def __init__(self, project: Project, references: Iterable[_References]) -> None:
        self._project = project
        targets = {target for group in references for target in group.targets() if target}
        #: Whether everything is written as it is compared: as in nearly every file, and then there is little to do.
        self.plain = are_plain(targets) and all(map(self._are_plain, _WITH_GUIDS))

    def _are_plain(self, table: str) -> bool:
        packed = self._project.joined(table, "guid")
        return are_plain(self.written(table)) if packed is None else is_plain_joined(packed[0])

    def written(self, table: str) -> Iterator[str]:
        """Those of a table as written; elements without one are left out."""
        return (guid for guid in self._project.column(table, "guid") if guid)

    def compared(self, written: str) -> str:
        """A GUID as it is compared."""
        return written if self.plain else normalise_guid(written)

    def among(self, kind: str, guids: set[str]) -> set[str]:
        """Which of some GUIDs, as they are compared, an element of a kind has."""
        table = _TABLE_OF_KIND.get(kind, "sources")
        written: Iterable[str] = self.written(table)
        if table == "sources":
            rows, position = self._project.rows[table], TABLES[table].position["guid"]
            written = (row[position] for row in rows if row[position] and _source_kind(row[0]) == kind)
        return guids.intersection(written if self.plain else map(normalise_guid, written))

    def kinds_of(self, guids: set[str]) -> dict[str, str]:
        """The kind of an element that has a GUID, for those of some GUIDs that any has."""
        kinds: dict[str, str] = {}
        for kind in _KINDS if guids else ():
            kinds.update(dict.fromkeys(self.among(kind, guids) - kinds.keys(), kind))
        return kinds


def _source_kind(name: str) -> str:
    return "Source" if name in SOURCES else name


def _forms(guids: _Guids, references: Iterable[_References], document: str) -> Iterator[Finding]:
    """GUIDs that are not written alike everywhere, and files that write some in braces and others not."""
    if guids.plain:
        return
    written = {guid for table in _WITH_GUIDS for guid in guids.written(table)}
    written.update(target for group in references for target in group.targets() if target)
    spelled: dict[str, set[str]] = defaultdict(set)
    for guid in written:
        spelled[normalise_guid(guid)].add(guid)
    for guid, forms in sorted(spelled.items()):
        if len(forms) > 1:
            said = f"The GUID {guid} is written in several ways: {' and '.join(sorted(forms))}."
            yield Finding("guid-forms", said, document)


# -- equal GUIDs ------------------------------------------------------------------------------------------------------


def _twice(project: Project, guids: _Guids, places: Places) -> Iterator[Finding]:
    for table in _WITH_GUIDS:
        repeated = _repeated(map(guids.compared, guids.written(table)))
        if not repeated:
            continue  # none is twice, whatever the kinds
        kind_of = _kind_of(project, table)
        rows: dict[tuple[str, str], list[int]] = defaultdict(list)
        for number, written in enumerate(project.column(table, "guid")):
            if written and hash(compared := guids.compared(written)) in repeated:
                rows[kind_of(number), compared].append(number)
        for (kind, guid), numbers in rows.items():
            if len(numbers) > 1:
                elements = named_some([places.of(table, number) for number in numbers])
                yield Finding(
                    "guid-twice", f"{len(numbers)} elements have the GUID {guid}: {elements}.", f"{kind} {guid}"
                )


def _repeated(guids: Iterable[str]) -> set[int]:
    """The hashes that several GUIDs have, which are nearly always those of one GUID; 8 bytes each are kept for long."""
    parts = [array("q") for _ in range(_PARTS)]
    for number in map(hash, guids):
        parts[number % _PARTS].append(number)
    repeated: set[int] = set()
    for part in parts:
        if len(set(part)) < len(part):
            repeated.update(number for number, times in Counter(part).items() if times > 1)
    return repeated


def _kind_of(project: Project, table: str) -> Callable[[int], str]:
    rows = project.rows[table]
    if table == "sources":
        return lambda number: "source" if rows[number][0] in SOURCES else rows[number][0]
    if table == "selections":
        return lambda number: rows[number][0]
    if table == "codings":
        # an area of a PDF and the same passage in its text are coded with codings of one GUID
        selections = project.rows["selections"]
        return lambda number: (
            f"Coding of {selections[rows[number][1]][0] if rows[number][0] == 'selection' else 'source'}"
        )
    return lambda _: _TABLE_KINDS[table]


# -- references -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _References:
    """The references of one form in a table.

    Attributes:
        form: what they are called. kinds: of elements that they may name.
        table: that they stand in.
        targets: gives the GUIDs that they name as written, by row; None where a row has none.
    """

    form: str
    kinds: tuple[str, ...]
    table: str
    targets: Callable[[], Iterable[str | None]]


def _references(project: Project) -> Iterator[_References]:
    """Every reference."""
    yield from _columns(project, "codings", ("code_guid",), ("Code",), "CodeRef in Coding")
    for table, columns in _USERS.items():
        yield from _columns(project, table, columns, ("User",))
    yield from _columns(project, "variable_values", ("variable_guid",), ("Variable",), "VariableRef")
    yield from _columns(project, "links", ("origin_guid", "target_guid"), _ANYTHING)
    yield from _columns(project, "vertices", ("represented_guid",), _ANYTHING)
    yield from _columns(project, "edges", ("represented_guid",), _ANYTHING)
    yield from _columns(project, "edges", ("source_vertex", "target_vertex"), ("Vertex",))
    yield from _columns(project, "selections", ("from_sync_point", "to_sync_point"), ("SyncPoint",))
    yield from _columns(project, "note_refs", ("target_guid",), ("Note",), "NoteRef")
    for table in ("case_members", "set_members"):
        rows = project.rows[table]
        for member in dict.fromkeys(kind for _, kind, _ in rows):
            yield _References(member, _MEMBERS[member], table, partial(_members, rows, member))


def _members(rows: ReadRows, member: str) -> Iterator[str | None]:
    return (target if kind == member else None for _, kind, target in rows)


def _columns(
    project: Project, table: str, columns: Iterable[str], kinds: tuple[str, ...], form: str = ""
) -> Iterator[_References]:
    described = {column.name: column.attribute for column in TABLES[table].columns}
    for column in columns:
        if any(project.column(table, column)):
            yield _References(form or described[column] or column, kinds, table, partial(project.column, table, column))


def _dangling(references: Iterable[_References], guids: _Guids, places: Places) -> Iterator[Finding]:
    for group in references:
        astray = {guids.compared(target) for target in group.targets() if target}
        for kind in group.kinds:
            astray -= guids.among(kind, astray) if astray else set()
        others = guids.kinds_of(astray)
        for row, target in enumerate(group.targets()) if astray else ():
            if not target or (guid := guids.compared(target)) not in astray:
                continue
            what = "an element" if group.kinds is _ANYTHING else f"a {group.kinds[0]}"
            other = others.get(guid)
            why = f"that GUID belongs to a {other}" if other else "nothing in the project has that GUID"
            yield Finding(
                "reference-dangling",
                f"{group.form} names {what} {guid}, but {why}.",
                places.of(group.table, row),
                Severity.ERROR if group.form == "CodeRef in Coding" else None,
            )
