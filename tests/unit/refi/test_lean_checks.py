"""Validating keeps less of a project than reading it does, and finds the same."""

from pathlib import Path

import pytest
from command_line import REAL
from documents import STYLES, random_project
from fixture_projects import fixtures, made
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from mutations import Mutator

from qdpx_compassion.errors import QdpxError
from qdpx_compassion.files.project_files import open_project_files
from qdpx_compassion.findings import Finding
from qdpx_compassion.refi import reader
from qdpx_compassion.refi.checks.project import Judged, judge
from qdpx_compassion.refi.names import CHILDREN
from qdpx_compassion.refi.reader import read_for_checks


def judged(path: Path, *, keep: bool) -> tuple[list[Finding], bool] | str:
    try:
        with open_project_files(path) as files:
            found: Judged = judge(files, strict=True, keep=keep)
    except QdpxError as error:
        return str(error)
    assert (found.project is None) or keep
    return found.findings, found.follows_schema


def check(path: Path) -> None:
    assert judged(path, keep=False) == judged(path, keep=True)


@pytest.mark.parametrize("fixture", fixtures(), ids=lambda path: path.name)
def test_the_same_is_found_in_every_fixture(fixture: Path, tmp_path: Path) -> None:
    check(made(fixture, tmp_path))


@pytest.mark.skipif(not REAL.is_dir(), reason="the real exports are not beside this checkout")
def test_the_same_is_found_in_real_exports() -> None:
    for path in sorted(REAL.rglob("*.qdpx")):
        check(path)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000_000), style=st.sampled_from(STYLES))
def test_the_same_is_found_in_random_projects(tmp_path: Path, seed: int, style: str) -> None:
    (tmp_path / "p.qde").write_bytes(random_project(seed, seed % 3, style=style))
    check(tmp_path / "p.qde")


@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000_000))
def test_the_same_is_found_in_damaged_projects(tmp_path: Path, seed: int) -> None:
    mutator = Mutator(seed, list(CHILDREN), ["guid", "name", "startPosition", "isCodable", "targetGUID", "color"])
    root, _ = mutator.mutate(etree.fromstring(random_project(seed % 50, 1)))
    (tmp_path / "p.qde").write_bytes(etree.tostring(root))
    check(tmp_path / "p.qde")


def test_where_the_reading_changes_the_project_is_read_as_a_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = reader._read
    whole: dict[str, list[bool]] = {}
    for fixture in fixtures():
        lean: list[bool] = []

        def noted(*args: object, lean: bool = False, calls: list[bool] = lean, **kwargs: object) -> object:
            calls.append(lean)
            return read(*args, lean=lean, **kwargs)  # type: ignore[arg-type]

        monkeypatch.setattr(reader, "_read", noted)
        try:
            with open_project_files(made(fixture, tmp_path)) as files:
                read_for_checks(files)
        except QdpxError:
            continue
        whole[fixture.name] = lean
    assert {tuple(calls) for calls in whole.values()} == {(True,), (True, False)}
    assert sum(len(calls) == 1 for calls in whole.values()) > len(whole) / 2
