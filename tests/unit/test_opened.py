"""A project in a notebook: the same numbers as in the workbook, from either program's file."""

import subprocess
import sys
import zipfile
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest

import qdpx_compassion as qc
from qdpx_compassion.study.frames import CODES

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
    assert len(qc.__all__) <= 17
    assert set(qc.__all__) <= set(dir(qc))
    assert all(hasattr(qc, name) for name in qc.__all__)
    with pytest.raises(AttributeError, match="no attribute"):
        qc.nothing  # noqa: B018


def test_a_project_says_what_it_is_in_a_line(project: qc.OpenedProject) -> None:
    assert repr(project).startswith(
        f"<values-study-{'nvivo' if 'nvivo' in project.name else 'atlasti'}.qdpx: 20 sources, "
    )
    assert len(repr(project)) < 100


def test_codes_sources_and_coders_are_tables_with_what_was_coded(project: qc.OpenedProject) -> None:
    codes = project.codes
    assert list(codes.columns) == list(CODES)
    assert len(codes) == len(project.rows["codes"])
    assert codes["codings"].sum() == project.sources["codings"].sum() == len(project.rows["codings"])
    heard = codes[codes["path"] == "Values > Being met > Feeling heard and understood"]
    quotations = project.quotations()
    assert (
        heard["sources"].item() == quotations[quotations["value"] == "Feeling heard and understood"]["source"].nunique()
    )
    assert not codes["is_framework"].any()
    assert project.sources["name"].notna().all()
    assert len(project.sources) == 20
    assert {"Noor", "Teun"} <= set(project.coders["name"])
    assert project.coders["codings"].sum() == len(project.rows["codings"])


def test_brief_quotations_are_those_that_count_with_constructs_by_name(project: qc.OpenedProject) -> None:
    brief = project.quotations(MAPPING, brief=True)
    assert len(brief) == project.quotations(MAPPING)["counted"].sum()
    assert {"participant", "group", "value", "quotation", "Elements of compassion"} <= set(brief.columns)
    named = brief["Elements of compassion"].str.split("; ").explode()
    assert set(named) - {""} == {one.name for one in qc.load_framework().dimensions[0].constructs}
    assert "Elements of compassion" not in project.quotations(brief=True).columns


def test_a_notebook_shows_a_project_as_text_whatever_it_is_called(project: qc.OpenedProject) -> None:
    codings = len(project.rows["codings"])
    assert f"<td style='text-align: left'>{codings}</td>" in project._repr_html_()
    named = qc.OpenedProject(project.rows, name="<script>alert(1)</script>")
    assert "<script>" not in named._repr_html_()


def test_a_project_is_enriched_and_saved(project: qc.OpenedProject, tmp_path: Path) -> None:
    enriched = qc.enrich(project, MAPPING)
    assert enriched.path is None
    assert "not saved yet" in repr(enriched)
    assert list(tmp_path.iterdir()) == []
    assert enriched.codings["codings"].sum() == enriched.added.counts["codings"] > 500
    target = tmp_path / "enriched.qdpx"
    assert enriched.save(target) is enriched
    assert "written to enriched.qdpx" in repr(enriched)
    assert qc.open(target).codes["is_framework"].sum() == 13
    at_once = tmp_path / "at-once.qdpx"
    assert qc.enrich(project.path, MAPPING, at_once).path == at_once
    assert _document(target) == _document(at_once)
    with pytest.raises(qc.QdpxError, match="exists already"):
        enriched.save(target)
    for_atlasti = tmp_path / "for-atlasti.qdpx"
    enriched.save(for_atlasti, program="atlasti")
    assert _document(for_atlasti) != _document(target)


def _document(path: Path) -> bytes:
    with zipfile.ZipFile(path) as archive:
        return next(archive.read(name) for name in archive.namelist() if name.endswith(".qde"))


def test_an_opened_project_goes_wherever_a_path_goes(project: qc.OpenedProject, tmp_path: Path) -> None:
    assert qc.open(project) is project
    qc.new_mapping(project, tmp_path / "mapping.xlsx")
    qc.update_mapping(project, MAPPING, tmp_path / "filled.xlsx")
    assert not [one for one in qc.check_mapping(project, tmp_path / "filled.xlsx") if one.severity == "error"]
    qc.summarise(project, tmp_path / "summary.xlsx", mapping=MAPPING)
    qc.enrich(project, MAPPING, tmp_path / "enriched.qdpx")
    qc.strip(qc.open(tmp_path / "enriched.qdpx"), tmp_path / "stripped.qdpx")
    assert _document(tmp_path / "stripped.qdpx") == _document(project.path)


def test_the_function_is_found_after_the_folder_of_its_name_was_imported() -> None:
    from qdpx_compassion.enrich.adding import Adder

    assert Adder.__module__ == "qdpx_compassion.enrich.adding"
    assert not isinstance(qc.enrich, ModuleType)


def test_importing_the_package_imports_nothing_else() -> None:
    code = "import sys, qdpx_compassion as qc; qc.__version__; print(*sorted(n for n in sys.modules if 'qdpx' in n))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)  # noqa: S603
    assert done.stdout.split() == ["qdpx_compassion", "qdpx_compassion.version"]
