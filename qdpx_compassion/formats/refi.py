"""REFI-QDA projects: an archive (.qdpx), a folder, or the document alone (.qde), written as new documents."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from functools import partial
from pathlib import Path

from qdpx_compassion.errors import QdpxError
from qdpx_compassion.files.atomic import atomic_output
from qdpx_compassion.files.media_root import current_media_root
from qdpx_compassion.files.project_files import Member, ProjectFiles, open_project_files
from qdpx_compassion.files.stores import StoreWriter, folder_output, member_names, zip_output
from qdpx_compassion.findings import Finding
from qdpx_compassion.formats.base import Content, FormatInfo, Loss, MediaFile, Progress, WriteOptions
from qdpx_compassion.formats.new_document import PATH_COLUMNS, new_document
from qdpx_compassion.refi.checks.contents import LARGEST
from qdpx_compassion.refi.paths import SourcePaths
from qdpx_compassion.refi.reader import read_files
from qdpx_compassion.refi.writer import write_document
from qdpx_compassion.tables import Project

DOCUMENT = "project.qde"
FOLDER = "sources"
#: About how many bytes a row takes in the document; only to know beforehand which documents are very large.
_ROW_BYTES = 600


def media_of(files: ProjectFiles, project: Project) -> dict[str, MediaFile]:
    """The files that the sources of a project name: path as written → file.

    Those outside the project come along where a folder was named in which they lie (``--media-root``), but for those
    that are too large to lie inside one.
    """
    paths, by_member = SourcePaths(files, current_media_root()), dict[Member, MediaFile]()
    found: dict[str, MediaFile] = {}
    for source in project.records("sources"):
        for column in PATH_COLUMNS:
            written = source[column]
            if not written or written in found:
                continue
            member = paths.find(written, "")
            if member is not None and member.is_outside and member.size > LARGEST:
                said = f"{member.name} has {member.size:,} bytes; the standard allows {LARGEST:,} inside a project"
                project.findings.append(Finding("external-too-large", f"{said}, so it stays outside.", source["name"]))
            elif member is not None:
                found[written] = by_member.setdefault(member, _media_file(files, member))
    return found


def _media_file(files: ProjectFiles, member: Member) -> MediaFile:
    return MediaFile(member.name.rsplit("/", 1)[-1], member.size, partial(files.chunks, member, limit=member.size))


class Refi:
    """One of the three forms of a project.

    Args:
        info: what is known of it.
        recognise: whether a path looks like this form.
        save: writes it.
        with_files: whether files go beside the document.
    """

    def __init__(
        self,
        info: FormatInfo,
        recognise: Callable[[Path], bool],
        save: Callable[[Content, Path, WriteOptions], list[Loss]],
        *,
        with_files: bool = True,
    ) -> None:
        self.info = info
        self._recognise, self._save, self._with_files = recognise, save, with_files

    def recognises(self, path: Path) -> bool:
        """Whether the path looks like this form."""
        return self._recognise(path)

    def read(self, path: Path, progress: Progress | None = None) -> Content:
        """Read a project, whichever of the three forms it has."""
        with contextlib.ExitStack() as stack:
            files = stack.enter_context(open_project_files(path, progress=progress))
            project = read_files(files)
            return Content(project, media_of(files, project), stack.pop_all().close)

    def losses(self, content: Content) -> list[Loss]:
        """What the rules for new documents leave out."""
        return new_document(content, with_files=self._with_files).losses

    def write(self, content: Content, target: Path, options: WriteOptions) -> list[Loss]:
        """Write a new document with its files."""
        return self._save(content, target, options)


def archive(info: FormatInfo) -> Refi:
    """The archive."""
    return Refi(info, _is_archive, _save_archive)


def folder(info: FormatInfo) -> Refi:
    """The unpacked archive."""
    return Refi(info, _is_folder, _save_folder)


def document(info: FormatInfo) -> Refi:
    """The document alone."""
    return Refi(info, _is_document, _save_document, with_files=False)


# -- recognising -------------------------------------------------------------------------------------------------------


def _is_archive(path: Path) -> bool:
    return path.is_file() and any(name.lower().endswith(".qde") for name in member_names(path))


def _is_folder(path: Path) -> bool:
    if not path.is_dir():
        return False
    try:
        with open_project_files(path):
            return True
    except QdpxError:
        return False


def _is_document(path: Path) -> bool:
    start = head(path)
    is_xml = start.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith(b"<")
    return path.is_file() and is_xml and (path.suffix.lower() == ".qde" or b"urn:QDA-XML:project" in start)


def head(path: Path) -> bytes:
    """The first bytes of a file; none where it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(4096).replace(b"\x00", b"")
    except OSError:
        return b""


# -- writing -----------------------------------------------------------------------------------------------------------


def _save_archive(content: Content, target: Path, options: WriteOptions) -> list[Loss]:
    with zip_output(target, force=options.force) as store:
        return _save(content, store)


def _save_folder(content: Content, target: Path, options: WriteOptions) -> list[Loss]:
    with folder_output(target, force=options.force, ours=is_ours) as store:
        return _save(content, store)


def is_ours(folder: Path) -> bool:
    """Whether a folder holds nothing but a document and its sources."""
    return member_names(folder) <= {DOCUMENT, FOLDER}


def _save(content: Content, store: StoreWriter) -> list[Loss]:
    new = new_document(content)
    size = _ROW_BYTES * sum(map(len, new.project.rows.values()))
    store.add(DOCUMENT, lambda file: write_document(new.project, file.write), size=size)
    for name, file in new.files.items():
        store.add_chunks(f"{FOLDER}/{name}", file.chunks(), size=file.size)
    return new.losses


def _save_document(content: Content, target: Path, options: WriteOptions) -> list[Loss]:
    new = new_document(content, with_files=False)
    with atomic_output(target, force=options.force) as temporary, temporary.open("wb") as file:
        write_document(new.project, partial(file.write))
    return new.losses
