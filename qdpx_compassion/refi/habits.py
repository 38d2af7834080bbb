"""What a project looks like, for recognising the program that wrote it where the project does not say.

Each habit is a question to the project; where the project has nothing to answer it by (no cases, one line of text), the
habit is left out. ``dialects.toml`` says which programs have which habits.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from qdpx_compassion.columns import FIRST_ROWS
from qdpx_compassion.files.project_files import ProjectFiles
from qdpx_compassion.refi.guids import normalise_guid
from qdpx_compassion.tables import TABLES, ReadRows

_ATLASTI_USER = "c32a2bd5-537f-4838-8b17-df9efbafdf4b"
#: Rows of a table that are looked at: the first so many show a program's habits as well as all; of codings four times.
_ROWS = FIRST_ROWS // 4
#: What most of a kind have, a program does by habit.
_MOST = 0.8

_POSITIONS = re.compile(r"\s*(\d+)\s*,\s*(\d+)\s*")
_LINE = re.compile(r"line:\d+")
_OF_CLASSIFICATION = re.compile(r"[^:]+:[^:].*")


@dataclass
class Traces:
    """What habits are looked for in.

    Attributes:
        files: the project's files.
        rows: its tables.
        namespace: of the document.
        head: the first bytes of the document.
        texts: how texts begin and their lines end: ``bom-crlf``, ``bom``, ``crlf``, ``lf``, each with its number.
        named: share of the selections' names that are their quotation; None: no names, or not known.
    """

    files: ProjectFiles
    rows: Mapping[str, ReadRows]
    namespace: str = ""
    head: bytes = b""
    texts: Counter[str] = field(default_factory=Counter)
    named: float | None = None

    def column(self, table: str, name: str) -> list[Any]:
        """The first values of a column."""
        position = TABLES[table].position[name]
        return [row[position] for row in self.rows[table][:_ROWS]]

    def note_text(self, text: str, *, had_bom: bool) -> None:
        """Remember how a text begins and how its lines end."""
        if "\n" in text:
            ends = "crlf" if "\r\n" in text else "lf"
            self.texts[f"bom-{ends}" if had_bom else ends] += 1


def seen(traces: Traces) -> dict[str, bool]:
    """Which habits a project has: habit → yes or no; those that it shows nothing about are left out."""
    found: dict[str, bool] = {}
    for look in _LOOKS:
        for name, answer in look(traces):
            if answer is not None:
                found[name] = answer
    return found


_Answers = Iterator[tuple[str, bool | None]]


def _most(values: list[bool]) -> bool | None:
    """Whether most are true; None where there are none."""
    return sum(values) >= _MOST * len(values) if values else None


def _guids(traces: Traces) -> _Answers:
    every = [guid for table in ("codes", "users", "sources") for guid in traces.column(table, "guid") if guid]
    lettered = [guid for guid in every if guid.lower() != guid.upper()]
    yield "guid-lower", _most([guid == guid.lower() for guid in lettered])
    yield "guid-upper", _most([guid == guid.upper() for guid in lettered])
    yield "guid-of-letters", _most([_is_letters(guid) for guid in every])


def _is_letters(guid: str) -> bool:
    try:
        data = bytes.fromhex(normalise_guid(guid).replace("-", "")).strip(b"\x00")
    except ValueError:
        return False
    return bool(data) and all(0x20 <= byte < 0x7F for byte in data)


def _archive(traces: Traces) -> _Answers:
    files = traces.files
    if not files.is_archive:
        return
    names = [member.name for member in files.members]
    inside = [name[len(files.root) :] for name in names if name.startswith(files.root)]
    if len(names) > 1:
        yield "qde-first", names[0] == files.document.name
        yield "qde-last", names[-1] == files.document.name
        yield "root-member", "sources/.root" in inside
        yield "stored", _most([member.is_stored for member in files.members if member.size])
        yield "data-descriptor", _most([member.has_descriptor for member in files.members])
    folders = {name.split("/")[0] for name in inside if "/" in name}
    if folders:
        yield "folder-capital", "Sources" in folders
        yield "folder-small", "sources" in folders
    stem = files.document.name.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    project = next(iter(traces.column("project", "name")), None)
    yield "qde-named-after-project", stem == project and stem.lower() != "project"


def _document(traces: Traces) -> _Answers:
    head = traces.head.replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe")
    declaration = head[: head.find(b"?>") + 2] if head.startswith(b"<?xml") else b""
    if head:
        yield "xml-undeclared", not declaration
        yield "xml-standalone-no", b'standalone="no"' in declaration
        yield "xml-standalone-yes", b'standalone="yes"' in declaration
        body = head[len(declaration) :]
        yield "xml-crlf", b"\r\n" in body
        yield "xml-one-line", b"\n" not in body.strip()
        yield "xml-unused-xsd", b"xmlns:xsd=" in body
    location = next(iter(traces.column("project", "schema_location")), None)
    yield "schema-location-url", bool(location and "http" in location)
    yield "schema-location-plain", bool(location and location.endswith(" Project.xsd"))
    yield "namespace-0-10", traces.namespace == "urn:QDA-XML:project:0:10"
    yield "base-path-empty", next(iter(traces.column("project", "base_path")), None) == ""


def _people_and_codes(traces: Traces) -> _Answers:
    users = [normalise_guid(guid or "") for guid in traces.column("users", "guid")]
    if users:
        yield "user-atlasti", _ATLASTI_USER in users
        yield "user-ids", _most([bool(id_) for id_ in traces.column("users", "id")])
    colours = [bool(color) for color in traces.column("codes", "color")]
    yield "codes-coloured", _most(colours)
    yield "codes-uncoloured", not any(colours) if colours else None
    described = [text for table in ("codes", "sources", "selections") for text in traces.column(table, "description")]
    if described:
        yield "descriptions-empty", "" in described and _most([text is not None for text in described])


def _cases_and_variables(traces: Traces) -> _Answers:
    codes = {normalise_guid(row[0] or "") for row in traces.rows["codes"]}
    cases = traces.column("cases", "guid")
    yield "case-is-code", _most([normalise_guid(guid or "") in codes for guid in cases])
    yield "case-nameless", _most([not name for name in traces.column("cases", "name")])
    names = traces.column("variables", "name")
    yield "variable-of-classification", _most([bool(_OF_CLASSIFICATION.fullmatch(name or "")) for name in names])
    owners = traces.column("variable_values", "owner_kind")
    yield "variable-on-source", _most([owner == "source" for owner in owners])


def _texts(traces: Traces) -> _Answers:
    total = traces.texts.total()
    if total:
        for habit, kind in (("text-bom-crlf", "bom-crlf"), ("text-crlf", "crlf"), ("text-lf", "lf")):
            yield habit, traces.texts[kind] >= _MOST * total
    position = TABLES["sources"].position
    sources = [row for row in traces.rows["sources"][:_ROWS] if row[0] == "TextSource"]
    rich = [row[position["rich_text_path"]] or "" for row in sources]
    yield "text-and-docx", _most([path.lower().endswith(".docx") for path in rich])
    paths = [(row[position["guid"]] or "", row[position["plain_text_path"]]) for row in sources]
    files = [(normalise_guid(guid), path) for guid, path in paths if path]
    yield "file-is-guid", _most([guid in path.lower() for guid, path in files])
    yield "file-is-no-guid", _most([guid not in path.lower() for guid, path in files])
    yield "path-without-scheme", _most(["://" not in path for _, path in files])


def _selections(traces: Traces) -> _Answers:
    position = TABLES["selections"].position
    rows = [row for row in traces.rows["selections"][:_ROWS] if row[0] == "PlainTextSelection"]
    names = [row[position["name"]] for row in rows]
    yield "names-empty", _most([not name for name in names])
    yield "names-lines", _most([bool(_LINE.fullmatch(name or "")) for name in names])
    places = [(row[position["start_position"]], row[position["end_position"]]) for row in rows]
    yield "names-positions", _most([_is_place(name, place) for name, place in zip(names, places, strict=True)])
    if traces.named is not None:
        yield "names-quotations", traces.named >= _MOST
    codings = traces.rows["codings"][: 4 * _ROWS]
    owned = Counter(row[1] for row in codings if row[0] == "selection")
    if owned:
        yield "one-coding", max(owned.values()) == 1
        yield "several-codings", max(owned.values()) > 1
    yield "no-dates", _most([not date for date in traces.column("codings", "creation_date_time")])


def _is_place(name: str | None, place: tuple[int | None, int | None]) -> bool:
    found = _POSITIONS.fullmatch(name or "")
    return found is not None and (int(found[1]), int(found[2])) == place


_LOOKS: tuple[Callable[[Traces], _Answers], ...] = (
    _guids,
    _archive,
    _document,
    _people_and_codes,
    _cases_and_variables,
    _texts,
    _selections,
)
