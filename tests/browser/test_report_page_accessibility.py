"""The report page for everybody: axe finds no violation, in light and dark, at desktop and phone width."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from browser_pages import Open
from command_line import FIRST_MAPPING, FIRST_STEPS, run
from playwright.sync_api import expect

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
SIZES = {"desktop": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("page") / "report.html"
    assert run("summarise", FIRST_STEPS, FIRST_MAPPING, "-o", target).code == 0
    return target


#: Contrast takes seconds on a long page, and the tenth row looks as the second does.
REPEATED = """() => {
    for (const many of document.querySelectorAll("tbody, #list, .quote-list, .cards")) {
        [...many.children].slice(3).forEach((one) => one.remove());
    }
}"""
RUN = """(contrast) => axe.run(document, {
    resultTypes: ["violations"],
    ...(contrast ? { runOnly: ["color-contrast"] } : { rules: { "color-contrast": { enabled: false } } }),
})"""


def violations(page: Any, *, whole: bool) -> list[str]:
    """What axe finds, with the first places: of the whole page (but contrast), or of what looks different."""
    page.evaluate(AXE)
    found = page.evaluate(RUN, False)["violations"] if whole else []
    page.evaluate(REPEATED)
    for contrast in (True,) if whole else (True, False):
        found += page.evaluate(RUN, contrast)["violations"]
    return [f"{one['id']}: {one['help']} {[node['target'] for node in one['nodes'][:3]]}" for one in found]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_axe_finds_nothing(sample: Path, open_page: Open, size: str, scheme: str) -> None:
    opened = open_page(sample, "#quotations?search=was", viewport=SIZES[size], color_scheme=scheme)
    assert opened.page.locator("#list mark").count() > 0
    assert violations(opened.page, whole=(size, scheme) == ("desktop", "light")) == []


def test_the_page_has_landmarks_and_a_live_region(sample: Path, open_page: Open) -> None:
    page = open_page(sample).page
    for role in ("banner", "main", "contentinfo", "search"):
        assert page.get_by_role(role).count() == 1, role
    assert page.get_by_role("navigation", name="Sections").count() == 1
    assert page.locator("#remaining").get_attribute("aria-live") == "polite"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the overview"
    for _ in range(2):
        page.keyboard.press("Tab")
    outline = "getComputedStyle(document.activeElement).outlineStyle"
    assert page.evaluate(outline) == "solid"


def test_a_table_that_is_wider_than_the_screen_shows_that_more_follows(sample: Path, open_page: Open) -> None:
    page = open_page(sample, viewport=SIZES["phone"]).page
    table = page.locator("#participants .table")
    shadow = "one => getComputedStyle(one).boxShadow"
    expect(table).to_have_class("table more-follows")
    assert table.evaluate(shadow) != "none"
    table.evaluate("one => one.scrollLeft = one.scrollWidth")
    expect(table).to_have_class("table")
    assert table.evaluate(shadow) == "none"


def test_only_tables_that_scroll_are_stops_for_the_keyboard(sample: Path, open_page: Open) -> None:
    for size, wide in (("desktop", False), ("phone", True)):
        page = open_page(sample, viewport=SIZES[size]).page
        stops = page.locator("#overview .table[tabindex='0'][role='region']")
        expect(stops).to_have_count(page.locator("#overview .table").count() if wide else 0)
