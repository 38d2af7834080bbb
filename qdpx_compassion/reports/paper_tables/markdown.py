"""The tables as Markdown, in the form that GitHub, pandoc and most editors read."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from qdpx_compassion.files.atomic import write_atomically
from qdpx_compassion.findings import Finding
from qdpx_compassion.markdown_text import escape_markdown
from qdpx_compassion.reports.paper_tables.plan import plan_tables
from qdpx_compassion.reports.paper_tables.table import PaperTable, Row, one_line, shown
from qdpx_compassion.study.summary import Summary


def write_markdown(path: Path, summary: Summary, *, force: bool = False) -> list[Finding]:
    """Write the tables, atomically.

    Args:
        path: the .md to write.
        summary: what to show.
        force: whether an existing file may be replaced.

    Raises:
        OutputError: the file exists or cannot be written.
    """
    parts = [f"# Tables of {escape(summary.project_name)}", f"{escape(summary.made_from)}."]
    for number, table in enumerate(plan_tables(summary), start=1):
        parts += [f"## Table {number}", f"*{escape(table.caption)}*", "\n".join(_lines(table))]
        if table.note:
            parts.append(f"*Note.* {escape(table.note)}")
    write_atomically(path, ("\n\n".join(parts) + "\n").encode(), force=force)
    return []


def escape(text: str) -> str:
    """A text on one line, of which Markdown takes every character as it is."""
    return escape_markdown(one_line(text))


def _lines(table: PaperTable) -> Iterable[str]:
    yield _line([escape(column.heading) for column in table.columns])
    yield _line(["---:" if column.number else "---" for column in table.columns])
    for row in table.rows:
        yield _line(_cells(row))


def _cells(row: Row) -> list[str]:
    cells = [escape(shown(cell)) for cell in row.cells]
    if row.head:
        return [f"**{cell}**" if cell else "" for cell in cells]
    return [f"&emsp;{cells[0]}", *cells[1:]] if row.below else cells


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
