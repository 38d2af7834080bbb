"""The command ``show``."""

# ruff: noqa: D301 - click reads the backspace character (not a backslash and a b) as "do not wrap this paragraph"

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from qdpx_compassion.cli.output import JSON, PROJECT, console, print_findings, print_json, progress

if TYPE_CHECKING:
    from qdpx_compassion.api import Overview


@click.command()
@PROJECT
@click.option("--findings", "every", is_flag=True, help="Show every finding, not the first few of each kind.")
@JSON
def show(project: Path, every: bool, as_json: bool) -> None:
    """Show what is in a project, and what was noticed while reading it.

    \b
    Example:
      qdpx-compassion show study.qdpx
    """
    from qdpx_compassion.api import describe

    with progress(project, "Reading") as tell:
        overview = describe(project, progress=tell)
    if as_json:
        print_json(_as_json(overview))
        return
    _print(overview)
    if overview.findings:
        click.echo()
        print_findings(overview.findings, every=every)


def _as_json(overview: Overview) -> dict[str, object]:
    dialect = overview.dialect
    return {
        **{key: getattr(overview, key) for key in overview.__slots__ if key not in ("dialect", "findings", "users")},
        "dialect": {"id": dialect.id, "program": dialect.program, "standing": dialect.standing},
        "reading": {"unit": dialect.unit, "crlf": dialect.crlf, "end": dialect.end, "bom": dialect.bom},
        "users": [{"name": name, "codings": number} for name, number in overview.users],
        "findings": [finding.as_dict() for finding in overview.findings],
    }


def _print(overview: Overview) -> None:
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), title=None)
    table.add_column(style="bold", no_wrap=True)
    table.add_column()
    for label, value in _lines(overview):
        table.add_row(label, escape(value))
    out = console()
    out.print(f"[bold]{escape(overview.file)}[/]")
    out.print(table)


def _lines(overview: Overview) -> list[tuple[str, str]]:
    dialect = overview.dialect
    unit = "UTF-16 units" if dialect.unit == "utf16" else "Unicode code points"
    extra = [f"{n} {what}" for n, what in ((overview.case_codes, "of them cases"),
                                           (overview.own_codes, "of a framework")) if n]  # fmt: skip
    coders = [f"{name} ({number:,} codings)" for name, number in overview.users]
    lines = [
        ("Project", overview.name or "(no name)"),
        ("Written by", overview.origin or "(does not say)"),
        (
            "Read as",
            f"{dialect.program}: positions in {unit}, CR LF counts {dialect.crlf} ({_STANDING[dialect.standing]})",
        ),
        ("Changed", overview.modified),
        ("Users", "; ".join(coders) or "none"),
        ("Codes", f"{overview.codes:,}" + (f" ({', '.join(extra)})" if extra else "")),
        ("Sources", _kinds(overview.sources)),
        ("Selections", _kinds(overview.selections)),
        ("Codings", _kinds({f"of a {kind}": number for kind, number in overview.codings.items()})),
        ("Cases", f"{overview.cases:,}"),
        ("Variables", f"{overview.variables:,}"),
        ("Notes", f"{overview.notes:,}"),
        ("Sets", f"{overview.sets:,}"),
        ("Links", f"{overview.links:,}" if overview.links else ""),
        ("Graphs", f"{overview.graphs:,}" if overview.graphs else ""),
    ]
    return [(label, value) for label, value in lines if value]


_STANDING = {"verified": "verified in files", "said": "said by others, not verified", "unknown": "not verified"}


def _kinds(numbers: dict[str, int]) -> str:
    if not numbers:
        return "none"
    total = sum(numbers.values())
    parts = ", ".join(f"{number:,} {kind}" for kind, number in numbers.items())
    return parts if len(numbers) == 1 else f"{total:,}: {parts}"
