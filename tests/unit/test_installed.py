"""How packages are added beside the program: the way that it was installed itself."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from qdpx_compassion import installed

PLACES = {
    "pipx": ("pipx_metadata.json", "{}"),
    "uv": (
        "uv-receipt.toml",
        '[tool]\nrequirements = [{ name = "qdpx-compassion", directory = "C:/x" }, { name = "pypdf" }]\n',
    ),
}


REQUIRES = (
    "click>=8.1.7",
    "networkx>=3.2; extra == 'graph'",
    "dask[dataframe,distributed]>=2024.9; extra == 'dask'",
    'duckdb>=1.1; extra == "dask"',
    'duckdb>=1.1; extra == "corpus"',
    'pebble>=5.0.7; extra == "corpus"',
)


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """None of the extras is there."""
    monkeypatch.setattr(installed, "version_of", lambda _: "")
    monkeypatch.setattr("importlib.metadata.requires", lambda _: list(REQUIRES))


def _installed_with(way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name, content = PLACES[way]
    (tmp_path / name).write_text(content, encoding="utf-8")
    monkeypatch.setattr(sys, "prefix", str(tmp_path))


@pytest.mark.usefixtures("bare")
def test_pipx_injects(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _installed_with("pipx", tmp_path, monkeypatch)
    assert installed.how_to_add(extra="graph") == "Add it: pipx inject qdpx-compassion networkx"


@pytest.mark.usefixtures("bare")
def test_uv_names_again_what_was_added_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _installed_with("uv", tmp_path, monkeypatch)
    said = installed.how_to_add(extra="graph")
    assert said == "Add it: uv tool install --with pypdf --with networkx qdpx-compassion"


@pytest.mark.usefixtures("bare")
def test_extras_of_packages_are_quoted_for_the_shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _installed_with("pipx", tmp_path, monkeypatch)
    said = installed.how_to_add(extra="dask")
    assert said == 'Add it: pipx inject qdpx-compassion "dask[dataframe,distributed]" duckdb'


@pytest.mark.usefixtures("bare")
def test_only_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installed, "version_of", lambda name: "" if name == "pebble" else "1.0")
    assert installed.how_to_add(extra="corpus").endswith("install pebble")


def test_one_file_takes_nothing_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert "takes no more packages" in installed.how_to_add("s3fs")


def test_a_package_of_no_extra_is_added_alike() -> None:
    assert installed.how_to_add("s3fs") == "Add it: python -m pip install s3fs"


def test_no_message_sends_people_to_a_package_index_for_this_program() -> None:
    """Who has the program from a folder or a wheel gets a stranger's package, or none, under its name."""
    package = Path(installed.__file__).parent
    for file in package.rglob("*.py"):
        assert not re.search(r"pip install .{0,3}qdpx-compassion", file.read_text(encoding="utf-8")), file


def test_asking_is_cheap() -> None:
    program = "import sys, qdpx_compassion.installed; sys.exit(any(m in sys.modules for m in ('click', 'pandas')))"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0  # noqa: S603
