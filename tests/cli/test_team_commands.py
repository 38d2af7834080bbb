"""``merge``, ``agreement`` and ``mapping compare``, as a team runs them."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest
from command_line import FIRST_MAPPING, FIRST_STEPS, VALUES_MAPPING, VALUES_STUDY, run
from copies import copy_with
from small_projects import Small

from qdpx_compassion.refi.reader import read_project


@pytest.fixture
def copies(tmp_path: Path) -> tuple[Path, Path]:
    """The study as two coders have it, each with their own codings."""
    one = next(read_project(VALUES_STUDY, texts=False).column("codings", "creating_user"))
    return (
        copy_with(VALUES_STUDY, tmp_path / "anna.qdpx", lambda _, coding: coding["creating_user"] == one),
        copy_with(VALUES_STUDY, tmp_path / "ben.qdpx", lambda _, coding: coding["creating_user"] != one),
    )


def test_merging_says_what_it_did_and_gives_the_study_back(copies: tuple[Path, Path], tmp_path: Path) -> None:
    target = tmp_path / "team.qdpx"
    ran = run("merge", *copies, "-o", target, "--prefer", copies[0])
    assert (ran.code, ran.err) == (0, "")
    assert "codings: 599 in all copies, 599 merged" in ran.out
    assert run("diff", VALUES_STUDY, target).code == 0
    assert "exists already" in run("merge", *copies, "-o", target).message
    assert run("merge", *copies, "-o", target, "--force").code == 0


def test_a_look_before_merging_writes_nothing(copies: tuple[Path, Path], tmp_path: Path) -> None:
    before = sorted(tmp_path.iterdir())
    told = json.loads(run("merge", *copies, "--dry-run", "--json").out)
    assert told["output"] is None and told["conflicts"] == []
    assert sorted(tmp_path.iterdir()) == before


def test_mistakes_of_merging_are_told_in_words(copies: tuple[Path, Path], tmp_path: Path) -> None:
    target = tmp_path / "team.qdpx"
    assert (run("merge", copies[0], "-o", target).code, run("merge", *copies).code) == (2, 2)
    assert "NAME=PROJECT" in run("merge", *copies, "-o", target, "--settle", "Trust").message
    assert "Nothing conflicts" in run("merge", *copies, "-o", target, "--settle", "Trust=ben.qdpx").message
    assert "none of those" in run("merge", *copies, "-o", target, "--prefer", "cem.qdpx").message
    stranger = Small()
    stranger.text("Zoe", "Something else altogether.")
    (tmp_path / "stranger.qde").write_text(stranger.xml(), encoding="utf-8")
    assert "nothing in common" in run("merge", copies[0], tmp_path / "stranger.qde", "-o", target).message
    assert not target.exists()


def test_two_studies_with_one_codebook_are_merged_with_a_warning(copies: tuple[Path, Path]) -> None:
    assert (
        "shares codes with the other projects, but no source" in run("merge", copies[0], FIRST_STEPS, "--dry-run").out
    )


def test_agreement_in_one_project_and_between_copies_is_the_same(copies: tuple[Path, Path], tmp_path: Path) -> None:
    target = tmp_path / "agreement.xlsx"
    ran = run("agreement", VALUES_STUDY, "--mapping", VALUES_MAPPING, "-o", target)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.endswith(f"Wrote {target}.\n")
    between = run("agreement", *copies, "--mapping", VALUES_MAPPING, "-o", target, "--force", "--between", "users")
    numbers = [line for line in ran.out.splitlines() if "together" in line]
    assert numbers == [line for line in between.out.splitlines() if "together" in line]
    assert "Dimensions" in openpyxl.load_workbook(target, read_only=True).sheetnames


def test_options_of_agreement_reach_the_numbers(tmp_path: Path) -> None:
    usual = json.loads(run("agreement", VALUES_STUDY, "--json").out)
    other = json.loads(
        run("agreement", VALUES_STUDY, "--json", "--overlap", "10", "--unit", "200", "--over", "participants",
            "--seed", "7", "--framework", "compassion").out
    )  # fmt: skip
    assert len(other["disagreements"]) < len(usual["disagreements"])
    assert other["intervals"] == {"over": "participant", "draws": 1000, "seed": 7, "level": 0.95}
    units = [
        {row["units"] for row in told["agreement"] if row["level"] == "text" and row["key"]} for told in (usual, other)
    ]
    assert max(units[1]) < max(units[0]) / 100
    assert usual == json.loads(run("agreement", VALUES_STUDY, "--json").out)


def test_one_coder_alone_is_told_what_to_give(copies: tuple[Path, Path]) -> None:
    ran = run("agreement", copies[0])
    assert ran.code == 1
    assert "there is no agreement to measure" in ran.message


def test_two_mappings_are_compared_and_written(tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    lines = FIRST_MAPPING.read_text(encoding="utf-8").splitlines(keepends=True)
    other.write_text("".join(lines[:-1]), encoding="utf-8")
    target = tmp_path / "compared.xlsx"
    ran = run("mapping", "compare", FIRST_MAPPING, other, "-o", target, "--project", FIRST_STEPS)
    assert (ran.code, ran.err) == (0, "")
    assert "Cohen's kappa" in ran.out
    again = ("mapping", "compare", FIRST_MAPPING, other, "-o", target, "--framework", "compassion")
    assert "exists already" in run(*again).message
    assert (
        run("mapping", "compare", FIRST_MAPPING, other, "-o", target, "--framework", "compassion", "--force").code == 0
    )
    told = json.loads(run("mapping", "compare", FIRST_MAPPING, FIRST_MAPPING, "--json").out)
    assert told["differences"] == []
