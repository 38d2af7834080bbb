"""One table of a workbook: headings, rows, widths, filters, drop-downs; goes on in a second sheet when it is full."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from openpyxl.utils import get_column_letter

from qdpx_compassion.findings import Finding, count
from qdpx_compassion.spreadsheets.printing import Spread, set_up_print
from qdpx_compassion.spreadsheets.rows import EXACT, Look, plain_value, quoted, row_xml
from qdpx_compassion.spreadsheets.styles import SCALE, Style
from qdpx_compassion.spreadsheets.text import CleanText, clean_text, cut_utf16

if TYPE_CHECKING:
    from qdpx_compassion.spreadsheets.writing import Workbook

#: Excel repairs, that is damages, a sheet with more links than this.
_LINK_LIMIT = 65_530
_MIN_WIDTH, _MAX_WIDTH = 7.0, 60.0
#: Height of a line of text in points.
_LINE_HEIGHT = 15.0
#: No other characters are wide in any version of Unicode: what most texts hold is not asked about one by one.
_MAYBE_WIDE = re.compile("[\u1100-\u115f\u2300-\U0010ffff]")
#: Texts of at most so many characters (names, codes, people) come again and again; so many of them are remembered.
_SHORT, _REMEMBERED = 35, 4096


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a sheet.

    Attributes:
        heading: its heading.
        width: in characters; 0: fits the heading and a sample of the cells.
        style: key of ``STYLES``, or a style, of the cells.
        heading_style: the same for the heading.
        hidden: whether the column is not shown.
        folds: whether a click on a button above the sheet folds the column away, together with its neighbours.
    """

    heading: str
    width: float = 0
    style: str | Style = "text"
    heading_style: str | Style = "heading"
    hidden: bool = False
    folds: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """A text or number that leads to another place of the workbook: title of a sheet and a cell, e.g. ``A12``.

    LibreOffice does not wrap a text that leads somewhere: what is longer than its column is better left without.
    """

    shown: str | int
    sheet: str
    cell: str = "A1"


@dataclass(frozen=True, slots=True)
class Styled:
    """A value with a style of its own, unlike its column's."""

    value: Any
    style: str | Style = "text"


@dataclass
class _Changes:
    """What was changed in texts of a sheet, for one finding of each kind."""

    cells: int = 0
    characters: int = 0
    first: str = ""

    def note(self, place: str, characters: int) -> None:
        self.cells += 1
        self.characters += characters
        self.first = self.first or place


@dataclass
class Sheet:
    """A sheet that is being written; made by ``Workbook.sheet``, which documents the fields.

    Attributes:
        worksheet: the write-only worksheet of openpyxl that rows go to now.
        title: the name that it got.
        next_row: number of the row that ``append`` writes next, from 1.
        heading_row: number of the row of headings.
        first_row: number of the first row below the headings.
    """

    book: Workbook
    name: str
    columns: Sequence[Column]
    intro: Sequence[Sequence[Any]] = ()
    sample: Iterable[Sequence[Any]] = ()
    headings: bool = True
    freeze_columns: int = 0
    filters: bool = True
    max_lines: int = 12
    landscape: bool = True
    large_paper: bool = False
    spread: Spread | None = None
    tab_color: str = ""
    row_limit: int = 1_048_576
    worksheet: Any = field(init=False, default=None)
    parts: int = field(init=False, default=0)
    next_row: int = field(init=False, default=1)
    _widths: list[float] = field(init=False, default_factory=list)
    _places: list[tuple[str, float]] = field(init=False, default_factory=list)  # letter and width of each column
    _looks: list[Look] = field(init=False, default_factory=list)
    _at_end: list[Callable[[int], None]] = field(init=False, default_factory=list)
    _links: int = field(init=False, default=0)
    _unlinked: int = field(init=False, default=0)
    _controls: _Changes = field(init=False, default_factory=_Changes)
    _cuts: _Changes = field(init=False, default_factory=_Changes)
    _finished: bool = field(init=False, default=False)
    _short: Callable[[str, Look, float], tuple[str, int, CleanText | None]] = field(init=False)

    def __post_init__(self) -> None:
        self._widths = fitting_widths(self.columns, self.sample, filters=self.filters)
        self._places = [(get_column_letter(number), width) for number, width in enumerate(self._widths, start=1)]
        self._short = lru_cache(_REMEMBERED)(self._text)
        self._begin_part()

    @property
    def title(self) -> str:
        """The name of the sheet that rows go to now."""
        return str(self.worksheet.title)

    @property
    def heading_row(self) -> int:
        """Number of the row of headings, from 1."""
        return len(self.intro) + 1

    @property
    def first_row(self) -> int:
        """Number of the first row below the headings, from 1."""
        return len(self.intro) + 1 + self.headings

    def append(self, values: Sequence[Any], *, style: str | Style | None = None, height: float = 0) -> int:
        """Write a row.

        Args:
            values: a value a column; None leaves a cell empty (in its column's look).
            style: for all cells of the row instead of the columns' styles.
            height: in points; 0: as high as its text, at most ``max_lines``.

        Returns:
            The row's number in the sheet ``title``, from 1.
        """
        if self.next_row > self.row_limit:
            self._end_part()
            self._begin_part()
        rule = self._ruled()
        if style is not None:
            return self._write(values, [self.book.look(style, rule=rule)] * len(values), height)
        if not self._looks:
            self._looks = [self.book.look(column.style, rule=rule) for column in self.columns]
        looks = self._looks
        if len(values) > len(looks):
            looks = looks + [self.book.look("text", rule=rule)] * (len(values) - len(looks))
        return self._write(values, looks, height)

    def drop_down(
        self,
        column: int,
        choices: Sequence[str],
        *,
        title: str = "",
        prompt: str = "",
        strict: bool = False,
    ) -> None:
        """Give the cells of a column (from 0) below the headings a list to choose from.

        Args:
            column: number of the column, from 0.
            choices: what the list offers.
            title: heading of the hint that appears beside a chosen cell, at most 32 characters.
            prompt: the hint, at most 255 characters.
            strict: refuse everything else; otherwise Excel asks first.
        """
        from openpyxl.worksheet.datavalidation import DataValidation

        formula = self.book.list_formula(choices) if choices else None
        letter = get_column_letter(column + 1)

        def at_end(last_row: int) -> None:
            validation: Any = DataValidation(type="list" if formula else None, formula1=formula, allow_blank=True)
            validation.showInputMessage = validation.showErrorMessage = True
            validation.errorStyle = "stop" if strict else "warning"
            validation.errorTitle = "Not in the list"
            validation.error = cut_utf16("The list holds: " + ", ".join(choices), 220) if choices else None
            validation.promptTitle = cut_utf16(title, 32) or None
            validation.prompt = cut_utf16(prompt, 255) or None
            validation.add(f"{letter}{self.first_row}:{letter}{last_row}")
            self.worksheet.data_validations.append(validation)

        self._at_end.append(at_end)

    def hint(self, column: int, title: str, prompt: str) -> None:
        """Show a hint beside the cells of a column (from 0), without a list to choose from."""
        self.drop_down(column, (), title=title, prompt=prompt)

    def color_scale(self, first: int, last: int, *, colors: tuple[str, str] = SCALE) -> None:
        """Colour the numbers of columns ``first`` to ``last`` (from 0) by their size."""
        from openpyxl.formatting.rule import ColorScaleRule

        def at_end(last_row: int) -> None:
            make: Any = ColorScaleRule
            rule = make(start_type="min", start_color=colors[0], end_type="max", end_color=colors[1])
            self.worksheet.conditional_formatting.add(self._range(first, last, last_row), rule)

        self._at_end.append(at_end)

    def add_chart(self, chart: Any, cell: str) -> None:
        """Put a chart with its upper left corner into a cell, e.g. ``F3``."""
        self.worksheet.add_chart(chart, cell)

    def finish(self) -> None:
        """End the sheet; its findings go to the workbook's. ``Workbook.save`` does it for all."""
        if self._finished:
            return
        self._finished = True
        self._end_part()
        self._report()

    def _range(self, first: int, last: int, last_row: int) -> str:
        return f"{get_column_letter(first + 1)}{self.first_row}:{get_column_letter(last + 1)}{last_row}"

    def _begin_part(self) -> None:
        self.parts += 1
        name = self.name if self.parts == 1 else cut_utf16(self.name, 26) + f" ({self.parts})"
        self.worksheet = sheet = self.book.create(name)
        self.next_row, self._links = 1, 0
        for number, (column, width) in enumerate(zip(self.columns, self._widths, strict=True), start=1):
            dimension = sheet.column_dimensions[get_column_letter(number)]
            dimension.width = width
            dimension.hidden = column.hidden
            dimension.outlineLevel = int(column.folds)
        if self.headings:
            sheet.freeze_panes = f"{get_column_letter(self.freeze_columns + 1)}{self.first_row}"
            sheet.print_title_rows = f"{self.heading_row}:{self.heading_row}"
        else:
            sheet.sheet_view.showGridLines = False
        if self.tab_color:
            sheet.sheet_properties.tabColor = self.tab_color
        set_up_print(sheet, landscape=self.landscape, large_paper=self.large_paper, spread=self.spread)
        for row in self.intro:
            self._write(row, [self.book.look("line")] * len(row), 0)
        if self.headings:
            headings = [column.heading for column in self.columns]
            lines = [
                _lines(text, width, filters=self.filters) for text, width in zip(headings, self._widths, strict=True)
            ]
            looks = [self.book.look(column.heading_style) for column in self.columns]
            self._write(headings, looks, max(2, min(6, max(lines, default=1))) * _LINE_HEIGHT)

    def _write(self, values: Sequence[Any], looks: Sequence[Look], height: float) -> int:
        row, cells, most, places = self.next_row, [], 1, self._places
        while len(places) < len(values):
            places.append((get_column_letter(len(places) + 1), 0))
        for (letter, width), value, look in zip(places, values, looks, strict=False):
            if height or not look.wraps:
                width = 0
            if isinstance(value, (Styled, Link)):  # a union would be made anew for each cell
                value, look = self._unwrapped(value, look, f"{letter}{row}")
            if isinstance(value, str):
                make = self._short if len(value) <= _SHORT else self._text
                content, lines, changed = make(value, look, width)
                if lines > most:
                    most = lines
                if changed is not None:
                    self._note(f"{letter}{row}", changed)
            elif value is None:
                content = look.empty
            elif type(value) is int and not width and -EXACT < value < EXACT:
                content = f' s="{look.number}"><v>{value}</v></c>'
            else:
                plain, clean = plain_value(value)
                content = look.content(plain)
                if width:
                    most = max(most, _lines(str(value), width))
                if clean is not None and (clean.controls or clean.cut):
                    self._note(f"{letter}{row}", clean)
            cells.append(f'<c r="{letter}{row}"{content}')
        if not height and most > 1:
            # Excel would find the height by itself, LibreOffice does not for a file without heights.
            height = min(most, self.max_lines or most) * _LINE_HEIGHT
        self.worksheet.append_xml(row_xml(row, cells, min(height, 409)))
        self.next_row += 1
        return row

    @staticmethod
    def _text(text: str, look: Look, width: float) -> tuple[str, int, CleanText | None]:
        """The XML of a text, on how many lines it stands, and what had to be changed in it.

        Args:
            text: as it was given.
            look: of the cell.
            width: of its column; 0: lines do not matter.
        """
        clean = clean_text(text)
        lines = _lines(text, width) if width else 1
        return look.content(clean.text), lines, clean if clean.controls or clean.cut else None

    def _unwrapped(self, value: Any, look: Look, place: str) -> tuple[Any, Look]:
        """What a cell shows, and how, of a value with a style of its own or one that leads somewhere."""
        rule = self._ruled()
        if isinstance(value, Styled):
            value, look = value.value, self.book.look(value.style, rule=rule)
        if not isinstance(value, Link):
            return value, look
        if not self._allows_link():
            return value.shown, look
        from openpyxl.worksheet.hyperlink import Hyperlink

        target = f"{quoted(value.sheet)}!{value.cell}"
        self.worksheet._hyperlinks.append(Hyperlink(ref=place, location=target, display=None))
        return value.shown, self.book.look("link", rule=rule) if look is self.book.look("text", rule=rule) else look

    def _ruled(self) -> bool:
        """Whether a fine line parts the row that is written next from the one below."""
        return self.headings and self.next_row > self.heading_row

    def _allows_link(self) -> bool:
        self._links += 1
        allowed = self._links <= _LINK_LIMIT
        self._unlinked += not allowed
        return allowed

    def _note(self, place: str, clean: CleanText) -> None:
        if clean.controls:
            self._controls.note(f"{self.title}!{place}", clean.controls)
        if clean.cut:
            self._cuts.note(f"{self.title}!{place}", 0)

    def _end_part(self) -> None:
        last_row = max(self.next_row - 1, self.first_row)
        for act in self._at_end:
            act(last_row)
        if self.filters and self.columns:
            self.worksheet.auto_filter.ref = (
                f"A{self.heading_row}:{get_column_letter(len(self.columns))}{max(self.next_row - 1, self.heading_row)}"
            )
        if self.spread is not None:
            self.worksheet.print_area = f"A1:{get_column_letter(self.spread.columns)}{last_row}"
        if not self.worksheet.closed:
            self.worksheet.close()

    def _report(self) -> None:
        found, controls, cuts = self.book.findings, self._controls, self._cuts
        if controls.cells:
            many = f"{count(controls.characters, 'character')} in {count(controls.cells, 'cell')}"
            message = f"{many} cannot stand in a spreadsheet; symbols are shown instead."
            found.append(Finding("cell-control-characters", message, controls.first))
        if cuts.cells:
            many = count(cuts.cells, "text longer than 32,767 characters was cut and ends",
                         "texts longer than 32,767 characters were cut and end")  # fmt: skip
            message = f"{many} with “…”."
            found.append(Finding("cell-cut", message, cuts.first))
        if self.parts > 1:
            message = f"The table has more rows than a sheet can hold; it goes on, {self.parts} sheets in all."
            found.append(Finding("sheet-continued", message, self.name))
        if self._unlinked:
            message = f"{self._unlinked} links were left out; a sheet can hold {_LINK_LIMIT:,}."
            found.append(Finding("sheet-links", message, self.name))


def fitting_widths(columns: Sequence[Column], sample: Iterable[Sequence[Any]], *, filters: bool = True) -> list[float]:
    """The width of each column in characters: as given, or as the heading and the first 200 rows of a sample need."""
    widths = [float(column.width) for column in columns]
    needed = [
        max((display_width(word) for word in column.heading.split()), default=0) + (4 if filters else 2)
        for column in columns
    ]
    for row in itertools.islice(sample, 200):
        for number, value in enumerate(row[: len(columns)]):
            if not widths[number]:
                longest = max((display_width(line) for line in _text(value).splitlines()), default=0)
                needed[number] = max(needed[number], longest + 2)
    return [width or min(max(float(need), _MIN_WIDTH), _MAX_WIDTH) for width, need in zip(widths, needed, strict=True)]


def _text(value: Any) -> str:
    if isinstance(value, Styled):
        value = value.value
    if isinstance(value, Link):
        value = value.shown
    return "" if value is None else str(value)


def display_width(text: str) -> int:
    """Width of a text in narrow characters."""
    if text.isascii():
        return len(text)
    return len(text) + sum(unicodedata.east_asian_width(character) in "WF" for character in _MAYBE_WIDE.findall(text))


def _lines(text: str, width: float, *, filters: bool = False) -> int:
    """About how many lines a wrapped text takes."""
    if len(text) < width - 2 and "\n" not in text:
        return 1
    room = int(max(width - 4, 4) if filters else max(width * 1.05 - 1, 4))
    if "\n" not in text:
        return -(-display_width(text) // room)
    return sum(max(1, -(-display_width(line) // room)) for line in text.split("\n"))
