"""Every note and comment of a project, and what it is about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from qdpx_compassion.code_tree import CodeTree, write_path
from qdpx_compassion.study.given import Texts
from qdpx_compassion.study.participants import Participants
from qdpx_compassion.study.places import Places
from qdpx_compassion.study.quotations import source_labels
from qdpx_compassion.tables import TABLES, Project, normalise_guid

_SOURCE, _SELECTION = TABLES["sources"].position, TABLES["selections"].position
_CODING = TABLES["codings"].position


@dataclass(frozen=True)
class Memo:
    """A note or comment, and one thing that it is about.

    Attributes:
        kind: ``note`` or ``comment``. title, text, author, date: as written; empty where there is none.
        about: kind of the thing: project, code, source, quotation, coding, link, case, set; empty: nothing.
        which: its name, or the words of a quotation.
        participant: label; empty where it is about nobody's text.
    """

    kind: str
    title: str
    text: str
    about: str
    which: str
    participant: str
    author: str
    date: str


def memos(
    project: Project, participants: Participants, texts: Texts | None = None, own: frozenset[str] = frozenset()
) -> list[Memo]:
    """All notes in document order, a row for each thing that they are attached to; then the comments.

    A note is attached by a reference or by a link. A comment is the description of a source, selection, case or set;
    those of codes are their definitions.

    Args:
        project: the project.
        participants: for labels.
        texts: the plain text of a source by its row, for notes whose text is a file.
        own: GUIDs of what enriching added; its provenance note is no memo.
    """
    return list(_Memos(project, participants, texts, own).all())


class _Memos:
    def __init__(self, project: Project, participants: Participants, texts: Texts | None, own: frozenset[str]) -> None:
        self._project, self._participants, self._texts, self._own = project, participants, texts, own
        self._places = Places(project)
        self._tree = CodeTree.of(project)
        self._labels = source_labels(project, participants, self._places)
        self._people = [str(label) for label in participants.table["label"]]
        self._users = {
            normalise_guid(user["guid"] or ""): user["name"] or user["id"] or "" for user in project.records("users")
        }

    def all(self) -> Iterator[Memo]:
        attached = self._attached()
        for row, source in enumerate(self._project.rows["sources"]):
            key = normalise_guid(source[_SOURCE["guid"]] or "")
            if source[0] != "Note" or key in self._own:
                continue
            text = source[_SOURCE["plain_text_content"]]
            if text is None and self._texts is not None:
                text = self._texts(row)
            for about, which, participant in attached.get(key) or [("", "", "")]:
                author = self._user(source[_SOURCE["creating_user"]])
                yield Memo(
                    "note", source[_SOURCE["name"]] or "", text or "", about, which, participant, author,
                    source[_SOURCE["creation_date_time"]] or "",
                )  # fmt: skip
            if source[_SOURCE["description"]]:
                yield self._comment(source[_SOURCE["description"]], ("note", source[_SOURCE["name"]] or "", ""), source)
        yield from self._comments()

    def _attached(self) -> dict[str, list[tuple[str, str, str]]]:
        """GUID of a note → what it is about."""
        found: dict[str, list[tuple[str, str, str]]] = {}
        for kind, row, target in self._project.rows["note_refs"]:
            found.setdefault(normalise_guid(target or ""), []).append(self._thing(kind, row))
        links = [
            (normalise_guid(link["origin_guid"] or ""), normalise_guid(link["target_guid"] or ""))
            for link in self._project.records("links")
        ]
        if links:
            notes = {normalise_guid(s[_SOURCE["guid"]] or "") for s in self._project.rows["sources"] if s[0] == "Note"}
            ends = self._ends()
            for one, other in links:
                for note, thing in ((one, other), (other, one)):
                    if note in notes and thing in ends and thing != note:
                        found.setdefault(note, []).append(self._thing(*ends[thing]))
        return found

    def _ends(self) -> dict[str, tuple[str, int]]:
        """What a link may join to a note, by GUID."""
        found: dict[str, tuple[str, int]] = {}
        for kind, table in (("selection", "selections"), ("source", "sources"), ("code", "codes")):
            for row, guid in enumerate(self._project.column(table, "guid")):
                found.setdefault(normalise_guid(guid or ""), (kind, row))
        return found

    def _thing(self, kind: str, row: int) -> tuple[str, str, str]:
        """What a note is about, for people: its kind, its name or words, whose it is."""
        if kind == "code":
            return "code", write_path(self._tree.codes[row].path), ""
        if kind == "source":
            if self._places.is_note(row):
                return "note", self._project.rows["sources"][row][_SOURCE["name"]] or "", ""
            return "source", self._labels[row], self._person(row)
        if kind == "selection":
            return self._selection(row)
        if kind == "coding":
            coding = self._project.rows["codings"][row]
            code = coding[_CODING["code_row"]]
            name = self._tree.codes[code].name if code is not None else ""
            _, words, person = self._thing(coding[0], coding[1])
            return "coding", f"{name}: {words}" if name else words, person
        return kind, "", ""

    def _selection(self, row: int) -> tuple[str, str, str]:
        selection = self._project.rows["selections"][row]
        words = " ".join((selection[_SELECTION["quotation"]] or selection[_SELECTION["place"]] or "").split())
        person = self._participants.of(self._places.of_selection(row))
        return "quotation", words, "" if person is None else self._people[person]

    def _person(self, source: int) -> str:
        person = self._participants.of(self._places.of_source(source))
        return "" if person is None else self._people[person]

    def _user(self, guid: str | None) -> str:
        return self._users.get(normalise_guid(guid or ""), "")

    def _comments(self) -> Iterator[Memo]:
        for row, source in enumerate(self._project.rows["sources"]):
            text = source[_SOURCE["description"]]
            if text and source[0] != "Note":
                yield self._comment(text, self._thing("source", row), source)
        for row, selection in enumerate(self._project.rows["selections"]):
            text = selection[_SELECTION["description"]]
            if text:
                author = self._user(selection[_SELECTION["creating_user"]])
                date = selection[_SELECTION["creation_date_time"]] or ""
                yield Memo("comment", "", text, *self._selection(row), author, date)
        for kind in ("cases", "sets"):
            for record in self._project.records(kind):
                if record["description"] and normalise_guid(record["guid"] or "") not in self._own:
                    name = record["name"] or ""
                    yield Memo("comment", "", record["description"], kind[:-1], self._shown(kind, name), "", "", "")

    def _shown(self, kind: str, name: str) -> str:
        """A case by its label, where it has one."""
        table = self._participants.table
        if kind != "cases":
            return name
        named = table[(table["name"] == name) & table["labelled"]]
        return str(named["label"].iloc[0]) if len(named) else name

    def _comment(self, text: str, thing: tuple[str, str, str], source: Sequence[Any]) -> Memo:
        author = self._user(source[_SOURCE["creating_user"]])
        return Memo("comment", "", text, *thing, author, source[_SOURCE["creation_date_time"]] or "")
