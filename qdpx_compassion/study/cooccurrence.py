"""Which values stand with which others, and with which constructs: by overlap of their quotations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from qdpx_compassion.study.codings import Coding
from qdpx_compassion.study.overlap import Region, Shared, shared_lengths


@dataclass
class Cooccurrence:
    """What meets.

    Attributes:
        pairs: (code row, code row) → number of pairs of quotations that overlap, the lower row first. A quotation that
            has both codes is one pair.
        with_constructs: (code row, construct id) → number of the code's quotations that overlap a quotation that
            expresses the construct, by this code or another.
        shared: how much of the texts codes cover together.
    """

    pairs: Counter[tuple[int, int]]
    with_constructs: Counter[tuple[int, str]]
    shared: Shared

    def jaccard(self, one: int, other: int) -> float | None:
        """What both codes cover, of what either covers; None where neither covers anything."""
        return self.shared.jaccard(one, other)


def cooccurrence(rows: Iterable[Coding], found: Mapping[int, Region], met: Mapping[int, Sequence[int]]) -> Cooccurrence:
    """Count what meets.

    Args:
        rows: codings; those that do not count are left aside.
        found: the region of each place (``overlap.regions``); places without one meet only what is coded there too.
        met: the places that each place overlaps, itself too (``overlap.neighbours``).
    """
    here: dict[int, list[Coding]] = {}
    for row in rows:
        if row.counted:
            here.setdefault(row.place_id, []).append(row)
    pairs: Counter[tuple[int, int]] = Counter()
    with_constructs: Counter[tuple[int, str]] = Counter()
    for place, codings in here.items():
        around = [row for other in met.get(place, (place,)) for row in here[other]]
        expressed = {construct for row in around for construct in row.constructs}
        others = {(row.place_id, row.code_row) for row in around if row.place_id >= place}
        for code in {row.code_row for row in codings}:
            with_constructs.update((code, construct) for construct in expressed)
            for other_place, other in others:
                if code < other or (code > other and place < other_place):
                    pairs[min(code, other), max(code, other)] += 1
    covered = (
        (row.code_row, found[row.place_id]) for codings in here.values() for row in codings if row.place_id in found
    )
    return Cooccurrence(pairs, with_constructs, shared_lengths(covered))
