"""The pass that makes files of texts that stand inside the document."""

from __future__ import annotations

from collections.abc import Callable

from qdpx_compassion.refi.editor import Editor, Sink
from qdpx_compassion.refi.guids import normalise_guid
from qdpx_compassion.refi.names import TEXT_KINDS
from qdpx_compassion.refi.targets.tags import rewritten

_TEXTS = frozenset(TEXT_KINDS)


class TextsOut(Editor):
    """Replaces PlainTextContent by a file that plainTextPath names.

    Args:
        where: file and document, for messages.
        sink: takes the new document.
        stay: notes whose text stays in the document, as compared.
        write: takes the name of a file and its text; gives the name under which it was written.
    """

    def __init__(self, where: str, sink: Sink, *, stay: set[str], write: Callable[[str, str], str]) -> None:
        super().__init__(where, sink)
        self._stay, self._write = stay, write
        self._depth = 0
        self._source: tuple[int, int, str] | None = None  # depth, offset, GUID
        self._begin = 0
        self._text: list[str] | None = None
        self.written = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        self._depth += 1
        offset = self.scanner.offset
        if name in _TEXTS:
            self._release()
            guid = attributes.get("guid", "")
            if not attributes.get("plainTextPath") and normalise_guid(guid) not in self._stay:
                self._source = (self._depth, offset, guid)
                self.splicer.hold(offset)
        elif self._source is not None and self._depth == self._source[0] + 1:
            if name == "PlainTextContent":
                self._begin, self._text = offset, []
                self.scanner.collect_text(self._text.append)
            elif name != "Description":
                self._release()

    def end(self, name: str) -> None:
        """An element ends."""
        if self._text is not None and name == "PlainTextContent" and self._source is not None:
            text, self._text = "".join(self._text), None
            self.scanner.collect_text(None)
            self._take_out(text)
        elif self._source is not None and self._depth == self._source[0]:
            self._release()
        self._depth -= 1

    def _take_out(self, text: str) -> None:
        if self._source is None:
            return
        _, offset, guid = self._source
        end = self.scanner.offset
        if not self.is_self_closing(self._begin):
            end += len(self.tag_at(end))
        self.splicer.replace(self._begin, end - self._begin, b"")
        name = self._write(f"{guid}.txt", text)
        self.written += 1
        tag = self.tag_at(offset)
        new = rewritten(tag.decode(self.scanner.encoding), {"plainTextPath": f"internal://{name}"})
        self.splicer.replace(offset, len(tag), self.encode(new))
        self._release()

    def _release(self) -> None:
        self._source = None
        self.splicer.hold(None)
