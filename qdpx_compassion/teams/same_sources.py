"""Which sources of several copies are one source.

What is one is decided over all copies at once, by the strongest signs first: a version that is known from an earlier
merge, the GUID, the content, the name. Sources that are like a third become one with it, so it does not matter in
which order copies are named; but two sources of one copy stay two.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import combinations

from qdpx_compassion.findings import Finding
from qdpx_compassion.refi.merged_copies import VERSIONS_NOTE, is_versions_note, read_versions, version_of
from qdpx_compassion.refi.names import SOURCES, TEXT_KINDS
from qdpx_compassion.tables import TABLES, normalise_guid
from qdpx_compassion.teams.alignment import Alignment, LineEnds
from qdpx_compassion.teams.copies import Copy

_NAME = TABLES["sources"].position["name"]
#: Texts of one GUID that have less in common than this are two sources.
LITTLE_IN_COMMON = 0.5
#: Texts of one name, but other GUIDs, that have at least this in common are one source.
NEARLY_THE_SAME = 0.9
#: Texts of which only one stands in a source or selection: two copies' are one text, whatever they say.
_ONLY_ONE = ("Representation", "TextDescription")

#: Number of a copy, and row of a source there.
Place = tuple[int, int]


@dataclass(eq=False)
class Group:
    """One source in several copies.

    Attributes:
        rows: number of the copy → its row there.
        winner: number of the copy whose text and files hold.
        contested: whether copies have other texts or files of it.
    """

    rows: dict[int, int] = field(default_factory=dict)
    winner: int = 0
    contested: bool = False


class SameSources:
    """Sources of several copies, matched.

    Args:
        copies: in the order in which they are merged.

    Attributes:
        groups: every source once, in the order of copies and rows.
        of: where a source stands → its group.
        records: what each copy says of an earlier merge.
        findings: GUIDs that stand for several texts.
    """

    def __init__(self, copies: Sequence[Copy]) -> None:
        self.copies = copies
        self.groups: list[Group] = []
        self.of: dict[Place, Group] = {}
        self.findings: list[Finding] = []
        self._names = [Counter((row[0], row[_NAME]) for row in copy.project.rows["sources"]) for copy in copies]
        self.plain = cache(self._plain_of)
        self.digest = cache(self._digest_of)
        self.records = [self._record_of(number) for number in range(len(copies))]
        for inside in (False, True):
            self._match(
                [place for place in self._places() if (self.source(place, "parent_kind") is not None) is inside]
            )

    def pairs(self) -> Iterator[Group]:
        """The groups that are in two copies or more."""
        return (group for group in self.groups if len(group.rows) > 1)

    # -- matching -------------------------------------------------------------------------------------------------

    def _places(self) -> Iterator[Place]:
        for number, copy in enumerate(self.copies):
            for row in range(len(copy.project.rows["sources"])):
                if copy.source(row, "parent_kind") != "selection":
                    yield number, row

    def source(self, place: Place, column: str) -> str | None:
        """One value of a source."""
        value: str | None = self.copies[place[0]].source(place[1], column)
        return value

    def _match(self, places: Sequence[Place]) -> None:
        for number, row in places:
            self.of[number, row] = Group({number: row}, number)
        self._pass(places, self._versions, _always)
        by_guid = self._pass(places, self._guids, self._much_in_common)
        self._pass(places, self._names_and_contents, _always)
        self._pass(places, self._contents, _always)
        self._pass(places, self._likeness, self._nearly_the_same)
        self.groups += dict.fromkeys(self.of[place] for place in places)
        self._tell_reused(by_guid)

    def _pass(
        self,
        places: Iterable[Place],
        keys: Callable[[Place], Iterable[Hashable]],
        fit: Callable[[Place, Place], bool],
    ) -> list[list[Place]]:
        """Join what has a key in common and fits; returns what has a key in common."""
        found: dict[Hashable, list[Place]] = {}
        for place in places:
            for key in keys(place):
                found.setdefault(key, []).append(place)
        for alike in found.values():
            waiting: list[Place] = []
            for place in alike:
                for other in waiting:
                    if self.of[place].rows.keys().isdisjoint(self.of[other].rows) and fit(other, place):
                        self._join(self.of[other], self.of[place])
                # what is in every copy takes no more
                waiting = [one for one in (*waiting, place) if len(self.of[one].rows) < len(self.copies)]
        return list(found.values())

    def _join(self, group: Group, other: Group) -> None:
        group.rows.update(other.rows)
        group.winner = min(group.rows)
        for place in other.rows.items():
            self.of[place] = group

    def kind(self, place: Place) -> tuple[Hashable, ...]:
        """What two rows must share to be one source: the kind, and the source around it."""
        around = self.copies[place[0]].source(place[1], "parent_row")
        return self.source(place, "kind"), None if around is None else id(self.of[place[0], around])

    def _versions(self, place: Place) -> Iterator[Hashable]:
        """What it is, and what became it when copies were merged before."""
        if self.is_record(*place):
            yield VERSIONS_NOTE
        elif self.source(place, "guid"):
            kind = self.kind(place)
            yield *kind, self.version(*place)
            for version in self.recorded(*place):
                yield *kind, version

    def _guids(self, place: Place) -> Iterator[Hashable]:
        if written := self.source(place, "guid"):
            yield *self.kind(place), normalise_guid(written)

    def _contents(self, place: Place) -> Iterator[Hashable]:
        if content := self.digest(*place):
            yield *self.kind(place), content

    def _names_and_contents(self, place: Place) -> Iterator[Hashable]:
        """Sources of one text may be many, such as forms that nobody filled in."""
        for content in self._contents(place):
            yield content, self.source(place, "name")

    def _likeness(self, place: Place) -> Iterator[Hashable]:
        """The name, or the place in the source around it; then the texts are looked at.

        A name alone will do for a picture, PDF or recording only where neither copy holds the file.
        """
        kind = self.kind(place)
        name = self.source(place, "name")
        if kind[1] is not None:
            yield kind
        elif name and (
            kind[0] in TEXT_KINDS or (self.digest(*place) is None and self._names[place[0]][kind[0], name] == 1)
        ):
            yield *kind, name

    def _similarity(self, one: Place, other: Place) -> float:
        ours, theirs = self.plain(*one), self.plain(*other)
        if ours is None or theirs is None or ours.plain == theirs.plain or self.source(one, "kind") in _ONLY_ONE:
            return 1.0
        return Alignment(ours.plain, theirs.plain).similarity

    def _much_in_common(self, one: Place, other: Place) -> bool:
        return self._similarity(one, other) >= LITTLE_IN_COMMON

    def _nearly_the_same(self, one: Place, other: Place) -> bool:
        return self._similarity(one, other) >= NEARLY_THE_SAME

    def _tell_reused(self, of_one_guid: Iterable[Sequence[Place]]) -> None:
        for places in of_one_guid:
            first = dict(reversed([(id(self.of[place]), place) for place in places]))
            for one, other in combinations(sorted(first.values()), 2):
                alike = self._similarity(one, other)
                if one[0] == other[0] or alike >= LITTLE_IN_COMMON:
                    continue
                both = f"{self.copies[one[0]].name} and {self.copies[other[0]].name}"
                message = f"“{self.label(*other)}” has one GUID in {both}, but the texts have only {alike:.0%} in "
                message += "common; both are kept, as two sources."
                self.findings.append(Finding("merge-guid-reused", message))

    # -- versions ---------------------------------------------------------------------------------------------------

    def is_record(self, number: int, row: int) -> bool:
        """Whether it is the note in which merging keeps versions."""
        return is_versions_note(self.copies[number].project.rows["sources"][row])

    def version(self, number: int, row: int) -> str:
        """What a source is in its copy."""
        place = (number, row)
        return version_of(self.source(place, "kind") or "", self.source(place, "guid") or "", self.digest(*place))

    def recorded(self, number: int, row: int) -> frozenset[str]:
        """The versions that became a source of a copy when that was merged."""
        place = (number, row)
        key = self.source(place, "kind") or "", normalise_guid(self.source(place, "guid") or "")
        return self.records[number].get(key, frozenset())

    def _record_of(self, number: int) -> Mapping[tuple[str, str], frozenset[str]]:
        copy = self.copies[number]
        rows = (row for row in range(len(copy.project.rows["sources"])) if self.is_record(number, row))
        return next((read_versions(copy.texts(row) or "") for row in rows), {})

    # -- texts -----------------------------------------------------------------------------------------------------

    def _plain_of(self, number: int, row: int) -> LineEnds | None:
        """The text with its line ends; None where there is none."""
        text = self.copies[number].texts(row)
        return None if text is None else LineEnds(text)

    def _digest_of(self, number: int, row: int) -> str | None:
        """The content, whatever its line ends; None where the copy does not have it."""
        text = self.plain(number, row)
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
        found = self.plain(group.winner, group.rows[group.winner])
        return None if found is None else found.text

    def content(self, number: int, row: int) -> str | None:
        """What is in the file that holds for a source of a copy, in words."""
        group = self.of.get((number, row))
        if group is None:
            return self.copies[number].contents(row)
        return self.copies[group.winner].contents(group.rows[group.winner])

    def label(self, number: int, row: int) -> str:
        """What people call a source; a text inside one by what it stands in."""
        copy = self.copies[number]
        name, around = copy.source(row, "name"), copy.source(row, "parent_row")
        if around is not None:
            return f"{copy.source(row, 'kind')} of {self.label(number, around)}"
        return str(name or copy.source(row, "guid") or "(no name)")


def _always(_one: Place, _other: Place) -> bool:
    return True
