"""The commands ``frameworks list``, ``show`` and ``export`` as a user meets them."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from qdpx_compassion.cli.frameworks import frameworks
from qdpx_compassion.errors import FrameworkError, OutputError, UsageError
from qdpx_compassion.frameworks import load_framework
from qdpx_compassion.frameworks.codebook import framework_codebook

OWN = """\
id = "trust"
title = "Trust [bold]of[/bold] :smile:"
version = "2"
[[dimension]]
id = "kind"
title = "Kind"
question = "Which?"
[[dimension.construct]]
id = "people"
name = "In people"
definition = "Trust in people."
"""


def _run(*arguments: str, env: dict[str, str] | None = None) -> Result:
    return CliRunner().invoke(frameworks, arguments, catch_exceptions=False, env=env)


@pytest.fixture
def own(tmp_path: Path) -> Path:
    path = tmp_path / "trust.toml"
    path.write_text(OWN, encoding="utf-8")
    return path


def test_list_names_the_built_in_framework() -> None:
    result = _run("list")
    assert result.exit_code == 0
    assert result.output.startswith("compassion  Compassion, version 1.0: 3 dimensions, 9 constructs")


def test_list_adds_a_file_when_asked(own: Path) -> None:
    listed = json.loads(_run("list", "--framework", str(own), "--json").output)
    assert [entry["id"] for entry in listed] == ["compassion", "trust"]
    assert listed[1]["constructs"] == ["people"]
    assert str(own) in _run("list", "--framework", str(own)).output


def test_show_says_every_question_name_definition_and_source() -> None:
    shown = " ".join(_run("show").output.split())
    framework = load_framework()
    for dimension in framework.dimensions:
        assert dimension.title in shown
        assert dimension.question in shown
        assert " ".join(dimension.citation.split()) in shown
        for construct in dimension.constructs:
            assert construct.name in shown
            assert construct.definition in shown


def test_show_takes_a_name_or_a_file_and_prints_it_as_it_is_written(own: Path) -> None:
    assert _run("show", "compassion").output == _run("show").output
    shown = _run("show", str(own)).output
    assert shown == _run("show", "--framework", str(own)).output
    assert "Trust [bold]of[/bold] :smile:" in shown


@pytest.mark.parametrize("width", ["20", "40", "80"])
def test_show_fits_a_narrow_terminal(width: str) -> None:
    shown = _run("show", env={"COLUMNS": width, "FORCE_COLOR": "1", "NO_COLOR": "1", "TERM": "xterm"}).output
    lines = re.sub(r"\x1b\[[0-9;]*m", "", shown).splitlines()
    assert max(len(line) for line in lines) <= int(width)
    assert not any(line.endswith(" ") for line in lines)


def test_show_heeds_no_color() -> None:
    coloured = _run("show", env={"FORCE_COLOR": "1", "COLORTERM": "truecolor", "TERM": "xterm"}).output
    assert "\x1b[38;2;51;34;136m" in coloured
    plain = _run("show", env={"FORCE_COLOR": "1", "NO_COLOR": "1", "TERM": "xterm"}).output
    assert "\x1b[38" not in plain
    assert "\x1b" not in _run("show", env={"NO_COLOR": "1"}).output


def test_show_as_json_is_the_whole_framework() -> None:
    result = _run("show", "--json")
    assert result.output.isascii()
    shown = json.loads(result.output)
    framework = load_framework()
    assert shown["guid"] == framework.guid
    assert [c["definition"] for d in shown["dimensions"] for c in d["constructs"]] == [
        construct.definition for construct in framework.constructs
    ]


def test_export_writes_the_codebook_and_says_so(tmp_path: Path) -> None:
    target = tmp_path / "framework.qdc"
    result = _run("export", "compassion", "-o", str(target))
    assert result.exit_code == 0
    assert target.read_bytes() == framework_codebook(load_framework())
    assert "13 codes" in result.output


def test_export_replaces_a_file_only_with_force(tmp_path: Path, own: Path) -> None:
    target = tmp_path / "framework.qdc"
    target.write_bytes(b"mine")
    with pytest.raises(OutputError):
        _run("export", "-o", str(target))
    assert target.read_bytes() == b"mine"
    _run("export", str(own), "-o", str(target), "--force")
    assert b'name="In people"' in target.read_bytes()


def test_export_never_writes_over_the_framework_itself(tmp_path: Path) -> None:
    odd = tmp_path / "trust.qdc"
    odd.write_text(OWN, encoding="utf-8")
    with pytest.raises(OutputError, match="over the input"):
        _run("export", str(odd), "-o", str(odd), "--force")
    assert odd.read_text(encoding="utf-8") == OWN


def test_export_wants_the_name_of_a_codebook(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"\.qdc"):
        _run("export", "-o", str(tmp_path / "framework.qdpx"))
    assert _run("export").exit_code == 2
    assert list(tmp_path.iterdir()) == []


def test_two_frameworks_at_once_are_refused(own: Path) -> None:
    with pytest.raises(UsageError, match="Two frameworks"):
        _run("show", "compassion", "--framework", str(own))


def test_an_unknown_framework_is_an_error_for_people() -> None:
    with pytest.raises(FrameworkError, match="no framework called “compasion”"):
        _run("show", "compasion")


def test_export_takes_a_framework_file_by_option_too(tmp_path: Path, own: Path) -> None:
    target = tmp_path / "trust.qdc"
    assert _run("export", "--framework", str(own), "-o", str(target), "--force").exit_code == 0
    assert b'name="In people"' in target.read_bytes()


@pytest.mark.parametrize("command", ["list", "show", "export"])
def test_every_command_has_an_example_in_its_help(command: str) -> None:
    result = _run(command, "--help")
    assert "Example" in result.output
    assert f"qdpx-compassion frameworks {command}" in result.output


def test_the_commands_stand_in_the_order_of_the_work() -> None:
    commands = _run("--help").output.split("Commands:")[1].splitlines()
    assert [line.split()[0] for line in commands if line.strip()] == ["list", "show", "export"]
    assert not any(line.endswith("...") for line in commands)
