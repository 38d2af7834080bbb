"""Putting the book together."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from qdpx_compassion.files.atomic import atomic_output
from qdpx_compassion.files.dated_zip import fixed_moment
from qdpx_compassion.findings import Finding, count
from qdpx_compassion.reports.book.plan import Section, plan_book, quotation, shorten
from qdpx_compassion.study.summary import Summary
from qdpx_compassion.version import __version__

if TYPE_CHECKING:
    from qdpx_compassion.reports.book.document import Document

#: Quotations that a book holds: some thousand pages.
LIMIT = 50_000
_ORDER = (
    "A quotation stands below each value that it has, and below each element that the value expresses; headings with "
    "most participants come first. Codings in notes, and those of participants who are left out, are not here."
)
_PAGES = "A click leads to the heading. For page numbers, click into the list and press F9."
_ELSEWHERE = "All quotations are on the sheet Quotations of the workbook (a name that ends in .xlsx)."


def write_book(path: Path, summary: Summary, *, force: bool = False, limit: int = LIMIT) -> list[Finding]:
    """Write the book as a Word document, atomically.

    The same summary gives the same bytes: the date is SOURCE_DATE_EPOCH or the project's last change.

    Args:
        path: the .docx to write.
        summary: what to show.
        force: whether an existing file may be replaced.
        limit: quotations that stand in the book at most.

    Returns:
        What had to be left out or changed.

    Raises:
        OutputError: the file exists or cannot be written.
    """
    from qdpx_compassion.reports.book.document import SUBTITLE, TITLE, Document

    sections = plan_book(summary)
    left_out = shorten(sections, limit)
    document = Document(
        f"Quotations of {summary.project_name}",
        subject=f"{summary.framework.title} {summary.framework.version}" if summary.framework else "",
        comments=summary.made_from,
        moment=fixed_moment(summary.moment),
        new_pages=summary.framework is not None,
    )
    document.paragraph(f"Quotations of {summary.project_name}", TITLE)
    document.paragraph(_subtitle(summary), SUBTITLE)
    _introduce(document, summary, left_out)
    depth = 2 if summary.framework else 1
    marks = {number: f"_Toc{number + 1:08d}" for number, one in enumerate(sections) if one.level <= depth}
    entries = [(sections[number].level, sections[number].title, mark) for number, mark in marks.items()]
    document.contents("Contents", _PAGES, entries, depth)
    meets = _meetings(summary)
    for number, section in enumerate(sections):
        _write(document, section, marks.get(number, ""), meets)
    with atomic_output(path, force=force) as temporary:
        document.save(temporary)
    return _findings(left_out, document.replaced, limit)


def _subtitle(summary: Summary) -> str:
    if summary.framework is None:
        return "By value"
    groups = " and group" if len(summary.participants.groups) > 1 else ""
    return f"By {'element' if summary.framework.id == 'compassion' else 'construct'}, value{groups}"


def _introduce(document: Document, summary: Summary, left_out: int) -> None:
    from qdpx_compassion.reports.book.document import NUMBERS

    facts = dict(summary.facts)
    counted = f"{count(facts['Quotations'], 'quotation')} of {count(facts['Participants'], 'participant')}."
    document.paragraph(f"{counted} {_ORDER}")
    if left_out:
        document.paragraph(f"There was no room for {count(left_out, 'entry', 'entries')}. {_ELSEWHERE}")
    document.paragraph(f"{summary.made_from}, with qdpx-compassion {__version__}.", NUMBERS)


def _write(document: Document, section: Section, mark: str, meets: dict[tuple[int, str], str]) -> None:
    from qdpx_compassion.reports.book.document import NUMBERS, QUOTE, TEXT, WHERE

    document.heading(section.title, section.level, mark)
    if section.definition:
        document.paragraph(section.definition, TEXT)
    if section.numbers:
        document.paragraph(section.numbers, NUMBERS)
    for coding in section.codings:
        shown = quotation(
            coding, next((text for one in coding.constructs if (text := meets.get((coding.place_id, one)))), "")
        )
        document.paragraph(shown.text, QUOTE)
        document.paragraph(shown.where, WHERE)
    if section.left_out:
        document.paragraph(f"{count(section.left_out, 'more quotation')} here. {_ELSEWHERE}", NUMBERS)


def _meetings(summary: Summary) -> dict[tuple[int, str], str]:
    """(place, construct) of an example → the elements that it meets, in words."""
    names = {one.id: one.name for one in summary.framework.constructs} if summary.framework else {}
    return {
        (effect.coding.place_id, effect.construct): f"meets {', '.join(names.get(one, one) for one in effect.met)}"
        for effects in summary.effects.values()
        for effect in effects
        if effect.met
    }


def _findings(left_out: int, replaced: int, limit: int) -> list[Finding]:
    findings = []
    if left_out:
        message = (
            f"The book holds {limit:,} quotations and leaves out {count(left_out, 'more', 'more')}, of the values with "
            f"most quotations; each says how many. {_ELSEWHERE}"
        )
        findings.append(Finding("report-shortened", message))
    if replaced:
        said = count(replaced, "character is", "characters are")
        findings.append(Finding("report-characters", f"{said} shown by symbols, because Word cannot hold them."))
    return findings
