"""The command ``repair`` as people and programs use it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from small_project import coding, document, selection

from qdpx_compassion.cli.main import cli

GOOD = document(selection(coding(1)))


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    path = tmp_path / "study.qde"
    path.write_bytes(GOOD.replace(b' isCodable="true"', b"").replace(b"</Users>", b"</Users><Sets/>"))
    return path


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli, ["repair", *map(str, arguments)])


def test_mends_and_what_is_left_are_told_apart_and_the_exit_code_says_that_errors_are_left(
    broken: Path, tmp_path: Path
) -> None:
    result = run(broken, "-o", tmp_path / "out.qde")
    assert result.exit_code == 1
    lines = result.output.splitlines()
    assert lines.index("Mended:") < lines.index("Note mended-empty") < lines.index("Left as it was:")
    assert lines.index("Error schema (2)") > lines.index("Left as it was:")
    assert (tmp_path / "out.qde").read_bytes() == broken.read_bytes().replace(b"<Sets/>", b"")


def test_with_guesses_nothing_is_left(broken: Path, tmp_path: Path) -> None:
    result = run(broken, "-o", tmp_path / "out.qde", "--assume")
    assert result.exit_code == 0
    assert "Left" not in result.output
    assert (tmp_path / "out.qde").read_bytes() == GOOD


def test_a_sound_project_has_nothing_to_mend(tmp_path: Path) -> None:
    (tmp_path / "study.qde").write_bytes(GOOD)
    result = run(tmp_path / "study.qde", "-o", tmp_path / "out.qde")
    assert (result.exit_code, result.output.splitlines()[0]) == (0, "There was nothing to mend.")
    assert (tmp_path / "out.qde").read_bytes() == GOOD


def test_unknown_things_go_when_told_to_and_all_lists_each(tmp_path: Path) -> None:
    unknown = "".join(f"<Vendor{number}/>" for number in range(6)).encode()
    (tmp_path / "study.qde").write_bytes(GOOD.replace(b"<Sources>", unknown + b"<Sources>"))
    result = run(tmp_path / "study.qde", "-o", tmp_path / "out.qde", "--drop-unknown", "--all")
    assert result.exit_code == 0
    assert [result.output.count(f"<Vendor{number}>") for number in range(6)] == [1] * 6
    assert (tmp_path / "out.qde").read_bytes() == GOOD


def test_json_holds_mends_and_what_is_left(broken: Path, tmp_path: Path) -> None:
    told = json.loads(run(broken, "-o", tmp_path / "out.qde", "--json").stdout)
    assert [mend["code"] for mend in told["mends"]] == ["mended-empty"]
    assert {finding["code"] for finding in told["left"]} == {"schema"}


def test_the_project_itself_is_never_written_over(broken: Path) -> None:
    before = broken.read_bytes()
    assert run(broken, "-o", broken, "--force").exit_code != 0
    assert broken.read_bytes() == before
