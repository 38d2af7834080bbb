"""The command share, as people run it: first the list, then the project, the key and what to check."""

import json
import os
import stat
from pathlib import Path

import openpyxl
from command_line import FIRST_STEPS, members, run


def propose(folder: Path) -> Path:
    names = folder / "names.xlsx"
    ran = run("share", FIRST_STEPS, "-o", names)
    assert ran.code == 0, ran.err
    assert "of which" in ran.out and "--names" in ran.out
    return names


def cells(path: Path, sheet: str) -> list[list[object]]:
    return [list(row) for row in openpyxl.load_workbook(path)[sheet].iter_rows(values_only=True)]


def test_two_steps_give_project_key_and_list(tmp_path: Path) -> None:
    names, target = propose(tmp_path), tmp_path / "shared.qdpx"
    ran = run("share", FIRST_STEPS, "-o", target, "--names", names)
    assert ran.code == 0, ran.err
    assert "not certified to be anonymous" in " ".join(ran.out.split())
    text = members(target)["project.qde"].decode()
    assert "Tomasz" not in text and "Iris Vermeer" not in text and 'name="P3, nurse"' in text
    key = {row[1]: row[0] for row in cells(tmp_path / "shared-key.xlsx", "Key")[4:]}
    assert key["P3 Tomasz"] == "P3" and key["Iris Vermeer"] == "Coder 1"
    replaced = cells(tmp_path / "shared-check.xlsx", "Replacements")
    assert replaced[0] == ["Before", "Found", "After", "Pseudonym", "Where"]
    assert any(row[1] == "Tomasz" for row in replaced)
    for file in ("shared-key.xlsx", "shared-check.xlsx", "names.xlsx"):
        if os.name == "posix":
            assert stat.S_IMODE((tmp_path / file).stat().st_mode) == 0o600


def test_the_list_proposes_labels_and_leaves_what_is_no_name(tmp_path: Path) -> None:
    rows = {row[0]: row for row in cells(propose(tmp_path), "Names")[1:] if row[0]}
    assert rows["P3 Tomasz"][1:3] == ["P3", "yes"]
    assert rows["Tomasz"][1:3] == ["P3", "yes"]
    assert rows["Iris Vermeer"][2] == "yes" and rows["Iris"][2] == "no"
    assert rows["Participants"][2] == "no"


def test_without_a_list_nothing_is_shared(tmp_path: Path) -> None:
    ran = run("share", FIRST_STEPS, "-o", tmp_path / "shared.qdpx")
    assert ran.code == 2 and "names.xlsx" in ran.message
    assert not (tmp_path / "shared.qdpx").exists()


def test_nothing_is_written_over_unasked_and_all_of_it_with_force(tmp_path: Path) -> None:
    names, target = propose(tmp_path), tmp_path / "shared.qdpx"
    (tmp_path / "shared-key.xlsx").write_bytes(b"mine")
    ran = run("share", FIRST_STEPS, "-o", target, "--names", names)
    assert ran.code == 1 and "exists already" in ran.message and not target.exists()
    assert run("share", FIRST_STEPS, "-o", target, "--names", names, "--force").code == 0
    assert run("share", FIRST_STEPS, "-o", names, "--names", names, "--force").code != 0


def test_json_and_log_hold_numbers_and_no_names(tmp_path: Path) -> None:
    names, log = propose(tmp_path), tmp_path / "run.json"
    ran = run(
        "share", FIRST_STEPS, "-o", tmp_path / "s.qdpx", "--names", names, "--without", "P3", "--json", "--log", log
    )
    assert ran.code == 0, ran.err
    assert json.loads(ran.out)["replacements"] > 5
    assert "Tomasz" not in log.read_text(encoding="utf-8")
    written = {one["name"] for one in json.loads(log.read_text(encoding="utf-8"))["outputs"]}
    assert written == {"s.qdpx", "s-key.xlsx", "s-check.xlsx"}  # those that nobody named, too


def test_a_refused_pseudonym_is_said_with_its_cell(tmp_path: Path) -> None:
    names = tmp_path / "names.csv"
    names.write_text("Name,Pseudonym\nZoë,P9\nMarit,P9\n", encoding="utf-8")
    ran = run("share", FIRST_STEPS, "-o", tmp_path / "s.qdpx", "--names", names)
    assert ran.code == 2 and "line 3" in ran.message and "same pseudonym" in ran.message


def test_key_and_list_go_where_they_are_asked_for(tmp_path: Path) -> None:
    names, vault = propose(tmp_path), tmp_path / "vault"
    vault.mkdir()
    ran = run(
        "share", FIRST_STEPS, "-o", tmp_path / "s.qdpx", "--names", names, "--key", vault / "key.xlsx",
        "--check", vault / "check.xlsx", "--no-media", "--new-guids", "--reading", "utf16",
    )  # fmt: skip
    assert ran.code == 0, ran.err
    assert {path.name for path in vault.iterdir()} == {"key.xlsx", "check.xlsx"}
    assert {path.name for path in tmp_path.iterdir()} == {"names.xlsx", "s.qdpx", "vault"}
    assert "share-guids" not in ran.out
