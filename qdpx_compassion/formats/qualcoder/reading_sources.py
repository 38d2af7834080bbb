"""The table ``source`` → sources with their texts and files."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path, PurePosixPath

from qdpx_compassion.findings import Finding
from qdpx_compassion.formats.positions import HeldText, TextForm
from qdpx_compassion.formats.qualcoder.database import Database, Row
from qdpx_compassion.formats.qualcoder.reading_state import Reading
from qdpx_compassion.formats.qualcoder.texts import FORM
from qdpx_compassion.formats.qualcoder.writing_codes import A_TEXT, MADE_UP, NO_TEXT
from qdpx_compassion.formats.qualcoder.writing_sources import PLACES, external_path
from qdpx_compassion.refi.text import fold

_PICTURES = (".jpg", ".jpeg", ".png", ".gif", ".bmp", ".tif", ".tiff")
_PART = {"PDFSource": "Representation", "AudioSource": "Transcript", "VideoSource": "Transcript"}


class StoredText:
    """A text of the database, with every line end as a line feed, and its positions.

    QualCoder counts code points where it finds passages itself, and UTF-16 units where a person marks them. What it
    stored as the passage's words tells which.

    Args:
        stored: the text as it stands in the database.

    Attributes:
        text: without byte order mark, every line end a line feed.
        wide: how many positions were found to be UTF-16 units; narrow: how many to be code points.
    """

    def __init__(self, stored: str) -> None:
        self._shift = int(stored.startswith("\ufeff"))
        self._plain = stored[self._shift :]
        self._held = HeldText(self._plain, FORM)
        self.text = self._held.text
        self._units = HeldText(self._plain, TextForm("utf16")) if max(self._plain, default="") > "\uffff" else None
        self.wide = self.narrow = 0

    def place(self, start: int, end: int, words: str | None = None) -> tuple[int, int]:
        """Where a passage lies in ``text``, in code points.

        Args:
            start: first position, as the database has it.
            end: position after the last, as the database has it.
            words: the passage as the database has it, where it does.
        """
        start, end = max(start - self._shift, 0), max(end - self._shift, 0)
        if self._units is not None and self._is_wide(start, end, words):
            start, end, _ = self._units.to_ours(start, end)
        return self._held.to_format(start, end)

    def _is_wide(self, start: int, end: int, words: str | None) -> bool:
        if words is None or self._units is None:
            return self.wide > self.narrow
        first, last, _ = self._units.to_ours(start, end)
        if (first, last) == (start, end):
            return False
        wanted = fold(words)
        if fold(self._plain[start:end]) == wanted:
            self.narrow += 1
            return False
        found = fold(self._plain[first:last]) == wanted
        self.wide += found
        return found


def read_sources(reading: Reading) -> None:
    """Every source with its file, and its text where it has one."""
    sources = {row.number("id") or row["rowid_"]: _short(row) for row in reading.database.rows("source", "id")}
    transcripts = _transcripts(sources)
    for number, row in sources.items():
        if number not in transcripts.values():
            _add(reading, number, row, sources, transcripts.get(number))


def _short(row: Row) -> Row:
    """The row without its text, which is read when it is needed."""
    row["characters"] = len(row.pop("fulltext", None) or "")
    return row


def kind_of(row: Row) -> str:
    """What kind of source a row is."""
    place = row.text("mediapath")
    suffix = PurePosixPath(place or row.text("name")).suffix.lower()
    for kind, (_, inside, outside) in PLACES.items():
        if kind not in ("TextSource", "PDFSource") and place.startswith((inside, outside)):
            return kind
    if suffix == ".pdf" and place:
        return "PDFSource"
    return "PictureSource" if suffix in _PICTURES and place and not row["characters"] else "TextSource"


def _transcripts(sources: dict[int, Row]) -> dict[int, int]:
    """Number of a recording → number of its transcript; by name where the database is of before the link."""
    by_name = {row.text("name"): number for number, row in sources.items()}
    found: dict[int, int] = {}
    for number, row in sources.items():
        if kind_of(row) in ("AudioSource", "VideoSource"):
            linked = row.number("av_text_id")
            named = [by_name.get(f"{row.text('name')}{ending}") for ending in (".transcribed", ".txt")]
            one = linked if linked in sources else next((n for n in named if n is not None), None)
            if one is not None and one not in found.values() and kind_of(sources[one]) == "TextSource":
                found[number] = one
    return found


def _add(reading: Reading, number: int, row: Row, sources: dict[int, Row], transcript: int | None) -> None:
    kind, name = kind_of(row), row.text("name")
    guid, note = reading.identities.find("source", number, (name,))
    kind = "TextSource" if A_TEXT in note else kind
    path, plain = _file(reading, kind, row, guid), None
    if kind == "TextSource":
        plain = _text(reading, number, name, guid, row, note)
    source = reading.source_rows[number] = reading.add(
        "sources",
        kind=kind,
        guid=guid,
        name=None if MADE_UP in note else name,
        rich_text_path=path if kind == "TextSource" else None,
        plain_text_path=plain,
        path=None if kind == "TextSource" else path,
        description=row.text("memo") or None,
        **reading.made(row),
    )
    if kind == "TextSource":
        reading.text_rows[number] = source
    elif kind == "PDFSource" and (row["characters"] or ("representation", number) in reading.identities.lines):
        guid, note = reading.identities.find("representation", number, (name,))
        reading.text_rows[number] = reading.add(
            "sources", kind="Representation", parent_kind="source", parent_row=source, guid=guid,
            plain_text_path=_text(reading, number, name, guid, row, note),
        )  # fmt: skip
    elif transcript is not None:
        _add_transcript(reading, transcript, sources[transcript], source)


def _add_transcript(reading: Reading, number: int, row: Row, parent: int) -> None:
    """A transcript; QualCoder makes an empty one for every recording, which is none."""
    known = ("source", number) in reading.identities.lines
    reading.source_rows[number] = parent
    if not row["characters"] and not row.text("memo") and not known:
        return
    name = row.text("name")
    guid, note = reading.identities.find("source", number, (name,))
    reading.text_rows[number] = reading.add(
        "sources",
        kind="Transcript",
        parent_kind="source",
        parent_row=parent,
        guid=guid,
        name=None if MADE_UP in note else name,
        rich_text_path=_file(reading, "TextSource", row, guid),
        plain_text_path=_text(reading, number, name, guid, row, note),
        description=row.text("memo") or None,
        **reading.made(row),
    )


def _text(reading: Reading, number: int, name: str, guid: str, row: Row, note: str) -> str | None:
    """The path of a source's text; none where there is no text, although passages of it are coded."""
    if not row["characters"] and NO_TEXT in note:
        return None
    if not row["characters"] and reading.database.count("code_text", f"fid = {number} AND pos1 > 0"):
        reading.findings.append(Finding("text-missing", "Its text is empty, but passages of it are coded.", name))
        return None
    text = StoredText(reading.database.text(number)).text
    return reading.add_text(guid, name, text, partial(_stored, reading.database, number))


def _stored(database: Database, number: int) -> Iterator[bytes]:
    yield StoredText(database.text(number)).text.encode("utf-8", "replace")


def _file(reading: Reading, kind: str, row: Row, guid: str) -> str | None:
    """The path of a source's own file; of a text only where it is more than the text."""
    place, folder = row.text("mediapath"), PLACES[kind][0]
    if not place or (kind == "TextSource" and place.lower().endswith((".txt", ".transcribed"))):
        return None
    inside = next((one for _, one, _ in PLACES.values() if place.startswith(one)), None)
    if inside is None:
        path = external_path(place)
        reading.findings.append(Finding("external-source", f"{path} is not inside the project.", row.text("name")))
        return path
    base = reading.database.folder / folder
    file = base / place.removeprefix(inside)
    if ".." not in Path(place).parts and file.is_file() and not file.is_symlink():
        return reading.add_file(guid, file)
    message = f"The file {file.name} is not in the project's folder {folder}."
    reading.findings.append(Finding("file-missing", message, row.text("name")))
    return None if kind == "TextSource" else f"internal://{file.name}"
