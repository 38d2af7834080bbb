"""What is measured in a process of its own beside the program's commands: `python -m benchmarks.jobs NAME FILE…`."""

from __future__ import annotations

import itertools
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path


def read(project: str) -> None:
    """Everything into tables."""
    from qdpx_compassion.refi.reader import read_project

    read_project(Path(project))


def dump(workbook: str, target: str) -> None:
    """The cells of a workbook into a file that ``cells`` reads quickly."""
    import pickle

    import openpyxl

    sheets = openpyxl.load_workbook(workbook, read_only=True).worksheets
    cells = [(sheet.title, [list(row) for row in sheet.iter_rows(values_only=True)]) for sheet in sheets]
    Path(target).write_bytes(pickle.dumps(cells))


def cells(pickled: str, target: str) -> None:
    """The cells of a workbook with openpyxl's write-only mode, without any style: the workbook's floor."""
    import pickle

    import openpyxl

    plain = openpyxl.Workbook(write_only=True)
    for title, rows in pickle.loads(Path(pickled).read_bytes()):  # noqa: S301 - made by ``dump`` a moment ago
        sheet = plain.create_sheet(title)
        for row in rows:
            sheet.append(row)
    plain.save(target)


def copy(project: str, target: str, sync: str = "") -> None:
    """What `cp` does; with ``sync`` the bytes lie on the disk in the end, as those of every project that we write."""
    shutil.copyfile(project, target)
    if sync:
        with Path(target).open("rb+") as file:
            os.fsync(file.fileno())


def libraries() -> None:
    """What the main job imports, and nothing done with it."""
    import click  # noqa: F401
    import lxml.etree  # noqa: F401
    import openpyxl  # noqa: F401
    import pandas  # noqa: F401


_Places = tuple[list[int], list[int]]


def _texts(other: float) -> list[tuple[str, _Places, _Places]]:
    """Texts, places in each in code points, and the same places in UTF-16 units."""
    import random

    from benchmarks.projects import _Maker

    maker, random_places = _Maker(3, 1, 50_000, 1, 1, other), random.Random(5)
    made = []
    for _ in range(20):
        text = maker.text()
        starts = [random_places.randrange(49_000) for _ in range(5_000)]
        ends = [start + random_places.randint(5, 260) for start in starts]
        units = list(itertools.accumulate((1 + (character > "\uffff") for character in text), initial=0))
        made.append((text, (starts, ends), ([units[one] for one in starts], [units[one] for one in ends])))
    return made


def slices(other: str) -> None:
    """A million slices of texts that are decoded already: the floor of quoting."""
    for text, (starts, ends), _ in _texts(float(other)):
        for _ in range(10):
            for start, end in zip(starts, ends, strict=True):
                text[start:end]


def quotations(other: str) -> None:
    """The same slices by their UTF-16 positions."""
    from qdpx_compassion.refi.text import PositionedText, TextReading

    for text, _, (starts, ends) in _texts(float(other)):
        positioned = PositionedText(text, TextReading("utf16"))
        for _ in range(10):
            firsts, lasts, _ = positioned.spans(starts, ends)
            for first, last in zip(firsts, lasts, strict=True):
                text[first:last]


JOBS: dict[str, Callable[..., None]] = {
    job.__name__: job for job in (read, dump, cells, copy, libraries, slices, quotations)
}

if __name__ == "__main__":
    JOBS[sys.argv[1]](*sys.argv[2:])
