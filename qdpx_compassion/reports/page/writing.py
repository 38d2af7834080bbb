"""Putting the page together: one file that needs nothing else, and in which nothing of the project's text runs."""

from __future__ import annotations

import base64
import hashlib
import json
from importlib.resources import files
from pathlib import Path
from typing import Any

from markupsafe import Markup

from qdpx_compassion.files.atomic import atomic_output
from qdpx_compassion.findings import Finding
from qdpx_compassion.refi.characters import xml_text
from qdpx_compassion.reports.page.browser import browser
from qdpx_compassion.reports.page.model import Chart, Section
from qdpx_compassion.reports.page.plan import sections
from qdpx_compassion.reports.page.rendering import environment
from qdpx_compassion.reports.page.view import View
from qdpx_compassion.reports.workbook.about import subtitle
from qdpx_compassion.study.summary import Summary
from qdpx_compassion.version import __version__

_HERE = files(__package__)
#: The charting library, as it was published, before our own scripts.
_SCRIPTS = (
    "vendor/vega.min.js", "vendor/vega-lite.min.js", "vendor/vega-interpreter.js", "static/links.js",
    "static/theme.js", "static/tables.js", "static/charts.js", "static/quotations.js",
)  # fmt: skip
#: Each page is a copy of the library, so its licences stand in it.
_LICENCES = "vendor/LICENSE"


def write_page(path: Path, summary: Summary, *, force: bool = False) -> list[Finding]:
    """Write the page, atomically. The same summary gives the same bytes.

    Args:
        path: the .html to write.
        summary: what to show.
        force: whether an existing file may be replaced.

    Returns:
        What the page does not hold.

    Raises:
        OutputError: the file exists or cannot be written.
    """
    text, findings = page(summary)
    with atomic_output(path, force=force) as temporary:
        temporary.write_bytes(text.encode("utf-8"))
    return findings


def page(summary: Summary) -> tuple[str, list[Finding]]:
    """The page as text, and what it does not hold."""
    view = View(summary)
    quotations = browser(view)
    shown = sections(view)
    style = _text("static/page.css") + _colors(view.colors)
    script = "\n".join([f"/*\n{_text(_LICENCES)}*/", *(_text(name) for name in _SCRIPTS)])
    data = {**quotations.data(), "charts": [chart.spec for chart in _charts(shown)]}
    text = (
        environment()
        .get_template("page.html")
        .render(
            summary=summary,
            subtitle=subtitle(summary),
            version=__version__,
            sections=shown,
            browser=quotations,
            policy=_policy(script, style),
            style=Markup(style),  # noqa: S704 - our own files, and colours that are checked
            script=Markup(script),  # noqa: S704 - our own files
            data=Markup(embedded(data)),  # noqa: S704 - nothing in it ends its element
        )
    )
    return text, view.findings


def embedded(data: Any) -> str:
    """Data as JSON that can stand in a script element: nothing in it ends the element or begins a comment."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return xml_text(text)


def _charts(shown: list[Section]) -> list[Chart]:
    return [block.chart for section in shown for block in section.blocks if block.chart]


def _text(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


def _colors(colors: dict[str, str]) -> str:
    """Rules for the colours of the framework and the project; each is checked to be #rrggbb where it is taken up."""
    return "".join(f".{name}{{--swatch:{color}}}\n" for name, color in colors.items())


def _policy(script: str, style: str) -> str:
    """The Content-Security-Policy: our own script and style, known by their SHA-256, and nothing else."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {_hash(script)}",
            f"style-src {_hash(style)}",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        )
    )


def _hash(text: str) -> str:
    return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode() + "'"
