"""Each form that was met in real files is read as it should be, and given back byte for byte after enriching.

What should be read stands in each fixture's ``expected.toml``, written by people; see ``tests/fixtures/README.md``.
"""

import zipfile
from pathlib import Path

import pytest
from fixture_projects import expected, fixtures, made, reading

from qdpx_compassion.code_tree import CodeTree
from qdpx_compassion.enrich.projects import enrich_project, strip_project
from qdpx_compassion.errors import InputError
from qdpx_compassion.files.project_files import open_project_files
from qdpx_compassion.frameworks import load_framework
from qdpx_compassion.mapping.model import Mapping, MappingRow
from qdpx_compassion.refi.reader import read_project
from qdpx_compassion.refi.validation import schema_findings

FRAMEWORK = load_framework()
ALL = pytest.mark.parametrize("fixture", fixtures(), ids=lambda folder: folder.name)
READABLE = pytest.mark.parametrize(
    "fixture", [folder for folder in fixtures() if "error" not in expected(folder)], ids=lambda folder: folder.name
)


VALID = pytest.mark.parametrize(
    "fixture",
    [folder for folder in fixtures() if "schema" not in expected(folder).get("validate", ["schema"])],
    ids=lambda folder: folder.name,
)


def members(path: Path) -> dict[str, bytes]:
    """The files of a project, wherever it lies."""
    if path.is_dir():
        return {file.relative_to(path).as_posix(): file.read_bytes() for file in path.rglob("*") if file.is_file()}
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            return {info.filename: archive.read(info) for info in archive.infolist()}
    return {"": path.read_bytes()}


@ALL
def test_a_fixture_says_what_it_shows(fixture: Path) -> None:
    assert expected(fixture)["shows"]


@ALL
def test_a_fixture_is_read_as_it_should_be(fixture: Path, tmp_path: Path) -> None:
    golden = expected(fixture)
    project = made(fixture, tmp_path)
    if "error" in golden:
        with pytest.raises(InputError) as caught:
            read_project(project)
        assert caught.value.what == golden["error"]
        assert caught.value.remedy
    else:
        assert reading(project) == {key: golden[key] for key in golden if key != "shows"}


@READABLE
def test_a_fixture_comes_back_byte_for_byte(fixture: Path, tmp_path: Path) -> None:
    source = made(fixture, tmp_path)
    tree = CodeTree.of(read_project(source, texts=False))
    rows = [
        MappingRow(code.guid, code.path, {"emotional-resonance": True})
        for code in tree
        if not code.is_case and tree.by_key[code.key] is code
    ]
    suffix = source.suffix if source.suffix == ".qde" else ".qdpx"
    enriched, stripped = tmp_path / f"enriched{suffix}", tmp_path / f"stripped{suffix}"
    result = enrich_project(source, enriched, framework=FRAMEWORK, mapping=Mapping(tuple(rows)))
    strip_project(enriched, stripped)
    before = members(source)
    assert members(stripped) == before
    after = members(enriched)
    changed = {name for name in before if after[name] != before[name]}
    assert changed <= {name for name in before if name.endswith(".qde") or not name}
    if rows and "codings" in expected(fixture)["counts"]:
        assert result.added.codings


@VALID
def test_a_valid_fixture_stays_valid(fixture: Path, tmp_path: Path) -> None:
    source = made(fixture, tmp_path)
    codes = [code for code in CodeTree.of(read_project(source, texts=False)) if not code.is_case]
    mapping = Mapping(tuple(MappingRow(code.guid, code.path, {"acting-to-alleviate": True}) for code in codes))
    suffix = source.suffix if source.suffix == ".qde" else ".qdpx"
    enriched = tmp_path / f"enriched{suffix}"
    enrich_project(source, enriched, framework=FRAMEWORK, mapping=mapping)
    with open_project_files(enriched) as files:
        assert schema_findings(files.read(files.document)) == []
