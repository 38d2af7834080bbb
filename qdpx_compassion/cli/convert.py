"""The command ``convert``."""

# ruff: noqa: D301 - click reads the backspace character (not a backslash and a b) as "do not wrap this paragraph"

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from qdpx_compassion.cli.output import FORCE, JSON, console, count, print_findings, print_json, progress, say

if TYPE_CHECKING:
    from qdpx_compassion.formats.converting import Conversion

_COUNTED = ("codes", "cases", "sources", "selections", "codings", "sets", "links", "graphs")


@click.command()
@click.argument("source", metavar="IN", type=click.Path(path_type=Path))
@click.argument("target", metavar="OUT", type=click.Path(path_type=Path))
@click.option("--from", "read_as", metavar="FORMAT", help="What IN is, where its content does not say.")
@click.option("--to", "write_as", metavar="FORMAT", help="What to write, where the extension of OUT does not say.")
@click.option("--namespace", metavar="atlasti|maxqda", help="The namespace that this program writes in a codebook.")
@click.option("--no-media", is_flag=True, help="Leave pictures, PDFs, recordings and styled texts behind.")
@click.option("--fail-on-loss", is_flag=True, help="Write nothing when anything would be lost.")
@click.option("--dry-run", is_flag=True, help="Write nothing; say what would be written and lost.")
@FORCE
@JSON
def convert(
    source: Path,
    target: Path,
    read_as: str | None,
    write_as: str | None,
    namespace: str | None,
    no_media: bool,
    fail_on_loss: bool,
    dry_run: bool,
    force: bool,
    as_json: bool,
) -> int:
    """Convert a project or codebook to another format, and list what is lost.

    `qdpx-compassion formats` lists the formats. To change many codes at once, convert to .xlsx, change the sheets, and
    convert back.

    \b
    Examples:
      qdpx-compassion convert study.qdpx study.xlsx
      qdpx-compassion convert study.xlsx changed.qdpx
      qdpx-compassion convert study.qdpx tables --to csv
    """
    from qdpx_compassion.formats import WriteOptions
    from qdpx_compassion.formats.converting import convert as run

    with progress(source, "Converting") as tell:
        done = run(
            source,
            target,
            read_as=read_as,
            write_as=write_as,
            media=not no_media,
            options=WriteOptions(force=force, namespace=namespace or ""),
            fail_on_loss=fail_on_loss,
            dry_run=dry_run,
            progress=tell,
        )
    if as_json:
        print_json(_as_json(done))
    else:
        _print(done, target)
    return 1 if dry_run and fail_on_loss and done.losses else 0


def _as_json(done: Conversion) -> dict[str, object]:
    return {
        "input": done.source,
        "output": done.target,
        "from": done.read_as,
        "to": done.written_as,
        "rows": done.rows,
        "files": done.files,
        "losses": [loss.as_dict() for loss in done.losses],
        "findings": [finding.as_dict() for finding in done.findings],
    }


def _print(done: Conversion, target: Path) -> None:
    out = console()
    print_findings(done.findings)
    parts = [count(done.rows[name], name.removesuffix("s"), name) for name in _COUNTED if done.rows.get(name)]
    parts += [count(done.files, "file")] if done.files else []
    say(out, f"Read {', '.join(parts) or 'an empty project'}.")
    if not done.losses:
        say(out, "Nothing is lost.")
    for loss in done.losses:
        say(out, ("Lost", "bold yellow"), f" {loss.kind} ({loss.count:,}): {loss.why}")
    say(out, f"Wrote {target}." if done.target else "Dry run: nothing was written.")
