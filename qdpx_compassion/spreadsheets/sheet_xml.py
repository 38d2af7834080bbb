"""Sheets and texts of a workbook as a stream, read with expat: a buffer in memory, never a tree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

from openpyxl.utils.datetime import from_excel, from_ISO8601

from qdpx_compassion.files.limits import current_limits
from qdpx_compassion.spreadsheets.text import restore_text

#: After so many empty rows a sheet is over, whatever size it claims.
EMPTY_ROWS = 1_000
#: Columns after this one are not read.
COLUMN_LIMIT = 2_000


@dataclass(frozen=True, slots=True)
class Formats:
    """What a workbook says of its numbers.

    Attributes:
        dates: the numbers of the styles that show a date, as the cells write them. durations: of those that show hours.
        epoch: the day from which dates count.
    """

    dates: frozenset[str]
    durations: frozenset[str]
    epoch: Any


@dataclass(slots=True)
class ReadRow:
    """A row that holds something.

    Attributes:
        number: from 1.
        values: text, numbers, dates, None; up to the last cell that holds something, if only a formula.
        formulas: columns (from 0) of formulas whose result the file does not say.
        errors: columns of cells that show an error; their value is its text, ``#REF!``.
    """

    number: int
    values: list[Any] = field(default_factory=list)
    formulas: list[int] = field(default_factory=list)
    errors: list[int] = field(default_factory=list)


def read_strings(chunks: Iterable[bytes]) -> list[str]:
    """The texts that cells name by their number (``sharedStrings.xml``).

    Args:
        chunks: the document.

    Raises:
        ExpatError, ValueError: it is damaged.
    """
    reader = _Texts()
    for _ in reader.parse(chunks):
        pass
    return reader.texts


def read_rows(chunks: Iterable[bytes], strings: Sequence[str], formats: Formats) -> Iterator[ReadRow]:
    """The rows of a sheet that hold something, up to the first long stretch of empty ones.

    Args:
        chunks: the document of the sheet.
        strings: as ``read_strings`` gives them.
        formats: of the workbook.

    Raises:
        ExpatError, ValueError, LookupError, OverflowError: it is damaged.
    """
    reader = _Sheet(strings, formats)
    for _ in reader.parse(chunks):
        yield from reader.rows
        reader.rows.clear()
        if reader.is_over:
            return


class _Reader:
    """What reading both documents has in common: the text of the elements that are asked for."""

    def __init__(self) -> None:
        self._parts: list[str] | None = None
        self._silent = 0
        self._characters = 0
        self._parser = parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler, parser.EndElementHandler = self._root, self._end
        parser.CharacterDataHandler = self._text
        parser.StartDoctypeDeclHandler = _refuse

    def parse(self, chunks: Iterable[bytes]) -> Iterator[None]:
        """Read on; control comes back after each chunk."""
        limits, fed = current_limits(), 0
        for chunk in chunks:
            fed += len(chunk)
            self._parser.Parse(chunk, False)
            if fed - max(self._parser.CurrentByteIndex, 0) > limits.tag_bytes:
                raise ValueError("a single tag or comment is longer than any program writes")
            if self._characters > limits.characters:
                raise ValueError("its texts are longer than those of any study")
            yield
        self._parser.Parse(b"", True)
        yield

    def _root(self, name: str, _: dict[str, str]) -> None:
        """The first element tells the prefix that the others have."""
        prefix, colon, _rest = name.rpartition(":")
        start, end = self._start, self._end
        if colon:
            prefix += colon
            self._parser.StartElementHandler = lambda name, found: start(name.removeprefix(prefix), found)
            self._parser.EndElementHandler = lambda name: end(name.removeprefix(prefix))
        else:
            self._parser.StartElementHandler = start

    def _start(self, name: str, attributes: dict[str, str], /) -> None:
        raise NotImplementedError

    def _end(self, name: str) -> None:
        raise NotImplementedError

    def _text(self, text: str) -> None:
        if self._parts is not None:
            self._characters += len(text)
            self._parts.append(text)


class _Texts(_Reader):
    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._runs: list[str] = []

    def _start(self, name: str, _: dict[str, str]) -> None:
        if name == "si":
            self._runs = []
        elif name == "t":
            self._parts = None if self._silent else self._runs
        elif name == "rPh":  # how it is pronounced
            self._silent += 1

    def _end(self, name: str) -> None:
        if name == "t":
            self._parts = None
        elif name == "si":
            self.texts.append(restore_text("".join(self._runs)))
        elif name == "rPh":
            self._silent -= 1


class _Sheet(_Reader):
    def __init__(self, strings: Sequence[str], formats: Formats) -> None:
        super().__init__()
        self.rows: list[ReadRow] = []
        self.is_over = False
        self._strings, self._formats = strings, formats
        self._row = ReadRow(0)
        self._last = 0
        self._column = -1
        self._kind = self._style = ""
        self._runs: list[str] = []
        self._formula = False
        self._columns: dict[str, int] = {}

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            place = attributes.get("r")
            self._column = self._column + 1 if place is None else self._column_of(place)
            self._kind = attributes.get("t", "n")
            self._style = attributes.get("s", "")
            self._runs = []
            self._formula = False
        elif name in ("v", "t"):
            self._parts = None if self._silent else self._runs
        elif name == "row":
            number = attributes.get("r")
            self._row = ReadRow(self._row.number + 1 if number is None else int(float(number)))
            self._column = -1
        elif name == "f":
            self._formula = True
        elif name == "rPh":
            self._silent += 1

    def _end(self, name: str) -> None:
        if name in ("v", "t"):
            self._parts = None
        elif name == "c":
            if (self._runs or self._formula) and self._column < COLUMN_LIMIT:
                self._end_cell("".join(self._runs))
        elif name == "row":
            self._end_row()
        elif name == "rPh":
            self._silent -= 1

    def _end_cell(self, text: str) -> None:
        row, column = self._row, self._column
        value = self._value(text) if text else None
        if value is None:
            if self._kind != "str":  # that would be a formula whose result is no text
                row.formulas.append(column)
        elif self._kind == "e":
            row.errors.append(column)
        values = row.values
        while len(values) <= column:
            values.append(None)
        values[column] = value

    def _value(self, text: str) -> Any:
        kind = self._kind
        if kind == "s":
            return self._strings[int(text)]
        if kind in ("inlineStr", "str"):
            return restore_text(text)
        if kind == "b":
            return bool(int(text))
        if kind == "n":
            number = float(text) if "." in text or "e" in text or "E" in text else int(text)
            return self._moment(number) if self._style in self._formats.dates else number
        if kind == "d":
            return from_ISO8601(text)  # type: ignore[no-untyped-call]
        return text

    def _moment(self, number: float) -> Any:
        formats = self._formats
        try:
            return from_excel(number, formats.epoch, timedelta=self._style in formats.durations)
        except (OverflowError, ValueError):  # no day has this number: programs show ####
            self._kind = "e"
            return "#VALUE!"

    def _end_row(self) -> None:
        row = self._row
        if self.is_over or row.number - self._last > EMPTY_ROWS:
            self.is_over = True
        elif row.values:
            self._last = row.number
            self.rows.append(row)

    def _column_of(self, place: str) -> int:
        letters = place.rstrip("0123456789")
        column = self._columns.get(letters)
        if column is None:
            column = 0
            for letter in letters.upper():
                if not "A" <= letter <= "Z":
                    raise ValueError(f"{place} is no place of a cell")
                column = column * 26 + ord(letter) - 64
            column = self._columns[letters] = column - 1
        return column


def _refuse(*_: Any) -> None:
    raise ValueError("it has a document type, which no sheet needs")


__all__ = ["COLUMN_LIMIT", "EMPTY_ROWS", "Formats", "ReadRow", "read_rows", "read_strings"]
