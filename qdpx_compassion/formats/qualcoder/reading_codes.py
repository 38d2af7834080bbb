"""Codes and categories → codes; journals → notes."""

from __future__ import annotations

from qdpx_compassion.formats.qualcoder.database import Row
from qdpx_compassion.formats.qualcoder.reading_state import Reading
from qdpx_compassion.formats.qualcoder.writing_codes import MADE_UP, NO_TEXT

#: A category or code: its table, and its number in it.
_Key = tuple[str, int]


def read_codes(reading: Reading) -> None:
    """The tree of codes: categories may not be used for coding, codes may."""
    nodes: dict[_Key, Row] = {}
    for table, column in (("code_name", "cid"), ("code_cat", "catid")):
        for row in reading.database.rows(table):
            nodes[table, row.number(column) or row["rowid_"]] = row
    children: dict[_Key | None, list[_Key]] = {}
    for key, row in nodes.items():
        children.setdefault(_parent(key, row, nodes), []).append(key)
    rows: dict[_Key, int] = {}
    waiting = list(reversed(children.get(None, [])))
    while waiting or len(rows) < len(nodes):
        if not waiting:  # a circle of categories, as a damaged project may have: it is opened at its first code
            waiting.append(next(key for key in nodes if key not in rows))
        key = waiting.pop()
        if key in rows:
            continue
        parent = rows.get(_parent(key, nodes[key], nodes) or ("", 0))
        rows[key] = _add(reading, key, nodes[key], parent)
        waiting.extend(reversed([child for child in children.get(key, []) if child not in rows]))
    reading.code_rows = {number: row for (table, number), row in rows.items() if table == "code_name"}


def _parent(key: _Key, row: Row, nodes: dict[_Key, Row]) -> _Key | None:
    if key[0] == "code_cat":
        wanted = [("code_cat", row.number("supercatid"))]
    else:  # QualCoder, too, lets the code above win where both are said
        wanted = [("code_name", row.number("supercid")), ("code_cat", row.number("catid"))]
    return next(((table, number) for table, number in wanted if number is not None and (table, number) in nodes), None)


def _add(reading: Reading, key: _Key, row: Row, parent: int | None) -> int:
    table, number = key
    name, color = row.text("name"), row.text("color")
    codable = table == "code_name"
    guid, note = reading.identities.find(table, number, (name, color) if codable else (name,))
    return reading.add(
        "codes",
        guid=guid,
        name=name,
        is_codable=codable,
        color=None if not codable or note == MADE_UP else color or None,
        description=row.text("memo") or None,
        parent_row=parent,
        parent_guid=None if parent is None else reading.cell("codes", parent, "guid"),
    )


def read_journals(reading: Reading) -> None:
    """Journal entries as notes."""
    for row in reading.database.rows("journal"):
        number, name = row.number("jid") or row["rowid_"], row.text("name")
        guid, note = reading.identities.find("journal", number, (name,))
        text = row.text("jentry").replace("\r\n", "\n").replace("\r", "\n")
        path = None if NO_TEXT in note and not text else reading.add_text(guid, name, text)
        reading.journal_rows[number] = reading.add(
            "sources",
            kind="Note",
            guid=guid,
            name=None if MADE_UP in note else name,
            plain_text_path=path,
            **reading.made(row),
        )
