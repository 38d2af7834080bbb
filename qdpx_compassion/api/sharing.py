"""Projects for others: names become pseudonyms, traces go."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from qdpx_compassion.files.progress import Progress

if TYPE_CHECKING:
    from qdpx_compassion.findings import Finding
    from qdpx_compassion.teams.share import Shared
    from qdpx_compassion.teams.share.proposal import Proposed


def propose_names(
    path: str | Path, target: str | Path, *, force: bool = False, progress: Progress | None = None
) -> tuple[list[Proposed], list[Finding]]:
    """Write a workbook with the names of a project, to be completed by a person and given to ``share``.

    Args:
        path: the project.
        target: the .xlsx to write.
        force: replace an existing file.
        progress: told how many bytes of the document were read just now.

    Raises:
        QdpxError: the project cannot be read, or the workbook not be written.
    """
    from qdpx_compassion.teams.share import propose_names

    return propose_names(Path(path), Path(target), force=force, progress=progress)


def share(
    path: str | Path,
    target: str | Path,
    names: str | Path,
    *,
    key: str | Path | None = None,
    check: str | Path | None = None,
    without: Sequence[str] = (),
    media: bool = True,
    new_guids: bool = False,
    reading: str | None = None,
    force: bool = False,
    progress: Progress | None = None,
) -> Shared:
    """Write a project for a data archive or a colleague: names replaced, traces taken out. It is not anonymous by that.

    Args:
        path: the project; it is never written to.
        target: the shared project.
        names: the list of names, .xlsx or .csv.
        key: where to write which pseudonym is whose; None: beside the target, its name with ``-key.xlsx``.
        check: where to write all replacements for a person to check; None: beside it with ``-check.xlsx``.
        without: participants who withdrew; they are taken out with all that is theirs.
        media: whether pictures, PDFs, audio and video are shared.
        new_guids: whether everything gets another GUID.
        reading: how positions are counted, e.g. ``utf16,crlf1``; None: the file decides.
        force: replace existing files.
        progress: told how many bytes of the document were read just now.

    Raises:
        QdpxError: the project or the list cannot be read, a pseudonym would stand for two people, or something
            cannot be written.
    """
    from qdpx_compassion.files.atomic import atomic_output, refuse_existing
    from qdpx_compassion.teams.share import Options, share_project
    from qdpx_compassion.teams.share.reading_names import read_names
    from qdpx_compassion.teams.share.workbooks import write_check, write_key

    path, target, names = Path(path), Path(target), Path(names)
    key_path, check_path = (
        Path(given) if given is not None else target.with_name(f"{target.stem}-{what}.xlsx")
        for given, what in ((key, "key"), (check, "check"))
    )
    for output in (key_path, check_path):
        refuse_existing(output, force=force, inputs=(path, names), suffixes=(".xlsx",))
    listed, findings = read_names(names)

    def write_lists(shared: Shared) -> None:
        shared.findings = [*findings, *shared.findings]
        # Neither is there before both are whole, and nobody else may ever read them.
        with (
            atomic_output(key_path, force=force, private=True) as key_file,
            atomic_output(check_path, force=force, private=True) as check_file,
        ):
            write_key(key_file, shared, path.name, force=True)
            write_check(check_file, shared, path.name, force=True)

    return share_project(
        path,
        target,
        listed,
        options=Options(tuple(without), media, new_guids, reading, force),
        inputs=(names,),
        lists=write_lists,
        progress=progress,
    )
