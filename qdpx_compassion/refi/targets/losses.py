"""What a program is known to do with what a project holds, row by row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Literal

from qdpx_compassion.errors import UsageError
from qdpx_compassion.findings import Finding
from qdpx_compassion.refi.targets.facts import CONTENT, FACTS, SUBSTANCE, Facts, describe
from qdpx_compassion.refi.targets.profiles import STANDINGS, Standing, Target

Fate = Literal["kept", "changed", "mended", "lost", "refused", "unknown"]

#: Each fate in words.
FATES: dict[Fate, str] = {
    "kept": "arrives",
    "changed": "arrives as something else, or in part",
    "mended": "would be lost or refused; what --for writes avoids it",
    "lost": "is dropped",
    "refused": "the whole file is refused for it",
    "unknown": "nobody says",
}
_CODES = {"changed": "target-changes", "lost": "target-loses", "refused": "target-refuses"}


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that a project holds, and what becomes of it in a program.

    Attributes:
        fact: its name. what: in words. count: how many. names: the first of them.
        fate: what becomes of it when the project is written for the program.
        says: how. standing: how we know. source: from where.
    """

    fact: str
    what: str
    count: int
    names: tuple[str, ...]
    fate: Fate
    says: str
    standing: Standing
    source: str

    def as_dict(self) -> dict[str, object]:
        """Plain values, for ``--json``."""
        return {**asdict(self), "names": list(self.names)}


def rows_for(facts: Facts, target: Target) -> list[Row]:
    """What becomes of everything that the project holds, in the order of ``FACTS``."""
    rows = []
    for fact in FACTS:
        number = facts.counts[fact]
        claim = target.claim(fact)
        if not number or (claim is None and fact not in CONTENT):
            continue
        names = tuple(facts.examples.get(fact, ()))
        what = describe(fact, number)
        if not target.imports:
            says = f"{target.program} imports codebooks, no projects."
            rows.append(Row(fact, what, number, names, "lost", says, "unknown", ""))
        elif claim is None:
            rows.append(Row(fact, what, number, names, "unknown", "", "unknown", ""))
        else:
            fate: Fate = "mended" if claim.cured else claim.effect
            rows.append(Row(fact, what, number, names, fate, claim.says, claim.standing, claim.source))
    return rows


def nothing_arrives(rows: list[Row]) -> bool:
    """Whether everything of substance is dropped."""
    substance = [row for row in rows if row.fact in SUBSTANCE]
    return bool(rows) and all(row.fate == "lost" for row in substance)


def refuse_nothing(rows: list[Row], target: Target) -> None:
    """Raise where a program can hold nothing of the project.

    Raises:
        UsageError: says why, and what can be done.
    """
    if not target.imports:
        raise UsageError(
            f"{target.program} imports no projects, so nothing of this one would arrive.",
            remedy="Give it the codes: qdpx-compassion convert PROJECT codes.qdc",
        )
    if nothing_arrives(rows):
        held = ", ".join(f"{row.count:,} {row.what}" for row in rows if row.fact in SUBSTANCE)
        raise UsageError(
            f"{target.program} is known to drop everything that this project holds ({held or 'nothing of substance'}).",
            remedy="Choose another program; qdpx-compassion targets PROJECT shows what would arrive where.",
        )


def named(names: Sequence[str], number: int) -> str:
    """The first names of so many things, each in quotation marks: names may hold commas."""
    return ", ".join(f"“{name}”" for name in names) + (", …" if number > len(names) else "")


def findings_of(rows: list[Row], target: Target) -> list[Finding]:
    """The rows as findings: what is dropped, changed or refused, and in one sentence what nobody knows."""
    found = []
    for row in rows:
        if row.fate in _CODES:
            names = f" ({named(row.names, row.count)})" if row.names else ""
            known = f"{STANDINGS[row.standing]}: {row.source}" if row.source else STANDINGS[row.standing]
            found.append(Finding(_CODES[row.fate], f"{row.count:,} {row.what}{names}: {row.says} [{known}]"))
    unknown = [f"{row.count:,} {row.what}" for row in rows if row.fate == "unknown"]
    if unknown:
        message = f"Nobody says what {target.program} does with {', '.join(unknown)}."
        found.append(Finding("target-unknown", message))
    return found
