"""The words before and after a quotation."""

from __future__ import annotations

from collections.abc import Iterable

from qdpx_compassion.study.codings import Coding
from qdpx_compassion.study.given import Texts


def contexts(rows: Iterable[Coding], texts: Texts | None, length: int) -> dict[int, tuple[str, str]]:
    """The context of each place in a text, by its id; nothing where there is no text.

    Args:
        rows: codings, in document order, so that each text is needed once.
        texts: the plain text of a source by its row.
        length: characters on each side, at most; cut between words.
    """
    found: dict[int, tuple[str, str]] = {}
    for row in rows if texts is not None and length > 0 else ():
        if row.start_index is None or row.end_index is None or row.place_id in found:
            continue
        text = texts(row.text_row) if texts is not None else None
        if text is not None:
            first, last = max(row.start_index - length, 0), min(row.end_index + length, len(text))
            found[row.place_id] = (
                _before(text[first : row.start_index], cut=first > 0, split=_in_word(text, first)),
                _after(text[row.end_index : last], cut=last < len(text), split=_in_word(text, last)),
            )
    return found


def _in_word(text: str, index: int) -> bool:
    """Whether an index parts two letters that belong together."""
    return 0 < index < len(text) and not text[index - 1].isspace() and not text[index].isspace()


def _before(text: str, *, cut: bool, split: bool) -> str:
    """On one line; without the piece of a word at its beginning, which ``…`` stands for."""
    folded = " ".join(text.split())
    if split and " " in folded:
        folded = folded.partition(" ")[2]
    return f"… {folded}" if cut and folded else folded


def _after(text: str, *, cut: bool, split: bool) -> str:
    """On one line; without the piece of a word at its end, which ``…`` stands for."""
    folded = " ".join(text.split())
    if split and " " in folded:
        folded = folded.rpartition(" ")[0]
    return f"{folded} …" if cut and folded else folded
