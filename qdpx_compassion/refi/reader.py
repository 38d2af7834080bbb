"""A project's XML and texts → tables, in document order, one source at a time."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Generator, Iterable, Mapping
from pathlib import Path

from qdpx_compassion.errors import InputError
from qdpx_compassion.files.background import read_ahead
from qdpx_compassion.files.limits import Limits, how_to_raise
from qdpx_compassion.files.project_files import ProjectFiles, open_project_files
from qdpx_compassion.garbage import no_garbage
from qdpx_compassion.refi.dialects import recognise, recognise_by_habits
from qdpx_compassion.refi.habits import Traces, seen
from qdpx_compassion.refi.quoting import NeedsAll, Quoter
from qdpx_compassion.refi.root import namespace_findings
from qdpx_compassion.refi.rows import RowMaker
from qdpx_compassion.refi.runs import Runs
from qdpx_compassion.refi.scanner import Scanner
from qdpx_compassion.tables import TABLES, Project, ReadRows

#: So much of a document shows how it is written, in bytes.
_HEAD = 2000
_ORIGIN, _SCHEMA_LOCATION = (TABLES["project"].position[name] for name in ("origin", "schema_location"))


def read_project(
    path: Path,
    *,
    texts: bool = True,
    reading: str | None = None,
    limits: Limits | None = None,
    progress: Callable[[int], None] | None = None,
) -> Project:
    """Read a project into tables.

    Args:
        path: an archive, an unpacked folder or a bare .qde.
        texts: whether to read the texts too, for quotations; without them the derived columns stay missing.
        reading: how positions are counted, e.g. ``utf16,crlf1``; None: what the file itself supports best.
        limits: see ``files/limits.py``.
        progress: told how many bytes of the document were read just now.

    Returns:
        The project; what was noticed on the way is in its ``findings``.

    Raises:
        InputError: the file cannot be read as a project.
        UsageError: ``reading`` is not understood.
    """
    with open_project_files(path, limits, progress) as files:
        return read_files(files, texts=texts, reading=reading)


def read_files(files: ProjectFiles, *, texts: bool = True, reading: str | None = None) -> Project:
    """Read a project whose files are open; see ``read_project``."""
    return _read(files, texts=texts, reading=reading)


def read_for_checks(files: ProjectFiles) -> Project:
    """Read a project whose files are open, in less memory: nobody may ask for quotations, names and dates.

    Those of selections and codings may be missing. All findings are there.

    Raises:
        InputError: see ``read_project``.
    """
    with contextlib.suppress(NeedsAll):
        return _read(files, texts=True, reading=None, lean=True)
    return _read(files, texts=True, reading=None)


def _read(files: ProjectFiles, *, texts: bool, reading: str | None, lean: bool = False) -> Project:
    where = files.document.name
    handlers = RowMaker(where, lean=lean)
    scanner = Scanner(handlers.start, handlers.end, where=_place(files), limits=files.limits)
    handlers.attach(scanner)
    traces = Traces(files, handlers.rows)
    quoter = Quoter(files, handlers.rows, handlers.selections, reading, traces, lean=lean) if texts else None
    if quoter:
        handlers.project_started = quoter.project_started
        handlers.source_ended = quoter.source_ended
    try:
        with no_garbage(), contextlib.closing(_within(files, handlers.rows)) as chunks:
            scanner.scan(_with_traces(chunks, traces), Runs(scanner, handlers).feed)
    finally:
        scanner.let_go()
    traces.namespace = scanner.namespace
    handlers.finish()
    project = Project(handlers.rows, name=files.path.name)
    location = handlers.rows["project"][0][_SCHEMA_LOCATION]
    of_root = namespace_findings(scanner.namespace, location, where)
    project.findings = [*files.findings, *scanner.findings, *of_root, *handlers.findings()]
    if quoter:
        project.positions = quoter.finish().as_dict()
        project.findings += quoter.findings()
        project.dialect = quoter.dialect.id
    else:
        by_origin = recognise(handlers.rows["project"][0][_ORIGIN])
        project.dialect = (by_origin if by_origin.id != "unknown" else recognise_by_habits(seen(traces))).id
    return project


def _within(files: ProjectFiles, rows: Mapping[str, ReadRows]) -> Generator[bytes]:
    """The document's bytes, as long as the tables that they become are within the limit."""
    for chunk in read_ahead(files.chunks(files.document, files.limits.document_bytes)):
        yield chunk
        if sum(map(len, rows.values())) > files.limits.rows:
            message = f"The project holds more than {files.limits.rows:,} elements."
            raise InputError(message, where=_place(files), remedy=how_to_raise("rows"))


def _with_traces(chunks: Iterable[bytes], traces: Traces) -> Iterable[bytes]:
    for chunk in chunks:
        if not traces.head:
            traces.head = chunk[:_HEAD]
        yield chunk


def _place(files: ProjectFiles) -> str:
    """Where the document is, for messages about it; of a bare .qde the name alone."""
    names = (files.path.name, files.document.name)
    return ", ".join(dict.fromkeys(names))


class _SourcesReached(Exception):
    """What stands before the sources has been read."""


def read_head(files: ProjectFiles, *, late_cases: bool = True) -> Project:
    """Read what stands before the sources: users, codes, variables and cases; quick, whatever the project's size.

    Args:
        files: the project.
        late_cases: see ``read_head_of``.
    """

    def chunks() -> Iterable[bytes]:
        return files.chunks(files.document, files.limits.document_bytes)

    head = read_head_of(chunks, _place(files), files.limits, late_cases=late_cases)
    head.name = files.path.name
    return head


def read_head_of(
    document: Callable[[], Iterable[bytes]], where: str, limits: Limits | None = None, *, late_cases: bool = True
) -> Project:
    """``read_head`` of a document that is no file of a project.

    Args:
        document: gives the bytes from the beginning, each time it is called.
        where: for messages.
        limits: see ``files/limits.py``.
        late_cases: look for cases behind the sources too, where some programs have written them: without any before,
            all of the document is searched for them.
    """
    head = RowMaker(where)

    def start(name: str, attributes: dict[str, str]) -> None:
        if name == "Sources" and head.rows["project"]:  # a document may begin with it; then it is no project
            raise _SourcesReached
        head.start(name, attributes)

    head.scanner = Scanner(start, head.end, where=where, limits=limits)
    try:
        head.scanner.scan(document())
    except _SourcesReached:
        if late_cases and not head.rows["cases"] and any(b"Cases" in chunk for chunk in document()):
            whole = RowMaker(where)
            whole.scanner = Scanner(whole.start, whole.end, where=where, limits=limits)
            whole.scanner.scan(document())
            head = whole
    return Project(head.rows, dialect=recognise(head.rows["project"][0][_ORIGIN]).id)
