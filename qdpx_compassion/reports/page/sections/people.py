"""The sections *Participants × elements* and *Framework matrix*: a row a participant, a column a construct."""

from __future__ import annotations

from collections import Counter

from qdpx_compassion.frameworks.framework import Construct
from qdpx_compassion.reports.page.leads import PARTICIPANT, dimension_filter, leads_to
from qdpx_compassion.reports.page.model import Block, Cell, Column, Section, Table
from qdpx_compassion.reports.page.view import Person, View, level, quote

#: Quotations in a cell of the matrix, and how long they may be; the others are a click away.
_SHOWN, _LONGEST = 2, 160


def participants(view: View) -> Section:
    """How many quotations of each participant express what, coloured by how many."""
    summary = view.summary
    codes = set(summary.values["code_row"])
    held: dict[int, set[int]] = {}
    codings: Counter[int] = Counter()
    for row in summary.codings:
        if row.counted and row.participant_row is not None:
            codings[row.participant_row] += 1
            if row.code_row in codes:
                held.setdefault(row.participant_row, set()).add(row.code_row)
    main = [one for dimension in summary.main_dimensions for one in dimension.constructs]
    other = [one for dimension in summary.other_dimensions for one in dimension.constructs]
    most = [max((len(view.expressed.get((p.row, c.id), ())) for p in view.people for c in part), default=0)
            for part in (main, other)]  # fmt: skip
    columns = [
        Column("Participant", "name"), *([Column("Group")] if view.grouped else []),
        *(Column(one.name, "heat") for one in (*main, *other)), Column("Values", "number"),
        Column("Codings", "number"), Column("Sources", "number"),
    ]  # fmt: skip
    cells = []
    for person in view.first(view.people, "Participants × elements"):
        to = leads_to({PARTICIPANT: person.row}) if codings[person.row] else ""
        cells.append(
            [
                Cell(person.label, to=to), *([Cell(person.group)] if view.grouped else []),
                *(_count(view, person, one, most[0]) for one in main),
                *(_count(view, person, one, most[1]) for one in other),
                Cell(len(held.get(person.row, ()))), Cell(codings[person.row]), Cell(person.sources),
            ]
        )  # fmt: skip
    table = Table("Quotations of each participant by what they express", columns, cells, matrix=True)
    lead = "How many quotations of each participant express what. A number leads to the quotations."
    return Section("participants", "Participants × elements", lead, [Block(table)])


def _count(view: View, person: Person, construct: Construct, most: int) -> Cell:
    number = len(view.expressed.get((person.row, construct.id), ()))
    to = leads_to({PARTICIPANT: person.row, dimension_filter(construct.dimension_id): construct.id})
    return Cell(number, level=level(number, most), to=to if number else "")


def matrix(view: View) -> Section:
    """The quotations themselves, the first of each cell."""
    constructs = [one for dimension in view.summary.main_dimensions for one in dimension.constructs]
    columns = [Column("Participant", "name"), *(Column(one.name, "quotes") for one in constructs)]
    shown = [one for one in view.people if any((one.row, each.id) in view.expressed for each in constructs)]
    cells = [
        [
            Cell(person.label, to=leads_to({PARTICIPANT: person.row}), below=person.group),
            *(_quoted(view, person, one) for one in constructs),
        ]
        for person in view.first(shown, "Framework matrix")
    ]
    lead = (
        f"A row a participant, a column an element, in the cells the first {_SHOWN} quotations. The others are a click "
        "away; the workbook has all of them in the cells."
    )
    return Section(
        "matrix", "Framework matrix", lead, [Block(Table("Quotations by participant and element", columns, cells))]
    )


def _quoted(view: View, person: Person, construct: Construct) -> Cell:
    rows = view.expressed.get((person.row, construct.id), [])
    quotes = tuple(quote(row, _LONGEST) for row in rows[:_SHOWN])
    to = leads_to({PARTICIPANT: person.row, dimension_filter(construct.dimension_id): construct.id})
    # whose they are stands at the beginning of the row
    bare = tuple(type(one)(one.text, "", one.words) for one in quotes)
    return Cell(quotes=bare, to=to, more=f"all {len(rows)}" if len(rows) > _SHOWN else "")
