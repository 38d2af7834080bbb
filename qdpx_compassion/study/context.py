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
            before = text[max(row.start_index - length, 0) : row.start_index]
            after = text[row.end_index : row.end_index + length]
            found[row.place_id] = (
                _cut(before, first=True, whole=row.start_index <= length),
                _cut(after, first=False, whole=row.end_index + length >= len(text)),
            )
    return found


def _cut(text: str, *, first: bool, whole: bool) -> str:
    """On one line; without the piece of a word at its outer end, which ``…`` stands for."""
    folded = " ".join(text.split())
    if whole or not folded:
        return folded
    if first:
        return "… " + (folded.partition(" ")[2] or folded)
    return (folded.rpartition(" ")[0] or folded) + " …"
