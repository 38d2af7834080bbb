"""The examples of the documentation: run them, compare or renew their output.

A fenced block ``console`` holds commands (lines that begin with ``$ ``) and what they print. The blocks of one page run
one after the other in a folder of their own, which holds what the page's examples start from (``STARTS``). A line
``…`` stands for any number of lines. Commands other than the program's own are shown, not run.

``python tools/examples.py`` compares, ``--write`` puts the present output into the pages.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "sample_projects" / "first-steps"
#: What an example may start from: name in the example → file.
STARTS = {
    "study.qdpx": SAMPLE / "first-steps.qdpx",
    "first-steps.qdpx": SAMPLE / "first-steps.qdpx",
    "mapping.csv": SAMPLE / "mapping.csv",
    "exports/first-steps.qdpx": SAMPLE / "first-steps.qdpx",
    "exports/values-study.qdpx": ROOT / "sample_projects" / "values-study" / "values-study-atlasti.qdpx",
    "my-framework.toml": ROOT / "docs" / "examples" / "my-framework.toml",
}
_BLOCK = re.compile(r"^( *)```console\n(.*?)^\1```$", re.DOTALL | re.MULTILINE)
_COMMAND = "$ qdpx-compassion "
_CUT = "…"


def pages() -> list[Path]:
    """The pages that hold examples, by their paths."""
    found = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    return [page for page in found if _BLOCK.search(page.read_text(encoding="utf-8"))]


def renewed(page: Path) -> str:
    """The page with the output that its examples give now; a block whose output fits stays as it is."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for start, file in STARTS.items():
            if file.exists():
                (folder / start).parent.mkdir(exist_ok=True)
                shutil.copy(file, folder / start)

        def renew(match: re.Match[str]) -> str:
            indent = match.group(1)
            lines = [line.removeprefix(indent) for line in match.group(2).splitlines()]
            new = _run_block(lines, folder)
            body = "".join(f"{indent}{line}".rstrip() + "\n" for line in new)
            return f"{indent}```console\n{body}{indent}```"

        return _BLOCK.sub(renew, page.read_text(encoding="utf-8"))


def _run_block(lines: list[str], folder: Path) -> list[str]:
    result: list[str] = []
    number = 0
    while number < len(lines):
        command = lines[number]
        number += 1
        shown: list[str] = []
        while number < len(lines) and not lines[number].startswith("$ "):
            shown.append(lines[number])
            number += 1
        result.append(command)
        if not command.startswith(_COMMAND):
            result += shown
            continue
        printed = _run(shlex.split(command.removeprefix(_COMMAND)), folder)
        result += shown if _fits(shown, printed) else printed
    return result


def _run(arguments: list[str], folder: Path) -> list[str]:
    environment = {
        **os.environ, "COLUMNS": "80", "NO_COLOR": "1", "PYTHONIOENCODING": "utf-8", "PYTHONUTF8": "1",
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "qdpx_compassion", *arguments],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    return [line.rstrip() for line in done.stdout.decode("utf-8").splitlines()]


def _fits(shown: list[str], printed: list[str]) -> bool:
    pattern = "".join("(?:.*\n)*" if line.strip() == _CUT else re.escape(line.rstrip()) + "\n" for line in shown)
    return re.fullmatch(pattern, "".join(f"{line}\n" for line in printed)) is not None


def main(*, write: bool) -> int:
    """Compare all pages, or write them; the number of pages that differed."""
    different = 0
    for page in pages():
        new = renewed(page)
        if new != page.read_text(encoding="utf-8"):
            different += 1
            print(f"{page.relative_to(ROOT).as_posix()}: {'renewed' if write else 'its examples print something else'}")
            if write:
                page.write_text(new, encoding="utf-8", newline="\n")
    return 0 if write else different


if __name__ == "__main__":
    sys.exit(main(write="--write" in sys.argv[1:]))
