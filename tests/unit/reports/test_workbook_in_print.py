"""The summary in print and in LibreOffice: nothing is cut, whichever program draws it."""

import itertools
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils import get_column_letter
from small_projects import Small

from qdpx_compassion import open_project
from qdpx_compassion.reports.workbook import summarise, write_summary

STUDY = Path(__file__).resolve().parents[3] / "sample_projects" / "values-study"
#: Points of an A4 and an A3 page in landscape without margins, by openpyxl's number of the paper.
PAGES = {9: (842 - 0.8 * 72, 595 - 1.2 * 72), 8: (1191 - 0.8 * 72, 842 - 1.2 * 72)}
EMU = 12_700  # of a point


def heights(sheet: Any) -> list[float]:
    """Of all rows; those below a last chart are empty and not in the file."""
    return [sheet.row_dimensions[row].height or 15.0 for row in range(1, sheet.max_row + 60)]


def pages_of_rows(sheet: Any, character: float) -> tuple[list[int], float]:
    """The page that each row is printed on, and what is free below the last row of a page, at a width of characters."""
    columns = [sheet.column_dimensions[get_column_letter(n)].width for n in range(1, sheet.max_column + 1)]
    wide, high = PAGES[int(sheet.page_setup.paperSize)]
    page_height = high / min(1.0, wide / sum(width * character + 3.75 for width in columns))
    breaks = {one.id for one in sheet.row_breaks.brk}
    page, used, found = 1, 0.0, []
    for row, height in enumerate(heights(sheet), start=1):
        if row - 1 in breaks or used + height > page_height:
            page, used = page + 1, 0.0
        used += height
        found.append(page)
    return found, page_height


def rows_of_chart(sheet: Any, chart: Any) -> tuple[int, int]:
    first = chart.anchor._from.row + 1
    bottom = chart.anchor.ext.height / EMU
    for row, so_far in enumerate(itertools.accumulate(heights(sheet)[first - 1 :]), start=first):
        if so_far >= bottom:
            return first, row
    raise AssertionError("the rows below the chart end before it does")


@pytest.mark.parametrize("character", [5.25, 7.4])
def test_no_chart_is_divided_over_two_pages(tmp_path: Path, character: float) -> None:
    study = open_project(STUDY / "values-study-nvivo.qdpx")
    many = Small()
    for person in range(24):
        many.text(f"P{person}", "heard", Year=str(2000 + person % 6))
        for code in range(20):
            many.coding(f"P{person}", "heard", f"A value with quite a long name that must be wrapped {code}")
    for number, summary in enumerate([study.summary(STUDY / "mapping.csv"), summarise(many.read(tmp_path))]):
        write_summary(tmp_path / f"{number}.xlsx", summary)
        book: Any = openpyxl.load_workbook(tmp_path / f"{number}.xlsx")
        assert book["Overview"]._charts
        for name in {"Overview", "Technology", "Organisational fit"} & set(book.sheetnames):
            sheet = book[name]
            pages, _ = pages_of_rows(sheet, character)
            for chart in sheet._charts:
                first, last = rows_of_chart(sheet, chart)
                assert pages[first - 1] == pages[last - 1], (name, first, last)


def test_a_page_of_the_overview_is_not_left_nearly_empty(tmp_path: Path) -> None:
    path = tmp_path / "summary.xlsx"
    write_summary(path, open_project(STUDY / "values-study-nvivo.qdpx").summary(STUDY / "mapping.csv"))
    sheet: Any = openpyxl.load_workbook(path)["Overview"]
    pages, high = pages_of_rows(sheet, 5.25)
    last = max(sheet.max_row, *(rows_of_chart(sheet, chart)[1] for chart in sheet._charts))
    for page in set(pages[:last]):
        used = sum(height for height, on in zip(heights(sheet), pages, strict=True) if on == page)
        assert used > high / 3, (page, used)


def test_a_long_name_is_wrapped_and_the_number_of_its_quotations_leads_to_them(tmp_path: Path) -> None:
    small, name = Small(), "False, misleading, untruthful or otherwise inaccurate information of every kind"
    small.text("P1", "heard")
    small.coding("P1", "heard", name)
    small.coding("P1", "heard", "Short")
    path = tmp_path / "summary.xlsx"
    write_summary(path, summarise(small.read(tmp_path)))
    book: Any = openpyxl.load_workbook(path)
    for sheet, column in (("Values", "Quotations"), ("Overview", "Quotations"), ("Codebook", "Codings")):
        rows = list(book[sheet].iter_rows())
        place = next(cell.column for row in rows for cell in row if cell.value == column) - 1
        cells = {row[0].value: row for row in rows}
        assert cells[name][0].hyperlink is None
        assert cells[name][0].alignment.wrap_text
        assert cells[name][place].hyperlink.location.startswith("'Quotations'!A")
        assert cells[name][place].value == 1
        assert cells["Short"][0].hyperlink is not None


def test_a_path_stays_within_its_column(tmp_path: Path) -> None:
    path = tmp_path / "summary.xlsx"
    write_summary(path, open_project(STUDY / "values-study-nvivo.qdpx").summary(STUDY / "mapping.csv"))
    book: Any = openpyxl.load_workbook(path)
    for sheet in ("Values", "Codebook", "Not mapped"):
        column = next(cell.column for cell in book[sheet][1] if cell.value == "Path")
        assert all(row[column - 1].alignment.wrap_text for row in book[sheet].iter_rows(min_row=2)), sheet


def test_what_cells_could_not_hold_stands_on_the_sheet_checks(tmp_path: Path) -> None:
    small = Small()
    small.text("P1", "heard " + "long " * 8000)
    small.coding("P1", "heard " + "long " * 8000, "Heard")
    path = tmp_path / "summary.xlsx"
    written = {finding.code for finding in write_summary(path, summarise(small.read(tmp_path)))}
    assert "cell-cut" in written
    book: Any = openpyxl.load_workbook(path)
    told = {row[-1] for row in book["Checks"].iter_rows(min_row=2, values_only=True)}
    assert written <= told
