"""Which column of a program's spreadsheet is what. No file of the three programs was seen.

MAXQDA's help says what its table of coded segments holds, and scripts that read such tables name its columns;
ATLAS.ti's help names the columns of its list of quotations; NVivo's help tells of reports on codes whose columns people
choose themselves. So headings are read tolerantly: in any order and letter case, in English or German.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from qdpx_compassion.formats.code_lists import split_maxqda, split_nvivo

_BULLET = re.compile(r"^[○●•◦*\-–]\s+")
_PARAGRAPH = re.compile(r"(?:¶|\bparagraphs?|\babs(?:atz|\.)?)\s*(\d{1,7})", re.IGNORECASE)
_NUMBER = re.compile(r"\d{1,7}")
_BEFORE_NAME = re.compile(r"^D?\s*\d+\s*:\s*")


@dataclass(frozen=True)
class Layout:
    """How one program lays its segments out; headings in lower case, those that are found first come first.

    Attributes:
        origin: what the project says wrote it.
        document, group, code, text, comment, coder, date, paragraph, color: headings of the columns.
        codes_of: a cell → the codes in it, each as names from the top.
        name_of: what stands as document → its name.
    """

    origin: str
    document: tuple[str, ...]
    code: tuple[str, ...]
    text: tuple[str, ...]
    codes_of: Callable[[str], list[tuple[str, ...]]]
    name_of: Callable[[str], str]
    group: tuple[str, ...] = ()
    comment: tuple[str, ...] = ("comment", "comments", "kommentar", "kommentare")
    coder: tuple[str, ...] = ("created by", "coded by", "author", "erstellt von", "codiert von", "autor")
    date: tuple[str, ...] = ("created on", "created", "creation date", "created at", "erstellt am", "erstellt")
    paragraph: tuple[str, ...] = ()
    color: tuple[str, ...] = ()

    @property
    def columns(self) -> dict[str, tuple[str, ...]]:
        """What is read → its headings."""
        names = ("document", "group", "code", "text", "comment", "coder", "date", "paragraph", "color")
        return {name: getattr(self, name) for name in names}


def _one(split: Callable[[str], tuple[str, ...]]) -> Callable[[str], list[tuple[str, ...]]]:
    def codes_of(cell: str) -> list[tuple[str, ...]]:
        path = tuple(part for part in split(cell) if part)
        return [path] if path else []

    return codes_of


def _listed(cell: str) -> list[tuple[str, ...]]:
    """Codes of one cell, a line each; where they stand on one line, parted by semicolons."""
    lines = cell.split("\n") if "\n" in cell.strip() else cell.split(";")
    paths = (tuple(part.strip() for part in _BULLET.sub("", line.strip()).split("::")) for line in lines)
    return [path for path in paths if all(path)]


def _after_number(cell: str) -> str:
    """``3: Interview`` → ``Interview``."""
    return _BEFORE_NAME.sub("", cell.strip()) or cell.strip()


def _last_part(cell: str) -> str:
    r"""``Files\\Interviews\Interview 1`` → ``Interview 1``."""
    return cell.strip().rpartition("\\")[2].strip("<>").strip() or cell.strip()


MAXQDA = Layout(
    "MAXQDA, coded segments",
    document=("document name", "document", "dokumentname", "dokument"),
    group=("document group", "dokumentgruppe"),
    code=("code",),
    text=("segment", "coded segment", "codiertes segment"),
    codes_of=_one(split_maxqda),
    name_of=str.strip,
    paragraph=("beginning", "begin", "anfang"),
    color=("color", "colour", "farbe"),
)
ATLASTI = Layout(
    "ATLAS.ti, quotation report",
    document=("document", "dokument", "document name"),
    code=("codes", "kodes", "code"),
    text=("quotation content", "text content", "content", "zitatinhalt", "textinhalt", "inhalt"),
    codes_of=_listed,
    name_of=_after_number,
    paragraph=("reference", "start position", "start", "referenz", "position"),
)
NVIVO = Layout(
    "NVivo, coded references",
    document=("file name", "file", "source name", "source", "datei", "dateiname", "quelle"),
    code=("hierarchical name", "code name", "node name", "code", "node", "hierarchischer name", "knoten"),
    text=("coded text", "reference text", "codierter text"),
    codes_of=_one(split_nvivo),
    name_of=_last_part,
    coder=("coded by name", "coded by", "coded by initials", "user", "codiert von"),
    date=("coded on", "created on", "codiert am", "erstellt am"),
)


def paragraph_of(cell: str) -> int | None:
    """The number of the paragraph in which a segment begins, from 1; None where it is not said."""
    if _NUMBER.fullmatch(cell):
        return int(cell)
    found = _PARAGRAPH.search(cell)
    return int(found[1]) if found else None
