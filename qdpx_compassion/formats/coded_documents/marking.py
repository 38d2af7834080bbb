"""Where marks begin and end in a text: lines, and in them runs that are covered by the same quotations."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from qdpx_compassion.formats.coded_documents.model import Quotation

_LINE_END = re.compile("\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a line that is covered by the same quotations from its beginning to its end.

    Attributes:
        text: never empty, but for a mark of no characters.
        quotations: what covers it, by number. begin: those of them that begin here. end: those that end here.
    """

    text: str
    quotations: tuple[Quotation, ...] = ()
    begin: tuple[Quotation, ...] = ()
    end: tuple[Quotation, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a text, without its line end.

    Attributes:
        runs: together they are the line. begin: the quotations that begin in it.
    """

    runs: tuple[Run, ...]
    begin: tuple[Quotation, ...]


def lines(text: str, quotations: Sequence[Quotation]) -> Iterator[Line]:
    """A text in lines and runs.

    Args:
        text: as it is; CR LF, CR and LF end lines.
        quotations: with positions inside the text, by their beginning.
    """
    waiting = [one for one in reversed(quotations) if one.first is not None and one.last is not None]
    over: list[Quotation] = []
    for start, end, reach in _bounds(text):
        while waiting and _first(waiting[-1]) < reach:
            over.append(waiting.pop())
        if start < len(text) or over or start == 0:
            yield _line(text, start, end, reach, over)
        over = [one for one in over if _last(one) > reach]


def lanes(quotations: Sequence[Quotation], weight: dict[int, int]) -> dict[int, int]:
    """For each quotation the first of its lanes, so that no two that meet or touch share one.

    Args:
        quotations: by their beginning.
        weight: number of a quotation → how many lanes it needs.
    """
    reached: list[int] = []  # lane → where it is free again
    found: dict[int, int] = {}
    for one in quotations:
        first, need = _first(one), max(1, weight.get(one.number, 1))
        lane = 0
        while any(reached[at] >= first for at in range(lane, min(lane + need, len(reached)))):
            lane += 1
        reached += [-1] * (lane + need - len(reached))
        reached[lane : lane + need] = [_last(one)] * need
        found[one.number] = lane
    return found


def _bounds(text: str) -> Iterator[tuple[int, int, int]]:
    """First character of each line, its end, the beginning of the next; what follows the text belongs to the last."""
    start = 0
    for match in _LINE_END.finditer(text):
        yield start, match.start(), match.end()
        start = match.end()
    yield start, len(text), len(text) + 1


def _line(text: str, start: int, end: int, reach: int, over: Sequence[Quotation]) -> Line:
    begin = tuple(one for one in over if _first(one) >= start)
    # marks that show nothing: of no characters, or of a line end alone
    points = [one for one in begin if min(_last(one), end) <= _first(one) and _last(one) <= reach]
    drawn = [one for one in over if one not in points]
    # a quotation may begin or end within the line end, which is not shown
    edges = {start, end}.union(min(max(at, start), end) for one in over for at in (_first(one), _last(one)))
    cuts = sorted(edges)
    runs: list[Run] = []
    for left, right in pairwise(cuts):
        runs += _points(points, left, end)
        here = tuple(one for one in drawn if _first(one) <= left and _last(one) >= right)
        begins = tuple(one for one in here if _first(one) == left and one in begin)
        ends = tuple(one for one in here if _last(one) == right or (right == end and _last(one) <= reach))
        runs.append(Run(text[left:right], here, begins, ends))
    runs += _points(points, end, end)
    late = tuple(one for one in drawn if _first(one) >= end)  # begins within the line end and goes on
    over_blank = tuple(one for one in drawn if start == end and _first(one) < start and _last(one) <= reach)
    if late or over_blank:
        runs.append(Run("", (), late, over_blank))
    return Line(tuple(runs), begin)


def _points(points: list[Quotation], at: int, end: int) -> list[Run]:
    """Marks of no characters that stand here."""
    here = [one for one in points if min(_first(one), end) == at]
    for one in here:
        points.remove(one)
    return [Run("", (), tuple(here), tuple(here))] if here else []


def _first(one: Quotation) -> int:
    return one.first if one.first is not None else 0


def _last(one: Quotation) -> int:
    return one.last if one.last is not None else 0
