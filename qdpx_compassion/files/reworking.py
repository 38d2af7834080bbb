"""Writing an archive anew from one in which members are changed, renamed or left out; the others are copied."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from qdpx_compassion.files.project_files import ArchiveFiles, DocumentFiles, Member, ProjectFiles
from qdpx_compassion.files.rewriting import DocumentWriter, copy_as_it_lies, write_member

_FIXED_DATE = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Kept:
    """What becomes of a member that stays.

    Attributes:
        name: its new name.
        chunks: gives its new bytes; None: it is copied as it lies.
    """

    name: str
    chunks: Callable[[], Iterator[bytes]] | None = None


def rework(
    files: ProjectFiles,
    target: Path,
    write_document: DocumentWriter,
    *,
    document_name: str,
    fate: Callable[[Member], Kept | None],
    document_first: bool = False,
    added: Callable[[], Iterable[tuple[str, Path]]] = tuple,
    deflate: bool = False,
) -> None:
    """Write a project with a new document and new members.

    Members keep their order and dates; comments and extra fields of the archive, which may tell users, are left out.

    Args:
        files: the project that is read; never written to.
        target: an empty file (see ``atomic_output``).
        write_document: called once with a file to write the new document into.
        document_name: name of the document in the archive.
        fate: what becomes of each other member; None: it is left out.
        document_first: the document comes before the other members, wherever it lay.
        added: asked in the end for files that are put in, each with its name.
        deflate: members that lie uncompressed are deflated.
    """
    if isinstance(files, DocumentFiles) and len(files.members) == 1:
        with target.open("wb") as file:
            write_document(file)
        return
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for member in _in_order(files, document_first=document_first):
            info = _info(member)
            again = deflate and member.is_stored and member.size > 0
            if again:
                info.compress_type = zipfile.ZIP_DEFLATED
            if member is files.document:
                info.filename = document_name
                write_member(archive, info, member.size, write_document)
                continue
            kept = fate(member)
            if kept is None:
                continue
            as_it_lies = kept.chunks is None and not again
            if as_it_lies and isinstance(files, ArchiveFiles) and isinstance(member.key, zipfile.ZipInfo):
                copy_as_it_lies(files, member.key, archive, name=kept.name)
                continue
            info.filename = kept.name
            _write(archive, info, member.size, kept.chunks() if kept.chunks else files.chunks(member, member.size))
        for name, path in added():
            with path.open("rb") as file:
                _write(archive, _plain_info(name), path.stat().st_size, iter(partial(file.read, 1 << 20), b""))


def _in_order(files: ProjectFiles, *, document_first: bool) -> Iterable[Member]:
    """As they lie in the archive; of a folder the document first."""
    if isinstance(files, ArchiveFiles) and not document_first:
        return files.members
    return [files.document, *(member for member in files.members if member is not files.document)]


def _plain_info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _FIXED_DATE)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.create_system, info.external_attr = 3, 0o644 << 16
    return info


def _info(member: Member) -> zipfile.ZipInfo:
    old = member.key if isinstance(member.key, zipfile.ZipInfo) else None
    info = zipfile.ZipInfo(member.name, old.date_time if old else _FIXED_DATE)
    info.compress_type = zipfile.ZIP_STORED if member.is_stored else zipfile.ZIP_DEFLATED
    info.create_system, info.external_attr = 3, 0o644 << 16
    return info


def _write(archive: zipfile.ZipFile, info: zipfile.ZipInfo, size: int, chunks: Iterable[bytes]) -> None:
    with archive.open(info, "w", force_zip64=size > 1 << 30) as target:
        for chunk in chunks:
            target.write(chunk)
