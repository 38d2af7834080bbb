"""Names of files in a QualCoder project are names on every system, whatever a source's file is called."""

import zipfile
from pathlib import Path

import pytest
from small_project import document

from qdpx_compassion.api import convert
from qdpx_compassion.formats.tabular import safe_name

PICTURE = '<PictureSource guid="55555555-0000-4000-8000-00000000000{}" name="A tree" path="internal://{}"/>'


@pytest.mark.parametrize("name", ["file.txt:evil", "con.png", " .png", "a.b:c.jpg", "tree.png. "])
def test_a_file_gets_a_name_that_every_system_allows(name: str, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "p.qdpx", "w") as archive:
        archive.writestr("project.qde", document(sources=PICTURE.format(1, name)))
        archive.writestr(f"sources/{name}", b"\x89PNG\r\n\x1a\n")
    convert(tmp_path / "p.qdpx", tmp_path / "p.qda")
    files = [file.name for file in (tmp_path / "p.qda" / "images").iterdir()]
    assert len(files) == 1
    assert files == [safe_name(file) for file in files]
