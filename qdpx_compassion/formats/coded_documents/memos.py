"""Which memos stand where: notes by what refers or is linked to them."""

from __future__ import annotations

from qdpx_compassion.formats.base import Content
from qdpx_compassion.formats.coded_documents.model import Remark
from qdpx_compassion.formats.source_texts import text_of
from qdpx_compassion.tables import TABLES, normalise_guid

_SOURCE = TABLES["sources"].position
#: What a note may stand at.
_OWNERS = ("project", "code", "source", "selection", "coding")


class Memos:
    """The notes of a project, by what they are about.

    Args:
        content: what is converted.

    Attributes:
        refs: how many references to notes are shown. links: rows of the links that are.
    """

    def __init__(self, content: Content) -> None:
        self._content = content
        rows = content.project.rows
        self._notes: dict[str, int] = {}
        for row, source in enumerate(rows["sources"]):
            if source[0] == "Note":
                self._notes.setdefault(normalise_guid(source[_SOURCE["guid"]] or ""), row)
        self._users = {
            normalise_guid(user["guid"] or ""): user["name"] or user["id"] or ""
            for user in content.project.records("users")
        }
        self._of: dict[tuple[str, int], list[int]] = {}
        self._shown: set[int] = set()
        self.refs = 0
        for kind, owner, target in rows["note_refs"]:
            note = self._notes.get(normalise_guid(target or ""))
            if note is not None and kind in _OWNERS:
                self._of.setdefault((kind, owner), []).append(note)
                self.refs += 1
        self.links = set(self._linked())

    def of(self, kind: str, row: int) -> list[Remark]:
        """The notes at a project, code, source, selection or coding; they count as shown."""
        notes = list(dict.fromkeys(self._of.get((kind, row), [])))
        self._shown.update(notes)
        return [self._remark(note) for note in notes]

    def has(self, kind: str, row: int) -> bool:
        """Whether there are notes at something."""
        return (kind, row) in self._of

    def is_shown(self, row: int) -> bool:
        """Whether a note stood at something that was asked for."""
        return row in self._shown

    def _linked(self) -> list[int]:
        """Links between a note and something else, as NVivo writes annotations."""
        ends: dict[str, tuple[str, int]] = {}
        for kind, table in (("selection", "selections"), ("source", "sources"), ("code", "codes")):
            for row, guid in enumerate(self._content.project.column(table, "guid")):
                ends.setdefault(normalise_guid(guid or ""), (kind, row))
        found = []
        for number, link in enumerate(self._content.project.records("links")):
            one, other = (normalise_guid(link[name] or "") for name in ("origin_guid", "target_guid"))
            for note, thing in ((one, other), (other, one)):
                if note in self._notes and thing in ends and thing not in self._notes:
                    self._of.setdefault(ends[thing], []).append(self._notes[note])
                    found.append(number)
        return found

    def _remark(self, row: int) -> Remark:
        source = self._content.project.rows["sources"][row]
        read = text_of(self._content, row)
        parts = [read[0] if read else "", source[_SOURCE["description"]] or ""]
        author = self._users.get(normalise_guid(source[_SOURCE["creating_user"]] or ""), "")
        return Remark(source[_SOURCE["name"]] or "Memo", "\n".join(part for part in parts if part.strip()), author)
