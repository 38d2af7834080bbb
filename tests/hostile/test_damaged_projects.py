"""Whatever bytes come in: the project, or an error that says what and where. Never a traceback, never a hang."""

import zipfile
from collections import Counter
from pathlib import Path

import pytest
from archives import zipped
from documents import random_project, random_project_tree
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from lxml import etree
from mutations import Mutator

from qdpx_compassion.errors import InputError
from qdpx_compassion.refi.names import CHILDREN
from qdpx_compassion.refi.reader import read_project
from qdpx_compassion.refi.writer import write_document
from qdpx_compassion.tables import TABLES, Project

ATTRIBUTES = sorted({column.attribute for table in TABLES.values() for column in table.columns if column.attribute})
SETTINGS = settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])


def read(path: Path) -> Project | None:
    try:
        return read_project(path)
    except InputError as error:
        assert error.what and error.where
        return None


@SETTINGS
@given(seed=st.integers(0, 10_000))
def test_any_bent_document_is_read_and_what_was_read_can_be_written(seed: int, tmp_path: Path) -> None:
    """Elements and attributes moved, doubled, renamed, removed; values from the edges of every type."""
    bent, _ = Mutator(seed, list(CHILDREN), [*ATTRIBUTES, "targetGUID"]).mutate(random_project_tree(seed, 1))
    path, again = tmp_path / "project.qde", tmp_path / "again.qde"
    path.write_bytes(etree.tostring(bent))
    project = read(path)
    if project is None:
        return
    with again.open("wb") as file:
        write_document(project, file.write)
    reread = read_project(again)
    for name, table in TABLES.items():
        assert len(reread.rows[name]) == len(project.rows[name]), name
        for column in table.columns:
            # what was out of order is in order now, so rows may have changed places
            if not column.derived and not column.name.endswith("_row"):
                assert Counter(reread.column(name, column.name)) == Counter(project.column(name, column.name))


@SETTINGS
@given(
    seed=st.integers(0, 200),
    style=st.sampled_from(["plain", "prefixed", "cdata", "utf-16"]),
    changes=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=4),
    keep=st.floats(0.5, 1),
)
@example(seed=1, style="plain", changes=[(0.5, 0)], keep=1.0)
def test_changed_and_missing_bytes_of_a_document(
    seed: int, style: str, changes: list[tuple[float, int]], keep: float, tmp_path: Path
) -> None:
    document = bytearray(random_project(seed, 1, style=style))
    for place, byte in changes:
        document[int(place * len(document))] = byte
    path = tmp_path / "project.qde"
    path.write_bytes(document[: int(keep * len(document))] if keep < 0.9 else document)
    read(path)


@SETTINGS
@given(
    method=st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]),
    changes=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=4),
)
def test_changed_bytes_of_an_archive(method: int, changes: list[tuple[float, int]], tmp_path: Path) -> None:
    members = [("project.qde", random_project(3, 1)), ("sources/a.txt", b"I felt heard.")]
    path = zipped(tmp_path / "study.qdpx", members, method=method)
    data = bytearray(path.read_bytes())
    for place, byte in changes:
        data[int(place * len(data))] = byte
    path.write_bytes(data)
    read(path)


@SETTINGS
@given(
    data=st.binary(max_size=300), head=st.sampled_from([b"", b"PK\x03\x04", b"<Project", b"<?xml", b"\xff\xfe<\x00"])
)
def test_rubbish_is_no_project(data: bytes, head: bytes, tmp_path: Path) -> None:
    path = tmp_path / "study.qdpx"
    path.write_bytes(head + data)
    assert read(path) is None


@pytest.mark.parametrize("name", ["a" * 300, "nul\x00byte", "con:/x", pytest.param("\ud800", id="lone surrogate")])
def test_odd_names_of_files_are_told(name: str, tmp_path: Path) -> None:
    assert read(tmp_path / name) is None
