"""GUIDs that are not unique in their kind, and references that name nothing of the kind that they ask for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

from qdpx_compassion.findings import Finding, Severity
from qdpx_compassion.refi.checks.places import Places, named_some
from qdpx_compassion.refi.guids import normalise_guid
from qdpx_compassion.refi.names import SOURCES
from qdpx_compassion.tables import TABLES, Project

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
    places = Places(project)
    kinds = guids_by_kind(project)
    return [*_forms(project, document), *_twice(project, places), *_dangling(project, places, kinds)]


def guids_by_kind(project: Project) -> dict[str, set[str]]:
    """The GUIDs, as they are compared, of each kind of element that a reference can name."""
    found: dict[str, set[str]] = defaultdict(set)
    for table, kind in _TABLE_KINDS.items():
        found[kind].update(normalise_guid(guid) for guid in project.column(table, "guid") if guid)
    for row in project.rows["sources"]:
        kind = "Source" if row[0] in SOURCES else row[0]
        found[kind].add(normalise_guid(row[TABLES["sources"].position["guid"]] or ""))
    found["Selection"].update(normalise_guid(guid) for guid in project.column("selections", "guid") if guid)
    found["Coding"].update(normalise_guid(guid) for guid in project.column("codings", "guid") if guid)
    return found


def _forms(project: Project, document: str) -> Iterator[Finding]:
    """GUIDs that are not written alike everywhere, and files that write some in braces and others not."""
    written = {guid for table in TABLES if "guid" in TABLES[table].position for guid in project.column(table, "guid")}
    written |= {reference[2] for reference in _wanted(project)}
    spelled: dict[str, set[str]] = defaultdict(set)
    for guid in written:
        if guid:
            spelled[normalise_guid(guid)].add(guid)
    for guid, forms in sorted(spelled.items()):
        if len(forms) > 1:
            said = f"The GUID {guid} is written in several ways: {' and '.join(sorted(forms))}."
            yield Finding("guid-forms", said, document)


# -- equal GUIDs ------------------------------------------------------------------------------------------------------


def _twice(project: Project, places: Places) -> Iterator[Finding]:
    for table in (*_TABLE_KINDS, "sources", "selections", "codings"):
        position = TABLES[table].position["guid"]
        kind_of = _kind_of(project, table)
        rows: dict[tuple[str, str], list[int]] = defaultdict(list)
        for number, row in enumerate(project.rows[table]):
            if row[position]:
                rows[kind_of(number), normalise_guid(row[position])].append(number)
        for (kind, guid), numbers in rows.items():
            if len(numbers) > 1:
                elements = named_some([places.of(table, number) for number in numbers])
                yield Finding(
                    "guid-twice", f"{len(numbers)} elements have the GUID {guid}: {elements}.", f"{kind} {guid}"
                )


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


def _dangling(project: Project, places: Places, kinds: dict[str, set[str]]) -> Iterator[Finding]:
    known: dict[tuple[str, ...], set[str]] = {}
    everywhere = {guid: kind for kind, guids in kinds.items() for guid in guids}
    for wanted, form, written, table, row in _wanted(project):
        guid = normalise_guid(written)
        if wanted not in known:
            known[wanted] = set().union(*(kinds[kind] for kind in wanted))
        if guid in known[wanted]:
            continue
        what = "an element" if wanted is _ANYTHING else f"a {wanted[0]}"
        other = everywhere.get(guid)
        why = f"that GUID belongs to a {other}" if other else "nothing in the project has that GUID"
        yield Finding(
            "reference-dangling",
            f"{form} names {what} {guid}, but {why}.",
            places.of(table, row),
            Severity.ERROR if form == "CodeRef in Coding" else None,
        )


def _wanted(project: Project) -> Iterator[tuple[tuple[str, ...], str, str, str, int]]:
    """Every reference: the kinds that it may name, its form, the GUID, the table and row that it stands in."""
    yield from _columns(project, "codings", ("code_guid",), ("Code",), "CodeRef in Coding")
    for table, columns in _USERS.items():
        yield from _columns(project, table, columns, ("User",))
    yield from _columns(project, "variable_values", ("variable_guid",), ("Variable",), "VariableRef")
    yield from _columns(project, "links", ("origin_guid", "target_guid"), _ANYTHING)
    yield from _columns(project, "vertices", ("represented_guid",), _ANYTHING)
    yield from _columns(project, "edges", ("represented_guid",), _ANYTHING)
    yield from _columns(project, "edges", ("source_vertex", "target_vertex"), ("Vertex",))
    yield from _columns(project, "selections", ("from_sync_point", "to_sync_point"), ("SyncPoint",))
    for row, (_, _, target) in enumerate(project.rows["note_refs"]):
        yield ("Note",), "NoteRef", target, "note_refs", row
    for table in ("case_members", "set_members"):
        for row, (_, kind, target) in enumerate(project.rows[table]):
            yield _MEMBERS[kind], kind, target, table, row


def _columns(
    project: Project, table: str, columns: Iterable[str], wanted: tuple[str, ...], form: str = ""
) -> Iterator[tuple[tuple[str, ...], str, str, str, int]]:
    described = {column.name: column.attribute for column in TABLES[table].columns}
    for column in columns:
        name = form or described[column] or column
        for row, written in enumerate(project.column(table, column)):
            if written:
                yield wanted, name, written, table, row
