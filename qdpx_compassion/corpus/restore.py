"""Projects out of a corpus again, one at a time, as they were read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qdpx_compassion.corpus.dataset import Dataset
from qdpx_compassion.tables import TABLES, Project

if TYPE_CHECKING:
    import pyarrow as pa


def projects_of(
    dataset: Dataset, batch: str, *, wanted: Callable[[dict[str, Any]], bool] = lambda _: True
) -> Iterator[tuple[dict[str, Any], Project]]:
    """The projects of a batch in its order, each with its row of the table ``projects``.

    Args:
        dataset: the corpus.
        batch: name of one of its batches.
        wanted: whether a project, by its row of ``projects``, is needed.
    """
    import pyarrow.parquet as pq

    about = [row for row in pq.ParquetFile(dataset.file("projects", batch)).read().to_pylist() if wanted(row)]
    tables = {name: _Table(dataset.file(name, batch)) for name in TABLES} if about else {}
    for row in about:
        rows = {name: table.rows(row["project_id"], len(TABLES[name].columns)) for name, table in tables.items()}
        project = Project(rows, row["dialect"] or "unknown", name=row["file"])
        project.positions = {"description": row["positions"]} if row["positions"] else {}
        yield row, project


class _Table:
    """A table of a batch; the rows of a project stand together."""

    def __init__(self, file: Path) -> None:
        import pyarrow.parquet as pq

        self._table: pa.Table = pq.ParquetFile(file).read()
        self._spans: dict[str, tuple[int, int]] = {}
        ids = self._table["project_id"].to_pylist()
        start = 0
        for at in range(1, len(ids) + 1):
            if at == len(ids) or ids[at] != ids[start]:
                self._spans[ids[start]] = (start, at - start)
                start = at

    def rows(self, project_id: str, columns: int) -> list[list[Any]]:
        """The rows of one project, as the reader gives them."""
        if project_id not in self._spans:
            return []
        part = self._table.slice(*self._spans[project_id])
        # project_id and row stand before the columns of the data model, what a corpus adds behind them
        values = (part.column(number + 2).to_pylist() for number in range(columns))
        return [list(row) for row in zip(*values, strict=True)]
