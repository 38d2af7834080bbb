"""GUIDs: derived ones (uuid5), and the letter case in which a file writes them."""

import hashlib
import re
import uuid

from qdpx_compassion.tables import normalise_guid

__all__ = ["NAMESPACE", "derive", "is_guid", "normalise_guid"]

#: The root of every GUID that this program derives. It never changes.
NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:qdpx-compassion")

_FORM = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def derive(*parts: str) -> str:
    """A GUID that follows from its parts alone (RFC 9562, version 5), in lower case without braces.

    Args:
        parts: the kind and GUIDs of what it stands for; none holds a line feed in any GUID, so the join is unambiguous.
    """
    digest = hashlib.sha1(NAMESPACE.bytes + "\n".join(parts).encode(), usedforsecurity=False).hexdigest()
    variant = "89ab"[int(digest[16], 16) & 3]
    return f"{digest[:8]}-{digest[8:12]}-5{digest[13:16]}-{variant}{digest[17:20]}-{digest[20:32]}"


def is_guid(written: str) -> bool:
    """Whether an identifier has the form of a GUID, with or without braces."""
    return _FORM.fullmatch(normalise_guid(written)) is not None
