"""Which quotations stand for a value: few, from different people, long enough to understand, short enough to read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from qdpx_compassion.study.codings import Coding
from qdpx_compassion.study.counts import Key

#: A quotation of this many characters reads well on its own.
GOOD_LENGTH = (40, 280)


@dataclass(frozen=True, slots=True)
class Example:
    """A quotation that stands for others: its words, whose they are, and the row of ``quotations``."""

    text: str
    participant: str
    row: int


def examples(
    rows: Iterable[Coding], keys: Callable[[Coding], Iterable[Key]], number: int = 3
) -> dict[Key, list[Example]]:
    """Up to ``number`` quotations for each key.

    The choice follows from the project alone: from each participant the first quotation of good length, else the first;
    then participants in order, those with a quotation of good length before the others.
    """
    best: dict[Key, dict[int, tuple[bool, Example]]] = {}
    for row in rows:
        text = " ".join((row.quotation or "").split())
        if row.quotation == row.place:
            continue  # an area or a time: it says where to look, not what stands there
        if not text or not row.counted or row.participant_row is None:
            continue
        bad = not GOOD_LENGTH[0] <= len(text) <= GOOD_LENGTH[1]
        for key in keys(row):
            people = best.setdefault(key, {})
            earlier = people.get(row.participant_row)
            if earlier is None or (earlier[0] and not bad):
                people[row.participant_row] = (bad, Example(text, row.participant or "", row.row))
    return {
        key: [example for _, example in sorted(people.values(), key=lambda one: (one[0], one[1].row))][:number]
        for key, people in best.items()
    }
