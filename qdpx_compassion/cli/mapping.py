"""The commands ``mapping new``, ``mapping check`` and ``mapping update``."""

# ruff: noqa: D301 - click reads the backspace character (not a backslash and a b) as "do not wrap this paragraph"

from __future__ import annotations

import sys
from pathlib import Path

import click

from qdpx_compassion.cli.output import (
    FORCE,
    FRAMEWORK,
    JSON,
    MAPPING,
    PROJECT,
    READING,
    Group,
    console,
    exit_code,
    load,
    output_option,
    print_findings,
    print_json,
    progress,
    say,
    shown,
)
from qdpx_compassion.findings import Finding


@click.group(cls=Group)
def mapping() -> None:
    """Make, check and update the workbook in which you map your codes.

    \b
    Example:
      qdpx-compassion mapping new study.qdpx -o mapping.xlsx
    """


@mapping.command(short_help="Write the workbook, a row for each code, to fill in.")
@PROJECT
@output_option("the mapping workbook (.xlsx)")
@FRAMEWORK
@READING
@FORCE
def new(project: Path, output: Path, framework: str, reading: str | None, force: bool) -> None:
    """Write a mapping workbook: a row for each code, with examples, to mark what it expresses.

    \b
    Example:
      qdpx-compassion mapping new study.qdpx -o mapping.xlsx
    """
    from qdpx_compassion.api import new_mapping

    with progress(project, "Reading") as tell:
        findings = new_mapping(project, output, framework=load(framework), reading=reading, force=force, progress=tell)
    print_findings(_of_mapping(findings))
    _next(output, project)


@mapping.command(short_help="Name every problem and every undecided code.")
@PROJECT
@MAPPING
@FRAMEWORK
@JSON
def check(project: Path, mapping: Path, framework: str, as_json: bool) -> None:
    """Name every problem in a mapping with its cell, and every code that is still undecided.

    MAPPING is the filled workbook (.xlsx), or a mapping as .csv or .toml. The exit code is 1 where something is wrong.

    \b
    Example:
      qdpx-compassion mapping check study.qdpx mapping.xlsx
    """
    from qdpx_compassion.api import check_mapping

    with progress(project, "Reading") as tell:
        findings = check_mapping(project, mapping, framework=load(framework), progress=tell)
    if as_json:
        print_json([finding.as_dict() for finding in findings])
    else:
        print_findings(findings, every=True)
        if not findings:
            say(console(), f"{mapping.name}: every code is decided, nothing is wrong.")
        elif not exit_code(findings):
            say(console(), f"{mapping.name} can be used as it is.")
    sys.exit(exit_code(findings))


@mapping.command(short_help="Write it again with the project's new codes in it.")
@PROJECT
@MAPPING
@output_option("the new mapping workbook (.xlsx)")
@FRAMEWORK
@READING
@FORCE
def update(project: Path, mapping: Path, output: Path, framework: str, reading: str | None, force: bool) -> None:
    """Write a mapping workbook with what is new in the project; what was filled in is kept.

    \b
    Example:
      qdpx-compassion mapping update study.qdpx mapping.xlsx -o mapping-2.xlsx
    """
    from qdpx_compassion.api import update_mapping

    with progress(project, "Reading") as tell:
        findings = update_mapping(
            project, mapping, output, framework=load(framework), reading=reading, force=force, progress=tell
        )
    print_findings(_of_mapping(findings))
    _next(output, project)


def _of_mapping(findings: list[Finding]) -> list[Finding]:
    """What concerns the workbook; ``show`` tells what was noticed about the project."""
    return [finding for finding in findings if finding.code.startswith(("mapping-", "cell-", "sheet-"))]


def _next(output: Path, project: Path) -> None:
    out = console()
    say(out, f"Wrote {output}. Open it, mark what each code expresses, save it, then run:")
    # never wrapped: it is there to be copied
    out.print(f"  qdpx-compassion mapping check {shown(project)} {shown(output)}", soft_wrap=True)
