"""Percent agreement, the kappas, AC1 and Krippendorff's alpha, each with a bootstrap interval.

Sources: Cohen (1960), Educational and Psychological Measurement 20, 37–46; Fleiss (1971), Psychological Bulletin 76,
378–382; Brennan & Prediger (1981), Educational and Psychological Measurement 41, 687–699; Gwet (2008), British Journal
of Mathematical and Statistical Psychology 61, 29–48, and for missing judgements Gwet (2014), Handbook of Inter-Rater
Reliability; Krippendorff (2011), Computing Krippendorff's Alpha-Reliability; Passonneau (2006), LREC, for MASI.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from qdpx_compassion.agreement.tallies import Floats, Judged, Numbers, Tally

#: Fewer clusters than this say too little about how clusters vary: no interval is given.
FEWEST_CLUSTERS = 5
#: Chance agreement this near to 1 is 1: sums of floats leave a trace.
_NOTHING = 1e-12

#: A formula: how often each cluster is drawn, (draws, clusters) → a value a draw, NaN where it is not defined.
Formula = Callable[[Floats], Floats]


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
        self.counts: Floats | None = None
        if clusters >= FEWEST_CLUSTERS:
            generator = np.random.Generator(np.random.PCG64(seed))
            self.counts = generator.multinomial(clusters, np.full(clusters, 1 / clusters), size=draws).astype(float)

    def interval(self, formula: Formula) -> tuple[float | None, float | None]:
        """The interval of what a formula gives."""
        if self.counts is None:
            return None, None
        found = formula(self.counts)
        found = found[~np.isnan(found)]
        if len(found) * 2 < len(self.counts):
            return None, None
        tail = (1 - self.level) / 2
        low, high = np.quantile(found, [tail, 1 - tail])
        return float(low), float(high)


def _coefficient(name: str, formula: Formula, counted: Judged, resamples: Resamples | None) -> Coefficient:
    value = formula(np.ones((1, counted.clusters)))[0]
    if np.isnan(value):
        return Coefficient(name, None, counted.why_not())
    low, high = resamples.interval(formula) if resamples else (None, None)
    return Coefficient(name, float(value), "", low, high)


def _beyond_chance(observed: Floats, chance: Floats) -> Floats:
    room = np.where(1 - chance > _NOTHING, 1 - chance, np.nan)
    return np.asarray((observed - chance) / room)


def _ratio(above: Floats, below: Floats) -> Floats:
    return np.asarray(above / np.where(below > _NOTHING, below, np.nan))


def percent_agreement(counted: Judged, resamples: Resamples | None = None) -> Coefficient:
    """Share of pairs of coders who agree, 0 to 1; the mean over units. Not corrected for chance."""
    return _coefficient("percent agreement", _agreement(counted), counted, resamples)


def _agreement(counted: Judged) -> Formula:
    return lambda draws: _ratio(draws @ counted.agreeing, draws @ counted.paired)


def cohen_kappa(counted: Tally, resamples: Resamples | None = None) -> Coefficient:
    """Cohen's kappa of two coders; chance is what each coder's own use of the categories would give."""
    name = "Cohen's kappa"
    if counted.coders != 2:
        return Coefficient(name, None, f"undefined: it is for two coders, and there are {counted.coders}")
    alike = np.trace(counted.table, axis1=1, axis2=2)
    by_first, by_second = counted.table.sum(axis=2), counted.table.sum(axis=1)

    def formula(draws: Floats) -> Floats:
        first, second = draws @ by_first, draws @ by_second
        total = first.sum(axis=1)
        return _beyond_chance(_ratio(draws @ alike, total), _ratio((first * second).sum(axis=1), total**2))

    return _coefficient(name, formula, counted, resamples)


def fleiss_kappa(counted: Tally, resamples: Resamples | None = None) -> Coefficient:
    """Fleiss' kappa of any number of coders; chance is what all coders' use of the categories together would give."""
    return _corrected("Fleiss' kappa", counted, lambda used: (used**2).sum(axis=1), resamples)


def gwet_ac1(counted: Tally, resamples: Resamples | None = None) -> Coefficient:
    """Gwet's AC1; defined also where all coders always say the same, and steady where a category is rare."""
    others = counted.categories - 1
    return _corrected("Gwet's AC1", counted, lambda used: (used * (1 - used)).sum(axis=1) / others, resamples)


def brennan_prediger(counted: Tally, resamples: Resamples | None = None) -> Coefficient:
    """The coefficient of Brennan and Prediger; chance is one in the number of categories."""
    return _corrected("Brennan–Prediger", counted, lambda used: np.full(len(used), 1 / counted.categories), resamples)


def _corrected(
    name: str, counted: Tally, chance: Callable[[Floats], Floats], resamples: Resamples | None
) -> Coefficient:
    """Agreement beyond chance; ``chance`` is told how much each category is used, (draws, q), a unit counting once."""
    if counted.categories < 2:
        return Coefficient(name, None, "undefined: there is only one category to choose")
    agreement = _agreement(counted)

    def formula(draws: Floats) -> Floats:
        used = _ratio(draws @ counted.shares, (draws @ counted.judged)[:, None])
        return _beyond_chance(agreement(draws), chance(used))

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
    apart: Floats = 1 - np.eye(counted.categories) if distance is None else np.asarray(distance, dtype=np.float64)
    differing, each = (counted.pairs * apart).sum(axis=(1, 2)), counted.pairs.sum(axis=2)

    def formula(draws: Floats) -> Floats:
        used = draws @ each
        expected = _ratio(((used @ apart) * used).sum(axis=1), used.sum(axis=1) - 1)
        return 1 - _ratio(draws @ differing, expected)

    return _coefficient("Krippendorff's alpha", formula, counted, resamples)


def interval_alpha(counted: Numbers, resamples: Resamples | None = None) -> Coefficient:
    """Krippendorff's alpha of judgements that are numbers; two differ by the square of their difference."""

    def formula(draws: Floats) -> Floats:
        count, sums, squares = draws @ counted.count, draws @ counted.sums, draws @ counted.squares
        # all pairs of judgements together: the sum of (a − b)² is 2 (n Σa² − (Σa)²)
        return 1 - _ratio(draws @ counted.apart, _ratio(2 * (count * squares - sums**2), count - 1))

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


def set_alpha(counted: Tally, sets: Sequence[frozenset[Hashable]], resamples: Resamples | None = None) -> Coefficient:
    """Krippendorff's alpha of set-valued judgements under the MASI distance.

    Args:
        counted: judgements numbered by ``number_sets``.
        sets: the sets in the order of their numbers.
        resamples: for the interval.
    """
    distance = np.array([[masi_distance(one, other) for other in sets] for one in sets]).reshape(len(sets), len(sets))
    return replace(krippendorff_alpha(counted, distance, resamples), name="alpha of sets (MASI)")
