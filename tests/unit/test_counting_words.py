"""Sentences with numbers in them: one is one, and several are several."""

import re
import zipfile
from pathlib import Path

import pytest
from command_line import FIRST_STEPS, run

from qdpx_compassion.findings import count
from qdpx_compassion.refi.text import summarise_problems

#: A one before a word of the plural, as it stood in messages once.
WRONG = re.compile(r"\b1 (codings|codes|sets|links|graphs|selections|sources|cases|participants|rows|files)\b")


def test_numbers_stand_with_their_nouns() -> None:
    counted = [count(number, "coding") for number in (0, 1, 2, 1200)]
    assert counted == ["0 codings", "1 coding", "2 codings", "1,200 codings"]
    assert count(1, "selection reaches", "selections reach") == "1 selection reaches"


@pytest.mark.parametrize(
    ("code", "one", "two"),
    [
        ("position-past-end", "1 selection reaches past the end", "2 selections reach past the end"),
        ("position-reversed", "1 selection ends before its start", "2 selections end before their start"),
        ("selection-empty", "1 selection holds no characters", "2 selections hold no characters"),
        ("position-inside-character", "1 selection begins or ends", "2 selections begin or end"),
    ],
)
def test_selections_with_odd_places_are_counted_in_whole_sentences(code: str, one: str, two: str) -> None:
    (finding,) = summarise_problems({code: ["a"]}, "text")
    assert finding.message.startswith(one)
    (finding,) = summarise_problems({code: ["a", "b"]}, "text")
    assert finding.message.startswith(two)


def test_one_of_each_is_said_of_a_small_project(tmp_path: Path) -> None:
    mapping = tmp_path / "mapping.csv"
    mapping.write_text("code,construct,mark\nValues > Openness,universality-of-suffering,x\n", encoding="utf-8")
    out = tmp_path / "enriched.qde"
    said = [
        run("enrich", FIRST_STEPS, mapping, "-o", out.with_suffix(".qdpx"), "--summary", tmp_path / "s.xlsx").out,
        run("mapping", "check", FIRST_STEPS, mapping).out,
        run("strip", out.with_suffix(".qdpx"), "-o", tmp_path / "stripped.qdpx").out,
    ]
    with zipfile.ZipFile(out.with_suffix(".qdpx")) as archive:
        said.append(archive.read("project.qde").decode("utf-8"))
    note = next(line for line in said[-1].splitlines() if "Added: " in line)
    assert "1 set" in note
    assert "1 graph" in note
    for text in said:
        assert not WRONG.search(text), WRONG.search(text)
