"""Code systems in spreadsheets: what MAXQDA imports, and the codebooks that ATLAS.ti and NVivo export.

MAXQDA's form is documented by its maker: columns *Code* and *Memo*, levels of a code parted by ``>`` or a backslash.
For the other two no description with all columns was found; their headings are read tolerantly, and written as their
programs name these things. No file of the three programs was seen.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from qdpx_compassion.code_tree import Code, CodeTree
from qdpx_compassion.errors import InputError, QdpxError, UsageError
from qdpx_compassion.findings import Finding
from qdpx_compassion.formats.base import Content, FormatInfo, Loss, Progress, WriteOptions
from qdpx_compassion.formats.codes import (
    ListedCode,
    changed_names,
    code_sets,
    content_of,
    losses_beside_codes,
    refuse_without_codes,
    repeated_paths,
)
from qdpx_compassion.formats.sheets import SheetRows, first_sheets
from qdpx_compassion.formats.tabular import Field
from qdpx_compassion.formats.values import read_value
from qdpx_compassion.tables import normalise_guid

_TEXT = Field("code", "text", "")
_COLOR = re.compile("#(?:[0-9A-Fa-f]{6}|[0-9A-Fa-f]{3})")
#: Columns with the name of one set, and with the names of several.
_GROUP = re.compile(r"(code )?(group|set)( \d+)?")
_SEVERAL = re.compile(r"(code )?(groups|sets)")
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True)
class Layout:
    """How one program lays its list out.

    Attributes:
        code: headings of the column of codes, the one that is written first; in lower case. memo: of definitions.
        known_by: headings of which one must be there too, so that the list is known as this program's.
        split: a code's cell → its names from the top. join: the inverse.
        clean: a name as it can stand in such a cell.
        why: what ``clean`` changes, for people.
        colors: whether there is a column of colours. groups: whether there are columns of sets.
        counts: whether numbers of files and codings are written.
        indented: whether the level of a code is told by spaces before its name.
    """

    title: str
    code: tuple[str, ...]
    memo: tuple[str, ...]
    known_by: frozenset[str]
    split: Callable[[str], tuple[str, ...]]
    join: Callable[[Sequence[str]], str]
    clean: Callable[[str], str]
    why: str
    colors: bool = False
    groups: bool = False
    counts: bool = False
    indented: bool = False
    full_path: tuple[str, ...] = field(default=())


def _one_line(name: str) -> str:
    return _SPACES.sub(" ", name).strip()


def split_maxqda(cell: str) -> tuple[str, ...]:
    r"""``Parent > Child`` or ``Parent\Child`` → the names from the top."""
    return tuple(part.strip() for part in re.split(r"[>\\]", cell))


def _clean_maxqda(name: str) -> str:
    return _one_line(name).replace(">", "›").replace("\\", "/") or "(no name)"


def _clean_atlasti(name: str) -> str:
    return _one_line(name).replace("::", ": :").strip(":").strip() or "(no name)"


def split_nvivo(cell: str) -> tuple[str, ...]:
    r"""``Codes\\Parent\Child`` → the names without what stands before the two backslashes."""
    return tuple(part.strip() for part in cell.rpartition("\\\\")[2].split("\\"))


def _clean_nvivo(name: str) -> str:
    return _one_line(name).replace("\\", "/") or "(no name)"


_MEMOS = ("memo", "comment", "description", "definition", "comments", "code memo")

MAXQDA = Layout(
    "Code System",
    ("code", "codes"),
    ("memo", "code memo"),
    frozenset(("memo", "code memo")),
    split_maxqda,
    " > ".join,
    _clean_maxqda,
    "In MAXQDA's list > and \\ part the levels of a code; ›, / and single spaces stand for them.",
)
ATLASTI = Layout(
    "Codebook",
    ("code", "codes", "code name", "name"),
    ("comment", *_MEMOS),
    frozenset(("comment", "comments", "code group 1", "code groups", "groups", "grounded", "density")),
    lambda cell: tuple(part.strip() for part in cell.split("::")),
    "::".join,
    _clean_atlasti,
    "In this list :: parts the levels of a code; names are written with single spaces and without :: .",
    colors=True,
    groups=True,
)
NVIVO = Layout(
    "Codebook",
    ("name", "code", "node", "code name"),
    ("description", *_MEMOS),
    frozenset(("files", "references", "sources", "hierarchical name")),
    split_nvivo,
    lambda path: "    " * (len(path) - 1) + path[-1],
    _clean_nvivo,
    "In this list spaces before a name and \\ tell its level; names are written with single spaces.",
    counts=True,
    indented=True,
    full_path=("hierarchical name", "path"),
)


class CodeList:
    """A list of codes in a spreadsheet.

    Args:
        info: what is known of the format.
        layout: how it is laid out.
    """

    def __init__(self, info: FormatInfo, layout: Layout) -> None:
        self.info, self._layout = info, layout

    def recognises(self, path: Path) -> bool:
        """Whether the first rows of a sheet hold the headings."""
        if not path.is_file() or path.suffix.lower() not in self.info.extensions:
            return False
        try:
            return self._find(path)[1] is not None
        except QdpxError:
            return False

    def read(self, path: Path, progress: Progress | None = None) -> Content:  # noqa: ARG002 (lists are small)
        """Read a list, also one with more columns, in another order, or with rows above the headings."""
        findings, sheet = self._find(path)
        if sheet is None:
            raise InputError(
                f"No sheet has the headings of {self.info.name}.",
                where=str(path),
                remedy=f"Call the columns {self._layout.code[0].title()} and {self._layout.memo[0].title()}.",
            )
        return content_of(_Reading(self._layout, sheet, findings).codes(), path.name, findings)

    def _find(self, path: Path) -> tuple[list[Finding], SheetRows | None]:
        sheets, findings = first_sheets(path, lambda heads: self._fits(heads))
        return findings, next(iter(sheets), None)

    def _fits(self, headings: Sequence[str]) -> bool:
        seen = set(headings)
        named = any(heading in seen for heading in (*self._layout.code, *self._layout.full_path))
        return named and bool(seen & self._layout.known_by)

    def losses(self, content: Content) -> list[Loss]:
        """All but names, hierarchy and definitions; names that cannot be written as they are."""
        from qdpx_compassion.spreadsheets import clean_text

        refuse_without_codes(content, self.info)
        columns = ["name", "description", *(["color"] if self._layout.colors else [])]
        tree = CodeTree.of(content.project)
        paths = [tuple(map(self._layout.clean, code.path)) for code in tree]
        long = [clean_text(self._layout.join(path)).cut for path in paths]
        names = ["" if cut else path[-1] for path, cut in zip(paths, long, strict=True)]
        losses = changed_names(tree, names, self._layout.why)
        if changed := sum(_changes(code.description or "") for code in tree):
            why = "A cell holds 32,767 characters and no control characters; the rest is cut or shown by symbols."
            losses.append(Loss("codes.description", changed, why))
        losses += repeated_paths(path for path, cut in zip(paths, long, strict=True) if not cut)
        if not self._layout.groups:
            return losses + losses_beside_codes(content, columns)
        groups = _groups_of(content)
        members = {(paths[code], name) for code, named in groups.items() for name in named}
        kept = {name for _, name in members}
        losses += losses_beside_codes(content, columns, sets=len(kept), members=len(members))
        return losses + _losses_of_sets(content, kept)

    def write(self, content: Content, target: Path, options: WriteOptions) -> list[Loss]:
        """Write the list as a workbook."""
        from qdpx_compassion.spreadsheets import Column, Workbook

        if target.suffix.lower() != ".xlsx":
            raise UsageError(
                f"{self.info.name} is written as .xlsx.", where=str(target), remedy=f"Call it {target.stem}.xlsx."
            )
        losses = self.losses(content)
        tree, layout = CodeTree.of(content.project), self._layout
        groups = _groups_of(content) if layout.groups else {}
        most = max(map(len, groups.values()), default=0)
        headings = [layout.code[0].title(), layout.memo[0].title()]
        headings += ["Color"] * layout.colors + [f"Code Group {number}" for number in range(1, most + 1)]
        headings += ["Files", "References"] * layout.counts
        book = Workbook(f"Codes of {content.project.name}", folder=target.parent)
        sheet = book.sheet(
            layout.title, [Column(h, 60 if at < 2 else 15) for at, h in enumerate(headings)], max_lines=4
        )
        counts = _counts(content) if layout.counts else {}
        for code in tree:
            sheet.append(self._row(code, groups.get(code.row, []), most, counts.get(code.row, (0, 0))))
        book.save(target, force=options.force)
        return losses

    def _row(self, code: Code, groups: list[str], most: int, counts: tuple[int, int]) -> list[Any]:
        layout = self._layout
        row: list[Any] = [layout.join([layout.clean(name) for name in code.path]), code.description or None]
        row += [code.color] * layout.colors
        row += [*groups, *[None] * (most - len(groups))] if layout.groups else []
        return row + list(counts) * layout.counts


def maxqda(info: FormatInfo) -> CodeList:
    """What MAXQDA imports: Code, Memo."""
    return CodeList(info, MAXQDA)


def atlasti(info: FormatInfo) -> CodeList:
    """ATLAS.ti's codebook: Code, Comment, Color, Code Group 1 and so on."""
    return CodeList(info, ATLASTI)


def nvivo(info: FormatInfo) -> CodeList:
    """NVivo's codebook: Name, Description, Files, References."""
    return CodeList(info, NVIVO)


# -- writing -----------------------------------------------------------------------------------------------------------


def _groups_of(content: Content) -> dict[int, list[str]]:
    """Row of a code → the names of its sets."""
    rows = content.project.rows
    by_guid: dict[str, int] = {}
    for number, row in enumerate(rows["codes"]):
        by_guid.setdefault(normalise_guid(row[0] or ""), number)
    groups: dict[int, list[str]] = {}
    for number in code_sets(rows)[1]:
        set_row, _, target = rows["set_members"][number]
        name = _one_line(rows["sets"][set_row][1] or "") or "(no name)"
        code = by_guid[normalise_guid(target)]
        if name not in groups.setdefault(code, []):
            groups[code].append(name)
    return groups


def _losses_of_sets(content: Content, kept: set[str]) -> list[Loss]:
    """What is lost of the sets whose names stand beside their codes."""
    rows = content.project.rows["sets"]
    losses = [
        Loss(f"sets.{column}", count, "There is no place for it.")
        for column, at in (("guid", 0), ("description", 2))
        if (count := sum(bool(row[at]) for row in rows if _one_line(row[1] or "") in kept))
    ]
    changed = sum(
        _one_line(row[1] or "") != row[1] and (_one_line(row[1] or "") or "(no name)") in kept for row in rows
    )
    return [*losses, *([Loss("sets.name", changed, "A name is one line, with single spaces.")] if changed else [])]


def _changes(text: str) -> bool:
    """Whether a cell cannot hold a text as it is, line ends aside."""
    from qdpx_compassion.spreadsheets import clean_text, restore_text

    return restore_text(clean_text(text).text) != text.replace("\r\n", "\n").replace("\r", "\n")


def _counts(content: Content) -> dict[int, tuple[int, int]]:
    """Row of a code → number of sources and of codings."""
    rows = content.project.rows
    codings: Counter[int] = Counter()
    sources: dict[int, set[int]] = {}
    for coding in content.project.records("codings"):
        code, owner = coding["code_row"], coding["owner_row"]
        if code is None:
            continue
        codings[code] += 1
        source = owner if coding["owner_kind"] == "source" else rows["selections"][owner][1]
        sources.setdefault(code, set()).add(source)
    return {code: (len(sources[code]), number) for code, number in codings.items()}


# -- reading -----------------------------------------------------------------------------------------------------------


class _Reading:
    """Reads the rows of one list."""

    def __init__(self, layout: Layout, sheet: SheetRows, findings: list[Finding]) -> None:
        self._layout, self._sheet, self._findings = layout, sheet, findings
        self._code = self._at(layout.code)
        self._path = self._at(layout.full_path)
        self._memo = self._at(layout.memo)
        self._color = self._at(("color", "colour")) if layout.colors else None
        groups = enumerate(sheet.headings if layout.groups else ())
        self._groups = [(at, bool(_SEVERAL.fullmatch(h))) for at, h in groups if _is_group(h)]

    def _at(self, headings: Sequence[str]) -> int | None:
        return next((self._sheet.headings.index(one) for one in headings if one in self._sheet.headings), None)

    def codes(self) -> Iterator[ListedCode]:
        levels: list[tuple[int, str]] = []  # spaces before the name, and the name, from the top
        for number, cells in self._sheet.rows:
            written = self._text(cells, self._code if self._path is None else self._path, number)
            if not written or not written.strip():
                continue
            if self._layout.indented and self._path is None:
                path = _indented(written, levels)
            else:
                path = self._layout.split(written)
            if not all(path):
                place = self._sheet.place(number, self._code or 0)
                self._findings.append(Finding("code-level-empty", f"A level of “{written}” is empty.", place))
                path = tuple(part for part in path if part)
            if path:
                yield self._listed(path, cells, number)

    def _listed(self, path: tuple[str, ...], cells: Sequence[Any], number: int) -> ListedCode:
        color = (self._text(cells, self._color, number) or "").strip()
        groups: list[str] = []
        for at, several in self._groups:
            text = self._text(cells, at, number) or ""
            groups += re.split(r"[;\n]", text) if several else [text]
        return ListedCode(
            path,
            self._sheet.place(number, self._code or 0),
            self._text(cells, self._memo, number),
            color if _COLOR.fullmatch(color) else None,
            tuple(group.strip() for group in groups if group.strip()),
        )

    def _text(self, cells: Sequence[Any], at: int | None, number: int) -> str | None:
        cell = cells[at] if at is not None and at < len(cells) else None
        if cell is None or isinstance(cell, str):
            return cell
        value, code, message = read_value(cell, _TEXT)
        if code:
            self._findings.append(Finding(code, message, self._sheet.place(number, at or 0)))
        return str(value)


def _is_group(heading: str) -> bool:
    return bool(_GROUP.fullmatch(heading) or _SEVERAL.fullmatch(heading))


def _indented(written: str, levels: list[tuple[int, str]]) -> tuple[str, ...]:
    plain = written.expandtabs(4)
    spaces = len(plain) - len(plain.lstrip())
    while levels and levels[-1][0] >= spaces:
        levels.pop()
    levels.append((spaces, plain.strip()))
    return tuple(name for _, name in levels)
