"""The command ``convert``."""

# ruff: noqa: D301 - click reads the backspace character (not a backslash and a b) as "do not wrap this paragraph"

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from qdpx_compassion.cli.diff import difference_as_json, print_difference
from qdpx_compassion.cli.output import (
    FORCE,
    JSON,
    MEDIA_ROOT,
    console,
    count,
    print_findings,
    print_json,
    progress,
    say,
)
from qdpx_compassion.cli.run_log import logged, record
from qdpx_compassion.cli.written_for import FOR, as_json_for, counts_for, print_written_for, refuse_dry_run

if TYPE_CHECKING:
    from qdpx_compassion.api.targets import Destination
    from qdpx_compassion.formats.converting import Conversion
    from qdpx_compassion.teams import Difference

_COUNTED = ("codes", "cases", "sources", "selections", "codings", "notes", "sets", "links", "graphs")


@click.command()
@click.argument("source", metavar="IN", type=click.Path(path_type=Path))
@click.argument("target", metavar="OUT", type=click.Path(path_type=Path))
@click.option("--from", "read_as", metavar="FORMAT", help="What IN is, where its content does not say.")
@click.option("--to", "write_as", metavar="FORMAT", help="What to write, where the extension of OUT does not say.")
@click.option(
    "--texts",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Plain texts (a folder or .zip) of the documents, for spreadsheets of coded segments.",
)
@click.option("--namespace", metavar="atlasti|maxqda", help="The namespace that this program writes in a codebook.")
@click.option("--no-media", is_flag=True, help="Leave pictures, PDFs, recordings and styled texts behind.")
@click.option("--fail-on-loss", is_flag=True, help="Write nothing when anything would be lost.")
@click.option("--dry-run", is_flag=True, help="Write nothing; say what would be written and lost.")
@click.option(
    "--against",
    type=click.Path(path_type=Path),
    metavar="ORIGINAL",
    help="Show what IN changes in this project; with --dry-run before anything is written.",
)
@MEDIA_ROOT
@FOR
@FORCE
@JSON
@logged(writes=("target",))
def convert(
    source: Path,
    target: Path,
    read_as: str | None,
    write_as: str | None,
    texts: Path | None,
    namespace: str | None,
    no_media: bool,
    fail_on_loss: bool,
    dry_run: bool,
    against: Path | None,
    program: str | None,
    force: bool,
    as_json: bool,
) -> int:
    """Convert a project or codebook to another format, and list what is lost.

    `qdpx-compassion formats` lists the formats. To change many codes at once, convert to .xlsx, change the sheets, and
    convert back.

    \b
    Examples:
      qdpx-compassion convert study.qdpx study.xlsx
      qdpx-compassion convert study.xlsx new.qdpx --dry-run --against study.qdpx
      qdpx-compassion convert study.xlsx new.qdpx
      qdpx-compassion convert study.qdpx tables --to csv
      qdpx-compassion convert study.qdpx study.html
      qdpx-compassion convert segments.xlsx study.qdpx --texts interviews
      qdpx-compassion convert study.xlsx for-nvivo.qdpx --for nvivo
    """
    from qdpx_compassion import api
    from qdpx_compassion.api.targets import destination
    from qdpx_compassion.formats import WriteOptions
    from qdpx_compassion.formats.reading_tables import BrokenTables

    if dry_run:
        refuse_dry_run(program)
    try:
        with (
            destination(target, program, force=force, inputs=(source,)) as made,
            progress(source, "Converting") as tell,
        ):
            difference = api.diff_tables(against, source, read_as=read_as) if against is not None else None
            done = api.convert(
                source,
                made.path,
                read_as=read_as,
                write_as=write_as,
                texts=texts,
                media=not no_media,
                options=WriteOptions(force=force, namespace=namespace or ""),
                fail_on_loss=fail_on_loss,
                dry_run=dry_run,
                progress=tell,
            )
    except BrokenTables as error:
        if as_json:
            print_json({"input": source, "output": None, "findings": [one.as_dict() for one in error.findings]})
        else:
            print_findings(error.findings, every=True)
        raise
    losses = {loss.kind: loss.count for loss in done.losses}
    record(
        {"rows": done.rows, "files": done.files, "losses": losses, **counts_for(made)}, [*done.findings, *made.findings]
    )
    done.target = None if dry_run else target
    if as_json:
        print_json({**_as_json(done, difference), **as_json_for(made)})
    else:
        _print(done, target, difference, made)
    return 1 if dry_run and fail_on_loss and done.losses else 0


def _as_json(done: Conversion, difference: Difference | None) -> dict[str, object]:
    changes = {} if difference is None else {"changes": difference_as_json(difference)}
    return {
        "input": done.source,
        "output": done.target,
        "from": done.read_as,
        "to": done.written_as,
        "rows": done.rows,
        "files": done.files,
        "losses": [loss.as_dict() for loss in done.losses],
        "findings": [finding.as_dict() for finding in done.findings],
        **changes,
    }


def _print(done: Conversion, target: Path, difference: Difference | None, made: Destination) -> None:
    out = console()
    print_findings(done.findings)
    if difference is not None:
        print_difference(difference, every=True)
    parts = [count(done.elements[name], name.removesuffix("s"), name) for name in _COUNTED if done.elements[name]]
    parts += [count(done.files, "file")] if done.files else []
    say(out, f"Read {', '.join(parts) or 'an empty project'}.")
    if not done.losses:
        say(out, "Nothing is lost.")
    for loss in done.losses:
        say(out, ("Lost", "bold yellow"), f" {loss.kind} ({loss.count:,}): {loss.why}")
    print_written_for(made)
    say(out, f"Wrote {target}." if done.target else "Dry run: nothing was written.")
