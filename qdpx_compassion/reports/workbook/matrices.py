"""The sheets *Participants × elements* and *Framework matrix*: a row a participant, a column a construct."""

from __future__ import annotations

from qdpx_compassion.reports.workbook.layout import Layout
from qdpx_compassion.reports.workbook.looks import COUNT, NUMBER, STRONG, TEXT, column
from qdpx_compassion.spreadsheets import cut_at_word
from qdpx_compassion.study.codings import Coding

#: Longest quotation in the framework matrix, in characters; the sheet Quotations has all of it.
_LONGEST = 400


def _cells(layout: Layout) -> dict[tuple[int, str], list[Coding]]:
    """(participant, construct) → its quotations, each place once, in document order."""
    found: dict[tuple[int, str], dict[int, Coding]] = {}
    for row in layout.summary.codings:
        if row.counted and row.participant_row is not None:
            for construct in row.constructs:
                found.setdefault((row.participant_row, construct), {}).setdefault(row.place_id, row)
    return {key: list(places.values()) for key, places in found.items()}


def write_participants(layout: Layout, title: str) -> None:
    """Write the counts: quotations of each participant that express each construct, with a colour scale."""
    summary, cells = layout.summary, _cells(layout)
    grouped = bool(summary.participants.groups)
    main = [one for dimension in summary.main_dimensions for one in dimension.constructs]
    other = [one for dimension in summary.other_dimensions for one in dimension.constructs]
    values: dict[int, set[int]] = {}
    codes = set(summary.values["code_row"])
    codings: dict[int, int] = {}
    for row in summary.codings:
        if row.counted and row.participant_row is not None:
            codings[row.participant_row] = codings.get(row.participant_row, 0) + 1
            if row.code_row in codes:
                values.setdefault(row.participant_row, set()).add(row.code_row)
    columns = [
        column("Participant", 38, STRONG),
        *([column("Group", 16)] if grouped else []),
        *(column(one.name, 15, COUNT) for one in main),
        *(column(one.name, 15, COUNT) for one in other),
        column("Values", 10, NUMBER),
        column("Codings", 10, NUMBER),
        column("Sources", 10, NUMBER),
    ]
    sheet = layout.book.sheet(title, columns, freeze_columns=1, tab_color="8FA876")
    for person, label, sources in layout.people():
        sheet.append(
            [
                label,
                *([summary.participants.group_of[person]] if grouped else []),
                *(len(cells.get((person, one.id), ())) for one in (*main, *other)),
                len(values.get(person, ())),
                codings.get(person, 0),
                len(sources),
            ]
        )
    first = 2 if grouped else 1
    if main:
        sheet.color_scale(first, first + len(main) - 1)
    if other:
        sheet.color_scale(first + len(main), first + len(main) + len(other) - 1, colors=("FFFFFF", "E9B872"))


def write_matrix(layout: Layout, title: str) -> None:
    """Write the quotations themselves into the cells."""
    summary, cells = layout.summary, _cells(layout)
    grouped = bool(summary.participants.groups)
    constructs = [one for dimension in summary.main_dimensions for one in dimension.constructs]
    columns = [
        column("Participant", 24, STRONG),
        *([column("Group", 14)] if grouped else []),
        *(column(one.name, 46, TEXT) for one in constructs),
    ]
    sheet = layout.book.sheet(
        title, columns, freeze_columns=1, max_lines=0, large_paper=True, filters=True, tab_color="8FA876"
    )
    for person, label, _ in layout.people():
        group = [summary.participants.group_of[person]] if grouped else []
        texts = [_quoted(cells.get((person, one.id), ())) for one in constructs]
        if any(texts):
            sheet.append([label, *group, *texts])


def _quoted(rows: list[Coding] | tuple[()]) -> str | None:
    """The quotations of a cell; for areas and times, where they are."""
    return "\n".join(_words(row) for row in rows) or None


def _words(row: Coding) -> str:
    if row.quotation is None or row.quotation == row.place:
        return f"[{row.source}: {row.place}]"
    return f"“{cut_at_word(' '.join(row.quotation.split()), _LONGEST)}”"
