"""The text between two tags, replaced as a whole where a name in it is."""

from __future__ import annotations

from qdpx_compassion.refi.characters import in_element
from qdpx_compassion.refi.editor import Editor


class TextSegments:
    """Knows where the text between the last tag and the next one lies in the bytes.

    Args:
        editor: whose document it is; it holds the bytes from the last tag on.

    Attributes:
        text: what the parser gave of the text since the last tag.
        last: where the last tag begins, or a tag that closed itself ended.
        is_end: whether the last event was an end.
        markup: comments and processing instructions since the last tag that change: where, their end, what they become.
    """

    def __init__(self, editor: Editor) -> None:
        self._editor = editor
        self.text: list[str] = []
        self.markup: list[tuple[int, str, str]] = []
        self.last = 0
        self.is_end = False

    def tag(self, offset: int, *, is_end: bool) -> None:
        """A tag stands here, or a tag that closed itself ended."""
        if self.markup:
            self.replace_markup()
        self.last, self.is_end = offset, is_end

    def taken(self) -> str:
        """The text since the last tag; it is no longer waiting."""
        text = "".join(self.text)
        self.text.clear()
        return text

    def replace(self, end: int, new: str | None) -> None:
        """Put a new text in place of all that stands between the last tag and ``end``; None: it stays."""
        if new is None:
            return
        self.markup.clear()  # they went with the text around them
        begin, end = self.span(end)
        self._editor.splicer.replace(begin, end - begin, self._editor.encode(in_element(new)))

    def span(self, end: int) -> tuple[int, int]:
        """Where the text between the last tag and ``end`` lies, in bytes."""
        editor, begin = self._editor, self.last
        if not self.is_end or editor.splicer.slice(begin, begin + 8).startswith(editor.encode("</")):
            begin += len(editor.tag_at(begin))
        return begin, end

    def comment(self, new: str | None) -> None:
        """A comment stands where the scanner is; None: it stays."""
        if new is not None:
            while "--" in new:
                new = new.replace("--", "- -")
            self.markup.append((self._editor.scanner.offset, "-->", f"<!--{new.removesuffix('-')}-->"))

    def instruction(self, target: str, new_target: str | None, new_data: str | None) -> None:
        """A processing instruction stands where the scanner is; one whose own name changes goes."""
        if new_target is not None:
            self.markup.append((self._editor.scanner.offset, "?>", ""))
        elif new_data is not None:
            data = new_data.replace("?>", "? >")
            self.markup.append((self._editor.scanner.offset, "?>", f"<?{target} {data}?>"))

    def replace_markup(self) -> None:
        """Put the new comments and instructions in place of the old ones."""
        editor = self._editor
        for offset, mark, new in self.markup:
            end, length, window = editor.encode(mark), -1, 1 << 12
            while length < 0:
                data = editor.splicer.slice(offset, offset + window)
                length = data.find(end, len(editor.encode("<!--" if mark == "-->" else "<?")))
                window *= 4
            editor.splicer.replace(offset, length + len(end), editor.encode(new))
        self.markup.clear()
