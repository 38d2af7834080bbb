"""The guided command: the steps without questions, with questions on a terminal, and going on where a person is."""

import json
import os
import shutil
import sys
import time
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from command_line import FIRST_MAPPING, FIRST_STEPS, environment, run, run_process

from qdpx_compassion.api.guiding import GuidedFiles

if TYPE_CHECKING:
    import pexpect

RESULTS = ("study-enriched.qdpx", "study-summary.xlsx", "study-report.html")


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """The sample under another name, in a folder of its own."""
    return Path(shutil.copy(FIRST_STEPS, tmp_path / "study.qdpx"))


def _fill_in(study: Path) -> None:
    """What a person does in Excel: the decisions of the sample."""
    assert (
        run("mapping", "update", study, FIRST_MAPPING, "-o", study.parent / "study-mapping.xlsx", "--force").code == 0
    )


# -- without questions ----------------------------------------------------------------------------------------------


def test_the_first_run_shows_the_project_and_writes_the_workbook(study: Path) -> None:
    ran = run("start", study, "--yes")
    assert ran.code == 0
    assert "Step 1 of 5" in ran.out
    assert "Codes       20" in ran.out
    assert "Step 2 of 5" in ran.out
    assert f"qdpx-compassion start {study}" in ran.out
    assert sorted(path.name for path in study.parent.iterdir()) == ["study-mapping.xlsx", "study.qdpx"]


def test_a_workbook_that_nobody_filled_in_is_waited_for(study: Path) -> None:
    run("start", study, "--yes")
    ran = run("start", study, "--yes")
    assert ran.code == 1
    assert "no code is marked yet" in ran.out
    assert not (study.parent / RESULTS[0]).exists()


def test_a_filled_workbook_gives_the_project_and_the_tables(study: Path) -> None:
    _fill_in(study)
    ran = run("start", study, "--yes")
    assert ran.code == 0
    assert "Added: 54 codings" in ran.out
    assert "The participants are the 3 cases" in ran.out
    assert all((study.parent / name).stat().st_size for name in RESULTS)
    plain = study.parent / "plain.qdpx"
    run("enrich", study, study.parent / "study-mapping.xlsx", "-o", plain)
    with zipfile.ZipFile(plain) as one, zipfile.ZipFile(study.parent / RESULTS[0]) as other:
        assert one.read("project.qde") == other.read("project.qde")


def test_results_are_replaced_only_when_asked(study: Path) -> None:
    _fill_in(study)
    run("start", study, "--yes")
    again = run("start", study, "--yes")
    assert again.code == 0
    assert "nothing was decided since" in again.out
    enriched = study.parent / RESULTS[0]
    os.utime(study.parent / "study-mapping.xlsx", (2**32, 2**32))  # filled in later
    refused = run("start", study, "--yes")
    assert refused.code == 1
    assert "add --force" in refused.message
    enriched.write_bytes(b"old")
    assert run("start", study, "--yes", "--force").code == 0
    assert zipfile.is_zipfile(enriched)


def test_every_part_can_be_said(study: Path, tmp_path: Path) -> None:
    folder = tmp_path / "Ergebnisse für mich"
    folder.mkdir()
    ran = run(
        "start", study, "--yes", "--folder", folder, "--mapping", FIRST_MAPPING, "--group", "none",
        "--framework", "compassion", "--for", "atlasti",
    )  # fmt: skip
    assert ran.code == 0, ran.err
    assert "Written for ATLAS.ti" in ran.out
    assert f"--folder '{folder}' --mapping {FIRST_MAPPING} --group none --for atlasti" in ran.out
    assert sorted(path.name for path in folder.iterdir()) == sorted(RESULTS)


def test_programs_are_told_how_far_it_is(study: Path) -> None:
    first = json.loads(run("start", study, "--yes", "--json").out)
    assert (first["step"], first["enriched"]) == ("fill-in", None)
    assert first["mapping"].endswith("study-mapping.xlsx")
    _fill_in(study)
    done = json.loads(run("start", study, "--yes", "--json").out)
    assert done["step"] == "done"
    assert all(Path(done[name]).exists() for name in ("mapping", "enriched", "workbook", "page"))


def test_a_cell_that_cannot_be_read_is_named_and_nothing_written(study: Path) -> None:
    broken = study.parent / "mine.csv"
    broken.write_text("code,construct,mark\nValues > Humanity,universality-of-suffering,perhaps\n", encoding="utf-8")
    ran = run("start", study, "--yes", "--mapping", broken)
    assert ran.code == 1
    assert "mapping-mark-unknown" in ran.out
    assert "1 cell or row to mend" in ran.out
    assert not (study.parent / RESULTS[0]).exists()


def test_the_sample_comes_with_the_program(tmp_path: Path) -> None:
    ran = run_process("start", "--sample", "--yes", cwd=tmp_path)
    assert ran.code == 0, ran.err
    assert (tmp_path / "first-steps.qdpx").read_bytes() == FIRST_STEPS.read_bytes()
    assert (tmp_path / "first-steps-report.html").exists()


def test_without_a_name_the_project_of_this_folder_is_taken(study: Path) -> None:
    assert "Step 2 of 5" in run_process("start", "--yes", cwd=study.parent).out
    study.unlink()
    ran = run_process("start", "--yes", cwd=study.parent)
    assert ran.code == 1
    assert "There is no project (.qdpx) in this folder." in ran.message


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "Nobody can answer questions here"),
        (["--json"], "--json goes together with --yes"),
        (["--yes", "--sample"], "--sample brings its own project"),
        (["--yes", "--folder", "nowhere"], "There is no such folder."),
    ],
)
def test_what_cannot_be_meant_is_refused(study: Path, arguments: list[str], message: str) -> None:
    ran = run("start", study, *arguments)
    assert ran.code == 2
    assert message in ran.message


def test_names_of_files_follow_the_projects(tmp_path: Path) -> None:
    files = GuidedFiles.of(tmp_path / "Studie Übung.qde")
    assert [path.name for path in (files.mapping, *files.results)] == [
        "Studie Übung-mapping.xlsx", "Studie Übung-enriched.qde", "Studie Übung-summary.xlsx",
        "Studie Übung-report.html",
    ]  # fmt: skip
    files.mapping.touch()
    assert files.next_mapping.name == "Studie Übung-mapping-2.xlsx"
    files.next_mapping.touch()
    assert GuidedFiles.of(tmp_path / "Studie Übung.qde").mapping.name == "Studie Übung-mapping-2.xlsx"
    assert not files.are_newer


# -- on a terminal --------------------------------------------------------------------------------------------------


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo terminals are a matter of POSIX")
class TestOnATerminal:
    def _spawn(self, folder: Path, *arguments: str) -> "pexpect.spawn[str]":
        import pexpect

        return pexpect.spawn(
            sys.executable, ["-m", "qdpx_compassion", "start", *arguments], cwd=folder, encoding="utf-8", timeout=60,
            env=environment(TERM="dumb", NO_COLOR="1", COLUMNS="100"), dimensions=(40, 100),
        )  # fmt: skip

    def _interrupt(self, child: "pexpect.spawn[str]") -> None:
        """Ctrl and C, by somebody who has read the question: Python misses one that comes just before it listens."""
        time.sleep(0.5)
        child.sendcontrol("c")

    def _end(self, child: "pexpect.spawn[str]") -> int:
        import pexpect

        child.expect(pexpect.EOF)
        child.close()
        assert child.exitstatus is not None
        return child.exitstatus

    def test_a_person_fills_in_while_it_waits(self, study: Path) -> None:
        child = self._spawn(study.parent, "study.qdpx")
        child.expect("Step 1 of 5")
        child.expect("Step 2 of 5")
        child.expect("Fill it in and save it. Done\\? \\(Enter goes on, q stops\\)")
        child.sendline("")
        child.expect("no code is marked yet")
        child.expect("Fill it in and save it. Done\\?")
        _fill_in(study)
        child.sendline("")
        child.expect("every code is decided")
        child.expect("Which program will import it\\? \\(Enter: NVivo for Windows")
        child.sendline("nvvo")
        child.expect("Did you mean")
        child.expect("Which program will import it")
        child.sendline("")
        child.expect("Step 5 of 5")
        child.expect("Next: import study-enriched.qdpx")
        assert self._end(child) == 0
        assert all((study.parent / name).exists() for name in RESULTS)

    def test_stopping_is_no_error_and_going_on_later_works(self, study: Path) -> None:
        child = self._spawn(study.parent)
        child.expect("Done\\?")
        child.sendline("q")
        child.expect("run this again")
        child.expect("qdpx-compassion start study.qdpx")
        assert self._end(child) == 0
        _fill_in(study)
        child = self._spawn(study.parent)
        child.expect("Step 3 of 5")
        child.expect("Which program")
        child.sendline("maxqda")
        child.expect("Written for MAXQDA|Nothing had to be changed for MAXQDA")
        assert self._end(child) == 0
        child = self._spawn(study.parent)
        child.expect("Write it again\\? \\[y/N\\]")
        child.sendline("")
        child.expect("Next: import")
        assert self._end(child) == 0

    def test_of_several_projects_one_is_chosen(self, study: Path) -> None:
        shutil.copy(study, study.with_name("another.qdpx"))
        child = self._spawn(study.parent)
        child.expect("1  another.qdpx")
        child.expect("2  study.qdpx")
        child.expect("Which one\\?")
        self._interrupt(child)
        child.expect("\r\nStopped.")
        assert self._end(child) == 1
        child = self._spawn(study.parent)
        child.expect("Which one\\?")
        child.sendline("2")
        child.expect("Wrote study-mapping.xlsx")
        child.expect("Done\\?")
        self._interrupt(child)
        child.expect("\r\nStopped. What is written stays. To go on, run this again:")
        child.expect("qdpx-compassion start study.qdpx")
        assert self._end(child) == 1

    def test_the_end_of_input_stops_like_an_interruption(self, study: Path) -> None:
        child = self._spawn(study.parent, "study.qdpx")
        child.expect("Done\\?")
        child.sendeof()
        child.expect("\r\nStopped. What is written stays.")
        assert self._end(child) == 1
        assert (study.parent / "study-mapping.xlsx").exists()

    def test_undecided_codes_are_asked_about(self, study: Path) -> None:
        partly = study.parent / "mine.csv"
        partly.write_text("code,construct,mark\nValues > Humanity,universality-of-suffering,yes\n", encoding="utf-8")
        child = self._spawn(study.parent, "study.qdpx", "--mapping", "mine.csv")
        child.expect("not decided yet")
        child.expect("Go on with what is decided\\? \\[y/N\\]")
        child.sendline("y")
        child.expect("Which program")
        child.sendline("")
        child.expect("Next: import")
        assert self._end(child) == 0

    def test_a_project_with_new_codes_gets_a_workbook_with_them(self, study: Path) -> None:
        _fill_in(study)
        with zipfile.ZipFile(study) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
        document = next(name for name in members if name.endswith(".qde"))
        old = members[document].decode()
        name = "Humanity"
        assert f'name="{name}"' in old
        guid = old.split(f'name="{name}"')[0].rsplit('guid="', 1)[1].split('"')[0]
        members[document] = old.replace(guid, "aaaaaaaa-0000-4000-8000-000000000001").replace(name, "Kindness").encode()
        with zipfile.ZipFile(study, "w") as archive:
            for member, data in members.items():
                archive.writestr(member, data)
        child = self._spawn(study.parent, "study.qdpx")
        child.expect(r"has changed since, or is\s+another one")
        child.expect("Write study-mapping-2.xlsx with all its codes\\?.*\\[Y/n\\]")
        child.sendline("")
        child.expect("Done\\?")
        child.sendline("q")
        child.expect("When study-mapping-2.xlsx is filled in")
        assert self._end(child) == 0
