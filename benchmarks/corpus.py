"""How a corpus is built, as ratios in one run: `python -m benchmarks.corpus [--projects N] [--times N] [--folder DIR]`.

Single projects, read one after the other in one process, are what the engines are compared with. Wall times mean
something on an idle machine only; processor times stand beside them and hold on a busy one too.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.corpora import make_corpus

_READ = """
import sys
from pathlib import Path
from qdpx_compassion.refi.reader import read_project
for path in sorted(Path(sys.argv[1]).rglob("*.qdpx")):
    read_project(path)
"""


@dataclass(frozen=True, slots=True)
class Run:
    """What a run took: seconds by the clock, seconds of processors, peak memory of the largest process in MB."""

    wall: float
    cpu: float
    megabytes: float


def run(*command: object) -> Run:
    """Run a command with the processes that it starts."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    # a shell of its own between, so that the peak of this run alone is seen
    code = (
        "import resource, subprocess, sys; code = subprocess.call(sys.argv[1:], stdout=subprocess.DEVNULL); "
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss); sys.exit(code)"
    )
    done = subprocess.run([sys.executable, "-c", code, *map(str, command)], check=True, capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Run(time.perf_counter() - start, cpu, int(done.stdout.split()[-1]) / 1024)


def build(projects: Path, target: Path, *options: object, keep: bool = False) -> Run:
    """Build a corpus with the program's command."""
    if not keep:
        shutil.rmtree(target, ignore_errors=True)
    return run(sys.executable, "-m", "qdpx_compassion", "corpus", "build", projects, "-o", target, "--json", *options)


def median(runs: list[Run]) -> Run:
    """The middle of several runs, each figure by itself; of memory the most."""
    walls, cpus = (statistics.median(getattr(one, name) for one in runs) for name in ("wall", "cpu"))
    return Run(walls, cpus, max(one.megabytes for one in runs))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--projects", type=int, default=1000)
    options.add_argument("--times", type=int, default=3)
    options.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "qdpx-compassion-corpus")
    given = options.parse_args()
    projects, target = given.folder / f"projects-{given.projects}", given.folder / "corpus"
    made = make_corpus(projects, given.projects)
    size = sum(path.stat().st_size for path in made)
    largest = max(made, key=lambda path: path.stat().st_size)
    runs: dict[str, list[Run]] = {}
    for _ in range(given.times):  # in turns, so that what else the machine does falls on all of them
        runs.setdefault("single", []).append(run(sys.executable, "-c", _READ, projects))
        runs.setdefault("one", []).append(build(projects, target, "--workers", 1))
        runs.setdefault("two", []).append(build(projects, target, "--workers", 2))
        runs.setdefault("again", []).append(build(projects, target, "--workers", 2, keep=True))
        runs.setdefault("dask", []).append(build(projects, target, "--engine", "dask", "--workers", 2))
    alone = given.folder / "largest"
    shutil.rmtree(alone, ignore_errors=True)
    alone.mkdir()
    shutil.copy(largest, alone)
    memory = build(alone, given.folder / "corpus-largest", "--workers", 1).megabytes
    single, one, two, again, dask = (median(runs[name]) for name in ("single", "one", "two", "again", "dask"))
    print(f"{len(made):,} projects, {size / 1e6:,.0f} MB, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")
    for name, figures in (("single projects", single), ("one process", one), ("two processes", two),
                          ("again, nothing changed", again), ("Dask, two workers", dask)):  # fmt: skip
        print(f"{name:24} {figures.wall:8.1f} s {figures.cpu:8.1f} s of processors {figures.megabytes:6.0f} MB")
    print(f"two processes to one:      {one.wall / two.wall:.2f} (at least 1.7)")
    print(f"two to single projects:    {single.wall / two.wall / 2:.2f} a process (at least 0.8)")
    print(f"  by processor time:       {single.cpu / two.cpu:.2f}")
    print(f"Dask to two processes:     {two.wall / dask.wall:.2f} (at least 0.8)")
    print(f"nothing changed:           {again.wall / two.wall:.1%} of the first build (at most 3 %)")
    print(f"memory of a worker:        {two.megabytes:.0f} MB; with the largest project alone {memory:.0f} MB")


if __name__ == "__main__":
    main()
