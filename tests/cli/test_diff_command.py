"""The command ``diff`` as people and programs use it."""

import json
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result
from small_project import coding, document, selection

from qdpx_compassion.cli.diff import _line
from qdpx_compassion.cli.main import cli
from qdpx_compassion.teams import Change, Changed

LONG = "".join(selection(coding(number), guid=f"dddddddd-0000-4000-8000-{number:012}") for number in range(9))


@pytest.fixture
def projects(tmp_path: Path) -> tuple[str, str]:
    paths = tmp_path / "before.qde", tmp_path / "after.qde"
    paths[0].write_bytes(document(LONG))
    paths[1].write_bytes(document(selection(coding(0), guid="dddddddd-0000-4000-8000-000000000000")))
    return str(paths[0]), str(paths[1])


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["diff", *arguments])


def test_counts_come_first_then_a_few_details_and_the_exit_code_says_that_something_is_lost(
    projects: tuple[str, str],
) -> None:
    result = run(*projects)
    assert result.exit_code == 1
    lines = result.output.splitlines()
    assert lines[0] == "From  before.qde (NVivo 12)"
    assert next(line for line in lines if line.startswith("codings")).split() == ["codings", "1", "–", "8", "–"]
    assert lines.index("codings: lost (8)") > lines.index(next(line for line in lines if "same" in line))
    assert "  … and 5 more; --all shows them all" in lines
    assert "Lost: " in lines[-1]


def test_all_shows_every_difference(projects: tuple[str, str]) -> None:
    output = run(*projects, "--all").output
    assert "more" not in output
    assert output.count("Feeling heard: Interview 1") == 8


def test_the_exit_code_is_0_where_nothing_is_lost(projects: tuple[str, str]) -> None:
    assert run(projects[1], projects[0]).exit_code == 0
    same = run(projects[0], projects[0])
    assert same.exit_code == 0
    assert "Nothing changed." in same.output


def test_json_holds_counts_and_every_detail(projects: tuple[str, str]) -> None:
    result = run(*projects, "--json")
    told = json.loads(result.stdout)
    assert result.exit_code == 1
    assert told["counts"]["codings"] == {
        "first": 9, "second": 1, "same": 1, "changed": 0, "lost": 8, "new": 0, "merged": 0, "other_guid": 0,
    }  # fmt: skip
    assert len(told["details"]["codings"]["lost"]) == 8
    assert told["details"]["codings"]["lost"][0]["guid"] == "eeeeeeee-0000-4000-8000-000000000001"


def test_the_workbook_has_an_overview_and_a_sheet_for_each_kind_that_differs(
    projects: tuple[str, str], tmp_path: Path
) -> None:
    target = tmp_path / "differences.xlsx"
    result = run(*projects, "-o", str(target))
    assert result.exit_code == 1
    assert f"Wrote {target}." in result.output
    book = openpyxl.load_workbook(target)
    assert book.sheetnames == ["Overview", "Codings"]
    rows = list(book["Codings"].iter_rows(values_only=True))
    assert rows[0][:5] == ("What", "Element", "Attribute", "From", "To")
    assert [row[0] for row in rows[1:]] == ["lost"] * 8


def test_an_existing_workbook_is_not_written_over_and_nothing_is_read_before(
    projects: tuple[str, str], tmp_path: Path
) -> None:
    target = tmp_path / "differences.xlsx"
    target.write_bytes(b"mine")
    result = run(*projects, "-o", str(target))
    assert result.exception is not None
    assert target.read_bytes() == b"mine"
    assert run(*projects, "-o", str(target), "--force").exit_code == 1
    assert target.read_bytes().startswith(b"PK")


def test_long_texts_that_begin_alike_are_shown_where_they_part() -> None:
    text = "A definition that is long and says all that there is to say about it, "
    changed = Changed("Values", "", "", (Change("description", text + "and more", text + "and less of it"),))
    assert _line(changed) == "Values: description … to say about it, and more → … to say about it, and less of it"
    for before, after in ((None, text), (text, None), ("short", "shore")):
        assert "…" not in _line(
            Changed("Values", "", "", (Change("name", before and before[:50], after and after[:50]),))
        )
