"""The command ``validate`` as people, programs and continuous integration use it."""

import json
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from lxml import etree
from small_project import coding, document, selection

from qdpx_compassion.cli.main import cli

NOWHERE = "99999999-0000-4000-8000-000000000001"


@pytest.fixture
def projects(tmp_path: Path) -> tuple[str, str, str]:
    paths = [tmp_path / f"{name}.qde" for name in ("good", "bad", "page")]
    paths[0].write_bytes(document(selection(coding(1))))
    broken = "".join(coding(number, NOWHERE[:-1] + str(number)) for number in range(6))
    paths[1].write_bytes(document(selection(broken)).replace(b"isCodable", b"codable"))
    paths[2].write_bytes(b"<!DOCTYPE html><html></html>")
    return str(paths[0]), str(paths[1]), str(paths[2])


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["validate", *arguments])


def test_a_sound_project_has_nothing_found_and_exit_code_0(projects: tuple[str, str, str]) -> None:
    result = run(projects[0])
    assert (result.exit_code, result.output) == (0, f"{projects[0]}: nothing found\n")


def test_every_project_is_named_and_one_that_cannot_be_read_does_not_stop_the_others(
    projects: tuple[str, str, str],
) -> None:
    result = run(*reversed(projects))
    assert result.exit_code == 1
    assert [line for line in result.output.splitlines() if not line.startswith(" ") and ": " in line] == [
        f"{projects[2]}: 1 error", f"{projects[1]}: 10 errors", f"{projects[0]}: nothing found",
    ]  # fmt: skip
    assert "This is a web page" in " ".join(result.output.split())


def test_findings_are_grouped_and_all_shows_each(projects: tuple[str, str, str]) -> None:
    few, every = run(projects[1]).output, run(projects[1], "--all").output
    assert "Error reference-dangling (6)" in few
    assert "… and 3 more; --all shows them all" in few
    assert [every.count(NOWHERE[:-1] + str(number)) for number in range(6)] == [1] * 6


def test_json_has_counts_and_findings_of_each_project(projects: tuple[str, str, str]) -> None:
    told = json.loads(run(*projects, "--json").stdout)
    assert [(one["project"], one["errors"]) for one in told] == list(zip(projects, (0, 10, 1), strict=True))
    assert set(told[1]["findings"][0]) == {"code", "message", "where", "severity"}


def test_sarif_names_rules_levels_files_and_lines(projects: tuple[str, str, str], tmp_path: Path) -> None:
    assert run(*projects, "--sarif", str(tmp_path / "f.sarif")).exit_code == 1
    report = json.loads((tmp_path / "f.sarif").read_text("utf-8"))
    (once,) = report["runs"]
    assert report["version"] == "2.1.0"
    assert [rule["id"] for rule in once["tool"]["driver"]["rules"]] == ["reference-dangling", "schema", "unreadable"]
    first = once["results"][0]
    assert (first["ruleId"], first["level"]) == ("schema", "error")
    place = first["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"].endswith("bad.qde")
    assert place["region"] == {"startLine": 2}


def test_junit_has_a_suite_a_project_and_failures_for_errors(projects: tuple[str, str, str], tmp_path: Path) -> None:
    run(*projects, "--junit", str(tmp_path / "f.xml"))
    root = etree.parse(str(tmp_path / "f.xml")).getroot()
    suites = [(suite.get("name"), suite.get("tests"), suite.get("failures")) for suite in root]
    assert suites == [(projects[0], "1", "0"), (projects[1], "2", "2"), (projects[2], "1", "1")]


def test_reports_are_not_written_over_existing_files(projects: tuple[str, str, str], tmp_path: Path) -> None:
    (tmp_path / "f.xml").write_bytes(b"mine")
    assert run(projects[0], "--junit", str(tmp_path / "f.xml")).exit_code != 0
    assert (tmp_path / "f.xml").read_bytes() == b"mine"
    assert run(projects[0], "--junit", projects[0], "--force").exit_code != 0


def test_strict_judges_by_the_letter(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "p.qdpx", "w") as archive:
        archive.writestr("Project.qde", document(selection(coding(1))))
    assert run(str(tmp_path / "p.qdpx")).exit_code == 0
    result = run(str(tmp_path / "p.qdpx"), "--strict")
    assert result.exit_code == 1
    assert "Error qde-name" in result.output
