"""The sections *Memos*, *Saturation*, *Agreement* and *Checks*."""

from __future__ import annotations

from qdpx_compassion.findings import CODES, Severity
from qdpx_compassion.reports.page.charts import saturation_chart
from qdpx_compassion.reports.page.leads import VALUE, leads_to
from qdpx_compassion.reports.page.model import Block, Cell, Column, Section, Table
from qdpx_compassion.reports.page.view import View

_ORDER = [Severity.ERROR, Severity.WARNING, Severity.NOTE]


def memos(view: View) -> Section:
    """Every note and comment, in the order of the project; notes before comments."""
    found = view.summary.memos
    with_people = any(row.participant for row in found)
    columns = [
        Column("Kind", "name"), Column("Title"), Column("Text"), Column("About"), Column("Which", "muted"),
        *([Column("Participant")] if with_people else []), Column("By", "muted"), Column("Date", "muted"),
    ]  # fmt: skip
    cells = [
        [
            Cell(row.kind), Cell(row.title), Cell(row.text), Cell(row.about or "nothing in particular"),
            Cell(row.which), *([Cell(row.participant)] if with_people else []), Cell(row.author), Cell(row.date[:10]),
        ]
        for row in view.first(found, "Memos")
    ]  # fmt: skip
    table = Table("Notes and comments", columns, cells, empty="The project has no notes or comments.")
    return Section("memos", "Memos", "Every note and comment, and what it is about.", [Block(table)])


def saturation(view: View) -> Section:
    """New values by interview, in order."""
    summary = view.summary
    steps = summary.saturation
    labels = {person.row: person.label for person in view.people}
    every = steps[-1].so_far if steps else 0
    columns = [
        Column("Interview", "number"), Column("Participant", "name"), *([Column("Group")] if view.grouped else []),
        Column("Values", "number"), Column("New values", "number"), Column("Values so far", "number"),
        Column("Of all values", "percent"), Column("Which are new", "muted"),
    ]  # fmt: skip
    cells = [
        [
            Cell(number), Cell(labels[step.row]),
            *([Cell(summary.participants.group_of[step.row])] if view.grouped else []), Cell(step.values),
            Cell(len(step.new)), Cell(step.so_far), Cell(step.so_far / every if every else None),
            Cell(", ".join(step.new)),
        ]
        for number, step in view.first(list(enumerate(steps, start=1)), "Saturation")
    ]  # fmt: skip
    chart = saturation_chart(steps, [labels[step.row] for step in steps])
    table = Table("New values by interview", columns, cells)
    return Section("saturation", "Saturation", "New values by interview, in order.", [Block(table, chart)])


def agreement(view: View) -> Section:
    """For each two coders all values together, then value by value."""
    columns = [
        Column("Value", "name"), Column("Coder"), Column("Other coder"), Column("Judgements", "number"),
        Column("Both found it", "number"), Column("Only the coder", "number"), Column("Only the other", "number"),
        Column("Neither", "number"), Column("Agreement", "percent"), Column("Cohen’s kappa", "decimal"),
    ]  # fmt: skip
    cells = [
        [
            Cell(row.value, to="" if row.code_row is None else leads_to({VALUE: row.code_row})), Cell(row.first),
            Cell(row.second), Cell(row.total), Cell(row.both), Cell(row.only_first), Cell(row.only_second),
            Cell(row.neither), Cell(row.percent), Cell(row.kappa),
        ]
        for row in view.first(view.summary.agreement, "Agreement")
    ]  # fmt: skip
    lead = "How far coders agree about which values stand in which source."
    return Section("agreement", "Agreement", lead, [Block(Table("Agreement of each two coders", columns, cells))])


def checks(view: View) -> Section:
    """What was noticed, what is wrong first; also what the page leaves out."""
    found = sorted(
        [*view.summary.findings, *view.findings], key=lambda one: _ORDER.index(one.severity or Severity.NOTE)
    )  # fmt: skip
    columns = [
        Column("Severity", "name"), Column("What was noticed"), Column("Where", "muted"),
        Column("What this kind means", "muted"), Column("Code", "muted"),
    ]  # fmt: skip
    cells = [
        [Cell(str(one.severity or Severity.NOTE)), Cell(one.message), Cell(one.where), Cell(CODES[one.code][1]),
         Cell(one.code)]
        for one in found[:ROWS_OF_CHECKS]
    ]  # fmt: skip
    lead = "What was noticed in the project and the mapping, and what is not counted."
    table = Table("What was noticed", columns, cells, empty="Nothing was noticed.")
    if len(found) > ROWS_OF_CHECKS:
        table.note = f"The first {ROWS_OF_CHECKS:,} of {len(found):,}; the workbook has all."
    return Section("checks", "Checks", lead, [Block(table)])


#: Findings that are listed.
ROWS_OF_CHECKS = 1_000
