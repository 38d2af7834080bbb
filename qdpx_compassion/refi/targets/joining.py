"""The pass that puts codings of one place into one selection."""

from __future__ import annotations

from dataclasses import dataclass, field

from qdpx_compassion.refi.editor import Editor, Sink
from qdpx_compassion.refi.guids import normalise_guid
from qdpx_compassion.refi.names import SELECTION_KINDS, SOURCE_KINDS
from qdpx_compassion.refi.targets.tag_writer import Changed

_SELECTIONS, _SOURCES = frozenset(SELECTION_KINDS), frozenset(SOURCE_KINDS)
#: What two selections at one place may differ in.
_OWN = frozenset(("guid", "creatingUser", "creationDateTime", "modifiedDateTime", "modifyingUser"))


@dataclass(slots=True)
class _Selection:
    """A selection: where it begins, where its last coding ends, and the codes that it has."""

    start: int
    depth: int
    place: tuple[object, ...]
    guid: str
    user: str | None
    end_of_codings: int = 0
    begin_of_coding: int = 0
    codings: list[tuple[int, int]] = field(default_factory=list)
    codes: set[str] = field(default_factory=set)
    has_more: bool = False
    is_credited: bool = True  # each coding says itself who coded


class Joiner(Editor):
    """Moves the codings of a selection into an earlier one of the same source, place and name.

    Who made the selection is said by its codings. A selection stays where one of them does not say it, where it holds
    more than codings, where something refers to it, and where the earlier one has its code already.

    Args:
        where: file and document, for messages.
        sink: takes the new document.
        referenced: GUIDs of what is referred to, as compared.
        changed: what was changed is counted here.
    """

    def __init__(self, where: str, sink: Sink, *, referenced: set[str], changed: Changed) -> None:
        super().__init__(where, sink)
        self._referenced, self._changed = referenced, changed
        self._depth = 0
        self._source = 0  # depth of the outermost one that is open
        self._open: _Selection | None = None
        self._there: dict[tuple[object, ...], list[_Selection]] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        self._depth += 1
        offset, one = self.scanner.offset, self._open
        if one is not None:
            if self._depth == one.depth + 1:
                if name == "Coding":
                    one.begin_of_coding = offset
                    one.is_credited &= bool(attributes.get("creatingUser"))
                else:
                    one.has_more = True
            elif self._depth == one.depth + 2:
                if name == "CodeRef":
                    one.codes.add(normalise_guid(attributes.get("targetGUID", "")))
                else:
                    one.has_more = True
        elif name in _SELECTIONS:
            place = (self._depth, name, *sorted(pair for pair in attributes.items() if pair[0] not in _OWN))
            self._open = _Selection(
                offset, self._depth, place, normalise_guid(attributes.get("guid", "")), attributes.get("creatingUser")
            )
            if self.splicer.held is None:
                self.splicer.hold(offset)
        elif name in _SOURCES:
            self._source = self._source or self._depth
            self._there.clear()  # of another text

    def end(self, name: str) -> None:
        """An element ends."""
        one = self._open
        if one is not None and self._depth == one.depth + 1 and name == "Coding":
            one.end_of_codings = self._end_of(one.begin_of_coding)
            one.codings.append((one.begin_of_coding, one.end_of_codings))
        elif one is not None and self._depth == one.depth:
            self._ended(one)
            self._open = None
        elif name in _SOURCES:
            self._there.clear()
            if self._depth == self._source:
                self._source = 0
                self.splicer.hold(None)
        if not self._source and self._open is None:
            self.splicer.hold(None)
        self._depth -= 1

    @staticmethod
    def _fits(one: _Selection, other: _Selection) -> bool:
        return not (other.codes & one.codes) and (one.is_credited or one.user == other.user)

    def _end_of(self, start: int) -> int:
        end = self.scanner.offset
        return end if self.is_self_closing(start) else end + len(self.tag_at(end))

    def _ended(self, one: _Selection) -> None:
        if not one.codings:
            return
        there = self._there.setdefault(one.place, [])
        moves = not one.has_more and one.guid not in self._referenced and len(one.codes) == len(one.codings)
        into = next((other for other in there if self._fits(one, other)), None) if moves else None
        if into is None:
            there.append(one)
            return
        inside = b"".join(self.splicer.slice(*coding) for coding in one.codings)
        self.splicer.replace(one.start, self._end_of(one.start) - one.start, b"")
        self.splicer.replace(into.end_of_codings, 0, inside)
        into.codes |= one.codes
        self._changed.counts["joined"] += 1
