"""Options that every command has: how much is said, colours, limits; faults hold no words of an interview."""

import json
from pathlib import Path

import click
import pytest
from command_line import FIRST_MAPPING, FIRST_STEPS, commands, run, run_process

from qdpx_compassion.files.limits import DEFAULT_LIMITS, Limits, change_limits, current_limits, limited

ALL = [" ".join(words) for words, command in commands() if not hasattr(command, "commands")]


@pytest.mark.parametrize("words", ALL)
def test_every_command_knows_them(words: str) -> None:
    ran = run(*words.split(), "--limit", "nonsense")
    assert ran.code == 2
    assert "--limit members=200000" in ran.message
    text = run(*words.split(), "--help").out
    assert "--limit NAME=N" in text
    assert "--quiet" in text
    assert "--verbose" in text
    assert "--color WHEN" in text


@pytest.mark.parametrize("words", ALL)
def test_programs_may_read_what_every_command_says(words: str) -> None:
    command = dict(commands())[tuple(words.split())]
    spoken = ("completion",)  # prints what a shell reads
    assert words in spoken or any("--json" in one.opts for one in command.params if isinstance(one, click.Option))


@pytest.mark.parametrize("before", [True, False])
def test_quiet_says_only_what_is_wrong(before: bool, tmp_path: Path) -> None:
    def quiet(*words: str | Path) -> tuple[int, str, str]:
        ran = run("--quiet", *words) if before else run(*words, "--quiet")
        return ran.code, ran.out, ran.err

    target = tmp_path / "mapping.xlsx"
    assert quiet("mapping", "new", FIRST_STEPS, "-o", target) == (0, "", "")
    code, out, err = quiet("mapping", "check", FIRST_STEPS, target)
    assert (code, err) == (0, "")
    assert out.startswith("Warning mapping-undecided (13)")
    assert "Wrote" not in quiet("enrich", FIRST_STEPS, FIRST_MAPPING, "-o", tmp_path / "e.qdpx")[1]
    code, out, err = quiet("mapping", "new", FIRST_STEPS, "-o", target)
    assert (code, out) == (1, "")
    assert err.startswith("Error:")


def test_quiet_still_prints_json_that_was_asked_for() -> None:
    assert json.loads(run("show", FIRST_STEPS, "--json", "--quiet").out)["codes"] == 20


def test_verbose_lists_every_finding(tmp_path: Path) -> None:
    target = tmp_path / "empty.qde"
    target.write_text(
        '<Project xmlns="urn:QDA-XML:project:1.0" name="x">'
        + "".join(f"<Odd{number}/>" for number in range(9))
        + "</Project>"
    )
    usual, verbose = run("show", target).out, run("--verbose", "show", target).out
    assert "more; --findings shows them all" in usual
    assert "shows them all" not in verbose
    assert len(verbose.splitlines()) > len(usual.splitlines())


def test_quiet_and_verbose_exclude_each_other() -> None:
    ran = run("--quiet", "show", FIRST_STEPS, "--verbose")
    assert (ran.code, ran.out) == (2, "")
    assert "--quiet and --verbose cannot go together" in ran.message


@pytest.mark.parametrize(
    ("option", "variables", "coloured"),
    [
        ([], {}, False),
        ([], {"FORCE_COLOR": "1"}, True),
        ([], {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        (["--color", "auto"], {"FORCE_COLOR": "1"}, True),
        (["--color", "always"], {}, True),
        (["--color", "always"], {"NO_COLOR": "1"}, True),
        (["--color", "never"], {"FORCE_COLOR": "1"}, False),
    ],
)
def test_colours_are_used_when_asked_for(option: list[str], variables: dict[str, str], coloured: bool) -> None:
    ran = run_process("show", FIRST_STEPS, *option, cwd=None, TERM="xterm", **variables)
    assert ran.code == 0
    assert ("\x1b[" in ran.out) is coloured
    assert "\x1b[" not in ran.err


def test_what_was_written_is_told_as_json(tmp_path: Path) -> None:
    workbook, newer, codebook = (tmp_path / name for name in ("m.xlsx", "n.xlsx", "f.qdc"))
    told = {
        workbook: run("mapping", "new", FIRST_STEPS, "-o", workbook, "--json"),
        newer: run("mapping", "update", FIRST_STEPS, FIRST_MAPPING, "-o", newer, "--json"),
        codebook: run("frameworks", "export", "-o", codebook, "--json"),
    }
    for target, ran in told.items():
        assert ran.code == 0
        assert json.loads(ran.out)["output"] == str(target)
        assert target.exists()


@pytest.mark.parametrize("words", ["show", "validate"])
def test_a_limit_holds_for_one_run(words: str) -> None:
    low = run(words, FIRST_STEPS, "--limit", "members=1")
    said = " ".join((low.out + low.err).split())
    assert "at most 1 are read" in said
    assert "add --limit members=14" in said
    assert run(words, FIRST_STEPS, "--limit", "members=14").code == 0
    assert current_limits() == DEFAULT_LIMITS


def test_limits_are_written_with_units() -> None:
    with limited(Limits()):
        change_limits("text-bytes = 3 GB")
        change_limits("Members=1_000,000")
        assert (current_limits().text_bytes, current_limits().members) == (3 << 30, 10**6)
    assert current_limits() == DEFAULT_LIMITS


def test_a_fault_holds_no_words_of_an_interview_unless_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def fault(*_: object, **__: object) -> None:
        raise ValueError("My mother died in May.")

    monkeypatch.setattr("qdpx_compassion.api.describe", fault)
    ran = run("show", FIRST_STEPS)
    assert (ran.code, "My mother" in ran.err) == (1, False)
    assert "ValueError in " in ran.message
    assert "line " in ran.message
    assert "My mother died in May." in run("show", FIRST_STEPS, "--verbose").message


def test_too_little_memory_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def fault(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr("qdpx_compassion.api.describe", fault)
    ran = run("show", FIRST_STEPS)
    assert ran.code == 1
    assert "not enough memory" in ran.message
