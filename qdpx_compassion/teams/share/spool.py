"""New members of the archive, kept beside the target until they are written into it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

_CHUNK = 1 << 18


class Spool:
    """A nameless private file that holds many; it is gone when the block ends.

    Args:
        folder: confidential text never lies in a shared place, so it lies beside the target.
    """

    def __init__(self, folder: Path) -> None:
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 (closed by __exit__)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, _: object, __: TracebackType | None) -> None:
        self._file.close()

    def add(self, data: bytes) -> Callable[[], Iterator[bytes]]:
        """Keep bytes.

        Returns:
            What gives them again, as often as it is called.
        """
        start = self._file.seek(0, 2)
        self._file.write(data)
        return lambda: self._chunks(start, len(data))

    def _chunks(self, start: int, length: int) -> Iterator[bytes]:
        while length:
            self._file.seek(start)
            chunk = self._file.read(min(_CHUNK, length))
            start, length = start + len(chunk), length - len(chunk)
            yield chunk
