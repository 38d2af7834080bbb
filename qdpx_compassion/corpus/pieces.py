"""Pieces: rows of some projects that are in no batch yet, a folder with a file for each table that has rows.

They are read once and soon, by this program alone, so they are what Arrow writes and reads without much work; batches
are Parquet.
"""

from __future__ import annotations

import shutil
import tempfile
import uuid
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from qdpx_compassion.corpus.dataset import not_written

if TYPE_CHECKING:
    import pyarrow as pa

#: A piece has about so many bytes; then another begins.
FULL = 16 << 20
_ENDING = ".arrow"


class PieceWriter:
    """Writes rows as pieces, each a folder that takes its name when all is in it. Use as a context manager.

    Rows are written as they come, so that none wait in memory; the last piece ends with the block.

    Args:
        staging: the folder of pieces.
        run: number of the build.

    Raises:
        OutputError: a piece cannot be written.
    """

    def __init__(self, staging: Path, run: int) -> None:
        self._staging, self._run = staging, run
        self._folder: Path | None = None
        self._files = dict[str, "tuple[pa.NativeFile, pa.ipc.RecordBatchFileWriter]"]()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, _: object, __: TracebackType | None) -> None:
        if kind is None:
            self._finish()
        else:
            self._discard()

    def write(self, tables: Iterable[tuple[str, pa.Table]]) -> None:
        """Write all rows of some projects, by the names of their tables."""
        for name, table in tables:
            try:
                _write(self._writer(name, table.schema), table)
            except OSError as error:
                raise not_written(self._staging.parent, error) from error
        if sum(file.tell() for file, _ in self._files.values()) > FULL:
            self._finish()

    def write_alone(self, tables: Iterable[tuple[str, pa.Table]]) -> None:
        """Write all rows of a project as they come; whatever is raised while they do, nothing of them stays."""
        self._finish()  # what is there already does not depend on it
        try:
            self.write(tables)
        except Exception:
            self._discard()
            raise

    def _writer(self, name: str, schema: pa.Schema) -> pa.ipc.RecordBatchFileWriter:
        import pyarrow as pa

        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="unfinished-", dir=self._staging))
        if name not in self._files:
            file = pa.OSFile(str(self._folder / f"{name}{_ENDING}"), "wb")
            writer = pa.ipc.new_file(file, schema, options=pa.ipc.IpcWriteOptions(compression="lz4", use_threads=False))
            self._files[name] = file, writer
        return self._files[name][1]

    def _finish(self) -> None:
        if self._folder is None:
            return
        try:
            for file, writer in self._files.values():
                writer.close()
                file.close()
            self._folder.rename(self._staging / f"piece-{self._run:06}-{uuid.uuid4().hex[:12]}")
        except OSError as error:
            raise not_written(self._staging.parent, error) from error
        self._folder, self._files = None, {}

    def _discard(self) -> None:
        for file, _ in self._files.values():
            file.close()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
        self._folder, self._files = None, {}


def _write(writer: pa.ipc.RecordBatchFileWriter, table: pa.Table) -> None:
    writer.write_table(table)


def files_of(piece: Path) -> dict[str, Path]:
    """Table → file of a piece."""
    return {file.stem: file for file in piece.glob(f"*{_ENDING}")}


def is_whole(piece: Path) -> bool:
    """Whether every file of a piece is whole; after a power cut one may not be."""
    import pyarrow as pa

    try:
        for file in files_of(piece).values():
            with pa.OSFile(str(file)) as opened:
                pa.ipc.open_file(opened)
    except (pa.ArrowException, OSError):
        return False
    return True


def read_rows(file: Path, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
    """The rows of a table in a piece or a batch, some at a time.

    Args:
        file: of a piece or a batch.
        columns: which; None: all.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    wanted = list(columns) if columns else None
    if file.suffix == _ENDING:
        with pa.OSFile(str(file)) as opened:
            reader = pa.ipc.open_file(opened, options=pa.ipc.IpcReadOptions(use_threads=False))
            for number in range(reader.num_record_batches):
                table = pa.Table.from_batches([reader.get_batch(number)])
                yield table.select(wanted) if wanted else table
        return
    with pq.ParquetFile(file) as parquet:
        for number in range(parquet.num_row_groups):
            yield parquet.read_row_group(number, columns=wanted, use_threads=False)
