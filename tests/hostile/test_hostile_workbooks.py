"""Mapping workbooks that were made to do harm are read safely or refused in words."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from bounded import OF_WORKBOOKS, Bounded, run_all
from hostile_workbooks import CANARY, WORKBOOKS
from outputs import written
from small_project import document

pytestmark = pytest.mark.skipif(os.name == "nt", reason="bounds of memory are a matter of POSIX")

#: Read as any other: what decides is the mapping, and it marks one code.
HARMLESS = {
    *("external-links", "macros", "million-empty-rows", "merged-cells", "formulas-with-results", "many-strings"),
    *("wide-rows", "names-outside"),
}
REFUSED = {
    "old-workbook": "before 2007",
    "web-page": "not an Excel workbook",
    "million-members": "--limit members=",
    "many-styles": "more uncompressed",
    "large-dictionary": "--limit dictionary_bytes=",
    "zeros": "more uncompressed",
    "long-attribute-in-a-sheet": "longer than any program writes",
    "canary-in-sheet1": "document type",
    "laughs-in-sharedStrings": "document type",
}
PATIENCE = 20


@pytest.fixture
def port() -> Iterator[int]:
    """A port at which somebody listens; whoever knocks there fails the test."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]
        server.setblocking(False)
        with pytest.raises(BlockingIOError):
            server.accept()


def _run(name: str, port: int, folder: Path, commands: tuple[str, ...] = ("mapping check", "enrich")) -> list[Bounded]:
    (folder / "given").mkdir()
    (folder / "out").mkdir()
    project = folder / "given" / "study.qde"
    project.write_bytes(document())
    workbook = WORKBOOKS[name](folder / "given" / "mapping.xlsx", port)
    return run_all(project, folder / "out", commands, mapping=workbook, seconds=len(commands) * PATIENCE)


def _judge(ran: list[Bounded], folder: Path) -> None:
    for one in ran:
        assert one.code in (0, 1), one
        assert "should not have happened" not in one.err, one
        assert "Traceback" not in one.err, one
        assert "not enough memory" not in one.err, one
        assert CANARY not in one.out + one.err, one
        assert "root:" not in one.out + one.err, one
        assert one.seconds < PATIENCE, one
    for file, data in written(folder / "out"):
        assert CANARY.encode() not in data, file
    assert sorted(path.name for path in folder.iterdir()) == ["given", "out"]


@pytest.mark.parametrize("name", WORKBOOKS)
def test_a_hostile_workbook(name: str, port: int, tmp_path: Path) -> None:
    ran = _run(name, port, tmp_path)
    _judge(ran, tmp_path)
    said = " ".join(" ".join(one.err + one.out for one in ran).split())
    if name in HARMLESS:
        assert [one.code for one in ran] == [0, 0], ran
    if name in REFUSED:
        assert [one.code for one in ran] == [1, 1], ran
        assert REFUSED[name] in said


@pytest.mark.long
@pytest.mark.parametrize("name", WORKBOOKS)
def test_a_hostile_workbook_in_place_of_any_other(name: str, port: int, tmp_path: Path) -> None:
    _judge(_run(name, port, tmp_path, tuple(OF_WORKBOOKS)), tmp_path)


def test_a_formula_without_a_result_is_named_with_its_cell(port: int, tmp_path: Path) -> None:
    checked, _ = _run("formulas", port, tmp_path)
    assert "Mapping!B2" in checked.out
    assert "cell-formula" in checked.out
