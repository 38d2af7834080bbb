"""The tables as formats write them: a key for every row, the columns of the data model, what they refer to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from zlib import crc32

from qdpx_compassion.code_tree import CodeTree, write_path
from qdpx_compassion.formats.base import Content, MediaFile
from qdpx_compassion.refi.names import OWNER_KIND, TABLE_OF
from qdpx_compassion.tables import TABLES, Column, Project, ReadRows

#: What the files say they are.
PROFILE = "qdpx-compassion-tables"
VERSION = 1
#: Heading of the key: the row's number, to which other tables refer.
ROW = "row"
#: The table that says which file a path of ``sources`` is.
FILES = "files"
FILES_HEADINGS = ("path", "file")
#: Column of ``codes`` that a person fills in: the row of the code that a code is merged into.
MERGE = "merge_into"
#: Column by which it is seen whether somebody wrote into computed cells of a row (``check_of``).
CHECK = "check"

#: What a kind of owner (``selection``) is a row of (``selections``).
TABLE_OF_KIND = {kind: TABLE_OF[element] for element, kind in OWNER_KIND.items()}
#: (table, column) → table that it names a row of, or the column that says of which kind.
REFERENCES = {
    ("codes", "parent_row"): "codes",
    ("case_members", "case_row"): "cases",
    ("variable_values", "owner_row"): "owner_kind",
    ("sources", "parent_row"): "parent_kind",
    ("sync_points", "source_row"): "sources",
    ("selections", "source_row"): "sources",
    ("codings", "owner_row"): "owner_kind",
    ("note_refs", "owner_row"): "owner_kind",
    ("set_members", "set_row"): "sets",
    ("vertices", "graph_row"): "graphs",
    ("edges", "graph_row"): "graphs",
}
_TYPES = {"string": "text", "category": "text", "Int64": "integer", "boolean": "boolean"}


@dataclass(frozen=True, slots=True)
class Field:
    """A column as it is written.

    Attributes:
        name: its heading.
        type: ``text``, ``integer`` or ``boolean``.
        meaning: one line.
        column: the column of the data model; None: one that only helps people.
        computed: whether it is written for people and never read back.
        optional: whether nothing is missing where it is not there.
    """

    name: str
    type: str
    meaning: str
    column: Column | None = None
    computed: bool = False
    optional: bool = False


#: Columns that only help people, by table; ``_with_helpers`` gives their values.
_HELPERS = {
    "codes": (
        Field("path", "text", "the code with those above it", computed=True),
        Field(MERGE, "integer", "to be filled in: row of the code that this one becomes part of", optional=True),
    ),
    "codings": (
        Field("code", "text", "path of the code", computed=True),
        Field("on", "text", "what was coded: the quotation, or the source's name", computed=True),
    ),
}


def fields(table: str, *, helpers: bool = False) -> tuple[Field, ...]:
    """The columns of a table as they are written.

    Args:
        table: its name.
        helpers: whether columns that only help people stand among them.
    """
    own = tuple(
        Field(c.name, _TYPES[c.dtype], c.meaning, c, computed=c.derived or (table, c.name) == ("codes", "parent_guid"))
        for c in TABLES[table].columns
    )
    all_of_them = (Field(ROW, "integer", "number of the row, to which other tables refer"), *own)
    if not helpers:
        return all_of_them
    all_of_them += _HELPERS.get(table, ())
    check = Field(CHECK, "text", "tells whether computed cells of the row were changed", optional=True)
    return (*all_of_them, check) if any(one.computed for one in all_of_them) else all_of_them


def check_of(cells: Iterable[Any]) -> str:
    """What the column ``check`` says of the computed cells of a row: four signs for each.

    A computed cell may differ from what would be computed now, because a code was renamed; whether somebody wrote into
    it shows only against what stood there.
    """
    return " ".join(f"{crc32(_as_text(cell).encode('utf-8', 'surrogatepass')) & 0xFFFF:04x}" for cell in cells)


def _as_text(cell: Any) -> str:
    if cell is None:
        return ""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def written_rows(project: Project, table: str, *, helpers: bool = False) -> Iterator[list[Any]]:
    """The rows of a table in the order of ``fields``, without ``check``: text, int, bool or None."""
    rows = project.rows[table]
    if not helpers or table not in _HELPERS:
        return ([number, *row] for number, row in enumerate(rows))
    return _with_helpers(project, table, rows)


def _with_helpers(project: Project, table: str, rows: ReadRows) -> Iterator[list[Any]]:
    tree = CodeTree.of(project)
    if table == "codes":
        for number, row in enumerate(rows):
            yield [number, *row, write_path(tree.codes[number].path), None]
        return
    position = TABLES["codings"].position
    quotation, name = TABLES["selections"].position["quotation"], TABLES["sources"].position["name"]
    for number, row in enumerate(rows):
        code, kind, owner = row[position["code_row"]], row[position["owner_kind"]], row[position["owner_row"]]
        path = write_path(tree.codes[code].path) if code is not None else None
        table_on, at = ("selections", quotation) if kind == "selection" else ("sources", name)
        known = kind in ("selection", "source") and owner is not None and owner < len(project.rows[table_on])
        yield [number, *row, path, project.rows[table_on][owner][at] if known else None]


def name_files(content: Content) -> tuple[dict[str, MediaFile], list[tuple[str, str]]]:
    """Names for the files of a project in the folder ``sources``, safe on every system and unique in any letter case.

    Returns:
        Name → file; and for each path of ``sources`` its file's name.
    """
    names: dict[int, str] = {}
    files: dict[str, MediaFile] = {}
    taken: set[str] = set()
    paths = []
    for path, file in content.media.items():
        if id(file) not in names:
            names[id(file)] = name = free_name(safe_name(file.name), taken)
            files[name] = file
        paths.append((path, names[id(file)]))
    return files, paths


_RESERVED = frozenset(
    ("con", "prn", "aux", "nul", "conin$", "conout$", *(p + n for p in ("com", "lpt") for n in "123456789¹²³"))
)


def safe_name(name: str) -> str:
    """A file name that every system allows."""
    safe = "".join("_" if c in '<>:"/\\|?*' or not c.isprintable() else c for c in name).strip(" .")
    stem, dot, extension = safe.rpartition(".") if "." in safe else (safe, "", "")
    # systems allow 255 bytes; a character has up to four
    stem, extension = stem[:50] or "file", extension[:10].rstrip()
    return f"_{stem}{dot}{extension}" if stem.split(".")[0].strip().lower() in _RESERVED else f"{stem}{dot}{extension}"


def free_name(name: str, taken: set[str]) -> str:
    """A file name that is not taken in any letter case; it is taken from now on."""
    stem, dot, extension = name.rpartition(".") if "." in name else (name, "", "")
    candidate, number = name, 1
    while candidate.casefold() in taken:
        number += 1
        candidate = f"{stem}-{number}{dot}{extension}"
    taken.add(candidate.casefold())
    return candidate


def holds_tables(names: Sequence[str]) -> bool:
    """Whether these are names of tables of a project: at least ``project`` and one of the main ones."""
    known = {name.casefold() for name in names}
    return "project" in known and bool(known & {"codes", "sources", "users"})
