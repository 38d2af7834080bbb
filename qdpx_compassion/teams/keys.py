"""What elements stand for, in a form that is equal on both sides where they stand for the same."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Hashable, Iterable
from functools import lru_cache

from qdpx_compassion.refi.names import SOURCES
from qdpx_compassion.refi.text import fold, name_fits
from qdpx_compassion.tables import TABLES, normalise_guid
from qdpx_compassion.teams.labels import MEMBER_TABLES
from qdpx_compassion.teams.matching import Key, Pass
from qdpx_compassion.teams.side import ANYTHING, Side

_POSITIONS = re.compile(r"\s*\d+\s*,\s*\d+\s*|line:\d+|\s*")


def guid_key(table: str) -> Key:
    """The GUID, and the kind where several kinds stand in one table."""
    position = TABLES[table].position.get("guid", 0)
    # one GUID may stand for a PDF area and for the same passage in its text
    several = table in ("selections", "sources")

    def key(side: Side, row: int) -> Hashable:
        values = side.rows[table][row]
        written = values[position]
        if not written:
            return None
        return (values[0], normalise_guid(written)) if several else normalise_guid(written)

    return key


def text_of(table: str, column: str) -> Key:
    """A text without regard to line ends; an empty one is none."""
    position = TABLES[table].position[column]

    def key(side: Side, row: int) -> Hashable:
        written = side.rows[table][row][position]
        return written.replace("\r\n", "\n").replace("\r", "\n").strip() or None if written else None

    return key


def nameless(table: str) -> Key:
    """Equal for all elements of a kind that have no name; none for the others."""
    name = text_of(table, "name")
    several = table == "sources"
    return lambda side, row: (side.rows[table][row][0] if several else 0) if name(side, row) is None else None


def moment(table: str, column: str) -> Key:
    """A moment, whatever its zone; what is no date as it is written."""
    position = TABLES[table].position[column]
    return lambda side, row: instant(side.rows[table][row][position] or "")


def user(table: str, column: str) -> Key:
    """A user whom a row names."""
    position = TABLES[table].position[column]
    return lambda side, row: side.user(side.rows[table][row][position])


@lru_cache(maxsize=1 << 16)
def instant(written: str) -> str | None:
    """A moment as UTC in one form; what is no date as it is written; None where there is none."""
    try:
        read = dt.datetime.fromisoformat(written.strip())
    except ValueError:
        return written.strip() or None
    return read.astimezone(dt.UTC).isoformat() if read.tzinfo else read.isoformat()


def color(table: str) -> Key:
    """A colour, whatever its letter case; ``#abc`` is ``#aabbcc``."""

    def key(side: Side, row: int) -> Hashable:
        written = (side.cell(table, row, "color") or "").strip().lower()
        short_form = len(written) == 4 and written.startswith("#")
        return ("#" + "".join(digit * 2 for digit in written[1:]) if short_form else written) or None

    return key


def columns(table: str, *columns: str) -> Key:
    """Several columns as they are."""
    return lambda side, row: tuple(side.cell(table, row, column) for column in columns)


# -- what things stand for --------------------------------------------------------------------------------------------


def source_key(*parts: str) -> Key:
    """Parts of what a source is: ``content``, ``parent``, ``kind`` or columns; none where one is missing."""

    def key(side: Side, row: int) -> Hashable:
        found: list[Hashable] = []
        for part in parts:
            value: Hashable
            if part == "content":
                facts = side.texts.get(row)
                value = facts.digest if facts else side.files.get(row)
            elif part == "parent":
                kind = side.cell("sources", row, "parent_kind")
                value = side.owner(kind, side.cell("sources", row, "parent_row")) if kind else None
            elif part == "kind":
                value = side.rows["sources"][row][0]
            else:
                value = text_of("sources", part)(side, row)
            if value is None:
                return None
            found.append(value)
        return tuple(found)

    return key


def selection_name(side: Side, row: int) -> Hashable:
    """A selection's name where it says something of its own: not the quotation, not the positions."""
    name = side.cell("selections", row, "name")
    if not name or _POSITIONS.fullmatch(name) or name_fits(name, side.cell("selections", row, "quotation") or ""):
        return None
    return str(name)


def quotation(side: Side, row: int) -> Hashable:
    """What was marked, white space folded; none where it has no text."""
    return fold(side.cell("selections", row, "quotation") or "") or None if side.passage(row) else None


def coded(side: Side, row: int) -> Hashable:
    """What a coding is on: the place of a selection, or a source."""
    coding = side.rows["codings"][row]
    return side.place(coding[1]) if coding[0] == "selection" else side.owner(coding[0], coding[1])


def passage(side: Side, row: int) -> Hashable:
    """The text that a coding is on."""
    coding = side.rows["codings"][row]
    return side.passage(coding[1]) if coding[0] == "selection" else None


def case_members(side: Side, row: int) -> Hashable:
    """The members of a case; none where it has none."""
    return side.members_of_cases().get(row)


def target(table: str, tables: tuple[str, ...] = ANYTHING, column: str = "target_guid") -> Key:
    """What a reference names."""
    position = TABLES[table].position[column]
    return lambda side, row: side.reference(tables, side.rows[table][row][position])


coding_code = target("codings", ("codes",), "code_guid")
coding_user = user("codings", "creating_user")
coding_date = moment("codings", "creation_date_time")


def all_of(*keys: Key) -> Key:
    """A key of several; none where the first is none."""
    if len(keys) == 1:
        return keys[0]
    strongest, others = keys[0], keys[1:]

    def key(side: Side, row: int) -> Hashable:
        first = strongest(side, row)
        return None if first is None else (first, *[other(side, row) for other in others])

    return key


def by(*keys: Key, unique: bool = False) -> Pass:
    """A pass by a key of several parts."""
    return Pass(all_of(*keys), unique)


def member_owner(table: str, owner: str, column: str) -> Key:
    """The case, set, graph or transcript that a row belongs to."""
    return lambda side, row: (owner, side.ids[owner][side.cell(table, row, column)])


def member(table: str) -> Key:
    """What a member of a case or set is."""

    def key(side: Side, row: int) -> Hashable:
        kind = side.cell(table, row, "member_kind")
        return kind, side.reference(MEMBER_TABLES[kind], side.cell(table, row, "target_guid"))

    return key


def _number(written: str) -> str:
    """A decimal number in one form: ``+1.50`` is ``1.5``."""
    sign, digits = ("-" if written.startswith("-") else ""), written.lstrip("+-")
    whole, _, rest = digits.partition(".")
    whole, rest = whole.lstrip("0") or "0", rest.rstrip("0")
    return f"{sign}{whole}.{rest}" if rest else f"{sign if whole != '0' else ''}{whole}"


def variable_value(side: Side, row: int) -> Hashable:
    """A value, whichever way it is written."""
    written = text_of("variable_values", "value")(side, row)
    kind = side.cell("variable_values", row, "value_kind")
    if not isinstance(written, str):
        return None
    if kind == "BooleanValue":
        return {"1": "true", "0": "false"}.get(written, written)
    return _number(written) if kind in ("IntegerValue", "FloatValue") else written


def value_owner(side: Side, row: int) -> Hashable:
    """The case or source that a value is of."""
    return side.owner(side.cell("variable_values", row, "owner_kind"), side.cell("variable_values", row, "owner_row"))


def note_owner(side: Side, row: int) -> Hashable:
    """What a note is on."""
    return side.owner(side.cell("note_refs", row, "owner_kind"), side.cell("note_refs", row, "owner_row"))


def parent_code(side: Side, row: int) -> Hashable:
    """The code that a code stands in."""
    parent = side.tree.codes[row].parent
    return None if parent is None else side.ids["codes"].get(parent)


def is_source(kinds: tuple[str, ...]) -> Callable[[Side], Iterable[int]]:
    """Sources of some kinds."""
    return lambda side: (row for row, source in enumerate(side.rows["sources"]) if source[0] in kinds)


def parts(parent: str) -> Callable[[Side], Iterable[int]]:
    """Texts inside sources or inside selections."""
    return lambda side: (
        row
        for row, source in enumerate(side.rows["sources"])
        if source[0] not in SOURCES and source[0] != "Note" and source[1] == parent
    )


def selections(*, inner: bool) -> Callable[[Side], Iterable[int]]:
    """Selections in sources, or those in the text of a selection."""

    def rows(side: Side) -> Iterable[int]:
        sources = side.rows["sources"]
        return (row for row, one in enumerate(side.rows["selections"]) if (sources[one[1]][1] == "selection") is inner)

    return rows
