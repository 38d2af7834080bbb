"""Whether there is anything to mend: the schema and the tables may show that there is not, without another pass."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from qdpx_compassion.errors import InputError
from qdpx_compassion.files.project_files import ProjectFiles
from qdpx_compassion.findings import Finding
from qdpx_compassion.refi.checks.project import judge
from qdpx_compassion.refi.guids import are_guids, are_guids_joined
from qdpx_compassion.refi.repair.mender import PathMender
from qdpx_compassion.refi.repair.rules import FORMS, Form
from qdpx_compassion.refi.repair.values import VALUES, mended_color, mended_enumeration
from qdpx_compassion.tables import TABLES, Project

_VALUE = TABLES["variable_values"].position


def _columns(form: Form) -> list[tuple[str, str]]:
    """The columns that hold attributes of a form: table and name."""
    return [
        (table.name, column.name)
        for table in TABLES.values()
        for column in table.columns
        if FORMS.get(column.attribute or "") == form
    ]


_GUIDS = [*_columns("guid"), ("codings", "code_guid"), ("variable_values", "variable_guid")]


def findings_of_sound(files: ProjectFiles, mended_path: PathMender) -> list[Finding] | None:
    """What validation tells of a project in whose document nothing can be mended; None where something may be.

    A document that follows the schema can only be mended in what the schema lets pass: GUIDs that are written in
    several forms, blanks around dates, paths, references to nothing. All of that shows in the tables.

    Args:
        files: the project's files, open.
        mended_path: see ``Mender``.
    """
    try:
        judged = judge(files)
    except InputError:
        return None  # whoever mends it says what is wrong
    project = judged.project
    if project is None or not judged.follows_schema:
        return None
    if any(finding.code == "reference-dangling" for finding in judged.findings):
        return None
    good = _in_one_form(project) and _without_blanks(project) and _good_values(project)
    return judged.findings if good and _good_attributes(project, mended_path) else None


def _in_one_form(project: Project) -> bool:
    """Whether every GUID is written without braces, and the same one always in the same letters."""
    joined = [_joined_guids(project, *place) for place in _GUIDS]
    if None in joined:
        return False
    if all(column.islower() or not column for column in joined if column is not None):
        return True
    written = {guid for place in _GUIDS for guid in _column(project, *place)}
    return len({guid.lower() for guid in written}) == len(written)


def _joined_guids(project: Project, table: str, column: str) -> bytes | bytearray | None:
    """The GUIDs of a column one directly behind the other; None where one is no GUID without braces."""
    packed = project.joined(table, column)
    if packed is not None:
        return packed[0] if are_guids_joined(*packed) else None
    guids = _column(project, table, column)
    return "".join(guids).encode() if are_guids(guids) else None


def _column(project: Project, table: str, column: str) -> list[str]:
    return [value for value in project.column(table, column) if value is not None]


def _without_blanks(project: Project) -> bool:
    for place in _columns("moment"):
        packed = project.joined(*place)
        if len((packed[0].decode() if packed is not None else "".join(_column(project, *place))).split()) > 1:
            return False
    return True


def _good_values(project: Project) -> bool:
    return all(_fits(row) for row in project.rows["variable_values"])


def _fits(row: Sequence[Any]) -> bool:
    mended = VALUES.get(row[_VALUE["value_kind"]] or "")
    return mended is None or row[_VALUE["value"]] is None or mended(row[_VALUE["value"]]) == row[_VALUE["value"]]


def _good_attributes(project: Project, mended_path: PathMender) -> bool:
    good: dict[Form, Callable[[str, str], bool]] = {
        "color": lambda _, value: mended_color(value) == value,
        "enumeration": lambda name, value: mended_enumeration(name, value) == value,
        "path": lambda _, value: mended_path(value) in (None, value),
    }
    return all(
        fits(TABLES[table].columns[TABLES[table].position[column]].attribute or "", value)
        for form, fits in good.items()
        for table, column in _columns(form)
        for value in _column(project, table, column)
    )
