"""What is in a project, and what is wrong with it."""

from __future__ import annotations

import collections.abc
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from qdpx_compassion.code_tree import CodeTree
from qdpx_compassion.enrich.own import own_guids
from qdpx_compassion.findings import Finding
from qdpx_compassion.opened import Openable, OpenedProject, path_of
from qdpx_compassion.refi.codebook_reading import Codebook, read_codebook
from qdpx_compassion.refi.dialects import Dialect, dialect
from qdpx_compassion.refi.reader import read_project

if TYPE_CHECKING:
    pass


from qdpx_compassion.files.progress import Progress


def open_project(
    path: Openable, *, texts: bool = True, reading: str | None = None, progress: Progress | None = None
) -> OpenedProject:
    """Read a project into tables.

    Args:
        path: a .qdpx, an unpacked folder, or a bare .qde; a project that is open already is given back.
        texts: whether to read the texts too, for quotations.
        reading: how positions are counted, e.g. ``utf16,crlf1``; None: what the file itself supports best.
        progress: told how many bytes of the document were read just now.

    Returns:
        The project. DataFrames are ``project.codes``, ``project.sources``, ``project.participants``,
        ``project.quotations(mapping)``, ``project.counts("value", mapping)``, and each table of the standard:
        ``project.table(name)``.

    Raises:
        InputError: the file cannot be read as a project.
        UsageError: ``reading`` is not understood.
    """
    if isinstance(path, OpenedProject):
        return path
    read = read_project(Path(path), texts=texts, reading=reading, progress=progress)
    return OpenedProject(read.rows, read.dialect, read.findings, read.name, read.positions, path=Path(path))


def open_codebook(path: str | Path) -> Codebook:
    """Read a codebook (.qdc): codes and sets, whatever program wrote it.

    Raises:
        InputError: the file cannot be read as a codebook.
    """
    return read_codebook(Path(path))


@dataclass(frozen=True, slots=True)
class Overview:
    """What is in a project, in numbers.

    Attributes:
        dialect: profile of the program that wrote it.
        users: name and number of codings of each.
        codes: all codes. case_codes: those that stand for cases. own_codes: those of a framework.
        sources: number by kind; likewise selections. codings: by owner kind.
        positions: how positions were read and how sure that is (``Project.positions``).
    """

    file: str
    name: str
    origin: str
    dialect: Dialect
    modified: str
    users: list[tuple[str, int]]
    codes: int
    case_codes: int
    own_codes: int
    sources: dict[str, int]
    selections: dict[str, int]
    codings: dict[str, int]
    cases: int
    variables: int
    notes: int
    sets: int
    links: int
    graphs: int
    positions: dict[str, str | int | float | bool | None]
    findings: list[Finding]


def describe(path: Openable, *, reading: str | None = None, progress: Progress | None = None) -> Overview:
    """Count what is in a project.

    Args:
        path: the project.
        reading: how positions are counted; see ``open_project``.
        progress: told how many bytes of the document were read just now.

    Raises:
        InputError: the file cannot be read as a project.
    """
    from qdpx_compassion.refi.checks.project import schema_departures

    project = open_project(path, reading=reading, progress=progress)
    tree = CodeTree.of(project)
    own = own_guids(project, tree)
    by_user = Counter(user or "" for user in project.column("codings", "creating_user"))
    guids, written = project.column("users", "guid"), project.column("users", "name")
    names = {guid: name or guid for guid, name in zip(guids, written, strict=True)}
    users = [(str(name), by_user.pop(guid, 0)) for guid, name in names.items()]
    if unknown := by_user.total():
        users.append(("(nobody named)", unknown))
    kinds = Counter(project.column("sources", "kind"))
    first = next(project.records("project"))
    return Overview(
        file=project.name,
        name=first["name"] or "",
        origin=first["origin"] or "",
        dialect=dialect(project.dialect),
        modified=first["modified_date_time"] or "",
        users=users,
        codes=len(tree),
        case_codes=sum(code.is_case for code in tree),
        own_codes=sum(code.key in own for code in tree),
        sources={kind: number for kind, number in kinds.items() if kind != "Note"},
        selections=dict(Counter(project.column("selections", "kind"))),
        codings=dict(Counter(project.column("codings", "owner_kind"))),
        cases=len(project.rows["cases"]),
        variables=len(project.rows["variables"]),
        notes=kinds["Note"],
        sets=len(project.rows["sets"]),
        links=len(project.rows["links"]),
        graphs=len(project.rows["graphs"]),
        positions=project.positions,
        findings=[*project.findings, *schema_departures(path_of(path))],
    )


def validate(path: Openable, *, strict: bool = False, progress: Progress | None = None) -> list[Finding]:
    """Everything that is wrong with a project: the schema, references, places, files, names.

    Args:
        path: the project; whatever it is, it is never changed.
        strict: judge by the letter of the standard, also where every program forgives.
        progress: told how many bytes of the document were read just now.

    Returns:
        Findings; a file that cannot be read as a project is one of them.
    """
    from qdpx_compassion.refi.checks import validate_project

    return validate_project(path_of(path), strict=strict, progress=progress)


def write_findings(
    findings: collections.abc.Mapping[Path, Sequence[Finding]],
    *,
    sarif: Path | None = None,
    junit: Path | None = None,
    force: bool = False,
) -> None:
    """Write the findings of projects for machines, as SARIF, as JUnit XML, or both.

    Raises:
        OutputError: a target exists or cannot be written.
    """
    from qdpx_compassion.files.atomic import atomic_output
    from qdpx_compassion.refi import machine_reports

    for target, form in ((sarif, machine_reports.sarif), (junit, machine_reports.junit)):
        if target is not None:
            with atomic_output(target, force=force) as temporary:
                temporary.write_bytes(form(findings))
