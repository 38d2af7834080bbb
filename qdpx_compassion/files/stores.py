"""Named files in a folder or a zip archive: what conversions read from and write to."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import zipfile
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from qdpx_compassion.errors import InputError, OutputError
from qdpx_compassion.files.atomic import SUFFIX, atomic_output, rename_whole
from qdpx_compassion.files.background import BackgroundWriter
from qdpx_compassion.files.directory import count_members
from qdpx_compassion.files.limits import Limits, current_limits
from qdpx_compassion.files.project_files import ArchiveFiles, FolderFiles, Member, ProjectFiles
from qdpx_compassion.files.rewriting import Writable

_FIXED_DATE = (1980, 1, 1, 0, 0, 0)
_NO_DOCUMENT = Member("", 0, Path())


# -- reading -----------------------------------------------------------------------------------------------------------


class _PlainArchive(ArchiveFiles):
    """A zip archive of any files, opened as safely as a project."""

    def _choose_document(self) -> None:
        self.document = _NO_DOCUMENT


class _PlainFolder(FolderFiles):
    """A folder of any files."""

    def _choose_document(self) -> None:
        self.document = _NO_DOCUMENT


def open_store(path: Path, limits: Limits | None = None) -> ProjectFiles:
    """Open a folder or a zip archive that need not be a project.

    Args:
        path: the folder or archive.
        limits: what it may be at most; None: what holds at the moment.

    Returns:
        Its files; ``document`` is none of them. To be closed.

    Raises:
        InputError: it is missing, damaged, or neither a folder nor an archive.
    """
    limits = limits or current_limits()
    try:
        if path.is_dir():
            return _PlainFolder(path, limits)
        if zipfile.is_zipfile(path):
            return _PlainArchive(path, limits)
        path.stat()
    except OSError as error:
        raise InputError(
            f"The file cannot be read: {error.strerror or error}.", where=str(path), remedy="Check the name."
        ) from error
    raise InputError("This is neither a folder nor a zip archive.", where=str(path), remedy="Check the name.")


def member_names(path: Path) -> frozenset[str]:
    """The names of a folder's own files, or of all files of a zip archive; none where it is neither. Never raises."""
    try:
        if path.is_dir():
            return frozenset(child.name for child in path.iterdir())
        most = current_limits().members
        if zipfile.is_zipfile(path) and count_members(path, most) <= most:
            with zipfile.ZipFile(path) as archive:
                return frozenset(archive.namelist())
    except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError):
        return frozenset()
    return frozenset()


# -- writing -----------------------------------------------------------------------------------------------------------


class StoreWriter(ABC):
    """Takes files, one after the other, each under a name with forward slashes."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def add(self, name: str, write: Callable[[Writable], object], *, size: int = 0) -> None:
        """Add a file.

        Args:
            name: relative, with forward slashes, not yet taken.
            write: called once with what takes the bytes.
            size: about how many bytes it will have; needed for those over 2 GB.
        """
        self.names.append(name)
        self._add(name, write, size)

    def add_chunks(self, name: str, chunks: Iterable[bytes], *, size: int = 0) -> None:
        """Add a file whose bytes come a chunk at a time."""

        def write(file: Writable) -> None:
            for chunk in chunks:
                file.write(chunk)

        self.add(name, write, size=size)

    @abstractmethod
    def _add(self, name: str, write: Callable[[Writable], object], size: int) -> None: ...


class _ZipWriter(StoreWriter):
    def __init__(self, archive: zipfile.ZipFile) -> None:
        super().__init__()
        self._archive = archive

    def _add(self, name: str, write: Callable[[Writable], object], size: int) -> None:
        info = zipfile.ZipInfo(name, _FIXED_DATE)
        info.compress_type = zipfile.ZIP_DEFLATED
        info.create_system, info.external_attr = 3, 0o644 << 16
        with (
            # Documents may grow beyond what is known beforehand, so they always may have 64-bit sizes.
            self._archive.open(info, "w", force_zip64=size > 1 << 30) as member,
            BackgroundWriter(member) as writer,
        ):
            write(writer)


class FolderWriter(StoreWriter):
    """Writes into a folder.

    Attributes:
        folder: where it lies while it is written, for what is no stream of bytes (a database, an empty folder).
    """

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder

    def _add(self, name: str, write: Callable[[Writable], object], size: int) -> None:  # noqa: ARG002 (for archives)
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())


@contextlib.contextmanager
def zip_output(target: Path, *, force: bool = False) -> Iterator[StoreWriter]:
    """A new zip archive, deflated, with a fixed date; it takes the target's name when the block ends well.

    Raises:
        OutputError: the target may not or cannot be written.
    """
    with (
        atomic_output(target, force=force) as temporary,
        zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        yield _ZipWriter(archive)


def refuse_folder(target: Path, *, force: bool, ours: Callable[[Path], bool], inputs: tuple[Path, ...] = ()) -> None:
    """Raise before any work is done when a folder may not be written.

    Args:
        target: the folder to be made.
        force: whether one of our own may be replaced.
        ours: whether an existing folder is one that we wrote; no other is ever replaced.
        inputs: what is read; the target may be none of it, nor hold it, nor lie in it.

    Raises:
        OutputError: the target exists, or its own folder does not.
    """
    for source in inputs:
        if source.exists() and target.exists() and source.resolve().is_relative_to(target.resolve()):
            raise OutputError(
                "The output would be written over the input.", where=str(target), remedy="Choose another name."
            )
        if source.is_dir() and target.parent.resolve().is_relative_to(source.resolve()):
            raise OutputError(
                "The output would lie inside the input's own folder.", where=str(target), remedy="Choose another place."
            )
    if target.is_dir() and not any(target.iterdir()):
        return
    if target.exists():
        if not target.is_dir():
            raise OutputError(
                "This is a file; a folder is to be written.", where=str(target), remedy="Choose another name."
            )
        if not ours(target):
            raise OutputError(
                "The folder exists and holds other files.",
                where=str(target),
                remedy="Choose another name; such a folder is not replaced, not even with --force.",
            )
        if not force:
            raise OutputError(
                "The folder exists already.", where=str(target), remedy="Choose another name, or add --force."
            )
    if not target.parent.is_dir():
        raise OutputError(
            "The folder does not exist.", where=str(target.parent), remedy="Make the folder first, or choose another."
        )


@contextlib.contextmanager
def folder_output(
    target: Path, *, force: bool = False, ours: Callable[[Path], bool], keep_empty: bool = True
) -> Iterator[FolderWriter]:
    """A new folder, private while it is written, which takes the target's name when the block ends well.

    Args:
        target: the folder to be made.
        force: whether one of our own may be replaced.
        ours: whether an existing folder is one that we wrote.
        keep_empty: whether a folder without files is made at all (an old one of ours goes in either case).

    Raises:
        OutputError: the target may not or cannot be written.
    """
    refuse_folder(target, force=force, ours=ours)
    try:
        temporary = Path(tempfile.mkdtemp(prefix=f".{target.name[:50]}.", suffix=SUFFIX, dir=target.parent))
    except OSError as error:
        raise _refused(target, error) from error
    try:
        writer = FolderWriter(temporary)
        yield writer
        refuse_folder(target, force=force, ours=ours)
        _publish(temporary, target, keep=keep_empty or bool(writer.names))
    except OSError as error:
        raise _refused(target, error) from error
    finally:
        if temporary.exists():
            shutil.rmtree(temporary, ignore_errors=True)


def _publish(temporary: Path, target: Path, *, keep: bool) -> None:
    old = temporary.with_name(temporary.name + "-old")
    if target.exists():
        target.replace(old)
    if keep:
        try:
            if os.name == "posix":
                temporary.chmod(0o777 & ~_umask())
            rename_whole(temporary, target, replace=False)
        except OSError:
            if old.exists():
                old.replace(target)
            raise
    if old.exists():
        shutil.rmtree(old)


def _umask() -> int:
    umask = os.umask(0)  # it can only be read by setting it
    os.umask(umask)
    return umask


def _refused(target: Path, error: OSError) -> OutputError:
    return OutputError(
        f"The folder cannot be written: {error.strerror or error}.",
        where=str(target),
        remedy="Close files of it that are open, free some space, or choose another folder.",
    )
