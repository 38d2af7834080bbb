"""What kind of place in a text a quotation begins or ends at."""

from __future__ import annotations

import re
from unicodedata import combining

#: At a word or sign, not inside a word.
CLEAN = "at a word"
#: At a word too, but with the blank inside the quotation; or, at its start, with the full stop of what came before.
BLANK = "at a blank"
#: Between two letters or digits.
INSIDE = "inside a word"
#: Between two letters of a script that does not divide words (Chinese, Thai, …): either may be.
UNDIVIDED = "inside undivided text"
#: Inside a surrogate pair, between CR and LF, before a combining accent, inside an emoji that is several characters.
BROKEN = "inside a character"
#: Outside the text.
PAST = "past the end"
#: At the very end of the text.
AT_END = "at the end of the text"

_ASTRAL = re.compile("[\U00010000-\U0010ffff]")
#: Thai, Lao, Tibetan, Burmese, Khmer; Chinese and Japanese.
_UNDIVIDED = re.compile(
    "[\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u2e80-\u2fdf\u3005-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
#: Signs that end something, so that no quotation begins with them.
_CLOSING = frozenset(".,;:!?)]}%…。，、；：！？）」』】》")
_JOINER = "\u200d"
#: Joiner, variation selectors and skin tones: they belong to the character before.
_BELONGS = re.compile("[\u200d\ufe00-\ufe0f\U0001f3fb-\U0001f3ff]")
#: Below this character nothing combines and nothing is undivided.
_PLAIN = "\u0300"


def has_astral(text: str) -> bool:
    """Whether a text has characters that are two UTF-16 units."""
    return not text.isascii() and _ASTRAL.search(text) is not None


def start_kind(text: str, index: int) -> str:
    """The kind of place at which a quotation begins.

    Args:
        text: the whole text.
        index: of the quotation's first character; it lies in the text.
    """
    after = text[index]
    before = text[index - 1] if index else ""
    if after.isspace():
        return BROKEN if before == "\r" and after == "\n" else BLANK
    if not before:
        return CLEAN
    return BLANK if after in _CLOSING else _between(before, after)


def end_kind(text: str, index: int) -> str:
    """The kind of place at which a quotation ends.

    Args:
        text: the whole text.
        index: behind the quotation's last character, at least 1.
    """
    if index == len(text):
        return AT_END
    before, after = text[index - 1], text[index]
    if before.isspace():
        return BROKEN if before == "\r" and after == "\n" else BLANK
    return _between(before, after)


def cuts_word(text: str, first: int, last: int) -> bool:
    """Whether a quotation begins or ends inside a word.

    Args:
        text: the whole text.
        first: index of its first character.
        last: index behind its last character.
    """
    # most quotations do neither, so the quick question comes first
    at_start = 0 < first < len(text) and text[first - 1 : first + 1].isalnum()
    at_end = 0 < last < len(text) and text[last - 1 : last + 1].isalnum()
    return first < last and (
        (at_start and start_kind(text, first) == INSIDE) or (at_end and end_kind(text, last) == INSIDE)
    )


def _between(before: str, after: str) -> str:
    if after >= _PLAIN or before >= _PLAIN:
        if before == _JOINER or combining(after) or _BELONGS.match(after):
            return BROKEN
        if _UNDIVIDED.match(before) and _UNDIVIDED.match(after):
            return UNDIVIDED
    return INSIDE if before.isalnum() and after.isalnum() else CLEAN
