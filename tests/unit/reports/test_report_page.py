"""The report page as a file: whole in itself, safe, the same each time; what it leaves out it says."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest
from command_line import FIRST_MAPPING, FIRST_STEPS, VALUES_MAPPING, VALUES_STUDY, run
from documents import random_project
from lxml import html
from small_projects import Small

from qdpx_compassion import open_project
from qdpx_compassion.code_tree import CodeTree
from qdpx_compassion.errors import OutputError
from qdpx_compassion.files.project_files import open_project_files
from qdpx_compassion.frameworks import load_framework
from qdpx_compassion.mapping.model import Decisions
from qdpx_compassion.refi.reader import read_files
from qdpx_compassion.refi.texts import SourceTexts
from qdpx_compassion.reports.page import browser, view, write_page
from qdpx_compassion.reports.page.rendering import percent, two_places
from qdpx_compassion.reports.page.view import View, level
from qdpx_compassion.reports.page.writing import embedded
from qdpx_compassion.study.summary import Options, summarise


def page_of(project: Small, folder: Path) -> str:
    (folder / "small.qde").write_text(project.xml(), encoding="utf-8")
    write_page(folder / "report.html", open_project(folder / "small.qde").summary(), force=True)
    return (folder / "report.html").read_text(encoding="utf-8")


def parsed(text: str) -> Any:
    return html.fromstring(text)


def coded(people: int, each: int) -> Small:
    project = Small()
    for person in range(people):
        sentences = [f"Sentence {number} of person {person}." for number in range(each)]
        project.text(f"P{person}", " ".join(sentences))
        for sentence in sentences:
            project.coding(f"P{person}", sentence, "Value")
    return project


def test_the_file_is_whole_in_itself_and_small(tmp_path: Path) -> None:
    ran = run("summarise", VALUES_STUDY, VALUES_MAPPING, "-o", tmp_path / "report.html")
    assert ran.code == 0, ran.err
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert len(text) < 2_000_000
    tree = parsed(text)
    assert tree.xpath("//@src | //link | //@style | //@onclick | //@onload") == []
    assert all(address.startswith("#") for address in tree.xpath("//@href"))
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids))


def test_quotations_stand_in_the_order_in_which_they_were_said(tmp_path: Path) -> None:
    project = Small()
    project.text("P1", "First this. Then that. And at last it.")
    project.text("P2", "Somebody else.")
    for words in ("And at last it.", "First this.", "Then that."):  # as people code, forth and back
        project.coding("P1", words, "Value")
    project.coding("P2", "Somebody", "Value")
    rows = json.loads(parsed(page_of(project, tmp_path)).xpath("//script[@id='data']")[0].text)["rows"]
    assert [row[1] for row in rows] == ["First this.", "Then that.", "And at last it.", "Somebody"]
    assert [row[0] for row in rows] == [1, 2, 3, 4]


def test_the_policy_allows_what_is_there_and_nothing_else(tmp_path: Path) -> None:
    text = page_of(coded(1, 1), tmp_path)
    policy = parsed(text).xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy and "require-trusted-types-for 'script'" in policy
    for kind in ("script", "style"):
        content = re.search(f"<{kind}>(.*?)</{kind}>", text, re.DOTALL)
        assert content is not None
        digest = base64.b64encode(hashlib.sha256(content[1].encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy


def test_the_same_project_gives_the_same_bytes(tmp_path: Path) -> None:
    pages = []
    for name in ("one.html", "two.html"):
        assert run("summarise", FIRST_STEPS, FIRST_MAPPING, "-o", tmp_path / name).code == 0
        pages.append((tmp_path / name).read_bytes())
    assert pages[0] == pages[1]


def test_an_existing_file_is_replaced_only_when_asked(tmp_path: Path) -> None:
    summary = open_project(FIRST_STEPS).summary()
    write_page(tmp_path / "report.html", summary)
    with pytest.raises(OutputError, match="exists"):
        write_page(tmp_path / "report.html", summary)
    write_page(tmp_path / "report.html", summary, force=True)


def test_data_cannot_end_its_element() -> None:
    data = ["</script><script>", "<!--", "&", "\u2028\u2029", "\ud800", "\x00", "היא"]
    text = embedded(data)
    assert not re.search("[<>&\u2028\u2029\ud800]", text)
    assert json.loads(text) == ["</script><script>", "<!--", "&", "\u2028\u2029", "\ufffd", "\x00", "היא"]


@pytest.mark.parametrize("color", ["#12345", "red", "#12345G", "#123456}", "url(x)", " #123456", "#123456\n", ""])
def test_only_a_colour_is_a_colour(color: str) -> None:
    seen = View(open_project(FIRST_STEPS).summary())
    assert seen.swatch(color) == "" and seen.colors == {}
    name = seen.swatch("#AbCdEf")
    assert seen.colors == {name: "#abcdef"}


@pytest.mark.parametrize(
    "part,text", [(0.125, "13"), (0.145, "15"), (0.005, "1"), (1 / 3, "33"), (2 / 3, "67"), (1.0, "100"), (0.0, "0")]
)
def test_percentages_are_rounded_as_a_spreadsheet_does(part: float, text: str) -> None:
    assert percent(part) == f"{text}\u202f%"
    assert percent(None) == "" and two_places(0.005) == "0.01"


def test_the_largest_count_has_the_deepest_colour() -> None:
    assert [level(number, 40) for number in (0, 1, 8, 20, 40)] == [0, 1, 1, 2, 5]


def test_with_too_many_quotations_nobody_is_left_out_and_the_page_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(browser, "MOST", 7)
    (tmp_path / "small.qde").write_text(coded(3, 5).xml(), encoding="utf-8")
    summary = open_project(tmp_path / "small.qde").summary()
    findings = write_page(tmp_path / "report.html", summary)
    assert [finding.code for finding in findings] == ["page-left-out"]
    assert "7 of 15 quotations" in findings[0].message and "workbook has all" in findings[0].message
    tree = parsed((tmp_path / "report.html").read_text(encoding="utf-8"))
    data = json.loads(tree.xpath("//script[@id='data']")[0].text)
    people = [data["names"]["participants"][row[5]] for row in data["rows"]]
    assert people == ["P0", "P0", "P0", "P1", "P1", "P2", "P2"]
    assert [row[1] for row in data["rows"]][:2] == ["Sentence 0 of person 0.", "Sentence 1 of person 0."]
    notice = " ".join(tree.xpath("string(//section[@id='quotations']//p[@class='notice'])").split())
    assert notice.startswith("This page holds 7 of 15 quotations") and "-o summary.xlsx" in notice
    assert "7 of 15 quotations" in tree.xpath("string(//section[@id='checks'])")
    assert "7 of 15 quotations" in tree.xpath("string(//section[@id='about'])")


def test_long_tables_and_quotations_are_cut_and_the_page_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(view, "ROWS", 3)
    monkeypatch.setattr(browser, "LONGEST", 20)
    project = coded(1, 1)
    for number in range(5):
        project.text(f"Q{number}", f"Word{number} and more")
        project.coding(f"Q{number}", f"Word{number}", f"Value {number}")
    text = page_of(project, tmp_path)
    tree = parsed(text)
    assert len(tree.xpath("//section[@id='values']//tbody/tr")) == 3
    checks = tree.xpath("string(//section[@id='checks'])")
    assert "Values: the page holds the first 3 of 6 rows. The workbook has all." in checks
    assert "1 quotation is longer than 20 characters" in checks
    rows = json.loads(tree.xpath("//script[@id='data']")[0].text)["rows"]
    assert rows[0][1] == "Sentence 0 of perso…"


def test_a_place_is_one_quotation_also_where_each_coder_counts(tmp_path: Path) -> None:
    project = coded(1, 1)
    for coder in ("Ana", "Ben"):
        project.coding("P0", "Sentence 0 of person 0.", "Other", by=coder)
    (tmp_path / "small.qde").write_text(project.xml(), encoding="utf-8")
    summary = open_project(tmp_path / "small.qde").summary(options=Options(coders="each"))
    write_page(tmp_path / "report.html", summary)
    tree = parsed((tmp_path / "report.html").read_text(encoding="utf-8"))
    data = json.loads(tree.xpath("//script[@id='data']")[0].text)
    assert dict(summary.facts)["Codings"] == 3
    assert [row[1] for row in data["rows"]] == ["Sentence 0 of person 0."]
    assert [data["names"]["coders"][one] for one in data["rows"][0][7]] == ["Ana", "Ben"]


@pytest.mark.parametrize("size", [0, 1, 3])
def test_random_projects_have_a_page(tmp_path: Path, size: int) -> None:
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
                decisions=Decisions(framework.id, held) if seed % 3 else None,
                participants="sources" if seed % 2 else None,
                texts=SourceTexts(files, project),
                options=Options(coders="each" if seed % 2 else "once"),
            )
            write_page(tmp_path / f"{seed}.html", summary)
        tree = parsed((tmp_path / f"{seed}.html").read_text(encoding="utf-8"))
        assert len(tree.xpath("//section")) >= 9
