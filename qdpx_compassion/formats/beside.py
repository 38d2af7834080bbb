"""The folder beside a file of tables: what of a project does not fit into the file itself."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from qdpx_compassion.files.project_files import ProjectFiles
from qdpx_compassion.files.stores import StoreWriter, folder_output, member_names, open_store
from qdpx_compassion.findings import Finding
from qdpx_compassion.formats.base import Content, MediaFile
from qdpx_compassion.tables import Project

SOURCES = "sources"
TEXTS = "texts"


def folder_beside(path: Path) -> Path:
    """``study.xlsx`` → ``study_xlsx_files``, in the same folder; of another format, another folder."""
    return path.with_name(f"{path.stem}_{path.suffix.lower().removeprefix('.')}_files")


def is_ours(folder: Path) -> bool:
    """Whether a folder holds nothing but sources and texts."""
    return member_names(folder) <= {SOURCES, TEXTS}


@contextlib.contextmanager
def writing_beside(target: Path, *, force: bool) -> Iterator[StoreWriter]:
    """The folder beside a file that is being written; there is none in the end where nothing was put into it.

    Raises:
        OutputError: a folder of that name exists.
    """
    with folder_output(folder_beside(target), force=force, ours=is_ours, keep_empty=False) as store:
        yield store


def write_sources(files: dict[str, MediaFile], store: StoreWriter) -> None:
    """Put the files of sources into their folder."""
    for name, file in files.items():
        store.add_chunks(f"{SOURCES}/{name}", file.chunks(), size=file.size)


def find_sources(project: Project, paths: dict[str, str], files: ProjectFiles | None) -> dict[str, MediaFile]:
    """The files of sources, from what the table of files says.

    Args:
        project: findings about missing files are added to it.
        paths: path of ``sources`` → name in the folder.
        files: what the folder or archive holds; None where there is none.
    """
    # the last folder and the name: an archive may have been packed again one folder too deep
    members = {"/".join(m.name.split("/")[-2:]).casefold(): m for m in files.members} if files else {}
    by_name: dict[str, MediaFile] = {}
    found: dict[str, MediaFile] = {}
    for path, name in paths.items():
        member = members.get(f"{SOURCES}/{name}".casefold())
        if member is None or files is None:
            project.findings.append(Finding("file-missing", f"The file {SOURCES}/{name} is missing.", path))
            continue
        if name not in by_name:
            by_name[name] = MediaFile(name, member.size, partial(files.chunks, member, limit=member.size))
        found[path] = by_name[name]
    return found


def content_with(project: Project, paths: dict[str, str], path: Path) -> Content:
    """A project that was read from a file, with the sources from the folder beside it."""
    folder = folder_beside(path)
    files = open_store(folder) if paths and folder.is_dir() else None
    return Content(project, find_sources(project, paths, files), files.close if files else lambda: None)
