"""What changed between two projects, kind by kind: the same, changed, lost, new."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from qdpx_compassion.garbage import no_garbage
from qdpx_compassion.tables import TABLES, normalise_guid
from qdpx_compassion.teams.kinds import KINDS, Kind
from qdpx_compassion.teams.matching import Matched, match, merge
from qdpx_compassion.teams.side import OpenSide, Side


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one attribute; None on a side that has no such value."""

    attribute: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Changed:
    """An element that both projects have, unlike.

    Attributes:
        label: what it is called, in the first project.
        guid: as the first project writes it. other_guid: as the second does. Both empty for elements without GUID.
        changes: at least one.
    """

    label: str
    guid: str
    other_guid: str
    changes: tuple[Change, ...]

    @property
    def loses(self) -> bool:
        """Whether a value is gone, with nothing in its place."""
        return any(change.after is None for change in self.changes)


@dataclass(frozen=True, slots=True)
class Item:
    """An element that only one project has."""

    label: str
    guid: str


@dataclass
class KindDifference:
    """What became of the elements of one kind.

    Attributes:
        kind: e.g. ``codings``.
        first: how many the first project has. second: how many the second.
        same: pairs without a difference.
        other_guid: pairs, the same or changed, whose GUIDs differ: recognised by what they stand for.
        merged: elements of either project whose place is one element, or several, in the other.
        changed: pairs with a difference. lost: only in the first. new: only in the second.
    """

    kind: str
    first: int = 0
    second: int = 0
    same: int = 0
    other_guid: int = 0
    merged: int = 0
    changed: list[Changed] = field(default_factory=list)
    lost: list[Item] = field(default_factory=list)
    new: list[Item] = field(default_factory=list)

    @property
    def losses(self) -> int:
        """Elements that are gone, and those of which a value is gone."""
        return len(self.lost) + sum(changed.loses for changed in self.changed)


@dataclass
class Difference:
    """What changed between two projects.

    Attributes:
        first: file name of the first project. second: of the second.
        origins: the programs that wrote them.
        kinds: every kind that either project has, in the order of the standard's parts.
    """

    first: str
    second: str
    origins: tuple[str, str]
    kinds: list[KindDifference]

    @property
    def is_empty(self) -> bool:
        """Whether nothing changed."""
        return not any(kind.changed or kind.lost or kind.new for kind in self.kinds)

    @property
    def losses(self) -> int:
        """How many elements or values are gone."""
        return sum(kind.losses for kind in self.kinds)

    @property
    def nothing_in_common(self) -> bool:
        """Whether no code, source, selection or coding of either project is in the other."""
        told = [kind for kind in self.kinds if kind.kind in ("codes", "sources", "selections", "codings", "notes")]
        return bool(told) and not any(kind.same or kind.changed for kind in told)


def compare(first: Side, second: Side) -> Difference:
    """Compare two projects that were read with their texts.

    Elements are recognised by their GUID, and where GUIDs differ by what they stand for: a code by its path, a source
    by name and text, a selection by its place or quotation, a coding by place, code and user. Line ends, byte order
    marks, empty descriptions and the way in which dates, colours and GUIDs are written are no differences.

    Args:
        first: one project.
        second: the other; made with ``second=True``.

    Returns:
        The differences. The time this takes grows with the number of elements, not with its square.
    """
    told: dict[str, KindDifference] = {}
    matched = []
    for kind in KINDS:
        difference = told.setdefault(kind.name, KindDifference(kind.name))
        rows = list(kind.rows_of(first)), list(kind.rows_of(second))
        difference.first += len(rows[0])
        difference.second += len(rows[1])
        found = match(first, second, kind.table, rows, kind.all_passes())
        if kind.merges is not None:
            merge(first, second, kind.table, found, *kind.merges)
        first.forget_references()
        second.forget_references()
        matched.append((kind, found, difference))
    for kind, found, difference in matched:
        _tell(first, second, kind, found, difference)  # only now is known what every reference stands for
    heads = (first.cell("project", 0, "origin") or "", second.cell("project", 0, "origin") or "")
    kinds = [difference for difference in told.values() if difference.first or difference.second]
    return Difference(first.project.name, second.project.name, heads, kinds)


@no_garbage()
def diff_projects(first: Path, second: Path, *, progress: Callable[[int], None] | None = None) -> Difference:
    """Read two projects and compare them; see ``compare``.

    Args:
        first: an archive, a folder or a bare .qde.
        second: likewise.
        progress: told how many bytes of a document were read just now.

    Raises:
        InputError: a file cannot be read as a project.
    """
    return compare(OpenSide(first, progress).side, OpenSide(second, progress, second=True).side)


def _tell(first: Side, second: Side, kind: Kind, found: Matched, told: KindDifference) -> None:
    guid = TABLES[kind.table].position.get("guid") if kind.has_guid else None
    ours, theirs = first.rows[kind.table], second.rows[kind.table]
    for row, other, _ in found.pairs:
        written = (ours[row][guid] or "", theirs[other][guid] or "") if guid is not None else ("", "")
        if written[0] != written[1] and normalise_guid(written[0]) != normalise_guid(written[1]):
            told.other_guid += 1
        changes = _changes(first, second, kind, row, other, joined=found.joined.get(row))
        if changes:
            told.changed.append(Changed(kind.label(first, row), *written, changes))
        else:
            told.same += 1
    told.merged += found.merged
    told.lost += [Item(kind.label(first, row), _written(first, kind, row, guid)) for row in found.lost]
    told.new += [Item(kind.label(second, row), _written(second, kind, row, guid)) for row in found.new]


def _written(side: Side, kind: Kind, row: int, guid: int | None) -> str:
    return "" if guid is None else side.rows[kind.table][row][guid] or ""


def _changes(
    first: Side, second: Side, kind: Kind, row: int, other: int, *, joined: list[int] | None
) -> tuple[Change, ...]:
    changes = []
    ours, theirs = first.rows[kind.table][row], second.rows[kind.table][other]
    for value in kind.values:
        if value.column is not None and ours[value.column] == theirs[value.column]:
            continue
        before, after = value.key(first, row), value.key(second, other)
        if before == after or (value.both and (before is None or after is None)):
            continue
        kept = after is not None or any(value.key(second, one) is not None for one in joined or ())
        if joined is not None and value.own and kept:
            continue  # that of one of several ranges, which are one range in the other project
        shown = [
            None if key is None else value.shown(side, number)
            for key, side, number in ((before, first, row), (after, second, other))
        ]
        changes.append(Change(value.name, *shown))
    return tuple(changes)
