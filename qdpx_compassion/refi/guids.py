"""GUIDs: derived ones (uuid5), and the letter case in which a file writes them."""

import re
import struct
import uuid
from binascii import hexlify
from collections.abc import Iterable, Sequence
from hashlib import sha1
from itertools import islice

from qdpx_compassion.tables import normalise_guid

__all__ = [
    "NAMESPACE",
    "are_guids",
    "are_guids_joined",
    "are_plain",
    "derive",
    "is_guid",
    "is_plain_joined",
    "normalise_guid",
]

#: The root of every GUID that this program derives. It never changes.
NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:qdpx-compassion")

_NAMESPACE = NAMESPACE.bytes
#: The parts of a GUID in 40 hexadecimal digits; the version's digit and those after the 32nd are left out.
_PARTS = struct.Struct("8s4sx3ss3s12s8x").unpack
_VARIANT = {b"%x" % digit: b"89ab"[digit & 3 : (digit & 3) + 1] for digit in range(16)}
_DIGIT = "[0-9a-fA-F]"
_FORM = re.compile(rf"\s*\{{*{_DIGIT}{{8}}-{_DIGIT}{{4}}-{_DIGIT}{{4}}-{_DIGIT}{{4}}-{_DIGIT}{{12}}\}}*\s*")

_HYPHENS = (8, 13, 18, 23)
_NO_DIGITS = bytes(set(range(256)) - set(b"0123456789abcdefABCDEF"))
_PLAIN = b"0123456789abcdefghijklmnopqrstuvwxyz-"
#: So many identifiers are looked at in one go.
_MANY = 10_000


def derive(*parts: str) -> str:
    """A GUID that follows from its parts alone (RFC 9562, version 5), in lower case without braces.

    Args:
        parts: the kind and GUIDs of what it stands for; none holds a line feed in any GUID, so the join is unambiguous.
    """
    digest = hexlify(sha1(_NAMESPACE + "\n".join(parts).encode(), usedforsecurity=False).digest())
    first, second, third, variant, fourth, fifth = _PARTS(digest)
    return (b"%b-%b-5%b-%b%b-%b" % (first, second, third, _VARIANT[variant], fourth, fifth)).decode()


def is_guid(written: str) -> bool:
    """Whether an identifier has the form of a GUID, with or without braces."""
    return _FORM.fullmatch(written) is not None


def is_plain_joined(joined: bytes | bytearray) -> bool:
    """``are_plain`` of identifiers one directly behind the other."""
    return not joined.translate(None, _PLAIN)


def are_plain(identifiers: Iterable[str]) -> bool:
    """Whether identifiers are all written as ``normalise_guid`` writes them, letters, digits and hyphens alone."""
    rest = iter(identifiers)
    while batch := list(islice(rest, _MANY)):
        if not is_plain_joined("".join(batch).encode()):
            return False
    return True


def are_guids(identifiers: Sequence[str]) -> bool:
    """Whether identifiers are all GUIDs without braces; False may also mean that some are written otherwise."""
    for start in range(0, len(identifiers), _MANY):
        batch = identifiers[start : start + _MANY]
        joined = "".join(batch)
        if set(map(len, batch)) != {36} or not joined.isascii() or not are_guids_joined(joined.encode()):
            return False
    return True


def are_guids_joined(joined: bytes | bytearray, length: int = 36) -> bool:
    """``are_guids`` of identifiers of one length, one directly behind the other."""
    if length != 36:
        return False
    number = len(joined) // 36
    hyphens = all(joined[place::36] == b"-" * number for place in _HYPHENS)
    return hyphens and len(joined.translate(None, _NO_DIGITS)) == number * 32 and len(joined) == number * 36
