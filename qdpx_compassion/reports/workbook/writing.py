"""Putting the sheets together."""

from __future__ import annotations

from pathlib import Path

from qdpx_compassion.findings import Finding
from qdpx_compassion.reports.workbook.about import write_about
from qdpx_compassion.reports.workbook.checks import write_checks
from qdpx_compassion.reports.workbook.codebook import write_codebook
from qdpx_compassion.reports.workbook.elements import write_elements
from qdpx_compassion.reports.workbook.layout import Layout
from qdpx_compassion.reports.workbook.not_mapped import write_not_mapped
from qdpx_compassion.reports.workbook.overview import write_overview
from qdpx_compassion.reports.workbook.quotations import quotation_rows, write_quotations
from qdpx_compassion.reports.workbook.values import write_values
from qdpx_compassion.spreadsheets import Workbook
from qdpx_compassion.study.summary import Summary

#: Sheets that only a mapping fills, and what each needs.
NEEDS_MAPPING = {"Elements": "elements", "Not mapped": "decisions about codes"}


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
        description=f"Made from {summary.project_file}" + (f" and {summary.mapping_name}" * bool(summary.mapping_name)),
        moment=summary.moment,
    )
    rows = quotation_rows(summary)
    layout = Layout(book, summary, rows)
    write_about(layout)
    write_overview(layout)
    write_values(layout)
    if summary.framework:
        write_elements(layout)
    write_quotations(layout, rows)
    write_codebook(layout)
    if summary.framework:
        write_not_mapped(layout)
    write_checks(layout)
    return book.save(path, force=force)
