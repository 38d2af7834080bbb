"""A document and edits → a document; every byte between the edits is copied as it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from qdpx_compassion.errors import InputError
from qdpx_compassion.refi.characters import in_attribute
from qdpx_compassion.refi.scanner import Scanner, readable

_TAG = re.compile(r"""<[^"'>]*(?:"[^"]*"[^"'>]*|'[^']*'[^"'>]*)*>""")
_TAG_IN_BYTES = re.compile(_TAG.pattern.encode())
#: Encodings in which the signs of tags are single bytes that are part of no other character.
_LIKE_ASCII = frozenset({"utf-8", "ascii", "iso8859-1", "cp1252"})
_ATTRIBUTE = re.compile(r"""(\s+)([^\s=/>"'<]+)(\s*=\s*)("[^"]*"|'[^']*')""")
#: Nearly every tag is shorter, in bytes.
_WINDOW = 1 << 9

Sink = Callable[[bytes], object]


class Splicer:
    """Bytes go in, the same bytes with edits come out; only what may still change is kept.

    Offsets are bytes from the beginning of the input. Edits may come in any order, as long as none lies before what
    has been flushed; those at one offset come out in the order in which they were made.

    Args:
        sink: takes the output.
    """

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._buffer = bytearray()
        self._base = 0  # offset of the buffer's first byte
        self._edits: list[tuple[int, int, int, bytes]] = []  # (offset, order, length, new bytes)
        self._order = 0
        self._hold: int | None = None
        self._done = 0  # input up to here is written or deleted

    def feed(self, chunk: bytes) -> None:
        """The next bytes of the input."""
        self._buffer += chunk

    def replace(self, offset: int, length: int, data: bytes) -> None:
        """Put ``data`` in place of ``length`` bytes at ``offset``; a length of 0 inserts."""
        self._edits.append((offset, self._order, length, data))
        self._order += 1

    def hold(self, offset: int | None) -> None:
        """Keep everything from ``offset`` on until further notice (None: no longer)."""
        self._hold = offset

    @property
    def held(self) -> int | None:
        """From where on bytes are kept, None when they are not."""
        return self._hold

    @property
    def base(self) -> int:
        """From where on bytes of the input are still kept."""
        return self._base

    def slice(self, start: int, end: int) -> bytes:
        """Bytes of the input that are still kept."""
        return bytes(self._buffer[start - self._base : end - self._base])

    def tag_at(self, offset: int) -> bytes:
        """The tag at an offset, in an encoding in which ASCII is ASCII; empty where it is not there as a whole."""
        match = _TAG_IN_BYTES.match(self._buffer, offset - self._base)
        return match.group() if match else b""

    def flush(self, upto: int) -> None:
        """Write what lies before ``upto`` and is not held."""
        if self._hold is not None:
            upto = min(upto, self._hold)
        if upto <= self._base:
            return
        parts: list[bytes | memoryview] = []
        with memoryview(self._buffer) as view:
            try:
                if self._edits:
                    self._edits.sort()
                    upto = self._apply(upto, view, parts)
                if upto > self._done:
                    parts.append(view[self._done - self._base : upto - self._base])
                    self._done = upto
                self._sink(b"".join(parts))
            finally:
                parts.clear()  # views of the buffer: with them it could not shrink
        keep = max(upto, self._base)
        del self._buffer[: keep - self._base]
        self._base = keep
        self._done = max(self._done, self._base)

    def _apply(self, upto: int, view: memoryview, parts: list[bytes | memoryview]) -> int:
        """Add the output up to the last edit that lies before ``upto``; an edit that reaches beyond it waits."""
        number = 0
        for offset, _, length, data in self._edits:
            if offset >= upto:
                break
            if offset + length > upto:
                upto = offset
                break
            if offset > self._done:
                parts.append(view[self._done - self._base : offset - self._base])
                self._done = offset
            parts.append(data)
            self._done = max(self._done, offset + length)
            number += 1
        del self._edits[:number]
        return upto

    def finish(self, total: int) -> None:
        """Write the rest, edits at the very end included."""
        self._hold = None
        self.flush(total)
        for _, _, _, data in sorted(self._edits):
            self._sink(data)
        self._edits.clear()


def not_editable(where: str) -> InputError:
    """The error where the places of elements are not those of their tags."""
    return InputError(
        "The document defines entities that hold elements; it can be read but not changed.",
        where=where,
        remedy="Open the project in your program and export it again.",
    )


class Editor:
    """A scanner and a splicer over one document. Subclasses override ``start`` and ``end`` and make edits there.

    Args:
        where: file and document, for messages.
        sink: takes the new document.
    """

    def __init__(self, where: str, sink: Sink) -> None:
        self.scanner = Scanner(self.start, self.end, where=where, comment=self.comment, instruction=self._instruction())
        self.splicer = Splicer(sink)
        self.feed: Callable[[bytes], None] = self.scanner.feed  # or that of ``refi/runs.py``
        self._where = where

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins at ``self.scanner.offset``."""

    def end(self, name: str) -> None:
        """An element ends; ``self.scanner.offset`` is its end tag, or the byte after a self-closing one."""

    def comment(self, text: str) -> None:
        """A comment stands at ``self.scanner.offset``."""

    def instruction(self, target: str, data: str) -> None:
        """A processing instruction stands at ``self.scanner.offset``."""

    def _instruction(self) -> Callable[[str, str], None] | None:
        """Expat is only asked for instructions by those who want them."""
        return self.instruction if type(self).instruction is not Editor.instruction else None

    def flushing(self) -> None:
        """What lies before the current event is about to be written: the last chance to hold some of it."""

    def finish(self) -> None:
        """The whole document has been seen; edits in what is held can still be made."""

    def run(self, chunks: Iterable[bytes]) -> None:
        """Read the document, write it with the edits.

        Raises:
            InputError: the document cannot be read, or not be edited.
        """
        total = 0
        for chunk in readable(chunks, self.scanner):
            total += len(chunk)
            self.splicer.feed(chunk)
            self.feed(chunk)
            if not self.scanner.editable:
                raise not_editable(self._where)
            self.flushing()
            self.splicer.flush(min(self.scanner.offset, total))
        self.scanner.feed(b"", final=True)
        self.finish()
        self.splicer.finish(total)

    def encode(self, text: str) -> bytes:
        """Text in the document's encoding; characters that it lacks as character references."""
        return text.encode(self.scanner.encoding, "xmlcharrefreplace")

    def is_self_closing(self, start: int) -> bool:
        """Whether the element that ends now, and began at ``start``, has one tag only."""
        # Both events of a self-closing tag come from one token, so that it is still kept when they do.
        if start < self.splicer.base:
            return False
        tag = self.tag_at(start)
        return tag.endswith(b"/>" if self.scanner.encoding in _LIKE_ASCII else self.encode("/>"))

    def rewrite_tag(
        self, changes: Mapping[str, tuple[str, str | None]], added: Mapping[str, str] | None = None, *, at: int = -1
    ) -> None:
        """Splice changed, removed and added attributes into a tag.

        Args:
            changes: attribute, as written with its prefix → its new name and value; value None: it is taken out.
            added: attribute → value.
            at: where the tag begins; -1: the tag of the current event.
        """
        offset = self.scanner.offset if at < 0 else at
        tag = self.tag_at(offset).decode(self.scanner.encoding)
        for match in _ATTRIBUTE.finditer(tag):
            change = changes.get(match[2])
            if change is None:
                continue
            if change[1] is None:
                self._splice(offset, tag, match.start(), match.end(), "")
                continue
            if change[0] != match[2]:
                self._splice(offset, tag, match.start(2), match.end(2), change[0])
            self._splice(offset, tag, match.start(4), match.end(4), f'"{in_attribute(change[1])}"')
        if added:
            end = len(tag) - (2 if tag.endswith("/>") else 1)
            end = len(tag[:end].rstrip())
            text = "".join(f' {attribute}="{in_attribute(value)}"' for attribute, value in added.items())
            self._splice(offset, tag, end, end, text)

    def _splice(self, offset: int, tag: str, start: int, end: int, text: str) -> None:
        encoding = self.scanner.encoding
        first = offset + len(tag[:start].encode(encoding))
        self.splicer.replace(first, len(tag[start:end].encode(encoding)), self.encode(text))

    def tag_at(self, offset: int) -> bytes:
        """The bytes of the tag that begins at ``offset`` (still kept)."""
        encoding, window = self.scanner.encoding, _WINDOW
        if encoding in _LIKE_ASCII and (found := self.splicer.tag_at(offset)):
            return found
        while True:
            data = self.splicer.slice(offset, offset + window)
            match = _TAG.match(data.decode(encoding, "ignore"))
            if match:
                return match.group().encode(encoding)
            if len(data) < window:
                raise InputError("A tag does not end.", where=self._where, remedy="Export the project again.")
            window *= 4
