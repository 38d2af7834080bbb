"""Unitising alpha against a published worked example, and against arithmetic that is written out."""

from __future__ import annotations

import pytest

from qdpx_compassion.agreement.coefficients import Resamples
from qdpx_compassion.agreement.unitising import Continuum, Unit, overlapping, unitising_alpha

A, B = 0, 1
FIRST: list[Unit] = [(0, 4, A), (6, 10, B)]
SECOND: list[Unit] = [(0, 4, A), (6, 8, A)]


def test_the_family_by_hand() -> None:
    """Ten characters. First coder: A 0–4, gap, B 6–10. Second: A 0–4, gap, A 6–8, gap.

    Coincidences (equation 1 of Krippendorff et al. 2016), both ways: A–A 8, gap–gap 4, A–B 2 + 2, B–gap 2 + 2: 20 in
    all; of A 10, of B 4, of gaps 6. Paired with itself would be: A 16 + 16 + 4 = 36, B 16, gaps 2 + 2 + 2 = 6: 58.
    Chance (equation 4) makes alike 20 · (100 − 36 + 16 − 16 + 36 − 6) / (400 − 58) = 1880 / 342.
    u-alpha = 1 − (20 − 12) / (20 − 1880/342) = 1 − 2736/4960.
    |u-alpha = 1 − (6 − 4) / (20 · 6 · 14 / 342) = 1 − 684/1680.
    Where both marked: A–A 8, A–B 2 + 2: 12; of A 10, of B 2. Paired with itself: A 16 + 16 + 4 = 36, B 4.
    Chance (equation 10): A–A (100 − 36) / (12 − 40/12) = 96/13, B–B 0, A–B 30/13.
    cu-alpha = 1 − (12 − 8) / (12 − 96/13) = 1 − 52/60.
    (A)u-alpha = 1 − (126/13) / 10 · (10 − 8) / (30/13) = 1 − .84.
    """
    found = unitising_alpha([Continuum(10, [FIRST, SECOND])], 2)
    assert found.whole.value == pytest.approx(1 - 2736 / 4960)
    assert found.relevance.value == pytest.approx(1 - 684 / 1680)
    assert found.coding.value == pytest.approx(1 - 52 / 60)
    assert found.by_value[A].value == pytest.approx(1 - 0.84)
    assert found.covered == pytest.approx(12 / 20)


def test_three_observers_in_krippendorffs_textbook() -> None:
    """Krippendorff (2019), Content Analysis, 4th ed., figure 12.11: three observers, a continuum of 60, seven values.

    Printed there, with lengths measured in the figure: u-alpha .510, |u-alpha .413, cu-alpha .724; (k)u-alpha 1 for the
    values 1, 5 and 6, and 0 for 2, 3 and 4, each of which one observer alone used; of what was given the value 5, 44 %
    met another's unit. In whole numbers, as the R package quallmer has the figure, |u-alpha and cu-alpha are .0006 and
    .0016 more.
    """
    alex = [(0, 7, 1), (7, 13, 2), (30, 32, 5), (32, 37, 6), (37, 44, 6), (44, 60, 7)]
    paul = [(0, 7, 1), (7, 13, 3), (13, 21, 5), (32, 44, 6)]
    suzan = [(0, 7, 1), (7, 13, 4), (13, 21, 5), (32, 37, 6), (37, 41, 6), (41, 44, 6)]
    observers = [[(start, end, value - 1) for start, end, value in one] for one in (alex, paul, suzan)]
    found = unitising_alpha([Continuum(60, observers)], 7)
    assert found.whole.value == pytest.approx(0.510, abs=0.0005)
    assert found.relevance.value == pytest.approx(0.413, abs=0.001)
    assert found.coding.value == pytest.approx(0.724, abs=0.002)
    assert [one.value for one in found.by_value[:6]] == pytest.approx([1, 0, 0, 0, 1, 1])
    assert found.by_value[6].value is None  # only Alex has it, where nobody else marked anything


def test_equal_unitisings_agree_perfectly() -> None:
    found = unitising_alpha([Continuum(20, [FIRST, FIRST, FIRST])], 2)
    assert found.whole.value == found.relevance.value == found.coding.value == pytest.approx(1)


def test_the_order_of_coders_and_of_texts_does_not_matter() -> None:
    one, two = Continuum(10, [FIRST, SECOND]), Continuum(12, [SECOND, [(1, 5, B)]])
    there, back = (
        unitising_alpha([one, two], 2),
        unitising_alpha([Continuum(12, [[(1, 5, B)], SECOND]), Continuum(10, [SECOND, FIRST])], 2),
    )
    assert there.whole.value == pytest.approx(back.whole.value)
    assert there.coding.value == pytest.approx(back.coding.value)


@pytest.mark.parametrize(
    ("coders", "whole", "coding"),
    [
        ([[], []], "undefined: nobody marked anything", "undefined: nobody marked anything"),
        ([FIRST], "undefined: no text was worked on by two coders", "undefined: no text was worked on by two coders"),
        ([[(0, 2, A)], [(4, 6, B)]], "", "undefined: no text was marked by two coders"),
        ([[(0, 2, A)], [(0, 6, A)]], "", "undefined: what two coders marked always got the same value"),
        ([[(0, 10, A)], [(0, 10, A)]], "undefined: nobody left anything unmarked",
         "undefined: what two coders marked always got the same value"),
    ],
)  # fmt: skip
def test_what_is_not_defined_says_why(coders: list[list[Unit]], whole: str, coding: str) -> None:
    found = unitising_alpha([Continuum(10, coders)], 2)
    assert found.whole.reason == whole
    assert found.coding.reason == coding
    assert (found.coding.value is None) and (found.whole.value is None) == bool(whole)


def test_no_text_at_all_says_why() -> None:
    assert unitising_alpha([], 2).whole.reason == "undefined: no text was worked on by two coders"


def test_units_of_one_coder_that_overlap_are_refused() -> None:
    assert overlapping([(0, 4, A), (3, 5, B)])
    assert not overlapping([(4, 5, B), (0, 4, A)])
    with pytest.raises(ValueError, match="overlap"):
        unitising_alpha([Continuum(10, [[(0, 4, A), (3, 5, B)], FIRST])], 2)


def test_intervals_come_from_whole_texts() -> None:
    texts = [Continuum(10, [FIRST, SECOND]), Continuum(10, [FIRST, FIRST])] * 4
    found = unitising_alpha(texts, 2, resamples=Resamples(len(texts)))
    assert found.whole.low is not None and found.whole.high is not None and found.whole.value is not None
    assert found.whole.low < found.whole.value < found.whole.high
