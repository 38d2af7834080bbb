"""Segment by segment: which segments of two coders are about the same, and which only one of them marked."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Sequence
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
    of_item = {key: _Marked(found) for key, found in marks.items()}
    there = {key: _Marked(found) for key, found in everything.items()}
    for source in judging.sources:
        at_work = [coder for coder in judging.coders if coder in material.sources[source].coders]
        for one, other in combinations(at_work, 2):
            for item in range(len(material.items)):
                shown: set[int] = set()
                for coder, second in ((one, other), (other, one)):
                    theirs = of_item.get((item, source, second))
                    for mark in marks.get((item, source, coder), ()):
                        _compare(result, material, mark, second, theirs, there[source, second], enough, shown)
    result.disagreements.sort(key=lambda one: (one.item, one.first.source, one.first.text, one.first.start or 0))
    return result


def _compare(
    result: Overlaps, material: Material, mark: Mark, other: int, theirs: _Marked | None, everything: _Marked,
    enough: float, shown: set[int],
) -> None:  # fmt: skip
    """Compare a segment with those of another coder: ``theirs`` with the same item, ``everything`` they marked."""
    nearest = max(theirs.around(mark), key=lambda one: share_of(mark, one), default=None) if theirs else None
    share = share_of(mark, nearest) if nearest else 0.0
    result.segments[mark.item] += 1
    if share >= enough:
        result.matched[mark.item] += 1
    elif mark.place not in shown:
        if nearest is not None:
            shown.add(nearest.place)  # both stand in one row
        instead = _instead(material, mark.item, {one.item for one in everything.around(mark)})
        result.disagreements.append(Disagreement(mark.item, mark, nearest, other, share, instead))


class _Marked:
    """What a coder marked in a source, for finding what lies at a place."""

    def __init__(self, marks: Sequence[Mark]) -> None:
        self._by_place: dict[int, list[Mark]] = defaultdict(list)
        self._in_text: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
        self._marks = marks
        for number, mark in enumerate(marks):
            if mark.start is None or mark.end is None:
                self._by_place[mark.place].append(mark)
            else:
                self._in_text[mark.text].append((mark.start, mark.end, number))
        for found in self._in_text.values():
            found.sort()
        # nothing that begins earlier than this before a place can reach into it
        self._longest = {text: max(end - start for start, end, _ in one) for text, one in self._in_text.items()}

    def around(self, mark: Mark) -> list[Mark]:
        """The marks that share text with a mark, or lie at its very place."""
        if mark.start is None or mark.end is None:
            return self._by_place.get(mark.place, [])
        in_text = self._in_text.get(mark.text, [])
        first = bisect_left(in_text, (mark.start - self._longest.get(mark.text, 0),))
        last = bisect_left(in_text, (max(mark.end, mark.start + 1),))
        near = (self._marks[number] for start, end, number in in_text[first:last] if end > mark.start or start == end)
        return [one for one in near if share_of(mark, one) > 0]


def _instead(material: Material, item: int, items: set[int]) -> tuple[str, ...]:
    kind = material.items[item].kind
    return tuple(material.items[one].label for one in sorted(items) if one != item and material.items[one].kind == kind)
