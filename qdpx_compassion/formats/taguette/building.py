"""Our tables as a Taguette project, and which row became what."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from qdpx_compassion.code_tree import CodeTree
from qdpx_compassion.formats.base import Content
from qdpx_compassion.formats.comparing import moment
from qdpx_compassion.formats.positions import HeldText, held_as
from qdpx_compassion.formats.source_texts import Spans, text_of
from qdpx_compassion.formats.taguette.html import FORM, write_html
from qdpx_compassion.formats.taguette.model import NO_DATE, Command, Document, Highlight, Tag, TaguetteProject
from qdpx_compassion.formats.taguette.paths import cut, tag_paths
from qdpx_compassion.formats.taguette.schema import DESCRIPTION, DOCUMENT_NAME, LOGIN, PROJECT_NAME
from qdpx_compassion.refi.characters import xml_text
from qdpx_compassion.tables import TABLES, Project, normalise_guid

_POSITION = {name: table.position for name, table in TABLES.items()}
#: Texts that become documents; notes go into descriptions.
_DOCUMENTS = ("TextSource", "Transcript", "Representation", "TextDescription")
_NOT_IN_LOGIN = re.compile(r"[^a-z0-9._-]+")


@dataclass
class Built:
    """A Taguette project, and from which of our rows it was made.

    Attributes:
        codes: row of each tag. sources: of each document. selections: of each highlight. codings: (highlight, tag) →
            row. users: login → row.
    """

    project: TaguetteProject
    codes: list[int] = field(default_factory=list)
    sources: list[int] = field(default_factory=list)
    selections: list[int] = field(default_factory=list)
    codings: dict[tuple[int, int], int] = field(default_factory=dict)
    users: dict[str, int] = field(default_factory=dict)


def build(content: Content) -> Built:
    """Bring a project into the form that Taguette has for it."""
    return _Builder(content).built


class _Builder:
    def __init__(self, content: Content) -> None:
        self._content, self._project = content, content.project
        rows = self._project.rows
        head = dict(zip(_POSITION["project"], rows["project"][0], strict=True)) if rows["project"] else {}
        self._memos = _Memos(content)
        name = _line(head.get("name")) or _line(self._project.name.rpartition(".")[0]) or "project"
        self._to = TaguetteProject(
            cut(name, PROJECT_NAME),
            self._description(head.get("description"), "project", 0),
            stored_date(head.get("creation_date_time")),
        )
        self.built = Built(self._to)
        self._logins = self._users()
        self._codes()
        self._codings = self._codings_of_selections()
        if (user := self._login(head.get("creating_user_guid"))) is not None:
            payload = {"type": "project_meta", "project_name": self._to.name, "description": self._to.description}
            self._to.commands.append(Command(self._to.created, user, None, dict(payload)))
        self._documents()

    # -- users and tags -----------------------------------------------------------------------------------------------

    def _users(self) -> dict[str, str]:
        """Users by GUID as logins; their names, in the letters that a login may have."""
        taken: set[str] = set()
        logins: dict[str, str] = {}
        for row, user in enumerate(self._project.records("users")):
            plain = unicodedata.normalize("NFKD", user["name"] or "").encode("ascii", "ignore").decode().lower()
            login = _NOT_IN_LOGIN.sub("-", plain)[:LOGIN].strip("-") or "user"
            number, candidate = 1, login
            while candidate in taken:
                number += 1
                candidate = f"{login[: LOGIN - 1 - len(str(number))]}-{number}"
            taken.add(candidate)
            logins.setdefault(normalise_guid(user["guid"] or ""), candidate)
            self.built.users[candidate] = row
        self._to.members = list(self.built.users)
        return logins

    def _login(self, guid: str | None) -> str | None:
        return None if guid is None else self._logins.get(normalise_guid(guid))

    def _codes(self) -> None:
        tree = CodeTree.of(self._project)
        for code, path in zip(tree, tag_paths(tree), strict=True):
            text = self._description(code.description, "code", code.row)
            self._to.tags.append(Tag(len(self._to.tags) + 1, xml_text(path), text))
            self.built.codes.append(code.row)

    def _description(self, text: str | None, kind: str, row: int) -> str:
        """A description with the memos behind it: Taguette has no memos."""
        parts = [text, *self._memos.of(kind, row)]
        return cut(xml_text("\n\n".join(part for part in parts if part)), DESCRIPTION)

    # -- documents and highlights -------------------------------------------------------------------------------------

    def _codings_of_selections(self) -> dict[int, list[int]]:
        at = _POSITION["codings"]
        found: dict[int, list[int]] = {}
        for number, row in enumerate(self._project.rows["codings"]):
            if row[at["owner_kind"]] == "selection" and row[at["code_row"]] is not None:
                found.setdefault(row[at["owner_row"]], []).append(number)
        return found

    def _documents(self) -> None:
        at = _POSITION["sources"]
        selections: dict[int, list[int]] = {}
        for number, source in enumerate(self._project.column("selections", "source_row")):
            selections.setdefault(source, []).append(number)
        for row, source in enumerate(self._project.rows["sources"]):
            spans = Spans(self._content, row) if source[at["kind"]] in _DOCUMENTS else None
            if spans is None or spans.text is None:
                continue
            self._document(row, source, spans, selections.get(row, []))

    def _document(self, row: int, source: Sequence[Any], spans: Spans, selections: list[int]) -> None:
        at = _POSITION["sources"]
        held = HeldText(spans.text or "", FORM)
        name = _line(source[at["name"]]) or self._parents_name(source) or "unnamed"
        document = Document(
            len(self._to.documents) + 1,
            cut(name, DOCUMENT_NAME),
            self._description(source[at["description"]], "source", row),
            f"{cut(name, DOCUMENT_NAME)}.txt",
            stored_date(source[at["creation_date_time"]]),
            write_html(held.text),
        )
        self._to.documents.append(document)
        self.built.sources.append(row)
        if (user := self._login(source[at["creating_user"]])) is not None:
            payload = {
                "type": "document_add",
                "document_name": document.name,
                "description": document.description,
                "text_direction": "LEFT_TO_RIGHT",
            }
            self._to.commands.append(Command(document.created, user, document.id, dict(payload)))
        for number in selections:
            self._highlight(number, document, held, spans)

    def _parents_name(self, source: Sequence[Any]) -> str:
        """The name of what a text without name stands in: a recording, a PDF, a picture."""
        at = _POSITION["sources"]
        if source[at["parent_kind"]] != "source" or source[at["parent_row"]] is None:
            return ""
        return _line(self._project.rows["sources"][source[at["parent_row"]]][at["name"]])

    def _highlight(self, number: int, document: Document, held: HeldText, spans: Spans) -> None:
        selection = self._project.rows["selections"][number]
        span = spans(selection)
        if span is None or span[0] == span[1]:
            return  # no text was marked; Taguette has no highlights of nothing
        start, end = held.to_format(*span)
        snippet = write_html(held_as(held.ours[span[0] : span[1]], FORM))
        at = _POSITION["codings"]
        waiting = [(coding, self._project.rows["codings"][coding]) for coding in self._codings.get(number, [])]
        first = True
        while waiting or first:  # a tag once a highlight: what two coders coded alike is two highlights
            highlight = Highlight(len(self._to.highlights) + 1, document.id, start, end, snippet)
            self._to.highlights.append(highlight)
            self.built.selections.append(number)
            left, added = [], []
            for coding, row in waiting:
                tag = row[at["code_row"]] + 1
                if tag in highlight.tags:
                    left.append((coding, row))
                    continue
                highlight.tags.append(tag)
                self.built.codings[highlight.id, tag] = coding
                added.append((row, tag))
            self._history(highlight, selection, added)
            waiting, first = left, False

    def _history(self, highlight: Highlight, selection: Sequence[Any], added: list[tuple[Sequence[Any], int]]) -> None:
        """Who marked and tagged when, as Taguette's log of commands tells it: each with all tags up to then."""
        at, coding = _POSITION["selections"], _POSITION["codings"]
        steps: dict[tuple[str, str], list[int]] = {}
        if (user := self._login(selection[at["creating_user"]])) is not None:
            steps[user, stored_date(selection[at["creation_date_time"]])] = []
        for row, tag in added:
            if (user := self._login(row[coding["creating_user"]])) is not None:
                steps.setdefault((user, stored_date(row[coding["creation_date_time"]])), []).append(tag)
        tags: list[int] = []
        for (user, date), more in steps.items():
            tags = [*tags, *more]
            payload = {
                "type": "highlight_add",
                "highlight_id": highlight.id,
                "start_offset": highlight.start,
                "end_offset": highlight.end,
                "tags": tags,
            }
            self._to.commands.append(Command(date, user, highlight.document, dict(payload)))


class _Memos:
    """The notes of a project, by what refers to them."""

    def __init__(self, content: Content) -> None:
        self._content = content
        project: Project = content.project
        at = _POSITION["sources"]
        notes = {
            normalise_guid(source[at["guid"]] or ""): row
            for row, source in reversed(list(enumerate(project.rows["sources"])))
            if source[0] == "Note"
        }
        self._of: dict[tuple[str, int], list[int]] = {}
        for ref in project.records("note_refs"):
            row = notes.get(normalise_guid(ref["target_guid"] or ""))
            if row is not None:
                self._of.setdefault((ref["owner_kind"], ref["owner_row"]), []).append(row)

    def of(self, kind: str, row: int) -> Iterator[str]:
        """The memos of an element: title and text."""
        at = _POSITION["sources"]
        for note in self._of.get((kind, row), []):
            source = self._content.project.rows["sources"][note]
            text = (text_of(self._content, note) or ("", False))[0]
            parts = (_line(source[at["name"]]), source[at["description"]] or "", text.replace("\r\n", "\n").strip())
            yield "Memo: " + "\n".join(part for part in parts if part)


def stored_date(written: str | None) -> str:
    """A date as Taguette's database has it: in UTC, with microseconds."""
    read = moment(written) if written else ""
    return NO_DATE if isinstance(read, str) else read.strftime("%Y-%m-%d %H:%M:%S.%f")


def _line(text: str | None) -> str:
    return xml_text(" ".join((text or "").splitlines()).strip())
