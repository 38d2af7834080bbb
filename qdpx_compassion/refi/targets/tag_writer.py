"""The pass that writes tags for a program: GUIDs, names, paths, positions. What is between the tags stays."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from qdpx_compassion.errors import InputError
from qdpx_compassion.refi.editor import Editor, Sink
from qdpx_compassion.refi.names import TEXT_KINDS
from qdpx_compassion.refi.repair.rules import FORMS, REFERENCES
from qdpx_compassion.refi.repair.values import mended_boolean, rounded_integer
from qdpx_compassion.refi.targets.guids import Guids
from qdpx_compassion.refi.targets.moving import Mover
from qdpx_compassion.refi.targets.tags import rewritten
from qdpx_compassion.refi.text import fold

_TEXTS = frozenset(TEXT_KINDS)
_POSITIONS = ("startPosition", "endPosition", "position")
_PLACES = re.compile(r"(\d+)(\s*,\s*)(\d+)")
_DATED = ("Note", "Transcript")

#: A mover for the text of a source: by its plainTextPath, or by the text inside the document; None: it has no text.
MoverOf = Callable[["str | None", "str | None"], "Mover | None"]


@dataclass
class Changed:
    """What was changed, for the report: kind of change → how often, and the first examples."""

    counts: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[str]] = field(default_factory=dict)

    def add(self, kind: str, example: str = "", number: int = 1) -> None:
        """Count a change."""
        self.counts[kind] += number
        shown = self.examples.setdefault(kind, [])
        if example and len(shown) < 3 and example not in shown:
            shown.append(example)


@dataclass
class TagRules:
    """What becomes of tags.

    Attributes:
        guids: writes them.
        names: number of the element → its old and new name.
        paths: path as written → as it is from now on.
        mover_of: moves positions; None: they stay.
        origin: what the project says of who wrote it, where that changes.
        date: what notes without a date get; None: nothing.
        passages: ``quotation``: passages of text without a name are called as their text.
        base_path: whether the project still says in which folder it lay.
        changed: what was changed is counted here.
    """

    guids: Guids
    names: Mapping[int, tuple[str, str]]
    paths: Mapping[str, str]
    mover_of: MoverOf | None
    origin: str | None
    date: str | None
    changed: Changed
    passages: str = "keep"
    base_path: bool = True


class TagWriter(Editor):
    """Writes every tag as a program wants it.

    Args:
        where: file and document, for messages.
        sink: takes the new document.
        rules: what becomes of tags.
    """

    def __init__(self, where: str, sink: Sink, rules: TagRules) -> None:
        super().__init__(where, sink)
        self._rules, self._changed = rules, rules.changed
        self._ordinal = -1
        self._stack: list[str] = []
        self._texts: list[tuple[str | None, Mover | None]] = []  # of the open sources: path, mover
        self._inline: list[str] | None = None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        self._ordinal += 1
        self._stack.append(name)
        if name in _TEXTS and self._rules.mover_of is not None:
            path = attributes.get("plainTextPath")
            self._texts.append((path, self._rules.mover_of(path, None) if path else None))
        elif name == "PlainTextContent" and self._texts and self._rules.mover_of is not None:
            self._inline = []
            self.scanner.collect_text(self._inline.append)
        changes = self._changes(name, attributes)
        if changes:
            offset = self.scanner.offset
            tag = self.tag_at(offset)
            new = rewritten(tag.decode(self.scanner.encoding), changes)
            self.splicer.replace(offset, len(tag), self.encode(new))

    def end(self, name: str) -> None:
        """An element ends."""
        self._stack.pop()
        if self._inline is not None:
            text, self._inline = "".join(self._inline), None
            self.scanner.collect_text(None)
            path, mover = self._texts[-1]
            if mover is None and self._rules.mover_of is not None:
                self._texts[-1] = path, self._rules.mover_of(None, text)
        if name in _TEXTS and self._texts:
            self._texts.pop()

    # -- attributes -------------------------------------------------------------------------------------------------

    def _changes(self, name: str, attributes: dict[str, str]) -> dict[str, str | None]:
        changes: dict[str, str | None] = {}
        for attribute, written in attributes.items():
            new = self._new(name, attribute, written)
            if new is not None and new != written:
                changes[attribute] = new
        renamed = self._rules.names.get(self._ordinal)
        if renamed is not None:
            changes["name"] = renamed[1]
        if name == "PlainTextSelection":
            self._passage(attributes, changes)
        elif name == "Code":
            self._codable(attributes, changes)
        elif name in _DATED and self._rules.date and not (attributes.keys() & {"creationDateTime", "modifiedDateTime"}):
            changes["creationDateTime"] = self._rules.date
            self._changed.add("dates", attributes.get("name", ""))
        if len(self._stack) == 1:
            if self._rules.origin is not None:
                changes["origin"] = self._rules.origin
            if attributes.get("basePath") and not self._rules.base_path:
                changes["basePath"] = None
                self._changed.add("base-path")
        return changes

    def _passage(self, attributes: dict[str, str], changes: dict[str, str | None]) -> None:
        """The name of a passage: places in it move, and where the program has its text there, so it is written."""
        try:
            old = int(attributes["startPosition"]), int(attributes["endPosition"])
        except (KeyError, ValueError):
            return
        name = attributes.get("name", "")
        places = _PLACES.fullmatch(name)
        if places and (int(places[1]), int(places[3])) == old:
            new = changes.get("startPosition", places[1]), changes.get("endPosition", places[3])
            if new != (places[1], places[3]):
                changes["name"] = f"{new[0]}{places[2]}{new[1]}"
        elif not name and self._rules.passages == "quotation" and self._texts and self._texts[-1][1] is not None:
            quotation = fold(self._texts[-1][1].quotation(*old))
            if quotation:
                changes["name"] = quotation
                self._changed.counts["passages"] += 1

    def _new(self, name: str, attribute: str, written: str) -> str | None:
        form = FORMS.get(attribute)
        if form == "guid":
            return self._guid(name, attribute, written)
        if form == "path":
            new = self._rules.paths.get(written)
            if new is not None and new != written:
                self._changed.add("paths", written)
            return new
        if form == "integer":
            return self._number(attribute, written)
        return None

    def _guid(self, name: str, attribute: str, written: str) -> str:
        guids = self._rules.guids
        if attribute != "guid" or name in REFERENCES:  # some programs write guid where the standard has targetGUID
            return guids.of_reference(name, attribute, written)
        new = guids.of_element(name, written)
        self._changed.counts["guids"] += new != written
        return new

    def _number(self, attribute: str, written: str) -> str | None:
        whole = written
        if "." in written:
            whole = rounded_integer(written) or written
            self._changed.counts["places"] += whole != written
        mover = self._mover() if attribute in _POSITIONS and self._rules.mover_of is not None else None
        if mover is None:
            return whole
        try:
            position = int(whole)
        except ValueError:
            return whole
        new = mover.end(position) if attribute == "endPosition" else mover.start(position)
        self._changed.counts["positions"] += new != position
        return whole if new == position else str(new)

    def _mover(self) -> Mover | None:
        if not self._texts:
            return None
        path, mover = self._texts[-1]
        if mover is None and path is None:
            raise InputError(
                "A passage stands before the text that it is in, so its place cannot be told.",
                where=f"{self._where}, line {self.scanner.line}",
                remedy="Run `repair` first: it puts elements in order.",
            )
        return mover

    def _codable(self, attributes: dict[str, str], changes: dict[str, str | None]) -> None:
        written = attributes.get("isCodable")
        new = "true" if written is None else mended_boolean(written)
        new = {"1": "true", "0": "false"}.get((new or "").strip(), (new or "").strip())
        if new and new != written:
            changes["isCodable"] = new
            self._changed.add("codable", attributes.get("name", ""))
