"""Reading and writing in threads of their own: while one chunk is worked on, others are inflated and deflated."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import IO, Self, TypeVar

Chunk = TypeVar("Chunk")
#: Bytes handed over at once: large, so that the two threads seldom wait for each other.
_BATCH = 1 << 20
_WAITING = 4


class BackgroundWriter:
    """Collects what is written and passes it on to a file in another thread.

    Use as a context manager; when the block ends, everything has been written.

    Args:
        file: takes the bytes; nobody else may write to it meanwhile.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._queue: queue.Queue[bytes | None] = queue.Queue(_WAITING)
        self._batch = bytearray()
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._work, name="deflate", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, _: object, __: TracebackType | None) -> None:
        if kind is None:
            self._queue.put(bytes(self._batch))
        self._queue.put(None)
        self._thread.join()
        if kind is None and self._error is not None:
            raise self._error

    def write(self, data: bytes) -> int:
        """Take bytes to write.

        Raises:
            OSError: what went wrong while earlier bytes were written.
        """
        if self._error is not None:
            raise self._error
        self._batch += data
        if len(self._batch) >= _BATCH:
            self._queue.put(bytes(self._batch))
            self._batch.clear()
        return len(data)

    def _work(self) -> None:
        while (batch := self._queue.get()) is not None:
            if self._error is None:
                try:
                    self._file.write(batch)
                except OSError as error:
                    self._error = error


def read_ahead(chunks: Iterable[Chunk], most: int = _WAITING) -> Iterator[Chunk]:
    """The same chunks, the next of which are read in another thread while one is worked on.

    What goes wrong there is raised here. Whoever stops early closes the iterator (a ``for`` loop that is left does),
    and reading ends.

    Args:
        chunks: iterated over in that thread alone.
        most: so many wait at most.
    """
    waiting: queue.Queue[Chunk | BaseException | None] = queue.Queue(most)
    stopped = threading.Event()

    def work() -> None:
        end: BaseException | None = None
        try:
            for chunk in chunks:
                waiting.put(chunk)
                if stopped.is_set():
                    return
        except BaseException as error:  # noqa: BLE001 - raised again in the thread that asked
            end = error
        waiting.put(end)

    thread = threading.Thread(target=work, name="inflate", daemon=True)
    thread.start()
    try:
        while (item := waiting.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item
    finally:
        stopped.set()
        while thread.is_alive():  # it may wait for room
            try:
                waiting.get(timeout=0.01)
            except queue.Empty:
                continue
        thread.join()
