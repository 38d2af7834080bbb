"""The sections *Memos*, *Saturation*, *Agreement* and *Checks*."""

from __future__ import annotations

from qdpx_compassion.findings import CODES, Severity
from qdpx_compassion.reports.page.charts import saturation_chart
from qdpx_compassion.reports.page.leads import VALUE, leads_to
from qdpx_compassion.reports.page.model import Block, Cell, Column, Section, Table
from qdpx_compassion.reports.page.view import View
from qdpx_compassion.study.memos import Memo

#: Findings that are listed.
_CHECKS = 1_000
_ORDER = [Severity.ERROR, Severity.WARNING, Severity.NOTE]


def memos(view: View) -> Section:
    """Every note and comment, in the order of the project; notes before comments."""
    columns = [Column("Memo", "name"), Column("Text", "long"), Column("About")]
    cells = [
        [
            Cell(row.title or row.kind, below=" · ".join(filter(None, (row.kind, row.author, row.date[:10])))),
            Cell(row.text),
            Cell(_about(row)),
        ]
        for row in view.first(view.summary.memos, "Memos")
    ]
    table = Table("Notes and comments", columns, cells, empty="The project has no notes or comments.")
    return Section("memos", "Memos", "Every note and comment, and what it is about.", [Block(table)])


def _about(row: Memo) -> str:
    """What a memo is about, and whose it is."""
    about = ": ".join(filter(None, (row.about, row.which))) or "nothing in particular"
    return f"{about} ({row.participant})" if row.participant and row.participant not in about else about


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
    found = [*view.summary.findings, *view.findings]
    found.sort(key=lambda one: _ORDER.index(one.severity or Severity.NOTE))
    placed = any(one.where for one in found)
    columns = [
        Column("Severity", "name"), Column("What was noticed", "long"), *([Column("Where", "muted")] if placed else []),
        Column("What this kind means", "muted"), Column("Code", "muted"),
    ]  # fmt: skip
    cells = [
        [
            Cell(str(one.severity or Severity.NOTE)), Cell(one.message), *([Cell(one.where)] if placed else []),
            Cell(CODES[one.code][1]), Cell(one.code),
        ]
        for one in found[:_CHECKS]
    ]  # fmt: skip
    lead = "What was noticed in the project and the mapping, and what is not counted."
    table = Table("What was noticed", columns, cells, empty="Nothing was noticed.")
    if len(found) > _CHECKS:
        table.note = f"The first {_CHECKS:,} of {len(found):,}; the workbook has all."
    return Section("checks", "Checks", lead, [Block(table)])
