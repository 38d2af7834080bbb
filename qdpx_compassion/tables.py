"""The data model: one table for each kind of element, one row for each element, in document order.

The key of a row is its number in that order, because GUIDs repeat in real files; a reference is a GUID and, where it
was found, the row it names. A column is an attribute or text of the standard in snake_case. Columns ending in
``_written`` keep the written form of a number or boolean where it differs from the typed value (`` 1 `` for true).
Columns marked as derived are computed and never written back. Absent is missing (None, ``<NA>``), empty is ``""``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from qdpx_compassion.columns import ColumnRows

if TYPE_CHECKING:
    import pandas as pd

    from qdpx_compassion.findings import Finding

#: A cell of a row before it becomes a DataFrame.
Cell = str | int | bool | None
#: The rows of one table that are being made, in the order of its columns.
Rows = list[list[Any]]
#: The rows of one table, to be read only.
ReadRows = Sequence[Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, dtype and what it holds.

    Attributes:
        name: the standard's attribute or element in snake_case.
        dtype: ``string``, ``Int64``, ``boolean`` or ``category`` (GUIDs that are references).
        meaning: one line, with the unit.
        attribute: the XML attribute that it holds, if it is one.
        derived: computed from other columns or from files; never written back.
    """

    name: str
    dtype: str
    meaning: str
    attribute: str | None = None
    derived: bool = False


@dataclass(frozen=True)
class Table:
    """A table: its name, its columns in order, the position of each."""

    name: str
    columns: tuple[Column, ...]
    position: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "position", {column.name: i for i, column in enumerate(self.columns)})


def _text(name: str, meaning: str, attribute: str | None = None) -> Column:
    return Column(name, "string", meaning, attribute)


def _ref(name: str, meaning: str, attribute: str | None = None) -> Column:
    return Column(name, "category", meaning, attribute)


def _row(name: str, meaning: str) -> Column:
    return Column(name, "Int64", meaning)


def _integer(name: str, attribute: str, meaning: str) -> tuple[Column, Column]:
    return (
        Column(name, "Int64", meaning, attribute),
        Column(f"{name}_written", "string", f"{attribute} as written, where that is not the plain number"),
    )


def _boolean(name: str, attribute: str, meaning: str) -> tuple[Column, Column]:
    return (
        Column(name, "boolean", meaning, attribute),
        Column(f"{name}_written", "string", f"{attribute} as written, where that is not true or false"),
    )


def _derived(name: str, dtype: str, meaning: str) -> Column:
    return Column(name, dtype, meaning, derived=True)


_GUID = _text("guid", "GUID as written", "guid")
_NAME = _text("name", "name", "name")
_DESCRIPTION = _text("description", "text of Description; missing when there is none")
_CREATED = (
    _ref("creating_user", "GUID of the User who made it", "creatingUser"),
    _text("creation_date_time", "xsd:dateTime as written", "creationDateTime"),
)
_MODIFIED = (
    _ref("modifying_user", "GUID of the User who last changed it", "modifyingUser"),
    _text("modified_date_time", "xsd:dateTime as written", "modifiedDateTime"),
)

_TABLES = (
    Table(
        "project",
        (
            _NAME,
            _text("origin", "program that wrote the project", "origin"),
            _ref("creating_user_guid", "GUID of a User", "creatingUserGUID"),
            _text("creation_date_time", "xsd:dateTime as written", "creationDateTime"),
            _ref("modifying_user_guid", "GUID of a User", "modifyingUserGUID"),
            _text("modified_date_time", "xsd:dateTime as written", "modifiedDateTime"),
            _text("base_path", "folder that relative:// paths start from", "basePath"),
            _DESCRIPTION,
            _text("namespace", "XML namespace of the document; empty when it has none"),
            _text("schema_location", "xsi:schemaLocation as written"),
        ),
    ),
    Table("users", (_GUID, _NAME, _text("id", "the program's short name for the user", "id"))),
    Table(
        "codes",
        (
            _GUID,
            _NAME,
            *_boolean("is_codable", "isCodable", "whether the code may be used for coding"),
            _text("color", "#RRGGBB as written", "color"),
            _DESCRIPTION,
            _row("parent_row", "row of the parent code; missing at the top"),
            _text("parent_guid", "GUID of the parent code"),
        ),
    ),
    Table(
        "variables",
        (
            _GUID,
            _NAME,
            _text("type_of_variable", "Text, Boolean, Integer, Float, Date or DateTime", "typeOfVariable"),
            _DESCRIPTION,
        ),
    ),
    Table("cases", (_GUID, _NAME, _DESCRIPTION)),
    Table(
        "case_members",
        (
            _row("case_row", "row of the Case"),
            _text("member_kind", "CodeRef, SourceRef or SelectionRef"),
            _ref("target_guid", "GUID that the reference names", "targetGUID"),
        ),
    ),
    Table(
        "variable_values",
        (
            _text("owner_kind", "case or source"),
            _row("owner_row", "row of the owner in its table"),
            _ref("variable_guid", "GUID of the Variable"),
            _text("value_kind", "TextValue, BooleanValue, …; missing when no value element stands there"),
            _text("value", "the value as written"),
        ),
    ),
    Table(
        "sources",
        (
            _text(
                "kind",
                "TextSource, PictureSource, PDFSource, AudioSource, VideoSource, TextDescription, Representation, "
                "Transcript or Note",
            ),
            _text("parent_kind", "source or selection for what stands inside one; missing otherwise"),
            _row("parent_row", "row of the parent in its table"),
            _GUID,
            _NAME,
            _text("rich_text_path", "path of the styled text", "richTextPath"),
            _text("plain_text_path", "path of the plain text", "plainTextPath"),
            _text("path", "path of the picture, PDF, audio or video", "path"),
            _text("current_path", "where the file lay in the exporting program", "currentPath"),
            *_CREATED,
            *_MODIFIED,
            _DESCRIPTION,
            _text("plain_text_content", "text that stands in the document itself"),
            _derived("text_length", "Int64", "length of the plain text in code points"),
        ),
    ),
    Table(
        "sync_points",
        (
            _row("source_row", "row of the Transcript in sources"),
            _GUID,
            *_integer("time_stamp", "timeStamp", "milliseconds from the start of the media"),
            *_integer("position", "position", "position in the transcript, in the reading's unit"),
        ),
    ),
    Table(
        "selections",
        (
            _text("kind", "PlainTextSelection, PictureSelection, PDFSelection, AudioSelection, … TranscriptSelection"),
            _row("source_row", "row of the source that it lies in"),
            _GUID,
            _NAME,
            *_integer("start_position", "startPosition", "first position, in the unit of the program that wrote it"),
            *_integer("end_position", "endPosition", "position after the last, in the same unit"),
            *_integer("page", "page", "PDF page, counted from 0"),
            *_integer("first_x", "firstX", "pixels of the picture, or PDF points from the left"),
            *_integer("first_y", "firstY", "pixels from the top, or PDF points from the bottom"),
            *_integer("second_x", "secondX", "as first_x"),
            *_integer("second_y", "secondY", "as first_y"),
            *_integer("begin", "begin", "milliseconds"),
            *_integer("end", "end", "milliseconds"),
            _ref("from_sync_point", "GUID of a SyncPoint", "fromSyncPoint"),
            _ref("to_sync_point", "GUID of a SyncPoint", "toSyncPoint"),
            *_CREATED,
            *_MODIFIED,
            _DESCRIPTION,
            _derived("start_index", "Int64", "first character of the quotation, in code points of the source's text"),
            _derived("end_index", "Int64", "end of the quotation, exclusive, in code points of the source's text"),
            _derived(
                "quotation", "string", "the text that was marked; for other selections a description of the place"
            ),
            _derived("place", "string", "where in the source, for people: a page and area, a time, characters"),
        ),
    ),
    Table(
        "codings",
        (
            _text("owner_kind", "selection or source"),
            _row("owner_row", "row of the owner in its table"),
            _GUID,
            *_CREATED,
            _ref("code_guid", "GUID of the Code, as written in CodeRef"),
            _derived("code_row", "Int64", "row of the Code; missing when the reference dangles"),
        ),
    ),
    Table(
        "note_refs",
        (
            _text("owner_kind", "project, code, source, selection, coding or link"),
            _row("owner_row", "row of the owner in its table; 0 for the project"),
            _ref("target_guid", "GUID of the Note", "targetGUID"),
        ),
    ),
    Table(
        "links",
        (
            _GUID,
            _NAME,
            _text("direction", "Associative, OneWay or Bidirectional", "direction"),
            _text("color", "#RRGGBB as written", "color"),
            _ref("origin_guid", "GUID of what the link starts from", "originGUID"),
            _ref("target_guid", "GUID of what the link goes to", "targetGUID"),
        ),
    ),
    Table("sets", (_GUID, _NAME, _DESCRIPTION)),
    Table(
        "set_members",
        (
            _row("set_row", "row of the Set"),
            _text("member_kind", "MemberCode, MemberSource or MemberNote"),
            _ref("target_guid", "GUID that the reference names", "targetGUID"),
        ),
    ),
    Table("graphs", (_GUID, _NAME)),
    Table(
        "vertices",
        (
            _row("graph_row", "row of the Graph"),
            _GUID,
            _ref("represented_guid", "GUID of what the vertex stands for", "representedGUID"),
            _NAME,
            *_integer("first_x", "firstX", "left, in the graph's units"),
            *_integer("first_y", "firstY", "top, in the graph's units"),
            *_integer("second_x", "secondX", "right, in the graph's units"),
            *_integer("second_y", "secondY", "bottom, in the graph's units"),
            _text("shape", "Person, Oval, Rectangle, …", "shape"),
            _text("color", "#RRGGBB as written", "color"),
        ),
    ),
    Table(
        "edges",
        (
            _row("graph_row", "row of the Graph"),
            _GUID,
            _ref("represented_guid", "GUID of the Link that the edge stands for", "representedGUID"),
            _NAME,
            _ref("source_vertex", "GUID of a Vertex", "sourceVertex"),
            _ref("target_vertex", "GUID of a Vertex", "targetVertex"),
            _text("color", "#RRGGBB as written", "color"),
            _text("direction", "Associative, OneWay or Bidirectional", "direction"),
            _text("line_style", "dotted, dashed or solid", "lineStyle"),
        ),
    ),
)

#: Every table of the data model by name, in the order of the standard.
TABLES: dict[str, Table] = {table.name: table for table in _TABLES}

_USERS = ("creating_user", "modifying_user", "creating_user_guid", "modifying_user_guid")
#: (table, column) of references by GUID that always name elements of one table → that table.
NAMED: dict[tuple[str, str], str] = {
    **{(name, column): "users" for name, table in TABLES.items() for column in _USERS if column in table.position},
    ("codings", "code_guid"): "codes",
    ("variable_values", "variable_guid"): "variables",
    ("note_refs", "target_guid"): "sources",
    ("selections", "from_sync_point"): "sync_points",
    ("selections", "to_sync_point"): "sync_points",
    ("edges", "source_vertex"): "vertices",
    ("edges", "target_vertex"): "vertices",
}


def integer_of(written: str) -> int | None:
    """The number that an attribute or text holds; None: none that a column of whole numbers can hold."""
    try:
        number = int(written)
    except ValueError:
        return None
    return number if -(2**63) <= number < 2**63 and "_" not in written else None


def boolean_of(written: str) -> bool | None:
    """What an attribute or text says; None: neither yes nor no."""
    return {"true": True, "1": True, "false": False, "0": False}.get(written.strip())


def normalise_guid(written: str) -> str:
    """A GUID as it is compared: without braces and surrounding space, in lower case (ids that are no GUIDs too)."""
    return written.strip().strip("{}").lower()


@dataclass
class Project:
    """A project as tables.

    Attributes:
        rows: the rows of each table, to be read only.
        dialect: id of the profile of the program that wrote it (``refi/dialects.toml``).
        findings: what was noticed while reading.
        name: file name of the project, for messages and titles.
        positions: how positions were read and how sure that is (``refi/evidence.py``), as plain values; empty when
            texts were not read.
    """

    rows: Mapping[str, ReadRows]
    dialect: str = "unknown"
    findings: list[Finding] = field(default_factory=list)
    name: str = ""
    positions: dict[str, str | int | float | bool | None] = field(default_factory=dict)
    _frames: dict[str, pd.DataFrame] = field(default_factory=dict, repr=False)

    def rows_to_change(self) -> dict[str, Rows]:
        """The rows as lists that may be changed; from now on they are the project's."""
        lists = {
            name: rows if isinstance(rows, list) else [list(row) for row in rows] for name, rows in self.rows.items()
        }
        self.rows = lists
        return lists

    def table(self, name: str) -> pd.DataFrame:
        """One table as a DataFrame with the columns and dtypes of ``TABLES[name]``, index 0…n−1 in document order."""
        if name not in self._frames:
            self._frames[name] = to_frame(TABLES[name], self.rows[name])
        return self._frames[name]

    def column(self, table: str, name: str) -> Iterator[Any]:
        """The plain values of one column, without pandas."""
        position, rows = TABLES[table].position[name], self.rows[table]
        return rows.values(position) if isinstance(rows, ColumnRows) else (row[position] for row in rows)

    def joined(self, table: str, name: str) -> tuple[bytearray, int] | None:
        """The strings of one column as one, and how long each is, where none is missing and they are kept so."""
        rows = self.rows[table]
        return rows.joined(TABLES[table].position[name]) if isinstance(rows, ColumnRows) else None

    def numbers(self, table: str, *elements: str) -> list[int]:
        """Which rows are some elements; the table's first column is the element."""
        wanted = frozenset(elements)
        name = TABLES[table].columns[0].name
        return [number for number, element in enumerate(self.column(table, name)) if element in wanted]

    def records(self, table: str) -> Iterator[dict[str, Any]]:
        """The rows of one table as dictionaries, without pandas."""
        names = [column.name for column in TABLES[table].columns]
        return (dict(zip(names, row, strict=True)) for row in self.rows[table])


def to_frame(table: Table, rows: ReadRows) -> pd.DataFrame:
    """Rows as a DataFrame with the dtypes of the data model."""
    import pandas as pd

    columns: Iterable[Sequence[Any]] = list(zip(*rows, strict=True)) or [()] * len(table.columns)
    if isinstance(rows, ColumnRows):
        columns = (rows.column(position) for position in range(len(table.columns)))
    return pd.DataFrame(
        {
            column.name: pd.Series(list(values), dtype=column.dtype)
            for column, values in zip(table.columns, columns, strict=True)
        }
    )
