"""Which of several copies' texts holds, and where selections lie in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from qdpx_compassion.refi.names import SOURCES, TEXT_KINDS
from qdpx_compassion.refi.text import PositionedText, TextReading, fold, name_fits
from qdpx_compassion.tables import TABLES
from qdpx_compassion.teams.alignment import Alignment, LineEnds
from qdpx_compassion.teams.keys import instant
from qdpx_compassion.teams.same_sources import Group, SameSources

_SELECTION, _SYNC = TABLES["selections"].position, TABLES["sync_points"].position


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A selection that has no place in the text that holds.

    Attributes:
        copy: number of its copy. row: of the selection there.
        where: source and place, for people. quotation: what was marked.
    """

    copy: int
    row: int
    where: str
    quotation: str


@dataclass(frozen=True, slots=True)
class TextChoice:
    """Two copies have different texts of one source, or different files: which holds.

    Attributes:
        kind: ``sources``, ``notes`` or ``texts in sources``. source: its name.
        files: whether they are pictures, PDFs or recordings instead of texts.
        chosen: number of the copy whose text holds, and what it has; of a text the first words that differ.
        other: likewise of the other copy.
        why: how that was settled.
        passages: where texts differ, in order: what the chosen one has and what the other has.
    """

    kind: str
    source: str
    files: bool
    chosen: tuple[int, str]
    other: tuple[int, str]
    why: str
    passages: tuple[tuple[str, str], ...] = ()


class HeldTexts:
    """The texts that hold, chosen, and the selections of all copies brought to them; their tables are changed.

    Args:
        same: which sources are one.
        reading: how positions are counted in what will be written.
        said: name of a source → name of the copy whose text holds.

    Attributes:
        choices: texts that differ, and which holds.
        used: of what was said, the names that named something.
        unplaced: selections that have no place in the text that holds.
        moved: how many selections mark other words than before.
    """

    def __init__(self, same: SameSources, reading: TextReading, said: Mapping[str, str] | None = None) -> None:
        self._same, self._copies = same, same.copies
        self.choices: list[TextChoice] = []
        self.used: set[str] = set()
        self.unplaced: list[Unplaced] = []
        self.moved = 0
        self._settle(reading, said)

    def _settle(self, reading: TextReading, said: Mapping[str, str] | None) -> None:
        for group in self._same.groups:
            self._choose(group, said or {})
        for number, copy in enumerate(self._copies):
            by_source: dict[int, list[int]] = {}
            for row, selection in enumerate(copy.project.rows["selections"]):
                by_source.setdefault(selection[1], []).append(row)
            syncs: dict[int, list[int]] = {}
            for row, sync in enumerate(copy.project.rows["sync_points"]):
                syncs.setdefault(sync[0], []).append(row)
            for row in sorted({*by_source, *syncs}):
                self._bring(number, row, by_source.get(row, []), syncs.get(row, []), reading)

    def _choose(self, group: Group, said: Mapping[str, str]) -> None:
        """The text of the copy that was named, else the preferred one's, the newest, of one date the greater hash.

        A version that became part of another copy's source when that was merged was weighed then, and holds no more.
        """
        same, copies = self._same, self._copies
        have = [number for number, row in sorted(group.rows.items()) if same.digest(number, row) is not None]
        group.winner = min(have or group.rows, key=lambda number: self._standing(group, number))
        contents = {number: same.digest(number, group.rows[number]) or "" for number in have}
        if len(set(contents.values())) < 2 or same.is_record(group.winner, group.rows[group.winner]):
            return
        wanted = {
            label: said[label]
            for number in have
            for name in (same.label(number, group.rows[number]), copies[number].source(group.rows[number], "name"))
            for label in (f"{name}, text", f"{name}, file", name)
            if said.get(label) in {copies[one].name for one in have}
        }
        self.used |= set(wanted)

        def rank(number: int) -> _Rank:
            row, copy = group.rows[number], copies[number]
            version = same.version(number, row)
            weighed = any(version in same.recorded(*other) for other in group.rows.items() if other[0] != number)
            return _Rank(
                copy.name in wanted.values(), copy.preferred, not weighed, self._changed(number, row), contents[number]
            )

        best = max(have, key=rank)
        alike = [number for number in have if contents[number] == contents[best]]
        group.winner = min(alike, key=lambda number: self._standing(group, number))
        group.contested = True
        for number in have:
            if contents[number] != contents[best]:
                self.choices.append(self._choice(group, number, _why(rank(best), rank(number))))

    def _standing(self, group: Group, number: int) -> tuple[bool, int]:
        """Of copies with one and the same text, that which also has it styled stands first."""
        path = self._copies[number].source(group.rows[number], "rich_text_path")
        return not (path and self._copies[number].paths.find(path, "")), number

    def _changed(self, number: int, row: int) -> str:
        copy = self._copies[number]
        return instant(copy.source(row, "modified_date_time") or "") or copy.date

    def _choice(self, group: Group, number: int, why: str) -> TextChoice:
        winner, row = group.winner, group.rows[number]
        held, other = self._same.plain(winner, group.rows[winner]), self._same.plain(number, row)
        label, kind = (
            self._same.label(winner, group.rows[winner]),
            self._copies[winner].source(group.rows[winner], "kind"),
        )
        kind = "notes" if kind == "Note" else "sources" if kind in SOURCES else "texts in sources"
        if held is None or other is None:
            said = (self._same.digest(winner, group.rows[winner]) or "", self._same.digest(number, row) or "")
            return TextChoice(kind, label, True, (winner, said[0]), (number, said[1]), why)
        passages = tuple(Alignment(held.plain, other.plain).differences())
        first = passages[0] if passages else ("", "")
        return TextChoice(kind, label, False, (winner, first[0]), (number, first[1]), why, passages)

    def _bring(
        self, number: int, row: int, selections: Sequence[int], syncs: Sequence[int], reading: TextReading
    ) -> None:
        group, copy = self._same.of.get((number, row)), self._copies[number]
        ours = self._same.plain(number, row)
        if ours is None or copy.source(row, "kind") not in TEXT_KINDS:
            return
        winner, there = (number, row) if group is None else (group.winner, group.rows[group.winner])
        theirs = self._same.plain(winner, there)
        if theirs is None or (winner == number and copy.reading == reading):
            return
        mapping = _Mapping(ours, theirs)
        marks = self._copies[winner].has_mark(there) if reading.bom else False
        target = PositionedText(theirs.text, reading, had_bom=marks)
        for selection in selections:
            self._bring_selection(number, row, selection, mapping, target)
        own = PositionedText(ours.text, copy.reading, had_bom=copy.reading.bom and copy.has_mark(row))
        for sync in syncs:
            self._bring_sync(copy.rows["sync_points"][sync], own, mapping, target)

    def _bring_selection(self, number: int, source: int, row: int, mapping: _Mapping, target: PositionedText) -> None:
        copy = self._copies[number]
        selection = copy.rows["selections"][row]
        start, end = selection[_SELECTION["start_index"]], selection[_SELECTION["end_index"]]
        if start is None or end is None:
            return
        place = mapping.span(start, end)
        if place is None:
            where = f"{self._same.label(number, source)}, {selection[_SELECTION['place']] or ''}"
            self.unplaced.append(Unplaced(number, row, where, selection[_SELECTION["quotation"]] or ""))
            copy.dropped.add(row)
            return
        quotation = target.text[place[0] : place[1]]
        before = selection[_SELECTION["quotation"]] or ""
        self.moved += fold(before) != fold(quotation)
        name = selection[_SELECTION["name"]]
        if name and name_fits(name, before) and not name_fits(name, quotation):
            selection[_SELECTION["name"]] = fold(quotation)[:100]
        selection[_SELECTION["start_index"]], selection[_SELECTION["end_index"]] = place
        selection[_SELECTION["quotation"]] = quotation
        if selection[0] != "PlainTextSelection":
            return  # a transcript's selections lie between its sync points
        last = 1 if target.reading.end == "inclusive" else 0
        for column, position in (("start_position", target.position(place[0])),
                                 ("end_position", target.position(place[1]) - last)):  # fmt: skip
            selection[_SELECTION[column]], selection[_SELECTION[f"{column}_written"]] = position, None
        shown = f"characters {selection[_SELECTION['start_position']]} to {selection[_SELECTION['end_position']]}"
        selection[_SELECTION["place"]] = shown

    def _bring_sync(self, sync: list[Any], own: PositionedText, mapping: _Mapping, target: PositionedText) -> None:
        position = sync[_SYNC["position"]]
        if position is None:
            return
        index = min(max(own.index(position)[0], 0), len(own.text))
        place = mapping.span(index, index)
        if place is not None:
            sync[_SYNC["position"]], sync[_SYNC["position_written"]] = target.position(place[0]), None


class _Rank(NamedTuple):
    """What decides which text holds, the first first."""

    named: bool
    preferred: bool
    new: bool
    date: str
    content: str


def _why(best: _Rank, other: _Rank) -> str:
    """How a text was chosen before another."""
    if best.named:
        return "as you said"
    if best.preferred:
        return "preferred"
    if best.new != other.new:
        return "the other was in an earlier merge already"
    return "the newer text" if best.date != other.date else "texts of one date: always this one is taken"


class _Mapping:
    """Indices of one copy's text in the text that holds, line ends and edits taken into account."""

    def __init__(self, ours: LineEnds, theirs: LineEnds) -> None:
        self._ours, self._theirs = ours, theirs
        self._alignment = None if ours.plain == theirs.plain else Alignment(ours.plain, theirs.plain)

    def span(self, start: int, end: int) -> tuple[int, int] | None:
        place: tuple[int, int] | None = (self._ours.to_plain(start), self._ours.to_plain(end))
        if self._alignment is not None and place is not None:
            place = self._alignment.span(*place)
        return None if place is None else (self._theirs.from_plain(place[0]), self._theirs.from_plain(place[1]))
