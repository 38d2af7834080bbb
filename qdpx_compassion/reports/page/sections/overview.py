"""The section *Overview*: elements by group and the values that most participants hold, each with a chart."""

from __future__ import annotations

from qdpx_compassion.frameworks import Dimension
from qdpx_compassion.reports.page.charts import Bar, share_chart
from qdpx_compassion.reports.page.leads import VALUE, dimension_filter, leads_to
from qdpx_compassion.reports.page.model import Block, Cell, Column, Section, Table
from qdpx_compassion.reports.page.view import View
from qdpx_compassion.reports.workbook.overview import MOST


def overview(view: View) -> Section:
    """The section; without a mapping it holds the values only."""
    summary = view.summary
    blocks = [_dimension(view, one, chart=True) for one in summary.main_dimensions]
    blocks.append(_values(view))
    blocks += [_dimension(view, one, chart=False) for one in summary.other_dimensions]
    return Section("overview", "Overview", _lead(view), blocks)


def _lead(view: View) -> str:
    people = view.summary.participants
    lead = "A participant counts once; percentages are of all participants of the group."
    if view.groups and people.group_name:
        lead += f" Groups: {people.group_name}."
    if len(view.groups) < len(people.groups) > 1:
        lead += f" The {len(view.groups)} largest of {len(people.groups)} groups are shown."
    return lead


def _dimension(view: View, dimension: Dimension, *, chart: bool) -> Block:
    table = view.summary.constructs
    rows = table[table["dimension"] == dimension.id].to_dict("records")
    codes = "Values" if chart else "Codes"
    first = "Element" if dimension.id == "element" else dimension.title
    columns = [
        Column(first, "name"), *view.people_columns(), Column(codes, "number"), Column("Quotations", "number"),
        Column("Codings", "number"),
    ]  # fmt: skip
    cells, bars = [], []
    for row in rows:
        to = leads_to({dimension_filter(dimension.id): row["construct"]})
        name = Cell(row["name"], swatch=view.swatch_of(row["construct"]), to=to if row["quotations"] else "")
        counts = [Cell(row["values"]), Cell(row["quotations"]), Cell(row["codings"])]
        cells.append([name, *view.people_cells(row), *counts])
        bars.append(Bar(row["name"], row, to))
    return Block(
        Table(dimension.title, columns, cells, note=dimension.question),
        share_chart(view, f"{dimension.title}: percentage of participants", bars) if chart else None,
    )


def _values(view: View) -> Block:
    values = view.summary.values
    shown = values[values["codings"] > 0]
    title = "The values held by most participants" if len(shown) > MOST else "The values"
    columns = [
        Column("Value", "name"), *view.people_columns(), Column("Quotations", "number"), Column("Codings", "number"),
    ]  # fmt: skip
    cells, bars = [], []
    for row in shown.head(MOST).to_dict("records"):
        to = leads_to({VALUE: row["code_row"]})
        counts = [Cell(row["quotations"]), Cell(row["codings"])]
        cells.append([Cell(row["value"], to=to), *view.people_cells(row), *counts])
        bars.append(Bar(row["value"], row, to))
    return Block(Table(title, columns, cells), share_chart(view, f"{title}: percentage of participants", bars))
