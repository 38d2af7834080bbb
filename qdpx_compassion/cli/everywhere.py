"""Options that every command has; they may stand before the command, too."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Literal, cast

import click

Colour = Literal["auto", "always", "never"]

_verbose: ContextVar[bool] = ContextVar("verbose", default=False)
_quiet: ContextVar[bool] = ContextVar("quiet", default=False)
_colour: ContextVar[Colour] = ContextVar("colour", default="auto")


def is_verbose() -> bool:
    """Whether everything is said, and messages may hold words of an interview."""
    return _verbose.get()


def is_quiet() -> bool:
    """Whether only errors and warnings are said."""
    return _quiet.get()


def be_quiet() -> None:
    """Say only errors and warnings from now on."""
    _quiet.set(True)


def colour() -> Colour:
    """When colours are used; ``auto``: in a terminal, as NO_COLOR and FORCE_COLOR say."""
    return _colour.get()


def _limit(_context: click.Context, _option: click.Parameter, values: tuple[str, ...]) -> None:
    from qdpx_compassion.files.limits import change_limits

    for written in values:
        change_limits(written)


# What is not given after the command must not undo what stands before it: only what is given is set.
def _say_more(_context: click.Context, _option: click.Parameter, given: bool) -> None:
    if given:
        _verbose.set(True)
        _refuse_both()


def _say_less(_context: click.Context, _option: click.Parameter, given: bool) -> None:
    if given:
        be_quiet()
        _refuse_both()


def _refuse_both() -> None:
    if is_verbose() and is_quiet():
        raise click.UsageError("--quiet and --verbose cannot go together. Leave one of them out.")


def _choose_colour(_context: click.Context, _option: click.Parameter, given: str | None) -> None:
    if given is not None:
        _colour.set(cast(Colour, given))


def common_options() -> list[click.Option]:
    """The options, anew for each command."""
    return [
        click.Option(
            ["--limit"],
            multiple=True,
            metavar="NAME=N",
            expose_value=False,
            callback=_limit,
            help="Raise a limit for a large project of your own, e.g. members=200000.",
        ),
        click.Option(
            ["--quiet"],
            is_flag=True,
            expose_value=False,
            callback=_say_less,
            help="Say only what is wrong: errors and warnings.",
        ),
        click.Option(
            ["--verbose"],
            is_flag=True,
            expose_value=False,
            callback=_say_more,
            help="List every finding, and say more of a fault of this program; that may hold words of an interview.",
        ),
        click.Option(
            ["--color"],
            type=click.Choice(["auto", "always", "never"]),
            metavar="WHEN",
            expose_value=False,
            callback=_choose_colour,
            help="When to use colours: auto (in a terminal), always or never.",
        ),
    ]


def with_common_options(command: click.Command) -> click.Command:
    """The command, or every command of a group, with the options that all have; before ``--help``."""
    if isinstance(command, click.Group):
        for one in command.commands.values():
            with_common_options(one)
        return command
    for parameter in command.params:
        if isinstance(parameter.type, click.Path):
            parameter.type.readable = False  # whoever opens the file says it better when it may not be read
    has = {name for option in command.params for name in option.opts}
    command.params += [option for option in common_options() if not has & set(option.opts)]
    return command
