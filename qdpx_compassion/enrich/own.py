"""What in a project is this program's and not the team's: never offered for mapping, counted or read as a group."""

from __future__ import annotations

from dataclasses import replace

from qdpx_compassion.code_tree import CodeTree
from qdpx_compassion.enrich.elements import graph_guid, note_guid, set_guid
from qdpx_compassion.enrich.ours import find_ours
from qdpx_compassion.enrich.provenance import Record, read_record, record_of
from qdpx_compassion.frameworks import builtin_frameworks, load_framework
from qdpx_compassion.refi.guids import normalise_guid
from qdpx_compassion.refi.merged_copies import VERSIONS_NOTE, is_versions_note
from qdpx_compassion.tables import TABLES, Project

_SOURCE = TABLES["sources"].position
_NOTE = ": provenance"


def own_guids(project: Project, tree: CodeTree) -> frozenset[str]:
    """Normalised GUIDs of the codes, sets, notes and graphs of every framework in a project, and of merging's note.

    A framework is known by its top code, which refers to a note whose GUID follows from the code's own; after another
    program gave new GUIDs, by its provenance note and the names of its codes.

    Args:
        project: of its head alone only the codes are found.
        tree: its codes.
    """
    own: set[str] = set()
    for kind, row, target in project.rows["note_refs"]:
        code = tree.codes[row] if kind == "code" else None
        if code is not None and code.parent is None and normalise_guid(target) == note_guid(code.key):
            own |= {code.key, note_guid(code.key), graph_guid(code.key)}
            for child in tree.below(code.row):
                own |= {child.key, set_guid(child.key)}
    for note in project.rows["sources"]:
        if is_versions_note(note):
            own.add(VERSIONS_NOTE)
        name, guid = note[_SOURCE["name"]] or "", note[_SOURCE["guid"]] or ""
        if note[0] == "Note" and name.endswith(_NOTE) and normalise_guid(guid) not in own:
            record = read_record(note[_SOURCE["plain_text_content"]] or "", guid) or _by_name(name, guid)
            if record is not None:
                own |= _named(record, project, tree)
    return frozenset(own)


def _by_name(name: str, guid: str) -> Record | None:
    """The record of a built-in framework whose note lies in a file: its name says which it is."""
    title = name.removesuffix(_NOTE)
    for framework in map(load_framework, builtin_frameworks()):
        if title.startswith(framework.title):
            return replace(record_of(framework, name=title), note_guid=guid)
    return None


def _named(record: Record, project: Project, tree: CodeTree) -> set[str]:
    ours = find_ours(record, tree)
    if ours is None:
        return set()
    own = {normalise_guid(record.note_guid), *ours.codes}
    for key in ours.codes:
        own.update(child.key for child in tree.below(tree.by_key[key].row))
    sets = {f"{record.name}: {name}" for _, name in record.constructs.values()}
    own.update(normalise_guid(guid or "") for guid, name, *_ in project.rows["sets"] if name in sets)
    return own
