"""The project document with its names replaced: attributes, texts and positions; all else byte for byte."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from qdpx_compassion.refi.editor import Editor, Sink
from qdpx_compassion.refi.names import TEXT_KINDS
from qdpx_compassion.refi.scanner import shown_name
from qdpx_compassion.refi.text import TextReading
from qdpx_compassion.teams.share.edits import Edits, MovedText
from qdpx_compassion.teams.share.guids import NewGuids, is_plain_guid
from qdpx_compassion.teams.share.ledger import Ledger
from qdpx_compassion.teams.share.selections import moved_selection
from qdpx_compassion.teams.share.splicing import TextSegments

#: Attributes that hold identifiers.
_GUIDS = frozenset(
    [
        "guid",
        "creatingUser",
        "modifyingUser",
        "creatingUserGUID",
        "modifyingUserGUID",
        "targetGUID",
        "originGUID",
        "representedGUID",
        "sourceVertex",
        "targetVertex",
        "fromSyncPoint",
        "toSyncPoint",
    ]
)
#: Attributes that hold numbers, dates and words of the standard.
_FIXED = frozenset(
    [
        "creationDateTime",
        "modifiedDateTime",
        "startPosition",
        "endPosition",
        "page",
        "firstX",
        "firstY",
        "secondX",
        "secondY",
        "begin",
        "end",
        "position",
        "timeStamp",
        "isCodable",
        "color",
        "typeOfVariable",
        "direction",
        "lineStyle",
        "shape",
    ]
)
_PATHS = frozenset(("path", "plainTextPath", "richTextPath"))
#: Attributes that are taken out, by element: they say where, and by whom, a project was made.
_TRACES = {("Project", "basePath"): "base path", ("User", "id"): "ids of users"}
_MOVED = frozenset(("PlainTextSelection", "SyncPoint"))
_GUID_LENGTHS = (36, 38)


class Files(Protocol):
    """What the document must know of the project's files."""

    def text(self, path: str) -> tuple[str, bool, Edits] | None:
        """Text, whether it has a byte order mark, and the replacements in it; None where there is no such file."""

    def path(self, written: str, where: str) -> str | None:
        """A path as it is in the shared project; None: its file is not in it."""


@dataclass(slots=True)
class _Text:
    """A text source that is open.

    Attributes:
        offset: where it begins.
        known: whether its text is known.
        moved: the text before and after; None: nothing is replaced in it.
        waiting: tags that stand before the text: offset, element, attributes, where.
    """

    offset: int
    known: bool = False
    moved: MovedText | None = None
    waiting: list[tuple[int, str, dict[str, str], str]] = field(default_factory=list)


class SharedDocument(Editor):
    """Writes the document for others.

    Args:
        where: file and document, for messages.
        sink: takes the new document.
        ledger: finds the names, and keeps the lists.
        files: of the project.
        reading: called when the first text with a replacement needs it: how positions are counted.
        fate: by element; what is not 0 is left out.
        guids: gives new GUIDs; None: they stay.
    """

    def __init__(
        self,
        where: str,
        sink: Sink,
        *,
        ledger: Ledger,
        files: Files,
        reading: Callable[[], TextReading],
        fate: bytearray | None = None,
        guids: NewGuids | None = None,
    ) -> None:
        super().__init__(where, sink)
        self._ledger, self._files, self._reading, self._fate, self._new = ledger, files, reading, fate, guids
        self._segments = TextSegments(self)
        self.scanner.collect_text(self._segments.text.append)
        self._number = -1
        self._stack: list[tuple[str, str]] = []  # element and name
        self._texts: list[_Text] = []
        self._going: tuple[int, int] | None = None  # depth and offset of what is left out

    # -- events -----------------------------------------------------------------------------------------------------

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        offset = self.scanner.offset
        self._number += 1
        if self._segments.text:
            self._text_ended(offset)
        self._segments.tag(offset)
        self._stack.append((name, attributes.get("name") or ""))
        if self._going is None:
            if self._fate is not None and self._fate[self._number]:
                self._going = (len(self._stack), offset)
            else:
                self._started(name, attributes, offset)
        self._hold(offset)

    def _started(self, name: str, attributes: dict[str, str], offset: int) -> None:
        if name in TEXT_KINDS:
            self._texts.append(text := _Text(offset))
            path = attributes.get("plainTextPath")
            found = self._files.text(path) if path else None
            if found is not None:
                self._text_known(text, *found)
        if name in _MOVED and self._texts and not self._texts[-1].known:
            self._texts[-1].waiting.append((offset, name, attributes, self._where_now()))
            return
        self._change(name, attributes, offset)

    def end(self, name: str) -> None:
        """An element ends."""
        offset = self.scanner.offset
        if self._segments.text:
            self._text_ended(offset)
        begin = self._segments.begun.pop()
        if self._going is not None:
            if self._going[0] == len(self._stack):
                self._leave_out(offset)
        elif name == "PlainTextContent" and self._texts:
            pass
        elif name in TEXT_KINDS:
            self._let_go(self._texts.pop())
        self._segments.end_tag(offset, begin)
        self._stack.pop()
        self._hold(offset)

    def comment(self, text: str) -> None:
        """A comment: names in it are replaced too."""
        if self._going is None:
            new = self._ledger.replaced(text, "comment in the document")
            if new is not None:
                self._segments.comments.append((self.scanner.offset, text, new))

    def _leave_out(self, end: int) -> None:
        if self._going is None:
            return
        offset = self._going[1]
        if not self.is_self_closing(offset):
            end += len(self.tag_at(end))
        self.splicer.replace(offset, end - offset, b"")
        self._going = None

    def _hold(self, offset: int) -> None:
        """Keep what may still change: the last tag and what follows it, and what waits for a text."""
        for text in self._texts:
            if text.waiting or not text.known:
                offset = text.offset
                break
        if self._going is not None:
            offset = min(offset, self._going[1])
        self.splicer.hold(offset)

    # -- texts ------------------------------------------------------------------------------------------------------

    def _text_ended(self, offset: int) -> None:
        name = self._stack[-1][0] if self._stack else ""
        text = self._segments.taken()
        if self._going is not None or not (text.strip() or name == "PlainTextContent"):
            self._segments.comments.clear()
            return
        if name == "PlainTextContent" and self._texts and text:
            edits = self._ledger.edits(text, self._where_now("text"))
            self._text_known(self._texts[-1], text, False, edits)
            new = edits.apply(text) if edits else None
        else:
            new = self._ledger.replaced(text, self._where_now())
        if self._new is not None:
            renewed = self._new.renewed(text if new is None else new)
            new = renewed if renewed != text else new
        self._segments.replace(offset, new)

    def _text_known(self, text: _Text, content: str, had_bom: bool, edits: Edits) -> None:
        text.known = True
        text.moved = MovedText(content, edits, self._reading(), had_bom=had_bom) if edits else None
        self._let_go(text)

    def _let_go(self, text: _Text) -> None:
        waiting, text.waiting = text.waiting, []
        text.known = True
        self._texts.append(text)
        for offset, name, attributes, where in waiting:
            self._change(name, attributes, offset, where)
        self._texts.pop()

    # -- attributes -------------------------------------------------------------------------------------------------

    def _change(self, name: str, attributes: dict[str, str], offset: int, where: str = "") -> None:
        changes: dict[str, str | None] = {}
        moved = self._texts[-1].moved if self._texts else None
        done = ""
        if name == "PlainTextSelection":
            if moved is not None or attributes.get("name"):
                changes.update(moved_selection(attributes, moved, self._ledger, where or self._where_now()))
            done = "name"
        elif name == "SyncPoint" and moved is not None:
            changes.update(_moved_sync_point(attributes, moved))
        for attribute, value in attributes.items():
            if attribute in _FIXED or attribute == done or not value:
                continue
            if attribute in _GUIDS and (self._new is not None or len(value) in _GUID_LENGTHS):
                if self._new is not None:
                    changes[attribute] = self._new.renewed(value)
                    continue
                if is_plain_guid(value):
                    continue
            changed = self._changed(name, attribute, value, where)
            if changed is not value:
                changes[attribute] = changed
        for trace in _TRACES:
            if trace[0] == name and trace[1] in attributes:
                changes[trace[1]] = None
        if "currentPath" in attributes:
            changes["currentPath"] = None
        changes = {key: value for key, value in changes.items() if value != attributes.get(key)}
        if changes:
            shown = {shown_name(key): (shown_name(key), value) for key, value in changes.items()}
            self.rewrite_tag(shown, at=offset)

    def _changed(self, name: str, attribute: str, value: str, where: str) -> str | None:
        """The new value, the value itself where nothing changes, None to take the attribute out."""
        if attribute == "currentPath" or (name, attribute) in _TRACES:
            self._ledger.removed[_TRACES.get((name, attribute), "paths on somebody's computer")] += 1
            return None
        where = where or self._where_now(attribute if attribute != "name" else "")
        if attribute in _PATHS:
            return self._files.path(value, where)
        cut = attribute == "name" and name.endswith("Selection")
        new = self._ledger.cut(value, where) if cut else self._ledger.replaced(value, where)
        if self._new is not None:
            new = self._new.renewed(value if new is None else new)
        return value if new is None else new

    def _where_now(self, what: str = "") -> str:
        """The place of the current event for people: the elements that have names, from the outside."""
        named = [f"{element} “{name[:60]}”" for element, name in self._stack[1:] if name]
        element = self._stack[-1][0] if self._stack else ""
        last = what or (element if not self._stack or not self._stack[-1][1] else "name")
        return ", ".join([*named[-2:], last])


def _moved_sync_point(attributes: dict[str, str], moved: MovedText) -> dict[str, str]:
    try:
        position = int(attributes["position"])
    except (KeyError, ValueError):
        return {}
    new = moved.position(position)
    return {"position": str(new)} if new != position else {}
