"""Examples of technology and the elements that they meet: where their quotations overlap."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from qdpx_compassion.frameworks import Dimension
from qdpx_compassion.study.codings import Coding
from qdpx_compassion.study.counts import Tally
from qdpx_compassion.study.overlap import Overlap

#: What stands for examples that meet no construct.
NONE = ""


@dataclass(slots=True)
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


def effects(source: Overlap, dimension: Dimension, main: Sequence[Dimension]) -> list[Effect]:
    """The quotations of a dimension's constructs in a source, in document order, each with what it meets.

    Args:
        source: its codings, and what overlaps what.
        dimension: e.g. the effect of technology.
        main: the dimensions that values are related to.
    """
    asked = [construct.id for construct in dimension.constructs]
    order = [construct.id for one in main for construct in one.constructs]
    result = []
    for place, here in source.codings.items():
        said = {construct for row in here for construct in row.constructs}
        if said.isdisjoint(asked):
            continue
        around = [row for other in sorted(source.around(place)) for row in source.codings[other]]
        held = {construct for row in around for construct in row.constructs}
        for construct in asked:
            if construct in said:
                saying = [row for row in here if construct in row.constructs]
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
            tallies.setdefault((effect.construct, met), Tally()).rows.append(effect.coding)
    return tallies
