"""The section *Co-occurrence*: values by elements and values by values, by overlap of their quotations."""

from __future__ import annotations

from typing import Any

from qdpx_compassion.reports.page.leads import VALUE, leads_to
from qdpx_compassion.reports.page.model import Block, Cell, Column, Section, Table
from qdpx_compassion.reports.page.view import View, level
from qdpx_compassion.reports.workbook.cooccurrence import MOST, WIDE

#: Pairs that are listed; the workbook lists more.
_PAIRS = 100


def cooccurrence(view: View) -> Section:
    """Two matrices and the pairs that meet most often."""
    values = view.summary.values
    shown = values[values["codings"] > 0].to_dict("records")
    blocks = []
    if view.summary.main_dimensions:
        blocks.append(Block(_by_elements(view, shown)))
    blocks += [Block(_by_values(view, shown)), Block(_pairs(view, shown))]
    lead = (
        "Two quotations meet where they share at least one character (or time, or area); a quotation with both codes "
        "meets itself."
    )
    return Section("co-occurrence", "Co-occurrence", lead, blocks)


def _named(row: dict[Any, Any]) -> Cell:
    return Cell(row["value"], to=leads_to({VALUE: row["code_row"]}))


def _by_elements(view: View, shown: list[dict[Any, Any]]) -> Table:
    found = view.summary.cooccurrence.with_constructs
    constructs = [one for dimension in view.summary.main_dimensions for one in dimension.constructs]
    most = max((found[row["code_row"], one.id] for row in shown for one in constructs), default=0)
    cells = []
    for row in view.first(shown, "Co-occurrence"):
        numbers = [found[row["code_row"], one.id] for one in constructs]
        cells.append([_named(row), *(Cell(number or None, level=level(number, most)) for number in numbers)])
    return Table(
        "Values by elements",
        [Column("Value", "name"), *(Column(one.name, "heat") for one in constructs)],
        cells,
        note="Quotations of the value that meet a quotation that expresses the element.",
        matrix=True,
    )


def _by_values(view: View, shown: list[dict[Any, Any]]) -> Table:
    pairs = view.summary.cooccurrence.pairs
    across, down = shown[:WIDE], shown[:MOST]
    numbers = [[_pair(pairs, row["code_row"], other["code_row"]) for other in across] for row in down]
    most = max((number for row in numbers for number in row if number), default=0)
    cells = [
        [_named(row), *(Cell(number or None, level=level(number or 0, most)) for number in counts)]
        for row, counts in zip(down, numbers, strict=True)
    ]
    note = "Pairs of quotations that meet."
    if len(across) < len(shown):
        note += f" The {len(across)} values that most participants hold have columns; the workbook has all."
    columns = [Column("Value", "name"), *(Column(row["value"], "heat") for row in across)]
    return Table("Values by values", columns, cells, note=note, matrix=True)


def _pair(pairs: Any, one: int, other: int) -> int | None:
    return None if one == other else pairs[min(one, other), max(one, other)]


def _pairs(view: View, shown: list[dict[Any, Any]]) -> Table:
    found = view.summary.cooccurrence
    names = {row["code_row"]: row["value"] for row in shown}
    pairs = [(number, one, two) for (one, two), number in found.pairs.items() if one in names and two in names]
    pairs.sort(key=lambda pair: (-pair[0], names[pair[1]], names[pair[2]]))
    cut = f"; the first {_PAIRS:,} of {len(pairs):,}" if len(pairs) > _PAIRS else ""
    cells = [
        [
            Cell(names[one], to=leads_to({VALUE: one})), Cell(names[two], to=leads_to({VALUE: two})), Cell(number),
            Cell(found.jaccard(one, two)),
        ]
        for number, one, two in pairs[:_PAIRS]
    ]  # fmt: skip
    return Table(
        f"Pairs of values that meet{cut}",
        [
            Column("Value", "name"), Column("With"), Column("Pairs of quotations", "number"),
            Column("Jaccard", "decimal"),
        ],
        cells,
        note="Jaccard: the characters (or time, or area) that both values cover, of those that either covers.",
        empty="No two values meet.",
    )  # fmt: skip
