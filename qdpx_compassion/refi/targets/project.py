"""Writing a project for the program that will read it: surveys it, then passes over it, then packs it."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from qdpx_compassion.files.atomic import SUFFIX, atomic_output, refuse_existing
from qdpx_compassion.files.project_files import CHUNK, DocumentFiles, Member, ProjectFiles, open_project_files
from qdpx_compassion.files.reworking import Kept, rework
from qdpx_compassion.files.rewriting import Writable
from qdpx_compassion.findings import Finding
from qdpx_compassion.refi.dialects import recognise
from qdpx_compassion.refi.editor import Editor, Sink
from qdpx_compassion.refi.guids import normalise_guid
from qdpx_compassion.refi.paths import SourcePaths
from qdpx_compassion.refi.repair.project import DocumentRepair
from qdpx_compassion.refi.repair.survey import Options
from qdpx_compassion.refi.targets.changes import change_findings
from qdpx_compassion.refi.targets.guids import Guids
from qdpx_compassion.refi.targets.inserting import Inserter
from qdpx_compassion.refi.targets.joining import Joiner
from qdpx_compassion.refi.targets.losses import Row, findings_of, refuse_nothing, rows_for
from qdpx_compassion.refi.targets.members import Members
from qdpx_compassion.refi.targets.names import new_names
from qdpx_compassion.refi.targets.profiles import Target
from qdpx_compassion.refi.targets.splitting import Splitter
from qdpx_compassion.refi.targets.survey import ProjectSurvey, guid_hash
from qdpx_compassion.refi.targets.tag_writer import Changed, TagRules, TagWriter
from qdpx_compassion.refi.targets.taking_out import TextsOut
from qdpx_compassion.refi.targets.texts import Texts
from qdpx_compassion.refi.targets.values import Made, nameless_cases, value_sets
from qdpx_compassion.version import __version__

_IN_MEMORY = 64 << 20
_NO_DATE = "1970-01-01T00:00:00Z"

#: Makes an editor that writes into a sink.
_Pass = Callable[[Sink], Editor]


@dataclass
class WrittenFor:
    """What writing for a program did, and what the program is known to do with it.

    Attributes:
        target: the program.
        changed: what was changed in the project.
        rows: what becomes of everything that the project holds.
        bare: it is a bare .qde.
        mends: what was not as the standard has it, and is now.
    """

    target: Target
    changed: Changed = field(default_factory=Changed)
    rows: list[Row] = field(default_factory=list)
    bare: bool = False
    mends: list[Finding] = field(default_factory=list)

    @property
    def findings(self) -> list[Finding]:
        """What was changed, then what is dropped, changed or refused by the program."""
        found = self.mends + change_findings(self.changed, self.target)
        if self.bare and any(row.fact == "texts" for row in self.rows):
            message = (
                "The project is a bare .qde: its texts lie beside it, so they and their positions stay as they are."
            )
            found.append(Finding("target-bare", f"{message} Give the .qdpx where there is one."))
        return [*found, *findings_of(self.rows, self.target)]

    def as_dict(self) -> dict[str, object]:
        """Plain values, for ``--json``."""
        return {
            "program": self.target.program,
            "mends": [mend.as_dict() for mend in self.mends],
            "changed": {kind: number for kind, number in self.changed.counts.items() if number},
            "rows": [row.as_dict() for row in self.rows],
        }


def write_for(
    path: Path, output: Path, target: Target, *, force: bool = False, progress: Callable[[int], None] | None = None
) -> WrittenFor:
    """Write a project as a program wants it; what need not change stays byte for byte.

    Args:
        path: the project (.qdpx or .qde); it is never written to.
        output: the result. Beside a bare .qde nothing is written: texts and positions stay as they are.
        target: the program.
        force: replace an existing output.
        progress: told how many bytes of the document were read just now.

    Raises:
        QdpxError: the project cannot be read, the program can hold nothing of it, or the output cannot be written.
    """
    refuse_existing(output, force=force, inputs=(path,))
    with open_project_files(path, progress=progress) as files, contextlib.ExitStack() as stack:
        job = _Job(files, target, output.parent, stack)
        with atomic_output(output, force=force) as temporary:
            job.write(temporary)
        return WrittenFor(target, job.changed, job.rows, isinstance(files, DocumentFiles), job.mends)


def survey_project(path: Path, progress: Callable[[int], None] | None = None) -> ProjectSurvey:
    """What a project holds.

    Raises:
        InputError: the project cannot be read.
    """
    with open_project_files(path, progress=progress) as files:
        survey = ProjectSurvey(files.document.name)
        survey.scanner.scan(files.chunks(files.document, files.limits.document_bytes))
        return survey


class _Job:
    """One project on its way to one program."""

    def __init__(self, files: ProjectFiles, target: Target, folder: Path, stack: contextlib.ExitStack) -> None:
        self._files, self._target, self._folder, self._stack = files, target, folder, stack
        self._where = files.document.name
        self._bare = isinstance(files, DocumentFiles)
        self._paths = SourcePaths(files)
        self._texts = Texts(files, self._paths, target.reading)
        self.changed = Changed()
        self.mends: list[Finding] = []
        self._mended: IO[bytes] | None = None
        self._mend()
        self._survey = self._look()
        disordered = sum(mend.code == "mended-order" for mend in self.mends)
        if disordered:
            self._survey.facts.add("disordered", "", disordered)
        self.rows = rows_for(self._survey.facts, target)
        refuse_nothing(self.rows, target)
        equal = self._survey.equal_guids() if target.equal_guids == "different" else {}
        self._guids = Guids(target.guids, equal)
        self._members = Members(files, self._paths, self._survey.sources, self._texts, self.changed, self._guids)
        self._added: list[tuple[str, Path]] = []
        self._texts_folder = folder

    def _look(self) -> ProjectSurvey:
        survey = ProjectSurvey(self._where, None if self._bare else self._texts.weigh, self._texts.starts)
        survey.scanner.scan(self._document())
        return survey

    def _mend(self) -> None:
        """Mend what can be mended without guessing: every program reads the standard's forms best."""
        mended = tempfile.SpooledTemporaryFile(_IN_MEMORY, dir=str(self._folder))  # noqa: SIM115 (the stack's)
        self._stack.enter_context(mended)
        repair = DocumentRepair(self._files, self._folder, Options(descriptions=True))
        repair.write(mended)
        self.mends = repair.mends
        if self.mends:
            self._mended = mended

    def _document(self) -> Iterator[bytes]:
        if self._mended is not None:
            return _rewound(self._mended)
        return self._files.chunks(self._files.document, self._files.limits.document_bytes)

    # -- writing ----------------------------------------------------------------------------------------------------

    def write(self, temporary: Path) -> None:
        """Write the project into an empty file."""
        if self._bare:
            with temporary.open("wb") as file:
                self._write_document(file)
            return
        rework(
            self._files, temporary, self._write_document, document_name="project.qde", document_first=True,
            fate=self._fate, added=lambda: self._added, deflate=True,
        )  # fmt: skip
        if self._files.document.name != "project.qde":
            self.changed.add("document", self._files.document.name)

    def _fate(self, member: Member) -> Kept | None:
        return self._members.fate(member)

    def _write_document(self, file: Writable) -> None:
        passes: list[_Pass] = [self._tags]
        if self._target.codings != "keep" or self._target.coder != "coding":
            passes.append(self._split)
        if self._target.places == "join":
            passes.append(self._join)
        passes += self._further()
        document: Iterable[bytes] = self._document()
        for make in passes[:-1]:
            between = tempfile.SpooledTemporaryFile(_IN_MEMORY, dir=str(self._folder))  # noqa: SIM115 (the stack's)
            self._stack.enter_context(between)
            make(between.write).run(document)
            document = _rewound(between)
        passes[-1](file.write).run(document)
        self.changed.counts["equal"] += sum(self._guids.renewed.values())

    def _tags(self, sink: Sink) -> TagWriter:
        origin = self._new_origin()
        date = (self._survey.project_date or _NO_DATE) if self._target.dates else None
        rules = TagRules(
            self._guids, self._names(), {} if self._bare else self._members.paths,
            None if self._bare else self._texts.mover, origin, date, self.changed, self._target.passages,
            self._survey.has_relative,
        )  # fmt: skip
        return TagWriter(self._where, sink, rules)

    def _new_origin(self) -> str | None:
        """Who the project says that it is from. It tells how positions are counted, so it changes where that does."""
        old = self._survey.origin
        if self._bare:
            return None if old else self._own_origin()
        reading, usual = self._texts.decide(), recognise(old)
        same_unit = reading.unit == usual.reading.unit == self._target.reading.unit
        counted = self._texts.wide or bool(self._survey.facts.counts["transcripts"])
        if usual.id != "unknown" and (same_unit or not counted) and reading.end == "exclusive":
            return None
        self.changed.add("origin", old or "")
        return self._own_origin()

    def _own_origin(self) -> str:
        return f"qdpx-compassion {__version__}, written for {self._target.program}"

    def _names(self) -> dict[int, tuple[str, str]]:
        found: dict[int, tuple[str, str]] = {}
        target = self._target
        for kind, elements in self._survey.named.items():
            found |= new_names(
                kind, elements, unique=kind in target.unique, named=kind in target.named,
                longest=target.longest.get(kind),
            )  # fmt: skip
        for old, new in found.values():
            self.changed.add("names", f"{old or '(none)'} → {new}")
        return found

    def _split(self, sink: Sink) -> Splitter:
        return Splitter(
            self._where, sink, rule=self._target.codings, coder=self._target.coder, guids=self._guids,
            changed=self.changed,
        )  # fmt: skip

    def _join(self, sink: Sink) -> Joiner:
        renewed = (self._guids.of_reference("SelectionRef", "targetGUID", one) for one in self._survey.referenced)
        referenced = self._survey.referenced | {normalise_guid(one) for one in renewed}
        return Joiner(self._where, sink, referenced=referenced, changed=self.changed)

    def _further(self) -> Iterator[_Pass]:
        """Passes that only some projects need."""
        added: dict[str, list[Made]] = {}
        if self._target.values == "case":
            added["Cases"] = nameless_cases(self._survey, self._guids)
        elif self._target.values == "sets":
            added["Sets"] = value_sets(self._survey, self._guids)
        for container, made in added.items():
            self.changed.counts[f"added-{container.lower()}"] += len(made)
        codes = self._codes_of_cases()
        if codes or any(added.values()):
            present = self._survey.containers
            yield lambda sink: Inserter(self._where, sink, added=added, present=present, codes=codes)
        facts = self._survey.facts.counts
        if self._target.texts == "files" and not self._bare and (facts["inline-texts"] or facts["inline-notes"]):
            yield lambda sink: TextsOut(self._where, sink, stay=self._survey.source_notes, write=self._put_in)

    def _codes_of_cases(self) -> dict[str, str]:
        """Cases that had the GUID of a code: what said that they belong together is now said by a reference."""
        codes = {}
        if self._target.equal_guids == "different":
            equal = self._survey.equal_guids()
            for case in self._survey.cases:
                if "Code" in equal.get(guid_hash(case.guid), ()):
                    new = self._guids.renewed_guid("Case", case.guid)
                    codes[normalise_guid(new)] = self._guids.formed(case.guid)
        return codes

    def _put_in(self, name: str, text: str) -> str:
        if not self._added:  # private, and beside the output: confidential text never lies in a shared place
            folder = tempfile.TemporaryDirectory(prefix=".texts.", suffix=SUFFIX, dir=self._folder)
            self._texts_folder = Path(self._stack.enter_context(folder))
        path = self._texts_folder / str(len(self._added))
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
        new = self._members.free_name(name)
        self._added.append((f"sources/{new}", path))
        self.changed.counts["files"] += 1
        return new


def _rewound(file: IO[bytes]) -> Iterator[bytes]:
    file.seek(0)
    while chunk := file.read(CHUNK):
        yield chunk
