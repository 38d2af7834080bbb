"""Options that every command has."""

from __future__ import annotations

from contextvars import ContextVar

import click

_verbose: ContextVar[bool] = ContextVar("verbose", default=False)


def is_verbose() -> bool:
    """Whether messages may hold words of an interview."""
    return _verbose.get()


def _limit(_context: click.Context, _option: click.Parameter, values: tuple[str, ...]) -> None:
    from qdpx_compassion.files.limits import change_limits

    for written in values:
        change_limits(written)


def _say_more(_context: click.Context, _option: click.Parameter, verbose: bool) -> None:
    _verbose.set(verbose)


def _options() -> list[click.Option]:
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
            ["--verbose"],
            is_flag=True,
            expose_value=False,
            callback=_say_more,
            help="Say more of a fault of this program; that may hold words of an interview.",
        ),
    ]


def with_common_options(command: click.Command) -> click.Command:
    """The command, or every command of a group, with the options that all have; before ``--help``."""
    if isinstance(command, click.Group):
        for one in command.commands.values():
            with_common_options(one)
        return command
    has = {name for option in command.params for name in option.opts}
    command.params += [option for option in _options() if not has & set(option.opts)]
    return command
