"""The mapping workbook: new, brought up to date, checked."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from qdpx_compassion.code_tree import CodeTree
from qdpx_compassion.enrich.own import own_guids
from qdpx_compassion.files.atomic import refuse_existing
from qdpx_compassion.files.clock import source_date
from qdpx_compassion.findings import Finding
from qdpx_compassion.frameworks import Framework, load_framework
from qdpx_compassion.garbage import no_garbage
from qdpx_compassion.tables import Project

if TYPE_CHECKING:
    from qdpx_compassion.mapping.model import Mapping, ParticipantRow


from qdpx_compassion.api.projects import open_project
from qdpx_compassion.files.progress import Progress
from qdpx_compassion.opened import Openable, path_of

#: What a mapping workbook's name ends in (see ``refuse_existing``).
WORKBOOK = (".xlsx",)


def new_mapping(
    path: Openable,
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
    refuse_existing(Path(target), force=force, inputs=(path_of(path),), suffixes=WORKBOOK)
    with no_garbage():
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
    path: Openable,
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
    refuse_existing(Path(target), force=force, inputs=(path_of(path), Path(mapping)), suffixes=WORKBOOK)
    earlier, findings = read_mapping(Path(mapping), framework)
    written = new_mapping(
        path, target, framework=framework, earlier=earlier, reading=reading, force=force, progress=progress
    )
    return [*findings, *written]


def check_mapping(
    path: Openable, mapping: str | Path, *, framework: Framework | None = None, progress: Progress | None = None
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
    keys = (*project.column("cases", "guid"), *project.column("sources", "guid"))
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


def moment(project: Project) -> dt.datetime | None:
    """The date that everything made from a project carries: SOURCE_DATE_EPOCH, else its modifiedDateTime."""
    if date := source_date():
        return date
    written = next(project.column("project", "modified_date_time"), None) or ""
    try:
        return dt.datetime.fromisoformat(written)
    except ValueError:
        return None


def _participant_rows(project: Project, own: frozenset[str]) -> list[ParticipantRow]:
    """The participants as the mapping workbook proposes them; what enriching added is nobody and no group."""
    from qdpx_compassion.mapping.model import ParticipantRow
    from qdpx_compassion.study.participants import find_participants

    return [
        ParticipantRow(**{name: row[name] for name in ("key", "name", "sources", "group")})
        for row in find_participants(project, own=own).rows
    ]
