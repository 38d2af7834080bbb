"""Which versions of a source went into a merged project: kept in a note, so that every copy is known again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping

from qdpx_compassion.refi.guids import derive
from qdpx_compassion.refi.merged_copies import (
    VERSIONS_NAME,
    VERSIONS_NOTE,
    Versions,
    is_versions_note,
    version_of,
    versions_text,
)
from qdpx_compassion.tables import TABLES, Rows, normalise_guid
from qdpx_compassion.teams.same_sources import Place, SameSources

_SOURCE = TABLES["sources"].position


#: Where the note keeps which copies are in the project.
_COPIES = ("Copy", VERSIONS_NOTE)


def identities(same: SameSources) -> list[str]:
    """What each copy is: its document and the texts and files beside it."""
    versions: list[list[str]] = [[] for _ in same.copies]
    for number, row in same.of:
        versions[number].append(same.version(number, row))
    return [derive("copy", copy.digest, *sorted(those)) for copy, those in zip(same.copies, versions, strict=True)]


def in_earlier_merge(same: SameSources) -> dict[int, int]:
    """Copies of which nothing is to be taken → the copy that they are in already, or that is just the same."""
    ids, found = identities(same), dict[int, int]()
    for number, identity in enumerate(ids):
        merged = (other for other, record in enumerate(same.records) if identity in record.get(_COPIES, ()))
        if (other := next(merged, ids.index(identity))) != number:
            found[number] = other
    return found


def keep_versions(
    rows: Rows, provider: Mapping[int, Place], same: SameSources, others: Versions, *, copies: bool
) -> bool:
    """Write the note into merged sources; returns whether there is one.

    Args:
        rows: the merged table ``sources``.
        provider: row there → where the source stands whose text holds.
        same: which sources became one.
        others: GUIDs of other elements that became one.
        copies: whether anything was settled, so that the copies themselves are to be known again.
    """
    versions = {**others, **_needed({place: rows[row][_SOURCE["guid"]] or "" for row, place in provider.items()}, same)}
    before = frozenset().union(*(record.get(_COPIES, frozenset()) for record in same.records))
    if len(same.copies) > 1 and (copies or versions or before):
        before |= frozenset(identities(same))
    if before:
        versions[_COPIES] = before
    note = next((values for values in rows if is_versions_note(values)), None)
    if note is None and versions:
        note = [None] * len(TABLES["sources"].columns)
        note[0], note[_SOURCE["guid"]], note[_SOURCE["name"]] = "Note", VERSIONS_NOTE, VERSIONS_NAME
        rows.append(note)
    if note is not None:
        text = versions_text(versions)
        note[_SOURCE["plain_text_content"]], note[_SOURCE["text_length"]] = text, len(text)
        note[_SOURCE["plain_text_path"]] = note[_SOURCE["rich_text_path"]] = None
    return note is not None


def _needed(guids: Mapping[Place, str], same: SameSources) -> Versions:
    """The versions of sources that GUID and content alone might not recognise: where they differ or are not unique."""
    kept = {place: normalise_guid(guid) for place, guid in guids.items() if place in same.of}
    often = Counter(_look(same, place) for place in kept)
    twice = Counter((same.kind(place), same.digest(*place)) for place in kept)
    found = {}
    for place, guid in kept.items():
        if not guid or same.is_record(*place):
            continue
        group, kind, content = same.of[place], same.source(place, "kind") or "", same.digest(*place)
        before = frozenset().union(*(same.recorded(*one) for one in group.rows.items()))
        versions = {same.version(*one) for one in group.rows.items()}
        own = {normalise_guid(same.source(one, "guid") or "") for one in group.rows.items()}
        looks = {_look(same, one) for one in group.rows.items()}
        alike = twice[same.kind(place), content] > 1 and (len(looks) > 1 or often[_look(same, place)] > 1)
        unsure = group.contested or content is None or alike
        if before or (len(versions) > 1 and unsure) or guid not in own:
            found[kind, guid] = before | versions | {version_of(kind, guid, content)}
    return found


def _look(same: SameSources, place: Place) -> Hashable:
    return same.kind(place), same.digest(*place), same.source(place, "name")
