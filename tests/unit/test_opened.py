"""A project in a notebook: the same numbers as in the workbook, from either program's file."""

from pathlib import Path

import pandas as pd
import pytest

import qdpx_compassion as qc

STUDY = Path(__file__).resolve().parents[2] / "sample_projects" / "values-study"
MAPPING = STUDY / "mapping.csv"


@pytest.fixture(scope="module", params=["nvivo", "atlasti"])
def project(request: pytest.FixtureRequest) -> qc.OpenedProject:
    return qc.open_project(STUDY / f"values-study-{request.param}.qdpx")


def test_participants_are_the_interviews_grouped_by_role(project: qc.OpenedProject) -> None:
    table = project.participants
    assert len(table) == 20
    assert table["group"].value_counts().to_dict() == {"professional": 15, "client": 5}


def test_quotations_say_who_said_what_and_what_it_expresses(project: qc.OpenedProject) -> None:
    quotations = project.quotations(MAPPING)
    heard = quotations[quotations["value"] == "Feeling heard and understood"]
    assert heard["participant"].nunique() == 11
    assert set(heard["element"]) == {("recognising-suffering", "emotional-resonance")}
    assert not quotations["quotation"].isna().any()


def test_both_programs_files_give_the_same_numbers() -> None:
    nvivo, atlasti = (qc.open_project(STUDY / f"values-study-{name}.qdpx") for name in ("nvivo", "atlasti"))
    for by, keys in (("value", ["path"]), (["construct", "group"], ["construct", "group"]), ("coder", ["coder"])):
        shown = [*keys, "participants", "quotations", "codings"]
        one, other = (opened.counts(by, MAPPING) for opened in (nvivo, atlasti))
        shown = [name for name in shown if name in one.columns]
        assert len(shown) >= 4
        one, other = (frame[shown].sort_values(shown).reset_index(drop=True) for frame in (one, other))
        pd.testing.assert_frame_equal(one, other, obj=str(by))


def test_counting_by_group_needs_no_mapping(project: qc.OpenedProject) -> None:
    counts = project.counts("group")
    assert dict(zip(counts["group"], counts["participants"], strict=True)) == {"professional": 15, "client": 5}


def test_a_group_that_the_project_does_not_have_is_refused(project: qc.OpenedProject) -> None:
    with pytest.raises(qc.QdpxError, match="Colour"):
        project.quotations(MAPPING, group="Colour")


def test_the_tables_of_the_standard(project: qc.OpenedProject) -> None:
    assert list(project.table("users")["name"].dropna()) != []
    assert project.table("selections")["start_position"].dtype == "Int64"


def test_public_names_exist_and_are_few() -> None:
    assert len(qc.__all__) <= 15
    assert all(hasattr(qc, name) for name in qc.__all__)
    with pytest.raises(AttributeError, match="no attribute"):
        qc.nothing  # noqa: B018


def test_a_project_says_what_it_is_in_a_line(project: qc.OpenedProject) -> None:
    assert repr(project).startswith(
        f"<values-study-{'nvivo' if 'nvivo' in project.name else 'atlasti'}.qdpx: 20 sources, "
    )
    assert len(repr(project)) < 100
