"""Tolerant reading of workbooks that other programs wrote, with everything as text."""

from __future__ import annotations

import datetime as dt
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

import openpyxl
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from qdpx_compassion.errors import InputError
from qdpx_compassion.findings import Finding
from qdpx_compassion.spreadsheets.text import restore_text

#: After so many empty rows a sheet is over, whatever size it claims.
EMPTY_ROWS = 1_000
#: Columns after this one are not read.
COLUMN_LIMIT = 2_000
#: Most bytes that a workbook may hold uncompressed.
SIZE_LIMIT = 1_000_000_000

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SAVE_AS = "Open it in the program that made it, save it as Excel workbook (.xlsx), and give that file."
_PROBLEMS = (
    ArithmeticError,
    AttributeError,
    EOFError,
    InvalidFileException,
    LookupError,
    NotImplementedError,
    OSError,
    RecursionError,
    RuntimeError,
    SyntaxError,  # of which the errors of XML parsers are children
    TypeError,
    ValueError,
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
)


class ReadWorkbook:
    """A workbook open for reading; use it in a ``with`` block.

    Args:
        path: an .xlsx or .xlsm.

    Attributes:
        findings: formulas without a stored value, and cells that show an error such as ``#REF!``.

    Raises:
        InputError: the file is not a workbook that can be read; says what it is and what to do.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.findings: list[Finding] = []
        self._formulas, self._errors = _inspect(path)
        # The file is opened here, not by name: openpyxl judges names by their ending.
        self._file = path.open("rb")
        try:
            self._book = _load(self._file, formulas=False)
        except _PROBLEMS as error:
            self._file.close()
            raise _damaged(path, error) from error

    def __enter__(self) -> ReadWorkbook:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._book.close()
        self._file.close()

    @property
    def sheet_names(self) -> list[str]:
        """The names of the sheets with cells, in their order."""
        return [str(sheet.title) for sheet in self._book.worksheets]

    def find(self, name: str) -> str | None:
        """The sheet of this name in any letter case and spacing, or None."""
        wanted = "".join(name.casefold().split())
        return next((sheet for sheet in self.sheet_names if "".join(sheet.casefold().split()) == wanted), None)

    def rows(self, sheet: str) -> Iterator[tuple[int, list[str]]]:
        """The rows of a sheet that hold something: their number from 1, and their cells as text (see ``cell_text``).

        A cell that shows an error of a formula is empty, and a finding.

        Raises:
            InputError: the sheet cannot be read.
        """
        errors = self._cells_of(sheet, "e") if self._errors else frozenset()
        for number, cells in self.values(sheet):
            texts = [cell_text(cell) for cell in cells]
            for column in range(len(cells) if errors else 0):
                if (number, column) in errors:
                    message = f"The cell shows the error {texts[column]}. Mend its formula, or write what is meant."
                    self.findings.append(Finding("cell-error", message, f"{sheet}!{cell_name(number, column)}"))
                    texts[column] = ""
            if any(texts):
                yield number, texts

    def values(self, sheet: str) -> Iterator[tuple[int, tuple[Any, ...]]]:
        """The rows of a sheet: their number from 1, and what their cells hold: text as it stands, numbers, dates, None.

        Raises:
            InputError: the sheet cannot be read.
        """
        formulas = self._cells_of(sheet, "f") if self._formulas else frozenset()
        for number, cells in _rows(self.path, self._book[sheet]):
            for column, cell in enumerate(cells if formulas else ()):
                if cell is None and (number, column) in formulas:
                    message = "The cell holds a formula, and the file does not say its result. Save it once in Excel."
                    self.findings.append(Finding("cell-formula", message, f"{sheet}!{cell_name(number, column)}"))
            yield number, cells

    def _cells_of(self, sheet: str, kind: str) -> frozenset[tuple[int, int]]:
        """Row from 1 and column from 0 of the cells with formulas (``f``), or of those that show an error (``e``)."""
        found = set()
        with self.path.open("rb") as file:
            book = _load(file, formulas=kind == "f")
            try:
                for number, cells in _rows(self.path, book[sheet], values=False):
                    for column, cell in enumerate(cells):
                        if cell.value is not None and cell.data_type == kind:
                            found.add((number, column))
            finally:
                book.close()
        return frozenset(found)


def cell_name(row: int, column: int) -> str:
    """What people call a cell: row from 1 and column from 0 → ``C5``."""
    return f"{get_column_letter(column + 1)}{row}"


def cell_text(value: Any) -> str:
    """A cell's value as people would write it: 1.0 as ``1``, dates as ISO, truth as ``true``, nothing as empty."""
    if value is None:
        return ""
    if isinstance(value, str):
        return restore_text(value).strip()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 10**15 else repr(value)
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(sep=" ")
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return str(value).strip()


def _load(file: BinaryIO, *, formulas: bool) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about extensions that a reader of cells has no use for
        return openpyxl.load_workbook(file, read_only=True, data_only=not formulas)


def _rows(path: Path, worksheet: Any, *, values: bool = True) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """The rows up to the first long stretch of empty ones."""
    worksheet.reset_dimensions()  # programs write wrong ones
    empty, number = 0, 0
    rows = iter(worksheet.iter_rows(values_only=values))
    try:
        while True:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                cells = next(rows, None)
            if cells is None:
                return
            number += 1
            kept = cells[:COLUMN_LIMIT]
            blank = all(cell is None for cell in kept) if values else all(cell.value is None for cell in kept)
            empty = empty + 1 if blank else 0
            if empty >= EMPTY_ROWS:
                return
            yield number, kept
    except _PROBLEMS as error:
        raise _damaged(path, error) from error


def _inspect(path: Path) -> tuple[bool, bool]:
    """Look into the file before openpyxl does. Returns whether any sheet holds formulas, and whether errors.

    Raises:
        InputError: it is no workbook, or too large.
    """
    try:
        with path.open("rb") as file:
            start = file.read(8)
            if start == _OLE:
                raise _old_or_encrypted(path, file.read(1 << 22))
    except OSError as error:
        raise InputError(f"The file cannot be opened: {error.strerror}.", where=str(path)) from error
    if start[:4] != b"PK\x03\x04":
        raise InputError("This is not an Excel workbook.", where=str(path), remedy=_SAVE_AS)
    try:
        with zipfile.ZipFile(path) as archive:
            return _inspect_members(path, archive)
    except _PROBLEMS as error:
        raise _damaged(path, error) from error


def _old_or_encrypted(path: Path, start: bytes) -> InputError:
    if "EncryptedPackage".encode("utf-16-le") in start:
        return InputError(
            "The workbook is protected with a password.",
            where=str(path),
            remedy="Open it in Excel, remove the password (File, Info, Protect Workbook), and save it.",
        )
    return InputError("This is a workbook of an Excel before 2007 (.xls).", where=str(path), remedy=_SAVE_AS)


def _inspect_members(path: Path, archive: zipfile.ZipFile) -> tuple[bool, bool]:
    names = {name.lower() for name in archive.namelist()}
    if any(name.endswith(".qde") for name in names):
        raise InputError(
            "This is a REFI-QDA project, not a workbook.",
            where=str(path),
            remedy="Give the mapping workbook that `mapping new` wrote, after the project.",
        )
    if "mimetype" in names or "xl/workbook.bin" in names or "index/document.iwa" in names:
        kind = "an OpenDocument file (.ods)" if "mimetype" in names else "a binary workbook (.xlsb or .numbers)"
        raise InputError(f"This is {kind}.", where=str(path), remedy=_SAVE_AS)
    total, formulas, errors = 0, False, False
    for member in archive.infolist():
        sheet = member.filename.lower().startswith("xl/worksheets/")
        with archive.open(member) as stream:
            end = b""
            while chunk := stream.read(1 << 18):
                total += len(chunk)
                if total > SIZE_LIMIT:
                    raise InputError(
                        "The workbook holds more than 1 GB uncompressed, which no table of codes does.",
                        where=str(path),
                        remedy="Copy the cells with content into a new workbook.",
                    )
                # Inline strings cannot hold "<f": it is written &lt;f there.
                formulas = formulas or (sheet and any(mark in end + chunk for mark in (b"<f>", b"<f ", b":f>")))
                # What looks like it inside a text costs a second look, no more.
                errors = errors or (sheet and any(mark in end + chunk for mark in (b't="e"', b"t='e'")))
                end = chunk[-4:]
    return formulas, errors


def _damaged(path: Path, error: Exception) -> InputError:
    if isinstance(error, InputError):
        return error
    return InputError(
        f"The workbook is damaged and cannot be read ({' '.join(str(error).split()).rstrip('.') or 'it ends early'}).",
        where=str(path),
        remedy="Open it in Excel or LibreOffice and save it as .xlsx again.",
    )
