"""The workbooks beside a shared project: the list to fill in, the key, and what a person must check."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qdpx_compassion.findings import Finding, count
from qdpx_compassion.spreadsheets import Column, Styled, Workbook
from qdpx_compassion.teams.share.names import WITHDRAWN
from qdpx_compassion.teams.share.project import Shared

if TYPE_CHECKING:
    from qdpx_compassion.teams.share.proposal import Proposed

_NAMES = (
    Column("Name", 34, "fill-in", "fill-in-heading"),
    Column("Pseudonym", 22, "fill-in", "fill-in-heading"),
    Column("Replace", 10, "fill-in-mark", "fill-in-heading"),
    Column("Letter case", 13, "fill-in", "fill-in-heading"),
    Column("Person", 14, "fill-in", "fill-in-heading"),
    Column("Already there", 12, "fill-in-mark", "fill-in-heading"),
    Column("What it is", 24),
    Column("How often", 9, "integer"),
    Column("In lower case", 9, "integer"),
    Column("For example", 60, "muted"),
    Column("Why", 44, "muted"),
)
_README = (
    "Each row is a name. Where Replace is yes, or empty, it becomes the pseudonym everywhere in the project: in texts, "
    "documents, names, descriptions, notes, values and the names of files.",
    "Add rows for every name that people say: relatives, colleagues, first names, nicknames, places, employers. The "
    "program knows only the names of this list, and those of users, cases and sources.",
    "Pseudonym: empty, and the program makes one (Participant 1). Two rows may have one pseudonym when they are one "
    "person: write the same word into Person in both.",
    "Letter case: “as written” for names that are words too (Will, Hope): only this spelling is replaced then. "
    "Otherwise ANNA, Anna and anna are.",
    "Already there: yes, if the pseudonym stands in the texts already and means the same person. Otherwise sharing is "
    "refused, because two people would have one name.",
    "This list holds the real names. Keep it as you keep the interviews.",
)
_KEY = (
    Column("Pseudonym", 26, "strong"),
    Column("Name", 40),
    Column("What it is", 18),
    Column("Replaced", 10, "integer"),
)
_REPLACED = (
    Column("Before", 50),
    Column("Found", 24, "strong"),
    Column("After", 50),
    Column("Pseudonym", 22),
    Column("Where", 50, "muted"),
)
_NEAR = (
    Column("Word", 24, "strong"),
    Column("Looks like", 30),
    Column("Name", 28),
    Column("How often", 9, "integer"),
    Column("Context", 70),
    Column("Where", 44, "muted"),
)
_DONE = (Column("What", 60), Column("Number", 12, "integer"))
_FOUND = (Column("Finding", 24, "strong"), Column("What", 90), Column("Where", 50, "muted"))

#: What no program finds, and a person must read.
STILL_TO_READ = (
    "This project is not certified to be anonymous. The program replaced the names that it was given; it understands "
    "nothing of what people tell.",
    "Read the texts for names that nobody listed: relatives, colleagues, nicknames, places, schools, employers.",
    "Read them for what tells a person without a name: an age with a village, a rare illness, a post, an event in the "
    "news, a date.",
    "Look at the sheet Near names: words that look like a name, and were not replaced.",
    "Look at every document and picture that is shared. Audio and video are shared as they are, if at all.",
    "Dates of codings, the order of sources and GUIDs (unless new ones were made) can link to the original project.",
    "Keep this workbook and the key away from the shared project: both hold the real names.",
)


def write_proposal(path: Path, rows: Sequence[Proposed], project: str, *, force: bool = False) -> list[Finding]:
    """Write the list of names to be completed.

    Raises:
        OutputError: the file exists or cannot be written.
    """
    book = Workbook("Names to replace", subject=project, folder=path.parent)
    sheet = book.sheet("Names", _NAMES, freeze_columns=1)
    for row in rows:
        name = row.name
        sheet.append([
            name.name, name.pseudonym or None, "yes" if name.replaced else "no",
            "as written" if name.exact else None, name.person or None, "yes" if name.known else None,
            row.of, row.number or None, row.lower or None, row.example or None, row.why,
        ])  # fmt: skip
    for _ in range(40):  # room for names that the program cannot know
        sheet.append([None] * len(_NAMES))
    sheet.drop_down(2, ("yes", "no"), title="Replace", prompt="yes, or empty: it is replaced everywhere.")
    sheet.drop_down(3, ("any", "as written"), title="Letter case", prompt="as written: for names that are words too.")
    sheet.drop_down(5, ("yes", "no"), title="Already there", prompt="The pseudonym means the same person in the texts.")
    _lines(book, "Read me", "Names to replace", _README)
    return _save(book, path, force=force)


def write_key(path: Path, shared: Shared, project: str, *, force: bool = False) -> list[Finding]:
    """Write which pseudonym stands for which name; only the owner may read the file.

    Raises:
        OutputError: the file exists or cannot be written.
    """
    book = Workbook("Key of pseudonyms", subject=project, folder=path.parent)
    intro: list[list[Any]] = [
        [Styled("Key of pseudonyms: keep it apart from the shared project", "title")],
        [Styled(f"For {project}. Whoever has this file knows the people behind the pseudonyms.", "line")],
        [],
    ]
    sheet = book.sheet("Key", _KEY, intro=intro, freeze_columns=1)
    for name in shared.names:
        if name.pseudonym != WITHDRAWN:
            used = shared.ledger.used[name.name, name.pseudonym]
            sheet.append([name.pseudonym, name.name, name.kind, used])
    return _save(book, path, force=force)


def write_check(path: Path, shared: Shared, project: str, *, force: bool = False) -> list[Finding]:
    """Write all replacements with their context, words near a name, and what a person must read.

    Raises:
        OutputError: the file exists or cannot be written.
    """
    ledger = shared.ledger
    book = Workbook("What was replaced", subject=project, folder=path.parent)
    _lines(book, "Read me", "What was done, and what a person must still read", [*done(shared), "", *STILL_TO_READ])
    sheet = book.sheet("Replacements", _REPLACED)
    for one in ledger.replacements:
        sheet.append([one.before, one.found, one.after, one.pseudonym, one.where])
    near = book.sheet("Near names", _NEAR, freeze_columns=1)
    for word in sorted(ledger.near.values(), key=lambda word: (word.kind, word.name, word.word)):
        for number, (context, where) in enumerate(word.places):
            first = [word.word, word.kind, word.name, word.number] if not number else [word.word, None, None, None]
            near.append([*first, context, where])
    taken = book.sheet("Taken out", _DONE)
    for what, many in sorted(_taken_out(shared).items()):
        taken.append([what, many])
    found = book.sheet("Checks", _FOUND)
    for finding in shared.findings:
        found.append([finding.code, finding.message, finding.where])
    return _save(book, path, force=force)


def done(shared: Shared) -> list[str]:
    """What was done, in sentences."""
    ledger = shared.ledger
    people = sum(1 for name in shared.names if ledger.used[name.name, name.pseudonym])
    lines = [f"{count(len(ledger.replacements), 'place')} changed: {count(people, 'name')} became pseudonyms."]
    if ledger.near:
        words = count(len(ledger.near), "word near a name was", "words near a name were")
        lines.append(f"{words} not replaced; the sheet Near names shows them.")
    idle = [
        name.name
        for name in shared.names
        if name.where and name.pseudonym != WITHDRAWN and not ledger.used[name.name, name.pseudonym]
    ]
    if idle:
        shown = ", ".join(f"“{name}”" for name in idle[:8]) + (f" and {len(idle) - 8} more" if len(idle) > 8 else "")
        lines.append(f"Nowhere found: {shown}.")
    return lines


def _taken_out(shared: Shared) -> dict[str, int]:
    gone = {f"of participants who withdrew: {kind}": number for kind, number in
            (shared.withdrawal.gone if shared.withdrawal else {}).items() if number}  # fmt: skip
    return {**shared.ledger.removed, **gone}


def _lines(book: Workbook, name: str, title: str, lines: Sequence[str]) -> None:
    sheet = book.sheet(name, (Column("", 110),), headings=False)
    sheet.append([Styled(title, "title")])
    for line in lines:
        sheet.append([line])


def _save(book: Workbook, path: Path, *, force: bool) -> list[Finding]:
    umask = os.umask(0o077)  # private from its first moment; a file that is replaced keeps its mode, hence chmod
    try:
        findings = book.save(path, force=force)
    finally:
        os.umask(umask)
    path.chmod(0o600)
    return findings
