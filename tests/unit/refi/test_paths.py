"""Paths of sources as programs write them, and the files that they mean."""

import unicodedata
from pathlib import Path

import pytest
from archives import DOCUMENT, zipped

from qdpx_compassion.files.project_files import open_project_files
from qdpx_compassion.refi.paths import SourcePaths


def find(written: str, members: list[str], folder: Path) -> tuple[str | None, list[str]]:
    """The name of the member that a path finds, and the codes of findings."""
    path = zipped(folder / "study.qdpx", [("project.qde", DOCUMENT), *((name, name.encode()) for name in members)])
    with open_project_files(path) as files:
        paths = SourcePaths(files)
        member = paths.find(written, "P1")
        if member is not None:
            assert files.read(member) == member.name.encode()
            assert paths.used == {member.name}
        assert all(finding.where == "P1" for finding in paths.findings)
        return (member.name if member else None), [finding.code for finding in paths.findings]


@pytest.mark.parametrize("folder", ["Sources", "sources"])
def test_the_standards_form_finds_the_file_without_a_finding(folder: str, tmp_path: Path) -> None:
    assert find("internal://a.txt", [f"{folder}/a.txt", f"{folder}/b.txt"], tmp_path) == (f"{folder}/a.txt", [])


@pytest.mark.parametrize(
    "written",
    [
        "internal:///a.txt",
        "internal://Sources/a.txt",
        "internal://sources/a.txt",
        "internal:\\\\Sources\\a.txt",
        "internal://Sources\\a.txt",
        "INTERNAL://a.txt",
        "a.txt",
        "/a.txt",
        "Sources/a.txt",
        "sources\\a.txt",
        "internal://C:\\Users\\me\\a.txt",
    ],
)
def test_other_forms_find_it_too_and_are_told(written: str, tmp_path: Path) -> None:
    assert find(written, ["Sources/a.txt"], tmp_path) == ("Sources/a.txt", ["file-path-form"])


def test_a_source_in_a_folder_of_its_own_is_found_there(tmp_path: Path) -> None:
    assert find("internal://texts/a.txt", ["texts/a.txt"], tmp_path)[0] == "texts/a.txt"
    assert find("internal://a.txt", ["a.txt"], tmp_path)[0] == "a.txt"


def test_of_two_files_of_one_name_the_folder_in_the_path_decides(tmp_path: Path) -> None:
    members = ["Sources/a.txt", "Sources/more/a.txt", "texts/a.txt"]
    assert find("internal://a.txt", members, tmp_path)[0] == "Sources/a.txt"
    assert find("internal://more/a.txt", members, tmp_path)[0] == "Sources/more/a.txt"
    assert find("internal://texts/a.txt", members, tmp_path)[0] == "texts/a.txt"


def test_another_letter_case_is_found_and_told(tmp_path: Path) -> None:
    assert find("internal://Interview.TXT", ["SOURCES/interview.txt"], tmp_path) == (
        "SOURCES/interview.txt",
        ["file-name-case"],
    )


def test_the_right_letter_case_is_preferred(tmp_path: Path) -> None:
    assert find("internal://A.txt", ["Sources/a.txt", "Sources/A.txt"], tmp_path) == ("Sources/A.txt", [])


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_accents_are_found_however_they_are_composed(form: str, tmp_path: Path) -> None:
    written = unicodedata.normalize("NFC" if form == "NFD" else "NFD", "internal://Zoë.txt")
    member = unicodedata.normalize("NFC" if form == "NFC" else "NFD", "Sources/Zoë.txt")
    assert find(written, [member], tmp_path) == (member, ["file-name-case"])


def test_percent_encoding_is_understood(tmp_path: Path) -> None:
    assert find("internal://Interview%20Zo%C3%AB.txt", ["Sources/Interview Zoë.txt"], tmp_path)[0] is not None
    assert find("internal://100%25.txt", ["Sources/100%25.txt", "Sources/100%.txt"], tmp_path) == (
        "Sources/100%25.txt",
        [],
    )


@pytest.mark.parametrize(
    "written",
    ["relative:///a.txt", "relative://a.txt", "absolute:///C:/study/a.txt", "absolute://E:/a.txt", "Absolute:///a.txt",
     "http://example.org/a.txt", "file:///a.txt"],
)  # fmt: skip
def test_a_file_outside_the_project_is_told_and_not_looked_for(written: str, tmp_path: Path) -> None:
    assert find(written, ["Sources/a.txt"], tmp_path) == (None, ["external-source"])


@pytest.mark.parametrize(
    "written", ["internal://gone.txt", "internal://", "internal:///", "../a.txt/gone", "internal://../../etc/passwd"]
)
def test_a_missing_file_is_told(written: str, tmp_path: Path) -> None:
    assert find(written, ["Sources/a.txt"], tmp_path) == (None, ["file-missing"])


def test_a_project_one_folder_too_deep_finds_its_sources_there(tmp_path: Path) -> None:
    members = [("study/project.qde", DOCUMENT), ("study/sources/a.txt", b"a"), ("sources/a.txt", b"other")]
    with open_project_files(zipped(tmp_path / "study.qdpx", members)) as files:
        member = SourcePaths(files).find("internal://a.txt", "P1")
        assert member is not None
        assert member.name == "study/sources/a.txt"
