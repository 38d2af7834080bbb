"""What becomes of a selection's positions and name when names in its text are replaced."""

from __future__ import annotations

import re
from collections.abc import Callable

from qdpx_compassion.refi.text import fold, name_fits
from qdpx_compassion.teams.share.edits import MovedText
from qdpx_compassion.teams.share.ledger import Ledger

_PLACES = re.compile(r"(\s*)(\d+)(\s*,\s*)(\d+)(\s*)")
_MARKS = ("…", "...")

#: Says a place in words; asked only when it is needed.
Where = Callable[[], str]


def moved_selection(attributes: dict[str, str], text: MovedText | None, ledger: Ledger, where: Where) -> dict[str, str]:
    """The attributes of a text selection that change, with their new values.

    Args:
        attributes: as written.
        text: its text before and after; None: it has none, or nothing in it is replaced.
        ledger: takes down what is replaced in the name.
        where: for the ledger.
    """
    name = attributes.get("name") or ""
    start, end = _integer(attributes.get("startPosition")), _integer(attributes.get("endPosition"))
    if text is None or start is None or end is None:
        places = _PLACES.fullmatch(name) if name[-1:].isdigit() else None
        if places and (int(places[2]), int(places[4])) == (start, end):
            return {}
        new = ledger.cut(name, where()) if name else None
        return {"name": new} if new is not None else {}
    changes: dict[str, str] = {}
    moved = text.span(start, end)
    if moved[0] != start:
        changes["startPosition"] = str(moved[0])
    if moved[1] != end:
        changes["endPosition"] = str(moved[1])
    if name:
        new = _name(name, (start, end), moved, text, ledger, where)
        if new is not None and new != name:
            changes["name"] = new
    return changes


def _name(
    name: str, old: tuple[int, int], new: tuple[int, int], text: MovedText, ledger: Ledger, where: Where
) -> str | None:
    places = _PLACES.fullmatch(name)
    if places and (int(places[2]), int(places[4])) == old:  # MAXQDA
        return f"{places[1]}{new[0]}{places[3]}{new[1]}{places[5]}"
    first, last, _ = text.old.span(*old)
    quotation = text.old.text[first:last]
    if name_fits(name, quotation):
        if not text.edits.touches(first, last):
            return None
        first, last, _ = text.new.span(*new)
        return _named_by(name, quotation, text.new.text[first:last])
    return ledger.cut(name, where())


def _named_by(name: str, old: str, new: str) -> str:
    """The new quotation as a name: whole, folded or cut as the old name was."""
    if name == old:
        return new
    folded, mark = fold(name), ""
    for sign in _MARKS:
        if folded.endswith(sign) and not fold(old).endswith(sign):
            folded, mark = folded.removesuffix(sign).rstrip(), sign
    if folded == fold(old):
        return fold(new) + mark
    return fold(new)[: len(folded)].rstrip() + mark


def _integer(written: str | None) -> int | None:
    try:
        return int(written) if written is not None else None
    except ValueError:
        return None
