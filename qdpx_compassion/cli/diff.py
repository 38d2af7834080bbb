"""The command ``diff``."""

# ruff: noqa: D301 - click reads the backspace character (not a backslash and a b) as "do not wrap this paragraph"

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import asdict
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from qdpx_compassion.cli.output import (
    FORCE,
    JSON,
    console,
    count,
    output_option,
    print_findings,
    print_json,
    progress,
    say,
)
from qdpx_compassion.cli.run_log import logged, record

if TYPE_CHECKING:
    from qdpx_compassion.teams import Changed, Difference, KindDifference

_SHOWN = 3


@click.command()
@click.argument("first", type=click.Path(path_type=Path))
@click.argument("second", type=click.Path(path_type=Path))
@output_option("the differences as a workbook (.xlsx)", required=False)
@click.option("--all", "every", is_flag=True, help="Show every difference, not the first few of each kind.")
@FORCE
@JSON
@logged()
def diff(first: Path, second: Path, output: Path | None, every: bool, force: bool, as_json: bool) -> None:
    """Show what changed between two projects: what is lost, what is new, what is different.

    Elements are recognised by their GUID, or by what they stand for where another program gave new ones. The exit code
    is 1 when something of FIRST is lost in SECOND.

    \b
    Examples:
      qdpx-compassion diff before.qdpx after.qdpx
      qdpx-compassion diff before.qdpx after.qdpx -o differences.xlsx
    """
    from qdpx_compassion import api

    if output is not None:
        api.refuse_existing(output, force=force, inputs=(first, second))
    with progress(first, "Comparing", passes=2) as tell:
        difference = api.diff(first, second, progress=tell)
    findings = api.write_difference(output, difference, force=force) if output is not None else []
    record({"losses": difference.losses, **difference_counts(difference)}, findings)
    if as_json:
        print_json(difference_as_json(difference))
    else:
        print_difference(difference, every=every)
        print_findings(findings)
        if output is not None:
            say(console(), f"Wrote {output}.")
    sys.exit(1 if difference.losses else 0)


def difference_as_json(difference: Difference) -> dict[str, object]:
    """The differences as plain values."""
    return {
        "first": {"file": difference.first, "origin": difference.origins[0]},
        "second": {"file": difference.second, "origin": difference.origins[1]},
        "losses": difference.losses,
        "counts": difference_counts(difference),
        "details": {
            kind.kind: {name: [asdict(item) for item in getattr(kind, name)] for name in ("changed", "lost", "new")}
            for kind in difference.kinds
            if kind.changed or kind.lost or kind.new
        },
    }  # fmt: skip


def difference_counts(difference: Difference) -> dict[str, dict[str, int]]:
    """How many elements of each kind are the same, changed, lost, new."""
    return {
        kind.kind: {
            "first": kind.first, "second": kind.second, "same": kind.same, "changed": len(kind.changed),
            "lost": len(kind.lost), "new": len(kind.new), "merged": kind.merged, "other_guid": kind.other_guid,
        }
        for kind in difference.kinds
    }  # fmt: skip


def print_difference(difference: Difference, *, every: bool) -> None:
    """The differences for people: a table of numbers, then the first of each kind, or all."""
    out = console()
    names = (difference.first, difference.second)
    for word, name, origin in zip(("From", "To"), names, difference.origins, strict=True):
        say(out, name + (f" ({origin})" if origin else ""), indent=6, first=(word, "bold"))
    headings = ("same", "changed", "lost", "new")
    say(out, (" " * 20 + "".join(heading.rjust(12) for heading in headings), "bold"))
    for kind in difference.kinds:
        numbers = (kind.same, len(kind.changed), len(kind.lost), len(kind.new))
        say(out, kind.kind.ljust(20) + "".join((f"{n:,}" if n else "–").rjust(12) for n in numbers))
    for kind in difference.kinds:
        for heading, lines in _details(kind):
            shown = lines if every or len(lines) <= _SHOWN + 1 else lines[:_SHOWN]
            say(out, (heading, "bold"))
            for line in shown:
                say(out, line, indent=2)
            if len(lines) > len(shown):
                say(out, f"… and {len(lines) - len(shown):,} more; --all shows them all", indent=2)
    for line in _remarks(difference):
        say(out, line)


def _details(kind: KindDifference) -> Iterator[tuple[str, list[str]]]:
    """The headings and lines of one kind: what is lost first."""
    if kind.lost:
        yield f"{kind.kind}: lost ({len(kind.lost):,})", [item.label for item in kind.lost]
    if kind.changed:
        yield f"{kind.kind}: changed ({len(kind.changed):,})", [_line(changed) for changed in kind.changed]
    if kind.new:
        yield f"{kind.kind}: new ({len(kind.new):,})", [item.label for item in kind.new]


def _line(changed: Changed) -> str:
    pairs = ((c.attribute, *_where_they_part(c.before, c.after)) for c in changed.changes)
    changes = (f"{attribute} {_shown(before)} → {_shown(after)}" for attribute, before, after in pairs)
    return f"{changed.label}: {'; '.join(changes)}"


def _where_they_part(before: str | None, after: str | None) -> tuple[str | None, str | None]:
    """Two texts, from some words before the first difference where they begin alike for long."""
    pairs = zip(before or "", after or "", strict=False)
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    start = (before or "").rfind(" ", 0, max(same - 20, 0)) + 1
    if before is None or after is None or same < 40 or start == 0:
        return before, after
    return f"… {before[start:]}", f"… {after[start:]}"


def _shown(value: str | None) -> str:
    from qdpx_compassion.refi.quoting import short

    return "nothing" if value is None else short(value, 60)


def _remarks(difference: Difference) -> Iterator[str]:
    if difference.is_empty:
        yield "Nothing changed."
    merged = sum(kind.merged for kind in difference.kinds)
    if merged:
        many = count(merged, "selection of one project shares its place", "selections of one project share their place")
        yield f"{many} with another: programs join or split them."
    guids = sum(kind.other_guid for kind in difference.kinds)
    if guids:
        many = count(guids, "element has another GUID and was", "elements have another GUID and were")
        yield f"{many} recognised by what they stand for."
    if difference.nothing_in_common:
        yield "The projects have nothing in common: are these the two that you meant?"
    if difference.losses:
        many = count(difference.losses, "element or value of the first is", "elements or values of the first are")
        yield f"Lost: {many} not in the second."
