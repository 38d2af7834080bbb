"""What a worker does: it reads some projects and leaves their rows in a folder that takes its name when it is whole."""

from __future__ import annotations

import gc
import hashlib
import traceback
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from qdpx_compassion.corpus.pieces import PieceWriter
from qdpx_compassion.corpus.places import Place
from qdpx_compassion.corpus.rows import ProjectRows, arrow_tables, fingerprint_of, rows_of_failure, rows_of_project
from qdpx_compassion.errors import InputError, OutputError, QdpxError
from qdpx_compassion.files.limits import Limits, limited
from qdpx_compassion.files.project_files import ProjectFiles, open_project_files
from qdpx_compassion.findings import Finding
from qdpx_compassion.garbage import no_garbage

#: Projects become columns together until they have so many rows: each column has a cost of its own.
TOGETHER = 8192
#: What files beside a project hold its licence, in small letters.
_LICENCES = ("license", "licence", "license.txt", "licence.txt", "license.md", "licence.md")


@dataclass(frozen=True, slots=True)
class Task:
    """A project to be read.

    Attributes:
        place: where it lies.
        known: its fingerprint in the corpus; None: not in it, or to be read again whatever it is.
    """

    place: Place
    known: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Bundle:
    """Some projects that one worker reads, one after the other.

    Attributes:
        tasks: the projects, in the order of their locations.
        staging: folder in which pieces are left. run: number of the build, which pieces are named after.
        texts: whether words of interviews are kept. licence: a note; empty: looked for beside the project.
        limits: what a project may be at most.
    """

    tasks: tuple[Task, ...]
    staging: Path
    run: int
    texts: bool
    licence: str
    limits: Limits

    @property
    def size(self) -> int:
        """Bytes of all projects."""
        return sum(task.place.size or 0 for task in self.tasks)


@dataclass
class Done:
    """What became of a bundle.

    Attributes:
        same: places whose project has the fingerprint that was known.
        read: number of projects that were read. failed: number of those that cannot be.
    """

    same: list[Place] = field(default_factory=list)
    read: int = 0
    failed: int = 0


def read_bundle(bundle: Bundle) -> Done:
    """Read the projects of a bundle and write their rows as pieces.

    What is wrong with a project becomes a row of ``failures``.

    Raises:
        OutputError: the rows cannot be written.
    """
    done = Done()
    # rows are millions, and none of them is garbage: what else a project leaves is collected when its rows are written
    with limited(bundle.limits), no_garbage(), PieceWriter(bundle.staging, bundle.run) as writer:
        waiting: list[ProjectRows] = []
        for task in bundle.tasks:
            waiting += _rows(task, bundle, done)
            if sum(one.number for one in waiting) >= TOGETHER:
                _write_all(waiting, bundle, writer, done)
        _write_all(waiting, bundle, writer, done)
    return done


def _rows(task: Task, bundle: Bundle, done: Done) -> list[ProjectRows]:
    """The rows of a project; none where it is as it was."""
    try:
        rows = _read(task, bundle)
    except Exception as error:  # noqa: BLE001 (one project's fault is not the end of a run over thousands)
        rows = _fault(task.place, error)
    if rows is None:
        done.same.append(task.place)
        return []
    return [rows]


def _write_all(waiting: list[ProjectRows], bundle: Bundle, writer: PieceWriter, done: Done) -> None:
    """Write the rows that wait, those of small projects together, and let them go."""
    large = [waiting.pop()] if waiting and waiting[-1].number >= TOGETHER else []  # no other can be
    for projects in (waiting, large):
        if projects:
            _write(projects, bundle, writer, done)
            projects.clear()
    gc.collect(1)  # what these projects left; what was there before is not looked through


def _write(projects: list[ProjectRows], bundle: Bundle, writer: PieceWriter, done: Done) -> None:
    """Write the rows of some projects; those of one alone as they become columns, so that they are not there twice."""
    tables = arrow_tables(projects, texts=bundle.texts)
    try:
        if len(projects) > 1:
            writer.write(list(tables))
        else:
            writer.write_alone(tables)
    except OutputError:
        raise
    except Exception as error:  # noqa: BLE001 (as in _rows)
        if len(projects) > 1:  # the fault is that of one of them
            for one in projects:
                _write([one], bundle, writer, done)
            return
        projects = [_fault(projects[0].place, error)]
        writer.write(list(arrow_tables(projects, texts=True)))
    done.read += sum("projects" in one.rows for one in projects)
    done.failed += sum("failures" in one.rows for one in projects)


def _fault(place: Place, error: Exception) -> ProjectRows:
    """The row that says why a project has none."""
    if isinstance(error, QdpxError):
        # what is wrong with a file stays wrong; a file that cannot be reached may be there tomorrow
        passing = not isinstance(error, InputError) or isinstance(error.__cause__, OSError) or place.is_remote
        return rows_of_failure(
            place, Finding("unreadable", error.what, error.where), remedy=error.remedy, again=passing
        )
    if isinstance(error, OSError):
        message, remedy, again = f"The system says: {error.strerror or error}.", "Check the disk and try again.", True
    elif isinstance(error, MemoryError):
        message, remedy, again = (
            "There was not enough memory for this project.",
            "Use fewer workers (--workers 1).",
            True,
        )
    elif isinstance(error, RecursionError):
        message, remedy, again = "The project is nested too deeply.", "", False
    else:
        frame = traceback.extract_tb(error.__traceback__)[-1]
        fault = f"{type(error).__name__} in {Path(frame.filename).name}, line {frame.lineno}"
        message, remedy, again = f"This should not have happened ({fault}).", "Please report it.", True
    return rows_of_failure(place, Finding("unreadable", message), remedy=remedy, again=again)


def _read(task: Task, bundle: Bundle) -> ProjectRows | None:
    """The rows of a project; None where it is as it was."""
    if not task.place.is_remote:
        return _read_file(Path(task.place.url), task, bundle)
    from qdpx_compassion.corpus.remote import fetched

    with fetched(task.place, bundle.staging) as copy:
        return _read_file(copy, task, bundle)


def _read_file(path: Path, task: Task, bundle: Bundle) -> ProjectRows | None:
    from qdpx_compassion.refi.reader import read_files

    with open_project_files(path) as files:
        if task.known is not None and fingerprint_of(files, _sha256_of(files)) == task.known:
            return None
        digest = _Digest(files)
        project = read_files(files)
        fingerprint = fingerprint_of(files, digest.hexdigest())
        licence = bundle.licence or ("" if task.place.is_remote else _licence_in(path.parent))
        return rows_of_project(project, task.place, fingerprint, licence=licence)


class _Digest:
    """The SHA-256 of the document, taken while it is read."""

    def __init__(self, files: ProjectFiles) -> None:
        self._files, self._sha, self._bytes = files, hashlib.sha256(), 0
        files.watch = self._take

    def _take(self, chunk: bytes) -> None:
        self._sha.update(chunk)
        self._bytes += len(chunk)

    def hexdigest(self) -> str:
        """The digest; the document is read for it where it was not read once, from end to end."""
        self._files.watch = None
        return self._sha.hexdigest() if self._bytes == self._files.document.size else _sha256_of(self._files)


def _sha256_of(files: ProjectFiles) -> str:
    sha = hashlib.sha256()
    for chunk in files.chunks(files.document, files.limits.document_bytes):
        sha.update(chunk)
    return sha.hexdigest()


@lru_cache(maxsize=64)
def _licence_in(folder: Path) -> str:
    """The first line of a licence file in a folder."""
    for file in sorted(folder.iterdir()):
        if file.name.lower() in _LICENCES and file.is_file():
            with file.open(encoding="utf-8", errors="replace") as lines:
                return next((line.strip()[:200] for line in lines if line.strip()), "")
    return ""
