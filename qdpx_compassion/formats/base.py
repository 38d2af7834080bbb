"""What a format is: tables and files in, a file or folder out, and the list of what it could not hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self, runtime_checkable

from qdpx_compassion.files.progress import Progress as Progress  # a format needs no second import
from qdpx_compassion.tables import Project

#: Told how many bytes of a document were read just now.


@dataclass(frozen=True, slots=True)
class Loss:
    """What a conversion leaves behind.

    Attributes:
        kind: a table (``selections``), a column of one (``codes.color``), or ``files``.
        count: how many rows, values or files.
        why: a sentence for people.
    """

    kind: str
    count: int
    why: str

    def as_dict(self) -> dict[str, str | int]:
        """The loss as plain values, for ``--json``."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class FormatInfo:
    """What is known of a format without importing it.

    Attributes:
        id: what ``--from`` and ``--to`` take.
        name: for people.
        extensions: with the dot, in lower case, the usual one first; empty for folders.
        reads: whether it can be converted from. writes: whether it can be converted to.
        holds: what it can hold, a few words; empty: everything, nothing is lost.
        folder: whether it is a folder.
        verified: whether files of the program that the format belongs to were seen.
    """

    id: str
    name: str
    extensions: tuple[str, ...]
    reads: bool = True
    writes: bool = True
    holds: str = ""
    folder: bool = False
    verified: bool = True

    @property
    def lossless(self) -> bool:
        """Whether everything that the standard can express survives."""
        return not self.holds


@dataclass(frozen=True, slots=True)
class MediaFile:
    """A file of a source: a text, picture, PDF, recording.

    Attributes:
        name: file name without folder, as it was called; two files may have one name.
        size: in bytes.
        chunks: gives its bytes from the beginning, a chunk at a time, each time it is called.
    """

    name: str
    size: int
    chunks: Callable[[], Iterator[bytes]]


@dataclass
class Content:
    """What a format reads and writes: a project's tables and the files that its sources name.

    Use as a context manager: files may be asked for until it is closed.

    Attributes:
        project: the tables; what was noticed while reading is in ``project.findings``.
        media: path as it stands in ``sources`` (``rich_text_path``, ``plain_text_path``, ``path``) → its file. Several
            paths may name one file: the same object.
    """

    project: Project
    media: dict[str, MediaFile] = field(default_factory=dict)
    close: Callable[[], None] = field(default=lambda: None, repr=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        self.close()

    def files(self) -> list[MediaFile]:
        """The files, each once."""
        return list({id(file): file for file in self.media.values()}.values())


@dataclass(frozen=True, slots=True)
class WriteOptions:
    """How to write.

    Attributes:
        force: whether an existing output may be replaced.
        namespace: XML namespace of a codebook; empty: that of the standard.
    """

    force: bool = False
    namespace: str = ""


@runtime_checkable
class TakesTexts(Protocol):
    """A format whose files hold passages without the texts that they are from."""

    def with_texts(self, texts: Path) -> Format:
        """The same format, reading with a folder or archive of plain texts."""


class Format(Protocol):
    """A format. Built-in ones stand in ``registry.py``, others come by the entry point ``qdpx_compassion.formats``."""

    @property
    def info(self) -> FormatInfo:
        """What is known of it."""

    def recognises(self, path: Path) -> bool:
        """Whether a file or folder is of this format, judged by its content; never raises."""

    def read(self, path: Path, progress: Progress | None = None) -> Content:
        """Read a file or folder.

        Raises:
            InputError: it cannot be read.
        """

    def losses(self, content: Content) -> list[Loss]:
        """What writing would leave behind.

        Raises:
            OutputError: the format can hold nothing of this project.
        """

    def write(self, content: Content, target: Path, options: WriteOptions) -> list[Loss]:
        """Write a file or folder, so that a run that is killed leaves nothing half written.

        Returns:
            What was left behind; the same as ``losses`` says.

        Raises:
            OutputError: the target may not or cannot be written, or the format can hold nothing of this project.
        """
