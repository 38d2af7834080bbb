"""PDFs: their text cannot be changed, so one with a name in it is left out; the others lose their properties."""

from __future__ import annotations

import io
import logging
from typing import Any

from qdpx_compassion.installed import how_to_add
from qdpx_compassion.teams.share.ledger import Ledger
from qdpx_compassion.teams.share.media import name_in_bytes
from qdpx_compassion.teams.share.pictures import clean_picture, is_picture
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
        raise CannotShareError(f"PDFs can only be looked into with the package pypdf. {how_to_add('pypdf')}") from error
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it tells the terminal what it mends in damaged files
    try:
        reader = pypdf.PdfReader(io.BytesIO(data), strict=False)
        if reader.is_encrypted:
            raise CannotShareError("the PDF is encrypted")
        texts = [page.extract_text() for page in reader.pages]
        writer = pypdf.PdfWriter(clone_from=reader)
        writer.metadata = None
        writer.xmp_metadata = None
        inside = _Inside(ledger)
        inside.look(writer)
        _refuse_names([*texts, *inside.strings], ledger, where)
        if not any(text.strip() for text in texts) and texts:
            ledger.say(
                "share-not-searched",
                "The pages of the PDF are pictures: what can be read on them was not searched for names.",
                where,
            )
        kept, out = io.BytesIO(), io.BytesIO()
        writer.write(kept)
        again = pypdf.PdfWriter(clone_from=pypdf.PdfReader(kept))  # without what nothing refers to any more
        again.metadata = None
        again.write(out)
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


class _Inside:
    """Looks at every object of a PDF, and takes traces out on the way.

    Args:
        ledger: knows the names.

    Attributes:
        strings: of bookmarks, forms, notes.
    """

    def __init__(self, ledger: Ledger) -> None:
        self.strings: list[str] = []
        self._ledger = ledger

    def look(self, writer: Any) -> None:
        """Look at all that a PDF will hold.

        Raises:
            CannotShareError: files are attached to it, or a name stands where nothing can be changed.
        """
        from pypdf.generic import ArrayObject, DictionaryObject, NameObject, StreamObject, TextStringObject

        waiting: list[Any] = [value for value in writer._objects if value is not None]
        seen: set[int] = set()
        while waiting:
            value = waiting.pop()
            if id(value) in seen:
                continue
            seen.add(id(value))
            if isinstance(value, DictionaryObject):
                self._take_out(value)
                if isinstance(value, StreamObject):
                    self._look_into(value)
                waiting += [*value, *(dict.__getitem__(value, key) for key in value)]
            elif isinstance(value, ArrayObject):
                waiting += [list.__getitem__(value, number) for number in range(len(value))]
            elif isinstance(value, TextStringObject):
                self.strings.append(str(value))
            elif isinstance(value, NameObject):
                self._refuse_called(str(value))

    def _take_out(self, value: Any) -> None:
        if "/EF" in value or "/EmbeddedFiles" in value:
            raise CannotShareError("files are attached to it, which cannot be looked into")
        for key in _TRACES:
            if key in value and (key != "/T" or value.get("/Subtype") is not None):
                del value[key]

    def _look_into(self, stream: Any) -> None:
        from pypdf.errors import PyPdfError

        if str(stream.get("/Filter")) == "/DCTDecode" and is_picture(stream._data):
            stream._data = clean_picture(stream._data, self._ledger) or stream._data
            return
        try:
            data = stream.get_data()
        except (
            PyPdfError,
            NotImplementedError,
            ImportError,
            LookupError,
            TypeError,
            ValueError,
        ):
            data = stream._data  # of a picture that pypdf only reads with further libraries
        found = name_in_bytes([data], self._ledger.matcher.names)
        if found is not None:
            raise CannotShareError(f"“{found}” is written in it, and nothing in it can be changed")

    def _refuse_called(self, name: str) -> None:
        """Names of fields and colours; a single word can be one of PDF's own."""
        hits = self._ledger.matcher.find(name).hits
        called = next((hit.name.name for hit in hits if len(hit.name.keys) > 1), None)
        if called is not None:
            raise CannotShareError(f"“{called}” is the name of something in it")
