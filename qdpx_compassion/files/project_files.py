"""A project's files, wherever they lie: an archive (.qdpx), a folder that was unpacked, or a bare .qde."""

from __future__ import annotations

import lzma
import os
import struct
import zipfile
import zlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Self

from qdpx_compassion.errors import InputError
from qdpx_compassion.files.directory import count_members, refuse_large_dictionary
from qdpx_compassion.files.limits import Limits, current_limits, how_to_raise
from qdpx_compassion.files.media_root import OutsideFile
from qdpx_compassion.files.recognise import (
    cannot_read,
    native_program,
    no_such_file,
    not_a_project,
    not_a_project_archive,
)
from qdpx_compassion.findings import Finding

CHUNK = 1 << 20
#: What zipfile raises where the data of a member are damaged.
DAMAGED = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError, RuntimeError, ValueError)


@dataclass(frozen=True, slots=True)
class Member:
    """One file of a project.

    Attributes:
        name: with forward slashes, as the archive or folder has it.
        size: bytes when inflated, as the archive says (reading stops with an error where that is not true).
        key: what the container needs to find it again.
    """

    name: str
    size: int
    key: zipfile.ZipInfo | Path | OutsideFile

    @property
    def is_outside(self) -> bool:
        """Whether it lies in a folder that a person named (``--media-root``), not in the project."""
        return isinstance(self.key, OutsideFile)

    @property
    def is_stored(self) -> bool:
        """Whether an archive holds it uncompressed."""
        return isinstance(self.key, zipfile.ZipInfo) and self.key.compress_type == zipfile.ZIP_STORED

    @property
    def has_descriptor(self) -> bool:
        """Whether its size stands behind it in the archive (flag bit 3)."""
        return isinstance(self.key, zipfile.ZipInfo) and bool(self.key.flag_bits & 8)


#: Stands for an archive itself.
_WHOLE = Member("", 0, Path())


@dataclass
class ProjectFiles(ABC):
    """The files of one project. Use as a context manager.

    Attributes:
        path: what was given.
        members: all files but folders, in the order in which they lie.
        document: the project document (.qde).
        root: folder inside the archive in which the project lies; empty or ending in ``/``.
        findings: what was noticed while opening.
        progress: told how many bytes of the document were read just now; None: nobody asks.
        watch: given the bytes of the document as they are read; None: nobody asks.
    """

    path: Path
    limits: Limits
    members: list[Member] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    progress: Callable[[int], None] | None = None
    watch: Callable[[bytes], None] | None = None
    document: Member = field(init=False)
    root: str = field(init=False, default="")
    _states: dict[str, tuple[int, int]] = field(init=False, default_factory=dict)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:  # noqa: B027 (a folder has nothing to close)
        """Close what is open."""

    @property
    def is_archive(self) -> bool:
        """Whether the files lie in an archive."""
        return isinstance(self, ArchiveFiles)

    @abstractmethod
    def _open(self, member: Member) -> BinaryIO: ...

    def chunks(self, member: Member, limit: int | None = None) -> Iterator[bytes]:
        """The bytes of a member, a chunk at a time, counted against its stated size and the limits.

        Raises:
            InputError: damaged, encrypted, larger than it says, or larger than the limit.
        """
        limit = self.limits.text_bytes if limit is None else limit
        total = 0
        where = f"{self.path.name}, {member.name}"
        try:
            with member.key.open() if isinstance(member.key, OutsideFile) else self._open(member) as file:
                while chunk := file.read(CHUNK):
                    total += len(chunk)
                    if total > limit or total > max(member.size, 0):
                        raise self._too_large(member, limit)
                    if self.progress is not None and member is self.document:
                        self.progress(len(chunk))
                    if self.watch is not None and member is self.document:
                        self.watch(chunk)
                    yield chunk
        except DAMAGED as error:
            raise self._unreadable(member, error) from error
        except OSError as error:
            if error.errno is None:  # as bz2 says that data are damaged
                raise self._unreadable(member, error) from error
            raise InputError(
                f"The file cannot be read: {error.strerror or error}.",
                where=where,
                remedy="Check the disk and try again.",
            ) from error
        if total < member.size:
            raise self._unreadable(member, EOFError("shorter than stated"))
        self.check_unchanged(member)

    def read(self, member: Member, limit: int | None = None) -> bytes:
        """All bytes of a member (for texts; media are never read whole)."""
        return b"".join(self.chunks(member, limit))

    def check_unchanged(self, member: Member) -> None:
        """Make sure that nobody wrote into what was read: one half from before and one from after is no project.

        Args:
            member: one of the files.

        Raises:
            InputError: the archive, or the file of a folder, has another size or date than when it was opened.
        """
        try:
            if isinstance(member.key, OutsideFile):
                unchanged = member.key.is_unchanged()
            else:
                unchanged = self._state(member) == self._states[self._state_key(member)]
        except OSError:
            unchanged = False
        if not unchanged:
            raise InputError(
                "The file was changed while it was being read.",
                where=f"{self.path}, {member.name}" if member.is_outside else str(self.path),
                remedy="Wait until the other program or the synchronisation is done, and start again.",
            )

    @abstractmethod
    def _state(self, member: Member) -> tuple[int, int]: ...

    def _state_key(self, member: Member) -> str:
        return member.name

    def _too_large(self, member: Member, limit: int) -> InputError:
        where = f"{self.path.name}, {member.name}"
        if limit >= member.size:
            return InputError(
                "The file inflates to more than it says.",
                where=where,
                remedy="It is damaged or was made to do harm; export the project again.",
            )
        name = next((name for name in ("document_bytes", "text_bytes") if getattr(self.limits, name) == limit), "")
        return InputError(
            f"The file has {member.size:,} bytes, more than it may ({limit:,}).",
            where=where,
            remedy=how_to_raise(name, member.size) if name else "Export the project again.",
        )

    def _unreadable(self, member: Member, error: Exception) -> InputError:
        where = f"{self.path.name}, {member.name}"
        if isinstance(member.key, zipfile.ZipInfo) and member.key.flag_bits & 1:
            return InputError(
                "The archive is protected by a password.",
                where=where,
                remedy="Unpack it with the password, or export the project without one.",
            )
        return InputError(
            "The file inside the archive is damaged.",
            where=where,
            remedy=f"Export or download the project again ({str(error).rstrip('.') or 'it ends too early'}).",
        )

    def _begins(self) -> int:
        """Where the first member of an archive begins, in bytes."""
        keys = [member.key for member in self.members]
        return min((key.header_offset for key in keys if isinstance(key, zipfile.ZipInfo)), default=0)

    def _choose_document(self) -> None:
        candidates = [m for m in self.members if m.name.lower().endswith(".qde") and not _is_clutter(m.name)]
        clutter = [m.name for m in self.members if _is_clutter(m.name)]
        if clutter:
            message = "The archive was packed again on a Mac, which added files of its own; they are not read."
            self.findings.append(Finding("file-clutter", message, clutter[0]))
        if not candidates:
            raise not_a_project_archive(self.path, [m.name for m in self.members], begins=self._begins())
        depth = min(name_depth(m.name) for m in candidates)
        nearest = [m for m in candidates if name_depth(m.name) == depth]
        standard = [m for m in nearest if m.name.rsplit("/", 1)[-1].lower() == "project.qde"]
        chosen = standard if len(standard) == 1 else nearest
        if len({m.name for m in chosen}) > 1:
            raise InputError(
                f"There are several project documents: {', '.join(sorted(m.name for m in chosen)[:5])}.",
                where=str(self.path),
                remedy="Give the one that you mean, or an archive with one of them.",
            )
        self.document = chosen[0]
        name = PurePosixPath(self.document.name)
        self.root = "" if depth == 0 else f"{name.parent}/"
        if depth:
            self.findings.append(
                Finding("qde-nested", "The project lies in a folder inside the archive.", self.document.name)
            )
        if name.name != "project.qde":
            self.findings.append(
                Finding("qde-name", f"The project document is called {name.name}.", self.document.name)
            )


def name_depth(name: str) -> int:
    """How many folders a member lies in."""
    return name.strip("/").count("/")


def _is_clutter(name: str) -> bool:
    """Files that macOS puts into archives: ``__MACOSX/…`` and ``._name``."""
    parts = name.split("/")
    return "__MACOSX" in parts or parts[-1].startswith("._")


class ArchiveFiles(ProjectFiles):
    """A zip archive."""

    def __init__(self, path: Path, limits: Limits) -> None:
        super().__init__(path, limits)
        if (count := count_members(path, limits.members)) > limits.members:
            raise _too_many(path, count, limits)
        try:
            self.archive = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error, OSError) as error:
            raise InputError(
                "The archive is damaged: its directory cannot be read.",
                where=str(path),
                remedy="Export or download it again.",
            ) from error
        try:
            self._take_stock()
        except BaseException:
            self.archive.close()
            raise

    def _take_stock(self) -> None:
        infos = self.archive.infolist()
        self._states[""] = self._state(_WHOLE)
        self._check_places(infos)
        self._check_total(infos)
        seen: set[str] = set()
        for info in infos:
            name = info.filename.replace("\\", "/")
            if not name or name.endswith("/"):
                continue
            if name in seen:
                self.findings.append(Finding("file-twice", f"The archive has {name} twice; the first is used.", name))
            seen.add(name)
            self._check_ratio(info)
            self.members.append(Member(name, info.file_size, info))
        self._choose_document()

    def _check_places(self, infos: list[zipfile.ZipInfo]) -> None:
        """Members must lie one after the other: overlapping ones are how a small archive inflates without end."""
        order = sorted(infos, key=lambda info: info.header_offset)
        ends = [*(info.header_offset for info in order), self.archive.start_dir][1:]
        for info, end in zip(order, ends, strict=True):
            if info.header_offset < 0 or info.header_offset + 30 + info.compress_size > end:
                raise InputError(
                    "The archive's files overlap or lie outside of it.",
                    where=f"{self.path.name}, {info.filename}",
                    remedy="It is damaged or was made to do harm; export the project again.",
                )

    def _check_ratio(self, info: zipfile.ZipInfo) -> None:
        self._refuse_ratio("file says that it inflates", info.file_size, info.compress_size, f", {info.filename}")

    def _check_total(self, infos: list[zipfile.ZipInfo]) -> None:
        """Many files may be together what one alone may not."""
        total, packed = sum(info.file_size for info in infos), sum(info.compress_size for info in infos)
        if total > self.limits.total_bytes:
            raise InputError(
                f"The archive's files say that they inflate to {total:,} bytes together.",
                where=self.path.name,
                remedy=how_to_raise("total_bytes", total),
            )
        if len(infos) > 1:
            self._refuse_ratio("archive's files say that they inflate", total, packed, "")

    def _refuse_ratio(self, what: str, size: int, packed: int, where: str) -> None:
        if size > self.limits.ratio_from and size > self.limits.ratio * max(packed, 1):
            raise InputError(
                f"The {what} to {size:,} bytes from {packed:,}.",
                where=f"{self.path.name}{where}",
                remedy=how_to_raise("ratio", size // max(packed, 1)),
            )

    def _state(self, member: Member) -> tuple[int, int]:  # noqa: ARG002 (an archive is one file)
        if self.archive.fp is None:
            raise OSError(f"{self.path} is closed")
        return _state_of(os.fstat(self.archive.fp.fileno()))

    def _state_key(self, member: Member) -> str:  # noqa: ARG002 (an archive is one file)
        return ""

    def close(self) -> None:
        """Close the archive."""
        self.archive.close()

    def _open(self, member: Member) -> BinaryIO:
        if not isinstance(member.key, zipfile.ZipInfo):
            raise ValueError(member.name)
        if member.key.compress_type == zipfile.ZIP_LZMA:
            with self.path.open("rb") as file:
                refuse_large_dictionary(file, member.key, f"{self.path.name}, {member.name}")
        return self.archive.open(member.key)  # type: ignore[return-value]  # an IO[bytes] that reads


class FolderFiles(ProjectFiles):
    """A folder, as an archive that was unpacked."""

    def __init__(self, path: Path, limits: Limits) -> None:
        super().__init__(path, limits)
        self._add_files(path, path)
        self._choose_document()

    def _add_files(self, folder: Path, base: Path) -> None:
        for root, folders, names in os.walk(folder):  # does not follow links to folders
            folders.sort()
            for name in sorted(names):
                file = Path(root) / name
                if file.is_symlink() or not file.is_file():
                    continue
                status = file.stat()
                self.members.append(Member(file.relative_to(base).as_posix(), status.st_size, file))
                self._states[self.members[-1].name] = _state_of(status)
                if len(self.members) > self.limits.members:
                    raise _too_many(base, len(self.members), self.limits)

    def _state(self, member: Member) -> tuple[int, int]:
        if not isinstance(member.key, Path):
            raise ValueError(member.name)
        return _state_of(member.key.stat())

    def _open(self, member: Member) -> BinaryIO:
        if not isinstance(member.key, Path):
            raise ValueError(member.name)
        return member.key.open("rb")


class DocumentFiles(FolderFiles):
    """A bare .qde. Where a folder ``sources`` lies beside it, its texts are read from there."""

    def __init__(self, path: Path, limits: Limits) -> None:
        ProjectFiles.__init__(self, path, limits)
        status = path.stat()
        self.document = Member(path.name, status.st_size, path)
        self.members.append(self.document)
        self._states[path.name] = _state_of(status)
        for sibling in sorted(path.parent.iterdir()):
            if sibling.name.lower() == "sources" and sibling.is_dir():
                self._add_files(sibling, path.parent)


def open_project_files(
    path: Path, limits: Limits | None = None, progress: Callable[[int], None] | None = None
) -> ProjectFiles:
    """Open a project: an archive, a folder or a bare .qde, told apart by content.

    Args:
        path: what was given.
        limits: what a project may be at most; None: what holds at the moment.
        progress: told how many bytes of the document were read just now.

    Raises:
        InputError: the file is missing, is something else (the message says what), or is damaged.
    """
    files = _open(path, limits or current_limits())
    files.progress = progress
    if files.is_archive and path.suffix.lower() != ".qdpx":
        message = f"The project is in a file that ends in “{path.suffix}”; programs look for .qdpx."
        files.findings.append(Finding("qdpx-renamed", message, path.name))
    return files


def _open(path: Path, limits: Limits) -> ProjectFiles:
    if not _can_be_a_name(path):
        shown = str(path).encode("utf-8", "replace").decode()
        raise InputError("This cannot be the name of a file.", where=shown, remedy="Check the name.")
    try:
        if path.is_dir():
            os.scandir(path).close()  # walking through a folder that may not be read finds nothing, and says nothing
            return FolderFiles(path, limits)
        if path.exists() and not path.is_file():  # a pipe would wait for ever
            raise InputError("This is neither a file nor a folder.", where=str(path), remedy="Give the file itself.")
        with path.open("rb") as file:
            head = file.read(512)
        return _recognise(path, head, limits)
    except FileNotFoundError as error:
        raise no_such_file(path) from error
    except OSError as error:
        raise cannot_read(path, error) from error


def _can_be_a_name(path: Path) -> bool:
    try:
        return b"\x00" not in os.fsencode(path)
    except UnicodeEncodeError:
        return False


def _recognise(path: Path, head: bytes, limits: Limits) -> ProjectFiles:
    if native_program(path)[0] and not _looks_like_xml(head):
        raise not_a_project(path, head)
    if _looks_like_xml(head):
        return DocumentFiles(path, limits)
    if zipfile.is_zipfile(path):
        return ArchiveFiles(path, limits)
    raise not_a_project(path, head)


def _looks_like_xml(head: bytes) -> bool:
    plain = head.replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    return plain.startswith(b"<") and not plain.startswith((b"<!doctype html", b"<html", b"<head", b"<body"))


def _state_of(status: os.stat_result) -> tuple[int, int]:
    """What tells that a file was written to: size and date."""
    return status.st_size, status.st_mtime_ns


def _too_many(path: Path, count: int, limits: Limits) -> InputError:
    return InputError(
        f"It holds {count:,} files or more; at most {limits.members:,} are read.",
        where=str(path),
        remedy=how_to_raise("members", count),
    )
