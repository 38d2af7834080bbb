"""Several coders: their copies as one project, how far they agree, two mappings compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from qdpx_compassion.files.progress import Progress

if TYPE_CHECKING:
    from qdpx_compassion.frameworks import Framework
    from qdpx_compassion.teams.agreement import Agreement
    from qdpx_compassion.teams.jobs import Between
    from qdpx_compassion.teams.mappings import ComparedMappings
    from qdpx_compassion.teams.merge import Merged
    from qdpx_compassion.teams.same_coders import Coders


def merge(
    paths: Sequence[str | Path],
    target: str | Path | None = None,
    *,
    prefer: str | Path | None = None,
    settle: Mapping[str, str] | None = None,
    coders: Coders = "auto",
    conflicts: str | Path | None = None,
    force: bool = False,
    progress: Progress | None = None,
) -> Merged:
    """Merge coders' copies of one project into a new project.

    The same sources are recognised by GUID, else by text; codes by GUID, else by path; codings by place, code and
    coder. What copies say differently holds as in the preferred one, else as in the newest, and is listed. The order
    of the copies does not matter, and merging the result again changes nothing.

    Args:
        paths: two copies or more.
        target: the .qdpx to write (.qde where no copy has files); None: nothing is written, to look first.
        prefer: the copy that settles conflicts.
        settle: name of an element, or ``name, what differs`` → file name of the copy that settles this one.
        coders: users of one name, but other GUIDs: ``same``, ``apart``, or ``auto``: apart where copies have GUIDs in
            common and the name is what programs call everybody (Admin, User).
        conflicts: a workbook (.xlsx) to write, with both sides of every conflict and what could not be placed.
        force: replace existing files.
        progress: told how many bytes of a document were read just now.

    Returns:
        ``conflicts``, ``unplaced`` (codings whose words are gone), ``counts``, ``findings``; ``project`` is the tables.

    Raises:
        QdpxError: a copy cannot be read, they have nothing in common, a choice fits no conflict, or something cannot
            be written.
    """
    from qdpx_compassion.teams.merge import merge_projects

    return merge_projects(
        paths, target, prefer=prefer, settle=settle, coders=coders, conflicts=conflicts, force=force, progress=progress
    )


def agreement(
    paths: str | Path | Sequence[str | Path],
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
        mapping: what the researchers decided; with it the framework's constructs are compared too.
        framework: that the mapping is about; the compassion framework unless said otherwise.
        between: whether coders are the ``users``, or each of the ``projects`` as a whole; ``auto``: projects where all
            codings in them are by one and the same user.
        overlap: share (0 to 1] of the text of two segments together from which they agree.
        unit: characters of a unit of text; 0: single characters.
        by_participant: whether intervals draw participants instead of sources.
        draws: resamples of each interval; 0: none.
        seed: of the draws.
        force: replace an existing file.
        progress: told how many bytes of a document were read just now.

    Returns:
        ``frame()`` is a DataFrame, a row for each coefficient; ``disagreements`` are the passages to talk over.

    Raises:
        QdpxError: a file cannot be read or written, the mapping does not fit, or nobody else coded the same sources.
    """
    from qdpx_compassion.teams.jobs import measure_agreement

    return measure_agreement(
        [paths] if isinstance(paths, str | Path) else paths,
        target,
        mapping=mapping,
        framework=framework,
        between=between,
        overlap=overlap,
        unit=unit,
        by_participant=by_participant,
        draws=draws,
        seed=seed,
        force=force,
        progress=progress,
    )


def compare_mappings(
    first: str | Path,
    second: str | Path,
    target: str | Path | None = None,
    *,
    project: str | Path | None = None,
    framework: Framework | None = None,
    force: bool = False,
) -> ComparedMappings:
    """Compare what two people's mappings decide: agreement for each construct, the codes decided differently.

    Args:
        first: a mapping (.xlsx, .csv or .toml).
        second: another of the same project.
        target: a workbook (.xlsx) to write; None: none.
        project: whose codes the mappings are about; None: the codes that stand in the mappings.
        framework: that they are about; the compassion framework unless said otherwise.
        force: replace an existing file.

    Returns:
        ``comparison`` with ``constructs``, ``dimensions`` and ``differences``; ``findings``.

    Raises:
        QdpxError: a file cannot be read or written, or the mappings name no code in common.
    """
    from qdpx_compassion.teams.mappings import compare_mapping_files

    return compare_mapping_files(first, second, target, project=project, framework=framework, force=force)
