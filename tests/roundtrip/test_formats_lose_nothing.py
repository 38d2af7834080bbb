"""Promise 6: tables → a lossless format → the same tables, with the same files."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from format_cases import hard_content, media_bytes, random_content, stored

from qdpx_compassion.formats import Content, WriteOptions
from qdpx_compassion.formats.registry import by_id, infos
from qdpx_compassion.tables import TABLES
from qdpx_compassion.teams import diff_projects

ROOT = Path(__file__).resolve().parents[2]
REAL = ROOT.parent / "shared" / "real" / "nvivo-mac-20.5-zenodo-5703624.qdpx"
SAMPLES = sorted((ROOT / "sample_projects").glob("*/*.qdpx"))
TABULAR = ("xlsx", "csv", "csv-zip", "json", "sqlite", "parquet", "web-annotation")
#: Said of real and random projects whichever format they are read from.
OF_THE_PROJECT = {"guid-form", "reference-dangling"}


@pytest.fixture(params=TABULAR)
def format_id(request: pytest.FixtureRequest) -> Iterator[str]:
    if request.param == "parquet":
        pytest.importorskip("pyarrow", reason="pyarrow is not installed (qdpx-compassion[parquet])")
    yield request.param


def target_of(format_id: str, folder: Path) -> Path:
    return folder / f"tables{(*by_id(format_id).info.extensions, '')[0]}"


def check_comes_back(content: Content, format_id: str, folder: Path) -> None:
    chosen, target = by_id(format_id), target_of(format_id, folder)
    assert chosen.losses(content) == []
    assert chosen.write(content, target, WriteOptions()) == []
    assert chosen.recognises(target)
    with chosen.read(target) as again:
        check_same(content, again)


def check_same(content: Content, again: Content) -> None:
    assert stored(again.project) == stored(content.project)
    assert list(again.project.column("codings", "code_row")) == list(content.project.column("codings", "code_row"))
    assert media_bytes(again) == media_bytes(content)
    assert {finding.code for finding in again.project.findings} <= OF_THE_PROJECT
    assert again.project.dialect == content.project.dialect


@pytest.mark.parametrize("seed", range(8))
def test_random_projects_with_every_element_come_back(seed: int, format_id: str, tmp_path: Path) -> None:
    check_comes_back(random_content(seed, tmp_path, size=1 + seed % 3), format_id, tmp_path)


def test_texts_and_file_names_that_programs_like_to_change_come_back(format_id: str, tmp_path: Path) -> None:
    check_comes_back(hard_content(tmp_path), format_id, tmp_path)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_samples_come_back_with_their_files(sample: Path, format_id: str, tmp_path: Path) -> None:
    with by_id("qdpx").read(sample) as content:
        assert content.media
        check_comes_back(content, format_id, tmp_path)


def test_an_empty_project_comes_back(format_id: str, tmp_path: Path) -> None:
    path = tmp_path / "project.qde"
    path.write_text('<Project name="" xmlns="urn:QDA-XML:project:1.0"/>', encoding="utf-8")
    with by_id("qde").read(path) as content:
        check_comes_back(content, format_id, tmp_path)


def test_the_same_project_gives_the_same_bytes(format_id: str, tmp_path: Path) -> None:
    content = random_content(3, tmp_path)
    outputs = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        target = target_of(format_id, tmp_path / name)
        by_id(format_id).write(content, target, WriteOptions())
        files = sorted(target.rglob("*")) if target.is_dir() else [target]
        outputs.append([(file.name, file.read_bytes()) for file in files if file.is_file()])
    assert outputs[0] == outputs[1]


@pytest.mark.skipif(not REAL.exists(), reason="real exports are not beside the checkout (../shared/real)")
def test_a_real_export_comes_back(format_id: str, tmp_path: Path) -> None:
    with by_id("qdpx").read(REAL) as content:
        check_comes_back(content, format_id, tmp_path)


@pytest.mark.skipif(not REAL.exists(), reason="real exports are not beside the checkout (../shared/real)")
def test_a_real_export_comes_back_as_a_project(format_id: str, tmp_path: Path) -> None:
    target, again = target_of(format_id, tmp_path), tmp_path / "again.qdpx"
    with by_id("qdpx").read(REAL) as content:
        by_id(format_id).write(content, target, WriteOptions())
    with by_id(format_id).read(target) as content:
        assert by_id("qdpx").write(content, again, WriteOptions()) == []
    assert diff_projects(REAL, again).is_empty


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
@pytest.mark.parametrize("case", ["random", "hard", "sample"])
def test_a_workbook_that_libreoffice_saved_comes_back(case: str, tmp_path: Path) -> None:
    if case == "sample":
        with by_id("qdpx").read(SAMPLES[0]) as content:
            check_through_libreoffice(content, tmp_path)
        return
    check_through_libreoffice(hard_content(tmp_path) if case == "hard" else random_content(5, tmp_path), tmp_path)


def check_through_libreoffice(content: Content, folder: Path) -> None:
    excel, out = by_id("xlsx"), folder / "saved"
    excel.write(content, folder / "tables.xlsx", WriteOptions())
    arguments = [
        "soffice", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless",
        "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(out), str(folder / "tables.xlsx"),
    ]  # fmt: skip
    subprocess.run(arguments, check=True, capture_output=True, timeout=300)  # noqa: S603 (LibreOffice itself)
    if (folder / "tables_xlsx_files").exists():
        (folder / "tables_xlsx_files").rename(out / "tables_xlsx_files")
    with excel.read(out / "tables.xlsx") as again:
        check_same(content, again)


def test_every_format_that_says_that_it_loses_nothing_is_tested() -> None:
    refi = {"qdpx", "qdpx-folder"}
    assert {info.id for info in infos() if info.lossless} == {*TABULAR, *refi}


def test_every_table_and_column_is_written(format_id: str, tmp_path: Path) -> None:
    content = random_content(1, tmp_path)
    for name, table in TABLES.items():
        for column in table.columns:
            if not column.derived and not column.name.endswith("_written") and name != "project":
                values = list(content.project.column(name, column.name))
                assert any(value is not None for value in values), (name, column.name)
