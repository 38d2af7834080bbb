"""The report page shows the numbers that the workbook shows, table by table."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from command_line import FIRST_MAPPING, FIRST_STEPS, VALUES_MAPPING, VALUES_STUDY, run
from lxml import html

STUDIES = {
    "first-steps": (FIRST_STEPS, FIRST_MAPPING),
    "values-nvivo": (VALUES_STUDY.with_name("values-study-nvivo.qdpx"), VALUES_MAPPING.with_suffix(".xlsx")),
    "values-atlasti": (VALUES_STUDY, VALUES_MAPPING),
}
Rows = list[list[Any]]


class Both:
    """A page and a workbook of one study."""

    def __init__(self, folder: Path, *inputs: Path) -> None:
        for name in ("report.html", "summary.xlsx"):
            ran = run("summarise", *inputs, "-o", folder / name)
            assert ran.code == 0, ran.err
        self.page: Any = html.fromstring((folder / "report.html").read_text(encoding="utf-8"))
        self.book = openpyxl.load_workbook(folder / "summary.xlsx")

    def table(self, section: str, caption: str = "") -> list[dict[str, Any]]:
        """A table of the page: a row by its headings; counts with percentages as two."""
        for table in self.page.xpath(f"//section[@id='{section}']//table"):
            if not caption or table.xpath("string(caption/span[1])") == caption:
                headings = [one.xpath("string(span[@class='heading'])") for one in table.xpath("thead/tr/th")]
                notes = [one.xpath("string(span[@class='hint'])") for one in table.xpath("thead/tr/th")]
                keys = [f"{name} ({note})" if note else name for name, note in zip(headings, notes, strict=True)]
                return [self._row(keys, row) for row in table.xpath("tbody/tr[not(td[@class='empty'])]")]
        raise AssertionError(f"no table {caption} in {section}")

    @staticmethod
    def _row(keys: list[str], row: Any) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, cell in zip(keys, row.xpath("th|td"), strict=True):
            kinds = (cell.get("class") or "").split()
            if cell.tag == "th":
                found[key] = " ".join(cell.get("data-sort").split())
            elif "number" in kinds:
                found[key] = float(cell.get("data-sort")) if cell.get("data-sort") else None
                if share := cell.xpath("string(small)"):
                    found[f"{key.rpartition(' (')[0]}, %"] = share
            else:
                found[key] = " ".join(cell.text_content().split())
        return found

    def sheet(self, name: str, first: str) -> list[dict[str, Any]]:
        """A table of the workbook: below the row whose first filled cell says ``first``, until an empty row."""
        rows = [list(row) for row in self.book[name].iter_rows(values_only=True)]
        start = next(number for number, row in enumerate(rows) if first in row[:2])
        headings = [str(one or "") for one in rows[start]]
        found = []
        for row in rows[start + 1 :]:
            if all(one is None for one in row):
                break
            found.append(dict(zip(headings, row, strict=True)))
        return found


@pytest.fixture(scope="module", params=list(STUDIES))
def both(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Both:
    return Both(tmp_path_factory.mktemp("both"), *STUDIES[request.param])


def shown(value: float) -> str:
    """A percentage as a spreadsheet shows it: a half goes up."""
    return f"{int(value * 100 + 0.5 + 1e-9)}\u202f%"


def assert_same(page: list[dict[str, Any]], sheet: list[dict[str, Any]], name: str) -> None:
    """Every number of the sheet's rows stands in the page's row of that name, in the same order."""
    assert [row[name] for row in page] == [" ".join(str(row[name]).split()) for row in sheet]
    compared = 0
    for one, other in zip(page, sheet, strict=True):
        for key, value in other.items():
            if key.endswith("%") and key in one:
                assert one[key] == shown(value), (one[name], key)
                compared += 1
            elif isinstance(value, int | float) and key in one:
                assert one[key] == pytest.approx(value), (one[name], key)
                compared += 1
    assert compared >= len(page) > 0


def test_elements_by_group(both: Both) -> None:
    assert_same(both.table("overview", "Elements of compassion"), both.sheet("Overview", "Element"), "Element")


def test_values(both: Both) -> None:
    assert_same(both.table("values"), both.sheet("Values", "Value"), "Value")


def test_participants_by_elements(both: Both) -> None:
    page, sheet = both.table("participants"), both.sheet("Participants × elements", "Participant")
    assert_same(page, sheet, "Participant")
    assert sum(row["Recognising suffering"] for row in page) > 0


def test_technology_by_elements(both: Both) -> None:
    page = both.table("question-technology-effect", "Which elements the examples meet")
    counts = re.compile(r" \((quotations|participants)\)$")
    renamed = [{counts.sub(r": \1", key): value for key, value in row.items()} for row in page]
    assert_same(renamed, both.sheet("Technology", "Element"), "Element")


def test_themes(both: Both) -> None:
    assert_same(both.table("question-organisational-fit", "Themes"), both.sheet("Organisational fit", "Theme"), "Theme")


def test_saturation(both: Both) -> None:
    assert_same(both.table("saturation"), both.sheet("Saturation", "Interview"), "Participant")


def test_codebook(both: Both) -> None:
    page = both.table("codebook")
    assert_same(page, both.sheet("Codebook", "Code"), "Code")
    assert "Codings with sub-codes" in page[0]


def test_not_mapped(both: Both) -> None:
    page = both.table("not-mapped")
    if page:
        assert_same(page, both.sheet("Not mapped", "Code"), "Code")


def test_agreement(both: Both) -> None:
    if "Agreement" in both.book.sheetnames:
        page, sheet = both.table("agreement"), both.sheet("Agreement", "Coder")
        assert_same(page, sheet, "Value")


def test_values_that_meet(both: Both) -> None:
    page = both.table("co-occurrence", "Values by elements")
    assert_same(page, both.sheet("Co-occurrence", "Value"), "Value")


def test_the_numbers_at_the_top(both: Both) -> None:
    facts = both.page.xpath("//dl[@class='facts']/div")
    page = {one.xpath("string(dt)"): int(one.xpath("string(dd)").replace(",", "")) for one in facts}
    about = {row[0]: row[1] for row in reversed(list(both.book["About"].iter_rows(values_only=True)))}
    assert page and page == {label: about[label] for label in page}
