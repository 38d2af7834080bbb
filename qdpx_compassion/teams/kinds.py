"""Every kind of element: which rows it has, how they are recognised, what of them is compared, what they are called."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from qdpx_compassion.refi.names import SOURCES
from qdpx_compassion.tables import TABLES
from qdpx_compassion.teams.keys import (
    by,
    case_members,
    coded,
    coding_code,
    coding_date,
    coding_user,
    color,
    columns,
    guid_key,
    is_source,
    member,
    member_owner,
    moment,
    nameless,
    note_owner,
    parent_code,
    parts,
    passage,
    quotation,
    selection_name,
    selections,
    source_key,
    target,
    text_of,
    user,
    value_owner,
    variable_value,
)
from qdpx_compassion.teams.labels import (
    code_of,
    code_path,
    coding_label,
    edge_label,
    label_of,
    link_label,
    member_label,
    name_of,
    named,
    note_label,
    parent_path,
    selection_label,
    shown_column,
    shown_text,
    source_name,
    user_name,
    value_label,
    vertex_label,
)
from qdpx_compassion.teams.matching import Key, Pass
from qdpx_compassion.teams.side import ANYTHING, OWNER_TABLE, Side


@dataclass(frozen=True, slots=True)
class Value:
    """One thing that is compared.

    Attributes:
        name: what it is called in the result.
        key: equal for equal values; None where there is none.
        show: the value for people; None: the key as it is.
        both: compared only where both sides have it.
        own: where elements are joined or split, each has its own, so that only its loss is told.
        column: position of a column; where it is equal on both sides, so is the value.
    """

    name: str
    key: Key
    show: Callable[[Side, int], str | None] | None = None
    both: bool = False
    own: bool = False
    column: int | None = None

    def shown(self, side: Side, row: int) -> str | None:
        """The value for people."""
        if self.show is not None:
            return self.show(side, row)
        value = self.key(side, row)
        return None if value is None else str(value)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of element.

    Attributes:
        name: in the result.
        table: of the data model.
        label: what a row is called for people.
        passes: how rows are recognised where GUIDs do not.
        values: what is compared.
        rows: which rows of the table; None: all.
        merges: what rows have in common that are one row in another project, and what a row says of its own.
        has_guid: whether its elements have GUIDs.
    """

    name: str
    table: str
    label: Callable[[Side, int], str]
    passes: tuple[Pass, ...]
    values: tuple[Value, ...] = ()
    rows: Callable[[Side], Iterable[int]] | None = None
    merges: tuple[Key, Key] | None = None
    has_guid: bool = True

    def rows_of(self, side: Side) -> Iterable[int]:
        """The rows of a side that are of this kind."""
        return self.rows(side) if self.rows is not None else range(len(side.rows[self.table]))

    def all_passes(self) -> tuple[Pass, ...]:
        """The passes, that by GUID first."""
        return (Pass(guid_key(self.table)), *self.passes) if self.has_guid else self.passes


# -- forms of values ---------------------------------------------------------------------------------------------------


def plain_value(name: str, table: str, column: str, *, both: bool = False) -> Value:
    """A text that is compared."""
    return Value(name, text_of(table, column), both=both, column=TABLES[table].position[column])


def _moment_value(name: str, table: str, column: str) -> Value:
    return Value(name, moment(table, column), column=TABLES[table].position[column])


def user_value(name: str, table: str, column: str) -> Value:
    """A user who is compared."""
    return Value(
        name,
        user(table, column),
        lambda side, row: user_name(side, side.cell(table, row, column)),
    )


def reference_value(name: str, table: str, column: str, tables: tuple[str, ...]) -> Value:
    """A reference that is compared."""
    return Value(
        name,
        lambda side, row: side.reference(tables, side.cell(table, row, column)),
        lambda side, row: named(side, tables, side.cell(table, row, column)),
    )


def made(table: str, *, modified: bool = True) -> tuple[Value, ...]:
    """By whom and when something was made and changed."""
    made = (user_value("made by", table, "creating_user"), _moment_value("made", table, "creation_date_time"))
    if not modified:
        return made
    return (
        *made,
        user_value("changed by", table, "modifying_user"),
        _moment_value("changed", table, "modified_date_time"),
    )


# -- the kinds ------------------------------------------------------------------------------------------------------

_SOURCE_VALUES = (
    plain_value("name", "sources", "name"),
    Value("text", lambda side, row: side.texts[row].digest if row in side.texts else None, shown_text),
    Value("styled text", lambda side, row: "yes" if side.cell("sources", row, "rich_text_path") else None),
    plain_value("description", "sources", "description"),
    *made("sources"),
)
_FILE_VALUES = (Value("file", lambda side, row: side.files.get(row)),)
_PART_PASSES = (by(source_key("parent", "kind", "content")), by(source_key("parent", "kind")))


def _selection_kind(*, inner: bool) -> Kind:
    codes: Key = lambda side, row: side.codes_of(row)  # noqa: E731 (one of several keys)
    return Kind(
        "selections",
        "selections",
        selection_label,
        (
            by(Side.place, unique=True),
            by(Side.place, codes, text_of("selections", "description")),
            by(text_of("selections", "description"), Side.place),
            by(Side.place, codes),
            by(Side.place),
            by(Side.passage, codes),
            by(Side.passage),
        ),
        (
            Value("place", Side.place, Side.shown_place),
            Value("quotation", quotation, column=TABLES["selections"].position["quotation"]),
            Value("name", selection_name),
            plain_value("description", "selections", "description"),
            *(replace(value, own=True) for value in made("selections")),
        ),
        selections(inner=inner),
        merges=(Side.place, text_of("selections", "description")),
    )


#: There is one project.
_by_nothing = Pass(columns("project"))
#: Every kind, what is referred to before what refers; two entries of one name are told as one.
KINDS = (
    Kind(
        "project", "project", lambda side, row: side.cell("project", row, "name") or "the project",
        (_by_nothing,),
        (
            plain_value("name", "project", "name"),
            plain_value("description", "project", "description"),
            plain_value("base path", "project", "base_path"),
            user_value("made by", "project", "creating_user_guid"),
            _moment_value("made", "project", "creation_date_time"),
        ),
        has_guid=False,
    ),
    Kind(
        "users", "users", name_of("users"),
        (by(text_of("users", "name")), by(text_of("users", "id")), by(nameless("users"), unique=True)),
        (plain_value("name", "users", "name"), plain_value("id", "users", "id", both=True)),
    ),
    Kind(
        "codes", "codes", code_path,
        (
            Pass(lambda side, row: tuple(name.strip() for name in side.tree.codes[row].path)),
            by(text_of("codes", "name"), unique=True),
        ),
        (
            plain_value("name", "codes", "name"),
            Value("parent", parent_code, parent_path),
            Value("codable", lambda side, row: side.tree.codes[row].is_codable),
            Value("color", color("codes")),
            plain_value("description", "codes", "description"),
        ),
    ),
    Kind(
        "variables", "variables", name_of("variables"),
        (by(text_of("variables", "name")), by(nameless("variables"), unique=True)),
        (
            plain_value("name", "variables", "name"),
            plain_value("type", "variables", "type_of_variable"),
            plain_value("description", "variables", "description"),
        ),
    ),
    Kind(
        "notes", "sources", source_name,
        (by(source_key("name", "content")), by(source_key("content"), unique=True), by(source_key("name")),
         by(nameless("sources"), unique=True)),
        _SOURCE_VALUES, is_source(("Note",)),
    ),
    Kind(
        "sources", "sources", source_name,
        (
            by(source_key("kind", "name", "content")),
            by(source_key("kind", "content"), unique=True),
            by(source_key("kind", "name")),
            by(source_key("name"), unique=True),
            by(nameless("sources"), unique=True),
        ),
        (*_SOURCE_VALUES, *_FILE_VALUES), is_source(SOURCES),
    ),
    Kind("texts in sources", "sources", source_name, _PART_PASSES, _SOURCE_VALUES, parts("source")),
    _selection_kind(inner=False),
    Kind("texts in sources", "sources", source_name, _PART_PASSES, _SOURCE_VALUES, parts("selection")),
    _selection_kind(inner=True),
    Kind(
        "codings", "codings", coding_label,
        (
            by(coded, coding_code, coding_user, coding_date),
            by(coded, coding_code, coding_user),
            by(coded, coding_code),
            by(passage, coding_code, coding_user),
            by(passage, coding_code),
        ),
        (
            Value("code", coding_code, code_of),
            Value("place", coded,
                  lambda side, row: label_of(side, OWNER_TABLE[side.rows["codings"][row][0]],
                                              side.rows["codings"][row][1])),
            *made("codings", modified=False),
        ),
    ),
    Kind(
        "cases", "cases", name_of("cases"),
        (by(text_of("cases", "name")), by(case_members, unique=True), by(nameless("cases"), unique=True)),
        (plain_value("name", "cases", "name"), plain_value("description", "cases", "description")),
    ),
    Kind(
        "members of cases", "case_members", member_label("case_members", "cases", "case_row"),
        (by(member_owner("case_members", "cases", "case_row"), member("case_members")),), has_guid=False,
    ),
    Kind(
        "variable values", "variable_values", value_label,
        (
            by(value_owner, target("variable_values", ("variables",), "variable_guid"), variable_value),
            by(value_owner, target("variable_values", ("variables",), "variable_guid")),
        ),
        (Value("value", variable_value, lambda side, row: side.cell("variable_values", row, "value")),), has_guid=False,
    ),
    Kind(
        "sets", "sets", name_of("sets"), (by(text_of("sets", "name")), by(nameless("sets"), unique=True)),
        (plain_value("name", "sets", "name"), plain_value("description", "sets", "description")),
    ),
    Kind(
        "members of sets", "set_members", member_label("set_members", "sets", "set_row"),
        (by(member_owner("set_members", "sets", "set_row"), member("set_members")),), has_guid=False,
    ),
    Kind(
        "links", "links", link_label,
        (
            by(target("links", ANYTHING, "origin_guid"), target("links"), text_of("links", "name")),
            by(target("links", ANYTHING, "origin_guid"), target("links")),
        ),
        (
            plain_value("name", "links", "name"),
            reference_value("from", "links", "origin_guid", ANYTHING),
            reference_value("to", "links", "target_guid", ANYTHING),
            plain_value("direction", "links", "direction"),
            Value("color", color("links")),
        ),
    ),
    Kind(
        "notes on elements", "note_refs", note_label,
        (by(note_owner, target("note_refs", ("sources",))),), has_guid=False,
    ),
    Kind(
        "sync points", "sync_points",
        lambda side, row: f"{label_of(side, 'sources', side.rows['sync_points'][row][0])}, "
        f"{side.cell('sync_points', row, 'time_stamp')} ms",
        (
            by(member_owner("sync_points", "sources", "source_row"), columns("sync_points", "time_stamp", "position")),
            by(member_owner("sync_points", "sources", "source_row"), columns("sync_points", "time_stamp")),
        ),
        (
            Value("time", columns("sync_points", "time_stamp"), shown_column("sync_points", "time_stamp")),
            Value("position", columns("sync_points", "position"), shown_column("sync_points", "position")),
        ),
    ),
    Kind(
        "graphs", "graphs", name_of("graphs"),
        (by(text_of("graphs", "name")), by(nameless("graphs"), unique=True)),
        (plain_value("name", "graphs", "name"),),
    ),
    Kind(
        "vertices", "vertices", vertex_label,
        (
            by(member_owner("vertices", "graphs", "graph_row"), target("vertices", ANYTHING, "represented_guid"),
                text_of("vertices", "name")),
        ),
        (
            plain_value("name", "vertices", "name"),
            reference_value("stands for", "vertices", "represented_guid", ANYTHING),
            Value("place", columns("vertices", "first_x", "first_y", "second_x", "second_y"),
                  shown_column("vertices", "first_x", "first_y", "second_x", "second_y")),
            plain_value("shape", "vertices", "shape"),
            Value("color", color("vertices")),
        ),
    ),
    Kind(
        "edges", "edges", edge_label,
        (
            by(member_owner("edges", "graphs", "graph_row"), target("edges", ("vertices",), "source_vertex"),
                target("edges", ("vertices",), "target_vertex"), text_of("edges", "name")),
        ),
        (
            plain_value("name", "edges", "name"),
            reference_value("stands for", "edges", "represented_guid", ("links",)),
            reference_value("from", "edges", "source_vertex", ("vertices",)),
            reference_value("to", "edges", "target_vertex", ("vertices",)),
            plain_value("direction", "edges", "direction"),
            plain_value("line", "edges", "line_style"),
            Value("color", color("edges")),
        ),
    ),
)  # fmt: skip
