"""The text between two tags, replaced as a whole where a name in it is."""

from __future__ import annotations

from qdpx_compassion.refi.editor import Editor, escaped_text


class TextSegments:
    """Knows where the text between the last tag and the next one lies in the bytes.

    Args:
        editor: whose document it is; it holds the bytes from the last tag on.

    Attributes:
        text: what the parser gave of the text since the last tag.
        last: where the last tag begins, or a tag that closed itself ended.
        comments: those since the last tag that change: where, text, new text.
    """

    def __init__(self, editor: Editor) -> None:
        self._editor = editor
        self.text: list[str] = []
        self.comments: list[tuple[int, str, str]] = []
        self.last = 0
        self._is_end = False

    def tag(self, offset: int) -> None:
        """A start tag stands here."""
        if self.comments:
            self._replace_comments()
        self.last, self._is_end = offset, False

    def end_tag(self, offset: int) -> None:
        """An element ends here: at its end tag, or behind a tag that closes itself."""
        if self.comments:
            self._replace_comments()
        self.last, self._is_end = offset, True

    def taken(self) -> str:
        """The text since the last tag; it is no longer waiting."""
        text = "".join(self.text)
        self.text.clear()
        return text

    def replace(self, end: int, new: str | None) -> None:
        """Put a new text in place of all that stands between the last tag and ``end``; None: it stays."""
        if new is None:
            return
        editor = self._editor
        self.comments.clear()  # they went with the text around them
        begin = self.last
        if not self._is_end or editor.splicer.slice(begin, begin + 8).startswith(editor.encode("</")):
            begin += len(editor.tag_at(begin))
        editor.splicer.replace(begin, end - begin, editor.encode(escaped_text(new)))

    def span(self, end: int) -> tuple[int, int]:
        """Where the text between the last tag and ``end`` lies, in bytes."""
        editor, begin = self._editor, self.last
        if not self._is_end or editor.splicer.slice(begin, begin + 8).startswith(editor.encode("</")):
            begin += len(editor.tag_at(begin))
        return begin, end

    def _replace_comments(self) -> None:
        editor = self._editor
        for offset, text, new in self.comments:
            written = editor.encode(f"<!--{text}-->")
            data = editor.splicer.slice(offset, offset + 4 * len(written) + 16)
            length = data.find(editor.encode("-->")) + len(editor.encode("-->"))
            editor.splicer.replace(offset, length, editor.encode(f"<!--{new.replace('--', '- -')}-->"))
        self.comments.clear()
