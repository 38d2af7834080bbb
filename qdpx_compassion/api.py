"""The facade: what notebooks and commands share. A function a job; heavy imports wait until they are needed."""

from __future__ import annotations

import collections.abc
import datetime as dt
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from qdpx_compassion.enrich import Enriched, Stripped, enrich_project, own_guids, strip_project
from qdpx_compassion.files.atomic import refuse_existing
from qdpx_compassion.files.clock import source_date
from qdpx_compassion.findings import Finding
from qdpx_compassion.frameworks import Framework, load_framework
from qdpx_compassion.opened import OpenedProject
from qdpx_compassion.refi.codebook_reading import Codebook, read_codebook
from qdpx_compassion.refi.dialects import Dialect, dialect
from qdpx_compassion.refi.reader import read_project
from qdpx_compassion.tables import CodeTree, Project

if TYPE_CHECKING:
    from qdpx_compassion.formats import WriteOptions
    from qdpx_compassion.formats.converting import Conversion
    from qdpx_compassion.mapping.model import Mapping, ParticipantRow
    from qdpx_compassion.refi.repair import Repaired
    from qdpx_compassion.study.summary import Options
    from qdpx_compassion.teams import Difference

Progress = Callable[[int], None]

#: What a workbook's name ends in (see ``refuse_existing``).
WORKBOOK = (".xlsx",)

__all__ = [
    "Codebook",
    "Enriched",
    "Overview",
    "Stripped",
    "check_mapping",
    "convert",
    "describe",
    "diff",
    "diff_tables",
    "enrich",
    "new_mapping",
    "open_codebook",
    "open_project",
    "refuse_existing",
    "repair",
    "strip",
    "summarise",
    "update_mapping",
    "validate",
    "write_difference",
    "write_findings",
]


def open_project(
    path: str | Path, *, texts: bool = True, reading: str | None = None, progress: Progress | None = None
) -> OpenedProject:
    """Read a project into tables.

    Args:
        path: a .qdpx, an unpacked folder, or a bare .qde.
        texts: whether to read the texts too, for quotations.
        reading: how positions are counted, e.g. ``utf16,crlf1``; None: what the file itself supports best.
        progress: told how many bytes of the document were read just now.

    Returns:
        The project: ``project.table("codes")`` and so on are DataFrames, and so are ``project.participants``,
        ``project.quotations(mapping)`` and ``project.counts("value", mapping)``.

    Raises:
        InputError: the file cannot be read as a project.
        UsageError: ``reading`` is not understood.
    """
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


def describe(path: str | Path, *, reading: str | None = None, progress: Progress | None = None) -> Overview:
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
    names = {guid: name or guid for guid, name in zip(_column(project, "users", "guid"),
                                                      _column(project, "users", "name"), strict=True)}  # fmt: skip
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
        findings=[*project.findings, *schema_departures(Path(path))],
    )


def new_mapping(
    path: str | Path,
    target: str | Path,
    *,
    framework: Framework | None = None,
    earlier: Mapping | None = None,
    reading: str | None = None,
    force: bool = False,
    progress: Progress | None = None,
) -> list[Finding]:
    """Write the mapping workbook of a project, for the researchers to fill in.

    Args:
        path: the project.
        target: the .xlsx to write.
        framework: to map to; the compassion framework unless said otherwise.
        earlier: a mapping whose decisions are kept.
        reading: how positions are counted; see ``open_project``.
        force: replace an existing file.
        progress: told how many bytes of the document were read just now.

    Returns:
        What was noticed while reading and writing.
    """
    from qdpx_compassion.mapping.facts import code_facts
    from qdpx_compassion.mapping.workbook import write_mapping_workbook

    framework = framework or load_framework()
    refuse_existing(Path(target), force=force, inputs=(Path(path),), suffixes=WORKBOOK)
    project = open_project(path, reading=reading, progress=progress)
    tree = CodeTree.of(project)
    first = next(project.records("project"))
    findings = write_mapping_workbook(
        Path(target),
        framework=framework,
        tree=tree,
        counts=code_facts(project, tree),
        participants=_participant_rows(project, own_guids(project, tree)),
        project_name=project.name,
        project_facts=[
            ("Name", first["name"] or ""),
            ("Written by", first["origin"] or "unknown"),
            ("Codes", str(len(tree))),
            ("Codings", str(len(project.rows["codings"]))),
        ],
        earlier=earlier,
        own=own_guids(project, tree),
        moment=moment(project),
        force=force,
    )
    return [*project.findings, *findings]


def update_mapping(
    path: str | Path,
    mapping: str | Path,
    target: str | Path,
    *,
    framework: Framework | None = None,
    reading: str | None = None,
    force: bool = False,
    progress: Progress | None = None,
) -> list[Finding]:
    """Write a mapping workbook with what is new in the project and what was filled in before."""
    from qdpx_compassion.mapping.reading import read_mapping

    framework = framework or load_framework()
    refuse_existing(Path(target), force=force, inputs=(Path(path), Path(mapping)), suffixes=WORKBOOK)
    earlier, findings = read_mapping(Path(mapping), framework)
    written = new_mapping(
        path, target, framework=framework, earlier=earlier, reading=reading, force=force, progress=progress
    )
    return [*findings, *written]


def check_mapping(
    path: str | Path, mapping: str | Path, *, framework: Framework | None = None, progress: Progress | None = None
) -> list[Finding]:
    """Everything that is wrong or undecided in a mapping, each with its cell."""
    from qdpx_compassion.mapping import check
    from qdpx_compassion.mapping.reading import read_mapping
    from qdpx_compassion.tables import normalise_guid

    framework = framework or load_framework()
    read, findings = read_mapping(Path(mapping), framework)
    project = open_project(path, texts=False, progress=progress)
    tree = CodeTree.of(project)
    codings = Counter(tree.codes[row].key for row in project.column("codings", "code_row") if row is not None)
    keys = (*_column(project, "cases", "guid"), *_column(project, "sources", "guid"))
    return [
        *findings,
        *check.check_mapping(
            read,
            framework,
            tree,
            codings_of=codings,
            selection_guids={normalise_guid(guid or "") for guid in project.column("selections", "guid")},
            participant_keys={normalise_guid(key or "") for key in keys},
            own=own_guids(project, tree),
        ),
    ]


def enrich(
    path: str | Path,
    mapping: str | Path,
    target: str | Path | None,
    *,
    framework: Framework | None = None,
    force: bool = False,
    progress: Progress | None = None,
) -> Enriched:
    """Write a project with the framework's codes, codings, sets and provenance; None as target only counts.

    Raises:
        QdpxError: the project cannot be read, the mapping does not fit it, or the target cannot be written.
    """
    from qdpx_compassion.mapping.reading import read_mapping

    framework = framework or load_framework()
    read, findings = read_mapping(Path(mapping), framework)
    return enrich_project(
        Path(path),
        Path(target) if target is not None else None,
        framework=framework,
        mapping=read,
        found=findings,
        force=force,
        inputs=(Path(mapping),),
        progress=progress,
    )


def strip(
    path: str | Path,
    target: str | Path,
    *,
    framework: Framework | str | None = None,
    everything: bool = False,
    force: bool = False,
    progress: Progress | None = None,
) -> Stripped:
    """Write a project without framework elements.

    Args:
        path: the project; it is never written to.
        target: the stripped project.
        framework: the one to take out, itself or its id, which the project's provenance note may know; None: all.
        everything: what was made by hand with framework codes, too.
        force: replace an existing file.
        progress: told how many bytes of the document were read just now.

    Raises:
        QdpxError: the project cannot be read, does not hold that framework, or the target cannot be written.
    """
    given = framework if isinstance(framework, Framework) else None
    return strip_project(
        Path(path),
        Path(target),
        frameworks=[given] if given else [],
        only=given.id if given else framework if isinstance(framework, str) else None,
        everything=everything,
        force=force,
        progress=progress,
    )


def summarise(
    path: str | Path,
    target: str | Path,
    *,
    mapping: str | Path | None = None,
    framework: Framework | None = None,
    participants: str | None = None,
    group: str | None = None,
    options: Options | None = None,
    reading: str | None = None,
    force: bool = False,
    progress: Progress | None = None,
) -> list[Finding]:
    """Write the workbook with the study's tables.

    Args:
        path: the project, enriched or not; what enriching added is never counted.
        target: the .xlsx to write.
        mapping: what the researchers decided; without it the workbook holds values and quotations alone.
        framework: that the mapping is about; the compassion framework unless said otherwise.
        participants: who they are; see ``OpenedProject.find_participants``.
        group: by what they are grouped; see there.
        options: how to count and show.
        reading: how positions are counted; see ``open_project``.
        force: replace an existing file.
        progress: told how many bytes of the document were read just now.

    Returns:
        Everything noticed while reading, counting and writing.

    Raises:
        QdpxError: the project or mapping cannot be read, the mapping does not fit, or the target cannot be written.
    """
    from qdpx_compassion.reports.workbook import write_summary

    inputs = (Path(path), *([Path(mapping)] if mapping is not None else []))
    refuse_existing(Path(target), force=force, inputs=inputs, suffixes=WORKBOOK)
    project = open_project(path, reading=reading, progress=progress)
    summary = project.summary(mapping, framework=framework, participants=participants, group=group, options=options)
    written = write_summary(Path(target), summary, force=force)
    return [*summary.findings, *written]


def validate(path: str | Path, *, strict: bool = False, progress: Progress | None = None) -> list[Finding]:
    """Everything that is wrong with a project: the schema, references, places, files, names.

    Args:
        path: the project; whatever it is, it is never changed.
        strict: judge by the letter of the standard, also where every program forgives.
        progress: told how many bytes of the document were read just now.

    Returns:
        Findings; a file that cannot be read as a project is one of them.
    """
    from qdpx_compassion.refi.checks import validate_project

    return validate_project(Path(path), strict=strict, progress=progress)


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


def repair(
    path: str | Path,
    target: str | Path,
    *,
    assume: bool = False,
    drop_unknown: bool = False,
    force: bool = False,
    progress: Progress | None = None,
) -> Repaired:
    """Write a project or codebook with what is wrong in its document mended; all else stays byte for byte.

    Args:
        path: the project; it is never changed.
        target: the result.
        assume: mend by guesses too: what is required and missing, references to nothing.
        drop_unknown: take out elements and attributes that the standard does not know.
        force: replace an existing target.
        progress: told how many bytes of the document were read just now.

    Returns:
        Every mend, and what is still wrong with the result.
    """
    from qdpx_compassion.refi.repair import repair_project

    return repair_project(
        Path(path), Path(target), assume=assume, drop_unknown=drop_unknown, force=force, progress=progress
    )


def diff(first: str | Path, second: str | Path, *, progress: Progress | None = None) -> Difference:
    """What changed between two projects: by kind of element what is the same, changed, lost and new.

    Raises:
        InputError: a file cannot be read as a project.
    """
    from qdpx_compassion.teams import diff_projects

    return diff_projects(Path(first), Path(second), progress=progress)


def convert(
    source: str | Path,
    target: str | Path,
    *,
    read_as: str | None = None,
    write_as: str | None = None,
    media: bool = True,
    options: WriteOptions | None = None,
    fail_on_loss: bool = False,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> Conversion:
    """Convert a project or codebook to another format; see ``formats.converting.convert``.

    Raises:
        QdpxError: a format is not known, the source cannot be read, or the target cannot be written.
    """
    from qdpx_compassion.formats.converting import convert as run

    return run(
        Path(source),
        Path(target),
        read_as=read_as,
        write_as=write_as,
        media=media,
        options=options,
        fail_on_loss=fail_on_loss,
        dry_run=dry_run,
        progress=progress,
    )


def diff_tables(
    original: str | Path, changed: str | Path, *, read_as: str | None = None, progress: Progress | None = None
) -> Difference:
    """What was changed in a project that stands in tables or another format, compared with the original.

    Args:
        original: the project, in any format.
        changed: the same project after changes, in any format.
        read_as: id of the format of ``changed``; None: known by content and extension.
        progress: told how many bytes of a document were read just now.

    Raises:
        QdpxError: either cannot be read.
    """
    from qdpx_compassion.formats.converting import as_projects
    from qdpx_compassion.teams import diff_projects

    with as_projects((Path(original), None), (Path(changed), read_as), progress=progress) as (first, second):
        difference = diff_projects(first, second)
    difference.first, difference.second = Path(original).name, Path(changed).name
    return difference


def write_difference(target: str | Path, difference: Difference, *, force: bool = False) -> list[Finding]:
    """Write the differences between two projects as a workbook, a sheet a kind.

    Raises:
        OutputError: the target exists or cannot be written.
    """
    from qdpx_compassion.teams.workbook import write_difference as write

    return write(Path(target), difference, force=force)


def moment(project: Project) -> dt.datetime | None:
    """The date that everything made from a project carries: SOURCE_DATE_EPOCH, else its modifiedDateTime."""
    if date := source_date():
        return date
    written = next(project.column("project", "modified_date_time"), None) or ""
    try:
        return dt.datetime.fromisoformat(written)
    except ValueError:
        return None


def _column(project: Project, table: str, name: str) -> list[str]:
    return list(project.column(table, name))


def _participant_rows(project: Project, own: frozenset[str]) -> list[ParticipantRow]:
    """The participants as the mapping workbook proposes them; what enriching added is nobody and no group."""
    from qdpx_compassion.mapping.model import ParticipantRow
    from qdpx_compassion.study.participants import find_participants

    table = find_participants(project, own=own).table
    columns = (table[name].tolist() for name in ("key", "name", "sources", "group"))
    return [
        ParticipantRow(key=key, name=name, sources=tuple(sources), group=group)
        for key, name, sources, group in zip(*columns, strict=True)
    ]
