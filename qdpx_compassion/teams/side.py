"""One of two projects that are compared: its rows, what they refer to, and its texts in a form that can be compared."""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_left
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qdpx_compassion.code_tree import CodeTree
from qdpx_compassion.files.project_files import ProjectFiles, open_project_files
from qdpx_compassion.refi.names import SOURCES, TEXT_KINDS
from qdpx_compassion.refi.paths import SourcePaths
from qdpx_compassion.refi.reader import read_files
from qdpx_compassion.refi.text import fold
from qdpx_compassion.refi.texts import SourceTexts
from qdpx_compassion.tables import TABLES, Project, normalise_guid

#: The tables in which what a link or vertex names is looked for, in this order.
ANYTHING = ("codes", "sources", "selections", "cases", "sets", "codings", "links", "variables", "users")
#: ``owner_kind`` of the tables → the table of the owner.
OWNER_TABLE = {
    "project": "project",
    "code": "codes",
    "case": "cases",
    "source": "sources",
    "selection": "selections",
    "coding": "codings",
    "link": "links",
}
_SELECTION = TABLES["selections"].position
_CRLF = re.compile("\r\n")

#: The text of a source, or the content of its file in a few words, by its row in ``sources``; None where there is none.
ByRow = Callable[[int], "str | None"]


@dataclass(frozen=True, slots=True)
class TextFacts:
    """A text, compared without regard to line ends and byte order mark.

    Attributes:
        digest: of the text with every line end as LF.
        length: of the same, in code points.
        doubles: code point indexes of the CR LFs of the text as it is.
    """

    digest: bytes
    length: int
    doubles: list[int]

    def index(self, position: int) -> int:
        """A code point index of the text as it is, in the text with every line end as LF."""
        return position - bisect_left(self.doubles, position) if self.doubles else position


def text_facts(text: str) -> TextFacts:
    """What of a text is compared."""
    doubles = [match.start() + 1 for match in _CRLF.finditer(text)] if "\r\n" in text else []
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    digest = hashlib.sha256(plain.encode("utf-8", "surrogatepass")).digest()
    return TextFacts(digest, len(plain), doubles)


class Side:
    """A project in a comparison.

    Rows of both sides that stand for one another have one id; an id is the row of the first project, or a negative
    number for what only the second one has.

    Args:
        project: read with texts.
        texts: the text of a source by its row.
        files: what is in the file of a picture, PDF or recording, by its row: equal words for equal content.
        second: whether this is the second project.
    """

    def __init__(
        self, project: Project, texts: ByRow | None = None, files: ByRow | None = None, *, second: bool = False
    ) -> None:
        self.project, self.rows = project, project.rows
        self.tree = CodeTree.of(project)
        self.ids: dict[str, dict[int, int]] = {
            name: {} if second else {row: row for row in range(len(rows))} for name, rows in project.rows.items()
        }
        self.texts: dict[int, TextFacts] = {}
        self.files: dict[int, str] = {}
        for row, source in enumerate(project.rows["sources"]):
            if texts and source[0] in TEXT_KINDS and (text := texts(row)) is not None:
                self.texts[row] = text_facts(text)
            elif files and source[0] in SOURCES and (content := files(row)) is not None:
                self.files[row] = content
        self._references: dict[tuple[tuple[str, ...], str], Hashable] = {}
        self._rows_by_guid: dict[str, dict[str, int]] = {}
        self._places: dict[int, tuple[Hashable, ...]] = {}
        self._members: dict[int, frozenset[Hashable]] | None = None
        self._codes_of: dict[int, frozenset[Hashable]] | None = None

    def cell(self, table: str, row: int, column: str) -> Any:
        """One value of a table."""
        return self.rows[table][row][TABLES[table].position[column]]

    def row_of(self, table: str, written: str | None) -> int | None:
        """The row that a reference names in a table; the first where several have its GUID."""
        if not written:
            return None
        if table not in self._rows_by_guid:
            position = TABLES[table].position["guid"]
            known: dict[str, int] = {}
            for number, row in enumerate(self.rows[table]):
                if row[position]:
                    known.setdefault(normalise_guid(row[position]), number)
            self._rows_by_guid[table] = known
        return self._rows_by_guid[table].get(normalise_guid(written))

    def reference(self, tables: tuple[str, ...], written: str | None) -> Hashable:
        """What a reference stands for, comparable between both sides; a dangling one stands for its GUID."""
        if not written:
            return None
        known = self._references.get((tables, written))
        if known is None:
            known = self._references[tables, written] = self._resolve(tables, written)
        return known

    def _resolve(self, tables: tuple[str, ...], written: str) -> Hashable:
        for table in tables:
            row = self.row_of(table, written)
            if row is not None:
                return table, self.ids[table].get(row, -1 - row)
        return "nothing", normalise_guid(written)

    def forget_references(self) -> None:
        """Ids have changed: what references stand for is looked up anew."""
        self._references.clear()

    def user(self, written: str | None) -> Hashable:
        """The id of a user."""
        return self.reference(("users",), written)

    def owner(self, kind: str, row: int) -> Hashable:
        """The element that has a note reference, coding or value."""
        if kind == "project":
            return "project", 0
        table = OWNER_TABLE[kind]
        return table, self.ids[table][row]

    # -- places -----------------------------------------------------------------------------------------------------

    def place(self, row: int) -> tuple[Hashable, ...]:
        """Where a selection lies: source, kind, and positions that do not depend on line ends."""
        if row not in self._places:
            self._places[row] = self._place(row)
        return self._places[row]

    def _place(self, row: int) -> tuple[Hashable, ...]:
        selection = self.rows["selections"][row]
        kind, source = selection[0], selection[1]
        where = (self.ids["sources"].get(source), kind)
        start, end = selection[_SELECTION["start_index"]], selection[_SELECTION["end_index"]]
        if start is not None and end is not None and source in self.texts:
            facts = self.texts[source]
            return (*where, facts.index(start), facts.index(end))
        names = ("start_position", "end_position", "page", "first_x", "first_y", "second_x", "second_y", "begin", "end")
        numbers = (selection[_SELECTION[name]] for name in names)
        return (*where, *numbers, selection[_SELECTION["place"]] if kind == "TranscriptSelection" else None)

    def shown_place(self, row: int) -> str:
        """The same for people."""
        place = self.place(row)
        if len(place) == 4:
            return f"characters {place[2]} to {place[3]}"
        return self.cell("selections", row, "place") or ""

    def passage(self, row: int) -> tuple[Hashable, ...] | None:
        """Source and quotation of a selection, white space folded; None where it has no text."""
        selection = self.rows["selections"][row]
        quotation = fold(selection[_SELECTION["quotation"]] or "")
        return (self.ids["sources"].get(selection[1]), selection[0], quotation) if quotation else None

    def members_of_cases(self) -> dict[int, frozenset[Hashable]]:
        """What belongs to each case that anything belongs to."""
        if self._members is None:
            found: dict[int, set[Hashable]] = {}
            for case, kind, target in self.rows["case_members"]:
                found.setdefault(case, set()).add((kind, self.reference(("sources", "selections", "codes"), target)))
            self._members = {case: frozenset(members) for case, members in found.items()}
        return self._members

    def codes_of(self, row: int) -> frozenset[Hashable]:
        """The codes and users of a selection's codings."""
        if self._codes_of is None:
            found: dict[int, set[Hashable]] = {}
            position = TABLES["codings"].position
            code, user = position["code_row"], position["creating_user"]
            for coding in self.rows["codings"]:
                if coding[0] == "selection":
                    known = self.ids["codes"].get(coding[code])
                    found.setdefault(coding[1], set()).add((known, self.user(coding[user])))
            self._codes_of = {number: frozenset(codes) for number, codes in found.items()}
        return self._codes_of.get(row, frozenset())


class OpenSide:
    """A project on disk as a ``Side``.

    Args:
        path: an archive, a folder or a bare .qde.
        progress: told how many bytes of the document were read just now.
        second: whether this is the second project.

    Raises:
        InputError: the file cannot be read as a project.
    """

    def __init__(self, path: Path, progress: Callable[[int], None] | None = None, *, second: bool = False) -> None:
        with open_project_files(path, progress=progress) as files:
            project = read_files(files)
            self.side = Side(project, SourceTexts(files, project), Contents(files, project), second=second)


class Contents:
    """What is in the files of pictures, PDFs and recordings, in words that are equal for equal content."""

    def __init__(self, files: ProjectFiles, project: Project) -> None:
        self._files, self._project = files, project
        self._paths = SourcePaths(files)

    def __call__(self, row: int) -> str | None:
        """What is in the file of a source; None where it is not there."""
        path = self._project.rows["sources"][row][TABLES["sources"].position["path"]]
        if not path:
            return None
        member = self._paths.find(path, "")
        if member is None:
            # a path outside the project says all there is to know; a file that should be inside and is not, nothing
            scheme = path.partition("://")[0]
            return path if scheme in ("relative", "absolute") else None
        digest = hashlib.sha256()
        for chunk in self._files.chunks(member, member.size):
            digest.update(chunk)
        return f"{member.size:,} bytes, SHA-256 {digest.hexdigest()[:16]}"
