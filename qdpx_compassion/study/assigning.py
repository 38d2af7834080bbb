"""Whose each source is, or each part of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from qdpx_compassion.findings import Finding, count
from qdpx_compassion.study.membership import Holder, Membership, Span
from qdpx_compassion.study.spans import Parts


@dataclass
class Assigned:
    """The rows of participants before they become a table."""

    rows: list[dict[str, Any]]
    of_source: dict[int, int]
    parts: dict[int, Parts]
    explanation: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def assign(membership: Membership, holders: Sequence[Holder]) -> Assigned:
    """Give each source to a participant, or its parts to several; those nobody has are participants themselves."""
    empty = _empty_cases(membership) if any(holder.kind == "case" for holder in holders) else {}
    owner: dict[int, Holder] = {}
    shared: dict[int, list[Holder]] = {}
    joint: list[tuple[int, list[Holder]]] = []
    by_name = alone = 0
    people: dict[int, Holder] = {}  # by identity, in the order of their first sources
    touching: dict[int, list[Holder]] = {}
    for holder in holders:
        for source in holder.sources:
            touching.setdefault(source, []).append(holder)
    for source in membership.sources:
        here = touching.get(source, [])
        whole = [holder for holder in here if source in holder.whole]
        if len(here) > 1 and not whole:
            shared[source] = here
        elif here:
            owner[source] = (whole or here)[0]
            if len(whole) > 1:
                joint.append((source, whole))
        else:
            twin = empty.pop(membership.name(source).casefold(), None)
            by_name += twin is not None
            alone += twin is None
            owner[source] = twin or Holder("source", "", membership.name(source))
            owner[source].whole.add(source)
        for holder in shared.get(source) or [owner[source]]:
            people.setdefault(id(holder), holder)
    number = {identity: row for row, identity in enumerate(people)}
    rows = [_row(membership, holder) for holder in people.values()]
    found = Assigned(rows, {source: number[id(holder)] for source, holder in owner.items()}, {})
    for source, several in shared.items():
        found.parts[source] = Parts([(*span, number[id(one)]) for one in several for span in _spans(one, source)])
    _told_apart(found.rows)
    found.explanation = _told(by_name, alone, shared, membership, bool(holders))
    for source, several in joint:
        names = ", ".join(f"“{one.name}”" for one in several)
        message = f"The whole source is that of {names}; what is coded in it counts for the first of them."
        found.findings.append(Finding("study-joint-source", message, membership.name(source)))
    if empty:
        names = ", ".join(f"“{one.name}”" for one in list(empty.values())[:5])
        message = (
            count(
                len(empty),
                "case holds nothing, so it is no participant",
                "cases hold nothing, so they are no participants",
            )
            + f": {names}{' …' if len(empty) > 5 else ''}."
        )
        found.findings.append(Finding("study-case-empty", message))
    return found


def _spans(holder: Holder, source: int) -> list[Span]:
    return holder.spans.get(source, [])


def _empty_cases(membership: Membership) -> dict[str, Holder]:
    """Cases without members that are no folders, by name: a source of the same name is that case's."""
    cases = membership.cases()
    folders = {one.folder[:depth] for one in cases for depth in range(1, len(one.folder) + 1)}
    return {
        one.name.casefold(): one
        for one in cases
        if not one.sources and one.name and (*one.folder, one.name) not in folders
    }


def _row(membership: Membership, holder: Holder) -> dict[str, Any]:
    rows = tuple(sorted(holder.sources))
    name = holder.name or ", ".join(membership.name(source) for source in rows)
    key = holder.key or membership.key(rows[0])
    return {
        "key": key, "name": name, "label": name, "labelled": False, "group": "", "include": True, "kind": holder.kind,
        "sources": tuple(membership.name(source) for source in rows), "source_rows": rows,
        "source_keys": tuple(membership.key(source) for source in rows), "holder": holder,
    }  # fmt: skip


def _told_apart(rows: Sequence[dict[str, Any]]) -> None:
    """Number those of one name, so that reports tell them apart."""
    seen: Counter[str] = Counter()
    for row in rows:
        seen[row["name"]] += 1
        if seen[row["name"]] > 1:
            row["label"] = f"{row['name']} ({seen[row['name']]})"


def _told(by_name: int, alone: int, shared: dict[int, Any], membership: Membership, holders: bool) -> list[str]:
    told = []
    if by_name:
        told.append(f"{by_name} sources without a coding by a case belong to the case of the same name.")
    if alone and holders:
        told.append(f"{alone} sources that nobody holds are participants of their own.")
    if shared:
        names = ", ".join(f"“{membership.name(source)}”" for source in list(shared)[:4])
        told.append(f"Several participants share a source, each with parts of the text: {names}.")
    return told
