"""By what participants are told apart: a variable, sets, folders of cases, cases that lie over others."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from qdpx_compassion.errors import UsageError
from qdpx_compassion.findings import Finding, count

#: A variable with more values than this is not chosen unasked.
MOST_GROUPS = 8
#: At least this part of the participants must have a value.
COVERAGE = 0.6
#: Two ways of grouping are the same when they agree on this part of the participants.
SAME = 0.9
#: Names that say that this is what people are told apart by.
_TELLING = {
    *("role", "roles", "rol", "rollen", "rolle", "rôle", "group", "groups", "groep", "groepen", "gruppe", "groupe"),
    *("stakeholder", "stakeholders", "condition", "kind", "type", "category", "categorie", "kategorie"),
    *("participant type", "type of participant", "participant group", "stakeholder group"),
}
#: What NVivo writes for a value that nobody gave.
_NOT_GIVEN = frozenset({"unassigned", "not assigned"})


@dataclass
class Grouping:
    """A way of telling participants apart.

    Attributes:
        name: of the variable, the sets' family or the folder.
        kind: ``variable``, ``sets``, ``folders`` or ``cases``.
        values: the group of each participant, by row; empty: none.
        asked_only: never chosen unasked.
    """

    name: str
    kind: str
    values: list[str]
    asked_only: bool = False

    @property
    def groups(self) -> list[str]:
        """The groups in natural order."""
        return sorted({value for value in self.values if value}, key=natural_key)

    @property
    def short(self) -> str:
        """The name without the classification that NVivo puts before it."""
        return self.name.rpartition(":")[2].strip() or self.name

    def described(self) -> str:
        """The grouping for people, e.g. ``the variable “Role” (client, professional)``."""
        noun = {
            "variable": "the variable", "sets": "the sets", "folders": "the folders of cases", "cases": "the cases"
        }[self.kind]  # fmt: skip
        shown = self.groups
        more = f" and {len(shown) - 5} more" if len(shown) > 5 else ""
        values = f"({', '.join(shown[:5])}{more})"
        return f"{noun} “{self.name}” {values}" if self.name else f"{noun} {values}"


def given(values: Sequence[str]) -> str:
    """The values of a participant as one group: several are joined, what nobody gave is none."""
    return " + ".join(value for value in values if value.casefold() not in _NOT_GIVEN)


def choose(groupings: Sequence[Grouping], wanted: str | None) -> tuple[Grouping | None, list[str], list[Finding]]:
    """The grouping that is used, with the reasons.

    Args:
        groupings: all that the project offers, in its order.
        wanted: the name that somebody asked for; ``none`` for no groups; None: the program chooses.

    Returns:
        The grouping or None, sentences for people, findings.

    Raises:
        UsageError: what was asked for is not there, or could be several.
    """
    if wanted is not None:
        if wanted.strip().casefold() in ("none", ""):
            return None, ["Participants are not divided into groups, as asked for."], []
        chosen = _named(groupings, wanted)
        findings = []
        if len(chosen.groups) > MOST_GROUPS:
            message = f"“{chosen.name}” divides the participants into {count(len(chosen.groups), 'group')}."
            findings.append(Finding("study-many-groups", message))
        return chosen, [f"Groups are {chosen.described()}, as asked for."], findings
    fitting = [one for one in groupings if _fits(one)]
    if not fitting:
        told = ["Participants are not divided into groups: nothing in the project divides most of them into a few."]
        if groupings:
            told.append(
                "It can be asked for (option --group): " + "; ".join(o.described() for o in groupings[:6]) + "."
            )
        single = [one for one in groupings if len(one.groups) == 1 and "" not in one.values and len(one.values) > 1]
        if not single:
            return None, told, []
        message = f"All participants are of one group, {single[0].described()}: numbers are not shown by group."
        return None, told, [Finding("study-one-group", message)]
    support = [sum(_same(one, other) for other in groupings) for one in fitting]
    ranks = [
        (one.short.casefold() not in _TELLING, -min(support[i], 2), len(one.groups), i) for i, one in enumerate(fitting)
    ]
    best = ranks.index(min(ranks))
    chosen = fitting[best]
    alike = [other for other in groupings if other is not chosen and _same(chosen, other)]
    also = f"; {alike[0].described()} follow the same division" if alike else ""
    told = [f"Groups are {chosen.described()}{also}."]
    others = [one for one in fitting if one is not chosen and one not in alike]
    if others:
        told.append("Other ways to group (option --group): " + "; ".join(one.described() for one in others[:6]) + ".")
    return chosen, told, []


def _named(groupings: Sequence[Grouping], wanted: str) -> Grouping:
    kind, colon, name = wanted.partition(":")
    kinds = {"variable": "variable", "set": "sets", "sets": "sets", "case": "cases", "cases": "cases",
             "folder": "folders", "folders": "folders"}  # fmt: skip
    if colon and kind.strip().casefold() in kinds:
        pool = [one for one in groupings if one.kind == kinds[kind.strip().casefold()]]
        wanted = name
    else:
        pool = list(groupings)
    folded = wanted.strip().casefold()
    by_name = [one for one in pool if one.name.casefold() == folded]
    for found in (by_name, [one for one in pool if one.short.casefold() == folded]):
        if len(found) > 1:
            options = ", ".join(f"“{one.kind}:{one.name}”" for one in found)
            raise UsageError(f"“{wanted.strip()}” could be several things: {options}.", remedy="Give one of these.")
        if found:
            return found[0]
    known = ", ".join(f"“{one.name or one.kind}”" for one in groupings)
    raise UsageError(
        f"Participants cannot be grouped by “{wanted.strip()}”: the project has no such variable, set or case.",
        remedy=f"It offers: {known}." if known else "It offers nothing to group by; the mapping can say groups.",
    )


def _fits(one: Grouping) -> bool:
    """Whether a grouping is worth choosing unasked: few groups, that hold several people, and most people in one."""
    with_value = [value for value in one.values if value]
    groups = len(set(with_value))
    return (
        not one.asked_only
        and 2 <= groups <= MOST_GROUPS
        and groups < len(with_value)
        and len(with_value) >= COVERAGE * len(one.values)
    )


def _same(one: Grouping, other: Grouping) -> bool:
    """Whether two groupings divide the participants alike, whatever the groups are called."""
    pairs = [(a, b) for a, b in zip(one.values, other.values, strict=True) if a and b]
    if len(one.groups) != len(other.groups) or len(pairs) < COVERAGE * len(one.values):
        return False
    most = Counter(pairs).most_common(len(one.groups))
    if len({a for (a, _), _ in most}) < len(most) or len({b for (_, b), _ in most}) < len(most):
        return False
    return sum(number for _, number in most) >= SAME * len(pairs)


def natural_key(text: str) -> tuple[Any, ...]:
    """A key that sorts P2 before P10, in any letter case."""
    parts = re.split(r"(\d+)", text.casefold())
    return (*((1, int(part), "") if part.isdecimal() else (0, 0, part) for part in parts), (2, 0, text))
