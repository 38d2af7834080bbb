"""The paper's tables: what stands in them, and that Markdown and LaTeX print every text as it is."""

import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from command_line import FIRST_MAPPING, FIRST_STEPS, VALUES_MAPPING, VALUES_STUDY, run
from hypothesis import example, given
from hypothesis import strategies as st
from table_texts import latex_text, markdown_tables

from qdpx_compassion.errors import OutputError
from qdpx_compassion.opened import OpenedProject
from qdpx_compassion.refi.reader import read_project
from qdpx_compassion.reports.paper_tables import PaperTable, latex, markdown, plan_tables, write_latex, write_markdown
from qdpx_compassion.reports.paper_tables.table import Column, Part, Row, one_line
from qdpx_compassion.study.summary import Summary

NASTY = [
    "<script>alert(1)</script> <b>x</b> &amp; &#65;",
    "a | b || c \\| d \\\\ end\\",
    "**bold** _it_ `code` ~~no~~ [x](javascript:alert(1)) ![i](http://x/y.png) <http://x> #1 $x^2$ @me",
    "http://example.org www.example.org :smile: 10:30 -- --- - \"q\" ''x'' ,,y``",
    r"\input{/etc/passwd} \write18{rm} ^^41 %comment {open }close & $a_b$ #1 ~ \verb|x| \\[2em] [x] *",
    "[x]", "*", "line\none\r\ntwo\ttab", "שלום, 12 NVivo مرحبا!", "control \x00\x1b\x7f end",
    "turned \u202eover\u202c", "soft\u00adhyphen nbsp\u00a0x", "🙂 e\u0301 ligatures fi ff",
]  # fmt: skip


def summary_of(path: Path, mapping: Path | None = None) -> Summary:
    read = read_project(path)
    project = OpenedProject(read.rows, read.dialect, read.findings, read.name, read.positions, path=path)
    return project.summary(mapping)


@pytest.fixture(scope="module")
def values_study() -> Summary:
    return summary_of(VALUES_STUDY, VALUES_MAPPING)


def renamed(summary: Summary) -> Summary:
    """The summary with nasty names of values, groups, themes and of the project."""
    values, codebook = summary.values.copy(), summary.codebook.copy()
    names = {row: NASTY[number % len(NASTY)] for number, row in enumerate(values["code_row"])}
    for frame in (values, codebook):
        frame["value"] = [names.get(row, value) for row, value in zip(frame["code_row"], frame["value"], strict=True)]
    themes = summary.themes.copy()
    themes["theme"] = [NASTY[number % len(NASTY)] for number in range(len(themes))]
    return replace(summary, values=values, codebook=codebook, themes=themes, project_name=NASTY[0] + NASTY[4])


def plain(text: str) -> str:
    """What a cell shows of a text, and TeX of it: composed, without characters that have no width."""
    import unicodedata

    return re.sub("[\u200b\ufeff]", "", unicodedata.normalize("NFC", one_line(text)))


@given(st.text())
@example("\\")
@example("--''[")
@example("\\righttoleft{x}")
def test_latex_prints_every_text_as_it_is(text: str) -> None:
    escaped = latex.escape(text)
    assert latex_text(escaped).replace("~", " ") == plain(text).replace("~", " ").replace("\u00a0", " ")
    assert not re.search("--|''|,,|\n", escaped)


@given(st.text())
@example("www.x.org :+1: http://x")
@example("\\|")
def test_markdown_prints_every_text_as_it_is(text: str) -> None:
    rows = markdown_tables(f"| a | b |\n| --- | --- |\n| x{markdown.escape(text)}x | end |\n")
    assert rows == [[["a", "b"], [f"x{one_line(text)}x", "end"]]]


def test_names_that_look_like_markup_are_names(tmp_path: Path, values_study: Summary) -> None:
    summary = renamed(values_study)
    write_markdown(tmp_path / "t.md", summary)
    write_latex(tmp_path / "t.tex", summary)
    tables = plan_tables(summary)
    shown = markdown_tables((tmp_path / "t.md").read_text(encoding="utf-8"))
    assert [len(rows) - 1 for rows in shown] == [len(table.rows) for table in tables]
    values = next(number for number, table in enumerate(tables) if table.name == "values")
    assert {one_line(name) for name in NASTY} <= {row[0] for row in shown[values]}
    assert "<script" not in (tmp_path / "t.md").read_text(encoding="utf-8")
    tex = (tmp_path / "t.tex").read_text(encoding="utf-8")
    assert "\\input" not in tex and "\\write18" not in tex


def test_every_row_of_latex_has_as_many_cells_as_its_table_has_columns(tmp_path: Path, values_study: Summary) -> None:
    write_latex(tmp_path / "t.tex", renamed(values_study))
    source = (tmp_path / "t.tex").read_text(encoding="utf-8")
    tables = re.findall(r"\\begin\{longtable\}\{([^\n]*)\}\n(.*?)\\end\{longtable\}", source, re.DOTALL)
    assert len(tables) == len(plan_tables(values_study))
    for columns, body in tables:
        for line in body.split("\n"):
            if line.endswith(r" \\"):
                assert len(re.findall(r"(?<!\\)&", line)) == columns.count(r"\linewidth") - 1, line
    assert source.count("\\begin{") == source.count("\\end{")


@pytest.mark.parametrize("engine", ["pdflatex", "lualatex", "xelatex"])
def test_it_compiles(tmp_path: Path, values_study: Summary, engine: str) -> None:
    if shutil.which(engine) is None:
        pytest.skip(f"{engine} is not installed")
    write_latex(tmp_path / "t.tex", renamed(values_study))
    command = [engine, "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "t.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)  # noqa: S603
    assert done.returncode == 0, done.stdout.decode("utf-8", "replace")[-2000:]
    assert (tmp_path / "t.pdf").stat().st_size > 10_000


def test_letters_that_pdflatex_lacks_are_told(tmp_path: Path, values_study: Summary) -> None:
    assert write_latex(tmp_path / "a.tex", values_study) == []
    (finding,) = write_latex(tmp_path / "b.tex", renamed(values_study))
    assert (finding.code, "LuaLaTeX" in finding.message) == ("tex-letters", True)
    assert "\\standin" not in (tmp_path / "a.tex").read_text(encoding="utf-8")
    assert "\\standin{ש}{05E9}" in (tmp_path / "b.tex").read_text(encoding="utf-8")


def test_the_tables_of_a_paper(values_study: Summary) -> None:
    names = [table.name for table in plan_tables(values_study)]
    assert names == [
        "participants", "overview-element", "values", "definitions-element", "effects-technology-effect",
        "themes-organisational-fit", "cooccurrence-elements", "cooccurrence-values",
    ]  # fmt: skip


def test_without_a_mapping_there_are_values_and_what_meets() -> None:
    tables = {table.name: table for table in plan_tables(summary_of(VALUES_STUDY))}
    assert list(tables) == ["participants", "values", "cooccurrence-values"]
    assert not any(row.below for row in tables["values"].rows)


def test_a_project_without_codings_has_a_table_of_its_participants(tmp_path: Path) -> None:
    summary = summary_of(FIRST_STEPS)
    empty = replace(summary, codings=[], values=summary.values.assign(codings=0))
    write_markdown(tmp_path / "t.md", empty)
    write_latex(tmp_path / "t.tex", empty)
    assert [table.name for table in plan_tables(empty)] == ["participants"]


def test_percentages_are_rounded_as_spreadsheets_do() -> None:
    assert [str(part) for part in (Part(1, 8), Part(0, 5), Part(5, 5), Part(1_200, 3_600), Part(0, 0))] == [
        "1 (13%)", "0 (0%)", "5 (100%)", "1,200 (33%)", "0",
    ]  # fmt: skip


def test_a_notebook_shows_a_table_without_running_its_text() -> None:
    columns = (Column("<i>Value</i>", number=False), Column("n"))
    table = PaperTable("t", "<b>Caption</b>", columns, (Row(("<script>x</script>", 1_200)),), "a & b")
    html = table._repr_html_()
    assert "<script>" not in html
    assert "<b>" not in html
    assert "&lt;script&gt;" in html
    assert "1,200" in html
    assert list(table.frame()["n"]) == ["1,200"]
    assert "1,200" in str(table)


@pytest.mark.parametrize("name", ["tables.md", "tables.tex"])
def test_the_same_input_gives_the_same_bytes_and_nothing_is_written_over(tmp_path: Path, name: str) -> None:
    target = tmp_path / name
    ran = run("summarise", FIRST_STEPS, FIRST_MAPPING, "-o", target)
    assert (ran.code, ran.err) == (0, "")
    first = target.read_bytes()
    assert run("summarise", FIRST_STEPS, FIRST_MAPPING, "-o", target).code == 1
    assert run("summarise", FIRST_STEPS, FIRST_MAPPING, "-o", target, "--force").code == 0
    assert target.read_bytes() == first
    write = write_markdown if name.endswith("md") else write_latex
    with pytest.raises(OutputError):
        write(target, summary_of(FIRST_STEPS))
