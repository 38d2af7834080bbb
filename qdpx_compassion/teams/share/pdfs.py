"""PDFs: their text cannot be changed, so one with a name in it is left out; the others lose their properties."""

from __future__ import annotations

import io
import logging
from typing import Any

from qdpx_compassion.teams.share.ledger import Ledger
from qdpx_compassion.teams.share.refused import CannotShareError

#: Keys of dictionaries in a PDF that tell who made it or what an editor kept.
_TRACES = ("/Metadata", "/PieceInfo", "/T", "/LastModified", "/M", "/CreationDate", "/Author", "/Creator")


def clean_pdf(data: bytes, ledger: Ledger, where: str) -> bytes:
    """A PDF without properties and authors of annotations.

    Raises:
        CannotShareError: it holds a name, or cannot be looked into.
    """
    try:
        import pypdf
    except ImportError as error:
        raise CannotShareError(
            "PDFs can only be looked into with the extra pdf: pip install 'qdpx-compassion[pdf]'"
        ) from error
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it tells the terminal what it mends in damaged files
    try:
        reader = pypdf.PdfReader(io.BytesIO(data), strict=False)
        if reader.is_encrypted:
            raise CannotShareError("the PDF is encrypted")
        texts = [page.extract_text() for page in reader.pages]
        writer = pypdf.PdfWriter(clone_from=reader)
        writer.metadata = None
        writer.xmp_metadata = None
        strings = list(_strings(writer))
        _refuse_names([*texts, *strings], ledger, where)
        if not any(text.strip() for text in texts) and texts:
            ledger.say(
                "share-not-searched",
                "The pages of the PDF are pictures: what can be read on them was not searched for names.",
                where,
            )
        out = io.BytesIO()
        writer.write(out)
    except CannotShareError:
        raise
    except Exception as error:
        raise CannotShareError("the PDF cannot be read") from error
    ledger.removed["properties of PDFs"] += 1
    return out.getvalue()


def _refuse_names(texts: list[str], ledger: Ledger, where: str) -> None:
    for text in texts:
        found = ledger.matcher.find(text)
        if found.hits:
            raise CannotShareError(f"“{text[found.hits[0].start : found.hits[0].end]}” stands in it")
        ledger.note_near(text, found, where)


def _strings(writer: Any) -> list[str]:
    """The strings of a PDF's objects (bookmarks, forms, notes); traces are taken out on the way."""
    from pypdf.generic import ArrayObject, DictionaryObject, TextStringObject

    found: list[str] = []
    waiting: list[Any] = [value for value in writer._objects if value is not None]
    seen: set[int] = set()
    while waiting:
        value = waiting.pop()
        if id(value) in seen:
            continue
        seen.add(id(value))
        if isinstance(value, DictionaryObject):
            for key in _TRACES:
                if key in value and (key != "/T" or value.get("/Subtype") is not None):
                    del value[key]
            waiting += [dict.__getitem__(value, key) for key in value]
        elif isinstance(value, ArrayObject):
            waiting += [list.__getitem__(value, number) for number in range(len(value))]
        elif isinstance(value, TextStringObject):
            found.append(str(value))
    return found
