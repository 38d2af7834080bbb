"""The command ``repair``."""

# ruff: noqa: D301 - click reads the backspace character (not a backslash and a b) as "do not wrap this paragraph"

from __future__ import annotations

import sys
from pathlib import Path

import click

from qdpx_compassion.cli.output import (
    FORCE,
    JSON,
    PROJECT,
    console,
    exit_code,
    output_option,
    print_findings,
    print_json,
    progress,
    say,
)
from qdpx_compassion.cli.run_log import logged, record
from qdpx_compassion.cli.written_for import FOR, as_json_for, counts_for, print_written_for


@click.command()
@PROJECT
@output_option("the repaired project")
@click.option("--assume", is_flag=True, help="Guess what is missing, and take out references to nothing.")
@click.option("--drop-unknown", is_flag=True, help="Take out elements and attributes that the standard does not know.")
@click.option("--all", "every", is_flag=True, help="Show every mend, not the first few of each kind.")
@FOR
@FORCE
@JSON
@logged()
def repair(
    project: Path, output: Path, assume: bool, drop_unknown: bool, every: bool, program: str | None, force: bool,
    as_json: bool,
) -> None:  # fmt: skip
    """Mend what is wrong in a project or codebook, and say what was mended and what is left.

    Without options only what is safe: the order of elements, empty containers, the form of GUIDs, paths, colours,
    numbers and dates, the namespace. Everything else stays byte for byte. The exit code is 1 when an error is left.

    \b
    Examples:
      qdpx-compassion repair study.qdpx -o repaired.qdpx
      qdpx-compassion repair study.qdpx -o repaired.qdpx --assume --drop-unknown
      qdpx-compassion repair study.qdpx -o for-atlasti.qdpx --for atlasti
    """
    from qdpx_compassion import api
    from qdpx_compassion.api.targets import destination

    with (
        destination(output, program, force=force, inputs=(project,)) as made,
        progress(project, "Repairing", passes=5) as tell,
    ):
        result = api.repair(project, made.path, assume=assume, drop_unknown=drop_unknown, force=force, progress=tell)
    counts = {"mends": len(result.mends), "left": len(result.left), **counts_for(made)}
    record(counts, [*result.mends, *result.left, *made.findings])
    if as_json:
        mends, left = ([finding.as_dict() for finding in found] for found in (result.mends, result.left))
        print_json({"output": output, "mends": mends, "left": left, **as_json_for(made)})
    else:
        out = console()
        say(out, "Mended:" if result.mends else "There was nothing to mend.")
        print_findings(result.mends, every=every, hint="; --all shows them all")
        if result.left:
            say(out, "Left as it was:")
            print_findings(result.left, every=every, hint="; --all shows them all")
        print_written_for(made)
        say(out, f"Wrote {output}.")
    sys.exit(exit_code(result.left))
