"""Options that every command has: limits are raised, and faults of the program hold no words of an interview."""

import pytest
from command_line import FIRST_STEPS, commands, run

from qdpx_compassion.files.limits import DEFAULT_LIMITS, Limits, change_limits, current_limits, limited

ALL = [" ".join(words) for words, command in commands() if not hasattr(command, "commands")]


@pytest.mark.parametrize("words", ALL)
def test_every_command_knows_them(words: str) -> None:
    ran = run(*words.split(), "--limit", "nonsense")
    assert ran.code == 2
    assert "--limit members=200000" in ran.message
    text = run(*words.split(), "--help").out
    assert "--limit NAME=N" in text
    assert "--verbose" in text


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
