"""The commands ``corpus build``, ``query``, ``map``, ``summarise`` and ``shell``."""

# ruff: noqa: D301 - click reads the backspace character (not a backslash and a b) as "do not wrap this paragraph"

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from qdpx_compassion.cli.output import (
    FORCE,
    FRAMEWORK,
    JSON,
    Group,
    console,
    count,
    load,
    output_option,
    print_findings,
    print_json,
    say,
)
from qdpx_compassion.cli.run_log import logged, record

if TYPE_CHECKING:
    from qdpx_compassion.corpus.answers import Answer
    from qdpx_compassion.corpus.build import Built
    from qdpx_compassion.corpus.engines import Engine

CORPUS = click.argument("corpus", type=click.Path(path_type=Path))
PARTICIPANTS = click.option("--participants", metavar="WHO", help="Who the participants are; see 'summarise'.")
WORKERS = click.option(
    "--workers", type=click.IntRange(1), metavar="N", help="How many processes; as many as processors unless said."
)
GROUP = click.option("--group", metavar="WHAT", help="By what each project groups them, where it has that.")


@click.group(cls=Group)
def corpus() -> None:
    """Work with many projects at once: up to a hundred thousand, as one dataset.

    Needs the packages of the extra "corpus"; `qdpx-compassion doctor` says whether they are there, and how they are
    added.

    \b
    Example:
      qdpx-compassion corpus build exports/ -o corpus
      qdpx-compassion corpus query corpus "SELECT file, codings FROM projects"
    """


def _engine(engine: str, scheduler: str | None, workers: int | None) -> Engine:
    from qdpx_compassion.corpus.engines import Dask, Local
    from qdpx_compassion.errors import UsageError

    if engine == "dask":
        return Dask(scheduler, workers)
    if scheduler:
        raise UsageError("--scheduler is of the engine dask.", remedy="Add --engine dask, or leave it out.")
    return Local(workers)


@corpus.command(short_help="Read projects into a corpus, or what is new or changed.")
@click.argument("projects", nargs=-1, required=True, metavar="PROJECT...")
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, metavar="FOLDER",
              help="The corpus; one that exists is brought up to date.")  # fmt: skip
@click.option(
    "--text/--no-text", "texts", default=None,
    help="With or without words of interviews and memos; with, or as the corpus is, unless said.",
)  # fmt: skip
@click.option("--licence", default="", metavar="NOTE",
              help="A note on their licence. Otherwise the first line of a file LICENSE beside a project.")  # fmt: skip
@click.option("--again", is_flag=True, help="Read every project again, changed or not.")
@click.option("--prune", is_flag=True, help="Take out projects that are not among PROJECT any more.")
@click.option("--engine", type=click.Choice(["local", "dask"]), default="local", show_default=True,
              help="Work in processes of this computer, or on a Dask cluster.")  # fmt: skip
@WORKERS
@click.option("--scheduler", metavar="ADDRESS", help="Of a Dask cluster that exists, such as tcp://10.0.0.1:8786.")
@JSON
@logged(private=("projects", "licence", "scheduler"))
def build(
    projects: tuple[str, ...],
    output: Path,
    texts: bool | None,
    licence: str,
    again: bool,
    prune: bool,
    engine: Literal["local", "dask"],
    workers: int | None,
    scheduler: str | None,
    as_json: bool,
) -> None:
    """Read projects into a folder of Parquet files, a folder for each table.

    PROJECT is a file, a pattern ("exports/**/*.qdpx"), a folder with all below it, or an address (s3://, gs://,
    https://, zip://). A project that cannot be read becomes a row of the table failures. Given again, the command
    reads only what is new or changed; after it was stopped it goes on where it was.

    \b
    Examples:
      qdpx-compassion corpus build exports/ -o corpus
      qdpx-compassion corpus build "s3://archive/*/*.qdpx" -o corpus --no-text
    """
    from qdpx_compassion.corpus.build import build as build_corpus

    with _progress("Reading") as tell:
        built = build_corpus(
            projects, output, engine=_engine(engine, scheduler, workers), texts=texts, licence=licence, again=again,
            prune=prune, progress=tell,
        )  # fmt: skip
    record(_numbers(built), built.findings)
    if as_json:
        findings = [finding.as_dict() for finding in built.findings]
        print_json({"output": output, **_numbers(built), "findings": findings})
        return
    print_findings(built.findings)
    out = console()
    removed = f", {built.removed:,} taken out" if built.removed else ""
    said = f"{built.read:,} read, {built.unchanged:,} unchanged, {built.failed:,} cannot be read{removed}"
    say(out, f"{count(built.found, 'project')}: {said}.")
    if built.failures:
        say(out, "What cannot be read, and why:")
        question = '"SELECT location, message, remedy FROM failures"'
        out.print(f"  qdpx-compassion corpus query {output} {question}", soft_wrap=True)
    say(out, f"Wrote {output}: {count(built.projects, 'project')}.")


def _numbers(built: Built) -> dict[str, int]:
    names = ("found", "read", "unchanged", "failed", "removed", "projects", "failures", "batches")
    return {name: getattr(built, name) for name in names}


@corpus.command(short_help="Ask a corpus in SQL.")
@CORPUS
@click.argument("sql")
@output_option("the answer, a file that ends in .parquet, .csv or .json", required=False)
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV.")
@FORCE
@JSON
@logged(private=("sql",))
def query(corpus: Path, sql: str, output: Path | None, as_csv: bool, force: bool, as_json: bool) -> None:
    """Ask a corpus in SQL (that of DuckDB), over its tables and views.

    The tables are those of "qdpx-compassion corpus query CORPUS 'SHOW TABLES'"; quotations is the view to begin with.

    \b
    Examples:
      qdpx-compassion corpus query corpus "SELECT file, codings FROM projects"
      qdpx-compassion corpus query corpus "FROM quotations LIMIT 9" --csv
      qdpx-compassion corpus query corpus "FROM code_counts" -o codes.parquet
    """
    from qdpx_compassion.cli.corpus_shell import warn_if_outdated
    from qdpx_compassion.corpus import answers
    from qdpx_compassion.corpus.query import open_corpus
    from qdpx_compassion.errors import UsageError

    if sum((output is not None, as_csv, as_json)) > 1:
        raise UsageError("-o, --csv and --json exclude each other.", remedy="Give one of them.")
    if output is not None:
        answers.refuse(output, force=force)
    with open_corpus(corpus) as opened:
        warn_if_outdated(opened)
        if output is not None:
            rows = answers.write(opened, sql, output, force=force)
            record({"rows": rows})
            say(console(), f"Wrote {output}: {count(rows, 'row')}.")
            return
        opened.shut()
        if as_json:
            print_json(answers.ask(opened, sql).records())
        elif as_csv:
            for part in answers.ask(opened, sql).csv():
                click.echo(part.encode(), nl=False)
        else:
            _show(answers.ask(opened, sql))


@corpus.command("map", short_help="Apply mappings to all projects of a corpus.")
@CORPUS
@click.argument("mappings", type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, metavar="FOLDER",
              help="Where to write every coding with what it expresses.")  # fmt: skip
@PARTICIPANTS
@GROUP
@WORKERS
@FRAMEWORK
@FORCE
@JSON
@logged()
def map_(
    corpus: Path,
    mappings: Path,
    output: Path,
    participants: str | None,
    group: str | None,
    workers: int | None,
    framework: str,
    force: bool,
    as_json: bool,
) -> None:
    """Say of every coding in a corpus what it expresses.

    MAPPINGS is one mapping for all projects, or a folder with one for each, called like the project (study-1.xlsx for
    study-1.qdpx; all.csv holds for the rest). In one for all, codes are named by name or pattern: "Trust" fits every
    code of that name, "Values > *" all below Values.

    \b
    Examples:
      qdpx-compassion corpus map corpus mapping.csv -o mapped
      qdpx-compassion corpus query mapped "FROM construct_counts"
    """
    from qdpx_compassion.corpus.engines import Local
    from qdpx_compassion.corpus.mapped import map_corpus

    with _progress("Mapping") as tell:
        done = map_corpus(
            corpus, mappings, output, framework=load(framework), participants=participants, group=group,
            engine=Local(workers), force=force, progress=tell,
        )  # fmt: skip
    numbers = {"projects": done.projects, "not_mapped": done.not_mapped, "codings": done.codings}
    record(numbers, done.findings)
    if as_json:
        print_json({"output": output, **numbers, "findings": [finding.as_dict() for finding in done.findings]})
        return
    print_findings(done.findings)
    say(console(), f"{count(done.projects, 'project')}, {count(done.codings, 'coding')} that count; "
                   f"{done.not_mapped:,} without a mapping that can be used.")  # fmt: skip
    say(console(), f"Wrote {output}.")


@corpus.command(short_help="Write the workbook or page across all projects.")
@CORPUS
@click.argument("mappings", type=click.Path(path_type=Path), required=False)
@output_option("the report (.xlsx, .html, .docx, .md or .tex)")
@click.option("--by", type=click.Choice(["auto", "project", "group"]), default="auto", show_default=True,
              help="Groups are the projects, or those that projects have. auto: the projects, up to 12.")  # fmt: skip
@PARTICIPANTS
@GROUP
@FRAMEWORK
@FORCE
@JSON
@logged()
def summarise(
    corpus: Path,
    mappings: Path | None,
    output: Path,
    by: Literal["auto", "project", "group"],
    participants: str | None,
    group: str | None,
    framework: str,
    force: bool,
    as_json: bool,
) -> None:
    """Write the study's tables and quotations across all projects of a corpus, as one study.

    The ending of the output's name says as what: .xlsx is the workbook, .html the page. Codes of one path are one
    value. MAPPINGS is as for "corpus map". A document that is there under two names counts once.

    \b
    Examples:
      qdpx-compassion corpus summarise corpus mapping.csv -o across.xlsx
      qdpx-compassion corpus summarise corpus mapping.csv -o a.html --by group
    """
    from qdpx_compassion.corpus.summarising import summarise_corpus

    with _progress("Reading") as tell:
        done = summarise_corpus(
            corpus, output, mappings=mappings, framework=load(framework), by=by, participants=participants, group=group,
            force=force, progress=tell,
        )  # fmt: skip
    record({"projects": done.projects, "codings": done.codings}, done.findings)
    if as_json:
        findings = [finding.as_dict() for finding in done.findings]
        print_json({"output": output, "projects": done.projects, "codings": done.codings, "findings": findings})
        return
    print_findings(done.findings)
    say(console(), f"{count(done.projects, 'project')}, {count(done.codings, 'coding')} that count.")
    say(console(), f"Wrote {output}.")


@corpus.command(short_help="Ask a corpus in SQL, one question after the other.")
@CORPUS
@JSON
def shell(corpus: Path, as_json: bool) -> None:
    """Ask a corpus in SQL, one question after the other; each ends with a semicolon.

    Three commands more: .tables lists tables and views, .columns TABLE says what is in one, .quit ends.

    \b
    Example:
      qdpx-compassion corpus shell corpus
    """
    from qdpx_compassion.cli.corpus_shell import converse

    if not converse(corpus, as_json=as_json):
        sys.exit(1)


def _show(answer: Answer) -> None:
    from qdpx_compassion.cli.corpus_shell import show

    show(answer)


def _progress(what: str) -> _Bar:
    return _Bar(what)


class _Bar:
    """A bar of projects on stderr, where that is a terminal."""

    def __init__(self, what: str) -> None:
        self._what = what

    def __enter__(self) -> _Bar:
        self._bar = None
        if sys.stderr.isatty():
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

            columns = (TextColumn(self._what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
            self._bar = Progress(*columns, console=console(stderr=True), transient=True)
            self._task = self._bar.add_task(self._what, total=None)
            self._bar.start()
        return self

    def __call__(self, done: int, total: int) -> None:
        if self._bar is not None:
            self._bar.update(self._task, completed=done, total=total)

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()
