"""Which program wrote a project and what to expect of it: the profiles of ``dialects.toml``."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from qdpx_compassion.files.package_data import package_data
from qdpx_compassion.refi.text import TextReading

Standing = Literal["verified", "said", "unknown"]

#: Each standing in words.
STANDINGS: dict[Standing, str] = {
    "verified": "measured in its files",
    "said": "by its maker or users, or by reading code; not measured",
    "unknown": "not verified",
}

#: The least that habits must weigh together, and by how much more than any other profile's.
_ENOUGH, _AHEAD = 6, 2


@dataclass(frozen=True, slots=True)
class Claim:
    """Something that is known of a program: what it is about, a sentence, and how we know."""

    about: str
    says: str
    standing: Standing


@dataclass(frozen=True, slots=True)
class Habit:
    """Something that the files of some programs have: its name, what is seen, and how much it tells."""

    id: str
    says: str
    weight: int


@dataclass(frozen=True, slots=True)
class Dialect:
    """The habits of one program on one platform; the fields are explained in ``dialects.toml``."""

    id: str
    program: str
    origin: str
    unit: Literal["code_point", "utf16"]
    crlf: Literal[1, 2]
    end: Literal["exclusive", "inclusive"]
    bom: bool
    names: Literal["quotation", "positions", "line", "empty", "unknown"]
    reads_links: bool
    reads_graphs: bool
    drops: list[str]
    standing: Standing
    habits: tuple[str, ...] = ()
    claims: tuple[Claim, ...] = ()
    versions: str = ""

    @property
    def reading(self) -> TextReading:
        """How the program counts positions."""
        return TextReading(self.unit, self.crlf, self.end, self.bom)


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(package_data("qdpx_compassion.refi", "dialects.toml").decode())


@cache
def dialects() -> tuple[Dialect, ...]:
    """All profiles, in the order in which they are tried; the last fits everything."""
    made = []
    for profile in _data()["profile"]:
        fields = {name: value for name, value in profile.items() if name not in ("habits", "claim")}
        claims = tuple(Claim(**claim) for claim in profile.get("claim", ()))
        made.append(Dialect(**fields, habits=tuple(profile["habits"]), claims=claims))
    return tuple(made)


@cache
def habits() -> dict[str, Habit]:
    """All habits by name."""
    return {name: Habit(name, **habit) for name, habit in _data()["habits"].items()}


def recognise(origin: str | None) -> Dialect:
    """The profile of the program that wrote a project.

    Args:
        origin: the project's ``origin`` attribute.
    """
    return next(
        profile
        for profile in dialects()
        if not profile.origin or (origin and re.search(profile.origin, origin, re.IGNORECASE))
    )


def recognise_by_habits(seen: Mapping[str, bool]) -> Dialect:
    """The profile whose habits a project has; the unknown one where no profile stands out.

    Args:
        seen: habit → whether the project has it. Habits of which the project shows nothing are left out.
    """
    scores = {profile.id: habit_score(profile, seen) for profile in dialects() if profile.habits}
    best = max(scores, key=lambda name: scores[name])
    # a platform of the same program need not be far behind: the habits that both have tell the program
    ahead = (
        scores[best] - score >= (1 if name.split("-")[0] == best.split("-")[0] else _AHEAD)
        for name, score in scores.items()
        if name != best
    )
    if scores[best] < _ENOUGH or not all(ahead):
        return dialect("unknown")
    return dialect(best)


def habit_score(profile: Dialect, seen: Mapping[str, bool]) -> int:
    """The weights of a profile's habits that a project has, less 1 for each that it contradicts (versions differ)."""
    known = habits()
    return sum(known[name].weight if seen[name] else -1 for name in profile.habits if name in seen)


def dialect(identifier: str) -> Dialect:
    """The profile of this id."""
    return next(profile for profile in dialects() if profile.id == identifier)
