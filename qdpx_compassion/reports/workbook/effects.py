"""The sheet *Technology*, and its like for other frameworks: what enhances or detracts, and which elements it meets."""

from __future__ import annotations

from qdpx_compassion.frameworks import Dimension
from qdpx_compassion.reports.workbook.blocks import Blocks
from qdpx_compassion.reports.workbook.layout import Layout
from qdpx_compassion.reports.workbook.looks import NUMBER, STRONG, TEXT, VALUE, modest_title, plain_columns
from qdpx_compassion.spreadsheets import Series, Styled, bar_chart
from qdpx_compassion.study.effects import NONE, Effect, tally_effects

_NOTE = (
    "An example and an element meet where their quotations share at least one character (or time, or area). "
    "An example that meets several elements counts for each."
)


def write_effects(layout: Layout, title: str, dimension: Dimension) -> None:
    """Write the sheet: a table of what meets what, its chart, and the quotations."""
    found = layout.summary.effects[dimension.id]
    grouped = bool(layout.summary.participants.groups)
    styles = [STRONG, *(NUMBER for _ in dimension.constructs for _ in range(2))]
    widths: list[float] = [34, *(15 for _ in styles[1:])]
    while len(widths) < 5:  # the list of quotations below needs five columns
        widths.append(15)
        styles.append(NUMBER)
    sheet = layout.book.sheet(
        title,
        plain_columns([*widths, 90, 30, 30], [*styles, TEXT, TEXT, TEXT]),
        headings=False,
        max_lines=10,
        tab_color="44AA99",
    )
    blocks = Blocks(sheet, max_lines=10)
    blocks.title(title, f"{dimension.question} {_NOTE}")
    _meetings(layout, blocks, dimension, found)
    for construct in dimension.constructs:
        _list(layout, blocks, construct.name, [one for one in found if one.construct == construct.id], grouped=grouped)


def _meetings(layout: Layout, blocks: Blocks, dimension: Dimension, found: list[Effect]) -> None:
    tallies = tally_effects(found)
    main = [one for each in layout.summary.main_dimensions for one in each.constructs]
    blocks.section("Which elements the examples meet")
    headings = ["Element"]
    for kind in ("quotations", "participants"):
        headings += [f"{construct.name}: {kind}" for construct in dimension.constructs]
    blocks.headings(headings)
    for identifier, name in [*((one.id, one.name) for one in main), (NONE, "No element")]:
        entries = [tallies.get((construct.id, identifier)) for construct in dimension.constructs]
        counts = [len(entry.places) if entry else 0 for entry in entries]
        people = [len(entry.people) if entry else 0 for entry in entries]
        blocks.add([name, *counts, *people])
    height = max(7.0, 2.5 + 0.75 * (len(main) + 1))
    first = blocks.end(room=height + 1)
    series = [
        Series(number, construct.color.lstrip("#").upper())
        for number, construct in enumerate(dimension.constructs, start=1)
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


def _list(layout: Layout, blocks: Blocks, name: str, found: list[Effect], *, grouped: bool) -> None:
    blocks.section(f"{name}: {len(found)} quotations")
    blocks.headings(["Code", "Participant", "Group" if grouped else "", "", "", "Quotation", "Elements", "Values"])
    for effect in found:
        row = effect.coding
        blocks.add(
            [
                "\n".join(effect.codes),
                Styled(row.participant, VALUE),
                Styled(row.group if grouped else None, TEXT),
                None,
                None,
                row.quotation or row.place,
                layout.names(effect.met) or None,
                "\n".join(effect.values) or None,
            ]
        )
        blocks.end()
    if not found:
        blocks.add([Styled("Nothing is coded so.", "line")])
    blocks.end()
