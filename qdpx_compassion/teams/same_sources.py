"""Which sources of several copies are one source, whose text holds, and where selections lie in that text."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from qdpx_compassion.findings import Finding
from qdpx_compassion.refi.names import SOURCES, TEXT_KINDS
from qdpx_compassion.refi.text import PositionedText, TextReading, fold, name_fits
from qdpx_compassion.tables import TABLES, normalise_guid
from qdpx_compassion.teams.alignment import Alignment, LineEnds
from qdpx_compassion.teams.copies import Copy
from qdpx_compassion.teams.keys import instant

_SELECTION, _SYNC = TABLES["selections"].position, TABLES["sync_points"].position
_NAME = TABLES["sources"].position["name"]
#: Texts of one GUID that have less in common than this are two sources.
LITTLE_IN_COMMON = 0.5
#: Texts of one name, but other GUIDs, that have at least this in common are one source.
NEARLY_THE_SAME = 0.9
#: Texts of which only one stands in a source or selection: two copies' are one text, whatever they say.
_ONLY_ONE = ("Representation", "TextDescription")


@dataclass(eq=False)
class Group:
    """One source in several copies.

    Attributes:
        rows: number of the copy → its row there.
        winner: number of the copy whose text and files hold.
    """

    rows: dict[int, int] = field(default_factory=dict)
    winner: int = 0


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


class SameSources:
    """Sources of several copies, matched; ``settle`` brings their selections to the texts that hold.

    Args:
        copies: in the order in which they are merged.
    """

    def __init__(self, copies: Sequence[Copy]) -> None:
        self.copies = copies
        self.groups: list[Group] = []
        self.of: dict[tuple[int, int], Group] = {}
        self.choices: list[TextChoice] = []
        self.contested: list[Group] = []
        self.used: set[str] = set()
        self.unplaced: list[Unplaced] = []
        self.findings: list[Finding] = []
        self.moved = 0
        self._names = [Counter((row[0], row[_NAME]) for row in copy.project.rows["sources"]) for copy in copies]
        self._told: set[tuple[int, int, int, int]] = set()
        self._digest = cache(self._digest_of)
        self._plain = cache(self._plain_of)
        for number in range(len(copies)):
            self._match(number, inside=False)
        for number in range(len(copies)):
            self._match(number, inside=True)

    # -- matching -------------------------------------------------------------------------------------------------

    def _match(self, number: int, *, inside: bool) -> None:
        copy = self.copies[number]
        rows = [row for row in range(len(copy.project.rows["sources"])) if self._is_inside(copy, row) is inside]
        rows = [row for row in rows if copy.source(row, "parent_kind") != "selection"]
        taken: set[int] = set()
        for strong in (self._by_guid, self._by_content, self._by_likeness):
            known: dict[Hashable, list[Group]] = {}
            for group in self.groups:
                if number not in group.rows:
                    for key in {strong(other, row) for other, row in group.rows.items()} - {None}:
                        known.setdefault(key, []).append(group)
            for row in rows:
                key = strong(number, row)
                waiting = known.get(key, []) if row not in taken and key is not None else []
                found = next((one for one in waiting if number not in one.rows and self._fit(one, number, row)), None)
                if found is not None:
                    self._join(found, number, row)
                    taken.add(row)
        for row in rows:
            if row not in taken:
                self.groups.append(Group(winner=number))
                self._join(self.groups[-1], number, row)

    def _is_inside(self, copy: Copy, row: int) -> bool:
        return copy.source(row, "parent_kind") is not None

    def _join(self, group: Group, number: int, row: int) -> None:
        group.rows[number] = row
        self.of[number, row] = group

    def _kind(self, number: int, row: int) -> tuple[Hashable, ...]:
        """What two rows must share to be one source: the kind, and the source around it."""
        copy = self.copies[number]
        around = copy.source(row, "parent_row")
        return copy.source(row, "kind"), None if around is None else id(self.of[number, around])

    def _by_guid(self, number: int, row: int) -> Hashable:
        written = self.copies[number].source(row, "guid")
        return (*self._kind(number, row), normalise_guid(written)) if written else None

    def _by_content(self, number: int, row: int) -> Hashable:
        content = self._digest(number, row)
        return (*self._kind(number, row), content) if content else None

    def _by_likeness(self, number: int, row: int) -> Hashable:
        """The name, or the place in the source around it; ``_fit`` looks at the text.

        A name alone will do for a picture, PDF or recording only where neither copy holds the file.
        """
        kind = self._kind(number, row)
        if kind[1] is not None:
            return kind
        name = self.copies[number].source(row, "name")
        if not name or (kind[0] not in TEXT_KINDS and self._digest(number, row) is not None):
            return None
        return (*kind, name) if self._names[number][kind[0], name] == 1 or kind[0] in TEXT_KINDS else None

    def _fit(self, group: Group, number: int, row: int) -> bool:
        """Whether the texts have enough in common."""
        other, there = next(iter(group.rows.items()))
        same_guid = self._by_guid(number, row) == self._by_guid(other, there)
        ours, theirs = self._plain(number, row), self._plain(other, there)
        if ours is None or theirs is None:
            return (
                same_guid
                or self._digest(number, row) is None
                or self._digest(number, row) == self._digest(other, there)
            )
        if ours.plain == theirs.plain or self.copies[number].source(row, "kind") in _ONLY_ONE:
            return True
        alike = Alignment(ours.plain, theirs.plain).similarity
        if same_guid and alike < LITTLE_IN_COMMON and (other, there, number, row) not in self._told:
            self._told.add((other, there, number, row))
            both = f"{self.copies[other].name} and {self.copies[number].name}"
            message = f"“{self._label(number, row)}” has one GUID in {both}, but the texts have only {alike:.0%} in "
            message += "common; both are kept, as two sources."
            self.findings.append(Finding("merge-guid-reused", message))
        return alike >= (LITTLE_IN_COMMON if same_guid else NEARLY_THE_SAME)

    # -- texts -----------------------------------------------------------------------------------------------------

    def _plain_of(self, number: int, row: int) -> LineEnds | None:
        text = self.copies[number].texts(row)
        return None if text is None else LineEnds(text)

    def _digest_of(self, number: int, row: int) -> str | None:
        """The content, whatever its line ends; None where the copy does not have it."""
        text = self._plain(number, row)
        if text is not None:
            return hashlib.sha256(text.plain.encode("utf-8", "surrogatepass")).hexdigest()
        if self.copies[number].source(row, "kind") in SOURCES:
            return self.copies[number].contents(row)
        return None

    def text(self, number: int, row: int) -> str | None:
        """The text that holds for a source of a copy."""
        group = self.of.get((number, row))
        if group is None:
            return self.copies[number].texts(row)
        found = self._plain(group.winner, group.rows[group.winner])
        return None if found is None else found.text

    def content(self, number: int, row: int) -> str | None:
        """What is in the file that holds for a source of a copy, in words."""
        group = self.of.get((number, row))
        if group is None:
            return self.copies[number].contents(row)
        return self.copies[group.winner].contents(group.rows[group.winner])

    def settle(self, reading: TextReading, said: Mapping[str, str] | None = None) -> None:
        """Choose the texts, and bring every position to them.

        Args:
            reading: how positions are counted in what will be written.
            said: name of a source → name of the copy whose text holds.
        """
        for group in self.groups:
            self._choose(group, said or {})
        for number, copy in enumerate(self.copies):
            by_source: dict[int, list[int]] = {}
            for row, selection in enumerate(copy.project.rows["selections"]):
                by_source.setdefault(selection[1], []).append(row)
            syncs: dict[int, list[int]] = {}
            for row, sync in enumerate(copy.project.rows["sync_points"]):
                syncs.setdefault(sync[0], []).append(row)
            for row in sorted({*by_source, *syncs}):
                self._bring(number, row, by_source.get(row, []), syncs.get(row, []), reading)

    def _choose(self, group: Group, said: Mapping[str, str]) -> None:
        """The text of the copy that was named, else the preferred one's, the newest, of one date the greater hash."""
        have = [number for number, row in group.rows.items() if self._digest(number, row) is not None]
        if not have:
            group.winner = min(group.rows)
            return
        contents = {number: self._digest(number, group.rows[number]) or "" for number in have}
        if len(set(contents.values())) == 1:
            group.winner = min(have)
            return
        wanted = {
            label: said[label]
            for number in have
            for name in (
                self._label(number, group.rows[number]),
                self.copies[number].source(group.rows[number], "name"),
            )
            for label in (f"{name}, text", f"{name}, file", name)
            if said.get(label) in {self.copies[one].name for one in have}
        }
        self.used |= set(wanted)

        def rank(number: int) -> tuple[bool, bool, str, str]:
            copy = self.copies[number]
            named = copy.name in wanted.values()
            return named, copy.preferred, self._changed(number, group.rows[number]), contents[number]

        best = max(have, key=rank)
        group.winner = min(number for number in have if contents[number] == contents[best])
        self.contested.append(group)
        for number in have:
            if contents[number] != contents[best]:
                self.choices.append(self._choice(group, number, _why(rank(best), rank(number))))

    def _changed(self, number: int, row: int) -> str:
        copy = self.copies[number]
        return instant(copy.source(row, "modified_date_time") or "") or copy.date

    def _label(self, number: int, row: int) -> str:
        """What people call a source; a text inside one by what it stands in."""
        copy = self.copies[number]
        name, around = copy.source(row, "name"), copy.source(row, "parent_row")
        if around is not None:
            return f"{copy.source(row, 'kind')} of {self._label(number, around)}"
        return str(name or copy.source(row, "guid") or "(no name)")

    def _choice(self, group: Group, number: int, why: str) -> TextChoice:
        winner, row = group.winner, group.rows[number]
        held, other = self._plain(winner, group.rows[winner]), self._plain(number, row)
        label, kind = self._label(winner, group.rows[winner]), self.copies[winner].source(group.rows[winner], "kind")
        kind = "notes" if kind == "Note" else "sources" if kind in SOURCES else "texts in sources"
        if held is None or other is None:
            said = (self._digest(winner, group.rows[winner]) or "", self._digest(number, row) or "")
            return TextChoice(kind, label, True, (winner, said[0]), (number, said[1]), why)
        passages = tuple(Alignment(held.plain, other.plain).differences())
        first = passages[0] if passages else ("", "")
        return TextChoice(kind, label, False, (winner, first[0]), (number, first[1]), why, passages)

    def _bring(
        self, number: int, row: int, selections: Sequence[int], syncs: Sequence[int], reading: TextReading
    ) -> None:
        group, copy = self.of.get((number, row)), self.copies[number]
        ours = self._plain(number, row)
        if ours is None or copy.source(row, "kind") not in TEXT_KINDS:
            return
        winner, there = (number, row) if group is None else (group.winner, group.rows[group.winner])
        theirs = self._plain(winner, there)
        if theirs is None or (winner == number and copy.reading == reading):
            return
        mapping = _Mapping(ours, theirs)
        marks = self.copies[winner].has_mark(there) if reading.bom else False
        target = PositionedText(theirs.text, reading, had_bom=marks)
        for selection in selections:
            self._bring_selection(number, row, selection, mapping, target)
        own = PositionedText(ours.text, copy.reading, had_bom=copy.reading.bom and copy.has_mark(row))
        for sync in syncs:
            self._bring_sync(copy.project.rows["sync_points"][sync], own, mapping, target)

    def _bring_selection(self, number: int, source: int, row: int, mapping: _Mapping, target: PositionedText) -> None:
        copy = self.copies[number]
        selection = copy.project.rows["selections"][row]
        start, end = selection[_SELECTION["start_index"]], selection[_SELECTION["end_index"]]
        if start is None or end is None:
            return
        place = mapping.span(start, end)
        if place is None:
            where = f"{self._label(number, source)}, {selection[_SELECTION['place']] or ''}"
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

    def pairs(self) -> Iterator[Group]:
        """The groups that are in two copies or more."""
        return (group for group in self.groups if len(group.rows) > 1)


def _why(best: tuple[bool, bool, str, str], other: tuple[bool, bool, str, str]) -> str:
    """How a text was chosen before another, from the ranks of both."""
    if best[0]:
        return "as you said"
    if best[1]:
        return "preferred"
    return "the newer text" if best[2] != other[2] else "texts of one date: always this one is taken"


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
