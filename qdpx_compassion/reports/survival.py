"""What would survive where, as a workbook: programs side by side, and every claim with how it is known."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from qdpx_compassion.findings import Finding
from qdpx_compassion.refi.targets.facts import FACTS
from qdpx_compassion.refi.targets.losses import FATES, Row
from qdpx_compassion.refi.targets.profiles import STANDINGS, Target
from qdpx_compassion.spreadsheets import Column, Styled, Workbook

_CLAIMS = (
    Column("Program", 18, "strong"),
    Column("What", 36),
    Column("How many", 10, "integer"),
    Column("The first of them", 40),
    Column("What becomes of it", 14),
    Column("How", 60),
    Column("How we know", 22),
    Column("From where", 40),
)


def write_survival(
    path: Path, found: Sequence[tuple[Target, Sequence[Row]]], project: str, *, force: bool = False
) -> list[Finding]:
    """Write what would become of a project in each program.

    Args:
        path: the .xlsx to write.
        found: each program with its rows.
        project: name of the project's file.
        force: whether an existing file may be replaced.

    Returns:
        What had to be changed to fit into cells and sheets.
    """
    book = Workbook("What would survive where", subject=project, folder=path.parent)
    intro = [
        [Styled("What would survive where", "title")],
        [Styled(f"{project}, if it were written with --for", "line")],
        *([Styled(f"{fate}: {words}.", "note")] for fate, words in FATES.items()),
        [],
    ]
    columns = (
        Column("What", 36, "strong"),
        Column("How many", 10, "integer"),
        *(Column(target.program, 16) for target, _ in found),
    )
    overview = book.sheet("Overview", columns, intro=intro, freeze_columns=1)
    by_fact = {fact: [next((row for row in rows if row.fact == fact), None) for _, rows in found] for fact in FACTS}
    for rows in by_fact.values():
        first = next((row for row in rows if row is not None), None)
        if first is not None:
            overview.append([first.what, first.count, *(row.fate if row else None for row in rows)])
    claims = book.sheet("Claims", _CLAIMS, freeze_columns=1)
    for target, of_target in found:
        for row in of_target:
            names = ", ".join(row.names)
            claims.append(
                [target.program, row.what, row.count, names, row.fate, row.says, STANDINGS[row.standing], row.source]
            )
    return book.save(path, force=force)
