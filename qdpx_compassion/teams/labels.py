"""What elements are called for people."""

from __future__ import annotations

from collections.abc import Callable

from qdpx_compassion.code_tree import write_path
from qdpx_compassion.refi.quoting import short
from qdpx_compassion.teams.side import ANYTHING, OWNER_TABLE, Side

#: The table in which the members of cases and sets are looked for.
MEMBER_TABLES = {
    "CodeRef": ("codes",),
    "SourceRef": ("sources",),
    "SelectionRef": ("selections",),
    "MemberCode": ("codes",),
    "MemberSource": ("sources",),
    "MemberNote": ("sources",),
}


def name_of(table: str) -> Callable[[Side, int], str]:
    """The name, else the GUID."""
    return lambda side, row: side.cell(table, row, "name") or side.cell(table, row, "guid") or "(no name)"


def code_path(side: Side, row: int) -> str:
    """A code by its path."""
    return write_path(side.tree.codes[row].path)


def source_name(side: Side, row: int) -> str:
    """A source, or a text by the source that it stands in."""
    name = name_of("sources")(side, row)
    parent = side.cell("sources", row, "parent_row")
    if parent is None:
        return name
    table = OWNER_TABLE[side.cell("sources", row, "parent_kind")]
    return f"{side.cell('sources', row, 'kind')} of {label_of(side, table, parent)}"


def selection_label(side: Side, row: int) -> str:
    """A selection by source, place and quotation."""
    quotation = side.cell("selections", row, "quotation")
    place = side.shown_place(row)
    said = f": “{short(quotation)}”" if quotation and quotation != place else ""
    return f"{source_name(side, side.cell('selections', row, 'source_row'))}, {place}{said}"


def coding_label(side: Side, row: int) -> str:
    """A coding by its code, what it is on, and who made it."""
    owner, number = side.cell("codings", row, "owner_kind"), side.cell("codings", row, "owner_row")
    who = user_name(side, side.cell("codings", row, "creating_user"))
    return f"{code_of(side, row)}: {label_of(side, OWNER_TABLE[owner], number)}" + (f", by {who}" if who else "")


def code_of(side: Side, row: int) -> str:
    """The code of a coding."""
    code = side.cell("codings", row, "code_row")
    return code_path(side, code) if code is not None else side.cell("codings", row, "code_guid") or "(no code)"


def label_of(side: Side, table: str, row: int) -> str:
    """What a row of any table is called."""
    if table == "project":
        return "the project"
    if table == "codes":
        return code_path(side, row)
    if table == "sources":
        return source_name(side, row)
    if table == "selections":
        return selection_label(side, row)
    return coding_label(side, row) if table == "codings" else name_of(table)(side, row)


def named(side: Side, tables: tuple[str, ...], written: str | None) -> str | None:
    """What a reference names is called; a dangling one is its GUID."""
    for table in tables:
        row = side.row_of(table, written)
        if row is not None:
            return label_of(side, table, row)
    return written


def user_name(side: Side, written: str | None) -> str | None:
    """A user by name."""
    row = side.row_of("users", written)
    return written if row is None else side.cell("users", row, "name") or written


def member_label(table: str, owner: str, column: str) -> Callable[[Side, int], str]:
    """A member by what it is a member of."""

    def label(side: Side, row: int) -> str:
        target = named(side, MEMBER_TABLES[side.cell(table, row, "member_kind")], side.cell(table, row, "target_guid"))
        return f"{label_of(side, owner, side.cell(table, row, column))}: {target}"

    return label


def value_label(side: Side, row: int) -> str:
    """A value by its variable and owner."""
    owner = OWNER_TABLE[side.cell("variable_values", row, "owner_kind")]
    variable = named(side, ("variables",), side.cell("variable_values", row, "variable_guid"))
    return f"{variable} of {label_of(side, owner, side.cell('variable_values', row, 'owner_row'))}"


def note_label(side: Side, row: int) -> str:
    """A note by what it is on."""
    owner = OWNER_TABLE[side.cell("note_refs", row, "owner_kind")]
    note = named(side, ("sources",), side.cell("note_refs", row, "target_guid"))
    return f"{note} on {label_of(side, owner, side.cell('note_refs', row, 'owner_row'))}"


def parent_path(side: Side, row: int) -> str | None:
    """The path of the parent code."""
    parent = side.tree.codes[row].parent
    return None if parent is None else code_path(side, parent)


def shown_text(side: Side, row: int) -> str | None:
    """A text in a few words."""
    facts = side.texts.get(row)
    return f"{facts.length:,} characters ({facts.digest.hex()[:8]})" if facts else None


def shown_column(table: str, *columns: str) -> Callable[[Side, int], str | None]:
    """Columns with commas."""

    def show(side: Side, row: int) -> str | None:
        cells = [side.cell(table, row, column) for column in columns]
        return ", ".join("–" if cell is None else str(cell) for cell in cells)

    return show


def link_label(side: Side, row: int) -> str:
    """A link by its name, else by its ends."""
    name: str | None = side.cell("links", row, "name")
    ends = (named(side, ANYTHING, side.cell("links", row, column)) for column in ("origin_guid", "target_guid"))
    return name or " → ".join(end or "nothing" for end in ends)


def vertex_label(side: Side, row: int) -> str:
    """A vertex by its name, else by what it stands for."""
    name: str | None = side.cell("vertices", row, "name")
    return name or named(side, ANYTHING, side.cell("vertices", row, "represented_guid")) or "(a shape without a name)"


def edge_label(side: Side, row: int) -> str:
    """An edge by its name, else by the vertices at its ends."""
    name: str | None = side.cell("edges", row, "name")
    found = (side.row_of("vertices", side.cell("edges", row, column)) for column in ("source_vertex", "target_vertex"))
    return name or " → ".join("nothing" if vertex is None else vertex_label(side, vertex) for vertex in found)
