"""A corpus on the disk: a folder for each table, files that hold a batch of projects, and a manifest that names them.

The manifest (``corpus.json``) is what holds: a batch that it does not name is not there. Pieces in ``.staging`` hold
projects that were read and are in no batch yet; each is whole. So a run that is killed loses what it was just reading.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from qdpx_compassion.corpus.needs import need
from qdpx_compassion.corpus.schema import CORPUS_TABLES
from qdpx_compassion.errors import InputError, OutputError
from qdpx_compassion.files.atomic import SUFFIX, write_atomically
from qdpx_compassion.version import __version__

MANIFEST = "corpus.json"
STAGING = ".staging"
_FORMAT, _VERSION = "qdpx-compassion corpus", 1


@dataclass(frozen=True, slots=True)
class Batch:
    """Files that hold the same projects, one in the folder of each table.

    Attributes:
        name: of the files, without the ending. projects: in them. size: bytes of all of them.
    """

    name: str
    projects: int
    size: int


@dataclass
class Dataset:
    """The files of a corpus.

    Attributes:
        folder: of the corpus.
        kind: what it holds: ``corpus``, or ``mapped`` for what a mapping makes of one.
        texts: whether it holds words of interviews.
        batches: in the order of their names. next: number of the next batch.
        touched: project id → size and date of a file that was written to without a change of its content.
        more: what else the manifest says.
    """

    folder: Path
    kind: str = "corpus"
    texts: bool = True
    batches: list[Batch] = field(default_factory=list)
    next: int = 1
    touched: dict[str, tuple[int | None, str | None]] = field(default_factory=dict)
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def staging(self) -> Path:
        """Where pieces lie."""
        return self.folder / STAGING

    def files(self, table: str) -> list[Path]:
        """The files of a table."""
        return [self.file(table, batch.name) for batch in self.batches]

    def file(self, table: str, batch: str) -> Path:
        """The file of a table in a batch."""
        return self.folder / table / f"{batch}.parquet"

    def is_whole(self, batch: Batch) -> bool:
        """Whether the files of a batch are there, and as large as when they were written; of what was mapped: True."""
        files = [self.file(table, batch.name) for table in CORPUS_TABLES]
        try:
            return self.kind != "corpus" or sum(file.stat().st_size for file in files) == batch.size
        except OSError:
            return False

    def pieces(self) -> list[Path]:
        """What was read and is in no batch yet, the oldest run first."""
        return sorted(self.staging.glob("piece-*"))

    def save(self) -> None:
        """Write the manifest; from then on it holds."""
        said = {
            "format": _FORMAT,
            "version": _VERSION,
            "program_version": __version__,
            "kind": self.kind,
            "texts": self.texts,
            "next": self.next,
            "batches": [asdict(batch) for batch in self.batches],
            "touched": self.touched,
            **self.more,
        }
        data = json.dumps(said, ensure_ascii=False, indent=1, sort_keys=True).encode()
        write_atomically(self.folder / MANIFEST, data, force=True)

    def clean(self) -> None:
        """Take away what killed runs left: unfinished pieces, and files that the manifest does not name."""
        for left in (
            *self.staging.glob("unfinished-*"),
            *self.staging.glob("fetched-*"),
            *self.staging.glob("gone-*"),
            *self.staging.glob("asked-*"),
        ):
            shutil.rmtree(left, ignore_errors=True)
        for left in self.folder.glob(f".{MANIFEST}.*{SUFFIX}"):
            left.unlink(missing_ok=True)
        known = {batch.name for batch in self.batches}
        for table in CORPUS_TABLES:
            for file in (self.folder / table).glob("*"):
                if file.stem not in known:
                    file.unlink(missing_ok=True)

    def discard(self, pieces: Sequence[Path]) -> None:
        """Take away pieces whose projects are in a batch now."""
        for piece in pieces:
            gone = piece.with_name(f"gone-{piece.name}")  # at one stroke: half a piece would be half a project
            piece.rename(gone)
            shutil.rmtree(gone, ignore_errors=True)


def open_dataset(folder: Path, kind: str = "corpus") -> Dataset:
    """Open a corpus that exists.

    Raises:
        InputError: there is none, or one of a later version.
    """
    made_by = "corpus map" if kind == "mapped" else "corpus build"
    try:
        said = json.loads((folder / MANIFEST).read_bytes())
    except FileNotFoundError as error:
        raise InputError(
            "There is no corpus.", where=str(folder), remedy=f"Give the folder that '{made_by}' wrote."
        ) from error
    except (OSError, ValueError) as error:
        raise _damaged(folder) from error
    if not isinstance(said, dict) or said.get("format") != _FORMAT or said.get("version") != _VERSION:
        raise InputError(
            "This is no corpus that this version of the program reads.",
            where=str(folder),
            remedy="Build it again in a new folder.",
        )
    try:
        batches = [Batch(**one) for one in said["batches"]]
        touched = {key: (size, modified) for key, (size, modified) in said["touched"].items()}
        names = {"format", "version", "program_version", "kind", "texts", "next", "batches", "touched"}
        more = {key: value for key, value in said.items() if key not in names}
        dataset = Dataset(folder, said["kind"], said["texts"], batches, said["next"], touched, more)
        are_names = all(re.fullmatch(r"\d+", batch.name) for batch in batches)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _damaged(folder) from error
    if not are_names:  # a path would lead out of the corpus
        raise _damaged(folder)
    return dataset


def _damaged(folder: Path) -> InputError:
    what = f"The corpus cannot be read: {MANIFEST} is damaged."
    return InputError(what, where=str(folder), remedy="Build it in a new folder.")


def open_corpus_alone(folder: Path) -> Dataset:
    """Open a corpus whose files are all there, and not what was made of one.

    Raises:
        InputError: it is none, or damaged.
    """
    dataset = open_dataset(folder)
    if dataset.kind != "corpus":
        made_of = dataset.more.get("corpus")
        raise InputError(
            "This is what 'corpus map' made, no corpus.", where=str(folder), remedy=f"Give the corpus: {made_of}."
        )
    refuse_damaged(dataset)
    return dataset


def refuse_damaged(dataset: Dataset) -> None:
    """Refuse a corpus of which a file is missing, or not as it was written.

    Raises:
        InputError: it is damaged.
    """
    for batch in dataset.batches:
        if not dataset.is_whole(batch):
            raise InputError(
                f"The corpus is damaged: files of batch {batch.name} are missing, or not as they were written.",
                where=str(dataset.folder),
                remedy="Give 'corpus build' again as the first time: it reads their projects again.",
            )


_AGAIN = "Free some space and give the same command again: what was done is kept."


def not_written(folder: Path, error: OSError, remedy: str = _AGAIN) -> OutputError:
    """What is told when the system refuses to write.

    Args:
        folder: of the corpus.
        error: of the system, or of Arrow, which tells the system's number in words of its own.
        remedy: what can be done.
    """
    number = re.search(r"\[errno (\d+)\]", str(error), re.IGNORECASE)
    said = os.strerror(int(number[1])) if number else error.strerror or str(error)
    return OutputError(f"The corpus cannot be written: {said}.", where=str(folder), remedy=remedy)


def refuse_other(folder: Path) -> None:
    """Refuse a folder that holds anything but a corpus, and one that cannot be made.

    Raises:
        OutputError: it is such a folder, or a file.
    """
    if folder.exists() and (not folder.is_dir() or any(not _is_ours(one.name) for one in folder.iterdir())):
        raise OutputError(
            "This exists already, and it is no corpus.", where=str(folder), remedy="Give a new or empty folder with -o."
        )
    if not folder.parent.is_dir():
        raise OutputError(
            "The folder does not exist.", where=str(folder.parent), remedy="Make the folder first, or choose another."
        )


def new_dataset(folder: Path, *, kind: str = "corpus", texts: bool = True) -> Dataset:
    """Make a corpus without projects in a folder that is empty or not there.

    Raises:
        OutputError: the folder holds other files, or cannot be made.
    """
    refuse_other(folder)
    dataset = Dataset(folder, kind, texts)
    try:
        dataset.staging.mkdir(parents=True, exist_ok=True, mode=0o700)
        dataset.save()
    except OSError as error:
        raise OutputError(
            f"The folder cannot be made: {error.strerror or error}.", where=str(folder), remedy="Choose another folder."
        ) from error
    return dataset


def _is_ours(name: str) -> bool:
    """Whether a run that was killed at its very start left a file or folder of this name."""
    return name in (STAGING, ".lock") or (name.startswith(f".{MANIFEST}.") and name.endswith(SUFFIX))


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Only one run at a time writes into a corpus.

    Raises:
        OutputError: another one does.
    """
    filelock = need("filelock")
    folder.mkdir(exist_ok=True)
    lock = filelock.FileLock(folder / ".lock")
    try:
        lock.acquire(timeout=0)
    except filelock.Timeout as error:
        raise OutputError(
            "Another run is writing into this corpus.", where=str(folder), remedy="Wait until it is done."
        ) from error
    try:
        yield
    finally:
        lock.release()
