"""Sources → rows of the table ``source`` and files in the project's folders."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Any

from qdpx_compassion.formats.qualcoder.draft import Draft, Names
from qdpx_compassion.formats.qualcoder.texts import Texts
from qdpx_compassion.formats.qualcoder.writing_codes import A_TEXT, note_of
from qdpx_compassion.refi.names import TEXT_KINDS
from qdpx_compassion.tables import TABLES

_SOURCE = TABLES["sources"].position
#: Kind → the project's folder, the beginning of ``mediapath`` for files in it, and for files elsewhere.
PLACES = {
    "TextSource": ("documents", "/docs/", "docs:"),
    "PDFSource": ("documents", "/docs/", "docs:"),
    "PictureSource": ("images", "/images/", "images:"),
    "AudioSource": ("audio", "/audio/", "audio:"),
    "VideoSource": ("video", "/video/", "video:"),
}
#: The endings by which QualCoder knows a transcript.
_TRANSCRIPT = (".txt", ".transcribed")
_DRIVE = re.compile(r"[A-Za-z]:")


class Sources:
    """The sources of a project in the database.

    Attributes:
        numbers: row of ``sources`` → number in ``source``; a Representation has that of its PDF.
        apart: rows that are documents of their own, although they stand inside a source.
        coded: rows that hold a text which may be coded.
    """

    def __init__(self, draft: Draft, texts: Texts) -> None:
        self._draft, self._texts = draft, texts
        self._names = Names()
        self.numbers: dict[int, int] = {}
        self.apart: set[int] = set()
        inside: dict[int, list[int]] = {}
        rows = draft.content.project.rows["sources"]
        for row, source in enumerate(rows):
            if source[_SOURCE["parent_kind"]] == "source":
                inside.setdefault(source[_SOURCE["parent_row"]], []).append(row)
            elif source[_SOURCE["parent_kind"]] == "selection":
                draft.lose("sources", "An area of QualCoder has no text of its own.")
        for row, source in enumerate(rows):
            if source[0] in PLACES and source[_SOURCE["parent_kind"]] is None:
                self._add(row, source, inside.get(row, []))

    def _add(self, row: int, source: Sequence[Any], inside: list[int]) -> None:
        """A source, its text where it has one, and what else stands inside it as documents of their own."""
        kind, sources = source[0], self._draft.content.project.rows["sources"]
        part = {"PDFSource": "Representation", "AudioSource": "Transcript", "VideoSource": "Transcript"}.get(kind)
        text = next((one for one in inside if sources[one][0] == part), None)
        others = [one for one in inside if one != text]
        number = len(self._draft.tables["source"]) + 1
        name = self._name(source, ".pdf" if kind == "PDFSource" else "")
        values: dict[str, Any] = {"mediapath": self._media(source, name)}
        if kind == "TextSource":
            values["fulltext"] = self._text(row)
        elif kind == "PDFSource":
            values["fulltext"] = self._text(text) if text is not None else ""
        elif text is not None:
            values["av_text_id"] = number + 1
        self._row(row, source, name, **values)
        if kind == "PDFSource" and text is not None:
            self._representation(text, sources[text], number, name)
        elif text is not None:
            self._document(text, sources[text], name, _TRANSCRIPT)
        for one in others:
            self.apart.add(one)
            self._document(one, sources[one], name, ())
            self._draft.lose("sources", "A picture has no text in QualCoder, a recording one transcript and a PDF one "
                             "text: the others are documents of their own.")  # fmt: skip

    def _document(self, row: int, source: Sequence[Any], parent: str, endings: tuple[str, ...]) -> None:
        """A text inside a source as a document."""
        wanted = source[_SOURCE["name"]] or ""
        whole = wanted or parent
        whole = whole if not endings or (whole.endswith(endings) and wanted) else f"{whole}{endings[0]}"
        name = self._names.free(whole, ending=next((one for one in endings if whole.endswith(one)), ""))
        if row not in self.apart and wanted.strip() and name != wanted:
            self._draft.lose("sources.name", "QualCoder knows transcripts by a name that ends in .txt.")
        mark = self._draft.mark()
        self._row(row, source, name, fulltext=self._text(row), mediapath=self._media(source, name))
        if row in self.apart:
            self._draft.take_back(mark, "sources")

    def _representation(self, row: int, source: Sequence[Any], number: int, name: str) -> None:
        """What is said of the text of a PDF: QualCoder has one row for both."""
        self.numbers[row] = number
        draft = self._draft
        note = note_of(named=True, text=self._texts(row) is not None)
        draft.identities.keep("representation", number, source[_SOURCE["guid"]], (name,), note)
        for column in ("name", "description", "creating_user", "creation_date_time", "rich_text_path"):
            if (source[_SOURCE[column]] or "").strip():
                draft.lose(f"sources.{column}", "A PDF and its text are one in QualCoder; it is kept of the PDF.")
        draft.lose_changes("sources", source)

    def _row(self, row: int, source: Sequence[Any], name: str, **values: Any) -> None:
        draft = self._draft
        number = self.numbers[row] = draft.add(
            "source",
            name=name,
            memo=source[_SOURCE["description"]] or "",
            owner=draft.owner(source[_SOURCE["creating_user"]], "sources.creating_user"),
            date=draft.moment(source[_SOURCE["creation_date_time"]], "sources.creation_date_time"),
            **values,
        )
        draft.lose_changes("sources", source)
        text = source[0] not in TEXT_KINDS or self._texts(row) is not None
        note = note_of(named=bool(source[_SOURCE["name"]]), text=text)
        if source[0] == "TextSource" and (values.get("mediapath") or "").lower().endswith(".pdf"):
            note = f"{note}, {A_TEXT}".removeprefix(", ")
        draft.identities.keep("source", number, source[_SOURCE["guid"]], (name,), note)

    def _name(self, source: Sequence[Any], ending: str) -> str:
        wanted = source[_SOURCE["name"]] or ""
        whole = wanted or f"{source[0].removesuffix('Source')} {len(self._draft.tables['source']) + 1}"
        if ending and not whole.lower().endswith(ending):
            whole += ending
        name = self._names.free(whole, ending=whole[-len(ending) :] if ending else "")
        if wanted.strip() and name != wanted:
            self._draft.lose("sources.name", "QualCoder holds each name once, so equal ones got a number; and knows a "
                             "PDF by a name that ends in .pdf.")  # fmt: skip
        return name

    def _text(self, row: int) -> str:
        held = self._texts(row)
        return "" if held is None else held.text

    # -- files ------------------------------------------------------------------------------------------------------

    def _media(self, source: Sequence[Any], name: str) -> str | None:
        """Where the file is: in the project's folder, elsewhere, or nowhere because the text is all there is."""
        kind = source[0] if source[0] in PLACES else "TextSource"
        folder, inside, outside = PLACES[kind]
        written = source[_SOURCE["rich_text_path" if kind == "TextSource" else "path"]] or ""
        if not written and kind == "TextSource":
            return None
        file = self._draft.content.media.get(written)
        scheme, parted, rest = written.partition("://")
        if file is None and parted and scheme.lower() in ("absolute", "relative"):
            place = rest.lstrip("/") if _DRIVE.match(rest.lstrip("/")) else rest
            if kind != "TextSource" and external_path(outside + place) != written:
                self._draft.lose("sources.path", "QualCoder keeps where a file lies by its full path alone.")
            return outside + place
        if kind == "TextSource" and file is None:
            self._draft.lose("sources.rich_text_path", "The styled text is missing.")
            return None
        suffix = PurePosixPath(file.name if file is not None else rest or name).suffix
        if kind == "PDFSource" and suffix.lower() != ".pdf":
            suffix = ".pdf"
        if kind == "TextSource" and suffix.lower() in _TRANSCRIPT:
            self._draft.lose("sources.rich_text_path", "A text file is no styled text; QualCoder has the text itself.")
        return inside + self._draft.add_file(folder, name.removesuffix(suffix) + suffix, file)


def external_path(mediapath: str) -> str:
    """The path of a file outside the project, as the standard writes it."""
    place = mediapath.partition(":")[2]
    return "absolute://" + (f"/{place}" if _DRIVE.match(place) else place)
