"""A member as a file that can be read again from its start, for those who want a file: nothing is copied anywhere."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

from qdpx_compassion.files.project_files import Member, ProjectFiles

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer


class ReadAgain(io.RawIOBase):
    """Reads a member within its limits; goes back by beginning anew.

    Args:
        files: the project's files, open.
        member: what is read.
        limit: so many bytes at most.
    """

    def __init__(self, files: ProjectFiles, member: Member, limit: int) -> None:
        super().__init__()
        self._files, self._member, self._limit = files, member, limit
        self._chunks: Iterator[bytes] = iter(())
        self._left = b""
        self._at = 0
        self.seek(0)

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is, to its start and to its end."""
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        """Read what comes next; raises InputError where the member is damaged."""
        view = memoryview(buffer).cast("B")
        if not self._left:
            self._left = next(self._chunks, b"")
        taken = self._left[: len(view)]
        view[: len(taken)] = taken
        self._left = self._left[len(taken) :]
        self._at += len(taken)
        return len(taken)

    def tell(self) -> int:
        """How many bytes were read."""
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        """Go to the start or to the end; raises OSError for any place between."""
        if offset or whence == os.SEEK_CUR:
            raise OSError("only the start and the end can be sought")
        self._left = b""
        end = whence == os.SEEK_END
        self._chunks = iter(()) if end else self._files.chunks(self._member, self._limit)
        self._at = self._member.size if end else 0
        return self._at
