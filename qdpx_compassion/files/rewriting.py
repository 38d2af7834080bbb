"""Writing an archive again with another project document; every other member is copied as it lies."""

from __future__ import annotations

import contextlib
import copy
import os
import struct
import sys
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import BinaryIO, Protocol

from qdpx_compassion.errors import InputError
from qdpx_compassion.files.background import BackgroundWriter
from qdpx_compassion.files.project_files import CHUNK, ArchiveFiles, DocumentFiles, Member, ProjectFiles


class Writable(Protocol):
    """What a document is written into."""

    def write(self, data: bytes, /) -> object:
        """Take bytes."""


#: Writes the new document into the file that it is given.
DocumentWriter = Callable[[Writable], None]

#: Media are copied by the system where it can; so many bytes are worth it, so many are asked for at once.
_MUCH, _AT_ONCE = 1 << 20, 1 << 28
_FIXED_DATE = (1980, 1, 1, 0, 0, 0)
_LOCAL_HEADER = struct.Struct("<4s5H3L2H")
_HAS_DATA_DESCRIPTOR = 0x08
_NAME_IS_UTF8 = 0x800


class _CopiedInfo(zipfile.ZipInfo):
    """A member's record that writes the name bytes it was read with, whatever their encoding."""

    __slots__ = ()

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:
        flags = self.flag_bits
        return self.orig_filename.encode("utf-8" if flags & _NAME_IS_UTF8 else "cp437"), flags


def rewrite(files: ProjectFiles, target: Path, write_document: DocumentWriter | None) -> None:
    """Write the project to ``target`` with a new document.

    Of an archive, every other member keeps its place, name, date, attributes and its very deflated bytes. A folder
    becomes an archive with the document first. A bare .qde becomes a bare .qde.

    Args:
        files: the project that is read; never written to.
        target: an empty file (see ``atomic_output``).
        write_document: called once with a file to write the new document into; None: it stays as it is.
    """
    if isinstance(files, ArchiveFiles):
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            _rewrite_archive(files, archive, write_document)
            files.check_unchanged(files.document)
        return
    write = write_document or partial(_copy_document, files)
    if isinstance(files, DocumentFiles):
        with target.open("wb") as file:
            write(file)
        return
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        _pack_folder(files, archive, write)


def _copy_document(files: ProjectFiles, file: Writable) -> None:
    for chunk in files.chunks(files.document, files.limits.document_bytes):
        file.write(chunk)


def _rewrite_archive(files: ArchiveFiles, archive: zipfile.ZipFile, write_document: DocumentWriter | None) -> None:
    archive.comment = files.archive.comment
    for info in files.archive.infolist():
        if info is files.document.key and write_document is not None:
            _write_document(archive, info, write_document)
        else:
            copy_as_it_lies(files, info, archive)


def _write_document(archive: zipfile.ZipFile, old: zipfile.ZipInfo, write_document: DocumentWriter) -> None:
    new = zipfile.ZipInfo(old.filename, old.date_time)
    new.compress_type = old.compress_type if old.compress_type == zipfile.ZIP_STORED else zipfile.ZIP_DEFLATED
    new.create_system, new.external_attr, new.comment = old.create_system, old.external_attr, old.comment
    new.file_size = old.file_size  # tells zipfile whether zip64 may be needed
    write_member(archive, new, old.file_size, write_document)


def write_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, size: int, write_document: DocumentWriter) -> None:
    """Write a member, deflated fast and in a thread of its own."""
    with archive.open(info, "w", force_zip64=size > 1 << 29) as member:
        _deflate_fast(member)
        with BackgroundWriter(member) as writer:
            write_document(writer)


def _deflate_fast(member: object) -> None:
    """Deflate with ISA-L, at about eight times zlib's speed and 2 % more bytes, where it is installed."""
    if getattr(member, "_compressor", None) is None:  # stored; or a zipfile that works otherwise
        return
    try:
        from isal import isal_zlib
    except ImportError:
        return
    member._compressor = isal_zlib.compressobj(2, isal_zlib.DEFLATED, -isal_zlib.MAX_WBITS)  # type: ignore[attr-defined]


def copy_as_it_lies(
    files: ArchiveFiles, old: zipfile.ZipInfo, archive: zipfile.ZipFile, *, name: str | None = None
) -> None:
    """Copy a member with its very deflated bytes.

    Args:
        files: where it lies.
        old: its record there.
        archive: where it goes.
        name: what it is called there; with a name it loses its comment and its extra fields (users, times).
    """
    source = files.archive.fp
    target = archive.fp
    if source is None or target is None:
        raise ValueError("closed archive")
    source.seek(old.header_offset)
    header = source.read(_LOCAL_HEADER.size)
    if len(header) < _LOCAL_HEADER.size or not header.startswith(b"PK\x03\x04"):
        raise InputError(
            "The archive's directory points to no file.",
            where=f"{files.path.name}, {old.filename}",
            remedy="The archive is damaged; export the project again.",
        )
    name_length, extra_length = _LOCAL_HEADER.unpack(header)[-2:]
    source.seek(name_length, 1)
    extra = source.read(extra_length)
    new = copy.copy(old)
    new.__class__ = _CopiedInfo
    new.flag_bits &= ~_HAS_DATA_DESCRIPTOR  # sizes and checksum are known, so they stand in the header
    new.header_offset = archive.start_dir
    if name is not None:
        new.filename = new.orig_filename = name
        new.flag_bits |= 0 if name.isascii() else _NAME_IS_UTF8
        new.extra = new.comment = extra = b""
    new.extra = _without_zip64(extra)  # that before the file: times of Info-ZIP are longer there than in the directory
    target.seek(archive.start_dir)
    target.write(new.FileHeader())
    new.extra = _without_zip64(old.extra) if name is None else b""
    _copy_bytes(source, target, old.compress_size, files, old)
    archive.start_dir = target.tell()
    archive.filelist.append(new)
    archive.NameToInfo[new.filename] = new
    archive._didModify = True  # type: ignore[attr-defined]  # so that close() writes the directory


def _copy_bytes(
    source: BinaryIO | object, target: object, count: int, files: ArchiveFiles, old: zipfile.ZipInfo
) -> None:
    left = count - _copied_by_the_system(source, target, count)
    while left:
        chunk = source.read(min(left, 4 * CHUNK))  # type: ignore[union-attr]
        if not chunk:
            raise InputError(
                "The archive ends too early.",
                where=f"{files.path.name}, {old.filename}",
                remedy="The archive is damaged; export the project again.",
            )
        target.write(chunk)  # type: ignore[attr-defined]
        left -= len(chunk)


def _copied_by_the_system(source: BinaryIO | object, target: object, count: int) -> int:
    """How many bytes the system copied without their passing through here; it can on Linux.

    What goes wrong is left to whoever reads and writes the rest, and says what.
    """
    if sys.platform != "linux" or count < _MUCH:
        return 0
    target.flush()  # type: ignore[attr-defined]
    begin, place, done = source.tell(), target.tell(), 0  # type: ignore[union-attr, attr-defined]
    with contextlib.suppress(OSError):
        files = target.fileno(), source.fileno()  # type: ignore[union-attr, attr-defined]
        while done < count and (copied := os.sendfile(*files, begin + done, min(count - done, _AT_ONCE))):
            done += copied
    source.seek(begin + done)  # type: ignore[union-attr]
    target.seek(place + done)  # type: ignore[attr-defined]
    return done


def _without_zip64(extra: bytes) -> bytes:
    """The extra field without zip64 sizes: zipfile writes them anew where they are needed."""
    kept, at = b"", 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, at)
        if kind != 1:
            kept += extra[at : at + 4 + length]
        at += 4 + length
    return kept + extra[at:]


def _pack_folder(files: ProjectFiles, archive: zipfile.ZipFile, write_document: DocumentWriter) -> None:
    info = zipfile.ZipInfo(files.document.name, _FIXED_DATE)
    info.compress_type = zipfile.ZIP_DEFLATED
    write_member(archive, info, files.document.size, write_document)
    for member_ in files.members:
        if member_ is not files.document:
            _pack(files, member_, archive)


def _pack(files: ProjectFiles, member: Member, archive: zipfile.ZipFile) -> None:
    info = zipfile.ZipInfo(member.name, _FIXED_DATE)
    info.compress_type = zipfile.ZIP_DEFLATED
    with archive.open(info, "w", force_zip64=member.size > 1 << 30) as target:
        for chunk in files.chunks(member, limit=member.size):
            target.write(chunk)
