"""The HTML of Taguette's documents: texts written as it, and its text as people read it."""

from __future__ import annotations

import html
from bisect import bisect_left, bisect_right
from html.parser import HTMLParser

from qdpx_compassion.formats.positions import HeldText, TextForm

#: How Taguette counts: bytes of what the elements hold, where every line end is LF.
FORM = TextForm("utf8", "lf", "shown")

#: Elements that stand on lines of their own.
_BLOCKS = frozenset((
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "div", "dl", "dt", "figure",
    "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section",
    "table", "tbody", "tfoot", "thead", "tr", "ul",
))  # fmt: skip
#: Blocks that hold running text, in which a line feed is a space.
_RUNNING = frozenset(("caption", "dd", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "li", "p", "td", "th"))
_CELLS = frozenset(("td", "th"))
_UNSEEN = frozenset(("head", "script", "style", "title"))


def write_html(text: str) -> str:
    """A text as a document: a paragraph for each line, so that the document's text is this text to the byte.

    Args:
        text: as Taguette holds it (``HeldText.text``).
    """
    return "\n".join(f"<p>{html.escape(line, quote=False)}</p>" for line in text.split("\n"))


def plain_text(text: str) -> str:
    """A passage as Taguette's spreadsheets show it: its lines joined by spaces."""
    return " ".join(line for part in text.split("\n") if (line := part.strip()))


class DocumentText:
    """What a document says, and where its highlights lie in that.

    The text has a line for each block: where Taguette's HTML has no white space between two, a line end is put in.

    Args:
        contents: HTML.

    Attributes:
        text: the text for people.
        tags: names of elements whose looks the text does not show, e.g. ``h1``, ``b``, ``li``.
    """

    def __init__(self, contents: str) -> None:
        parser = _Parser()
        parser.feed(contents.strip().replace("\r\n", "\n").replace("\r", "\n"))
        parser.close()
        self._held = HeldText("".join(parser.content), FORM)
        self._inserted = parser.inserted
        self.text = "".join(parser.shown)
        self.tags = parser.tags

    def place(self, start: int, end: int) -> tuple[int, int, list[str]]:
        """A highlight's place in the text.

        Args:
            start: ``start_offset``, in bytes.
            end: ``end_offset``, in bytes, exclusive.

        Returns:
            First and last index (exclusive) in code points of ``text``, and the codes of findings.
        """
        first, last, problems = self._held.to_ours(start, end)
        if first == last:
            return first + bisect_left(self._inserted, first), first + bisect_left(self._inserted, first), problems
        return first + bisect_right(self._inserted, first), last + bisect_left(self._inserted, last), problems


class _Parser(HTMLParser):
    """Collects the text of all elements, and the same with line ends between blocks."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.content: list[str] = []
        self.shown: list[str] = []
        self.inserted: list[int] = []  # places in the content before which something was put in
        self.tags: set[str] = set()
        self._length = 0
        self._last = "\n"  # the last character shown
        self._waiting = ""  # what must stand before the next text
        self._running: list[str] = []
        self._pre = self._unseen = 0
        self._pre_begins = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 (the base's)
        self._tag(tag)
        if tag in _UNSEEN:
            self._unseen += 1
        elif tag == "br":
            self._put("\n")
        elif tag == "pre":
            self._pre += 1
            self._pre_begins = True
        if tag in _RUNNING:
            self._running.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)  # the slash is not read in HTML

    def handle_endtag(self, tag: str) -> None:
        self._tag(tag)
        if tag in _UNSEEN:
            self._unseen = max(0, self._unseen - 1)
        elif tag == "pre":
            self._pre = max(0, self._pre - 1)
        if tag in self._running:
            del self._running[len(self._running) - 1 - self._running[::-1].index(tag) :]

    def _tag(self, tag: str) -> None:
        self._pre_begins = False
        if tag not in ("p", "html", "head", "body", "br"):
            self.tags.add(tag)
        if tag in _BLOCKS:
            self._waiting = "\n"
            if tag == "p" and self._running[-1:] == ["p"]:
                self._running.pop()  # a paragraph ends where the next one begins
        elif tag in _CELLS and not self._waiting:
            self._waiting = "\t"

    def handle_data(self, data: str) -> None:
        if self._unseen:
            return
        if self._pre_begins:
            data = data.removeprefix("\n")  # the first line feed in <pre> is no text
            self._pre_begins = False
        if not data:
            return
        self.content.append(data)
        if self._waiting and self._last != "\n" and data[0] != "\n":
            self._put(self._waiting)
        self._waiting = ""
        shown = data.replace("\n", " ") if self._running and not self._pre else data
        self.shown.append(shown)
        self._length += len(data)
        self._last = shown[-1]

    def _put(self, inserted: str) -> None:
        self.shown.append(inserted)
        self.inserted.append(self._length)
        self._last = inserted
        self._waiting = ""
