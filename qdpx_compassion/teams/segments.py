"""Segment by segment: which segments of two coders are about the same, and which only one of them marked."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from qdpx_compassion.teams.judging import Judging
from qdpx_compassion.teams.material import Mark, Material


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A segment that one coder marked and another did not, or not about the same.

    Attributes:
        item: number in ``Material.items``.
        first: the one coder's mark. second: the other's with the same item that overlaps most; None where none does.
        other: number of the coder who did not mark it.
        share: of the text of both that both hold, 0 to 1.
        instead: items of the same kind with which the other marked the passage, labels.
    """

    item: int
    first: Mark
    second: Mark | None
    other: int
    share: float
    instead: tuple[str, ...]

    def as_dict(self, material: Material) -> dict[str, Any]:
        """The disagreement as plain values."""
        return {
            "kind": material.items[self.item].kind,
            "key": material.items[self.item].key,
            "source": material.sources[self.first.source].name,
            "where": self.first.where,
            "marked_by": material.coders[self.first.coder],
            "quotation": self.first.quotation,
            "not_by": material.coders[self.other],
            "nearest": self.second.quotation if self.second else None,
            "shared": self.share,
            "instead": self.instead,
        }


@dataclass
class Overlaps:
    """What came of comparing segments.

    Attributes:
        segments: item → segments of all coders, once for each coder that they are compared with.
        matched: item → those of them that the other coder marked about the same.
        disagreements: by item, source and place.
    """

    segments: Counter[int] = field(default_factory=Counter)
    matched: Counter[int] = field(default_factory=Counter)
    disagreements: list[Disagreement] = field(default_factory=list)


def share_of(first: Mark, second: Mark) -> float:
    """The part of two marks' text that both hold, 0 to 1; places that are no text are equal or share nothing."""
    if first.place == second.place:
        return 1.0
    if first.text != second.text or first.start is None or second.start is None:
        return 0.0
    if first.end is None or second.end is None:
        return 0.0
    both = min(first.end, second.end) - max(first.start, second.start)
    if both <= 0:
        return 0.0
    return both / (max(first.end, second.end) - min(first.start, second.start))


def compare_segments(judging: Judging, enough: float) -> Overlaps:
    """Compare the segments of every pair of coders, in the sources that both worked on.

    Args:
        judging: whose marks.
        enough: from which share on two segments are about the same (0 to 1].
    """
    result = Overlaps()
    material = judging.material
    marks: dict[tuple[int, int, int], list[Mark]] = defaultdict(list)
    everything: dict[tuple[int, int], list[Mark]] = defaultdict(list)
    for item in range(len(material.items)):
        for mark in judging.marks_of(item):
            marks[item, mark.source, mark.coder].append(mark)
            everything[mark.source, mark.coder].append(mark)
    there = {key: _Marked(found) for key, found in everything.items()}
    for source in judging.sources:
        at_work = [coder for coder in judging.coders if coder in material.sources[source].coders]
        for one, other in combinations(at_work, 2):
            for item in range(len(material.items)):
                ours, theirs = marks.get((item, source, one), ()), marks.get((item, source, other), ())
                if ours or theirs:
                    _compare(result, material, item, ours, theirs, (one, other), enough, there)
    result.disagreements.sort(key=lambda one: (one.item, one.first.source, one.first.text, one.first.start or 0))
    return result


def _compare(
    result: Overlaps, material: Material, item: int, ours: Sequence[Mark], theirs: Sequence[Mark],
    pair: tuple[int, int], enough: float, there: Mapping[tuple[int, int], _Marked],
) -> None:  # fmt: skip
    shown: set[int] = set()
    for first, second, other in ((ours, theirs, pair[1]), (theirs, ours, pair[0])):
        for mark in first:
            nearest = max(second, key=lambda one: share_of(mark, one), default=None)
            share = share_of(mark, nearest) if nearest else 0.0
            result.segments[item] += 1
            if share >= enough:
                result.matched[item] += 1
            elif mark.place not in shown:
                kept = nearest if share > 0 else None
                if kept is not None:
                    shown.add(kept.place)  # both stand in one row
                around = there.get((mark.source, other))
                instead = _instead(material, item, around.at(mark)) if around else ()
                result.disagreements.append(Disagreement(item, mark, kept, other, share, instead))


class _Marked:
    """Everything that a coder marked in a source, for finding what lies at a place."""

    def __init__(self, marks: Sequence[Mark]) -> None:
        self._by_place: dict[int, set[int]] = defaultdict(set)
        self._in_text: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
        for mark in marks:
            self._by_place[mark.place].add(mark.item)
            if mark.start is not None and mark.end is not None:
                self._in_text[mark.text].append((mark.start, mark.end, mark.item))
        for found in self._in_text.values():
            found.sort()
        # nothing that begins earlier than this before a place can reach into it
        self._longest = {text: max(end - start for start, end, _ in one) for text, one in self._in_text.items()}

    def at(self, mark: Mark) -> set[int]:
        """The items that overlap a mark, or lie at the same place where it is no text."""
        found = set(self._by_place.get(mark.place, ()))
        if mark.start is not None and mark.end is not None and mark.text in self._in_text:
            there = self._in_text[mark.text]
            first = bisect_left(there, (mark.start - self._longest[mark.text],))
            last = bisect_left(there, (mark.end,))
            found |= {item for _, end, item in there[first:last] if end > mark.start}
        return found


def _instead(material: Material, item: int, items: set[int]) -> tuple[str, ...]:
    kind = material.items[item].kind
    return tuple(material.items[one].label for one in sorted(items) if one != item and material.items[one].kind == kind)
