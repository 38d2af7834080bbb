"""Writing the mapping workbook: where the researchers decide."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from qdpx_compassion.code_tree import Code, CodeTree, write_path
from qdpx_compassion.findings import Finding
from qdpx_compassion.frameworks.framework import Dimension, Framework
from qdpx_compassion.mapping.columns import EXCEPTIONS, GONE, GUID, MAPPING, PARTICIPANTS, PATH, Field, fields
from qdpx_compassion.mapping.marks import INCLUDE_WORDS, WRITTEN, write_choice
from qdpx_compassion.mapping.model import Mapping as CodeMapping
from qdpx_compassion.mapping.model import MappingRow, ParticipantRow
from qdpx_compassion.mapping.readme import write_read_me
from qdpx_compassion.mapping.resolve import offered
from qdpx_compassion.mapping.update import Update, compare_to_project, merge_participants
from qdpx_compassion.spreadsheets import STYLES, Column, Sheet, Spread, Styled, Workbook, cut_at_word

#: Longest example quotation in a cell, in characters.
EXAMPLE_LENGTH = 300
#: Rows of the sheet Exceptions that are ready to be filled in.
_SPARE_ROWS = 200
_MARKS = ("x", "no")
_YES_NO = ("yes", "no")


@dataclass(frozen=True, slots=True)
class CodeFacts:
    """What the workbook says about a code beside its name and definition.

    Attributes:
        codings: number of codings with this code itself.
        participants: number of participants whose texts it codes.
        examples: quotations, of which the first three are shown.
    """

    codings: int = 0
    participants: int = 0
    examples: tuple[str, ...] = ()


def write_mapping_workbook(
    path: Path,
    *,
    framework: Framework,
    tree: CodeTree,
    counts: Mapping[str, CodeFacts],
    participants: Sequence[ParticipantRow],
    project_name: str,
    project_facts: Sequence[tuple[str, str]] = (),
    earlier: CodeMapping | None = None,
    own: frozenset[str] = frozenset(),
    moment: dt.datetime | None = None,
    force: bool = False,
) -> list[Finding]:
    """Write the workbook, empty or with what an earlier mapping says.

    Args:
        path: the .xlsx to write.
        framework: the framework to map to.
        tree: the project's codes.
        counts: facts by code key (``Code.key``); a code without any has no codings.
        participants: the project's participants, as they are proposed.
        project_name: for titles.
        project_facts: label and value of what the sheet *Read me* says about the project.
        earlier: decisions, labels and exceptions to fill in.
        own: GUIDs of further codes that are not offered (other frameworks').
        moment: the date that the file carries; SOURCE_DATE_EPOCH goes before it.
        force: whether an existing file may be replaced.

    Returns:
        What was notable: texts that had to be changed, and what the earlier mapping says about codes that are gone.

    Raises:
        OutputError: the file exists or cannot be written.
    """
    codings = {key: facts.codings for key, facts in counts.items()}
    update = compare_to_project(earlier, framework, tree, own, codings) if earlier is not None else None
    book = Workbook(
        f"Mapping of {project_name} to {framework.title}",
        subject=f"{framework.title} ({framework.id} {framework.version})",
        moment=moment,
        folder=path.parent,
    )
    _write_mapping(book, framework, offered(tree, framework, own), counts, update)
    everybody, findings = merge_participants(participants, earlier.participants if earlier else ())
    _write_participants(book, everybody)
    _write_exceptions(book, framework, earlier)
    if update is not None and update.gone:
        _write_gone(book, framework, update.gone)
    write_read_me(book, framework, project_name, project_facts)
    return [*(update.findings if update else ()), *findings, *book.save(path, force=force)]


def _write_mapping(
    book: Workbook,
    framework: Framework,
    codes: Sequence[Code],
    counts: Mapping[str, CodeFacts],
    update: Update | None,
) -> None:
    asked = fields(framework)
    columns = [
        Column("Code", 30, "strong"),
        Column(PATH, 26, "muted", folds=True),
        Column("Definition", 30, "muted", folds=True),
        Column("Codings", 10, "integer"),
        Column("Participants", 12, "integer"),
        *(Column(f"Example {number}", 38, folds=True) for number in (1, 2, 3)),
        *([Column("Since last time", 10, "note")] if update else []),
    ]
    first = len(columns)
    columns += [*(_column(field) for field in asked), Column(GUID, 34, "small")]
    pages = Spread(first, len(columns) - 1)  # what helps to decide, then what is decided; the GUID is for the screen
    sheet = book.sheet(
        MAPPING, columns, freeze_columns=1, max_lines=9, large_paper=True, spread=pages, tab_color="E0A458"
    )
    for number, field in enumerate(asked, start=first):
        _offer_choices(sheet, number, field)
    new = {code.key for code in update.new} if update else frozenset()
    nothing = CodeFacts()
    for code in codes:
        facts = counts.get(code.key, nothing)
        examples = [cut_at_word(" ".join(text.split()), EXAMPLE_LENGTH) for text in facts.examples[:3]]
        row = update.rows.get(code.key) if update else None
        sheet.append(
            [
                _indented(code),
                write_path(code.path),
                code.description or None,
                facts.codings,
                facts.participants,
                *(examples + [None] * (3 - len(examples))),
                *(["new" if code.key in new else None] if update else []),
                *(_answer(field, row) for field in asked),
                code.guid,
            ]
        )
    sheet.finish()


def _column(field: Field) -> Column:
    width, style = {
        "mark": (14.0, "fill-in-mark"),
        "none": (11.0, "fill-in-mark"),
        "choice": (19.0, "fill-in"),
        "theme": (22.0, "fill-in"),
        "sub_codes": (11.0, "fill-in-mark"),
        "rationale": (32.0, "fill-in"),
        "decided_by": (14.0, "fill-in"),
    }[field.kind]
    longest = max(len(word) for word in field.heading.split()) + 5
    return Column(field.heading, max(width, min(longest, 26)), style, "fill-in-heading")


def _indented(code: Code) -> Any:
    depth = len(code.path) - 1
    look = replace(STYLES["strong"], indent=min(depth * 2, 14), bold=depth == 0)
    return Styled(code.name, look)


def _offer_choices(sheet: Sheet, number: int, field: Field) -> None:
    """The drop-down of a column to fill in, and the hint that Excel shows beside a chosen cell."""
    dimension = field.dimension
    if field.kind == "mark" and field.construct is not None:
        prompt = cut_at_word(field.construct.definition, 200) + "\nx: yes · no: decided against"
        sheet.drop_down(number, _MARKS, title=field.construct.name, prompt=prompt)
    elif field.kind == "none" and dimension is not None:
        prompt = f"x: decided that none applies.\n{cut_at_word(dimension.question, 200)}"
        sheet.drop_down(number, ("x",), title=field.heading, prompt=prompt)
    elif field.kind == "choice" and dimension is not None:
        names = [construct.name for construct in dimension.constructs]
        prompt = f"{cut_at_word(dimension.question, 200)}\nEmpty: not decided."
        sheet.drop_down(number, [*names, "none"], title=dimension.title, prompt=prompt)
    elif field.kind == "theme" and dimension is not None:
        sheet.hint(number, "Theme", f"The reason inside {dimension.title} that this code stands for. Empty: its name.")
    elif field.kind == "sub_codes":
        prompt = "yes: the marks of this row hold for the codes below it too, where those have no mark of their own."
        sheet.drop_down(number, _YES_NO, title="Sub-codes too", prompt=prompt)


def _answer(field: Field, row: MappingRow | None) -> str | None:
    """What stands in a cell to fill in."""
    if row is None:
        return "yes" if field.kind == "sub_codes" else None
    dimension: Dimension | None = field.dimension
    if field.kind == "mark" and field.construct is not None:
        mark = row.marks.get(field.construct.id)
        return None if mark is None else WRITTEN[mark]
    if field.kind == "sub_codes":
        return "yes" if row.sub_codes else "no"
    if field.kind == "rationale":
        return row.rationale or None
    if field.kind == "decided_by":
        return row.decided_by or None
    if dimension is None:
        return None
    if field.kind == "theme":
        return row.themes.get(dimension.id) or None
    none = dimension.id in row.no_element
    if field.kind == "none":
        return "x" if none else None
    return write_choice(dimension, row.marks, none=none) or None


def _write_participants(book: Workbook, participants: Sequence[ParticipantRow]) -> None:
    columns = [
        Column("Participant", 32, "strong"),
        Column("Sources", 44, "muted"),
        Column("Label for reports", 28, "fill-in", "fill-in-heading"),
        Column("Group", 22, "fill-in", "fill-in-heading"),
        Column("Include", 11, "fill-in-mark", "fill-in-heading"),
        Column(GUID, 38, "small"),
    ]
    sheet = book.sheet(PARTICIPANTS, columns, freeze_columns=1, tab_color="8FA876")
    sheet.hint(2, "Label for reports", "The name in reports, e.g. P07, client. Empty: the name on the left is shown.")
    sheet.hint(3, "Group", "Tables compare these groups, e.g. client and professional. Write each the same way.")
    sheet.drop_down(4, _YES_NO, title="Include", prompt="no: left out of all counts and percentages.")
    for one in participants:
        include = "yes" if one.include else "no"
        sources = "\n".join(" ".join(name.split()) for name in one.sources)
        sheet.append([one.name, sources or None, one.label or None, one.group or None, include, one.key])
    sheet.finish()


def _write_exceptions(book: Workbook, framework: Framework, earlier: CodeMapping | None) -> None:
    columns = [
        Column("Selection's GUID", 40, "fill-in", "fill-in-heading"),
        Column("Construct", 30, "fill-in", "fill-in-heading"),
        Column("Include or exclude", 14, "fill-in-mark", "fill-in-heading"),
        Column("Why", 60, "fill-in", "fill-in-heading"),
    ]
    sheet = book.sheet(EXCEPTIONS, columns, tab_color="B5697A", filters=True)
    names = _construct_names(framework)
    sheet.hint(0, "Selection's GUID", "Copy it from the last column of the sheet Quotations of the summary workbook.")
    sheet.drop_down(1, list(names.values()), title="Construct", prompt="Whose coding of this one selection differs.")
    prompt = "include: it holds here although the codes do not say so; exclude: it does not hold here."
    sheet.drop_down(2, ("include", "exclude"), title="Include or exclude", prompt=prompt)
    for one in earlier.exceptions if earlier else ():
        construct = names.get(one.construct_id, one.construct_id)
        sheet.append(
            [one.selection_guid or None, construct or None, INCLUDE_WORDS[one.include] or None, one.why or None]
        )
    for _ in range(_SPARE_ROWS):
        sheet.append([None] * len(columns))
    sheet.finish()


def _construct_names(framework: Framework) -> dict[str, str]:
    """Construct id → its name, or its id where another construct has the name or id."""
    from qdpx_compassion.mapping.marks import find_construct

    return {one.id: one.name if find_construct(framework, one.name) is one else one.id for one in framework.constructs}


def _write_gone(book: Workbook, framework: Framework, gone: Sequence[MappingRow]) -> None:
    """What was decided about codes that the project no longer has, so that nothing is lost."""
    asked = fields(framework)
    columns = [Column(PATH, 40), *(Column(field.heading, 16) for field in asked), Column(GUID, 38, "small")]
    sheet = book.sheet(GONE, columns, freeze_columns=1)
    for row in gone:
        sheet.append([write_path(row.path), *(_answer(field, row) for field in asked), row.guid])
    sheet.finish()


__all__ = [
    "EXAMPLE_LENGTH",
    "CodeFacts",
    "write_mapping_workbook",
]
