"""Places in one version of a text, found again in another."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import accumulate, pairwise

#: Pieces in which texts are compared, the largest first: what is equal in large pieces needs no looking into.
_PIECES = (re.compile(r"[^\n]*\n|[^\n]+"), re.compile(r"\S+\s*|\s+"), re.compile(r"(?s)."))
#: Pieces beyond which two stretches are not compared any finer, since the time for it grows with the square.
_MOST = (50_000, 5_000, 2_000)
#: A passage is found again when this share of it is left.
ENOUGH = 0.5

#: Differences with fewer equal characters than this between them are shown as one; so many stand around each.
AROUND = 30

_CRLF = re.compile("\r\n")


class LineEnds:
    """A text as it is, and with LF alone at the end of every line.

    Args:
        text: as it is.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.plain = text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
        self._doubles = [match.start() + 1 for match in _CRLF.finditer(text)] if "\r\n" in text else []
        self._shrunk = [position - number for number, position in enumerate(self._doubles)]

    def to_plain(self, index: int) -> int:
        """An index of the text in the plain text."""
        return index - bisect_left(self._doubles, index)

    def from_plain(self, index: int) -> int:
        """An index of the plain text in the text: before a line's end is before its CR, after it is after its LF."""
        return index + bisect_right(self._shrunk, index)


class Alignment:
    """Which parts of two texts are the same.

    Args:
        first: one text, line ends as LF.
        second: the other, likewise.
    """

    def __init__(self, first: str, second: str) -> None:
        self._texts = first, second
        # where texts begin and end is the same place in both, whatever stands there
        ends = [(0, 0, 0)], [(len(first), len(second), 0)]
        self._blocks = [*ends[0], *_joined(_equal(first, second, 0, 0, 0)), *ends[1]]
        self._starts = [block[0] for block in self._blocks]
        longest = max(len(first), len(second))
        #: Share of the longer text that is in both, 0 to 1.
        self.similarity = sum(block[2] for block in self._blocks) / longest if longest else 1.0

    def span(self, start: int, end: int) -> tuple[int, int] | None:
        """A passage of the first text in the second.

        Args:
            start: first character.
            end: after the last.

        Returns:
            The place from the first to the last character that is left of it; None where less than half is left.
        """
        if start >= end:
            at = self._point(start)
            return None if at is None else (at, at)
        left, first, last = 0, None, 0
        for a, b, length in self._blocks[max(0, bisect_right(self._starts, start) - 1) :]:
            if a >= end:
                break
            low, high = max(a, start), min(a + length, end)
            if high > low:
                left += high - low
                first = b + low - a if first is None else first
                last = b + high - a
        return None if first is None or left < ENOUGH * (end - start) else (first, last)

    def differences(self) -> Iterator[tuple[str, str]]:
        """Where the texts differ, in order: the words of the first and of the second, with some that are equal around.

        Differences near each other are one.
        """
        gaps: list[list[int]] = []
        for (a, b, length), (to, there, _) in pairwise(self._blocks):
            gap = [a + length, to, b + length, there]
            if gap[0] == gap[1] and gap[2] == gap[3]:
                continue
            if gaps and gap[0] - gaps[-1][1] < AROUND:
                gaps[-1][1], gaps[-1][3] = gap[1], gap[3]
            else:
                gaps.append(gap)
        first, second = self._texts
        for start, end, begin, stop in gaps:
            yield _with_words_around(first, start, end), _with_words_around(second, begin, stop)

    def _point(self, index: int) -> int | None:
        number = bisect_right(self._starts, index) - 1
        for a, b, length in self._blocks[max(number, 0) : number + 1]:
            if a <= index <= a + length:
                return b + index - a
        return None


def _with_words_around(text: str, start: int, end: int) -> str:
    """A part of a text with whole words before and after it, and dots where the text goes on."""
    left, right = max(0, start - AROUND), min(len(text), end + AROUND)
    if left:
        left = max(text.find(" ", left, start) + 1, left)
    if right < len(text):
        space = text.rfind(" ", end, right)
        right = space if space > end else right
    before, after = "… " if left else "", " …" if right < len(text) else ""
    return before + " ".join(text[left:right].split()) + after


def _joined(blocks: Iterator[tuple[int, int, int]]) -> Iterator[tuple[int, int, int]]:
    last: tuple[int, int, int] | None = None
    for a, b, length in blocks:
        if last is not None and last[0] + last[2] == a and last[1] + last[2] == b:
            last = (last[0], last[1], last[2] + length)
            continue
        if last is not None:
            yield last
        last = (a, b, length)
    if last is not None:
        yield last


def _equal(first: str, second: str, a: int, b: int, level: int) -> Iterator[tuple[int, int, int]]:
    """Equal stretches in order, as (place in the first, place in the second, length)."""
    if first == second:
        if first:
            yield a, b, len(first)
        return
    if not first or not second or level == len(_PIECES):
        return
    ours, theirs = _PIECES[level].findall(first), _PIECES[level].findall(second)
    if max(len(ours), len(theirs)) > _MOST[level]:
        return
    at, there = list(accumulate(map(len, ours), initial=0)), list(accumulate(map(len, theirs), initial=0))
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        if tag == "equal":
            yield a + at[i1], b + there[j1], at[i2] - at[i1]
        elif tag == "replace":
            yield from _equal(
                first[at[i1] : at[i2]], second[there[j1] : there[j2]], a + at[i1], b + there[j1], level + 1
            )
