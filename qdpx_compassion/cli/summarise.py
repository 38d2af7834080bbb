"""The command ``summarise``."""

# ruff: noqa: D301 - click reads the backspace character (not a backslash and a b) as "do not wrap this paragraph"

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from qdpx_compassion.cli.output import (
    FORCE,
    FRAMEWORK,
    JSON,
    MEDIA_ROOT,
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
from qdpx_compassion.cli.run_log import logged, record


@click.command()
@PROJECT
@click.argument("mapping", type=click.Path(path_type=Path), required=False)
@output_option("the report; its ending says what it is")
@FRAMEWORK
@click.option(
    "--participants", metavar="WHO",
    help="Who the participants are: sources, cases, sets, codes:PATH or variable:NAME. Otherwise it is worked out.",
)  # fmt: skip
@click.option("--group", metavar="WHAT", help="By what they are grouped: a variable, sets or cases by name, or none.")
@click.option(
    "--rows", type=click.Choice(["coding", "quotation"]), default="coding", show_default=True,
    help="In the workbook: whether the sheet Quotations has a row for each coding or for each quotation.",
)  # fmt: skip
@click.option(
    "--coders", type=click.Choice(["once", "each"]), default="once", show_default=True,
    help="Count a coding once for all coders, or once for each.",
)  # fmt: skip
@click.option(
    "--indicators", is_flag=True,
    help="In the workbook: a column of 0 and 1 for each code on the sheet Quotations, for statistics.",
)  # fmt: skip
@READING
@MEDIA_ROOT
@FORCE
@JSON
@logged()
def summarise(
    project: Path,
    mapping: Path | None,
    output: Path,
    framework: str,
    participants: str | None,
    group: str | None,
    rows: Literal["coding", "quotation"],
    coders: Literal["once", "each"],
    indicators: bool,
    reading: str | None,
    force: bool,
    as_json: bool,
) -> None:
    """Write the study's tables and quotations, for your co-authors.

    The ending of the output's name says as what: .xlsx is the Excel workbook, .html a page to look at in a browser,
    .docx the quotations for Word, .md or .tex the paper's tables. Without MAPPING a report holds the values and
    quotations alone; with it, the framework too.

    \b
    Examples:
      qdpx-compassion summarise study.qdpx mapping.xlsx -o summary.xlsx
      qdpx-compassion summarise study.qdpx mapping.xlsx -o report.html
      qdpx-compassion summarise study.qdpx mapping.xlsx -o quotes.docx
      qdpx-compassion summarise study.qdpx -o codes.xlsx
      qdpx-compassion summarise study.qdpx mapping.xlsx -o s.xlsx --group Role
    """
    from qdpx_compassion import api
    from qdpx_compassion.study.summary import Options

    with progress(project, "Reading") as tell:
        findings = api.summarise(
            project,
            output,
            mapping=mapping,
            framework=load(framework),
            participants=participants,
            group=group,
            options=Options(rows, coders, indicators),
            reading=reading,
            force=force,
            progress=tell,
        )
    record({}, findings)
    if as_json:
        print_json({"output": output, "findings": [finding.as_dict() for finding in findings]})
        return
    print_findings(findings)
    if output.suffix.lower() != ".xlsx":
        for option, given in (("--rows", rows != "coding"), ("--indicators", indicators)):
            if given:
                say(console(), f"{option} is about the workbook; {output.name} is the same without it.")
    say(console(), f"Wrote {output}.")
