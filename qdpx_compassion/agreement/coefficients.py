"""Percent agreement, the kappas, AC1 and Krippendorff's alpha, each with a bootstrap interval.

What coders said is first counted (``tally``), a layer for each cluster (a source or participant), because clusters are
what a bootstrap draws: characters and passages of one text are not independent of each other. Units carry weights, so
that a run of characters that all coders judged alike is one unit as long as the run.

Sources: Cohen (1960), Educational and Psychological Measurement 20, 37–46; Fleiss (1971), Psychological Bulletin 76,
378–382; Brennan & Prediger (1981), Educational and Psychological Measurement 41, 687–699; Gwet (2008), British Journal
of Mathematical and Statistical Psychology 61, 29–48, and for missing judgements Gwet (2014), Handbook of Inter-Rater
Reliability; Krippendorff (2011), Computing Krippendorff's Alpha-Reliability; Passonneau (2006), LREC, for MASI.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

#: Stands for "this coder did not judge this unit".
MISSING = -1
#: Fewer clusters than this say too little about how clusters vary: no interval is given.
FEWEST_CLUSTERS = 5
#: Chance agreement this near to 1 is 1: sums of floats leave a trace.
_NOTHING = 1e-12


@dataclass(frozen=True, slots=True)
class Coefficient:
    """A coefficient, or why there is none.

    Attributes:
        name: what it is called.
        value: 1 is perfect agreement, 0 is what chance would give (but for percent agreement); None: not defined.
        reason: why the value is None, in words; empty otherwise.
        low: lower end of the bootstrap interval; None where there is none. high: its upper end.
    """

    name: str
    value: float | None
    reason: str = ""
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Tally:
    """Judgements, counted. Every array has a layer for each cluster; layers add up.

    Attributes:
        pairs: (clusters, q, q) coincidences: each pair of judgements of a unit of m judgements counts 1 / (m − 1).
        table: (clusters, q, q) the first coder's judgement by the second's; zeros unless there are two coders.
        agreeing: (clusters,) share of pairs of coders who agree, summed over units that two coders judged.
        paired: (clusters,) weight of units that two coders or more judged.
        shares: (clusters, q) share of coders who chose a category, summed over units that anybody judged.
        judged: (clusters,) weight of those units.
        coders: how many there are.
        words: what the categories are called, for reasons; may be empty.
    """

    pairs: Floats
    table: Floats
    agreeing: Floats
    paired: Floats
    shares: Floats
    judged: Floats
    coders: int
    words: tuple[str, ...] = ()

    @property
    def clusters(self) -> int:
        """How many clusters there are."""
        return len(self.judged)

    @property
    def categories(self) -> int:
        """How many categories could be chosen."""
        return int(self.shares.shape[1])

    def drawn(self, counts: Floats) -> Tally:
        """The sums of clusters, each taken as often as a row of ``counts`` (draws, clusters) says; a layer a draw."""
        return replace(
            self,
            pairs=np.tensordot(counts, self.pairs, 1),
            table=np.tensordot(counts, self.table, 1),
            agreeing=counts @ self.agreeing,
            paired=counts @ self.paired,
            shares=counts @ self.shares,
            judged=counts @ self.judged,
        )

    @cached_property
    def whole(self) -> Tally:
        """All clusters together, as one layer."""
        return self.drawn(np.ones((1, self.clusters)))

    def plus(self, other: Tally) -> Tally:
        """Both together, cluster by cluster: other units of the same sources and categories."""
        return replace(
            self,
            pairs=self.pairs + other.pairs,
            table=self.table + other.table,
            agreeing=self.agreeing + other.agreeing,
            paired=self.paired + other.paired,
            shares=self.shares + other.shares,
            judged=self.judged + other.judged,
        )

    def why_not(self) -> str:
        """Why a coefficient that corrects for chance is not defined."""
        if self.whole.paired[0] <= 0:
            return "undefined: no unit was judged by two coders"
        used = [number for number in range(self.categories) if self.whole.shares[0, number] > 0]
        if len(used) > 1:
            return "undefined: chance alone would give perfect agreement"
        if self.categories == 2 and self.words:
            return f"undefined: nobody ever said {self.words[1 - used[0]]}"
        return "undefined: every judgement is the same"


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
    chosen: Floats = np.stack([(given == one).sum(axis=1) for one in range(categories)], axis=1).astype(np.float64)
    result = _empty_tally(number, categories, coders, tuple(words))
    order = np.argsort(cluster, kind="stable")
    bounds = np.searchsorted(cluster[order], np.arange(number + 1))
    for one in range(number):
        rows = order[bounds[one] : bounds[one + 1]]
        _count_cluster(result, one, given[rows], chosen[rows], weight[rows])
    return result


def _empty_tally(clusters: int, categories: int, coders: int, words: tuple[str, ...]) -> Tally:
    square = (clusters, categories, categories)
    return Tally(
        np.zeros(square),
        np.zeros(square),
        np.zeros(clusters),
        np.zeros(clusters),
        np.zeros((clusters, categories)),
        np.zeros(clusters),
        coders,
        words,
    )


def _count_cluster(into: Tally, layer: int, given: Integers, chosen: Floats, weight: Floats) -> None:
    judges = chosen.sum(axis=1)
    some, several = judges >= 1, judges >= 2
    into.judged[layer] = weight[some].sum()
    into.shares[layer] = (chosen[some] * (weight[some] / judges[some])[:, None]).sum(axis=0)
    many, judges, weight_ = chosen[several], judges[several], weight[several]
    into.paired[layer] = weight_.sum()
    each = (weight_ / (judges - 1))[:, None]
    into.pairs[layer] = many.T @ (many * each) - np.diag((many * each).sum(axis=0))
    into.agreeing[layer] = ((many * (many - 1)).sum(axis=1) / (judges * (judges - 1)) * weight_).sum()
    if given.shape[1] == 2:
        both = (given >= 0).all(axis=1)
        np.add.at(into.table[layer], (given[both, 0], given[both, 1]), weight[both])


# -- intervals ---------------------------------------------------------------------------------------------------------


class Resamples:
    """Draws of clusters for bootstrap intervals: as many as there are, with replacement.

    The interval is that of percentiles. Draws in which a coefficient is not defined are left out; where that is more
    than half of them, or there are fewer than ``FEWEST_CLUSTERS`` clusters, there is no interval.

    Args:
        clusters: how many clusters there are.
        draws: how many times they are drawn.
        seed: the same seed gives the same draws.
        level: share of draws inside the interval.
    """

    def __init__(self, clusters: int, *, draws: int = 1000, seed: int = 1, level: float = 0.95) -> None:
        self.clusters, self.level = clusters, level
        self._last: tuple[Tally, Tally] | None = None
        self.counts: Floats | None = None
        if clusters >= FEWEST_CLUSTERS:
            generator = np.random.Generator(np.random.PCG64(seed))
            self.counts = generator.multinomial(clusters, np.full(clusters, 1 / clusters), size=draws).astype(float)

    def of(self, counted: Tally, counts: Floats) -> Tally:
        """The draws of a tally; kept, since several coefficients are asked of each."""
        if self._last is None or self._last[0] is not counted:
            self._last = counted, counted.drawn(counts)
        return self._last[1]

    def interval(self, values: Callable[[Floats], Floats]) -> tuple[float | None, float | None]:
        """The interval of what is computed from draws (draws, clusters); NaN where it is not defined."""
        if self.counts is None:
            return None, None
        found = values(self.counts)
        found = found[~np.isnan(found)]
        if len(found) * 2 < len(self.counts):
            return None, None
        tail = (1 - self.level) / 2
        low, high = np.quantile(found, [tail, 1 - tail])
        return float(low), float(high)


def _coefficient(
    name: str, formula: Callable[[Tally], Floats], counted: Tally, resamples: Resamples | None
) -> Coefficient:
    value = formula(counted.whole)[0]
    if np.isnan(value):
        return Coefficient(name, None, counted.why_not())
    low, high = resamples.interval(lambda counts: formula(resamples.of(counted, counts))) if resamples else (None, None)
    return Coefficient(name, float(value), "", low, high)


def _beyond_chance(observed: Floats, chance: Floats) -> Floats:
    room = np.where(1 - chance > _NOTHING, 1 - chance, np.nan)
    return np.asarray((observed - chance) / room)


def _ratio(above: Floats, below: Floats) -> Floats:
    return np.asarray(above / np.where(below > _NOTHING, below, np.nan))


# -- coefficients ------------------------------------------------------------------------------------------------------


def percent_agreement(counted: Tally, resamples: Resamples | None = None) -> Coefficient:
    """Share of pairs of coders who agree, 0 to 1; the mean over units. Not corrected for chance."""
    return _coefficient("percent agreement", _agreement, counted, resamples)


def _agreement(counted: Tally) -> Floats:
    return _ratio(counted.agreeing, counted.paired)


def cohen_kappa(counted: Tally, resamples: Resamples | None = None) -> Coefficient:
    """Cohen's kappa of two coders; chance is what each coder's own use of the categories would give."""
    name = "Cohen's kappa"
    if counted.coders != 2:
        return Coefficient(name, None, f"undefined: it is for two coders, and there are {counted.coders}")
    return _coefficient(name, _cohen, counted, resamples)


def _cohen(counted: Tally) -> Floats:
    total = counted.table.sum(axis=(1, 2))
    first, second = counted.table.sum(axis=2), counted.table.sum(axis=1)
    observed = _ratio(np.trace(counted.table, axis1=1, axis2=2), total)
    return _beyond_chance(observed, _ratio((first * second).sum(axis=1), total**2))


def fleiss_kappa(counted: Tally, resamples: Resamples | None = None) -> Coefficient:
    """Fleiss' kappa of any number of coders; chance is what all coders' use of the categories together would give."""
    return _coefficient(
        "Fleiss' kappa", lambda one: _beyond_chance(_agreement(one), (_used(one) ** 2).sum(axis=1)), counted, resamples
    )


def _used(counted: Tally) -> Floats:
    """Share of each category in all judgements, a unit counting once."""
    return _ratio(counted.shares, counted.judged[:, None])


def gwet_ac1(counted: Tally, resamples: Resamples | None = None) -> Coefficient:
    """Gwet's AC1; defined also where all coders always say the same, and steady where a category is rare."""

    def formula(one: Tally) -> Floats:
        used = _used(one)
        return _beyond_chance(_agreement(one), (used * (1 - used)).sum(axis=1) / (one.categories - 1))

    return _with_categories("Gwet's AC1", formula, counted, resamples)


def brennan_prediger(counted: Tally, resamples: Resamples | None = None) -> Coefficient:
    """The coefficient of Brennan and Prediger; chance is one in the number of categories."""

    def formula(one: Tally) -> Floats:
        return _beyond_chance(_agreement(one), np.full(len(one.judged), 1 / one.categories))

    return _with_categories("Brennan–Prediger", formula, counted, resamples)


def _with_categories(
    name: str, formula: Callable[[Tally], Floats], counted: Tally, resamples: Resamples | None
) -> Coefficient:
    if counted.categories < 2:
        return Coefficient(name, None, "undefined: there is only one category to choose")
    return _coefficient(name, formula, counted, resamples)


def brennan_prediger_of(agreement: float, categories: int) -> float:
    """Brennan and Prediger's coefficient of a share of agreement that was found some other way.

    Args:
        agreement: 0 to 1.
        categories: how many there are to choose from, at least 2.
    """
    return (agreement - 1 / categories) / (1 - 1 / categories)


def krippendorff_alpha(
    counted: Tally, distance: npt.ArrayLike | None = None, resamples: Resamples | None = None
) -> Coefficient:
    """Krippendorff's alpha for any number of coders and missing judgements.

    Args:
        counted: the judgements.
        distance: (q, q) how different two categories are, 0 on the diagonal; None: all equally (nominal).
        resamples: for the interval.
    """
    apart: Floats = (
        1 - np.eye(counted.categories) if distance is None else np.asarray(distance, dtype=np.float64)
    )  # fmt: skip

    def formula(one: Tally) -> Floats:
        each = one.pairs.sum(axis=2)
        total = each.sum(axis=1)
        observed = (one.pairs * apart).sum(axis=(1, 2))
        expected = _ratio((each[:, :, None] * each[:, None, :] * apart).sum(axis=(1, 2)), total - 1)
        return np.asarray(1 - observed / np.where(expected > _NOTHING, expected, np.nan))

    return _coefficient("Krippendorff's alpha", formula, counted, resamples)


# -- sets --------------------------------------------------------------------------------------------------------------


def masi_distance(first: frozenset[Hashable], second: frozenset[Hashable]) -> float:
    """How different two sets are, 0 to 1: 1 − Jaccard × monotonicity (Passonneau 2006).

    Monotonicity is 1 for equal sets, 2/3 where one holds the other, 1/3 where each has something of its own, 0 where
    they share nothing. Two empty sets are equal.
    """
    if first == second:
        return 0.0
    shared = len(first & second)
    if not shared:
        return 1.0
    monotonicity = 2 / 3 if first < second or second < first else 1 / 3
    return 1 - shared / len(first | second) * monotonicity


def number_sets(
    judgements: Sequence[Sequence[frozenset[Hashable] | None]],
) -> tuple[Integers, list[frozenset[Hashable]]]:
    """Sets as numbers of categories, for ``tally``, and the sets in the order of their numbers; None is missing."""
    known: dict[frozenset[Hashable], int] = {}
    rows = [
        [MISSING if one is None else known.setdefault(one, len(known)) for one in judgement] for judgement in judgements
    ]
    return np.asarray(rows, dtype=np.int64), list(known)


def set_alpha(counted: Tally, sets: Sequence[frozenset[Hashable]], resamples: Resamples | None = None) -> Coefficient:
    """Krippendorff's alpha of set-valued judgements under the MASI distance.

    Args:
        counted: judgements numbered by ``number_sets``.
        sets: the sets in the order of their numbers.
        resamples: for the interval.
    """
    distance = np.array([[masi_distance(one, other) for other in sets] for one in sets]).reshape(len(sets), len(sets))
    return replace(krippendorff_alpha(counted, distance, resamples), name="alpha of sets (MASI)")


def interval_distance(categories: int) -> Floats:
    """Squared differences of the numbers of categories, for judgements that are counts."""
    numbers = np.arange(categories, dtype=np.float64)
    return np.asarray((numbers[:, None] - numbers[None, :]) ** 2)
