"""Two people's mappings side by side: how far they agree, and where they do not."""

from __future__ import annotations

from dataclasses import dataclass

from qdpx_compassion.frameworks.framework import Dimension, Framework
from qdpx_compassion.mapping.model import Decisions
from qdpx_compassion.mapping.resolve import offered
from qdpx_compassion.tables import Code, CodeTree


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
        return (self.both + self.neither) / self.codes if self.codes else None

    @property
    def kappa(self) -> float | None:
        """Cohen's kappa; None when it is not defined (no codes, or both always say the same one thing)."""
        if not self.codes:
            return None
        first = (self.both + self.only_first) / self.codes
        second = (self.both + self.only_second) / self.codes
        chance = first * second + (1 - first) * (1 - second)
        observed = (self.both + self.neither) / self.codes
        return None if chance == 1 else (observed - chance) / (1 - chance)


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
    """Two mappings compared: agreement for each construct, and the codes decided differently, in document order."""

    constructs: tuple[ConstructAgreement, ...]
    differences: tuple[Difference, ...]


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
    agreements, differences = [], []
    for dimension in framework.dimensions:
        answers = [(code, _answer(first, code, dimension), _answer(second, code, dimension)) for code in codes]
        differences += [Difference(code, dimension.id, one, two) for code, one, two in answers if one != two]
        for construct in dimension.constructs:
            cells = [0, 0, 0, 0]
            for _, one, two in answers:
                if one is not None and two is not None:
                    cells[2 * (construct.id not in one) + (construct.id not in two)] += 1
            agreements.append(ConstructAgreement(construct.id, *cells))
    differences.sort(key=lambda difference: difference.code.row)
    return Comparison(tuple(agreements), tuple(differences))


def _answer(decisions: Decisions, code: Code, dimension: Dimension) -> tuple[str, ...] | None:
    held = decisions.constructs.get(code.key, ())
    mine = tuple(construct.id for construct in dimension.constructs if construct.id in held)
    return mine if mine or (code.key, dimension.id) in decisions.none else None
