"""Formats of codes: what comes back, and that the losses listed are the losses found."""

from pathlib import Path

import openpyxl
import pytest
from format_cases import hard_content, random_content

from qdpx_compassion.code_tree import CodeTree
from qdpx_compassion.errors import OutputError, QdpxError, UsageError
from qdpx_compassion.formats import Content, WriteOptions
from qdpx_compassion.formats.registry import by_id, for_input
from qdpx_compassion.refi.codebook_reading import read_codebook
from qdpx_compassion.refi.validation import schema_findings
from qdpx_compassion.tables import TABLES, normalise_guid

ROOT = Path(__file__).resolve().parents[3]
REAL = ROOT.parent / "shared" / "real"
SAMPLE = ROOT / "sample_projects" / "values-study" / "values-study-atlasti.qdpx"
CODE_FORMATS = {"qdc": ".qdc", "maxqda-codes": ".xlsx", "atlasti-codes": ".xlsx", "nvivo-codes": ".xlsx",
                "outline": ".txt"}  # fmt: skip
POSITION = TABLES["codes"].position


@pytest.fixture(params=CODE_FORMATS)
def format_id(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def written(content: Content, format_id: str, folder: Path) -> tuple[Path, dict[str, int]]:
    target = folder / f"codes{CODE_FORMATS[format_id]}"
    losses = by_id(format_id).write(content, target, WriteOptions())
    assert losses == by_id(format_id).losses(content)
    assert len({loss.kind for loss in losses}) == len(losses)
    return target, {loss.kind: loss.count for loss in losses}


def check_losses(content: Content, format_id: str, folder: Path) -> None:
    target, losses = written(content, format_id, folder)
    with by_id(format_id).read(target) as again:
        for table in TABLES:
            if table != "project":
                found = len(content.project.rows[table]) - len(again.project.rows[table])
                assert losses.get(table, 0) == found, table
        before, after = CodeTree.of(content.project), CodeTree.of(again.project)
        if "codes" not in losses:
            assert sum(a.name != b.name for a, b in zip(before, after, strict=True)) == losses.get("codes.name", 0)
            assert sum(a.key != b.key for a, b in zip(before, after, strict=True)) == losses.get("codes.guid", 0)
            assert [len(code.path) for code in after] == [len(code.path) for code in before]
            gone = sum(bool(a.color) and not b.color for a, b in zip(before, after, strict=True))
            assert gone == losses.get("codes.color", 0)
            gone = sum(bool(a.description) and not b.description for a, b in zip(before, after, strict=True))
            assert gone == losses.get("codes.description", 0)


def test_losses_listed_are_losses_found_in_a_study(format_id: str, tmp_path: Path) -> None:
    with by_id("qdpx").read(SAMPLE) as content:
        check_losses(content, format_id, tmp_path)


@pytest.mark.parametrize("seed", range(6))
def test_losses_listed_are_losses_found_in_random_projects(seed: int, format_id: str, tmp_path: Path) -> None:
    check_losses(random_content(seed, tmp_path), format_id, tmp_path)


def test_names_that_a_list_cannot_hold_are_counted(format_id: str, tmp_path: Path) -> None:
    _, losses = written(hard_content(tmp_path), format_id, tmp_path)
    assert (losses.get("codes.name", 0) > 0) is (format_id != "qdc")


def test_a_project_without_codes_is_refused(format_id: str, tmp_path: Path) -> None:
    path = tmp_path / "project.qde"
    path.write_text('<Project name="p" xmlns="urn:QDA-XML:project:1.0"/>', encoding="utf-8")
    with by_id("qde").read(path) as content, pytest.raises(OutputError, match="nothing of it could be written"):
        written(content, format_id, tmp_path)


def test_what_was_written_is_recognised(format_id: str, tmp_path: Path) -> None:
    target, _ = written(random_content(1, tmp_path), format_id, tmp_path)
    assert for_input(target).info.id == format_id


def test_a_list_becomes_a_valid_project(format_id: str, tmp_path: Path) -> None:
    target, _ = written(random_content(1, tmp_path), format_id, tmp_path)
    with for_input(target).read(target) as content:
        by_id("qde").write(content, tmp_path / "again.qde", WriteOptions())
    assert schema_findings((tmp_path / "again.qde").read_bytes()) == []


def test_a_codebook_follows_the_schema_and_comes_back_the_same(tmp_path: Path) -> None:
    target, _ = written(random_content(4, tmp_path), "qdc", tmp_path)
    with by_id("qdc").read(target) as content:
        again = tmp_path / "again.qdc"
        assert by_id("qdc").write(content, again, WriteOptions()) == []
    assert again.read_bytes() == target.read_bytes()


@pytest.mark.parametrize("program", ["atlasti", "maxqda"])
def test_a_codebook_in_the_namespace_of_a_program(program: str, tmp_path: Path) -> None:
    content = random_content(4, tmp_path)
    by_id("qdc").write(content, tmp_path / "theirs.qdc", WriteOptions(namespace=program))
    assert read_codebook(tmp_path / "theirs.qdc").namespace == "urn:QDA-XML:codebook:0:4"
    with pytest.raises(UsageError, match="atlasti, maxqda"):
        by_id("qdc").write(content, tmp_path / "other.qdc", WriteOptions(namespace="other"))


@pytest.mark.skipif(not REAL.is_dir(), reason="real exports are not beside the checkout (../shared/real)")
@pytest.mark.parametrize("name", ["atlasti-win-9.0.19", "qualcoder-3.8.2", "taguette-1.4.1"])
def test_real_codebooks_come_back(name: str, tmp_path: Path) -> None:
    path = REAL / f"{name}-codebook.qdc"
    with for_input(path).read(path) as content:
        assert by_id("qdc").write(content, tmp_path / "again.qdc", WriteOptions()) == []
    before, after = read_codebook(path), read_codebook(tmp_path / "again.qdc")
    assert [(code.key, code.path, code.color) for code in after.tree] == [
        (code.key, code.path, code.color) for code in before.tree
    ]
    assert len(after.rows["set_members"]) == len(before.rows["set_members"])


def workbook(path: Path, *rows: list[object]) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    book.save(path)
    return path


def names(path: Path) -> list[tuple[str, ...]]:
    with for_input(path).read(path) as content:
        return [code.path for code in CodeTree.of(content.project)]


def test_maxqda_lists_with_either_sign_and_missing_parents(tmp_path: Path) -> None:
    path = workbook(tmp_path / "m.xlsx", ["Code", "Memo"], ["A > B", "about b"], ["C\\D\\E", None], ["A", "about a"])
    assert names(path) == [("A",), ("A", "B"), ("C",), ("C", "D"), ("C", "D", "E")]


def test_nvivo_lists_with_indentation_or_hierarchical_names(tmp_path: Path) -> None:
    indented = workbook(
        tmp_path / "n.xlsx", ["Codebook of the study"], ["Name", "Description", "Files", "References"],
        ["A", "", 1, 2], ["    B", "", 1, 2], ["C", "", 1, 2],
    )  # fmt: skip
    assert names(indented) == [("A",), ("A", "B"), ("C",)]
    full = workbook(tmp_path / "h.xlsx", ["Name", "Hierarchical Name"], ["B", "Codes\\\\A\\B"], ["A", "Codes\\\\A"])
    assert names(full) == [("A",), ("A", "B")]


def test_atlasti_lists_in_any_order_of_columns(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "a.xlsx", ["Comment", "Code Group 2", "Code", "Code Group 1"], ["why", "G2", "A::B", "G1"]
    )
    with for_input(path).read(path) as content:
        assert [row[1] for row in content.project.rows["sets"]] == ["G2", "G1"]
        assert content.project.rows["codes"][1][POSITION["description"]] == "why"


def test_code_names_that_became_numbers_or_dates_are_named_by_cell(tmp_path: Path) -> None:
    import datetime as dt

    path = workbook(tmp_path / "m.xlsx", ["Code", "Memo"], [2024, ""], [dt.datetime(2026, 2, 1), ""], [True, ""])
    with for_input(path).read(path) as content:
        assert [code.name for code in CodeTree.of(content.project)] == ["2024", "2026-02-01", "true"]
        found = [finding.where for finding in content.project.findings if finding.code == "table-cell-retyped"]
        assert found == ["Sheet!A2", "Sheet!A3", "Sheet!A4"]


def test_a_list_saved_as_csv_with_semicolons_in_windows_own_encoding(tmp_path: Path) -> None:
    path = tmp_path / "codes.csv"
    path.write_bytes('Code;Memo\r\nGehört werden > Nähe;"Zeile 1\r\nZeile 2"\r\n'.encode("cp1252"))
    with for_input(path).read(path) as content:
        assert [code.name for code in CodeTree.of(content.project)] == ["Gehört werden", "Nähe"]
        assert [finding.code for finding in content.project.findings] == ["text-encoding"]


def test_the_same_list_gives_the_same_identifiers(tmp_path: Path) -> None:
    for name in ("one.txt", "two.md"):
        (tmp_path / name).write_text("A\n  - B\n\n\tC\nD\n", encoding="utf-8")
    keys = []
    for name in ("one.txt", "two.md"):
        with for_input(tmp_path / name).read(tmp_path / name) as content:
            keys.append([normalise_guid(row[0]) for row in content.project.rows["codes"]])
            assert [code.path for code in CodeTree.of(content.project)] == [("A",), ("A", "B"), ("A", "B", "C"), ("D",)]
    assert keys[0] == keys[1]


def test_a_code_that_stands_there_twice_is_one_and_is_said(tmp_path: Path) -> None:
    (tmp_path / "codes.txt").write_text("A\nB\nA\n", encoding="utf-8")
    with for_input(tmp_path / "codes.txt").read(tmp_path / "codes.txt") as content:
        assert len(content.project.rows["codes"]) == 2
        assert [finding.where for finding in content.project.findings] == ["codes.txt, line 3"]


def test_a_list_without_the_headings_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "m.xlsx", ["Something", "Else"], ["A", "B"])
    with pytest.raises(QdpxError, match="Code and Memo"):
        by_id("maxqda-codes").read(path)
