"""The codes of a project as a tree, and how people write a code's place in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qdpx_compassion.errors import InputError
from qdpx_compassion.files.limits import current_limits, how_to_raise
from qdpx_compassion.tables import TABLES, ReadRows, normalise_guid

if TYPE_CHECKING:
    from qdpx_compassion.tables import Project


@dataclass(frozen=True, slots=True)
class Code:
    """A code in its tree.

    Attributes:
        row: its row in the table ``codes``.
        guid: as written. key: as compared (``normalise_guid``).
        parent: row of the parent, None at the top. path: names from the top.
        is_case: an NVivo case of the same GUID exists: the code stands for a participant or a folder of them.
    """

    row: int
    guid: str
    key: str
    name: str
    path: tuple[str, ...]
    parent: int | None
    is_codable: bool
    color: str | None
    description: str | None
    is_case: bool


def write_path(path: Sequence[str]) -> str:
    r"""A code path as people write it: levels joined by `` > ``, a literal ``>`` as ``\>`` and ``\`` as ``\\``."""
    return " > ".join(name.replace("\\", "\\\\").replace(">", "\\>") for name in path)


def read_path(written: str) -> tuple[str, ...]:
    """The inverse of ``write_path``; white space around a ``>`` does not count."""
    names, name, escaped = [], "", False
    for character in written:
        if escaped:
            name, escaped = name + character, False
        elif character == "\\":
            escaped = True
        elif character == ">":
            names.append(name.strip())
            name = ""
        else:
            name += character
    return (*names, name.strip())


class CodeTree:
    """The codes of a project as a tree; plain Python, so that enriching needs no pandas.

    Args:
        codes: rows of the table ``codes``, in document order (a parent stands before its children).
        case_guids: the GUIDs of the project's cases.
    """

    def __init__(self, codes: ReadRows, case_guids: Sequence[str] = ()) -> None:
        position = TABLES["codes"].position
        cases = {normalise_guid(guid) for guid in case_guids if guid}
        _refuse_long_paths(codes)
        stripped: list[tuple[str, ...]] = []  # paths by which codes are found; parts of parents are shared
        self.codes: list[Code] = []
        self.children: dict[int | None, list[int]] = {None: []}
        for row, values in enumerate(codes):
            parent: int | None = values[position["parent_row"]]
            guid = values[position["guid"]] or ""
            name = values[position["name"]] or ""
            path = (*(self.codes[parent].path if parent is not None else ()), name)
            codable = values[position["is_codable"]]
            self.codes.append(
                Code(
                    row,
                    guid,
                    normalise_guid(guid),
                    name,
                    path,
                    parent,
                    True if codable is None else codable,
                    values[position["color"]],
                    values[position["description"]],
                    normalise_guid(guid) in cases,
                )
            )
            stripped.append((*(stripped[parent] if parent is not None else ()), name.strip()))
            self.children.setdefault(parent, []).append(row)
            self.children.setdefault(row, [])
        self.by_key: dict[str, Code] = {}
        self.by_path: dict[tuple[str, ...], list[Code]] = {}
        for code in self.codes:
            self.by_key.setdefault(code.key, code)
            self.by_path.setdefault(stripped[code.row], []).append(code)

    @classmethod
    def of(cls, project: Project) -> CodeTree:
        """The code tree of a project."""
        return cls(project.rows["codes"], list(project.column("cases", "guid")))

    def __iter__(self) -> Iterator[Code]:
        return iter(self.codes)

    def __len__(self) -> int:
        return len(self.codes)

    def ancestors(self, code: Code) -> Iterator[Code]:
        """The parent, its parent, and so on."""
        parent = code.parent
        while parent is not None:
            yield self.codes[parent]
            parent = self.codes[parent].parent

    def below(self, row: int) -> Iterator[Code]:
        """All descendants of a code, in document order."""
        stack = list(reversed(self.children[row]))
        while stack:
            child = stack.pop()
            yield self.codes[child]
            stack.extend(reversed(self.children[child]))


def _refuse_long_paths(codes: ReadRows) -> None:
    """A code with a name of megabytes and thousands of codes below it would fill the memory with paths."""
    position, limit = TABLES["codes"].position, current_limits().characters // 8
    lengths: list[int] = []
    total = 0
    for values in codes:
        parent = values[position["parent_row"]]
        lengths.append((lengths[parent] if parent is not None else 0) + len(values[position["name"]] or "") + 3)
        total += lengths[-1]
        if total > limit:
            raise InputError(
                f"The paths of the codes have more than {limit:,} characters together.",
                where=values[position["guid"]] or "",
                remedy=how_to_raise("characters"),
            )
