"""What the fuzzer feeds with bytes. Each may raise a QdpxError, and nothing else."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from qdpx_compassion.errors import QdpxError
from qdpx_compassion.files.limits import Limits, limited
from qdpx_compassion.files.project_files import open_project_files
from qdpx_compassion.refi.reader import read_project
from qdpx_compassion.refi.text import PositionedText, TextReading, decode_text
from qdpx_compassion.refi.writer import write_document

#: Small, so that a run is short.
LIMITS = Limits(document_bytes=1 << 20, text_bytes=1 << 20, members=200, characters=1 << 22, rows=20_000)
_READINGS = [
    TextReading(unit, crlf, end, bom)
    for unit in ("code_point", "utf16")
    for crlf in (1, 2)
    for end in ("exclusive", "inclusive")
    for bom in (False, True)
]
_FOLDER = tempfile.TemporaryDirectory(prefix="qdpx-fuzz-")
_PATH = Path(_FOLDER.name) / "study"


def archive(data: bytes) -> None:
    """An archive: opened, every member read, the project read."""
    _PATH.write_bytes(data)
    with limited(LIMITS):
        try:
            with open_project_files(_PATH) as files:
                for member in files.members:
                    files.read(member)
            read_project(_PATH)
        except QdpxError as error:
            _judge(error)


def document(data: bytes) -> None:
    """A document: read into tables, written again, read again."""
    _PATH.write_bytes(b"<" + data.lstrip(b"<"))
    with limited(LIMITS):
        try:
            project = read_project(_PATH)
        except QdpxError as error:
            _judge(error)
            return
        again = bytearray()
        write_document(project, again.extend)
        _PATH.write_bytes(again)
        rows = {name: len(rows) for name, rows in read_project(_PATH).rows.items()}
        if rows != {name: len(rows) for name, rows in project.rows.items()}:
            raise AssertionError(rows)


def positions(data: bytes) -> None:
    """A text in any encoding under any reading, and two positions in it."""
    head, data = data[:9].ljust(9, b"\0"), data[9:]
    reading = _READINGS[head[0] % len(_READINGS)]
    start, end = (int.from_bytes(part, "little", signed=True) for part in (head[1:5], head[5:9]))
    text, had_bom, _ = decode_text(data)
    positioned = PositionedText(text, reading, had_bom=had_bom)
    for first, last in ((start, end), (start % (positioned.length + 3), end % (positioned.length + 3))):
        begin, stop, problems = positioned.span(first, last)
        if not 0 <= begin <= stop <= len(text):
            raise AssertionError((reading, first, last, begin, stop, len(text)))
        if not problems and 0 < begin < stop and positioned.span(first, last)[:2] != (begin, stop):
            raise AssertionError((reading, first, last))


def _judge(error: QdpxError) -> None:
    if not (error.what and error.where and str(error)):
        raise AssertionError(repr(error))


TARGETS: dict[str, Callable[[bytes], None]] = {one.__name__: one for one in (archive, document, positions)}
CORPUS = Path(__file__).with_name("corpus")
