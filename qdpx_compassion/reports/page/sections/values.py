"""The sections *Values*, *Codebook* and *Not mapped*: a row a code."""

from __future__ import annotations

from typing import Any

from qdpx_compassion.reports.page.leads import VALUE, leads_to
from qdpx_compassion.reports.page.model import Block, Cell, Column, Section, Table
from qdpx_compassion.reports.page.view import View, plain

_DEEPEST = 8


def code_cell(view: View, row: dict[Any, Any], *, indent: int = 0, swatch: str = "") -> Cell:
    """A code's name, which leads to its quotations, with what it expresses and its definition."""
    to = leads_to({VALUE: row["code_row"]}) if row["codings"] else ""
    return Cell(
        row["value"], to=to, indent=indent, swatch=swatch, below=row["definition"], tags=view.tags(row["constructs"])
    )


def values(view: View) -> Section:
    """Each value, most participants first."""
    summary = view.summary
    rows = view.first(summary.values.to_dict("records"), "Values")
    columns = [
        Column("Value", "name"), *view.people_columns(), Column("Quotations", "number"), Column("Codings", "number"),
        Column("Share of the text", "percent"), Column("Example", "quotes"),
    ]  # fmt: skip
    cells = [
        [
            code_cell(view, row), *view.people_cells(row), Cell(row["quotations"]), Cell(row["codings"]),
            Cell(plain(row["text_share"])),
            Cell(quotes=view.examples(summary.value_examples.get(row["code_row"], ())[:1], 200)),
        ]
        for row in rows
    ]  # fmt: skip
    return Section(
        "values",
        "Values",
        "Each value with those who hold it. A name leads to its quotations.",
        [Block(Table("Values, those that most participants hold first", columns, cells))],
    )


def codebook(view: View) -> Section:
    """The codes in the project's order, sub-codes moved in."""
    table = view.summary.codebook
    columns = [
        Column("Code", "name"), Column("Participants", "number"), Column("Codings", "number"),
        Column("Participants with sub-codes", "number"), Column("Codings with sub-codes", "number"),
    ]  # fmt: skip
    cells = [
        [
            code_cell(view, row, indent=min(int(row["level"]), _DEEPEST), swatch=view.swatch(row["color"])),
            Cell(row["participants"]), Cell(row["codings"]), Cell(row["participants_below"]),
            Cell(row["codings_below"]),
        ]
        for row in view.first(table.to_dict("records"), "Codebook")
    ]  # fmt: skip
    lead = "The codes of the project with definitions and counts, with and without their sub-codes."
    empty = "The project has no codes."
    return Section("codebook", "Codebook", lead, [Block(Table("Codes of the project", columns, cells, empty=empty))])


def not_mapped(view: View) -> Section:
    """Codes with codings that express nothing of the framework, most codings first."""
    table = view.summary.not_mapped
    columns = [
        Column("Code", "name"), Column("What was decided"), Column("Participants", "number"),
        Column("Codings", "number"), Column("Path", "muted"), Column("Example", "quotes"),
    ]  # fmt: skip
    cells = [
        [
            code_cell(view, row), Cell(row["decision"]), Cell(row["participants"]), Cell(row["codings"]),
            Cell(row["path"]),
            Cell(quotes=view.examples(view.summary.value_examples.get(row["code_row"], ())[:1], 200)),
        ]
        for row in view.first(table.to_dict("records"), "Not mapped")
    ]  # fmt: skip
    lead = "Codes with codings that express nothing of the framework, and what was decided about them."
    empty = "Every code with codings expresses something."
    return Section("not-mapped", "Not mapped", lead, [Block(Table("Codes not mapped", columns, cells, empty=empty))])
