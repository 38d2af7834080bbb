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
    counted = [row for row in rows if row.counted]
    codes: dict[int, set[int]] = {}
    constructs: dict[int, set[str]] = {}
    for row in counted:
        codes.setdefault(row.place_id, set()).add(row.code_row)
        constructs.setdefault(row.place_id, set()).update(row.constructs)
    pairs: Counter[tuple[int, int]] = Counter()
    with_constructs: Counter[tuple[int, str]] = Counter()
    for place, here in codes.items():
        around = met.get(place, (place,))
        expressed = set().union(*(constructs[other] for other in around))
        for code in here:
            with_constructs.update((code, construct) for construct in expressed)
            pairs.update((code, other) for other in here if code < other)
        for other in around:
            if place < other:
                pairs.update((min(one, two), max(one, two)) for one in here for two in codes[other] if one != two)
    covered = ((row.code_row, found[row.place_id]) for row in counted if row.place_id in found)
    return Cooccurrence(pairs, with_constructs, shared_lengths(covered))
