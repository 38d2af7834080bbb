"""New GUIDs for a project, so that nobody can tell by them which project it comes from."""

from __future__ import annotations

import hmac
import re

_GUID = re.compile(r"[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}")
_HEX = re.compile(r"(?<![0-9A-Za-z])[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}(?![0-9A-Za-z])")


class NewGuids:
    """Gives each GUID another that follows from it and a secret, in the letter case in which it is written.

    Args:
        secret: without it nobody can tell which old GUID a new one stands for.
    """

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def renewed(self, text: str) -> str:
        """A text with each GUID in it replaced; text around it stays."""
        return _HEX.sub(self._new, text)

    def _new(self, match: re.Match[str]) -> str:
        written = match.group()
        digest = hmac.digest(self._secret, written.lower().encode(), "sha256").hex()
        variant = "89ab"[int(digest[16], 16) & 3]
        new = f"{digest[:8]}-{digest[8:12]}-8{digest[13:16]}-{variant}{digest[17:20]}-{digest[20:32]}"
        return new.upper() if written != written.lower() else new


def is_plain_guid(text: str) -> bool:
    """Whether a text is a GUID, with or without braces."""
    return _GUID.fullmatch(text.strip().strip("{}")) is not None
