"""The tables of a corpus: those of the data model with the project that a row is of, and what is said of projects."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from qdpx_compassion.tables import TABLES, Column, Table

if TYPE_CHECKING:
    import pyarrow as pa


def _text(name: str, meaning: str) -> Column:
    return Column(name, "string", meaning)


def _number(name: str, meaning: str) -> Column:
    return Column(name, "Int64", meaning)


def _flag(name: str, meaning: str) -> Column:
    return Column(name, "boolean", meaning)


#: Stand before the columns of every table of the data model.
KEYS = (
    _text("project_id", "which project, a row of projects"),
    _number("row", "number of the row in its table of that project; columns that end in _row refer to it"),
)
#: Tables of the data model of which a project has many rows, with the column that counts them in ``projects``.
COUNTED = ("users", "codes", "variables", "cases", "sources", "selections", "codings", "links", "sets", "graphs")

_PLACE = (
    _text("project_id", "follows from the location; the same in every build"),
    _text("location", "path or URL from which it was read, without passwords"),
    _text("file", "name of the file"),
)
_STATE = (
    _number("size", "bytes of the file"),
    _text("modified", "when the file was last changed: nanoseconds since 1970, or what a server says of it"),
    _text("program_version", "version of this program that read it"),
)

PROJECTS = Table(
    "projects",
    (
        *_PLACE,
        _text("name", "name of the project"),
        _text("origin", "program that wrote it, as the file says"),
        _text("dialect", "profile of that program"),
        _text("creation_date_time", "xsd:dateTime as written"),
        _text("modified_date_time", "xsd:dateTime as written"),
        _text("licence", "licence note: of the option --licence, or of a file LICENSE beside the project"),
        *(_number(name, f"rows in {name}") for name in COUNTED),
        _number("notes", "sources that are notes"),
        _number("characters", "of all plain texts"),
        _number("errors", "findings that are errors"),
        _number("warnings", "findings that are warnings"),
        _text("positions", "how places in texts were counted, and how sure that is"),
        _text("document_sha256", "SHA-256 of the document (.qde); equal: the very same document"),
        _text("files_sha256", "SHA-256 of names, sizes and check sums of the other files"),
        _text("sources_sha256", "SHA-256 of the GUIDs of its sources; equal: copies of one project"),
        *_STATE,
    ),
)
FAILURES = Table(
    "failures",
    (
        *_PLACE,
        _text("code", "code of the finding"),
        _text("message", "what was wrong"),
        _text("place", "where in the project"),
        _text("remedy", "what can be done"),
        _flag("again", "whether the next build tries it again although the file is the same"),
        *_STATE,
    ),
)
FINDINGS = Table(
    "findings",
    (
        KEYS[0],
        _text("code", "code of the finding"),
        _text("severity", "error, warning or note"),
        _text("message", "a sentence for people"),
        _text("place", "where in the project"),
    ),
)

#: Columns that a corpus adds to a table of the data model.
ADDED = {
    "codes": (
        Column("path", "string", "names from the top, levels joined by “ > ”", derived=True),
        Column("is_case", "boolean", "whether the code stands for a participant or a folder of them", derived=True),
        Column("is_framework", "boolean", "whether the code is of a framework that enriching added", derived=True),
    ),
}

#: Every table of a corpus by name.
CORPUS_TABLES: dict[str, Table] = {
    "projects": PROJECTS,
    "failures": FAILURES,
    "findings": FINDINGS,
    **{name: Table(name, (*KEYS, *table.columns, *ADDED.get(name, ()))) for name, table in TABLES.items()},
}

#: Columns that hold words of interviews and memos; empty in a corpus without texts.
TEXTS = {
    "selections": ("name", "description", "quotation"),
    "sources": ("description", "plain_text_content"),
    "project": ("description",),
    "findings": ("message",),
}


#: Columns of words and identifiers, no two of which are often alike; other texts are one of a few.
UNLIKE = frozenset({"guid", "name", "description", "plain_text_content", "quotation", "place"})


@cache
def encodings(table: str) -> dict[str, Any]:
    """How Parquet writes the columns of a table: equal texts once, of numbers the differences, others as they are.

    A tenth smaller than what it does by itself, in four fifths of the time.
    """
    by_type = {"string": "DELTA_LENGTH_BYTE_ARRAY", "int64": "DELTA_BINARY_PACKED"}
    columns = arrow_schema(table)
    alike = [one.name for one in columns if str(one.type) == "string" and one.name not in UNLIKE]
    others = {one.name: by_type[str(one.type)] for one in columns if one.name not in alike and str(one.type) in by_type}
    return {"use_dictionary": alike or False, "column_encoding": others or None}


@cache
def arrow_schema(table: str) -> pa.Schema:
    """The columns of a table of a corpus as Parquet has them."""
    import pyarrow as pa

    types = {"string": pa.string(), "category": pa.string(), "Int64": pa.int64(), "boolean": pa.bool_()}
    columns = CORPUS_TABLES[table].columns
    return pa.schema([pa.field(one.name, types[one.dtype], metadata={"description": one.meaning}) for one in columns])
