"""Workbook, page, book, Markdown, LaTeX and API say the same numbers, and those are the numbers of the XML.

The numbers are counted from the XML by ``independent_count``, with which the program shares nothing, and read from each
report as its readers see it.
"""

import contextlib
import functools
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from command_line import FIRST_MAPPING, FIRST_STEPS, REAL, VALUES_MAPPING, VALUES_STUDY, run
from independent_count import Counted, count_project
from lxml import etree
from table_texts import latex_text, markdown_tables

from qdpx_compassion import open_project

NVIVO = VALUES_STUDY.with_name("values-study-nvivo.qdpx")
EXPORT = REAL / "nvivo-mac-20.5-zenodo-5703624.qdpx"
MISSING = pytest.mark.skipif(not EXPORT.exists(), reason="real exports are not beside the checkout (../shared/real)")
#: Name of a row → the numbers that stand behind it; several where rows have one name.
Table = dict[str, set[tuple[int, ...]]]


@dataclass
class Case:
    """A project with all its reports."""

    path: Path
    mapping: Path | None
    folder: Path
    counted: Counted

    def report(self, suffix: str) -> Path:
        return self.folder / f"report{suffix}"


MAPPED = {
    "values study, NVivo": (NVIVO, VALUES_MAPPING, "Role"),
    "values study, ATLAS.ti": (VALUES_STUDY, VALUES_MAPPING, "Role"),
    "first steps": (FIRST_STEPS, FIRST_MAPPING, "Role"),
}
WITHOUT = {"real NVivo project": (EXPORT, None, "Year")}


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Case]:
    """All reports of a project by its name, written once."""

    @functools.cache
    def made(name: str) -> Case:
        path, mapping, variable = {**MAPPED, **WITHOUT}[name]
        case = Case(path, mapping, tmp_path_factory.mktemp("reports"), count_project(path, variable, mapping))
        for suffix in (".xlsx", ".html", ".docx", ".md", ".tex"):
            target = case.report(suffix)
            ran = run("summarise", path, *([mapping] if mapping else []), "-o", target, "--group", variable)
            assert (ran.code, ran.err) == (0, "")
        return case

    return made


@pytest.fixture(params=[*MAPPED, *(pytest.param(name, marks=MISSING) for name in WITHOUT)])
def case(request: pytest.FixtureRequest, reports: Callable[[str], Case]) -> Case:
    return reports(request.param)


@pytest.fixture(params=MAPPED)
def mapped(request: pytest.FixtureRequest, reports: Callable[[str], Case]) -> Case:
    return reports(request.param)


# -- the reports, as their readers see them -------------------------------------------------------------------------


Rows = list[list[Any]]


def workbook_blocks(case: Case, sheet: str) -> Iterator[Rows]:
    """The tables of a sheet: rows until an empty one, headings first."""
    block: Rows = []
    with contextlib.closing(openpyxl.load_workbook(case.report(".xlsx"), read_only=True)) as book:
        rows = list(book[sheet].iter_rows(values_only=True))
    for row in [*rows, ()]:
        if any(cell is not None for cell in row):
            block.append(list(row))
        elif block:
            yield block
            block = []


def page_tables(case: Case) -> dict[str, Rows]:
    """Caption → rows of the page's tables: names as texts, numbers as people see them."""
    root = etree.fromstring(case.report(".html").read_bytes(), etree.HTMLParser(encoding="utf-8"))
    found = {}
    for table in root.iter("table"):
        caption = text_of(next(table.iter("caption"))[0])
        found[caption] = [[cell_of(cell) for cell in row.iter("th", "td")] for row in table.iter("tr")]
    return found


def text_of(element: etree._Element) -> str:
    return "".join(str(part) for part in element.itertext()).strip()


def cell_of(cell: etree._Element) -> Any:
    """A number without the percentage in small print; names as links say them, other texts as they are."""
    shown = text_of(cell)
    for small in cell.iter("small"):
        shown = shown.removesuffix(text_of(small)).strip()
    if cell.tag == "th":
        return text_of(next(cell.iter("a"), cell))
    if re.fullmatch(r"[\d,]+|–?", shown):
        return int(shown.replace(",", "").replace("–", "") or 0) if "number" in str(cell.get("class")) else shown
    return shown


def numbers_by_heading(rows: Rows, name: int, wanted: Callable[[str], bool]) -> Table:
    """The columns whose headings are wanted, by the name of the row."""
    columns = [number for number, heading in enumerate(rows[0]) if heading and wanted(str(heading))]
    found: Table = {}
    for row in rows[1:]:
        found.setdefault(str(row[name]), set()).add(tuple(int(row[number] or 0) for number in columns))
    return found


def is_number(heading: str) -> bool:
    """Numbers of people of all and each group, values, quotations and codings; no percentages."""
    return bool(re.search(r"\(of \d+\)$|^(Values|Quotations|Codings)$", heading))


def paper_tables(case: Case, suffix: str) -> list[Rows]:
    """The tables of Markdown or LaTeX, as texts."""
    source = case.report(suffix).read_text(encoding="utf-8")
    if suffix == ".md":
        return markdown_tables(source)
    found = []
    for body in re.findall(r"\\begin\{longtable\}.*?\\end\{longtable\}", source, re.DOTALL):
        head = re.search(r"\\toprule\n(.*?) \\\\\n", body)
        lines = body.partition("\\endlastfoot\n")[2].split("\n")
        assert head is not None
        rows = [head[1], *(line.removesuffix(r" \\") for line in lines if line.endswith(r" \\"))]
        found.append([[latex_cell(cell) for cell in re.split(r"(?<!\\)&", row)] for row in rows])
    return found


def latex_cell(cell: str) -> str:
    cell = cell.strip().removeprefix(r"\hspace{1em}")
    bold = re.fullmatch(r"\\textbf\{(.*)\}", cell)
    return latex_text(bold[1] if bold else cell).replace("\u00a0", " ")


def paper_table(case: Case, suffix: str, heading: str, column: str) -> Table:
    """The table of a paper whose first heading and one further are these; percentages have to fit."""
    rows = next(rows for rows in paper_tables(case, suffix) if rows[0][0] == heading and column in rows[0])
    return frame_numbers(rows)


def frame_numbers(rows: Rows) -> Table:
    sizes = [int(size[1]) if (size := re.search(r"\(n = (\d+)\)$", heading)) else 0 for heading in rows[0]]
    found: Table = {}
    for row in rows[1:]:
        found.setdefault(row[0], set()).add(tuple(paper_number(*one) for one in zip(row[1:], sizes[1:], strict=True)))
    return found


def paper_number(cell: str, size: int) -> int:
    if not cell:
        return 0
    number, _, percent = cell.replace(",", "").partition(" ")
    if size:
        assert percent == f"({int(100 * int(number) / size + 0.5)}%)"
    return int(number)


def api_tables(case: Case) -> dict[str, Rows]:
    """The same from the API, as DataFrames of texts."""
    found = {}
    for table in open_project(case.path).paper_tables(case.mapping):
        frame = table.frame().reset_index()
        found[table.name] = [list(frame.columns), *frame.to_numpy().tolist()]
    return found


def book_sections(case: Case, level: int) -> Table:
    """Heading → participants of all and each group, and quotations, as its line below says."""
    found: Table = {}
    paragraphs = docx.Document(str(case.report(".docx"))).paragraphs
    styles = [one.style.name if one.style else "" for one in paragraphs]
    for number, style in enumerate(styles):
        if style == f"Heading {level}":
            told = next(one.text for one, name in zip(paragraphs[number:], styles[number:], strict=True)
                        if name == "Body Text 2")  # fmt: skip
            said = told.partition(" Code: ")[0]
            people = [int(one.replace(",", "")) for one in re.findall(r"([\d,]+) of [\d,]+", said)]
            quotations = re.search(r"([\d,]+) quotations?\.", said)
            assert quotations is not None
            found.setdefault(paragraphs[number].text, set()).add((*people, int(quotations[1].replace(",", ""))))
    return found


# -- what they say ---------------------------------------------------------------------------------------------------


def without(rows: Table, *columns: int) -> Table:
    """The numbers without some columns, counted from the end."""
    return {
        name: {
            tuple(one for place, one in enumerate(numbers) if place - len(numbers) not in columns) for numbers in all_
        }
        for name, all_ in rows.items()
    }


def test_the_overview_of_elements(mapped: Case) -> None:
    expected = mapped.counted.overview()
    sheet = next(rows for rows in workbook_blocks(mapped, "Overview") if len(rows) > 2 and rows[1][0] == "Element")
    assert numbers_by_heading(sheet[1:], 0, is_number) == expected
    assert page_numbers(mapped, "Elements of compassion") == expected
    for suffix in (".md", ".tex"):
        assert paper_table(mapped, suffix, "Element", "Values") == expected
    assert frame_numbers(api_tables(mapped)["overview-element"]) == expected
    chapters = book_sections(mapped, 1)
    assert {name: chapters[name] for name in expected} == without(expected, -3, -1)


def page_numbers(case: Case, caption: str, *, name: int = 0) -> Table:
    rows = next(rows for one, rows in page_tables(case).items() if one.startswith(caption))
    texts = [number for number, cell in enumerate(rows[1]) if number != name and not isinstance(cell, int)]
    found: Table = {}
    for row in rows[1:]:
        numbers = tuple(cell for place, cell in enumerate(row) if place != name and place not in texts)
        found.setdefault(str(row[name]), set()).add(numbers)
    return found


def test_the_values(case: Case) -> None:
    expected = case.counted.values()
    (sheet,) = workbook_blocks(case, "Values")
    assert coded(numbers_by_heading(sheet, 0, is_number)) == expected
    assert coded(page_numbers(case, "Values, those that most participants hold first")) == expected
    for suffix in (".md", ".tex"):
        assert values_only(case, paper_table(case, suffix, "Value", "Codings")) == expected
    assert values_only(case, frame_numbers(api_tables(case)["values"])) == expected
    sections = book_sections(case, 2 if case.mapping else 1)
    for name, numbers in without(expected, -1).items():
        assert numbers <= sections[name]
    counts = open_project(case.path).counts("value", case.mapping)
    groups = [f"participants: {group}" for group in case.counted.group_names]
    for row in counts.to_dict("records"):
        name = str(row["path"]).rpartition(" > ")[2]
        if name in expected:
            assert (row["participants"], *(row[one] for one in groups), row["quotations"], row["codings"]) in expected[
                name
            ]


def coded(rows: Table) -> Table:
    """The values that somebody coded."""
    return {name: numbers for name, numbers in rows.items() if any(one[-1] for one in numbers)}


def values_only(case: Case, rows: Table) -> Table:
    """Without the rows of elements, which sum up."""
    above = {*case.counted.names.values(), "No element"} if case.mapping else set()
    return {name: numbers for name, numbers in rows.items() if name not in above}


def test_the_examples_of_technology_and_what_they_meet(mapped: Case) -> None:
    expected = mapped.counted.effects("technology-effect")
    block = next(rows for rows in workbook_blocks(mapped, "Technology") if len(rows) > 1 and rows[1][0] == "Element")
    assert numbers_by_heading(block[1:], 0, lambda heading: ": " in heading) == expected
    turned = {name: {(a, c, b, d) for a, b, c, d in numbers} for name, numbers in expected.items()}
    assert page_numbers(mapped, "Which elements the examples meet") == expected
    for suffix in (".md", ".tex"):
        rows = next(rows for rows in paper_tables(mapped, suffix) if "Enhances compassion: quotations" in rows[0])
        assert {name: one for name, one in frame_numbers(rows).items() if name != "All"} == turned
    api = frame_numbers(api_tables(mapped)["effects-technology-effect"])
    assert {name: one for name, one in api.items() if name != "All"} == turned


def test_the_themes_of_organisational_fit(mapped: Case) -> None:
    expected = mapped.counted.themes("organisational-fit")
    block = next(rows for rows in workbook_blocks(mapped, "Organisational fit") if len(rows) > 1 and "Theme" in rows[1])
    assert numbers_by_heading(block[1:], 1, is_number) == expected
    assert page_numbers(mapped, "Themes", name=theme_column(mapped)) == expected
    for suffix in (".md", ".tex"):
        rows = paper_table(mapped, suffix, "Theme", "Codings")
        assert {name: one for name, one in rows.items() if name not in ("Match", "Mismatch")} == expected
    sections = book_sections(mapped, 2)
    assert {name: sections[name] for name in expected} == without(expected, -1)


def theme_column(case: Case) -> int:
    return [str(cell) for cell in page_tables(case)["Themes"][0]].index("Theme")


def test_values_and_the_elements_that_they_meet(mapped: Case) -> None:
    expected = mapped.counted.meetings()
    names = {mapped.counted.names[one] for one in mapped.counted.elements}
    block = next(
        rows for rows in workbook_blocks(mapped, "Co-occurrence") if rows[0][0].startswith("Values by elements")
    )
    assert numbers_by_heading(block[1:], 0, lambda heading: heading in names) == expected
    assert page_numbers(mapped, "Values by elements") == expected
    for suffix in (".md", ".tex"):
        assert paper_table(mapped, suffix, "Value", "Emotional resonance") == expected
    assert frame_numbers(api_tables(mapped)["cooccurrence-elements"]) == expected


def test_every_quotation_stands_in_workbook_page_and_book(case: Case) -> None:
    places = {place for place, _ in case.counted.codings}
    (rows,) = workbook_blocks(case, "Quotations")
    counts = rows[0].index("Counts")
    assert sum(int(row[counts]) for row in rows[1:]) == len(case.counted.codings)
    styles = Counter(one.style.name for one in docx.Document(str(case.report(".docx"))).paragraphs if one.style)
    expressed = sum(len(case.counted.constructs.get(code, ())) or 1 for _, code in case.counted.codings)
    assert styles["Quote"] == expressed
    root = etree.fromstring(case.report(".html").read_bytes(), etree.HTMLParser(encoding="utf-8"))
    (data,) = (one.text for one in root.iter("script") if one.get("type") == "application/json")
    assert len(json.loads(str(data))["rows"]) == len(places)


def test_the_paper_says_how_many_take_part(case: Case) -> None:
    expected = {"All": case.counted.size(), **{one: case.counted.size(one) for one in case.counted.group_names}}
    for suffix in (".md", ".tex"):
        rows = paper_tables(case, suffix)[0]
        assert {row[0]: int(row[1]) for row in rows[1:]} == expected
        assert int(rows[-1][3].replace(",", "")) == len({place for place, _ in case.counted.codings})
        assert int(rows[-1][4].replace(",", "")) == len(case.counted.codings)


@pytest.mark.parametrize("by", ["construct", "value"])
def test_the_api_counts_as_the_tables_do(mapped: Case, by: str) -> None:
    project = open_project(mapped.path)
    summary = project.summary(mapped.mapping)
    table, name = (summary.constructs, "construct") if by == "construct" else (summary.codebook, "path")
    expected = {row[name]: row for row in table.to_dict("records")}
    counts = project.counts(by, mapped.mapping).to_dict("records")
    assert len(counts) == sum(row["codings"] > 0 for row in expected.values())
    for row in counts:
        for number in set(row) - {name}:
            assert row[number] == pytest.approx(expected[row[name]][number]), (row[name], number)
