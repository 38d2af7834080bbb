"""The command ``enrich``."""

# ruff: noqa: D301 - click reads the backspace character (not a backslash and a b) as "do not wrap this paragraph"

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from qdpx_compassion.cli.output import (
    FORCE,
    FRAMEWORK,
    JSON,
    MAPPING,
    PROJECT,
    console,
    load,
    output_option,
    print_findings,
    print_json,
    progress,
    say,
)
from qdpx_compassion.cli.run_log import logged, record
from qdpx_compassion.cli.written_for import FOR, as_json_for, counts_for, print_written_for, refuse_dry_run
from qdpx_compassion.errors import UsageError

if TYPE_CHECKING:
    from qdpx_compassion.api import Enriched
    from qdpx_compassion.api.targets import Destination
    from qdpx_compassion.findings import Finding
    from qdpx_compassion.frameworks import Framework


@click.command()
@PROJECT
@MAPPING
@output_option("the enriched project (.qdpx)", required=False)
@click.option(
    "--summary",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write the summary workbook (.xlsx), too, or another report (see summarise).",
)
@click.option("--dry-run", is_flag=True, help="Only say what would be added; write nothing.")
@FRAMEWORK
@FOR
@FORCE
@JSON
@logged(writes=("output", "summary"))
def enrich(
    project: Path, mapping: Path, output: Path | None, summary: Path | None, dry_run: bool, framework: str,
    program: str | None, force: bool, as_json: bool,
) -> None:  # fmt: skip
    """Write a copy of a project with the framework's codes and codings in it.

    The copy is the original, byte for byte, with these added: the framework as codes, a coding with a construct
    wherever a mapped code was used, a set for each construct, and a note that says so. The original is not changed.

    \b
    Examples:
      qdpx-compassion enrich study.qdpx mapping.xlsx -o enriched.qdpx
      qdpx-compassion enrich study.qdpx mapping.xlsx --dry-run
      qdpx-compassion enrich study.qdpx mapping.xlsx -o new.qdpx --for nvivo
    """
    from qdpx_compassion import api
    from qdpx_compassion.api.targets import destination

    if output is None and not dry_run:
        raise UsageError("Say where to write with -o FILE, or use --dry-run to write nothing.")
    if dry_run and (output or summary) is not None:
        raise UsageError(
            f"--dry-run writes nothing, so it cannot go together with {'-o' if output else '--summary'}.",
            remedy="Leave one of the two out.",
        )
    if dry_run:
        refuse_dry_run(program)
    chosen = load(framework)
    if summary is not None:
        api.refuse_existing(summary, force=force, inputs=(project, mapping), suffixes=api.REPORT_SUFFIXES)
    made: Destination | None = None
    with contextlib.ExitStack() as stack:
        if output is not None:
            made = stack.enter_context(destination(output, program, force=force, inputs=(project, mapping)))
        tell = stack.enter_context(progress(project, "Enriching", passes=2))
        where = made.path if made else None
        result = api.enrich(project, mapping, where, framework=chosen, reader=program, force=force, progress=tell)
    findings = result.findings
    if not as_json:
        report(result, chosen, output, made)
    findings = [*findings, *made.findings] if made else findings
    if summary is not None:
        with progress(project, "Summarising") as tell:
            noticed = api.summarise(project, summary, mapping=mapping, framework=chosen, force=force, progress=tell)
        new = [finding for finding in noticed if finding not in findings]
        findings = [*findings, *new]
        if not as_json:
            print_findings(new)
            say(console(), f"Wrote {summary}.")
    added = {"added": result.added.counts, "codings": dict(result.added.codings), "replaced": dict(result.replaced)}
    record({**added, **(counts_for(made) if made else {})}, findings)
    if as_json:
        print_json({**_as_json(result, findings, output, summary), **(as_json_for(made) if made else {})})


def _as_json(
    result: Enriched, findings: Sequence[Finding], output: Path | None, summary: Path | None
) -> dict[str, object]:
    return {
        "output": output,
        "summary": summary,
        "added": result.added.counts,
        "codings": dict(result.added.codings),
        "replaced": dict(result.replaced),
        "program": result.dialect.id,
        "findings": [finding.as_dict() for finding in findings],
    }


def report(result: Enriched, framework: Framework, output: Path | None, made: Destination | None) -> None:
    """What was added, noticed and written; without an output, what would be added."""
    out = console()
    verb = "Added" if output else "Would add"
    counts = result.added.counts.items()
    added = ", ".join(f"{number:,} {kind if number != 1 else kind[:-1]}" for kind, number in counts if number)
    say(out, f"{verb}: {added}.")
    for dimension in framework.dimensions:
        say(out, dimension.title, indent=2)
        for construct in dimension.constructs:
            say(out, construct.name, indent=13, first=(f"    {result.added.codings[construct.id]:>7,}", ""))
    print_findings(result.findings)
    if output and made:
        print_written_for(made)
        say(out, f"Wrote {output}.")
        say(out, _reminder(None if made.written else result), indent=2)


def _reminder(result: Enriched | None) -> str:
    """What to know before importing; None: what a program drops has been said."""
    text = "Import it as a new project: every program makes a new one, your present project stays as it is."
    if result is not None and result.dialect.drops:
        program, drops = result.dialect.program, result.dialect.drops
        text += f" {program} is known to drop or change on import: {'; '.join(drops)}."
    return text
