"""A page opened in a browser, as tests use it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from playwright.sync_api import Page

Open = Callable[..., "Opened"]


@dataclass
class Opened:
    """A page in the browser, what its console said, and what it asked of the network."""

    page: Page
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def remaining(self) -> str:
        """The sentence that says how many quotations there are."""
        return self.page.locator("#remaining").inner_text()

    def choose(self, label: str, option: str) -> None:
        """Choose an option of a filter by its name, without the count in brackets."""
        select = self.page.get_by_label(label, exact=True)
        names = select.locator("option").all_text_contents()
        found = next(name for name in names if name.rpartition(" (")[0] == option)
        select.select_option(label=found)

    def words(self) -> list[str]:
        """The quotations on this page of the list, without the words around them."""
        return self.page.locator("#list .words").all_text_contents()
