"""Everything that sharing does, written down for the person who checks it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from qdpx_compassion.findings import Finding
from qdpx_compassion.refi.merged_copies import version_places
from qdpx_compassion.refi.text import fold
from qdpx_compassion.teams.share.edits import Edit, Edits
from qdpx_compassion.teams.share.matching import Found, Hit, Matcher
from qdpx_compassion.teams.share.names import AUTHOR, Name, is_label

_CONTEXT = 60
#: Places that are shown for each word near a name.
_PLACES = 5
#: Values without any name that are remembered, so that they need not be searched again.
_CLEAN = 200_000
_SHORT = 400


@dataclass(frozen=True, slots=True)
class Replacement:
    """One replacement with its context.

    Attributes:
        before: text before it.
        found: what stood there.
        after: text behind it.
        pseudonym: what stands there now.
        where: in words.
    """

    before: str
    found: str
    after: str
    pseudonym: str
    where: str


@dataclass
class NearWord:
    """A word near a name, not replaced; a few of its places."""

    word: str
    kind: str
    name: str
    number: int = 0
    places: list[tuple[str, str]] = field(default_factory=list)  # (context, where)


class Ledger:
    """Finds and replaces names, and keeps the lists.

    Args:
        matcher: knows the names.

    Attributes:
        replacements: all, in the order in which they were made.
        near: words near a name by what they look like.
        taken: pseudonym → places where it stood already.
        used: how often each name was replaced, by its place in the list.
        removed: what else was taken out, with a number, by what it is in words.
        findings: what a person must know.
        authors: authors of documents that are on no list, and what they are called now.
    """

    def __init__(self, matcher: Matcher) -> None:
        self.matcher = matcher
        self.replacements: list[Replacement] = []
        self.near: dict[str, NearWord] = {}
        self.taken: dict[str, list[tuple[str, str]]] = defaultdict(list)
        self.used: Counter[tuple[str, str]] = Counter()
        self.removed: Counter[str] = Counter()
        self.findings: list[Finding] = []
        self.authors: dict[str, Name] = {}
        self._clean: set[str] = set()

    # -- finding ----------------------------------------------------------------------------------------------------

    def edits(self, text: str, where: str) -> Edits:
        """The replacements in a text; they are written down, with the words near a name."""
        found = self.matcher.find(text)
        self.note_near(text, found, where)
        # by the versions of a text in a merged project it could be guessed as it was before
        versions = [Edit(start, end, "") for start, end in version_places(text)]
        hits = found.hits
        if versions:
            self.removed["versions of texts that were merged"] += len(versions)
            hits = [hit for hit in hits if not Edits(versions).touches(hit.start, hit.end)]
        for hit in hits:
            self.note(text, hit.start, hit.end, hit.name, where)
        edits = [*versions, *(Edit(hit.start, hit.end, hit.text(text)) for hit in hits)]
        return Edits(sorted(edits, key=lambda edit: edit.start))

    def replaced(self, text: str, where: str) -> str | None:
        """The text with its names replaced; None where there are none."""
        if text in self._clean:
            return None
        whole = self.matcher.whole(text) if len(text) < _SHORT else None
        if whole is not None and whole.only_names:
            self.note(text, 0, len(text), whole, where)
            return whole.pseudonym
        found = self.matcher.find(text)
        if not (found.hits or found.near or found.taken):
            if len(text) < _SHORT:
                if len(self._clean) > _CLEAN:
                    self._clean.clear()
                self._clean.add(text)
            return None
        self.note_near(text, found, where)
        if not found.hits:
            return None
        for hit in found.hits:
            self.note(text, hit.start, hit.end, hit.name, where)
        return _applied(text, found.hits)

    def cut(self, text: str, where: str) -> str | None:
        """As ``replaced``, of a text that was cut off and may end inside a name."""
        stem = text.rstrip().removesuffix("…").removesuffix("...").rstrip()
        new = self.replaced(text, where)
        if len(stem) == len(text.rstrip()):
            return new
        end = self.matcher.cut_end(stem)
        if end is None:
            return new
        at, name = end
        self.note(text, at, len(stem), name, where)
        head = text[:at]
        return (self.replaced(head, where) or head) + name.pseudonym + text[len(stem) :]

    def author(self, text: str, where: str) -> str:
        """What an author of a document, comment or change is called now."""
        new = self.replaced(text, where)
        if new is not None or not text.strip() or is_label(text):
            return text if new is None else new
        key = text.strip().casefold()
        if key not in self.authors:
            self.authors[key] = Name(text.strip(), f"Author {len(self.authors) + 1}", AUTHOR)
        name = self.authors[key]
        self.note(text, 0, len(text), name, where)
        return name.pseudonym

    # -- writing down -----------------------------------------------------------------------------------------------

    def note(self, text: str, start: int, end: int, name: Name, where: str) -> None:
        """Write a replacement down."""
        self.used[name.name, name.pseudonym] += 1
        self.replacements.append(
            Replacement(
                fold(text[max(0, start - _CONTEXT) : start])[-_CONTEXT:],
                text[start:end],
                fold(text[end : end + _CONTEXT]),
                name.pseudonym,
                where,
            )
        )

    def note_near(self, text: str, found: Found, where: str) -> None:
        """Write down the words near a name, and pseudonyms that stood there."""
        for near in found.near:
            word = text[near.start : near.end]
            entry = self.near.setdefault(word, NearWord(word, near.kind, near.name))
            entry.number += 1
            if len(entry.places) < _PLACES:
                entry.places.append((_context(text, near.start, near.end), where))
        for hit in found.taken:
            places = self.taken[hit.name.pseudonym]
            if len(places) < _PLACES:
                places.append((_context(text, hit.start, hit.end), where))

    def say(self, code: str, message: str, where: str = "") -> None:
        """Write a finding down."""
        self.findings.append(Finding(code, message, where))


def _applied(text: str, hits: Sequence[Hit]) -> str:
    return Edits([Edit(hit.start, hit.end, hit.text(text)) for hit in hits]).apply(text)


def _context(text: str, start: int, end: int) -> str:
    return fold(text[max(0, start - _CONTEXT) : end + _CONTEXT])
