"""The option --for of commands that write projects, and what is said of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from qdpx_compassion.cli.output import console, print_findings, say
from qdpx_compassion.errors import UsageError

if TYPE_CHECKING:
    from qdpx_compassion.api.targets import Destination

FOR = click.option(
    "--for",
    "program",
    metavar="PROGRAM",
    help="Write it as this program is known to accept it, and tell what the program drops: nvivo, atlasti, maxqda, "
    "qualcoder, qdaminer, transana or another; see `targets`.",
)


def refuse_dry_run(program: str | None) -> None:
    """Raise where nothing is written and yet for a program.

    Raises:
        UsageError: says how to see what would arrive.
    """
    if program is not None:
        raise UsageError(
            "--dry-run writes nothing, so it cannot go together with --for.",
            remedy=f"See what would arrive with: qdpx-compassion targets PROJECT --for {program}",
        )


def print_written_for(made: Destination) -> None:
    """What was changed for the program, and what it is known to do with the project."""
    if made.written is None:
        return
    program = made.written.target.program
    mends = made.written.mends
    written = [finding for finding in made.findings if finding.code == "target-written"]
    known = [finding for finding in made.findings if finding.code != "target-written" and finding not in mends]
    say(console(), f"Written for {program}:" if written or mends else f"Nothing had to be changed for {program}.")
    print_findings(mends)
    print_findings(written, every=True)
    if known:
        say(console(), f"What {program} is known to do with it when it imports it:")
        print_findings(known, every=True)


def counts_for(made: Destination) -> dict[str, object]:
    """What was changed, as numbers for the log."""
    if made.written is None:
        return {}
    counts = {kind: number for kind, number in made.written.changed.counts.items() if number}
    return {"for": counts | ({"mends": len(made.written.mends)} if made.written.mends else {})}


def as_json_for(made: Destination) -> dict[str, object]:
    """What was changed and what the program is known to do with it, for ``--json``."""
    return {"for": made.written.as_dict()} if made.written else {}
