"""The commands ``mapping new``, ``mapping check``, ``mapping update`` and ``mapping compare``."""

# ruff: noqa: D301 - click reads the backspace character (not a backslash and a b) as "do not wrap this paragraph"

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from qdpx_compassion.cli.output import (
    FORCE,
    FRAMEWORK,
    JSON,
    MAPPING,
    MEDIA_ROOT,
    PROJECT,
    READING,
    Group,
    console,
    count,
    exit_code,
    load,
    output_option,
    print_findings,
    print_json,
    progress,
    say,
    shown,
)
from qdpx_compassion.cli.run_log import logged, record
from qdpx_compassion.code_tree import write_path
from qdpx_compassion.findings import Finding, Severity
from qdpx_compassion.not_there import not_there

if TYPE_CHECKING:
    from qdpx_compassion.teams.mappings import ComparedMappings


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
@MEDIA_ROOT
@FORCE
@JSON
@logged()
def new(project: Path, output: Path, framework: str, reading: str | None, force: bool, as_json: bool) -> None:
    """Write a mapping workbook: a row for each code, with examples, to mark what it expresses.

    \b
    Example:
      qdpx-compassion mapping new study.qdpx -o mapping.xlsx
    """
    from qdpx_compassion.api import new_mapping

    with not_there("numpy", "PIL"):  # a third of what openpyxl takes to import; these workbooks hold neither
        import qdpx_compassion.spreadsheets  # noqa: F401
    with progress(project, "Reading") as tell:
        findings = new_mapping(project, output, framework=load(framework), reading=reading, force=force, progress=tell)
    record({}, findings)
    _tell_written(output, project, findings, as_json=as_json)


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
        say(console(), f"{mapping.name}: {_verdict(findings)}")
        print_findings(findings, every=True)
    sys.exit(exit_code(findings))


@mapping.command(short_help="Write it again with the project's new codes in it.")
@PROJECT
@MAPPING
@output_option("the new mapping workbook (.xlsx)")
@FRAMEWORK
@READING
@MEDIA_ROOT
@FORCE
@JSON
@logged()
def update(
    project: Path, mapping: Path, output: Path, framework: str, reading: str | None, force: bool, as_json: bool
) -> None:
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
    record({}, findings)
    _tell_written(output, project, findings, as_json=as_json)


@mapping.command(short_help="Compare two people's mappings of one project.")
@click.argument("first", type=click.Path(path_type=Path))
@click.argument("second", type=click.Path(path_type=Path))
@click.option("--project", type=click.Path(path_type=Path), metavar="PROJECT", help="Take the codes from this project.")
@output_option("a workbook of it (.xlsx)", required=False)
@FRAMEWORK
@FORCE
@JSON
@logged()
def compare(
    first: Path, second: Path, project: Path | None, output: Path | None, framework: str, force: bool, as_json: bool
) -> None:
    """Compare two people's mappings: how far they agree about each construct, and which codes they decided differently.

    \b
    Example:
      qdpx-compassion mapping compare anna.xlsx ben.xlsx -o compared.xlsx
    """
    from qdpx_compassion import api

    compared = api.compare_mappings(first, second, output, project=project, framework=load(framework), force=force)
    record({"differences": len(compared.comparison.differences)}, compared.findings)
    if as_json:
        print_json({"output": output, **compared.as_dict()})
        return
    print_findings(_of_mapping(compared.findings))
    _tell_comparison(compared)
    if output:
        say(console(), f"Wrote {output}.")


def _tell_comparison(compared: ComparedMappings) -> None:
    out = console()
    names = {one.id: one.name for one in compared.framework.constructs}
    for one in compared.comparison.constructs:
        if one.codes:
            told = [
                f"{found.name} {found.value:.2f}" if found.value is not None else f"{found.name} {found.reason}"
                for found in (one.coefficients[0], one.coefficients[1])
            ]
            say(out, f"{names[one.construct_id]}: {count(one.codes, 'code')}, {', '.join(told)}")
    differences = compared.comparison.differences
    say(out, f"{count(len(differences), 'decision')} differ{'s' if len(differences) == 1 else ''}.")
    for difference in differences:
        says = f"{compared.names[0]}: {compared.says(difference.first)}; {compared.names[1]}: "
        say(out, f"{write_path(difference.code.path)}: {says}{compared.says(difference.second)}", indent=2)


def _verdict(findings: list[Finding]) -> str:
    """Whether a mapping can be used, and what is counted of it, before the list that may be long."""
    if not findings:
        return "every code is decided, nothing is wrong."
    undecided = sum(finding.code == "mapping-undecided" for finding in findings)
    errors = sum(finding.severity is Severity.ERROR for finding in findings)
    warnings = sum(finding.severity is Severity.WARNING for finding in findings) - undecided
    counts = [count(errors, "error"), *([count(warnings, "warning")] if warnings else [])]
    counts.append(f"{count(undecided, 'code')} undecided" if undecided else "every code is decided")
    usable = "it cannot be used before the errors are mended" if errors else "it can be used as it is"
    return f"{', '.join(counts)}; {usable}."


def _of_mapping(findings: list[Finding]) -> list[Finding]:
    """What concerns the workbook; ``show`` tells what was noticed about the project."""
    return [finding for finding in findings if finding.code.startswith(("mapping-", "cell-", "sheet-"))]


def _tell_written(output: Path, project: Path, findings: list[Finding], *, as_json: bool) -> None:
    """What was noticed about the workbook, and what comes next."""
    if as_json:
        print_json({"output": output, "findings": [finding.as_dict() for finding in findings]})
        return
    print_findings(_of_mapping(findings))
    out = console()
    say(out, f"Wrote {output}. Open it, mark what each code expresses, save it, then run:")
    # never wrapped: it is there to be copied
    out.print(f"  qdpx-compassion mapping check {shown(project)} {shown(output)}", soft_wrap=True)
