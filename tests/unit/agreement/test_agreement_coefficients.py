"""Every coefficient against a published worked example, or against arithmetic that is written out here."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qdpx_compassion.agreement.coefficients import (
    Coefficient,
    Resamples,
    brennan_prediger,
    brennan_prediger_of,
    cohen_kappa,
    fleiss_kappa,
    gwet_ac1,
    interval_alpha,
    krippendorff_alpha,
    masi_distance,
    percent_agreement,
    set_alpha,
)
from qdpx_compassion.agreement.tallies import MISSING, Tally, count_numbers, number_sets, tally

_ = MISSING
#: Krippendorff (2011), Computing Krippendorff's Alpha-Reliability, section C: four observers, twelve units, missing
#: judgements. Gwet uses the same data (`cac.raw4raters` in the R package irrCAC).
FOUR_OBSERVERS = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, 0, 0, 0],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, 0, 3],
    [0, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, 0],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, 0],
]
#: Fleiss' kappa as worked out in the usual textbook table: ten subjects, fourteen raters, five categories.
FOURTEEN_RATERS = [
    [0, 0, 0, 0, 14], [0, 2, 6, 4, 2], [0, 0, 3, 5, 6], [0, 3, 9, 2, 0], [2, 2, 8, 1, 1],
    [7, 7, 0, 0, 0], [3, 2, 6, 3, 0], [2, 5, 3, 2, 2], [6, 5, 2, 1, 0], [0, 2, 2, 3, 7],
]  # fmt: skip


def of_table(table: list[list[int]]) -> Tally:
    """Two coders' judgements from their contingency table."""
    cells = [(i, j) for i in range(len(table)) for j in range(len(table))]
    return tally(cells, len(table), weights=[table[i][j] for i, j in cells])


def of_observers(rows: list[list[int]], categories: int) -> Tally:
    """Judgements written a row a coder, 0 for missing."""
    return tally(np.asarray(rows).T - 1, categories)


def value(coefficient: Coefficient) -> float:
    assert coefficient.value is not None, coefficient.reason
    return coefficient.value


def test_cohens_kappa_of_his_own_example() -> None:
    """Cohen (1960), table 1: proportions of 200 patients, observed .29, by chance .35, so κ = −.06 / .65 = −.09."""
    counted = of_table([[25, 13, 12], [12, 2, 16], [3, 15, 2]])
    assert value(percent_agreement(counted)) == pytest.approx(0.29)
    assert value(cohen_kappa(counted)) == pytest.approx((0.29 - 0.35) / (1 - 0.35), abs=0.005)


def test_two_coders_in_gwets_example() -> None:
    """The table `cont3x3abstractors` with the results in the overview of Gwet's R package irrCAC (2019)."""
    counted = of_table([[13, 0, 0], [0, 20, 7], [0, 4, 56]])
    assert value(percent_agreement(counted)) == pytest.approx(0.89)
    assert value(cohen_kappa(counted)) == pytest.approx(0.7964094, abs=1e-7)
    assert value(gwet_ac1(counted)) == pytest.approx(0.8493305, abs=1e-7)
    assert value(brennan_prediger(counted)) == pytest.approx(0.835, abs=1e-7)
    assert value(krippendorff_alpha(counted)) == pytest.approx(0.7972585, abs=1e-7)


def test_alpha_of_krippendorffs_four_observers() -> None:
    """Krippendorff (2011): nominal alpha .743; as an interval scale .849."""
    counted = of_observers(FOUR_OBSERVERS, 5)
    assert value(krippendorff_alpha(counted)) == pytest.approx(0.743, abs=0.0005)
    squared = [[(one - other) ** 2 for other in range(5)] for one in range(5)]
    assert value(krippendorff_alpha(counted, squared)) == pytest.approx(0.849, abs=0.0005)
    numbers = count_numbers(np.asarray(FOUR_OBSERVERS).T - 1, list(range(12)), 12)
    assert value(interval_alpha(numbers)) == pytest.approx(0.849, abs=0.0005)


def test_several_coders_with_missing_judgements_in_gwets_example() -> None:
    """`cac.raw4raters` in irrCAC: agreement .81818, AC1 .77544, Fleiss' kappa .76117, Brennan–Prediger .77273."""
    counted = of_observers(FOUR_OBSERVERS, 5)
    assert value(percent_agreement(counted)) == pytest.approx(0.81818, abs=1e-5)
    assert value(gwet_ac1(counted)) == pytest.approx(0.77544, abs=1e-5)
    assert value(fleiss_kappa(counted)) == pytest.approx(0.76117, abs=1e-5)
    assert value(brennan_prediger(counted)) == pytest.approx(0.77273, abs=1e-5)


def test_fleiss_kappa_of_fourteen_raters() -> None:
    """P = .378, Pe = .213, so κ = .210."""
    rows = [[number for number, times in enumerate(row) for _ in range(times)] for row in FOURTEEN_RATERS]
    counted = tally(rows, 5)
    assert value(percent_agreement(counted)) == pytest.approx(0.378, abs=0.0005)
    assert value(fleiss_kappa(counted)) == pytest.approx(0.210, abs=0.0005)


def test_alpha_of_two_observers_with_binary_data() -> None:
    """Krippendorff (2011), section A: ten articles; o01 = 4, n0 = 14, n1 = 6; alpha = 1 − 19 · 4 / (14 · 6) = .095."""
    counted = of_observers([[1, 2, 1, 1, 1, 1, 1, 1, 2, 1], [2, 2, 2, 1, 1, 2, 1, 1, 1, 1]], 2)
    assert counted.pairs[:, 0, 1].sum() == 4 and list(counted.pairs.sum(axis=(0, 1))) == [14, 6]
    assert value(krippendorff_alpha(counted)) == pytest.approx(0.095, abs=0.0005)


def test_brennan_prediger_by_hand() -> None:
    """Of ten judgements in four categories seven agree: (.7 − .25) / .75 = .6."""
    assert brennan_prediger_of(0.7, 4) == pytest.approx(0.6)


def test_masi_distances_of_passonneaus_four_cases() -> None:
    """Passonneau (2006): monotonicity 1, 2/3, 1/3, 0 for equal, nested, overlapping and disjoint sets."""
    one, two, three = frozenset("ab"), frozenset("abcd"), frozenset("bc")
    assert masi_distance(one, one) == 0
    assert masi_distance(one, two) == pytest.approx(1 - 1 / 2 * 2 / 3)
    assert masi_distance(one, three) == pytest.approx(1 - 1 / 3 * 1 / 3)
    assert masi_distance(one, frozenset("x")) == 1
    assert masi_distance(frozenset(), frozenset()) == 0
    assert masi_distance(one, frozenset()) == 1


def test_masi_distance_of_the_example_in_nltk() -> None:
    """The reference of NLTK (``nltk.metrics.distance.masi_distance``): {1, 2} and {1, 2, 3, 4} are 2/3 apart."""
    assert masi_distance(frozenset({1, 2}), frozenset({1, 2, 3, 4})) == pytest.approx(0.6666666666666667)


#: The nine pairs of sets of DKPro Statistics (``SetAnnotationsTest``; Meyer, Mieskes, Stab & Gurevych, 2014, COLING).
DKPRO_SETS = [("", ""), ("A", ""), ("A", "A"), ("A", "B"), ("AB", "A"), ("AB", "AC"), ("ABC", "ABC"), ("C", "AC"),
              ("C", "AC")]  # fmt: skip


def test_alpha_of_sets_is_that_of_another_program() -> None:
    """``AnnotationTask(distance=masi_distance).alpha()`` of NLTK 3.10 gives .27308 for the nine pairs."""
    numbers, sets = number_sets([(frozenset(one), frozenset(other)) for one, other in DKPRO_SETS])
    assert value(set_alpha(tally(numbers, len(sets)), sets)) == pytest.approx(0.2730806608)


def passonneau_2004(one: frozenset[str], other: frozenset[str]) -> float:
    """Passonneau (2004), LREC: 0 for equal sets, 1/3 for one in the other (so is none), 2/3 for an overlap, else 1."""
    if one == other:
        return 0
    if one <= other or other <= one:
        return 1 / 3
    return 2 / 3 if one & other else 1


def jaccard_times_passonneau(one: frozenset[str], other: frozenset[str]) -> float:
    """What DKPro calls MASI: it multiplies the distances, where Passonneau (2006) multiplies the likenesses."""
    return (1 - len(one & other) / len(one | other)) * passonneau_2004(one, other) if one | other else 0


@pytest.mark.parametrize(("distance", "alpha"), [(passonneau_2004, 0.186), (jaccard_times_passonneau, 0.252)])
def test_alpha_of_sets_is_the_published_one_under_other_distances(
    distance: Callable[[frozenset[str], frozenset[str]], float], alpha: float
) -> None:
    """DKPro's test says observed .333 and .253, expected .409 and .338, alpha .186 and .252 for the nine pairs."""
    numbers, sets = number_sets([(frozenset(one), frozenset(other)) for one, other in DKPRO_SETS])
    apart = np.array(
        [[distance(frozenset(map(str, one)), frozenset(map(str, other))) for other in sets] for one in sets]
    )
    assert value(krippendorff_alpha(tally(numbers, len(sets)), apart)) == pytest.approx(alpha, abs=0.001)


def test_alpha_of_sets_by_hand() -> None:
    """Two coders, three units: {a}{a}, {a}{a,b}, {b}{b}.

    MASI of {a} and {a,b}: 1 − 1/2 · 2/3 = 2/3; of {b} and {a,b} the same; of {a} and {b} 1. Six judgements: {a} three,
    {a,b} one, {b} two. Observed: 2 · 2/3 over 6 = 2/9. Expected: 2 · (3·1·2/3 + 3·2·1 + 1·2·2/3) over 6 · 5
    = 2 · 28/3 over 30 = 28/45. Alpha = 1 − (2/9) / (28/45) = 1 − 10/28 = 9/14.
    """
    a, b, both = frozenset("a"), frozenset("b"), frozenset("ab")
    numbers, sets = number_sets([(a, a), (a, both), (b, b)])
    assert value(set_alpha(tally(numbers, len(sets)), sets)) == pytest.approx(9 / 14)


@pytest.mark.parametrize("formula", [cohen_kappa, fleiss_kappa, krippendorff_alpha])
def test_where_all_agree_the_reason_stands_in_words(formula: Callable[[Tally], Coefficient]) -> None:
    yes = formula(tally([(1, 1)] * 4, 2, words=("no", "yes")))
    no = formula(tally([(0, 0)] * 4, 2, words=("no", "yes")))
    assert (yes.value, yes.reason) == (None, "undefined: nobody ever said no")
    assert (no.value, no.reason) == (None, "undefined: nobody ever said yes")


def test_ac1_and_brennan_prediger_are_defined_where_all_agree() -> None:
    counted = tally([(1, 1)] * 4, 2)
    assert value(gwet_ac1(counted)) == 1
    assert value(brennan_prediger(counted)) == 1


@pytest.mark.parametrize("formula", [percent_agreement, fleiss_kappa, gwet_ac1, brennan_prediger, krippendorff_alpha])
def test_units_that_one_coder_judged_say_nothing(formula: Callable[[Tally], Coefficient]) -> None:
    found = formula(tally([(1, _), (_, 0)], 2))
    assert (found.value, found.reason) == (None, "undefined: no unit was judged by two coders")
    assert formula(tally(np.empty((0, 2)), 2)).value is None


def test_kappa_of_three_coders_is_refused_in_words() -> None:
    assert cohen_kappa(tally([(1, 0, 1)], 2)).reason == "undefined: it is for two coders, and there are 3"


def test_a_run_of_characters_counts_as_many_units_as_it_is_long() -> None:
    runs = tally([(1, 1), (0, 1), (0, 0)], 2, weights=[3, 2, 5])
    characters = tally([(1, 1)] * 3 + [(0, 1)] * 2 + [(0, 0)] * 5, 2)
    for formula in (percent_agreement, cohen_kappa, fleiss_kappa, gwet_ac1, brennan_prediger, krippendorff_alpha):
        assert value(formula(runs)) == pytest.approx(value(formula(characters)))


def test_intervals_come_from_whole_sources_and_from_the_seed_alone() -> None:
    judgements = [(1, 1), (0, 1), (0, 0), (1, 0), (1, 1), (0, 0), (1, 1), (0, 0)]
    sources = [0, 0, 1, 1, 2, 3, 4, 5]
    counted = tally(judgements, 2, clusters=sources)
    first, again = (percent_agreement(counted, Resamples(6)) for _ in range(2))
    assert first == again
    assert first.low is not None and first.high is not None and first.low < value(first) < first.high
    other = percent_agreement(counted, Resamples(6, seed=2, draws=50))
    assert other.value == first.value
    # sources in which all agree vary in nothing
    agreeing = tally([(1, 1), (0, 0)] * 6, 2, clusters=[number // 2 for number in range(12)])
    assert cohen_kappa(agreeing, Resamples(6)).low == 1


def test_few_sources_give_no_interval() -> None:
    counted = tally([(1, 1), (0, 1), (0, 0)], 2)
    assert percent_agreement(counted, Resamples(3)).low is None


def test_a_number_of_no_category_is_refused() -> None:
    with pytest.raises(ValueError, match="no number of a category"):
        tally([(0, 2)], 2)


@given(
    st.lists(st.lists(st.integers(-1, 2), min_size=3, max_size=3), min_size=1, max_size=12),
)
def test_alpha_is_one_minus_observed_over_expected_disagreement_of_pairs(rows: list[list[int]]) -> None:
    """Pair by pair, as alpha is defined, without a matrix."""
    units = [[one for one in row if one >= 0] for row in rows]
    units = [unit for unit in units if len(unit) > 1]
    pooled = [one for unit in units for one in unit]
    found = krippendorff_alpha(tally(rows, 3)).value
    everywhere = list(itertools.permutations(pooled, 2))
    expected = sum(a != b for a, b in everywhere) / max(1, len(everywhere))
    if expected == 0:
        assert found is None
        return
    observed = sum(sum(a != b for a, b in itertools.permutations(unit, 2)) / (len(unit) - 1) for unit in units) / len(
        pooled
    )
    assert found == pytest.approx(1 - observed / expected)


@given(st.lists(st.lists(st.integers(-1, 6), min_size=3, max_size=3), min_size=1, max_size=12))
def test_alpha_of_numbers_is_that_of_squared_differences_of_categories(rows: list[list[int]]) -> None:
    squared = [[(one - other) ** 2 for other in range(7)] for one in range(7)]
    counted = count_numbers(rows, list(range(len(rows))), len(rows))
    found, expected = interval_alpha(counted), krippendorff_alpha(tally(rows, 7), squared)
    assert found.value == (None if expected.value is None else pytest.approx(expected.value))
    assert percent_agreement(counted).value == percent_agreement(tally(rows, 7)).value


def test_large_numbers_take_no_more_memory_than_small_ones() -> None:
    """A code that stands ten thousand times in a source is no table of ten thousand by ten thousand."""
    counted = count_numbers([(10_000, 9_990), (3, 1), (0, 2)], [0, 1, 2], 3)
    assert value(interval_alpha(counted)) == pytest.approx(1, abs=1e-5)


@given(st.lists(st.tuples(st.integers(-1, 1), st.integers(-1, 1)), max_size=10))
def test_no_coefficient_is_ever_nan(rows: list[tuple[int, int]]) -> None:
    counted = tally(np.asarray(rows).reshape(-1, 2), 2, words=("no", "yes"))
    for formula in (percent_agreement, cohen_kappa, fleiss_kappa, gwet_ac1, brennan_prediger, krippendorff_alpha):
        found = formula(counted)
        assert (found.value is None) == bool(found.reason)
        assert found.value is None or found.value <= 1.0001  # NaN is not
