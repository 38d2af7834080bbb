"""Whether there is anything to mend: where the schema and the tables show that there is not, no pass is needed for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from qdpx_compassion.errors import InputError
from qdpx_compassion.files.project_files import ProjectFiles
from qdpx_compassion.findings import Finding
from qdpx_compassion.refi.checks.project import judge
from qdpx_compassion.refi.guids import are_guids
from qdpx_compassion.refi.repair.mender import PathMender
from qdpx_compassion.refi.repair.rules import FORMS
from qdpx_compassion.refi.repair.values import VALUES
from qdpx_compassion.tables import TABLES, Project

_VALUE = TABLES["variable_values"].position
#: Columns that hold GUIDs, or moments, by table; those that are no attributes are targets of references.
_GUID_COLUMNS, _MOMENT_COLUMNS = (
    {
        name: [column.name for column in table.columns if FORMS.get(column.attribute or "") == form]
        for name, table in TABLES.items()
    }
    for form in ("guid", "moment")
)
_GUID_COLUMNS["codings"].append("code_guid")
_GUID_COLUMNS["variable_values"].append("variable_guid")


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
    dangling = any(finding.code == "reference-dangling" for finding in judged.findings)
    may_be_mended = dangling or not (
        _in_one_form(project)
        and _without_blanks(project)
        and _good_values(project)
        and _good_paths(project, mended_path)
    )
    return None if may_be_mended else judged.findings


def _in_one_form(project: Project) -> bool:
    """Whether every GUID is written without braces, and the same one always in the same letters."""
    columns = [_column(project, table, column) for table, names in _GUID_COLUMNS.items() for column in names]
    if not all(map(are_guids, columns)):
        return False
    if all("".join(column).islower() or not column for column in columns):
        return True
    written = {guid for column in columns for guid in column}
    return len({guid.lower() for guid in written}) == len(written)


def _column(project: Project, table: str, column: str) -> list[str]:
    return [value for value in project.column(table, column) if value is not None]


def _without_blanks(project: Project) -> bool:
    return all(
        len("".join(_column(project, table, column)).split()) <= 1
        for table, names in _MOMENT_COLUMNS.items()
        for column in names
    )


def _good_values(project: Project) -> bool:
    return all(_fits(row) for row in project.rows["variable_values"])


def _fits(row: list[Any]) -> bool:
    mended = VALUES.get(row[_VALUE["value_kind"]] or "")
    value = row[_VALUE["value"]]
    return mended is None or value is None or mended(value) in (None, value)


def _good_paths(project: Project, mended_path: PathMender) -> bool:
    return all(mended_path(path) in (None, path) for path in _paths(project))


def _paths(project: Project) -> Iterator[str]:
    columns: Iterable[str] = (
        column.name for column in TABLES["sources"].columns if FORMS.get(column.attribute or "") == "path"
    )
    for column in columns:
        yield from filter(None, project.column("sources", column))
