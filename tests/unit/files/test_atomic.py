"""Writing: the old file or the new one, never half of one, never over the input, never unasked."""

import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from qdpx_compassion.errors import OutputError
from qdpx_compassion.files.atomic import SUFFIX, atomic_output, refuse_existing, write_atomically

POSIX = os.name == "posix"


def left_over(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.name.endswith(SUFFIX)]


def test_a_new_file_is_written(tmp_path: Path) -> None:
    write_atomically(tmp_path / "new.qdpx", b"new")
    assert (tmp_path / "new.qdpx").read_bytes() == b"new"
    assert left_over(tmp_path) == []


def test_an_existing_file_is_replaced_only_when_asked(tmp_path: Path) -> None:
    target = tmp_path / "old.qdpx"
    target.write_bytes(b"old")
    with pytest.raises(OutputError, match="exists already") as caught:
        write_atomically(target, b"new")
    assert "--force" in caught.value.remedy
    assert target.read_bytes() == b"old"
    write_atomically(target, b"new", force=True)
    assert target.read_bytes() == b"new"


def test_a_file_that_appears_meanwhile_is_not_replaced(tmp_path: Path) -> None:
    target = tmp_path / "out.qdpx"
    with pytest.raises(OutputError, match="exists already"), atomic_output(target) as temporary:
        temporary.write_bytes(b"ours")
        target.write_bytes(b"theirs")
    assert target.read_bytes() == b"theirs"
    assert left_over(tmp_path) == []


@pytest.mark.parametrize("force", [False, True])
def test_a_failure_leaves_what_was_there(force: bool, tmp_path: Path) -> None:
    target = tmp_path / "out.qdpx"
    if force:
        target.write_bytes(b"old")
    with pytest.raises(KeyboardInterrupt), atomic_output(target, force=force) as temporary:
        temporary.write_bytes(b"half")
        raise KeyboardInterrupt
    assert left_over(tmp_path) == []
    assert (target.read_bytes() if force else target.exists()) == (b"old" if force else False)


def test_the_temporary_file_lies_beside_the_target_and_is_private(tmp_path: Path) -> None:
    with atomic_output(tmp_path / "out.qdpx") as temporary:
        assert temporary.parent == tmp_path
        assert temporary.name.startswith(".out.qdpx.")
        if POSIX:
            assert stat.S_IMODE(temporary.stat().st_mode) == 0o600


@pytest.mark.skipif(not POSIX, reason="Windows has no file modes")
def test_a_new_file_has_the_usual_mode(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_atomically(tmp_path / "out.qdpx", b"new")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "out.qdpx").stat().st_mode) == 0o640


@pytest.mark.skipif(not POSIX, reason="Windows has no file modes")
def test_a_replaced_file_keeps_its_mode(tmp_path: Path) -> None:
    target = tmp_path / "out.qdpx"
    target.write_bytes(b"old")
    target.chmod(0o600)
    write_atomically(target, b"new", force=True)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_the_input_is_never_written_over(tmp_path: Path) -> None:
    source = tmp_path / "study.qdpx"
    source.write_bytes(b"precious")
    (tmp_path / "sub").mkdir()
    for target in (source, tmp_path / "sub" / ".." / "study.qdpx"):
        with pytest.raises(OutputError, match="over the input"):
            refuse_existing(target, force=True, inputs=(tmp_path / "other", source))


@pytest.mark.parametrize("kind", ["symbolic", "hard"])
def test_another_name_of_the_input_is_known_too(kind: str, tmp_path: Path) -> None:
    source, other = tmp_path / "study.qdpx", tmp_path / "other.qdpx"
    source.write_bytes(b"precious")
    try:
        other.symlink_to(source) if kind == "symbolic" else other.hardlink_to(source)
    except OSError:
        pytest.skip("this system lets nobody make links")
    with pytest.raises(OutputError, match="over the input"):
        refuse_existing(other, force=True, inputs=(source,))


def test_a_folder_as_target_and_a_missing_folder_are_told(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="folder"):
        write_atomically(tmp_path, b"new", force=True)
    with pytest.raises(OutputError, match="folder does not exist"):
        write_atomically(tmp_path / "gone" / "out.qdpx", b"new")


@pytest.mark.parametrize("name", ["n" * 300, "nul\x00byte", pytest.param("\ud800", id="lone surrogate")])
def test_a_name_that_the_system_refuses_is_told(name: str, tmp_path: Path) -> None:
    if name == "\ud800" and not POSIX:
        pytest.skip("Windows takes it")
    with pytest.raises(OutputError, match="cannot be written"):
        write_atomically(tmp_path / name, b"new")


@pytest.mark.skipif(not POSIX, reason="Windows limits whole paths instead")
def test_the_longest_name_that_the_system_allows_can_be_written(tmp_path: Path) -> None:
    for name in ("n" * 250 + ".qdpx", "ü" * 125 + ".qdpx"):
        write_atomically(tmp_path / name, b"new")
        assert (tmp_path / name).read_bytes() == b"new"


def test_a_full_disk_is_told(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="No space left") as caught, atomic_output(tmp_path / "out.qdpx"):
        raise OSError(28, "No space left on device")
    assert "nothing was changed" in caught.value.remedy
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not POSIX, reason="Windows has no modes of folders")
def test_a_folder_that_may_not_be_written_to_is_told(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("the super user may write anywhere")
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(OutputError, match="cannot be written"):
            write_atomically(tmp_path / "out.qdpx", b"new")
    finally:
        tmp_path.chmod(0o700)


HALF = """
import sys, time
from pathlib import Path
from qdpx_compassion.files.atomic import atomic_output
with atomic_output(Path(sys.argv[1]), force=True) as temporary:
    with temporary.open("wb") as file:
        file.write(b"half" * 100_000)
        file.flush()
        print("half", flush=True)
        time.sleep(60)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows has no signal that ends a process like this")
@pytest.mark.parametrize("existed", [True, False])
def test_a_run_that_is_killed_leaves_the_old_file(existed: bool, tmp_path: Path) -> None:
    target = tmp_path / "out.qdpx"
    if existed:
        target.write_bytes(b"old")
    # the real thing: nothing inside a process can stand in for its sudden end
    process = subprocess.Popen([sys.executable, "-c", HALF, str(target)], stdout=subprocess.PIPE)  # noqa: S603
    try:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == b"half"
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
    assert (target.read_bytes() if existed else target.exists()) == (b"old" if existed else False)
    assert len(left_over(tmp_path)) == 1  # recognisable, and private
    write_atomically(target, b"new", force=True)
    assert target.read_bytes() == b"new"


def test_two_writers_at_once_leave_one_whole_file(tmp_path: Path) -> None:
    target = tmp_path / "out.qdpx"
    with atomic_output(target, force=True) as one, atomic_output(target, force=True) as other:
        assert one != other
        one.write_bytes(b"one")
        other.write_bytes(b"other")
    assert target.read_bytes() == b"one"  # the last to end
    assert left_over(tmp_path) == []
    assert time.time() - target.stat().st_mtime < 60
