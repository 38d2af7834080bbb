"""The sheet *Codebook*: the codes of the project, in its order."""

from __future__ import annotations

from dataclasses import replace

from qdpx_compassion.reports.workbook.layout import Layout
from qdpx_compassion.reports.workbook.looks import LEADS, NUMBER, PATH, SMALL, STRONG, column, printed, swatch
from qdpx_compassion.spreadsheets import Style

#: Colours shown as such; a workbook can hold only so many looks.
_COLORS = 200
_DEEPEST = 8


def write_codebook(layout: Layout, title: str) -> None:
    """Write the sheet; sub-codes are indented."""
    table = layout.summary.codebook
    colors = {color for color in table["color"] if color}
    colored = 0 < len(colors) <= _COLORS
    defined = any(table["definition"])
    mapped = layout.summary.framework is not None
    columns = [
        column("Code", 52, STRONG),
        *([column("Colour", 9)] if colored else []),
        *([column("Definition", 64)] if defined else []),
        *([column("Expresses", 28)] if mapped else []),
        column("Participants", 13, NUMBER),
        column("Codings", 11, NUMBER),
        column("Participants with sub-codes", 13, NUMBER),
        column("Codings with sub-codes", 13, NUMBER),
        column("Path", 40, PATH),
        column("GUID", 37, SMALL),
    ]
    sheet = layout.book.sheet(title, columns, freeze_columns=1, max_lines=10, tab_color="8FA876")
    for row in table.to_dict("records"):
        sheet.append(
            [
                layout.to_quotations(row["value"], row["code_row"], columns[0].width, _indented(row["level"])),
                *([swatch(row["color"])] if colored else []),
                *([row["definition"]] if defined else []),
                *([layout.names(row["constructs"])] if mapped else []),
                row["participants"],
                layout.count_to_quotations(row["codings"], row["code_row"]),
                row["participants_below"],
                row["codings_below"],
                row["path"],
                row["guid"],
            ]
        )
    printed(sheet, len(columns) - 2)


def _indented(level: int) -> Style:
    return replace(LEADS, bold=level == 0, indent=min(int(level), _DEEPEST) * 2)
