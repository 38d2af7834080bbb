"""Two people's mappings compared from their files."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from qdpx_compassion.cli.main import cli
from qdpx_compassion.errors import MappingError
from qdpx_compassion.teams.mappings import compare_mapping_files

SAMPLE = Path(__file__).resolve().parents[3] / "sample_projects" / "values-study"
HEAD = "code,construct,mark\n"


def mapping(path: Path, *lines: str) -> Path:
    path.write_text(HEAD + "".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


@pytest.fixture
def two(tmp_path: Path) -> tuple[Path, Path]:
    return (
        mapping(tmp_path / "anna.csv", "Trust,acting-to-alleviate,yes", "Hope,acting-to-alleviate,no",
                "Chat,enhances,yes", "Form,detracts,yes"),
        mapping(tmp_path / "ben.csv", "Trust,acting-to-alleviate,yes", "Hope,acting-to-alleviate,yes",
                "Chat,enhances,yes", "Form,enhances,yes"),
    )  # fmt: skip


def test_agreement_a_construct_and_the_codes_decided_differently(two: tuple[Path, Path]) -> None:
    compared = compare_mapping_files(*two)
    acting = next(one for one in compared.comparison.constructs if one.construct_id == "acting-to-alleviate")
    assert (acting.both, acting.only_first, acting.only_second, acting.neither) == (1, 0, 1, 0)
    assert acting.agreement == 0.5
    assert [one.code.name for one in compared.comparison.differences] == ["Form", "Hope"]
    effect = next(one for one in compared.comparison.dimensions if one.dimension_id == "technology-effect")
    # enhances three times, detracts once: observed 2/4, expected 2·3·1/(4·3): alpha = 0
    assert (effect.codes, effect.same) == (2, 1)
    assert effect.coefficient.value == pytest.approx(0)
    fit = next(one for one in compared.comparison.dimensions if one.dimension_id == "organisational-fit")
    assert fit.coefficient.reason == "undefined: no code was decided by both"


def test_marks_on_a_code_cover_those_below_when_the_project_is_given(tmp_path: Path) -> None:
    anna = mapping(tmp_path / "anna.csv", "Values,acting-to-alleviate,yes")
    ben = mapping(tmp_path / "ben.csv", "Values,recognising-suffering,yes")
    alone = compare_mapping_files(anna, ben)
    whole = compare_mapping_files(anna, ben, project=SAMPLE / "values-study-nvivo.qdpx")
    assert len(alone.comparison.differences) == 1
    assert len(whole.comparison.differences) > 20


def test_mappings_by_guid_alone_need_the_project(tmp_path: Path) -> None:
    line = "76033e98-974a-5b13-80ed-852610c91fdb,acting-to-alleviate,yes"
    with pytest.raises(MappingError, match="--project"):
        compare_mapping_files(mapping(tmp_path / "a.csv", line), mapping(tmp_path / "b.csv", line))


def test_a_mapping_agrees_with_itself(two: tuple[Path, Path]) -> None:
    compared = compare_mapping_files(two[0], two[0])
    assert not compared.comparison.differences
    assert all(one.agreement in (None, 1) for one in compared.comparison.constructs)


def test_the_command_tells_writes_and_prints_json(two: tuple[Path, Path], tmp_path: Path) -> None:
    run = CliRunner().invoke(cli, ["mapping", "compare", *map(str, two), "-o", str(tmp_path / "c.xlsx")])
    assert run.exit_code == 0, run.output
    assert "2 decisions differ." in run.output
    book = openpyxl.load_workbook(tmp_path / "c.xlsx")
    assert book.sheetnames == ["Constructs", "Dimensions", "Decided differently"]
    assert [cell.value for cell in book["Decided differently"][2]][:4] == [
        "Form", "Effect of technology", "Detracts from compassion", "Enhances compassion",
    ]  # fmt: skip
    told = json.loads(CliRunner().invoke(cli, ["mapping", "compare", *map(str, two), "--json"]).output)
    assert told["differences"][0]["first"] == ["detracts"]
