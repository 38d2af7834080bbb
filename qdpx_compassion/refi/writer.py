"""Tables → a new project document: every element of the standard, children in the order of the schema."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, chain
from typing import Any

from qdpx_compassion.errors import OutputError
from qdpx_compassion.refi.characters import in_attribute, in_element
from qdpx_compassion.refi.names import (
    CHILDREN,
    CONTAINERS,
    PROJECT_NAMESPACE,
    TABLE_OF,
    VALUE_KINDS,
    XSI_NAMESPACE,
)
from qdpx_compassion.tables import TABLES, Project, ReadRows

#: Characters that are gathered before they are handed on.
_PIECE = 1 << 16
_INDENT = "  "

#: An element to be written: its name, its attributes as text, and what is in it: elements, text or nothing.
_Part = tuple[str, str, "Iterator[_Part] | str | None"]

#: The element names that are rows of a table of references.
_REFERENCES = {
    "NoteRef": "note_refs",
    **dict.fromkeys(("CodeRef", "SourceRef", "SelectionRef"), "case_members"),
    **dict.fromkeys(("MemberCode", "MemberSource", "MemberNote"), "set_members"),
}
#: The column that holds the element's name, in tables with several kinds of element.
_KIND = {
    name: TABLES[name].position[column]
    for name, column in (
        ("sources", "kind"),
        ("selections", "kind"),
        ("case_members", "member_kind"),
        ("set_members", "member_kind"),
    )
}
#: table → what its rows stand in: the column of the row there, and the table, or the column that says which.
_STANDS_IN = {
    "codes": ("parent_row", "codes"),
    "case_members": ("case_row", "cases"),
    "sync_points": ("source_row", "sources"),
    "selections": ("source_row", "sources"),
    "set_members": ("set_row", "sets"),
    "vertices": ("graph_row", "graphs"),
    "edges": ("graph_row", "graphs"),
    "sources": ("parent_row", "parent_kind"),
    "variable_values": ("owner_row", "owner_kind"),
    "codings": ("owner_row", "owner_kind"),
    "note_refs": ("owner_row", "owner_kind"),
}
_OWNER_TABLE = {
    "project": "project",
    "code": "codes",
    "case": "cases",
    "source": "sources",
    "selection": "selections",
    "coding": "codings",
    "link": "links",
}


def write_document(project: Project, sink: Callable[[bytes], object]) -> None:
    """Write a project's tables as a REFI-QDA document (section 5 of the standard).

    UTF-8 without byte order mark, line feeds, indented; containers without rows are left out. Numbers and booleans are
    written as they were where ``…_written`` keeps that; derived columns are never written. A document that follows the
    schema, read into tables, comes out as the same project; what comes out is read into the same tables.

    Args:
        project: the tables, such as ``read_project`` gives.
        sink: takes the document's bytes, a piece at a time.

    Raises:
        OutputError: a row stands in no other (its parent is missing, or of a kind that cannot hold it), so that it
            would be lost. The sink has had a part of the document by then.
    """
    writer = _Writer(project.rows, sink)
    writer.document()
    writer.check_complete()


# -- which rows stand in which -----------------------------------------------------------------------------------------


class _Inside:
    """The rows that stand in each row of another table, in their order."""

    def __init__(self, owners: Iterable[int | None], count: int) -> None:
        # counted and laid out once: lists for a million selections would take many times the room
        known = [-1 if owner is None or not 0 <= owner < count else owner for owner in owners]
        sizes = array("q", bytes(8 * count))
        for owner in known:
            if owner >= 0:
                sizes[owner] += 1
        self._first = array("q", accumulate(sizes, initial=0))
        self._rows = array("q", bytes(8 * self._first[-1]))
        free = self._first[:]
        for row, owner in enumerate(known):
            if owner >= 0:
                self._rows[free[owner]] = row
                free[owner] += 1

    def of(self, owner: int) -> Sequence[int]:
        """The rows inside the row ``owner``."""
        return self._rows[self._first[owner] : self._first[owner + 1]]


def _inside(rows: Mapping[str, ReadRows]) -> dict[tuple[str, str], _Inside]:
    """(table, table around it) → which rows stand in which."""
    found = {}
    for name, (row_column, owner) in _STANDS_IN.items():
        if not rows[name]:
            continue
        row_at = TABLES[name].position[row_column]
        kind_at = TABLES[name].position.get(owner)
        if kind_at is None:
            found[name, owner] = _Inside((row[row_at] for row in rows[name]), len(rows[owner]))
            continue
        for kind in {row[kind_at] for row in rows[name]} & set(_OWNER_TABLE):
            around = _OWNER_TABLE[kind]
            owners = (row[row_at] if row[kind_at] == kind else None for row in rows[name])
            found[name, around] = _Inside(owners, len(rows[around]))
    return found


# -- writing -----------------------------------------------------------------------------------------------------------


def _attribute_columns(table: str) -> tuple[tuple[int, str, str], ...]:
    """Position, attribute and dtype of the columns that are attributes."""
    columns = TABLES[table].columns
    return tuple((at, c.attribute, c.dtype) for at, c in enumerate(columns) if c.attribute and not c.derived)


_ATTRIBUTES = {table: _attribute_columns(table) for table in TABLES}
_TARGET = {table: TABLES[table].position["target_guid"] for table in ("note_refs", "case_members", "set_members")}


class _Writer:
    """Writes one document."""

    def __init__(self, rows: Mapping[str, ReadRows], sink: Callable[[bytes], object]) -> None:
        self._rows, self._sink = rows, sink
        self._inside = _inside(rows)
        self._written: Counter[str] = Counter()
        self._pieces: list[str] = []
        self._size = 0

    def document(self) -> None:
        if len(self._rows["project"]) != 1:
            raise OutputError(
                f"The table project has {len(self._rows['project'])} rows; a document is of one project.",
                remedy="Give it exactly one row.",
            )
        self._put('<?xml version="1.0" encoding="UTF-8"?>')
        # A stack, not recursion: codes may nest deeper than Python likes to call itself.
        open_elements: list[tuple[str, Iterator[_Part]]] = []
        self._begin(self._root(), open_elements)
        while open_elements:
            name, parts = open_elements[-1]
            part = next(parts, None)
            if part is None:
                open_elements.pop()
                self._put(f"\n{_INDENT * len(open_elements)}</{name}>")
            else:
                self._begin(part, open_elements)
        self._put("\n")
        self._flush()

    def check_complete(self) -> None:
        """Refuse a project of which a row was not written, because it stands in nothing."""
        for table, rows in self._rows.items():
            if missing := len(rows) - self._written[table]:
                raise OutputError(
                    f"{missing} of {len(rows)} rows of the table {table} stand in nothing that can hold them.",
                    remedy="Check the columns that name the kind and row of what each stands in.",
                )

    def _begin(self, part: _Part, open_elements: list[tuple[str, Iterator[_Part]]]) -> None:
        name, attributes, content = part
        head = f"\n{_INDENT * len(open_elements)}<{name}{attributes}"
        if isinstance(content, str):
            self._put(f"{head}>{in_element(content)}</{name}>" if content else f"{head}/>")
            return
        first = next(content, None) if content is not None else None
        if content is None or first is None:
            self._put(f"{head}/>")
            return
        self._put(f"{head}>")
        open_elements.append((name, chain((first,), content)))

    def _put(self, text: str) -> None:
        self._pieces.append(text)
        self._size += len(text)
        if self._size >= _PIECE:
            self._flush()

    def _flush(self) -> None:
        self._sink("".join(self._pieces).encode())
        self._pieces.clear()
        self._size = 0

    # -- elements -------------------------------------------------------------------------------------------------

    def _root(self) -> _Part:
        position, values = TABLES["project"].position, self._rows["project"][0]
        namespace, location = values[position["namespace"]], values[position["schema_location"]]
        namespace = PROJECT_NAMESPACE if namespace is None else namespace
        before = f' xmlns="{in_attribute(namespace)}"' if namespace else ""
        if location is not None:
            before += f' xmlns:xsi="{XSI_NAMESPACE}" xsi:schemaLocation="{in_attribute(location)}"'
        name, attributes, content = self._row("Project", "project", 0)
        return name, before + attributes, content

    def _row(self, name: str, table: str, row: int) -> _Part:
        """The element that a row stands for."""
        self._written[table] += 1
        content = self._children(name, table, row) if CHILDREN[name] else None
        return name, self._attributes(table, row), content

    def _attributes(self, table: str, row: int) -> str:
        values = self._rows[table][row]
        text = ""
        for at, attribute, dtype in _ATTRIBUTES[table]:
            value = values[at]
            if dtype not in ("string", "category"):
                # the written form stands in the next column
                written = values[at + 1]
                value = written if written is not None else _plain(value)
            if value is not None:
                text += f' {attribute}="{in_attribute(value)}"'
        return text

    def _children(self, name: str, table: str, row: int) -> Iterator[_Part]:
        values, position = self._rows[table][row], TABLES[table].position
        for child in CHILDREN[name]:
            if child in CONTAINERS:
                yield from self._container(child)
            elif child == "Description":
                if (text := values[position["description"]]) is not None:
                    yield child, "", text
            elif child == "PlainTextContent":
                if (text := values[position["plain_text_content"]]) is not None:
                    yield child, "", text
            elif child in VALUE_KINDS:
                if values[position["value_kind"]] == child:
                    yield child, "", values[position["value"]] or ""
            elif child == "VariableRef":
                yield _reference(child, values[position["variable_guid"]])
            elif child == "CodeRef" and name == "Coding":
                if (target := values[position["code_guid"]]) is not None:
                    yield _reference(child, target)
            elif child in _REFERENCES:
                yield from self._references(child, table, row)
            else:
                yield from self._rows_inside(child, table, row)

    def _references(self, name: str, around: str, row: int) -> Iterator[_Part]:
        table = _REFERENCES[name]
        for number in self._numbers(name, table, around, row):
            self._written[table] += 1
            yield _reference(name, self._rows[table][number][_TARGET[table]])

    def _rows_inside(self, name: str, around: str, row: int) -> Iterator[_Part]:
        table = TABLE_OF[name]
        for number in self._numbers(name, table, around, row):
            yield self._row(name, table, number)

    def _numbers(self, name: str, table: str, around: str, row: int) -> Iterable[int]:
        """The rows of a table that stand in a row of another, as elements of this name."""
        inside = self._inside.get((table, around))
        if inside is None:
            return ()
        kind_at = _KIND.get(table)
        if kind_at is None:
            return inside.of(row)
        rows = self._rows[table]
        return [number for number in inside.of(row) if rows[number][kind_at] == name]

    # -- containers -----------------------------------------------------------------------------------------------

    def _container(self, name: str) -> Iterator[_Part]:
        """The container with its elements; nothing where it would be empty."""
        if name == "CodeBook":
            if self._rows["codes"]:
                yield name, "", self._container("Codes")
            return
        if top := self._top(name):
            yield name, "", (self._row(element, table, number) for element, table, number in top)

    def _top(self, container: str) -> Sequence[tuple[str, str, int]]:
        """What stands directly in a container: element, table, row."""
        if container == "Codes":
            parent = TABLES["codes"].position["parent_row"]
            return [("Code", "codes", i) for i, row in enumerate(self._rows["codes"]) if row[parent] is None]
        if container in ("Sources", "Notes"):
            kinds, parent = CHILDREN[container], TABLES["sources"].position["parent_kind"]
            rows = enumerate(self._rows["sources"])
            return [(row[0], "sources", i) for i, row in rows if row[parent] is None and row[0] in kinds]
        (element,) = CHILDREN[container]
        table = TABLE_OF[element]
        return [(element, table, number) for number in range(len(self._rows[table]))]


def _reference(name: str, target: str | None) -> _Part:
    return name, "" if target is None else f' targetGUID="{in_attribute(target)}"', None


def _plain(value: Any) -> str | None:
    """A number or boolean in its usual form."""
    if value is None:
        return None
    return str(value).lower() if isinstance(value, bool) else str(value)
