"""What stands in the book, in order: chapters, sections and their quotations. It knows nothing of Word."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

from qdpx_compassion.findings import count
from qdpx_compassion.frameworks import Dimension
from qdpx_compassion.study.codings import Coding, reading_order
from qdpx_compassion.study.counts import Tally, tally
from qdpx_compassion.study.groups import natural_key
from qdpx_compassion.study.participants import Participants
from qdpx_compassion.study.summary import Summary


@dataclass(frozen=True, slots=True)
class Quotation:
    """A quotation below a heading.

    Attributes:
        text: its words; for areas, times and whole sources what is coded, in words.
        where: whose it is and where it stands.
        spoken: whether ``text`` is the participant's own words.
    """

    text: str
    where: str
    spoken: bool = True


@dataclass(slots=True)
class Section:
    """A heading and what stands below it until the next.

    Attributes:
        level: 1 for chapters.
        title: the heading.
        definition: what it means, in the researchers' or the framework's words; empty when nothing says.
        numbers: how many participants and quotations.
        codings: of the quotations below it, in their order; each place once.
        left_out: how many more there are that the book has no room for.
    """

    level: int
    title: str
    definition: str = ""
    numbers: str = ""
    codings: list[Coding] = field(default_factory=list)
    left_out: int = 0


def plan_book(summary: Summary) -> list[Section]:
    """The sections of the book.

    With a framework a chapter is a construct and its sections are values (themes, where the dimension has them); a last
    chapter holds what expresses nothing. Without one a chapter is a value. Below stand the groups, where there are
    several. A quotation stands below each value that it has; codings that do not count are not in the book.
    """
    return list(_Planner(summary).sections())


def shorten(sections: list[Section], limit: int) -> int:
    """Leave out quotations until at most ``limit`` stand in the book: of the longest lists, fairly by participant.

    Returns:
        How many were left out.
    """
    sizes = sorted(len(one.codings) for one in sections if one.codings)
    total = sum(sizes)
    if total <= limit:
        return 0
    room, longest = limit, 0
    for number, size in enumerate(sizes):  # what short lists do not need is there for the long ones
        longest = room // (len(sizes) - number)
        if size > longest:
            break
        room -= size
    for one in sections:
        if len(one.codings) > longest:
            one.left_out = len(one.codings) - longest
            one.codings = _fairly(one.codings, longest)
    return total - sum(len(one.codings) for one in sections)


def _fairly(codings: list[Coding], number: int) -> list[Coding]:
    """So many codings in their order: the first of every participant, then the second, and so on."""
    turn: dict[int | None, int] = {}
    ranked = []
    for index, coding in enumerate(codings):
        turn[coding.participant_row] = turn.get(coding.participant_row, 0) + 1
        ranked.append((turn[coding.participant_row], index))
    return [codings[index] for _, index in sorted(sorted(ranked)[:number], key=lambda one: one[1])]


def quotation(coding: Coding, meets: str = "") -> Quotation:
    """The words of a coding and where they stand."""
    person = coding.participant or ""
    named = coding.source.startswith(person)  # "P07" is said by the source "P07, nurse" too
    where = " · ".join(part for part in ("" if named else person, coding.source, coding.place, meets) if part)
    text = (coding.quotation or "").strip()
    if text and coding.quotation != coding.place:
        return Quotation(text, where)
    said = "the whole source" if coding.quotation is None and coding.selection_row is None else "no words"
    return Quotation(f"[{coding.place or said}]", where, spoken=False)


class _Planner:
    def __init__(self, summary: Summary) -> None:
        self._summary = summary
        self._people: Participants = summary.participants
        self._counted = [coding for coding in summary.codings if coding.counted]
        codebook = summary.codebook
        self._definitions = dict(zip(codebook["code_row"], codebook["definition"], strict=True))

    def sections(self) -> Iterator[Section]:
        framework = self._summary.framework
        if framework is None:
            yield from self._values(self._counted, level=1)
            return
        for dimension in framework.dimensions:
            yield from self._dimension(dimension)
        rest = [coding for coding in self._counted if not coding.constructs]
        if rest:
            told = "Codes that express nothing of the framework, or are not decided yet."
            yield Section(1, "Not related to the framework", told, self._said(_tally(rest)))
            yield from self._values(rest, level=2)

    def _dimension(self, dimension: Dimension) -> Iterator[Section]:
        for construct in dimension.constructs:
            codings = [coding for coding in self._counted if construct.id in coding.constructs]
            yield Section(1, construct.name, construct.definition, self._said(_tally(codings)))
            yield from self._themes(dimension, codings) if dimension.themes else self._values(codings, level=2)

    def _themes(self, dimension: Dimension, codings: list[Coding]) -> Iterator[Section]:
        themes = self._summary.theme_of
        return self._listed(codings, lambda coding: themes.get((coding.code_row, dimension.id), coding.value), level=2)

    def _values(self, codings: list[Coding], level: int) -> Iterator[Section]:
        return self._listed(codings, lambda coding: coding.code_row, level)

    def _listed(self, codings: list[Coding], key: Callable[[Coding], int | str], level: int) -> Iterator[Section]:
        """A section for each key, those of most participants first, and in each the groups."""
        lists: dict[int | str, list[Coding]] = {}
        for coding in codings:
            lists.setdefault(key(coding), []).append(coding)
        tallies = tally(codings, lambda coding: (key(coding),))
        order = sorted(lists, key=lambda one: (-len(tallies[one].people), -len(tallies[one].places)))
        for one in order:
            first = lists[one][0]
            named = isinstance(one, str)
            section = Section(level, one if isinstance(one, str) else first.value)
            section.definition = "" if named else str(self._definitions.get(first.code_row) or "")
            section.numbers = self._said(tallies[one])
            if first.path != first.value and not named:
                section.numbers += f" Code: {first.path}."
            yield from self._grouped(section, _each_place_once(lists[one]))

    def _grouped(self, section: Section, codings: list[Coding]) -> Iterator[Section]:
        groups = self._people.groups
        if len(groups) < 2:
            yield replace(section, codings=self._by_person(codings))
            return
        yield section
        for group in groups:
            here = [coding for coding in codings if coding.group == group]
            if here:
                number = len({coding.participant_row for coding in here})
                told = (
                    f"{number} of {count(self._people.sizes[group], 'participant')}, {count(len(here), 'quotation')}."
                )
                yield Section(section.level + 1, group, "", told, self._by_person(here))

    def _by_person(self, codings: list[Coding]) -> list[Coding]:
        return sorted(codings, key=lambda coding: (natural_key(coding.participant or ""), reading_order(coding)))

    def _said(self, entry: Tally) -> str:
        """Participants and quotations in words, of all and of each group."""
        sizes, groups = self._people.sizes, self._people.groups
        if not entry.people:
            return "Nothing is coded so."
        said = f"{_of(len(entry.people), sizes[''])} participants"
        if len(groups) > 1:
            mine = [self._people.group_of[row] for row in entry.people]
            said += f" ({'; '.join(f'{group}: {_of(mine.count(group), sizes[group])}' for group in groups)})"
        return f"{said}, {count(len(entry.places), 'quotation')}."


def _of(part: int, whole: int) -> str:
    return f"{part:,} of {whole:,}"


def _tally(codings: Iterable[Coding]) -> Tally:
    return tally(codings, lambda _: ("all",)).get("all") or Tally()


def _each_place_once(codings: Iterable[Coding]) -> list[Coding]:
    first: dict[int, Coding] = {}
    for coding in codings:
        first.setdefault(coding.place_id, coding)
    return list(first.values())
