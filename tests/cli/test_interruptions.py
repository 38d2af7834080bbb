"""Runs that are killed, stopped or run out of room leave the old file or the new one, never half of one."""

import os
import random
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest
from command_line import FIRST_MAPPING, FIRST_STEPS, environment, members, run

posix = pytest.mark.skipif(os.name == "nt", reason="signals and limits of this kind are a matter of POSIX")

#: Runs the program with an audit hook or a delay put in front of what it does.
RUN = "from qdpx_compassion.cli.main import run; run()"
#: Every write into a temporary file takes a while, and says so on standard output first.
SLOW = """
import io, pathlib, time, zipfile
import qdpx_compassion.files.atomic as atomic
publish = atomic._publish
def slowly(*arguments, **options):
    print("publishing", flush=True)
    time.sleep({before})
    publish(*arguments, **options)
    print("published", flush=True)
    time.sleep({after})
atomic._publish = slowly
"""


def _start(before: str, *arguments: str | Path) -> "subprocess.Popen[bytes]":
    code = textwrap.dedent(before) + RUN
    return subprocess.Popen(  # noqa: S603 (this program)
        [sys.executable, "-c", code, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    )


def _end(process: "subprocess.Popen[bytes]") -> tuple[int, str]:
    _, err = process.communicate(timeout=60)
    return process.returncode, " ".join(err.decode().split())


def _left_over(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name != "out.qdpx")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    target = tmp_path_factory.mktemp("whole") / "out.qdpx"
    run("enrich", FIRST_STEPS, FIRST_MAPPING, "-o", target)
    return members(target)


@posix
@pytest.mark.parametrize("moment", range(8))
def test_a_run_killed_at_any_moment_leaves_the_old_file_or_the_new_one(
    moment: int, tmp_path: Path, whole: dict[str, bytes]
) -> None:
    target = tmp_path / "out.qdpx"
    target.write_bytes(b"the old file")
    process = _start("", "enrich", FIRST_STEPS, FIRST_MAPPING, "-o", target, "--force")
    time.sleep(0.05 * moment + random.Random(moment).uniform(0, 0.05))
    process.kill()
    _end(process)
    assert target.read_bytes() == b"the old file" or members(target) == whole
    assert all(name.startswith(".out.qdpx.") and name.endswith(".qdpx-part") for name in _left_over(tmp_path))


@posix
@pytest.mark.parametrize(("line", "renamed"), [(b"publishing\n", False), (b"published\n", True)])
def test_a_run_killed_just_before_or_after_the_renaming(
    line: bytes, renamed: bool, tmp_path: Path, whole: dict[str, bytes]
) -> None:
    target = tmp_path / "out.qdpx"
    target.write_bytes(b"the old file")
    slow = SLOW.format(before=0 if renamed else 60, after=60)
    process = _start(slow, "enrich", FIRST_STEPS, FIRST_MAPPING, "-o", target, "--force")
    assert process.stdout is not None
    for read in process.stdout:
        if read == line:
            break
    process.kill()
    _end(process)
    if renamed:
        assert members(target) == whole
        assert _left_over(tmp_path) == []
    else:
        assert target.read_bytes() == b"the old file"
        (left,) = _left_over(tmp_path)
        assert left.startswith(".out.qdpx.")
        assert left.endswith(".qdpx-part")
        assert (tmp_path / left).stat().st_mode & 0o077 == 0  # confidential text is nobody else's to read


@posix
@pytest.mark.parametrize(
    "arguments",
    [
        ["enrich", FIRST_STEPS, FIRST_MAPPING, "-o", "out.qdpx"],
        ["strip", FIRST_STEPS, "-o", "out.qdpx"],
        ["mapping", "new", FIRST_STEPS, "-o", "out.xlsx"],
    ],
    ids=lambda arguments: str(arguments[0]),
)
def test_a_run_that_is_stopped_says_so_and_leaves_nothing(arguments: list[str | Path], tmp_path: Path) -> None:
    arguments = [*arguments[:-1], tmp_path / str(arguments[-1])]
    process = _start(SLOW.format(before=60, after=0), *arguments)
    assert process.stdout is not None
    assert process.stdout.readline() == b"publishing\n"
    process.send_signal(signal.SIGINT)
    code, told = _end(process)
    assert (code, told) == (1, "Stopped. What was being written is gone; what existed before is as it was.")
    assert list(tmp_path.iterdir()) == []


@posix
@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        (["enrich", FIRST_STEPS, FIRST_MAPPING], "out.qdpx"),
        (["strip", FIRST_STEPS], "out.qdpx"),
        (["mapping", "new", FIRST_STEPS], "out.xlsx"),
        (["summarise", FIRST_STEPS, FIRST_MAPPING], "out.xlsx"),
        (["frameworks", "export"], "out.qdc"),
    ],
    ids=lambda value: str(value[0]) if isinstance(value, list) else "",
)
@pytest.mark.parametrize("room", [1000, 9000])
def test_a_full_disk_is_told_and_the_old_file_stays(
    room: int, arguments: list[str | Path], name: str, tmp_path: Path
) -> None:
    target = tmp_path / name
    target.write_bytes(b"the old file")
    limit = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({room}, {room}))\n"
    code, told = _end(_start(limit, *arguments, "-o", target, "--force"))
    if code == 0:
        assert room > 1000  # what is small enough is written
        return
    assert code == 1
    assert "File too large" in told
    assert "should not have happened" not in told
    assert "Free some space" in told
    assert "Exception ignored" not in told
    assert target.read_bytes() == b"the old file"
    assert _left_over(tmp_path) in ([], [name])


@posix
def test_a_workbook_being_written_leaves_no_text_in_the_folder_for_temporary_files(tmp_path: Path) -> None:
    for name in ("temporary", "target"):
        (tmp_path / name).mkdir()
    slow = f"import tempfile; tempfile.tempdir = {str(tmp_path / 'temporary')!r}\n" + SLOW.format(before=60, after=0)
    process = _start(slow, "summarise", FIRST_STEPS, FIRST_MAPPING, "-o", tmp_path / "target" / "out.xlsx")
    assert process.stdout is not None
    assert process.stdout.readline() == b"publishing\n"
    process.kill()
    _end(process)
    assert list((tmp_path / "temporary").iterdir()) == []


@posix
@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="the super user may write anywhere")
def test_a_folder_that_may_not_be_written_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "theirs"
    folder.mkdir(mode=0o555)
    ran = run("enrich", FIRST_STEPS, FIRST_MAPPING, "-o", folder / "out.qdpx")
    folder.chmod(0o755)
    assert ran.code == 1
    assert ran.message.startswith(f"Error: {folder / 'out.qdpx'}: The file cannot be written.")
    assert list(folder.iterdir()) == []
