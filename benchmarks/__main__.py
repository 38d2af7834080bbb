"""Run, print the table, write RESULTS.md: `python -m benchmarks`; `--help` tells the options."""

from __future__ import annotations

import argparse
import datetime as dt
import os
import platform
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

from benchmarks.cases import Bench, Case, full, job, quick
from benchmarks.measure import Pairs, pairs, run
from benchmarks.peers import PEERS, environment

_HERE = Path(__file__).parent
_MILLION = "1,000,000"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quick", action="store_true", help="small projects, one pair each, no peers")
    options.add_argument("--times", type=int, help="pairs of runs of each case (5; 1 when quick)")
    options.add_argument("--only", default="", help="cases whose name holds this")
    options.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "qdpx-compassion-bench")
    options.add_argument("--no-peers", action="store_true")
    options.add_argument("--no-million", action="store_true", help="leave out the cases with a million selections")
    given = options.parse_args()
    bench, times = Bench(given.folder), given.times or (1 if given.quick else 5)
    rows: list[str] = []
    for case in quick(bench) if given.quick else full(bench):
        if given.only in case.name and not (given.no_million and _MILLION in case.name):
            rows.append(_row(case, _measured(case, times)))
            print(rows[-1], flush=True)
    peers = [] if given.quick or given.no_peers or given.only else _peers(bench)
    if not given.quick and not given.only:
        (_HERE / "RESULTS.md").write_text(_report(rows, peers, times), encoding="utf-8")
        print(f"Wrote {_HERE / 'RESULTS.md'}.")


def _said() -> list[str]:
    """The options of this run, without the folder."""
    return [word for word in sys.argv[1:] if "/" not in word and word != "--folder"]


def _measured(case: Case, times: int) -> Pairs:
    if case.name.startswith(("strip", "summarise")):  # what they are compared with is made of what comes before
        _prepare(case)
    return pairs(case.ours, case.theirs, times if _MILLION not in case.name else min(times, 3), case.large)


def _prepare(case: Case) -> None:
    if case.name.startswith("summarise"):
        run(case.ours)
        workbook = Path(case.ours[case.ours.index("-o") + 1])
        run(job("dump", workbook, workbook.with_suffix(".pickle")))


def _row(case: Case, measured: Pairs) -> str:
    seconds = sorted(each.seconds for each in measured.ours)[len(measured.ours) // 2]
    memory = f"{measured.megabytes:,.0f} MB" + (f" of {case.megabytes:,.0f}" if case.megabytes else "")
    kept = measured.ratio <= case.ratio and (case.megabytes is None or measured.megabytes <= case.megabytes)
    return (
        f"| {case.name} | {case.against} | {measured.ratio:.2f} | {measured.cpu_ratio:.2f} | {case.ratio:.1f} "
        f"| {seconds:.2f} s | {memory} | {'yes' if kept else '**no**'} |"
    )


def _peers(bench: Bench) -> list[str]:
    project, rows = bench.project(100_000), []
    for peer in PEERS:
        if executable := environment(peer, bench.folder / "peers"):
            try:
                with tempfile.TemporaryDirectory(dir=bench.folder) as scratch:
                    measured = pairs(job("read", project), [executable, "-c", peer.reads, str(project), scratch], 1)
            except SystemExit as error:
                print(error)
                rows.append(f"| {peer.name} {peer.version} | fails with Python {platform.python_version()} | | |")
                continue
            theirs = measured.theirs[0]
            rows.append(
                f"| {peer.name} {peer.version} | {theirs.seconds:.1f} s | {theirs.megabytes:,.0f} MB "
                f"| {1 / measured.ratio:.1f} |"
            )
            print(rows[-1], flush=True)
    return rows


def _report(rows: list[str], peers: list[str], times: int) -> str:
    packages = ", ".join(
        f"{name} {version(name)}" for name in ("qdpx-compassion", "lxml", "openpyxl", "pandas", "click")
    )
    head = [
        "# Results",
        "",
        f"{dt.date.today().isoformat()}, {platform.system()} {platform.machine()}, {os.cpu_count()} cores, "
        f"Python {platform.python_version()}, {packages}.",
        "",
        f"`python -m benchmarks{''.join(f' {word}' for word in _said())}`: "
        f"{times} pairs of runs of each case, in turn (3 with a million selections). Ratio is the median "
        "of wall time over wall time; beside it the same of CPU time, which says more on a busy machine.",
        *([] if any(_MILLION in row for row in rows) else ["The cases with a million selections were left out."]),
        "",
        "| What | Against | Ratio | CPU | Allowed | Ours | Peak memory | Kept |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
        *rows,
    ]
    others = ["", "## Others, reading 100,000 selections", "", "| Package | Time | Peak memory | Times ours |",
              "| --- | --- | --- | --- |", *peers]  # fmt: skip
    return "\n".join([*head, *(others if peers else []), ""])


if __name__ == "__main__":
    main()
