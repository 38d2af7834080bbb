"""The pass that gives codings selections of their own at the same place."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from qdpx_compassion.refi.editor import Editor, Sink
from qdpx_compassion.refi.guids import derive, normalise_guid
from qdpx_compassion.refi.names import SELECTION_KINDS
from qdpx_compassion.refi.targets.guids import Guids
from qdpx_compassion.refi.targets.tag_writer import Changed
from qdpx_compassion.refi.targets.tags import rewritten

_SELECTIONS = frozenset(SELECTION_KINDS)


@dataclass(slots=True)
class _Coding:
    start: int
    end: int
    guid: str
    user: str | None
    date: str | None
    code: str = ""


@dataclass(slots=True)
class _Selection:
    start: int
    depth: int
    attributes: dict[str, str]
    codings: list[_Coding] = field(default_factory=list)
    has_text: bool = False


class Splitter(Editor):
    """Takes codings out of a selection and puts each into a copy of it, which follows it.

    A copy has the place and the name; description and notes stay where they were. An area of a PDF that holds the text
    of the area is not split: its copies would lack the text.

    Args:
        where: file and document, for messages.
        sink: takes the new document.
        rule: one: each coding stands alone; different: only those whose code the selection has already; keep: none.
        coder: selection: who coded and when is said by the selection.
        guids: how GUIDs are written.
        changed: what was changed is counted here.
    """

    def __init__(
        self, where: str, sink: Sink, *, rule: Literal["one", "different", "keep"], coder: str, guids: Guids,
        changed: Changed,
    ) -> None:  # fmt: skip
        super().__init__(where, sink)
        self._rule, self._coder, self._guids, self._changed = rule, coder, guids, changed
        self._depth = 0
        self._open: list[_Selection] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        self._depth += 1
        offset = self.scanner.offset
        if name in _SELECTIONS:
            self._open.append(_Selection(offset, self._depth, attributes))
            if len(self._open) == 1:
                self.splicer.hold(offset)
            return
        if not self._open:
            return
        selection = self._open[-1]
        if name == "Coding" and self._depth == selection.depth + 1:
            user, date = attributes.get("creatingUser"), attributes.get("creationDateTime")
            selection.codings.append(_Coding(offset, 0, attributes.get("guid", ""), user, date))
        elif name == "CodeRef" and self._depth == selection.depth + 2 and selection.codings:
            selection.codings[-1].code = normalise_guid(attributes.get("targetGUID", ""))
        elif name == "Representation" and self._depth == selection.depth + 1:
            selection.has_text = True

    def end(self, name: str) -> None:
        """An element ends."""
        if self._open:
            selection = self._open[-1]
            if name == "Coding" and self._depth == selection.depth + 1:
                coding = selection.codings[-1]
                end = self.scanner.offset
                coding.end = end if self.is_self_closing(coding.start) else end + len(self.tag_at(end))
            elif self._depth == selection.depth:
                self._split(self._open.pop())
                if not self._open:
                    self.splicer.hold(None)
        self._depth -= 1

    def _split(self, selection: _Selection) -> None:
        if not selection.codings:
            return
        encoding = self.scanner.encoding
        tag = self.tag_at(selection.start)
        text = tag.decode(encoding)
        leaving = [] if selection.has_text else self._leaving(selection.codings)
        if self._coder == "selection":
            staying = next(coding for coding in selection.codings if coding not in leaving)
            said = _said_by(staying, selection.attributes)
            if said:
                self._changed.counts["coders"] += 1
                self.splicer.replace(selection.start, len(tag), self.encode(rewritten(text, said)))
        if not leaving:
            return
        end = self.scanner.offset
        end_tag = self.tag_at(end)
        self._changed.counts["selections"] += len(leaving)
        for number, coding in enumerate(leaving):
            own = normalise_guid(selection.attributes.get("guid", ""))
            guid = derive("selection of", own, normalise_guid(coding.guid), str(number))
            changes: dict[str, str | None] = {"guid": self._guids.formed(guid)}
            if self._coder == "selection":
                changes |= _said_by(coding, selection.attributes)
            inside = self.splicer.slice(coding.start, coding.end)
            self.splicer.replace(coding.start, coding.end - coding.start, b"")
            copy = self.encode(rewritten(text, changes)) + inside + end_tag
            self.splicer.replace(end + len(end_tag), 0, copy)

    def _leaving(self, codings: list[_Coding]) -> list[_Coding]:
        if self._rule == "one":
            return codings[1:]
        if self._rule == "keep":
            return []
        seen: set[str] = set()
        again = []
        for coding in codings:
            if coding.code in seen:
                again.append(coding)
            seen.add(coding.code)
        return again


def _said_by(coding: _Coding, selection: dict[str, str]) -> dict[str, str | None]:
    """What a selection must say so that its coding keeps its coder and date."""
    said = {"creatingUser": coding.user, "creationDateTime": coding.date}
    return {name: value for name, value in said.items() if value and value != selection.get(name)}
