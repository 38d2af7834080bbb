"""The commands ``convert`` and ``formats``."""

import json
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result

from qdpx_compassion.cli.main import cli
from qdpx_compassion.errors import OutputError, QdpxError, UsageError
from qdpx_compassion.teams import diff_projects

SAMPLE = Path(__file__).resolve().parents[2] / "sample_projects" / "values-study" / "values-study-nvivo.qdpx"


def run(*arguments: object) -> Result:
    """Run the command line; errors of the program are raised, as its entry point gets them."""
    result = CliRunner().invoke(cli, [str(argument) for argument in arguments], standalone_mode=False)
    if isinstance(result.exception, QdpxError):
        raise result.exception
    assert result.exception is None, result.output
    return result


def printed(*arguments: object) -> str:
    return " ".join(run(*arguments).output.split())


def test_a_conversion_says_what_it_read_and_that_nothing_is_lost(tmp_path: Path) -> None:
    output = printed("convert", SAMPLE, tmp_path / "study.json")
    assert "73 codes" in output
    assert "619 codings" in output
    assert "Nothing is lost." in output


def test_a_conversion_lists_what_is_lost(tmp_path: Path) -> None:
    result = run("convert", SAMPLE, tmp_path / "codes.qdc", "--json")
    told = json.loads(result.output)
    assert {loss["kind"]: loss["count"] for loss in told["losses"]}["selections"] == 619
    assert all(loss["why"] for loss in told["losses"])
    assert (told["from"], told["to"], told["files"]) == ("qdpx", "qdc", 54)


def test_fail_on_loss_writes_nothing(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"selections \(619\)"):
        run("convert", SAMPLE, tmp_path / "codes.qdc", "--fail-on-loss")
    assert list(tmp_path.iterdir()) == []
    run("convert", SAMPLE, tmp_path / "study.db", "--fail-on-loss")
    assert [path.name for path in tmp_path.iterdir()] == ["study.db"]


def test_a_dry_run_writes_nothing_and_tells_losses_by_its_exit_code(tmp_path: Path) -> None:
    target = tmp_path / "codes.qdc"
    assert "Dry run: nothing was written." in printed("convert", SAMPLE, target, "--dry-run")
    assert run("convert", SAMPLE, target, "--dry-run", "--fail-on-loss").return_value == 1
    assert run("convert", SAMPLE, tmp_path / "x.json", "--dry-run", "--fail-on-loss").return_value == 0
    assert list(tmp_path.iterdir()) == []


def test_without_media_plain_texts_stay_and_the_rest_is_listed(tmp_path: Path) -> None:
    told = json.loads(run("convert", SAMPLE, tmp_path / "study.qdpx", "--no-media", "--json").output)
    (loss,) = told["losses"]
    assert (loss["kind"], loss["count"]) == ("files", 27)
    assert "27 .docx" in loss["why"]
    told = json.loads(run("convert", tmp_path / "study.qdpx", tmp_path / "again.json", "--json").output)
    assert told["files"] == 27


def test_styled_texts_that_stay_behind_are_the_differences_that_diff_finds(tmp_path: Path) -> None:
    for target, options in ((tmp_path / "study.qdpx", ["--no-media"]), (tmp_path / "study.qde", [])):
        (loss,) = json.loads(run("convert", SAMPLE, target, *options, "--json").output)["losses"]
        changed = [change for kind in diff_projects(SAMPLE, target).kinds for change in kind.changed]
        assert len(changed) == loss["count"] == 27
        assert "file-missing" not in run("validate", target, "--json").output


def test_a_namespace_for_anything_but_a_codebook_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="Only codebooks"):
        run("convert", SAMPLE, tmp_path / "study.xlsx", "--namespace", "atlasti")


def test_changes_are_shown_before_they_are_written(tmp_path: Path) -> None:
    run("convert", SAMPLE, tmp_path / "study.xlsx")
    book = openpyxl.load_workbook(tmp_path / "study.xlsx")
    book["codes"]["C4"].value = "Renamed"
    book.save(tmp_path / "study.xlsx")
    changed, new = tmp_path / "study.xlsx", tmp_path / "new.qdpx"
    assert "name Feeling heard and understood → Renamed" in printed(
        "convert", changed, new, "--dry-run", "--against", SAMPLE
    )
    told = json.loads(run("convert", changed, new, "--dry-run", "--against", SAMPLE, "--json").output)
    assert told["changes"]["counts"]["codes"]["changed"] == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["study.xlsx", "study_xlsx_files"]


def test_cells_that_cannot_be_used_are_all_listed(tmp_path: Path) -> None:
    run("convert", SAMPLE, tmp_path / "study.xlsx")
    book = openpyxl.load_workbook(tmp_path / "study.xlsx")
    for row in range(4, 12):
        book["codes"][f"H{row}"].value = 5000
    book.save(tmp_path / "study.xlsx")
    arguments = ["convert", str(tmp_path / "study.xlsx"), str(tmp_path / "new.qdpx")]
    result = CliRunner().invoke(cli, arguments, standalone_mode=False)
    assert isinstance(result.exception, QdpxError)
    assert all(f"codes!H{row}" in result.output for row in range(4, 12))
    assert not (tmp_path / "new.qdpx").exists()


@pytest.mark.parametrize("target", ["out.docx", "out", "out.xls"])
def test_an_unknown_extension_says_what_is_known(target: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        run("convert", SAMPLE, tmp_path / target)
    assert "csv" in str(caught.value)


def test_an_extension_of_another_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"ends in \.json"):
        run("convert", SAMPLE, tmp_path / "out.xlsx", "--to", "json")
    with pytest.raises(UsageError, match="There is no format"):
        run("convert", SAMPLE, tmp_path / "out.xlsx", "--to", "nonsense")


@pytest.mark.parametrize("format_id", ["json", "csv", "qdpx-folder", "xlsx"])
def test_an_existing_output_stays_without_force(format_id: str, tmp_path: Path) -> None:
    target = tmp_path / {"json": "out.json", "xlsx": "out.xlsx"}.get(format_id, "out")
    run("convert", SAMPLE, target, "--to", format_id)
    with pytest.raises(OutputError, match="exists already"):
        run("convert", SAMPLE, target, "--to", format_id)
    run("convert", SAMPLE, target, "--to", format_id, "--force")
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


@pytest.mark.parametrize("format_id", ["csv", "qdpx-folder"])
def test_a_folder_of_somebody_else_is_never_replaced(format_id: str, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.docx").write_bytes(b"years of work")
    with pytest.raises(OutputError, match="holds other files"):
        run("convert", SAMPLE, tmp_path / "out", "--to", format_id, "--force")
    assert (tmp_path / "out" / "thesis.docx").read_bytes() == b"years of work"


def test_the_input_is_never_written_over(tmp_path: Path) -> None:
    run("convert", SAMPLE, tmp_path / "tables", "--to", "csv")
    for target in (tmp_path / "tables", tmp_path / "tables" / "inside"):
        with pytest.raises(OutputError):
            run("convert", tmp_path / "tables", target, "--to", "qdpx-folder", "--force")
    run("convert", SAMPLE, tmp_path / "study.qdpx")
    with pytest.raises(OutputError, match="over the input"):
        run("convert", tmp_path / "study.qdpx", tmp_path / "study.qdpx", "--force")


def test_a_format_that_the_name_does_not_say_is_said(tmp_path: Path) -> None:
    (tmp_path / "codes").write_text("A\n  B\n", encoding="utf-8")
    with pytest.raises(UsageError, match="Say so with --from"):
        run("convert", tmp_path / "codes", tmp_path / "codes.qdc")
    run("convert", tmp_path / "codes", tmp_path / "codes.qdc", "--from", "outline", "--namespace", "maxqda")
    assert b'xmlns="urn:QDA-XML:codebook:0:4"' in (tmp_path / "codes.qdc").read_bytes()


def test_formats_lists_what_is_read_and_written() -> None:
    told = {info["id"]: info for info in json.loads(run("formats", "--json").output)}
    assert told["xlsx"]["lossless"]
    assert not told["qdc"]["lossless"]
    assert not told["nvivo-codes"]["verified"]
    output = printed("formats")
    assert "MAXQDA code system in Excel (.xlsx, .csv)" in output
    assert "not verified" in output


def test_coded_segments_get_their_texts_from_a_folder(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Document name", "Code", "Segment"])
    sheet.append(["Interview 1", "Heard", "I felt heard."])
    sheet.append(["Interview 1", "Never", "Nobody said this."])
    book.save(tmp_path / "segments.xlsx")
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "Interview 1.txt").write_text("So.\nI felt heard.\n", encoding="utf-8")
    said = printed("convert", tmp_path / "segments.xlsx", tmp_path / "out.qdpx", "--texts", tmp_path / "texts")
    assert "Sheet!C3: The segment is not in “Interview 1”; it was put aside with its codes." in " ".join(said.split())
    assert "Read 2 codes, 2 sources, 2 selections, 2 codings, 2 files." in said
    assert "Nothing is lost." in said
    page = printed("convert", tmp_path / "out.qdpx", tmp_path / "out.html")
    assert "Wrote" in page
    assert "I felt heard." in (tmp_path / "out.html").read_text(encoding="utf-8")
