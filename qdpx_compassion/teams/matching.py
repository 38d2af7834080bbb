"""Which rows of two projects stand for one another: by GUID first, then by what they mean; never pair by pair."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field

from qdpx_compassion.teams.side import Side

#: A key of a row on its side: rows with equal keys stand for one another. None: the row has no such key.
Key = Callable[[Side, int], "Hashable | None"]


@dataclass(frozen=True, slots=True)
class Pass:
    """One way in which rows are recognised.

    Attributes:
        key: what equal rows have in common.
        unique: a key that several rows of a side have recognises none of them.
    """

    key: Key
    unique: bool = False


@dataclass
class Matched:
    """Rows of two sides.

    Attributes:
        pairs: row of the first, row of the second, the number of the pass that recognised them.
        lost: rows that only the first has. new: those that only the second has.
        merged: rows of either side that share their place with a row that is matched already.
        joined: of pairs that are several rows on one side: the row of the first, and what else of the second is there.
    """

    pairs: list[tuple[int, int, int]] = field(default_factory=list)
    lost: list[int] = field(default_factory=list)
    new: list[int] = field(default_factory=list)
    merged: int = 0
    joined: dict[int, list[int]] = field(default_factory=dict)


def match(
    first: Side, second: Side, table: str, rows: tuple[Iterable[int], Iterable[int]], passes: Iterable[Pass]
) -> Matched:
    """Match rows of a table and give those that stand for one another one id.

    Args:
        first: one side.
        second: the other; its ids of these rows are filled in.
        table: the table of the rows.
        rows: rows of the first and of the second side, in document order.
        passes: the strongest first.
    """
    found = Matched()
    ours, theirs = list(rows[0]), list(rows[1])
    for number, one in enumerate(passes):
        if not ours or not theirs:
            break
        ours, theirs = _one_pass(first, second, ours, theirs, one, number, found)
    found.lost, found.new = ours, theirs
    ids = second.ids[table]
    for row, other, _ in found.pairs:
        ids[other] = row
    for other in theirs:
        ids[other] = -1 - other
    return found


def _one_pass(
    first: Side, second: Side, ours: list[int], theirs: list[int], one: Pass, number: int, found: Matched
) -> tuple[list[int], list[int]]:
    waiting: defaultdict[Hashable, deque[int]] = defaultdict(deque)
    for other in theirs:
        key = one.key(second, other)
        if key is not None:
            waiting[key].append(other)
    keys = [one.key(first, row) for row in ours]
    if one.unique:
        times: defaultdict[Hashable, int] = defaultdict(int)
        for key in keys:
            times[key] += 1
        keys = [key if times[key] == 1 and len(waiting.get(key, ())) == 1 else None for key in keys]
    left, taken = [], set()
    for row, key in zip(ours, keys, strict=True):
        queue = waiting.get(key) if key is not None else None
        if queue:
            other = queue.popleft()
            taken.add(other)
            found.pairs.append((row, other, number))
        else:
            left.append(row)
    return left, [other for other in theirs if other not in taken]


def merge(first: Side, second: Side, table: str, found: Matched, place: Key, own: Key) -> None:
    """Several rows of one side may be one row of the other: programs write a passage once for each code, or once.

    Args:
        first: one side.
        second: the other.
        table: the table of the rows.
        found: what was matched; what has its like on the other side is no longer lost or new, but merged.
        place: what rows have in common that are one row elsewhere.
        own: what a row says of its own; none: it may be merged with any row at its place.
    """
    if not found.lost and not found.new:
        return
    whole = {key: row for row, _, _ in reversed(found.pairs) for key in _keys_of(first, row, place, own)}
    there = {key for _, other, _ in found.pairs for key in _keys_of(second, other, place, own)}
    both = {key: row for key, row in whole.items() if key in there}
    left: tuple[list[int], list[int]] = [], []
    places: dict[Hashable, list[int]] = {}
    for side, rows, kept in ((first, found.lost, left[0]), (second, found.new, left[1])):
        for row in rows:
            key = (place(side, row), own(side, row))
            if key in both:
                side.ids[table][row] = both[key]
                places.setdefault(key[0], []).extend([row] if side is second else [])
            else:
                kept.append(row)
    found.merged += len(found.lost) - len(left[0]) + len(found.new) - len(left[1])
    found.lost, found.new = left
    for row, other, _ in found.pairs:
        for where in (place(first, row), place(second, other)):
            if where in places:
                found.joined[row] = places[where]


def _keys_of(side: Side, row: int, place: Key, own: Key) -> set[Hashable]:
    return {(place(side, row), own(side, row)), (place(side, row), None)}
