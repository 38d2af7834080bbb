"""The sheet *Technology*, and its like for other frameworks: what enhances or detracts, and which elements it meets."""

from __future__ import annotations

from qdpx_compassion.frameworks import Dimension
from qdpx_compassion.reports.workbook.blocks import Blocks
from qdpx_compassion.reports.workbook.layout import Layout
from qdpx_compassion.reports.workbook.looks import (
    HEADING,
    NUMBER,
    STRONG,
    TEXT,
    TEXT_HEADING,
    VALUE,
    modest_title,
    one_line,
    plain_columns,
)
from qdpx_compassion.reports.workbook.values import example_text
from qdpx_compassion.spreadsheets import Series, Styled, bar_chart
from qdpx_compassion.study.effects import NONE, Effect, tally_effects
from qdpx_compassion.study.examples import GOOD_LENGTH, Example

#: What it is to meet.
NOTE = (
    "An example and an element meet where their quotations share at least one character (or time, or area). "
    "An example that meets several elements counts for each."
)


def write_effects(layout: Layout, title: str, dimension: Dimension) -> None:
    """Write the sheet: a table of what meets what, its chart, and the quotations."""
    found = layout.summary.effects[dimension.id]
    numbers = 2 * len(dimension.constructs)
    widths = [30, 84, *(24 if 4 > number > 1 else 18 for number in range(max(numbers, 4)))]
    styles = [STRONG, TEXT, *(NUMBER for _ in widths[2:])]
    sheet = layout.book.sheet(title, plain_columns(widths, styles), headings=False, max_lines=10, tab_color="44AA99")
    blocks = Blocks(sheet, max_lines=10)
    blocks.title(title, f"{dimension.question} {NOTE}")
    _meetings(layout, blocks, dimension, found)
    for construct in dimension.constructs:
        _list(layout, blocks, construct.name, [one for one in found if one.construct == construct.id])


def _meetings(layout: Layout, blocks: Blocks, dimension: Dimension, found: list[Effect]) -> None:
    tallies = tally_effects(found)
    main = [one for each in layout.summary.main_dimensions for one in each.constructs]
    blocks.section("Which elements the examples meet")
    headings = ["Element", "Example"]
    for kind in ("quotations", "participants"):
        headings += [f"{construct.name}: {kind}" for construct in dimension.constructs]
    blocks.headings(headings)
    for identifier, name in [*((one.id, one.name) for one in main), (NONE, "No element")]:
        entries = [tallies.get((construct.id, identifier)) for construct in dimension.constructs]
        counts = [len(entry.places) if entry else 0 for entry in entries]
        people = [len(entry.people) if entry else 0 for entry in entries]
        blocks.add([name, _example(found, identifier), *counts, *people])
    height = max(7.0, 2.5 + 0.75 * (len(main) + 1))
    first = blocks.end(room=height + 1)
    series = [
        Series(number, construct.color.lstrip("#").upper())
        for number, construct in enumerate(dimension.constructs, start=2)
    ]
    chart = bar_chart(
        blocks.sheet,
        "Examples by element (quotations)",
        categories=0,
        series=series,
        first_row=first + 3,
        last_row=first + 3 + len(main),
        heading_row=first + 2,
        number_format="0",
        size=(23, height),
    )
    chart.y_axis.scaling.min = 0
    blocks.chart(modest_title(chart))


def _example(found: list[Effect], identifier: str) -> str | None:
    """The first example of readable length that meets a construct, or none of them."""
    for effect in found:
        row = effect.coding
        text = " ".join((row.quotation or "").split())
        if identifier in (effect.met or (NONE,)) and GOOD_LENGTH[0] <= len(text) <= GOOD_LENGTH[1]:
            return example_text(Example(text, row.participant or "", row.row))
    return None


def _list(layout: Layout, blocks: Blocks, name: str, found: list[Effect]) -> None:
    """All quotations of an answer, with what they meet."""
    grouped = bool(layout.summary.participants.groups)
    blocks.section(f"{name}: {len(found)} quotations" if len(found) != 1 else f"{name}: 1 quotation")
    headings = [
        "Code",
        "Quotation",
        "Participant",
        "Group" if grouped else "",
        "Elements that it meets",
        "Values there",
    ]
    blocks.add(
        [Styled(text, HEADING if number == 0 else TEXT_HEADING) for number, text in enumerate(headings)], height=30
    )
    for effect in found:
        row = effect.coding
        texts = [row.participant, row.group if grouped else None, layout.names(effect.met), "\n".join(effect.values)]
        looks = [VALUE, TEXT, TEXT, TEXT]
        blocks.add(
            [
                "\n".join(effect.codes),
                one_line(row.quotation) or row.place,
                *(Styled(text or None, look) for text, look in zip(texts, looks, strict=True)),
            ]
        )
        blocks.end()
    if not found:
        blocks.add([Styled("Nothing is coded so.", "line")])
    blocks.end()
