"""What a new project document must say so that every program reads it: rules for writing, applied to tables."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from qdpx_compassion.formats.base import Content, Loss, MediaFile
from qdpx_compassion.refi.guids import derive
from qdpx_compassion.refi.text import decode_text
from qdpx_compassion.tables import TABLES, Project, ReadRows, Rows

PATH_COLUMNS = ("rich_text_path", "plain_text_path", "path")

_SOURCE = TABLES["sources"].position
_USERS_PATH = re.compile(r"(?i)^(file:/*|absolute:/*)?([a-z]:)?[\\/]*(users|home|documents and settings)[\\/]")
_UNSAFE = re.compile(r"[^\w.-]+")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
#: The columns that hold GUIDs.
_GUIDS = {
    table.name: [
        i
        for i, column in enumerate(table.columns)
        if not column.derived and (column.dtype == "category" or column.name in ("guid", "parent_guid"))
    ]
    for table in TABLES.values()
}
#: The columns of written forms, with the typed column before each.
_WRITTEN = {
    table.name: [i for i, column in enumerate(table.columns) if column.name.endswith("_written")]
    for table in TABLES.values()
}
#: Values that may not be empty (an empty text is a text).
_NEVER_EMPTY = ("BooleanValue", "IntegerValue", "FloatValue", "DateValue", "DateTimeValue")


@dataclass
class NewDocument:
    """Tables that are ready to be written, and the files that go with them.

    Attributes:
        project: copies of the rows that had to be changed; the original stays as it is.
        files: name in the folder ``sources`` → file.
        losses: what the rules leave out.
    """

    project: Project
    files: dict[str, MediaFile] = field(default_factory=dict)
    losses: list[Loss] = field(default_factory=list)


def new_document(content: Content, *, with_files: bool = True) -> NewDocument:
    """The tables as a new document has them.

    GUIDs without braces, plain numbers and booleans, isCodable always, no empty description or typed value, no base
    path in a person's folder, the standard's namespace, files called as the GUID of their source. ``origin`` stays: it
    says how positions are counted.

    Args:
        content: what was read.
        with_files: whether files go beside the document; otherwise plain texts go into it.
    """
    rows = {name: _plain_rows(name, table) for name, table in content.project.rows.items()}
    document = NewDocument(Project(rows, name=content.project.name))
    _project_row(rows["project"], content.project.name, document.losses)
    _code_rows(rows["codes"])
    _values(rows["variable_values"], document.losses)
    if with_files:
        _name_files(rows["sources"], content.media, document.files)
    else:
        _texts_inside(rows["sources"], content.media, document.losses)
    _characters(rows, document.losses)
    return document


def _plain_rows(name: str, table: ReadRows) -> Rows:
    """Rows with GUIDs, these without braces, plain numbers and no empty descriptions; unchanged ones stay."""
    guids, written = _GUIDS[name], _WRITTEN[name]
    description, own = TABLES[name].position.get("description"), TABLES[name].position.get("guid")
    result: Rows = []
    for number, row in enumerate(table):
        new = row if isinstance(row, list) else list(row)
        if (
            own is not None and row[own] is None
        ):  # a row that a person numbered in a spreadsheet; the standard wants one
            new = list(row)
            new[own] = derive("row without GUID", name, str(number), *map(str, row))
        for at in guids:
            value = new[at]
            if value is not None and (value[:1] in "{ \t\n\r" or value[-1:] in "} \t\n\r"):
                new = list(row) if new is row else new
                new[at] = value.strip().strip("{}")
        for at in written:
            if row[at] is not None and row[at - 1] is not None:
                new = list(row) if new is row else new
                new[at] = None
        if description is not None and row[description] == "":
            new = list(row) if new is row else new
            new[description] = None
        result.append(new)
    return result


def _project_row(rows: Rows, file: str, losses: list[Loss]) -> None:
    position = TABLES["project"].position
    for number, row in enumerate(rows):
        rows[number] = new = list(row)
        new[position["namespace"]] = new[position["schema_location"]] = None
        if new[position["name"]] is None:  # a codebook's; the standard wants one
            new[position["name"]] = PurePosixPath(file).stem or "project"
        base = new[position["base_path"]]
        if base and _USERS_PATH.match(base):
            new[position["base_path"]] = None
            losses.append(
                Loss("project.base_path", 1, "It leads into a person's own folder, and would tell others whose.")
            )


def _code_rows(rows: Rows) -> None:
    codable = TABLES["codes"].position["is_codable"]
    for number, row in enumerate(rows):
        if row[codable] is None and row[codable + 1] is None:
            rows[number] = [*row[:codable], True, *row[codable + 1 :]]


def _values(rows: Rows, losses: list[Loss]) -> None:
    position = TABLES["variable_values"].position
    kind, value = position["value_kind"], position["value"]
    empty = 0
    for number, row in enumerate(rows):
        if row[kind] in _NEVER_EMPTY and not (row[value] or "").strip():
            rows[number] = new = list(row)
            new[kind] = new[value] = None
            empty += 1
    if empty:
        losses.append(Loss("variable_values.value_kind", empty, "An empty number or date would make the file invalid."))


def _name_files(rows: Rows, media: Mapping[str, MediaFile], files: dict[str, MediaFile]) -> None:
    """Give every file the GUID of its source as name; one that several sources name keeps the first."""
    names: dict[int, str] = {}
    taken: set[str] = set()
    for number, row in enumerate(rows):
        for column in PATH_COLUMNS:
            file = media.get(row[_SOURCE[column]] or "")
            if file is None:
                continue
            name = names.get(id(file))
            if name is None:
                name = names[id(file)] = _free(row[_SOURCE["guid"]], file.name, taken)
                files[name] = file
            if rows[number] is row:
                rows[number] = list(row)
            rows[number][_SOURCE[column]] = f"internal://{name}"


def _free(guid: str | None, old: str, taken: set[str]) -> str:
    extension = PurePosixPath(old).suffix
    extension = extension if re.fullmatch(r"\.\w{1,10}", extension, re.ASCII) else ""
    stem = _UNSAFE.sub("-", (guid or "").strip().strip("{}"))[:100].strip(".-") or "source"
    name, number = f"{stem}{extension}", 1
    while name.casefold() in taken:
        number += 1
        name = f"{stem}-{number}{extension}"
    taken.add(name.casefold())
    return name


def _texts_inside(rows: Rows, media: Mapping[str, MediaFile], losses: list[Loss]) -> None:
    """Put plain texts into the document; name the files that stay behind."""
    inside: set[int] = set()
    for number, row in enumerate(rows):
        file = media.get(row[_SOURCE["plain_text_path"]] or "")
        if file is None or row[_SOURCE["plain_text_content"]] is not None:
            continue
        rows[number] = new = list(row)
        new[_SOURCE["plain_text_content"]] = decode_text(b"".join(file.chunks()))[0]
        new[_SOURCE["plain_text_path"]] = None
        inside.add(id(file))
    forget_styled_texts(rows, {path for path, file in media.items() if id(file) not in inside})
    behind = [file for file in {id(f): f for f in media.values()}.values() if id(file) not in inside]
    if behind:
        losses.append(
            Loss("files", len(behind), "A document alone holds plain texts only; write a .qdpx to keep all files.")
        )


def forget_styled_texts(rows: Rows, left: Collection[str]) -> None:
    """Take the paths of styled texts that stay behind out of sources whose plain text comes along.

    Args:
        rows: of the table ``sources``; a changed row is a new one.
        left: the paths of the files that stay behind.
    """
    styled, path, text = (_SOURCE[name] for name in ("rich_text_path", "plain_text_path", "plain_text_content"))
    for number, row in enumerate(rows):
        if row[styled] in left and (row[text] is not None or (row[path] is not None and row[path] not in left)):
            rows[number] = [*row[:styled], None, *row[styled + 1 :]]


def _characters(rows: dict[str, Rows], losses: list[Loss]) -> None:
    """Count the characters that XML cannot hold; the writer shows them by their symbols."""
    found = 0
    for name, table in rows.items():
        texts = [i for i, c in enumerate(TABLES[name].columns) if c.dtype in ("string", "category") and not c.derived]
        for row in table:
            for at in texts:
                value = row[at]
                if value is not None and not value.isprintable() and _FORBIDDEN.search(value):
                    found += len(_FORBIDDEN.findall(value))
    if found:
        losses.append(Loss("characters", found, "XML cannot hold these control characters; their symbols stand there."))
