"""The kinds of report by the ending of the file's name, each imported when it is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qdpx_compassion.findings import Finding
    from qdpx_compassion.study.summary import Summary

    #: Writes a summary to a file; ``force`` replaces one that is there.
    Writer = Callable[..., list[Finding]]


@dataclass(frozen=True, slots=True)
class Report:
    """A kind of report.

    Attributes:
        suffix: what the file's name ends in, in lower case.
        what: what it is, for help texts.
        module: in ``reports``. function: ``(target, summary, *, force) -> findings``.
    """

    suffix: str
    what: str
    module: str
    function: str


#: Every kind of report; the first is the usual one.
REPORTS = (
    Report(".xlsx", "the workbook for your co-authors", "workbook", "write_summary"),
    Report(".html", "a page to look at in a browser", "page", "write_page"),
    Report(".docx", "the quotations as a Word document", "book", "write_book"),
    Report(".md", "the paper's tables as Markdown", "paper_tables", "write_markdown"),
    Report(".tex", "the paper's tables as LaTeX", "paper_tables", "write_latex"),
)

#: What a report's name may end in (see ``files.atomic.refuse_existing``).
SUFFIXES = tuple(report.suffix for report in REPORTS)


def write_report(target: Path, summary: Summary, *, force: bool = False) -> list[Finding]:
    """Write a summary as the kind of report that the target's name ends in.

    Args:
        target: ends in one of ``SUFFIXES``.
        summary: what to show.
        force: replace an existing file.

    Returns:
        What was noticed while writing.

    Raises:
        OutputError: the target exists or cannot be written.
    """
    report = next(report for report in REPORTS if report.suffix == target.suffix.lower())
    writer: Writer = getattr(import_module(f"qdpx_compassion.reports.{report.module}"), report.function)
    return writer(target, summary, force=force)
