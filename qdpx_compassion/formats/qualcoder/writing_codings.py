"""Selections and codings → coded texts, areas and times; selections without codings → annotations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from qdpx_compassion.formats.qualcoder.draft import COLUMNS, Draft
from qdpx_compassion.formats.qualcoder.texts import Texts
from qdpx_compassion.formats.qualcoder.times import Times
from qdpx_compassion.formats.qualcoder.writing_codes import Codes
from qdpx_compassion.formats.qualcoder.writing_places import Places
from qdpx_compassion.formats.qualcoder.writing_sources import Sources
from qdpx_compassion.refi.names import TEXT_KINDS
from qdpx_compassion.tables import TABLES, normalise_guid

_SOURCE, _SELECTION, _CODING, _SYNC = (
    TABLES[name].position for name in ("sources", "selections", "codings", "sync_points")
)
_MEMO = COLUMNS["code_text"].index("memo")
#: In the note of a coding: it is on the whole source, or on the text of the PDF.
ON_SOURCE, ON_TEXT = "on the source", "on its text"
#: What becomes of a coding.
_KEPT, _JOINED, _LOST = range(3)
_APART = "What is coded is in a document of its own in QualCoder."
_NOT_CODED = "QualCoder has places in pictures, PDFs and recordings only where they are coded."


class Codings(Places):
    """Everything that is marked in sources.

    Attributes:
        places: row of ``selections`` → number of the source, first and last position; of texts alone.
        whole: row of ``codings`` on a source → the same, or (0, 0) as positions where it has no text.
    """

    def __init__(self, draft: Draft, texts: Texts, codes: Codes, sources: Sources) -> None:
        super().__init__(draft, codes)
        self._texts, self._sources = texts, sources
        self.places: dict[int, tuple[int, int, int]] = {}
        self.whole: dict[int, tuple[int, int, int]] = {}
        self._seen: dict[tuple[Any, ...], int] = {}
        self._annotated: dict[tuple[Any, ...], int] = {}
        self._generated: set[tuple[int, int, int]] = set()
        of_selection: dict[int, list[int]] = {}
        of_source: dict[int, list[int]] = {}
        for number, coding in enumerate(self._rows["codings"]):
            (of_selection if coding[0] == "selection" else of_source).setdefault(coding[1], []).append(number)
        selections: dict[int, list[int]] = {}
        for number, selection in enumerate(self._rows["selections"]):
            selections.setdefault(selection[1], []).append(number)
        self._syncs = {normalise_guid(sync[_SYNC["guid"]] or ""): sync for sync in reversed(self._rows["sync_points"])}
        self._in_cases = {
            normalise_guid(target or "") for _, kind, target in self._rows["case_members"] if kind == "SelectionRef"
        }
        for row in range(len(self._rows["sources"])):
            self._of_source(row, of_source.get(row, []))
            for number in selections.get(row, []):
                self._selection(row, number, of_selection.get(number, []))
        self._lose_own()
        self._lose_syncs()

    # -- one source -------------------------------------------------------------------------------------------------

    def _of_source(self, row: int, codings: list[int]) -> None:
        """Codings of a whole source: of the whole of its text."""
        if not codings:
            return
        source = self._rows["sources"][row]
        number = self._sources.numbers.get(row)
        text, note = row, ON_SOURCE
        if source[0] == "PDFSource":
            text = next((one for one, known in self._sources.numbers.items() if known == number and one != row), row)
        elif source[0] == "Representation" and row not in self._sources.apart:
            note = ON_TEXT
        held = self._texts(text) if self._rows["sources"][text][0] in TEXT_KINDS else None
        for coding in codings:
            if number is None or held is None:
                self._draft.lose("codings", "QualCoder codes places of pictures and recordings, not the whole, and no "
                                 "journals.")  # fmt: skip
                if number is not None:
                    self.whole[coding] = (number, 0, 0)
                continue
            self.whole[coding] = (number, 0, len(held.text))
            kept = self._code_text(coding, None, held.text, (number, 0, len(held.text)), "", note)
            if row in self._sources.apart and kept == _KEPT:
                self._draft.lose("codings.owner_row", _APART)

    def _selection(self, row: int, number: int, codings: list[int]) -> None:
        selection, source = self._rows["selections"][number], self._rows["sources"][row]
        target = self._sources.numbers.get(row)
        if target is None:
            why = "A journal holds no codings." if source[0] == "Note" else "The text of an area is not held."
            self._lose(codings, why)
        elif source[0] in TEXT_KINDS:
            self._in_text(row, number, codings, target)
        elif not codings:
            self._draft.lose("selections", _NOT_CODED)
        elif selection[0] in ("AudioSelection", "VideoSelection"):
            self._in_media(number, codings, target)
        else:
            self._in_picture(row, number, codings, target)

    # -- texts ------------------------------------------------------------------------------------------------------

    def _in_text(self, row: int, number: int, codings: list[int], target: int) -> None:
        selection = self._rows["selections"][number]
        written = self._written(row, selection)
        if written is None:
            self._lose(codings, "The project does not say where it begins and ends.")
            return
        indexes = (selection[_SELECTION["start_index"]], selection[_SELECTION["end_index"]])
        start, end = self._texts.place(row, *written, indexes)
        held = self._texts(row)
        quotation = held.text[start:end] if held is not None else ""
        if held is None and selection[0] == "PlainTextSelection":
            quotation = selection[_SELECTION["name"]] or ""
        place = (target, start, end)
        self.places[number] = place
        mark, apart = self._draft.mark(), row in self._sources.apart and selection[0] == "TranscriptSelection"
        if row in self._sources.apart:
            kind = "selections" if selection[0] == "TranscriptSelection" else "selections.source_row"
            self._draft.lose(kind, _APART)
        elif selection[0] == "TranscriptSelection":
            times = Times(held.text if held is not None else "")
            if held is None:
                self._draft.lose("selections.from_sync_point", "Without a text, its time is lost with its sync points.")
            self._generated |= {(row, times.at(start), start), (row, times.at(end), end)}
        # without a text, what is told as the quotation may be another than the name
        memo = self._memo(selection, quotation if held is not None else selection[_SELECTION["quotation"]] or "")
        if not codings:
            self._annotate(number, place, memo, mark)
            if apart:
                self._draft.take_back(mark, "selections")
            return
        kept = [self._code_text(coding, number, quotation, place, memo) for coding in codings]
        if kept.count(_JOINED) == len(kept):
            self._joined.add((*place, memo))  # the place is kept by the other selection
            self._draft.take_back(mark, "selections")
        else:
            held_codings = [coding for coding, how in zip(codings, kept, strict=True) if how == _KEPT]
            self._told(selection, held_codings, (*place, memo), mark)
            if apart:
                self._draft.take_back(mark, "selections")
                self._joined.add((*place, memo))
        if row in self._sources.apart:
            self._draft.lose("codings.owner_row", _APART, kept.count(_KEPT))

    def _written(self, row: int, selection: Sequence[Any]) -> tuple[int, int] | None:
        """Start and end as the program that wrote the project counts."""
        if selection[0] != "TranscriptSelection":
            start, end = selection[_SELECTION["start_position"]], selection[_SELECTION["end_position"]]
            return None if start is None or end is None else (start, end)
        ends = [
            self._syncs.get(normalise_guid(selection[_SELECTION[name]] or ""))
            for name in ("from_sync_point", "to_sync_point")
        ]
        start, end = (sync[_SYNC["position"]] if sync else None for sync in ends)
        if start is None and end is None:
            return None
        held = self._texts(row)
        return start or 0, len(held.ours) if end is None and held is not None else end or 0

    def _code_text(
        self, number: int, selection: int | None, quotation: str, place: tuple[int, int, int], memo: str, note: str = ""
    ) -> int:
        """Add a coded text; what became of it."""
        mark = self._draft.mark()
        made = self._made(number, selection)
        if made is None:
            return _LOST
        code, owner, date = made
        said = (code, *place, owner)
        if said in self._seen:
            self._draft.lose("codings", "QualCoder holds one coding of a passage by a coder with a code.")
            self._draft.take_back(mark, "codings")
            self._join_memo(self._seen[said], memo)
            return _JOINED
        target, start, end = place
        row = self._draft.add("code_text", cid=code, fid=target, seltext=quotation, pos0=start, pos1=end, owner=owner,
                              date=date, memo=memo)  # fmt: skip
        self._seen[said] = row
        self._keep("code_text", row, said, number, selection, note)
        return _KEPT

    def _join_memo(self, row: int, memo: str) -> None:
        table = self._draft.tables["code_text"]
        old = table[row - 1]
        if memo and memo not in old[_MEMO]:
            joined = f"{old[_MEMO]}\n\n{memo}".lstrip()
            table[row - 1] = (*old[:_MEMO], joined, *old[_MEMO + 1 :])
            self._draft.lose("selections.description", "Memos of codings that became one stand below each other.")

    def _annotate(self, number: int, place: tuple[int, int, int], memo: str, mark: int) -> None:
        """A selection without codings; one that only a case refers to needs no annotation."""
        selection = self._rows["selections"][number]
        guid = selection[_SELECTION["guid"]]
        draft = self._draft
        if not memo and normalise_guid(guid or "") in self._in_cases:
            draft.lose_changes("selections", selection)
            return
        owner = draft.owner(selection[_SELECTION["creating_user"]], "selections.creating_user")
        said = (*place, owner)
        if said in self._annotated:
            draft.take_back(mark, "selections")
            draft.lose("selections", "QualCoder holds one annotation of a passage by a coder; their texts are one.")
            self._append(self._annotated[said], memo)
            return
        target, start, end = place
        date = draft.moment(selection[_SELECTION["creation_date_time"]], "selections.creation_date_time")
        row = draft.add("annotation", fid=target, pos0=start, pos1=end, memo=memo, owner=owner, date=date)
        self._annotated[said] = row
        draft.identities.keep("annotation", row, guid, said)
        draft.lose_changes("selections", selection)

    def _append(self, row: int, memo: str) -> None:
        table, at = self._draft.tables["annotation"], COLUMNS["annotation"].index("memo")
        old = table[row - 1]
        if memo and memo not in old[at]:
            table[row - 1] = (*old[:at], f"{old[at]}\n\n{memo}".lstrip(), *old[at + 1 :])
            self._draft.lose("selections.description", "Memos of codings that became one stand below each other.")

    def _lose_syncs(self) -> None:
        """Sync points; those that will be estimated again from the times in the text are none."""
        lost = sum(
            (sync[0], sync[_SYNC["time_stamp"]], sync[_SYNC["position"]]) not in self._generated
            for sync in self._rows["sync_points"]
        )
        why = "QualCoder has no sync points; it reads times from the text of a transcript."
        self._draft.lose("sync_points", why, lost)
