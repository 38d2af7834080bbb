"""What is known of each program as a reader of projects: the profiles of ``targets.toml``."""

from __future__ import annotations

import difflib
import re
import tomllib
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

from qdpx_compassion.errors import UsageError
from qdpx_compassion.files.package_data import package_data
from qdpx_compassion.refi.dialects import dialect
from qdpx_compassion.refi.text import TextReading

Effect = Literal["kept", "changed", "lost", "refused", "unknown"]
Standing = Literal["file", "vendor", "code", "users", "unknown"]

#: Each standing in words.
STANDINGS: dict[Standing, str] = {
    "file": "verified in a file",
    "vendor": "said by the vendor",
    "code": "read in a program's code",
    "users": "reported by users",
    "unknown": "unknown",
}


@dataclass(frozen=True, slots=True)
class Claim:
    """What is known of one thing; the fields are explained in ``targets.toml``."""

    of: tuple[str, ...]
    effect: Effect
    says: str
    standing: Standing
    source: str
    cured: bool = False


@dataclass(frozen=True, slots=True)
class Target:
    """A program as a reader of projects; the fields are explained in ``targets.toml``."""

    id: str
    program: str
    dialect: str
    imports: bool = True
    aliases: tuple[str, ...] = ()
    guids: Literal["upper", "lower", "keep"] = "keep"
    equal_guids: Literal["keep", "different"] = "keep"
    codings: Literal["one", "different", "keep"] = "keep"
    places: Literal["keep", "join"] = "keep"
    coder: Literal["selection", "coding"] = "coding"
    values: Literal["keep", "case", "sets"] = "keep"
    unique: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    longest: dict[str, int] = field(default_factory=dict)
    texts: Literal["document", "files"] = "document"
    passages: Literal["keep", "quotation"] = "keep"
    dates: bool = False
    rules: dict[str, tuple[Standing, str]] = field(default_factory=dict)
    claims: tuple[Claim, ...] = ()

    @property
    def reading(self) -> TextReading:
        """How positions are counted in what is written for it."""
        return TextReading(dialect(self.dialect).unit)

    def written(self) -> dict[str, str]:
        """How a project is written for it, in words: rule → sentence; what is the same for all programs is left out."""
        says = {
            "positions": f"Positions are {'UTF-16 units' if self.reading.unit == 'utf16' else 'code points'}.",
            "guids": "" if self.guids == "keep" else f"GUIDs are in {self.guids} case.",
            "equal_guids": "No two elements share a GUID, but for a PDF and its text, and what is marked in both."
            if self.equal_guids == "different"
            else "",
            "codings": {
                "one": "Each coding is in a selection of its own.",
                "different": "Two codings with one code are never in one selection.",
                "keep": "",
            }[self.codings],
            "places": "Codings of one place are in one selection." if self.places == "join" else "",
            "coder": "A selection says who coded, and when." if self.coder == "selection" else "",
            "values": {
                "case": "Values of sources are on a case without a name, too.",
                "sets": "Values of sources are sets called “variable: value”, too.",
                "keep": "",
            }[self.values],
            "unique": f"Names are unique: {', '.join(self.unique)}." if self.unique else "",
            "named": f"Something without a name gets one: {', '.join(self.named)}." if self.named else "",
            "longest": "".join(f"A name of a {kind} has {n} characters at most." for kind, n in self.longest.items()),
            "passages": "A passage of text without a name is called as its text."
            if self.passages == "quotation"
            else "",
            "texts": "Texts inside the document become files." if self.texts == "files" else "",
            "dates": "Notes without a date get the project's." if self.dates else "",
        }
        return {rule: sentence for rule, sentence in says.items() if sentence}

    def claim(self, fact: str) -> Claim | None:
        """What is known of a thing; None: nothing."""
        return next((claim for claim in self.claims if fact in claim.of), None)


@cache
def targets() -> tuple[Target, ...]:
    """All profiles, those that are known best first."""
    text = package_data("qdpx_compassion.refi", "targets.toml").decode()
    return tuple(_target(entry) for entry in tomllib.loads(text)["target"])


def _target(entry: dict[str, Any]) -> Target:
    claims = tuple(Claim(**{**claim, "of": tuple(claim["of"])}) for claim in entry.get("claim", ()))
    rules = {name: (standing, source) for name, (standing, source) in entry.get("rules", {}).items()}
    plain: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in entry.items()
        if name not in ("claim", "rules")
    }
    return Target(**plain, rules=rules, claims=claims)


def find_target(written: str) -> Target:
    """The program that a person means; letter case, spaces and points do not count.

    Raises:
        UsageError: none is called so; the message lists those that are, the near one first.
    """
    names = {_plain(name): one for one in targets() for name in (one.id, one.program, *one.aliases)}
    found = names.get(_plain(written))
    if found is not None:
        return found
    known = ", ".join(one.id for one in targets())
    near = difflib.get_close_matches(_plain(written), names, n=1, cutoff=0.6)
    hint = f"Did you mean “{names[near[0]].id}”? " if near else ""
    raise UsageError(f"No program “{written}” is known.", remedy=f"{hint}The known ones are: {known}.")


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
