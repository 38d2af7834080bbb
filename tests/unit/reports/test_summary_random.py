"""A workbook comes out whatever a project holds that follows the schema."""

from pathlib import Path
from typing import Literal

import openpyxl
import pytest
from documents import random_project

from qdpx_compassion.code_tree import CodeTree
from qdpx_compassion.files.project_files import open_project_files
from qdpx_compassion.frameworks import load_framework
from qdpx_compassion.mapping.model import Decisions
from qdpx_compassion.refi.reader import read_files
from qdpx_compassion.refi.texts import SourceTexts
from qdpx_compassion.reports.workbook import Options, summarise, write_summary


@pytest.mark.parametrize("size", [0, 1, 3])
@pytest.mark.parametrize("rows", ["coding", "quotation"])
def test_random_projects_are_summarised(tmp_path: Path, size: int, rows: Literal["coding", "quotation"]) -> None:
    framework = load_framework()
    constructs = [construct.id for construct in framework.constructs]
    for seed in range(4):
        path = tmp_path / f"{seed}.qde"
        path.write_bytes(random_project(seed, size))
        with open_project_files(path) as files:
            project = read_files(files)
            held: dict[str, tuple[str, ...]] = {
                code.key: (constructs[code.row % len(constructs)],) for code in CodeTree.of(project) if code.row % 3
            }
            summary = summarise(
                project,
                framework=framework,
                decisions=Decisions(framework.id, held),
                participants="sources" if seed % 2 else None,
                texts=SourceTexts(files, project),
                options=Options(rows=rows, coders="each" if seed % 2 else "once", indicators=True),
            )
            assert write_summary(tmp_path / f"{seed}.xlsx", summary) is not None
        openpyxl.load_workbook(tmp_path / f"{seed}.xlsx", read_only=True).close()
