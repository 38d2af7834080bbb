"""One quick pass over a document: who is in it, and which files its sources use."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from qdpx_compassion.errors import InputError
from qdpx_compassion.files.project_files import ProjectFiles
from qdpx_compassion.refi.dialects import recognise
from qdpx_compassion.refi.evidence import Evidence, Positions
from qdpx_compassion.refi.names import SELECTION_KINDS, SOURCE_KINDS, TEXT_KINDS
from qdpx_compassion.refi.paths import SourcePaths
from qdpx_compassion.refi.reader import read_files
from qdpx_compassion.refi.scanner import Scanner
from qdpx_compassion.refi.text import TextReading, decode_text, parse_reading
from qdpx_compassion.teams.share.guids import is_plain_guid
from qdpx_compassion.teams.share.sieve import Sieve

Document = Callable[[], Iterable[bytes]]

#: What a file is to its source.
PLAIN, RICH, MEDIA = "plain text", "document", "media"
#: Elements of which there are many, and which hold no names of people.
_MANY = frozenset((*SELECTION_KINDS, "Coding", "CodeRef", "NoteRef", "VariableRef", "SyncPoint", "VariableValue"))
_PATHS = {"plainTextPath": PLAIN, "richTextPath": RICH, "path": MEDIA}


@dataclass
class Contents:
    """Who and what is in a project.

    Attributes:
        origin: the program that wrote it.
        users: their names and ids.
        cases: their names.
        sources: kind and name of those that are no notes.
        uses: name of a member → what it is to sources, and the name of the first of them.
        gone: names of members that only sources used which are taken out.
        odd_ids: whether an identifier is no GUID.
    """

    origin: str | None = None
    users: list[tuple[str, str]] = field(default_factory=list)
    cases: list[str] = field(default_factory=list)
    sources: list[tuple[str, str]] = field(default_factory=list)
    uses: dict[str, tuple[set[str], str]] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    odd_ids: bool = False


def survey(files: ProjectFiles, where: str, fate: bytearray | None = None) -> Contents:
    """Look at users, cases, sources and their files.

    Args:
        files: of the project.
        where: for messages.
        fate: by element; what goes with the participant who withdrew is not looked at.
    """
    if fate is None:
        sieve = Sieve()
        try:
            contents = _survey(files, where, sieve.chunks(chunks_of(files)), None)
        except InputError:
            pass  # written in an unusual way, or damaged: then reading all of it says where
        else:
            contents.odd_ids = contents.odd_ids or sieve.odd_ids
            return contents
    return _survey(files, where, chunks_of(files), fate)


def _survey(files: ProjectFiles, where: str, document: Iterable[bytes], fate: bytearray | None) -> Contents:
    contents, paths = Contents(), SourcePaths(files)
    number = -1
    known: set[str | None] = {None}

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal number
        number += 1
        if name in _MANY:
            user = attributes.get("creatingUser")
            if user not in known:
                known.add(user)
                contents.odd_ids = contents.odd_ids or not is_plain_guid(user or "")
            return
        if fate is not None and fate[number]:
            if name in SOURCE_KINDS:
                found = (paths.find(attributes[one], "") for one in _PATHS if attributes.get(one))
                contents.gone.update(member.name for member in found if member is not None)
            return
        for attribute in ("guid", "creatingUser", "modifyingUser"):
            if attribute in attributes and not is_plain_guid(attributes[attribute]):
                contents.odd_ids = True
        if name in SOURCE_KINDS:
            said = attributes.get("name") or ""
            if name in SOURCE_KINDS[:5]:
                contents.sources.append((name, said))
            for attribute, use in _PATHS.items():
                written = attributes.get(attribute)
                member = paths.find(written, "") if written else None
                if member is not None:
                    contents.uses.setdefault(member.name, (set(), said))[0].add(use)
        elif name == "User":
            contents.users.append((attributes.get("name") or "", attributes.get("id") or ""))
        elif name == "Case":
            contents.cases.append(attributes.get("name") or "")
        elif number == 0:
            contents.origin = attributes.get("origin")

    Scanner(start, lambda _: None, where=where).scan(document)
    contents.gone -= contents.uses.keys()
    return contents


class _Positions:
    """Weighs the readings of positions, a text at a time."""

    def __init__(self, files: ProjectFiles, evidence: Evidence, *, names: bool) -> None:
        self._files, self._paths = files, SourcePaths(files)
        self._evidence, self._names = evidence, names
        self._open: list[tuple[dict[str, str], list[Positions], list[str]]] = []
        self.scanner: Scanner

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name in TEXT_KINDS:
            self._open.append((attributes, [], []))
        elif name == "PlainTextSelection" and self._open:
            try:
                places = int(attributes["startPosition"]), int(attributes["endPosition"])
            except (KeyError, ValueError):
                return
            self._open[-1][1].append(((attributes.get("name") or "") if self._names else "", *places))
        elif name == "PlainTextContent" and self._open:
            self.scanner.collect_text(self._open[-1][2].append)

    def end(self, name: str) -> None:
        if name == "PlainTextContent":
            self.scanner.collect_text(None)
        elif name in TEXT_KINDS:
            attributes, selections, inline = self._open.pop()
            if not selections:
                return
            text, had_bom = "".join(inline), False
            if not text:
                member = self._paths.find(attributes.get("plainTextPath") or "", "")
                if member is None:
                    return
                text, had_bom, _ = decode_text(self._files.read(member))
            self._evidence.add(text, selections, had_bom=had_bom)


def reading_of(files: ProjectFiles, where: str, origin: str | None, said: str | None) -> TextReading:
    """How a project's program counts positions, as everything else in this program reads it.

    Args:
        files: of the project.
        where: for messages.
        origin: the program that wrote it.
        said: what a person said (``--reading``); None: the file decides.
    """
    dialect = recognise(origin)
    if dialect.id == "unknown":  # its habits tell, and for those the whole project is read
        positions = read_files(files, reading=said).positions
        return TextReading(positions["unit"], positions["crlf"], positions["end"], bool(positions["bom"]))  # type: ignore[arg-type]
    evidence = Evidence(dialect.reading, dialect.standing)
    handlers = _Positions(files, evidence, names=dialect.names == "quotation")
    handlers.scanner = Scanner(handlers.start, handlers.end, where=where)
    handlers.scanner.scan(chunks_of(files))
    forced = parse_reading(said, dialect.reading) if said else None
    return evidence.verdict(forced).reading


def chunks_of(files: ProjectFiles) -> Iterator[bytes]:
    """The document from its beginning."""
    return files.chunks(files.document, files.limits.document_bytes)
