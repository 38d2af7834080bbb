"""The command ``doctor``."""

# ruff: noqa: D301 - click reads the backspace character (not a backslash and a b) as "do not wrap this paragraph"

from __future__ import annotations

import sys

import click

from qdpx_compassion.cli.output import JSON, console, print_json, say


@click.command()
@JSON
def doctor(as_json: bool) -> None:
    """Say whether the program works on this computer, and what to send when you ask for help.

    Shows versions and what is installed, and does the main job on a small sample. Nothing that it prints names a file,
    a folder or a person. The exit code is 1 when something does not work.

    \b
    Examples:
      qdpx-compassion doctor
      qdpx-compassion doctor --json
    """
    from qdpx_compassion.api.health import examine
    from qdpx_compassion.installed import how_to_add

    health = examine(sys.stdout.encoding or "unknown")
    if as_json:
        print_json(health.as_dict())
        sys.exit(0 if health.is_well else 1)
    out = console()
    for label, fact in health.facts.items():
        say(out, fact, indent=17, first=(label, "bold"))
    always = [f"{one.name} {one.version or 'is missing'}" for one in health.packages if not one.extra]
    say(out, ", ".join(always) or "not known", indent=17, first=("Packages", "bold"))
    for extra, there in health.extras.items():
        names = [f"{one.name} {one.version or 'is missing'}" for one in health.packages if one.extra == extra]
        how = "" if there else f". {how_to_add(extra=extra)}"
        say(out, f"{extra}: {', '.join(names)}{how}", indent=17, first=("Extra", "bold"))
    say(out, "")
    say(out, ("Self-test on a small sample", "bold"))
    for trial in health.trials:
        sign = ("works", "green") if not trial.problem else ("fails", "bold red")
        say(out, trial.what + (f": {trial.problem}" if trial.problem else ""), indent=7, first=sign)
    say(out, "")
    for remark in health.remarks:
        say(out, remark)
    say(out, "Everything works." if health.is_well else "Something does not work: see above.")
    say(
        out,
        "When you ask for help, send all of the above, the command that you gave and what it answered. Look through "
        "that answer first: it may name your files. Do not send the project.",
    )
    sys.exit(0 if health.is_well else 1)
