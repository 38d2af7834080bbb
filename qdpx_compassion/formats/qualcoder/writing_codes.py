"""Users → coders; codes → codes and categories; notes → journals; the project's own row."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from qdpx_compassion.files.clock import source_date
from qdpx_compassion.formats.qualcoder.draft import Draft, Names
from qdpx_compassion.formats.qualcoder.moments import UNKNOWN, to_qualcoder
from qdpx_compassion.formats.qualcoder.schema import PROGRAM, VERSION
from qdpx_compassion.formats.qualcoder.texts import Texts
from qdpx_compassion.tables import TABLES
from qdpx_compassion.version import __version__

_PROJECT, _USER, _CODE, _SOURCE = (TABLES[name].position for name in ("project", "users", "codes", "sources"))
#: Given to codes without a colour, one after the other: light enough for black letters on them.
_PALETTE = (
    "#F4D371", "#9BC2E6", "#A9D08E", "#F4B084", "#C9B1DE", "#8ED6CF", "#F2A6B8", "#D6C39A", "#B7C9D9", "#D0DE7A",
)  # fmt: skip
_COLOR = re.compile(r"#(?:[0-9A-Fa-f]{6}|[0-9A-Fa-f]{3})")
#: In the note of a code or name: the project had none, this one was made up.
MADE_UP = "made up"
#: In the note of a source: it has no text; QualCoder needs one, and got an empty one.
NO_TEXT = "no text"
#: In the note of a source: it is a text, although its file is a PDF.
A_TEXT = "a text"


def write_project(draft: Draft) -> None:
    """The row ``project``, and the date of what has none of its own."""
    (row,) = draft.content.project.rows["project"][:1] or [[None] * len(_PROJECT)]
    created, changed = (row[_PROJECT[name]] for name in ("creation_date_time", "modified_date_time"))
    given = source_date()
    draft.date = next((date for date in (to_qualcoder(created)[0], to_qualcoder(changed)[0]) if date != UNKNOWN),
                      given.strftime("%Y-%m-%d %H:%M:%S") if given else UNKNOWN)  # fmt: skip
    creator, changer = (draft.owner(row[_PROJECT[name]]) for name in ("creating_user_guid", "modifying_user_guid"))
    coders = [values[0] for values in draft.tables["coder_names"]]
    draft.coder = changer or creator or next(iter(coders), "")
    draft.add(
        "project",
        databaseversion=VERSION,
        date=draft.moment(created, "project.creation_date_time"),
        memo=row[_PROJECT["description"]] or "",
        about=f"{PROGRAM} project, written by qdpx-compassion {__version__}",
        bookmarkfile=0,
        bookmarkpos=0,
        codername=draft.coder,
        recently_used_codes="",
    )
    if (row[_PROJECT["name"]] or "").strip():
        draft.lose("project.name", "QualCoder calls a project as its folder is called.")
    if row[_PROJECT["base_path"]]:
        draft.lose("project.base_path", "QualCoder has no folder that relative paths start from.")
    if row[_PROJECT["creating_user_guid"]]:
        draft.lose("project.creating_user_guid", "QualCoder knows who worked last in a project, not who began it.")


def write_users(draft: Draft) -> None:
    """Users, by whose names QualCoder knows them."""
    names = Names()
    for row, user in enumerate(draft.content.project.rows["users"], start=1):
        wanted = user[_USER["name"]] or ""
        name = names.free(wanted or user[_USER["id"]] or f"Coder {row}")
        if wanted.strip() and name != wanted:
            draft.lose("users.name", "QualCoder tells coders apart by their names alone; equal ones got a number.")
        if user[_USER["id"]]:
            draft.lose("users.id", "QualCoder knows coders by their names alone.")
        draft.name_owner(user[_USER["guid"]], name)
        draft.add("coder_names", name=name, visibility=1)
        draft.identities.keep("coder_names", row, user[_USER["guid"]], (name,), "" if wanted else MADE_UP)


class Codes:
    """Codes in the database: a code that may not be used for coding is a category where QualCoder can have one there.

    Attributes:
        numbers: row of ``codes`` → number in ``code_name``; categories are not among them.
    """

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self.numbers: dict[int, int] = {}
        self._categories: dict[int, int] = {}
        self._names = {"code_name": Names(), "code_cat": Names()}
        rows = draft.content.project.rows
        at = TABLES["codings"].position["code_row"]
        self._used = {coding[at] for coding in rows["codings"]}
        for row, code in enumerate(rows["codes"]):
            self._add(row, code)

    def _add(self, row: int, code: Sequence[Any]) -> None:
        parent = code[_CODE["parent_row"]]
        top = parent is None or parent in self._categories
        if code[_CODE["is_codable"]] is False:
            if top and row not in self._used:
                self._add_category(row, code, parent)
                return
            self._draft.lose(
                "codes.is_codable", "A category of QualCoder holds no codings and stands in no code: it is a code here."
            )
        draft, name = self._draft, self._name("code_name", code)
        color, note = self._color(row, code[_CODE["color"]])
        number = draft.add(
            "code_name",
            name=name,
            memo=code[_CODE["description"]] or "",
            catid=self._categories.get(parent) if parent is not None else None,
            supercid=self.numbers.get(parent) if parent is not None else None,
            owner=draft.coder,
            date=draft.date,
            color=color,
        )
        self.numbers[row] = number
        draft.identities.keep("code_name", number, code[_CODE["guid"]], (name, color), note)

    def _add_category(self, row: int, code: Sequence[Any], parent: int | None) -> None:
        draft, name = self._draft, self._name("code_cat", code)
        above = self._categories.get(parent) if parent is not None else None
        memo = code[_CODE["description"]] or ""
        number = draft.add("code_cat", name=name, owner=draft.coder, date=draft.date, memo=memo, supercatid=above)
        self._categories[row] = number
        draft.identities.keep("code_cat", number, code[_CODE["guid"]], (name,))
        if (code[_CODE["color"]] or "").strip():
            draft.lose("codes.color", "Categories of QualCoder have no colour.")

    def _name(self, table: str, code: Sequence[Any]) -> str:
        wanted = code[_CODE["name"]] or ""
        parent = code[_CODE["parent_row"]]
        above = self._draft.content.project.rows["codes"][parent][_CODE["name"]] if parent is not None else ""
        name = self._names[table].free(wanted or "(no name)", above or "")
        if wanted.strip() and name != wanted:
            self._draft.lose("codes.name", "QualCoder holds a name once for codes, and once for categories; others "
                             "are called after the code that they stand in, or get a number.")  # fmt: skip
        return name

    def _color(self, row: int, written: str | None) -> tuple[str, str]:
        """A colour as #RRGGBB, and whether it was made up: QualCoder needs one."""
        plain = (written or "").strip()
        if _COLOR.fullmatch(plain):
            return (plain if len(plain) == 7 else "#" + "".join(2 * digit for digit in plain[1:])), ""
        if plain:
            self._draft.lose("codes.color", "It is not written as #RRGGBB; QualCoder needs one, and got another.")
            return _PALETTE[row % len(_PALETTE)], ""
        return _PALETTE[row % len(_PALETTE)], MADE_UP


def note_of(*, named: bool, text: bool) -> str:
    """The note of a source: what it did not have."""
    return ", ".join(word for word, had in ((MADE_UP, named), (NO_TEXT, text)) if not had)


def write_journals(draft: Draft, texts: Texts) -> dict[int, int]:
    """Notes as journal entries.

    Returns:
        Row of ``sources`` → number of the entry.
    """
    names, numbers = Names(), dict[int, int]()
    rows = draft.content.project.rows
    for row, note in enumerate(rows["sources"]):
        if note[0] != "Note" or note[_SOURCE["parent_row"]] is not None:
            continue
        wanted = note[_SOURCE["name"]] or ""
        name = names.free(wanted or f"Note {len(numbers) + 1}")
        if wanted.strip() and name != wanted:
            draft.lose("sources.name", "QualCoder holds each name once; equal ones got a number.")
        held = texts(row)
        entry, description = held.text if held is not None else "", (note[_SOURCE["description"]] or "").strip()
        if description:
            entry = f"{description}\n\n{entry}" if entry else description
            draft.lose("sources.description", "A journal entry is one text: the note's description stands above it.")
        if note[_SOURCE["rich_text_path"]]:
            draft.lose("sources.rich_text_path", "Journal entries are plain text.")
        draft.lose_changes("sources", note)
        owner = draft.owner(note[_SOURCE["creating_user"]], "sources.creating_user")
        date = draft.moment(note[_SOURCE["creation_date_time"]], "sources.creation_date_time")
        numbers[row] = draft.add("journal", name=name, jentry=entry, date=date, owner=owner)
        draft.identities.keep(
            "journal", numbers[row], note[_SOURCE["guid"]], (name,), note_of(named=bool(wanted), text=held is not None)
        )
    why = "Notes are journal entries; QualCoder does not keep what they are attached to."
    draft.lose("note_refs", why, len(rows["note_refs"]))
    return numbers
