"""Enriching and stripping whole projects: files, document, temporary files, in the right order."""

from __future__ import annotations

import hashlib
import io
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from qdpx_compassion.code_tree import CodeTree
from qdpx_compassion.enrich.adding import Added, Adder, LateCasesError
from qdpx_compassion.enrich.ours import find_ours, with_guids
from qdpx_compassion.enrich.own import own_guids
from qdpx_compassion.enrich.provenance import Record, record_of
from qdpx_compassion.enrich.stripping import Document, Stripped, find_records, strip_document
from qdpx_compassion.errors import FrameworkError, UsageError
from qdpx_compassion.files.atomic import atomic_output, refuse_existing
from qdpx_compassion.files.clock import source_date
from qdpx_compassion.files.project_files import CHUNK, DocumentFiles, ProjectFiles, open_project_files
from qdpx_compassion.files.rewriting import Writable, rewrite
from qdpx_compassion.findings import Finding, count
from qdpx_compassion.frameworks import Framework, builtin_frameworks, load_framework
from qdpx_compassion.mapping.model import Decisions, Mapping
from qdpx_compassion.mapping.resolve import refuse_errors, resolve
from qdpx_compassion.refi.dialects import Dialect, dialect
from qdpx_compassion.refi.editor import Sink
from qdpx_compassion.refi.paths import SourcePaths
from qdpx_compassion.refi.reader import read_head, read_head_of
from qdpx_compassion.refi.text import decode_text
from qdpx_compassion.tables import Project


@dataclass
class Enriched:
    """What enriching did.

    Attributes:
        added: by construct and kind.
        replaced: framework elements of an earlier run that were taken out first, by element.
        dialect: of the program that wrote the project.
        findings: everything noticed.
    """

    added: Added
    replaced: Counter[str] = field(default_factory=Counter)
    dialect: Dialect = field(default_factory=lambda: dialect("unknown"))
    findings: list[Finding] = field(default_factory=list)


def enrich_project(
    path: Path,
    target: Path | None,
    *,
    framework: Framework,
    mapping: Mapping,
    found: Sequence[Finding] = (),
    force: bool = False,
    inputs: tuple[Path, ...] = (),
    reader: Dialect | None = None,
    progress: Callable[[int], None] | None = None,
) -> Enriched:
    """Write a project with the framework's codes, codings, sets and provenance.

    Args:
        path: the project; it is never written to.
        target: the enriched project; None counts only, writing nothing.
        framework: what is added.
        mapping: what the researchers decided.
        found: what reading the mapping found; an error among it refuses the mapping, as one of resolving does.
        force: replace an existing target.
        inputs: further files that must not be written over (the mapping).
        reader: the program that will read the result; None: the one that wrote the project.
        progress: told how many bytes of the document were read just now.

    Raises:
        QdpxError: the project cannot be read, the mapping does not fit it, or the target cannot be written.
    """
    with open_project_files(path, progress=progress) as files:
        _check_target(files, target, force=force, inputs=(path, *inputs))
        job = _Job(files, framework, mapping, tuple(found), target, force, reader)
        try:
            return job.run(late_cases=False)
        except LateCasesError:
            return job.run(late_cases=True)


@dataclass(frozen=True, slots=True)
class _Job:
    """One enrichment, which is begun again where cases turn out to stand behind the sources."""

    files: ProjectFiles
    framework: Framework
    mapping: Mapping
    found: tuple[Finding, ...]
    target: Path | None
    force: bool
    reader: Dialect | None

    def run(self, *, late_cases: bool) -> Enriched:
        files = self.files
        head = read_head(files, late_cases=late_cases)
        tree = CodeTree.of(head)
        own = own_guids(head, tree)
        decisions, findings = resolve(self.mapping, self.framework, tree, own)
        findings = [*self.found, *findings]
        refuse_errors(findings, self.mapping)
        known = late_cases or bool(head.rows["cases"])
        job = _Enriching(files, head, self.framework, self.mapping, tree, own, self.target, cases_known=known)
        job.reader = self.reader
        if self.target is None:
            job.run(len)  # written nowhere
        else:
            with atomic_output(self.target, force=self.force) as temporary:
                rewrite(files, temporary, lambda file: job.run(file.write))
        return job.result(decisions, findings)


def strip_project(
    path: Path,
    target: Path,
    *,
    frameworks: Iterable[Framework] = (),
    only: str | None = None,
    everything: bool = False,
    force: bool = False,
    progress: Callable[[int], None] | None = None,
) -> Stripped:
    """Write a project without framework elements.

    Args:
        path: the project; it is never written to.
        target: the stripped project.
        frameworks: custom ones, for projects whose provenance note was deleted; the built-in ones are known.
        only: id of the one framework to take out; None: all.
        everything: what was made by hand with framework codes, too.
        force: replace an existing target.
        progress: told how many bytes of the document were read just now.
    """
    with open_project_files(path, progress=progress) as files:
        _check_target(files, target, force=force, inputs=(path,))
        tree = CodeTree.of(read_head(files, late_cases=False))
        records = _records(files)
        known = [*(load_framework(name) for name in builtin_frameworks()), *frameworks]
        if only is not None:
            _check_known(only, tree, [*records, *map(record_of, known)])
        results: list[Stripped] = []

        def write(file: Writable) -> None:
            results.append(
                strip_document(
                    _where(files), _document(files), file.write, tree=tree, records=records, frameworks=known,
                    only=only, everything=everything,
                )
            )  # fmt: skip

        with atomic_output(target, force=force) as temporary:
            rewrite(files, temporary, write)
        return results[0]


def _check_known(only: str, tree: CodeTree, records: list[Record]) -> None:
    """A framework that is asked for by id must be known, from the project's notes at least."""
    if any(record.framework_id == only for record in records):
        return
    present = sorted({record.framework_id for record in records if find_ours(record, tree)})
    held = f"It holds: {', '.join(present)}." if present else "It holds none that is known."
    raise FrameworkError(f"The project holds no framework “{only}”. {held}", remedy="Give its id, or its file.")


class _Enriching:
    """One run: strips an earlier enrichment where there is one, then adds."""

    def __init__(
        self, files: ProjectFiles, head: Project, framework: Framework, mapping: Mapping, tree: CodeTree,
        own: frozenset[str], target: Path | None, *, cases_known: bool,
    ) -> None:  # fmt: skip
        self._files, self._framework, self._mapping, self._cases_known = files, framework, mapping, cases_known
        self._tree, self._own, self._target = tree, own, target
        self._dialect = dialect(head.dialect)
        self.reader: Dialect | None = None
        self._adder: Adder | None = None
        self._replaced: Counter[str] = Counter()
        self._findings: list[Finding] = []

    def run(self, sink: Sink) -> None:
        document = _document(self._files)
        if not self._may_hold_ours():
            self._add(document, sink, self._tree, None)
            return
        records = _records(self._files)
        with self._temporary() as clean:
            stripped = strip_document(
                _where(self._files), document, clean.write, tree=self._tree, records=records,
                frameworks=[self._framework], only=self._framework.id,
            )  # fmt: skip
            self._replaced = stripped.elements
            self._findings += [finding for finding in stripped.findings if finding.code != "strip-nothing"]
            tree = self._tree_of(clean)
            self._use_kept_codes(records, tree)
            self._add(lambda: _rewound(clean), sink, tree, self._hash_without_ours(records))

    def _use_kept_codes(self, records: list[Record], tree: CodeTree) -> None:
        """Codes that stayed, because people used them by hand, are used again, under whatever GUIDs they have."""
        known = [record for record in records if record.framework_id == self._framework.id]
        for record in (*known, record_of(self._framework)):
            ours = find_ours(record, tree)
            if ours is not None:
                self._framework = with_guids(self._framework, ours)
                return

    def _may_hold_ours(self) -> bool:
        """Whether a framework may be in the project already: by GUID, or by name after another program's journey."""
        if self._own or any(guid in self._tree.by_key for guid in self._framework.code_guids):
            return True
        tops = (self._tree.codes[row].name for row in self._tree.children[None])
        return any(name.startswith(self._framework.title) for name in tops)

    def _hash_without_ours(self, records: list[Record]) -> str:
        """SHA-256 of the document without the elements of any framework."""
        digest = hashlib.sha256()
        known = [self._framework, *(load_framework(name) for name in builtin_frameworks())]
        strip_document(
            _where(self._files), _document(self._files), digest.update, tree=self._tree, records=records,
            frameworks=known,
        )  # fmt: skip
        return digest.hexdigest()

    def _tree_of(self, clean: BinaryIO) -> CodeTree:
        where, limits = _where(self._files), self._files.limits
        return CodeTree.of(read_head_of(lambda: _rewound(clean), where, limits, late_cases=self._cases_known))

    def _temporary(self) -> BinaryIO:
        """Private and without a name, beside the target: confidential text never lies in a shared place."""
        if self._target is None:
            return io.BytesIO()
        return tempfile.TemporaryFile(dir=self._target.parent)

    def _add(self, document: Document, sink: Sink, tree: CodeTree, document_hash: str | None) -> None:
        own = self._own & {code.key for code in tree}
        decisions, _ = resolve(self._mapping, self._framework, tree, own)
        self._adder = Adder(
            _where(self._files), sink, framework=self._framework, decisions=decisions, tree=tree,
            dialect=self.reader or self._dialect, date=_date(), document_hash=document_hash,
            cases_known=self._cases_known,
        )  # fmt: skip
        self._adder.run(document())

    def result(self, decisions: Decisions, findings: list[Finding]) -> Enriched:
        added = self._adder.added if self._adder else Added()
        findings = [*self._files.findings, *findings, *self._findings, *added.findings]
        if not added.codings:
            why = "no code is mapped" if not decisions.constructs else "the mapped codes have no codings"
            findings.append(Finding("enrich-nothing", f"No coding was added: {why}."))
        if self._replaced["Coding"] or self._replaced["Code"]:
            findings.append(
                Finding(
                    "enrich-replaced",
                    "An earlier enrichment was replaced: "
                    f"{count(self._replaced['Coding'], 'coding was', 'codings were')} taken out first.",
                )
            )
        return Enriched(added, self._replaced, self._dialect, findings)


def _records(files: ProjectFiles) -> list[Record]:
    paths = SourcePaths(files)

    def read_text(path: str) -> str | None:
        member = paths.find(path, "")
        return decode_text(files.read(member))[0] if member else None

    return find_records(_where(files), _document(files), read_text)


def _document(files: ProjectFiles) -> Document:
    return lambda: files.chunks(files.document, files.limits.document_bytes)


def _where(files: ProjectFiles) -> str:
    return files.path.name if isinstance(files, DocumentFiles) else f"{files.path.name}, {files.document.name}"


def _rewound(file: BinaryIO) -> Iterator[bytes]:
    file.seek(0)
    while chunk := file.read(CHUNK):
        yield chunk


def _check_target(files: ProjectFiles, target: Path | None, *, force: bool, inputs: tuple[Path, ...]) -> None:
    """A bare .qde in gives a .qde out; an archive or folder gives an archive. Nothing is written over unasked."""
    if target is None:
        return
    bare = isinstance(files, DocumentFiles)
    if bare and target.suffix.lower() == ".qdpx":
        raise UsageError(
            "The project is a bare .qde, so the result is one too.",
            where=str(target),
            remedy=f"Call it {target.with_suffix('.qde').name}.",
        )
    if not bare and target.suffix.lower() == ".qde":
        raise UsageError(
            "The project has files beside its document, so the result is an archive.",
            where=str(target),
            remedy=f"Call it {target.with_suffix('.qdpx').name}.",
        )
    refuse_existing(target, force=force, inputs=inputs, suffixes=(".qde",) if bare else (".qdpx",))


def _date() -> str | None:
    """The date of what is added where SOURCE_DATE_EPOCH says one; the clock is never asked."""
    date = source_date()
    return date.strftime("%Y-%m-%dT%H:%M:%SZ") if date else None
