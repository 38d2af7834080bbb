"""The sheet *Co-occurrence*: values by elements and values by values, by overlap of their quotations."""

from __future__ import annotations

from typing import Any

from qdpx_compassion.reports.workbook.blocks import Blocks
from qdpx_compassion.reports.workbook.layout import Layout
from qdpx_compassion.reports.workbook.looks import (
    HEADING,
    LEADS,
    NUMBER,
    NUMBER_HEADING,
    STRONG,
    TEXT_HEADING,
    plain_columns,
)
from qdpx_compassion.spreadsheets import Style, Styled
from qdpx_compassion.spreadsheets.styles import SCALE

#: Values that a matrix has columns for; more go on in further matrices below, up to the second number.
WIDE, MOST = 20, 100
#: Rows of a block above its first row of numbers: a gap, the title, the headings.
_ABOVE = 3
_LABEL_WIDTH, _NUMBER_WIDTH = 34, 14
#: Pairs that are listed.
_PAIRS = 5_000
_DECIMAL = Style(number_format="0.00_)_)", horizontal="right")
_LEADS_LINE = Style(bold=True, color=LEADS.color, indent=1)
_DIAGONAL = Style(fill="EEF1F3")


def write_cooccurrence(layout: Layout, title: str) -> None:
    """Write the sheet: two matrices and the list of pairs."""
    values = layout.summary.values
    shown = values[values["codings"] > 0].to_dict("records")
    constructs = [one for dimension in layout.summary.main_dimensions for one in dimension.constructs]
    columns = max(len(constructs), min(len(shown), WIDE), 5)
    sheet = layout.book.sheet(
        title,
        plain_columns(
            [_LABEL_WIDTH, *(_NUMBER_WIDTH for _ in range(columns))], [STRONG, *(NUMBER for _ in range(columns))]
        ),
        headings=False,
        large_paper=columns > 14,
        tab_color="7A7FB0",
    )
    blocks = Blocks(sheet)
    blocks.title(
        title,
        "Two quotations meet where they share at least one character (or time, or area); a quotation with both codes "
        "meets itself.",
    )
    if constructs:
        _by_elements(layout, blocks, shown, constructs)
    number = min(len(shown), MOST)
    width = -(-number // max(-(-number // WIDE), 1))  # matrices of about the same width
    for start in range(0, number, max(width, 1)):
        _by_values(layout, blocks, shown, start, min(start + width, number))
    _pairs(layout, blocks, shown)


def _by_elements(layout: Layout, blocks: Blocks, shown: list[Any], constructs: list[Any]) -> None:
    found = layout.summary.cooccurrence.with_constructs
    blocks.section("Values by elements: quotations of the value that meet a quotation that expresses the element")
    blocks.headings(["Value", *(one.name for one in constructs)])
    for row in shown:
        cells = [found[row["code_row"], one.id] or None for one in constructs]
        blocks.add([layout.to_quotations(row["value"], row["code_row"], _LABEL_WIDTH), *cells])
    _scale(blocks, blocks.end() + _ABOVE, 1, len(constructs))


def _by_values(layout: Layout, blocks: Blocks, shown: list[Any], start: int, end: int) -> None:
    pairs = layout.summary.cooccurrence.pairs
    across = shown[start:end]
    more = f" ({start + 1} to {end} of {len(shown)})" if len(across) < len(shown) else ""
    blocks.section(f"Values by values: pairs of quotations that meet{more}")
    blocks.headings(["Value", *(row["value"] for row in across)])
    for row in shown[:MOST]:
        cells: list[Any] = []
        for other in across:
            one, two = sorted((row["code_row"], other["code_row"]))
            same = one == two
            cells.append(Styled(None, _DIAGONAL) if same else pairs[one, two] or None)
        blocks.add([Styled(row["value"], STRONG), *cells])
    _scale(blocks, blocks.end() + _ABOVE, 1, len(across))


def _scale(blocks: Blocks, first: int, left: int, right: int) -> None:
    """Colour the cells of a matrix by their size."""
    from openpyxl.formatting.rule import ColorScaleRule
    from openpyxl.utils import get_column_letter

    if first >= blocks.sheet.next_row:
        return
    make: Any = ColorScaleRule
    rule = make(start_type="num", start_value=0, start_color=SCALE[0], end_type="max", end_color=SCALE[1])
    area = f"{get_column_letter(left + 1)}{first}:{get_column_letter(right + 1)}{blocks.sheet.next_row - 1}"
    blocks.sheet.worksheet.conditional_formatting.add(area, rule)


def _pairs(layout: Layout, blocks: Blocks, shown: list[Any]) -> None:
    """The pairs, most first; Jaccard is what both cover of what either covers."""
    found = layout.summary.cooccurrence
    names = {row["code_row"]: row["value"] for row in shown}
    pairs = [(number, one, two) for (one, two), number in found.pairs.items() if one in names and two in names]
    pairs.sort(key=lambda pair: (-pair[0], names[pair[1]], names[pair[2]]))
    cut = f"; the first {_PAIRS:,} of {len(pairs):,}" if len(pairs) > _PAIRS else ""
    blocks.section(f"Pairs of values that meet{cut}")
    blocks.text(
        "Jaccard: the characters (or time, or area) that both values cover, of those that either covers.", "note"
    )
    looks = (HEADING, NUMBER_HEADING, NUMBER_HEADING, TEXT_HEADING, HEADING, HEADING)
    headings = ("Value", "Pairs of quotations", "Jaccard", "With", "", "")
    blocks.add([Styled(text, look) for text, look in zip(headings, looks, strict=True)], height=30)
    for number, one, two in pairs[:_PAIRS]:
        jaccard = found.jaccard(one, two)
        name = layout.to_quotations(names[one], one, _LABEL_WIDTH)
        other = layout.to_quotations(names[two], two, 4 * _NUMBER_WIDTH, _LEADS_LINE)
        blocks.add([name, number, Styled(jaccard, _DECIMAL), other])
        blocks.end()
    if not pairs:
        blocks.add([Styled("No two values meet.", "line")])
    blocks.end()
