"""A browser for the tests of pages: the Chromium of the system, without a window and without a network."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browser_pages import Open, Opened
from playwright.sync_api import Browser, expect, sync_playwright


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The browser; ``.ci/run`` installs it, so that only on a developer's machine it may be missing."""
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if path is None:
        if os.environ.get("CI"):
            pytest.fail("There is no Chromium; .ci/run installs it.")
        pytest.skip("needs Chromium (Debian: apt install chromium)")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Open]:
    """Opens a file; at the end nothing may stand in its console, and nothing but the file may have been asked for."""
    opened: list[Opened] = []

    def load(path: Path, address: str = "", **options: Any) -> Opened:
        options.setdefault("viewport", {"width": 1280, "height": 900})
        page = browser.new_context(reduced_motion="reduce", **options).new_page()
        one = Opened(page)
        opened.append(one)
        page.on("console", lambda message: one.said.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: one.said.append(f"error: {error}"))
        page.on("request", lambda request: one.asked.append(request.url))
        page.goto(path.as_uri() + address)
        expect(page.locator(".plot:not([data-drawn])")).to_have_count(0)
        return one

    yield load
    for one in opened:
        assert one.said == []
        assert [url for url in one.asked if not url.startswith("file:") and not url.startswith("data:")] == []
        assert len([url for url in one.asked if url.startswith("file:")]) == 1
        one.page.context.close()
