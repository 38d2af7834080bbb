"""How far coders agree: whether both found a value in the sources that both coded."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations

from qdpx_compassion.study.codings import Coding
from qdpx_compassion.study.groups import natural_key
from qdpx_compassion.study.quotations import IN_NOTE


@dataclass(frozen=True)
class Agreement:
    """Two coders and one value (or all together, when ``code_row`` is None), in the sources that both coded.

    Attributes:
        both, only_first, only_second, neither: in how many sources the value was found by whom.
    """

    first: str
    second: str
    code_row: int | None
    value: str
    both: int
    only_first: int
    only_second: int
    neither: int

    @property
    def total(self) -> int:
        """Number of judgements."""
        return self.both + self.only_first + self.only_second + self.neither

    @property
    def percent(self) -> float:
        """The part of judgements on which they agree."""
        return (self.both + self.neither) / self.total

    @property
    def kappa(self) -> float | None:
        """Cohen's kappa; None where chance alone would agree in everything."""
        first, second = (self.both + self.only_first) / self.total, (self.both + self.only_second) / self.total
        chance = first * second + (1 - first) * (1 - second)
        return None if chance == 1 else (self.percent - chance) / (1 - chance)


def agreement(rows: Iterable[Coding]) -> list[Agreement]:
    """For each two coders who coded the same sources: all together first, then value by value.

    Only values that one of the two used in these sources are judged; a source counts for a coder who coded anything in
    it. Codings by nobody known are left aside.
    """
    found: dict[str, dict[int, set[int]]] = {}
    names: dict[int, str] = {}
    for row in rows:
        if row.coder and row.not_counted != IN_NOTE:
            found.setdefault(row.coder, {}).setdefault(row.source_row, set()).add(row.code_row)
            names[row.code_row] = row.value
    result = []
    for first, second in combinations(sorted(found, key=natural_key), 2):
        sources = sorted(found[first].keys() & found[second].keys())
        if sources:
            result += _pair(first, second, [(found[first][one], found[second][one]) for one in sources], names)
    return result


def _pair(first: str, second: str, judged: list[tuple[set[int], set[int]]], names: dict[int, str]) -> list[Agreement]:
    codes = sorted({code for one, other in judged for code in one | other})
    parts = []
    for code in codes:
        both = sum(code in one and code in other for one, other in judged)
        only_first = sum(code in one and code not in other for one, other in judged)
        only_second = sum(code not in one and code in other for one, other in judged)
        neither = len(judged) - both - only_first - only_second
        parts.append(Agreement(first, second, code, names[code], both, only_first, only_second, neither))
    sums = (sum(getattr(part, name) for part in parts) for name in ("both", "only_first", "only_second", "neither"))
    return [Agreement(first, second, None, "All values together", *sums), *parts]
