"""Workbooks written row by row in constant memory, whose bytes follow from their content alone."""

from __future__ import annotations

import contextlib
import datetime as dt
import shutil
import weakref
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.cell import WriteOnlyCell
from openpyxl.utils import get_column_letter
from openpyxl.writer.excel import ExcelWriter

from qdpx_compassion.files.dated_zip import DatedZip, fixed_moment
from qdpx_compassion.files.rewriting import write_member
from qdpx_compassion.findings import Finding
from qdpx_compassion.spreadsheets.printing import Spread
from qdpx_compassion.spreadsheets.rows import Look, quoted, row_xml
from qdpx_compassion.spreadsheets.sheet import Column, Sheet
from qdpx_compassion.spreadsheets.spool import Spool, spooled
from qdpx_compassion.spreadsheets.styles import STYLES, Style, apply_style
from qdpx_compassion.spreadsheets.text import clean_text, safe_sheet_name

_LISTS = "Lists"
#: Sheets of more bytes than this are deflated ten times faster than others, and to a fifth more bytes.
_LARGE = 4 << 20
_CHUNK = 1 << 18


class Workbook:
    """A workbook that is being written.

    Args:
        title: title in the document properties.
        subject: subject in the document properties.
        description: comments in the document properties.
        moment: the date that the file carries (see ``fixed_moment``).
        folder: where its sheets wait, in files without a name, until it is saved: that of the output, because they
            hold what it will hold; None: the system's folder for temporary files.

    Attributes:
        findings: what had to be changed to fit into cells and sheets; complete after ``save``.
    """

    def __init__(
        self,
        title: str,
        *,
        subject: str = "",
        description: str = "",
        moment: dt.datetime | None = None,
        folder: Path | None = None,
    ) -> None:
        self._folder = folder
        self.findings: list[Finding] = []
        self.book: Any = openpyxl.Workbook(write_only=True)
        self.moment = fixed_moment(moment)
        properties = self.book.properties
        properties.title, properties.subject = clean_text(title, 255).text, clean_text(subject, 255).text
        properties.description = clean_text(description, 1000).text or None
        properties.creator = "qdpx_compassion"
        properties.created = properties.modified = self.moment
        self._looks: dict[tuple[str | Style, bool], Look] = {}
        self._lists: dict[tuple[str, ...], str] = {}
        self._sheets: list[Sheet] = []
        self._scratch: Any = None
        weakref.finalize(self, _end_sheets, self.book)

    def sheet(
        self,
        name: str,
        columns: Sequence[Column],
        *,
        intro: Sequence[Sequence[Any]] = (),
        sample: Iterable[Sequence[Any]] = (),
        headings: bool = True,
        freeze_columns: int = 0,
        filters: bool = True,
        max_lines: int = 12,
        landscape: bool = True,
        large_paper: bool = False,
        spread: Spread | None = None,
        tab_color: str = "",
        row_limit: int = 1_048_576,
    ) -> Sheet:
        """Begin a sheet; its rows follow with ``append``.

        Args:
            name: as it should be; ``Sheet.title`` says what it became.
            columns: headings, widths and styles.
            intro: rows above the headings.
            sample: some rows, from which columns without a width get one that fits.
            headings: whether a row of headings is written, frozen, and repeated in print.
            freeze_columns: how many columns stay in sight when scrolling to the right.
            filters: whether the headings have filter buttons.
            max_lines: a row with more lines of wrapped text than this is shown at this height; 0: no limit.
            landscape: paper orientation.
            large_paper: A3 instead of A4, for tables with many columns.
            spread: print on two pages side by side; otherwise on one, as small as it takes.
            tab_color: RRGGBB.
            row_limit: rows of a sheet after which it goes on in another.
        """
        sheet = Sheet(
            self,
            name,
            columns,
            intro=intro,
            sample=sample,
            headings=headings,
            freeze_columns=freeze_columns,
            filters=filters and headings,
            max_lines=max_lines,
            landscape=landscape,
            large_paper=large_paper,
            spread=spread,
            tab_color=tab_color,
            row_limit=row_limit,
        )
        self._sheets.append(sheet)
        return sheet

    def create(self, name: str) -> Any:
        """A new write-only worksheet of openpyxl under a name that is safe and not taken."""
        return spooled(self.book.create_sheet(safe_sheet_name(name, {*self.book.sheetnames, _LISTS})), self._folder)

    def look(self, style: str | Style, *, rule: bool = False) -> Look:
        """A style as the cells of this workbook name it.

        Args:
            style: a key of ``STYLES`` or a style.
            rule: whether a fine line below the cell parts it from the next row.
        """
        key = (style, rule)
        if key not in self._looks:
            self._looks[key] = Look(self, STYLES[style] if isinstance(style, str) else style, rule)
        return self._looks[key]

    def list_formula(self, choices: Sequence[str]) -> str:
        """The formula of a drop-down's choices: written out where Excel allows it, else a range of a hidden sheet."""
        written = ",".join(choices)
        if len(written) <= 250 and not any(set(choice) & set(',"') for choice in choices):
            return f'"{written}"'
        key = tuple(choices)
        if key not in self._lists:
            column = get_column_letter(len(self._lists) + 1)
            self._lists[key] = f"{_LISTS}!${column}$1:${column}${len(key)}"
        return self._lists[key]

    def finish(self) -> list[Finding]:
        """End all sheets that were begun; others may follow.

        Returns:
            The findings of the sheets until now.
        """
        for sheet in self._sheets:
            sheet.finish()
        return self.findings

    def save(self, path: Path, *, force: bool = False) -> list[Finding]:
        """Write the file, atomically; the same content and moment give the same member bytes.

        Args:
            path: the .xlsx to write.
            force: whether an existing file may be replaced.

        Returns:
            The findings of all sheets.

        Raises:
            OutputError: the file exists or cannot be written.
        """
        from qdpx_compassion.files.atomic import atomic_output

        self.finish()
        self._write_lists()
        with (
            atomic_output(Path(path), force=force) as temporary,
            _DatedZip(temporary, self.moment) as archive,
        ):
            ExcelWriter(self.book, archive).write_data()
        return self.findings

    def _write_lists(self) -> None:
        if not self._lists:
            return
        worksheet = spooled(self.book.create_sheet(_LISTS), self._folder)
        worksheet.sheet_state = "hidden"
        look = self.look("line")
        for row in range(max(len(choices) for choices in self._lists)):
            cells = []
            for column, choices in enumerate(self._lists, start=1):
                text = clean_text(choices[row]).text if row < len(choices) else None
                cells.append(f'<c r="{get_column_letter(column)}{row + 1}"{look.content(text)}')
            worksheet.append_xml(row_xml(row + 1, cells))

    def style_number(self, style: Style, *, typed: bool, rule: bool) -> int:
        """The number that cells of this style have in the workbook.

        Args:
            style: the look.
            typed: whether Excel shall take what stands in the cell for text when somebody edits it.
            rule: whether a fine line below the cell parts it from the next row.
        """
        if self._scratch is None:
            # A cell needs a workbook to register its fonts and fills in; any sheet of it will do.
            self._scratch = self.book._sheets[0]
        prototype: Any = WriteOnlyCell(self._scratch)
        apply_style(prototype, style, quote_prefix=typed, rule=rule)
        return int(prototype.style_id)


def _end_sheets(book: Any) -> None:
    """End sheets that were begun and never saved, in their order; Python would do it in any, and complain about it."""
    for worksheet in book.worksheets:
        with contextlib.suppress(Exception):
            worksheet.close()


class _DatedZip(DatedZip):
    """The archive of a workbook, whose sheets come from spools."""

    def write(self, filename: Any, arcname: Any = None, *_: Any, **__: Any) -> None:
        if not isinstance(filename, Spool):
            raise TypeError(filename)
        info = self.dated(str(arcname))
        info.file_size = filename.finish()  # known beforehand, so ZIP64 is used only where it must be
        if info.file_size > _LARGE:
            write_member(self, info, info.file_size, lambda target: shutil.copyfileobj(filename, target, _CHUNK))
            return
        with self.open(info, "w") as target:
            shutil.copyfileobj(filename, target, _CHUNK)


@dataclass(frozen=True, slots=True)
class Series:
    """One series of a chart: the number of its column (from 0) and its colour, RRGGBB."""

    column: int
    color: str = ""


def bar_chart(
    sheet: Sheet,
    title: str,
    *,
    categories: int,
    series: Sequence[Series],
    first_row: int,
    last_row: int,
    heading_row: int | None = None,
    horizontal: bool = True,
    stacked: bool = False,
    value_title: str = "",
    number_format: str = "General",
    size: tuple[float, float] = (20, 10),
) -> Any:
    """A native bar chart of rows of a sheet; put it somewhere with ``Sheet.add_chart``.

    Args:
        sheet: the sheet that holds the numbers.
        title: title of the chart.
        categories: number of the column of category names, from 0.
        series: the columns of numbers.
        first_row: first row of numbers, from 1.
        last_row: last row of numbers.
        heading_row: row of the series' names; None: the sheet's heading row.
        horizontal: bars from left to right (names stay readable) instead of columns.
        stacked: series on top of each other.
        value_title: title of the value axis.
        number_format: of the value axis.
        size: width and height in cm.
    """
    from openpyxl.chart import BarChart, Reference
    from openpyxl.chart import Series as ChartSeries
    from openpyxl.chart.data_source import AxDataSource, StrRef
    from openpyxl.chart.series import SeriesLabel

    from qdpx_compassion.spreadsheets.styles import SERIES

    chart: Any = BarChart()
    chart.type = "bar" if horizontal else "col"
    chart.grouping = "stacked" if stacked else "clustered"
    chart.overlap = 100 if stacked else None
    chart.gapWidth = 60
    chart.title, chart.width, chart.height = title, size[0], size[1]
    chart.title.overlay = False  # what is not said here, Excel takes for true
    chart.roundedCorners = False
    worksheet = sheet.worksheet
    column = get_column_letter(categories + 1)
    names = f"{quoted(sheet.title)}!${column}${first_row}:${column}${last_row}"
    heading = sheet.heading_row if heading_row is None else heading_row
    for number, one in enumerate(series):
        values = Reference(worksheet, min_col=one.column + 1, min_row=first_row, max_row=last_row)
        entry: Any = ChartSeries(values)
        letter = get_column_letter(one.column + 1)
        entry.tx = SeriesLabel(strRef=StrRef(f"{quoted(sheet.title)}!${letter}${heading}"))
        entry.graphicalProperties.solidFill = one.color or SERIES[number % len(SERIES)]
        entry.graphicalProperties.line.noFill = True
        entry.cat = AxDataSource(strRef=StrRef(names))  # names are text, also those that look like numbers
        chart.series.append(entry)
    chart.x_axis.delete = chart.y_axis.delete = False  # else newer Excel shows no axes
    chart.y_axis.title, chart.y_axis.number_format = value_title or None, number_format
    if value_title:
        chart.y_axis.title.overlay = False
    chart.y_axis.majorGridlines.spPr = _thin_line()
    if horizontal:
        chart.x_axis.scaling.orientation = "maxMin"  # the first row on top
        chart.y_axis.crosses = "max"  # and the numbers below
    if len(series) == 1:
        chart.legend = None
    else:
        chart.legend.position = "b"
        chart.legend.overlay = False
    return chart


def _thin_line() -> Any:
    from openpyxl.chart.shapes import GraphicalProperties
    from openpyxl.drawing.line import LineProperties

    from qdpx_compassion.spreadsheets.styles import LINE

    return GraphicalProperties(ln=LineProperties(solidFill=LINE, w=6350))


__all__ = ["Series", "Workbook", "bar_chart", "fixed_moment"]
