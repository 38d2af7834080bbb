"""The command ``completion``."""

# ruff: noqa: D301 - click reads the backspace character (not a backslash and a b) as "do not wrap this paragraph"

from __future__ import annotations

import click

from qdpx_compassion.cli.output import console, say
from qdpx_compassion.cli.shells import SHELLS


@click.command()
@click.argument("shell", type=click.Choice(SHELLS), metavar="[SHELL]", required=False)
@click.option("--install", "do_install", is_flag=True, help="Put it where the shell finds it.")
def completion(shell: str | None, do_install: bool) -> None:
    """Let the Tab key complete commands, options and files.

    SHELL is bash, zsh, fish or powershell; without it, yours. With --install it is put where that shell finds it in
    every new window; without, the script is printed, for one window or for a place of your own.

    \b
    Examples:
      qdpx-compassion completion --install
      qdpx-compassion completion zsh
    """
    from qdpx_compassion.cli.shells import install, script, this_shell

    chosen = shell or this_shell()
    if not do_install:
        click.echo(script(chosen), nl=False)
        return
    out = console()
    for place in install(chosen):
        say(out, f"Wrote {place.script}" + (f"; a line in {place.startup} reads it." if place.startup else "."))
    say(out, "Open a new window and try: qdpx-compassion, a space, then the Tab key.")
    if chosen == "powershell":
        say(
            out,
            "If PowerShell says that scripts are disabled, run once: "
            "Set-ExecutionPolicy -Scope CurrentUser RemoteSigned",
        )
