"""Databases and annotations of other programs that were made to do harm: read safely, or refused in words, in time."""

from __future__ import annotations

import json
import os
import shutil
import socket
from pathlib import Path

import pytest
from bounded import Bounded, run_all
from command_line import FIRST_STEPS, run
from hostile_databases import DATABASES, FORMATS, made

pytestmark = pytest.mark.skipif(os.name == "nt", reason="bounds of memory are a matter of POSIX")

HARMLESS = {"triggers"}
REFUSED = {"computed-values", "endless-view", "virtual-table", "long-default", "schema-that-is-no-sql"}
#: Tried every day with each format; the others with one.
ALWAYS = {"computed-values", "endless-view-of-another-name"}
PATIENCE = 20


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whole")
    for to, (name, *_) in FORMATS.items():
        ran = run("convert", FIRST_STEPS, folder / name, "--to", to)
        assert ran.code == 0, ran.err
    return folder


def _read(path: Path, folder: Path) -> Bounded:
    (folder / "out").mkdir()
    (ran,) = run_all(path, folder / "out", ("convert qdpx",), seconds=2 * PATIENCE)
    assert ran.code in (0, 1), ran
    assert "should not have happened" not in ran.err, ran
    assert "Traceback" not in ran.err, ran
    assert "not enough memory" not in ran.err, ran
    assert ran.seconds < PATIENCE, ran
    assert len(list((folder / "out").iterdir())) == (ran.code == 0)
    return ran


@pytest.mark.parametrize(
    ("to", "name"),
    [
        pytest.param(to, name, marks=() if to == "qualcoder" or name in ALWAYS else pytest.mark.long)
        for to in FORMATS
        for name in DATABASES
    ],
)
def test_a_hostile_database(to: str, name: str, whole: Path, tmp_path: Path) -> None:
    project, inside, table, column = FORMATS[to]
    path = tmp_path / project
    (shutil.copytree if inside else shutil.copy)(whole / project, path)
    database = path / inside if inside else path
    made(name, database, table, column)
    before = database.read_bytes()
    ran = _read(path, tmp_path)
    if name in HARMLESS:
        assert ran.code == 0, ran
    if name in REFUSED:
        assert ran.code == 1, ran
    assert database.read_bytes() == before
    assert sorted(one.name for one in tmp_path.iterdir()) == sorted([project, "out"])


def test_contexts_of_annotations_are_never_fetched(tmp_path: Path) -> None:
    path = tmp_path / "study.jsonld"
    assert run("convert", FIRST_STEPS, path).code == 0
    data = json.loads(path.read_bytes())
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"http://127.0.0.1:{server.getsockname()[1]}"
        context = data["@context"] if isinstance(data["@context"], list) else [data["@context"]]
        data["@context"] = [*context, f"{address}/context", {"@import": f"{address}/import"}, "file:///etc/passwd"]
        path.write_text(json.dumps(data), encoding="utf-8")
        ran = _read(path, tmp_path)
        server.setblocking(False)
        with pytest.raises(BlockingIOError):
            server.accept()
    assert "root:" not in ran.out + ran.err
