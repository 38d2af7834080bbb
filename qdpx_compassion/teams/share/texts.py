"""Text files with their names replaced, in the encoding that they have."""

from __future__ import annotations

import codecs

from qdpx_compassion.refi.text import decode_text
from qdpx_compassion.teams.share.edits import Edits
from qdpx_compassion.teams.share.ledger import Ledger

_MARKS = {"utf-8": codecs.BOM_UTF8, "utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE, "utf-32": b""}


def shared_text(data: bytes, ledger: Ledger, where: str) -> tuple[bytes | None, Edits]:
    """A text file with its names replaced.

    Args:
        data: the file.
        ledger: finds the names.
        where: for the ledger.

    Returns:
        The new bytes, None where they are the old ones; and what was replaced, in code points of the decoded text.
    """
    text, had_bom, encoding = decode_text(data)
    edits = ledger.edits(text, where)
    if not edits:
        return None, edits
    new = edits.apply(text)
    mark = _MARKS.get(encoding, b"") if had_bom else b""
    try:
        return mark + new.encode(encoding), edits
    except UnicodeEncodeError:  # a pseudonym, or a damaged sign, that the old encoding lacks
        ledger.say("share-encoding", f"The text is written as UTF-8 now, because {encoding} lacks a sign of it.", where)
        return new.encode(), edits
