"""What one framework's elements are known by in one document."""

from __future__ import annotations

from dataclasses import dataclass, replace

from qdpx_compassion.code_tree import CodeTree
from qdpx_compassion.enrich.provenance import Record
from qdpx_compassion.frameworks import Framework


@dataclass(frozen=True, slots=True)
class Ours:
    """What one framework's elements are known by in one document.

    Attributes:
        record: what the provenance note, or the framework itself, says.
        codes: normalised GUID as it stands in the document → construct id, dimension id or ``""`` for the top.
        constructs: the part of ``codes`` that are constructs.
        by_name: the codes were found by their names: another program gave them new GUIDs.
    """

    record: Record
    codes: dict[str, str]
    constructs: dict[str, str]
    by_name: bool


def find_ours(record: Record, tree: CodeTree) -> Ours | None:
    """A framework's codes in a document: by GUID, or by name where another program gave them new ones."""
    known = {
        record.guid: "",
        **{guid: key for key, (guid, _) in (*record.dimensions.items(), *record.constructs.items())},
    }
    found = {guid: key for guid, key in known.items() if guid in tree.by_key}
    if found:
        return Ours(record, found, {g: k for g, k in found.items() if k in record.constructs}, by_name=False)
    if not record.note_guid:
        return None
    named: dict[str, str] = {}
    tops = [code for code in tree.by_path.get((record.name,), []) if code.parent is None]
    for top in tops[:1]:
        named[top.key] = ""
        names = {name: key for key, (_, name) in (*record.dimensions.items(), *record.constructs.items())}
        for code in tree.below(top.row):
            if code.name in names:
                named[code.key] = names[code.name]
    if not named:
        return None
    return Ours(record, named, {g: k for g, k in named.items() if k in record.constructs}, by_name=True)


def with_guids(framework: Framework, ours: Ours) -> Framework:
    """A framework with the GUIDs under which its codes stand in a document."""
    constructs = {key: guid for guid, key in ours.constructs.items()}
    others = {key: guid for guid, key in ours.codes.items() if guid not in ours.constructs}
    return replace(
        framework,
        guid=others.get("", framework.guid),
        dimensions=tuple(
            replace(
                dimension,
                guid=others.get(dimension.id, dimension.guid),
                constructs=tuple(replace(c, guid=constructs.get(c.id, c.guid)) for c in dimension.constructs),
            )
            for dimension in framework.dimensions
        ),
    )
