"""The program as a user runs it: in this process, or as a process of its own."""

import contextlib
import io
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import click

from qdpx_compassion.cli import main

ROOT = Path(__file__).resolve().parents[2]
FIRST_STEPS = ROOT / "sample_projects" / "first-steps" / "first-steps.qdpx"
FIRST_MAPPING = FIRST_STEPS.parent / "mapping.csv"
VALUES_STUDY = ROOT / "sample_projects" / "values-study" / "values-study-atlasti.qdpx"
VALUES_MAPPING = VALUES_STUDY.parent / "mapping.csv"
REAL = ROOT.parent / "shared" / "real"


@dataclass(frozen=True)
class Ran:
    """What a run said and how it ended."""

    code: int
    out: str
    err: str

    @property
    def message(self) -> str:
        """What stands on standard error, as one line."""
        return " ".join(self.err.split())


def run(*arguments: str | Path) -> Ran:
    """Run the program in this process, through its entry point; neither stream is a terminal."""
    out, err = io.BytesIO(), io.BytesIO()
    streams = [io.TextIOWrapper(stream, encoding="utf-8", write_through=True) for stream in (out, err)]
    code = 0
    with (
        contextlib.redirect_stdout(streams[0]),
        contextlib.redirect_stderr(streams[1]),
        patch.object(sys, "argv", ["qdpx-compassion", *map(str, arguments)]),
    ):
        try:
            main.run()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
    return Ran(code, *(stream.getvalue().decode("utf-8").replace("\r\n", "\n") for stream in (out, err)))


def environment(**variables: str) -> dict[str, str]:
    """This environment without what changes the output, and with some variables more."""
    kept = {key: value for key, value in os.environ.items() if key not in ("FORCE_COLOR", "NO_COLOR", "COLUMNS")}
    # another folder than the checkout may be the working folder
    return {**kept, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", **variables}


def run_process(*arguments: str | Path, cwd: Path | None = None, **variables: str) -> Ran:
    """Run ``python -m qdpx_compassion`` as a process of its own."""
    command = [sys.executable, "-m", "qdpx_compassion", *map(str, arguments)]
    done = subprocess.run(command, cwd=cwd, env=environment(**variables), capture_output=True, check=False)  # noqa: S603
    encoding = variables.get("PYTHONIOENCODING", "utf-8")
    out, err = (text.decode(encoding).replace("\r\n", "\n") for text in (done.stdout, done.stderr))
    return Ran(done.returncode, out, err)


def commands(
    group: click.Group = main.cli, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command with its words, groups too, the program itself first."""
    context = click.Context(group)
    yield path, group
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))
        elif command is not None:
            yield (*path, name), command


def members(path: Path) -> dict[str, bytes]:
    """The bytes of every member of an archive, in the order in which they lie."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
