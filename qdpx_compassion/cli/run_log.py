"""The option --log of the commands that write: what was done, in a file of its own."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import click

from qdpx_compassion.cli.output import console, say
from qdpx_compassion.errors import OutputError
from qdpx_compassion.findings import Finding

#: Parameters that hold a name or a file.
_MAY_BE_FILES = ("framework", "file", "name")
_KEY = "qdpx_compassion.run_log"
_HELP = "Say in a .json file what was done: choices, versions, counts, SHA-256 of every file. No word of yours."


def logged(
    *, writes: tuple[str, ...] = ("output",), private: tuple[str, ...] = (), into: tuple[str, ...] = ()
) -> Callable[[Any], Any]:
    """Give a command the option --log. It stands directly above ``def``, so that the option is the last in the help.

    Paths that the command takes are inputs, but for those it writes. All other parameters are choices.

    Args:
        writes: the parameters that name what is written.
        private: parameters whose values may be names of people; of them only how many were given is recorded.
        into: parameters that name a folder in which things are written (``will_write`` says which).
    """

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        @click.option("--log", type=click.Path(path_type=Path), metavar="FILE", help=_HELP)
        @functools.wraps(command)
        def with_log(*, log: Path | None, **given: Any) -> Any:
            if log is None:
                return command(**given)
            read = {name: value for name, value in given.items() if name not in (*writes, *into)}
            return _run_with_log(command, given, log, writes, private, read)

        return with_log

    return decorate


def record(counts: Mapping[str, object], findings: Iterable[Finding] = ()) -> None:
    """Tell the log what was counted and found; without --log nothing happens.

    Args:
        counts: what → number, or what → (what → number). Numbers only: no text of a project stands in a log.
        findings: everything noticed; their codes are counted.
    """
    context = click.get_current_context(silent=True)
    log = context.meta.get(_KEY) if context else None
    if log is not None:
        log.note(counts, (finding.code for finding in findings))


def will_write(*paths: Path) -> None:
    """Tell the log, before the work begins, of files that the command writes under names of its own."""
    context = click.get_current_context(silent=True)
    log = context.meta.get(_KEY) if context else None
    if log is not None:
        log.expect(paths)


def _run_with_log(
    command: Callable[..., Any], given: dict[str, Any], target: Path, writes: tuple[str, ...],
    private: tuple[str, ...], read_from: dict[str, Any],
) -> Any:  # fmt: skip
    from qdpx_compassion.files.atomic import refuse_existing
    from qdpx_compassion.files.media_root import opened_outside
    from qdpx_compassion.files.run_log import RunLog
    from qdpx_compassion.formats.beside import folder_beside

    context = click.get_current_context()
    outputs = [path for name in writes for path in _paths(given[name])]
    inputs = [path for value in read_from.values() for path in _paths(value)]
    force = bool(given.get("force"))
    refuse_existing(target, force=force, inputs=tuple(inputs), suffixes=(".json",))
    if target.resolve() in [path.resolve() for path in outputs]:
        raise OutputError("The log and the result would be one file.", where=str(target), remedy="Rename one of them.")
    frameworks = [Path(value) for name, value in given.items() if name in _MAY_BE_FILES and _is_file(value)]
    words = context.command_path.split(" ", 1)[-1]
    # tables and their sources are one file and a folder beside it
    read = [*inputs, *(beside for path in inputs if (beside := folder_beside(path)).is_dir()), *frameworks]
    written = [*outputs, *(folder_beside(path) for path in outputs)]
    log = RunLog(words, _choices(given, {*writes, "as_json", "force"}, private), read, written)
    context.meta[_KEY] = log
    try:
        code = command(**given)
    except SystemExit as end:  # 1 where something was found that is an error: the work is done
        log.also_read(opened_outside())
        log.write(target, end.code if isinstance(end.code, int) else int(bool(end.code)), force=force)
        raise
    log.also_read(opened_outside())
    log.write(target, code if isinstance(code, int) else 0, force=force)
    if not given.get("as_json"):
        say(console(), f"Wrote {target}.")
    return code


def _paths(value: object) -> list[Path]:
    values = value if isinstance(value, tuple) else (value,)
    return [one for one in values if isinstance(one, Path)]


def _choices(given: dict[str, Any], left_out: set[str], private: tuple[str, ...]) -> dict[str, object]:
    """What was chosen, under the names of the options; files by name only."""
    chosen: dict[str, object] = {}
    for name, value in given.items():
        if name in left_out or value is None or _paths(value):
            continue
        if name in private:
            chosen[name] = {"given": len(value) if isinstance(value, tuple) else 1}
        else:
            chosen[name] = [_shown(one) for one in value] if isinstance(value, tuple) else _shown(value)
    return chosen


def _shown(value: object) -> object:
    """A choice without folders: they may hold the name of the person who works there."""
    if not isinstance(value, str):
        return value
    before, equals, last = value.rpartition("=")
    if _is_file(last) or Path(last).is_absolute():
        last = Path(last).name
    return before + equals + last


def _is_file(value: object) -> bool:
    try:
        return isinstance(value, str) and Path(value).is_file()
    except (OSError, ValueError):
        return False
