"""Which way a text runs: Word wants right-to-left runs and paragraphs to be marked."""

from __future__ import annotations

import re
import unicodedata

# Hebrew, Arabic, Syriac, Thaana, N'Ko and so on, their presentation forms, and right-to-left scripts of other planes.
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")
_STRONG = {"L": False, "R": True, "AL": True, "AN": True}


def is_right_to_left(text: str) -> bool:
    """Whether a paragraph runs from right to left: its first strong character does (UAX #9, rules P2 and P3)."""
    if not _RIGHT_TO_LEFT.search(text):
        return False
    directions = (_STRONG.get(unicodedata.bidirectional(character)) for character in text)
    return next((one for one in directions if one is not None), False)


def runs(text: str, base: bool | None = None) -> list[tuple[str, bool]]:
    """A text in pieces that run one way each.

    What has no direction of its own (spaces, digits, punctuation) goes with what stands on both sides of it, and where
    these differ with the paragraph (UAX #9, rules N1 and N2).

    Args:
        text: of one paragraph.
        base: whether the paragraph runs from right to left; None: as its first strong character says.

    Returns:
        Pieces in order, and whether each runs from right to left; together they are the text.
    """
    if not _RIGHT_TO_LEFT.search(text):
        return [(text, False)] if text else []
    base = is_right_to_left(text) if base is None else base
    pieces: list[tuple[str, bool]] = []
    start, open_from, current = 0, 0, base  # [start, open_from) runs as current; from there on nothing is said yet
    for index, character in enumerate(text):
        strong = _STRONG.get(unicodedata.bidirectional(character))
        if strong is None:
            continue
        if strong != current:
            cut = open_from if strong == base else index  # neutrals between unlike sides go with the paragraph
            if cut > start:
                pieces.append((text[start:cut], current))
            start, current = cut, strong
        open_from = index + 1
    if current != base and open_from < len(text):
        return [*pieces, (text[start:open_from], current), (text[open_from:], base)]
    return [*pieces, (text[start:], current)]
