"""Pieces: rows of some projects that are in no batch yet, a folder with a file for each table that has rows.

They are read once and soon, by this program alone, so they are what Arrow writes and reads without much work; batches
are Parquet.
"""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from qdpx_compassion.corpus.dataset import not_written

if TYPE_CHECKING:
    import pyarrow as pa

_ENDING = ".arrow"


def write_piece(staging: Path, run: int, tables: dict[str, list[pa.Table]]) -> None:
    """Write rows as a piece: a folder that takes its name when all is in it.

    Args:
        staging: the folder of pieces.
        run: number of the build.
        tables: the rows by table; taken out as they are written, so that they are not in memory twice.

    Raises:
        OutputError: it cannot be written.
    """
    try:
        temporary = Path(tempfile.mkdtemp(prefix="unfinished-", dir=staging))
        for name in list(tables):
            _write(temporary / f"{name}{_ENDING}", tables.pop(name))
        temporary.rename(staging / f"piece-{run:06}-{uuid.uuid4().hex[:12]}")
    except OSError as error:
        raise not_written(staging.parent, error) from error


def _write(path: Path, parts: list[pa.Table]) -> None:
    import pyarrow as pa

    table = pa.concat_tables(parts).combine_chunks()
    parts.clear()
    with pa.ipc.new_file(str(path), table.schema, options=pa.ipc.IpcWriteOptions(compression="lz4")) as writer:
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
            reader = pa.ipc.open_file(opened)
            for number in range(reader.num_record_batches):
                table = pa.Table.from_batches([reader.get_batch(number)])
                yield table.select(wanted) if wanted else table
        return
    with pq.ParquetFile(file) as parquet:
        for number in range(parquet.num_row_groups):
            yield parquet.read_row_group(number, columns=wanted)
