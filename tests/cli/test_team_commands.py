"""``merge``, ``agreement`` and ``mapping compare``, as a team runs them."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest
from command_line import FIRST_MAPPING, FIRST_STEPS, VALUES_MAPPING, VALUES_STUDY, run
from copies import copy_with
from small_projects import Small

from qdpx_compassion import api
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


def test_conflicts_stand_in_a_workbook_with_both_sides(copies: tuple[Path, Path], tmp_path: Path) -> None:
    book = tmp_path / "conflicts.xlsx"
    old, new = (tmp_path / f"{name}.qde" for name in ("anna", "ben"))
    for path, date, name, text in ((old, "03", "Trust", "But I could write."), (new, "09", "Faith", "But no.")):
        small = Small()
        small.text("Bo", f"It is mostly for the money. {text}")
        small.code("Values", "Trust")
        if path == old:
            small.coding("Bo", "I could write", "Values", "Trust", by="Anna")
        xml = small.xml().replace("2024-06-03", f"2024-06-{date}").replace('name="Trust"', f'name="{name}"')
        path.write_text(xml, encoding="utf-8")
    ran = run("merge", old, new, "--dry-run", "--conflicts", book)
    assert (ran.code, ran.err) == (0, "")
    assert f"2 conflicts settled as listed in {book}." in ran.out
    sheets = {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in openpyxl.load_workbook(book)}
    assert list(sheets) == ["Overview", "Conflicts", "Texts", "Not placed", "Checks"]
    assert sheets["Conflicts"][0][3:5] == ("ben.qde", "anna.qde")
    assert sheets["Conflicts"][1:] == [
        ("sources", "Bo", "text", "… is mostly for the money. But no.",
         "… is mostly for the money. But I could write.", "ben.qde", "the newer text",
         '--settle "Bo, text=anna.qde"'),
        ("codes", "Values > Faith", "name", "Faith", "Trust", "ben.qde", "the newer project",
         '--settle "Values > Faith, name=anna.qde"'),
    ]  # fmt: skip
    assert sheets["Not placed"][1][0:5] == ("anna.qde", "Bo, characters 32 to 45", "Values > Trust", "Anna",
                                            "I could write")  # fmt: skip
    assert "exists already" in run("merge", old, new, "--dry-run", "--conflicts", book).message
    again = ("merge", old, new, "--dry-run", "--conflicts", book, "--force", "--settle", "Bo, text=anna.qde",
             "--settle", "Values > Faith, name=anna.qde")  # fmt: skip
    assert run(*again).code == 0
    settled = openpyxl.load_workbook(book)["Conflicts"]
    assert [row[5:7] for row in settled.iter_rows(min_row=2, values_only=True)] == [("anna.qde", "as you said")] * 2
    # copies that say nothing differently
    assert run("merge", *copies, "--dry-run", "--conflicts", book, "--force").code == 0
    assert openpyxl.load_workbook(book)["Conflicts"]["A2"].value == "There are none: nothing is said differently."


def test_of_three_copies_the_workbook_names_who_says_what(tmp_path: Path) -> None:
    paths = []
    for number, name in enumerate(("Trust", "Faith", "Hope")):
        small = Small()
        small.text("Bo", "It is mostly for the money.")
        small.coding("Bo", "money", "Values", "Trust")
        paths.append(tmp_path / f"{number}.qde")
        xml = small.xml().replace("2024-06-03", f"2024-06-0{number + 1}").replace('name="Trust"', f'name="{name}"')
        paths[-1].write_text(xml, encoding="utf-8")
    assert run("merge", *paths, "--dry-run", "--conflicts", tmp_path / "c.xlsx").code == 0
    rows = list(openpyxl.load_workbook(tmp_path / "c.xlsx")["Conflicts"].iter_rows(min_row=2, values_only=True))
    assert [row[3:8] for row in rows] == [
        ("2.qde", "Hope", "1.qde", "Faith", "2.qde"),
        ("2.qde", "Hope", "0.qde", "Trust", "2.qde"),
    ]


def test_the_same_from_python(copies: tuple[Path, Path], tmp_path: Path) -> None:
    merged = api.merge(copies, tmp_path / "team.qdpx", prefer=copies[0])
    assert merged.counts["codings"] == (599, 599) and not merged.conflicts
    assert api.diff(VALUES_STUDY, tmp_path / "team.qdpx").is_empty
    found = api.agreement(VALUES_STUDY, tmp_path / "agreement.xlsx", mapping=VALUES_MAPPING, draws=0)
    frame = found.frame()
    assert set(frame["kind"]) == {"code", "construct", "dimension"}
    alpha = frame[(frame["coefficient"] == "Krippendorff's alpha") & (frame["item"] == "All codes together")]
    assert list(alpha["level"]) == ["presence", "frequency", "text", "marked text"]
    assert alpha["value"].between(-1, 1).all() and alpha["low"].isna().all()
    assert (frame["value"].isna() == (frame["reason"] != "")).all()
    compared = api.compare_mappings(FIRST_MAPPING, FIRST_MAPPING, tmp_path / "compared.xlsx", project=FIRST_STEPS)
    assert not compared.comparison.differences
    assert {path.name for path in tmp_path.glob("*.xlsx")} == {"agreement.xlsx", "compared.xlsx"}


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


def test_the_log_of_a_merge_has_no_name_of_a_code(copies: tuple[Path, Path], tmp_path: Path) -> None:
    log, other = tmp_path / "log.json", tmp_path / "other.qde"
    small = Small()
    small.text("Bo", "It is mostly for the money.")
    small.coding("Bo", "money", "Values", "Trust")
    (tmp_path / "one.qde").write_text(small.xml(), encoding="utf-8")
    other.write_text(small.xml().replace('name="Trust"', 'name="Faith"'), encoding="utf-8")
    ran = run("merge", tmp_path / "one.qde", other, "-o", tmp_path / "t.qde", "--conflicts", tmp_path / "c.xlsx",
              "--settle", "Values > Trust=other.qde", "--log", log)  # fmt: skip
    assert (ran.code, ran.err) == (0, "")
    told = json.loads(log.read_text(encoding="utf-8"))
    assert told["choices"]["settle"] == {"given": 1}
    assert {one["name"] for one in told["outputs"]} == {"t.qde", "c.xlsx"}
    assert told["counts"]["conflicts"] == 1
    assert "Trust" not in log.read_text(encoding="utf-8")
