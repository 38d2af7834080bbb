"""Commands run in turn, in one run: seconds and peak memory of each, and the median of the ratios of the pairs."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

Command = Sequence[str]


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a command: wall seconds, CPU seconds of the process, peak memory in MB."""

    seconds: float
    cpu: float
    megabytes: float


@dataclass(slots=True)
class Pairs:
    """Runs of two commands in turn."""

    ours: list[Run] = field(default_factory=list)
    theirs: list[Run] = field(default_factory=list)

    @property
    def ratio(self) -> float:
        """Median of wall time over wall time, pair by pair."""
        return statistics.median(a.seconds / b.seconds for a, b in zip(self.ours, self.theirs, strict=True))

    @property
    def cpu_ratio(self) -> float:
        """The same of CPU time; on a busy machine it says more."""
        return statistics.median(a.cpu / b.cpu for a, b in zip(self.ours, self.theirs, strict=True))

    @property
    def megabytes(self) -> float:
        """The largest peak of ours."""
        return max(run.megabytes for run in self.ours)


def run(command: Command) -> Run:
    """Run a command to its end.

    Raises:
        SystemExit: it failed; what it said goes with it.
    """
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    said = process.stdout.read() if process.stdout else b""
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)}\n{said.decode(errors='replace')}")
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / unit)


def pairs(ours: Command, theirs: Command, times: int, large: Sequence[Path] = ()) -> Pairs:
    """Run two commands in turn, so that what else the machine does meets both.

    Args:
        ours: a command. theirs: the one that it is compared with.
        times: how often.
        large: files that they write and that disturb what comes after: they are taken away before each run.
    """
    result = Pairs()
    for _ in range(times):
        for command, runs in ((theirs, result.theirs), (ours, result.ours)):
            for path in large:
                path.unlink(missing_ok=True)
            if large:
                os.sync()
            runs.append(run(command))
    return result
