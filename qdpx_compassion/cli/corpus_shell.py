"""What a corpus answers, shown in the terminal; and the conversation of ``corpus shell``."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from qdpx_compassion.cli.output import console, count, print_json, printable, say
from qdpx_compassion.errors import QdpxError

if TYPE_CHECKING:
    from qdpx_compassion.corpus.answers import Answer
    from qdpx_compassion.corpus.query import Corpus

#: Rows that are printed; all are in a file or in JSON.
_ROWS = 100
#: Columns of fewer characters than this cannot be read.
_NARROW = 9
#: Characters of a cell.
_WIDE = 200


def show(answer: Answer) -> None:
    """Print an answer as a table."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    out = console()
    rows = list(islice(answer.rows, _ROWS + 1))
    if len(answer.columns) * _NARROW > out.width:
        _show_one_by_one(answer.columns, rows[:_ROWS])
        _say_how_many(len(rows))
        return
    table = Table(box=box.SIMPLE, pad_edge=False)
    for name, number in zip(answer.columns, answer.numbers, strict=True):
        table.add_column(Text(printable(name)), justify="right" if number else "left", overflow="fold")
    for row in rows[:_ROWS]:
        table.add_row(*(Text(_cell(value)) for value in row))
    out.print(table)
    _say_how_many(len(rows))


def _show_one_by_one(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """A line for each cell that holds something, where columns would be too narrow to be read."""
    from rich.table import Table
    from rich.text import Text

    out = console()
    for number, row in enumerate(rows, 1):
        table = Table.grid(padding=(0, 2))
        for name, value in zip(columns, row, strict=True):
            if value is not None:
                table.add_row(Text(printable(name), style="bold"), Text(_cell(value)))
        say(out, f"Row {number:,}")
        out.print(table)
        say(out, "")


def _say_how_many(rows: int) -> None:
    if rows > _ROWS:
        say(console(), f"The first {_ROWS:,} rows; with -o FILE.csv, --csv or --json all of them.")
    else:
        say(console(), f"{count(rows, 'row')}.")


def _cell(value: object) -> str:
    text = "" if value is None else printable(" ".join(str(value).split()))
    return text if len(text) <= _WIDE else f"{text[:_WIDE]}…"


def warn_if_outdated(opened: Corpus) -> None:
    """Say that mapped tables and the corpus do not fit each other any more."""
    if opened.outdated:
        said = "The corpus was built again since it was mapped: its tables hold other projects than the mapped ones."
        say(console(stderr=True), f"Warning: {said} Map it again: corpus map … --force.")


def converse(folder: Path, *, as_json: bool) -> bool:
    """Ask until the person has enough; without a terminal, everything that stands on standard input.

    Returns:
        Whether everything was answered; what a person at a terminal mistypes does not count.
    """
    from qdpx_compassion.corpus.query import open_corpus

    prompted = sys.stdin.isatty()
    if prompted:
        import contextlib

        with contextlib.suppress(ImportError):  # lines can be edited and come back, where the system has it
            import readline  # noqa: F401
    with open_corpus(folder) as opened:
        opened.shut()
        warn_if_outdated(opened)
        if prompted:
            say(console(), f"{opened!r} Questions end with a semicolon; .tables, .columns TABLE and .quit.")
        asked, answered = "", True
        while True:
            try:
                line = input(("corpus> " if not asked else "   ...> ") if prompted else "")
            except EOFError:
                line = None
            except KeyboardInterrupt:
                asked = ""
                say(console(), "")
                continue
            if line is None or (not asked and line.strip() in (".quit", ".exit")):
                if asked.strip():
                    answered &= _answer(opened, asked, as_json)
                return answered or prompted
            if not asked and line.strip().startswith("."):
                answered &= _command(opened, line.strip(), as_json)
                continue
            asked += line + "\n"
            if line.rstrip().endswith(";"):
                answered &= _answer(opened, asked, as_json)
                asked = ""
            elif not asked.strip():
                asked = ""


def _command(opened: Corpus, line: str, as_json: bool) -> bool:
    from qdpx_compassion.corpus.query import quoted
    from qdpx_compassion.corpus.views import MAPPED_VIEWS, VIEWS

    words = line.split()
    if words[0] == ".tables":
        views = {**VIEWS, **MAPPED_VIEWS}
        said = {name: views[name][0] if name in views else "" for name in opened.names}
        for name, meaning in said.items():
            say(console(), f"{name}{': ' + meaning if meaning else ''}")
        return True
    if words[0] == ".columns" and len(words) == 2:
        if words[1] not in opened.names:
            say(console(stderr=True), f"Error: A corpus has no table “{printable(words[1])}”. .tables lists them.")
            return False
        query = f"SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = {quoted(words[1])}"  # noqa: S608
        return _answer(opened, query, as_json)
    known = "The commands are .tables, .columns TABLE and .quit; all else is SQL and ends with a semicolon."
    say(console(stderr=True), known)
    return False


def _answer(opened: Corpus, asked: str, as_json: bool) -> bool:
    """Answer one question after the other; whether all could be answered."""
    from qdpx_compassion.corpus import answers

    for question in opened.questions(asked):
        try:
            answer = answers.ask(opened, question)
            if as_json:
                print_json(answer.records())
            else:
                show(answer)
        except QdpxError as error:
            say(console(stderr=True), f"Error: {error}")
            return False
    return True
