"""The texts of a project: which reading it was written in, and what they become."""

from __future__ import annotations

from collections.abc import Iterator

from qdpx_compassion.files.project_files import Member, ProjectFiles
from qdpx_compassion.refi.dialects import Dialect, recognise
from qdpx_compassion.refi.edges import has_astral
from qdpx_compassion.refi.evidence import Evidence, Positions
from qdpx_compassion.refi.paths import SourcePaths
from qdpx_compassion.refi.reader import read_files
from qdpx_compassion.refi.targets.moving import Mover, plain_text
from qdpx_compassion.refi.targets.survey import SourceFiles
from qdpx_compassion.refi.text import TextReading, decode_text


class Texts:
    """Reads texts one at a time, weighs what they show of the reading, and says what they become.

    Args:
        files: the project's files.
        paths: finds them.
        new: how positions are counted afterwards.

    Attributes:
        wide: whether a text was met in which UTF-16 units and code points differ.
    """

    def __init__(self, files: ProjectFiles, paths: SourcePaths, new: TextReading) -> None:
        self._files, self._paths, self._new = files, paths, new
        self._dialect: Dialect | None = None
        self._evidence: Evidence | None = None
        self._old: TextReading | None = None
        self.wide = False

    def starts(self, origin: str | None) -> None:
        """The program that the project names decides how positions are read at first."""
        self._dialect = recognise(origin)
        self._evidence = Evidence(self._dialect.reading, self._dialect.standing)

    def weigh(self, file: SourceFiles, inline: str | None, positions: list[Positions]) -> None:
        """Take the positions of one source as evidence."""
        if self._evidence is None or self._dialect is None:
            return
        path = file.paths.get("plainTextPath")
        text, had_bom = inline, False
        if not inline and path:
            read = self._read(path)
            if read is None:
                return
            text, had_bom = read[0], read[1]
        self.wide = self.wide or has_astral(text or "")
        if self._dialect.names not in ("quotation", "unknown"):
            positions = [("", start, end) for _, start, end in positions]
        self._evidence.add(text or "", positions, had_bom=had_bom)

    def decide(self) -> TextReading:
        """How the project counts: what its texts show, or where nobody says who wrote it, what reading it tells."""
        if self._old is None:
            if self._dialect is None or self._evidence is None or self._dialect.id == "unknown":
                found = read_files(self._files).positions
                fields = {name: found[name] for name in ("unit", "crlf", "end", "bom")}
                self._old = TextReading(**fields)  # type: ignore[arg-type]
            else:
                self._old = self._evidence.verdict().reading
        return self._old

    def mover(self, path: str | None, inline: str | None) -> Mover | None:
        """Moves the positions of a text, by its path or of what stands in the document; None: there is no text."""
        if path is None:
            return Mover(inline or "", self.decide(), self._new, as_it_is=True)
        read = self._read(path)
        if read is None:
            return None
        return Mover(read[0], self.decide(), self._new, had_bom=read[1], as_it_is=is_binary(read[0]))

    def _read(self, path: str) -> tuple[str, bool, str] | None:
        member = self._paths.find(path, "")
        return decode_text(self._files.read(member)) if member is not None else None

    def becomes(self, member: Member) -> Iterator[bytes] | None:
        """The new bytes of a text: UTF-8 with LF and without a byte order mark; None: it is so already."""
        text, had_bom, encoding = decode_text(self._files.read(member))
        if is_binary(text) or not (had_bom or encoding != "utf-8" or text != plain_text(text)):
            return None
        return iter([plain_text(text).encode()])


def is_binary(text: str) -> bool:
    """Whether a file that is said to be a text is none."""
    return "\x00" in text
