"""The command ``summarise``."""

# ruff: noqa: D301 - click reads the backspace character (not a backslash and a b) as "do not wrap this paragraph"

from __future__ import annotations

from pathlib import Path

import click

from qdpx_compassion.cli.output import (
    FORCE,
    FRAMEWORK,
    JSON,
    PROJECT,
    READING,
    console,
    load,
    output_option,
    print_findings,
    print_json,
    progress,
    say,
)


@click.command()
@PROJECT
@click.argument("mapping", type=click.Path(path_type=Path), required=False)
@output_option("the workbook (.xlsx)")
@FRAMEWORK
@READING
@FORCE
@JSON
def summarise(
    project: Path, mapping: Path | None, output: Path, framework: str, reading: str | None, force: bool, as_json: bool
) -> None:
    """Write the Excel workbook with the study's tables, for your co-authors.

    Without MAPPING it holds the values and quotations alone; with it, the framework too.

    \b
    Examples:
      qdpx-compassion summarise study.qdpx mapping.xlsx -o summary.xlsx
      qdpx-compassion summarise study.qdpx -o codes.xlsx
    """
    from qdpx_compassion import api

    with progress(project, "Reading") as tell:
        findings = api.summarise(
            project, output, mapping=mapping, framework=load(framework), reading=reading, force=force, progress=tell
        )
    if as_json:
        print_json({"output": output, "findings": [finding.as_dict() for finding in findings]})
        return
    print_findings(findings)
    say(console(), f"Wrote {output}.")
