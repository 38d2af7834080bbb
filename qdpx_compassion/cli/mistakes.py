"""How mistakes are told: one paragraph on standard error; a command that was not understood, with what was meant."""

from __future__ import annotations

import re
import shutil
import sys
import textwrap
from pathlib import Path

import click

from qdpx_compassion.cli.output import printable, shortened, shown

_WIDEST = 100  # columns of a paragraph that is read with ease
#: What click says of words that no argument takes.
_TOO_MANY = re.compile(r"Got unexpected extra arguments? \((.*)\)", re.DOTALL)


def tell(message: str) -> None:
    """Print a message as one paragraph, whatever a name in it holds; names stay whole, so that they can be copied."""
    paragraph = printable(" ".join(shortened(message).splitlines()))
    width = min(_WIDEST, shutil.get_terminal_size((_WIDEST, 24)).columns)
    click.echo(textwrap.fill(paragraph, width, break_on_hyphens=False, break_long_words=False), err=True)


def tell_usage(error: click.ClickException) -> None:
    """Print what is wrong with the words of a command, how the command is used, and what was probably meant."""
    if type(error).__name__ == "NoArgsIsHelpError":  # of click 8.2 and later: the help itself
        error.show()
        return
    context = error.ctx if isinstance(error, click.UsageError) else None
    if context is not None:
        click.echo(context.get_usage(), err=True)
        click.echo(f"Try '{context.command_path} --help' for help.\n", err=True)
    tell(f"Error: {_meant(error, context)}")


def _meant(error: click.ClickException, context: click.Context | None) -> str:
    said = error.format_message()
    example = _example(context)
    example_too = f" For example: {example}" if example else ""
    if found := _TOO_MANY.fullmatch(said):
        return _too_many(found[1]) or f"“{found[1]}” is one word too many.{example_too}"
    if isinstance(error, click.MissingParameter) and isinstance(error.param, click.Argument):
        return f"{said.rstrip('.')}.{example_too}"
    if isinstance(error, click.NoSuchOption) and error.option_name in ("-o", "--output") and example:
        return f"{said} Here the result is named without it: {example}"
    return said


def _example(context: click.Context | None) -> str:
    """The first example in the help of a command."""
    lines = (context.command.help or "").splitlines() if context is not None else []
    return next((line.strip() for line in lines if line.strip().startswith("qdpx-compassion ")), "")


def _too_many(extra: str) -> str:
    """What is said where words that follow each other are the name of a file; empty where they are not."""
    words = sys.argv[1:]
    for start in range(len(words)):
        for end in range(start + 2, len(words) + 1):
            path = Path(" ".join(words[start:end]))
            if path.exists():
                meant = " ".join(shown(Path(word)) for word in (*words[:start], str(path), *words[end:]))
                return (
                    f"“{extra}” is one word too many. Is “{path}” meant? A name with spaces stands in quotation marks: "
                    f"qdpx-compassion {meant}"
                )
    return ""
