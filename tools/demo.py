"""The main job on a sample project, command by command: ``make demo``, or ``python tools/demo.py``.

Leaves mapping.xlsx, enriched.qdpx and summary.xlsx in demo/.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "sample_projects" / "first-steps"
PROJECT, DECISIONS = SAMPLE / "first-steps.qdpx", SAMPLE / "mapping.csv"
OUT = ROOT / "demo"
MAPPING, ENRICHED, SUMMARY = OUT / "mapping.xlsx", OUT / "enriched.qdpx", OUT / "summary.xlsx"

STEPS: tuple[tuple[str, tuple[str | Path, ...]], ...] = (
    ("What is in the project?", ("show", PROJECT)),
    (
        "A workbook in which the team decides; the sample's decisions are filled in.",
        ("mapping", "update", PROJECT, DECISIONS, "-o", MAPPING),
    ),
    ("Is every cell understood, every code decided?", ("mapping", "check", PROJECT, MAPPING)),
    (
        "The project with the framework in it, and the tables for co-authors.",
        ("enrich", PROJECT, MAPPING, "-o", ENRICHED, "--summary", SUMMARY),
    ),
)

OPEN = f"""
Done. In {OUT.name}/ you find
  {MAPPING.name:14} the decisions, code by code: open it in Excel or LibreOffice
  {ENRICHED.name:14} the project with the framework: import it into NVivo, ATLAS.ti, MAXQDA, …
  {SUMMARY.name:14} who values what, by element of compassion: open it in Excel or LibreOffice
The interviews are invented. With your own project: README.md, "The main job".
"""


def _shown(argument: str | Path) -> str:
    return argument.relative_to(ROOT).as_posix() if isinstance(argument, Path) else argument


def main() -> int:
    """Run the steps; stop at the first that fails."""
    OUT.mkdir(exist_ok=True)
    for output in (MAPPING, ENRICHED, SUMMARY):
        output.unlink(missing_ok=True)
    for why, arguments in STEPS:
        shown = [_shown(argument) for argument in arguments]
        print(f"\n# {why}\n$ qdpx-compassion {' '.join(shown)}", flush=True)
        status = subprocess.run([sys.executable, "-m", "qdpx_compassion", *shown], cwd=ROOT, check=False).returncode
        if status:
            return status
    print(OPEN, end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
