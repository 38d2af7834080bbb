"""Projects out of a corpus again, one at a time, as they were read."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from qdpx_compassion.corpus.dataset import Dataset
from qdpx_compassion.tables import TABLES, Project

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq


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

    with ExitStack() as opened:
        about = opened.enter_context(pq.ParquetFile(dataset.file("projects", batch))).read().to_pylist()
        about = [row for row in about if wanted(row)]
        tables = {}
        for name in TABLES if about else ():
            tables[name] = _Table(opened.enter_context(pq.ParquetFile(dataset.file(name, batch))))
        for row in about:
            rows = {name: table.rows(row["project_id"], len(TABLES[name].columns)) for name, table in tables.items()}
            project = Project(rows, row["dialect"] or "unknown", name=row["file"])
            project.positions = {"description": row["positions"]} if row["positions"] else {}
            yield row, project


class _Table:
    """A table of a batch, of which only the groups of rows are in memory that hold the project that was asked for.

    The rows of a project stand together, so a project that comes after another needs the same group or the next.
    """

    def __init__(self, file: pq.ParquetFile) -> None:
        import pyarrow.compute as pc

        self._file = file
        self._groups: dict[int, pa.Table] = {}
        #: first row of each group, and of what would come after the last
        self._first = [0]
        self._spans: dict[str, tuple[int, int]] = {}
        for number in range(file.num_row_groups):
            ids = file.read_row_group(number, columns=["project_id"])["project_id"].combine_chunks()
            start = self._first[-1]
            runs = pc.run_end_encode(ids)
            begin = 0
            for project_id, end in zip(runs.values.to_pylist(), runs.run_ends.to_pylist(), strict=True):
                before = self._spans.get(project_id, (start + begin, 0))
                self._spans[project_id] = (before[0], before[1] + end - begin)
                begin = end
            self._first.append(start + len(ids))

    def rows(self, project_id: str, columns: int) -> list[list[Any]]:
        """The rows of one project, as the reader gives them."""
        if project_id not in self._spans:
            return []
        start, length = self._spans[project_id]
        groups = range(bisect_right(self._first, start) - 1, bisect_left(self._first, start + length))
        self._groups = {number: self._groups.get(number) or self._file.read_row_group(number) for number in groups}
        rows: list[list[Any]] = []
        for number in groups:
            begin = max(start - self._first[number], 0)
            part = self._groups[number].slice(begin, start + length - self._first[number] - begin)
            # project_id and row stand before the columns of the data model, what a corpus adds behind them
            values = (_shared(part.column(number + 2).to_pylist()) for number in range(columns))
            rows += [list(row) for row in zip(*values, strict=True)]
        return rows


def _shared(values: list[Any]) -> list[Any]:
    """The values, of equal ones the very same object: kinds, dates and users stand there thousands of times."""
    known: dict[Any, Any] = {}
    return [known.setdefault(value, value) for value in values]
