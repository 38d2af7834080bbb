"""Variables and cases → attributes and cases; sets of documents → attributes of files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from qdpx_compassion.formats.qualcoder.draft import Draft, Names
from qdpx_compassion.formats.qualcoder.writing_codes import MADE_UP
from qdpx_compassion.formats.qualcoder.writing_codings import Codings
from qdpx_compassion.formats.qualcoder.writing_sources import Sources
from qdpx_compassion.tables import TABLES, normalise_guid

_VARIABLE, _VALUE, _CASE, _SET, _CODING = (
    TABLES[name].position for name in ("variables", "variable_values", "cases", "sets", "codings")
)
_NUMERIC = ("Integer", "Float")


class Cases:
    """Cases with their members.

    Attributes:
        numbers: row of ``cases`` → number in ``cases``.
    """

    def __init__(self, draft: Draft, sources: Sources, codings: Codings) -> None:
        self._draft, self._sources, self._codings = draft, sources, codings
        self._rows = draft.content.project.rows
        self._known: set[tuple[int | None, ...]] = set()
        self.numbers: dict[int, int] = {}
        self._index()
        names = Names()
        members: dict[int, list[tuple[str, str]]] = {}
        for case, kind, target in self._rows["case_members"]:
            members.setdefault(case, []).append((kind, normalise_guid(target or "")))
        for row, case in enumerate(self._rows["cases"]):
            self._add(row, case, names, members.get(row, []))

    def _index(self) -> None:
        """Where what a case refers to is found, by GUID."""
        self._source_rows: dict[str, int] = {}
        for row, source in enumerate(self._rows["sources"]):
            if row in self._sources.numbers:
                self._source_rows.setdefault(normalise_guid(source[TABLES["sources"].position["guid"]] or ""), row)
        self._selection_rows: dict[str, int] = {}
        for row, selection in enumerate(self._rows["selections"]):
            guid = normalise_guid(selection[TABLES["selections"].position["guid"]] or "")
            if row in self._codings.places:
                self._selection_rows.setdefault(guid, row)
        self._codings_of: dict[str, list[int]] = {}
        for number, coding in enumerate(self._rows["codings"]):
            self._codings_of.setdefault(normalise_guid(coding[_CODING["code_guid"]] or ""), []).append(number)

    def _add(self, row: int, case: Sequence[Any], names: Names, members: list[tuple[str, str]]) -> None:
        draft, wanted = self._draft, case[_CASE["name"]] or ""
        sources = [self._source_rows[target] for kind, target in members if kind == "SourceRef" and target in
                   self._source_rows]  # fmt: skip
        named = [name for one in sources if (name := self._rows["sources"][one][TABLES["sources"].position["name"]])]
        name = names.free(wanted or (named[0] if named else f"Case {row + 1}"))
        if wanted.strip() and name != wanted:
            draft.lose("cases.name", "QualCoder holds each name once; equal ones got a number.")
        number = self.numbers[row] = draft.add(
            "cases", name=name, memo=case[_CASE["description"]] or "", owner=draft.coder, date=draft.date
        )
        guid = case[_CASE["guid"]]
        draft.identities.keep("cases", number, guid, (name,), "" if wanted else MADE_UP)
        for kind, target in sorted(members, key=self._rank):
            self._member(number, kind, target)
        # NVivo says with codings what belongs to a case: its code has the case's GUID.
        self._coded(number, normalise_guid(guid or ""))

    def _rank(self, member: tuple[str, str]) -> int:
        """What is a member itself comes before what becomes one with it."""
        kind, target = member
        if kind == "SourceRef" and target in self._source_rows:
            parent = self._rows["sources"][self._source_rows[target]][TABLES["sources"].position["parent_row"]]
            return int(parent is not None)
        return 2 if kind == "CodeRef" else 0

    def _member(self, case: int, kind: str, target: str) -> None:
        if kind == "SourceRef" and target in self._source_rows:
            row = self._source_rows[target]
            inside = self._rows["sources"][row][TABLES["sources"].position["parent_row"]] is not None
            if self._link(case, self._whole(row)) and not inside:
                return
        elif kind == "SelectionRef" and target in self._selection_rows:
            row = self._selection_rows[target]
            selection = self._rows["selections"][row]
            apart = selection[0] == "TranscriptSelection" and selection[1] in self._sources.apart
            if self._link(case, self._codings.places[row], row) and not apart:
                return
        elif kind == "CodeRef":
            self._coded(case, target)
        self._draft.lose(
            "case_members",
            "The cases of QualCoder have each file and passage once, and neither codes nor places in media.",
        )

    def _whole(self, row: int) -> tuple[int, int, int]:
        number = self._sources.numbers[row]
        text = self._draft.tables["source"][number - 1][2]
        return number, 0, len(text or "")

    def _coded(self, case: int, code: str) -> None:
        """What is coded with a case's code belongs to it."""
        for coding in self._codings_of.get(code, ()):
            values = self._rows["codings"][coding]
            place = self._codings.places.get(values[1]) if values[0] == "selection" else self._codings.whole.get(coding)
            if place is not None:
                self._link(case, place)

    def _link(self, case: int, place: tuple[int, int, int], selection: int | None = None) -> bool:
        known = (case, *place, selection)
        if known in self._known:
            return False
        self._known.add(known)
        source, start, end = place
        draft, guid, owner, date = self._draft, "", self._draft.coder, self._draft.date
        if selection is not None:
            values, position = self._rows["selections"][selection], TABLES["selections"].position
            guid, owner = values[position["guid"]] or "", draft.owner(values[position["creating_user"]])
            date = draft.moment(values[position["creation_date_time"]])
        row = draft.add("case_text", caseid=case, fid=source, pos0=start, pos1=end, owner=owner, date=date, memo="")
        draft.identities.keep("case_text", row, guid, (case, *place))
        return True


class _Attributes:
    """Attributes of cases, files or journals, each with a value for every one of these."""

    def __init__(self, draft: Draft) -> None:
        self._draft, self._names = draft, Names()
        self._numbers = {"case": "cases", "file": "source", "journal": "journal"}

    def add(self, wanted: str, kind: str, memo: str, numeric: bool, values: dict[int, str]) -> tuple[int, str]:
        """Add an attribute.

        Args:
            wanted: its name.
            kind: ``case``, ``file`` or ``journal``.
            memo: about it.
            numeric: whether its values are numbers.
            values: number of the case, file or journal → value.

        Returns:
            The attribute's row and name.
        """
        draft, name = self._draft, self._names.free(wanted, {"file": "files", "journal": "journals"}.get(kind, ""))
        row = draft.add("attribute_type", name=name, date=draft.date, owner=draft.coder, memo=memo, caseOrFile=kind,
                        valuetype="numeric" if numeric else "character")  # fmt: skip
        for number in range(1, len(draft.tables[self._numbers[kind]]) + 1):
            draft.add("attribute", name=name, attr_type=kind, value=values.get(number, ""), id=number, date=draft.date,
                      owner=draft.coder)  # fmt: skip
        return row, name


def write_attributes(draft: Draft, cases: Cases, sources: Sources, journals: dict[int, int]) -> None:
    """Variables with their values, and sets of documents as QualCoder itself imports them."""
    rows = draft.content.project.rows
    attributes = _Attributes(draft)
    by_guid = {
        normalise_guid(row[_VARIABLE["guid"]] or ""): at for at, row in reversed([*enumerate(rows["variables"])])
    }
    found: dict[int, dict[str, dict[int, str]]] = {}
    inside: dict[int, set[int]] = {}
    for value in sorted(rows["variable_values"], key=lambda value: _is_inside(draft, value)):
        variable = by_guid.get(normalise_guid(value[_VALUE["variable_guid"]] or ""))
        kind, number = _owner(value, cases, sources, journals)
        written = (value[_VALUE["value"]] or "").strip()
        if value[_VALUE["value_kind"]] == "BooleanValue":
            written = {"1": "true", "0": "false"}.get(written, written)
        held = found.setdefault(variable, {}).setdefault(kind, {}) if variable is not None and number else None
        if held is None or number is None or not written or number in held:
            draft.lose("variable_values", "QualCoder has one value of an attribute, a text or number, for each "
                       "case and file.")  # fmt: skip
            continue
        held[number] = written
        if variable is not None and _is_inside(draft, value):
            inside.setdefault(variable, set()).add(number)
    for row, one in enumerate(rows["variables"]):
        held_values = found.get(row) or {"case" if rows["cases"] else "file": {}}
        _add_variable(draft, attributes, row, one, held_values)
        if next(iter(held_values)) == "file":  # of a second attribute all values are told already
            why = "A text inside a source is one with it, or a document of its own, in QualCoder."
            draft.lose("variable_values", why, len(inside.get(row, ())))
    _add_sets(draft, attributes, sources)


def _is_inside(draft: Draft, value: Sequence[Any]) -> bool:
    """Whether a value is of a text inside a source."""
    row, parent = value[_VALUE["owner_row"]], TABLES["sources"].position["parent_row"]
    return value[_VALUE["owner_kind"]] == "source" and draft.content.project.rows["sources"][row][parent] is not None


def _owner(value: Sequence[Any], cases: Cases, sources: Sources, journals: dict[int, int]) -> tuple[str, int | None]:
    row = value[_VALUE["owner_row"]]
    if value[_VALUE["owner_kind"]] == "case":
        return "case", cases.numbers.get(row)
    return ("journal", journals[row]) if row in journals else ("file", sources.numbers.get(row))


def _add_variable(
    draft: Draft, attributes: _Attributes, row: int, variable: Sequence[Any], values: dict[str, dict[int, str]]
) -> None:
    wanted = variable[_VARIABLE["name"]] or ""
    kind = (variable[_VARIABLE["type_of_variable"]] or "").strip()
    numeric = kind in _NUMERIC and all(_is_number(value) for of_kind in values.values() for value in of_kind.values())
    if kind != ("Float" if numeric else "Text"):
        draft.lose("variables.type_of_variable", "Attributes of QualCoder are numbers or texts.")
    for at, (owner, of_kind) in enumerate(values.items()):
        number, name = attributes.add(wanted or f"Variable {row + 1}", owner, variable[_VARIABLE["description"]] or "",
                                      numeric, of_kind)  # fmt: skip
        if at:  # an attribute is of one kind
            why = "An attribute of QualCoder is of cases or of files; one that is of both became two."
            draft.lose("variable_values.variable_guid", why, len(of_kind))
            continue
        if wanted.strip() and name != wanted:
            draft.lose("variables.name", "QualCoder holds each name once; equal ones got a number.")
        guid = variable[_VARIABLE["guid"]]
        draft.identities.keep("attribute_type", number, guid, (name,), "" if wanted else MADE_UP)


def _is_number(written: str) -> bool:
    try:
        float(written)
    except ValueError:
        return False
    return "_" not in written


def _add_sets(draft: Draft, attributes: _Attributes, sources: Sources) -> None:
    rows = draft.content.project.rows
    guids: dict[str, int] = {}
    for row, number in sources.numbers.items():
        guids.setdefault(normalise_guid(rows["sources"][row][TABLES["sources"].position["guid"]] or ""), number)
    members: dict[int, dict[int, str]] = {}
    for set_row, kind, target in rows["set_members"]:
        file = guids.get(normalise_guid(target or ""))
        if kind == "MemberSource" and file is not None:
            members.setdefault(set_row, {})[file] = rows["sets"][set_row][_SET["name"]] or "yes"
    for set_row, files in members.items():
        one = rows["sets"][set_row]
        attributes.add(one[_SET["name"]] or "Set", "file", one[_SET["description"]] or "", False, files)
    made = len(members)
    draft.lose("sets", "QualCoder has no sets; one of documents became an attribute of these files.", made)
    draft.lose(
        "sets", "QualCoder has no sets, and nothing that holds codes or notes together.", len(rows["sets"]) - made
    )
    draft.lose("set_members", "QualCoder has no sets.", len(rows["set_members"]))


def write_rest(draft: Draft) -> None:
    """Say what QualCoder has no place for at all."""
    rows = Counter({name: len(table) for name, table in draft.content.project.rows.items()})
    for table, why in (
        ("links", "QualCoder has no links."),
        ("graphs", "Graphs are not written: QualCoder's have other parts."),
        ("vertices", "Graphs are not written."),
        ("edges", "Graphs are not written."),
    ):
        draft.lose(table, why, rows[table])
