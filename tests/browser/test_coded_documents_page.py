"""The page of coded documents in a browser: nothing runs, axe finds nothing, marks and notes lead to each other."""

from __future__ import annotations

import html
from importlib.resources import files
from pathlib import Path

import pytest
from browser_pages import Open
from command_line import FIRST_STEPS, run
from small_projects import Small

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
SIZES = {"desktop": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}
EVIL = (
    "<script>document.title='ran'</script><img src=x onerror=\"document.title='ran'\">"
    "<svg onload=\"document.title='ran'\"></style><style>body{display:none}</style>"
    "<a href='javascript:document.title=1'>x</a> ${7*7} {{7*7}}"
)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("coded") / "coded.html"
    assert run("convert", FIRST_STEPS, target).code == 0
    return target


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_axe_finds_nothing_and_nothing_sticks_out(sample: Path, open_page: Open, size: str, scheme: str) -> None:
    page = open_page(sample, viewport=SIZES[size], color_scheme=scheme, bypass_csp=True).page  # for axe alone
    assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size]["width"]
    page.evaluate(AXE)
    found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")["violations"]
    assert [f"{one['id']}: {one['help']} {[node['target'] for node in one['nodes'][:3]]}" for one in found] == []


def test_a_number_leads_to_its_note_and_back(sample: Path, open_page: Open) -> None:
    page = open_page(sample).page
    page.locator("#r5 ").click()
    assert page.url.endswith("#q5")
    page.locator("#q5 .number a").click()
    assert page.url.endswith("#r5")
    mark = page.locator("mark[data-quotations~='5']").first
    assert mark.get_attribute("title")
    beside = page.locator("#q5").bounding_box()
    words = mark.bounding_box()
    assert beside
    assert words
    assert beside["x"] > words["x"]
    line = page.locator("#r5").locator("xpath=ancestor::div[1]").bounding_box()
    assert line
    assert line["y"] <= beside["y"] <= line["y"] + line["height"]


def test_overlapping_quotations_have_lines_below_each_other(tmp_path: Path, open_page: Open) -> None:
    small = Small()
    small.text("Interview", "I felt heard and seen.")
    small.coding("Interview", "felt heard", "Heard")
    small.coding("Interview", "heard and seen", "Seen")
    (tmp_path / "a.qde").write_text(small.xml(), encoding="utf-8")
    assert run("convert", tmp_path / "a.qde", tmp_path / "a.html").code == 0
    page = open_page(tmp_path / "a.html").page
    both = page.locator("mark", has_text="heard").first
    assert both.get_attribute("data-quotations") == "1 2"
    script = "one => [one.getBoundingClientRect().bottom, getComputedStyle(one).borderBottomColor]"
    outer, inner = (both.locator("span.lane").nth(at).evaluate(script) for at in (0, 1))
    assert outer[0] > inner[0] + 2
    assert outer[1] != inner[1]


def test_nothing_of_a_project_runs(tmp_path: Path, open_page: Open) -> None:
    small = Small(origin=EVIL)
    small.text(EVIL, f"{EVIL} {EVIL}\nשלום {EVIL}")
    small.coding(EVIL, EVIL, EVIL, by=EVIL, inside=f"<Description>{html.escape(EVIL)}</Description>")
    small.note(EVIL, EVIL)
    (tmp_path / "a.qde").write_text(small.xml(), encoding="utf-8")
    assert run("convert", tmp_path / "a.qde", tmp_path / "a.html").code == 0
    page = open_page(tmp_path / "a.html").page
    assert page.title() == "Small: coded documents"
    assert page.locator("script, img, svg, form, iframe").count() == 0
    assert page.locator("h2").first.inner_text() == EVIL
    assert page.locator("body").is_visible()
    assert page.locator(".line > p").nth(1).evaluate("one => getComputedStyle(one).direction") == "rtl"


def test_on_paper_it_is_light_and_without_navigation(sample: Path, open_page: Open) -> None:
    page = open_page(sample, color_scheme="dark").page
    page.emulate_media(media="print")
    assert not page.get_by_role("navigation").is_visible()
    assert page.locator("main").evaluate("one => getComputedStyle(one).colorScheme") == "light"
