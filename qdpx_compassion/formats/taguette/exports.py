"""The spreadsheets that Taguette exports: its tags (the codebook) and its highlights, as CSV or Excel."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from qdpx_compassion.errors import InputError, QdpxError
from qdpx_compassion.files.atomic import write_atomically
from qdpx_compassion.findings import Finding
from qdpx_compassion.formats.base import Content, FormatInfo, Loss, Progress, WriteOptions
from qdpx_compassion.formats.cells import begins_formula, without_formula
from qdpx_compassion.formats.sheets import SheetRows, first_sheets
from qdpx_compassion.formats.taguette.building import Built, build
from qdpx_compassion.formats.taguette.gathering import gather
from qdpx_compassion.formats.taguette.html import DocumentText, plain_text
from qdpx_compassion.formats.taguette.losses import losses_of_highlights, losses_of_tags
from qdpx_compassion.formats.taguette.model import Tag, TaguetteProject
from qdpx_compassion.formats.taguette.reading import read

_TAGS = ("tag", "description", "number of highlights", "number of documents")
_HIGHLIGHTS = ("id", "document", "tag", "content")


class _Export:
    """What both exports share."""

    sheet: str
    headings: tuple[str, ...]
    widths: tuple[int, ...]
    known_by: frozenset[str]

    def __init__(self, info: FormatInfo) -> None:
        self.info = info

    def recognises(self, path: Path) -> bool:
        """Whether the first rows hold the headings."""
        if not path.is_file() or path.suffix.lower() not in self.info.extensions:
            return False
        try:
            return bool(first_sheets(path, self._fits)[0])
        except QdpxError:
            return False

    def _fits(self, headings: Sequence[str]) -> bool:
        return self.known_by <= set(headings)

    def _table(self, path: Path) -> tuple[list[tuple[int, dict[str, str]]], SheetRows, list[Finding]]:
        """The rows with anything in them: number, and text of each column by its heading."""
        from qdpx_compassion.spreadsheets.reading import cell_text

        sheets, findings = first_sheets(path, self._fits)
        if not sheets:
            raise InputError(
                f"No sheet has the headings of {self.info.name}.",
                where=str(path),
                remedy=f"They are: {', '.join(self.headings)}.",
            )
        clean = _unguarded if path.suffix.lower() == ".csv" else str
        rows = [
            (number, dict(zip(sheets[0].headings, (clean(cell_text(cell)) for cell in cells), strict=False)))
            for number, cells in sheets[0].rows
            if any(cell is not None for cell in cells)
        ]
        return rows, sheets[0], findings

    def _save(self, rows: list[list[Any]], name: str, target: Path, options: WriteOptions) -> list[Loss]:
        """Write the rows; what a workbook has to cut is a loss more."""
        if target.suffix.lower() == ".csv":
            text = io.StringIO(newline="")
            csv.writer(text).writerows([self.headings, *([without_formula(cell) for cell in row] for row in rows)])
            write_atomically(target, text.getvalue().encode(), force=options.force)
            return []
        from qdpx_compassion.spreadsheets import Column, Workbook, clean_text

        book = Workbook(f"{self.sheet.title()} of {name}", folder=target.parent)
        columns = [Column(heading, width) for heading, width in zip(self.headings, self.widths, strict=True)]
        sheet = book.sheet(self.sheet, columns, max_lines=6)
        for row in rows:
            sheet.append(row)
        book.save(target, force=options.force)
        cut = sum(isinstance(cell, str) and bool(clean_text(cell).cut) for row in rows for cell in row)
        return [Loss("cells", cut, "A cell of Excel holds 32,767 characters; a CSV holds all.")] if cut else []


class Tags(_Export):
    """The export of tags, which Taguette calls the codebook; it reads the CSV again."""

    sheet, headings, widths = "codebook", _TAGS, (30, 80, 12, 12)
    known_by = frozenset(("tag", "description"))

    def read(self, path: Path, progress: Progress | None = None) -> Content:  # noqa: ARG002 (small)
        """Read the tags."""
        rows, sheet, findings = self._table(path)
        project = TaguetteProject(path.stem)
        seen: set[str] = set()
        for number, row in rows:
            name = row.get("tag", "").strip()
            if name in seen:
                place = sheet.place(number, sheet.headings.index("tag"))
                findings.append(Finding("code-twice", f"The tag “{name}” stands there twice.", place))
            elif name:
                seen.add(name)
                project.tags.append(Tag(len(seen), name, row.get("description", "")))
        content, _ = read(project, path.name)
        content.project.findings[:0] = findings
        return content

    def losses(self, content: Content) -> list[Loss]:
        """All but tags and descriptions."""
        return losses_of_tags(content, build(content))

    def write(self, content: Content, target: Path, options: WriteOptions) -> list[Loss]:
        """Write the tags with their counts."""
        built = build(content)
        highlights: Counter[int] = Counter()
        documents: dict[int, set[int]] = {}
        for highlight in built.project.highlights:
            for tag in highlight.tags:
                highlights[tag] += 1
                documents.setdefault(tag, set()).add(highlight.document)
        rows: list[list[Any]] = [
            [tag.path, tag.description, highlights[tag.id], len(documents.get(tag.id, ()))]
            for tag in built.project.tags
        ]
        return losses_of_tags(content, built) + self._save(rows, content.project.name, target, options)


class Highlights(_Export):
    """The export of highlights: a row for each highlight and tag."""

    sheet, headings, widths = "highlights", _HIGHLIGHTS, (8, 25, 30, 90)
    known_by = frozenset(_HIGHLIGHTS)

    def read(self, path: Path, progress: Progress | None = None) -> Content:  # noqa: ARG002 (small)
        """Read the highlights; a document's text is that of its highlights, one below the other."""
        rows, _, findings = self._table(path)
        project, _ = gather([[row.get(heading, "") for heading in _HIGHLIGHTS] for _, row in rows], path.stem)
        content, _ = read(project, path.name)
        message = "The texts are not in this export; each consists of its highlights, one below the other."
        content.project.findings[:0] = [*findings, Finding("text-of-passages", message, path.name)]
        return content

    def losses(self, content: Content) -> list[Loss]:
        """All but passages and their tags."""
        built = build(content)
        return losses_of_highlights(content, built, highlight_rows(built))

    def write(self, content: Content, target: Path, options: WriteOptions) -> list[Loss]:
        """Write the highlights; those without tag too."""
        built = build(content)
        rows = highlight_rows(built)
        losses = losses_of_highlights(content, built, rows)
        return losses + self._save(rows, content.project.name, target, options)


def _unguarded(cell: str) -> str:
    """The cell without its guard; an apostrophe before anything else is the text's own."""
    return cell[1:] if cell[:1] == "'" and begins_formula(cell[1:]) else cell


def highlight_rows(built: Built) -> list[list[Any]]:
    """The rows of the export, by document and place, as Taguette orders them."""
    names = {document.id: document.name for document in built.project.documents}
    paths = {tag.id: tag.path for tag in built.project.tags}
    ordered = sorted(built.project.highlights, key=lambda one: (one.document, one.start, one.id))
    return [
        [one.id, names[one.document], paths.get(tag, ""), plain_text(DocumentText(one.snippet).text)]
        for one in ordered
        for tag in one.tags or [0]
    ]
