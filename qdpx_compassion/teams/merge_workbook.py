"""The workbook of a merge: what copies say differently, side by side, and the codings that found no place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qdpx_compassion.findings import Finding, count
from qdpx_compassion.spreadsheets import Column, Style, Styled, Workbook
from qdpx_compassion.teams.conflicts import Conflict
from qdpx_compassion.teams.jobs import moment
from qdpx_compassion.teams.merge import Merged

_NAME = Style(bold=True, wrap=True)
_QUIET = Style(color="6B7A83", wrap=True)
_COUNT = Style(number_format="#,##0", horizontal="right", indent=1)


def write_conflicts(path: Path, merged: Merged, *, force: bool = False) -> list[Finding]:
    """Write the workbook, atomically.

    Args:
        path: the .xlsx to write.
        merged: what merging gave.
        force: whether an existing file may be replaced.

    Returns:
        What had to be changed to fit into a spreadsheet.

    Raises:
        OutputError: the file exists or cannot be written.
    """
    book = Workbook("Copies merged", moment=moment(merged.project), folder=path.parent)
    _write_overview(book, merged)
    _write_conflicts(book, merged)
    if any(conflict.passages for conflict in merged.conflicts):
        _write_texts(book, merged)
    if merged.unplaced:
        _write_unplaced(book, merged)
    _write_checks(book, merged)
    return book.save(path, force=force)


def _write_overview(book: Workbook, merged: Merged) -> None:
    told = [count(len(merged.conflicts), "conflict"), count(len(merged.unplaced), "coding") + " without a place"]
    intro: list[list[Any]] = [
        [Styled("Copies merged", "title")],
        [Styled(f"Projects: {', '.join(merged.copies)}", "line")],
        [Styled(f"{told[0]}; {told[1]}.", "line")],
        [Styled("A conflict is settled by the preferred project, else by the newest. To settle one otherwise, merge "
                "again with what stands in its last column.", "note")],
        [],
    ]  # fmt: skip
    columns = [Column("Kind", 28, _NAME), Column("In all copies", 16, _COUNT), Column("Merged", 12, _COUNT)]
    sheet = book.sheet("Overview", columns, intro=intro)
    for table, (before, after) in merged.counts.items():
        sheet.append([table.replace("_", " "), before, after])


def _columns_of_sides(merged: Merged) -> list[Column]:
    """Two copies have a column each; of more, the names stand beside what they say."""
    if len(merged.copies) == 2:
        return [Column(name, 48) for name in merged.copies]
    return [Column("One copy", 18, _QUIET), Column("says", 44), Column("Another", 18, _QUIET), Column("says", 44)]


def _sides(merged: Merged, conflict: Conflict, said: tuple[str, str]) -> list[str]:
    names = [name for name, _ in conflict.sides]
    if len(merged.copies) == 2:
        by_name = dict(zip(names, said, strict=True))
        return [by_name[name] for name in merged.copies]
    return [names[0], said[0], names[1], said[1]]


def _write_conflicts(book: Workbook, merged: Merged) -> None:
    columns = [
        Column("Kind", 18, _QUIET), Column("Element", 40, _NAME), Column("What differs", 15),
        *_columns_of_sides(merged), Column("Holds", 18), Column("Why", 22, _QUIET),
        Column("To settle it otherwise", 46, _QUIET),
    ]  # fmt: skip
    sheet = book.sheet("Conflicts", columns, freeze_columns=2, large_paper=True, tab_color="E0A458")
    for one in merged.conflicts:
        (first, says), (second, other_says) = one.sides
        other = second if one.chosen == first else first
        label = f"{one.label}, {one.attribute}".replace('"', '\\"')
        what = one.attribute + (f" in {len(one.passages):,} places" if len(one.passages) > 1 else "")
        sides = _sides(merged, one, (says, other_says))
        sheet.append([one.kind, one.label, what, *sides, one.chosen, one.why, f'--settle "{label}={other}"'])
    if not merged.conflicts:
        sheet.append([Styled("There are none: nothing is said differently.", "line")])


def _write_texts(book: Workbook, merged: Merged) -> None:
    """Every place in which an edited text differs."""
    columns = [Column("Source", 34, _NAME), Column("Place", 8, _COUNT), *_columns_of_sides(merged), Column("Holds", 18)]
    sheet = book.sheet("Texts", columns, freeze_columns=1, large_paper=True)
    for one in merged.conflicts:
        for number, passage in enumerate(one.passages, start=1):
            sheet.append([one.label, number, *_sides(merged, one, passage), one.chosen])


def _write_unplaced(book: Workbook, merged: Merged) -> None:
    """What has to be coded by hand, with a column to tick it off."""
    columns = [
        Column("Copy", 18, _QUIET), Column("Where in that copy", 34), Column("Code", 36, _NAME), Column("Coder", 18),
        Column("Words", 60), Column("Done", 10),
    ]  # fmt: skip
    sheet = book.sheet("Not placed", columns, tab_color="E0A458")
    for one in merged.unplaced:
        sheet.append([one.project, one.where, one.code, one.coder, one.quotation, None])


def _write_checks(book: Workbook, merged: Merged) -> None:
    sheet = book.sheet("Checks", [Column("Weight", 12, "strong"), Column("What was noticed", 110)])
    shown = [one for one in merged.findings if one.code != "merge-conflict"]
    for finding in shown:
        sheet.append([str(finding.severity), (f"{finding.where}: " if finding.where else "") + finding.message])
    if not shown:
        sheet.append(["", "Nothing."])
