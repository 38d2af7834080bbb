"""Which columns refer to something: what must be translated when a row moves to other tables."""

from __future__ import annotations

from qdpx_compassion.tables import NAMED, TABLES
from qdpx_compassion.teams.side import ANYTHING

#: (table, column) of references → the tables in which what they name is looked for.
REFERENCES: dict[tuple[str, str], tuple[str, ...]] = {
    **{place: (table,) for place, table in NAMED.items()},
    ("codes", "parent_guid"): ("codes",),
    ("links", "origin_guid"): ANYTHING,
    ("links", "target_guid"): ANYTHING,
    ("vertices", "represented_guid"): ANYTHING,
    ("edges", "represented_guid"): ("links",),
}
#: (table, column) of rows → the table, or the column that says what kind of element it is.
ROWS: dict[tuple[str, str], str] = {
    ("codes", "parent_row"): "codes",
    ("case_members", "case_row"): "cases",
    ("set_members", "set_row"): "sets",
    ("sync_points", "source_row"): "sources",
    ("selections", "source_row"): "sources",
    ("vertices", "graph_row"): "graphs",
    ("edges", "graph_row"): "graphs",
    ("codings", "code_row"): "codes",
    ("sources", "parent_row"): "parent_kind",
    ("variable_values", "owner_row"): "owner_kind",
    ("codings", "owner_row"): "owner_kind",
    ("note_refs", "owner_row"): "owner_kind",
}
#: table → position and name of the columns that refer to something, and of the GUID of cases (see ``_translated``).
TRANSLATED = {
    name: [
        (at, column.name)
        for at, column in enumerate(table.columns)
        if (name, column.name) in ROWS
        or (name, column.name) in REFERENCES
        or column.name == "target_guid"
        or (name, column.name) == ("cases", "guid")
    ]
    for name, table in TABLES.items()
}
#: What follows the text that holds, in the table sources.
OF_THE_TEXT = ("rich_text_path", "plain_text_path", "path", "current_path", "plain_text_content", "text_length")
