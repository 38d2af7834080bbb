"""Stretches of text: how long together, and whose."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from qdpx_compassion.study.places import Place

_CRLF = re.compile("\r\n")
LineEnds = Mapping[int, Sequence[int]]


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


def line_ends(rows: Iterable[int], texts: Callable[[int], str | None] | None) -> dict[int, list[int]]:
    """Where line ends of two characters (CR LF) stand in texts: text → index of each CR; those of one are not listed.

    With them the same text has the same number of characters whichever program wrote it.

    Args:
        rows: rows of the texts' sources.
        texts: the plain text of a source by its row.
    """
    found: dict[int, list[int]] = {}
    for row in rows if texts is not None else ():
        text = texts(row) if texts is not None else None
        if text and "\r\n" in text:
            found[row] = [match.start() for match in _CRLF.finditer(text)]
    return found


def folded(spans: Iterable[tuple[int, int]], ends: Sequence[int]) -> Iterable[tuple[int, int]]:
    """Spans counted with each line end as one character (see ``line_ends``)."""
    if not ends:
        return spans
    return [(start - bisect_left(ends, start), end - bisect_left(ends, end)) for start, end in spans]


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
