"""Positions of other formats: every quotation of ours has one place in theirs, and comes back."""

import unicodedata
from collections.abc import Callable
from typing import Literal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from qdpx_compassion.formats.positions import HeldText, TextForm

Unit = Literal["code_point", "utf16", "utf8"]
UNITS: tuple[Unit, ...] = ("code_point", "utf16", "utf8")
FORMS = [
    TextForm(unit, line_ends, controls, end, bom)
    for unit in UNITS
    for line_ends in ("kept", "lf")
    for controls in ("kept", "shown")
    for end in ("exclusive", "inclusive")
    for bom in (True, False)
]  # fmt: skip
WIDTH: dict[str, Callable[[str], int]] = {
    "code_point": len,
    "utf16": lambda text: len(text.encode("utf-16-le")) // 2,
    "utf8": lambda text: len(text.encode()),
}

pieces = st.sampled_from(
    ["\r\n", "\n", "\r", "\t", "\0", "\x0b", "\ufeff", "🙂", "👩\u200d⚕️", "é", "e\u0301", "한", "\u2028", "x", " "]
)
texts = st.lists(st.one_of(pieces, st.text(max_size=3)), max_size=20).map("".join)
NASTY = "\ufeffI felt 🙂 heard\r\n\te\u0301 señora\0\r\r\n👩\u200d⚕️ 한국\n"


def held(text: str, form: TextForm) -> str:
    """The text as the format has it, said again without the product."""
    if form.controls == "shown":
        text = "".join(chr(0x2400 + ord(c)) if c < " " and c not in "\t\n\r" else c for c in text)
        text = text.replace("\ufffe", "\ufffd").replace("\uffff", "\ufffd")
    if form.line_ends == "lf":
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text


def cut(text: str, unit: str, start: int, end: int) -> str:
    """What a program that counts like this takes out of the text."""
    if unit == "utf8":
        return text.encode()[start:end].decode()
    if unit == "utf16":
        return text.encode("utf-16-le")[2 * start : 2 * end].decode("utf-16-le")
    return text[start:end]


def splits(text: str, index: int) -> bool:
    return index > 0 and text[index - 1 : index + 1] == "\r\n"


@given(texts, st.sampled_from(FORMS), st.integers(0, 60), st.integers(0, 60))
@example(NASTY, TextForm("utf8", "lf", "shown"), 7, 21)
@example(NASTY, TextForm("utf16", "lf"), 8, 40)
@example("🙂\0\r\n", TextForm("utf8", "lf", "shown", "inclusive"), 0, 4)
def test_a_quotation_of_ours_is_cut_out_by_the_program_and_comes_back(
    text: str, form: TextForm, one: int, other: int
) -> None:
    first, last = sorted((min(one, len(text)), min(other, len(text))))
    theirs = HeldText(text, form)
    assert theirs.text == held(text, form)
    assert theirs.length == WIDTH[form.unit](theirs.text)
    start, end = theirs.to_format(first, last)
    if form.line_ends == "lf":  # the whole line end belongs to it
        empty = first == last
        first -= splits(text, first)
        last = first if empty else last + splits(text, last)
    beyond = 1 if form.end == "inclusive" and last > first else 0
    assert cut(theirs.text, form.unit, start, end + beyond) == held(text[first:last], form)
    if last > first:
        assert theirs.to_ours(start, end) == (first, last, [])
        assert theirs.quotation(start, end) == text[first:last]


@given(texts, st.sampled_from(FORMS), st.integers(0, 60), st.integers(0, 60))
@example(NASTY, TextForm("utf8"), 0, 10)
@example("\ufeff\ufeffx", TextForm("utf8"), 6, 7)
def test_a_quotation_of_a_program_is_the_same_in_our_text(text: str, form: TextForm, one: int, other: int) -> None:
    first, last = sorted((min(one, len(text)), min(other, len(text))))
    read = HeldText.read(text, form)
    marked = text.startswith("\ufeff")
    assert read.ours == text.removeprefix("\ufeff")
    if form.controls == "shown" or splits(text, first) or splits(text, last) or last <= max(first, marked):
        return
    counted = text if form.bom else read.ours
    lost = marked and not form.bom
    first, last = max(first - lost, 0), last - lost
    counts = WIDTH[form.unit]
    start, end = (counts(held(counted[:place], form)) for place in (first, last))
    quotation = counted[first:last].removeprefix("\ufeff" if marked and form.bom and first == 0 else "")
    assert read.quotation(start, end - (1 if form.end == "inclusive" else 0)) == quotation


@pytest.mark.parametrize(
    ("unit", "start", "end"), [("code_point", 7, 12), ("utf16", 8, 13), ("utf8", 10, 15)], ids=UNITS
)
def test_each_unit_finds_the_word_behind_an_emoji(unit: Unit, start: int, end: int) -> None:
    text = HeldText("Felt 🙂 heard", TextForm(unit))
    assert text.to_format(7, 12) == (start, end)
    assert text.quotation(start, end) == "heard"


@pytest.mark.parametrize(("unit", "position"), [("utf16", 1), ("utf8", 1), ("utf8", 2), ("utf8", 3)])
def test_a_position_inside_a_character_takes_the_whole_and_is_told(unit: Unit, position: int) -> None:
    text = HeldText("🙂x", TextForm(unit))
    assert text.to_ours(0, position) == (0, 1, ["position-inside-character"])
    assert text.to_ours(position, 5)[:2] == (0, 2)


def test_positions_beyond_the_text_and_the_wrong_way_round_are_told() -> None:
    text = HeldText("señora", TextForm("utf8"))
    assert text.to_ours(0, 99) == (0, 6, ["position-past-end"])
    assert text.to_ours(4, 0) == (0, 3, ["position-reversed"])
    assert text.to_ours(3, 3)[2] == ["position-inside-character"]
    assert text.to_ours(4, 4) == (3, 3, ["selection-empty"])


def test_a_combining_mark_stays_with_its_letter_where_it_was_marked_so() -> None:
    decomposed = unicodedata.normalize("NFD", "señora")
    text = HeldText(decomposed, TextForm("utf8"))
    start, end = text.to_format(2, 4)
    assert (start, end) == (2, 5)
    assert text.quotation(start, end) == "n\u0303"


def test_half_a_line_end_is_the_whole_one_where_the_format_has_one_character() -> None:
    text = HeldText("a\r\nb", TextForm(line_ends="lf"))
    assert text.to_format(0, 2) == (0, 2)
    assert text.to_format(2, 4) == (1, 3)
    assert text.to_format(2, 2) == (1, 1)
