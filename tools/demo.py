"""The main job on a sample project, command by command: ``make demo``, or ``python tools/demo.py``.

Leaves mapping.xlsx, enriched.qdpx, summary.xlsx and report.html in demo/, or in the folder that is named.
"""

import subprocess
import sys
from pathlib import Path

from openpyxl import load_workbook

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "sample_projects" / "values-study"
PROJECT, DECISIONS = SAMPLE / "values-study-nvivo.qdpx", SAMPLE / "mapping.csv"
OUT = ROOT / "demo"

OPEN = """
Done. In {folder}/ you find
  mapping.xlsx   the decisions, code by code: open it in Excel or LibreOffice
  enriched.qdpx  the project with the framework: import it into NVivo, ATLAS.ti, MAXQDA, …
  summary.xlsx   who values what, by element of compassion: open it in Excel or LibreOffice
  report.html    the same as a page, with charts and all quotations: open it in your browser
The interviews are invented. With your own project: README.md, "The main job".
"""


def main(out: Path = OUT) -> None:
    """Do the job in a folder, which is made; stop at the first command that fails."""
    out.mkdir(parents=True, exist_ok=True)
    mapping, enriched, summary = out / "mapping.xlsx", out / "enriched.qdpx", out / "summary.xlsx"
    report = out / "report.html"
    for output in (mapping, enriched, summary, report):
        output.unlink(missing_ok=True)
    run("What is in the project?", "show", PROJECT)
    run("The workbook in which the team decides, with its decisions filled in.",
        "mapping", "update", PROJECT, DECISIONS, "-o", mapping)  # fmt: skip
    print("\n# On its sheet Participants the groups stand already, as the project's variable Role has them.")
    print("# Labels for reports are filled in, as one does in Excel: “P01, client” for “P01 Hanneke”.")
    fill_in_labels(mapping)
    run("Is every cell understood, every code decided?", "mapping", "check", PROJECT, mapping)
    run("The project with the framework in it, and the tables for co-authors.",
        "enrich", PROJECT, mapping, "-o", enriched, "--summary", summary)  # fmt: skip
    run("The same tables as a page, with every quotation.", "summarise", PROJECT, mapping, "-o", report)
    print(OPEN.format(folder=_shown(out)), end="")


def run(why: str, *arguments: str | Path) -> None:
    """Show a command, and run it."""
    shown = [_shown(item) if isinstance(item, Path) else item for item in arguments]
    print(f"\n# {why}\n$ qdpx-compassion {' '.join(shown)}", flush=True)
    done = subprocess.run([sys.executable, "-m", "qdpx_compassion", *shown], cwd=ROOT, check=False)
    if done.returncode:
        sys.exit(done.returncode)


def _shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else str(path)


def fill_in_labels(workbook: Path) -> None:
    """Labels from the names of the sample's interviews: “P01 Hanneke, client” is “P01, client”."""
    book = load_workbook(workbook)
    sheet = book["Participants"]
    columns = {str(cell.value): number for number, cell in enumerate(sheet[1], start=1)}
    for row in range(2, sheet.max_row + 1):
        person, _, role = str(sheet.cell(row, columns["Sources"]).value).partition(", ")
        sheet.cell(row, columns["Label for reports"]).value = f"{person.split()[0]}, {role}"
    book.save(workbook)


if __name__ == "__main__":
    main(*(Path(folder).absolute() for folder in sys.argv[1:2]))
