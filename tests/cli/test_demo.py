"""``make demo``: the first thing that somebody runs."""

import subprocess
import sys
from collections import Counter
from pathlib import Path

import openpyxl
import pytest
from command_line import ROOT, environment

from tools import demo


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder of the demo, and what it printed."""
    folder = tmp_path_factory.mktemp("demo") / "out"
    command = [sys.executable, str(ROOT / "tools" / "demo.py"), str(folder)]
    done = subprocess.run(command, env=environment(COLUMNS="80"), capture_output=True, check=True)  # noqa: S603
    return folder, done.stdout.decode("utf-8")


def test_the_demo_leaves_the_files_that_it_names(made: tuple[Path, str]) -> None:
    folder, printed = made
    names = ["enriched.qdpx", "mapping.xlsx", "report.html", "summary.xlsx"]
    assert sorted(path.name for path in folder.iterdir()) == names
    assert all(name in printed for name in names)
    assert demo.OUT == ROOT / "demo"


def test_the_demo_has_five_clients_and_fifteen_professionals_with_whole_labels(made: tuple[Path, str]) -> None:
    rows = list(openpyxl.load_workbook(made[0] / "mapping.xlsx")["Participants"].iter_rows(values_only=True))
    label, group = rows[0].index("Label for reports"), rows[0].index("Group")
    assert Counter(row[group] for row in rows[1:]) == {"client": 5, "professional": 15}
    labels = [str(row[label]) for row in rows[1:]]
    assert labels[0] == "P01, client"
    assert labels[5] == "P06, psychologist"
    assert not [one for one in labels if one.rstrip().endswith(",")]
    text = "\n".join(
        str(cell) for row in openpyxl.load_workbook(made[0] / "summary.xlsx")["Overview"].values for cell in row
    )
    assert "client" in text
    assert "professional" in text


def test_the_demo_puzzles_nobody_with_codes_that_need_no_decision(made: tuple[Path, str]) -> None:
    assert "mapping-code-new" not in made[1]
    assert "every code is decided, nothing is wrong" in made[1]
