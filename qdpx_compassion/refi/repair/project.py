"""Repairing whole projects and codebooks: what is safe, what is asked for, and what is left."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import IO

from qdpx_compassion.errors import InputError
from qdpx_compassion.files.atomic import atomic_output, refuse_existing
from qdpx_compassion.files.project_files import CHUNK, DocumentFiles, ProjectFiles, open_project_files
from qdpx_compassion.files.rewriting import Writable, rewrite
from qdpx_compassion.findings import Finding, Severity
from qdpx_compassion.refi.checks import validate_project
from qdpx_compassion.refi.paths import SourcePaths
from qdpx_compassion.refi.repair.guids import Guids
from qdpx_compassion.refi.repair.mender import Mender, PathMender
from qdpx_compassion.refi.repair.order import Orderer
from qdpx_compassion.refi.repair.reasons import with_reason
from qdpx_compassion.refi.repair.rules import PROJECT_RULES, RULES, Rules
from qdpx_compassion.refi.repair.soundness import findings_of_sound
from qdpx_compassion.refi.repair.survey import Options, OrderSurvey, Survey
from qdpx_compassion.refi.scanner import Scanner

_IN_MEMORY = 64 << 20
#: What is taken out may leave containers empty and references without a target: so often it is looked again.
_ROUNDS = 5

#: Gives a document's bytes from the beginning, each time it is called.
Document = Callable[[], Iterator[bytes]]


@dataclass
class Repaired:
    """What a repair did.

    Attributes:
        mends: every mend.
        left: what is still wrong with the result: errors and warnings; of values, why they stay.
    """

    mends: list[Finding] = field(default_factory=list)
    left: list[Finding] = field(default_factory=list)


def repair_project(
    path: Path,
    target: Path,
    *,
    assume: bool = False,
    drop_unknown: bool = False,
    force: bool = False,
    progress: Callable[[int], None] | None = None,
) -> Repaired:
    """Write a project, or a codebook, with what is wrong in its document mended; all else stays byte for byte.

    Safe mends: the order of children, empty containers and values, the form of GUIDs, paths, colours, numbers, dates
    and the namespace.

    Args:
        path: the project (.qdpx, folder, .qde) or codebook (.qdc); it is never written to.
        target: the result. Where nothing is to be mended it is a copy.
        assume: mend by guesses too: what is required and missing, references to nothing.
        drop_unknown: take out elements and attributes that the standard does not know.
        force: replace an existing target.
        progress: told how many bytes of the document were read just now.

    Raises:
        QdpxError: the project cannot be read, or the target cannot be written.
    """
    with open_project_files(path, progress=progress) as files:
        bare = isinstance(files, DocumentFiles)
        suffixes = ((".qdc", ".qde") if path.suffix.lower() == ".qdc" else (".qde",)) if bare else (".qdpx",)
        refuse_existing(target, force=force, inputs=(path,), suffixes=suffixes)
        # of a folder or a bare document other things are said than of what is written: its files lie elsewhere
        sound = findings_of_sound(files, path_mender(files)) if files.is_archive else None
        if sound is not None:
            with atomic_output(target, force=force) as temporary:
                rewrite(files, temporary, None)
            return Repaired([], _left(sound))
        repair = DocumentRepair(files, target.parent, Options(assume, drop_unknown))
        with atomic_output(target, force=force) as temporary:
            rewrite(files, temporary, repair.write)
    return Repaired(repair.mends, _left(validate_project(target)))


def _left(findings: list[Finding]) -> list[Finding]:
    return [with_reason(finding) for finding in findings if finding.severity is not Severity.NOTE]


class DocumentRepair:
    """The repair of one project's document: surveys, then mends, then puts in order.

    Args:
        files: of the project.
        folder: temporary files lie here.
        options: what may be done.

    Attributes:
        mends: every mend, once it was written.
    """

    def __init__(self, files: ProjectFiles, folder: Path, options: Options) -> None:
        self.mends: list[Finding] = []
        self._files, self._folder, self._options = files, folder, options
        self._where = files.document.name
        self._guids, self._rules, self._disordered = self._survey()

    def _survey(self) -> tuple[Guids, Rules, set[int]]:
        guids = Guids()
        order: OrderSurvey | None = None

        def start(name: str, attributes: dict[str, str]) -> None:
            nonlocal order
            guids.start(name, attributes)
            if order is None:
                order = OrderSurvey(self._where, RULES.get(name, PROJECT_RULES))
            order.start(name, attributes)

        def end(name: str) -> None:
            if order is not None:
                order.end(name)

        Scanner(start, end, where=self._where).scan(self._document())
        if guids.root not in RULES:
            raise InputError(
                f"The document's first element is {guids.root}, neither Project nor CodeBook.",
                where=self._where,
                remedy="Export the project as REFI-QDA from your program and give that file.",
            )
        return guids, RULES[guids.root], order.disordered if order is not None else set()

    def _guids_of(self, document: Document) -> Guids:
        guids = Guids()
        Scanner(guids.start, guids.end, where=self._where).scan(document())
        return guids

    def _disordered_of(self, document: Document) -> set[int]:
        order = OrderSurvey(self._where, self._rules)
        order.scanner.scan(document())
        return order.disordered

    def _document(self) -> Iterator[bytes]:
        return self._files.chunks(self._files.document, self._files.limits.document_bytes)

    def write(self, file: Writable) -> None:
        """Write the mended document."""
        with contextlib.ExitStack() as stack:
            document, mends = self._document, list[Finding]()
            for _ in range(_ROUNDS):
                mended = stack.enter_context(tempfile.SpooledTemporaryFile(_IN_MEMORY, dir=str(self._folder)))
                found = self._mend(document, mended)
                if not found:
                    break
                document, mends = partial(_rewound, mended), [*mends, *found]
                renamed = any(mend.code == "mended-namespace" for mend in found)  # more of it may be known now
                if not (self._options.assume or self._options.drop_unknown or renamed):
                    break
                self._guids = self._guids_of(document)  # what was taken out may have been named elsewhere
            disordered = self._disordered_of(document) if mends else self._disordered
            if disordered:
                orderer = Orderer(self._where, file.write, self._rules, disordered)
                orderer.run(document())
                mends += orderer.findings
            else:
                for chunk in document():  # where nothing was mended, the very bytes, whatever their encoding
                    file.write(chunk)
            self.mends = mends

    def _mend(self, document: Document, sink: IO[bytes]) -> list[Finding]:
        survey = Survey(self._where, self._rules, self._guids, self._options)
        survey.scanner.scan(document())
        mender = Mender(
            self._where, sink.write, rules=self._rules, guids=self._guids, fate=survey.fate, options=self._options,
            path=path_mender(self._files),
        )  # fmt: skip
        mender.run(document())
        return mender.findings


def _rewound(file: IO[bytes]) -> Iterator[bytes]:
    file.seek(0)
    while chunk := file.read(CHUNK):
        yield chunk


def path_mender(files: ProjectFiles) -> PathMender:
    """Paths as section 8.3 has them, where the file that is meant is in the project."""
    paths = SourcePaths(files)

    def mended(written: str) -> str | None:
        member = paths.find(written, "")
        if member is None:
            return None
        folder, _, name = member.name.removeprefix(files.root).rpartition("/")
        if folder.lower() != "sources":
            return None if written.startswith("internal://") else f"internal://{member.name.removeprefix(files.root)}"
        return f"internal://{name}"

    return mended
