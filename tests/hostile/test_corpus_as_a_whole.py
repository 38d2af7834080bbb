"""A corpus of everything: invented projects of five programs, samples, real exports, copies, files that do harm.

Whatever is killed while it is built, in the end it is what an undisturbed build gives, and its figures are those of the
single projects.
"""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from command_line import FIRST_STEPS, REAL, VALUES_STUDY, environment, run
from corpus_projects import workers_of
from hostile_archives import ARCHIVES
from hostile_documents import DOCUMENTS

import qdpx_compassion as qc
from benchmarks.corpora import make_corpus

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals are a matter of POSIX")

Rows = dict[str, list[tuple[Any, ...]]]
_ARCHIVES = (
    *("name-up", "name-absolute", "link", "nul-in-a-name", "equal-but-for-case", "overlapping-whole"),
    *("exabyte", "encrypted", "inflates-without-end", "wrong-checksum", "unknown-method", "names-that-differ"),
)
_DOCUMENTS = (
    *("external-entity", "laughs", "quadratic", "recursive-entities", "nested", "huge-numbers", "not-closed"),
    *("control-characters", "mixed-encodings", "in-utf-7"),
)


@pytest.fixture(scope="module", params=[30, pytest.param(1000, marks=pytest.mark.long)])
def projects(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Everything, in a folder."""
    folder = tmp_path_factory.mktemp("everything") / "projects"
    made = make_corpus(folder / "generated", request.param)
    samples, hostile = folder / "samples", folder / "hostile"
    samples.mkdir()
    hostile.mkdir()
    for path in (FIRST_STEPS, VALUES_STUDY):
        shutil.copy(path, samples)
    shutil.copy(FIRST_STEPS, samples / "under another name.qdpx")
    _edited(made[3], samples / "an edited copy.qdpx")
    for path in (one for one in REAL.glob("*.qd[ep]*") if one.suffix in (".qdpx", ".qde")):
        shutil.copy(path, samples)
    for name in _ARCHIVES:
        ARCHIVES[name](hostile / f"{name}.qdpx")
    for name in _DOCUMENTS:
        with zipfile.ZipFile(hostile / f"{name}.qdpx", "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("project.qde", DOCUMENTS[name](hostile, 9))
    for left in hostile.glob("*"):
        if left.suffix != ".qdpx":
            left.unlink()
    return folder


def _edited(source: Path, target: Path) -> None:
    """The project with one coding less."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            if name.endswith(".qde"):
                first = data.index(b"<Coding ")
                data = data[:first] + data[data.index(b"</Coding>") + len(b"</Coding>") :]
            new.writestr(name, data)


@pytest.fixture(scope="module")
def undisturbed(projects: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("undisturbed") / "corpus"
    assert _finish(_start(projects, target))["failed"] > 0
    return target


@pytest.fixture(scope="module")
def rows(undisturbed: Path) -> Rows:
    return _rows(undisturbed)


def _start(projects: Path, target: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "qdpx_compassion", "corpus", "build", str(projects), "-o", str(target)]
    return subprocess.Popen(  # noqa: S603
        [*command, "--workers", "2", "--json"], env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def _finish(process: subprocess.Popen[bytes]) -> dict[str, Any]:
    out, err = process.communicate(timeout=900)
    assert (process.returncode, err) == (0, b"")
    said: dict[str, Any] = json.loads(out)
    return said


def _rows(corpus: Path) -> Rows:
    """Every row of every table, in an order that does not depend on batches."""
    with qc.open_corpus(corpus) as opened:
        return {
            name: sorted(opened.table(name).fetchall(), key=repr) for name in opened.names if (corpus / name).is_dir()
        }


def _until(so_far: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 300
    while not so_far() and process.poll() is None and time.monotonic() < until:
        time.sleep(0.005)


def _pieces(target: Path, number: int) -> Callable[[], bool]:
    return lambda: len(list((target / ".staging").glob("piece-*"))) >= number


def test_what_cannot_be_read_is_told_in_words_and_all_else_is_read(projects: Path, rows: Rows) -> None:
    files = [path for path in projects.rglob("*") if path.suffix in (".qdpx", ".qde")]
    assert len(rows["projects"]) + len(rows["failures"]) == len(files)
    with_rows = {Path(row[1]) for row in rows["projects"]}
    assert {path for path in files if "hostile" not in path.parts} <= with_rows
    assert len(_ARCHIVES) + len(_DOCUMENTS) >= 20
    for row in rows["failures"]:
        message = row[4]
        assert message and "should not have happened" not in message and "Traceback" not in message, row
        assert message[0].isupper() and message.endswith("."), message


def test_figures_are_those_of_the_single_projects(projects: Path, undisturbed: Path) -> None:
    files = sorted(path for path in projects.rglob("*.qd*") if "hostile" not in path.parts)
    chosen = [path for path in files if path.parent.name == "samples"]
    chosen += random.Random(1).sample([path for path in files if path not in chosen], 12)
    with qc.open_corpus(undisturbed) as corpus:
        for path in chosen:
            about = corpus.sql(f"FROM projects WHERE location = '{path}'").df().iloc[0]
            said = json.loads(run("show", path, "--json").out)
            assert about["codes"] == said["codes"] and about["cases"] == said["cases"]
            assert about["codings"] == sum(said["codings"].values())
            assert about["selections"] == sum(said["selections"].values())
            assert about["sources"] == sum(said["sources"].values()) + said["notes"]
            assert (about["origin"], about["dialect"]) == (said["origin"], said["dialect"]["id"])
            project = qc.open(path)
            asked = f"SELECT quotation FROM quotations WHERE project_id = '{about['project_id']}'"  # noqa: S608
            read = project.table("selections")["quotation"]
            owners = (row[1] if row[0] == "selection" else None for row in project.rows["codings"])
            expected = Counter(None if owner is None else read[owner] for owner in owners)
            found = Counter(row[0] for row in corpus.sql(asked).fetchall())
            assert {str(key): value for key, value in found.items() if key} == {
                str(key): value for key, value in expected.items() if isinstance(key, str) and key
            }


def test_copies_are_named(projects: Path, undisturbed: Path) -> None:
    with qc.open_corpus(undisturbed) as corpus:
        found = corpus.sql("SELECT projects, documents FROM copies ORDER BY ALL").fetchall()
    assert (2, 1) in found and (2, 2) in found  # the very same document twice; an edited copy


def test_a_killed_worker_changes_nothing(projects: Path, rows: Rows, tmp_path: Path) -> None:
    target = tmp_path / "corpus"
    process = _start(projects, target)
    _until(_pieces(target, 2), process)
    os.kill(workers_of(process.pid)[0], signal.SIGKILL)
    said = _finish(process)
    assert said["failures"] == len(rows["failures"])
    assert _rows(target) == rows


_LONG = [pytest.param(moment, marks=pytest.mark.long) for moment in ("start", "first-piece", "late", "twice")]


@pytest.mark.parametrize("moment", ["middle", "packing", *_LONG])
def test_a_killed_build_goes_on_and_gives_the_same(moment: str, projects: Path, rows: Rows, tmp_path: Path) -> None:
    target = tmp_path / "corpus"
    moments: dict[str, Callable[[], bool]] = {
        "start": (target / ".staging").is_dir,
        "first-piece": _pieces(target, 1),
        "middle": _pieces(target, 4),
        "late": _pieces(target, 7),
        "packing": lambda: any(target.glob("*/.0*")) or any(target.glob("*/0*.parquet")),
        "twice": _pieces(target, 2),
    }
    for _ in range(2 if moment == "twice" else 1):
        process = _start(projects, target)
        _until(moments[moment], process)
        workers = workers_of(process.pid)
        process.kill()
        process.communicate()
        assert process.returncode == -signal.SIGKILL  # it was not done yet
        until = time.monotonic() + 20
        while any(Path(f"/proc/{worker}").exists() for worker in workers) and time.monotonic() < until:
            time.sleep(0.02)  # without the one who asked they end by themselves
        assert not [worker for worker in workers if Path(f"/proc/{worker}").exists()]
    said = _finish(_start(projects, target))
    assert (said["projects"], said["failures"]) == (len(rows["projects"]), len(rows["failures"]))
    assert _rows(target) == rows
    assert [path.name for path in (target / ".staging").iterdir()] == []
