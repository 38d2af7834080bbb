"""One study whose quotations are known, in every way of counting: all come out, and wrong readings are seen."""

from functools import cache
from pathlib import Path

import pytest
from positions_maker import (
    COUNTINGS,
    NVIVO_MAC,
    NVIVO_WINDOWS,
    Counting,
    Study,
    Style,
    archive,
    in_counting,
    study,
)

from qdpx_compassion.refi.reader import read_project
from qdpx_compassion.tables import Project

NAMES = pytest.mark.parametrize("names", [True, False], ids=["quotations-as-names", "no-names"])
EACH = pytest.mark.parametrize("counting", COUNTINGS, ids=lambda counting: counting.written.replace(",", "-"))


@cache
def truth() -> Study:
    return study()


@cache
def small() -> Study:
    """Fewer emoji and selections: counted in no time, and enough to tell every reading by."""
    return study(emoji=60, passages=80)


def read(made: Study, style: Style, folder: Path, reading: str | None = None) -> Project:
    path = folder / "truth.qdpx"
    path.write_bytes(archive(made, style))
    return read_project(path, reading=reading)


def quotations(project: Project) -> list[str]:
    return list(project.column("selections", "quotation"))


def codes(project: Project) -> set[str]:
    return {finding.code for finding in project.findings}


@pytest.mark.parametrize("style", [NVIVO_WINDOWS, NVIVO_MAC], ids=["windows", "mac"])
def test_every_quotation_of_nvivo_comes_out(style: Style, tmp_path: Path) -> None:
    made = truth()
    assert [sum(ord(c) > 0xFFFF for c in text) for text in made.texts] == [892, 892]
    assert len(made.passages) == 300
    project = read(made, style, tmp_path)
    assert quotations(project) == made.quotations(style.line_end)
    assert project.positions["sureness"] == "sure"
    assert project.positions["texts"] == 2
    assert not codes(project) & {"reading-by-evidence", "reading-uncertain", "position-inside-character"}


def test_both_platforms_of_nvivo_give_the_same_quotations_under_other_guids(tmp_path: Path) -> None:
    windows, mac = read(truth(), NVIVO_WINDOWS, tmp_path), read(truth(), NVIVO_MAC, tmp_path)
    assert [one.replace("\r\n", "\n") for one in quotations(windows)] == quotations(mac)
    assert not set(windows.column("selections", "guid")) & set(mac.column("selections", "guid"))


def test_code_points_would_find_few_of_nvivos_quotations(tmp_path: Path) -> None:
    project = read(truth(), NVIVO_MAC, tmp_path, reading="codepoints")
    right = sum(map(str.__eq__, quotations(project), truth().quotations()))
    assert right < 30
    assert project.positions["contradicted"]
    assert "reading-doubtful" in codes(project)


@NAMES
@EACH
def test_the_file_itself_shows_how_it_counts(counting: Counting, names: bool, tmp_path: Path) -> None:
    project = read(small(), in_counting(counting, names=names), tmp_path)
    assert quotations(project) == small().quotations("\r\n")
    assert project.positions["sureness"] == "sure"


@EACH
def test_the_evidence_turns_the_profile_of_a_known_program(counting: Counting, tmp_path: Path) -> None:
    project = read(small(), in_counting(counting, names=False, origin="NVivo 12.6.0"), tmp_path)
    assert quotations(project) == small().quotations("\r\n")
    assert ("reading-by-evidence" in codes(project)) == (counting != Counting("utf16"))


@NAMES
@EACH
def test_each_wrong_reading_is_recognised_as_wrong(counting: Counting, names: bool, tmp_path: Path) -> None:
    path = tmp_path / "truth.qdpx"
    path.write_bytes(archive(small(), in_counting(counting, names=names)))
    for other in COUNTINGS:
        project = read_project(path, reading=other.written)
        assert project.positions["sureness"] == "said"
        assert project.positions["contradicted"] == (other != counting), other
        assert ("reading-doubtful" in codes(project)) == (other != counting)
