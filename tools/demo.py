"""The main job on a sample project, command by command: ``make demo``, or ``python tools/demo.py``.

Leaves mapping.xlsx, enriched.qdpx and summary.xlsx in demo/.
"""

import subprocess
import sys
from pathlib import Path

from openpyxl import load_workbook

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "sample_projects" / "values-study"
PROJECT, DECISIONS = SAMPLE / "values-study-nvivo.qdpx", SAMPLE / "mapping.csv"
OUT = ROOT / "demo"
MAPPING, ENRICHED, SUMMARY = OUT / "mapping.xlsx", OUT / "enriched.qdpx", OUT / "summary.xlsx"

OPEN = f"""
Done. In {OUT.name}/ you find
  {MAPPING.name:14} the decisions, code by code: open it in Excel or LibreOffice
  {ENRICHED.name:14} the project with the framework: import it into NVivo, ATLAS.ti, MAXQDA, …
  {SUMMARY.name:14} who values what, by element of compassion: open it in Excel or LibreOffice
The interviews are invented. With your own project: README.md, "The main job".
"""


def main() -> None:
    """Do the job; stop at the first command that fails."""
    OUT.mkdir(exist_ok=True)
    for output in (MAPPING, ENRICHED, SUMMARY):
        output.unlink(missing_ok=True)
    run("What is in the project?", "show", PROJECT)
    run("The workbook in which the team decides, with its decisions filled in.",
        "mapping", "update", PROJECT, DECISIONS, "-o", MAPPING)  # fmt: skip
    print("\n# On its sheet Participants, as one does in Excel: a label for reports and a group for each person.")
    fill_in_people(MAPPING)
    run("Is every cell understood, every code decided?", "mapping", "check", PROJECT, MAPPING)
    run("The project with the framework in it, and the tables for co-authors.",
        "enrich", PROJECT, MAPPING, "-o", ENRICHED, "--summary", SUMMARY)  # fmt: skip
    print(OPEN, end="")


def run(why: str, *arguments: str | Path) -> None:
    """Show a command, and run it."""
    shown = [item.relative_to(ROOT).as_posix() if isinstance(item, Path) else item for item in arguments]
    print(f"\n# {why}\n$ qdpx-compassion {' '.join(shown)}", flush=True)
    done = subprocess.run([sys.executable, "-m", "qdpx_compassion", *shown], cwd=ROOT, check=False)
    if done.returncode:
        sys.exit(done.returncode)


def fill_in_people(workbook: Path) -> None:
    """Labels and groups from the sample's names: “P01 Hanneke, client” is “P01, client”, of the group client."""
    book = load_workbook(workbook)
    sheet = book["Participants"]
    columns = {str(cell.value): number for number, cell in enumerate(sheet[1], start=1)}
    for row in range(2, sheet.max_row + 1):
        name = str(sheet.cell(row, columns["Participant"]).value or "")
        person, _, role = name.partition(", ")
        sheet.cell(row, columns["Label for reports"]).value = f"{person.split()[0]}, {role}"
        sheet.cell(row, columns["Group"]).value = "client" if role == "client" else "professional"
    book.save(workbook)


if __name__ == "__main__":
    main()
