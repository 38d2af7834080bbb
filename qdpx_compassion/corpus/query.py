"""Questions to a corpus: its tables as DuckDB relations, Dask or pandas DataFrames."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self, overload

from qdpx_compassion.corpus.dataset import Dataset, open_dataset, refuse_damaged
from qdpx_compassion.corpus.mapped import MAPPED_TABLES
from qdpx_compassion.corpus.needs import need
from qdpx_compassion.corpus.schema import CORPUS_TABLES, arrow_schema
from qdpx_compassion.corpus.views import MAPPED_VIEWS, VIEWS
from qdpx_compassion.errors import InputError, UsageError
from qdpx_compassion.formats.cells import BLANKS, FORMULA

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

#: DuckDB fetches nothing from a network: what an extension is needed for, it says.
_OFFLINE = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
#: What questions may be when the corpus is shut: they ask, or make views and tables that are gone in the end.
_ASKING = frozenset({"SELECT", "MULTI", "CREATE", "DROP", "INSERT"})  # MULTI is a PIVOT


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
            self.mapped, self.dataset = self.dataset, _corpus_of(self.dataset)
        refuse_damaged(self.dataset)
        # what does not fit into memory lies here, readable for nobody else, and not where somebody happens to work
        self._overflow = self.dataset.staging / f"asked-{uuid.uuid4().hex[:12]}"
        self._database = need("duckdb").connect(config=_OFFLINE | {"temp_directory": str(self._overflow)})
        self._shut = False
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
        shutil.rmtree(self._overflow, ignore_errors=True)

    def shut(self, output: Path | None = None) -> None:
        """From now on questions read the corpus and nothing else, and write nothing: people copy them from anywhere.

        Args:
            output: a file that the program itself writes an answer to.
        """
        folders = [self.dataset.folder, *([self.mapped.folder] if self.mapped else [])]
        for setting, value in (
            ("allowed_directories", _listed(folders)),
            ("allowed_paths", _listed([output] if output else [])),
            ("enable_external_access", "false"),
            ("lock_configuration", "true"),
        ):
            self._database.execute(f"SET {setting} = {value}")
        self._shut = True

    @property
    def outdated(self) -> bool:
        """Whether the corpus was built again since it was mapped: then its rows are not those of the mapping."""
        built = [batch.name for batch in self.dataset.batches]
        return self.mapped is not None and self.mapped.more.get("made_of") != built

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

    def write(self, query: str, output: Path, form: str) -> int:
        """Write what a question gives to a file, with the corpus shut; see ``shut``.

        Args:
            query: the question.
            output: the file.
            form: options of COPY; in CSV no text begins a formula.

        Returns:
            Number of rows.

        Raises:
            UsageError: DuckDB does not understand the question, or cannot do it.
        """
        self.shut(output)
        relation: duckdb.DuckDBPyRelation | None = self.sql(query)
        if relation is None:
            raise UsageError("This has no answer that can be written.", remedy="Ask with SELECT or FROM.")
        names = [f"c{number}" for number in range(len(relation.columns))]
        safe = form.startswith("FORMAT csv")
        columns = ", ".join(
            f"{_no_formula(name) if safe and str(kind) == 'VARCHAR' else name} AS {_name(column)}"
            for name, column, kind in zip(names, relation.columns, relation.types, strict=True)
        )
        self._database.register("asked", relation)
        asked = f"SELECT {columns} FROM asked AS answer({', '.join(names)})"  # noqa: S608
        copied = f"COPY ({asked}) TO {quoted(str(output))} ({form}, USE_TMP_FILE false)"
        return int(self._try(self._database.execute, copied, checked=True).fetchone()[0])

    def execute(self, query: str) -> Any:
        """A cursor over what a query gives, as PEP 249 has it.

        Raises:
            UsageError: DuckDB does not understand the query, or cannot do it.
        """
        return self._try(self._database.execute, query)

    def questions(self, text: str) -> list[str]:
        """The questions in a text, each with its semicolon; the text where DuckDB does not understand it."""
        try:
            return [one.query for one in self._database.extract_statements(text)] or [text]
        except need("duckdb").Error:
            return [text]

    def _try(self, function: Any, query: str, *, checked: bool = False) -> Any:
        duckdb = need("duckdb")
        try:
            if self._shut and not checked:
                self._refuse(query)
            return function(query)
        except duckdb.PermissionException as error:
            raise UsageError(
                "A query of a corpus reads nothing but the corpus.",
                remedy="To join other files, use Python: qc.open_corpus(…).sql(…).",
            ) from error
        except duckdb.Error as error:
            raise UsageError(f"The query cannot be done: {_said(error)}", remedy=_remedy(error)) from error

    def _refuse(self, query: str) -> None:
        """Refuse what does more than ask; what DuckDB does not understand is left to it."""
        statements = self._database.extract_statements(query)
        if not statements:
            raise UsageError("There is no question.", remedy='Ask something, such as "FROM quotations LIMIT 9".')
        if len(statements) > 1:
            raise UsageError(
                f"There are {len(statements)} questions, and only the last would be answered.",
                remedy="Ask one at a time; 'corpus shell' takes several.",
            )
        if statements[0].type.name not in _ASKING:
            raise UsageError(
                "A query of a corpus only asks; this one does something else.",
                remedy="Begin with SELECT, FROM, WITH, PIVOT, SUMMARIZE, DESCRIBE or SHOW; -o writes the answer to a "
                "file. In Python, qc.open_corpus(…).sql(…) does all of SQL.",
            )

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


def _corpus_of(mapped: Dataset) -> Dataset:
    """The corpus that something was mapped from."""
    folder = str(mapped.more.get("corpus", ""))
    try:
        return open_dataset(Path(folder))
    except InputError as error:
        raise InputError(
            f"This was made of the corpus {folder}, which cannot be read: {error.what}",
            where=str(mapped.folder),
            remedy="Put the corpus back there, or give 'corpus map' again with the place where it is now.",
        ) from error


def _said(error: Exception) -> str:
    """What DuckDB says, without the lines that point into the query and the name of its part that says it."""
    said = " ".join(str(error).partition("\n\nLINE ")[0].split()).rstrip(".")
    kind, _, told = said.partition(" Error: ")
    said = told if told and " " not in kind else said
    return said if said.endswith(("?", "!")) else f"{said}."


def _remedy(error: Exception) -> str:
    """What helps against the mistakes that are made most often."""
    if "does not exist" in str(error) and "Table" in str(error):
        return "SHOW TABLES lists what there is."
    if "not found" in str(error):
        return "DESCRIBE quotations lists the columns of quotations; likewise for every table."
    return "The SQL is that of DuckDB; texts stand in 'single', names in \"double\" quotation marks."


def _listed(paths: Iterable[Path]) -> str:
    return f"[{', '.join(quoted(str(path.resolve())) for path in paths)}]"


def _name(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'


def _no_formula(column: str) -> str:
    """A text with a mark before it where spreadsheets would compute it."""
    first = f"left(ltrim({column}, {quoted(BLANKS)}), 1)"
    begins = f"{first} <> '' AND contains({quoted(FORMULA)}, {first})"
    return f"CASE WHEN {begins} THEN '''' || {column} ELSE {column} END"


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
