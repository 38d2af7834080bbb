"""From the rows of a spreadsheet of coded segments to a project."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from qdpx_compassion.errors import InputError, QdpxError
from qdpx_compassion.findings import Finding, count
from qdpx_compassion.formats.base import Content, FormatInfo, Loss, Progress, WriteOptions
from qdpx_compassion.formats.segments.building import Builder, Segment
from qdpx_compassion.formats.segments.layouts import ATLASTI, MAXQDA, NVIVO, Layout, paragraph_of
from qdpx_compassion.formats.segments.texts import GivenTexts
from qdpx_compassion.formats.sheets import SheetRows, first_sheets

_GERMAN_DATE = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?:,?\s+(\d{1,2}):(\d{2})(?::(\d{2}))?)?")
#: What a table must have.
_NEEDED = ("document", "code", "text")


@dataclass(frozen=True)
class _Columns:
    """Where what stands: name of a column of the layout → its place, from 0."""

    at: dict[str, int]

    def text(self, cells: Sequence[Any], name: str) -> str:
        """The text of a cell, as it stands."""
        from qdpx_compassion.spreadsheets.reading import cell_text

        value = self.value(cells, name)
        if isinstance(value, str):
            return value.replace("\r\n", "\n").replace("\r", "\n")
        return cell_text(value)

    def value(self, cells: Sequence[Any], name: str) -> Any:
        """What a cell holds."""
        at = self.at.get(name)
        return cells[at] if at is not None and at < len(cells) else None


class Segments:
    """Coded segments of one program.

    Args:
        info: what is known of the format.
        layout: how the program lays them out.
        texts: a folder or archive with the texts of the documents; None: they are looked for beside the spreadsheet.
    """

    def __init__(self, info: FormatInfo, layout: Layout, texts: Path | None = None) -> None:
        self.info, self._layout, self._texts = info, layout, texts

    def with_texts(self, texts: Path) -> Segments:
        """The same format, reading with these texts."""
        return Segments(self.info, self._layout, texts)

    def recognises(self, path: Path) -> bool:
        """Whether the first rows of a sheet hold the headings."""
        if not path.is_file() or path.suffix.lower() not in self.info.extensions:
            return False
        try:
            return bool(first_sheets(path, self._fits)[0])
        except QdpxError:
            return False

    def _fits(self, headings: Sequence[str]) -> bool:
        columns = self._layout.columns
        return all(any(one in headings for one in columns[name]) for name in _NEEDED)

    def read(self, path: Path, progress: Progress | None = None) -> Content:  # noqa: ARG002 (tables are small)
        """Read the segments of every sheet that holds some.

        Raises:
            InputError: no sheet has the headings, or the file or the texts cannot be read.
        """
        sheets, findings = first_sheets(path, self._fits)
        if not sheets:
            wanted = ", ".join(self._layout.columns[name][0].title() for name in _NEEDED)
            raise InputError(
                f"No sheet has the headings of {self.info.name}.",
                where=str(path),
                remedy=f"At least these must be there: {wanted}.",
            )
        segments = [one for sheet in sheets for one in self._segments(sheet, findings)]
        return Builder(self._layout.origin, path.name, GivenTexts(path, self._texts), findings).content(segments)

    def losses(self, content: Content) -> list[Loss]:
        """Nothing is written."""
        raise NotImplementedError(self.info.id)

    def write(self, content: Content, target: Path, options: WriteOptions) -> list[Loss]:
        """Nothing is written."""
        raise NotImplementedError(self.info.id)

    def _segments(self, sheet: SheetRows, findings: list[Finding]) -> Iterator[Segment]:
        columns = self._columns(sheet, findings)
        unread_dates = 0
        for number, cells in sheet.rows:
            place = sheet.place(number, columns.at["text"])
            if not any(cell is not None and str(cell).strip() for cell in cells):
                continue
            document = self._layout.name_of(columns.text(cells, "document"))
            codes = self._layout.codes_of(columns.text(cells, "code"))
            text = columns.text(cells, "text")
            missing = [name for name, value in (("document", document), ("text", text.strip())) if not value]
            if missing:
                findings.append(Finding("segment-incomplete", f"The row names no {' and no '.join(missing)}.", place))
                continue
            written = columns.value(cells, "date")
            date = moment_of(written)
            unread_dates += date is None and written is not None
            yield Segment(
                document=document,
                text=text,
                codes=tuple(codes),
                where=place,
                group=columns.text(cells, "group").strip(),
                comment=columns.text(cells, "comment").strip(),
                coder=columns.text(cells, "coder").strip(),
                date=date,
                paragraph=paragraph_of(columns.text(cells, "paragraph").strip()),
                color=columns.text(cells, "color").strip(),
            )
        if unread_dates:
            message = f"{count(unread_dates, 'date')} could not be read, and are left out."
            findings.append(Finding("segment-date", message, sheet.place(sheet.rows[0][0], columns.at["date"])))

    def _columns(self, sheet: SheetRows, findings: list[Finding]) -> _Columns:
        found: dict[str, int] = {}
        for name, headings in self._layout.columns.items():
            at = next((sheet.headings.index(one) for one in headings if one in sheet.headings), None)
            if at is not None and at not in found.values():
                found[name] = at
        others = [heading for at, heading in enumerate(sheet.headings) if heading and at not in found.values()]
        if others:
            where = sheet.place(sheet.rows[0][0] - 1, 0) if sheet.rows else ""
            findings.append(Finding("table-column-unknown", f"These columns are not read: {', '.join(others)}.", where))
        return _Columns(found)


def moment_of(written: Any) -> str | None:
    """A date as the standard writes it: of a date cell, an ISO date or a German one; others could be two days."""
    if isinstance(written, dt.datetime):
        return written.replace(tzinfo=None).isoformat(timespec="seconds")
    if isinstance(written, dt.date):
        return f"{written.isoformat()}T00:00:00"
    if not isinstance(written, str):
        return None
    if (german := _GERMAN_DATE.fullmatch(written.strip())) is not None:
        day, month, year, hour, minute, second = (int(part or 0) for part in german.groups())
        try:
            return dt.datetime(year, month, day, hour, minute, second).isoformat(timespec="seconds")
        except ValueError:
            return None
    try:
        return dt.datetime.fromisoformat(written.strip()).isoformat(timespec="seconds")
    except ValueError:
        return None


maxqda = partial(Segments, layout=MAXQDA)
atlasti = partial(Segments, layout=ATLASTI)
nvivo = partial(Segments, layout=NVIVO)
