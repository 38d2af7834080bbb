"""Pieces and batches become batches of a good size: at most a file a table for every 256 MB or 1,000 projects."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qdpx_compassion.corpus.dataset import Dataset, not_written
from qdpx_compassion.corpus.pieces import files_of, is_whole, read_rows
from qdpx_compassion.corpus.schema import CORPUS_TABLES, arrow_schema, encodings
from qdpx_compassion.files.background import read_ahead

if TYPE_CHECKING:
    import pyarrow as pa

#: A batch is full with so many projects, or so many bytes in all its files.
FULL_PROJECTS, FULL_BYTES = 1000, 256 << 20
#: Batches are planned somewhat larger: how many bytes they will have is an estimate, from what pieces have.
_PLANNED_BYTES, _PACKED = 1.5, 0.45
#: Rows of a row group, and bytes at which one is written before.
_GROUP_ROWS, _GROUP_BYTES = 122_880, 8 << 20


@dataclass(frozen=True, slots=True)
class Known:
    """What a corpus knows of a project, or of one that it could not read.

    Attributes:
        location, size, modified: of the file. fingerprint: of its content; None: it could not be read.
        again: whether it is tried again though it did not change.
    """

    location: str
    size: int | None
    modified: str | None
    fingerprint: tuple[str, str] | None
    again: bool = False


@dataclass
class Unit:
    """A piece or a batch.

    Attributes:
        files: table → file. batch: of that name; empty: a piece.
        size: bytes of all files.
        projects, failures: project id → what is known of it.
        gone: ids of projects whose rows no longer hold. failures_gone: likewise failures.
    """

    files: dict[str, Path]
    batch: str
    size: int
    projects: dict[str, Known]
    failures: dict[str, Known]
    gone: set[str]
    failures_gone: set[str]

    @property
    def first(self) -> str:
        """The first of its locations."""
        return min((one.location for one in (*self.projects.values(), *self.failures.values())), default="")

    @property
    def left(self) -> int:
        """Number of projects whose rows hold."""
        return len(self.projects) - len(self.gone)

    @property
    def weight(self) -> float:
        """Bytes that its rows will have in a batch, about."""
        return self.size if self.batch else self.size * _PACKED

    @property
    def is_full(self) -> bool:
        """Whether it stays as it is."""
        whole = not self.gone and not self.failures_gone
        return bool(self.batch) and whole and (self.left >= FULL_PROJECTS or self.size >= FULL_BYTES)


def discard_damaged(dataset: Dataset) -> None:
    """Take away pieces of an earlier run that are not whole, as after a power cut; their projects are read again."""
    dataset.discard([piece for piece in dataset.pieces() if not is_whole(piece)])


def units_of(dataset: Dataset) -> list[Unit]:
    """The batches of a corpus and the pieces that wait, the oldest first; what later ones replace is marked as gone."""
    units = []
    for batch in dataset.batches:
        units.append(_unit({name: dataset.file(name, batch.name) for name in CORPUS_TABLES}, batch.name))
    for piece in dataset.pieces():
        units.append(_unit(files_of(piece), ""))
    mark_replaced(units)
    return units


def mark_replaced(units: Sequence[Unit]) -> None:
    """Mark what a later unit replaces: a project that was read again, or cannot be read any more.

    A file that only could not be reached leaves the rows of its project as they are.
    """
    read: set[str] = set()
    failed: set[str] = set()
    for unit in reversed(units):
        unit.gone |= unit.projects.keys() & read
        unit.failures_gone |= unit.failures.keys() & (read | failed)
        read |= unit.projects.keys() | {key for key, one in unit.failures.items() if not one.again}
        failed |= unit.failures.keys()


def _unit(files: dict[str, Path], batch: str) -> Unit:
    columns = ("project_id", "location", "size", "modified")
    projects, failures = {}, {}
    for row in _rows(files.get("projects"), (*columns, "document_sha256", "files_sha256")):
        projects[row[0]] = Known(row[1], row[2], row[3], (row[4], row[5]))
    for row in _rows(files.get("failures"), (*columns, "again")):
        failures[row[0]] = Known(row[1], row[2], row[3], None, row[4])
    size = sum(file.stat().st_size for file in files.values())
    return Unit(files, batch, size, projects, failures, set(), set())


def _rows(file: Path | None, columns: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    for table in read_rows(file, columns) if file is not None else ():
        yield from zip(*(table.column(name).to_pylist() for name in columns), strict=True)


def plan(units: Sequence[Unit]) -> list[list[Unit]]:
    """Which units become a batch together, in the order of locations; full batches stay as they are."""
    waiting = sorted((unit for unit in units if not unit.is_full), key=lambda unit: unit.first)
    plans: list[list[Unit]] = [[]]
    projects, size = 0, 0.0
    for unit in waiting:
        plans[-1].append(unit)
        projects, size = projects + unit.left, size + unit.weight
        if projects >= FULL_PROJECTS or size >= FULL_BYTES * _PLANNED_BYTES:
            plans.append([])
            projects, size = 0, 0.0
    plans = [one for one in plans if one]
    # a batch that is alone and whole need not be written again
    return [one for one in plans if len(one) > 1 or not one[0].batch or one[0].gone or one[0].failures_gone]


@dataclass(frozen=True, slots=True)
class Packing:
    """A table of a batch to be written.

    Attributes:
        folder: of the corpus. name: of the batch. table: which one.
        parts: the files that hold its rows, each with the ids of the projects whose rows are left out.
    """

    folder: Path
    name: str
    table: str
    parts: tuple[tuple[Path, frozenset[str]], ...]


def packings(dataset: Dataset, name: str, units: Sequence[Unit]) -> list[Packing]:
    """What is to be done for a batch of units, the largest table first; nothing where no rows are left."""
    if not any(unit.left or len(unit.failures) > len(unit.failures_gone) for unit in units):
        return []
    jobs = []
    for table in CORPUS_TABLES:
        parts = tuple(
            (unit.files[table], frozenset(unit.failures_gone if table == "failures" else unit.gone))
            for unit in units
            if table in unit.files
        )
        jobs.append((sum(file.stat().st_size for file, _ in parts), Packing(dataset.folder, name, table, parts)))
    return [job for _, job in sorted(jobs, key=lambda one: -one[0])]


def pack(packing: Packing) -> int:
    """Write a table of a batch; rows that no longer hold are left out.

    Returns:
        Bytes of the file.

    Raises:
        OutputError: it cannot be written.
    """
    target = packing.folder / packing.table / f"{packing.name}.parquet"
    try:
        target.parent.mkdir(exist_ok=True)
        return _write_table(packing, target)
    except OSError as error:
        raise not_written(packing.folder, error) from error


def _write_table(packing: Packing, target: Path) -> int:
    import pyarrow as pa
    import pyarrow.parquet as pq

    pa.default_memory_pool().release_unused()  # what was read before is not needed any more
    schema = arrow_schema(packing.table)
    handle, temporary = tempfile.mkstemp(prefix=f".{target.stem}.", dir=target.parent)
    os.close(handle)
    try:
        packed = {"compression": "zstd", "compression_level": 1, **encodings(packing.table)}
        with pq.ParquetWriter(temporary, schema, **packed) as writer:
            # the table that is packed last has no other beside it that would use the other processors
            for group in _groups(read_ahead(_rows_of(packing.parts), 1)):
                writer.write_table(group, row_group_size=_GROUP_ROWS)
                del group
        with Path(temporary).open("rb+") as file:
            os.fsync(file.fileno())
        Path(temporary).replace(target)
    finally:
        Path(temporary).unlink(missing_ok=True)
    return target.stat().st_size


def _groups(tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """Rows together, as many as a row group has."""
    import pyarrow as pa

    waiting: list[pa.Table] = []
    rows = size = 0
    for table in tables:
        more = table.nbytes
        if waiting and (rows + table.num_rows > _GROUP_ROWS or size + more > _GROUP_BYTES):
            yield pa.concat_tables(waiting)
            waiting, rows, size = [], 0, 0
        waiting.append(table)
        rows, size = rows + table.num_rows, size + more
    if waiting:
        yield pa.concat_tables(waiting)


def _rows_of(parts: Iterable[tuple[Path, frozenset[str]]]) -> Iterator[pa.Table]:
    """The rows that hold, some at a time."""
    import pyarrow as pa
    import pyarrow.compute as pc

    for file, gone in parts:
        for table in read_rows(file):
            if gone:
                table = table.filter(pc.invert(pc.is_in(table["project_id"], pa.array(sorted(gone)))))
            if table.num_rows:
                yield table
