"""Who the participants are: the cases, sources, sets, codes or values that divide the sources among them."""

from __future__ import annotations

from collections.abc import Sequence

from qdpx_compassion.errors import UsageError
from qdpx_compassion.findings import Finding, count
from qdpx_compassion.study.membership import Holder, Membership, divide

#: Few cases that hold many sources each are groups of people, not people.
_FEW_CASES, _MANY_SOURCES = 6, 4


def choose_holders(
    membership: Membership, wanted: str | None
) -> tuple[list[Holder], list[Holder], list[str], list[Finding]]:
    """Those who are participants, the other cases, and why.

    Args:
        membership: the project.
        wanted: what was asked for (see ``find_participants``); None: the program chooses.

    Returns:
        The participants (none: the sources are), the cases that are not, sentences for people, findings.

    Raises:
        UsageError: what was asked for is not there.
    """
    cases = membership.cases()
    kind, _, name = (wanted or "").partition(":")
    kind = kind.strip().casefold()
    if kind in ("source", "sources"):
        return [], cases, ["The participants are the sources, as asked for."], []
    if kind in ("set", "sets"):
        chosen, others = divide(membership.sets())
        return _asked(chosen, "sets", "no set that holds sources"), [*cases, *others], [], []
    if kind in ("code", "codes"):
        chosen, _ = divide(membership.speakers(name))
        return _asked(chosen, "codes", "no coding with these codes"), cases, [], []
    if kind in ("variable", "variables"):
        return _by_variable(membership, name.strip()), cases, [], []
    if kind not in ("", "case", "cases"):
        raise UsageError(
            f"Participants cannot be “{wanted}”.",
            remedy="They can be sources, cases, sets, codes:PATH or variable:NAME.",
        )
    chosen, over = divide(cases)
    findings: list[Finding] = []
    if wanted is not None:
        return _asked(chosen, "cases", "no case that holds sources"), _without(cases, chosen), [], findings
    if not chosen:
        told = ["The participants are the sources, since the project has no cases."]
        if cases:
            told = ["The participants are the sources, since no case holds any of them."]
        return [], cases, told, findings
    mean = sum(len(one.sources) for one in chosen) / len(chosen)
    if len(chosen) <= _FEW_CASES and mean >= _MANY_SOURCES and len(chosen) < len(membership.sources):
        were = "was" if len(chosen) == 1 else "were"
        message = (
            f"The project has {count(len(chosen), 'case')} of {mean:.0f} sources on average, which {were} read as "
            "groups. If each is one person, say so with --participants cases."
        )
        findings.append(Finding("study-cases-are-groups", message))
        return [], cases, ["The participants are the sources; the few, large cases are groups."], findings
    told = [f"The participants are the {count(len(chosen), 'case')} that divide the sources among them."]
    if over:
        names = ", ".join(f"“{one.name}”" for one in over[:4])
        lie = count(len(over), "case lies over others and is a group", "cases lie over others and are groups")
        told.append(f"{lie}: {names}{' …' if len(over) > 4 else ''}.")
    return chosen, _without(cases, chosen), told, findings


def _asked(chosen: list[Holder], what: str, lacking: str) -> list[Holder]:
    if not chosen:
        raise UsageError(f"Participants cannot be {what}: the project has {lacking}.")
    return chosen


def _without(cases: Sequence[Holder], chosen: Sequence[Holder]) -> list[Holder]:
    taken = {id(one) for one in chosen}
    return [one for one in cases if id(one) not in taken]


def _by_variable(membership: Membership, name: str) -> list[Holder]:
    values = membership.values()
    folded = name.casefold()
    fitting = [one for one in values if folded in (one.casefold(), one.rpartition(":")[2].strip().casefold())]
    if len(fitting) != 1:
        known = ", ".join(f"“{one}”" for one in values)
        problem = "could be several variables" if fitting else "is no variable of the sources"
        raise UsageError(f"“{name}” {problem}.", remedy=f"The project has: {known}." if known else "There is none.")
    holders: dict[str, Holder] = {}
    for source, given in sorted(values[fitting[0]].items()):
        value = " + ".join(given)
        holders.setdefault(value, Holder("variable", f"{fitting[0]}: {value}", value)).whole.add(source)
    return list(holders.values())


def speaker_codes(membership: Membership, holders: Sequence[Holder]) -> frozenset[int]:
    """The codes that stand for people although they are no cases, with all below them."""
    rows: set[int] = set()
    for holder in holders:
        if holder.kind == "code" and holder.code_row is not None:
            rows.add(holder.code_row)
            rows |= {code.row for code in membership.tree.below(holder.code_row)}
            parent = membership.tree.codes[holder.code_row].parent
            rows |= {parent} if parent is not None else set()
    return frozenset(rows)
