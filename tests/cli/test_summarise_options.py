"""The options of ``summarise`` that say who counts and how."""

from pathlib import Path

import pytest
from command_line import run
from openpyxl import load_workbook

STUDY = Path(__file__).resolve().parents[2] / "sample_projects" / "values-study"
PROJECT, MAPPING = STUDY / "values-study-nvivo.qdpx", STUDY / "mapping.csv"


def sheet(path: Path, name: str) -> list[list[object]]:
    book = load_workbook(path, read_only=True)
    rows: list[list[object]] = [list(row) for row in book[name].iter_rows(values_only=True)]
    book.close()
    return rows


def text_of(path: Path, name: str) -> str:
    return "\n".join(str(cell) for row in sheet(path, name) for cell in row if cell is not None)


def test_participants_as_sources_and_without_groups(tmp_path: Path) -> None:
    target = tmp_path / "s.xlsx"
    ran = run("summarise", PROJECT, MAPPING, "-o", target, "--participants", "sources", "--group", "none")
    assert ran.code == 0
    assert not any("client" in str(cell) for row in sheet(target, "Overview") for cell in row)
    assert "The participants are the sources, as asked for." in text_of(target, "About")


def test_an_unknown_group_names_those_that_exist(tmp_path: Path) -> None:
    ran = run("summarise", PROJECT, MAPPING, "-o", tmp_path / "s.xlsx", "--group", "Colour")
    assert ran.code == 2
    assert "Colour" in ran.message and "Role" in ran.message
    assert not (tmp_path / "s.xlsx").exists()


def test_a_row_a_quotation_is_fewer_rows_than_a_row_a_coding(tmp_path: Path) -> None:
    for rows in ("coding", "quotation"):
        assert run("summarise", PROJECT, MAPPING, "-o", tmp_path / f"{rows}.xlsx", "--rows", rows).code == 0
    coding, quotation = (len(sheet(tmp_path / f"{rows}.xlsx", "Quotations")) for rows in ("coding", "quotation"))
    assert quotation < coding


def test_each_coder_counts_more_codings_than_once(tmp_path: Path) -> None:
    numbers = []
    for coders in ("once", "each"):
        target = tmp_path / f"{coders}.xlsx"
        assert run("summarise", PROJECT, MAPPING, "-o", target, "--coders", coders).code == 0
        rows = sheet(target, "Quotations")
        numbers.append(len(rows))
    assert numbers[0] < numbers[1]


def test_indicators_are_noughts_and_ones(tmp_path: Path) -> None:
    target = tmp_path / "s.xlsx"
    assert run("summarise", PROJECT, MAPPING, "-o", target, "--indicators").code == 0
    rows = sheet(target, "Quotations")
    heading = next(row for row in rows if "Quotation" in row)
    columns = [n for n, cell in enumerate(heading) if isinstance(cell, str) and "Feeling heard" in cell]
    assert columns
    values = {row[columns[0]] for row in rows[rows.index(heading) + 1 :]}
    assert values == {0, 1}


@pytest.mark.parametrize("option", ["--rows", "--coders"])
def test_a_wrong_choice_is_wrong_usage(option: str, tmp_path: Path) -> None:
    ran = run("summarise", PROJECT, "-o", tmp_path / "s.xlsx", option, "everything")
    assert ran.code == 2
