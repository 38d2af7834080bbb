"""Quotations: the text of each selection, or a description by which a person finds the place."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import repeat
from typing import Any

from qdpx_compassion.columns import ColumnRows, ComputedColumn
from qdpx_compassion.errors import InputError
from qdpx_compassion.files.limits import how_to_raise
from qdpx_compassion.files.media_root import current_media_root
from qdpx_compassion.files.project_files import ProjectFiles
from qdpx_compassion.findings import Finding, count
from qdpx_compassion.refi.dialects import Dialect, dialect, recognise, recognise_by_habits
from qdpx_compassion.refi.edges import cuts_word
from qdpx_compassion.refi.evidence import Evidence, Positions, Verdict
from qdpx_compassion.refi.guids import normalise_guid
from qdpx_compassion.refi.habits import Traces, seen
from qdpx_compassion.refi.names import TEXT_KINDS
from qdpx_compassion.refi.paths import SourcePaths
from qdpx_compassion.refi.text import PositionedText, decode_text, fold, name_fits, parse_reading, summarise_problems
from qdpx_compassion.tables import TABLES, ReadRows

_SELECTION = TABLES["selections"].position
_SOURCE = TABLES["sources"].position
_SYNC = TABLES["sync_points"].position
_NAME, _START, _END, _FIRST, _LAST, _QUOTATION, _PLACE = (
    _SELECTION[name]
    for name in ("name", "start_position", "end_position", "start_index", "end_index", "quotation", "place")
)

#: ATLAS.ti's names of quotations that nobody named: the document's number and the quotation's in it.
_NUMBERED = re.compile(r"(\w+ )?\d+:\d+")

#: People cut words now and then; more than so many, and more than this share, may have been shifted.
_FEW_CUTS, _CUT_SHARE = 2, 0.03
#: So many of them are named.
_SHOWN = 3


def clock(milliseconds: int) -> str:
    """A time in media as people write it: ``mm:ss``, with hours where there are any."""
    sign = "-" if milliseconds < 0 else ""
    hours, seconds = divmod(abs(milliseconds) // 1000, 3600)
    minutes = f"{seconds // 60:02}:{seconds % 60:02}"
    return f"{sign}{hours}:{minutes}" if hours else f"{sign}{minutes}"


class _Quotations(ComputedColumn):
    """What was marked in texts: cut from them when it is asked for.

    Args:
        texts: by the row of the source.
    """

    columns = (_SELECTION["source_row"], _FIRST, _LAST)

    def __init__(self, texts: dict[int, str]) -> None:
        super().__init__()
        self._texts = texts

    def compute(self, source: int, first: int | None, last: int | None) -> str | None:
        """See ``ComputedColumn``."""
        return None if first is None else self._texts[source][first:last]


class _Places(ComputedColumn):
    """Where selections lie, in words; those in texts are told by their positions."""

    columns = (0, _START, _END)

    def compute(self, kind: str, start: int | None, end: int | None) -> str | None:
        """See ``ComputedColumn``."""
        if start is None or end is None or kind != "PlainTextSelection":
            return None
        return f"characters {start} to {end}"


class NeedsAll(Exception):
    """What was left out of the tables is needed."""


class Quoter:
    """Fills the derived columns of selections and sources while a project is read, one source at a time.

    Args:
        files: the project's files.
        rows: the tables that are being filled.
        selections: of these the one with the selections.
        reading: how positions are counted where a person says so (see ``parse_reading``); None: the file decides.
        traces: what the program may be recognised by; texts are noted in it.
        lean: whether quotations, names and dates are left out of the tables.

    Raises:
        NeedsAll: by ``finish``, where positions are to be read in another way than was thought.
    """

    def __init__(
        self,
        files: ProjectFiles,
        rows: Mapping[str, ReadRows],
        selections: ColumnRows,
        reading: str | None = None,
        traces: Traces | None = None,
        *,
        lean: bool = False,
    ) -> None:
        self._files, self._rows, self._selections = files, rows, selections
        self._lean = lean
        self._texts: dict[int, str] = {}  # of sources, as their selections' positions are counted in them
        selections.compute(_QUOTATION, _Quotations(self._texts))
        selections.compute(_PLACE, _Places())
        self._traces = traces or Traces(files, rows)
        self._paths = SourcePaths(files, current_media_root())
        self._findings: list[Finding] = []
        self._of_positions: list[Finding] = []  # found anew where another reading turns out to be the right one
        self._of_source: dict[int, list[int]] = {}  # selections by source, kept until the source ends
        self._selections_from = self._syncs_from = 0
        self._named = self._named_wrong = self._quoted = 0
        self._characters = 0  # of texts and quotations
        self._cuts = 0  # selections that begin or end inside a word
        self._cutting: list[str] = []  # the first of them
        self._said = reading
        self.dialect: Dialect = dialect("unknown")
        self._reading = self.dialect.reading
        self._evidence = Evidence(self._reading, self.dialect.standing)

    def project_started(self, origin: str | None) -> None:
        """The project's first tag was read: which program wrote it decides how positions are read at first."""
        self.dialect = recognise(origin)
        self._reading = self.dialect.reading
        self._evidence = Evidence(self._reading, self.dialect.standing)
        if self._said:
            self._reading = parse_reading(self._said, self._reading)

    def source_ended(self, row: int) -> None:
        """A source is complete: look for its files, quote its selections."""
        source = self._source(row)
        name = source[_SOURCE["name"]] or source[_SOURCE["guid"]] or ""
        for path in (source[_SOURCE["rich_text_path"]], source[_SOURCE["path"]]):
            if path:
                self._paths.find(path, name)
        selections = self._selections_of(row)
        if source[0] in TEXT_KINDS:
            self._text_ended(row, selections)
        else:
            for number in selections:
                self._describe(number)

    def _source(self, row: int) -> list[Any]:
        """A source, whose derived columns are filled in."""
        source = self._rows["sources"][row]
        if not isinstance(source, list):
            raise TypeError
        return source

    def _selections_of(self, row: int) -> list[int]:
        """The selections of a source that has ended; those of one that it stands in wait for that one."""
        new = range(self._selections_from, len(self._selections))
        self._selections_from = len(self._selections)
        for number, source in zip(new, self._selections.pick(_SELECTION["source_row"], new), strict=True):
            self._of_source.setdefault(source, []).append(number)
        return self._of_source.pop(row, [])

    # -- text sources -----------------------------------------------------------------------------------------------

    def _text_ended(self, row: int, selections: list[int]) -> None:
        source = self._source(row)
        name = source[_SOURCE["name"]] or source[_SOURCE["guid"]] or ""
        read = self._text(source, name)
        if read is None and selections:
            self._findings.append(Finding("text-missing", f"{_have(len(selections))} no text to quote from.", name))
        syncs = self._rows["sync_points"][self._syncs_from :]
        self._syncs_from = len(self._rows["sync_points"])
        self._quote_source(row, selections, syncs, read)
        if read is not None:
            source[_SOURCE["text_length"]] = len(read[0])
            self._evidence.add(read[0], self._positions(selections), had_bom=read[1])
            if source[0] == "TextSource":
                self._traces.note_text(read[0], had_bom=read[1])

    def _quote_source(self, row: int, selections: list[int], syncs: ReadRows, read: tuple[str, bool] | None) -> None:
        source = self._source(row)
        self._count(len(read[0]) if read else 0)
        text = PositionedText(read[0], self._reading, had_bom=read[1]) if read is not None else None
        if text is not None and selections and not self._lean:
            self._texts[row] = text.text
        self._quote_all(selections, text, syncs, source[_SOURCE["name"]] or source[_SOURCE["guid"]] or "")
        if source[_SOURCE["parent_kind"]] == "selection" and text is not None:
            self._quote_parent(source[_SOURCE["parent_row"]], text.text)

    def _count(self, characters: int) -> None:
        """A long text that many sources name, or many selections mark as a whole, would fill the memory."""
        self._characters += characters
        if self._characters > self._files.limits.characters:
            raise InputError(
                f"The texts and quotations have more than {self._files.limits.characters:,} characters together.",
                where=self._files.path.name,
                remedy=how_to_raise("characters"),
            )

    def _text(self, source: Sequence[Any], name: str) -> tuple[str, bool] | None:
        inline, path = source[_SOURCE["plain_text_content"]], source[_SOURCE["plain_text_path"]]
        if inline or (inline is not None and not path):
            return inline, False
        member = self._paths.find(path, name) if path else None
        if member is None:
            return None
        text, had_bom, encoding = decode_text(self._files.read(member))
        if encoding != "utf-8":
            self._findings.append(Finding("text-encoding", f"The text is not UTF-8; it was read as {encoding}.", name))
        return text, had_bom

    def _positions(self, selections: list[int]) -> list[Positions]:
        """What text selections tell about the reading; names only of programs that may write the quotation there."""
        with_names = self.dialect.names in ("quotation", "unknown")
        names = self._selections.pick(_NAME, selections) if with_names else repeat("")
        places = zip(*(self._selections.pick(column, selections) for column in (_START, _END)), strict=True)
        return [
            (name or "", start, end)
            for name, (start, end) in zip(names, places, strict=False)
            if start is not None and end is not None
        ]

    def finish(self) -> Verdict:
        """All sources were read: decide the reading; where it is another than was used, quote again."""
        used = self._reading, self.dialect.names == "quotation"
        if self.dialect.id == "unknown":
            self._recognise_by_habits()
        verdict = self._evidence.verdict(self._reading if self._said is not None else None)
        self._reading = verdict.reading
        if (self._reading, self.dialect.names == "quotation") != used:
            self._quote_again()
        if verdict.contradicted:
            self._findings.append(Finding("reading-doubtful", f"Positions were read as {verdict.describe()}."))
        elif not verdict.forced and verdict.reading != verdict.default:
            message = f"{self.dialect.program} usually counts {verdict.default.describe()}. This file shows otherwise"
            self._findings.append(Finding("reading-by-evidence", f"{message}: {verdict.describe()}."))
        elif not verdict.forced and verdict.sureness == "assumed" and verdict.texts:
            message = f"Positions were read as {verdict.describe()}. Look at some quotations"
            self._findings.append(Finding("reading-uncertain", f"{message}."))
        return verdict

    def _recognise_by_habits(self) -> None:
        self._traces.named = self._evidence.verdict().named
        habits = seen(self._traces)
        found = recognise_by_habits(habits)
        if found.id == "unknown":
            return
        self.dialect = found
        self._evidence.default = found.reading
        self._evidence.standing = "said"  # what is known of the program is certain, that this is the program is not
        self._reading = parse_reading(self._said, found.reading) if self._said else self._reading
        had = ", ".join(name for name in found.habits if habits.get(name))
        message = f"The project does not say which program wrote it. Its habits are those of {found.program}: {had}."
        self._findings.append(Finding("program-by-habits", message))

    def _quote_again(self) -> None:
        if self._lean:
            raise NeedsAll
        self._of_positions.clear()
        self._cutting.clear()
        self._named = self._cuts = self._named_wrong = self._quoted = self._characters = 0
        selections: dict[int, list[int]] = {}
        kinds, sources = (self._selections.column(column) for column in (0, _SELECTION["source_row"]))
        for number, (kind, source) in enumerate(zip(kinds, sources, strict=True)):
            if kind == "PDFSelection":
                self._carry_name(number)
            elif kind in ("PlainTextSelection", "TranscriptSelection"):
                selections.setdefault(source, []).append(number)
        syncs: dict[int, list[Sequence[Any]]] = {}
        for sync in self._rows["sync_points"]:
            syncs.setdefault(sync[_SYNC["source_row"]], []).append(sync)
        noticed = len(self._findings), len(self._paths.findings)
        for row, numbers in selections.items():
            read = self._text(self._rows["sources"][row], "")
            self._quote_source(row, numbers, syncs.get(row, []), read)
        del self._findings[noticed[0] :], self._paths.findings[noticed[1] :]  # noticed the first time already

    def _quote_all(self, selections: list[int], text: PositionedText | None, syncs: ReadRows, name: str) -> None:
        by_key = {normalise_guid(sync[_SYNC["guid"]] or ""): sync for sync in syncs}
        texts: list[int] = []
        others: list[int] = []
        for number, kind in zip(selections, self._selections.pick(0, selections), strict=True):
            (texts if kind == "PlainTextSelection" else others).append(number)
        found = self._quote_texts(texts, text)
        for number in others:
            found += [(code, number) for code in self._quote_transcript(number, text, by_key)]
        problems: dict[str, list[str]] = {}
        for code, number in found:
            problems.setdefault(code, []).append(self._named_by(number))
        self._of_positions += summarise_problems(problems, name)

    def _named_by(self, number: int) -> str:
        """The GUID of a selection, for messages."""
        return self._selections.get(number, _SELECTION["guid"]) or "?"

    def _quote_texts(self, numbers: list[int], text: PositionedText | None) -> list[tuple[str, int]]:
        """Quote selections of one text; the codes of findings, each with the selection that it is about."""
        rows = self._selections
        starts, ends = rows.pick(_START, numbers), rows.pick(_END, numbers)
        if None in starts or None in ends:
            both = zip(numbers, starts, ends, strict=True)
            placed = [place for place in both if place[1] is not None and place[2] is not None]
            numbers, starts, ends = ([place[column] for place in placed] for column in range(3))
        names = rows.pick(_NAME, numbers) if self.dialect.names == "quotation" else []
        if text is None:
            for number, said in zip(numbers, names, strict=False):
                rows.put(number, _QUOTATION, said)
            return []
        firsts, lasts, problems = text.spans(starts, ends)
        self._count(sum(lasts) - sum(firsts))
        rows.put_all(_FIRST, numbers, firsts)
        rows.put_all(_LAST, numbers, lasts)
        body = text.text
        for said, first, last in zip(names, firsts, lasts, strict=False):
            if said:
                self._named += 1
                self._named_wrong += not name_fits(said, body[first:last])
        cutting = [
            number for number, first, last in zip(numbers, firsts, lasts, strict=True) if cuts_word(body, first, last)
        ]
        self._cuts += len(cutting)
        self._cutting += map(self._named_by, cutting[: _SHOWN - len(self._cutting)])
        self._quoted += len(numbers)
        return [(code, numbers[number]) for number, codes in problems.items() for code in codes]

    def _quote_transcript(self, number: int, text: PositionedText | None, syncs: dict[str, Sequence[Any]]) -> list[str]:
        rows = self._selections
        first = syncs.get(normalise_guid(rows.get(number, _SELECTION["from_sync_point"]) or ""))
        last = syncs.get(normalise_guid(rows.get(number, _SELECTION["to_sync_point"]) or ""))
        place = _between(*(sync[_SYNC["time_stamp"]] if sync else None for sync in (first, last)))
        rows.put(number, _PLACE, place)
        start = first[_SYNC["position"]] if first else None
        end = last[_SYNC["position"]] if last else None
        if text is None or (start is None and end is None):
            rows.put(number, _QUOTATION, place)
            return []
        start = 0 if start is None else start
        end = text.length if end is None else end
        from_index, to_index, problems = text.span(start, end)
        self._count(to_index - from_index)
        rows.put(number, _FIRST, from_index)
        rows.put(number, _LAST, to_index)
        return problems

    # -- other selections -------------------------------------------------------------------------------------------

    def _describe(self, number: int) -> None:
        """Say where a selection in a picture, PDF or media lies."""
        selection = self._selections[number]
        place = _describe(selection)
        self._selections.put(number, _PLACE, place)
        if self._selections.get(number, _QUOTATION) is None:
            self._selections.put(number, _QUOTATION, place)
            if selection[0] == "PDFSelection":
                self._carry_name(number)

    def _carry_name(self, number: int) -> None:
        """Some programs write the text of a PDF area as its name; better than the place, worse than its own text."""
        rows = self._selections
        described = rows.get(number, _QUOTATION) == rows.get(number, _PLACE)
        name = rows.get(number, _NAME)
        if self.dialect.names == "quotation" and described and name and not _NUMBERED.fullmatch(name):
            rows.put(number, _QUOTATION, name)

    def _quote_parent(self, row: int, text: str) -> None:
        """The Representation of a PDF area is the text that was marked."""
        if text.strip():
            self._selections.put(row, _QUOTATION, text)

    def findings(self) -> list[Finding]:
        """What was noticed about files, texts and positions."""
        found = [*self._paths.findings, *self._findings, *self._of_positions]
        stray = [
            member.name
            for member in self._files.members
            if member is not self._files.document
            and member.name not in self._paths.used
            and not member.name.rsplit("/", 1)[-1].startswith(".")
        ]
        if stray:
            shown = ", ".join(stray[:3]) + (f" and {len(stray) - 3:,} more" if len(stray) > 3 else "")
            found.append(
                Finding("file-stray", f"{count(len(stray), 'file belongs', 'files belong')} to no source: {shown}.")
            )
        if self._cuts > max(_FEW_CUTS, _CUT_SHARE * self._quoted):
            message = f"{self._cuts:,} of {self._quoted:,} quotations begin or end inside a word"
            more = f" and {self._cuts - _SHOWN:,} more" if self._cuts > _SHOWN else ""
            found.append(Finding("quotation-cuts-word", f"{message}: {', '.join(self._cutting)}{more}."))
        if self._named_wrong:
            found.append(
                Finding(
                    "name-not-quotation",
                    f"{self._named_wrong} of {count(self._named, 'selection')} "
                    f"{'carries' if self._named_wrong == 1 else 'carry'} another text as name "
                    "than stands at their positions.",
                )
            )
        return found


def _between(begin: int | None, end: int | None) -> str:
    if begin is None and end is None:
        return "without a time"
    if end is None:
        return f"from {clock(begin or 0)}"
    return f"{clock(begin or 0)} to {clock(end)}"


def _describe(selection: Sequence[Any]) -> str:
    """Where in a picture, PDF or media a selection lies, for people."""
    if selection[0] in ("AudioSelection", "VideoSelection"):
        return _between(selection[_SELECTION["begin"]], selection[_SELECTION["end"]])
    corners = [selection[_SELECTION[name]] for name in ("first_x", "first_y", "second_x", "second_y")]
    written = [selection[_SELECTION[f"{name}_written"]] for name in ("first_x", "first_y", "second_x", "second_y")]
    x1, y1, x2, y2 = (w if c is None else c for c, w in zip(corners, written, strict=True))
    area = f"area ({x1}, {y1}) to ({x2}, {y2})"
    if selection[0] == "PDFSelection":
        page = selection[_SELECTION["page"]]
        return f"page {page + 1 if page is not None else '?'}, {area}"
    return area


def short(text: str, length: int = 80) -> str:
    """A quotation on one line, cut with … ."""
    folded = fold(text)
    return folded if len(folded) <= length else folded[: length - 1].rstrip() + "…"


def _have(number: int) -> str:
    return "1 selection has" if number == 1 else f"{number:,} selections have"
