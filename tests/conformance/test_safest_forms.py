"""What is written for a program has the forms that all programs read, whatever the project was like before."""

import re
import zipfile
from pathlib import Path

import pytest
from command_line import FIRST_STEPS
from fixture_projects import FIXTURES, made
from independent_reader import Independent, is_valid, local, opened

from qdpx_compassion.api.targets import survival, write_for

PROGRAMS = ["nvivo", "atlasti", "maxqda", "qualcoder"]
#: Fixtures whose document breaks the schema in a way that can be mended without guessing.
MENDABLE = [
    "cases-after-sources",
    "children-out-of-order",
    "empty-containers",
    "empty-sets",
    "empty-typed-value",
    "members-by-guid",
    "old-namespace",
    "rgba-colour",
]
OTHERS = ["base-path-of-a-user", "dates-without-zone", "empty-descriptions", "macosx-members", "media-outside",
          "nvivo-windows", "stored-with-root-member", "file-of-another-guid", "atlasti-windows"]  # fmt: skip
_EMPTY = frozenset(
    ("Users", "CodeBook", "Codes", "Variables", "Cases", "Sources", "Notes", "Links", "Sets", "Graphs", "Description",
     "FloatValue", "IntegerValue", "DateValue", "DateTimeValue", "BooleanValue")
)  # fmt: skip


def _written(name: str, program: str, folder: Path) -> Path:
    out = folder / "out.qdpx"
    path = FIRST_STEPS if name == "first-steps" else made(FIXTURES / name, folder)
    write_for(path, out, program)
    return out


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("name", [*MENDABLE, *OTHERS, "first-steps"])
def test_elements_and_files_have_the_forms_that_all_programs_read(name: str, program: str, tmp_path: Path) -> None:
    out = _written(name, program, tmp_path)
    project = opened(out)
    if name in MENDABLE:
        assert is_valid(project.root)
    for one in project.elements():
        assert not (local(one) in _EMPTY and len(one) == 0 and not (one.text or "").strip()), local(one)
        assert re.fullmatch("#[0-9A-Fa-f]{6}", one.get("color", "#000000"))
        for moment in ("creationDateTime", "modifiedDateTime"):
            assert name == "dates-without-zone" or one.get(moment, "Z").endswith("Z")
    relative = any(one.get(key, "").startswith("relative:") for one in project.elements() for key in _PATHS)
    assert relative or not project.root.get("basePath")
    _check_archive(out, project)


_PATHS = ("plainTextPath", "richTextPath", "path")


def _check_archive(out: Path, project: Independent) -> None:
    with zipfile.ZipFile(out) as archive:
        for info in archive.infolist():
            assert info.compress_type == zipfile.ZIP_DEFLATED or not info.file_size
            assert info.filename == "project.qde" or info.filename.startswith("sources/")
    for source in project.elements():
        for key in _PATHS:
            file = source.get(key, "").removeprefix("internal://")
            if f"sources/{file}" in project.members and source.get("name"):
                assert file.rpartition(".")[0].lower() == source.get("guid", "").lower()


@pytest.mark.parametrize(("program", "named"), [("atlasti", True), ("qualcoder", True), ("nvivo", False)])
def test_passages_are_called_as_their_text_where_the_program_does_so(program: str, named: bool, tmp_path: Path) -> None:
    project = opened(_written("first-steps", program, tmp_path))
    for source in project.all("TextSource"):
        text = project.members[f"sources/{source.get('plainTextPath', '').removeprefix('internal://')}"].decode()
        for one in source:
            if local(one) == "PlainTextSelection" and named:
                quoted = text[int(one.get("startPosition", "")) : int(one.get("endPosition", ""))]
                assert one.get("name") == " ".join(quoted.split())
            elif local(one) == "PlainTextSelection":
                assert not one.get("name")


def test_places_in_names_move_with_the_passages(tmp_path: Path) -> None:
    path = made(FIXTURES / "maxqda-start-end-names", tmp_path)
    changed = tmp_path / "changed.qdpx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, ("\U0001f642".encode() + data) if name.endswith(".txt") else data)
    write_for(changed, tmp_path / "out.qdpx", "nvivo")
    names = [(one.get("name"), one.get("startPosition"), one.get("endPosition"))
             for one in opened(tmp_path / "out.qdpx").all("PlainTextSelection")]  # fmt: skip
    assert names
    for said, start, end in names:
        assert said == f"{start},{end}"


def test_a_place_out_of_order_is_counted_as_what_the_program_refuses(tmp_path: Path) -> None:
    path = made(FIXTURES / "children-out-of-order", tmp_path)
    ((_, rows),) = survival(path, program="atlasti")
    (row,) = [row for row in rows if row.fact == "disordered"]
    assert (row.fate, row.count > 0) == ("mended", True)


def test_atlasti_gets_one_passage_for_each_place_unless_a_code_comes_twice(tmp_path: Path) -> None:
    for source in opened(_written("nvivo-repeated-ranges", "atlasti", tmp_path)).all("TextSource"):
        places = [tuple(one.get(key) for key in ("startPosition", "endPosition"))
                  for one in source if local(one) == "PlainTextSelection"]  # fmt: skip
        assert len(places) == len(set(places))
