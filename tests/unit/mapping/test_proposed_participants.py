"""Who the mapping workbook proposes as participants."""

from pathlib import Path
from typing import Any

import openpyxl

from qdpx_compassion.api import enrich, new_mapping
from qdpx_compassion.frameworks import load_framework

STUDY = Path(__file__).resolve().parents[3] / "sample_projects" / "values-study"
FRAMEWORK = """\
id = "care"
version = "1.0"
title = "Care"
description = "Another framework."
citation = "Nobody (2020)"

[[dimension]]
id = "kind"
title = "Kind of care"
question = "Which?"

[[dimension.construct]]
id = "warm"
name = "Role: warm"
definition = "Warm."
color = "#44AA99"

[[dimension.construct]]
id = "cold"
name = "Role: cold"
definition = "Cold."
color = "#CC6677"
"""


def proposed(project: Path, target: Path) -> list[tuple[Any, ...]]:
    new_mapping(project, target)
    return list(openpyxl.load_workbook(target)["Participants"].iter_rows(values_only=True))


def test_a_project_enriched_with_another_framework_proposes_the_same_participants(tmp_path: Path) -> None:
    project = STUDY / "values-study-atlasti.qdpx"
    (tmp_path / "care.toml").write_text(FRAMEWORK, encoding="utf-8")
    (tmp_path / "care.csv").write_text("code,construct,mark\nValues,warm,x\n", encoding="utf-8")
    framework = load_framework(tmp_path / "care.toml")
    enrich(project, tmp_path / "care.csv", tmp_path / "enriched.qdpx", framework=framework)
    before = proposed(project, tmp_path / "before.xlsx")
    assert proposed(tmp_path / "enriched.qdpx", tmp_path / "after.xlsx") == before
