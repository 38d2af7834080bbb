"""The sheet *Memos*: every note and comment, and what it is about."""

from __future__ import annotations

from qdpx_compassion.reports.workbook.layout import Layout
from qdpx_compassion.reports.workbook.looks import MUTED_TEXT, STRONG, column
from qdpx_compassion.spreadsheets import Styled


def write_memos(layout: Layout, title: str) -> None:
    """Write the sheet, in the order of the project; notes before comments."""
    rows = layout.summary.memos
    with_people = any(row.participant for row in rows)
    columns = [
        column("Kind", 11, STRONG),
        column("Title", 28),
        column("Text", 80),
        column("About", 12),
        column("Which", 46),
        *([column("Participant", 20)] if with_people else []),
        column("By", 16),
        column("Date", 13, MUTED_TEXT),
    ]
    sheet = layout.book.sheet(title, columns, max_lines=20, tab_color="9C8B73")
    for row in rows:
        sheet.append(
            [
                row.kind,
                row.title or None,
                row.text,
                row.about or Styled("nothing in particular", MUTED_TEXT),
                row.which,
                *([row.participant] if with_people else []),
                row.author,
                row.date[:10],
            ]
        )
    if not rows:
        sheet.append([Styled("The project has no notes or comments.", "line")])
