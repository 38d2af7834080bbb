"""Answers of a corpus as plain values and as files."""

from __future__ import annotations

import csv as csv_module
import io
import math
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qdpx_compassion.files.atomic import atomic_output, refuse_existing
from qdpx_compassion.formats.cells import without_formula

if TYPE_CHECKING:
    from qdpx_compassion.corpus.query import Corpus

#: What a file with an answer may end in → how DuckDB writes it.
_FORMS = {
    ".parquet": "FORMAT parquet, COMPRESSION zstd",
    ".csv": "FORMAT csv, HEADER true",
    ".json": "FORMAT json, ARRAY true",
}
_FETCHED = 10_000


@dataclass(frozen=True)
class Answer:
    """What a question gave.

    Attributes:
        columns: their names. numbers: whether each holds numbers. rows: read while they are asked for.
    """

    columns: tuple[str, ...]
    numbers: tuple[bool, ...]
    rows: Iterator[tuple[Any, ...]]

    def records(self) -> list[dict[str, Any]]:
        """The rows as dictionaries; of columns of one name the later ones get a number, as in files."""
        names: list[str] = []
        for name in self.columns:
            number = 0
            while (unique := f"{name}_{number}" if number else name) in names:
                number += 1
            names.append(unique)
        return [dict(zip(names, map(_plain, row), strict=True)) for row in self.rows]

    def csv(self) -> Iterator[str]:
        """The rows as CSV with headings, some at a time; lines end as RFC 4180 has it."""
        rows = chain([self.columns], ([without_formula(_plain(value)) for value in row] for row in self.rows))
        while some := list(islice(rows, _FETCHED)):
            written = io.StringIO()
            csv_module.writer(written).writerows(some)
            yield written.getvalue()


def _plain(value: Any) -> Any:
    """A value as JSON has it, and as DuckDB itself writes it to files; what is no number is nothing."""
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


def ask(corpus: Corpus, question: str) -> Answer:
    """The answer to a question in SQL.

    Raises:
        UsageError: DuckDB does not understand it or cannot do it.
    """
    cursor = corpus.execute(question)
    described = cursor.description or []
    numbers = tuple(
        any(word in str(one[1]).upper() for word in ("INT", "DOUBLE", "FLOAT", "DECIMAL", "NUMBER"))
        for one in described
    )

    def rows() -> Iterator[tuple[Any, ...]]:
        while some := cursor.fetchmany(_FETCHED):
            yield from some

    return Answer(tuple(one[0] for one in described), numbers, rows())


def refuse(target: Path, *, force: bool) -> None:
    """Refuse a target before the question is asked; see ``refuse_existing``."""
    refuse_existing(target, force=force, suffixes=tuple(_FORMS))


def write(corpus: Corpus, question: str, target: Path, *, force: bool = False) -> int:
    """Write the answer to a file that ends in .parquet, .csv or .json, with the corpus shut.

    Returns:
        Number of rows.

    Raises:
        OutputError: the file exists or cannot be written.
        UsageError: DuckDB does not understand the question, or it has no answer that could be written.
    """
    refuse(target, force=force)
    form = _FORMS[target.suffix.lower()]
    asked = question.strip().rstrip(";")
    with atomic_output(target, force=force) as temporary:
        return corpus.write(asked, temporary, form)
