"""Which values stand with which others, and with which constructs: by overlap of their quotations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from qdpx_compassion.study.codings import Coding
from qdpx_compassion.study.overlap import Overlap, Shared, overlaps
from qdpx_compassion.tables import Project


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

    pairs: Counter[tuple[int, int]] = field(default_factory=Counter)
    with_constructs: Counter[tuple[int, str]] = field(default_factory=Counter)
    shared: Shared = field(default_factory=Shared)

    def jaccard(self, one: int, other: int) -> float | None:
        """What both codes cover, of what either covers; None where neither covers anything."""
        return self.shared.jaccard(one, other)

    def add(self, source: Overlap) -> None:
        """Count what meets in a source; places without a region meet only what is coded there too."""
        for place, codings in source.codings.items():
            around = [row for other in source.around(place) for row in source.codings[other]]
            expressed = {construct for row in around for construct in row.constructs}
            others = {(row.place_id, row.code_row) for row in around if row.place_id >= place}
            for code in {row.code_row for row in codings}:
                self.with_constructs.update((code, construct) for construct in expressed)
                for other_place, other in others:
                    if code < other or (code > other and place < other_place):
                        self.pairs[min(code, other), max(code, other)] += 1
        self.shared.add(
            (row.code_row, source.regions[place])
            for place, codings in source.codings.items()
            if place in source.regions
            for row in codings
        )


def cooccurrence(project: Project, rows: Iterable[Coding]) -> Cooccurrence:
    """Count what meets.

    Args:
        project: the project.
        rows: codings, in document order; those that do not count are left aside.
    """
    found = Cooccurrence()
    for source in overlaps(project, rows):
        found.add(source)
    return found
