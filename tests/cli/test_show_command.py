"""``show``: what is in a project, for people and for programs."""

import json
import re
import shutil
import zipfile
from pathlib import Path

import pytest
from command_line import FIRST_STEPS, REAL, VALUES_STUDY, run, run_process
from small_project import coding, document, selection

NVIVO_STUDY = VALUES_STUDY.with_name("values-study-nvivo.qdpx")
PROJECTS = [FIRST_STEPS, VALUES_STUDY, NVIVO_STUDY]
if REAL.is_dir():
    PROJECTS += sorted(file for file in REAL.iterdir() if file.suffix in (".qdpx", ".qde"))


def _lines(path: Path) -> dict[str, str]:
    """What stands beside each label, folded to one line."""
    ran = run("show", path)
    assert ran.code == 0, ran.err
    found: dict[str, str] = {}
    for line in ran.out.split("\n\n")[0].splitlines()[1:]:
        label, value = line[:12].strip(), line[12:]
        last = label or list(found)[-1]
        found[last] = f"{found.get(last, '')} {value}".strip()
    return found


def test_show_says_everything_that_matters_about_the_first_steps() -> None:
    assert run("show", FIRST_STEPS).out.startswith("first-steps.qdpx\n")
    assert _lines(FIRST_STEPS) == {
        "Project": "First steps",
        "Written by": "NVivo 12.6.0",
        "Read as": "NVivo for Windows (how it counts: verified in files)",
        "Positions": "UTF-16 units, CR LF counts 2, end exclusive: sure (100% of ends cut no word; matters in 3 texts)",
        "Changed": "2024-06-03 12:00 UTC",
        "Users": "Iris Vermeer (32 codings), Daan Öztürk (21 codings)",
        "Codes": "20 (4 of them cases)",
        "Sources": "3 texts",
        "Selections": "53 in texts",
        "Codings": "53 of selections",
        "Cases": "4",
        "Variables": "2",
        "Notes": "3",
        "Sets": "1",
    }


def test_show_as_a_process_from_another_folder_says_the_same(tmp_path: Path) -> None:
    shutil.copy(FIRST_STEPS, tmp_path / "study.qdpx")
    there = run_process("show", "study.qdpx", cwd=tmp_path)
    assert there.out.splitlines()[1:] == run("show", FIRST_STEPS).out.splitlines()[1:]
    assert there.err == ""


@pytest.mark.parametrize("width", ["80", "120"])
@pytest.mark.parametrize("project", PROJECTS, ids=lambda path: path.name)
def test_show_is_a_screen_of_aligned_lines(project: Path, width: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", width)
    ran = run("show", project)
    assert ran.code == 0
    lines = ran.out.splitlines()
    assert len(lines) < 60
    assert not [line for line in lines if line.endswith(" ") or len(line) > int(width)]
    table = ran.out.split("\n\n")[0].splitlines()[1:]
    assert all(re.match(r"(\w+( \w+)* {1,}|\s{12})\S", line) and line[11] == " " for line in table)


@pytest.mark.parametrize("project", PROJECTS, ids=lambda path: path.name)
def test_json_holds_the_same_numbers(project: Path) -> None:
    ran = run("show", project, "--json")
    assert ran.err == ""
    shown = json.loads(ran.out)
    lines = _lines(project)
    assert lines["Codes"].startswith(f"{shown['codes']:,}")
    assert lines["Notes"] == f"{shown['notes']:,}"
    assert sum(shown["codings"].values()) == sum(user["codings"] for user in shown["users"])
    assert lines["Codings"].startswith(f"{sum(shown['codings'].values()):,}")
    assert {"id", "program", "standing"} == set(shown["dialect"])
    assert all({"code", "message", "where", "severity"} == set(finding) for finding in shown["findings"])


def test_json_is_whole_in_a_pipe_that_is_not_utf8() -> None:
    ran = run_process("show", FIRST_STEPS, "--json", PYTHONUTF8="0", LC_ALL="C")
    assert "Daan Öztürk" in [user["name"] for user in json.loads(ran.out)["users"]]


@pytest.mark.skipif(not REAL.is_dir(), reason="the real exports are not beside the checkout")
def test_a_long_list_of_users_is_cut_after_a_dozen() -> None:
    users = _lines(REAL / "transana-3.22-beta-spec-annex-a3.qde")["Users"]
    assert users.startswith("(nobody named) (66 codings); without codings: ")
    assert users.endswith(" and 51 more")


@pytest.mark.skipif(not REAL.is_dir(), reason="the real exports are not beside the checkout")
def test_sources_and_the_texts_that_belong_to_them_are_told_apart() -> None:
    lines = _lines(REAL / "atlasti-mac-8.4-spec-annex-a2.qde")
    assert lines["Sources"] == (
        "12: 6 texts, 1 picture, 2 PDFs, 1 audio, 2 videos; with 5 texts of PDFs, 3 transcripts"
    )
    assert lines["Selections"] == "15: 8 in texts, 1 in a picture, 4 areas of PDFs, 2 in videos"


def _with_missing_files(tmp_path: Path, number: int) -> Path:
    sources = "".join(
        f'<TextSource guid="cccccccc-0000-4000-8000-0000000001{n:02}" name="Lost {n}" '
        f'plainTextPath="internal://lost-{n}.txt">{selection("", guid=f"dddddddd-0000-4000-8000-0000000001{n:02}")}'
        "</TextSource>"
        for n in range(number)
    )
    path = tmp_path / "lost.qde"
    path.write_bytes(document(selection(coding(1)), sources=sources))
    return path


def test_findings_stand_in_groups_the_worst_first_and_can_be_seen_all(tmp_path: Path) -> None:
    path = _with_missing_files(tmp_path, 7)
    few = run("show", path).out
    assert "\nError file-missing (7)\n" in few
    assert few.index("Error file-missing") < few.index("Warning text-missing (7)")
    assert few.count("  … and 4 more; --findings shows them all") == 2
    assert "Lost 0: 1 selection has no text to quote from." in few
    every = run("show", path, "--findings").out
    assert "more" not in every
    assert all(f"Lost {n}: 1 selection has no text" in every for n in range(7))


def test_one_more_than_fits_is_shown_and_not_counted(tmp_path: Path) -> None:
    shown = run("show", _with_missing_files(tmp_path, 4)).out
    assert "more" not in shown
    assert "Lost 3" in shown


def test_one_is_singular(tmp_path: Path) -> None:
    path = tmp_path / "one.qde"
    path.write_bytes(document(selection(coding(1))))
    lines = _lines(path)
    assert lines["Users"] == "Anna (1 coding); without codings: Ben"
    assert (lines["Sources"], lines["Selections"], lines["Codings"]) == ("1 text", "1 in a text", "1 of a selection")


def test_names_from_a_file_never_steer_the_terminal(tmp_path: Path) -> None:
    path = tmp_path / "odd.qde"
    data = document(selection(coding(1))).replace(b'name="p"', 'name="a&#x9b;31m\u202eb [bold]c[/] :smile:"'.encode())
    path.write_bytes(data)
    assert _lines(path)["Project"] == "a\ufffd31m\ufffdb [bold]c[/] :smile:"


def test_a_folder_and_a_bare_document_are_shown_too(tmp_path: Path) -> None:
    folder = tmp_path / "unpacked"
    with zipfile.ZipFile(FIRST_STEPS) as archive:
        archive.extractall(folder)
    assert _lines(folder)["Codings"] == "53 of selections"
    assert _lines(folder / "project.qde")["Codings"] == "53 of selections"


def test_a_name_with_spaces_accents_and_signs_is_a_name_like_any(tmp_path: Path) -> None:
    path = tmp_path / "Étude n° 1 — 日本.qdpx"
    shutil.copy(FIRST_STEPS, path)
    assert run("show", path).out.startswith("Étude n° 1 — 日本.qdpx\n")
    assert run_process("show", path.name, cwd=tmp_path).out.startswith("Étude n° 1 — 日本.qdpx\n")


def test_show_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "study.qdpx"
    shutil.copy(FIRST_STEPS, path)
    path.chmod(0o444)
    run("show", path)
    assert path.read_bytes() == FIRST_STEPS.read_bytes()
    assert list(tmp_path.iterdir()) == [path]


def test_a_document_that_departs_from_the_schema_is_told(tmp_path: Path) -> None:
    project = Path(__file__).resolve().parents[1] / "fixtures" / "missing-is-codable"
    ran = run("show", project)
    assert ran.code == 0
    assert "schema-departures" in ran.out
    assert "validate" in ran.out
