"""The GUIDs of a document in one form."""

from __future__ import annotations

import re
from collections import defaultdict

from qdpx_compassion.refi.guids import derive, normalise_guid
from qdpx_compassion.refi.names import SOURCES
from qdpx_compassion.refi.repair.rules import FORMS, REFERENCES, RULES

_DIGITS = re.compile(
    r"(?:urn:uuid:)?[({\[]*([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})[)}\]]*"
)
_VALID = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
#: What a reference to a source may name: programs put transcripts and the texts of PDFs into sets and cases too.
_SOURCE_KINDS = ("Source", "Representation", "Transcript", "TextDescription", "Note")
_HYPHENS = re.compile("[\u2010-\u2015\u2212]")


def guid_key(written: str) -> str | None:
    """The GUID that is meant, in lower case without braces; None: it is no GUID, however it is read."""
    plain = normalise_guid(written)
    if _VALID.fullmatch(plain):
        return plain
    match = _DIGITS.fullmatch(_HYPHENS.sub("-", written.strip().lower()))
    return "-".join(match.groups()) if match else None


class Guids:
    """How a document writes GUIDs, and which ones it defines.

    Attributes:
        defined: GUIDs (or other identifiers) by the kind of element that has them, as they are compared.
        root: name of the document's first element.
    """

    def __init__(self) -> None:
        self.defined: dict[str, set[str]] = defaultdict(set)
        self.root = ""
        self._braces = self._bare = self._upper = self._lower = 0
        self._spelled: dict[str, str] = {}
        self._several: set[str] = set()

    # -- collecting -------------------------------------------------------------------------------------------------

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element of the document."""
        self.root = self.root or name
        # only what can be mended tells how the document should write GUIDs
        rules = RULES.get(self.root)
        allowed = (*rules.attributes.get(name, ()), *(("guid",) if name in REFERENCES else ())) if rules else ()
        for attribute, written in attributes.items():
            if attribute in allowed and FORMS.get(attribute) == "guid":
                self._note(written)
        if "guid" in attributes and name not in REFERENCES:
            kind = "Source" if name in SOURCES else "Selection" if name.endswith("Selection") else name
            self.defined[kind].add(self.key(attributes["guid"]))

    def end(self, name: str) -> None:
        """An element ends."""

    def _note(self, written: str) -> None:
        plain = written.strip()
        bare = plain.strip("{}")
        if not _VALID.fullmatch(bare):
            return
        if plain.startswith("{"):
            self._braces += 1
        else:
            self._bare += 1
        self._upper += bare != bare.lower()
        self._lower += bare != bare.upper()
        if self._spelled.setdefault(bare.lower(), bare) != bare:
            self._several.add(bare.lower())

    # -- using ------------------------------------------------------------------------------------------------------

    @staticmethod
    def key(written: str) -> str:
        """An identifier as it is compared."""
        return guid_key(written) or normalise_guid(written)

    def is_defined(self, written: str, kind: str | None) -> bool:
        """Whether something of a kind (None: of any) has this identifier."""
        key = self.key(written)
        if kind is None:
            return any(key in keys for keys in self.defined.values())
        kinds = _SOURCE_KINDS if kind == "Source" else (kind,)
        return any(key in self.defined[one] for one in kinds)

    def mended(self, written: str, *, assume: bool) -> str | None:
        """An identifier in the form that most of the document has; None: it is no GUID.

        Args:
            written: as it stands in an attribute.
            assume: whether an identifier that is no GUID gets one that follows from it.
        """
        key = guid_key(written)
        if key is None:
            return self._formed(derive("identifier", normalise_guid(written))) if assume and written.strip() else None
        bare = written.strip().strip("{}")
        if not _VALID.fullmatch(bare) or key in self._several:
            return self._formed(key)
        return f"{{{bare}}}" if self._braces > self._bare else bare

    def made(self, *parts: str) -> str:
        """A GUID for an element that has none."""
        return self._formed(derive("made", *parts))

    def _formed(self, key: str) -> str:
        spelled = key.upper() if self._upper > self._lower else key
        return f"{{{spelled}}}" if self._braces > self._bare else spelled
