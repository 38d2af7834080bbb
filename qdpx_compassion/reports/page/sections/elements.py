"""The section *Elements*: each construct with its definition, its values, counts by group and quotations."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

from qdpx_compassion.frameworks import Dimension
from qdpx_compassion.reports.page.leads import VALUE, dimension_filter, leads_to
from qdpx_compassion.reports.page.model import Block, Card, Cell, Column, Section, Table
from qdpx_compassion.reports.page.view import View


def elements(view: View, title: str) -> Section:
    """The constructs of the dimensions that values are related to."""
    lead = "Each with the values that express it, those that most participants hold first."
    blocks = [_dimension(view, dimension) for dimension in view.summary.main_dimensions]
    return Section("elements", title, lead, blocks)


def _dimension(view: View, dimension: Dimension) -> Block:
    table = view.summary.constructs
    rows = table[table["dimension"] == dimension.id].to_dict("records")
    cards = [_construct(view, dimension, row) for row in rows]
    return Block(cards=cards, heading=dimension.question, note=dimension.citation)


def _construct(view: View, dimension: Dimension, row: Mapping[Hashable, Any]) -> Card:
    summary = view.summary
    codes = summary.codebook[summary.codebook["code_row"].isin(row["codes"])]
    codes = codes.sort_values(["participants", "codings"], ascending=False, kind="stable")
    columns = [
        Column("Value", "name"), *view.people_columns(), Column("Quotations", "number"), Column("Codings", "number"),
        Column("Example", "quotes"),
    ]  # fmt: skip
    cells = [[Cell("All together"), *view.people_cells(row), Cell(row["quotations"]), Cell(row["codings"]), Cell()]]
    for value in codes.to_dict("records"):
        if value["codings"]:
            quotes = view.examples(summary.value_examples.get(value["code_row"], ())[:1], 200)
            counts = [Cell(value["quotations"]), Cell(value["codings"]), Cell(quotes=quotes)]
            name = Cell(value["value"], to=leads_to({VALUE: value["code_row"]}))
            cells.append([name, *view.people_cells(value), *counts])
    number = row["quotations"]
    return Card(
        row["name"],
        view.swatch_of(row["construct"]),
        row["definition"],
        table=Table(f"Values: {row['name']}", columns, cells, total=True),
        to=leads_to({dimension_filter(dimension.id): row["construct"]}) if number else "",
        more=f"All {number:,} quotations" if number > 1 else "The quotation",
    )
