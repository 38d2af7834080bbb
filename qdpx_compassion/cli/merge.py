"""The command ``merge``."""

# ruff: noqa: D301 - click reads the backspace character (not a backslash and a b) as "do not wrap this paragraph"

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from qdpx_compassion.cli.output import (
    FORCE,
    JSON,
    console,
    count,
    output_option,
    print_findings,
    print_json,
    progress,
    say,
)
from qdpx_compassion.cli.run_log import logged, record

if TYPE_CHECKING:
    from qdpx_compassion.teams.merge import Merged
    from qdpx_compassion.teams.same_coders import Coders

_TOLD = ("sources", "codes", "codings")
_SHOWN = ("merge-", "cell-", "sheet-")


@click.command()
@click.argument("projects", nargs=-1, required=True, metavar="PROJECT...", type=click.Path(path_type=Path))
@output_option("the merged project (.qdpx)", required=False)
@click.option("--prefer", type=click.Path(path_type=Path), metavar="PROJECT",
              help="Where copies differ, this one holds; otherwise the newest.")  # fmt: skip
@click.option("--settle", multiple=True, metavar="NAME=PROJECT",
              help="For this element the copy of this file name holds. May be given several times.")  # fmt: skip
@click.option("--coders", type=click.Choice(["auto", "same", "apart"]), default="auto", show_default=True,
              help="Users of one name but other GUIDs: one coder, or several. Auto: one, but several where the name is "
                   "what programs call everybody (Admin, User).")  # fmt: skip
@click.option("--conflicts", type=click.Path(path_type=Path), metavar="FILE",
              help="Write what copies say differently, side by side, and what found no place (.xlsx).")  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Show what merging would give; write no project.")
@FORCE
@JSON
@logged(writes=("output", "conflicts"), private=("settle",))
def merge(
    projects: tuple[Path, ...], output: Path | None, prefer: Path | None, settle: tuple[str, ...],
    coders: Coders, conflicts: Path | None, dry_run: bool, force: bool, as_json: bool,
) -> None:  # fmt: skip
    """Merge several coders' copies of one project into a new one.

    The same sources, codes and codings are kept once, and every coding keeps its coder. Where copies say different
    things, both are listed, and which of them holds. The order of the copies does not matter.

    \b
    Examples:
      qdpx-compassion merge anna.qdpx ben.qdpx -o team.qdpx
      qdpx-compassion merge anna.qdpx ben.qdpx --dry-run --conflicts c.xlsx
      qdpx-compassion merge anna.qdpx ben.qdpx -o team.qdpx --prefer anna.qdpx
      qdpx-compassion merge anna.qdpx ben.qdpx -o team.qdpx --settle A=ben.qdpx
    """
    from qdpx_compassion import api

    if output is None and not dry_run:
        raise click.UsageError("Say where to write with -o FILE, or give --dry-run to look first.")
    said = dict(_choice(one) for one in settle)
    with progress(projects[0], "Reading") as tell:
        target = None if dry_run else output
        merged = api.merge(
            projects, target, prefer=prefer, settle=said, coders=coders, conflicts=conflicts, force=force, progress=tell
        )
    merged_counts = {table: after for table, (_, after) in merged.counts.items()}
    record({**merged_counts, "conflicts": len(merged.conflicts), "unplaced": len(merged.unplaced)}, merged.findings)
    if as_json:
        print_json({"output": None if dry_run else output, **merged.as_dict()})
        return
    # what the workbook lists need not be read here
    print_findings([one for one in merged.findings if one.code.startswith(_SHOWN)], every=conflicts is None)
    _tell(merged, "above" if conflicts is None else f"in {conflicts}")
    if not dry_run:
        say(console(), f"Wrote {output}.")
    if conflicts:
        say(console(), f"Wrote {conflicts}.")


def _choice(written: str) -> tuple[str, str]:
    name, equals, project = written.rpartition("=")
    if not equals or not name or not project:
        raise click.UsageError(f"--settle takes NAME=PROJECT, not “{written}”.")
    return name.strip(), project.strip()


def _tell(merged: Merged, where: str) -> None:
    out = console()
    for table in _TOLD:
        before, after = merged.counts.get(table, (0, 0))
        say(out, f"{table}: {before:,} in all copies, {after:,} merged")
    if merged.conflicts:
        say(out, f"{count(len(merged.conflicts), 'conflict')} settled as listed {where}.")
    if merged.unplaced:
        listed = "it is" if len(merged.unplaced) == 1 else "they are"
        say(out, f"{count(len(merged.unplaced), 'coding')} could not be placed; {listed} listed {where}.")
