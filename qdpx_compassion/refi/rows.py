"""The XML's events → rows of tables, in document order."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import islice, repeat
from operator import attrgetter
from typing import Any

from qdpx_compassion.columns import ColumnRows, Packed, PackedChoices, PackedIntegers, PackedStrings
from qdpx_compassion.errors import InputError
from qdpx_compassion.findings import Finding
from qdpx_compassion.refi.guids import are_guids, are_guids_joined, is_guid, normalise_guid
from qdpx_compassion.refi.names import (
    CHILDREN,
    CONTAINERS,
    OWNER_KIND,
    SELECTION_KINDS,
    SOURCE_KINDS,
    SOURCES,
    TABLE_OF,
    VALUE_KINDS,
    XSI_NAMESPACE,
)
from qdpx_compassion.refi.runs import Form, Run
from qdpx_compassion.refi.scanner import Scanner, shown_name
from qdpx_compassion.tables import TABLES, Column, ReadRows, Rows, boolean_of, integer_of

_TEXTS = frozenset({"Description", "PlainTextContent", *VALUE_KINDS})
_MEMBERS = frozenset({"MemberCode", "MemberSource", "MemberNote"})
_CASE_MEMBERS = frozenset({"CodeRef", "SourceRef", "SelectionRef"})
_REFERENCES = frozenset({"NoteRef", "VariableRef"}) | _MEMBERS | _CASE_MEMBERS

#: What has codings, and what it is called as their owner.
_CODED = {name: OWNER_KIND[name] for name, children in CHILDREN.items() if "Coding" in children}
_SOURCE_KINDS = frozenset(SOURCE_KINDS)

#: How an attribute is read.
_STRING, _DATE, _REFERENCE, _INTEGER, _BOOLEAN = range(5)


def _kind(column: Column) -> int:
    if (column.attribute or "").endswith("DateTime"):
        return _DATE
    return {"string": _STRING, "category": _REFERENCE, "Int64": _INTEGER, "boolean": _BOOLEAN}[column.dtype]


#: table → XML attribute → (position of the column, how it is read)
_ATTRIBUTES = {
    table.name: {c.attribute: (i, _kind(c)) for i, c in enumerate(table.columns) if c.attribute}
    for table in TABLES.values()
}
#: A number as it is written plainly, and that fits.
_PLAIN_INTEGER = re.compile(r"0|[1-9][0-9]{0,17}").fullmatch
#: So many identifiers are looked at together.
_MANY = 10_000
#: So many numbers are remembered.
_MOST_NUMBERS = 100_000
_WIDTH = {table.name: len(table.columns) for table in TABLES.values()}


#: Tables whose rows begin with the element's name.
_NAMED_IN_ROW = frozenset({"sources", "selections"})
#: The element (one of them) whose rows a table with GUIDs holds.
_ELEMENTS = {table: name for name, table in TABLE_OF.items() if "guid" in TABLES[table].position}


def _at(table: str, column: str) -> int:
    return TABLES[table].position[column]


def _is_bad(guid: str | None) -> bool:
    return guid is not None and not is_guid(guid)


class _Integers(dict[str, int | None]):
    """Numbers that are written plainly, and that fit, by how they are written; None for all others.

    Equal numbers are one object, of which millions of positions are full.
    """

    def __missing__(self, written: str) -> int | None:
        if len(self) >= _MOST_NUMBERS:
            self.clear()
        number = self[written] = int(written) if _PLAIN_INTEGER(written) else None
        return number


_Columns = tuple[tuple[int, int, int, str], ...]


@dataclass(frozen=True, slots=True)
class _Plan:
    """Where the values of a selection of one form go; see ``refi/runs.py``.

    Attributes:
        kind: the selection's element.
        columns: position, how it is read, number of the value, attribute.
        codings: of each the numbers of GUID, user, date and code; -1: it has none.
    """

    kind: str
    columns: _Columns
    codings: tuple[tuple[int, ...], ...]


#: The attributes of a coding in the order of its row, then its code.
_OF_CODING = ("guid", "creatingUser", "creationDateTime", "targetGUID")


#: Columns of selections and codings that nobody checks, and those that are looked at while a source is read.
_UNCHECKED = frozenset({"start_index", "end_index", "quotation", "place", "code_row"})
_PASSING = frozenset({"name", "creation_date_time", "modified_date_time"})
#: Columns with few values.
_CHOICES = frozenset({"kind", "source_row", "owner_kind", "creating_user", "modifying_user", "code_guid"})


def _long_table(name: str, *, lean: bool) -> ColumnRows:
    """The rows of a table that may be millions; see ``RowMaker``."""
    position = TABLES[name].position
    packed: dict[int, type[Packed]] = {
        at: PackedStrings for column, at in position.items() if column == "guid" or column.endswith("date_time")
    }
    if "owner_row" in position:
        packed[position["owner_row"]] = PackedIntegers
    if not lean:
        return ColumnRows(_WIDTH[name], packed)
    ignored, passing, choices = (
        frozenset(position[column] for column in columns & position.keys())
        for columns in (_UNCHECKED, _PASSING, _CHOICES)
    )
    packed.update(dict.fromkeys(choices, PackedChoices))
    return ColumnRows(_WIDTH[name], packed, ignored=ignored, passing=passing)


class RowMaker:
    """The handlers of one scan; ``rows`` is what comes out, ``selections`` and ``codings`` are two of its tables.

    Args:
        where: file and document, for messages.
        lean: leave out quotations, names and dates of selections and codings.
    """

    def __init__(self, where: str, *, lean: bool = False) -> None:
        self._rows: dict[str, Rows] = {name: [] for name in TABLES.keys() - {"selections", "codings"}}
        self.selections, self.codings = (_long_table(name, lean=lean) for name in ("selections", "codings"))
        self._made: dict[str, Rows | ColumnRows] = {
            **self._rows,
            "selections": self.selections,
            "codings": self.codings,
        }
        self.rows: Mapping[str, ReadRows] = {name: self._made[name] for name in TABLES}
        self.unknown_elements: Counter[str] = Counter()
        self.unknown_attributes: Counter[str] = Counter()
        self.unreadable: Counter[str] = Counter()
        self.odd_references: Counter[str] = Counter()
        self.source_ended: Callable[[int], None] = lambda _: None
        self.project_started: Callable[[str | None], None] = lambda _: None
        self.scanner: Scanner
        self._where = where
        # element, row, whether it is a wrapper that is looked through (then its parent's name and row stand here)
        self._stack: list[tuple[str, int, bool]] = []
        self._collecting = False
        self._skipped = 0  # depth inside an element of another namespace
        self._text: list[str] = []
        self._interned: dict[str, str] = {}
        self._integers = _Integers()
        self._date = ""

    def attach(self, scanner: Scanner) -> None:
        """Take a scanner's events.

        Codings are met by the million; what stands where it should is read here, the rest in ``start`` and ``end``.
        """
        self.scanner = scanner
        names, nesting, stack = scanner.names, scanner.nesting, self._stack
        codings, interned, code_guid = self.codings, self._interned, _at("codings", "code_guid")

        def start(raw: str, attributes: dict[str, str]) -> None:
            name = names[raw]
            if not self._skipped and stack:
                parent, row, wrapped = stack[-1]
                if name == "CodeRef" and parent == "Coding" and len(attributes) == 1:
                    target = attributes.get("targetGUID")
                    if target is not None:
                        codings.open_row(row)[code_guid] = interned.setdefault(target, target)
                        stack.append((name, row, False))
                        return
                elif name == "Coding" and parent in _CODED and not wrapped and len(attributes) == 3:
                    guid, user = attributes.get("guid"), attributes.get("creatingUser")
                    date = attributes.get("creationDateTime")
                    if guid is not None and user is not None and date is not None:
                        if date != self._date:
                            self._date = date
                        values = (_CODED[parent], row, guid, interned.setdefault(user, user), self._date, None, None)
                        stack.append((name, len(codings), False))
                        codings.append(list(values))
                        return
            if len(stack) + self._skipped >= nesting:
                raise scanner.too_deep()
            self.start(name, attributes)

        def end(raw: str) -> None:
            if self._skipped or self._collecting or stack[-1][0] in _SOURCE_KINDS:
                self.end(names[raw])
            else:
                stack.pop()

        scanner.attach(start, end)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        if self._skipped or name[0] == "{":
            self._skip(name)
            return
        stack = self._stack
        parent, parent_row, wrapped = stack[-1] if stack else ("", -1, False)
        if parent and (name not in CHILDREN[parent] or (wrapped and name in _TEXTS)):
            self._unexpected(name, parent, parent_row)
            return
        if not parent and name != "Project":
            raise _not_a_project(name, self._where)
        table = TABLE_OF.get(name)
        row = parent_row
        if table is not None:
            row = self._new_row(table, name, attributes, parent, parent_row)
        elif name in _TEXTS or (name in _REFERENCES and not attributes):
            self._collecting = True
            self._text.clear()
            self.scanner.collect_text(self._text.append)
            for attribute in attributes:
                self._unknown_attribute(attribute, name)
        elif attributes:
            self._reference(name, attributes, parent, parent_row)
        stack.append((name, row, False))
        if name == "Project":
            self._root(attributes)

    def end(self, name: str) -> None:
        """An element ends."""
        if self._skipped:
            self._skipped -= 1
            return
        _, row, wrapper = self._stack.pop()
        if wrapper:
            return
        if self._collecting:
            self._collecting = False
            self.scanner.collect_text(None)
            self._store_text(name, "".join(self._text))
        elif name in _SOURCE_KINDS:
            if name in SOURCES:
                self.settle()
            self.source_ended(row)
            if name in SOURCES:
                self.selections.forget()
                self.codings.forget()

    def _unexpected(self, name: str, parent: str, row: int) -> None:
        """An element that may not stand here. What is in it is read where it is but a wrapper such as ``SubCodes``."""
        if name in CHILDREN and name not in CONTAINERS:
            # what stands in it would be taken for the parent's
            self._skip(f"{name} in {parent}")
            return
        self.unknown_elements[f"{name} in {parent}"] += 1
        self._stack.append((parent, row, True))

    def _skip(self, name: str) -> None:
        if not self._skipped:
            self.unknown_elements[name] += 1
        self._skipped += 1

    def _root(self, attributes: dict[str, str]) -> None:
        row = self._rows["project"][0]
        row[_at("project", "namespace")] = self.scanner.namespace
        location = next((v for k, v in attributes.items() if "schemaLocation" in k and XSI_NAMESPACE in k), None)
        row[_at("project", "schema_location")] = location
        self.project_started(row[_at("project", "origin")])

    # -- runs of selections -------------------------------------------------------------------------------------------

    def parent(self) -> str:
        """See ``runs.Taker``."""
        if self._skipped or self._collecting or not self._stack:
            return ""
        name, _, wrapped = self._stack[-1]
        room = len(self._stack) + 3 <= self.scanner.nesting  # selection, coding, reference
        inside = any(parent in SELECTION_KINDS for parent, _, _ in self._stack)  # one that is open still
        return name if room and not wrapped and not inside else ""

    def plan(self, form: Form, parent: str) -> _Plan | None:
        """See ``runs.Taker``."""
        columns = _ATTRIBUTES["selections"]
        if form.kind not in CHILDREN[parent] or not columns.keys() >= form.attributes.keys():
            return None
        if any(coding.keys() - set(_OF_CODING) for coding in form.codings):
            return None
        places = tuple((*columns[attribute], number, attribute) for attribute, number in form.attributes.items())
        return _Plan(
            form.kind, places, tuple(tuple(coding.get(name, -1) for name in _OF_CODING) for coding in form.codings)
        )

    def take(self, run: Run[_Plan]) -> None:
        """See ``runs.Taker``."""
        self.settle()
        source, done = self._stack[-1][1], 0
        for columns, alike in itertools.groupby(run.plans, attrgetter("columns")):
            plans = list(alike)
            values = run.values[done : done + len(plans)]
            done += len(plans)
            first = len(self.selections)
            dates = self._take_selections(columns, plans, values, source)
            self._take_codings(plans, values, dates, first)

    def _take_selections(
        self, columns: _Columns, plans: list[_Plan], values: list[list[str]], source: int
    ) -> list[str] | None:
        """Add selections with the same attributes; gives their dates, if they have any."""
        interned, integers, last = self._interned, self._integers, len(self.selections)
        found: dict[int, list[Any]] = {0: [plan.kind for plan in plans], 1: [source] * len(plans)}
        dates, odd = None, []
        for position, kind, number, attribute in columns:
            written = [of_one[number] for of_one in values]
            if kind == _REFERENCE:
                found[position] = [interned.setdefault(value, value) for value in written]
            elif kind == _INTEGER:
                found[position] = numbers = [integers[value] for value in written]
                if None in numbers:
                    odd.append((position, written, attribute))
            else:
                found[position] = written
                if attribute == "creationDateTime":
                    dates = written
        self.selections.extend(len(plans), found)
        for position, written, attribute in odd:
            for row, value in enumerate(written, last):
                if self.selections.get(row, position) is None:
                    cells: list[Any] = [None, None]
                    self._type(cells, 0, value, _INTEGER, f"{attribute} on {plans[row - last].kind}")
                    self.selections.put(row, position, cells[0])
                    self.selections.put(row, position + 1, cells[1])
        return dates

    def _take_codings(self, plans: list[_Plan], values: list[list[str]], dates: list[str] | None, first: int) -> None:
        """Add the codings of selections."""
        interned = self._interned
        rows: list[int] = []
        found: tuple[list[str | None], ...] = ([], [], [], [])
        guids, users, written, codes = (column.append for column in found)
        of_selections = dates or repeat(None)
        for row, plan, of_one, known in zip(itertools.count(first), plans, values, of_selections, strict=False):
            for guid, user, date, code in plan.codings:
                rows.append(row)
                guids(of_one[guid] if guid >= 0 else None)
                users(interned.setdefault(of_one[user], of_one[user]) if user >= 0 else None)
                when = of_one[date] if date >= 0 else None
                written(known if when == known else when)  # equal dates are one string
                codes(interned.setdefault(of_one[code], of_one[code]))
        if rows:
            self.codings.extend(
                len(rows), {0: ["selection"] * len(rows), 1: rows, **dict(enumerate(found, _at("codings", "guid")))}
            )

    def finish(self) -> None:
        """The document has been read: find which code each coding names; a GUID that two share names the first."""
        self.settle()
        by_key: dict[str, int] = {}
        for number, code in enumerate(self._rows["codes"]):
            by_key.setdefault(normalise_guid(code[0] or ""), number)
        written = self.codings.column(_at("codings", "code_guid"))
        found = {guid: by_key.get(normalise_guid(guid)) for guid in set(written) if guid is not None}
        codes = [found.get(guid) for guid in written]
        self.codings.put_all(_at("codings", "code_row"), range(len(codes)), codes)

    def settle(self) -> None:
        """Nothing that was read so far will change any more."""
        self.selections.settle()
        self.codings.settle()

    # -- rows -----------------------------------------------------------------------------------------------------

    def _new_row(self, table: str, name: str, attributes: dict[str, str], parent: str, parent_row: int) -> int:
        rows = self._made[table]
        row: list[Any] = [None] * _WIDTH[table]
        self._fill(table, name, row, attributes)
        if table == "codes":
            if parent == "Code":
                row[_at("codes", "parent_row")] = parent_row
                row[_at("codes", "parent_guid")] = self.rows["codes"][parent_row][0]
        elif table == "sources":
            row[0] = name
            if name not in SOURCES and name != "Note":
                row[1], row[2] = OWNER_KIND[parent], parent_row
        elif table == "selections":
            row[0], row[1] = name, parent_row
        elif table in ("codings", "variable_values"):
            row[0], row[1] = OWNER_KIND[parent], parent_row
        elif table in ("sync_points", "vertices", "edges"):
            row[0] = parent_row
        rows.append(row)
        return len(rows) - 1

    def _fill(self, table: str, name: str, row: list[Any], attributes: dict[str, str]) -> None:
        columns = _ATTRIBUTES[table]
        for attribute, value in attributes.items():
            place = columns.get(attribute)
            if place is None:
                self._unknown_attribute(attribute, name)
                continue
            position, kind = place
            if kind == _STRING:
                row[position] = value
            elif kind == _REFERENCE:
                row[position] = self._interned.setdefault(value, value)
            elif kind == _DATE:  # that of a coding is often its selection's: one string is enough
                if value != self._date:
                    self._date = value
                row[position] = self._date
            elif kind == _INTEGER and (number := self._integers[value]) is not None:
                row[position] = number
            else:
                self._type(row, position, value, kind, f"{attribute} on {name}")

    def _type(self, row: list[Any], position: int, value: str, kind: int, place: str) -> None:
        """Fill in a number or boolean, and beside it how it is written where that is unusual."""
        row[position] = typed = integer_of(value) if kind == _INTEGER else boolean_of(value)
        if typed is None:
            self.unreadable[place] += 1
        if typed is None or value != (str(typed) if kind == _INTEGER else str(typed).lower()):
            row[position + 1] = value

    def _unknown_attribute(self, attribute: str, name: str) -> None:
        if XSI_NAMESPACE not in attribute:
            self.unknown_attributes[f"{shown_name(attribute)} on {name}"] += 1

    def _reference(self, name: str, attributes: dict[str, str], parent: str, parent_row: int) -> None:
        target = attributes.get("targetGUID")
        if target is None:
            target = attributes.get("guid")  # Set members in codebooks and older projects
            if target is not None:
                self.odd_references[f"{name} in {parent}"] += 1
        for attribute in attributes:
            if attribute not in ("targetGUID", "guid"):
                self._unknown_attribute(attribute, name)
        if target is None:
            return
        target = self._interned.setdefault(target, target)
        if parent == "Coding" and name == "CodeRef":
            self.codings.open_row(parent_row)[_at("codings", "code_guid")] = target
        elif name == "NoteRef":
            self._rows["note_refs"].append([OWNER_KIND[parent], parent_row, target])
        elif name == "VariableRef":
            self._rows["variable_values"][parent_row][2] = target
        elif name in _MEMBERS:
            self._rows["set_members"].append([parent_row, name, target])
        elif name in _CASE_MEMBERS:
            self._rows["case_members"].append([parent_row, name, target])

    def _store_text(self, name: str, text: str) -> None:
        parent, row, _ = self._stack[-1]
        if name in _REFERENCES:
            if text.strip():  # as Transana once wrote them
                self.odd_references[f"{name} in {parent}"] += 1
                self._reference(name, {"targetGUID": text.strip()}, parent, row)
            return
        values = self.selections.open_row(row) if parent in SELECTION_KINDS else self._rows[TABLE_OF[parent]][row]
        if name == "Description":
            values[_at(TABLE_OF[parent], "description")] = text
        elif name == "PlainTextContent":
            values[_at("sources", "plain_text_content")] = text
        else:
            values[3], values[4] = name, text

    def _bad_guids(self) -> Counter[str]:
        """How many elements of each name have an identifier that is no GUID."""
        bad: Counter[str] = Counter()
        for table, name in _ELEMENTS.items():
            position, rows = TABLES[table].position["guid"], self.rows[table]
            joined = rows.joined(position) if isinstance(rows, ColumnRows) else None
            if joined is not None and are_guids_joined(*joined):
                continue
            guids = rows.values(position) if isinstance(rows, ColumnRows) else (row[position] for row in rows)
            while some := list(islice(guids, _MANY)):
                if not are_guids([guid for guid in some if guid is not None]):
                    bad.update(row[0] if table in _NAMED_IN_ROW else name for row in rows if _is_bad(row[position]))
                    break
        return bad

    def findings(self) -> list[Finding]:
        """What was met that the standard does not know, one finding a kind."""
        said = (
            ("xml-unknown-element", "{what}: the standard does not know it; it was left aside ({n}×).",
             self.unknown_elements),
            ("xml-unknown-attribute", "{what}: the standard does not know it; it was left aside ({n}×).",
             self.unknown_attributes),
            ("value-unreadable", "{what} is no number or boolean that can be used; it is kept as written ({n}×).",
             self.unreadable),
            ("reference-form", "{what} does not name its target in targetGUID; it was understood ({n}×).",
             self.odd_references),
            ("guid-form", "The guid of {what} is not a GUID ({n}×).", self._bad_guids()),
        )  # fmt: skip
        return [
            Finding(code, message.format(what=what, n=number), self._where)
            for code, message, counter in said
            for what, number in counter.items()
        ]


def _not_a_project(name: str, where: str) -> InputError:
    if name == "CodeBook":
        return InputError(
            "This is a codebook (.qdc): codes without texts.",
            where=where,
            remedy="Export the whole project as REFI-QDA project (.qdpx).",
        )
    return InputError(
        f"The document's first element is {name}, not Project.",
        where=where,
        remedy="Export a REFI-QDA project from your program and give that file.",
    )
