"""Places of one version of a text, found again in another."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qdpx_compassion.teams.alignment import Alignment, LineEnds

OLD = "I felt heard.\nNobody asked me twice.\nThen the app rang, and it was gone.\n"
NEW = "Interviewer: Hello.\nI felt heard.\nNobody ever asked me twice.\nThen it was gone.\n"


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("I felt heard.", "I felt heard."),
        ("Nobody asked me twice.", "Nobody ever asked me twice."),
        ("rang, and it was gone.", "it was gone."),
        ("Then the app rang, and it was gone.", None),
        ("the app rang, and", None),
    ],
)
def test_a_passage_is_found_in_the_edited_text(words: str, found: str | None) -> None:
    start = OLD.index(words)
    place = Alignment(OLD, NEW).span(start, start + len(words))
    assert (None if place is None else NEW[place[0] : place[1]]) == found


def test_an_empty_passage_is_a_point() -> None:
    at = OLD.index("Nobody")
    assert Alignment(OLD, NEW).span(at, at) == (NEW.index("Nobody"), NEW.index("Nobody"))


def test_similarity_says_how_much_is_left() -> None:
    assert Alignment(OLD, OLD).similarity == 1
    assert Alignment(OLD, NEW).similarity > 0.5
    assert Alignment("abc\n", "xyz\n").similarity < 0.5
    assert Alignment("", "").similarity == 1


@given(st.text(alphabet="ab \n", max_size=60), st.text(alphabet="ab \n", max_size=60), st.data())
def test_what_is_found_lies_in_the_text_and_whole_texts_map_to_themselves(a: str, b: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(a)))
    end = data.draw(st.integers(start, len(a)))
    place = Alignment(a, b).span(start, end)
    if place is not None:
        assert 0 <= place[0] <= place[1] <= len(b)
    assert Alignment(a, a).span(start, end) == (start, end)


@given(st.lists(st.sampled_from(["a", "\r\n", "\n", "\r", "é"]), max_size=20))
def test_line_ends_count_once_and_back(parts: list[str]) -> None:
    text = "".join(parts)
    ends = LineEnds(text)
    assert "\r" not in ends.plain
    for index in range(len(text) + 1):
        if text[index - 1 : index + 1] == "\r\n" and index:
            continue  # between CR and LF is no place in the plain text
        assert ends.from_plain(ends.to_plain(index)) == index
        assert ends.plain[: ends.to_plain(index)] == LineEnds(text[:index]).plain
