"""Passages that other programs marked, found in a text by their words and their place."""

from __future__ import annotations

from dataclasses import dataclass

from qdpx_compassion.formats.positions import HeldText, TextForm

#: How programs count: the recommendation says code points, browsers count UTF-16 units, and a line end as one.
_FORMS = (
    TextForm("code_point"), TextForm("utf16"), TextForm("code_point", "lf"), TextForm("utf16", "lf"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Passage:
    """What a program says of a passage.

    Attributes:
        exact: its words; None where it says only the place. prefix, suffix: those around them.
        start: place as the program counts. end: likewise, exclusive.
    """

    exact: str | None
    prefix: str = ""
    suffix: str = ""
    start: int | None = None
    end: int | None = None


class PassageFinder:
    """Finds passages in one text.

    Args:
        text: without byte order mark.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._held = [HeldText(text, form) for form in _FORMS]
        self._folded, self._at = folded(text)

    def find(self, passage: Passage) -> tuple[int, int] | None:
        """First and last index (exclusive) in code points; None where the words are not in the text."""
        places = []
        if passage.start is not None and passage.end is not None:
            places = [held.to_ours(passage.start, passage.end)[:2] for held in self._held]
        if passage.exact is None:
            return places[0] if places and places[0][0] < places[0][1] else None
        wanted = " ".join(passage.exact.split())
        for first, last in places:
            if wanted and " ".join(self.text[first:last].split()) == wanted:
                return first, last
        return self._by_words(wanted, passage, places[0][0] if places else None)

    def _by_words(self, wanted: str, passage: Passage, near: int | None) -> tuple[int, int] | None:
        """Where the words stand; of several places the one with the same words around it, then the nearest."""
        if not wanted:
            return None
        prefix, suffix = (" ".join(around.split()) for around in (passage.prefix, passage.suffix))
        best: tuple[int, int, int] | None = None
        at = self._folded.find(wanted)
        while at >= 0:
            end = at + len(wanted)
            fits = _common(prefix[::-1], self._folded[max(0, at - 64) : at].rstrip()[::-1])
            fits += _common(suffix, self._folded[end : end + 64].lstrip())
            away = 0 if near is None else abs(self._at[at] - near)
            if best is None or (-fits, away) < best[:2]:
                best = (-fits, away, at)
            at = self._folded.find(wanted, at + 1)
        if best is None:
            return None
        first = self._at[best[2]]
        return first, self._at[best[2] + len(wanted) - 1] + 1


def _common(one: str, other: str) -> int:
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def folded(text: str) -> tuple[str, list[int]]:
    """The text with runs of white space as single spaces, and where each character of that stands."""
    characters: list[str] = []
    places: list[int] = []
    for at, character in enumerate(text):
        space = character.isspace()
        if not space or (characters and characters[-1] != " "):
            characters.append(" " if space else character)
            places.append(at)
    return "".join(characters), places
