"""``dialects``: what is known of each program's files, and how we know."""

import json

import pytest
from command_line import run

from qdpx_compassion.refi.dialects import dialects


def test_the_list_has_every_program_with_how_it_counts_and_how_we_know() -> None:
    lines = run("dialects").out
    for profile in dialects():
        assert profile.program in lines
        assert any(line.startswith(profile.id) for line in lines.splitlines())
    assert "UTF-16 units, CR LF counts 2, end exclusive (measured)" in lines


@pytest.mark.parametrize("identifier", [profile.id for profile in dialects()])
def test_all_that_is_known_of_a_program_is_shown(identifier: str) -> None:
    shown = " ".join(run("dialects", identifier).out.split())
    profile = next(profile for profile in dialects() if profile.id == identifier)
    for claim in profile.claims:
        assert claim.says in shown
    for drop in profile.drops:
        assert drop in shown


def test_json_has_the_same_for_programs() -> None:
    found = json.loads(run("dialects", "--json").out)
    assert [entry["id"] for entry in found] == [profile.id for profile in dialects()]
    (windows,) = json.loads(run("dialects", "nvivo-windows", "--json").out)
    assert windows["unit"] == "utf16"
    assert {"id", "says", "weight"} == set(windows["habits"][0])
    assert {claim["standing"] for claim in windows["claims"]} == {"verified", "said"}


def test_an_unknown_program_is_answered_with_those_that_are_known() -> None:
    ran = run("dialects", "word")
    assert ran.code == 2
    assert "“word” is not known" in ran.message
    assert "nvivo-mac, nvivo-windows" in ran.message
