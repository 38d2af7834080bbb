"""The notebooks of the documentation run, and give what they show."""

import json
from pathlib import Path

import pytest

from tools.notebooks import ROOT, as_markdown, notebooks, renewed, texts


@pytest.mark.parametrize("path", notebooks(), ids=lambda path: path.name)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of Jupyter itself
def test_notebooks_give_what_they_show(path: Path) -> None:
    shown = texts(json.loads(path.read_text(encoding="utf-8")))
    assert texts(renewed(path)) == shown, "run 'python tools/notebooks.py --write' and read the difference"


@pytest.mark.parametrize("path", notebooks(), ids=lambda path: path.name)
def test_a_notebook_on_the_site_shows_its_tables_and_figures(path: Path) -> None:
    page = as_markdown(path)
    assert page.startswith("# ")
    assert page.count("data:image/png;base64,") == 2
    assert page.count("<table") >= 5
    assert "<style" not in page


def test_there_is_a_notebook() -> None:
    assert [path.relative_to(ROOT).as_posix() for path in notebooks()] == ["docs/notebooks/from-export-to-paper.ipynb"]
