"""Which reading a file supports, where texts, selections and names make it hard to tell."""

from pathlib import Path
from random import Random

import pytest
from positions_maker import (
    COUNTINGS,
    NVIVO_MAC,
    NVIVO_WINDOWS,
    Counting,
    Passage,
    Study,
    Style,
    archive,
    in_counting,
    position,
    study,
)

from qdpx_compassion.refi.edges import (
    AT_END,
    BLANK,
    BROKEN,
    CLEAN,
    INSIDE,
    UNDIVIDED,
    cuts_word,
    end_kind,
    start_kind,
)
from qdpx_compassion.refi.evidence import Evidence, Positions, Verdict
from qdpx_compassion.refi.reader import read_project
from qdpx_compassion.refi.text import PositionedText, TextReading, parse_reading

POINTS, NVIVO = TextReading(), TextReading("utf16")
HAN = "我觉得有人在听我说话的时候就不那么害怕了他问我这一周过得怎么样然后等着没有看表"


def reading(counting: Counting) -> TextReading:
    return parse_reading(counting.written, POINTS)


def marked(made: Study, style: Style, number: int = 0) -> tuple[str, list[Positions]]:
    """A text of the study and its selections as positions."""
    text = made.texts[number]
    beyond = style.counting.end == "inclusive"
    found = []
    for one in made.passages:
        if one.text == number:
            name = " ".join(text[one.start : one.end].split()) if style.names else ""
            found.append((name, position(text, one.start, style), position(text, one.end, style) - beyond))
    return text.replace("\n", style.line_end), found


def weigh(made: Study, style: Style, default: TextReading = POINTS, standing: str = "said") -> Verdict:
    evidence = Evidence(default, standing)
    for number in range(len(made.texts)):
        text, selections = marked(made, style, number)
        evidence.add(text, selections, had_bom=style.mark)
    return evidence.verdict()


def sentences(made: Study, *, texts: int = 1) -> Study:
    """The same texts, with other passages: from a full stop to another."""
    passages = []
    for number, text in enumerate(made.texts[:texts]):
        ends = [index + 1 for index, sign in enumerate(text) if sign in "。？"]
        passages += [Passage(number, start, end) for start, end in zip(ends, ends[2:], strict=False)]
    return Study(made.texts[:texts], tuple(passages))


def han(*, texts: int = 1) -> Study:
    """A Chinese interview: emoji and full stops, and nothing between words."""
    random = Random(7)
    made = []
    for _ in range(texts):
        parts: list[str] = []
        for _ in range(120):
            parts += random.choices(HAN, k=random.randint(4, 14))
            parts.append(random.choice(("🙂", "，", "，", "。", "。\n", "？")))
        made.append("".join(parts))
    return Study(tuple(made), ())


@pytest.mark.parametrize("counting", [Counting(), Counting("utf16"), Counting("utf16", 1), Counting(crlf=1)])
def test_chinese_sentences_show_how_they_were_counted(counting: Counting) -> None:
    verdict = weigh(sentences(han()), in_counting(counting, names=False))
    assert verdict.reading == reading(counting)
    assert verdict.sureness == "sure"


@pytest.mark.parametrize("default", [POINTS, NVIVO])
def test_chinese_passages_that_begin_and_end_anywhere_prove_nothing(default: TextReading) -> None:
    random = Random(11)
    for _ in range(20):
        made = han()
        length = len(made.texts[0])
        starts = [random.randrange(length - 60) for _ in range(200)]
        chosen = Study(made.texts, tuple(Passage(0, start, start + random.randint(3, 50)) for start in starts))
        counting = Counting("utf16" if default == NVIVO else "codepoints")
        assert weigh(chosen, in_counting(counting, names=False), default, "verified").reading == default


@pytest.mark.parametrize("length", [1, 2, 5])
def test_what_is_known_of_no_program_does_not_make_a_reading_likely_by_itself(length: int) -> None:
    # inside undivided text an inclusive end looks as good as an exclusive one
    evidence = Evidence(POINTS, "unknown")
    evidence.add(HAN * 9, [("", place, place + length) for place in range(2, 200, 37)], had_bom=False)
    verdict = evidence.verdict()
    assert verdict.reading.end == "exclusive"
    assert verdict.sureness == "assumed"


def test_selections_that_begin_and_end_anywhere_prove_nothing() -> None:
    random = Random(5)
    made = study(texts=1, emoji=200)
    evidence = Evidence(POINTS, "unknown")
    length = len(made.texts[0])
    starts = [random.randrange(length - 80) for _ in range(2000)]
    # positions of no program: neither reading is right
    evidence.add(made.texts[0], [("", start, start + random.randint(1, 60)) for start in starts], had_bom=False)
    verdict = evidence.verdict()
    assert verdict.reading.end == "exclusive"
    assert verdict.clean is not None and verdict.clean < 0.8


@pytest.mark.parametrize("number", [1, 2, 3])
def test_few_selections_leave_the_profile_as_it_is(number: int) -> None:
    made = study(texts=1, emoji=50, passages=40)
    chosen = Study(made.texts, made.passages[:number])
    verdict = weigh(chosen, in_counting(Counting("utf16"), names=False), NVIVO, "verified")
    assert verdict.reading == NVIVO


def test_one_odd_selection_does_not_turn_a_verified_profile() -> None:
    evidence = Evidence(NVIVO, "verified")
    evidence.add("🙂 heard and seen", [("", 2, 7)], had_bom=False)  # right as code points
    assert evidence.verdict().reading == NVIVO
    for _ in range(5):
        evidence.add("🙂 heard and seen", [("", 2, 7), ("", 12, 16), ("", 0, 16)], had_bom=False)
    verdict = evidence.verdict()
    assert verdict.reading == POINTS
    assert verdict.sureness in ("sure", "likely")


@pytest.mark.parametrize("counting", COUNTINGS, ids=lambda counting: counting.written)
def test_texts_that_are_marked_as_a_whole_show_it_by_their_end(counting: Counting) -> None:
    made = study(texts=6, emoji=20, passages=6)
    whole = Study(made.texts, tuple(Passage(number, 0, len(text)) for number, text in enumerate(made.texts)))
    style = in_counting(counting, names=False)
    verdict = weigh(whole, style)
    text = whole.texts[0].replace("\n", "\r\n")
    start, end = 0 + (counting.bom == "bom"), position(whole.texts[0], len(whole.texts[0]), style)
    first, last, _ = PositionedText(text, verdict.reading, had_bom=True).span(
        start, end - (counting.end == "inclusive")
    )
    assert (first, last) == (0, len(text)) or verdict.sureness == "assumed"


@pytest.mark.parametrize(
    "counting",
    # an inclusive end behind a blank is an exclusive one before it: nobody can tell, and the blank does not matter
    [counting for counting in COUNTINGS if counting.end == "exclusive"],
    ids=lambda counting: counting.written,
)
def test_people_who_always_take_the_blank_along_are_understood(counting: Counting) -> None:
    made = study(texts=2, emoji=100, passages=120)
    sloppy = [
        Passage(one.text, one.start, one.end + 1) for one in made.passages if made.texts[one.text][one.end] == " "
    ]
    verdict = weigh(Study(made.texts, tuple(sloppy)), in_counting(counting, names=False))
    assert verdict.reading == reading(counting)
    assert verdict.sureness == "sure"


def test_names_cut_with_a_mark_and_whole_ones_are_evidence() -> None:
    text = "我觉得🙂有人在听我说话的时候就不那么害怕了他问我"
    evidence = Evidence(NVIVO, "said")
    evidence.add(
        text, [("有人在听我说…", 4, 14), ("我说话的", 8, 12), ("时候就...", 12, 20), ("不那么", 15, 18)], had_bom=False
    )
    verdict = evidence.verdict()
    assert verdict.reading == POINTS
    assert verdict.named == 1.0
    assert verdict.sureness in ("sure", "likely")


def test_whole_names_tell_where_a_quotation_ends() -> None:
    text = "我觉得有人在听我说话的时候就不那么害怕了"
    evidence = Evidence(POINTS, "verified")
    evidence.add(text, [("有人", 3, 4), ("在听我", 5, 7), ("说话的", 8, 10), ("时候", 11, 12)], had_bom=False)
    assert evidence.verdict().reading == TextReading(end="inclusive")


def test_names_that_are_no_quotations_change_nothing() -> None:
    made = study(texts=1, emoji=100, passages=100)
    text, selections = marked(made, in_counting(Counting("utf16"), names=False))
    random = Random(3)
    for name in ("Selection", "1,2", "line:4", "I"):
        evidence = Evidence(POINTS, "said")
        evidence.add(
            text, [(name if random.random() < 0.9 else "heard", start, end) for _, start, end in selections],
            had_bom=True,
        )  # fmt: skip
        verdict = evidence.verdict()
        assert verdict.reading == NVIVO
        assert verdict.sureness == "sure"
        assert verdict.named is None


def test_where_all_readings_give_the_same_the_profile_is_right() -> None:
    evidence = Evidence(NVIVO, "verified")
    evidence.add("I felt heard and seen by him", [("", 7, 12), ("", 17, 21)], had_bom=False)
    verdict = evidence.verdict()
    assert (verdict.reading, verdict.texts) == (NVIVO, 0)
    assert "hardly matters here" in verdict.describe()


def test_without_selections_there_is_nothing_to_tell_by() -> None:
    evidence = Evidence(NVIVO, "verified")
    evidence.add("I felt 🙂", [], had_bom=False)
    evidence.add("", [("", 0, 3)], had_bom=False)
    assert evidence.verdict().sureness == "nothing to tell by"
    assert evidence.verdict().describe() == "UTF-16 units, CR LF counts 2, end exclusive: nothing to tell by"


def test_a_reading_that_gives_the_same_quotations_is_not_called_wrong() -> None:
    evidence = Evidence(POINTS, "verified")
    evidence.add("I felt heard and seen by him 🙂", [("", 7, 12), ("", 17, 21), ("", 2, 6)], had_bom=False)
    verdict = evidence.verdict(forced=NVIVO)
    assert not verdict.contradicted
    assert verdict.describe() == "UTF-16 units, CR LF counts 2, end exclusive: as you said"


def test_the_first_of_a_thousand_texts_do_not_hide_what_later_ones_show() -> None:
    evidence = Evidence(POINTS, "said")
    for _ in range(300):
        evidence.add("We felt heard and seen by him. " * 9, [("", 8, 13), ("", 18, 22)] * 20, had_bom=False)
    made = study(texts=1, emoji=100, passages=60)
    text, selections = marked(made, Style("", Counting("utf16"), "\n", False, "sources"))
    evidence.add(text, selections, had_bom=False)
    verdict = evidence.verdict()
    assert verdict.reading == NVIVO
    assert verdict.texts == 1
    assert verdict.selections < 2000


@pytest.mark.parametrize(
    ("text", "index", "start", "end"),
    [
        ("so heard", 3, CLEAN, BLANK),
        ("so heard", 2, BLANK, CLEAN),
        ("heard", 2, INSIDE, INSIDE),
        ("(heard)", 1, CLEAN, CLEAN),
        ("a\r\nb", 2, BROKEN, BROKEN),
        ("我觉得", 1, UNDIVIDED, UNDIVIDED),
        ("ฉันรู้สึก", 1, UNDIVIDED, UNDIVIDED),
        ("得a", 1, INSIDE, INSIDE),
        ("e\u0301t", 1, BROKEN, BROKEN),
        ("👩\u200d⚕️", 1, BROKEN, BROKEN),
        ("👍🏽", 1, BROKEN, BROKEN),
        ("🙂🙂", 1, CLEAN, CLEAN),
    ],
)
def test_places_in_a_text_are_of_a_kind(text: str, index: int, start: str, end: str) -> None:
    assert (start_kind(text, index), end_kind(text, index)) == (start, end)


def test_the_end_of_a_text_is_a_kind_of_its_own() -> None:
    assert end_kind("heard", 5) == AT_END
    assert start_kind("heard", 0) == CLEAN


@pytest.mark.parametrize(
    ("text", "first", "last", "cuts"),
    [
        ("so heard and", 3, 8, False),
        ("so heard and", 4, 8, True),
        ("so heard and", 3, 7, True),
        ("so heard and", 0, 12, False),
        ("so heard and", 4, 4, False),
        ("我觉得有人", 1, 3, False),
        ("我觉得有人", 0, 5, False),
    ],
)
def test_quotations_that_cut_a_word_are_known(text: str, first: int, last: int, cuts: bool) -> None:
    assert cuts_word(text, first, last) is cuts


@pytest.mark.parametrize(("shifted", "told"), [(0, False), (2, False), (40, True)])
def test_many_quotations_that_cut_words_are_told(shifted: int, told: bool, tmp_path: Path) -> None:
    made = study(texts=1, emoji=0, passages=120)
    passages = [
        Passage(0, one.start + 1, one.end) if number < shifted else one for number, one in enumerate(made.passages)
    ]
    path = tmp_path / "study.qdpx"
    path.write_bytes(archive(Study(made.texts, tuple(passages)), NVIVO_MAC))
    codes = [finding.code for finding in read_project(path).findings]
    assert codes == (["quotation-cuts-word"] if told else [])


@pytest.mark.parametrize("share", [0.1, 0.3])
@pytest.mark.parametrize("seed", range(8))
def test_selections_that_were_shifted_before_do_not_turn_what_is_known_of_the_program(seed: int, share: float) -> None:
    random = Random(seed)
    style = random.choice((NVIVO_WINDOWS, NVIVO_MAC))
    made = study(texts=2, emoji=random.choice((2, 30, 300)), passages=random.choice((20, 60, 140)))
    evidence = Evidence(NVIVO, "verified")
    for number in range(2):
        text, selections = marked(made, style, number)
        # as if line ends had not been counted, or as if text had been put in before
        moved = [
            (name, max(0, start - by), max(1, end - by)) if random.random() < share else (name, start, end)
            for name, start, end in selections
            for by in [random.choice((text.count("\n", 0, start), random.randint(-30, 30)))]
        ]
        evidence.add(text, moved, had_bom=style.mark)
    assert evidence.verdict().reading == NVIVO
