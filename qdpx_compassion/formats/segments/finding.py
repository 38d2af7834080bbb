"""Where the words of a segment stand in a text: for certain, or not at all."""

from __future__ import annotations

from bisect import bisect_left

from qdpx_compassion.formats.web_annotation.locating import folded

#: What a cell of a workbook holds at most; a text as long as that was cut.
CELL = 32_767


class SegmentFinder:
    """Finds segments in one text.

    Args:
        text: without byte order mark, every line end a line feed.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._folded, self._at = folded(text)
        lines = text.split("\n")
        starts = [0]
        for line in lines[:-1]:
            starts.append(starts[-1] + len(line) + 1)
        ends = [start + len(line) for start, line in zip(starts, lines, strict=True)]
        #: Programs count paragraphs, some with those in which nothing stands, some without.
        self._lines = [
            list(zip(starts, ends, strict=True)),
            [span for span, line in zip(zip(starts, ends, strict=True), lines, strict=True) if line.strip()],
        ]

    def find(self, words: str, paragraph: int | None = None) -> list[tuple[int, int]]:
        """The places at which a segment may stand.

        Args:
            words: of the segment.
            paragraph: in which it begins, from 1, where the program says so.

        Returns:
            First and last index (exclusive) of each, in code points. One: it stands there. None: its words are not in
            the text, or were cut. Several: nothing tells which is meant.
        """
        if len(words) >= CELL or not words.strip():
            return []
        found = self._exact(words) or self._exact(words.strip()) or self._by_words(" ".join(words.split()))
        if len(found) < 2 or paragraph is None:
            return found
        within = {span for lines in self._lines for span in _beginning_in(found, lines, paragraph)}
        return sorted(within) if len(within) == 1 else found

    def _exact(self, words: str) -> list[tuple[int, int]]:
        return [(at, at + len(words)) for at in _occurrences(self.text, words)]

    def _by_words(self, words: str) -> list[tuple[int, int]]:
        """Where the same words stand with other white space between them."""
        places = _occurrences(self._folded, words)
        return [(self._at[at], self._at[at + len(words) - 1] + 1) for at in places]


def _occurrences(text: str, words: str) -> list[int]:
    found: list[int] = []
    at = text.find(words)
    while at >= 0 and len(found) < 10_000:  # more are not told apart anyhow
        found.append(at)
        at = text.find(words, at + 1)
    return found


def _beginning_in(found: list[tuple[int, int]], lines: list[tuple[int, int]], number: int) -> list[tuple[int, int]]:
    """Those of the places that begin in a line."""
    if not 1 <= number <= len(lines):
        return []
    start, end = lines[number - 1]
    first = bisect_left(found, (start, 0))
    return [span for span in found[first:] if span[0] < max(end, start + 1)] if first < len(found) else []
