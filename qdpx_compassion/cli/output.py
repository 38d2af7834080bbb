"""What commands share: options, findings for people, progress."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qdpx_compassion.findings import Finding, Severity, worst

if TYPE_CHECKING:
    from rich.console import Console

    from qdpx_compassion.frameworks import Framework

PROJECT = click.argument("project", type=click.Path(path_type=Path))
MAPPING = click.argument("mapping", type=click.Path(path_type=Path))
FORCE = click.option("--force", is_flag=True, help="Replace the output if it exists.")
JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON, for other programs.")
FRAMEWORK = click.option(
    "--framework",
    metavar="NAME|FILE",
    default="compassion",
    show_default=True,
    help="A built-in framework, or a file of your own (TOML).",
)

_LOOKS = {
    Severity.ERROR: ("Error", "bold red"),
    Severity.WARNING: ("Warning", "yellow"),
    Severity.NOTE: ("Note", "cyan"),
}
_SHOWN = 3
_PATIENCE = 1.0  # seconds before a progress bar appears


def output_option(what: str, *, required: bool = True) -> Callable[[Any], Any]:
    """The option -o for a file that is written."""
    return click.option(
        "-o",
        "--output",
        type=click.Path(path_type=Path),
        required=required,
        metavar="FILE",
        help=f"Where to write {what}.",
    )


def load(framework: str) -> Framework:
    """The framework that an option names."""
    from qdpx_compassion.frameworks import load_framework

    return load_framework(framework)


def console(*, stderr: bool = False) -> Console:
    """A console that respects NO_COLOR and whether this is a terminal."""
    from rich.console import Console

    return Console(stderr=stderr, highlight=False, soft_wrap=False)


def print_json(value: object) -> None:
    """JSON for other programs, as UTF-8 wherever it goes."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str).encode())


def print_findings(findings: Sequence[Finding], *, every: bool = False) -> None:
    """Findings for people, the worst first, those of one kind together.

    Args:
        findings: in the order in which they were met.
        every: show each, not only the first few of a kind.
    """
    from rich.markup import escape
    from rich.padding import Padding

    out = console()
    groups: dict[tuple[Severity, str], list[Finding]] = {}
    for finding in findings:
        groups.setdefault((finding.severity or Severity.NOTE, finding.code), []).append(finding)
    order = list(_LOOKS)
    for (severity, code), group in sorted(groups.items(), key=lambda item: order.index(item[0][0])):
        word, style = _LOOKS[severity]
        count = f" ({len(group)})" if len(group) > 1 else ""
        out.print(f"[{style}]{word}[/] {code}{count}")
        shown = group if every else group[:_SHOWN]
        for finding in shown:
            where = f"{finding.where}: " if finding.where else ""
            out.print(Padding(escape(where + finding.message), (0, 0, 0, 2)))
        if len(group) > len(shown):
            out.print(Padding(f"… and {len(group) - len(shown)} more", (0, 0, 0, 2)))


def shown(path: Path) -> str:
    """A path as it can be pasted into a command."""
    return f'"{path}"' if " " in str(path) else str(path)


def exit_code(findings: Sequence[Finding]) -> int:
    """1 where a finding is an error, else 0."""
    return 1 if worst(findings) is Severity.ERROR else 0


@contextmanager
def progress(path: Path, what: str, passes: int = 1) -> Iterator[Callable[[int], None]]:
    """A progress bar on stderr for what takes longer than a moment; none when stderr is no terminal.

    Args:
        path: the project, whose size is the measure.
        what: what is being done.
        passes: how often the document is read.

    Yields:
        What is told how many bytes were read.
    """
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    out = console(stderr=True)
    if not out.is_terminal:
        yield lambda _: None
        return
    bar = Progress(TextColumn(what), BarColumn(), TimeRemainingColumn(), console=out, transient=True)
    task = bar.add_task(what, total=None)
    start, state = time.monotonic(), {"done": 0, "shown": 0}
    total = _document_size(path) * passes

    def tell(count: int) -> None:
        state["done"] += count
        if not state["shown"] and time.monotonic() - start > _PATIENCE:
            state["shown"] = 1
            bar.start()
        bar.update(task, completed=state["done"], total=max(total, state["done"]))

    try:
        yield tell
    finally:
        bar.stop()


def _document_size(path: Path) -> int:
    from qdpx_compassion.errors import QdpxError
    from qdpx_compassion.files.project_files import open_project_files

    try:
        with open_project_files(path) as files:
            return files.document.size
    except QdpxError:
        return 1  # the command itself says what is wrong
