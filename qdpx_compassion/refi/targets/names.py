"""Names as a program takes them: none missing, none too long, none twice."""

from __future__ import annotations

from collections.abc import Mapping

from qdpx_compassion.refi.targets.survey import Named


def new_names(
    kind: str, found: list[Named], *, unique: bool, named: bool, longest: int | None
) -> Mapping[int, tuple[str, str]]:
    """What elements of one kind are called, where it is something else than before.

    Args:
        kind: of the elements, for those without a name.
        found: in document order; the first of a name keeps it.
        unique: whether no two may have one name.
        named: whether those without a name get one.
        longest: characters that a name may have; None: any number.

    Returns:
        Number of the element in the document → its old and its new name.
    """
    taken = {one.name for one in found if one.name and (longest is None or len(one.name) <= longest)}
    given: set[str] = set()
    changed: dict[int, tuple[str, str]] = {}
    for one in found:
        old = one.name or ""
        if not old and not named:
            continue
        new = (old or f"{kind} without a name")[:longest]
        if unique and new in (given if new == old else given | taken):
            new = _other(new, one.parent, given | taken, longest)
        given.add(new)
        if new != old:
            changed[one.ordinal] = (old, new)
    return changed


def _other(name: str, parent: str, taken: set[str], longest: int | None) -> str:
    """A name that is not taken: with the name of what it stands in, else with a number."""
    endings = [f" ({parent})"] if parent else []
    number = 2
    while True:
        for ending in endings:
            if longest is None or len(ending) < longest:
                new = name[: longest - len(ending)] + ending if longest else name + ending
                if new not in taken:
                    return new
        endings = [f" ({number})"]
        number += 1
