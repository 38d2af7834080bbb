"""Files of sources outside the project: found in folders that a person names (``--media-root``), and nowhere else.

A path in a project comes from whoever wrote it. So it is never given to the operating system: the files that lie in the
folders are listed first, and the path is only compared with that list. What is not in it does not exist, whatever
the path says (``..``, another drive, a device, a share of the network).
"""

from __future__ import annotations

import contextlib
import os
import stat
import unicodedata
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote

from qdpx_compassion.errors import InputError, UsageError
from qdpx_compassion.files.limits import current_limits

#: A link is not followed at the last moment, and a pipe is not waited for.
_FLAGS = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
_State = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class OutsideFile:
    """A file in one of the folders.

    Attributes:
        path: where it really lies, links resolved.
        shown: for people: its path inside the folder, with forward slashes.
        size: in bytes, when the folder was looked through.
    """

    path: Path
    shown: str
    size: int
    _parts: tuple[str, ...]
    _inside: int
    _state: _State
    _opened: set[Path] = field(compare=False, repr=False)

    def open(self) -> BinaryIO:
        """Open it, if it is still the file that was found.

        Raises:
            InputError: it was replaced meanwhile.
            OSError: it cannot be read.
        """
        file = os.fdopen(os.open(self.path, _FLAGS), "rb")
        if _state_of(os.fstat(file.fileno())) != self._state:
            file.close()
            raise InputError(
                "The file was changed while the project was being read.",
                where=self.shown,
                remedy="Wait until the other program or the synchronisation is done, and start again.",
            )
        self._opened.add(self.path)
        return file

    def is_unchanged(self) -> bool:
        """Whether it is as it was when the folder was looked through."""
        try:
            return _state_of(self.path.lstat()) == self._state
        except OSError:
            return False

    def fits(self, parts: list[str]) -> int:
        """How many parts of a path fit, from its end; 0 where folders are left over on both sides.

        ``P01/talk.mp3`` is not ``P02/talk.mp3``; ``talk.mp3`` lying alone in the folder may be either.
        """
        same = 0
        for own, other in zip(reversed(self._parts), reversed(parts), strict=False):
            if own != other:
                break
            same += 1
        return same if same == len(parts) or same >= self._inside else 0


@dataclass(frozen=True, slots=True)
class Search:
    """What was found for a path: the file, or else those that it may be; and the path's folders and name, folded."""

    file: OutsideFile | None
    candidates: tuple[OutsideFile, ...] = ()
    parts: tuple[str, ...] = ()

    def may_be_same(self, other: tuple[str, ...]) -> bool:
        """Whether another path may name the same file: the shorter of the two is the end of the longer."""
        shorter = min(len(self.parts), len(other))
        return self.parts[-shorter:] == other[-shorter:]


class MediaRoot:
    """The folders in which files outside of a project may lie.

    Args:
        folders: as a person gave them.

    Attributes:
        opened: the files that were read.

    Raises:
        UsageError: one of them is no folder.
    """

    def __init__(self, *folders: Path) -> None:
        self._folders = []
        for folder in folders:
            try:
                self._folders.append(folder.resolve(strict=True))
                given = self._folders[-1].is_dir()
            except (OSError, ValueError):
                given = False
            if not given:
                raise UsageError(
                    "There is no such folder.", where=str(folder), remedy="Give the folder with the recordings."
                )
        self._by_name: dict[str, list[OutsideFile]] | None = None
        self.opened: set[Path] = set()

    def find(self, written: str) -> Search:
        """Look for the file that a path outside the project means.

        The file name must be the same (letter case and composed accents do not count), and so must the folders as far
        as both have any. Of several the one is taken with which most folders agree; there is no guess between equals.

        Args:
            written: the path as the project has it, of whatever system, with or without ``relative://``.
        """
        if self._by_name is None:
            self._by_name = self._look_through()
        rest = written.partition("://")[2] or written
        candidates: dict[Path, OutsideFile] = {}
        for form in dict.fromkeys((rest, unquote(rest))):
            parts = _parts(form)
            named = self._by_name.get(parts[-1], []) if parts else []
            most = max((one.fits(parts) for one in named), default=0)
            best = {one.path: one for one in named if most and one.fits(parts) == most}
            if len(best) == 1:
                return Search(next(iter(best.values())), parts=tuple(parts))
            candidates |= best or {one.path: one for one in named}
        return Search(None, tuple(candidates.values()))

    def _look_through(self) -> dict[str, list[OutsideFile]]:
        found: dict[str, list[OutsideFile]] = {}
        number, most = 0, current_limits().members
        for folder in self._folders:
            for file in _files_in(folder):
                number += 1
                if number > most:
                    raise InputError(
                        f"The folder holds more than {most:,} files.",
                        where=str(folder),
                        remedy=f"Give the folder with the recordings itself, or add --limit members={2 * most}.",
                    )
                outside = _outside_file(file, folder, self.opened)
                if outside is not None:
                    found.setdefault(outside._parts[-1], []).append(outside)
        return found


_current: ContextVar[MediaRoot | None] = ContextVar("media_root", default=None)


def current_media_root() -> MediaRoot | None:
    """Where files outside the project are looked for; None: nowhere."""
    return _current.get()


def opened_outside() -> list[Path]:
    """The files outside the project that were read, sorted."""
    root = current_media_root()
    return sorted(root.opened) if root is not None else []


def set_media_root(*folders: Path) -> None:
    """From now on files outside the project are looked for in these folders.

    Raises:
        UsageError: one of them is no folder.
    """
    _current.set(MediaRoot(*folders) if folders else None)


@contextlib.contextmanager
def media_root(*folders: str | Path) -> Iterator[None]:
    """Everything in the block may read files of sources that lie in these folders.

    Raises:
        UsageError: one of them is no folder.
    """
    token = _current.set(MediaRoot(*map(Path, folders)) if folders else None)
    try:
        yield
    finally:
        _current.reset(token)


def _files_in(folder: Path) -> Iterator[Path]:
    for root, folders, names in os.walk(folder):  # does not follow links to folders
        folders[:] = sorted(name for name in folders if Path(root, name).resolve().is_relative_to(folder))
        yield from (Path(root, name) for name in sorted(names))


def _outside_file(file: Path, folder: Path, opened: set[Path]) -> OutsideFile | None:
    """A file of the list; None: no file, or a link that leads out of the folder."""
    try:
        real = file.resolve(strict=True) if file.is_symlink() else file
        status = real.lstat()
        shown = file.relative_to(folder).as_posix()
        shown.encode()
    except (OSError, RuntimeError, ValueError):  # a link to nothing or to itself, a name that is no text
        return None
    if not stat.S_ISREG(status.st_mode) or not real.is_relative_to(folder):
        return None
    parts = tuple(map(_folded, file.parts))
    return OutsideFile(real, shown, status.st_size, parts, len(shown.split("/")), _state_of(status), opened)


def _parts(path: str) -> list[str]:
    """The folders of a path and its name; ``..`` takes one away, as far as there is one."""
    parts: list[str] = []
    for part in path.replace("\\", "/").split("/"):
        if part == "..":
            del parts[-1:]
        elif part not in ("", "."):
            parts.append(_folded(part))
    return parts


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def _state_of(status: os.stat_result) -> _State:
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns
