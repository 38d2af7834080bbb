"""The report page in a browser: what is filtered, searched and clicked is what remains."""

from __future__ import annotations

import csv
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from browser_pages import Open
from command_line import FIRST_MAPPING, FIRST_STEPS, REAL, VALUES_MAPPING, VALUES_STUDY, run
from playwright.sync_api import expect
from small_projects import Small

Place = tuple[str, str, str]


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = VALUES_STUDY.with_name("values-study-nvivo.qdpx")
    return made(tmp_path_factory.mktemp("page"), project, VALUES_MAPPING)


def made(folder: Path, *inputs: str | Path) -> Path:
    target = folder / "report.html"
    ran = run("summarise", *inputs, "-o", target)
    assert ran.code == 0, ran.err
    return target


class Sample:
    """The values study as its authors wrote it: counted here from its lists, not by the program."""

    def __init__(self) -> None:
        folder = VALUES_STUDY.parent
        self.codes: dict[Place, set[str]] = defaultdict(set)
        with (folder / "codings.csv").open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream):
                place = (row["interview"], row["quotation"], row["occurrence"])
                self.codes[place].update(row["codes"].split(";"))
        project = tomllib.loads((folder / "project.toml").read_text(encoding="utf-8"))
        self.group = {one["id"]: one["variables"]["Role"] for one in project["interview"]}
        tree = tomllib.loads((folder / "codebook.toml").read_text(encoding="utf-8"))
        self.paths = {path[-1]: path for path in _paths(tree["code"], ())}
        with (folder / "mapping.csv").open(encoding="utf-8", newline="") as stream:
            self.mapping = list(csv.DictReader(stream))

    def expressing(self, construct: str, dimension: Iterable[str]) -> set[str]:
        """The codes of a construct: the mark nearest above a code decides, in this dimension."""
        marks: dict[tuple[str, ...], set[str]] = defaultdict(set)
        for row in self.mapping:
            if row["construct"] in (*dimension, "no element"):
                path = tuple(row["code"].split(" > "))
                marks[path] |= {row["construct"]} if row["mark"] == "yes" else set()
        found = set()
        for name, path in self.paths.items():
            nearest = next((path[:end] for end in range(len(path), 0, -1) if path[:end] in marks), None)
            if nearest is not None and construct in marks[nearest]:
                found.add(name)
        return found

    def places(self, codes: set[str], group: str = "") -> list[Place]:
        return [place for place, held in self.codes.items() if held & codes and group in ("", self.group[place[0]])]


def _paths(codes: list[Any], above: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for code in codes:
        path = (*above, code["name"])
        yield path
        yield from _paths(code.get("code", []), path)


ELEMENTS = (
    "recognising-suffering", "universality-of-suffering", "emotional-resonance", "tolerating-discomfort",
    "acting-to-alleviate",
)  # fmt: skip


def number(sentence: str) -> int:
    """The first number of a sentence."""
    return int(re.sub(r"\D", "", sentence.split()[0]))


def test_a_value_leaves_the_quotations_that_its_authors_coded_so(study: Path, open_page: Open) -> None:
    opened, sample = open_page(study), Sample()
    assert number(opened.remaining()) == len(sample.codes)
    opened.choose("Value", "Unhurried attention")
    expected = sample.places({"Unhurried attention"})
    people = {place[0] for place in expected}
    assert opened.remaining().startswith(f"{len(expected)} of {len(sample.codes)} quotations by {len(people)} part")
    assert opened.page.locator("#list > li").count() == len(expected)
    shown = [" ".join(words.split()) for words in opened.words()]
    for interview, quotation, _ in expected:
        begin, _, end = quotation.partition(" [...] ")
        assert any(words.startswith(begin) and words.endswith(end) for words in shown), (interview, quotation)


@pytest.mark.parametrize("construct,name", [
    ("recognising-suffering", "Recognising suffering"), ("tolerating-discomfort", "Tolerating discomfort"),
])  # fmt: skip
def test_an_element_leaves_what_expresses_it_and_a_group_what_its_people_said(
    study: Path, open_page: Open, construct: str, name: str
) -> None:
    opened, sample = open_page(study), Sample()
    codes = sample.expressing(construct, ELEMENTS)
    opened.choose("Element", name)
    assert number(opened.remaining()) == len(sample.places(codes))
    opened.choose("Role", "client")
    assert number(opened.remaining()) == len(sample.places(codes, "client"))
    opened.page.get_by_role("button", name="Clear all filters").click()
    assert number(opened.remaining()) == len(sample.codes)
    assert opened.page.get_by_label("Search").evaluate("one => one === document.activeElement")


def test_the_effect_of_technology_and_a_participant_are_filters_too(study: Path, open_page: Open) -> None:
    opened, sample = open_page(study), Sample()
    codes = sample.expressing("enhances", ("enhances", "detracts"))
    opened.choose("Effect of technology", "Enhances compassion")
    assert number(opened.remaining()) == len(sample.places(codes))
    opened.choose("Participant", "P03 Fatiha")
    assert number(opened.remaining()) == len([one for one in sample.places(codes) if one[0] == "P03"])


def test_the_numbers_beside_the_options_are_what_choosing_them_leaves(study: Path, open_page: Open) -> None:
    opened = open_page(study)
    opened.choose("Role", "client")
    options = opened.page.get_by_label("Element", exact=True).locator("option").all_text_contents()[1:]
    assert len(options) == 5
    for option in options:
        name, _, count = option.rpartition(" (")
        opened.choose("Element", name)
        assert number(opened.remaining()) == int(count.rstrip(")"))


def test_a_search_leaves_what_holds_all_words_and_marks_them(study: Path, open_page: Open) -> None:
    opened = open_page(study)
    everything = " ".join(quotation.casefold() for _, quotation, _ in Sample().codes)
    assert "listened" in everything
    opened.page.get_by_label("Search").fill("LISTENED end")
    expect(opened.page.locator("#remaining")).to_contain_text(" of ")
    words = opened.words()
    assert words and all("listened" in one.casefold() and "end" in one.casefold() for one in words)
    assert opened.page.locator("#list mark").first.inner_text().casefold() in ("listened", "end")
    opened.page.get_by_label("Search").fill('"listened to the end" ([.*')
    opened.page.get_by_label("Search").press("Enter")
    assert "No quotation passes all filters." in opened.page.locator("#list").inner_text()


def test_an_apostrophe_is_found_however_it_is_written(tmp_path: Path, open_page: Open) -> None:
    project = Small()
    project.text("P1", "I don’t know. You can't say. It is said.")
    for words in ("I don’t know.", "You can't say.", "It is said."):
        project.coding("P1", words, "Value")
    (tmp_path / "small.qde").write_text(project.xml(), encoding="utf-8")
    opened = open_page(made(tmp_path, tmp_path / "small.qde"))
    for asked, found in (("don't", "don’t"), ("can’t", "can't"), ('"I don\'t know"', "I don’t know")):
        opened.page.get_by_label("Search").fill(asked)
        opened.page.get_by_label("Search").press("Enter")
        assert opened.remaining().startswith("1 of 3 ")
        assert opened.page.locator("#list mark").all_inner_texts() == [found]


def test_a_name_in_a_table_leads_to_its_quotations_and_back(study: Path, open_page: Open) -> None:
    opened = open_page(study)
    row = opened.page.locator("#values tbody tr", has=opened.page.get_by_role("link", name="Humour", exact=True))
    quotations = number(row.locator("td.number:not(.people)").first.inner_text())
    row.get_by_role("link").click()
    expect(opened.page.locator("#remaining")).to_contain_text(" of ")
    assert number(opened.remaining()) == quotations == len(Sample().places({"Humour"}))
    assert opened.page.evaluate("document.activeElement.id") == "list-title"
    cell = opened.page.locator("#participants td.heat a").first
    expected = number(cell.inner_text())
    cell.click()
    expect(opened.page.locator("#remaining")).to_have_text(re.compile(f"^{expected} of"))
    opened.page.go_back()
    expect(opened.page.locator("#remaining")).to_have_text(re.compile(f"^{quotations} of"))


def test_an_address_with_filters_opens_so(study: Path, open_page: Open) -> None:
    opened = open_page(study, "#quotations?in.technology-effect=detracts")
    expected = Sample().places(Sample().expressing("detracts", ("enhances", "detracts")))
    assert number(opened.remaining()) == len(expected)


def test_pages_turn_by_keyboard(study: Path, open_page: Open) -> None:
    opened = open_page(study)
    first = opened.words()[0]
    opened.page.get_by_role("button", name="Next").focus()
    opened.page.keyboard.press("Enter")
    assert opened.page.locator("#page-number").inner_text() == "Page 2 of 7"
    assert opened.words()[0] != first
    assert opened.page.get_by_role("button", name="Previous").is_enabled()
    opened.page.get_by_label("Value", exact=True).focus()
    opened.page.keyboard.press("ArrowDown")
    assert " of " in opened.remaining()


def test_a_heading_sorts_and_says_so(study: Path, open_page: Open) -> None:
    opened = open_page(study)
    button = opened.page.locator("#values").get_by_role("button", name="Codings", exact=True)
    numbers = opened.page.locator("#values tbody tr td:nth-child(6)")
    button.press("Enter")
    assert opened.page.locator("#values th[aria-sort]").get_attribute("aria-sort") == "descending"
    shown = [int(text) for text in numbers.all_inner_texts()]
    assert shown == sorted(shown, reverse=True) and len(shown) == 26
    button.click()
    shown = [int(text) for text in numbers.all_inner_texts()]
    assert shown == sorted(shown)


def test_the_theme_can_be_chosen(study: Path, open_page: Open) -> None:
    opened = open_page(study, color_scheme="light")
    background = "getComputedStyle(document.body).backgroundColor"
    light = opened.page.evaluate(background)
    opened.page.get_by_text("Dark", exact=True).click()
    dark = opened.page.evaluate(background)
    opened.page.get_by_text("Auto", exact=True).click()
    assert dark != light == opened.page.evaluate(background)
    opened.page.emulate_media(color_scheme="dark")
    assert opened.page.evaluate(background) == dark
    opened.page.emulate_media(media="print", color_scheme="dark")
    assert opened.page.evaluate(background) != dark
    assert not opened.page.locator(".filters").is_visible()


def test_more_quotations_are_printed_than_are_shown(study: Path, open_page: Open) -> None:
    opened = open_page(study)
    rows = opened.page.locator("#list > li")
    assert rows.count() == 50
    opened.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert rows.count() == len(Sample().codes)
    opened.page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert rows.count() == 50


def test_a_matrix_of_many_values_fits_the_screen_and_the_paper(tmp_path: Path, open_page: Open) -> None:
    (tmp_path / "small.qde").write_text(large(60, codes=20, people=2), encoding="utf-8")
    page = open_page(made(tmp_path, tmp_path / "small.qde")).page
    table = page.locator("#co-occurrence table.matrix")
    assert table.locator("thead th").count() == 21
    width = "one => one.getBoundingClientRect().width"
    assert table.evaluate(width) <= page.locator("main").evaluate(width)
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 672, "height": 900})  # A4 without its margins
    assert table.evaluate(width) <= 672


def test_a_long_table_shows_its_first_rows_until_all_are_asked_for(tmp_path: Path, open_page: Open) -> None:
    (tmp_path / "small.qde").write_text(large(60, codes=60, people=2), encoding="utf-8")
    opened = open_page(made(tmp_path, tmp_path / "small.qde"))
    rows = opened.page.locator("#values tbody tr:visible")
    assert rows.count() == 30
    opened.page.locator("#values").get_by_role("button", name="Show all 60 rows").click()
    assert rows.count() == 60


def test_each_chart_stands_beside_a_table_with_its_numbers(study: Path, open_page: Open) -> None:
    opened = open_page(study)
    assert opened.page.locator(".chart").count() == 5
    for pair in opened.page.locator(".pair").all():
        assert pair.locator("svg path[aria-roledescription='bar']").count() > 0
        assert "bar" in str(pair.get_by_role("img").get_attribute("aria-label"))
        assert pair.locator("table tbody tr").count() > 0


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("inputs", [
    (FIRST_STEPS, FIRST_MAPPING), (REAL / "nvivo-mac-20.5-zenodo-5703624.qdpx",),
    (REAL / "transana-3.22-beta-spec-annex-a3.qde",),
], ids=["sample", "nvivo", "transana"])  # fmt: skip
def test_other_projects_are_shown_within_the_width_of_the_screen(
    tmp_path: Path, open_page: Open, inputs: tuple[Path, ...], width: int
) -> None:
    if not inputs[0].exists():
        pytest.skip("needs the real exports, which are no part of the repository")
    opened = open_page(made(tmp_path, *inputs), viewport={"width": width, "height": 800})
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= width
    assert number(opened.remaining()) > 10


def test_right_to_left_text_runs_from_right_to_left(tmp_path: Path, open_page: Open) -> None:
    project = Small()
    project.text("ראיון", "היא הקשיבה לי עד הסוף")
    project.coding("ראיון", "הקשיבה לי", "הקשבה")
    (tmp_path / "small.qde").write_text(project.xml(), encoding="utf-8")
    opened = open_page(made(tmp_path, tmp_path / "small.qde"))
    assert opened.words() == ["הקשיבה לי"]
    direction = "one => getComputedStyle(one).direction"
    assert opened.page.locator("#list blockquote").evaluate(direction) == "rtl"
    assert opened.page.locator("#values tbody th").evaluate(direction) == "rtl"


def test_a_long_quotation_is_folded_unless_something_was_found_in_it(tmp_path: Path, open_page: Open) -> None:
    project = Small()
    project.text("P1", "and so on, " * 200 + "the needle")
    project.coding("P1", (0, 2210), "Value")
    (tmp_path / "small.qde").write_text(project.xml(), encoding="utf-8")
    opened = open_page(made(tmp_path, tmp_path / "small.qde"))
    quotation = opened.page.locator("#list blockquote")
    assert quotation.evaluate("one => one.scrollHeight > one.clientHeight")
    assert opened.words()[0].endswith("the needle")
    opened.page.get_by_role("button", name="Show all 2,210 characters").click()
    assert not quotation.evaluate("one => one.scrollHeight > one.clientHeight")
    opened.page.get_by_label("Search").fill("needle")
    expect(opened.page.locator("#list mark")).to_be_visible()


def test_a_project_without_codings_has_a_page_too(tmp_path: Path, open_page: Open) -> None:
    project = Small()
    project.code("Nobody used it")
    project.text("P1", "Nothing is coded here.")
    (tmp_path / "small.qde").write_text(project.xml(), encoding="utf-8")
    opened = open_page(made(tmp_path, tmp_path / "small.qde"))
    assert opened.remaining() == "0 quotations."
    assert "No quotation passes all filters." in opened.page.locator("#list").inner_text()


def test_twenty_thousand_quotations_are_filtered_at_once(tmp_path: Path, open_page: Open) -> None:
    path = tmp_path / "large.qde"
    path.write_text(large(20_000), encoding="utf-8")
    opened = open_page(made(tmp_path, path))
    assert number(opened.remaining()) == 20_000
    choose = """() => {
        const one = document.getElementById("filter-0"); const start = performance.now();
        one.value = "3"; one.dispatchEvent(new Event("change")); return performance.now() - start; }"""
    search = """() => {
        const start = performance.now(); document.getElementById("search").value = "sentence 4";
        document.querySelector(".filters").dispatchEvent(new Event("submit", { cancelable: true }));
        return performance.now() - start; }"""
    assert opened.page.evaluate(choose) < 1_000
    assert number(opened.remaining()) == 20_000 // 40
    assert opened.page.evaluate(search) < 1_000
    assert 0 < number(opened.remaining()) < 20_000 // 40


def large(quotations: int, codes: int = 40, people: int = 100) -> str:
    """A project of many quotations: each its own sentence, codes in turn."""
    project = Small()
    each = quotations // people
    for person in range(people):
        name = f"P{person:03}"
        sentences = [f"This is sentence {number} of what was said." for number in range(each)]
        project.text(name, " ".join(sentences))
        place = 0
        for number_, sentence in enumerate(sentences):
            code = f"Value {(person * each + number_) % codes:02}"
            project.coding(name, (place, place + len(sentence)), code)
            place += len(sentence) + 1
    return project.xml()
