"""The filled mapping workbook of the values study says what its readable decisions say."""

import zipfile
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

from qdpx_compassion.api import check_mapping
from qdpx_compassion.enrich.projects import enrich_project
from qdpx_compassion.findings import Severity
from qdpx_compassion.frameworks import load_framework
from qdpx_compassion.mapping.reading import read_mapping

STUDY = Path(__file__).resolve().parents[3] / "sample_projects" / "values-study"


def members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_it_is_built_from_the_readable_decisions(tmp_path: Path) -> None:
    spec = spec_from_file_location("values_study_build", STUDY / "build.py")
    assert spec is not None and spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    module.fill_mapping(tmp_path / "mapping.xlsx")
    assert members(tmp_path / "mapping.xlsx") == members(STUDY / "mapping.xlsx")


@pytest.mark.parametrize("program", ["nvivo", "atlasti"])
def test_it_fits_both_programs_projects_and_decides_the_same(program: str, tmp_path: Path) -> None:
    project, framework = STUDY / f"values-study-{program}.qdpx", load_framework()
    errors = [f.code for f in check_mapping(project, STUDY / "mapping.xlsx") if f.severity is Severity.ERROR]
    # The people's GUIDs are those of the NVivo project; its codes are found in the other one by their paths.
    assert set(errors) == (set() if program == "nvivo" else {"mapping-participant"})
    added = []
    for name in ("mapping.csv", "mapping.xlsx"):
        mapping, _ = read_mapping(STUDY / name, framework)
        added.append(enrich_project(project, None, framework=framework, mapping=mapping).added.codings)
    assert added[0] == added[1]
    assert added[0].total() > 300
