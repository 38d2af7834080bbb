"""What commands share: options, groups, text and findings for people, progress."""

from __future__ import annotations

import difflib
import json
import os
import re
import shlex
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qdpx_compassion.cli.everywhere import colour, is_quiet, is_verbose
from qdpx_compassion.findings import Finding, Severity, worst
from qdpx_compassion.findings import count as count

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from qdpx_compassion.frameworks import Framework

PROJECT = click.argument("project", type=click.Path(path_type=Path))
MAPPING = click.argument("mapping", type=click.Path(path_type=Path))
FORCE = click.option("--force", is_flag=True, help="Replace the output if it exists.")
JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON, for other programs.")
READING = click.option(
    "--reading",
    metavar="WORDS",
    help="How positions are counted, where you know better than the file: utf16 or codepoints, crlf1 or crlf2, "
    "exclusive or inclusive, bom or nobom; several with commas. What you leave out stays as the program counts.",
)


def _media_root(_context: click.Context, _option: click.Parameter, folders: tuple[Path, ...]) -> None:
    from qdpx_compassion.files.media_root import set_media_root

    set_media_root(*folders)


MEDIA_ROOT = click.option(
    "--media-root",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    multiple=True,
    expose_value=False,
    callback=_media_root,
    help="Look for files outside the project in this folder; may be given several times. Without it none is looked "
    "for.",
)
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
_READABLE = 4000  # characters of a message that people may want to read
_PATIENCE = 1.0  # seconds before a progress bar appears
# Control characters, and those that turn the direction of what follows: a name in a file never steers the terminal.
_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


class Group(click.Group):
    """Commands in the order of the work, not of the alphabet; near misses are named."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (the signature is click's)
        """Names in the order in which the commands were defined."""
        return list(self.commands)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is meant, or an error that names the near one."""
        names = self.list_commands(ctx)
        if args and args[0] not in names and not args[0].startswith("-"):
            ctx.fail(self._not_a_command(ctx, args[0], names))
        return super().resolve_command(ctx, args)

    def _not_a_command(self, ctx: click.Context, written: str, names: list[str]) -> str:
        """What was written instead of a command, and what was probably meant."""
        if Path(written).suffix.lower() in (".qdpx", ".qde", ".qdc", ".xlsx") or Path(written).exists():
            first = f"{ctx.command_path} {names[0]} {shown(Path(printable(written)))}"
            return f"'{printable(written)}' is a file. Say first what to do with it, e.g.: {first}"
        groups = [(name, one) for name in names if isinstance(one := self.get_command(ctx, name), click.Group)]
        within = [f"{name} {written}" for name, group in groups if written in group.commands]
        near = within or difflib.get_close_matches(written, names, n=1)
        hint = f" Did you mean '{near[0]}'?" if near else f" The commands are: {', '.join(names)}."
        return f"There is no command '{printable(written)}'.{hint}"


class _Output(click.Path):
    """The path of a result; who leaves it out is told how it is given."""

    def __init__(self, ending: str) -> None:
        super().__init__(path_type=Path)
        self._ending = ending

    def get_missing_message(self, param: click.Parameter, ctx: click.Context | None) -> str:  # noqa: ARG002 (click's)
        """What is said beside *Missing option*."""
        return f"Say with -o where to write, e.g. -o result{self._ending}"


def output_option(what: str, *, required: bool = True) -> Callable[[Any], Any]:
    """The option -o for a file that is written.

    Args:
        what: what it is, with the ending of its name in brackets.
        required: whether nothing can be done without it.
    """
    named = re.findall(r"\(?(\.[a-z]+)\)", what)
    usual = ".qdpx" if "project" in what else ".xlsx"
    return click.option(
        "-o",
        "--output",
        type=_Output(named[0] if named else usual),
        required=required,
        metavar="FILE",
        help=f"Where to write {what}.",
    )


def load(framework: str) -> Framework:
    """The framework that an option names."""
    from qdpx_compassion.frameworks import load_framework

    return load_framework(framework)


def console(*, stderr: bool = False, always: bool = False) -> Console:
    """A console that respects --quiet, --color, NO_COLOR, FORCE_COLOR and whether this is a terminal.

    Text is printed as it is, markup or not.

    Args:
        stderr: for standard error instead of standard output.
        always: speaks under --quiet, too: for what is wrong.
    """
    from rich.console import Console

    when = colour()
    # Without a colour system there are no escape codes at all; rich's own NO_COLOR still makes text bold.
    plain = when == "never" or (when == "auto" and bool(os.environ.get("NO_COLOR")))
    return Console(
        stderr=stderr,
        highlight=False,
        markup=False,
        emoji=False,
        quiet=is_quiet() and not always,
        force_terminal=True if when == "always" else None,
        no_color=False if when == "always" else None,
        color_system=None if plain else "standard" if when == "always" else "auto",
    )


def printable(text: str) -> str:
    """The text with characters that steer a terminal shown by their symbols."""
    return _STEERING.sub(_symbol, text)


def shortened(message: str) -> str:
    """A message without the middle of what is too long to be read, such as a name of megabytes."""
    if len(message) <= _READABLE:
        return message
    half = _READABLE // 2
    return f"{message[:half]} … {message[-half:]}"


def _symbol(found: re.Match[str]) -> str:
    code = ord(found[0])
    return chr(0x2400 + code) if code < 0x20 else "\u2421" if code == 0x7F else "\ufffd"


def say(out: Console, *parts: tuple[str, str] | str, indent: int = 0, first: tuple[str, str] | None = None) -> None:
    """Print one paragraph, wrapped to the terminal, without spaces at the end of lines.

    Args:
        out: where to.
        parts: texts, or (text, style).
        indent: spaces before each line.
        first: (text, style) that stands in the indent of the first line.
    """
    from rich.text import Text

    pairs = [part if isinstance(part, tuple) else (part, "") for part in parts]
    paragraph = Text.assemble(*((printable(text), style) for text, style in pairs))
    if not out.is_terminal and not indent:
        # In a pipe a line stays a line, so that grep and scripts find it whole.
        out.print(paragraph, soft_wrap=True)
        return
    indent = min(indent, max(0, out.width - 20))
    margin = Text.assemble(first) if first else Text()
    for line in paragraph.wrap(out, max(1, out.width - indent)) or [Text()]:
        line.rstrip()
        _print_line(out, margin, line, indent)
        margin = Text()


def _print_line(out: Console, margin: Text, line: Text, indent: int) -> None:
    margin = margin.copy()
    margin.pad_right(max(0, indent - margin.cell_len))
    whole = margin + line
    whole.rstrip()
    out.print(whole, soft_wrap=True)


def print_json(value: object) -> None:
    """JSON for other programs, as UTF-8 wherever it goes, under --quiet too."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str).encode("utf-8", "replace"))


def print_findings(findings: Sequence[Finding], *, every: bool = False, hint: str = "") -> None:
    """Findings for people, the worst first, those of one kind together.

    Args:
        findings: in the order in which they were met.
        every: show each, not only the first few of a kind.
        hint: how to see those that are not shown.
    """
    out = console(always=True)
    every = every or is_verbose()
    if is_quiet():
        findings = [finding for finding in findings if finding.severity in (Severity.ERROR, Severity.WARNING)]
    groups: dict[tuple[Severity, str], list[Finding]] = {}
    for finding in findings:
        groups.setdefault((finding.severity or Severity.NOTE, finding.code), []).append(finding)
    order = list(_LOOKS)
    for (severity, code), group in sorted(groups.items(), key=lambda item: order.index(item[0][0])):
        word, style = _LOOKS[severity]
        number = f" ({len(group):,})" if len(group) > 1 else ""
        say(out, (word, style), f" {code}{number}")
        # "and 1 more" takes as much room as the one itself
        few = group if every or len(group) <= _SHOWN + 1 else group[:_SHOWN]
        for finding in few:
            where = f"{finding.where}: " if finding.where else ""
            say(out, where + shortened(finding.message), indent=2)
        if len(group) > len(few):
            say(out, f"… and {len(group) - len(few):,} more{hint}", indent=2)


def shown(path: Path) -> str:
    """A path as it can be pasted into a command."""
    text = str(path)
    if os.name == "nt":
        return text if re.fullmatch(r"[\w.:\\/-]+", text) else f'"{text}"'
    return text if re.fullmatch(r"[\w.:/-]+", text) else shlex.quote(text)


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
    if is_quiet() or not sys.stderr.isatty():  # rich would believe FORCE_COLOR
        yield lambda _: None
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    out = console(stderr=True)
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
