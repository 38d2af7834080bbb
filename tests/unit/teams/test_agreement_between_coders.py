"""Agreement between coders: what is counted as a unit, what cannot be compared, and what the workbook shows."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner
from copies import copy_with
from small_projects import Small

from qdpx_compassion.agreement.coefficients import krippendorff_alpha
from qdpx_compassion.agreement.tallies import tally
from qdpx_compassion.cli.main import cli
from qdpx_compassion.errors import InputError, UsageError
from qdpx_compassion.frameworks import load_framework
from qdpx_compassion.refi.reader import read_project
from qdpx_compassion.teams.agreement import Agreement, Row, measure
from qdpx_compassion.teams.jobs import measure_agreement
from qdpx_compassion.teams.material import gather

SAMPLE = Path(__file__).resolve().parents[3] / "sample_projects" / "values-study"
PROJECT, MAPPING = SAMPLE / "values-study-nvivo.qdpx", SAMPLE / "mapping.csv"
TEXT = "0123456789" * 2


def project(*marks: tuple[str, str, tuple[int, int], str], texts: int = 2) -> Small:
    """Codings as (coder, source, place, code)."""
    small = Small()
    for number in range(texts):
        small.text(f"T{number}", TEXT)
    for by, source, place, code in marks:
        small.coding(source, place, code, by=by)
    return small


def measured(small: Small, folder: Path, **options: float) -> Agreement:
    return measure(gather(small.read(folder)), draws=0, **options)  # type: ignore[arg-type]


def row_of(found: Agreement, label: str, level: str, *coders: str) -> Row:
    wanted = coders or found.compared
    return next(row for row in found.rows if (row.label, row.level, row.coders) == (label, level, wanted))


def value(row: Row, name: str) -> float | None:
    return next(one.value for one in row.coefficients if one.name == name)


def reason(row: Row, name: str) -> str:
    return next(one.reason for one in row.coefficients if one.name == name)


BOTH = (
    ("Ana", "T0", (0, 10), "Trust"), ("Ben", "T0", (5, 10), "Trust"),
    ("Ana", "T1", (0, 4), "Hope"), ("Ben", "T1", (0, 4), "Trust"),
)  # fmt: skip


def test_presence_counts_sources(tmp_path: Path) -> None:
    row = row_of(measured(project(*BOTH), tmp_path), "Trust", "presence")
    assert (row.units, row.used, row.confusion) == (2, (1, 2), (1, 0, 1, 0))
    assert value(row, "percent agreement") == 0.5
    # Ana: 1 of 2, Ben: 2 of 2; by chance .5, so Cohen's kappa is 0
    assert value(row, "Cohen's kappa") == 0


def test_frequency_counts_places_in_a_source(tmp_path: Path) -> None:
    small = project(*BOTH, ("Ana", "T0", (12, 14), "Trust"))
    row = row_of(measured(small, tmp_path), "Trust", "frequency")
    assert (row.used, value(row, "percent agreement")) == ((2, 2), 0)


def test_text_counts_characters_with_and_without_what_nobody_marked(tmp_path: Path) -> None:
    found = measured(project(*BOTH), tmp_path)
    row = row_of(found, "Trust", "text")
    assert (row.units, row.used, row.confusion) == (40, (10, 9), (5, 5, 4, 26))
    marked = row_of(found, "Trust", "marked text")
    assert (marked.units, marked.confusion) == (14, (5, 5, 4, 0))
    assert value(marked, "percent agreement") == pytest.approx(5 / 14)


def test_fixed_units_are_marked_where_any_of_them_is(tmp_path: Path) -> None:
    row = row_of(measured(project(*BOTH), tmp_path, unit=5), "Trust", "text")
    assert (row.units, row.confusion) == (8, (1, 1, 1, 5))


def test_segments_agree_from_a_share_of_both_on(tmp_path: Path) -> None:
    small = project(*BOTH)
    strict = row_of(measured(small, tmp_path, overlap=0.8), "Trust", "overlap")
    assert (strict.units, value(strict, "percent agreement"), value(strict, "Brennan–Prediger")) == (3, 0, -1)
    half = row_of(measured(small, tmp_path, overlap=0.5), "Trust", "overlap")
    # two of three segments: (2/3 − 1/2) / (1/2)
    assert value(half, "percent agreement") == pytest.approx(2 / 3)
    assert value(half, "Brennan–Prediger") == pytest.approx(1 / 3)


def test_disagreements_stand_once_with_what_the_other_has_there(tmp_path: Path) -> None:
    found = measured(project(*BOTH), tmp_path)
    told = [
        (found.material.items[one.item].label, one.first.quotation, one.second and one.second.quotation, one.instead)
        for one in found.disagreements
    ]
    assert ("Trust", "0123456789", "56789", ()) in told  # one row for both halves
    assert ("Hope", "0123", None, ("Trust",)) in told
    assert ("Trust", "0123", None, ("Hope",)) in told
    assert len(told) == 3


def test_where_all_agree_kappa_says_why_it_is_not_defined(tmp_path: Path) -> None:
    marks = [(by, source, (0, 4), "Trust") for by in ("Ana", "Ben") for source in ("T0", "T1")]
    row = row_of(measured(project(*marks), tmp_path), "Trust", "presence")
    assert value(row, "percent agreement") == value(row, "Gwet's AC1") == 1
    for name in ("Cohen's kappa", "Fleiss' kappa", "Krippendorff's alpha"):
        assert (value(row, name), reason(row, name)) == (None, "undefined: nobody ever said no")


def test_three_coders_on_different_sources_are_compared_where_they_met(tmp_path: Path) -> None:
    small = project(
        ("Ana", "T0", (0, 4), "Trust"), ("Ben", "T0", (0, 4), "Trust"),
        ("Ben", "T1", (0, 4), "Trust"), ("Cem", "T1", (8, 12), "Trust"),
        ("Cem", "T2", (0, 4), "Trust"), texts=3,
    )  # fmt: skip
    found = measured(small, tmp_path)
    assert found.compared == ("Ana", "Ben", "Cem")
    assert row_of(found, "Trust", "presence").units == 2
    assert value(row_of(found, "Trust", "text", "Ana", "Ben"), "percent agreement") == 1
    assert value(row_of(found, "Trust", "overlap", "Ben", "Cem"), "percent agreement") == 0
    assert not any(row.coders == ("Ana", "Cem") for row in found.rows)
    told = " ".join(finding.message for finding in found.findings)
    assert "Ana and Cem coded no source in common." in told
    assert "1 source was coded by Cem alone; nothing in it can be compared." in told
    assert reason(row_of(found, "Trust", "presence"), "Fleiss' kappa") == "undefined: nobody ever said no"


def test_pairs_have_intervals_of_the_sources_that_they_share(tmp_path: Path) -> None:
    marks = [
        (by, f"T{source}", (0, 4 + source * (by == "Ben")), "Trust") for by in ("Ana", "Ben") for source in range(6)
    ]
    small = project(*marks, ("Cem", "T0", (0, 4), "Trust"), texts=6)
    found = measure(gather(small.read(tmp_path)), draws=200)
    pair, few = (row_of(found, "Trust", "text", *coders) for coders in (("Ana", "Ben"), ("Ana", "Cem")))
    alone = measure(gather(project(*marks, texts=6).read(tmp_path)), draws=200)
    assert pair.coefficients == row_of(alone, "Trust", "text").coefficients
    assert pair.coefficients[0].low is not None and few.coefficients[0].low is None


def test_copies_of_one_user_that_share_earlier_codings_have_no_guids_to_tell_of(tmp_path: Path) -> None:
    paths = []
    for name, more in (("anna", (8, 12)), ("ben", (8, 11))):
        path = tmp_path / f"{name}.qde"
        small = project(("Admin", "T0", (0, 4), "Trust"), ("Admin", "T1", (0, 4), "Trust"))
        small._number = 10 + len(name)  # what each added has GUIDs of its own
        small.coding("T0", more, "Trust", by="Admin")
        path.write_text(small.xml(), encoding="utf-8", newline="")
        paths.append(path)
    found = measure_agreement(paths)
    assert not [finding for finding in found.findings if finding.code.startswith("merge-")]
    assert row_of(found, "Trust", "frequency").used == (3, 3)


def test_a_code_that_one_coder_never_used_is_told(tmp_path: Path) -> None:
    found = measured(project(*BOTH), tmp_path)
    assert any("Ben never used 1 of the codes" in finding.message for finding in found.findings)
    assert value(row_of(found, "Hope", "text"), "Cohen's kappa") == 0


def test_one_coder_alone_and_coders_who_never_met_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="Only Ana coded"):
        measured(project(("Ana", "T0", (0, 4), "Trust")), tmp_path)
    with pytest.raises(InputError, match="no source was coded by two"):
        measured(project(("Ana", "T0", (0, 4), "Trust"), ("Ben", "T1", (0, 4), "Trust")), tmp_path)
    with pytest.raises(InputError, match="Nobody coded anything"):
        measured(project(), tmp_path)


# -- the framework ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def study() -> Agreement:
    return measure_agreement([PROJECT], mapping=MAPPING, draws=200)


def test_constructs_are_compared_after_mapping(study: Agreement) -> None:
    constructs = {
        row.item.key: row for row in study.rows if row.kind == "construct" and row.item and row.level == "text"
    }
    assert set(constructs) <= {one.id for one in load_framework().constructs}
    for row in constructs.values():
        alpha = next(one for one in row.coefficients if one.name == "Krippendorff's alpha")
        assert alpha.value is not None and alpha.low is not None and alpha.high is not None
        assert alpha.low <= alpha.value <= alpha.high


def test_characters_in_runs_give_the_alpha_of_single_characters(study: Agreement) -> None:
    row = row_of(study, "Tolerating discomfort", "text")
    item = next(number for number, one in enumerate(study.material.items) if one.label == "Tolerating discomfort")
    rows: list[tuple[int, int]] = []
    for text, length in study.material.lengths.items():
        marked: tuple[set[int], set[int]] = (set(), set())
        for mark in study.material.marks:
            if mark.item == item and mark.text == text and mark.start is not None and mark.end is not None:
                marked[mark.coder].update(range(mark.start, mark.end))
        rows += [(int(place in marked[0]), int(place in marked[1])) for place in range(length)]
    assert len(rows) == row.units
    assert krippendorff_alpha(tally(rows, 2)).value == pytest.approx(value(row, "Krippendorff's alpha"))


def test_elements_are_compared_as_sets_and_exclusive_dimensions_as_units(study: Agreement) -> None:
    named = {(row.dimension, row.coefficient.name) for row in study.dimensions}
    assert ("Elements of compassion", "alpha of sets (MASI)") in named
    assert {name for dimension, name in named if dimension == "Effect of technology"} == {
        "u-alpha", "|u-alpha", "cu-alpha",
    }  # fmt: skip
    assert any(name == "Cu-alpha" for _, name in named)
    assert ("Elements of compassion", "cu-alpha") not in named


def test_passages_with_two_answers_that_exclude_each_other_are_told(tmp_path: Path) -> None:
    small = project(
        ("Ana", "T0", (0, 10), "Good"), ("Ana", "T0", (5, 12), "Bad"), ("Ben", "T0", (0, 10), "Good"), texts=1
    )
    path = tmp_path / "small.qde"
    path.write_text(small.xml(), encoding="utf-8", newline="")
    mapping = tmp_path / "mapping.csv"
    mapping.write_text("code,construct,mark\nGood,enhances,yes\nBad,detracts,yes\n", encoding="utf-8")
    found = measure_agreement([path], mapping=mapping)
    (cu,) = [row.coefficient for row in found.dimensions if row.coefficient.name == "cu-alpha"]
    assert cu.value is None and "Ana marked passages that overlap" in cu.reason


# -- copies -----------------------------------------------------------------------------------------------------------


def test_copies_give_the_same_as_one_project_with_both_coders(tmp_path: Path, study: Agreement) -> None:
    one = next(read_project(PROJECT, texts=False).column("codings", "creating_user"))
    first = copy_with(PROJECT, tmp_path / "first.qdpx", lambda _, coding: coding["creating_user"] == one)
    second = copy_with(PROJECT, tmp_path / "second.qdpx", lambda _, coding: coding["creating_user"] != one)
    found = measure_agreement([second, first], mapping=MAPPING, draws=0)
    assert set(found.compared) == set(study.compared)
    for label in ("All codes together", "All constructs together"):
        for level in ("presence", "text", "marked text", "overlap"):
            ours, theirs = row_of(found, label, level), row_of(study, label, level)
            assert ours.units == theirs.units
            assert [one.value for one in ours.coefficients] == pytest.approx([one.value for one in theirs.coefficients])


def test_copies_by_one_user_are_told_apart_by_project(tmp_path: Path) -> None:
    paths = []
    for name, place in (("anna", (0, 10)), ("ben", (0, 8))):
        path = tmp_path / f"{name}.qde"
        path.write_text(project(("Admin", "T0", place, "Trust")).xml(), encoding="utf-8", newline="")
        paths.append(path)
    found = measure_agreement(paths)
    assert set(found.compared) == {"anna", "ben"}
    assert value(row_of(found, "Trust", "overlap"), "percent agreement") == 1
    with pytest.raises(InputError, match="Only Admin coded"):
        measure_agreement(paths, between="users")
    with pytest.raises(UsageError, match="only one project"):
        measure_agreement(paths[:1], between="projects")


# -- workbook and command line ----------------------------------------------------------------------------------------


def test_the_workbook_has_a_code_a_row_and_says_in_words_what_is_not_defined(tmp_path: Path) -> None:
    measure_agreement([PROJECT], tmp_path / "a.xlsx", mapping=MAPPING, draws=50)
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert book.sheetnames == [
        "About", "Codes", "Sources", "Frequency", "Text", "Marked text", "Segments", "Dimensions",
        "Disagreements", "Checks",
    ]  # fmt: skip
    cells = [cell for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row]
    assert "undefined: nobody ever said no" in cells
    assert not any(isinstance(cell, str) and cell.lower() in ("nan", "none", "inf") for cell in cells)
    assert [cell.value for cell in book["Disagreements"][1]][4:6] == ["Noor", "Teun"]
    codes = [row[0] for row in book["Codes"].iter_rows(min_row=2, values_only=True)]
    assert len(codes) == len(set(codes)) or codes.count("All codes together") == 1


def test_three_coders_have_rows_for_each_pair(tmp_path: Path) -> None:
    marks = [(by, "T0", (0, 4 + number), "Trust") for number, by in enumerate(("Ana", "Ben", "Cem"))]
    path = tmp_path / "small.qde"
    path.write_text(project(*marks).xml(), encoding="utf-8", newline="")
    measure_agreement([path], tmp_path / "a.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["Text"]
    assert [row[2] for row in sheet.iter_rows(min_row=4, values_only=True)] == [
        "all", "Ana – Ben", "Ana – Cem", "Ben – Cem",
    ]  # fmt: skip


def test_the_command_prints_json_without_nan(tmp_path: Path) -> None:
    run = CliRunner().invoke(cli, ["agreement", str(PROJECT), "--mapping", str(MAPPING), "--json"])
    assert run.exit_code == 0, run.output

    def refuse(name: str) -> None:
        raise AssertionError(name)

    told = json.loads(run.output, parse_constant=refuse)
    assert {row["level"] for row in told["agreement"]} == {"presence", "frequency", "text", "marked text", "overlap"}
    assert told["disagreements"][0]["marked_by"] in ("Noor", "Teun")


def test_the_command_tells_the_numbers_and_writes_once(tmp_path: Path) -> None:
    arguments = ["agreement", str(PROJECT), "-o", str(tmp_path / "a.xlsx")]
    run = CliRunner().invoke(cli, arguments)
    assert run.exit_code == 0, run.output
    assert "All codes together, presence" in run.output and "passages to talk over" in run.output
    again = CliRunner().invoke(cli, arguments)
    assert "exists already" in str(again.exception)
    assert CliRunner().invoke(cli, ["agreement"]).exit_code == 2


def test_where_all_agree_about_the_only_code_the_command_says_why_there_is_no_alpha(tmp_path: Path) -> None:
    path = tmp_path / "all.qde"
    marks = [(by, source, (0, 4), "Trust") for by in ("Ana", "Ben") for source in ("T0", "T1")]
    path.write_text(project(*marks).xml(), encoding="utf-8", newline="")
    run = CliRunner().invoke(cli, ["agreement", str(path)])
    told = " ".join(run.output.split())
    assert "Trust, presence: percent agreement 100.0%, Krippendorff's alpha undefined: nobody ever said no" in told
    assert "Trust, text: percent agreement 100.0%, Krippendorff's alpha 1.00" in told
