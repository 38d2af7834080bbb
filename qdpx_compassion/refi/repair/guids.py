"""The GUIDs of a document in one form."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property

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


@dataclass
class _Form:
    """How a document writes GUIDs.

    Attributes:
        braces: how many more are written with braces than without. upper: likewise in upper case than in lower.
        several: those that are written in different letters. alike: whether all are GUIDs without braces.
    """

    braces: int = 0
    upper: int = 0
    several: set[str] = field(default_factory=set)
    alike: bool = True


class Guids:
    """How a document writes GUIDs, and which ones it defines.

    Attributes:
        root: name of the document's first element.
    """

    def __init__(self) -> None:
        self.root = ""
        self._named: dict[str, list[str]] = defaultdict(list)  # as written, by kind
        self._written: dict[str, int] = defaultdict(int)  # how often each is written so
        self._of: dict[str, tuple[str, ...]] = {}  # by name of an element: its attributes that hold GUIDs

    # -- collecting -------------------------------------------------------------------------------------------------

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element of the document."""
        self.root = self.root or name
        holding = self._of.get(name)
        if holding is None:
            holding = self._of[name] = self._attributes(name)
        for attribute in holding:
            written = attributes.get(attribute)
            if written is not None:
                self._written[written] += 1
        if "guid" in attributes and name not in REFERENCES:
            kind = "Source" if name in SOURCES else "Selection" if name.endswith("Selection") else name
            self._named[kind].append(attributes["guid"])

    def _attributes(self, name: str) -> tuple[str, ...]:
        """Only what can be mended tells how the document should write GUIDs."""
        rules = RULES.get(self.root)
        if rules is None:
            return ()
        allowed = {*rules.attributes.get(name, ()), *(("guid",) if name in REFERENCES else ())}
        return tuple(attribute for attribute in sorted(allowed) if FORMS.get(attribute) == "guid")

    def end(self, name: str) -> None:
        """An element ends."""

    @cached_property
    def defined(self) -> dict[str, set[str]]:
        """GUIDs (or other identifiers) by the kind of element that has them, as they are compared."""
        return defaultdict(set, {kind: set(map(self.key, written)) for kind, written in self._named.items()})

    @cached_property
    def _form(self) -> _Form:
        form = _Form()
        spelled: dict[str, str] = {}
        for written, times in self._written.items():
            plain = written.strip()
            bare = plain.strip("{}")
            if not _VALID.fullmatch(bare):
                form.alike = False
                continue
            lower = bare.lower()
            form.braces += times if plain.startswith("{") else -times
            form.upper += (bare != lower) * times - (bare != bare.upper()) * times
            form.alike &= bare is written or bare == written
            if spelled.setdefault(lower, bare) != bare:
                form.several.add(lower)
        return form

    @property
    def are_alike(self) -> bool:
        """Whether all are GUIDs without braces, each always in the same letters: then none is mended."""
        return self._form.alike and not self._form.several

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
        if not _VALID.fullmatch(bare) or key in self._form.several:
            return self._formed(key)
        return f"{{{bare}}}" if self._form.braces > 0 else bare

    def made(self, *parts: str) -> str:
        """A GUID for an element that has none."""
        return self._formed(derive("made", *parts))

    def _formed(self, key: str) -> str:
        spelled = key.upper() if self._form.upper > 0 else key
        return f"{{{spelled}}}" if self._form.braces > 0 else spelled
