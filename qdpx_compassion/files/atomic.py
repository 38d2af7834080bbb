"""Writing so that a run that is killed leaves the old file or the new one, never half of one."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

from qdpx_compassion.errors import OutputError, UsageError

#: What temporary files are called, so that a left-over one is recognised: ``.study.qdpx.a1b2c3.qdpx-part``.
SUFFIX = ".qdpx-part"
#: Characters of the target's name in that of the temporary file: systems allow 255 bytes, a character has up to four.
_NAME_KEPT = 50


def refuse_existing(
    target: Path, *, force: bool, inputs: tuple[Path, ...] = (), suffixes: tuple[str, ...] = ()
) -> None:
    """Raise before any work is done when the target may not be written.

    Args:
        target: the file to be written.
        force: whether an existing file may be replaced.
        inputs: the files that are read; none of them is ever written over, not even with force.
        suffixes: what the target's name may end in, the usual one first; empty: anything.

    Raises:
        OutputError: the target is an input, a folder, exists, or lies in a folder that does not exist or is an input.
        UsageError: the target's name ends in something else.
    """
    try:
        _refuse(target, force=force, inputs=inputs, suffixes=suffixes)
    except OSError as error:
        raise refused(target, error) from error


def _refuse(target: Path, *, force: bool, inputs: tuple[Path, ...], suffixes: tuple[str, ...]) -> None:
    if suffixes and not target.is_dir() and target.suffix.lower() not in suffixes:
        raise UsageError(
            f"The name of this output must end in {' or '.join(suffixes)}.",
            where=str(target),
            remedy=f"Call it {target.with_suffix(suffixes[0]).name}.",
        )
    for source in inputs:
        if source.is_dir() and target.parent.resolve().is_relative_to(source.resolve()):
            raise OutputError(
                "The output would lie inside the project's own folder.",
                where=str(target),
                remedy="Choose another folder with -o; the original stays as it is.",
            )
        if source.exists() and target.exists() and source.samefile(target):
            raise OutputError(
                "The output would be written over the input.",
                where=str(target),
                remedy="Choose another name; the original stays as it is.",
            )
    if target.is_dir():
        raise OutputError("This is a folder.", where=str(target), remedy="Give the name of a file with -o.")
    if target.exists() and not force:
        raise OutputError(
            "The file exists already.", where=str(target), remedy="Choose another name, or add --force to replace it."
        )
    if not target.parent.is_dir():
        raise OutputError(
            "The folder does not exist.", where=str(target.parent), remedy="Make the folder first, or choose another."
        )


@contextlib.contextmanager
def atomic_output(target: Path, *, force: bool = False, private: bool = False) -> Iterator[Path]:
    """A temporary file beside the target, which takes the target's name when the block ends well.

    The file is private (mode 0600) while it is written, lies in the target's folder (so that confidential text never
    stands in a shared place), is flushed to the disk before the rename, and is removed when the block fails.

    Args:
        target: what it is called in the end.
        force: replace an existing file.
        private: it stays private under its name.

    Yields:
        Path of an empty temporary file to write into.

    Raises:
        OutputError: the target may not or cannot be written.
    """
    refuse_existing(target, force=force)
    try:
        handle, name = tempfile.mkstemp(prefix=f".{target.name[:_NAME_KEPT]}.", suffix=SUFFIX, dir=target.parent)
    except (OSError, ValueError) as error:  # ValueError: what cannot be a name at all
        raise refused(target, error) from error
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        _publish(temporary, target, force=force, private=private)
    except OSError as error:
        raise refused(target, error) from error
    finally:
        temporary.unlink(missing_ok=True)


def write_atomically(target: Path, data: bytes, *, force: bool = False) -> None:
    """Write a whole file at once, atomically.

    Raises:
        OutputError: the target may not or cannot be written.
    """
    with atomic_output(target, force=force) as temporary:
        temporary.write_bytes(data)


def _publish(temporary: Path, target: Path, *, force: bool, private: bool = False) -> None:
    with temporary.open("rb+") as file:
        os.fsync(file.fileno())
    if os.name == "posix":
        temporary.chmod(0o600 if private else _mode(target))
    rename_whole(temporary, target, replace=force)


def rename_whole(temporary: Path, target: Path, *, replace: bool) -> None:
    """Give a file or folder its name, and write that down on the disk.

    Args:
        temporary: a file that is flushed to the disk, or a folder.
        target: what it is to be called.
        replace: whether a file of that name gives way; otherwise one that another run has written meanwhile stays.

    Raises:
        OutputError: there is such a file, and it may not be replaced.
        OSError: it cannot be renamed.
    """
    if replace or temporary.is_dir():
        temporary.replace(target)
    else:
        try:
            _rename_to_nothing(temporary, target)
        except FileExistsError:
            refuse_existing(target, force=False)
            raise
    flush_folder(target.parent)


def _rename_to_nothing(temporary: Path, target: Path) -> None:
    """Rename only where nothing is of that name, at one stroke; POSIX's rename would replace it."""
    if os.name == "nt":
        temporary.rename(target)
        return
    try:
        target.hardlink_to(temporary)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links, such as FAT or some network drives
        refuse_existing(target, force=False)
        temporary.replace(target)


def flush_folder(folder: Path) -> None:
    """Have the names in a folder written to the disk, where the system can do that."""
    if os.name != "posix":
        return
    with contextlib.suppress(OSError):  # some network drives cannot
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _mode(target: Path) -> int:
    """Who may read and write the file: as the one that it replaces, else as any new file."""
    if target.exists():
        return stat.S_IMODE(target.stat().st_mode)
    umask = os.umask(0)  # it can only be read by setting it
    os.umask(umask)
    return 0o666 & ~umask


def refused(target: Path, error: OSError | ValueError) -> OutputError:
    """The error to raise where the system says that something cannot be written.

    Args:
        target: what was to be written.
        error: what the system says.
    """
    if isinstance(error, PermissionError):
        return OutputError(
            "The file cannot be written.",
            where=str(target),
            remedy="Close it where it is open (Excel keeps files locked), or choose a folder that you may write to.",
        )
    return cannot_write(target, getattr(error, "strerror", None) or str(error))


def cannot_write(target: Path, reason: str) -> OutputError:
    """The error to raise where the system or a library refuses to write.

    Args:
        target: what was to be written.
        reason: what the system says, without a full stop.
    """
    return OutputError(
        f"The file cannot be written: {reason}.",
        where=str(target).encode("utf-8", "replace").decode(),
        remedy="Free some space or choose another folder; nothing was changed.",
    )
