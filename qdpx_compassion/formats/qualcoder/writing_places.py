"""What is marked in pictures, PDFs and recordings → coded areas and times; and what all codings have in common."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from qdpx_compassion.formats.qualcoder.draft import Draft
from qdpx_compassion.formats.qualcoder.moments import to_qualcoder
from qdpx_compassion.formats.qualcoder.pages import UNTURNED, page_heights, turned
from qdpx_compassion.formats.qualcoder.writing_codes import Codes
from qdpx_compassion.refi.text import name_fits
from qdpx_compassion.tables import TABLES

_SOURCE, _SELECTION, _CODING = (TABLES[name].position for name in ("sources", "selections", "codings"))
#: Names that programs give to selections, which say nothing of their own.
_PLACES = re.compile(r"\s*\d+\s*,\s*\d+\s*|line:\d+|\s*")


class Places:
    """Codings of areas and times.

    Args:
        draft: the database.
        codes: in it.
    """

    def __init__(self, draft: Draft, codes: Codes) -> None:
        self._draft, self._codes = draft, codes
        self._rows = draft.content.project.rows
        self._heights: dict[int, list[int]] = {}
        self._own: list[tuple[tuple[Any, ...], str, str]] = []
        self._joined: set[tuple[Any, ...]] = set()

    def _in_picture(self, row: int, number: int, codings: list[int], target: int) -> None:
        selection = self._rows["selections"][number]
        corners = [selection[_SELECTION[name]] for name in ("first_x", "first_y", "second_x", "second_y")]
        page = selection[_SELECTION["page"]] if selection[0] == "PDFSelection" else None
        if None in corners or (selection[0] == "PDFSelection" and page is None):
            self._lose(codings, "The project does not say where the area is.")
            return
        x, y = sorted(corners[::2]), (min(corners[1::2]), max(corners[1::2]))
        if (x[0], y[0], x[1], y[1]) != tuple(corners):
            self._draft.lose("selections.first_x", "QualCoder begins an area at its upper left corner.")
        if selection[0] == "PDFSelection":
            if page is None or not 0 <= page < len(self._pages(row)):
                self._draft.lose("selections.first_y", UNTURNED)
            y = turned(y, page, self._pages(row))
        area = (target, x[0], y[0], x[1] - x[0], y[1] - y[0], page)
        names = ("id", "x1", "y1", "width", "height", "pdf_page")
        self._code_place("code_image", number, codings, dict(zip(names, area, strict=True)))

    def _pages(self, row: int) -> list[int]:
        if row not in self._heights:
            path = self._rows["sources"][row][_SOURCE["path"]]
            self._heights[row] = page_heights(self._draft.content.media.get(path or ""))
        return self._heights[row]

    def _in_media(self, number: int, codings: list[int], target: int) -> None:
        selection = self._rows["selections"][number]
        begin, end = selection[_SELECTION["begin"]], selection[_SELECTION["end"]]
        if begin is None and end is None:
            self._lose(codings, "The project does not say at what time it is.")
            return
        if begin is None or end is None:
            self._draft.lose("selections.end", "QualCoder needs beginning and end.")
        times = {"id": target, "pos0": end if begin is None else begin, "pos1": begin if end is None else end}
        self._code_place("code_av", number, codings, times)

    def _code_place(self, table: str, selection: int, codings: list[int], place: dict[str, Any]) -> None:
        values = self._rows["selections"][selection]
        mark = self._draft.mark()
        memo, kept = self._memo(values, values[_SELECTION["quotation"]] or ""), []
        for coding in codings:
            made = self._made(coding, selection)
            if made is None:
                continue
            code, owner, date = made
            row = self._draft.add(table, cid=code, owner=owner, date=date, memo=memo, **place)
            self._keep(table, row, (code, *place.values(), owner), coding, selection, "")
            kept.append(coding)
        self._told(values, kept, (), mark)

    # -- who, when, and which -----------------------------------------------------------------------------------------

    def _memo(self, selection: Sequence[Any], quotation: str) -> str:
        """What was written about a selection; its name where it says something and there is nothing else."""
        name, memo = selection[_SELECTION["name"]] or "", selection[_SELECTION["description"]] or ""
        if _PLACES.fullmatch(name):
            return memo
        if name == quotation or name_fits(name, quotation):
            # of an area it is the only trace of the words in it
            return memo if selection[0] in ("PlainTextSelection", "TranscriptSelection") else memo or name
        self._draft.lose("selections.name", "QualCoder has no names of places; a name is the memo where there is none.")
        return memo or name

    def _made(self, number: int, selection: int | None) -> tuple[int, str, str] | None:
        """Code, owner and date of a coding; None where its code is not there."""
        coding = self._rows["codings"][number]
        row = coding[_CODING["code_row"]]
        code = self._codes.numbers.get(row) if row is not None else None
        if code is None:
            self._draft.lose("codings", "Its code is not in the project.")
            return None
        user, date = coding[_CODING["creating_user"]], coding[_CODING["creation_date_time"]]
        values = self._rows["selections"][selection] if selection is not None else None
        if values is not None and not user:
            owner = self._draft.owner(values[_SELECTION["creating_user"]])
        else:
            owner = self._draft.owner(user, "codings.creating_user")
        if values is not None and not date:
            return code, owner, self._draft.moment(values[_SELECTION["creation_date_time"]])
        return code, owner, self._draft.moment(date, "codings.creation_date_time")

    def _keep(self, table: str, row: int, said: tuple[Any, ...], coding: int, selection: int | None, note: str) -> None:
        guid = self._rows["codings"][coding][_CODING["guid"]]
        if selection is not None:
            note = self._rows["selections"][selection][_SELECTION["guid"]] or ""
        self._draft.identities.keep(table, row, guid, said, note)

    def _told(self, selection: Sequence[Any], kept: list[int], place: tuple[Any, ...], mark: int) -> None:
        """Say what of a selection's own is lost: QualCoder knows codings alone."""
        draft = self._draft
        if not kept:
            draft.take_back(mark, "selections")
            draft.lose("selections", "None of its codings is held.")
            return
        draft.lose_changes("selections", selection)
        first = self._rows["codings"][kept[0]]
        owner = draft.owner(selection[_SELECTION["creating_user"]])
        if owner and owner != draft.owner(first[_CODING["creating_user"]] or selection[_SELECTION["creating_user"]]):
            self._own.append(
                (place, "selections.creating_user", "QualCoder keeps who coded, not who marked the place.")
            )
        date = selection[_SELECTION["creation_date_time"]]
        coded, same = draft.moment(first[_CODING["creation_date_time"]] or date), to_qualcoder(date)
        if date and same != (coded, True):
            why = "QualCoder keeps when a place was coded, not when it was marked."
            self._own.append((place, "selections.creation_date_time", why))

    def _lose_own(self) -> None:
        """What selections say of themselves; of several that became one, only the codings count."""
        for place, kind, why in self._own:
            if place not in self._joined:
                self._draft.lose(kind, why)

    def _lose(self, codings: list[int], why: str) -> None:
        self._draft.lose("selections", why)
        self._draft.lose("codings", why, len(codings))
