"""Positions and quotations: how each way of counting turns into characters, and back."""

import codecs

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from qdpx_compassion.refi.text import (
    PositionedText,
    TextReading,
    decode_text,
    name_fits,
    summarise_problems,
)

POINTS = TextReading("code_point", crlf=2)
NVIVO = TextReading("utf16", crlf=2)
ATLAS = TextReading("code_point", crlf=1)
READINGS = [
    TextReading(unit, crlf, end, bom)
    for unit in ("code_point", "utf16", "utf8")
    for crlf in (1, 2)
    for end in ("exclusive", "inclusive")
    for bom in (False, True)
]  # fmt: skip

#: Texts in which the ways of counting run apart; no CR without LF, as programs write them.
texts = st.lists(
    st.one_of(
        st.sampled_from(["\r\n", "\n", "🙂", "👩\u200d⚕️", "é", "e\u0301", "\u2028", "x", " "]), st.text(max_size=3)
    ),
    max_size=20,
).map("".join)


def quote(text: str, reading: TextReading, start: int, end: int, *, had_bom: bool = False) -> str:
    first, last, _ = PositionedText(text, reading, had_bom=had_bom).span(start, end)
    return text[first:last]


def problems(text: str, reading: TextReading, start: int, end: int) -> list[str]:
    return PositionedText(text, reading).span(start, end)[2]


@pytest.mark.parametrize(
    ("reading", "start", "end", "quotation"),
    [
        (NVIVO, 7, 12, "heard"),
        (POINTS, 6, 11, "heard"),
        (NVIVO, 5, 7, "🙂"),
        (POINTS, 5, 6, "🙂"),
        (NVIVO, 14, 16, "an"),  # CR LF counts two
        (TextReading("utf16", crlf=1), 13, 15, "an"),
        (ATLAS, 12, 14, "an"),
        (POINTS, 13, 15, "an"),
        (TextReading("code_point", crlf=2, end="inclusive"), 6, 10, "heard"),
        (TextReading("utf16", crlf=2, end="inclusive"), 5, 6, "🙂"),
        (TextReading("utf16", crlf=2, end="inclusive"), 5, 5, "🙂"),
    ],
)
def test_each_program_finds_its_quotation(reading: TextReading, start: int, end: int, quotation: str) -> None:
    text = "I am 🙂heard\r\nand seen"
    assert quote(text, reading, start, end) == quotation


def test_a_byte_order_mark_counts_only_where_the_program_counts_it() -> None:
    counting = TextReading("code_point", bom=True)
    assert quote("heard", counting, 1, 3, had_bom=True) == "he"
    assert quote("heard", counting, 1, 3, had_bom=False) == "ea"
    assert quote("heard", POINTS, 1, 3, had_bom=True) == "ea"


def test_a_position_inside_a_character_takes_the_whole_character() -> None:
    assert quote("a🙂b", NVIVO, 0, 2) == "a🙂"
    assert quote("a🙂b", NVIVO, 2, 4) == "🙂b"
    assert quote("a🙂b", NVIVO, 2, 2) == "🙂"
    assert problems("a🙂b", NVIVO, 0, 2) == ["position-inside-character"]
    assert problems("a🙂b", NVIVO, 1, 3) == []


@pytest.mark.parametrize(("start", "end", "quotation"), [(3, 99, "rd"), (50, 99, ""), (-4, 2, "he"), (-9, -3, "")])
def test_a_selection_past_the_end_is_cut_there(start: int, end: int, quotation: str) -> None:
    assert quote("heard", POINTS, start, end) == quotation
    assert problems("heard", POINTS, start, end) == ["position-past-end"]


def test_a_reversed_selection_is_turned() -> None:
    assert quote("heard", POINTS, 4, 1) == "ear"
    assert problems("heard", POINTS, 4, 1) == ["position-reversed"]
    inclusive = TextReading(end="inclusive")
    assert quote("heard", inclusive, 3, 1) == "ear"
    assert problems("heard", inclusive, 3, 1) == ["position-reversed"]


def test_a_selection_of_nothing_is_told() -> None:
    assert problems("heard", POINTS, 2, 2) == ["selection-empty"]
    assert problems("heard", TextReading(end="inclusive"), 2, 1) == ["selection-empty"]
    assert problems("heard", TextReading(end="inclusive"), 2, 2) == []
    assert problems("", POINTS, 0, 0) == ["selection-empty"]


def test_length_is_the_largest_end() -> None:
    text = "a🙂\r\nb"
    assert PositionedText(text, POINTS).length == 5
    assert PositionedText(text, NVIVO).length == 6
    assert PositionedText(text, ATLAS).length == 4
    assert PositionedText(text, TextReading(bom=True), had_bom=True).length == 6
    assert PositionedText("", NVIVO).length == 0


@given(text=texts, reading=st.sampled_from(READINGS), had_bom=st.booleans())
@example(text="🙂", reading=NVIVO, had_bom=False)
@example(text="\r\n\r\n🙂\r\n", reading=TextReading("utf16", 1, bom=True), had_bom=True)
def test_every_place_between_characters_has_one_position(text: str, reading: TextReading, had_bom: bool) -> None:
    positioned = PositionedText(text, reading, had_bom=had_bom)
    for index in range(len(text) + 1):
        if reading.crlf == 1 and text[index - 1 : index + 1] == "\r\n":
            continue  # between CR and LF there is no position
        assert positioned.index(positioned.position(index)) == (index, False)
    assert positioned.position(len(text)) == positioned.length


@given(text=texts, data=st.data())
@example(text="🙂🙂a", data=None)
def test_utf16_positions_are_slices_of_the_utf16_text(text: str, data: st.DataObject | None) -> None:
    units = text.encode("utf-16-le", "surrogatepass")
    count = len(units) // 2
    positioned = PositionedText(text, NVIVO)
    assert positioned.length == count
    for start in range(count + 1) if data is None else [data.draw(st.integers(0, count))]:
        for end in range(start, count + 1):
            first, last, found = positioned.span(start, end)
            if "position-inside-character" not in found:
                assert text[first:last].encode("utf-16-le", "surrogatepass") == units[2 * start : 2 * end]


@given(text=texts)
def test_counting_crlf_once_is_counting_in_the_text_without_cr(text: str) -> None:
    folded = text.replace("\r\n", "\n")
    positioned = PositionedText(text, ATLAS)
    assert positioned.length == len(folded)
    for start in range(len(folded)):
        first, last, _ = positioned.span(start, start + 1)
        assert text[first:last].replace("\r\n", "\n") == folded[start]


@given(text=texts, reading=st.sampled_from(READINGS), start=st.integers(-5, 60), end=st.integers(-5, 60))
def test_whatever_the_positions_a_quotation_lies_in_the_text(
    text: str, reading: TextReading, start: int, end: int
) -> None:
    first, last, _ = PositionedText(text, reading).span(start, end)
    assert 0 <= first <= last <= len(text)


# -- decoding ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "text", "had_bom", "encoding"),
    [
        ("naïve 🙂".encode(), "naïve 🙂", False, "utf-8"),
        (codecs.BOM_UTF8 + b"a\r\nb\rc\n", "a\r\nb\rc\n", True, "utf-8"),
        ("naïve – “so”".encode("cp1252"), "naïve – “so”", False, "cp1252"),
        ("naïve".encode("utf-16"), "naïve", True, "utf-16-le"),
        (codecs.BOM_UTF16_BE + "naïve".encode("utf-16-be"), "naïve", True, "utf-16-be"),
        ("naïve text".encode("utf-16-le"), "naïve text", False, "utf-16-le"),
        ("naïve text".encode("utf-16-be"), "naïve text", False, "utf-16-be"),
        (b"", "", False, "utf-8"),
        (b"one \x00 nul in a long text", "one \x00 nul in a long text", False, "utf-8"),
        (b"caf\xe9 \x81", "café \ufffd", False, "cp1252"),
    ],
)
def test_texts_are_decoded_as_they_were_written(data: bytes, text: str, had_bom: bool, encoding: str) -> None:
    assert decode_text(data) == (text, had_bom, encoding)


@given(data=st.binary(max_size=64))
def test_any_bytes_are_read_as_some_text(data: bytes) -> None:
    text, _, _ = decode_text(data)
    text.encode("utf-8")


# -- names as evidence -------------------------------------------------------------------------------------------------


def test_a_name_is_the_quotation_whole_or_cut_with_white_space_folded() -> None:
    assert name_fits("I felt hea…", "I felt heard")
    assert name_fits("I felt hea...", "I  felt\r\nheard")
    assert name_fits("I felt heard", "I felt heard")
    assert not name_fits("You felt", "I felt heard")
    assert not name_fits("", "I felt heard")
    assert not name_fits("…", "I felt heard")


def test_problems_are_summed_up_by_kind() -> None:
    findings = summarise_problems({"selection-empty": ["g1", "g2", "g3", "g4", "g5"], "position-reversed": ["h"]}, "P1")
    assert [finding.code for finding in findings] == ["selection-empty", "position-reversed"]
    assert findings[0].message == "5 selections hold no characters: g1, g2, g3 and 2 more."
    assert findings[1].where == "P1"


@given(texts, st.sampled_from(READINGS), st.booleans(), st.lists(st.tuples(st.integers(-3, 70), st.integers(-3, 70))))
@example("a🙂b", NVIVO, False, [(0, 2)])
@example("a\r\nb🙂", TextReading("utf16", crlf=1), False, [(0, 1), (1, 2), (2, 3), (3, 5)] * 10)
@example("heard", TextReading("code_point", bom=True), True, [(0, 3)] * 10)
@example("heard", POINTS, False, [(1, -2)])
def test_many_selections_at_once_are_found_as_one_by_one(
    text: str, reading: TextReading, had_bom: bool, places: list[tuple[int, int]]
) -> None:
    positioned = PositionedText(text, reading, had_bom=had_bom)
    one_by_one = [positioned.span(start, end) for start, end in places]
    firsts, lasts, problems = positioned.spans([start for start, _ in places], [end for _, end in places])
    assert (firsts, lasts) == ([first for first, _, _ in one_by_one], [last for _, last, _ in one_by_one])
    assert problems == {number: found for number, (_, _, found) in enumerate(one_by_one) if found}


def test_a_selection_that_begins_at_a_byte_order_mark_that_counts_begins_with_the_text() -> None:
    text = PositionedText("mark\r\nheard", TextReading("utf16", bom=True), had_bom=True)
    assert text.spans([0, 7], [5, 12]) == ([0, 6], [4, 11], {0: ["position-past-end"]})
