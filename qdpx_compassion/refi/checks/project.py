"""All checks of one project, in one go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from qdpx_compassion.errors import InputError
from qdpx_compassion.files.limits import Limits
from qdpx_compassion.files.project_files import ProjectFiles, open_project_files
from qdpx_compassion.files.read_again import ReadAgain
from qdpx_compassion.findings import Finding
from qdpx_compassion.refi.checks.contents import ABOUT_FILES, content_findings
from qdpx_compassion.refi.checks.letter import letter_findings, raise_to_errors
from qdpx_compassion.refi.checks.positions import ABOUT_POSITIONS
from qdpx_compassion.refi.checks.references import reference_findings
from qdpx_compassion.refi.checks.texts import ABOUT_TEXTS
from qdpx_compassion.refi.checks.values import value_findings
from qdpx_compassion.refi.names import PROJECT_NAMESPACE
from qdpx_compassion.refi.reader import read_files, read_for_checks
from qdpx_compassion.refi.root import root_name
from qdpx_compassion.refi.validation import Kind, schema_findings
from qdpx_compassion.tables import Project

#: What the reader says of a source by its name, or of many at once, and the checks of each element.
_SAID_OF_ELEMENTS = ABOUT_FILES | ABOUT_POSITIONS | ABOUT_TEXTS
#: What the reader says too where the schema has said it, with the line.
_SAID_BY_SCHEMA = frozenset({"xml-unknown-element", "xml-unknown-attribute", "value-unreadable", "guid-form"})


def validate_project(
    path: Path,
    *,
    strict: bool = False,
    limits: Limits | None = None,
    progress: Callable[[int], None] | None = None,
) -> list[Finding]:
    """Everything that is wrong with a project: schema, references, places, files, names.

    Args:
        path: an archive, a folder, a bare .qde or a codebook (.qdc); whatever it is, it is never changed.
        strict: judge by the letter of the standard, also where every program forgives.
        limits: see ``files/limits.py``; None: those that hold at the moment.
        progress: told how many bytes of the document were read just now.

    Returns:
        Findings; a file that cannot be read as a project is one finding, ``unreadable``.
    """
    try:
        with open_project_files(path, limits, progress) as files:
            return judge(files, strict=strict, keep=False).findings
    except InputError as error:
        return [_unreadable(error)]


@dataclass(frozen=True, slots=True)
class Judged:
    """What is wrong with a project.

    Attributes:
        findings: everything. follows_schema: whether the document follows the schema.
        project: what was read on the way; None where it could not be read, and of codebooks.
    """

    findings: list[Finding]
    follows_schema: bool
    project: Project | None = None


def judge(files: ProjectFiles, *, strict: bool = False, keep: bool = True) -> Judged:
    """What ``validate_project`` tells of a project that is open, and what was read for it.

    Args:
        files: the project's files, open.
        strict: see ``validate_project``.
        keep: whether anybody wants the project that was read; without it less memory is needed.

    Raises:
        InputError: the document is not well-formed XML.
    """
    chunks = files.chunks(files.document, files.limits.document_bytes)
    if root_name(chunks, files.document.name) == "CodeBook":
        found = _schema(files, "codebook")
        return Judged(found, follows_schema=not found)
    from concurrent.futures import ThreadPoolExecutor  # imports much that no other command needs

    with ThreadPoolExecutor(1, "schema") as beside:  # libxml2 judges the document while it is read into tables
        judging = beside.submit(_schema, files)
        project, unreadable = None, []
        try:
            project = read_files(files) if keep else read_for_checks(files)
        except InputError as error:  # kept as a finding: an error holds what was open when it was raised
            unreadable.append(_unreadable(error))
        try:
            schema = judging.result()
        finally:
            del judging  # it holds an error that is raised, and the error would hold it, with the files that are open
    if project is None:
        return Judged([*files.findings, *schema, *unreadable], follows_schema=not schema)
    findings = [*schema, *_of_reader(project, schema)]
    findings += reference_findings(project, files.document.name)
    findings += value_findings(project)
    try:
        findings += content_findings(files, project)
    except InputError as error:
        findings.append(_unreadable(error))
    if strict:
        findings = [*raise_to_errors(findings), *letter_findings(files, project)]
    return Judged(findings, not schema, project if keep else None)


def schema_departures(path: Path) -> list[Finding]:
    """That a project's document departs from the schema, in one finding; none where it does not."""
    with open_project_files(path) as files:
        found = _schema(files)
    if not found:
        return []
    message = f"The document departs from the schema, first so: {found[0].message} 'validate' tells everything."
    return [Finding("schema-departures", message, found[0].where)]


def _schema(files: ProjectFiles, kind: Kind = "project") -> list[Finding]:
    with ReadAgain(files, files.document, files.limits.document_bytes) as document:
        return schema_findings(cast(BinaryIO, document), kind, name=files.document.name)


def _of_reader(project: Project, schema: list[Finding]) -> list[Finding]:
    """What was noticed while reading, without what is said better: by the schema with lines, of files with GUIDs."""
    namespace = next(project.column("project", "namespace"), "")
    # the schema has looked at the first element only where that is of another namespace
    said = _SAID_BY_SCHEMA if schema and namespace == PROJECT_NAMESPACE else frozenset()
    return [finding for finding in project.findings if finding.code not in said | _SAID_OF_ELEMENTS]


def _unreadable(error: InputError) -> Finding:
    said = " ".join(part for part in (error.what, error.remedy) if part)
    return Finding("unreadable", said, error.where)
