"""The quotations as data for the page's browser: filters, names once, a row a quotation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Any

from qdpx_compassion.findings import Finding, count
from qdpx_compassion.reports.page.leads import GROUP, PARTICIPANT, VALUE, dimension_filter
from qdpx_compassion.reports.page.view import View
from qdpx_compassion.reports.workbook.quotations import QuotationRow, quotation_rows
from qdpx_compassion.study.codings import reading_order
from qdpx_compassion.study.groups import natural_key
from qdpx_compassion.study.quotations import IN_NOTE

#: Quotations that a page holds. With more, each participant has as many of the first ones as there is room for.
MOST = 20_000
#: Longest quotation, in characters; the workbook has longer ones.
LONGEST = 30_000
_NOTHING: tuple[int, ...] = ()


@dataclass
class Browser:
    """What the browser shows.

    Attributes:
        filters: the form's filters: id, label, what stands for all, options of key and label.
        rows: see ``_row``.
        names: participants, groups, sources and coders by number.
        total: quotations of the project, also those that the page does not hold.
    """

    filters: list[dict[str, Any]]
    rows: list[list[Any]]
    names: dict[str, list[str]]
    total: int

    def data(self) -> dict[str, Any]:
        """What the script reads."""
        return {"filters": self.filters, "rows": self.rows, "names": self.names}


class _Numbers:
    """Names, each with a number."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self._number: dict[str, int] = {}

    def of(self, name: str | None) -> int:
        if not name:
            return -1
        if name not in self._number:
            self._number[name] = len(self.names)
            self.names.append(name)
        return self._number[name]


def browser(view: View) -> Browser:
    """The quotations that the page holds, a row a place with all its codes, as one reads the sources."""
    summary = view.summary
    # One row a place, whoever coded it, however codings are counted.
    options = replace(summary.options, rows="quotation", coders="once")
    every = sorted(quotation_rows(replace(summary, options=options)), key=lambda row: reading_order(row.first))
    for number, row in enumerate(every, start=1):
        row.number = number
    rows = shared_out(every, MOST)
    if len(rows) < len(every):
        message = f"The page holds {len(rows):,} of {len(every):,} quotations, of each participant the first ones"
        view.leave_out(f"{message}; its tables count all of them.")
    cut = sum(len(row.first.quotation or "") > LONGEST for row in rows)
    if cut:
        said = count(cut, "quotation is", "quotations are")
        message = f"{said} longer than {LONGEST:,} characters; the page shows the beginning, the workbook more."
        view.findings.append(Finding("page-cut", message))
    filters, keys = _filters(view, rows)
    names = {name: _Numbers() for name in ("participants", "sources", "coders")}
    made = [_row(view, row, keys, names) for row in rows]
    return Browser(filters, made, {name: numbers.names for name, numbers in names.items()}, len(every))


def shared_out(rows: Sequence[QuotationRow], most: int) -> list[QuotationRow]:
    """As many rows as there is room for: of each participant the first ones, in turn, so that nobody is missing."""
    if len(rows) <= most:
        return list(rows)
    mine: dict[int | None, list[QuotationRow]] = {}
    for row in rows:
        mine.setdefault(row.first.participant_row, []).append(row)
    turns = (row for turn in zip_longest(*mine.values()) for row in turn if row is not None)
    kept = [row for row, _ in zip(turns, range(most), strict=False)]
    return sorted(kept, key=lambda row: row.number)


def _held(row: QuotationRow) -> dict[str, None]:
    return dict.fromkeys(one for coding in row.codings for one in coding.constructs)


def _filters(view: View, rows: Iterable[QuotationRow]) -> tuple[list[dict[str, Any]], dict[str, dict[Any, int]]]:
    """The filters, and for each the number of an option by what it stands for."""
    summary = view.summary
    people = summary.participants
    codes: dict[int, tuple[str, str]] = {}
    persons: dict[int, str] = {}
    for row in rows:
        for coding in row.codings:
            codes[coding.code_row] = (coding.value, coding.path)
        if row.first.participant_row is not None:
            persons[row.first.participant_row] = row.first.participant or ""
    twice = {name for name, number in _counts(name for name, _ in codes.values()).items() if number > 1}
    found: list[tuple[str, str, str, list[tuple[Any, str]]]] = []
    for dimension in summary.main_dimensions:
        label = "Element" if dimension.id == "element" else dimension.title
        options: list[tuple[Any, str]] = [(one.id, one.name) for one in dimension.constructs]
        found.append((dimension_filter(dimension.id), label, "any", options))
    named: list[tuple[Any, str]] = [(code, path if name in twice else name) for code, (name, path) in codes.items()]
    found.append((VALUE, "Value", "any", sorted(named, key=lambda one: (natural_key(one[1]), one[0]))))
    if people.groups:
        groups: list[tuple[Any, str]] = [(number, group) for number, group in enumerate(people.groups)]
        found.append((GROUP, people.group_name or "Group", "any", groups))
    who: list[tuple[Any, str]] = sorted(persons.items(), key=lambda one: (natural_key(one[1]), one[0]))
    found.append((PARTICIPANT, "Participant", "anybody", who))
    for dimension in summary.other_dimensions:
        options = [(one.id, one.name) for one in dimension.constructs]
        found.append((dimension_filter(dimension.id), dimension.title, "any", options))
    filters = [
        {
            "id": name,
            "label": label,
            "all": every,
            "options": [[str(key), text] for key, text in options],
            "colors": [view.swatch_of(key) if isinstance(key, str) else "" for key, _ in options],
        }
        for name, label, every, options in found
    ]
    keys = {name: {key: number for number, (key, _) in enumerate(options)} for name, _, _, options in found}
    return filters, keys


def _counts(names: Iterable[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for name in names:
        found[name] = found.get(name, 0) + 1
    return found


def _row(view: View, row: QuotationRow, keys: dict[str, dict[Any, int]], names: dict[str, _Numbers]) -> list[Any]:
    """A quotation as the script reads it, in the order of the names there.

    Number, words (None for areas and times), place, words before and after, participant, source, coders, notes, why it
    does not count; then for each filter the numbers of its options.
    """
    first = row.first
    summary = view.summary
    before, after = summary.contexts.get(first.place_id, ("", ""))
    words = None if first.quotation is None or first.quotation == first.place else first.quotation.strip()
    if words is not None and len(words) > LONGEST:
        words = words[: LONGEST - 1].rstrip() + "…"
    notes = [*row.each(lambda coding: coding.comment), *row.each(lambda coding: coding.notes)]
    person = "(note)" if first.not_counted == IN_NOTE else first.participant
    source = first.source if first.source != first.participant else None
    coders = [names["coders"].of(coder) for coder in row.each(lambda coding: coding.coder)]
    held = _held(row)
    of_filter = []
    for name, numbers in keys.items():
        if name == VALUE:
            asked: Iterable[Any] = dict.fromkeys(coding.code_row for coding in row.codings)
        elif name == PARTICIPANT:
            asked = [first.participant_row]
        elif name == GROUP:
            groups = summary.participants.groups
            asked = [groups.index(first.group)] if first.group in groups else _NOTHING
        else:
            asked = held
        of_filter.append([numbers[one] for one in asked if one in numbers])
    return [
        row.number, words, first.place or "", before, after, names["participants"].of(person),
        names["sources"].of(source), coders, "\n".join(notes), "" if row.counted else first.not_counted or "",
        *of_filter,
    ]  # fmt: skip
