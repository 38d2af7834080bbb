"""Every command on one hostile project, in a process of its own with bounds of memory and time.

``python tests/support/bounded.py PROJECT FOLDER COMMAND …`` runs the commands one after the other and prints a line of
JSON for each: how it ended, what it said, how long it took and the most memory so far.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from command_line import FIRST_STEPS, environment, run

#: Address space that a run may take, in bytes: pandas, pyarrow and OpenBLAS map about 1.5 GB before they do anything.
MEMORY = 4 << 30
#: A mapping of the codes of ``small_project``.
MAPPING = Path(__file__).with_name("hostile-mapping.csv")
#: A list of names, for a shared copy.
NAMES = Path(__file__).with_name("hostile-names.csv")
#: Seconds that all commands together may take.
SECONDS = 60

#: What a hostile file may make the program do: nothing of this.
FORBIDDEN = (
    "socket.",
    "subprocess.Popen",
    "os.system",
    "os.exec",
    "os.posix_spawn",
    "webbrowser.open",
    "ctypes.dlopen",
)
#: Commands that between them read everything, for the quick form of a test.
QUICK = ("show", "validate", "enrich", "convert csv")
#: Every command that opens a project: name → its arguments, where PROJECT and OUT/… stand for the paths.
COMMANDS: dict[str, tuple[str, ...]] = {
    "show": ("show", "PROJECT", "--json", "--findings"),
    "validate": ("validate", "PROJECT", "--strict", "--junit", "OUT/findings.xml", "--sarif", "OUT/findings.sarif"),
    "repair": ("repair", "PROJECT", "-o", "OUT/repaired", "--assume", "--drop-unknown"),
    "mapping new": ("mapping", "new", "PROJECT", "-o", "OUT/mapping.xlsx"),
    "mapping check": ("mapping", "check", "PROJECT", "MAPPING"),
    "mapping update": ("mapping", "update", "PROJECT", "MAPPING", "-o", "OUT/updated.xlsx"),
    "mapping compare": (
        "mapping", "compare", "MAPPING", "MAPPING", "--project", "PROJECT", "-o", "OUT/compared.xlsx"
    ),
    "enrich": ("enrich", "PROJECT", "MAPPING", "-o", "OUT/enriched"),
    "strip": ("strip", "PROJECT", "-o", "OUT/stripped"),
    "summarise": ("summarise", "PROJECT", "-o", "OUT/summary.xlsx"),
    "convert xlsx": ("convert", "PROJECT", "OUT/study.xlsx"),
    "convert csv": ("convert", "PROJECT", "OUT/tables", "--to", "csv"),
    "convert qdpx": ("convert", "PROJECT", "OUT/new.qdpx"),
    "convert json": ("convert", "PROJECT", "OUT/study.json"),
    "convert sqlite": ("convert", "PROJECT", "OUT/study.db"),
    "convert parquet": ("convert", "PROJECT", "OUT/parquet", "--to", "parquet"),
    "convert jsonld": ("convert", "PROJECT", "OUT/study.jsonld"),
    "convert taguette": ("convert", "PROJECT", "OUT/study.sqlite3", "--to", "taguette"),
    "convert qualcoder": ("convert", "PROJECT", "OUT/study.qda"),
    "convert html": ("convert", "PROJECT", "OUT/coded.html"),
    "convert md": ("convert", "PROJECT", "OUT/coded.md"),
    "convert graphml": ("convert", "PROJECT", "OUT/codes.graphml"),
    "convert for": ("convert", "PROJECT", "OUT/for-nvivo.qdpx", "--for", "nvivo"),
    "summarise html": ("summarise", "PROJECT", "-o", "OUT/summary.html"),
    "summarise docx": ("summarise", "PROJECT", "-o", "OUT/summary.docx"),
    "summarise md": ("summarise", "PROJECT", "-o", "OUT/summary.md"),
    "summarise tex": ("summarise", "PROJECT", "-o", "OUT/summary.tex"),
    "targets": ("targets", "PROJECT"),
    "share names": ("share", "PROJECT", "-o", "OUT/names.xlsx"),
    "share": ("share", "PROJECT", "-o", "OUT/shared.qdpx", "--names", str(NAMES)),
    "start": ("start", "PROJECT", "--yes", "--folder", "OUT/", "--mapping", "MAPPING"),
    "diff": ("diff", str(FIRST_STEPS), "PROJECT", "-o", "OUT/differences.xlsx"),
    "merge": ("merge", str(FIRST_STEPS), "PROJECT", "-o", "OUT/merged.qdpx"),
    "agreement": ("agreement", "PROJECT", "-o", "OUT/agreement.xlsx"),
}  # fmt: skip
#: Commands that read a workbook that people filled in; MAPPING stands for it.
OF_WORKBOOKS: dict[str, tuple[str, ...]] = {
    "names": ("share", "PROJECT", "-o", "OUT/named.qde", "--names", "MAPPING"),
    "tables": ("convert", "MAPPING", "OUT/tables.qdpx", "--from", "xlsx"),
    "segments": ("convert", "MAPPING", "OUT/segments.qdpx", "--from", "maxqda-segments"),
    "codes": ("convert", "MAPPING", "OUT/codes.qdc", "--from", "maxqda-codes"),
    "changes": ("convert", "MAPPING", "OUT/changed.qde", "--against", "PROJECT", "--dry-run"),
    "compared": ("mapping", "compare", "MAPPING", "MAPPING", "--project", "PROJECT"),
}


@dataclass(frozen=True)
class Bounded:
    """How one command ended: exit code, what it printed, processor seconds, most memory of the process so far in MB."""

    command: str
    code: int
    out: str
    err: str
    seconds: float
    memory: int


def run_all(
    project: Path,
    folder: Path,
    commands: Iterable[str] = COMMANDS,
    *,
    mapping: Path = MAPPING,
    memory: int = MEMORY,
    seconds: float = SECONDS,
    **variables: str,
) -> list[Bounded]:
    """Run commands on a project in one process within bounds.

    Args:
        project: the hostile file.
        folder: an empty folder for outputs.
        commands: keys of ``COMMANDS`` or ``OF_WORKBOOKS``.
        mapping: a mapping of the project's codes.
        memory: address space in bytes.
        seconds: for all commands together.
        variables: of the environment.

    Raises:
        subprocess.TimeoutExpired: it took longer.
        AssertionError: the process died.
    """
    arguments = [sys.executable, str(Path(__file__)), str(project), str(folder), str(memory), str(mapping), *commands]
    env = environment(**{"OPENBLAS_NUM_THREADS": "1", "ARROW_NUM_THREADS": "1"}, **variables)
    env["PYTHONPATH"] = os.pathsep.join([env["PYTHONPATH"], str(Path(__file__).parent)])
    done = subprocess.run(arguments, env=env, capture_output=True, check=False, timeout=seconds)  # noqa: S603
    assert done.returncode == 0, (project.name, done.returncode, done.stdout[-500:], done.stderr.decode()[-2000:])
    return [Bounded(**json.loads(line)) for line in done.stdout.splitlines()]


def _forbid(event: str, arguments: tuple[object, ...]) -> None:
    if event.startswith(FORBIDDEN) and event != "socket.gethostname":
        sys.stderr.write(f"forbidden: {event} {arguments}\n")
        os._exit(3)


def _main(project: str, folder: str, memory: str, mapping: str, *commands: str) -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (int(memory), int(memory)))
    import numpy  # noqa: F401 (loads libraries, which nothing else may do)
    import openpyxl  # noqa: F401

    sys.addaudithook(_forbid)
    suffix = Path(project).suffix if Path(project).suffix in (".qde", ".qdc") else ".qdpx"
    for name in commands:
        words = [
            word.replace("PROJECT", project).replace("MAPPING", mapping).replace("OUT/", f"{folder}/")
            for word in (COMMANDS | OF_WORKBOOKS)[name]
        ]
        words = [word + suffix if word.endswith(("/repaired", "/enriched", "/stripped")) else word for word in words]
        begin = time.process_time()  # what else the machine does is not counted; all together are bound by the clock
        ran = run(*words)
        took = time.process_time() - begin
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
        said = Bounded(name, ran.code, ran.out[:20_000], ran.err[:20_000], round(took, 2), most)
        sys.stdout.write(json.dumps(said.__dict__) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    _main(*sys.argv[1:])
