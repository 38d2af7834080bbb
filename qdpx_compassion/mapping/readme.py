"""The sheet *Read me* of the mapping workbook."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from qdpx_compassion.frameworks.framework import Framework
from qdpx_compassion.mapping.marks import none_heading

if TYPE_CHECKING:
    from qdpx_compassion.spreadsheets import Workbook

_STEPS = (
    (
        "1  Decide",
        "On the sheet Mapping, one row a code of the study: mark in the coloured cells what the code expresses. "
        "The examples show what was coded with it. Leave a cell empty as long as it is not decided.",
    ),
    (
        "2  People",
        "On the sheet Participants: give each participant a label for reports (names may be real), a group, and say no "
        "where somebody is to be left out.",
    ),
    (
        "3  Exceptions",
        "On the sheet Exceptions, where needed: a single quotation that the decision about its code does not fit.",
    ),
    (
        "4  Check",
        "Save the workbook and run “qdpx-compassion mapping check PROJECT mapping.xlsx”: it names every cell that "
        "cannot be used, and every code with codings that is not decided.",
    ),
)
_RULES = (
    ("A mark", "x (also X, 1, true, yes, y, ja, ✓) means yes. no (also 0, false, n, nee, –) means decided against."),
    ("Empty", "Not decided. A code counts as decided once one question is answered for it, in its row or above."),
    (
        "Sub-codes too",
        "yes (as long as nothing else is written): the marks hold for all codes below, one question at a time, except "
        "where a code below has a mark of its own for that question. An explicit no is a mark of its own. no: the "
        "marks of this row hold for its code alone; marks from further up still pass through it.",
    ),
    ("Theme", "The reason that the code stands for, inside what was chosen beside it. Empty: the name of the code."),
    (
        "Sorting",
        "Sort and filter as you like. The columns Path and GUID say which code a row is about; leave them.",
    ),
    ("Own columns", "May be added; they are not read."),
)


def write_read_me(
    book: Workbook, framework: Framework, project_name: str, project_facts: Sequence[tuple[str, str]]
) -> None:
    """Write the sheet: what to do, how marks are read, what the framework asks, where it comes from."""
    from qdpx_compassion.spreadsheets import Column, Styled

    columns = [Column("", 30, "strong"), Column("", 105)]
    sheet = book.sheet("Read me", columns, headings=False, max_lines=0, landscape=False)
    sheet.append([Styled("From the study's codes to the framework", "title"), None], height=26)
    sheet.append([Styled(f"{project_name}  →  {framework.title}", "note"), None])

    def section(title: str, lines: Sequence[tuple[str, str]]) -> None:
        sheet.append([])
        sheet.append([Styled(title, "section"), None])
        for label, text in lines:
            sheet.append([label, text])

    section("What to do", _STEPS)
    section("How cells are read", _RULES)
    for dimension in framework.dimensions:
        how = (
            f"One, several, or “{none_heading(dimension)}”."
            if dimension.several
            else "One of the list, or none of them."
        )
        lines = [("Question", f"{dimension.question} {how}")]
        lines += [(construct.name, construct.definition) for construct in dimension.constructs]
        lines += [("Citation", dimension.citation)] if dimension.citation else []
        section(dimension.title, lines)
    about = [("Framework", f"{framework.title} ({framework.id}, version {framework.version})")]
    about += [(label, text) for label, text in (("", framework.description), ("Citation", framework.citation)) if text]
    section("Where this comes from", [*about, ("Project", project_name), *project_facts])
    sheet.finish()
