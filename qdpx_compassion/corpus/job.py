"""What a worker does: it reads some projects and leaves their rows in a folder that takes its name when it is whole."""

from __future__ import annotations

import gc
import hashlib
import traceback
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from qdpx_compassion.corpus.pieces import write_piece
from qdpx_compassion.corpus.places import Place
from qdpx_compassion.corpus.rows import failure_table, fingerprint_of, project_tables
from qdpx_compassion.errors import InputError, QdpxError
from qdpx_compassion.files.limits import Limits, limited
from qdpx_compassion.files.project_files import ProjectFiles, open_project_files
from qdpx_compassion.findings import Finding
from qdpx_compassion.garbage import no_garbage

if TYPE_CHECKING:
    import pyarrow as pa

#: A worker writes what it has when it holds so many bytes of rows.
HELD = 32 << 20
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
    held = _Held(bundle)
    with limited(bundle.limits):
        for task in bundle.tasks:
            with no_garbage():  # while its rows are made they are millions, and none of them is any
                tables = _tables(task, bundle)
                gc.collect(0)  # what this project left; what was there before is not looked through
            if tables is None:
                done.same.append(task.place)
                continue
            if "projects" in tables:
                done.read += 1
            else:
                done.failed += 1
            held.add(tables)
    held.write()
    return done


def _tables(task: Task, bundle: Bundle) -> dict[str, pa.Table] | None:
    """The rows of a project, or the row that says why there are none; None where it is as it was."""
    try:
        return _read(task, bundle)
    except QdpxError as error:
        # what is wrong with a file stays wrong; a file that cannot be reached may be there tomorrow
        passing = not isinstance(error, InputError) or isinstance(error.__cause__, OSError) or task.place.is_remote
        finding, remedy, again = Finding("unreadable", error.what, error.where), error.remedy, passing
    except OSError as error:
        message = f"The system says: {error.strerror or error}."
        finding, remedy, again = Finding("unreadable", message), "Check the disk and try again.", True
    except MemoryError:
        message = "There was not enough memory for this project."
        finding, remedy, again = Finding("unreadable", message), "Use fewer workers (--workers 1).", True
    except RecursionError:
        finding, remedy, again = Finding("unreadable", "The project is nested too deeply."), "", False
    except Exception as error:  # noqa: BLE001 (one project's fault is not the end of a run over thousands)
        frame = traceback.extract_tb(error.__traceback__)[-1]
        fault = f"{type(error).__name__} in {Path(frame.filename).name}, line {frame.lineno}"
        message = f"This should not have happened ({fault})."
        finding, remedy, again = Finding("unreadable", message), "Please report it.", True
    return {"failures": failure_table(task.place, finding, remedy=remedy, again=again)}


def _read(task: Task, bundle: Bundle) -> dict[str, pa.Table] | None:
    if not task.place.is_remote:
        return _read_file(Path(task.place.url), task, bundle)
    from qdpx_compassion.corpus.remote import fetched

    with fetched(task.place, bundle.staging) as copy:
        return _read_file(copy, task, bundle)


def _read_file(path: Path, task: Task, bundle: Bundle) -> dict[str, pa.Table] | None:
    from qdpx_compassion.refi.reader import read_files

    with open_project_files(path) as files:
        if task.known is not None and fingerprint_of(files, _sha256_of(files)) == task.known:
            return None
        digest = _Digest(files)
        project = read_files(files)
        fingerprint = fingerprint_of(files, digest.hexdigest())
        licence = bundle.licence or ("" if task.place.is_remote else _licence_in(path.parent))
        return project_tables(project, task.place, fingerprint, texts=bundle.texts, licence=licence)


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


class _Held:
    """Rows that wait until there are enough of them for a piece."""

    def __init__(self, bundle: Bundle) -> None:
        self._bundle, self._tables, self._bytes = bundle, dict[str, "list[pa.Table]"](), 0

    def add(self, tables: dict[str, pa.Table]) -> None:
        for name, table in tables.items():
            self._tables.setdefault(name, []).append(table)
            self._bytes += table.nbytes
        if self._bytes > HELD:
            self.write()

    def write(self) -> None:
        if self._tables:
            write_piece(self._bundle.staging, self._bundle.run, self._tables)
        self._tables, self._bytes = {}, 0
