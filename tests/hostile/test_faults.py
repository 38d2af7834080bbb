"""Kills, full disks, two runs at once, files that change meanwhile: the old file or the whole new one, and a word."""

import gc
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import threading
import zipfile
from pathlib import Path
from typing import Any

import pytest
from archives import zipped
from command_line import FIRST_MAPPING, FIRST_STEPS, ROOT, environment, members, run
from hypothesis import given, settings
from hypothesis import strategies as st
from small_project import document

import qdpx_compassion.files.atomic as atomic
from qdpx_compassion.errors import InputError, OutputError
from qdpx_compassion.files.atomic import atomic_output, write_atomically
from qdpx_compassion.files.project_files import open_project_files

posix = pytest.mark.skipif(os.name == "nt", reason="signals and limits of this kind are a matter of POSIX")

#: A file system in memory, as Linux has it.
SECOND = Path("/dev/shm")  # noqa: S108
#: Endings of reports beside that of the workbook.
REPORTS = ("html", "docx", "md", "tex")
#: A second copy of the sample, for what needs two.
_COPIES = tempfile.TemporaryDirectory()
COPY = Path(_COPIES.name) / "copy.qdpx"
COPY.write_bytes(FIRST_STEPS.read_bytes())
COPY.parent.chmod(0o755)
NAMES = Path(_COPIES.name) / "names.csv"
NAMES.write_text("name,pseudonym\nAnna,Participant one\n", encoding="utf-8")
#: Commands that write, with the name of their output.
WRITING: dict[str, tuple[tuple[str | Path, ...], str]] = {
    "enrich": (("enrich", FIRST_STEPS, FIRST_MAPPING), "out.qdpx"),
    "strip": (("strip", FIRST_STEPS), "out.qdpx"),
    "repair": (("repair", FIRST_STEPS), "out.qdpx"),
    "mapping new": (("mapping", "new", FIRST_STEPS), "out.xlsx"),
    "mapping update": (("mapping", "update", FIRST_STEPS, FIRST_MAPPING), "out.xlsx"),
    "summarise": (("summarise", FIRST_STEPS, FIRST_MAPPING), "out.xlsx"),
    "merge": (("merge", FIRST_STEPS, COPY), "out.qdpx"),
    "diff": (("diff", FIRST_STEPS, FIRST_STEPS), "out.xlsx"),
    "frameworks export": (("frameworks", "export"), "out.qdc"),
    "enrich for": (("enrich", FIRST_STEPS, FIRST_MAPPING, "--for", "nvivo"), "out.qdpx"),
    "agreement": (("agreement", FIRST_STEPS), "out.xlsx"),
    "share names": (("share", FIRST_STEPS), "out.xlsx"),
    **{f"summarise {kind}": (("summarise", FIRST_STEPS, FIRST_MAPPING), f"out.{kind}") for kind in REPORTS},
}
#: Commands that write several files, where OUT/ stands for their folder.
SEVERAL: dict[str, tuple[str | Path, ...]] = {
    "merge": ("merge", FIRST_STEPS, COPY, "-o", "OUT/m.qdpx", "--conflicts", "OUT/c.xlsx", "--log", "OUT/run.json"),
    "share": ("share", FIRST_STEPS, "--names", NAMES, "-o", "OUT/s.qdpx", "--log", "OUT/run.json"),
    "agreement": ("agreement", FIRST_STEPS, COPY, "-o", "OUT/a.xlsx", "--log", "OUT/run.json"),
    "start": ("start", FIRST_STEPS, "--yes", "--folder", "OUT/", "--mapping", FIRST_MAPPING),
    "tables": ("convert", FIRST_STEPS, "OUT/tables.xlsx"),
    "qualcoder": ("convert", FIRST_STEPS, "OUT/study.qda"),
    "parquet": ("convert", FIRST_STEPS, "OUT/tables", "--to", "parquet"),
}
#: Formats that are written as one file, with the ending of its name.
CONVERTED = {
    "qdpx": "qdpx", "qde": "qde", "csv-zip": "zip", "json": "json", "sqlite": "db", "web-annotation": "jsonld",
    "taguette": "sqlite3", "qdc": "qdc", "maxqda-codes": "xlsx", "taguette-highlights": "csv", "coded-html": "html",
    "coded-markdown": "md", "graphml": "graphml",
}  # fmt: skip
#: Formats that are written as a folder.
FOLDERS = {"qdpx-folder": "out", "csv": "out", "parquet": "out", "qualcoder": "out.qda"}
#: Ends the process with SIGKILL at the n-th of the calls and returns that Python sees; 0: says how many there are.
KILL = """
import os, signal, sys, threading
left, seen = int(sys.argv.pop(1)), 0
def count(*_):
    global seen
    seen += 1
    if seen == left:
        os.kill(os.getpid(), signal.SIGKILL)
import qdpx_compassion.cli.main as main
threading.setprofile(count)
sys.setprofile(count)
try:
    main.run()
finally:
    sys.setprofile(None)
    if not left:
        print("calls:", seen, flush=True)
"""


def _python(code: str, *arguments: object) -> "subprocess.CompletedProcess[bytes]":
    command = [sys.executable, "-c", textwrap.dedent(code), *map(str, arguments)]
    return subprocess.run(command, env=environment(), capture_output=True, check=False, timeout=120)  # noqa: S603


# -- kills -------------------------------------------------------------------------------------------------------------


def _killed_at(points: int, folder: Path) -> None:
    """Kill a run at so many points, spread over all that it does, and look at what is left."""
    target = folder / "out.qdpx"
    arguments = ("enrich", FIRST_STEPS, FIRST_MAPPING, "-o", target, "--force")
    told = _python(KILL, 0, *arguments).stdout.decode()
    calls = int(told.rpartition("calls:")[2])
    whole = members(target)
    renamed = killed = 0
    for point in range(points):
        target.write_bytes(b"the old file")
        # most of what can go wrong happens at the end
        at = calls - int((calls - 1) * (1 - point / points) ** 3)
        done = _python(KILL, at, *arguments)
        # threads make a few calls more or less each time, so at the very end a run may be faster than the kill
        assert done.returncode in (-signal.SIGKILL, 0)
        killed += done.returncode != 0
        if target.read_bytes() != b"the old file":
            assert members(target) == whole
            renamed += 1
        left = [path for path in folder.iterdir() if path != target]
        assert len(left) <= 1
        for path in left:
            assert path.name.startswith(".out.qdpx.")
            assert path.name.endswith(".qdpx-part")
            assert path.stat().st_mode & 0o077 == 0
            path.unlink()
    assert renamed < points
    assert killed > points * 0.9


@posix
def test_a_run_killed_at_20_points_leaves_the_old_file_or_the_whole_new_one(tmp_path: Path) -> None:
    _killed_at(20, tmp_path)


@posix
@pytest.mark.long
def test_a_run_killed_at_200_points_leaves_the_old_file_or_the_whole_new_one(tmp_path: Path) -> None:
    _killed_at(200, tmp_path)


def _into(folder: Path, words: tuple[str | Path, ...]) -> list[str]:
    folder.mkdir(exist_ok=True)
    return [str(word).replace("OUT/", f"{folder}/") for word in words]


@posix
@pytest.mark.long
@pytest.mark.parametrize("name", SEVERAL)
def test_of_several_files_each_is_there_whole_or_not_at_all(name: str, tmp_path: Path) -> None:
    calls = int(_python(KILL, 0, *_into(tmp_path / "whole", SEVERAL[name])).stdout.decode().rpartition("calls:")[2])
    whole = {path.name for path in (tmp_path / "whole").iterdir()}
    for point in range(12):
        folder = tmp_path / str(point)
        at = max(1, calls - int((calls - 1) * (1 - point / 12) ** 2))
        assert _python(KILL, at, *_into(folder, SEVERAL[name])).returncode in (-signal.SIGKILL, 0)
        for path in folder.iterdir():
            if path.name not in whole:
                assert path.name.endswith(".qdpx-part")
                assert path.stat().st_mode & 0o077 == 0
            elif path.suffix in (".qdpx", ".xlsx"):
                with zipfile.ZipFile(path) as archive:
                    assert archive.testzip() is None
            elif path.suffix == ".json":
                assert json.loads(path.read_bytes())


@posix
@pytest.mark.parametrize("name", SEVERAL)
def test_a_full_disk_leaves_none_of_several_files(name: str, tmp_path: Path) -> None:
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))\n"
    code = limit + "from qdpx_compassion.cli.main import run; run()"
    ran = _python(code, *_into(tmp_path / "out", SEVERAL[name]))
    told = " ".join(ran.stderr.decode().split())
    assert ran.returncode == 1, told
    assert "cannot be written" in told
    assert "ree some space" in told
    assert "Exception ignored" not in told
    assert list((tmp_path / "out").iterdir()) == []


@posix
def test_what_is_written_is_on_the_disk_before_it_is_renamed_and_its_name_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    sync, replace, link = os.fsync, Path.replace, Path.hardlink_to

    def fsync(handle: int) -> None:
        done.append("folder" if os.path.isdir(f"/dev/fd/{handle}") else "file")  # noqa: PTH112
        sync(handle)

    def replaced(self: Path, target: Path) -> Path:
        done.append("rename")
        return replace(self, target)

    def linked(self: Path, target: Path) -> None:
        done.append("rename")
        link(self, target)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(Path, "replace", replaced)
    monkeypatch.setattr(Path, "hardlink_to", linked)
    write_atomically(tmp_path / "new", b"x")
    write_atomically(tmp_path / "new", b"y", force=True)
    assert done == ["file", "rename", "folder"] * 2


# -- disks and folders -------------------------------------------------------------------------------------------------


@posix
@pytest.mark.parametrize("name", WRITING)
def test_a_full_disk_is_told_by_every_command(name: str, tmp_path: Path) -> None:
    arguments, output = WRITING[name]
    target = tmp_path / output
    target.write_bytes(b"the old file")
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (700, 700))\n"
    ran = _python(limit + "from qdpx_compassion.cli.main import run; run()", *arguments, "-o", target, "--force")
    told = " ".join(ran.stderr.decode().split())
    assert ran.returncode == 1, told
    assert "File too large" in told
    assert "Free some" in told
    assert "Traceback" not in told
    assert "Exception ignored" not in told
    assert target.read_bytes() == b"the old file"
    assert [path.name for path in tmp_path.iterdir()] == [output]


#: Converts the sample to each format, in one process, where no file may have more than 700 bytes.
EVERY_FORMAT = """
import json, os, resource, sys
sys.path.insert(0, sys.argv[1])
from command_line import run
resource.setrlimit(resource.RLIMIT_FSIZE, (700, 700))
folder, told = sys.argv[3], {}
for name, output in json.loads(sys.argv[4]).items():
    ran = run("convert", sys.argv[2], os.path.join(folder, output), "--to", name)
    told[name] = (ran.code, ran.message, os.listdir(folder))
print(json.dumps(told))
"""


@posix
def test_a_full_disk_is_told_for_every_format(tmp_path: Path) -> None:
    outputs = FOLDERS | {name: f"out.{ending}" for name, ending in CONVERTED.items()}
    ran = _python(EVERY_FORMAT, ROOT / "tests" / "support", FIRST_STEPS, tmp_path, json.dumps(outputs))
    assert b"Exception ignored" not in ran.stderr
    told = json.loads(ran.stdout)
    assert told.keys() == outputs.keys()
    for name, (code, message, left) in told.items():
        assert code == 1, (name, message)
        assert "cannot be written" in message, (name, message)
        assert "space" in message, (name, message)
        assert left == [], name


@posix
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only the super user mounts file systems")
@pytest.mark.parametrize("kilobytes", [8, 40])
def test_a_disk_that_is_really_full(kilobytes: int, tmp_path: Path) -> None:
    """Unlike a limit of one file's size, a small file system fills up with all files together."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(disk)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:  # noqa: S603
        pytest.skip("file systems cannot be mounted here")
    try:
        converted = {f"to {to}": (("convert", FIRST_STEPS, "--to", to), f"out.{end}") for to, end in CONVERTED.items()}
        for name, (arguments, output) in (WRITING | converted).items():
            target = disk / output
            ran = run(*arguments, *(() if name.startswith("to ") else ("-o",)), target)
            assert ran.code in (0, 1), (name, ran)
            assert "should not have happened" not in ran.err, (name, ran)
            if ran.code:
                assert "cannot be written" in ran.message, (name, ran)
                assert "qdpx-part" not in ran.message, (name, ran)
                assert list(disk.iterdir()) == [], name
            else:
                target.unlink()
                for beside in disk.iterdir():
                    shutil.rmtree(beside)
    finally:
        gc.collect()
        subprocess.run(["umount", "--lazy", str(disk)], check=True)  # noqa: S603, S607


def test_where_one_list_of_sharing_cannot_be_written_the_other_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The key holds the real names: it must not be left behind by a run that failed."""

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("qdpx_compassion.teams.share.workbooks.write_check", full)
    ran = run("share", FIRST_STEPS, "-o", tmp_path / "shared.qdpx", "--names", NAMES)
    assert ran.code == 1
    assert "No space left" in ran.message
    assert list(tmp_path.iterdir()) == []


@posix
@pytest.mark.long
@pytest.mark.parametrize("room", range(0, 40_000, 1500))
def test_a_disk_that_fills_up_anywhere(room: int, tmp_path: Path) -> None:
    for name, (arguments, output) in WRITING.items():
        target = tmp_path / name / output
        target.parent.mkdir()
        target.write_bytes(b"the old file")
        limit = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({room}, {room}))\n"
        ran = _python(limit + "from qdpx_compassion.cli.main import run; run()", *arguments, "-o", target, "--force")
        assert ran.returncode in (0, 1)
        assert b"Exception ignored" not in ran.stderr
        assert b"should not have happened" not in ran.stderr
        assert ran.returncode == 0 or target.read_bytes() == b"the old file"
        assert [path.name for path in target.parent.iterdir()] == [output]


@pytest.mark.skipif(not SECOND.is_dir(), reason="no second file system is known here")
def test_the_output_may_lie_on_another_file_system(tmp_path: Path) -> None:
    with tempfile.TemporaryDirectory(dir=SECOND) as folder:
        for name, (arguments, output) in WRITING.items():
            target = Path(folder) / f"{name} {output}"
            assert run(*arguments, "-o", target).code == 0
            assert target.stat().st_size
        assert len(list(Path(folder).iterdir())) == len(WRITING)


@pytest.mark.parametrize("error", [PermissionError(13, "Access is denied"), OSError(28, "No space left on device")])
def test_a_file_that_is_open_in_excel_is_told_and_stays(
    error: OSError, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows lets nobody rename over a file that is open; here the rename fails as it does there."""

    def refuse(*_: object) -> None:
        raise error

    target = tmp_path / "summary.xlsx"
    target.write_bytes(b"the old file")
    monkeypatch.setattr(Path, "replace", refuse)
    ran = run("summarise", FIRST_STEPS, FIRST_MAPPING, "-o", target, "--force")
    assert ran.code == 1
    assert "The file cannot be written" in ran.message
    assert ("Excel keeps files locked" in ran.message) == isinstance(error, PermissionError)
    assert target.read_bytes() == b"the old file"
    assert [path.name for path in tmp_path.iterdir()] == ["summary.xlsx"]


#: Runs a command where it may write, then gives up the rights of the super user, who may write anywhere, and runs it
#: where it may not. (The first run imports everything: Python itself may lie where nobody else may read.)
NOBODY = """
import os, sys
import qdpx_compassion.cli.main as main
forbidden, allowed = sys.argv[-1], sys.argv.pop(1)
sys.argv[-1] = allowed
try:
    main._run()
except SystemExit:
    pass
assert os.path.exists(allowed)
os.geteuid() or os.setuid(65534)
sys.argv[-1] = forbidden
main.run()
"""


@posix
@pytest.mark.parametrize("name", WRITING)
def test_a_read_only_folder_is_told_by_every_command(name: str, tmp_path: Path) -> None:
    arguments, output = WRITING[name]
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o555)
        ran = _python(NOBODY, tmp_path / output, *arguments, "-o", Path(folder) / output)
        told = " ".join(ran.stderr.decode().split())
        assert ran.returncode == 1
        assert any(said in told.lower() for said in ("may write to", "not write into", "choose another")), told
        assert list(Path(folder).iterdir()) == []
        Path(folder).chmod(0o755)


@posix
@pytest.mark.parametrize("name", WRITING)
def test_nothing_is_left_in_the_folder_for_temporary_files(name: str, tmp_path: Path) -> None:
    """It is taken away: whoever wanted to write there would say so."""
    arguments, output = WRITING[name]
    gone = "import tempfile; tempfile.tempdir = '/nowhere'\n"
    ran = _python(gone + "from qdpx_compassion.cli.main import run; run()", *arguments, "-o", tmp_path / output)
    assert ran.returncode == 0, ran.stderr
    assert [path.name for path in tmp_path.iterdir()] == [output]


# -- others at the same time -------------------------------------------------------------------------------------------


def test_of_two_runs_to_one_output_one_wins_and_the_other_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both look before they rename; only the system can say which was first."""
    target, both = tmp_path / "out", threading.Barrier(2)
    publish = atomic.rename_whole

    def together(*arguments: object, **options: object) -> None:
        both.wait(10)
        publish(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(atomic, "rename_whole", together)
    ended: list[str] = []

    def write(data: bytes) -> None:
        try:
            write_atomically(target, data)
            ended.append(data.decode())
        except OutputError as error:
            assert "exists already" in error.what
            ended.append("refused")

    threads = [threading.Thread(target=write, args=(data,)) for data in (b"first", b"second")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ended)[-1:] == ["second"] or "first" in ended
    assert ended.count("refused") == 1
    assert target.read_bytes().decode() in ended
    assert list(tmp_path.iterdir()) == [target]


def test_a_project_that_changes_while_it_is_read_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "study.qdpx", [("project.qde", document()), ("sources/a.txt", b"I was heard.")])
    with open_project_files(path) as files:
        files.read(files.document)
        with path.open("ab") as other:
            other.write(b"more")
        with pytest.raises(InputError, match="changed while"):
            files.read(files.document)


def test_a_folder_whose_text_changes_while_it_is_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "project.qde").write_bytes(document())
    (tmp_path / "a.txt").write_bytes(b"before")
    with open_project_files(tmp_path) as files:
        text = next(member for member in files.members if member.name == "a.txt")
        os.utime(tmp_path / "a.txt", ns=(1, 1))
        with pytest.raises(InputError, match="changed while"):
            files.read(text)


def test_enriching_a_project_that_changes_meanwhile_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "study.qdpx"
    path.write_bytes(FIRST_STEPS.read_bytes())
    from qdpx_compassion.files import rewriting

    copy = rewriting.copy_as_it_lies

    def saved_again(*arguments: Any, **options: Any) -> None:
        copy(*arguments, **options)
        os.utime(path)

    monkeypatch.setattr(rewriting, "copy_as_it_lies", saved_again)
    ran = run("enrich", path, FIRST_MAPPING, "-o", tmp_path / "out.qdpx")
    assert ran.code == 1
    assert "changed while it was being read" in ran.message
    assert [path.name for path in tmp_path.iterdir()] == ["study.qdpx"]


# -- whatever breaks inside --------------------------------------------------------------------------------------------


@given(st.sampled_from([KeyboardInterrupt, ValueError, MemoryError, OSError(5, "Input/output error"), SystemExit]))
@settings(max_examples=5, deadline=None)
def test_whatever_breaks_nothing_is_left(fault: BaseException | type[BaseException]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "out"
        target.write_bytes(b"the old file")
        with pytest.raises((OutputError, BaseException)), atomic_output(target, force=True) as temporary:
            temporary.write_bytes(b"half of the new fi")
            raise fault
        assert target.read_bytes() == b"the old file"
        assert list(Path(folder).iterdir()) == [target]


def test_the_input_is_never_written_to(tmp_path: Path) -> None:
    path = tmp_path / "study.qdpx"
    path.write_bytes(FIRST_STEPS.read_bytes())
    path.chmod(0o444)
    before = path.stat().st_mtime_ns
    for name, (arguments, output) in WRITING.items():
        given = [path if argument == FIRST_STEPS else argument for argument in arguments]
        assert run(*given, "-o", tmp_path / f"{name} {output}").code == 0
    assert path.stat().st_mtime_ns == before
    assert path.read_bytes() == FIRST_STEPS.read_bytes()
    assert zipfile.is_zipfile(path)
