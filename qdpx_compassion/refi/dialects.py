"""Which program wrote a project and what to expect of it: the profiles of ``dialects.toml``."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

from qdpx_compassion.refi.text import TextReading


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
    standing: Literal["verified", "said", "unknown"]

    @property
    def reading(self) -> TextReading:
        """How the program counts positions."""
        return TextReading(self.unit, self.crlf, self.end, self.bom)


@cache
def dialects() -> tuple[Dialect, ...]:
    """All profiles, in the order in which they are tried; the last fits everything."""
    text = files("qdpx_compassion.refi").joinpath("dialects.toml").read_text(encoding="utf-8")
    return tuple(Dialect(**profile) for profile in tomllib.loads(text)["profile"])


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


def dialect(identifier: str) -> Dialect:
    """The profile of this id."""
    return next(profile for profile in dialects() if profile.id == identifier)
