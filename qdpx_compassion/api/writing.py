"""Projects written anew: enriched, stripped, repaired."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from qdpx_compassion.enrich import Enriched, Stripped, enrich_project, strip_project
from qdpx_compassion.frameworks import Framework, load_framework

if TYPE_CHECKING:
    from qdpx_compassion.refi.dialects import Dialect
    from qdpx_compassion.refi.repair import Repaired


from qdpx_compassion.files.progress import Progress


def enrich(
    path: str | Path,
    mapping: str | Path,
    target: str | Path | None,
    *,
    framework: Framework | None = None,
    reader: str | None = None,
    force: bool = False,
    progress: Progress | None = None,
) -> Enriched:
    """Write a project with the framework's codes, codings, sets and provenance; None as target only counts.

    Args:
        path: the project; it is never changed.
        mapping: the mapping workbook, or a mapping as .csv or .toml.
        target: the result.
        framework: the built-in one unless said.
        reader: the program that will read the result, e.g. ``atlasti``: links and a graph are added where it reads
            them. None: the program that wrote the project.
        force: replace an existing target.
        progress: told how many bytes of the document were read just now.

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
        reader=_dialect_of(reader) if reader else None,
        progress=progress,
    )


def _dialect_of(program: str) -> Dialect:
    from qdpx_compassion.refi.dialects import dialect
    from qdpx_compassion.refi.targets.profiles import find_target

    return dialect(find_target(program).dialect)


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
