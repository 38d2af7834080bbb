"""What is measured against what, and how far apart the two may be."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import Command
from benchmarks.projects import make_mapping, make_project

_PYTHON = sys.executable
_HERE = Path(__file__).parent


def ours(*arguments: object) -> Command:
    """A command of the program, start-up included."""
    return [_PYTHON, "-m", "qdpx_compassion", *map(str, arguments)]


def job(*arguments: object) -> Command:
    """One of ``jobs.py``."""
    return [_PYTHON, "-m", "benchmarks.jobs", *map(str, arguments)]


def python(code: str) -> Command:
    """A line of Python."""
    return [_PYTHON, "-c", code]


@dataclass(frozen=True, slots=True)
class Case:
    """Two commands.

    Attributes:
        name: what is done. against: what it is compared with.
        ours: the commands. theirs: likewise.
        ratio: of wall times that is allowed. megabytes: peak memory that is allowed; None: not limited.
        large: see ``pairs``.
    """

    name: str
    against: str
    ours: Command
    theirs: Command
    ratio: float
    megabytes: float | None = None
    large: tuple[Path, ...] = ()


class Bench:
    """Makes the projects that are needed, once, and the cases about them.

    Args:
        folder: for projects and results; large.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def project(self, selections: int, **options: int) -> Path:
        """A project of so many selections."""
        extra = "".join(f"-{name}-{value}" for name, value in options.items())
        path = self.folder / f"project-{selections}{extra}.qdpx"
        if not path.exists():
            make_project(path.with_suffix(".part"), selections=selections, **options).replace(path)
        return path

    def mapping(self) -> Path:
        """A mapping of every code of these projects."""
        from qdpx_compassion import load_framework

        constructs = tuple(construct.id for construct in load_framework().constructs)
        return make_mapping(self.folder / "mapping.csv", constructs=constructs)

    def floor(self, project: Path) -> Command:
        """Read, parse, serialise, deflate."""
        return [_PYTHON, str(_HERE / "floor.py"), str(project), str(self.folder / "floor.qdpx")]

    def out(self, name: str) -> list[str]:
        """Where a command writes."""
        return ["-o", str(self.folder / name), "--force"]

    def large(self, selections: int) -> list[Case]:
        """Whole projects of so many selections."""
        project, mapping = self.project(selections), self.mapping()
        enriched = self.folder / f"enriched-{selections}.qdpx"
        floor, size = self.floor(project), f"{selections:,} selections"
        read_limit = 800 if selections >= 1_000_000 else None
        return [
            Case(f"enrich, {size}", "floor",
                 ours("enrich", project, mapping, *self.out(enriched.name)), floor, 0.6, 80),
            Case(f"strip, {size}", "floor of the enriched project",
                 ours("strip", enriched, *self.out("stripped.qdpx")), self.floor(enriched), 1.0, 80),
            Case(f"repair, {size}", "floor", ours("repair", project, *self.out("repaired.qdpx")), floor, 1.0),
            Case(f"share, {size}", "floor",
                 ours("share", project, *self.out("shared.qdpx"), "--names", self.names()), floor, 1.0),
            Case(f"read into tables, {size}", "floor", job("read", project), floor, 0.6, read_limit),
            Case(f"validate, {size}", "floor", ours("validate", project), floor, 1.5),
        ]  # fmt: skip

    def names(self) -> Path:
        """A list of names, none of which is in the projects."""
        path = self.folder / "names.csv"
        path.write_text("Name,Pseudonym\nWilhelmina Brandt,Mrs A\n", encoding="utf-8")
        return path

    def tables(self, selections: int) -> list[Case]:
        """The workbooks of the researchers."""
        project, mapping, summary = self.project(selections), self.mapping(), self.folder / "summary.xlsx"
        size = f"{selections:,} selections"
        return [
            Case(f"summarise, {size}", "openpyxl write-only, the same cells",
                 ours("summarise", project, mapping, *self.out(summary.name)),
                 job("cells", summary.with_suffix(".pickle"), self.folder / "cells.xlsx"), 1.3, 300),
            Case(f"mapping new, {size}", "reading", ours("mapping", "new", project, *self.out("mapping.xlsx")),
                 job("read", project), 1.5),
        ]  # fmt: skip

    def media(self, megabytes: int) -> list[Case]:
        """A project with a video."""
        project = self.project(200, sources=2, media_bytes=megabytes << 20)
        enriching = ours("enrich", project, self.mapping(), *self.out("with-media.qdpx"))
        copied, what = self.folder / "copied.qdpx", f"enrich, a video of {megabytes:,} MB"
        large = (copied, self.folder / "with-media.qdpx")
        return [
            Case(what, "copying the file and flushing it to the disk, as we do", enriching,
                 job("copy", project, copied, "sync"), 2.0, 80, large),
            Case(what, "copying the file, not flushed", enriching, job("copy", project, copied), 2.0, 80, large),
        ]  # fmt: skip

    def small(self) -> list[Case]:
        """What most people notice."""
        project, mapping = self.project(200, sources=10), self.mapping()
        click = python("import click")
        main_job = ours("enrich", project, mapping, *self.out("small.qdpx"), "--summary", self.folder / "small.xlsx")
        return [
            Case("--version", "import click", ours("--version"), click, 2.0),
            Case("--help", "import click", ours("--help"), click, 2.0),
            Case("main job with a workbook, 200 selections", "importing its libraries",
                 main_job, job("libraries"), 3.0),
            Case("a million quotations by UTF-16 positions, ASCII", "slicing",
                 job("quotations", 0), job("slices", 0), 2.0),
            Case("a million quotations by UTF-16 positions, emoji", "slicing",
                 job("quotations", 0.2), job("slices", 0.2), 2.0),
        ]  # fmt: skip


Suite = Callable[[Bench], list[Case]]


def quick(bench: Bench) -> list[Case]:
    """Under three minutes."""
    return [*bench.small(), *bench.large(20_000), *bench.media(100)]


def full(bench: Bench) -> list[Case]:
    """Everything."""
    return [*bench.small(), *bench.large(100_000), *bench.tables(77_000), *bench.media(2_000), *bench.large(1_000_000)]
