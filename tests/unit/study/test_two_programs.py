"""The same study from two programs gives the same quotations and the same numbers."""

from pathlib import Path
from typing import Any

import pytest

from qdpx_compassion.code_tree import CodeTree
from qdpx_compassion.files.project_files import open_project_files
from qdpx_compassion.frameworks import load_framework
from qdpx_compassion.mapping.reading import read_mapping
from qdpx_compassion.mapping.resolve import resolve
from qdpx_compassion.refi.reader import read_files
from qdpx_compassion.refi.texts import SourceTexts
from qdpx_compassion.study.summary import Summary, summarise

SAMPLE = Path(__file__).resolve().parents[3] / "sample_projects" / "values-study"


def summary_of(program: str) -> Summary:
    framework = load_framework()
    with open_project_files(SAMPLE / f"values-study-{program}.qdpx") as files:
        project = read_files(files)
        mapping, _ = read_mapping(SAMPLE / "mapping.csv", framework)
        decisions, _ = resolve(mapping, framework, CodeTree.of(project))
        return summarise(project, framework=framework, decisions=decisions, texts=SourceTexts(files, project))


@pytest.fixture(scope="module")
def both() -> tuple[Summary, Summary]:
    return summary_of("nvivo"), summary_of("atlasti")


def rows(table: Any, name: str) -> list[dict[str, Any]]:
    unlike = [
        column for column in ("code_row", "codes", "guid", "color", "level", "codable") if column in table.columns
    ]
    return sorted(table.drop(columns=unlike).astype(object).to_dict("records"), key=lambda row: str(row[name]))


def test_quotations_are_the_same(both: tuple[Summary, Summary]) -> None:
    found = [
        sorted((" ".join((row.quotation or "").split()), row.path, row.constructs, row.group) for row in one.codings)
        for one in both
    ]
    assert found[0] == found[1]
    assert len(found[0]) > 300


def test_all_numbers_are_the_same(both: tuple[Summary, Summary]) -> None:
    nvivo, atlasti = both
    assert nvivo.facts == atlasti.facts
    assert nvivo.participants.sizes == atlasti.participants.sizes == {"": 20, "client": 5, "professional": 15}
    assert rows(nvivo.values, "path") == rows(atlasti.values, "path")
    assert rows(nvivo.constructs, "construct") == rows(atlasti.constructs, "construct")
    assert rows(nvivo.themes, "theme") == rows(atlasti.themes, "theme")
    assert rows(nvivo.codebook, "path") == rows(atlasti.codebook, "path")


def test_what_meets_is_the_same(both: tuple[Summary, Summary]) -> None:
    found = []
    for one in both:
        path = dict(zip(one.codebook["code_row"], one.codebook["path"], strict=True))
        pairs = {frozenset((path[a], path[b])): number for (a, b), number in one.cooccurrence.pairs.items() if number}
        effects = sorted((e.construct, e.met, tuple(sorted(e.codes))) for e in one.effects["technology-effect"])
        found.append((pairs, effects))
    assert found[0] == found[1]


def test_coders_agree_alike_and_interviews_bring_the_same_new_values(both: tuple[Summary, Summary]) -> None:
    nvivo, atlasti = both
    assert {(one.value, one.percent, one.kappa) for one in nvivo.agreement} == {
        (one.value, one.percent, one.kappa) for one in atlasti.agreement
    }
    assert [(set(step.new), step.so_far) for step in nvivo.saturation] == [
        (set(step.new), step.so_far) for step in atlasti.saturation
    ]


def test_the_pattern_is_that_of_the_study_that_it_follows(both: tuple[Summary, Summary]) -> None:
    values = both[0].values
    by_client = values.sort_values("participants: client", ascending=False, kind="stable")
    assert by_client["value"].iloc[0] == "Feeling heard and understood"
    by_professional = values.sort_values("participants: professional", ascending=False, kind="stable")
    assert set(by_professional["value"].head(3)) == {"Helping people", "Personalisation", "Offering transparency"}
