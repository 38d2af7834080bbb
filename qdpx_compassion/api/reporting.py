"""The study's tables, written for people."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from qdpx_compassion.files.atomic import refuse_existing
from qdpx_compassion.findings import Finding
from qdpx_compassion.frameworks import Framework
from qdpx_compassion.garbage import no_garbage

if TYPE_CHECKING:
    from qdpx_compassion.study.summary import Options


from qdpx_compassion.api.projects import open_project
from qdpx_compassion.files.progress import Progress
from qdpx_compassion.opened import Openable, path_of
from qdpx_compassion.reports import registry


def summarise(
    path: Openable,
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
    """Write a report of the study's tables: the workbook, or what else the target's name asks for.

    Args:
        path: the project, enriched or not; what enriching added is never counted.
        target: the report; what its name ends in says which kind (``reports/registry.py``).
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
    return summarise_as(
        path,
        (target,),
        mapping=mapping,
        framework=framework,
        participants=participants,
        group=group,
        options=options,
        reading=reading,
        force=force,
        progress=progress,
    )[0]


def summarise_as(
    path: Openable,
    targets: Sequence[str | Path],
    *,
    mapping: str | Path | None = None,
    framework: Framework | None = None,
    participants: str | None = None,
    group: str | None = None,
    options: Options | None = None,
    reading: str | None = None,
    force: bool = False,
    progress: Progress | None = None,
) -> tuple[list[Finding], list[str]]:
    """Write several reports of the same tables, reading the project once; see ``summarise``.

    Returns:
        Everything noticed, and in sentences who the participants are and how they are grouped.
    """
    inputs = (path_of(path), *([Path(mapping)] if mapping is not None else []))
    for target in targets:
        refuse_existing(Path(target), force=force, inputs=inputs, suffixes=registry.SUFFIXES)
    with no_garbage():
        project = open_project(path, reading=reading, progress=progress)
        summary = project.summary(mapping, framework=framework, participants=participants, group=group, options=options)
        del project  # what was counted is kept, not the rows that it was counted from
        findings = list(summary.findings)
        for target in targets:
            written = registry.write_report(Path(target), summary, force=force)
            findings += [finding for finding in written if finding not in findings]
    return findings, summary.participants.explanation
