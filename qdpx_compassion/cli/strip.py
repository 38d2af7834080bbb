"""The command ``strip``."""

# ruff: noqa: D301 - click reads the backspace character (not a backslash and a b) as "do not wrap this paragraph"

from __future__ import annotations

from pathlib import Path

import click

from qdpx_compassion.cli.output import (
    FORCE,
    JSON,
    PROJECT,
    console,
    count,
    load,
    output_option,
    print_findings,
    print_json,
    progress,
    say,
)
from qdpx_compassion.cli.run_log import logged, record

_COUNTED = ("Coding", "Code", "Set", "Link", "Graph", "Note")


@click.command()
@PROJECT
@output_option("the project without the framework")
@click.option("--framework", metavar="ID|FILE", help="Take out only this one; all frameworks unless said.")
@click.option("--all", "everything", is_flag=True, help="Take out codings made by hand with framework codes, too.")
@FORCE
@JSON
@logged()
def strip(project: Path, output: Path, framework: str | None, everything: bool, force: bool, as_json: bool) -> None:
    """Take the framework out of a project again.

    What enriching added goes, and the project is again what it was, byte for byte. A coding that somebody made by hand
    with a framework code stays, with its code, and is listed.

    \b
    Example:
      qdpx-compassion strip enriched.qdpx -o original.qdpx
    """
    from qdpx_compassion import api

    # An id may be known to the project alone; what looks like a file must be one.
    is_file = framework is not None and (framework.endswith(".toml") or Path(framework).is_file())
    chosen = load(framework) if framework and is_file else framework
    with progress(project, "Stripping", passes=4) as tell:
        result = api.strip(project, output, framework=chosen, everything=everything, force=force, progress=tell)
    record({"removed": dict(result.elements)}, result.findings)
    if as_json:
        findings = [finding.as_dict() for finding in result.findings]
        print_json({"output": output, "removed": dict(result.elements), "frameworks": result.frameworks,
                    "findings": findings})  # fmt: skip
        return
    out = console()
    if result.elements:
        gone = [count(result.elements[name], name.lower()) for name in _COUNTED if result.elements[name]]
        say(out, f"Took out {', '.join(gone)} ({', '.join(result.frameworks)}).")
    print_findings(result.findings, every=True)
    say(out, f"Wrote {output}.")
