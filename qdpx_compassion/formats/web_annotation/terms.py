"""The words of the profile: contexts, names of properties, identifiers."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote, unquote

CONTEXT = "http://www.w3.org/ns/anno.jsonld"
PROFILE = "qdpx-compassion-annotations"
VERSION = 1
#: Our own words beside those of the model, and those of code systems (SKOS).
NAMESPACE = {"qdpx": "urn:qdpx-compassion:annotations:", "skos": "http://www.w3.org/2004/02/skos/core#"}
#: What a fragment's value is written in: media (times, areas of pictures) and pages of PDFs.
MEDIA_FRAGMENTS = "http://www.w3.org/TR/media-frags/"
PDF_FRAGMENTS = "http://tools.ietf.org/rfc/rfc3778"

_FORM = re.compile(r"[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}")
_UUID, _OTHER = "urn:uuid:", "urn:qdpx-compassion:id:"


def own(name: str) -> str:
    """A word of ours as a property."""
    return f"qdpx:{name}"


def iri_of(guid: str) -> str:
    """The IRI of an identifier; ``guid_of`` gives back the very same writing."""
    return f"{_UUID}{guid}" if _FORM.fullmatch(guid) else _OTHER + quote(guid, safe="", errors="surrogatepass")


def guid_of(iri: Any) -> str | None:
    """The identifier of an IRI of ours, or of something with such an ``id``; None where it is another."""
    written = identifier(iri)
    if written is None:
        return None
    if written.startswith(_UUID):
        return written[len(_UUID) :]
    return unquote(written[len(_OTHER) :], errors="surrogatepass") if written.startswith(_OTHER) else None


def identifier(value: Any) -> str | None:
    """The IRI that stands there, alone or as ``id`` of an object."""
    found = value.get("id", value.get("@id")) if isinstance(value, dict) else value
    return found if isinstance(found, str) and found else None


def listed(value: Any) -> list[Any]:
    """One or several, as JSON-LD has it: none, the thing alone, or a list."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
