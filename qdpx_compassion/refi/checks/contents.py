"""The files of sources: their types by their first bytes, their sizes, and whether selections lie inside them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import PurePosixPath
from typing import Any, NamedTuple

from qdpx_compassion.files.media_root import current_media_root
from qdpx_compassion.files.project_files import Member, ProjectFiles
from qdpx_compassion.findings import Finding
from qdpx_compassion.refi.checks.pictures import picture_size
from qdpx_compassion.refi.checks.places import Places
from qdpx_compassion.refi.checks.positions import position_findings
from qdpx_compassion.refi.checks.texts import stray_findings, text_findings
from qdpx_compassion.refi.dialects import dialect
from qdpx_compassion.refi.paths import SourcePaths
from qdpx_compassion.refi.text import PositionedText, TextReading
from qdpx_compassion.refi.texts import SourceTexts
from qdpx_compassion.tables import TABLES, Project

#: The largest internal file (section 8.5), in bytes.
LARGEST = 2**31 - 1

#: Codes of the findings of ``source_files``.
ABOUT_FILES = frozenset({
    "file-missing", "file-path-form", "file-name-case",
    "external-source", "external-found", "external-missing", "external-unsure",
})  # fmt: skip

_HEAD = 1 << 18
_SOURCE = TABLES["sources"].position
_SYNC = TABLES["sync_points"].position
_SELECTION = TABLES["selections"].position
#: Extensions that the standard has for each attribute or source (section 9).
_EXTENSIONS = {
    "plain_text_path": (".txt",),
    "rich_text_path": (".docx",),
    "PDFSource": (".pdf",),
    "PictureSource": (".png", ".jpg", ".jpeg"),
}
_USER = re.compile(r"(?:/|\\)(?:Users|home|Documents and Settings|Benutzer)(?:/|\\)+([^/\\]+)", re.IGNORECASE)
_ABSOLUTE = re.compile(r"(?:absolute:/{2,3}|file:/{2,3})?(?:[A-Za-z]:[\\/]|\\\\|/(?!$))|absolute://.|file://.")
#: Attributes that may tell folders, by table.
_PATHS = {
    "project": (("base_path", "basePath"),),
    "sources": (
        ("current_path", "currentPath"),
        ("path", "path"),
        ("plain_text_path", "plainTextPath"),
        ("rich_text_path", "richTextPath"),
    ),
}
_OTHERS = (
    (b"%PDF", "a PDF"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"{\\rtf", "an RTF document"),
    (b"\xd0\xcf\x11\xe0", "an old Office document (.doc)"),
    (b"PK\x03\x04", "a zip archive"),
    (b"<!DOCTYPE", "a web page"),
    (b"<html", "a web page"),
    (b"version https://git-lfs", "a Git LFS pointer"),
)


class SourceFile(NamedTuple):
    """A file that a source names: row in ``sources``, the column that names it, the path as written, the file."""

    row: int
    column: str
    written: str
    member: Member


def content_findings(files: ProjectFiles, project: Project, *, largest: int = LARGEST) -> list[Finding]:
    """What is wrong with the files of sources.

    Args:
        files: the project's files, open.
        project: read from them.
        largest: the size from which on a file is too large, in bytes.
    """
    found, about_files = source_files(files, project)
    checks = _Contents(files, project, found)
    return [
        *about_files,
        *stray_findings(files, {one.member.name for one in found if not one.member.is_outside}),
        *text_findings(files, project),
        *_too_large(files, largest),
        *checks.types(),
        *checks.positions(),
        *checks.sync_points(),
        *checks.areas(),
        *checks.pages(),
        *_leaks(project),
    ]


def source_files(files: ProjectFiles, project: Project) -> tuple[list[SourceFile], list[Finding]]:
    """Every file that a source names and the project holds; findings about those that it does not hold as named.

    Args:
        files: the project's files, open.
        project: read from them.
    """
    paths, places = SourcePaths(files, current_media_root()), Places(project)
    found = []
    for row, source in enumerate(project.rows["sources"]):
        for column in ("plain_text_path", "rich_text_path", "path"):
            written = source[_SOURCE[column]]
            member = paths.find(written, places.of("sources", row)) if written else None
            if member is not None:
                found.append(SourceFile(row, column, written, member))
    return found, paths.findings


def _too_large(files: ProjectFiles, largest: int) -> Iterator[Finding]:
    for member in files.members:
        if member is not files.document and member.size > largest:
            said = f"The file has {member.size:,} bytes; the standard allows {largest:,} (section 8.5)."
            yield Finding("file-too-large", said, member.name)


class _Contents:
    """The files of the sources of one project."""

    def __init__(self, files: ProjectFiles, project: Project, found: list[SourceFile]) -> None:
        self._files, self._project, self._found = files, project, found
        self._places = Places(project)

    def _head(self, member: Member) -> bytes:
        head = b""
        for chunk in self._files.chunks(member, member.size):
            head += chunk
            if len(head) >= _HEAD:
                break
        return head

    # -- types ------------------------------------------------------------------------------------------------------

    def types(self) -> Iterator[Finding]:
        """Files that are not what their source or extension says."""
        for row, column, written, member in self._found:
            kind = self._project.rows["sources"][row][0]
            wanted = column if column != "path" else kind
            where = f"{self._places.of('sources', row)}, {member.name}"
            extension = PurePosixPath(member.name).suffix.lower()
            allowed = _EXTENSIONS.get(wanted)
            if allowed and extension not in allowed:
                said = f"The file {written} should have the extension {' or '.join(allowed)}."
                yield Finding("file-extension", said, where)
            what = self._wrong_type(wanted, extension, member)
            if what:
                yield Finding("file-type", what, where)

    def _wrong_type(self, wanted: str, extension: str, member: Member) -> str:
        """What is wrong with a file's content; empty when nothing is."""
        if member.size == 0:
            return "" if wanted == "plain_text_path" else "The file is empty."
        check = _TYPES.get(extension if wanted == "PictureSource" else wanted)
        if check is None or (wanted == "rich_text_path" and extension != ".docx"):
            return ""
        name, fits = check
        head = self._head(member)
        if not fits(head):
            return f"The file is no {name}, but {_described(head)}."
        if wanted == "rich_text_path" and not self._holds(member, b"word/"):
            return "The file is a zip archive, but no Word document (.docx)."
        return ""

    def _holds(self, member: Member, sought: bytes) -> bool:
        tail = b""
        for chunk in self._files.chunks(member, member.size):
            if sought in tail + chunk:
                return True
            tail = chunk[-len(sought) :]
        return False

    # -- places in transcripts, pictures and PDFs ---------------------------------------------------------------------

    def _selections(self, kind: str) -> dict[int, list[int]]:
        rows: dict[int, list[int]] = defaultdict(list)
        for number in self._project.numbers("selections", kind):
            rows[self._project.rows["selections"][number][1]].append(number)
        return rows

    def positions(self) -> Iterator[Finding]:
        """Selections in texts whose positions are wrong."""
        return position_findings(self._files, self._project, self._reading())

    def sync_points(self) -> Iterator[Finding]:
        """Sync points that lie past the end of their transcript."""
        reading = self._reading()
        by_source: dict[int, list[int]] = defaultdict(list)
        for number, row in enumerate(self._project.column("sync_points", "source_row")):
            by_source[row].append(number)
        texts = SourceTexts(self._files, self._project)
        points = self._project.rows["sync_points"]
        for row, numbers in by_source.items():
            text = texts(row)
            if text is None:
                continue
            length = PositionedText(text, reading).length + reading.bom
            for number in numbers:
                position = points[number][_SYNC["position"]] or 0
                if not 0 <= position <= length:
                    said = f"The sync point is at {position}, but the text has {length:,} positions."
                    yield Finding("position-past-end", said, self._places.of("sync_points", number))

    def _reading(self) -> TextReading:
        said: dict[str, Any] = self._project.positions
        fields = {name: said[name] for name in ("unit", "crlf", "end", "bom") if name in said}
        return replace(dialect(self._project.dialect).reading, **fields)

    def areas(self) -> Iterator[Finding]:
        """Selections that reach beyond their picture."""
        selections = self._selections("PictureSelection")
        for row, column, _, member in self._found:
            if column != "path" or row not in selections:
                continue
            size = picture_size(self._head(member))
            if size is None:
                continue
            said = f"The selection reaches beyond the picture of {size[0]} × {size[1]} pixels."
            for number in selections[row]:
                if not self._fits(number, size):
                    yield Finding("area-outside", said, self._places.of("selections", number))

    def _fits(self, number: int, size: tuple[int, int]) -> bool:
        selection = self._project.rows["selections"][number]
        width, height = size
        for column, most in (("first_x", width), ("second_x", width), ("first_y", height), ("second_y", height)):
            value = selection[_SELECTION[column]]
            if value is not None and not 0 <= value <= most:
                return False
        return True

    def pages(self) -> Iterator[Finding]:
        """Selections on pages that their PDF does not have (pages are counted from 0)."""
        selections = self._selections("PDFSelection")
        pdfs = [(row, member) for row, column, _, member in self._found if column == "path" and row in selections]
        if not pdfs:
            return
        try:
            import pypdf  # noqa: F401 (an extra; whether it is there is the question)
        except ImportError:
            from qdpx_compassion.installed import how_to_add

            said = "The package pypdf is not installed, so pages of PDFs were not compared with the selections on them."
            yield Finding("pdf-not-checked", f"{said} {how_to_add('pypdf')}")
            return
        for row, member in pdfs:
            yield from self._pages_of(row, member, selections[row])

    def _pages_of(self, row: int, member: Member, numbers: list[int]) -> Iterator[Finding]:
        where = self._places.of("sources", row)
        if member.size > self._files.limits.text_bytes:
            yield Finding("pdf-not-checked", f"The PDF is too large to count its pages ({member.size:,} bytes).", where)
            return
        data = self._files.read(member)
        if not _TYPES["PDFSource"][1](data):
            return  # that the file is no PDF is said already
        count = page_count(data)
        if count is None:
            yield Finding(
                "pdf-not-checked", "The pages of the PDF cannot be counted: it is damaged or encrypted.", where
            )
            return
        pages = "1 page" if count == 1 else f"{count:,} pages"
        for number in numbers:
            page = self._project.rows["selections"][number][_SELECTION["page"]]
            if page is not None and not 0 <= page < count:
                said = f"The selection is on page {page} (counted from 0), but the PDF has {pages}."
                yield Finding("page-outside", said, self._places.of("selections", number))


def page_count(data: bytes) -> int | None:
    """How many pages a PDF has; None where it cannot be read."""
    import logging

    from pypdf import PdfReader

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # what is wrong inside a PDF is told by None alone
    try:
        return len(PdfReader(BytesIO(data)).pages)
    except Exception:  # noqa: BLE001 (what a parser of strangers' bytes raises means the same, whatever it is)
        return None


_TYPES: dict[str, tuple[str, Callable[[bytes], bool]]] = {
    "rich_text_path": ("Word document (.docx)", lambda head: head.startswith(b"PK")),
    "plain_text_path": ("plain text", lambda head: _is_text(head)),
    "PDFSource": ("PDF", lambda head: b"%PDF-" in head[:1024]),
    ".png": ("PNG picture", lambda head: head.startswith(b"\x89PNG\r\n\x1a\n")),
    ".jpg": ("JPEG picture", lambda head: head.startswith(b"\xff\xd8\xff")),
    ".jpeg": ("JPEG picture", lambda head: head.startswith(b"\xff\xd8\xff")),
}


def _is_text(head: bytes) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    return b"\0" not in head and not head.startswith(tuple(mark for mark, _ in _OTHERS[:7]))


def _described(head: bytes) -> str:
    for mark, name in _OTHERS:
        if head.startswith(mark):
            return name
    return "text" if _is_text(head) else "something else"


def _leaks(project: Project) -> Iterator[Finding]:
    """Absolute paths, which tell how somebody's computer is laid out, and whose it is."""
    places = Places(project)
    for table, columns in _PATHS.items():
        for row, values in enumerate(project.rows[table]):
            for column, attribute in columns:
                path = values[TABLES[table].position[column]]
                if path and _ABSOLUTE.match(path):
                    user = _USER.search(path)
                    whose = f", and the user name {user[1]}" if user else ""
                    said = f"The path tells the folders of a computer{whose}: {path}"
                    yield Finding("path-leak", said, f"{places.of(table, row)}, {attribute}")
