"""The command ``dialects``."""

# ruff: noqa: D301 - click reads the backspace character (not a backslash and a b) as "do not wrap this paragraph"

from __future__ import annotations

import difflib
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from qdpx_compassion.cli.output import JSON, console, print_json, say

if TYPE_CHECKING:
    from qdpx_compassion.refi.dialects import Dialect


@click.command()
@click.argument("program", required=False)
@JSON
def dialects(program: str | None, as_json: bool) -> None:
    """Show what is known of each program's files: how it is recognised, how it counts, and how we know.

    PROGRAM is the first word of a line of the list, for all that is known of that program.

    \b
    Examples:
      qdpx-compassion dialects
      qdpx-compassion dialects nvivo-windows
    """
    chosen = _chosen(program)
    if as_json:
        print_json([_as_json(profile) for profile in chosen])
    elif program:
        _print_one(chosen[0])
    else:
        _print_list(chosen)


def _chosen(program: str | None) -> list[Dialect]:
    from qdpx_compassion.errors import UsageError
    from qdpx_compassion.refi.dialects import dialects as profiles

    known = {profile.id: profile for profile in profiles()}
    if program is None:
        return list(known.values())
    if program not in known:
        near = difflib.get_close_matches(program.casefold(), known, n=1)
        hint = f"Did you mean “{near[0]}”? " if near else ""
        raise UsageError(f"The program “{program}” is not known.", remedy=f"{hint}Say one of: {', '.join(known)}.")
    return [known[program]]


def _as_json(profile: Dialect) -> dict[str, object]:
    from qdpx_compassion.refi.dialects import habits

    known = habits()
    return {
        **asdict(profile),
        "habits": [asdict(known[name]) for name in profile.habits],
        "claims": [asdict(claim) for claim in profile.claims],
    }


def _print_list(chosen: list[Dialect]) -> None:
    out = console()
    for profile in chosen:
        versions = f", {profile.versions}" if profile.versions else ""
        say(out, f"{profile.program}{versions}", indent=17, first=(profile.id, "bold"))
        say(out, f"{profile.reading.describe()} ({_STANDING[profile.standing]})", indent=17)
    say(out, "")
    say(out, "Where a file shows that it counts otherwise, the file is believed.")


def _print_one(profile: Dialect) -> None:
    from qdpx_compassion.refi.dialects import habits

    out = console()
    say(out, (profile.program, "bold"))
    lines = [("Versions", profile.versions or "no file was found")]
    lines.append(("Recognised", f"by its origin ({profile.origin})" if profile.origin else "what nothing else fits"))
    lines.append(("Counts", f"{profile.reading.describe()} ({_STANDING[profile.standing]})"))
    lines.append(("Names", f"of selections: {_NAMES[profile.names]}"))
    lines.append(("Drops", "; ".join(profile.drops) or "not known"))
    for label, value in lines:
        say(out, value, indent=14, first=(label, "bold"))
    for claim in profile.claims:
        say(out, f"{claim.says} ({_STANDING[claim.standing]})", indent=14, first=(claim.about.capitalize(), "bold"))
    for number, name in enumerate(profile.habits):
        say(out, habits()[name].says, indent=14, first=("Habits" if number == 0 else "", "bold"))


_STANDING = {"verified": "measured", "said": "said by others", "unknown": "not known"}
_NAMES = {
    "quotation": "the quotation, whole or cut",
    "positions": "the positions",
    "line": "the line",
    "empty": "empty",
    "unknown": "not known",
}
