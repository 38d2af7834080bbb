"""What formats share that hold codes alone: lists of codes ↔ tables, and what they lose of a project."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from qdpx_compassion.code_tree import CodeTree
from qdpx_compassion.errors import OutputError
from qdpx_compassion.findings import Finding
from qdpx_compassion.formats.base import Content, FormatInfo, Loss
from qdpx_compassion.refi.dialects import recognise
from qdpx_compassion.refi.guids import derive, normalise_guid
from qdpx_compassion.tables import TABLES, Project, ReadRows, Rows

_CODE, _PROJECT = TABLES["codes"].position, TABLES["project"].position
#: What of the table project is about the document, not about the study.
_OF_THE_DOCUMENT = ("namespace", "schema_location")
_WHY_TABLES = {
    "project": "The project's own name, origin, dates and description.",
    "users": "Who coded.",
    "note_refs": "Notes on codes and all else.",
    "sources": "Texts, pictures, recordings and notes.",
    "set_members": "Only codes can be members of sets here.",
}


@dataclass(slots=True)
class ListedCode:
    """A code as a list holds it.

    Attributes:
        path: names from the top.
        where: the cell or line, for messages.
        groups: names of the sets that it is in.
    """

    path: tuple[str, ...]
    where: str
    description: str | None = None
    color: str | None = None
    groups: tuple[str, ...] = ()


def content_of(codes: Iterable[ListedCode], name: str, findings: list[Finding]) -> Content:
    """A project of nothing but these codes.

    A code that stands above others and has no line of its own is made; one that stands there twice is one code. GUIDs
    follow from the paths, so that the same list gives the same codes.
    """
    rows = empty_rows()
    at: dict[tuple[str, ...], int] = {}
    listed: set[tuple[str, ...]] = set()
    groups: dict[str, list[int]] = {}
    for code in codes:
        row = place_code(code.path, at, rows["codes"])
        values = rows["codes"][row]
        if code.path in listed:
            findings.append(
                Finding("code-twice", f"The code “{' > '.join(code.path)}” stands there twice.", code.where)
            )
        listed.add(code.path)
        for column, value in (("description", code.description), ("color", code.color)):
            if value is not None:
                values[_CODE[column]] = value
        for group in code.groups:
            groups.setdefault(group, []).append(row)
    for number, (group, members) in enumerate(groups.items()):
        rows["sets"].append([derive("code list", "set", group), group, None])
        rows["set_members"] += [[number, "MemberCode", rows["codes"][row][0]] for row in dict.fromkeys(members)]
    return Content(Project(in_tree_order(rows), findings=findings, name=name))


def empty_rows(origin: str | None = None) -> dict[str, Rows]:
    """The tables of a project without anything in it."""
    rows: dict[str, Rows] = {table: [] for table in TABLES}
    project: list[Any] = [None] * len(_PROJECT)
    project[_PROJECT["origin"]] = origin
    rows["project"].append(project)
    return rows


def place_code(path: tuple[str, ...], at: dict[tuple[str, ...], int], codes: Rows) -> int:
    """The row of a code; it, and those above it, are made where they are not there."""
    parent: int | None = None
    for depth in range(1, len(path) + 1):
        part = path[:depth]
        if part not in at:
            row: list[Any] = [None] * len(_CODE)
            row[_CODE["guid"]], row[_CODE["name"]] = derive("code list", "code", *part), part[-1]
            row[_CODE["is_codable"]], row[_CODE["parent_row"]] = True, parent
            at[part] = len(codes)
            codes.append(row)
        parent = at[part]
    return at[path]


def in_tree_order(rows: dict[str, Rows]) -> dict[str, Rows]:
    """The same tables with each code right after those above it."""
    codes = rows["codes"]
    children: dict[int | None, list[int]] = {}
    for number, row in enumerate(codes):
        children.setdefault(row[_CODE["parent_row"]], []).append(number)
    order: list[int] = []
    waiting = list(reversed(children.get(None, [])))
    while waiting:
        number = waiting.pop()
        order.append(number)
        waiting.extend(reversed(children.get(number, [])))
    place = {number: at for at, number in enumerate(order)}
    for row in codes:
        parent = row[_CODE["parent_row"]]
        if parent is not None:
            row[_CODE["parent_guid"]] = codes[parent][0]
            row[_CODE["parent_row"]] = place[parent]
    rows["codes"] = [codes[number] for number in order]
    return rows


def project_of(rows: dict[str, Rows], name: str, origin: str, findings: list[Finding]) -> Project:
    """A project of the tables of a codebook."""
    return Project({**empty_rows(origin or None), **rows}, recognise(origin).id, findings, name)


# -- losses ------------------------------------------------------------------------------------------------------------


def refuse_without_codes(content: Content, info: FormatInfo) -> None:
    """Raise where there is nothing to write.

    Raises:
        OutputError: the project has no codes.
    """
    if not content.project.rows["codes"]:
        raise OutputError(
            f"{info.name} holds codes alone, and the project has none: nothing of it could be written.",
            where=content.project.name,
            remedy="Choose another format; `formats` lists them.",
        )


def losses_beside_codes(
    content: Content, columns: Sequence[str], *, sets: int = 0, members: int = 0, origin: bool = False
) -> list[Loss]:
    """What a format of codes leaves of a project.

    Args:
        content: the project.
        columns: columns of ``codes`` that it keeps.
        sets: how many sets it keeps.
        members: how many members of sets it keeps.
        origin: whether it keeps the name of the program that wrote the project.
    """
    rows = content.project.rows
    losses = [
        Loss(f"codes.{column.name}", count, "There is no place for it.")
        for column in TABLES["codes"].columns
        if column.name not in (*columns, "parent_row", "parent_guid") and not column.name.endswith("_written")
        and (count := _worth(rows["codes"], column.name))
    ]  # fmt: skip
    kept = {"codes": len(rows["codes"]), "sets": sets, "set_members": members}
    for table in TABLES:
        lost = _study(rows["project"], origin=origin) if table == "project" else len(rows[table]) - kept.get(table, 0)
        if lost:
            losses.append(Loss(table, lost, _WHY_TABLES.get(table, "It holds codes alone.")))
    if files := len(content.files()):
        losses.append(Loss("files", files, "It holds codes alone."))
    return losses


def _worth(codes: ReadRows, column: str) -> int:
    """How many codes have a value that says something: not empty, and codable is what codes are."""
    at = _CODE[column]
    if column == "is_codable":
        return sum(row[at] is False for row in codes)
    return sum(bool(row[at]) for row in codes)


def _study(rows: ReadRows, *, origin: bool) -> int:
    """1 where the project's row says anything about the study that is not kept."""
    left_out = [_PROJECT[name] for name in (*_OF_THE_DOCUMENT, *(("origin",) if origin else ()))]
    return int(any(value is not None for row in rows for at, value in enumerate(row) if at not in left_out))


def code_sets(rows: Mapping[str, ReadRows]) -> tuple[list[int], list[int]]:
    """The sets that hold codes or nothing, and their members that are codes of the project, by rows."""
    known = {normalise_guid(row[0] or "") for row in rows["codes"]}
    members = [
        number
        for number, (_, kind, target) in enumerate(rows["set_members"])
        if kind == "MemberCode" and target is not None and normalise_guid(target) in known
    ]
    with_codes = {rows["set_members"][number][0] for number in members}
    with_any = {row[0] for row in rows["set_members"]}
    return [row for row in range(len(rows["sets"])) if row in with_codes or row not in with_any], members


def changed_names(tree: CodeTree, shown: Sequence[str], why: str) -> list[Loss]:
    """The loss of names that a format writes otherwise."""
    changed = sum(code.name != name for code, name in zip(tree, shown, strict=True))
    return [Loss("codes.name", changed, why)] if changed else []


def repeated_paths(paths: Iterable[tuple[str, ...]]) -> list[Loss]:
    """The loss of codes that have the path of another."""
    repeated = sum(number - 1 for number in Counter(paths).values())
    why = "Codes of one name below the same code cannot be told apart here; they become one."
    return [Loss("codes", repeated, why)] if repeated else []
