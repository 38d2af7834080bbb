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


def one_line(text: str) -> str:
    """A text with its white space folded."""
    return " ".join(text.split())


def examples(
    rows: Iterable[Coding], keys: Callable[[Coding], Iterable[Key]], number: int = 3
) -> dict[Key, list[Example]]:
    """Up to ``number`` quotations for each key.

    The choice follows from the project alone: from each participant the first quotation of good length, else the first;
    then participants in order, those with a quotation of good length before the others.
    """
    best: dict[Key, dict[int, tuple[bool, Coding]]] = {}
    enough: set[Key] = set()  # keys with so many good ones of different people; what comes later stands behind them
    for row in rows:
        if not row.counted or row.participant_row is None or not row.quotation or row.quotation == row.place:
            continue  # (an area or a time says where to look, not what stands there)
        wanted = [key for key in keys(row) if key not in enough]
        length = len(one_line(row.quotation)) if wanted else 0
        if not length:
            continue
        bad = not GOOD_LENGTH[0] <= length <= GOOD_LENGTH[1]
        for key in wanted:
            people = best.setdefault(key, {})
            earlier = people.get(row.participant_row)
            if earlier is None or (earlier[0] and not bad):
                people[row.participant_row] = (bad, row)
                if not bad and sum(not poor for poor, _ in people.values()) == number:
                    enough.add(key)
    return {
        key: [
            Example(one_line(row.quotation or ""), row.participant or "", row.row)
            for _, row in sorted(people.values(), key=lambda one: (one[0], one[1].row))[:number]
        ]
        for key, people in best.items()
    }
