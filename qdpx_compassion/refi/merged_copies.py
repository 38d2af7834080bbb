"""The note in which a merged project keeps what its elements were made of.

Whether two texts are one source is judged by how much they have in common, and that may not hold between a copy and
the text that was chosen from a third; a code that is recognised by its path may have another path in the end. With the
note a copy that went into the project is known without being judged again. A version of a source is a GUID that
follows from its own and from its content; of anything else its GUID is enough. No word of any text stands there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from qdpx_compassion.refi.guids import derive, normalise_guid
from qdpx_compassion.tables import TABLES

#: GUID of the note.
VERSIONS_NOTE = derive("merged copies", "versions")
#: Its name.
VERSIONS_NAME = "Merged copies: versions"

_MARKER = "qdpx-compassion merged copies"
_HEAD = (
    f"{_MARKER}\n"
    "This project was merged from copies that had other texts, names or GUIDs of what is listed below. Keep this note "
    "as long as copies are still merged with the project: then a copy that is in here already adds nothing.\n"
    "What is here: what became it"
)
_GUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_LINE = re.compile(rf"(?:\A|(?<=[\r\n]))[ \t]*(\w+) ({_GUID}):((?: {_GUID})+)[ \t]*(?=[\r\n]|\Z)", re.IGNORECASE)

_GUID_AT = TABLES["sources"].position["guid"]

#: Kind and normalised GUID of a source, or name and GUID of another element → what became it.
Versions = Mapping[tuple[str, str], frozenset[str]]


def is_versions_note(source: Sequence[Any]) -> bool:
    """Whether a row of ``sources`` is the note."""
    return source[0] == "Note" and normalise_guid(source[_GUID_AT] or "") == VERSIONS_NOTE


def version_of(kind: str, guid: str, content: str | None) -> str:
    """What a source is in one copy.

    Args:
        kind: of the source.
        guid: as written.
        content: equal for equal content; None where the copy does not have it.
    """
    return derive("version", kind, normalise_guid(guid), content or "")


def versions_text(versions: Versions) -> str:
    """The text of the note."""
    lines = (f"{kind} {guid}: {' '.join(sorted(those))}" for (kind, guid), those in sorted(versions.items()))
    return "\n".join([_HEAD, *lines])


def read_versions(text: str) -> dict[tuple[str, str], frozenset[str]]:
    """What such a text says; other programs may have changed its line ends and white space."""
    if not text.lstrip("\ufeff \t\r\n").startswith(_MARKER):
        return {}
    return {
        (found[1], normalise_guid(found[2])): frozenset(map(normalise_guid, found[3].split()))
        for found in _LINE.finditer(text)
    }


def version_places(text: str) -> Iterator[tuple[int, int]]:
    """Where the lines of versions stand in such a text, as code points: whoever knows a text can tell one by it."""
    if text.lstrip("\ufeff \t\r\n").startswith(_MARKER):
        yield from (found.span() for found in _LINE.finditer(text))
