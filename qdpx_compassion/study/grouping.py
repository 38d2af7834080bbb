"""All the ways in which a project divides its participants into groups."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from qdpx_compassion.study.groups import Grouping, given
from qdpx_compassion.study.membership import Holder, Membership


def groupings(membership: Membership, rows: Sequence[dict[str, Any]], others: Sequence[Holder]) -> list[Grouping]:
    """Variables, folders of cases, cases that lie over others, sets: in this order.

    Args:
        membership: the project.
        rows: the participants, each with its ``holder`` and ``source_rows``.
        others: the cases that are no participants.
    """
    found = [*_variables(membership, rows), *_folders(rows), *_over(rows, others)]
    if not any(row["kind"] == "set" for row in rows):
        found += _sets(membership, rows)
    return [one for one in found if any(one.values)]


def _variables(membership: Membership, rows: Sequence[dict[str, Any]]) -> list[Grouping]:
    """The value of a case goes before the values of its sources."""
    of_sources, of_cases = membership.values(), membership.case_values()
    found = []
    for name in dict.fromkeys([*of_sources, *of_cases]):
        values = []
        for row in rows:
            own = of_cases.get(name, {}).get(row["holder"].case_row, [])
            if not own:
                own = _several(of_sources.get(name, {}).get(source, []) for source in row["source_rows"])
            values.append(given(own))
        found.append(Grouping(name, "variable", values))
    return found


def _folders(rows: Sequence[dict[str, Any]]) -> list[Grouping]:
    folders = [row["holder"].folder if row["kind"] == "case" else () for row in rows]
    if len({folder for folder in folders if folder}) < 2:
        return []
    above = {folder[:-1] for folder in folders if folder}
    name = next(iter(above))[-1] if len(above) == 1 and next(iter(above)) else ""
    return [Grouping(name, "folders", [folder[-1] if folder else "" for folder in folders])]


def _over(rows: Sequence[dict[str, Any]], others: Sequence[Holder]) -> list[Grouping]:
    """Cases that are no participants, those of one folder together."""
    families: dict[tuple[str, ...], list[Holder]] = {}
    for holder in others:
        if holder.sources:
            families.setdefault(holder.folder, []).append(holder)
    found = []
    for folder, members in families.items():
        values = [" + ".join(one.name for one in members if _covers(one, row)) for row in rows]
        found.append(Grouping(folder[-1] if folder else "", "cases", values))
    return found


def _sets(membership: Membership, rows: Sequence[dict[str, Any]]) -> list[Grouping]:
    """Sets that divide the participants, together; otherwise each for itself, for who asks."""
    sets = membership.sets()
    members = [[one.name for one in sets if _covers(one, row)] for row in rows]
    if len(sets) > 1 and all(len(names) <= 1 for names in members):
        return [Grouping("", "sets", [names[0] if names else "" for names in members])]
    return [
        Grouping(
            one.name,
            "sets",
            [one.name if one.name in names else f"not in {one.name}" for names in members],
            asked_only=True,
        )
        for one in sets
    ]


def _covers(holder: Holder, row: dict[str, Any]) -> bool:
    """Whether a participant lies in a case or set: with most of the sources."""
    mine = row["source_rows"]
    return 2 * sum(source in holder.sources for source in mine) > len(mine)


def _several(values: Iterable[Sequence[str]]) -> list[str]:
    return list(dict.fromkeys(value for some in values for value in some))
