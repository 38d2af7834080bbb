"""Where codings meet: places that share characters, time or area."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations, pairwise
from operator import itemgetter
from typing import Any, Literal, get_args

from qdpx_compassion.study.codings import Coding
from qdpx_compassion.study.places import Places
from qdpx_compassion.tables import TABLES, Project

Unit = Literal["characters", "milliseconds", "area"]

_SELECTION = TABLES["selections"].position


@dataclass(frozen=True, slots=True)
class Region:
    """What a place covers.

    Attributes:
        place_id: of the place (see ``quotations``).
        container: the text, recording, picture or page; regions of different containers never meet.
        unit: what its size is counted in.
        start, end: along the text or the time; left and right of an area. Half-open.
        low, high: of an area; 0 and 1 otherwise.
    """

    place_id: int
    container: Hashable
    unit: Unit
    start: int
    end: int
    low: int = 0
    high: int = 1


@dataclass(frozen=True, slots=True)
class Overlap:
    """What overlaps what in one source.

    Attributes:
        codings: of each place by its id, in document order; those that count.
        regions: of each place; whole sources, points and places without positions have none.
        met: the places that a place shares something with, itself first; for places with a region.
    """

    codings: dict[int, list[Coding]]
    regions: dict[int, Region]
    met: dict[int, list[int]]

    def around(self, place: int) -> list[int]:
        """The places that a place shares something with, itself first."""
        return self.met.get(place) or [place]


def overlaps(project: Project, rows: Iterable[Coding]) -> Iterator[Overlap]:
    """What overlaps what, a source at a time: quotations of different sources never do.

    Args:
        project: the project.
        rows: codings, in document order; those that do not count are left aside.
    """
    places = Places(project)
    by_source: dict[int, list[Coding]] = {}
    for row in rows:
        if row.counted:
            by_source.setdefault(row.source_row, []).append(row)
    for here in by_source.values():
        codings: dict[int, list[Coding]] = {}
        for row in here:
            codings.setdefault(row.place_id, []).append(row)
        found = regions(project, places, here)
        yield Overlap(codings, found, neighbours(found.values()))


def regions(project: Project, places: Places, rows: Iterable[Coding]) -> dict[int, Region]:
    """The region of each place by its id; whole sources, points and places without positions have none."""
    found: dict[int, Region] = {}
    for row in rows:
        if row.place_id in found or row.selection_row is None:
            continue
        if row.start_index is not None and row.end_index is not None:
            region = Region(row.place_id, row.text_row, "characters", row.start_index, row.end_index)
        else:
            other = _other(project, places.of_selection(row.selection_row).selection_row, row)
            if other is None:
                continue
            region = other
        if region.end > region.start and region.high > region.low:
            found[row.place_id] = region
    return found


def _other(project: Project, selection_row: int | None, row: Coding) -> Region | None:
    """The region of a place in a recording, picture, PDF page or missing text; None where positions are missing."""
    if selection_row is None:
        return None
    selection = project.rows["selections"][selection_row]
    if selection[0] in ("AudioSelection", "VideoSelection"):
        begin, end = selection[_SELECTION["begin"]], selection[_SELECTION["end"]]
        if begin is None or end is None:
            return None
        return Region(row.place_id, (row.text_row, "time"), "milliseconds", *sorted((begin, end)))
    if selection[0] == "PlainTextSelection":  # its text is missing: positions as the program counts them
        first, last = selection[_SELECTION["start_position"]], selection[_SELECTION["end_position"]]
        if first is None or last is None:
            return None
        return Region(row.place_id, (row.text_row, "positions"), "characters", *sorted((first, last)))
    corners = [selection[_SELECTION[name]] for name in ("first_x", "second_x", "first_y", "second_y")]
    if selection[0] not in ("PictureSelection", "PDFSelection") or any(corner is None for corner in corners):
        return None
    left, right = sorted(corners[:2])
    low, high = sorted(corners[2:])
    page = selection[_SELECTION["page"]]
    return Region(row.place_id, (row.text_row, "page", page), "area", left, right, low, high)


def overlapping(found: Iterable[Region]) -> Iterator[tuple[int, int]]:
    """All pairs of places that share at least one character, millisecond or point of area, each pair once.

    An interval join: regions are sorted by their start, and each is compared with those that are still open. The time
    is that of sorting plus that of the pairs.

    Args:
        found: regions, of distinct places.
    """
    for group in _by_container(found).values():
        still_open: list[Region] = []
        for region in sorted(group, key=lambda one: (one.start, one.end, one.place_id)):
            still_open = [other for other in still_open if other.end > region.start]
            for other in still_open:
                if other.low < region.high and region.low < other.high:
                    yield (min(other.place_id, region.place_id), max(other.place_id, region.place_id))
            still_open.append(region)


def neighbours(found: Iterable[Region]) -> dict[int, list[int]]:
    """For each place all places that it shares something with, itself first."""
    every = list(found)
    met = {region.place_id: [region.place_id] for region in every}
    for one, other in overlapping(every):
        met[one].append(other)
        met[other].append(one)
    return met


def _counters() -> dict[Unit, Counter[Any]]:
    return {unit: Counter() for unit in get_args(Unit)}


@dataclass
class Shared:
    """How much keys cover, and how much two of them (the lower first) cover together; by unit."""

    alone: dict[Unit, Counter[int]] = field(default_factory=_counters)
    together: dict[Unit, Counter[tuple[int, int]]] = field(default_factory=_counters)

    def jaccard(self, one: int, other: int) -> float | None:
        """What both cover, of what either covers: in characters, or where they cover no text in time or area."""
        for unit, alone in self.alone.items():
            either = alone[one] + alone[other]
            if either:
                both = self.together[unit][min(one, other), max(one, other)]
                return both / (either - both)
        return None

    def add(self, covered: Iterable[tuple[int, Region]]) -> None:
        """Add what keys cover of texts, recordings and areas; overlaps count once.

        Args:
            covered: (key, region); a key may come with any number of regions. All of a container come at once.
        """
        groups: dict[Hashable, list[tuple[int, Region]]] = {}
        for key, region in covered:
            groups.setdefault(region.container, []).append((key, region))
        for group in groups.values():
            unit = group[0][1].unit
            alone, together = self.alone[unit], self.together[unit]
            if unit != "area":
                _sweep([(key, one.start, one.end) for key, one in group], 1, alone, together)
                continue
            edges = sorted({edge for _, one in group for edge in (one.start, one.end)})
            for left, right in pairwise(edges):
                inside = [(key, one.low, one.high) for key, one in group if one.start < right and one.end > left]
                _sweep(inside, right - left, alone, together)


def _sweep(
    spans: Sequence[tuple[int, int, int]], width: int, alone: Counter[int], together: Counter[tuple[int, int]]
) -> None:
    """Add the lengths of one line: between two edges the same keys are open."""
    edges: list[tuple[int, int, int]] = []
    for key, start, end in spans:
        edges += [(start, 1, key), (end, -1, key)]
    edges.sort(key=itemgetter(0))
    now_open: dict[int, int] = {}
    before = 0
    for place, step, key in edges:
        if place > before and now_open:
            length = (place - before) * width
            for one in now_open:
                alone[one] += length
            for pair in combinations(sorted(now_open), 2) if len(now_open) > 1 else ():
                together[pair] += length
        before = place
        now_open[key] = now_open.get(key, 0) + step
        if not now_open[key]:
            del now_open[key]


def _by_container(found: Iterable[Region]) -> dict[Hashable, list[Region]]:
    groups: dict[Hashable, list[Region]] = {}
    for region in found:
        groups.setdefault(region.container, []).append(region)
    return groups
