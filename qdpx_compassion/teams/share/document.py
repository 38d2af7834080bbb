"""The project document with its names replaced: attributes, texts and positions; all else byte for byte."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from qdpx_compassion.errors import InputError
from qdpx_compassion.refi.editor import Editor, Sink
from qdpx_compassion.refi.names import CHILDREN, SOURCES, TEXT_KINDS
from qdpx_compassion.refi.runs import RUN_END, Form, Run, Runs, length_of, places_of
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
_TRACED = {"Project": ("basePath",), "User": ("id",), **dict.fromkeys(SOURCES, ("currentPath",))}
_TRACES = {"basePath": "base path", "id": "ids of users", "currentPath": "paths on somebody's computer"}
_SPECIAL = frozenset(("Project", "User", *TEXT_KINDS, *SOURCES, "PlainTextSelection", "SyncPoint"))
_TEXT_KINDS = frozenset(TEXT_KINDS)
_MOVED = frozenset(("PlainTextSelection", "SyncPoint"))
_GUID_LENGTH = 36
_START_TAG = re.compile("<(?!/)")


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


@dataclass(frozen=True, slots=True)
class _Plan:
    """What a selection of one form holds (``refi/runs.py``).

    Attributes:
        form: how it is written.
        name: number of the value that is its name; -1: it has none.
        place: numbers of the positions of a text's selection; empty where there are none.
        is_quiet: whether nothing but the name needs a look, as long as nothing moves in its text.
    """

    form: Form
    name: int
    place: tuple[int, ...]
    is_quiet: bool


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
        odd_ids: whether identifiers may be something else than GUIDs, and so hold a name.
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
        odd_ids: bool = True,
    ) -> None:
        super().__init__(where, sink)
        self._ledger, self._files, self._reading, self._fate, self._new = ledger, files, reading, fate, guids
        self._segments = TextSegments(self)
        self.scanner.collect_text(self._segments.text.append)
        self._number = -1
        self._stack: list[tuple[str, dict[str, str]]] = []  # elements that are open
        #: Attributes that need no look.
        self._quiet = _FIXED if guids is not None or odd_ids else _FIXED | _GUIDS
        self._quiet_or_named = self._quiet | {"name"}
        self._texts: list[_Text] = []
        self._going: tuple[int, int] | None = None  # depth and offset of what is left out
        self.feed = Runs(self.scanner, self).feed

    # -- events -----------------------------------------------------------------------------------------------------

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        segments, offset = self._segments, self.scanner.offset
        text = segments.text
        if text:
            if len(text) == 1 and text[0].isspace():  # between elements
                text.clear()
            else:
                self._text_ended(offset)
        if segments.markup:
            segments.replace_markup()
        segments.last, segments.is_end = offset, False
        self._stack.append((name, attributes))
        self._number += 1
        if self._going is not None:
            return
        if self._fate is not None and self._fate[self._number]:
            self._going = (len(self._stack), offset)
        else:
            self._look(name, attributes, offset)

    def _look(self, name: str, attributes: dict[str, str], offset: int) -> None:
        """Change what is to be changed in an element that begins."""
        if name == "PlainTextSelection":
            if not self._says_nothing(attributes):
                self._started(name, attributes, offset)
        elif name in _SPECIAL or not attributes.keys() <= self._quiet:
            self._started(name, attributes, offset)

    def _says_nothing(self, attributes: dict[str, str]) -> bool:
        """Whether a selection stays as it is: nothing changes in its text, and its name says at most where it is."""
        name = attributes.get("name")
        if name and not _is_place(name, attributes.get("startPosition"), attributes.get("endPosition")):
            return False
        return self._nothing_moves() and attributes.keys() <= self._quiet_or_named

    def _nothing_moves(self) -> bool:
        """Whether what stands now is in a text of which all is known, and nothing in it replaced."""
        return bool(self._texts) and self._texts[-1].known and self._texts[-1].moved is None

    def _started(self, name: str, attributes: dict[str, str], offset: int) -> None:
        if name in _TEXT_KINDS:
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
        segments, offset = self._segments, self.scanner.offset
        text = segments.text
        if text:
            if len(text) == 1 and text[0].isspace():  # between elements
                text.clear()
            else:
                self._text_ended(offset)
        if self._going is not None:
            if self._going[0] == len(self._stack):
                self._leave_out(offset)
        elif name in _TEXT_KINDS:
            self._let_go(self._texts.pop())
        if segments.markup:
            segments.replace_markup()
        segments.last, segments.is_end = offset, True
        self._stack.pop()

    def comment(self, text: str) -> None:
        """A comment: names in it are replaced too."""
        if self._going is None:
            self._segments.comment(self._ledger.replaced(text, "comment in the document"))

    def instruction(self, target: str, data: str) -> None:
        """A processing instruction: names in it are replaced too."""
        if self._going is None:
            where = "instruction in the document"
            new = self._ledger.replaced(target, where), self._ledger.replaced(data, where)
            self._segments.instruction(target, *new)

    def finish(self) -> None:
        """The document has been seen: what stands before its first element must not hold a name."""
        if any(finding.code == "xml-doctype" for finding in self.scanner.findings):
            raise InputError(
                "The document has a DOCTYPE, in which names can stand that cannot be replaced.",
                where=self._where,
                remedy="Open the project in your program and export it again.",
            )

    def _leave_out(self, end: int) -> None:
        if self._going is None:
            return
        offset = self._going[1]
        if not self.is_self_closing(offset):
            end += len(self.tag_at(end))
        self.splicer.replace(offset, end - offset, b"")
        self._going = None

    def flushing(self) -> None:
        """Keep what may still change: the last tag and what follows it, and what waits for a text."""
        offset = self._segments.last
        for text in self._texts:
            if text.waiting or not text.known:
                offset = min(offset, text.offset)
                break
        if self._going is not None:
            offset = min(offset, self._going[1])
        self.splicer.hold(offset)

    # -- runs of selections -----------------------------------------------------------------------------------------

    def parent(self) -> str:
        """See ``runs.Taker``."""
        waits = self._segments.text or self._segments.markup or self._fate is not None
        return self._stack[-1][0] if self._stack and not waits and len(self._stack) + 3 <= self.scanner.nesting else ""

    def plan(self, form: Form, parent: str) -> _Plan | None:
        """See ``runs.Taker``."""
        if form.kind not in CHILDREN.get(parent, ()):
            return None
        names = form.attributes.keys() - {"name"}
        is_quiet = names <= self._quiet and all(coding.keys() <= self._quiet for coding in form.codings)
        place: tuple[int, ...] = ()
        if form.kind == "PlainTextSelection" and form.attributes.keys() >= {"startPosition", "endPosition"}:
            place = form.attributes["startPosition"], form.attributes["endPosition"]
        return _Plan(form, form.attributes.get("name", -1), place, is_quiet)

    def take(self, run: Run[_Plan]) -> None:
        """See ``runs.Taker``."""
        offset, still = run.offset, self._nothing_moves()
        for plan, values, text in zip(run.plans, run.values, run.texts, strict=True):
            silent = plan.is_quiet and (still or plan.form.kind != "PlainTextSelection")
            name = values[plan.name] if plan.name >= 0 else ""
            if not silent or (name and not (plan.place and _is_place(name, *(values[at] for at in plan.place)))):
                self._take_one(plan.form, values, text, offset)
            offset += length_of(text) + len(RUN_END)
        self._segments.last, self._segments.is_end = offset - len(RUN_END) + run.plans[-1].form.end, True

    def _take_one(self, form: Form, values: list[str], text: str, offset: int) -> None:
        tags = places_of(_START_TAG, text, offset)
        depth = len(self._stack)
        for name, attributes in form.elements(values):
            self._stack.append((name, attributes))
            self._look(name, attributes, next(tags))
        del self._stack[depth:]

    # -- texts ------------------------------------------------------------------------------------------------------

    def _text_ended(self, offset: int) -> None:
        name = self._stack[-1][0] if self._stack else ""
        text = self._segments.taken()
        if self._going is not None:
            self._segments.markup.clear()
            return
        if not (text.strip() or name == "PlainTextContent"):
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
                changes.update(moved_selection(attributes, moved, self._ledger, lambda: where or self._where_now()))
            done = "name"
        elif name == "SyncPoint" and moved is not None:
            changes.update(_moved_sync_point(attributes, moved))
        for attribute, value in attributes.items():
            if attribute in self._quiet or attribute == done or not value:
                continue
            if attribute in _GUIDS:
                if self._new is not None:
                    changes[attribute] = self._new.renewed(value)
                    continue
                if (len(value) == _GUID_LENGTH and value[8] == value[13] == "-") or is_plain_guid(value):
                    continue
            changed = self._changed(name, attribute, value, where)
            if changed is not value:
                changes[attribute] = changed
        if name in _TRACED:
            for attribute in _TRACED[name]:
                if attribute in attributes:
                    changes[attribute] = None  # empty ones too
        if changes:
            changes = {key: value for key, value in changes.items() if value != attributes.get(key)}
        if changes:
            shown = {shown_name(key): (shown_name(key), value) for key, value in changes.items()}
            self.rewrite_tag(shown, at=offset)

    def _changed(self, name: str, attribute: str, value: str, where: str) -> str | None:
        """The new value, the value itself where nothing changes, None to take the attribute out."""
        if attribute in _TRACED.get(name, ()):
            self._ledger.removed[_TRACES[attribute]] += 1
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
        named = [f"{one} “{of['name'][:60]}”" for one, of in self._stack[1:] if of.get("name")]
        element, attributes = self._stack[-1] if self._stack else ("", {})
        last = what or ("name" if attributes.get("name") else element)
        return ", ".join([*named[-2:], last])


def _is_place(name: str, start: str | None, end: str | None) -> bool:
    """Whether the name of a selection says where it is and no more, as MAXQDA's does."""
    return start is not None and end is not None and name.replace(", ", ",") == f"{start},{end}"


def _moved_sync_point(attributes: dict[str, str], moved: MovedText) -> dict[str, str]:
    try:
        position = int(attributes["position"])
    except (KeyError, ValueError):
        return {}
    new = moved.position(position)
    return {"position": str(new)} if new != position else {}
