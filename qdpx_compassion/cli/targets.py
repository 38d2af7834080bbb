"""The command ``targets``."""

# ruff: noqa: D301 - click reads the backspace character (not a backslash and a b) as "do not wrap this paragraph"

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from qdpx_compassion.cli.output import FORCE, JSON, console, output_option, print_json, progress, say
from qdpx_compassion.cli.run_log import logged, record

if TYPE_CHECKING:
    from qdpx_compassion.refi.targets.losses import Fate, Row
    from qdpx_compassion.refi.targets.profiles import Target

_SIGNS: dict[Fate, str] = {"kept": "yes", "changed": "~", "mended": "+", "lost": "NO", "refused": "!", "unknown": "?"}
_WIDTH = 5


@click.command()
@click.argument("project", type=click.Path(path_type=Path))
@click.option("--for", "program", metavar="PROGRAM", help="Only this program, with how we know each thing.")
@output_option("the table as a workbook (.xlsx)", required=False)
@FORCE
@JSON
@logged()
def targets(project: Path, program: str | None, output: Path | None, force: bool, as_json: bool) -> None:
    """Show what of a project would survive in which program.

    A row for each thing that the project holds, a column for each program, as if it were written with --for. With
    --for one program alone, with names from the project and how we know.

    \b
    Examples:
      qdpx-compassion targets study.qdpx
      qdpx-compassion targets study.qdpx --for atlasti
      qdpx-compassion targets study.qdpx -o survival.xlsx
    """
    from qdpx_compassion.api.targets import survival
    from qdpx_compassion.files.atomic import refuse_existing
    from qdpx_compassion.reports.survival import write_survival

    if output is not None:
        refuse_existing(output, force=force, inputs=(project,), suffixes=(".xlsx",))
    with progress(project, "Reading") as tell:
        found = survival(project, program=program, progress=tell)
    record({target.id: {row.fact: row.count for row in rows} for target, rows in found[:1]})
    if output is not None:
        write_survival(output, found, project.name, force=force)
    if as_json:
        print_json([_as_json(target, rows) for target, rows in found])
        return
    if program is not None:
        _print_one(*found[0])
    else:
        _print_all(found)
    if output is not None:
        say(console(), f"Wrote {output}.")


def _as_json(target: Target, rows: list[Row]) -> dict[str, object]:
    return {
        "id": target.id,
        "program": target.program,
        "imports": target.imports,
        "rows": [row.as_dict() for row in rows],
    }


def _print_all(found: list[tuple[Target, list[Row]]]) -> None:
    """The table, in blocks of as many programs as fit beside the words."""
    from qdpx_compassion.refi.targets.facts import FACTS
    from qdpx_compassion.refi.targets.losses import FATES

    out = console()
    by_fact: dict[str, dict[str, Row]] = {}
    for target, rows in found:
        for row in rows:
            by_fact.setdefault(row.fact, {})[target.id] = row
    facts = [fact for fact in FACTS if fact in by_fact]
    words = {fact: f"{row.count:,} {row.what}" for fact in facts for row in [next(iter(by_fact[fact].values()))]}
    if not facts:
        say(out, "The project holds nothing that could be lost.")
        return
    left = max(len(text) for text in words.values()) + 1
    told = [(target, rows) for target, rows in found if any(row.fate != "unknown" for row in rows)]
    for target, _ in told:
        say(out, (f"{target.id[: _WIDTH - 1]:<{_WIDTH}}", "bold"), target.program)
    say(out, (" " * left + "".join(f"{target.id[: _WIDTH - 1]:<{_WIDTH}}" for target, _ in told).rstrip(), "bold"))
    for fact in facts:
        signs = [_SIGNS[by_fact[fact][target.id].fate] if target.id in by_fact[fact] else "" for target, _ in told]
        say(out, f"{words[fact]:<{left}}" + "".join(f"{sign:<{_WIDTH}}" for sign in signs).rstrip())
    for fate, sign in _SIGNS.items():
        say(out, FATES[fate], indent=_WIDTH, first=(sign, "bold"))
    silent = [target.program for target, rows in found if (target, rows) not in told]
    if silent:
        say(out, f"Nobody says anything about: {', '.join(silent)}.")


def _print_one(target: Target, rows: list[Row]) -> None:
    from qdpx_compassion.refi.targets.losses import FATES, named, nothing_arrives
    from qdpx_compassion.refi.targets.profiles import STANDINGS

    out = console()
    if not target.imports:
        say(
            out, f"{target.program} imports no projects; convert the codes for it: qdpx-compassion convert IN codes.qdc"
        )
        return
    if nothing_arrives(rows):
        say(out, (f"{target.program} is known to drop everything that this project holds.", "bold red"))
    for fate, words in FATES.items():
        of_fate = [row for row in rows if row.fate == fate]
        if not of_fate:
            continue
        say(out, (f"{fate}", "bold"), f": {words}")
        for says, rows_of in _by_claim(of_fate).items():
            things = [
                f"{row.count:,} {row.what}"
                + (f" ({named(row.names, row.count)})" if fate != "kept" and row.names else "")
                for row in rows_of
            ]
            first = rows_of[0]
            known = f": {says} [{STANDINGS[first.standing]}: {first.source}]" if says else "."
            say(out, "; ".join(things) + known, indent=2)


def _by_claim(rows: list[Row]) -> dict[str, list[Row]]:
    """Rows that one claim is about stand together."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row.says, []).append(row)
    return found
