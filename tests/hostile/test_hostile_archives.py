"""Archives that were made to do harm: nothing is written beside the target, nothing inflates without end."""

import os
from pathlib import Path

import pytest
from archives import DOCUMENT, TEXT, zipped
from bounded import COMMANDS, QUICK, Bounded, run_all
from hostile_archives import ARCHIVES
from outputs import written

from qdpx_compassion.errors import InputError
from qdpx_compassion.formats.tabular import safe_name
from qdpx_compassion.refi.reader import read_project

pytestmark = pytest.mark.skipif(os.name == "nt", reason="bounds of memory are a matter of POSIX")

#: Read as any other.
HARMLESS = {"zip64", "data-descriptors", "something-in-front", "a-picture-in-front", "a-project-in-front", "twice"}
#: What the others say.
REFUSED = {
    "overlapping-whole": "overlap",
    "overlapping-quoted": "overlap",
    "million-members": "--limit members=",
    "million-members-said-one": "--limit members=",
    "exabyte": "1,152,921,504,606,8",
    "exabyte-document": "1,152,921,504,606,8",
    "inflates-without-end": "damaged",
    "many-small-bombs": "inflate to 1,572,",
    "text-of-many-sources": "--limit characters=",
    "wrong-checksum": "damaged",
    "encrypted": "password",
    "strongly-encrypted": "password",
    "unknown-method": "damaged",
    "large-dictionary": "--limit dictionary_bytes=",
}
#: What reads no quotations, so texts that are too long together are none of its business.
WITHOUT_TEXTS = {"mapping check", "mapping compare", "enrich", "strip", "targets", "share"}
SLOW = {"text-of-many-sources", "million-members"}
PATIENCE = 20


def _run(name: str, folder: Path, commands: tuple[str, ...]) -> list[Bounded]:
    given, out = folder / "given", folder / "out"
    given.mkdir()
    out.mkdir()
    project = ARCHIVES[name](given / "study.qdpx")
    before = {path: path.stat().st_mtime_ns for path in given.rglob("*")}
    ran = run_all(project, out, commands, seconds=PATIENCE * len(commands))
    assert {path: path.stat().st_mtime_ns for path in given.rglob("*")} == before
    assert sorted(path.name for path in folder.iterdir()) == ["given", "out"]
    return ran


def _judge(name: str, ran: list[Bounded], folder: Path) -> None:
    for one in ran:
        assert one.code in (0, 1), one
        assert "should not have happened" not in one.err, one
        assert "Traceback" not in one.err, one
        assert one.seconds < PATIENCE, one
    for path, data in written(folder / "out"):
        assert b"root:" not in data, path
        assert not path.endswith(".qdpx-part"), path
        # members that enriching copies keep their names, and are no files; the parts of office files have fixed names
        if not any(inside in path for inside in (".qdpx/", ".xlsx/", ".docx/")):
            assert all(part == safe_name(part) for part in path.split("/")), path
    if name in REFUSED:
        may = {"repair"} | (WITHOUT_TEXTS if name == "text-of-many-sources" else set())
        assert all(one.code == 1 for one in ran if one.command not in may), ran
        assert any(REFUSED[name] in " ".join((one.err + one.out).split()) for one in ran), ran
    if name in HARMLESS:
        assert ran[0].code == 0, ran


@pytest.mark.parametrize("name", [name for name in ARCHIVES if name not in SLOW])
def test_a_hostile_archive(name: str, tmp_path: Path) -> None:
    _judge(name, _run(name, tmp_path, QUICK), tmp_path)


@pytest.mark.long
@pytest.mark.parametrize("name", ARCHIVES)
def test_a_hostile_archive_under_every_command(name: str, tmp_path: Path) -> None:
    _judge(name, _run(name, tmp_path, tuple(COMMANDS)), tmp_path)


def test_of_two_archives_one_behind_the_other_the_last_is_read(tmp_path: Path) -> None:
    for name in ("a-project-in-front", "second-end-in-the-comment"):
        project = read_project(ARCHIVES[name](tmp_path / f"{name}.qdpx"))
        assert ("Feeling heard" in project.column("codes", "name")) == (name == "a-project-in-front")


def test_cut_off_at_any_byte_a_project_is_read_or_refused_in_words(tmp_path: Path) -> None:
    whole = zipped(tmp_path / "whole.qdpx", [("project.qde", DOCUMENT), ("Sources/a.txt", TEXT)]).read_bytes()
    path = tmp_path / "study.qdpx"
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        with pytest.raises(InputError) as caught:
            read_project(path)
        assert caught.value.where
        assert caught.value.remedy


@pytest.mark.parametrize(
    "name",
    [
        *("con", "CON.txt", "nul.", "com1.a.b", "LPT9", "com¹.txt", "aux .txt", "conin$"),
        *(
            ". .",
            "a" * 500,
            "🙂" * 300,
            "a.b" * 200,
            "x.abcdefghi jklm",
            "a\u202eb",
            "a\x00b",
            "a<b>|?*",
            "..",
            "",
            " ",
        ),
    ],
)
def test_names_of_files_are_safe_on_windows_too(name: str) -> None:
    safe = safe_name(name)
    assert 0 < len(safe.encode()) <= 255
    assert not set(safe) & set('<>:"/\\|?*\0')
    assert safe.isprintable()
    assert safe == safe.strip(" .")
    assert safe.split(".")[0].strip().lower() not in {"con", "prn", "aux", "nul", "com1", "lpt9", "com¹", "conin$"}
    assert safe_name(safe) == safe
