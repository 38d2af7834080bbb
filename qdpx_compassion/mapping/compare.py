"""Two people's mappings side by side: how far they agree, and where they do not."""

from __future__ import annotations

from dataclasses import dataclass, replace

from qdpx_compassion.agreement.coefficients import (
    Coefficient,
    cohen_kappa,
    gwet_ac1,
    krippendorff_alpha,
    percent_agreement,
    set_alpha,
)
from qdpx_compassion.agreement.tallies import number_sets, tally
from qdpx_compassion.code_tree import Code, CodeTree
from qdpx_compassion.frameworks.framework import Dimension, Framework
from qdpx_compassion.mapping.model import Decisions
from qdpx_compassion.mapping.resolve import offered


@dataclass(frozen=True, slots=True)
class ConstructAgreement:
    """How two mappings agree about one construct, over the codes for which both decided its dimension.

    Attributes:
        both: codes that both say express it. only_first, only_second: codes of which one says so. neither: the rest.
    """

    construct_id: str
    both: int
    only_first: int
    only_second: int
    neither: int

    @property
    def codes(self) -> int:
        """The number of codes compared."""
        return self.both + self.only_first + self.only_second + self.neither

    @property
    def agreement(self) -> float | None:
        """Share of codes decided alike, 0 to 1; None when no code was decided by both."""
        return self.coefficients[0].value

    @property
    def kappa(self) -> float | None:
        """Cohen's kappa; None when it is not defined (no codes, or both always say the same one thing)."""
        return self.coefficients[1].value

    @property
    def coefficients(self) -> tuple[Coefficient, ...]:
        """Percent agreement, Cohen's kappa, Gwet's AC1 and Krippendorff's alpha; a code is a unit."""
        cells = [(1, 1), (1, 0), (0, 1), (0, 0)]
        weights = [self.both, self.only_first, self.only_second, self.neither]
        counted = tally(cells, 2, weights=weights, words=("no", "yes"))
        return percent_agreement(counted), cohen_kappa(counted), gwet_ac1(counted), krippendorff_alpha(counted)


@dataclass(frozen=True, slots=True)
class DimensionAgreement:
    """How two mappings agree about a dimension as a whole, over the codes for which both decided it.

    Attributes:
        codes: how many those are.
        same: how many were decided alike.
        coefficient: alpha of sets where several constructs may hold, else nominal alpha with *none* as an answer.
    """

    dimension_id: str
    codes: int
    same: int
    coefficient: Coefficient


@dataclass(frozen=True, slots=True)
class Difference:
    """A code about which two mappings say different things in one dimension.

    Attributes:
        first: construct ids that the first mapping gives it; None: undecided there. second: the same of the second.
    """

    code: Code
    dimension_id: str
    first: tuple[str, ...] | None
    second: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two mappings compared: agreement for each construct and dimension, and the codes decided differently."""

    constructs: tuple[ConstructAgreement, ...]
    differences: tuple[Difference, ...]
    dimensions: tuple[DimensionAgreement, ...] = ()


def compare_mappings(
    first: Decisions,
    second: Decisions,
    framework: Framework,
    tree: CodeTree,
    own: frozenset[str] = frozenset(),
) -> Comparison:
    """Compare what two mappings decide about the codes of one project.

    Args:
        first: decisions of one mapping (``resolve``).
        second: decisions of the other.
        framework: the framework of both.
        tree: the project's codes.
        own: GUIDs of further codes that are not offered.
    """
    codes = [code for code in offered(tree, framework, own) if tree.by_key[code.key] is code]
    agreements, differences, dimensions = [], [], []
    for dimension in framework.dimensions:
        answers = [(code, _answer(first, code, dimension), _answer(second, code, dimension)) for code in codes]
        differences += [Difference(code, dimension.id, one, two) for code, one, two in answers if one != two]
        decided = [(one, two) for _, one, two in answers if one is not None and two is not None]
        dimensions.append(_dimension(dimension, decided))
        for construct in dimension.constructs:
            cells = [0, 0, 0, 0]
            for one, two in decided:
                cells[2 * (construct.id not in one) + (construct.id not in two)] += 1
            agreements.append(ConstructAgreement(construct.id, *cells))
    differences.sort(key=lambda difference: difference.code.row)
    return Comparison(tuple(agreements), tuple(differences), tuple(dimensions))


def _dimension(dimension: Dimension, decided: list[tuple[tuple[str, ...], tuple[str, ...]]]) -> DimensionAgreement:
    numbers, sets = number_sets([(frozenset(one), frozenset(two)) for one, two in decided])
    sets = sets or [frozenset()]  # nobody decided anything: there is nothing to count, but one thing to count it in
    counted = tally(numbers.reshape(-1, 2), len(sets))
    coefficient = set_alpha(counted, sets) if dimension.several else krippendorff_alpha(counted)
    if coefficient.value is None and not decided:
        coefficient = replace(coefficient, reason="undefined: no code was decided by both")
    return DimensionAgreement(dimension.id, len(decided), sum(one == two for one, two in decided), coefficient)


def _answer(decisions: Decisions, code: Code, dimension: Dimension) -> tuple[str, ...] | None:
    held = decisions.constructs.get(code.key, ())
    mine = tuple(construct.id for construct in dimension.constructs if construct.id in held)
    return mine if mine or (code.key, dimension.id) in decisions.none else None
