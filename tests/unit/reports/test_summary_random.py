"""Every report comes out whatever a project holds that follows the schema."""

from pathlib import Path
from typing import Literal

import docx
import openpyxl
import pytest
from documents import random_project
from docx.text.paragraph import Paragraph
from table_texts import markdown_tables

from qdpx_compassion.code_tree import CodeTree
from qdpx_compassion.files.project_files import open_project_files
from qdpx_compassion.frameworks import load_framework
from qdpx_compassion.mapping.model import Decisions
from qdpx_compassion.refi.reader import read_files
from qdpx_compassion.refi.texts import SourceTexts
from qdpx_compassion.reports.book import write_book
from qdpx_compassion.reports.paper_tables import plan_tables, write_latex, write_markdown
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
        write_book(tmp_path / f"{seed}.docx", summary)
        quoted = [one for one in docx.Document(str(tmp_path / f"{seed}.docx")).paragraphs if is_quote(one)]
        held_at = {
            (coding.place_id, coding.code_row, one)
            for coding in summary.codings
            if coding.counted
            for one in coding.constructs or ("",)
        }
        assert len(quoted) == len(held_at)
        write_markdown(tmp_path / f"{seed}.md", summary)
        shown = markdown_tables((tmp_path / f"{seed}.md").read_text(encoding="utf-8"))
        assert [len(rows) - 1 for rows in shown] == [len(table.rows) for table in plan_tables(summary)]
        write_latex(tmp_path / f"{seed}.tex", summary)


def is_quote(paragraph: Paragraph) -> bool:
    return paragraph.style is not None and paragraph.style.name == "Quote"
