"""Tables as an Excel workbook: a sheet a table, made to be changed by people and read back."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from qdpx_compassion.errors import InputError, QdpxError
from qdpx_compassion.files.project_files import ProjectFiles
from qdpx_compassion.files.stores import StoreWriter, member_names, open_store
from qdpx_compassion.findings import Finding
from qdpx_compassion.formats.base import Content, FormatInfo, Loss, Progress, WriteOptions
from qdpx_compassion.formats.beside import TEXTS, find_sources, folder_beside, write_sources, writing_beside
from qdpx_compassion.formats.cells import EMPTY, ESCAPE, RETURN, file_of_cell, read_cell, write_cell, write_file_cell
from qdpx_compassion.formats.reading_tables import RawTable, TableReader
from qdpx_compassion.formats.tabular import (
    CHECK,
    FILES,
    FILES_HEADINGS,
    PROFILE,
    VERSION,
    Field,
    check_of,
    fields,
    holds_tables,
    name_files,
    written_rows,
)
from qdpx_compassion.tables import TABLES

_ABOUT = "About"
#: A sheet that goes on in another: ``codings (2)``.
_PART = re.compile(r"(.+) \(\d+\)")
_WIDTHS = {
    "guid": 15, "description": 50, "quotation": 60, "plain_text_content": 40, "path": 45, "name": 30, "value": 25,
    "on": 60, "code": 40, "kind": 18,
}  # fmt: skip


#: Columns of running text; GUIDs, dates and paths stay on one line.
_WRAPPED = frozenset(("name", "description", "quotation", "plain_text_content", "value", "on", "code", "path"))


class Excel:
    """A project's tables as a workbook; its files, and texts too long for a cell, lie in a folder beside.

    Args:
        info: what is known of the format.
    """

    def __init__(self, info: FormatInfo) -> None:
        self.info = info

    def recognises(self, path: Path) -> bool:
        """Whether a workbook has sheets called as the tables."""
        from qdpx_compassion.spreadsheets.reading import ReadWorkbook

        if path.is_dir() or "xl/workbook.xml" not in member_names(path):
            return False
        try:
            with ReadWorkbook(path) as book:
                return holds_tables(book.sheet_names)
        except QdpxError:
            return False

    def read(self, path: Path, progress: Progress | None = None) -> Content:  # noqa: ARG002 (sheets are read whole)
        """Read the sheets, whoever changed them with whichever program."""
        from qdpx_compassion.spreadsheets.reading import ReadWorkbook

        folder = folder_beside(path)
        with contextlib.ExitStack() as stack:
            files = stack.enter_context(open_store(folder)) if folder.is_dir() else None
            reader = TableReader(path.name)
            reader.decode = _decoder(files, folder.name, reader.findings)
            with ReadWorkbook(path) as book:
                project = reader.read(list(_raws(book)))
                project.findings += book.findings
            return Content(project, find_sources(project, reader.paths, files), stack.pop_all().close)

    def losses(self, content: Content) -> list[Loss]:  # noqa: ARG002 (the signature is the protocol's)
        """None."""
        return []

    def write(self, content: Content, target: Path, options: WriteOptions) -> list[Loss]:
        """Write the workbook, and the folder beside it."""
        from qdpx_compassion.spreadsheets import Workbook

        files, paths = name_files(content)
        title = next(content.project.column("project", "name"), None) or content.project.name
        book = Workbook(f"Tables of {title}", description=f"{PROFILE} {VERSION}", folder=target.parent)
        with writing_beside(target, force=options.force) as store:
            _write_about(book, title, folder_beside(target).name)
            for name in TABLES:
                _write_table(book, name, fields(name, helpers=True), _rows_of(content, name), store)
            columns = tuple(Field(name, "text", "") for name in FILES_HEADINGS)
            _write_table(book, FILES, columns, paths, store)
            write_sources(files, store)
            book.save(target, force=options.force)
        return []


def _rows_of(content: Content, name: str) -> Any:
    return written_rows(content.project, name, helpers=True)


# -- writing -----------------------------------------------------------------------------------------------------------


def _write_about(book: Any, title: str, folder: str) -> None:
    from qdpx_compassion.spreadsheets import Column, Styled

    sheet = book.sheet(
        _ABOUT, [Column("", 24, "strong"), Column("", 105)], headings=False, max_lines=0, landscape=False
    )
    sheet.append([Styled(f"Tables of {title}", "title")], height=26)
    for label, text in _about(folder):
        sheet.append([label, text] if text else [Styled(label, "section")])


def _about(folder: str) -> list[tuple[str, str]]:
    return [
        ("What this is", "A whole REFI-QDA project: a sheet for each table, a row for each element."),
        ("Changing it", ""),
        ("Change", "Type over names, descriptions, colours and values. Filters and sorting do no harm."),
        ("Move a code", "Write the number (column row) of its new parent into parent_row; empty it for the top."),
        ("Merge codes", "Write the number (column row) of the code that stays into merge_into of the other one. Its "
         "codings, subcodes, notes and places in sets go over; its description is put below the other's."),
        ("Add", "Write into a new row and leave row empty; an empty guid gets one. Where other rows are to refer to "
         "it, give it a number that is not used yet. A new coding may name its code by the path in the column code."),
        ("Delete", "Delete whole rows, also those that refer to them; what refers to nothing is named by its cell."),
        ("row", "The number by which other sheets refer to a row (parent_row, owner_row, source_row …). Keep it."),
        ("Grey headings", "These columns are computed, for you to read. What you write into them is not read, and you "
         "are told so (by the hidden column check)."),
        ("Back", "qdpx-compassion convert this.xlsx project.qdpx --dry-run --against the-original.qdpx shows what "
         "changed; without --dry-run it writes the project."),
        ("How texts are written", ""),
        ("Empty", f"A cell with {EMPTY} is an empty text; an empty cell is no text at all. A text of {EMPTY} alone "
         "has one more of them."),
        ("Carriage return", f"{RETURN} stands for the character U+000D, which spreadsheets drop."),
        ("Other characters", f"{ESCAPE}XXXX; stands for the character U+XXXX that a cell cannot hold: controls, line "
         f"separators, {RETURN} and {ESCAPE} themselves, and the first _ of what Excel takes for an escape (_x000D_)."),
        ("Long texts", f"{ESCAPE}file:NAME; says that the text, too long for a cell, is the file NAME in "
         f"{folder}/{TEXTS}."),
        ("Files", f"The sources' files are in {folder}/sources; the sheet files says which is which. Keep the folder "
         "beside the workbook, called like it."),
        ("Form", f"{PROFILE}, version {VERSION}"),
    ]  # fmt: skip


def _write_table(book: Any, name: str, columns: Sequence[Field], rows: Any, store: StoreWriter) -> None:
    from qdpx_compassion.spreadsheets import Column, Style
    from qdpx_compassion.spreadsheets.styles import INK, MUTED

    # "@": what people type stays text, so that a code "1-2" does not become a date
    def text(one: Field) -> Style:
        return Style(wrap=one.name in _WRAPPED, number_format="@", color=MUTED if one.computed else INK)

    number, truth = Style(horizontal="right", number_format="0"), Style(horizontal="left")
    grey = Style(italic=True, color=MUTED, fill="EEF1F2", wrap=True, vertical="center")

    def look(one: Field) -> Style:
        if one.type == "text":
            return text(one)
        return number if one.type == "integer" else truth

    sheet = book.sheet(
        name,
        [
            Column(one.name, _width(one), look(one), grey if one.computed else "heading", _is_hidden(one))
            for one in columns
        ],
        freeze_columns=1,
        max_lines=4,
    )
    texts = [(at, one) for at, one in enumerate(columns) if one.type == "text" and one.name != CHECK]
    computed = [at for at, one in enumerate(columns) if one.computed]
    for at_row, row in enumerate(rows):
        values = list(row)
        for at, one in texts:
            if values[at] is not None:
                values[at] = _cell(values[at], one, f"{name}-{at_row}-{one.name}.txt", store)
        if computed:
            values.append(check_of(values[at] for at in computed))
        sheet.append(values)


def _is_hidden(one: Field) -> bool:
    return one.name.endswith("_written") or one.name == CHECK


def _width(one: Field) -> float:
    if one.type != "text":
        return 12
    return _WIDTHS.get(one.name, 15 if one.name.endswith("guid") else 20)


def _cell(text: str, one: Field, file: str, store: StoreWriter) -> str:
    from qdpx_compassion.spreadsheets.text import CELL_LIMIT, cut_utf16, utf16_length

    cell = write_cell(text)
    if len(cell) <= CELL_LIMIT // 2 or utf16_length(cell) <= CELL_LIMIT:
        return cell
    if one.computed:
        return cut_utf16(cell, CELL_LIMIT)
    # as it is, so that it can be changed with any editor
    store.add_chunks(f"{TEXTS}/{file}", [text.encode("utf-8", "surrogatepass")])
    return write_file_cell(file)


# -- reading -----------------------------------------------------------------------------------------------------------


def _raws(book: Any) -> Iterator[RawTable]:
    """A table each sheet; one that goes on in other sheets is put together."""
    parts: dict[str, list[str]] = {}
    for sheet in book.sheet_names:
        match = _PART.fullmatch(sheet)
        name = match[1] if match and match[1].casefold() in TABLES else sheet
        parts.setdefault(name, []).append(sheet)
    for name, sheets in parts.items():
        if name == _ABOUT:
            continue
        rows = book.values(sheets[0])
        _, headings = next(rows, (1, []))
        yield RawTable(
            name,
            ["" if heading is None else str(heading) for heading in headings],
            _rows(book, rows, sheets),
            _place(sheets[0]),
        )


def _rows(book: Any, first: Iterator[tuple[int, list[Any]]], sheets: list[str]) -> Iterator[tuple[int, list[Any]]]:
    yield from first
    for sheet in sheets[1:]:
        rows = book.values(sheet)
        next(rows, None)
        yield from rows


def _place(sheet: str) -> Callable[[int, int], str]:
    from qdpx_compassion.spreadsheets.reading import cell_name

    return lambda number, at: f"{sheet}!{cell_name(number, at)}"


def _decoder(files: ProjectFiles | None, folder: str, findings: list[Finding]) -> Callable[[str, str], str]:
    members = {member.name.casefold(): member for member in files.members} if files else {}

    def decode(cell: str, place: str) -> str:
        name = file_of_cell(cell) if cell.startswith(ESCAPE) else None
        if name is None:
            return read_cell(cell)
        member = members.get(f"{TEXTS}/{name}".casefold())
        if member is None or files is None:
            findings.append(Finding("table-text-file", f"The text is not at {folder}/{TEXTS}/{name}.", place))
            return ""
        try:
            return files.read(member, limit=files.limits.text_bytes).decode("utf-8", "surrogatepass")
        except UnicodeDecodeError as error:
            raise InputError(
                "The text is not UTF-8.", where=f"{folder}/{TEXTS}/{name}", remedy="Save it as UTF-8."
            ) from error

    return decode
