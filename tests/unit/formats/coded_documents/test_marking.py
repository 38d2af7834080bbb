"""Overlapping and nested quotations in lines and runs: each covers its words, begins once, ends once."""

import re

from hypothesis import example, given
from hypothesis import strategies as st

from qdpx_compassion.formats.coded_documents.colors import contrast, shades
from qdpx_compassion.formats.coded_documents.marking import lanes, lines
from qdpx_compassion.formats.coded_documents.model import Quotation

TEXTS = st.text(st.sampled_from("ab \t\r\n🙂é\u0301\x00\u2028"), max_size=25)
SPANS = st.lists(st.tuples(st.integers(0, 25), st.integers(0, 25)), max_size=6)


def quotations(text: str, spans: list[tuple[int, int]]) -> list[Quotation]:
    found = {(min(one, len(text)), min(max(one, other), len(text))) for one, other in spans}
    ordered = sorted(found, key=lambda span: (span[0], -span[1]))
    return [Quotation(first, last, number) for number, (first, last) in enumerate(ordered, start=1)]


@given(TEXTS, SPANS)
@example("abcdef", [(0, 4), (2, 6)])  # overlapping
@example("abcdef", [(0, 6), (2, 4)])  # nested
@example("ab\r\ncd", [(1, 5)])  # over a line end
@example("ab\r\ncd", [(3, 3), (3, 5), (1, 3)])  # within a line end
@example("a\n\n\nb", [(0, 3), (2, 3), (2, 5)])  # on empty lines
@example("ab\n", [(3, 3), (2, 3)])  # after the last line end
@example("", [(0, 0)])
@example("a", [(0, 0), (1, 1)])
def test_runs_are_the_text_and_each_quotation_covers_its_words(text: str, spans: list[tuple[int, int]]) -> None:
    marked = quotations(text, spans)
    found = list(lines(text, marked))
    plain = re.split("\r\n|\r|\n", text)
    shown = ["".join(run.text for run in line.runs) for line in found]
    assert shown == plain or [*shown, ""] == plain
    for one in marked:
        words = "".join(run.text for line in found for run in line.runs if one in run.quotations)
        assert one.first is not None
        assert one.last is not None
        assert words == re.sub("[\r\n]", "", text[one.first : one.last])
        assert sum(run.begin.count(one) for line in found for run in line.runs) == 1
        assert sum(run.end.count(one) for line in found for run in line.runs) == 1
        assert sum(line.begin.count(one) for line in found) == 1
    opened: set[int] = set()
    for run in (run for line in found for run in line.runs):
        opened |= {one.number for one in run.begin}
        assert {one.number for one in run.quotations} <= opened
        opened -= {one.number for one in run.end}
    assert not opened


@given(SPANS, st.lists(st.integers(0, 3), min_size=6, max_size=6))
def test_quotations_that_meet_have_lanes_of_their_own(spans: list[tuple[int, int]], need: list[int]) -> None:
    marked = quotations("x" * 30, spans)
    weight = {one.number: need[one.number - 1] for one in marked}
    lane = lanes(marked, weight)
    for one in marked:
        for other in marked:
            apart = (one.last or 0) < (other.first or 0) or (other.last or 0) < (one.first or 0)
            if one is not other and not apart:
                mine = set(range(lane[one.number], lane[one.number] + max(1, weight[one.number])))
                theirs = set(range(lane[other.number], lane[other.number] + max(1, weight[other.number])))
                assert not mine & theirs


@given(st.one_of(st.none(), st.text(max_size=8), st.from_regex("#[0-9a-fA-F]{6}", fullmatch=True)), st.integers(0, 99))
@example("#FFFFFF", 0)
@example("#ff0", 0)
@example("red;} body{display:none", 0)
@example("#12345", 3)
def test_every_color_can_be_seen_on_both_pages_and_is_nothing_else(written: str | None, number: int) -> None:
    for shade, page in zip(shades(written, number), ((0xFD, 0xFC, 0xFA), (0x14, 0x19, 0x1C)), strict=True):
        assert re.fullmatch("#[0-9a-f]{6}", shade)
        channels = tuple(int(shade[at : at + 2], 16) for at in (1, 3, 5))
        assert contrast(channels, page) >= 3
