"""Putting the sheets together."""

from __future__ import annotations

from pathlib import Path

from qdpx_compassion.findings import Finding
from qdpx_compassion.reports.workbook.about import write_about
from qdpx_compassion.reports.workbook.layout import Layout
from qdpx_compassion.reports.workbook.plan import ABOUT, plan_sheets
from qdpx_compassion.reports.workbook.quotations import quotation_rows, write_quotations
from qdpx_compassion.spreadsheets import Workbook
from qdpx_compassion.study.summary import Summary


def write_summary(path: Path, summary: Summary, *, force: bool = False) -> list[Finding]:
    """Write the workbook, atomically.

    The same summary gives the same bytes of every member: dates are SOURCE_DATE_EPOCH or the project's last change.

    Args:
        path: the .xlsx to write.
        summary: what to show.
        force: whether an existing file may be replaced.

    Returns:
        What had to be changed to fit into a spreadsheet.

    Raises:
        OutputError: the file exists or cannot be written.
    """
    book = Workbook(
        f"Summary of {summary.project_name}",
        subject=f"{summary.framework.title} {summary.framework.version}" if summary.framework else "",
        description=summary.made_from,
        moment=summary.moment,
        folder=path.parent,
    )
    rows = quotation_rows(summary)
    layout = Layout(book, summary, rows)
    plan = plan_sheets(summary)
    write_about(layout, ABOUT, plan)
    for sheet in plan:
        if sheet.missing:
            continue
        if sheet.write is None:
            write_quotations(layout, sheet.title, rows)
        else:
            sheet.write(layout, sheet.title)
    return book.save(path, force=force)
