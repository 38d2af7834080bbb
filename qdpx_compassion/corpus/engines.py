"""Where the work is done: in processes of this computer, or on a Dask cluster. Both call the same functions."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import as_completed
from contextlib import ExitStack
from multiprocessing import get_context
from typing import Any, Protocol, Self, TypeVar

from qdpx_compassion.corpus.needs import need
from qdpx_compassion.errors import UsageError
from qdpx_compassion.not_there import not_there

Job = TypeVar("Job")
Result = TypeVar("Result")


class Died(Exception):
    """The process that did a job ended before the job was done: it was killed, or the system's memory ran out."""


class Engine(Protocol):
    """Runs a function on jobs. Use as a context manager: what it started ends with the block."""

    workers: int

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...

    def start(self) -> None:
        """Begin to start what will do the work, without waiting for it; otherwise the first ``run`` does."""
        ...

    def run(self, function: Callable[[Job], Result], jobs: Sequence[Job]) -> Iterator[tuple[Job, Result | Died]]:
        """The jobs with their results, as they get done; an error of the function is raised here."""
        ...


class Local:
    """Processes of this computer. A process that dies costs the job that it was at, nothing else.

    Args:
        workers: how many; None: one for each processor.
    """

    def __init__(self, workers: int | None = None) -> None:
        self.workers = workers or _processors()
        self._pool: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.stop()
            self._pool.join()
            self._pool = None

    def start(self) -> None:
        """See ``Engine.start``."""
        if self._pool is None:
            # spawned: a fork would take over locks of threads that pyarrow has running
            self._pool = need("pebble").ProcessPool(self.workers, initializer=_prepare, context=get_context("spawn"))
            self._pool.schedule(_nothing)  # its processes are started with the first job

    def run(self, function: Callable[[Job], Result], jobs: Sequence[Job]) -> Iterator[tuple[Job, Result | Died]]:
        """See ``Engine.run``."""
        if not jobs:
            return
        pebble = need("pebble")
        self.start()
        futures = {self._pool.schedule(function, args=[job]): job for job in jobs}
        for future in as_completed(list(futures)):
            job = futures.pop(future)
            try:
                yield job, future.result()
            except pebble.ProcessExpired as error:
                yield job, Died(str(error))


def _nothing() -> None:
    """Do nothing, in a process that is there then."""


def _prepare() -> None:
    """In each process: one thread, because the other processors have processes of their own."""
    import pyarrow as pa

    import qdpx_compassion.refi.reader  # noqa: F401 (modules that come between a project's rows keep their memory)

    with not_there("pandas"):  # pyarrow looks for it at its first array: 0.2 s and 35 MB that lists do not need
        pa.array([0])
    pa.set_cpu_count(1)
    pa.set_io_thread_count(1)
    # many small tables come and go; here the system's own memory takes a twentieth less time, and a fifth less space
    pa.set_memory_pool(pa.system_memory_pool())


class Dask:
    """A Dask cluster: one that exists, or processes of this computer.

    Args:
        scheduler: its address, such as ``tcp://10.0.0.1:8786``; None: a cluster of this computer's processes.
        workers: how many processes, where there is no address.
    """

    def __init__(self, scheduler: str | None = None, workers: int | None = None) -> None:
        self.workers = workers or _processors()
        self._scheduler = scheduler
        self._stack = ExitStack()
        self._client: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def start(self) -> None:
        """See ``Engine.start``."""
        if self._client is None:
            distributed = need("distributed")
            cluster = self._scheduler or self._stack.enter_context(self._cluster(distributed))
            self._client = self._stack.enter_context(self._connected(distributed, cluster))
            if not self._scheduler:  # the workers of another cluster have work of other people, too
                self._client.run(_prepare)

    def run(self, function: Callable[[Job], Result], jobs: Sequence[Job]) -> Iterator[tuple[Job, Result | Died]]:
        """See ``Engine.run``."""
        if not jobs:
            return
        distributed = need("distributed")
        self.start()
        futures = {self._client.submit(function, job, pure=False): job for job in jobs}
        for future in distributed.as_completed(list(futures)):
            job = futures.pop(future)
            try:
                yield job, future.result()
            except distributed.KilledWorker as error:
                yield job, Died(str(error))
            future.release()

    def _connected(self, distributed: Any, cluster: Any) -> Any:
        try:
            return distributed.Client(cluster)
        except (OSError, ValueError) as error:
            raise UsageError(
                "No Dask scheduler answers there.",
                where=str(cluster),
                remedy="Give the address that 'dask scheduler' shows when it starts, such as tcp://10.0.0.1:8786.",
            ) from error

    def _cluster(self, distributed: Any) -> Any:
        """Processes of this computer; no page for a browser, and nothing that other computers reach."""
        return distributed.LocalCluster(
            n_workers=self.workers, threads_per_worker=1, dashboard_address=None, host="127.0.0.1"
        )


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
