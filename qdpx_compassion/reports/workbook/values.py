"""The sheet *Values*: each value, who holds it, what it expresses."""

from __future__ import annotations

from qdpx_compassion.reports.workbook.layout import Layout
from qdpx_compassion.reports.workbook.looks import MUTED_TEXT, NUMBER, PATH, PERCENT_1, STRONG, column, plain, printed
from qdpx_compassion.spreadsheets import cut_at_word
from qdpx_compassion.study.examples import Example

#: Longest example in a cell, in characters.
EXAMPLE_LENGTH = 300
EXAMPLES = 2


def example_text(example: Example, length: int = EXAMPLE_LENGTH) -> str:
    """A quotation with whose it is."""
    return f"“{cut_at_word(example.text, length)}” ({example.participant})"


def write_values(layout: Layout, title: str) -> None:
    """Write the sheet, most participants first."""
    numbers = layout.number_columns()
    defined = any(layout.summary.values["definition"])
    mapped = layout.summary.framework is not None
    shown = min(EXAMPLES, max(map(len, layout.summary.value_examples.values()), default=0))
    columns = [
        column("Value", 42, STRONG),
        *(column(number.heading, 13, number.style) for number in numbers),
        column("Quotations", 12, NUMBER),
        column("Codings", 11, NUMBER),
        column("Share of the text", 11, PERCENT_1),
        *([column("Elements", 26)] if mapped else []),
        *([column("Definition", 40, MUTED_TEXT)] if defined else []),
        *(column(f"Example {number}", 50) for number in range(1, shown + 1)),
        column("Path", 40, PATH),
    ]
    sheet = layout.book.sheet(title, columns, freeze_columns=1, max_lines=8, large_paper=True, tab_color="4C8C9A")
    for row in layout.summary.values.to_dict("records"):
        examples = [example_text(one) for one in layout.summary.value_examples.get(row["code_row"], ())][:shown]
        sheet.append(
            [
                layout.to_quotations(row["value"], row["code_row"], columns[0].width),
                *(plain(row[number.key]) for number in numbers),
                layout.count_to_quotations(row["quotations"], row["code_row"]),
                row["codings"],
                plain(row["text_share"]),
                *([layout.names(row["constructs"])] if mapped else []),
                *([row["definition"]] if defined else []),
                *examples,
                *([None] * (shown - len(examples))),
                row["path"],
            ]
        )
    printed(sheet, len(columns) - 1)
    for number in range(2, 1 + len(numbers), 2):
        sheet.color_scale(number, number)
