"""Examples of technology and the elements that they meet: where their quotations overlap."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from qdpx_compassion.frameworks import Dimension
from qdpx_compassion.study.codings import Coding
from qdpx_compassion.study.counts import Tally
from qdpx_compassion.study.overlap import Region, neighbours

#: What stands for examples that meet no construct.
NONE = ""


@dataclass
class Effect:
    """A quotation that has a construct of a dimension such as the effect of technology.

    Attributes:
        construct: its id.
        coding: the first coding that says so.
        codes: names of the codes that say so.
        met: ids of the constructs of the main dimensions that hold where it overlaps.
        values: names of the other codes that hold there.
    """

    construct: str
    coding: Coding
    codes: list[str]
    met: tuple[str, ...]
    values: list[str]


def effects(
    rows: Iterable[Coding], found: dict[int, Region], dimension: Dimension, main: Sequence[Dimension]
) -> list[Effect]:
    """The quotations of a dimension's constructs, in document order, each with what it meets.

    Args:
        rows: codings; those that do not count are left aside.
        found: the region of each place.
        dimension: e.g. the effect of technology.
        main: the dimensions that values are related to.
    """
    asked = [construct.id for construct in dimension.constructs]
    order = [construct.id for one in main for construct in one.constructs]
    by_place: dict[int, list[Coding]] = {}
    for row in rows:
        if row.counted:
            by_place.setdefault(row.place_id, []).append(row)
    met = neighbours(found[place] for place in by_place if place in found)
    result = []
    for place, here in by_place.items():
        around = [row for other in sorted(met.get(place, {place})) for row in by_place[other]]
        held = {construct for row in around for construct in row.constructs}
        for construct in asked:
            saying = [row for row in here if construct in row.constructs]
            if saying:
                others = [row.value for row in around if not set(row.constructs) & set(asked)]
                result.append(
                    Effect(
                        construct,
                        saying[0],
                        list(dict.fromkeys(row.value for row in saying)),
                        tuple(one for one in order if one in held),
                        list(dict.fromkeys(others)),
                    )
                )
    return result


def tally_effects(found: Iterable[Effect]) -> dict[tuple[str, str], Tally]:
    """(construct, construct that it meets or ``NONE``) → participants, sources and quotations."""
    tallies: dict[tuple[str, str], Tally] = {}
    for effect in found:
        for met in effect.met or (NONE,):
            entry = tallies.setdefault((effect.construct, met), Tally())
            row = effect.coding
            entry.codings += 1
            entry.places.add(row.place_id)
            entry.sources.add(row.source_row)
            entry.codes.add(row.code_row)
            if row.participant_row is not None:
                entry.people.add(row.participant_row)
    return tallies
