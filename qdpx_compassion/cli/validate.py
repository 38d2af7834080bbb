"""The command ``validate``."""

# ruff: noqa: D301 - click reads the backspace character (not a backslash and a b) as "do not wrap this paragraph"

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import click

from qdpx_compassion.cli.output import (
    FORCE,
    JSON,
    MEDIA_ROOT,
    console,
    count,
    exit_code,
    print_findings,
    print_json,
    progress,
    say,
)
from qdpx_compassion.cli.run_log import logged, record
from qdpx_compassion.findings import Finding, Severity


@click.command()
@click.argument("projects", nargs=-1, required=True, metavar="PROJECT...", type=click.Path(path_type=Path))
@click.option("--strict", is_flag=True, help="Judge by the letter of the standard, also where programs forgive.")
@click.option("--all", "every", is_flag=True, help="Show every finding, not the first few of each kind.")
@click.option("--sarif", metavar="FILE", type=click.Path(path_type=Path), help="Write the findings as SARIF, too.")
@click.option("--junit", metavar="FILE", type=click.Path(path_type=Path), help="Write the findings as JUnit XML, too.")
@MEDIA_ROOT
@FORCE
@JSON
@logged(writes=("sarif", "junit"))
def validate(
    projects: tuple[Path, ...],
    strict: bool,
    every: bool,
    sarif: Path | None,
    junit: Path | None,
    force: bool,
    as_json: bool,
) -> None:
    """Check projects: the schema, and what no schema sees.

    References to nothing, equal GUIDs, positions outside their text, missing or wrong files, values of the wrong type,
    names that repeat, paths that tell who you are. The exit code is 1 when something is an error.

    \b
    Examples:
      qdpx-compassion validate study.qdpx
      qdpx-compassion validate *.qdpx --strict --junit findings.xml
    """
    from qdpx_compassion import api

    for target in (sarif, junit):
        if target is not None:
            api.refuse_existing(target, force=force, inputs=projects)
    found: dict[Path, list[Finding]] = {}
    for project in dict.fromkeys(projects):
        with progress(project, "Checking", passes=2) as tell:
            found[project] = api.validate(project, strict=strict, progress=tell)
    api.write_findings(found, sarif=sarif, junit=junit, force=force)
    every_one = [finding for findings in found.values() for finding in findings]
    record({str(level): sum(one.severity is level for one in every_one) for level in Severity}, every_one)
    if as_json:
        print_json([_as_json(project, findings) for project, findings in found.items()])
    else:
        for project, findings in found.items():
            _print(project, findings, every=every)
    sys.exit(max(exit_code(findings) for findings in found.values()))


def _as_json(project: Path, findings: list[Finding]) -> dict[str, object]:
    numbers = Counter(finding.severity for finding in findings)
    return {
        "project": str(project),
        **{f"{severity}s": numbers[severity] for severity in Severity},
        "findings": [finding.as_dict() for finding in findings],
    }


def _print(project: Path, findings: list[Finding], *, every: bool) -> None:
    numbers = Counter(finding.severity for finding in findings)
    told = [count(numbers[severity], str(severity)) for severity in Severity if numbers[severity]]
    say(console(), (str(project), "bold"), f": {', '.join(told) or 'nothing found'}")
    print_findings(findings, every=every, hint="; --all shows them all")
