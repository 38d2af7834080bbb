"""Which reading of positions a file itself supports.

Programs count positions in different ways, and a file does not say how. But it shows: under the right reading
quotations begin and end at words, carry the names that some programs give them, and stay inside the text. All readings
are weighed against each other, over all texts of a project together, because one program wrote them all.

The weight of a reading is the natural logarithm of how much more likely its quotations are those of people than of
chance. What chance gives is measured in each text (a Chinese text has few ends of words, a list has many), and how
carefully people select is learned from the project itself. So selections that show nothing weigh nothing, whatever
their number.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import product
from math import exp, log
from typing import Literal

from qdpx_compassion.refi.edges import (
    AT_END,
    BLANK,
    BROKEN,
    CLEAN,
    INSIDE,
    PAST,
    UNDIVIDED,
    end_kind,
    has_astral,
    start_kind,
)
from qdpx_compassion.refi.text import PositionedText, TextReading, fold

#: (name, startPosition, endPosition) of a selection; the name is empty where the program writes no quotation there.
Positions = tuple[str, int, int]

Sureness = Literal["sure", "likely", "assumed", "nothing to tell by"]

#: How much better than the next a reading must be supported (natural log of the odds).
_SURE, _LIKELY = log(1000), log(20)

#: What the profile is worth: it was measured or said, so a few odd selections do not turn it.
_PRIOR = {"verified": 6.0, "said": 2.0, "unknown": 0.5}
#: No export is known in which the byte order mark counts, or the end position is that of the last character. With the
#: worth of an unknown program's profile it stays below what makes a reading likely: that takes something in the file.
_NEVER_SEEN = -2.4

#: Selections weighed in one text, and in all texts that show the same things; more would add time and no certainty.
_A_TEXT, _ALL_TEXTS = 80, 1600
#: Places in a text at which chance is measured.
_PLACES = 60

# Where quotations of careful people begin and end, as shares: in exports whose reading is known.
_STARTS = {CLEAN: 0.95, BLANK: 0.02, INSIDE: 0.03}
_ENDS = {CLEAN: 0.80, BLANK: 0.15, INSIDE: 0.05}
#: In a script that does not divide words, careful people select inside undivided text so many times less than chance.
_UNDIVIDED_SHARE = 0.6
#: What no person does, careful or not, and no other reading explains: log-odds of seeing it.
_FIXED = {BROKEN: -3.0, PAST: -4.0, AT_END: 2.0}

_EXACT, _CUT, _BEGINS, _OTHER = "the quotation", "its beginning, with a mark", "its beginning", "something else"
# Shares where a program writes quotations as names, and where it writes something else.
_NAMES = {_EXACT: 0.46, _CUT: 0.46, _BEGINS: 0.04, _OTHER: 0.04}
_NAMES_BY_CHANCE = {_EXACT: 0.005, _CUT: 0.005, _BEGINS: 0.02, _OTHER: 0.97}

#: Shares of careful selections that are tried; the weight is the mean over all of them.
_CARE = (0.0, 0.1, 0.3, 0.5, 0.7, 0.85, 0.95, 1.0)
#: From this share of fitting names on, names are quotations; below, the program writes something else there.
_NAMES_QUOTE = 0.2

_UNITS: tuple[Literal["code_point", "utf16"], ...] = ("code_point", "utf16")
_CRLFS: tuple[Literal[1, 2], ...] = (1, 2)
_END_RULES: tuple[Literal["exclusive", "inclusive"], ...] = ("exclusive", "inclusive")
READINGS = tuple(TextReading(*choice) for choice in product(_UNITS, _CRLFS, _END_RULES, (False, True)))


#: The weight of one thing that is seen, for each share of careful selections.
_Odds = tuple[float, ...]


def _odds(careful: float, chance: float) -> _Odds:
    return tuple(log(max(share * careful / chance + 1 - share, 1e-4)) for share in _CARE)


_NAME_ODDS = {kind: _odds(_NAMES[kind], _NAMES_BY_CHANCE[kind]) for kind in _NAMES}


@dataclass
class _Weight:
    """What was seen under one reading."""

    edges: list[float] = field(default_factory=lambda: [0.0] * len(_CARE))
    names: list[float] = field(default_factory=lambda: [0.0] * len(_CARE))
    fixed: float = 0.0
    seen: Counter[str] = field(default_factory=Counter)
    spans: int = 0  # of all quotations: equal for readings that give the same

    def add(self, other: _Weight) -> None:
        for mine, others in ((self.edges, other.edges), (self.names, other.names)):
            mine[:] = map(float.__add__, mine, others)
        self.fixed += other.fixed
        self.seen.update(other.seen)
        self.spans = hash((self.spans, other.spans))

    def see(self, kind: str, odds: _Odds, number: int, sums: list[float]) -> None:
        """Something of a kind was seen so many times."""
        self.seen[kind] += number
        sums[:] = [total + number * one for total, one in zip(sums, odds, strict=True)]

    def score(self) -> float:
        """Log of how much more likely people's selections are the reason than chance."""
        return self.fixed + _mean(self.edges) + _mean(self.names)

    def clean(self) -> float | None:
        """Share of ends that do not lie inside a word or character; None where no end was seen."""
        good = self.seen[CLEAN] + self.seen[BLANK] + self.seen[AT_END] + self.seen[UNDIVIDED]
        total = good + self.seen[INSIDE] + self.seen[BROKEN] + self.seen[PAST]
        return good / total if total else None

    def named(self) -> float | None:
        """Share of names that are the quotation, whole or cut; None where names are something else."""
        total = sum(self.seen[kind] for kind in _NAMES)
        share = 1 - self.seen[_OTHER] / total if total else 0.0
        return share if share >= _NAMES_QUOTE else None


def _mean(logs: Sequence[float]) -> float:
    """The log of the mean of what these are the logs of."""
    most = max(logs)
    return most + log(sum(exp(one - most) for one in logs) / len(logs))


@dataclass(frozen=True, slots=True)
class Verdict:
    """The reading that is used, and why.

    Attributes:
        reading: the one that is used.
        default: the profile's.
        sureness: how sure; *nothing to tell by* where no text selection could be weighed.
        texts: texts in which unit, line end or byte order mark make a difference to a quotation.
        selections: selections that were weighed.
        clean: share of their ends that do not cut a word under the reading; None where none was weighed.
        named: share of names that are the text at their positions; None without such names.
        forced: a person said which reading to use.
        supported: the reading that the file itself supports best; sureness is about this one.
    """

    reading: TextReading
    default: TextReading
    sureness: Sureness
    texts: int = 0
    selections: int = 0
    clean: float | None = None
    named: float | None = None
    forced: bool = False
    supported: TextReading | None = None

    @property
    def contradicted(self) -> bool:
        """Whether the file supports another reading than the one that a person said."""
        other = self.supported is not None and self.supported != self.reading
        return self.forced and other and self.sureness in ("sure", "likely")

    def as_dict(self) -> dict[str, str | int | float | bool | None]:
        """Plain values, for ``--json`` and for those who know no readings."""
        reading = self.reading
        return {
            "unit": reading.unit, "crlf": reading.crlf, "end": reading.end, "bom": reading.bom,
            "sureness": "said" if self.forced else self.sureness, "texts": self.texts, "selections": self.selections,
            "clean": self.clean, "named": self.named, "against_profile": self.reading != self.default,
            "contradicted": self.contradicted, "description": self.describe(),
        }  # fmt: skip

    def describe(self) -> str:
        """A sentence for people."""
        if self.forced:
            against = ""
            if self.contradicted and self.supported:
                against = f"; the file itself supports {self.supported.describe()} ({self.sureness})"
            return f"{self.reading.describe()}: as you said{against}"
        return f"{self.reading.describe()}: {self.sureness}{self.reasons()}"

    def reasons(self) -> str:
        """What was seen, in brackets; empty where nothing was."""
        if self.clean is None:
            return ""
        seen = [f"{self.clean:.0%} of ends cut no word"]
        if self.named is not None:
            seen.append(f"{self.named:.0%} of names fit")
        matters = (
            f"matters in {self.texts:,} text{'s' if self.texts != 1 else ''}" if self.texts else "hardly matters here"
        )
        return f" ({', '.join(seen)}; {matters})"


@dataclass
class Evidence:
    """Gathers evidence text by text; ``verdict`` says which reading it supports.

    Attributes:
        default: the reading of the program's profile.
        standing: of the profile: verified, said or unknown.
    """

    default: TextReading
    standing: str
    _weights: dict[TextReading, _Weight] = field(default_factory=lambda: {reading: _Weight() for reading in READINGS})
    _texts: int = 0
    _selections: int = 0
    _weighed: Counter[tuple[bool, bool, bool]] = field(default_factory=Counter)

    def add(self, text: str, selections: Sequence[Positions], *, had_bom: bool) -> None:
        """Weigh every reading on one text.

        Args:
            text: decoded, without byte order mark.
            selections: its selections.
            had_bom: whether the file began with a byte order mark.
        """
        if not selections or not text:
            return
        shows = (has_astral(text), "\r\n" in text, had_bom)
        if self._weighed[shows] >= _ALL_TEXTS:
            self._texts += any(shows)  # the like of it made a difference often enough
            return
        sample = selections[:: max(1, -(-len(selections) // _A_TEXT))]
        self._weighed[shows] += len(sample)
        self._selections += len(sample)
        weighed = _weigh_all(text, sample, shows)
        for reading in READINGS:
            self._weights[reading].add(weighed[_effective(reading, shows)])
        self._texts += len({weight.spans for reading, weight in weighed.items() if reading.end == "exclusive"}) > 1

    def verdict(self, forced: TextReading | None = None) -> Verdict:
        """The best supported reading, and how much better it is than the next.

        Args:
            forced: the reading that a person said; it is used, whatever the file supports.
        """
        if not self._selections:
            return Verdict(forced or self.default, self.default, "nothing to tell by", forced=forced is not None)
        scores = {reading: weight.score() + self._prior(reading) for reading, weight in self._weights.items()}
        best = max(scores, key=lambda reading: (scores[reading], -_distance(reading, self.default)))
        needed = _SURE if self.standing == "verified" else _LIKELY
        if best != self.default and scores[best] - scores[self.default] < needed:
            best = self.default
        same = self._weights[best].spans
        rivals = [score for reading, score in scores.items() if self._weights[reading].spans != same]
        margin = scores[best] - max(rivals, default=scores[best] - _SURE)
        shown = self._weights[forced or best]
        return Verdict(
            forced or best,
            self.default,
            "sure" if margin >= _SURE else "likely" if margin >= _LIKELY else "assumed",
            self._texts,
            self._selections,
            shown.clean(),
            shown.named(),
            forced is not None,
            # a reading that gives the same quotations is as good as the best one
            forced if forced is not None and self._weights[forced].spans == same else best,
        )

    def _prior(self, reading: TextReading) -> float:
        if reading == self.default:
            return _PRIOR[self.standing]
        odd = (reading.bom and not self.default.bom) + (reading.end != self.default.end)
        return _NEVER_SEEN * odd


def _distance(one: TextReading, other: TextReading) -> int:
    return sum(getattr(one, name) != getattr(other, name) for name in ("unit", "crlf", "end", "bom"))


def _effective(reading: TextReading, shows: tuple[bool, bool, bool]) -> TextReading:
    """The simplest reading that is the same in this text: without emoji both units are, and so on."""
    astral, crlf, bom = shows
    return TextReading(
        reading.unit if astral else "code_point", reading.crlf if crlf else 2, reading.end, reading.bom and bom
    )


def _weigh_all(
    text: str, selections: Sequence[Positions], shows: tuple[bool, bool, bool]
) -> dict[TextReading, _Weight]:
    """How the quotations of a text look under each reading that differs in it."""
    odds = _edge_odds(text)
    had_bom = shows[2]
    weighed: dict[TextReading, _Weight] = {}
    for reading in dict.fromkeys(_effective(reading, shows) for reading in READINGS):
        if reading.end == "exclusive":  # both rules of the end read from the same index
            positioned = PositionedText(text, reading, had_bom=had_bom)
            weighed[reading] = _weigh(positioned, selections, odds, 0)
            inclusive = TextReading(reading.unit, reading.crlf, "inclusive", reading.bom)
            weighed[inclusive] = _weigh(positioned, selections, odds, 1)
    return weighed


_EdgeOdds = tuple[dict[str, _Odds], dict[str, _Odds]]


def _edge_odds(text: str) -> _EdgeOdds:
    """What each kind of start and end weighs in a text: what careful people do against any place in it."""
    length = len(text)
    places = range(0, length, max(1, length // _PLACES))
    starts = Counter(start_kind(text, place) for place in places)
    ends = Counter(end_kind(text, place) for place in places if place)
    return _against_chance(_STARTS, starts), _against_chance(_ENDS, ends)


def _against_chance(careful: dict[str, float], seen: Counter[str]) -> dict[str, _Odds]:
    total = sum(seen[kind] for kind in (*careful, UNDIVIDED)) + len(careful)
    undivided = seen[UNDIVIDED] / total
    divided = 1 - _UNDIVIDED_SHARE * undivided
    odds = {kind: _odds(share * divided, (seen[kind] + 1) / total) for kind, share in careful.items()}
    return {**odds, UNDIVIDED: _odds(_UNDIVIDED_SHARE, 1.0)}


def _weigh(positioned: PositionedText, selections: Sequence[Positions], odds: _EdgeOdds, beyond: int) -> _Weight:
    weight, text = _Weight(), positioned.text
    spans = []
    starts: Counter[str] = Counter()
    ends: Counter[str] = Counter()
    names: Counter[str] = Counter()
    for name, start, end in selections:
        if end + beyond < start:
            continue
        first, kind_of_start, last, kind_of_end = _edges(positioned, start, end + beyond)
        spans.append((first, last))
        if first < last:
            starts[kind_of_start] += 1
            ends[kind_of_end] += 1
            if name:
                names[_fit(name, text[max(first, 0) : max(last, 0)])] += 1
    weight.spans = hash(tuple(spans))
    for counted, known in zip((starts, ends), odds, strict=True):
        for kind, number in counted.items():
            if kind in _FIXED:
                weight.seen[kind] += number
                weight.fixed += number * _FIXED[kind]
            else:
                weight.see(kind, known[kind], number, weight.edges)
    for kind, number in names.items():
        weight.see(kind, _NAME_ODDS[kind], number, weight.names)
    return weight


def _edges(positioned: PositionedText, start: int, end: int) -> tuple[int, str, int, str]:
    """Where a selection lies, and what kinds of edges it has."""
    text, length = positioned.text, len(positioned.text)
    first, inside_start = positioned.index(start)
    last, inside_end = positioned.index(end)
    last += inside_end
    first_kind = BROKEN if inside_start else start_kind(text, first) if 0 <= first < length else PAST
    last_kind = BROKEN if inside_end else end_kind(text, last) if 0 < last <= length else PAST
    return first, first_kind, last, last_kind


def _fit(name: str, quotation: str) -> str:
    """How a name fits a quotation, white space folded."""
    # a cut name says nothing about what comes later, so as much of a long quotation as a name may hold is enough
    said, text = fold(name), fold(quotation[: 2 * len(name) + 80])
    if said == text and len(quotation) <= 2 * len(name) + 80:
        return _EXACT
    for mark in ("…", "..."):
        if said.endswith(mark):
            stem = said.removesuffix(mark).rstrip()
            return _CUT if stem and text.startswith(stem) else _OTHER
    return _BEGINS if said and text.startswith(said) else _OTHER
