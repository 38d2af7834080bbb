"""What the documentation shows is what the program prints."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from qdpx_compassion.api import open_project
from qdpx_compassion.cli.main import COMMANDS
from qdpx_compassion.reports.workbook.plan import plan_sheets
from tools.docs_pages import MAKERS, on_page_markdown
from tools.examples import ROOT, STARTS, pages, renewed

REFERENCE = sorted((ROOT / "docs").rglob("*.md"))


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.relative_to(ROOT).as_posix())
def test_examples_of_the_documentation_print_what_it_shows(page: Path) -> None:
    assert renewed(page) == page.read_text(encoding="utf-8"), "run 'make examples' and read the difference"


@pytest.mark.parametrize("name", ["reference/python.md", "reference/tables.md"])
def test_python_examples_of_the_documentation_run(name: str, tmp_path: Path) -> None:
    """In a Python of its own, as somebody who copies them has it."""
    for start, file in STARTS.items():
        (tmp_path / start).parent.mkdir(exist_ok=True)
        shutil.copy(file, tmp_path / start)
    blocks = re.findall(r"^```python\n(.*?)^```$", (ROOT / "docs" / name).read_text(encoding="utf-8"), re.DOTALL | re.M)
    assert blocks
    done = subprocess.run([sys.executable, "-c", "\n".join(blocks)], cwd=tmp_path, capture_output=True, check=False)  # noqa: S603
    assert done.returncode == 0, done.stderr.decode()


@pytest.mark.parametrize("page", REFERENCE, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_reference_pages_are_filled_from_the_code(page: Path) -> None:
    filled = on_page_markdown(page.read_text(encoding="utf-8"))
    assert "from the code:" not in filled


def test_the_reference_has_a_row_for_each_sheet_and_each_section_of_a_summary() -> None:
    project = open_project(STARTS["study.qdpx"])
    sheets = ["About", *(sheet.title for sheet in plan_sheets(project.summary(STARTS["mapping.csv"])))]
    for page in ("summary-workbook.md", "report-page.md"):
        text = (ROOT / "docs" / "reference" / page).read_text(encoding="utf-8")
        assert [sheet for sheet in sheets if f"\n| *{sheet}* |" not in text] == []


def test_every_command_stands_in_the_readme() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [name for name in COMMANDS if f"`{name}" not in text] == []


def test_everything_made_from_the_code_stands_on_a_page() -> None:
    text = "".join(page.read_text(encoding="utf-8") for page in REFERENCE)
    assert set(re.findall(r"<!-- from the code: ([a-z-]+) -->", text)) == set(MAKERS)


@pytest.mark.parametrize("page", [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md"], ids=str)
def test_links_between_the_documents_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


def test_every_example_file_is_shown_on_a_page() -> None:
    """A page includes it by a line of its own; written in any other way, the line itself would stand there."""
    lines = {line for page in (ROOT / "docs").rglob("*.md") for line in page.read_text(encoding="utf-8").splitlines()}
    for example in (ROOT / "docs" / "examples").iterdir():
        if example.is_file():
            assert f'--8<-- "docs/examples/{example.name}"' in lines
