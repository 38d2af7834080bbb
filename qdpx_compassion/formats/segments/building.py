"""Segments as the tables of a project: their documents, codes, coders, and the places at which they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from qdpx_compassion.findings import Finding
from qdpx_compassion.formats.base import Content, MediaFile
from qdpx_compassion.formats.codes import empty_rows, in_tree_order, place_code
from qdpx_compassion.formats.segments.finding import CELL, SegmentFinder
from qdpx_compassion.formats.segments.texts import GivenTexts
from qdpx_compassion.refi.guids import derive
from qdpx_compassion.tables import TABLES, Project

_POSITION = {name: table.position for name, table in TABLES.items()}
_COLOR = re.compile("#[0-9A-Fa-f]{6}")


@dataclass(frozen=True, slots=True)
class Segment:
    """A row of the spreadsheet.

    Attributes:
        codes: each as names from the top. where: the cell, for messages. date: xsd:dateTime.
        paragraph: in which it begins, from 1.
    """

    document: str
    text: str
    codes: tuple[tuple[str, ...], ...]
    where: str
    group: str = ""
    comment: str = ""
    coder: str = ""
    date: str | None = None
    paragraph: int | None = None
    color: str = ""


class Builder:
    """Makes a project of segments.

    A segment whose words are not in its text, or are there more than once, gets no place in it. It comes with its codes
    in a second source, whose text consists of such segments: no coding is lost, and none is where it may not be.

    Args:
        origin: what the project says wrote it.
        name: of the file.
        texts: of the documents.
        findings: what was noticed so far; more are added.
    """

    def __init__(self, origin: str, name: str, texts: GivenTexts, findings: list[Finding]) -> None:
        self._name, self._texts, self._findings = name, texts, findings
        self._rows = empty_rows(origin)
        self._rows["project"][0][_POSITION["project"]["name"]] = name.rpartition(".")[0] or name
        self._codes: dict[tuple[str, ...], int] = {}
        self._users: dict[str, str] = {}
        self._media: dict[str, MediaFile] = {}
        self._selections: dict[tuple[int, int, int], int] = {}
        self._codings: set[tuple[int, int, str | None]] = set()

    def content(self, segments: Sequence[Segment]) -> Content:
        """The project."""
        documents: dict[tuple[str, str], list[Segment]] = {}
        for segment in segments:
            documents.setdefault((segment.group, segment.document), []).append(segment)
        groups: dict[str, list[str]] = {}
        for (group, document), inside in documents.items():
            sources = self._document(group, document, inside)
            if group:
                groups.setdefault(group, []).extend(sources)
        for number, (group, sources) in enumerate(groups.items()):
            self._row("sets", guid=derive("segments", "set", group), name=group)
            self._rows["set_members"] += [[number, "MemberSource", source] for source in sources]
        rows = in_tree_order(self._rows)
        code_rows = {row[0]: number for number, row in enumerate(rows["codes"])}
        at = _POSITION["codings"]
        for row in rows["codings"]:
            row[at["code_row"]] = code_rows[row[at["code_guid"]]]
        return Content(Project(rows, findings=self._findings, name=self._name), self._media)

    def _row(self, table: str, **values: Any) -> int:
        row: list[Any] = [None] * len(_POSITION[table])
        for name, value in values.items():
            row[_POSITION[table][name]] = value
        self._rows[table].append(row)
        return len(self._rows[table]) - 1

    def _guid(self, table: str, row: int) -> str:
        return str(self._rows[table][row][_POSITION[table]["guid"]])

    def _document(self, group: str, name: str, segments: list[Segment]) -> list[str]:
        """Add a document; its GUID, and that of the one with its segments without a place."""
        text = self._texts.of(name)
        left = segments
        guids = []
        if text is None:
            message = "The text is not there; it was made of the segments, one below the other."
            self._findings.append(Finding("text-of-passages", message, name))
        else:
            finder = SegmentFinder(text)
            source = self._source(group, name, text)
            guids.append(self._guid("sources", source))
            left = []
            for segment in segments:
                places = finder.find(segment.text, segment.paragraph)
                if len(places) == 1:
                    self._selection(source, text, places[0], segment)
                else:
                    self._say(segment, len(places))
                    left.append(segment)
        if left:
            guids.append(self._gathered(group, name if text is None else f"{name} (segments without a place)", left))
        return guids

    def _say(self, segment: Segment, places: int) -> None:
        if places:
            message = f"The segment stands in “{segment.document}” {places} times; it was put aside with its codes."
            self._findings.append(Finding("passage-ambiguous", message, segment.where))
        else:
            why = "was cut at the end of its cell" if len(segment.text) >= CELL else f"is not in “{segment.document}”"
            message = f"The segment {why}; it was put aside with its codes."
            self._findings.append(Finding("passage-not-found", message, segment.where))

    def _gathered(self, group: str, name: str, segments: list[Segment]) -> str:
        """A source of nothing but segments; the same words of the same paragraph once."""
        places: dict[tuple[str, int | None], tuple[int, int]] = {}
        length = 0
        for segment in segments:
            key = (segment.text, segment.paragraph)
            if key not in places:
                places[key] = (length, length + len(segment.text))
                length += len(segment.text) + 1
        text = "\n".join(words for words, _ in places)
        source = self._source(group, name, text)
        for segment in segments:
            self._selection(source, text, places[segment.text, segment.paragraph], segment)
        return self._guid("sources", source)

    def _source(self, group: str, name: str, text: str) -> int:
        guid = derive("segments", "source", group, name)
        data = text.encode("utf-8", "replace")
        path = f"internal://{guid}.txt"
        self._media[path] = MediaFile(f"{guid}.txt", len(data), partial(_once, data))
        return self._row(
            "sources", kind="TextSource", guid=guid, name=name, plain_text_path=path, text_length=len(text)
        )

    def _selection(self, source: int, text: str, place: tuple[int, int], segment: Segment) -> None:
        first, last = place
        key = (source, first, last)
        user = self._user(segment.coder)
        if key not in self._selections:
            guid = derive("segments", "selection", self._guid("sources", source), str(first), str(last))
            self._selections[key] = self._row(
                "selections", kind="PlainTextSelection", source_row=source, guid=guid,
                name=text[first:last], start_position=first, end_position=last, creating_user=user,
                creation_date_time=segment.date, start_index=first, end_index=last,
                quotation=text[first:last], place=f"characters {first} to {last}",
            )  # fmt: skip
        selection = self._selections[key]
        if segment.comment:
            values, at = self._rows["selections"][selection], _POSITION["selections"]["description"]
            said = (values[at] or "").split("\n\n") if values[at] else []
            values[at] = "\n\n".join(dict.fromkeys([*said, segment.comment]))
        for path in segment.codes:
            self._coding(selection, path, user, segment)

    def _coding(self, selection: int, path: tuple[str, ...], user: str | None, segment: Segment) -> None:
        code = place_code(path, self._codes, self._rows["codes"])
        if (selection, code, user) in self._codings:
            return
        self._codings.add((selection, code, user))
        values, at = self._rows["codes"][code], _POSITION["codes"]
        if len(segment.codes) == 1 and _COLOR.fullmatch(segment.color):
            values[at["color"]] = segment.color
        guid = derive("segments", "coding", self._guid("selections", selection), *path, user or "")
        self._row(
            "codings", owner_kind="selection", owner_row=selection, guid=guid, creating_user=user,
            creation_date_time=segment.date, code_guid=values[at["guid"]],
        )  # fmt: skip

    def _user(self, name: str) -> str | None:
        if not name:
            return None
        if name not in self._users:
            self._users[name] = derive("segments", "user", name)
            self._row("users", guid=self._users[name], name=name)
        return self._users[name]


def _once(data: bytes) -> Iterator[bytes]:
    return iter((data,))
