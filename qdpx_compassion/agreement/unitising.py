"""Unitising alpha: how far coders agree where units begin and end on a continuum, and what each unit is.

After Krippendorff, Mathet, Bouvry & Widlöcher (2016), On the reliability of unitizing textual continua: further
developments, Quality & Quantity 50, 2347–2364. Units of one coder do not overlap, so this is for questions whose
answers exclude each other. Lengths are in any unit, e.g. characters.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from qdpx_compassion.agreement.coefficients import Coefficient, Resamples
from qdpx_compassion.agreement.tallies import Floats

#: (start, end, value): half-open; values are numbers from 0.
Unit = tuple[int, int, int]

_ALONE = "undefined: no text was worked on by two coders"
_NO_UNITS = "undefined: nobody marked anything"
_NO_GAPS = "undefined: nobody left anything unmarked"
_NEVER_BOTH = "undefined: no text was marked by two coders"
_ONE_VALUE = "undefined: what two coders marked always got the same value"
_NO_ROOM = "undefined: chance alone would give perfect agreement"


@dataclass(frozen=True, slots=True)
class Continuum:
    """A text that coders unitised.

    Attributes:
        length: of the whole.
        coders: the units of each coder, in any order, not overlapping.
    """

    length: int
    coders: Sequence[Sequence[Unit]]


@dataclass(frozen=True, slots=True)
class Unitising:
    """The family of unitising alphas.

    Attributes:
        whole: u-alpha: units and gaps, their places and values, all at once.
        relevance: |u-alpha: what is marked at all and what is not.
        coding: cu-alpha: the values, where two coders marked; where units end does not matter.
        by_value: (k)u-alpha: the same for each value.
        covered: share of the continuum (a pair of coders at a time) that both marked, 0 to 1; None without continuum.
    """

    whole: Coefficient
    relevance: Coefficient
    coding: Coefficient
    by_value: tuple[Coefficient, ...]
    covered: float | None


def overlapping(units: Sequence[Unit]) -> bool:
    """Whether units of one coder overlap, so that they cannot be a unitising."""
    ordered = sorted(units)
    return any(one[1] > other[0] for one, other in pairwise(ordered))


def unitising_alpha(
    continua: Sequence[Continuum],
    values: int,
    *,
    clusters: Sequence[int] | None = None,
    resamples: Resamples | None = None,
) -> Unitising:
    """Compute the family over several continua.

    Args:
        continua: those with fewer than two coders say nothing and are passed over.
        values: how many values there are.
        clusters: number of each continuum's source or participant from 0, for intervals; None: each for itself.
        resamples: for intervals, of as many clusters as there are.

    Raises:
        ValueError: units of one coder overlap, or lie outside of their continuum.
    """
    gap = values
    cluster = range(len(continua)) if clusters is None else clusters
    layers = resamples.clusters if resamples else max(cluster, default=-1) + 1
    observed = np.zeros((layers, values + 1, values + 1))
    own = np.zeros((layers, values + 1))
    shared = np.zeros((layers, values))
    for number, continuum in zip(cluster, continua, strict=True):
        if len(continuum.coders) > 1:
            _count(continuum, gap, observed[number], own[number], shared[number])
    counts = _Counts(observed, own, shared)
    total = counts.drawn(np.ones((1, layers)))
    gaps, used = total.observed[0, gap].sum(), total.observed[0, :gap].sum()
    both = total.observed[0, :gap, :gap]
    of_all = gaps + used

    def made(name: str, formula: Callable[[_Counts], Floats], why: str) -> Coefficient:
        value = float(formula(total)[0])
        if np.isnan(value):
            return Coefficient(name, None, why)
        low, high = resamples.interval(lambda draws: formula(counts.drawn(draws))) if resamples else (None, None)
        return Coefficient(name, value, "", low, high)

    nothing = _ALONE if not of_all else _NO_UNITS if not used else _NO_GAPS if not gaps else _NO_ROOM
    no_codes = _ALONE if not of_all else _NO_UNITS if not used else _NEVER_BOTH if not both.sum() else _ONE_VALUE
    return Unitising(
        made("u-alpha", _whole, nothing),
        made("|u-alpha", _relevance, nothing),
        made("cu-alpha", _coding, no_codes),
        tuple(made("(k)u-alpha", _of_value(value), no_codes) for value in range(values)),
        float(both.sum() / of_all) if of_all else None,
    )


@dataclass(frozen=True, slots=True)
class _Counts:
    """Lengths, a layer a continuum.

    Attributes:
        observed: (n, v + 1, v + 1) lengths of intersections of two coders' segments by value; the last is the gap.
        own: (n, v + 1) squared lengths of units, plain lengths of gaps: what would be paired with itself.
        shared: (n, v) squares of the lengths of units that another coder marked too.
    """

    observed: Floats
    own: Floats
    shared: Floats

    def drawn(self, counts: Floats) -> _Counts:
        return _Counts(np.tensordot(counts, self.observed, 1), counts @ self.own, counts @ self.shared)


def _count(continuum: Continuum, gap: int, observed: Floats, own: Floats, shared: Floats) -> None:
    segments = [_segments(units, continuum.length, gap) for units in continuum.coders]
    each = 1 / (len(segments) - 1)
    for number, ours in enumerate(segments):
        for start, end, value in ours:
            own[value] += end - start if value == gap else (end - start) ** 2
        for other, theirs in enumerate(segments):
            if other != number:
                _count_pair(ours, theirs, gap, each, observed, shared)


def _count_pair(
    ours: Sequence[Unit], theirs: Sequence[Unit], gap: int, each: float, observed: Floats, shared: Floats
) -> None:
    first = 0
    for start, end, value in ours:
        marked = 0
        while theirs[first][1] <= start:
            first += 1
        at = first
        while at < len(theirs) and theirs[at][0] < end:
            length = min(end, theirs[at][1]) - max(start, theirs[at][0])
            observed[value, theirs[at][2]] += length * each
            marked += length if theirs[at][2] != gap else 0
            at += 1
        if value != gap:
            shared[value] += marked**2 * each


def _segments(units: Sequence[Unit], length: int, gap: int) -> list[Unit]:
    """The continuum without holes: units in order, gaps between them; empty units are none."""
    found: list[Unit] = []
    reached = 0
    for start, end, value in sorted(unit for unit in units if unit[1] > unit[0]):
        if start < reached or end > length:
            raise ValueError("units of one coder overlap, or lie outside of the continuum")
        if start > reached:
            found.append((reached, start, gap))
        found.append((start, end, value))
        reached = end
    if reached < length:
        found.append((reached, length, gap))
    return found


# -- formulas: a number a layer, NaN where it is not defined ----------------------------------------------------------


def _over(above: Floats, below: Floats) -> Floats:
    return np.asarray(above / np.where(below > 1e-9, below, np.nan))


def _expected(counts: _Counts) -> tuple[Floats, Floats, Floats]:
    """All of the continuum, each value's part of it, and what chance would make of them (without its factor)."""
    each = counts.observed.sum(axis=2)
    total = each.sum(axis=1)
    return total, each, total**2 - counts.own.sum(axis=1)


def _whole(counts: _Counts) -> Floats:
    total, each, room = _expected(counts)
    alike = _over(total * (each**2 - counts.own).sum(axis=1), room)
    observed = total - np.trace(counts.observed, axis1=1, axis2=2)
    return np.asarray(1 - _over(observed, total - alike))


def _relevance(counts: _Counts) -> Floats:
    total, each, room = _expected(counts)
    gaps = each[:, -1]
    expected = _over(total * gaps * (total - gaps), room)
    return np.asarray(1 - _over(gaps - counts.observed[:, -1, -1], expected))


def _expected_of_both(counts: _Counts) -> tuple[Floats, Floats, Floats]:
    """Where both marked: lengths by pairs of values, those of each value, and what chance would make of pairs."""
    both = counts.observed[:, :-1, :-1]
    each = both.sum(axis=2)
    total = each.sum(axis=1)[:, None, None]
    alike = np.einsum("nv,vw->nvw", counts.shared, np.eye(each.shape[1]))
    room = total - _over(counts.shared.sum(axis=1)[:, None, None], total)
    return both, each, _over(each[:, :, None] * each[:, None, :] - alike, room)


def _coding(counts: _Counts) -> Floats:
    both, each, expected = _expected_of_both(counts)
    total = each.sum(axis=1)
    observed = total - np.trace(both, axis1=1, axis2=2)
    return np.asarray(1 - _over(observed, total - np.trace(expected, axis1=1, axis2=2)))


def _of_value(value: int) -> Callable[[_Counts], Floats]:
    def formula(counts: _Counts) -> Floats:
        both, each, expected = _expected_of_both(counts)
        others = expected[:, value].sum(axis=1) - expected[:, value, value]
        observed = _over(each[:, value] - both[:, value, value], each[:, value])
        return np.asarray(1 - observed * _over(expected[:, value].sum(axis=1), others))

    return formula
