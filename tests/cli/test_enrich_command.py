"""``enrich``: the project with the framework in it."""

import json
import shutil
import zipfile
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner
from command_line import FIRST_MAPPING, FIRST_STEPS, ROOT, VALUES_MAPPING, VALUES_STUDY, members, run, run_process

from qdpx_compassion.cli.main import cli

OWN_FRAMEWORK = ROOT / "docs" / "examples" / "my-framework.toml"

ADDED = """\
Added: 54 codings, 13 codes, 9 sets, 14 links, 1 graph.
  Elements of compassion
          4  Recognising suffering
          7  Universality of suffering
          4  Emotional resonance
          3  Tolerating discomfort
         13  Acting to alleviate suffering
  Effect of technology
          7  Enhances compassion
          8  Detracts from compassion
  Fit with the organisation
          4  Match
          4  Mismatch
"""


def test_enrich_says_what_was_added_and_what_to_do_with_it(tmp_path: Path) -> None:
    target = tmp_path / "enriched.qdpx"
    ran = run("enrich", FIRST_STEPS, FIRST_MAPPING, "-o", target)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(f"{ADDED}Wrote {target}.\n")
    reminder = " ".join(ran.out.split("Wrote")[1].split())
    assert "Import it as a new project: every program makes a new one, your present project stays as it is." in reminder
    assert "NVivo for Windows is known to drop or change on import: " in reminder


def test_clicks_own_runner_gives_the_same(tmp_path: Path) -> None:
    arguments = ["enrich", str(FIRST_STEPS), str(FIRST_MAPPING), "--dry-run"]
    assert CliRunner().invoke(cli, arguments, catch_exceptions=False).output == run(*arguments).out


def test_a_dry_run_counts_the_same_and_writes_nothing(tmp_path: Path) -> None:
    ran = run_process("enrich", FIRST_STEPS, FIRST_MAPPING, "--dry-run", cwd=tmp_path)
    assert (ran.code, ran.out) == (0, ADDED.replace("Added:", "Would add:"))
    assert list(tmp_path.iterdir()) == []


def test_enrich_with_a_summary_writes_both(tmp_path: Path) -> None:
    target, summary = tmp_path / "e.qdpx", tmp_path / "s.xlsx"
    ran = run("enrich", FIRST_STEPS, FIRST_MAPPING, "-o", target, "--summary", summary)
    assert ran.code == 0
    assert f"Wrote {target}.\n" in ran.out
    assert ran.out.endswith(f"Wrote {summary}.\n")
    assert "Note study-repeated" in ran.out
    assert "Overview" in openpyxl.load_workbook(summary, read_only=True).sheetnames


def test_enriching_again_says_that_the_earlier_run_was_replaced(tmp_path: Path) -> None:
    first, second = tmp_path / "1.qdpx", tmp_path / "2.qdpx"
    run("enrich", FIRST_STEPS, FIRST_MAPPING, "-o", first)
    ran = run("enrich", first, FIRST_MAPPING, "-o", second)
    assert "An earlier enrichment was replaced: 54 codings were taken out first." in " ".join(ran.out.split())
    assert members(first) == members(second)


def test_json_says_what_was_added(tmp_path: Path) -> None:
    target = tmp_path / "e.qdpx"
    ran = run("enrich", FIRST_STEPS, FIRST_MAPPING, "-o", target, "--summary", tmp_path / "s.xlsx", "--json")
    assert ran.err == ""
    told = json.loads(ran.out)
    assert told["output"] == str(target)
    assert told["added"]["codings"] == 54 == sum(told["codings"].values())
    assert told["codings"]["acting-to-alleviate"] == 13
    assert told["program"] == "nvivo-windows"
    assert "study-repeated" in {finding["code"] for finding in told["findings"]}
    dry = json.loads(run("enrich", FIRST_STEPS, FIRST_MAPPING, "--dry-run", "--json").out)
    assert dry["output"] is None
    assert dry["codings"] == told["codings"]


def test_a_framework_of_ones_own(tmp_path: Path) -> None:
    mapping = tmp_path / "m.csv"
    framework = json.loads(run("frameworks", "show", OWN_FRAMEWORK, "--json").out)
    construct = framework["dimensions"][0]["constructs"][0]["id"]
    mapping.write_text(f"code,construct,mark\nValues > Humanity,{construct},x\n", encoding="utf-8")
    target = tmp_path / "e.qdpx"
    ran = run("enrich", FIRST_STEPS, mapping, "-o", target, "--framework", OWN_FRAMEWORK)
    assert ran.code == 0, ran.err
    assert "Added: 5 codings" in ran.out


def test_an_unknown_framework_and_a_wrong_line_in_one_are_told(tmp_path: Path) -> None:
    ran = run("enrich", FIRST_STEPS, FIRST_MAPPING, "--dry-run", "--framework", "compasion")
    assert ran.code == 1
    assert "There is no framework called “compasion”" in ran.message
    assert "compassion" in ran.message
    wrong = tmp_path / "wrong.toml"
    wrong.write_text('id = "a"\ntitle = "A"\nversion = "1"\ncolour = 3\n', encoding="utf-8")
    told = run("enrich", FIRST_STEPS, FIRST_MAPPING, "--dry-run", "--framework", wrong)
    assert told.code == 1
    assert "wrong.toml, line " in told.message


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ([], "Error: Say where to write with -o FILE, or use --dry-run to write nothing."),
        (
            ["--dry-run", "-o", "x.qdpx"],
            "Error: --dry-run writes nothing, so it cannot go together with -o. Leave one of the two out.",
        ),
        (
            ["--dry-run", "--summary", "x.xlsx"],
            "Error: --dry-run writes nothing, so it cannot go together with --summary. Leave one of the two out.",
        ),
        (["-o", "out.xlsx"], "Error: out.xlsx: The name of this output must end in .qdpx. Call it out.qdpx."),
        (["-o", "out"], "Error: out: The name of this output must end in .qdpx. Call it out.qdpx."),
        (
            ["-o", "out.qde"],
            "Error: out.qde: The project has files beside its document, so the result is an archive. Call it out.qdpx.",
        ),
        (
            ["-o", "out.qdpx", "--summary", "sum.pdf"],
            "Error: sum.pdf: The name of this output must end in .xlsx or .html or .docx or .md or .tex. "
            "Call it sum.xlsx.",
        ),
    ],
)
def test_outputs_that_make_no_sense_are_wrong_usage(
    options: list[str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = run("enrich", FIRST_STEPS, FIRST_MAPPING, *options)
    assert (ran.code, ran.message, ran.out) == (2, message, "")
    assert list(tmp_path.iterdir()) == []


def test_a_bare_document_becomes_a_bare_document(tmp_path: Path) -> None:
    with zipfile.ZipFile(FIRST_STEPS) as archive:
        archive.extractall(tmp_path)
    document = tmp_path / "project.qde"
    ran = run("enrich", document, FIRST_MAPPING, "-o", tmp_path / "out.qdpx")
    assert ran.code == 2
    assert ran.message.endswith("out.qdpx: The project is a bare .qde, so the result is one too. Call it out.qde.")
    assert run("enrich", document, FIRST_MAPPING, "-o", tmp_path / "out.qde").code == 0


def test_no_output_lies_inside_the_project_folder(tmp_path: Path) -> None:
    folder = tmp_path / "unpacked"
    with zipfile.ZipFile(FIRST_STEPS) as archive:
        archive.extractall(folder)
    ran = run("enrich", folder, FIRST_MAPPING, "-o", folder / "out.qdpx")
    assert ran.code == 1
    assert ran.message == (
        f"Error: {folder / 'out.qdpx'}: The output would lie inside the project's own folder. "
        "Choose another folder with -o; the original stays as it is."
    )
    assert run("enrich", folder, FIRST_MAPPING, "-o", tmp_path / "out.qdpx").code == 0


def test_an_existing_output_stays_unless_forced_and_the_input_always(tmp_path: Path) -> None:
    target, study = tmp_path / "out.qdpx", tmp_path / "study.qdpx"
    target.write_bytes(b"old")
    shutil.copy(FIRST_STEPS, study)
    exists = run("enrich", study, FIRST_MAPPING, "-o", target)
    assert exists.code == 1
    assert exists.message == (
        f"Error: {target}: The file exists already. Choose another name, or add --force to replace it."
    )
    assert target.read_bytes() == b"old"
    assert run("enrich", study, FIRST_MAPPING, "-o", target, "--force").code == 0
    over = run("enrich", study, FIRST_MAPPING, "-o", study, "--force")
    assert over.code == 1
    assert over.message == (
        f"Error: {study}: The output would be written over the input. Choose another name; the original stays as it is."
    )
    assert study.read_bytes() == FIRST_STEPS.read_bytes()


def test_a_link_to_the_input_is_the_input(tmp_path: Path) -> None:
    study, link = tmp_path / "study.qdpx", tmp_path / "link.qdpx"
    shutil.copy(FIRST_STEPS, study)
    try:
        link.symlink_to(study)
    except OSError:
        pytest.skip("links cannot be made here")
    ran = run("enrich", study, FIRST_MAPPING, "-o", link, "--force")
    assert "written over the input" in ran.message
    assert study.read_bytes() == FIRST_STEPS.read_bytes()


def test_an_output_folder_that_is_missing_or_an_output_that_is_a_folder(tmp_path: Path) -> None:
    missing = run("enrich", FIRST_STEPS, FIRST_MAPPING, "-o", tmp_path / "no" / "out.qdpx")
    assert missing.code == 1
    assert missing.message == (
        f"Error: {tmp_path / 'no'}: The folder does not exist. Make the folder first, or choose another."
    )
    folder = run("enrich", FIRST_STEPS, FIRST_MAPPING, "-o", tmp_path)
    assert folder.code == 1
    assert folder.message == f"Error: {tmp_path}: This is a folder. Give the name of a file with -o."


def test_names_with_spaces_and_other_scripts_from_another_folder(tmp_path: Path) -> None:
    name = "Étude n° 1 — 日本.qdpx"
    shutil.copy(FIRST_STEPS, tmp_path / name)
    shutil.copy(FIRST_MAPPING, tmp_path / "carte été.csv")
    ran = run_process("enrich", name, "carte été.csv", "-o", "enrichi ☺.qdpx", "--summary", "résumé.xlsx", cwd=tmp_path)
    assert ran.code == 0, ran.err
    assert "Wrote enrichi ☺.qdpx.\n" in ran.out
    assert {path.name for path in tmp_path.iterdir()} == {name, "carte été.csv", "enrichi ☺.qdpx", "résumé.xlsx"}


@pytest.mark.parametrize("epoch", ["", "1700000000"])
def test_two_runs_give_the_same_bytes(tmp_path: Path, epoch: str) -> None:
    for number, seed in enumerate(("0", "4321")):
        folder = tmp_path / str(number)
        folder.mkdir()
        shutil.copy(VALUES_STUDY, folder / "study.qdpx")
        shutil.copy(VALUES_MAPPING, folder / "mapping.csv")
        ran = run_process(
            "enrich", "study.qdpx", "mapping.csv", "-o", "e.qdpx", "--summary", "s.xlsx",
            cwd=folder, PYTHONHASHSEED=seed, SOURCE_DATE_EPOCH=epoch, TMPDIR=str(folder),
        )  # fmt: skip
        assert ran.code == 0, ran.err
    for name in ("e.qdpx", "s.xlsx"):
        assert members(tmp_path / "0" / name) == members(tmp_path / "1" / name)
        assert (tmp_path / "0" / name).read_bytes() == (tmp_path / "1" / name).read_bytes()
