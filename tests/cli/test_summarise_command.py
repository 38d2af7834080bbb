"""``summarise``: the workbook for the co-authors."""

import json
import shutil
from pathlib import Path

import openpyxl
import pytest
from command_line import FIRST_MAPPING, FIRST_STEPS, ROOT, VALUES_MAPPING, VALUES_STUDY, members, run, run_process

OWN_FRAMEWORK = ROOT / "docs" / "examples" / "my-framework.toml"


def _sheets(path: Path) -> list[str]:
    return openpyxl.load_workbook(path, read_only=True).sheetnames


def test_with_a_mapping_the_framework_is_in_the_workbook(tmp_path: Path) -> None:
    target = tmp_path / "summary.xlsx"
    ran = run("summarise", FIRST_STEPS, FIRST_MAPPING, "-o", target)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.endswith(f"Wrote {target}.\n")
    assert {"About", "Overview", "Values", "Elements", "Quotations", "Codebook", "Checks"} <= set(_sheets(target))


def test_without_a_mapping_it_holds_values_and_quotations_alone(tmp_path: Path) -> None:
    target = tmp_path / "codes.xlsx"
    assert run("summarise", FIRST_STEPS, "--output", target).code == 0
    assert "Elements" not in _sheets(target)
    assert {"Values", "Quotations"} <= set(_sheets(target))


def test_the_larger_study_as_a_process_from_another_folder(tmp_path: Path) -> None:
    shutil.copy(VALUES_STUDY, tmp_path / "my study.qdpx")
    shutil.copy(VALUES_MAPPING, tmp_path / "map.csv")
    ran = run_process("summarise", "my study.qdpx", "map.csv", "-o", "sum é.xlsx", cwd=tmp_path)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.endswith("Wrote sum é.xlsx.\n")


def test_json_lists_the_findings(tmp_path: Path) -> None:
    ran = run("summarise", FIRST_STEPS, FIRST_MAPPING, "-o", tmp_path / "s.xlsx", "--json")
    assert ran.err == ""
    told = json.loads(ran.out)
    assert told["output"] == str(tmp_path / "s.xlsx")
    assert "study-repeated" in {finding["code"] for finding in told["findings"]}


def test_another_framework_than_the_mappings_is_told(tmp_path: Path) -> None:
    ran = run("summarise", FIRST_STEPS, FIRST_MAPPING, "-o", tmp_path / "s.xlsx", "--framework", OWN_FRAMEWORK)
    assert ran.code == 1
    assert "mapping.csv, line 2" in ran.message
    assert list(tmp_path.iterdir()) == []


def test_an_existing_output_stays_unless_forced_and_an_input_always(tmp_path: Path) -> None:
    target = tmp_path / "s.xlsx"
    target.write_bytes(b"old")
    assert "The file exists already." in run("summarise", FIRST_STEPS, "-o", target).message
    assert target.read_bytes() == b"old"
    assert run("summarise", FIRST_STEPS, "-o", target, "--force").code == 0
    mapping = tmp_path / "m.xlsx"
    run("mapping", "new", FIRST_STEPS, "-o", mapping)
    before = mapping.read_bytes()
    assert "written over the input" in run("summarise", FIRST_STEPS, mapping, "-o", mapping, "--force").message
    assert mapping.read_bytes() == before


def test_a_summary_is_called_as_one_of_the_reports(tmp_path: Path) -> None:
    ran = run("summarise", FIRST_STEPS, "-o", tmp_path / "x.txt")
    assert ran.code == 2
    assert "The name of this output must end in .xlsx" in ran.message
    assert ran.message.endswith("Call it x.xlsx.")


def test_the_name_says_which_report_is_written(tmp_path: Path) -> None:
    ran = run("summarise", FIRST_STEPS, FIRST_MAPPING, "-o", tmp_path / "quotes.docx")
    assert (ran.code, ran.err) == (0, "")
    assert "word/document.xml" in members(tmp_path / "quotes.docx")


@pytest.mark.parametrize("asked", [["--indicators"], ["--rows", "quotation"]])
def test_an_option_that_only_the_workbook_has_is_told_with_other_reports(tmp_path: Path, asked: list[str]) -> None:
    ran = run("summarise", FIRST_STEPS, "-o", tmp_path / "report.html", *asked)
    assert ran.code == 0
    assert f"{asked[0]} is about the workbook" in " ".join(ran.out.split())
    for name, options in (("summary.xlsx", asked), ("page.html", [])):
        ran = run("summarise", FIRST_STEPS, "-o", tmp_path / name, *options)
        assert "is about the workbook" not in " ".join(ran.out.split())


@pytest.mark.parametrize("epoch", ["", "1700000000"])
def test_two_runs_give_the_same_bytes(tmp_path: Path, epoch: str) -> None:
    for number, seed in enumerate(("0", "4321")):
        folder = tmp_path / str(number)
        folder.mkdir()
        shutil.copy(FIRST_STEPS, folder / "study.qdpx")
        ran = run_process(
            "summarise", "study.qdpx", "-o", "s.xlsx", cwd=folder, PYTHONHASHSEED=seed, SOURCE_DATE_EPOCH=epoch
        )
        assert ran.code == 0, ran.err
    assert members(tmp_path / "0" / "s.xlsx") == members(tmp_path / "1" / "s.xlsx")
