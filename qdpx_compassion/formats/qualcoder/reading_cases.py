"""Cases with their files and passages; attributes → variables with their values."""

from __future__ import annotations

import re

from qdpx_compassion.formats.qualcoder.database import Row
from qdpx_compassion.formats.qualcoder.reading_codings import Marks
from qdpx_compassion.formats.qualcoder.reading_state import Reading
from qdpx_compassion.formats.qualcoder.writing_codes import MADE_UP

_DECIMAL = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)", re.ASCII)


def read_cases(reading: Reading, marks: Marks) -> None:
    """Cases and what belongs to them."""
    members: dict[int, list[Row]] = {}
    for row in reading.database.rows("case_text", "fid, rowid"):  # so that each text is read once
        members.setdefault(row.number("caseid") or 0, []).append(row)
    found = reading.case_rows
    for row in reading.database.rows("cases"):
        number, name = row.number("caseid") or row["rowid_"], row.text("name")
        guid, note = reading.identities.find("cases", number, (name,))
        shown = None if note == MADE_UP else name
        found[number] = reading.add("cases", guid=guid, name=shown, description=row.text("memo") or None)
    for number, rows in members.items():
        if number not in found:
            reading.orphans["members of cases that are not there"] += len(rows)
            continue
        known: set[tuple[str, str]] = set()
        for row in rows:
            _add_member(reading, marks, found[number], row, known)


def _add_member(reading: Reading, marks: Marks, case: int, row: Row, known: set[tuple[str, str]]) -> None:
    number, start, end = row.number("fid") or 0, row.number("pos0") or 0, row.number("pos1") or 0
    source = reading.source_rows.get(number)
    if source is None:
        reading.orphans["members of cases in files that are not there"] += 1
        return
    guid = reading.identities.known("case_text", row["rowid_"], (row.number("caseid"), number, start, end))
    whole = not guid and start == 0 and (end == 0 or end >= marks.length(number))
    target = reading.cell("sources", source, "guid") if whole else marks.passage(number, start, end, guid, row)
    member = ("SourceRef" if whole else "SelectionRef", target or "")
    if target and member not in known:
        known.add(member)
        reading.add("case_members", case_row=case, member_kind=member[0], target_guid=target)


def read_attributes(reading: Reading) -> None:
    """Attributes of cases, files and journals; an empty value is none, because QualCoder makes one for each."""
    values: dict[tuple[str, str], list[Row]] = {}
    for row in reading.database.rows("attribute"):
        if row.text("value").strip():
            values.setdefault((row.text("name"), row.text("attr_type")), []).append(row)
    for number, row in enumerate(reading.database.rows("attribute_type"), start=1):
        name = row.text("name")
        found = {kind: values.pop((name, kind), []) for kind in ("case", "file", "journal")}
        given = [value.text("value") for rows in found.values() for value in rows]
        numeric = row.text("valuetype") == "numeric" and all(_DECIMAL.fullmatch(value.strip()) for value in given)
        guid, note = reading.identities.find("attribute_type", row.number("rowid_") or number, (name,))
        reading.add(
            "variables",
            guid=guid,
            name=None if note == MADE_UP else name,
            type_of_variable="Float" if numeric else "Text",
            description=row.text("memo") or None,
        )
        for kind, rows in found.items():
            for value in rows:
                _add_value(reading, guid, kind, value, numeric=numeric)
    if left := sum(map(len, values.values())):
        reading.orphans["values of attributes that are not there"] += left


def _add_value(reading: Reading, variable: str, kind: str, row: Row, *, numeric: bool) -> None:
    owners = {"case": reading.case_rows, "file": reading.source_rows, "journal": reading.journal_rows}[kind]
    owner = owners.get(row.number("id") or 0)
    if owner is None:
        reading.orphans["values of cases or files that are not there"] += 1
        return
    text = row.text("value")
    reading.add(
        "variable_values",
        owner_kind="case" if kind == "case" else "source",
        owner_row=owner,
        variable_guid=variable,
        value_kind="FloatValue" if numeric else "TextValue",
        value=text.strip() if numeric else text,
    )
