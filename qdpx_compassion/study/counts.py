"""The study's numbers, each by a stated rule. Pure functions: quotations and participants in, numbers out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any, TypeVar

import pandas as pd

from qdpx_compassion.errors import UsageError
from qdpx_compassion.study.codings import Coding, codings
from qdpx_compassion.study.participants import Participants
from qdpx_compassion.study.spans import LineEnds, folded, union_length

#: What is counted under: a row number, an id, a tuple of them.
Key = TypeVar("Key", bound=Hashable)

#: What each number is: shown on the sheet About and in the documentation.
RULES: dict[str, str] = {
    "participants": "A participant counts once for a value, an element or a theme, however often it is coded.",
    "share": "Percentages are of all included participants of that group, also those who were never coded.",
    "codings": "A coding is one code at one place. It counts once, also when two coders made it there, and when a "
    "program wrote its selection twice (a PDF area and its text with one GUID).",
    "quotations": "Quotations are places: a place with several codes is one quotation.",
    "values": "A value counts for an element when it has at least one coding that expresses the element.",
    "sources": "Sources are those with at least one such coding; a PDF and its text are one source.",
    "characters": "Coded characters are those of the union: what several codings cover counts once; a line end is one "
    "character. Codings of a whole source, of pictures, areas and recordings have no characters.",
    "text_share": "The share of the text is coded characters by all characters of included participants' texts.",
    "overlap": "Two quotations overlap when they share at least one character of a text, or time of a recording, or "
    "area of a picture or page. Codings of a whole source overlap nothing.",
    "saturation": "Interviews stand in the order in which their sources came into the project; where all came at once, "
    "by label.",
    "agreement": "A judgement is whether a coder found a value in a source that both coded; kappa is Cohen's.",
    "notes": "Codings in notes (memos) count for no number, since a note is nobody's text.",
    "left_out": "Participants who are left out, and their codings, count nowhere.",
}

#: What can be counted by, and the columns of quotations that it is known by.
BY: dict[str, tuple[str, ...]] = {
    "value": ("path", "code_row"),
    "construct": ("constructs",),
    "participant": ("participant", "participant_row"),
    "group": ("group",),
    "source": ("source", "source_row"),
    "coder": ("coder",),
}


@dataclass(slots=True)
class Tally:
    """The codings that were counted under one key, and what follows from them; sets hold row numbers."""

    rows: list[Coding] = field(default_factory=list)

    @property
    def codings(self) -> int:
        """How many there are."""
        return len(self.rows)

    @property
    def people(self) -> set[int]:
        """Whose they are."""
        return {row.participant_row for row in self.rows if row.participant_row is not None}

    @property
    def sources(self) -> set[int]:
        """In which sources."""
        return {row.source_row for row in self.rows}

    @property
    def places(self) -> set[int]:
        """At which places; a place is a quotation."""
        return {row.place_id for row in self.rows}

    @property
    def codes(self) -> set[int]:
        """With which codes."""
        return {row.code_row for row in self.rows}

    def characters(self, line_ends: LineEnds | None = None) -> int:
        """Characters of the union of all spans; a line end of two characters counts as one where ``line_ends`` says."""
        ends = line_ends or {}
        spans: dict[int, list[tuple[int, int]]] = {}
        for row in self.rows:
            if row.start_index is not None and row.end_index is not None:
                spans.setdefault(row.text_row, []).append((row.start_index, row.end_index))
        return sum(union_length(folded(here, ends.get(text, ()))) for text, here in spans.items())


def tally(rows: Iterable[Coding], keys: Callable[[Coding], Iterable[Key]]) -> dict[Key, Tally]:
    """Count the counted codings under keys.

    Args:
        rows: codings (``study.codings.codings``); those that do not count are left aside.
        keys: gives the keys under which a coding counts, each once.

    Returns:
        Key → tally, in the order in which keys come first.
    """
    found: dict[Key, Tally] = {}
    for row in rows:
        if row.counted and row.participant_row is not None:
            for key in keys(row):
                entry = found.get(key)
                if entry is None:
                    entry = found[key] = Tally()
                entry.rows.append(row)
    return found


def share(part: float, whole: float) -> float | None:
    """A part of a whole; None of nothing."""
    return part / whole if whole else None


def numbers(
    entry: Tally, participants: Participants, text_total: int = 0, line_ends: LineEnds | None = None
) -> dict[str, Any]:
    """The numbers of a tally: participants and their share, of all and of each group; then sources, places and so on.

    Args:
        entry: the tally.
        participants: for groups and how many there are.
        text_total: characters of all texts (see ``text_total``); 0: shares of the text are missing.
        line_ends: see ``spans.line_ends``.
    """
    sizes = participants.sizes
    people = entry.people
    by_group = Counter(participants.group_of[row] for row in people)
    result: dict[str, Any] = {"participants": len(people), "share": share(len(people), sizes[""])}
    for group in participants.groups:
        number = by_group[group]
        result[f"participants: {group}"], result[f"share: {group}"] = number, share(number, sizes[group])
    characters = entry.characters(line_ends)
    return result | {
        "sources": len(entry.sources),
        "quotations": len(entry.places),
        "codings": entry.codings,
        "values": len(entry.codes),
        "characters": characters,
        "text_share": share(characters, text_total),
    }


def text_total(
    lengths: dict[int, int], top: Sequence[int], participants: Participants, line_ends: LineEnds | None = None
) -> int:
    """Characters of all texts of included participants.

    Args:
        lengths: length of each text by its source's row (``Places.text_lengths``).
        top: row of the source that each source belongs to (``Places.top``).
        participants: who is included.
        line_ends: see ``spans.line_ends``.
    """
    ends = line_ends or {}
    included = {
        row
        for rows, include in zip(participants.table["source_rows"], participants.table["include"], strict=True)
        if include
        for row in rows
    }
    return sum(length - len(ends.get(row, ())) for row, length in lengths.items() if top[row] in included)


def count(
    quotations: pd.DataFrame,
    participants: Participants,
    by: str | Sequence[str] = "value",
    *,
    text_total: int = 0,
    line_ends: LineEnds | None = None,
) -> pd.DataFrame:
    """The numbers by value, construct, participant, group, source or coder, or by several of them together.

    Args:
        quotations: as ``study.quotations.quotations`` gives them.
        participants: the same as for the quotations.
        by: one or several of ``BY``.
        text_total: characters of all texts, for shares of the text.
        line_ends: see ``spans.line_ends``.

    Returns:
        A row for each key that occurs, most participants first; columns ``by``, then the numbers.

    Raises:
        UsageError: ``by`` names something that cannot be counted by.
    """
    kinds = [by] if isinstance(by, str) else list(by)
    for kind in kinds:
        if kind not in BY:
            raise UsageError(f"Nothing can be counted by “{kind}”.", remedy=f"Count by {', '.join(BY)}.")

    def keys(row: Coding) -> Iterator[tuple[tuple[Hashable, ...], ...]]:
        return product(*(_keys_of(row, kind) for kind in kinds))

    columns = [BY[kind][0] if kind != "construct" else "construct" for kind in kinds]
    rows = []
    for key, entry in tally(codings(quotations), keys).items():
        shown = [part[0] for part in key]
        rows.append(dict(zip(columns, shown, strict=True)) | numbers(entry, participants, text_total, line_ends))
    frame = pd.DataFrame(rows, columns=[*columns, *numbers(Tally(), participants)])
    frame = frame.astype(
        {name: "float64" for name in frame.columns if name == "text_share" or name.startswith("share")}
    )
    return frame.sort_values(["participants", "codings"], ascending=False, kind="stable", ignore_index=True)


def _keys_of(row: Coding, kind: str) -> list[tuple[Hashable, ...]]:
    """What a row counts under, by one kind: names first, so that they can be shown, then what tells them apart."""
    if kind == "construct":
        return [(identifier,) for identifier in row.constructs]
    return [tuple(getattr(row, column) for column in BY[kind])]
