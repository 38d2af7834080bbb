"""The program as a whole: help, versions, unknown words, colours, terminals, and what is imported for what."""

import ast
import functools
import inspect
import os
import re
import shlex
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from command_line import FIRST_MAPPING, FIRST_STEPS, ROOT, Ran, commands, environment, run, run_process

from qdpx_compassion import __version__
from qdpx_compassion.cli.main import COMMANDS, cli

ALL = {" ".join(path): command for path, command in commands()}
HEAVY = {"pandas", "numpy", "openpyxl", "lxml", "rich"}


def _help(words: str) -> str:
    ran = run(*words.split(), "--help")
    assert ran.code == 0
    assert ran.err == ""
    return ran.out


# -- every command and option ---------------------------------------------------------------------------------------


@functools.cache
def _calls() -> list[tuple[str, ...]]:
    """The words written in every call in the tests that runs the program, in whichever way."""
    found = []
    for file in sorted((ROOT / "tests").rglob("test_*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                # nested calls have their own words: str(path) stands for a path
                parts = [part for one in node.args for part in (one.elts if isinstance(one, ast.List) else [one])]
                words = [part.value for part in parts if isinstance(part, ast.Constant)]
                about = re.findall(r"^test_(\w+)_command", file.name)  # may leave its own command's name out
                prefix = about if not words or words[0] not in COMMANDS or about == ["frameworks"] else []
                found.append(tuple(map(str, [*prefix, *words])))
    return found


#: Options of many commands, with a test of their own (test_common_options.py, test_log_option.py).
COMMON = {"--limit", "--quiet", "--verbose", "--color", "--log"}


@pytest.mark.parametrize("words", ALL)
def test_every_command_and_every_option_is_in_a_test(words: str) -> None:
    path = tuple(words.split())
    used = {word for call in _calls() if call[: len(path)] == path for word in call}
    missing = [
        option.opts[0]
        for option in ALL[words].params
        if isinstance(option, click.Option)
        and not used & {*option.opts, *option.secondary_opts}
        and not {*option.opts} & COMMON
    ]
    assert not missing
    assert used


@pytest.mark.parametrize("words", ALL)
def test_every_help_has_an_example_that_uses_the_command(words: str) -> None:
    text = _help(words)
    assert "Example" in text
    assert f"  qdpx-compassion {words}" in text or not words


@pytest.mark.parametrize("words", ALL)
def test_every_example_in_the_help_names_arguments_and_options_that_exist(words: str) -> None:
    for example in re.findall(r"qdpx-compassion (.+)", _help(words).split("Example", 1)[1].split("Options:")[0]):
        named = [name for name in ALL if name and (example + " ").startswith(name + " ")]
        command = ALL[max(named, key=len)]
        arguments = shlex.split(example)[len(max(named, key=len).split()) :]
        with command.make_context("example", list(arguments)) as context:
            assert context.params


@pytest.mark.parametrize("words", ALL)
def test_every_help_fits_80_columns_and_cuts_no_sentence(words: str) -> None:
    text = _help(words)
    assert max(map(len, text.splitlines())) <= 80
    assert "..." not in re.sub(r"[A-Z]\]?\.\.\.", "", text)  # PROJECT... is how several are asked for
    assert not any(line.endswith(" ") for line in text.splitlines())


@pytest.mark.parametrize("words", ALL)
def test_every_option_says_what_it_does_as_a_sentence(words: str) -> None:
    for option in ALL[words].params:
        if isinstance(option, click.Option):
            assert option.help, option.name
            assert option.help[0].isupper(), option.help
            assert option.help.endswith("."), option.help


def test_the_commands_stand_in_the_order_of_the_work() -> None:
    table = _help("").split("Commands, in the order of the work:\n")[1].split("\n\n")[0]
    listed = re.findall(r"^  (\w+) ", table, re.MULTILINE)
    assert listed == list(COMMANDS)
    assert len(table.splitlines()) == len(listed)  # a line each
    work = ["show", "frameworks", "mapping", "enrich", "summarise", "strip"]
    assert [name for name in listed if name in work] == work
    assert re.findall(r"^  (\w+) ", _help("mapping").split("Commands:")[1], re.MULTILINE) == [
        "new", "check", "update", "compare",
    ]  # fmt: skip


def test_short_and_long_help_are_one() -> None:
    assert run("-h").out == run("--help").out
    assert run("show", "-h").out == run("show", "--help").out


def test_help_through_clicks_own_runner_is_the_same() -> None:
    assert CliRunner().invoke(cli, ["enrich", "--help"], prog_name="qdpx-compassion").output == _help("enrich")


def test_the_version_is_the_packages() -> None:
    assert run("--version").out == f"qdpx-compassion, version {__version__}\n"
    assert run_process("--version").out == f"qdpx-compassion, version {__version__}\n"


# -- words that are not known ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["enrch"], "Error: There is no command 'enrch'. Did you mean 'enrich'?"),
        (["summarize"], "Error: There is no command 'summarize'. Did you mean 'summarise'?"),
        (
            ["xyz"],
            f"Error: There is no command 'xyz'. The commands are: {', '.join(COMMANDS)}.",
        ),
        (["check"], "Error: There is no command 'check'. Did you mean 'mapping check'?"),
        (
            ["study.qdpx"],
            "Error: 'study.qdpx' is a file. Say first what to do with it, e.g.: qdpx-compassion start study.qdpx",
        ),
        (["mapping", "chek"], "Error: There is no command 'chek'. Did you mean 'check'?"),
        (["frameworks", "xyz"], "Error: There is no command 'xyz'. The commands are: list, show, export."),
        (["show", "--jsn", "x"], "Error: No such option '--jsn'. Did you mean '--json'?"),
        (["show"], "Error: Missing argument 'PROJECT'. For example: qdpx-compassion show study.qdpx"),
        (
            ["mapping", "new", "x.qdpx"],
            "Error: Missing option '-o' / '--output'. Say with -o where to write, e.g. -o result.xlsx",
        ),
        (
            ["show", "a", "b"],
            "Error: “b” is one word too many. For example: qdpx-compassion show study.qdpx",
        ),
    ],
)
def test_wrong_usage_is_told_with_the_near_word(arguments: list[str], message: str) -> None:
    ran = run(*arguments)
    assert ran.code == 2
    assert ran.out == ""
    assert _same_words(ran.message.split("Error: ")[1], message.removeprefix("Error: "))


def _same_words(one: str, other: str) -> bool:
    """Whether two messages are one but for the punctuation that click changes between its versions."""
    return re.findall(r"[\w.-]+", one.rstrip(".")) == re.findall(r"[\w.-]+", other.rstrip("."))


def test_nothing_at_all_shows_the_help() -> None:
    ran = run()
    assert "Commands, in the order of the work" in ran.out + ran.err


# -- colours and terminals ------------------------------------------------------------------------------------------


def test_a_pipe_gets_no_escape_codes(tmp_path: Path) -> None:
    ran = run_process("enrich", FIRST_STEPS, FIRST_MAPPING, "-o", tmp_path / "out.qdpx", TERM="xterm-256color")
    assert ran.code == 0
    assert "\x1b" not in ran.out + ran.err
    assert ran.err == ""


def _in_a_terminal(*arguments: str | Path, slow: bool = False, **variables: str) -> Ran:
    """Run with a pseudo terminal as standard error and output; where the output of the terminal is all in ``err``."""
    pty = pytest.importorskip("pty", reason="pseudo terminals are a matter of POSIX")
    leader, follower = pty.openpty()
    patience = "import qdpx_compassion.cli.output as output; output._PATIENCE = -1.0; " if slow else ""
    code = f"{patience}from qdpx_compassion.cli.main import run; run()"
    process = subprocess.Popen(  # noqa: S603 (this program)
        [sys.executable, "-c", code, *map(str, arguments)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if slow else follower,
        stderr=follower,
        env=environment(TERM="xterm-256color", COLUMNS="80", **variables),
    )
    os.close(follower)
    err = b""
    while True:
        try:
            chunk = os.read(leader, 4096)
        except OSError:  # how Linux says that the other end was closed
            break
        if not chunk:
            break
        err += chunk
    out = process.stdout.read() if process.stdout else b""
    if process.stdout:
        process.stdout.close()
    os.close(leader)
    return Ran(process.wait(timeout=60), out.decode(), err.decode())


def test_the_progress_bar_goes_to_the_terminals_standard_error_only(tmp_path: Path) -> None:
    target = tmp_path / "out.qdpx"
    ran = _in_a_terminal("enrich", FIRST_STEPS, FIRST_MAPPING, "-o", target, "--json", slow=True)
    assert ran.code == 0, ran.err
    assert "Enriching" in ran.err
    assert "\x1b[" in ran.err
    assert ran.out.startswith("{")
    assert "\x1b" not in ran.out
    assert target.exists()


def test_a_short_run_shows_no_progress_bar(tmp_path: Path) -> None:
    ran = _in_a_terminal("strip", FIRST_STEPS, "-o", tmp_path / "out.qdpx")
    assert "Stripping" not in ran.err
    assert "Wrote" in ran.err


def test_a_terminal_gets_colours_unless_no_color_is_set() -> None:
    assert "\x1b[" in _in_a_terminal("show", FIRST_STEPS).err
    assert "\x1b" not in _in_a_terminal("show", FIRST_STEPS, NO_COLOR="1").err


def test_forced_colours_in_a_pipe_bring_no_progress_bar(tmp_path: Path) -> None:
    ran = run_process("strip", FIRST_STEPS, "-o", tmp_path / "out.qdpx", FORCE_COLOR="1", TERM="xterm")
    assert ran.err == ""


def test_a_reader_that_goes_away_is_no_error_worth_telling() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "qdpx_compassion", "frameworks", "show", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    time.sleep(0.1)
    told = process.stderr.read()
    process.stderr.close()
    assert process.wait(timeout=60) in (0, 1)
    assert told == b""


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_a_terminal_of_a_small_character_set_gets_question_marks_and_no_fault(encoding: str) -> None:
    ran = run_process("show", FIRST_STEPS, PYTHONIOENCODING=encoding, PYTHONUTF8="0", LC_ALL="C")
    assert ran.code == 0


# -- what is imported -----------------------------------------------------------------------------------------------


def _imported(*arguments: str | Path) -> set[str]:
    """The top-level packages that a run imports."""
    code = textwrap.dedent(
        """
        import sys
        from qdpx_compassion.cli.main import run
        try:
            run()
        except SystemExit as end:
            assert not end.code, end.code
        sys.stderr.write("imported: " + " ".join({name.split(".")[0] for name in sys.modules}))
        """
    )
    command = [sys.executable, "-c", code, *map(str, arguments)]
    done = subprocess.run(command, env=environment(), capture_output=True, check=True, timeout=60)  # noqa: S603 (this program)
    return set(done.stderr.decode().split("imported: ")[1].split())


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["enrich", "--help"], ["mapping", "new", "--help"]])
def test_help_and_version_import_nothing_heavy(arguments: list[str]) -> None:
    assert not HEAVY & _imported(*arguments)


def test_enrich_and_strip_import_no_pandas(tmp_path: Path) -> None:
    enriched = tmp_path / "e.qdpx"
    assert not {"pandas", "numpy", "lxml"} & _imported("enrich", FIRST_STEPS, FIRST_MAPPING, "-o", enriched)
    assert not {"pandas", "numpy", "lxml", "openpyxl"} & _imported("strip", enriched, "-o", tmp_path / "s.qdpx")


def test_a_new_mapping_needs_no_pandas(tmp_path: Path) -> None:
    assert "pandas" not in _imported("mapping", "new", FIRST_STEPS, "-o", tmp_path / "mapping.xlsx")


# -- faults of the program ------------------------------------------------------------------------------------------


def test_a_fault_of_the_program_is_a_message_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def fault(*_: object, **__: object) -> None:
        raise KeyError("something")

    monkeypatch.setattr("qdpx_compassion.api.describe", fault)
    ran = run("show", FIRST_STEPS)
    assert ran.code == 1
    assert ran.message.startswith("Error: This should not have happened")
    assert "Please report it" in ran.message
    monkeypatch.setenv("QDPX_TRACEBACK", "1")
    with pytest.raises(KeyError):
        run("show", FIRST_STEPS)


def test_what_the_system_refuses_is_a_message_with_its_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(5, "Input/output error", "study.qdpx")

    monkeypatch.setattr("qdpx_compassion.api.describe", refuse)
    ran = run("show", FIRST_STEPS)
    assert ran.code == 1
    assert ran.message.startswith("Error: study.qdpx: The system says: Input/output error. Nothing was written over.")


def test_the_main_module_runs_the_program() -> None:
    assert "run()" in inspect.cleandoc((ROOT / "qdpx_compassion" / "__main__.py").read_text(encoding="utf-8"))
    assert run_process("frameworks", "list").out == run("frameworks", "list").out
