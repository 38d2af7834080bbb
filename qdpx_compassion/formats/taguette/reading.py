"""A Taguette project as our tables."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID, uuid5

from qdpx_compassion.findings import Finding, count
from qdpx_compassion.formats.base import Content, MediaFile
from qdpx_compassion.formats.codes import empty_rows
from qdpx_compassion.formats.taguette.html import DocumentText
from qdpx_compassion.formats.taguette.model import NO_DATE, Document, Highlight, TaguetteProject
from qdpx_compassion.formats.taguette.paths import own_name, parents
from qdpx_compassion.refi.guids import derive
from qdpx_compassion.refi.text import summarise_problems
from qdpx_compassion.tables import TABLES, Project

ORIGIN = "Taguette"
#: From which Taguette's codebooks (.qdc) derive the GUIDs of tags: the same tag is the same code.
_TAGS = UUID("51b2b2b7-27eb-4ecb-9d56-e75b0a0496c2")
_POSITION = {name: table.position for name, table in TABLES.items()}
#: What a text without looks has as well.
_PLAIN = frozenset(("div", "span"))


@dataclass
class ReadRows:
    """Where the rows come from.

    Attributes:
        tags: id of each code. documents: of each source. highlights: of each selection. codings: (highlight, tag) of
            each coding. users: login of each user.
    """

    tags: list[int] = field(default_factory=list)
    documents: list[int] = field(default_factory=list)
    highlights: list[int] = field(default_factory=list)
    codings: list[tuple[int, int]] = field(default_factory=list)
    users: list[str] = field(default_factory=list)


def read(taguette: TaguetteProject, name: str) -> tuple[Content, ReadRows]:
    """Bring a Taguette project into our tables.

    Args:
        taguette: what the database holds.
        name: file name, for messages.
    """
    reader = _Reader(taguette, name)
    return Content(reader.project, reader.media), reader.read


class _Reader:
    def __init__(self, taguette: TaguetteProject, name: str) -> None:
        self._taguette, self.read = taguette, ReadRows()
        self.media: dict[str, MediaFile] = {}
        self._rows = empty_rows(ORIGIN)
        self._findings: list[Finding] = []
        self._history = _History(taguette)
        self._head()
        self._users()
        self._tags()
        self._sources()
        self.project = Project(self._rows, "taguette", self._findings, name)

    def _row(self, table: str, **values: Any) -> int:
        row: list[Any] = [None] * len(TABLES[table].columns)
        for name, value in values.items():
            row[_POSITION[table][name]] = value
        self._rows[table].append(row)
        return len(self._rows[table]) - 1

    def _guid(self, kind: str, *parts: object) -> str:
        """Follows from the project and what Taguette calls it, so that the same database gives the same GUIDs."""
        return derive("taguette", kind, self._taguette.name, self._taguette.created, *map(str, parts))

    def _user(self, login: str | None) -> str | None:
        return None if login is None else derive("taguette", "user", login)

    def _head(self) -> None:
        row, at = self._rows["project"][0], _POSITION["project"]
        row[at["name"]], row[at["description"]] = self._taguette.name, self._taguette.description or None
        row[at["creation_date_time"]] = _date(self._taguette.created)
        row[at["creating_user_guid"]] = self._user(self._history.project)

    def _users(self) -> None:
        for login in dict.fromkeys((*self._taguette.members, *self._history.users)):
            self._row("users", guid=self._user(login), name=login)
            self.read.users.append(login)

    def _tags(self) -> None:
        """Tags as codes, each right after those above it."""
        tags = self._taguette.tags
        above = parents([tag.path for tag in tags])
        children: dict[int | None, list[int]] = {}
        for number, parent in enumerate(above):
            children.setdefault(parent, []).append(number)
        self._row_of_tag: dict[int, int] = {}
        waiting = list(reversed(children.get(None, [])))
        while waiting:
            number = waiting.pop()
            tag, parent = tags[number], above[number]
            over = None if parent is None else tags[parent]
            parent_row = None if over is None else self._row_of_tag[over.id]
            self._row_of_tag[tag.id] = self._row(
                "codes",
                guid=str(uuid5(_TAGS, tag.path)),
                name=own_name(tag.path, None if over is None else over.path),
                is_codable=True,
                description=tag.description or None,
                parent_row=parent_row,
                parent_guid=None if parent_row is None else self._rows["codes"][parent_row][0],
            )
            self.read.tags.append(tag.id)
            waiting.extend(reversed(children.get(number, [])))

    def _sources(self) -> None:
        of_document: dict[int, list[Highlight]] = {}
        for highlight in self._taguette.highlights:
            of_document.setdefault(highlight.document, []).append(highlight)
        styled = 0
        for document in self._taguette.documents:
            text = DocumentText(document.contents)
            styled += bool(text.tags - _PLAIN)
            self._source(document, text, of_document.get(document.id, []))
        if styled:
            documents = count(styled, "document has", "documents have")
            message = f"{documents} headings, lists, tables or emphasis; only the text of it was read."
            self._findings.append(Finding("text-looks", message))

    def _source(self, document: Document, text: DocumentText, highlights: list[Highlight]) -> None:
        guid = self._guid("document", document.id)
        path = f"internal://{guid}.txt"
        data = text.text.encode("utf-8", "replace")
        self.media[path] = MediaFile(f"{guid}.txt", len(data), partial(_once, data))
        row = self._row(
            "sources",
            kind="TextSource",
            guid=guid,
            name=document.name,
            plain_text_path=path,
            creating_user=self._user(self._history.documents.get(document.id)),
            creation_date_time=_date(document.created),
            description=document.description or None,
            text_length=len(text.text),
        )
        self.read.documents.append(document.id)
        problems: dict[str, list[str]] = {}
        for highlight in highlights:
            for code in self._selection(row, text, highlight):
                problems.setdefault(code, []).append(f"highlight {highlight.id}")
        self._findings += summarise_problems(problems, document.name)

    def _selection(self, source: int, text: DocumentText, highlight: Highlight) -> list[str]:
        first, last, problems = text.place(highlight.start, highlight.end)
        user, date = self._history.highlights.get(highlight.id, (None, None))
        row = self._row(
            "selections",
            kind="PlainTextSelection",
            source_row=source,
            guid=self._guid("highlight", highlight.id),
            start_position=first,
            end_position=last,
            creating_user=self._user(user),
            creation_date_time=_date(date),
            start_index=first,
            end_index=last,
            quotation=text.text[first:last],
            place=f"characters {first} to {last}",
        )
        self.read.highlights.append(highlight.id)
        for tag in highlight.tags:
            user, date = self._history.codings.get(highlight.id, {}).get(tag, (None, None))
            self._row(
                "codings",
                owner_kind="selection",
                owner_row=row,
                guid=self._guid("coding", highlight.id, tag),
                creating_user=self._user(user),
                creation_date_time=_date(date),
                code_guid=self._rows["codes"][self._row_of_tag[tag]][0],
                code_row=self._row_of_tag[tag],
            )
            self.read.codings.append((highlight.id, tag))
        return problems


class _History:
    """Who did what when, from the log of commands.

    Attributes:
        project: who made the project. documents: id → who added it. highlights: id → who marked it and when.
        codings: highlight → tag → who tagged it so and when.
    """

    def __init__(self, taguette: TaguetteProject) -> None:
        self.project: str | None = None
        self.documents: dict[int, str] = {}
        self.highlights: dict[int, tuple[str, str]] = {}
        self.codings: dict[int, dict[int, tuple[str, str]]] = {}
        self.users = dict.fromkeys(command.user for command in taguette.commands)
        for command in taguette.commands:
            kind, said = command.payload.get("type"), command.payload
            if kind == "project_meta":
                self.project = self.project or command.user
            elif kind == "document_add" and command.document is not None:
                self.documents.setdefault(command.document, command.user)
            elif kind == "highlight_add" and isinstance(highlight := said.get("highlight_id"), int):
                tags = said.get("tags")
                known = [tag for tag in tags if isinstance(tag, int)] if isinstance(tags, list) else []
                self._highlight(highlight, known, (command.user, command.date))
            elif kind == "tag_merge":
                source, target = said.get("src_tag_id"), said.get("dest_tag_id")
                if isinstance(source, int) and isinstance(target, int):
                    self._merge(source, target)

    def _highlight(self, highlight: int, tags: list[int], who: tuple[str, str]) -> None:
        """Each such command tells all tags of the highlight: those that are new are this user's."""
        self.highlights.setdefault(highlight, who)
        before = self.codings.get(highlight, {})
        self.codings[highlight] = {tag: before.get(tag, who) for tag in tags}

    def _merge(self, source: int, target: int) -> None:
        for of_highlight in self.codings.values():
            if source in of_highlight:
                who = of_highlight.pop(source)
                of_highlight.setdefault(target, who)


def _once(data: bytes) -> Any:
    return iter((data,))


def _date(stored: str | None) -> str | None:
    """A date of the database, which is in UTC; None where it is none, or stands for none."""
    if not stored or stored == NO_DATE:
        return None
    try:
        read = datetime.fromisoformat(stored)
    except ValueError:
        return None
    written = read.isoformat(timespec="microseconds" if read.microsecond else "seconds")
    seconds, dot, fraction = written.partition(".")
    return f"{seconds}{dot}{fraction.rstrip('0')}Z" if read.tzinfo is None else written
