"""What changed between two projects."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from qdpx_compassion.findings import Finding

if TYPE_CHECKING:
    from qdpx_compassion.teams import Difference


from qdpx_compassion.files.progress import Progress


def diff(first: str | Path, second: str | Path, *, progress: Progress | None = None) -> Difference:
    """What changed between two projects: by kind of element what is the same, changed, lost and new.

    Raises:
        InputError: a file cannot be read as a project.
    """
    from qdpx_compassion.teams import diff_projects

    return diff_projects(Path(first), Path(second), progress=progress)


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
