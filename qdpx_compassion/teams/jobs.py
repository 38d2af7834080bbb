"""Measuring agreement from files to workbook; what notebooks and commands share."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path, PurePath
from typing import Literal

from qdpx_compassion.code_tree import CodeTree
from qdpx_compassion.enrich.own import own_guids
from qdpx_compassion.errors import UsageError
from qdpx_compassion.files.atomic import refuse_existing
from qdpx_compassion.files.progress import Progress
from qdpx_compassion.findings import Finding
from qdpx_compassion.frameworks import Framework, load_framework
from qdpx_compassion.garbage import no_garbage
from qdpx_compassion.refi.guids import derive
from qdpx_compassion.refi.reader import read_project
from qdpx_compassion.tables import TABLES, Project, normalise_guid
from qdpx_compassion.teams.agreement import Agreement, measure
from qdpx_compassion.teams.copies import Copy, open_copies
from qdpx_compassion.teams.material import gather
from qdpx_compassion.teams.merge import merge_copies

Between = Literal["auto", "users", "projects"]


@no_garbage()
def measure_agreement(
    paths: Sequence[str | Path],
    target: str | Path | None = None,
    *,
    mapping: str | Path | None = None,
    framework: Framework | None = None,
    between: Between = "auto",
    overlap: float = 0.8,
    unit: int = 0,
    by_participant: bool = False,
    draws: int = 1000,
    seed: int = 1,
    force: bool = False,
    progress: Progress | None = None,
) -> Agreement:
    """Measure how far coders agree, inside one project or between several copies of it.

    Args:
        paths: one project, or copies of one that several people coded.
        target: the workbook (.xlsx) to write; None: none.
        mapping: what the researchers decided; with it constructs are compared too.
        framework: that the mapping is about; the compassion framework unless said otherwise.
        between: whether coders are the users, or each project as a whole; ``auto``: projects where all codings in them
            are by one and the same user.
        overlap: share (0 to 1] of the text of two segments together from which they agree.
        unit: characters of a unit of text; 0: single characters.
        by_participant: whether intervals draw participants instead of sources.
        draws: resamples of each interval; 0: none.
        seed: of the draws.
        force: replace an existing file.
        progress: told how many bytes of a document were read just now.

    Raises:
        QdpxError: a file cannot be read or written, the mapping does not fit, or nobody else coded the same sources.
    """
    files = [Path(path) for path in paths]
    inputs = (*files, *([Path(mapping)] if mapping is not None else []))
    if target is not None:
        refuse_existing(Path(target), force=force, inputs=inputs, suffixes=(".xlsx",))
    from qdpx_compassion.study.participants import find_participants

    framework = framework or load_framework()
    project, findings = _one_project(files, between, progress)
    tree = CodeTree.of(project)
    own = own_guids(project, tree)
    decisions, read = None, None
    if mapping is not None:
        from qdpx_compassion.mapping.reading import read_mapping
        from qdpx_compassion.mapping.resolve import refuse_errors, resolve

        read, noticed = read_mapping(Path(mapping), framework)
        decisions, resolved = resolve(read, framework, tree, own)
        refuse_errors([*noticed, *resolved], read)
        findings = [*findings, *noticed, *resolved]
    shown = framework if decisions is not None else None
    others = own - framework.code_guids
    people = find_participants(project, read, own=others)
    material = gather(project, shown, decisions, own=others, by_participant=by_participant, participants=people)
    result = measure(material, shown, unit=unit, overlap=overlap, draws=draws, seed=seed)
    result.findings = [*findings, *result.findings]
    if target is not None:
        from qdpx_compassion.teams.agreement_workbook import write_agreement

        about = [("Project" if len(files) == 1 else "Projects", ", ".join(path.name for path in files))]
        about.append(("Mapping", Path(mapping).name if mapping is not None else "none: codes alone are compared"))
        result.findings += write_agreement(Path(target), result, about=about, moment=moment(project), force=force)
    return result


def _one_project(files: Sequence[Path], between: Between, progress: Progress | None) -> tuple[Project, list[Finding]]:
    """The project, or the copies as one."""
    if len(files) == 1:
        if between == "projects":
            raise UsageError("There is only one project.", remedy="Give the copies that are to be compared.")
        project = read_project(files[0], progress=progress)
        return project, list(project.findings)
    with open_copies(files, None, progress) as copies:
        if between == "projects" or (between == "auto" and _one_user(copies)):
            for copy in copies:
                _sign(copy)
        merged = merge_copies(copies)
    # the merged project is only looked at, so nobody will see its note
    return merged.project, [finding for finding in merged.findings if finding.code != "merge-versions"]


def _one_user(copies: Sequence[Copy]) -> bool:
    """Whether all codings of all copies are by one and the same user, so that only the copies tell coders apart."""
    found = set()
    for copy in copies:
        names = {
            normalise_guid(user["guid"] or ""): user["name"] or user["guid"] for user in copy.project.records("users")
        }
        users = {normalise_guid(user or "") for user in copy.project.column("codings", "creating_user")}
        found |= {names.get(user, user) for user in users}
    return len(found) == 1


def _sign(copy: Copy) -> None:
    """Make all codings of a copy those of one coder, called as the file is."""
    rows, position = copy.rows, TABLES["codings"].position
    coder = derive("coder", copy.digest)
    user = [None] * len(TABLES["users"].columns)
    rows["users"] = [[*user]]
    for column, value in (("guid", coder), ("name", PurePath(copy.name).stem)):
        rows["users"][0][TABLES["users"].position[column]] = value
    for coding in rows["codings"]:
        coding[position["creating_user"]] = coder
        if coding[position["guid"]]:  # what copies have in common was each coder's own decision to keep
            coding[position["guid"]] = derive("coder", coder, normalise_guid(coding[position["guid"]]))


def moment(project: Project) -> dt.datetime | None:
    """When a project was last changed, as it says."""
    written = next(project.column("project", "modified_date_time"), None) or ""
    try:
        return dt.datetime.fromisoformat(written)
    except ValueError:
        return None
