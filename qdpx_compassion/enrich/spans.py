"""Where in a document elements lie that may be taken out."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import compress

#: Offsets below this fit into four bytes.
_SMALL = 1 << 32


class Spans:
    """Where elements that may be taken out lie, each with its number; 13 bytes an element, for there can be millions.

    In documents from 4 GB on they are 25. Elements are added when they end, so that an element comes behind all that
    stands in it.
    """

    def __init__(self) -> None:
        self._ordinals, self._starts, self._ends = array("I"), array("I"), array("I")
        self._limit: float = _SMALL
        self._names, self._kinds = bytearray(), dict[str, int]()

    def add(self, name: str, ordinal: int, start: int, end: int) -> None:
        """An element has ended: its name, its number, the bytes at which it begins and its end tag begins."""
        if end >= self._limit:  # an element's number is never above its offset
            self._widen()
        self._ordinals.append(ordinal)
        self._starts.append(start)
        self._ends.append(end)
        self._names.append(self._kinds.setdefault(name, len(self._kinds)))

    def _widen(self) -> None:
        self._ordinals, self._starts, self._ends = (
            array("Q", numbers) for numbers in (self._ordinals, self._starts, self._ends)
        )
        self._limit = float("inf")

    def names_of(self, chosen: Callable[[int], object]) -> Counter[str]:
        """How many elements of each name have a number that is chosen."""
        kinds = list(self._kinds)
        return Counter(
            kinds[kind] for kind, ordinal in zip(self._names, self._ordinals, strict=True) if chosen(ordinal)
        )

    def outermost(self, chosen: Callable[[int], object]) -> Iterator[tuple[int, int, int]]:
        """Number, start and end of chosen elements in document order, without those that stand in another."""
        wanted, limit = bytearray(len(self._ordinals)), None
        for number in range(len(self._ordinals) - 1, -1, -1):  # an element comes before what stands in it now
            start = self._starts[number]
            if (limit is None or start < limit) and chosen(self._ordinals[number]):
                wanted[number] = 1
                limit = start
        for number in compress(range(len(wanted)), wanted):
            yield self._ordinals[number], self._starts[number], self._ends[number]
