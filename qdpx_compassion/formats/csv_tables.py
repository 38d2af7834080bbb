"""Tables as CSV with a Frictionless data package, in a folder or a zip archive."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from qdpx_compassion.errors import InputError
from qdpx_compassion.files.project_files import Member, ProjectFiles
from qdpx_compassion.files.rewriting import Writable
from qdpx_compassion.files.stores import StoreWriter, folder_output, member_names, open_store, zip_output
from qdpx_compassion.findings import Finding
from qdpx_compassion.formats.base import Content, FormatInfo, Loss, Progress, WriteOptions
from qdpx_compassion.formats.beside import SOURCES, find_sources, write_sources
from qdpx_compassion.formats.cells import guard_formula, read_cell, unguard_formula, write_cell
from qdpx_compassion.formats.package import PACKAGE, data_package
from qdpx_compassion.formats.reading_tables import RawTable, TableReader
from qdpx_compassion.formats.tabular import FILES, FILES_HEADINGS, Field, fields, holds_tables, name_files, written_rows
from qdpx_compassion.refi.text import decode_text
from qdpx_compassion.tables import TABLES

#: So that Excel knows that it is UTF-8.
_MARK = b"\xef\xbb\xbf"
#: The longest cell that is read; the reader's own limit is 131,072.
_LONGEST = 2**31 - 1
_SEPARATORS = (",", ";", "\t")
_FILES_FIELDS = tuple(Field(name, "text", "") for name in FILES_HEADINGS)

_Output = Callable[[Path, bool], AbstractContextManager[StoreWriter]]


def is_ours(folder: Path) -> bool:
    """Whether a folder is one that this format wrote: a data package, tables and sources, nothing else."""
    names = member_names(folder)
    known = {PACKAGE, SOURCES, f"{FILES}.csv", *(f"{name}.csv" for name in TABLES)}
    return PACKAGE in names and names <= known


class Csv:
    """A project's tables as CSV files.

    Args:
        info: what is known of the format.
        output: begins to write.
    """

    def __init__(self, info: FormatInfo, output: _Output) -> None:
        self.info, self._output = info, output

    def recognises(self, path: Path) -> bool:
        """Whether a folder or archive holds CSV files called as the tables."""
        if path.is_dir() is not self.info.folder:
            return False
        names = [name.rsplit("/", 1)[-1] for name in member_names(path)]
        return holds_tables([name[:-4] for name in names if name.lower().endswith(".csv")])

    def read(self, path: Path, progress: Progress | None = None) -> Content:  # noqa: ARG002 (quick enough)
        """Read the tables, also those that a spreadsheet program saved with its own separator and encoding."""
        files = open_store(path)
        try:
            reader = TableReader(path.name, lambda cell, _: read_cell(unguard_formula(cell)))
            members = [member for member in files.members if _is_table(member.name)]
            project = reader.read([_raw(files, member, reader) for member in members])
            project.findings += [finding for finding in files.findings if finding.code == "file-twice"]
            return Content(project, find_sources(project, reader.paths, files), files.close)
        except BaseException:
            files.close()
            raise

    def losses(self, content: Content) -> list[Loss]:  # noqa: ARG002 (the signature is the protocol's)
        """None."""
        return []

    def write(self, content: Content, target: Path, options: WriteOptions) -> list[Loss]:
        """Write the tables, the files of sources, and what describes them."""
        files, paths = name_files(content)
        guarded: dict[str, Counter[str]] = {}
        with self._output(target, options.force) as store:
            for name in TABLES:
                guarded[name] = Counter()
                _add(store, name, fields(name), written_rows(content.project, name), guarded[name])
            _add(store, FILES, _FILES_FIELDS, paths, guarded.setdefault(FILES, Counter()))
            package = data_package(content.project, guarded)
            text = json.dumps(package, ensure_ascii=False, indent=2) + "\n"
            store.add_chunks(PACKAGE, [text.encode()])
            write_sources(files, store)
        return []


def folder(info: FormatInfo) -> Csv:
    """In a folder."""
    return Csv(info, lambda target, force: folder_output(target, force=force, ours=is_ours))


def archive(info: FormatInfo) -> Csv:
    """In a zip archive."""
    return Csv(info, lambda target, force: zip_output(target, force=force))


# -- writing -----------------------------------------------------------------------------------------------------------


class _Encoded:
    """Takes text, as the csv module gives it, and hands on UTF-8."""

    def __init__(self, file: Writable) -> None:
        self._file = file

    def write(self, text: str) -> None:
        self._file.write(text.encode())


def _add(
    store: StoreWriter, name: str, columns: Sequence[Field], rows: Iterable[Sequence[Any]], guarded: Counter[str]
) -> None:
    def write(file: Writable) -> None:
        file.write(_MARK)
        writer = csv.writer(_Encoded(file), lineterminator="\n")
        writer.writerow([one.name for one in columns])
        for row in rows:
            writer.writerow([_cell(value, one, guarded) for value, one in zip(row, columns, strict=True)])

    store.add(f"{name}.csv", write)


def _cell(value: Any, one: Field, guarded: Counter[str]) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    written = write_cell(value)
    cell = guard_formula(written)
    if cell is not written:
        guarded[one.name] += 1
    return cell


# -- reading -----------------------------------------------------------------------------------------------------------


def _is_table(name: str) -> bool:
    """Whether a file is a table: a CSV that is no source, and none of what macOS adds to archives."""
    *folders, base = name.lower().split("/")
    return base.endswith(".csv") and not base.startswith("._") and SOURCES not in folders


def _raw(files: ProjectFiles, member: Member, reader: TableReader) -> RawTable:
    name = member.name.rsplit("/", 1)[-1][:-4]
    text, _, encoding = decode_text(files.read(member, limit=files.limits.document_bytes))
    if encoding != "utf-8":
        message = f"The file is not UTF-8; it was read as {encoding}. Look at accents and emoji."
        reader.findings.append(Finding("text-encoding", message, member.name))
    if match := re.match(r"sep=(.)\r?\n", text):  # what Excel understands
        separator, text = match[1], text[match.end() :]
    else:
        separator = _separator(text, name.casefold())
    rows = _rows(text, separator, member.name)
    _, headings = next(rows, (1, []))
    return RawTable(
        name,
        [str(heading or "") for heading in headings],
        rows,
        lambda number, at: f"{member.name}, row {number}, {headings[at] if at < len(headings) else at + 1}",
    )


def _separator(text: str, name: str) -> str:
    """What parts the cells: that by which most headings are known, else the most frequent."""
    line = text.partition("\n")[0]
    known = {one.name for one in fields(name)} if name in TABLES else set(FILES_HEADINGS)

    def fit(separator: str) -> tuple[int, int]:
        cells = {cell.strip().strip('"').casefold() for cell in line.split(separator)}
        return len(cells & known), line.count(separator)

    return max(_SEPARATORS, key=fit)


def _rows(text: str, separator: str, where: str) -> Iterator[tuple[int, list[Any]]]:
    """The rows with their numbers as a spreadsheet counts them; empty cells as None."""
    csv.field_size_limit(_LONGEST)
    lines = csv.reader(_lines(text), delimiter=separator)
    try:
        for number, cells in enumerate(lines, start=1):
            yield number, [cell if cell else None for cell in cells]
    except csv.Error as error:
        raise InputError(
            f"The file is no CSV: {error}.",
            where=f"{where}, line {lines.line_num}",
            remedy="Convert the project again.",
        ) from error


def _lines(text: str) -> Iterator[str]:
    """The lines with their ends; only line feeds and carriage returns end one, as in CSV."""
    start = 0
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end + 1
        yield text[start:end]
        start = end
