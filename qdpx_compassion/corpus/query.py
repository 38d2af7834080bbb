"""Questions to a corpus: its tables as DuckDB relations, Dask or pandas DataFrames."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self, overload

from qdpx_compassion.corpus.dataset import Dataset, open_dataset
from qdpx_compassion.corpus.mapped import MAPPED_TABLES
from qdpx_compassion.corpus.needs import need
from qdpx_compassion.corpus.schema import CORPUS_TABLES, arrow_schema
from qdpx_compassion.corpus.views import MAPPED_VIEWS, VIEWS
from qdpx_compassion.errors import InputError, UsageError

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

#: DuckDB fetches nothing from a network: what an extension is needed for, it says.
_OFFLINE = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}


class Corpus:
    """A corpus that was built. Use as a context manager, or call ``close``.

    Args:
        folder: of the corpus.

    Raises:
        InputError: there is none.
        UsageError: the extra ``corpus`` is not installed.
    """

    def __init__(self, folder: str | Path) -> None:
        self.dataset: Dataset = open_dataset(Path(folder))
        #: what mappings made of it; None: it was opened as it was built
        self.mapped: Dataset | None = None
        if self.dataset.kind == "mapped":
            self.mapped, self.dataset = self.dataset, open_dataset(Path(self.dataset.more["corpus"]))
        self._database = need("duckdb").connect(config=dict(_OFFLINE))
        self._define()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        projects = sum(batch.projects for batch in self.dataset.batches)
        return f"<corpus {self.dataset.folder.name}: {projects:,} projects>"

    def close(self) -> None:
        """Let go of the files."""
        self._database.close()

    @property
    def names(self) -> list[str]:
        """The tables and views that can be asked."""
        return [*CORPUS_TABLES, *VIEWS, *((*MAPPED_TABLES, *MAPPED_VIEWS) if self.mapped else ())]

    @overload
    def table(self, name: str, form: Literal["duckdb"] = ...) -> duckdb.DuckDBPyRelation: ...
    @overload
    def table(self, name: str, form: Literal["pandas"]) -> pd.DataFrame: ...
    @overload
    def table(self, name: str, form: Literal["dask"]) -> Any: ...

    def table(self, name: str, form: Literal["duckdb", "pandas", "dask"] = "duckdb") -> Any:
        """A table or view.

        Args:
            name: one of ``names``.
            form: ``duckdb``, a relation, which is read when it is asked; ``pandas``, a DataFrame with the dtypes of the
                data model; ``dask``, a Dask DataFrame of the table's files (tables alone, no views).

        Raises:
            UsageError: there is no such table.
        """
        if name not in self.names:
            raise UsageError(f"A corpus has no table “{name}”.", remedy=f"It has: {', '.join(self.names)}.")
        if form == "dask":
            return self._dask(name)
        relation = self._database.view(name)
        return relation if form == "duckdb" else self._pandas(name, relation)

    def sql(self, query: str) -> duckdb.DuckDBPyRelation:
        """What a query gives, as a DuckDB relation.

        Raises:
            UsageError: DuckDB does not understand the query, or cannot do it.
        """
        relation: duckdb.DuckDBPyRelation = self._try(self._database.sql, query)
        return relation

    def execute(self, query: str) -> Any:
        """A cursor over what a query gives, as PEP 249 has it.

        Raises:
            UsageError: DuckDB does not understand the query, or cannot do it.
        """
        return self._try(self._database.execute, query)

    def _try(self, function: Any, query: str) -> Any:
        try:
            return function(query)
        except need("duckdb").Error as error:
            said = " ".join(str(error).split()).rstrip(".")
            raise UsageError(f"The query cannot be done: {said}.", remedy="SHOW TABLES lists what there is.") from error

    def _define(self) -> None:
        for name in CORPUS_TABLES:
            self._over(name, self.dataset.files(name))
        views = dict(VIEWS)
        if self.mapped is not None:
            views |= MAPPED_VIEWS
            for name in MAPPED_TABLES:
                self._over(name, self.mapped.files(name))
        for name, (_, query) in views.items():
            self._database.execute(f'CREATE VIEW "{name}" AS {query}')

    def _over(self, name: str, files: Sequence[Path]) -> None:
        if lost := [file for file in files if not file.is_file()]:
            raise InputError("A file of the corpus is missing.", where=str(lost[0]), remedy="Build it in a new folder.")
        if files:
            listed = ", ".join(quoted(str(file)) for file in files)
            self._database.execute(f'CREATE VIEW "{name}" AS SELECT * FROM read_parquet([{listed}])')  # noqa: S608
        else:
            self._empty(name)

    def _empty(self, name: str) -> None:
        types = {"string": "VARCHAR", "category": "VARCHAR", "Int64": "BIGINT", "boolean": "BOOLEAN"}
        types |= {"text": "VARCHAR", "texts": "VARCHAR[]", "number": "BIGINT", "flag": "BOOLEAN"}
        known = MAPPED_TABLES.get(name) or {one.name: one.dtype for one in CORPUS_TABLES[name].columns}
        columns = ", ".join(f'"{column}" {types[kind]}' for column, kind in known.items())
        self._database.execute(f'CREATE TABLE "{name}" ({columns})')

    def _pandas(self, name: str, relation: duckdb.DuckDBPyRelation) -> pd.DataFrame:
        frame: pd.DataFrame = relation.df()
        if name in CORPUS_TABLES:
            frame = frame.astype({column.name: column.dtype for column in CORPUS_TABLES[name].columns})
        return frame

    def _dask(self, name: str) -> Any:
        if name not in CORPUS_TABLES:
            raise UsageError(f"“{name}” is a view; as a Dask DataFrame there are tables alone.", remedy="Use DuckDB.")
        frames = need("dask.dataframe")
        files: Sequence[str] = [str(file) for file in self.dataset.files(name)]
        if files:
            return frames.read_parquet(list(files))
        return frames.from_pandas(arrow_schema(name).empty_table().to_pandas(), npartitions=1)


def quoted(text: str) -> str:
    """A text as SQL has it."""
    return "'" + text.replace("'", "''") + "'"


def open_corpus(folder: str | Path) -> Corpus:
    """Open a corpus that ``corpus build`` wrote.

    Args:
        folder: of the corpus.

    Returns:
        ``corpus.table("codings")`` is a DuckDB relation (or ``"pandas"``, ``"dask"``), ``corpus.sql("SELECT …")`` too.

    Raises:
        InputError: there is no corpus.
        UsageError: the extra ``corpus`` is not installed.
    """
    return Corpus(folder)
