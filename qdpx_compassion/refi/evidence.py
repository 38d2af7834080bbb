"""Which reading of positions a file itself supports.

Programs count positions in different ways, and a file does not say how. But it shows: under the right reading
quotations begin and end at words, carry the names that some programs give them, and stay inside the text. Each reading
that gives other quotations than the profile's is weighed against it, over all texts of a project together, because one
program wrote them all.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import product
from math import log
from typing import Literal

from qdpx_compassion.refi.text import PositionedText, TextReading, name_fits

#: (name, startPosition, endPosition) of a selection; the name is empty where the program writes no quotation there.
Positions = tuple[str, int, int]

#: Selections that are weighed in one text; more would add time and no certainty.
_A_TEXT = 120

# Log-odds of what is seen under the right reading against a wrong one. The shares stand behind them: of selections in
# real exports 90 to 99 % begin and end cleanly under the right reading, and about 40 % under one that is shifted.
_CLEAN, _UNCLEAN = log(0.92 / 0.40), log(0.08 / 0.60)
_NAMED, _MISNAMED = log(0.97 / 0.03), log(0.03 / 0.97)
_AT_END = log(0.05 / 0.005)
_PAST_END = log(0.001 / 0.02)
_IN_CHARACTER = log(0.001 / 0.05)
#: What the profile is worth: it was measured or said, so a few odd selections do not turn it.
_PRIOR = {"verified": 6.0, "said": 2.0, "unknown": 1.0}

_ASTRAL = re.compile("[\U00010000-\U0010ffff]")

Sureness = Literal["sure", "likely", "assumed", "nothing to tell by"]


#: How much better than the next a reading must be supported (natural log of the odds).
_SURE, _LIKELY = log(1000), log(20)

#: From this share of fitting names on, names are quotations; below, the program writes something else there.
_NAMES_QUOTE = 0.2

_UNITS: tuple[Literal["code_point", "utf16"], ...] = ("code_point", "utf16")
_CRLFS: tuple[Literal[1, 2], ...] = (1, 2)
_ENDS: tuple[Literal["exclusive", "inclusive"], ...] = ("exclusive", "inclusive")


@dataclass
class _Weight:
    """What speaks for one reading."""

    score: float = 0.0
    clean: int = 0
    edges: int = 0
    named: int = 0
    names: int = 0

    def add(self, other: _Weight) -> None:
        for name in ("score", "clean", "edges", "named", "names"):
            setattr(self, name, getattr(self, name) + getattr(other, name))


@dataclass(frozen=True, slots=True)
class Verdict:
    """The reading that is used, and why.

    Attributes:
        reading: the best supported one.
        default: the profile's.
        sureness: how sure; *nothing to tell by* where no text selection could be weighed.
        texts: texts in which unit, line end or byte order mark make a difference.
        selections: selections that were weighed.
        clean: share of their ends at words under the reading; None where none was weighed.
        named: share of names that are the text at their positions; None without such names.
        forced: a person said which reading to use.
    """

    reading: TextReading
    default: TextReading
    sureness: Sureness
    texts: int = 0
    selections: int = 0
    clean: float | None = None
    named: float | None = None
    forced: bool = False

    def as_dict(self) -> dict[str, str | int | float | bool | None]:
        """Plain values, for ``--json`` and for those who know no readings."""
        reading = self.reading
        return {
            "unit": reading.unit, "crlf": reading.crlf, "end": reading.end, "bom": reading.bom,
            "sureness": "said" if self.forced else self.sureness, "texts": self.texts, "selections": self.selections,
            "clean": self.clean, "named": self.named, "against_profile": self.reading != self.default,
            "description": self.describe(),
        }  # fmt: skip

    def describe(self) -> str:
        """A sentence for people."""
        if self.forced:
            return f"{self.reading.describe()}: as you said"
        if self.clean is None:
            return f"{self.reading.describe()}: {self.sureness}"
        seen = [f"{self.clean:.0%} of ends at words"]
        if self.named is not None:
            seen.append(f"{self.named:.0%} of names fit")
        matters = (
            f"matters in {self.texts:,} text{'s' if self.texts != 1 else ''}" if self.texts else "hardly matters here"
        )
        return f"{self.reading.describe()}: {self.sureness} ({', '.join(seen)}; {matters})"


@dataclass
class Evidence:
    """Gathers evidence text by text; ``verdict`` says which reading it supports.

    Attributes:
        default: the reading of the program's profile.
        standing: of the profile: verified, said or unknown.
    """

    default: TextReading
    standing: str
    _weights: dict[TextReading, _Weight] = field(default_factory=dict)
    _texts: int = 0
    _selections: int = 0

    def add(self, text: str, selections: Sequence[Positions], *, had_bom: bool) -> None:
        """Weigh every reading on one text.

        Args:
            text: decoded, without byte order mark.
            selections: its selections.
            had_bom: whether the file began with a byte order mark.
        """
        if not selections or not text:
            return
        sample = selections[:: max(1, len(selections) // _A_TEXT)]
        astral, crlf = _ASTRAL.search(text) is not None, "\r\n" in text
        self._texts += astral or crlf or had_bom
        self._selections += len(sample)
        weighed: dict[TextReading, _Weight] = {}
        for unit, ends, end, bom in product(_UNITS, _CRLFS, _ENDS, (False, True)):
            # In a text without emoji both units are the same reading, and so on.
            effective = TextReading(
                unit if astral else "code_point", ends if crlf else 2, end, bom if had_bom else False
            )
            if effective not in weighed:
                weighed[effective] = _weigh(PositionedText(text, effective, had_bom=had_bom), sample)
            self._weights.setdefault(TextReading(unit, ends, end, bom), _Weight()).add(weighed[effective])

    def verdict(self) -> Verdict:
        """The best supported reading, and how much better it is than the next."""
        if not self._weights:
            return Verdict(self.default, self.default, "nothing to tell by")
        scores = {reading: weight.score for reading, weight in self._weights.items()}
        scores[self.default] += _PRIOR[self.standing]
        best = min(scores, key=lambda reading: (-scores[reading], _distance(reading, self.default)))
        bare = self._weights[best].score
        rivals = [score for reading, score in scores.items() if abs(self._weights[reading].score - bare) > 1e-9]
        margin = scores[best] - max(rivals, default=scores[best])
        weight = self._weights[best]
        named = weight.named / weight.names if weight.names else 0.0
        return Verdict(
            best,
            self.default,
            "sure" if margin >= _SURE else "likely" if margin >= _LIKELY else "assumed",
            self._texts,
            self._selections,
            weight.clean / weight.edges if weight.edges else None,
            named if named >= _NAMES_QUOTE else None,
        )


def _distance(one: TextReading, other: TextReading) -> int:
    return sum(getattr(one, name) != getattr(other, name) for name in ("unit", "crlf", "end", "bom"))


def _weigh(positioned: PositionedText, selections: Sequence[Positions]) -> _Weight:
    """How well the quotations of a text look under a reading."""
    weight, text, length = _Weight(), positioned.text, len(positioned.text)
    for name, start, end in selections:
        first, last, problems = positioned.span(start, end)
        if "position-past-end" in problems:
            weight.score += _PAST_END
        elif last == length and first < last:
            weight.score += _AT_END
        if "position-inside-character" in problems or _splits_crlf(text, first) or _splits_crlf(text, last):
            weight.score += _IN_CHARACTER
        for clean in (_is_clean_start(text, first), _is_clean_end(text, last)) if first < last else ():
            weight.score += _CLEAN if clean else _UNCLEAN
            weight.clean += clean
            weight.edges += 1
        if name:
            fits = name_fits(name, text[first:last])
            weight.score += _NAMED if fits else _MISNAMED
            weight.named += fits
            weight.names += 1
    return weight


def _is_clean_start(text: str, index: int) -> bool:
    """Whether a quotation that starts here starts at a word or sign, not inside a word or before a space."""
    return not text[index].isspace() and not (index and text[index - 1].isalnum() and text[index].isalnum())


def _is_clean_end(text: str, index: int) -> bool:
    """Whether a quotation that ends before this index ends at a word or sign."""
    return not text[index - 1].isspace() and not (
        index < len(text) and text[index - 1].isalnum() and text[index].isalnum()
    )


def _splits_crlf(text: str, index: int) -> bool:
    return 0 < index < len(text) and text[index - 1] == "\r" and text[index] == "\n"
