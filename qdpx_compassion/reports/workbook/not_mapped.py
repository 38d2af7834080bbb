"""The sheet *Not mapped*: codes with codings that express nothing of the framework."""

from __future__ import annotations

from qdpx_compassion.reports.workbook.layout import Layout
from qdpx_compassion.reports.workbook.looks import MUTED_TEXT, NUMBER, STRONG, column
from qdpx_compassion.reports.workbook.values import EXAMPLE_LENGTH, example_text
from qdpx_compassion.spreadsheets import Styled


def write_not_mapped(layout: Layout, title: str) -> None:
    """Write the sheet, most codings first."""
    defined = any(layout.summary.not_mapped["definition"])
    columns = [
        column("Code", 36, STRONG),
        column("What was decided", 30),
        column("Participants", 13, NUMBER),
        column("Codings", 11, NUMBER),
        *([column("Definition", 40, MUTED_TEXT)] if defined else []),
        column("Example", 60),
        column("Path", 36, MUTED_TEXT),
    ]
    sheet = layout.book.sheet(title, columns, freeze_columns=1, max_lines=8)
    for row in layout.summary.not_mapped.to_dict("records"):
        examples = layout.summary.value_examples.get(row["code_row"], ())
        sheet.append(
            [
                layout.to_quotations(row["value"], row["code_row"], columns[0].width),
                row["decision"],
                row["participants"],
                layout.count_to_quotations(row["codings"], row["code_row"]),
                *([row["definition"]] if defined else []),
                example_text(examples[0], EXAMPLE_LENGTH) if examples else None,
                row["path"],
            ]
        )
    if layout.summary.not_mapped.empty:
        sheet.append([Styled("Every code with codings expresses something.", "line")])
