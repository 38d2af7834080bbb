"""Tables as Parquet, a file each, in a folder; needs pyarrow (the extra ``parquet``)."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Any

from qdpx_compassion.errors import InputError, UsageError
from qdpx_compassion.files.project_files import Member, ProjectFiles
from qdpx_compassion.files.stores import StoreWriter, folder_output, member_names, open_store
from qdpx_compassion.formats.base import Content, FormatInfo, Loss, Progress, WriteOptions
from qdpx_compassion.formats.beside import SOURCES, find_sources, write_sources
from qdpx_compassion.formats.reading_tables import RawTable, TableReader
from qdpx_compassion.formats.tabular import (
    FILES,
    FILES_HEADINGS,
    PROFILE,
    VERSION,
    Field,
    fields,
    holds_tables,
    name_files,
    written_rows,
)
from qdpx_compassion.installed import how_to_add
from qdpx_compassion.tables import TABLES

#: Rows that are turned into columns at once.
_BATCH = 50_000
_ENDING = ".parquet"


def is_ours(folder: Path) -> bool:
    """Whether a folder holds nothing but tables as Parquet, and sources."""
    names = member_names(folder)
    return f"project{_ENDING}" in names and names <= {SOURCES, *(f"{name}{_ENDING}" for name in (*TABLES, FILES))}


class Parquet:
    """A project's tables as Parquet files.

    Args:
        info: what is known of the format.
    """

    def __init__(self, info: FormatInfo) -> None:
        self.info = info

    def recognises(self, path: Path) -> bool:
        """Whether a folder holds Parquet files called as the tables."""
        names = member_names(path) if path.is_dir() else ()
        return holds_tables([name.removesuffix(_ENDING) for name in names if name.endswith(_ENDING)])

    def read(self, path: Path, progress: Progress | None = None) -> Content:  # noqa: ARG002 (quick enough)
        """Read the tables."""
        _pyarrow()
        files = open_store(path)
        try:
            reader = TableReader(path.name)
            members = [m for m in files.members if m.name.endswith(_ENDING) and "/" not in m.name]
            project = reader.read([_raw(files, member) for member in members])
            return Content(project, find_sources(project, reader.paths, files), files.close)
        except BaseException:
            files.close()
            raise

    def losses(self, content: Content) -> list[Loss]:  # noqa: ARG002 (the signature is the protocol's)
        """None."""
        _pyarrow()
        return []

    def write(self, content: Content, target: Path, options: WriteOptions) -> list[Loss]:
        """Write the tables and the files of sources."""
        _pyarrow()
        files, paths = name_files(content)
        with folder_output(target, force=options.force, ours=is_ours) as store:
            for name in TABLES:
                _add(store, name, fields(name), written_rows(content.project, name))
            _add(store, FILES, tuple(Field(name, "text", "") for name in FILES_HEADINGS), paths)
            write_sources(files, store)
        return []


def _pyarrow() -> Any:
    """The module, imported now; it is not there for everybody."""
    try:
        pyarrow = import_module("pyarrow")
    except ImportError as error:
        raise UsageError(
            "Parquet needs the package pyarrow, which is not installed.",
            remedy=f"CSV, JSON and SQLite need nothing more. {how_to_add('pyarrow')}",
        ) from error
    return pyarrow


def _add(store: StoreWriter, name: str, columns: Sequence[Field], rows: Iterable[Sequence[Any]]) -> None:
    pa, pq = _pyarrow(), import_module("pyarrow.parquet")
    types = {"text": pa.string(), "integer": pa.int64(), "boolean": pa.bool_()}
    schema = pa.schema(
        [pa.field(one.name, types[one.type], metadata={"description": one.meaning}) for one in columns],
        metadata={"profile": PROFILE, "version": str(VERSION)},
    )
    written = io.BytesIO()
    with pq.ParquetWriter(written, schema, compression="snappy") as writer:
        left = iter(rows)
        while batch := list(islice(left, _BATCH)):
            columns_of = zip(zip(*batch, strict=True), schema, strict=True)
            arrays = [pa.array(values, type=field.type) for values, field in columns_of]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))
    store.add_chunks(f"{name}{_ENDING}", [written.getbuffer().tobytes()])


def _raw(files: ProjectFiles, member: Member) -> RawTable:
    pa, pq = _pyarrow(), import_module("pyarrow.parquet")
    name = member.name.removesuffix(_ENDING)
    where = f"{files.path.name}, {member.name}"
    # it checks little of what it reads: damaged names and texts come up when they are looked at
    broken = (pa.ArrowException, OSError, UnicodeDecodeError, OverflowError, ValueError, KeyError)
    try:
        table = pq.read_table(pa.BufferReader(files.read(member, limit=member.size)))
        headings = [str(heading) for heading in table.column_names]
    except broken as error:
        raise _damaged(error, where) from error

    def rows() -> Iterator[tuple[int, list[Any]]]:
        try:
            yield from _rows(table)
        except broken as error:
            raise _damaged(error, where) from error

    return RawTable(name, headings, rows(), lambda number, at: f"{member.name}, row {number}, {headings[at]}")


def _rows(table: Any) -> Iterator[tuple[int, list[Any]]]:
    number = 0
    for batch in table.to_batches(max_chunksize=_BATCH):
        for values in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            number += 1
            # what pandas writes for a missing number
            yield number, [None if isinstance(value, float) and value != value else value for value in values]


def _damaged(error: Exception, where: str) -> InputError:
    return InputError(f"The file cannot be read as Parquet: {error}.", where=where, remedy="Convert the project again.")
