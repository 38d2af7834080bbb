"""``--log``: what was done, checked against the files themselves."""

import getpass
import hashlib
import json
import platform
import zipfile
from pathlib import Path
from typing import Any

import pytest
from command_line import FIRST_MAPPING, FIRST_STEPS, VALUES_MAPPING, VALUES_STUDY, commands, run, run_process

#: Commands that write, as they are called: ``{p}`` a project, ``{v}`` another, ``{m}`` a mapping, ``{o}`` the output.
WRITING = {
    "enrich": ["enrich", "{p}", "{m}", "-o", "{o}.qdpx"],
    "repair": ["repair", "{p}", "-o", "{o}.qdpx"],
    "strip": ["strip", "{p}", "-o", "{o}.qdpx"],
    "convert": ["convert", "{p}", "{o}.xlsx"],
    "merge": ["merge", "{p}", "{v}", "-o", "{o}.qdpx"],
    "summarise": ["summarise", "{p}", "{m}", "-o", "{o}.xlsx"],
    "diff": ["diff", "{p}", "{p}", "-o", "{o}.xlsx"],
    "agreement": ["agreement", "{p}", "-o", "{o}.xlsx"],
    "validate": ["validate", "{p}", "--sarif", "{o}.sarif", "--junit", "{o}.xml"],
    "targets": ["targets", "{p}", "-o", "{o}.xlsx"],
    "mapping update": ["mapping", "update", "{p}", "{m}", "-o", "{o}.xlsx"],
    "mapping compare": ["mapping", "compare", "{m}", "{m}", "-o", "{o}.xlsx"],
    "mapping new": ["mapping", "new", "{p}", "-o", "{o}.xlsx"],
    "frameworks export": ["frameworks", "export", "compassion", "-o", "{o}.qdc"],
}


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def log_of(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return found


@pytest.mark.parametrize("words", WRITING)
def test_every_command_that_writes_says_what_went_in_and_came_out(words: str, tmp_path: Path) -> None:
    stem = str(tmp_path / "result")
    given = [one.format(p=FIRST_STEPS, v=VALUES_STUDY, m=FIRST_MAPPING, o=stem) for one in WRITING[words]]
    ran = run(*given, "--log", tmp_path / "run.json")
    assert ran.err == ""
    log = log_of(tmp_path / "run.json")
    assert log["exit_code"] == ran.code
    assert log["command"] == words
    known = {path.name: path for path in (FIRST_STEPS, FIRST_MAPPING, *tmp_path.glob("result.*"))}
    files = [*log["inputs"], *log["outputs"]]
    assert {one["name"] for one in log["outputs"]} == {path.name for path in tmp_path.glob("result*")}
    for one in files:
        if one["name"] in known:
            assert one["sha256"] == sha256(known[one["name"]])
            assert one["bytes"] == known[one["name"]].stat().st_size
    assert log["versions"]["python"].endswith(platform.python_version())
    assert log["versions"]["libraries"]["lxml"]


def test_commands_that_write_have_the_option() -> None:
    writing = {
        " ".join(words)
        for words, command in commands()
        if any("--force" in option.opts for option in command.params)  # what may replace a file writes one
    }
    logging = {" ".join(words) for words, command in commands() if any("--log" in one.opts for one in command.params)}
    # a corpus is brought up to date, not replaced
    assert {*writing, "corpus build"} == logging
    elsewhere = {
        "share",
        "start",
        "corpus build",
        "corpus query",
        "corpus map",
        "corpus summarise",
    }
    assert {*WRITING, *elsewhere} == logging


def test_the_log_names_no_folder_no_user_and_no_word_of_the_project(tmp_path: Path) -> None:
    run("enrich", FIRST_STEPS, FIRST_MAPPING, "-o", tmp_path / "e.qdpx", "--log", tmp_path / "run.json")
    text = (tmp_path / "run.json").read_text("utf-8")
    for secret in (str(tmp_path), str(FIRST_STEPS.parent), str(Path.home()), platform.node(), getpass.getuser()):
        assert secret not in text
    with zipfile.ZipFile(FIRST_STEPS) as archive:
        lines = {
            line.strip()
            for name in archive.namelist()
            if name.endswith(".txt")
            for line in archive.read(name).decode("utf-8-sig").splitlines()
            if len(line) > 15
        }
    assert lines
    assert not [line for line in lines if line in text]


def test_counts_and_findings_are_those_that_json_prints(tmp_path: Path) -> None:
    ran = run(
        "enrich", VALUES_STUDY, VALUES_MAPPING, "-o", tmp_path / "e.qdpx", "--log", tmp_path / "run.json", "--json"
    )
    said, log = json.loads(ran.out), log_of(tmp_path / "run.json")
    assert log["counts"]["codings"] == said["codings"]
    assert log["counts"]["added"] == said["added"]
    assert sum(log["findings"].values()) == len(said["findings"])
    assert set(log["findings"]) == {one["code"] for one in said["findings"]}


def test_with_a_date_from_outside_the_same_run_gives_the_same_log(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        run_process(
            "enrich", FIRST_STEPS, FIRST_MAPPING, "-o", "e.qdpx", "--log", "run.json",
            cwd=tmp_path / folder, SOURCE_DATE_EPOCH="1700000000",
        )  # fmt: skip
    assert (tmp_path / "a" / "run.json").read_bytes() == (tmp_path / "b" / "run.json").read_bytes()
    assert log_of(tmp_path / "a" / "run.json")["date"] == "2023-11-14T22:13:20Z"


def test_a_folder_is_hashed_as_sha256sum_would(tmp_path: Path) -> None:
    folder = tmp_path / "unpacked"
    with zipfile.ZipFile(FIRST_STEPS) as archive:
        archive.extractall(folder)
    run("strip", folder, "-o", tmp_path / "o.qdpx", "--log", tmp_path / "run.json")
    files = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    lines = "".join(f"{sha256(folder / name)}  {name}\n" for name in files)
    [found] = log_of(tmp_path / "run.json")["inputs"]
    assert found["name"] == "unpacked"
    assert found["files"] == len(files)
    assert found["sha256"] == hashlib.sha256(lines.encode()).hexdigest()


def test_tables_with_files_beside_them_are_logged_with_the_folder(tmp_path: Path) -> None:
    run("convert", VALUES_STUDY, tmp_path / "t.xlsx", "--log", tmp_path / "there.json")
    run("convert", tmp_path / "t.xlsx", tmp_path / "back.qdpx", "--log", tmp_path / "back.json")
    written = [one["name"] for one in log_of(tmp_path / "there.json")["outputs"]]
    assert written == ["t.xlsx", "t_xlsx_files"]
    assert [one["name"] for one in log_of(tmp_path / "back.json")["inputs"]] == written


def test_a_file_that_a_dry_run_left_alone_is_no_output(tmp_path: Path) -> None:
    old = tmp_path / "old.xlsx"
    old.write_bytes(b"old")
    assert run("convert", FIRST_STEPS, old, "--dry-run", "--log", tmp_path / "run.json").code == 0
    assert log_of(tmp_path / "run.json")["outputs"] == []


def test_an_exit_code_that_tells_of_losses_stands_in_the_log(tmp_path: Path) -> None:
    ran = run("diff", VALUES_STUDY, FIRST_STEPS, "-o", tmp_path / "d.xlsx", "--log", tmp_path / "run.json")
    assert ran.code == 1
    assert log_of(tmp_path / "run.json")["exit_code"] == 1


def test_a_log_never_replaces_a_file_nor_lies_where_the_result_goes(tmp_path: Path) -> None:
    log = tmp_path / "run.json"
    log.write_text("mine")
    target = tmp_path / "s.qdpx"
    assert "exists already" in run("strip", FIRST_STEPS, "-o", target, "--log", log).message
    assert log.read_text() == "mine"
    assert not target.exists()
    same = run("convert", FIRST_STEPS, tmp_path / "x.json", "--log", tmp_path / "x.json")
    assert "one file" in same.message
    assert list(tmp_path.glob("x*")) == []
    assert "must end in .json" in run("strip", FIRST_STEPS, "-o", target, "--log", tmp_path / "log.txt").message


def test_a_run_that_fails_leaves_no_log(tmp_path: Path) -> None:
    ran = run("strip", tmp_path / "missing.qdpx", "-o", tmp_path / "o.qdpx", "--log", tmp_path / "run.json")
    assert ran.code == 1
    assert list(tmp_path.iterdir()) == []


def test_choices_stand_without_folders(tmp_path: Path) -> None:
    framework = tmp_path / "mine.toml"
    framework.write_bytes((Path(__file__).parents[2] / "docs" / "examples" / "my-framework.toml").read_bytes())
    run("frameworks", "export", "--framework", framework, "-o", tmp_path / "f.qdc", "--log", tmp_path / "run.json")
    log = log_of(tmp_path / "run.json")
    assert log["choices"] == {"file": "mine.toml"}
    assert [one["name"] for one in log["inputs"]] == ["mine.toml"]


def test_the_guided_job_says_what_it_wrote(tmp_path: Path) -> None:
    run("start", "--sample", "--yes", "--folder", tmp_path, "--log", tmp_path / "run.json")
    log = log_of(tmp_path / "run.json")
    assert log["command"] == "start"
    written = {path.name: sha256(path) for path in tmp_path.iterdir() if path.stem not in ("run", "first-steps")}
    assert {one["name"]: one["sha256"] for one in log["outputs"]} == written
    assert {Path(name).suffix for name in written} == {".xlsx", ".qdpx", ".html"}
