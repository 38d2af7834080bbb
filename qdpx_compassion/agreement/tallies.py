"""Judgements counted, a layer for each cluster: what every coefficient is computed from.

Clusters are sources or participants, because those are what a bootstrap draws: characters and passages of one text are
not independent of each other. Units carry weights, so that a run of characters that all coders judged alike is one unit
as long as the run.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

#: Stands for "this coder did not judge this unit".
MISSING = -1
#: Numbers in memory at a time where pairs of many categories are counted.
_AT_ONCE = 1 << 20
#: Patterns of judgements up to which a place is kept for each that could be; beyond, for those that occur.
_FEW_PATTERNS = 1 << 12


@dataclass(frozen=True)
class Judged:
    """What percent agreement needs. Layers add up.

    Attributes:
        agreeing: (clusters,) share of pairs of coders who agree, summed over units that two coders judged.
        paired: (clusters,) weight of units that two coders or more judged.
    """

    agreeing: Floats
    paired: Floats

    @property
    def clusters(self) -> int:
        """How many clusters there are."""
        return len(self.paired)

    @property
    def units(self) -> float:
        """Weight of all units that two coders or more judged."""
        return float(self.paired.sum())

    def why_not(self) -> str:
        """Why a coefficient is not defined."""
        return "undefined: every judgement is the same" if self.units > 0 else _NOBODY_ELSE


_NOBODY_ELSE = "undefined: no unit was judged by two coders"


@dataclass(frozen=True)
class Tally(Judged):
    """Judgements that are categories, counted.

    Attributes:
        pairs: (clusters, q, q) coincidences: each pair of judgements of a unit of m judgements counts 1 / (m − 1).
        table: (clusters, q, q) the first coder's judgement by the second's; zeros unless there are two coders.
        shares: (clusters, q) share of coders who chose a category, summed over units that anybody judged.
        judged: (clusters,) weight of those units.
        coders: how many there are.
        words: what the categories are called, for reasons; may be empty.
    """

    pairs: Floats
    table: Floats
    shares: Floats
    judged: Floats
    coders: int
    words: tuple[str, ...] = ()

    @property
    def categories(self) -> int:
        """How many categories could be chosen."""
        return int(self.shares.shape[1])

    def plus(self, other: Tally) -> Tally:
        """Both together, cluster by cluster: other units of the same sources and categories."""
        return Tally(
            self.agreeing + other.agreeing,
            self.paired + other.paired,
            self.pairs + other.pairs,
            self.table + other.table,
            self.shares + other.shares,
            self.judged + other.judged,
            self.coders,
            self.words,
        )

    def why_not(self) -> str:
        """Why a coefficient that corrects for chance is not defined."""
        used = np.flatnonzero(self.shares.sum(axis=0) > 0)
        if self.units > 0 and len(used) > 1:
            return "undefined: chance alone would give perfect agreement"
        if self.units > 0 and self.categories == 2 and self.words:
            return f"undefined: nobody ever said {self.words[1 - int(used[0])]}"
        return super().why_not()


@dataclass(frozen=True)
class Numbers(Judged):
    """Judgements that are numbers, counted: how far apart they lie matters.

    Attributes:
        apart: (clusters,) squared differences of pairs of judgements, each pair of a unit of m counting 1 / (m − 1).
        count: (clusters,) judgements that can be paired. sums: (clusters,) of them. squares: (clusters,) of them.
    """

    apart: Floats
    count: Floats
    sums: Floats
    squares: Floats

    def plus(self, other: Numbers) -> Numbers:
        """Both together, cluster by cluster."""
        return Numbers(
            self.agreeing + other.agreeing,
            self.paired + other.paired,
            self.apart + other.apart,
            self.count + other.count,
            self.sums + other.sums,
            self.squares + other.squares,
        )


def tally(
    judgements: npt.ArrayLike,
    categories: int,
    *,
    weights: npt.ArrayLike | None = None,
    clusters: npt.ArrayLike | None = None,
    layers: int | None = None,
    words: Sequence[str] = (),
) -> Tally:
    """Count judgements.

    Args:
        judgements: (units, coders) numbers of categories from 0; ``MISSING`` where a coder did not judge.
        categories: how many categories there are to choose from, also those that nobody chose.
        weights: (units,) how much each unit counts, e.g. its characters; None: 1 each.
        clusters: (units,) number of each unit's source or participant from 0; None: each unit for itself.
        layers: how many clusters there are; None: as many as are named.
        words: what the categories are called, e.g. ``("no", "yes")``.

    Raises:
        ValueError: a judgement is no number of a category.
    """
    given: Integers = np.asarray(judgements, dtype=np.int64)
    if given.size and (given.max() >= categories or given.min() < MISSING):
        raise ValueError("a judgement is no number of a category")
    units, coders = given.shape
    weight: Floats = np.ones(units) if weights is None else np.asarray(weights, dtype=np.float64)
    cluster: Integers = np.arange(units) if clusters is None else np.asarray(clusters, dtype=np.int64)
    number = layers if layers is not None else int(cluster.max()) + 1 if units else 0
    patterns, weighed = _patterns(given, categories, weight, cluster, number)
    chosen: Floats = np.stack([(patterns == one).sum(axis=1) for one in range(categories)], axis=1).astype(np.float64)
    judges = chosen.sum(axis=1)
    several = judges >= 2
    many, those, paired = chosen[several], judges[several], weighed[:, several]
    alike = (many * (many - 1)).sum(axis=1) / (those * (those - 1))
    some = judges >= 1
    both = (patterns >= 0).all(axis=1) & (coders == 2)
    return Tally(
        paired @ alike,
        paired.sum(axis=1),
        _pairs(many, those, paired),
        _table(patterns[both], weighed[:, both], categories),
        weighed[:, some] @ (chosen[some] / judges[some][:, None]),
        weighed[:, some].sum(axis=1),
        coders,
        tuple(words),
    )


def _patterns(
    given: Integers, categories: int, weight: Floats, cluster: Integers, layers: int
) -> tuple[Integers, Floats]:
    """The rows of judgements that occur, each once, and (clusters, rows) how much each weighs."""
    coders = given.shape[1]
    base = categories + 1
    if base**coders > _FEW_PATTERNS:
        patterns, which = np.unique(given, axis=0, return_inverse=True)
        keys, number = which.reshape(-1), len(patterns)
    else:
        number = base**coders
        powers = base ** np.arange(coders, dtype=np.int64)
        keys = (given + 1) @ powers
        patterns = np.arange(number)[:, None] // powers % base - 1
    weighed: Floats = np.bincount(cluster * number + keys, weights=weight, minlength=layers * number).astype(np.float64)
    weighed = weighed.reshape(layers, number)
    used = np.bincount(keys, minlength=number) > 0
    return patterns[used], weighed[:, used]


def _pairs(many: Floats, judges: Floats, weighed: Floats) -> Floats:
    """(clusters, q, q) coincidences of patterns of which each category was chosen ``many`` times."""
    q = many.shape[1]
    found = np.zeros((len(weighed), q, q))
    step = max(1, _AT_ONCE // max(1, q * q))
    for start in range(0, len(many), step):
        part, m = many[start : start + step], judges[start : start + step]
        each = part[:, :, None] * part[:, None, :]
        each[:, np.arange(q), np.arange(q)] -= part
        found += np.tensordot(weighed[:, start : start + step], each / (m - 1)[:, None, None], 1)
    return found


def _table(patterns: Integers, weighed: Floats, categories: int) -> Floats:
    found = np.zeros((len(weighed), categories, categories))
    for (first, second), weight in zip(patterns, weighed.T, strict=True):
        found[:, first, second] += weight
    return found


def count_numbers(judgements: npt.ArrayLike, clusters: npt.ArrayLike, layers: int) -> Numbers:
    """Count judgements that are numbers.

    Args:
        judgements: (units, coders) numbers from 0; ``MISSING`` where a coder did not judge.
        clusters: (units,) number of each unit's source or participant from 0.
        layers: how many clusters there are.
    """
    given: Floats = np.asarray(judgements, dtype=np.float64)
    cluster: Integers = np.asarray(clusters, dtype=np.int64)
    there = given != MISSING
    judges = there.sum(axis=1)
    given, there, judges, cluster = (one[judges >= 2] for one in (given, there, judges, cluster))
    sums, squares = (given * there).sum(axis=1), (given**2 * there).sum(axis=1)
    coders = given.shape[1]
    alike = np.zeros(len(given))
    for one in range(coders):
        for other in range(one + 1, coders):
            alike += (given[:, one] == given[:, other]) & there[:, one] & there[:, other]

    def summed(values: npt.ArrayLike) -> Floats:
        return np.bincount(cluster, weights=np.asarray(values, dtype=np.float64), minlength=layers).astype(np.float64)

    return Numbers(
        summed(alike / (judges * (judges - 1) / 2)),
        summed(np.ones(len(given))),
        summed(2 * (judges * squares - sums**2) / (judges - 1)),
        summed(judges),
        summed(sums),
        summed(squares),
    )


def number_sets(
    judgements: Sequence[Sequence[frozenset[Hashable] | None]],
) -> tuple[Integers, list[frozenset[Hashable]]]:
    """Sets as numbers of categories, for ``tally``, and the sets in the order of their numbers; None is missing."""
    known: dict[frozenset[Hashable], int] = {}
    rows = [
        [MISSING if one is None else known.setdefault(one, len(known)) for one in judgement] for judgement in judgements
    ]
    return np.asarray(rows, dtype=np.int64), list(known)
