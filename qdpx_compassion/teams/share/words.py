"""Words as names are compared by: letters, digits and marks; neither letter case nor composition counts."""

from __future__ import annotations

import re
import sys
import unicodedata
from functools import cache

#: Inside words and not seen: soft hyphen, zero-width space, joiners, word joiner, byte order mark.
_UNSEEN = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
_UNSEEN_SIGN = re.compile(f"[{_UNSEEN}]")
#: Scripts without space between words, or with endings that are written on to a name (Korean).
_UNDIVIDED = re.compile(
    "[\u0e00-\u0fff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u2e80-\u2fdf\u3005-\u30ff\u3130-\u318f\u3400-\u9fff"
    "\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]"
)


def _marks() -> str:
    """The combining marks of the BMP as the inside of a character class."""
    ranges, start = [], None
    for code in range(0x300, min(sys.maxunicode, 0xFFFF) + 2):
        is_mark = unicodedata.category(chr(code)).startswith("M")
        if is_mark and start is None:
            start = code
        elif not is_mark and start is not None:
            ranges.append(f"{chr(start)}-{chr(code - 1)}")
            start = None
    return "".join(ranges)


@cache
def word_pattern() -> re.Pattern[str]:
    """A word: letters, digits, marks. The underscore divides words, as in the names of files."""
    marks = _marks()
    return re.compile(f"[^\\W_](?:[^\\W_]|[{marks}{_UNSEEN}])*")


#: The same for texts in plain Latin letters, three times as fast.
PLAIN_WORD = re.compile("[A-Za-z0-9]+")


def words_of(text: str) -> set[str]:
    """The different words of a text."""
    return set((PLAIN_WORD if text.isascii() else word_pattern()).findall(text))


def key(word: str) -> str:
    """A word as it is compared: composed, without letter case and unseen signs."""
    if word.isascii():
        return word.casefold()
    plain = unicodedata.normalize("NFC", _UNSEEN_SIGN.sub("", word))
    return unicodedata.normalize("NFC", plain.casefold())


def written(word: str) -> str:
    """A word as it is compared where letter case counts."""
    return word if word.isascii() else unicodedata.normalize("NFC", _UNSEEN_SIGN.sub("", word))


def plain(word_key: str) -> str:
    """A key without accents, for finding words that are almost a name."""
    if word_key.isascii():
        return word_key
    decomposed = unicodedata.normalize("NFD", word_key)
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))


def is_undivided(text: str) -> bool:
    """Whether a name is in a script in which words are not divided, so that it is found inside other text."""
    return not text.isascii() and _UNDIVIDED.search(text) is not None
