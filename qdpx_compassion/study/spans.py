"""Stretches of text: how long together, and whose."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence

from qdpx_compassion.study.places import Place


def union_length(spans: Iterable[tuple[int, int]]) -> int:
    """Length of the union of half-open intervals; those that end before they begin are empty."""
    total, reached = 0, None
    for start, end in sorted(spans):
        if reached is not None:
            start = max(start, reached)
        if end > start:
            total += end - start
            reached = end
    return total


class Parts:
    """Who holds which part of a source of several people.

    Args:
        spans: (text, start, end, participant), in any order.
    """

    def __init__(self, spans: Sequence[tuple[int, int, int, int]]) -> None:
        self._spans = sorted(spans)
        self._reach: list[int] = []  # how far spans before this one reach, in the same text
        reach, text = 0, -1
        for span in self._spans:
            reach = span[2] if span[0] != text else max(reach, span[2])
            text = span[0]
            self._reach.append(reach)

    def holder(self, place: Place) -> int | None:
        """The participant who holds most of a place; the first of equals; None when nobody does."""
        if place.start is None or place.end is None:
            return None
        text, start, end = place.source_row, place.start, place.end
        shared: Counter[int] = Counter()
        number = bisect_left(self._spans, (text, end)) - 1
        while number >= 0 and self._spans[number][0] == text and self._reach[number] > start:
            _, first, last, person = self._spans[number]
            if last > start:
                shared[person] += min(last, end) - max(first, start)
            number -= 1
        best = max(shared.values(), default=0)
        return min((person for person, length in shared.items() if length == best), default=None)
