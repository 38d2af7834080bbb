"""Completion: what each shell is told, that real shells complete with it, and where it is put."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import environment, run, run_process

from qdpx_compassion.cli import shells
from qdpx_compassion.cli.main import cli

PROGRAM = Path(sys.executable).with_name("qdpx-compassion")


def _completed(words: str, word: str) -> list[list[str]]:
    ran = run_process(COMP_WORDS=words, COMP_WORD=word, _QDPX_COMPASSION_COMPLETE="powershell_complete")
    assert ran.err == ""
    return [line.split("\t") for line in ran.out.splitlines()]


@pytest.mark.parametrize(
    ("words", "word", "values"),
    [
        ("qdpx-compassion enr", "enr", ["enrich"]),
        ("qdpx-compassion mapping", "", ["new", "check", "update", "compare"]),
        ("qdpx-compassion summarise --rows", "", ["coding", "quotation"]),
        ("qdpx-compassion show --re", "--re", ["--reading"]),
        ('qdpx-compassion enrich "C:\\my study\\a.qdpx" m.xlsx --su', "--su", ["--summary"]),
    ],
)
def test_powershell_is_told_words_and_what_they_mean(words: str, word: str, values: list[str]) -> None:
    told = _completed(words, word)
    assert [value for _, value, _ in told] == values
    assert all(kind == "plain" for kind, _, _ in told)


def test_powershell_completes_files_by_itself() -> None:
    assert [kind for kind, *_ in _completed("qdpx-compassion show st", "st")] == ["file"]


def test_powershell_takes_an_empty_variable_for_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMP_WORDS", "qdpx-compassion")
    monkeypatch.delenv("COMP_WORD", raising=False)
    complete = shells.PowerShellComplete(cli, {}, shells.PROGRAM, shells.VARIABLE)
    assert complete.get_completion_args() == ([], "")


def test_completion_shows_what_commands_do_in_whole_sentences() -> None:
    told = _completed("qdpx-compassion", "")
    assert ["plain", "enrich", "Write a copy of a project with the framework in it."] in told
    assert not any(help_.endswith("...") for *_, help_ in told)


@pytest.mark.parametrize("shell", shells.SHELLS)
def test_the_script_of_every_shell_is_printed(shell: str) -> None:
    ran = run("completion", shell)
    assert ran.code == 0
    assert "_QDPX_COMPASSION_COMPLETE" in ran.out
    assert f"{shell}_complete" in ran.out


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_real_shell_understands_the_script(shell: str) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    script = run("completion", shell).out
    done = subprocess.run([shell, "-n"], input=script.encode(), capture_output=True, check=False)  # noqa: S603
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_real_shell_completes_after_installing(shell: str, tmp_path: Path) -> None:
    if shutil.which(shell) is None or not PROGRAM.exists():
        pytest.skip(f"{shell} or the program's own command is not installed")
    import pexpect

    variables = {
        "HOME": str(tmp_path), "PATH": f"{PROGRAM.parent}{os.pathsep}{os.environ['PATH']}", "TERM": "dumb",
        "ZDOTDIR": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path / "config"), "XDG_DATA_HOME": str(tmp_path / "data"),
    }  # fmt: skip
    assert run_process("completion", shell, "--install", cwd=None, **variables).code == 0
    child = pexpect.spawn(
        shell, ["-i"], env=environment(**variables), cwd=tmp_path, encoding="utf-8", timeout=30, dimensions=(24, 120)
    )
    child.sendline("echo re''ady")
    child.expect("ready")
    child.send("qdpx-compassion enr\t")
    child.expect("qdpx-compassion enrich ")
    child.close(force=True)


class TestInstalling:
    @pytest.fixture(autouse=True)
    def _home(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "ZDOTDIR"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setattr(Path, "home", lambda: tmp_path)

    def test_the_shells_own_file_keeps_what_is_in_it(self, tmp_path: Path) -> None:
        startup = tmp_path / ".bashrc"
        startup.write_bytes(b"alias ll='ls -l'")
        ran = run("completion", "bash", "--install")
        assert ran.code == 0
        assert "Open a new window" in ran.out
        once = startup.read_bytes()
        assert once.startswith(b"alias ll='ls -l'\n[ -f ")
        assert once.endswith(b"# qdpx-compassion completion\n")
        run("completion", "bash", "--install")
        assert startup.read_bytes() == once

    def test_fish_needs_no_line(self, tmp_path: Path) -> None:
        run("completion", "fish", "--install")
        found = [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()]
        assert found == [".config/fish/completions/qdpx-compassion.fish"]

    def test_powershell_is_asked_where_its_profile_is(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        profile = tmp_path / "Dokumente" / "PowerShell" / "profile.ps1"
        monkeypatch.setattr(shells, "_profile", lambda _: profile)
        ran = run("completion", "powershell", "--install")
        assert ran.code == 0
        assert "Set-ExecutionPolicy" in ran.out
        script = profile.with_name("qdpx-compassion-completion.ps1")
        assert "Register-ArgumentCompleter" in script.read_text(encoding="utf-8")
        # Windows PowerShell reads a file without a byte order mark as ANSI: no letter of the user's name stands in it
        assert (
            profile.read_bytes() == b'. "$PSScriptRoot/qdpx-compassion-completion.ps1" # qdpx-compassion completion\n'
        )
        assert script.read_bytes().isascii()
        monkeypatch.setattr(shells, "_profile", lambda _: None)
        assert "No PowerShell is found." in run("completion", "powershell", "--install").message

    @pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-8"])
    def test_a_profile_in_utf_16_stays_in_utf_16(
        self, encoding: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """As `Set-Content` and Notepad of Windows PowerShell's time write it."""
        profile = tmp_path / "profile.ps1"
        before = "\ufeff# Jörgs Profil".encode(encoding)
        profile.write_bytes(before)
        monkeypatch.setattr(shells, "_profile", lambda _: profile)
        run("completion", "powershell", "--install")
        once = profile.read_bytes()
        assert once.startswith(before)
        lines = once.decode(encoding).splitlines()
        assert lines[1:] == ['. "$PSScriptRoot/qdpx-compassion-completion.ps1" # qdpx-compassion completion']
        run("completion", "powershell", "--install")
        assert profile.read_bytes() == once

    @pytest.mark.skipif(os.name == "nt", reason="a program is made of a script, as POSIX does it")
    def test_the_profile_of_a_user_with_any_name_is_found(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """PowerShell answers in the console's code page, unless it is told another."""
        program = tmp_path / "pwsh"
        program.write_text(
            "#!/bin/sh\n"
            'case "$3" in *OutputEncoding*UTF8*) printf "C:/Users/J\\303\\266rg/profile.ps1" ;;\n'
            '*) printf "C:/Users/J\\224rg/profile.ps1" ;; esac\n',
            encoding="utf-8",
        )
        program.chmod(0o700)
        monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
        assert shells._profile("pwsh") == Path("C:/Users/Jörg/profile.ps1")

    def test_the_shell_is_told_by_the_system(self, monkeypatch: pytest.MonkeyPatch) -> None:
        if os.name == "nt":
            assert shells.this_shell() == "powershell"
            return
        monkeypatch.setenv("SHELL", "/usr/bin/zsh")
        assert "compdef" in run("completion").out
        monkeypatch.setenv("SHELL", "/bin/tcsh")
        assert "It does not show which shell you use." in run("completion").message
