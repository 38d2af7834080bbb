"""Tolerant reading of workbooks that other programs wrote, with everything as text."""

from __future__ import annotations

import datetime as dt
import lzma
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar
from xml.parsers.expat import ExpatError

from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.stylesheet import apply_stylesheet
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.xml.constants import SHARED_STRINGS

from qdpx_compassion.errors import InputError
from qdpx_compassion.files.directory import count_members, refuse_large_dictionary
from qdpx_compassion.files.limits import current_limits, how_to_raise
from qdpx_compassion.files.recognise import cannot_read
from qdpx_compassion.findings import Finding
from qdpx_compassion.spreadsheets.sheet_xml import Formats, ReadRow, read_rows, read_strings

#: Most bytes that a sheet, or the texts of all sheets, may hold uncompressed. They are read as a stream.
SIZE_LIMIT = 4_000_000_000
#: Most bytes that everything else in a workbook may hold, and what of it is read whole: styles and the like.
_REST_LIMIT, _WHOLE_LIMIT = 200_000_000, 32_000_000
#: A member of more than so many bytes may inflate to so many times what it is packed; rows of zeros pack well.
_RATIO_FROM, _RATIO = 256_000_000, 400
_CHUNK = 1 << 18

_Result = TypeVar("_Result")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SAVE_AS = "Open it in the program that made it, save it as Excel workbook (.xlsx), and give that file."
_PROBLEMS = (
    ArithmeticError,
    AttributeError,
    EOFError,
    ExpatError,
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
    lzma.LZMAError,
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
        _refuse_others(path)
        self._trying(lambda: _refuse_many(path))
        self._archive = self._trying(lambda: zipfile.ZipFile(path))
        try:
            self._trying(lambda: _refuse_large(path, self._archive))
            self._sheets, self._formats, self._texts = self._trying(lambda: _structure(path))
        except BaseException:
            self._archive.close()
            raise
        self._strings: list[str] | None = None

    def __enter__(self) -> ReadWorkbook:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._archive.close()

    @property
    def sheet_names(self) -> list[str]:
        """The names of the sheets with cells, in their order."""
        return list(self._sheets)

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
        for row in self._rows(sheet):
            texts = [cell_text(value) for value in row.values]
            for column in row.errors:
                message = f"The cell shows the error {texts[column]}. Mend its formula, or write what is meant."
                self._note("cell-error", message, sheet, row.number, column)
                texts[column] = ""
            if any(texts):
                yield row.number, texts

    def values(self, sheet: str) -> Iterator[tuple[int, list[Any]]]:
        """The rows of a sheet that hold something: their number from 1, and what their cells hold.

        That is text as it stands, numbers, dates, or None; up to the last cell of the row that holds something.

        Raises:
            InputError: the sheet cannot be read.
        """
        for row in self._rows(sheet):
            if row.values:
                yield row.number, row.values

    def _rows(self, sheet: str) -> Iterator[ReadRow]:
        strings = self._shared_strings()
        try:
            for row in read_rows(self._chunks(self._sheets[sheet]), strings, self._formats):
                for column in row.formulas:
                    message = "The cell holds a formula, and the file does not say its result. Save it once in Excel."
                    self._note("cell-formula", message, sheet, row.number, column)
                yield row
        except _PROBLEMS as error:
            raise _damaged(self.path, error) from error

    def _shared_strings(self) -> list[str]:
        if self._strings is None:
            texts = self._texts
            self._strings = [] if texts is None else self._trying(lambda: read_strings(self._chunks(texts)))
        return self._strings

    def _chunks(self, member: str) -> Iterator[bytes]:
        total = 0
        with self._archive.open(member) as stream:
            while chunk := stream.read(_CHUNK):
                total += len(chunk)
                if total > SIZE_LIMIT:
                    raise _too_large(self.path)
                yield chunk

    def _note(self, code: str, message: str, sheet: str, row: int, column: int) -> None:
        self.findings.append(Finding(code, message, f"{sheet}!{cell_name(row, column)}"))

    def _trying(self, act: Callable[[], _Result]) -> _Result:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # about extensions that a reader of cells has no use for
                return act()
        except _PROBLEMS as error:
            raise _damaged(self.path, error) from error


def cell_name(row: int, column: int) -> str:
    """What people call a cell: row from 1 and column from 0 → ``C5``."""
    return f"{get_column_letter(column + 1)}{row}"


def cell_text(value: Any) -> str:
    """A cell's value as people would write it: 1.0 as ``1``, dates as ISO, truth as ``true``, nothing as empty."""
    if value is None:
        return ""
    if isinstance(value, str):
        return (value.replace("\r\n", "\n").replace("\r", "\n") if "\r" in value else value).strip()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 10**15 else repr(value)
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(sep=" ")
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return str(value).strip()


def _structure(path: Path) -> tuple[dict[str, str], Formats, str | None]:
    """Name of each sheet with cells → its member; what numbers mean; the member of the texts that cells share."""
    # opened here, not by name: openpyxl judges names by their ending
    with path.open("rb") as file:
        reader: Any = ExcelReader(file, read_only=True, keep_links=False)
        reader.read_manifest()
        reader.read_workbook()
        apply_stylesheet(reader.archive, reader.wb)
        members = set(reader.valid_files)
        sheets = {
            str(sheet.name): str(relation.target)
            for sheet, relation in reader.parser.find_sheets()
            if relation.target in members and "chartsheet" not in relation.Type
        }
        texts = reader.package.find(SHARED_STRINGS)
    book = reader.wb
    formats = Formats(frozenset(map(str, book._date_formats)), frozenset(map(str, book._timedelta_formats)), book.epoch)
    return sheets, formats, texts and str(texts.PartName[1:])


def _refuse_others(path: Path) -> None:
    """Look at the beginning of the file.

    Raises:
        InputError: it is no workbook, an old one, or one with a password.
    """
    try:
        with path.open("rb") as file:
            start = file.read(8)
            if start == _OLE:
                raise _old_or_encrypted(path, file.read(1 << 22))
    except OSError as error:
        raise cannot_read(path, error) from error
    if start[:4] != b"PK\x03\x04":
        raise InputError("This is not an Excel workbook.", where=str(path), remedy=_SAVE_AS)


def _old_or_encrypted(path: Path, start: bytes) -> InputError:
    if "EncryptedPackage".encode("utf-16-le") in start:
        return InputError(
            "The workbook is protected with a password.",
            where=str(path),
            remedy="Open it in Excel, remove the password (File, Info, Protect Workbook), and save it.",
        )
    return InputError("This is a workbook of an Excel before 2007 (.xls).", where=str(path), remedy=_SAVE_AS)


def _refuse_many(path: Path) -> None:
    """Count the archive's members before they are loaded.

    Raises:
        InputError: no workbook has so many.
    """
    most = current_limits().members
    if (count := count_members(path, most)) > most:
        raise InputError(
            f"It holds {count:,} files or more; at most {most:,} are read.",
            where=str(path),
            remedy=how_to_raise("members", count),
        )


def _refuse_large(path: Path, archive: zipfile.ZipFile) -> None:
    """Look into the archive before anything of it is read whole.

    Raises:
        InputError: it is something else than a workbook, or too large.
    """
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
    total = whole = 0
    for member in archive.infolist():
        if member.compress_type == zipfile.ZIP_LZMA:
            with path.open("rb") as file:
                refuse_large_dictionary(file, member, f"{path}, {member.filename}")
        if member.file_size > _RATIO_FROM and member.file_size > _RATIO * max(member.compress_size, 1):
            raise _too_large(path)
        whole += member.file_size * member.filename.lower().endswith(
            (".rels", "styles.xml", "workbook.xml", "types].xml")
        )
        if whole > _WHOLE_LIMIT:
            raise _too_large(path)
        if member.filename.lower().startswith(("xl/worksheets/", "xl/sharedstrings", "xl/media/")):
            continue
        with archive.open(member) as stream:
            while chunk := stream.read(_CHUNK):
                total += len(chunk)
                if total > _REST_LIMIT:
                    raise _too_large(path)


def _too_large(path: Path) -> InputError:
    return InputError(
        "The workbook holds more uncompressed than any table of a project does.",
        where=str(path),
        remedy="Copy the cells with content into a new workbook.",
    )


def _damaged(path: Path, error: Exception) -> InputError:
    if isinstance(error, InputError):
        return error
    if "no valid workbook part" in str(error):  # openpyxl's words
        return InputError(
            "This is a Word document or another file of that kind, not a workbook.",
            where=str(path),
            remedy="Give the workbook (.xlsx).",
        )
    return InputError(
        f"The workbook is damaged and cannot be read ({' '.join(str(error).split()).rstrip('.') or 'it ends early'}).",
        where=str(path),
        remedy="Open it in Excel or LibreOffice and save it as .xlsx again.",
    )
