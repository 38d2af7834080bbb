"""The command ``agreement``."""

# ruff: noqa: D301 - click reads the backspace character (not a backslash and a b) as "do not wrap this paragraph"

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from qdpx_compassion.cli.output import (
    FORCE,
    FRAMEWORK,
    JSON,
    MEDIA_ROOT,
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

if TYPE_CHECKING:
    from qdpx_compassion.agreement.coefficients import Coefficient
    from qdpx_compassion.teams.agreement import Agreement
    from qdpx_compassion.teams.jobs import Between


@click.command()
@click.argument("projects", nargs=-1, required=True, metavar="PROJECT...", type=click.Path(path_type=Path))
@click.option(
    "--mapping", type=click.Path(path_type=Path), metavar="FILE", help="Compare the framework's constructs too."
)
@output_option("the workbook (.xlsx)", required=False)
@click.option("--between", type=click.Choice(["auto", "users", "projects"]), default="auto", show_default=True,
              help="Who the coders are: the users in the projects, or each project as a whole.")  # fmt: skip
@click.option("--overlap", type=click.IntRange(1, 100), default=80, show_default=True, metavar="PERCENT",
              help="Segments agree from this share of the text of both on.")  # fmt: skip
@click.option("--unit", type=click.IntRange(0), default=0, metavar="CHARACTERS",
              help="Compare text in units of this length instead of characters.")  # fmt: skip
@click.option("--over", type=click.Choice(["sources", "participants"]), default="sources", show_default=True,
              help="What intervals are drawn from.")  # fmt: skip
@click.option("--seed", type=int, default=1, show_default=True, help="Of the draws for intervals.")
@MEDIA_ROOT
@FRAMEWORK
@FORCE
@JSON
@logged()
def agreement(
    projects: tuple[Path, ...], mapping: Path | None, output: Path | None, between: Between, overlap: int, unit: int,
    over: str, seed: int, framework: str, force: bool, as_json: bool,
) -> None:  # fmt: skip
    """Measure how far coders agree, inside one project or between several copies of it.

    For every code, and with a mapping for every construct: which sources it is in, how often, which text, which
    segments. The workbook lists the passages that one coder marked and another did not, side by side.

    \b
    Examples:
      qdpx-compassion agreement study.qdpx --mapping mapping.xlsx -o table.xlsx
      qdpx-compassion agreement anna.qdpx ben.qdpx -o table.xlsx
    """
    from qdpx_compassion import api

    with progress(projects[0], "Reading") as tell:
        result = api.agreement(
            projects, output, mapping=mapping, framework=load(framework), between=between, overlap=overlap / 100,
            unit=unit, by_participant=over == "participants", seed=seed, force=force, progress=tell,
        )  # fmt: skip
    counts = {"sources": len(result.material.sources), "coders": len(result.compared)}
    record({**counts, "disagreements": len(result.disagreements)}, result.findings)
    if as_json:
        print_json({"output": output, **result.as_dict()})
        return
    print_findings(
        [finding for finding in result.findings if finding.code.startswith(("agreement-", "merge-", "cell-"))]
    )
    _tell(result)
    if output:
        say(console(), f"Wrote {output}.")


def _tell(result: Agreement) -> None:
    """The numbers of all codes together, a line a level."""
    out = console()
    sources = count(len(result.material.sources), "source")
    say(out, f"{', '.join(result.compared)}: {sources} that two or more of them worked on.")
    together = {row.kind for row in result.rows if row.item is None}
    for row in result.rows:
        # a single code is all there is
        if row.coders == result.compared and (row.item is None or row.kind not in together):
            told = [_number(one) for one in (row.coefficients[0], row.coefficients[-1])]
            say(out, f"{row.label}, {row.level}: {', '.join(told)}", indent=2)
    say(out, count(len(result.disagreements), "passage") + " to talk over.")


def _number(one: Coefficient) -> str:
    if one.value is None:
        return f"{one.name} {one.reason}"
    return f"{one.name} {one.value:.1%}" if one.name == "percent agreement" else f"{one.name} {one.value:.2f}"
