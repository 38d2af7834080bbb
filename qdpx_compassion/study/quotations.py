"""Every coding of the study as a row: who, where, which words, which value, and what it expresses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

import pandas as pd

from qdpx_compassion.code_tree import Code, CodeTree, write_path
from qdpx_compassion.frameworks import Framework
from qdpx_compassion.study.codings import Coding
from qdpx_compassion.study.given import DecisionsLike, Texts, framework_guids
from qdpx_compassion.study.participants import Participants, find_participants
from qdpx_compassion.study.places import Place, Places
from qdpx_compassion.tables import TABLES, Project, normalise_guid

#: Why a coding is no number of the study.
REPEATS = "the same code at the same place, by another coder or written twice"
IN_NOTE = "in a note, which is nobody's text"
LEFT_OUT = "of a participant who is left out"
NOBODY = "in a part of a source that no participant holds"

#: Column → dtype. A dimension's id is a column too: the ids of its constructs that hold, a tuple.
COLUMNS = {
    "participant": "string",  # label; missing for notes
    "group": "string",
    "source": "string",
    "place": "string",  # where in the source, for people
    "quotation": "string",
    "value": "string",  # name of the code
    "path": "string",  # its path, levels joined by " > "
    "constructs": "object",  # ids of all constructs that hold, a tuple in the framework's order
    "coder": "string",
    "date": "string",  # of the coding, as written
    "comment": "string",  # description of the selection
    "notes": "string",  # notes on the coding or selection: title and text
    "counted": "boolean",  # whether the coding is one of the study's numbers
    "not_counted": "string",  # why not; missing for those that are
    "same_as": "Int64",  # row of the coding that it repeats
    "participant_row": "Int64",  # row in Participants.table
    "source_row": "Int64",  # row of the source in the project, the outermost
    "text_row": "Int64",  # row of the text, picture or recording that the place lies in
    "selection_row": "Int64",  # missing for codings of a whole source
    "selection_guid": "string",
    "selection_kind": "string",
    "start_index": "Int64",  # in code points of the text
    "end_index": "Int64",
    "place_id": "Int64",  # equal for equal places
    "code_row": "Int64",
    "coding_row": "Int64",
}

_SELECTION, _SOURCE = TABLES["selections"].position, TABLES["sources"].position
_USER, _DATE, _CODE_ROW = (
    TABLES["codings"].position[name] for name in ("creating_user", "creation_date_time", "code_row")
)


def value_codes(tree: CodeTree, framework: Framework | None = None, own: frozenset[str] = frozenset()) -> set[int]:
    """The rows of the codes that are the team's own.

    Args:
        tree: the project's codes.
        framework: its codes are left out with all below them, those of the built-in frameworks too.
        own: GUIDs of further codes to leave out likewise, as compared.

    Returns:
        All codes but those, and but cases, which stand for participants.
    """
    skipped: set[int] = set()
    guids = framework_guids(framework) | own
    for code in tree:
        if code.key in guids or code.parent in skipped:
            skipped.add(code.row)
    return {code.row for code in tree if code.row not in skipped and not code.is_case}


def quotations(
    project: Project,
    framework: Framework | None = None,
    decisions: DecisionsLike | None = None,
    participants: Participants | None = None,
    *,
    texts: Texts | None = None,
    own: frozenset[str] = frozenset(),
    coders: Literal["once", "each"] = "once",
) -> pd.DataFrame:
    """The codings of a project with what they mean, in document order.

    Each coding is a row. ``counted`` says whether it is one of the study's numbers: a coding counts once, also when a
    second coder made it at the very same place with the same code, or when a program wrote its selection twice (a PDF
    area and the text in it, of one GUID); codings in notes, and of participants who are left out, do not count.

    Args:
        project: the project, read with its texts.
        framework: what decisions are about; its codes, and codes that are cases, are no values.
        decisions: what each code expresses; None: constructs are empty.
        participants: as ``find_participants`` gives them; None: found here.
        texts: the plain text of a source by its row, for notes whose text is a file.
        own: GUIDs of what other frameworks added to the project.
        coders: ``each`` counts a coding once for each coder who made it.

    Returns:
        A DataFrame with ``COLUMNS`` and a column for each dimension of the framework.
    """
    rows = find_codings(project, framework, decisions, participants, texts=texts, own=own, coders=coders)
    return quotation_frame(rows, framework if decisions else None)


def find_codings(
    project: Project,
    framework: Framework | None = None,
    decisions: DecisionsLike | None = None,
    participants: Participants | None = None,
    *,
    texts: Texts | None = None,
    own: frozenset[str] = frozenset(),
    coders: Literal["once", "each"] = "once",
) -> list[Coding]:
    """The same rows as plain values; see ``quotations``."""
    builder = _Builder(project, framework, decisions, participants or find_participants(project), texts, own, coders)
    every = enumerate(project.rows["codings"])
    return [row for number, coding in every if (row := builder.row(number, coding)) is not None]


def quotation_frame(rows: Sequence[Coding], framework: Framework | None) -> pd.DataFrame:
    """Plain rows as a DataFrame; see ``quotations``.

    Args:
        rows: codings.
        framework: whose dimensions have columns; None: none.
    """
    columns = list(zip(*rows, strict=True))[1:] or [()] * len(COLUMNS)
    frame = pd.DataFrame(
        {
            name: pd.Series(list(values), dtype=dtype)
            for (name, dtype), values in zip(COLUMNS.items(), columns, strict=True)
        }
    )
    for dimension in framework.dimensions if framework else ():
        ids = {construct.id for construct in dimension.constructs}
        held = [tuple(one for one in row.constructs if one in ids) for row in rows]
        frame[dimension.id] = pd.Series(held, dtype="object")
    return frame


class _Owner(NamedTuple):
    """What a coding hangs on: where the words stand, the words; of a selection what it is, its GUID and description."""

    place: str | None
    words: str | None
    kind: str | None = None
    guid: str | None = None
    comment: str | None = None


_WHOLE_SOURCE = _Owner("the whole source", None)


class _Builder:
    """Makes the rows of ``quotations``."""

    def __init__(
        self,
        project: Project,
        framework: Framework | None,
        decisions: DecisionsLike | None,
        participants: Participants,
        texts: Texts | None,
        own: frozenset[str],
        coders: Literal["once", "each"],
    ) -> None:
        self._project, self._participants = project, participants
        self._tree = CodeTree.of(project)
        self._codes = value_codes(self._tree, framework, own) - participants.speaker_codes
        self._paths = {row: write_path(self._tree.codes[row].path) for row in self._codes}
        self._places = Places(project)
        self._constructs = _Constructs(framework, decisions)
        self._users = {
            normalise_guid(user["guid"] or ""): user["name"] or user["id"] or "" for user in project.records("users")
        }
        self._notes = notes_by_owner(project, texts)
        self._labels = source_labels(project, participants, self._places)
        self._groups = participants.group_of
        self._included = [bool(value) for value in participants.table["include"]]
        self._names = [str(value) for value in participants.table["label"]]
        self._each = coders == "each"
        self._seen: dict[tuple[Hashable, int, str], int] = {}
        self._place_ids: dict[Hashable, int] = {}
        self._made = 0
        self._last = -1, _WHOLE_SOURCE
        self._date: str | None = None

    def row(self, number: int, coding: Sequence[Any]) -> Coding | None:
        """The row of a coding; None when its code is no value."""
        owner_kind, owner_row, code_row = coding[0], coding[1], coding[_CODE_ROW]
        if code_row is None or code_row not in self._codes:
            return None
        code = self._tree.codes[code_row]
        place = self._places.of_coding(owner_kind, owner_row)
        person = self._participants.of(place)
        user = normalise_guid(coding[_USER] or "")
        same_as, why = self._standing(place, code_row, person, user if self._each else "")
        owner = self._what(owner_kind, owner_row, place)
        if coding[_DATE] != self._date:  # equal dates are one string
            self._date = coding[_DATE]
        row = Coding(
            row=number if number == self._made else self._made,  # nearly always one object is enough
            participant=None if person is None else self._names[person],
            group=None if person is None else self._groups[person],
            source=self._labels[place.top_row],
            place=owner.place,
            quotation=owner.words,
            value=code.name,
            path=self._paths[code_row],
            constructs=self._constructs.of(code, owner.guid or ""),
            coder=self._users.get(user),
            date=self._date,
            comment=owner.comment,
            notes=self._note_text(("coding", number), (owner_kind, owner_row)),
            counted=why is None,
            not_counted=why,
            same_as=same_as,
            participant_row=person,
            source_row=place.top_row,
            text_row=place.source_row,
            selection_row=owner_row if owner.kind else None,
            selection_guid=owner.guid,
            selection_kind=owner.kind,
            start_index=place.start,
            end_index=place.end,
            place_id=self._place_ids.setdefault(place.key, len(self._place_ids)),
            code_row=code_row,
            coding_row=number,
        )
        self._made += 1
        return row

    def _standing(self, place: Place, code: int, person: int | None, by: str) -> tuple[int | None, str | None]:
        first = self._seen.setdefault((place.key, code, by), self._made)
        if person is None:
            why = IN_NOTE if self._places.is_note(place.source_row) else NOBODY
            return (None if first == self._made else first), why
        if not self._included[person]:
            return (None if first == self._made else first), LEFT_OUT
        return (None, None) if first == self._made else (first, REPEATS)

    def _what(self, owner_kind: str, owner_row: int, place: Place) -> _Owner:
        """What a coding hangs on."""
        if owner_kind == "source":
            return _WHOLE_SOURCE
        if owner_row != self._last[0]:  # codings of one selection follow each other, and share what is said of it
            selections = self._project.rows["selections"]
            row = owner_row if place.selection_row is None else place.selection_row
            shown, found_at, own = (
                selections[row],
                selections[self._places.area_of.get(row, row)],
                selections[owner_row],
            )
            self._last = (
                owner_row,
                _Owner(
                    found_at[_SELECTION["place"]],
                    shown[_SELECTION["quotation"]],
                    own[0],
                    own[_SELECTION["guid"]],
                    own[_SELECTION["description"]] or None,
                ),
            )
        return self._last[1]

    def _note_text(self, *owners: tuple[str, int]) -> str | None:
        notes = [note for owner in owners if owner[0] != "source" for note in self._notes.get(owner, ())]
        return "\n".join(dict.fromkeys(notes)) or None


class _Constructs:
    """What a code expresses in a selection: the decision about the code, unless an exception says otherwise."""

    def __init__(self, framework: Framework | None, decisions: DecisionsLike | None) -> None:
        self._of_code: Mapping[str, tuple[str, ...]] = decisions.constructs if decisions else {}
        self._exceptions: Mapping[str, Mapping[str, bool]] = decisions.exceptions if decisions else {}
        self._order = {c.id: rank for rank, c in enumerate(framework.constructs)} if framework else {}

    def of(self, code: Code, selection_guid: str) -> tuple[str, ...]:
        held = self._of_code.get(code.key, ())
        marks = self._exceptions.get(normalise_guid(selection_guid)) if self._exceptions else None
        if not marks:
            return held
        changed = {one for one in held if marks.get(one, True)} | {one for one, include in marks.items() if include}
        return tuple(sorted(changed, key=lambda one: self._order.get(one, len(self._order))))


def notes_by_owner(project: Project, texts: Texts | None = None) -> dict[tuple[str, int], list[str]]:
    """The notes on each thing: (kind of owner, its row) → title and text of each note, in document order."""
    notes: dict[str, str] = {}
    for row, source in enumerate(project.rows["sources"]):
        if source[0] == "Note":
            text = source[_SOURCE["plain_text_content"]]
            if text is None and texts is not None:
                text = texts(row)
            title = source[_SOURCE["name"]]
            notes.setdefault(
                normalise_guid(source[_SOURCE["guid"]] or ""), ": ".join(part for part in (title, text) if part)
            )
    found: dict[tuple[str, int], list[str]] = {}
    for kind, owner, target in project.rows["note_refs"]:
        note = notes.get(normalise_guid(target or ""))
        if note:
            found.setdefault((kind, owner), []).append(note)
    return found


def source_labels(project: Project, participants: Participants, places: Places) -> list[str]:
    """What reports call each source: its name, unless its participant has a label, since names may be real."""
    names = [source[_SOURCE["name"]] or source[0] for source in project.rows["sources"]]
    table = participants.table
    holders = Counter(row for rows in table["source_rows"] for row in rows)
    for rows, label, labelled in zip(table["source_rows"], table["label"], table["labelled"], strict=True):
        for number, row in enumerate(rows if labelled else (), start=1):
            if holders[row] > 1:
                names[row] = f"{project.rows['sources'][row][0]} {row + 1}"
            else:
                names[row] = str(label) if len(rows) == 1 else f"{label}, source {number}"
    return [names[top] for top in places.top]
