"""Which versions of a source went into a merged project: kept in a note, so that every copy is known again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

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


def keep_versions(rows: Rows, provider: Mapping[int, Place], same: SameSources) -> int:
    """Write the note into merged sources; returns how many sources it tells of.

    Args:
        rows: the merged table ``sources``.
        provider: row there → where the source stands whose text holds.
        same: which sources became one.
    """
    versions = _needed({place: rows[row][_SOURCE["guid"]] or "" for row, place in provider.items()}, same)
    note = next((values for values in rows if is_versions_note(values)), None)
    if note is None and versions:
        note = [None] * len(TABLES["sources"].columns)
        note[0], note[_SOURCE["guid"]], note[_SOURCE["name"]] = "Note", VERSIONS_NOTE, VERSIONS_NAME
        rows.append(note)
    if note is not None:
        text = versions_text(versions)
        note[_SOURCE["plain_text_content"]], note[_SOURCE["text_length"]] = text, len(text)
        note[_SOURCE["plain_text_path"]] = note[_SOURCE["rich_text_path"]] = None
    return len(versions)


def _needed(guids: Mapping[Place, str], same: SameSources) -> Versions:
    """The versions of sources that GUID and content alone might not recognise: where they differ or are not unique."""
    kept = {place: normalise_guid(guid) for place, guid in guids.items() if place in same.of}
    often = Counter((same.kind(place), same.digest(*place)) for place in kept)
    found = {}
    for place, guid in kept.items():
        if not guid or same.is_record(*place):
            continue
        group, kind, content = same.of[place], same.source(place, "kind") or "", same.digest(*place)
        before = frozenset().union(*(same.recorded(*one) for one in group.rows.items()))
        versions = {same.version(*one) for one in group.rows.items()}
        own = {normalise_guid(same.source(one, "guid") or "") for one in group.rows.items()}
        unsure = group.contested or content is None or often[same.kind(place), content] > 1
        if before or (len(versions) > 1 and unsure) or guid not in own:
            found[kind, guid] = before | versions | {version_of(kind, guid, content)}
    return found
