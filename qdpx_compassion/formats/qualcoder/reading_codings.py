"""Coded texts, areas and times, and annotations → selections and codings."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from itertools import groupby

from qdpx_compassion.findings import Finding, count
from qdpx_compassion.formats.qualcoder.database import Row
from qdpx_compassion.formats.qualcoder.pages import page_heights, turned
from qdpx_compassion.formats.qualcoder.reading_sources import StoredText
from qdpx_compassion.formats.qualcoder.reading_state import Reading
from qdpx_compassion.formats.qualcoder.times import Times
from qdpx_compassion.formats.qualcoder.writing_codings import ON_SOURCE, ON_TEXT
from qdpx_compassion.refi.characters import xml_text
from qdpx_compassion.refi.guids import derive
from qdpx_compassion.tables import TABLES, normalise_guid

#: Characters of a quotation that stand as the selection's name.
_NAME = 200
_NO_SOURCE, _NO_CODE = "codings in files that are not there", "codings with codes that are not there"


class Marks:
    """Reads everything that is marked; knows afterwards where selections lie.

    Rows of the database at one place with one memo are one selection with several codings, as the standard has it.

    Attributes:
        by_guid: GUID → row of ``selections``.
    """

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._groups: dict[Hashable, int] = {}
        self._at: dict[tuple[int, int, int], int] = {}
        self._syncs: dict[tuple[int, int, int], str] = {}
        self._heights: dict[int, list[int]] = {}
        self._unturned = 0
        self._units: dict[int, tuple[StoredText, Times]] = {}
        self.by_guid: dict[str, int] = {}
        self._spans = {
            row.number("avid"): (row.number("pos0") or 0, row.number("pos1") or 0)
            for row in reading.database.rows("code_av")
        }
        self._texts()
        for row in reading.database.rows("code_image"):
            self._area(row)
        for row in reading.database.rows("code_av"):
            self._time(row)
        if self._unturned:
            said = (
                f"{count(self._unturned, 'area keeps its', 'areas keep their')} distance from the top of the page: how "
                "high the page is, the PDF does not tell, or the package pypdf is missing."
            )
            reading.findings.append(Finding("qualcoder-areas", said, reading.database.folder.name))

    # -- texts ------------------------------------------------------------------------------------------------------

    def _texts(self) -> None:
        reading, wide = self._reading, 0
        annotations = dict(_by_file(reading.database.rows("annotation", "fid, rowid")))
        for number, rows in _by_file(reading.database.rows("code_text", "fid, rowid")):
            text = self._text(number)
            if text is None:
                reading.orphans[_NO_SOURCE] += len(rows)
                continue
            for row in rows:
                self._coded(number, text, row)
            for row in annotations.pop(number, []):
                self._annotated(number, text, row)
            wide += text.wide
        for number, rows in annotations.items():
            text = self._text(number)
            if text is None:
                reading.orphans["annotations in files that are not there"] += len(rows)
                continue
            for row in rows:
                self._annotated(number, text, row)
        if wide:
            said = f"{count(wide, 'passage was', 'passages were')} counted in UTF-16 units, as their words show."
            reading.findings.append(Finding("qualcoder-positions", said, reading.database.folder.name))

    def _text(self, number: int) -> StoredText | None:
        """The text of a file that may be coded; the last one is kept."""
        if number not in self._reading.text_rows:
            return None
        if number not in self._units:
            self._units.clear()
            text = StoredText(self._reading.database.text(number))
            self._units[number] = text, Times(text.text)
        return self._units[number][0]

    def _coded(self, number: int, text: StoredText, row: Row) -> None:
        reading, words = self._reading, row.text("seltext")
        start, end = text.place(row.number("pos0") or 0, row.number("pos1") or 0, words)
        said = (row.number("cid"), number, row.number("pos0"), row.number("pos1"), row.text("owner"))
        guid, note = reading.identities.find("code_text", row["rowid_"], said)
        source, owner = reading.text_rows[number], "selection"
        if note in (ON_SOURCE, ON_TEXT):
            where, owner = (reading.source_rows[number] if note == ON_SOURCE else source), "source"
        else:
            where = self._passage(source, start, end, row, note, _name(words))
        self._coding(owner, where, guid, row)

    def _passage(self, source: int, start: int, end: int, row: Row, guid: str, name: str | None) -> int:
        """The selection of a passage with a memo; a new one where there is none."""
        memo = row.text("memo")
        key = ("text", source, start, end, memo, normalise_guid(guid))
        if key not in self._groups:
            self._groups[key] = self.add_passage(source, start, end, guid, row, memo, name)
        return self._groups[key]

    def add_passage(
        self, source: int, start: int, end: int, guid: str, row: Row, memo: str = "", name: str | None = None
    ) -> int:
        """A new selection in a text.

        Args:
            source: row of ``sources``.
            start: first position, in code points.
            end: position after the last.
            guid: of the selection; empty: one that follows from the place.
            row: of the database, which says by whom and when.
            memo: about the selection.
            name: of the selection.
        """
        reading = self._reading
        owner = reading.cell("sources", source, "guid")
        guid = guid or derive("qualcoder selection", owner, str(start), str(end), memo)
        values = {"source_row": source, "guid": guid, "description": memo or None, **reading.made(row)}
        if reading.cell("sources", source, "kind") == "Transcript":
            span = self._spans.get(row.number("avid")) if row.number("avid") else None
            first, last = (self._sync(source, at, span and span[side]) for side, at in enumerate((start, end)))
            found = reading.add("selections", kind="TranscriptSelection", from_sync_point=first, to_sync_point=last,
                                **values)  # fmt: skip
        else:
            found = reading.add("selections", kind="PlainTextSelection", start_position=start, end_position=end,
                                name=name, **values)  # fmt: skip
        self._at.setdefault((source, start, end), found)
        self.by_guid.setdefault(normalise_guid(guid), found)
        return found

    def _sync(self, source: int, position: int, time: int | None) -> str:
        """The sync point at a position of a transcript, with its time: known from the recording, or estimated."""
        if time is None:
            number = next(n for n, row in self._reading.text_rows.items() if row == source)
            self._text(number)
            time = self._units[number][1].at(position)
        key = (source, position, time)
        if key not in self._syncs:
            owner = self._reading.cell("sources", source, "guid")
            self._syncs[key] = derive("qualcoder sync point", owner, str(position), str(time))
            self._reading.add(
                "sync_points", source_row=source, guid=self._syncs[key], time_stamp=time, position=position
            )
        return self._syncs[key]

    def _annotated(self, number: int, text: StoredText, row: Row) -> None:
        start, end = text.place(row.number("pos0") or 0, row.number("pos1") or 0)
        said = (number, row.number("pos0"), row.number("pos1"), row.text("owner"))
        guid, _ = self._reading.identities.find("annotation", row["rowid_"], said)
        self.add_passage(self._reading.text_rows[number], start, end, guid, row, row.text("memo"))

    def passage(self, number: int, start: int, end: int, guid: str, row: Row) -> str | None:
        """The GUID of the selection at a place of a file that a case refers to; a new one where there is none.

        Args:
            number: of the file.
            start: first position, as the database has it.
            end: position after the last, as the database has it.
            guid: of the selection, where it is known; empty where not.
            row: of the database, which says by whom and when it was made.
        """
        text = self._text(number)
        if text is None:
            return None
        source = self._reading.text_rows[number]
        start, end = text.place(start, end)
        known = self.by_guid.get(normalise_guid(guid)) if guid else self._at.get((source, start, end))
        found = self.add_passage(source, start, end, guid, row) if known is None else known
        written: str = self._reading.cell("selections", found, "guid")
        return written

    def length(self, number: int) -> int:
        """How long the text of a file is in code points; 0 where there is none."""
        text = self._text(number)
        return 0 if text is None else len(text.text)

    # -- areas and times ----------------------------------------------------------------------------------------------

    def _area(self, row: Row) -> None:
        reading, number = self._reading, row.number("id") or 0
        source = reading.source_rows.get(number)
        kind = reading.cell("sources", source, "kind") if source is not None else ""
        page = row.number("pdf_page")
        if source is None or kind not in ("PictureSource", "PDFSource"):
            reading.orphans[_NO_SOURCE] += 1
            return
        x, y, width, height = (row.number(name) or 0 for name in ("x1", "y1", "width", "height"))
        said = (row.number("cid"), number, x, y, width, height, page, row.text("owner"))
        first, second = y, y + height
        if kind == "PDFSource":
            page = page or 0
            self._unturned += not 0 <= page < len(self._pages(source))
            first, second = turned((first, second), page, self._pages(source))
        place = {"first_x": x, "first_y": first, "second_x": x + width, "second_y": second}
        if kind == "PDFSource":
            place["page"] = page or 0
        self._marked("code_image", kind.replace("Source", "Selection"), source, place, said, row)

    def _pages(self, source: int) -> list[int]:
        if source not in self._heights:
            path = self._reading.cell("sources", source, "path")
            self._heights[source] = page_heights(self._reading.media.get(path or ""))
        return self._heights[source]

    def _time(self, row: Row) -> None:
        reading, number = self._reading, row.number("id") or 0
        source = reading.source_rows.get(number)
        kind = reading.cell("sources", source, "kind") if source is not None else ""
        if source is None or kind not in ("AudioSource", "VideoSource"):
            reading.orphans[_NO_SOURCE] += 1
            return
        begin, end = row.number("pos0") or 0, row.number("pos1") or 0
        said = (row.number("cid"), number, begin, end, row.text("owner"))
        place = {"begin": begin, "end": end}
        self._marked("code_av", kind.replace("Source", "Selection"), source, place, said, row)

    def _marked(
        self, table: str, kind: str, source: int, place: dict[str, int], said: tuple[Hashable, ...], row: Row
    ) -> None:
        reading, memo = self._reading, row.text("memo")
        guid, note = reading.identities.find(table, row["rowid_"], said)
        key = (kind, source, *place.values(), memo, normalise_guid(note))
        if key not in self._groups:
            owner = reading.cell("sources", source, "guid")
            own = note or derive("qualcoder selection", owner, *map(str, place.values()), memo)
            self._groups[key] = reading.add("selections", kind=kind, source_row=source, guid=own,
                                            description=memo or None, **place, **reading.made(row))  # fmt: skip
            self.by_guid.setdefault(normalise_guid(own), self._groups[key])
        self._coding("selection", self._groups[key], guid, row)

    def _coding(self, owner: str, where: int, guid: str, row: Row) -> None:
        reading = self._reading
        code = reading.code_rows.get(row.number("cid") or 0)
        if code is None:
            reading.orphans[_NO_CODE] += 1
            return
        written = reading.rows["codes"][code][TABLES["codes"].position["guid"]]
        reading.add("codings", owner_kind=owner, owner_row=where, guid=guid, code_guid=written, code_row=code,
                    **reading.made(row))  # fmt: skip


def _name(words: str) -> str | None:
    """A passage's words as the selection's name, cut; none where XML cannot hold them: a name is no text to change."""
    name = (words if len(words) <= _NAME else words[:_NAME] + "…").replace("\u2029", "\n")
    return name if xml_text(name) == name else None


def _by_file(rows: Iterator[Row]) -> Iterator[tuple[int, list[Row]]]:
    return ((number, list(group)) for number, group in groupby(rows, lambda row: row.number("fid") or 0))
