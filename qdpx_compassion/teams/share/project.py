"""Sharing a whole project: names, files, document, lists, in the right order."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from qdpx_compassion.errors import UsageError
from qdpx_compassion.files.atomic import atomic_output, refuse_existing
from qdpx_compassion.files.background import read_ahead
from qdpx_compassion.files.project_files import DocumentFiles, ProjectFiles, open_project_files
from qdpx_compassion.files.reworking import rework
from qdpx_compassion.files.rewriting import Writable
from qdpx_compassion.findings import Finding, count
from qdpx_compassion.refi.text import TextReading, parse_reading
from qdpx_compassion.teams.share.document import SharedDocument
from qdpx_compassion.teams.share.guids import NewGuids
from qdpx_compassion.teams.share.ledger import Ledger
from qdpx_compassion.teams.share.matching import Matcher
from qdpx_compassion.teams.share.media import AUDIO_VIDEO
from qdpx_compassion.teams.share.members import Members
from qdpx_compassion.teams.share.names import (
    CODER,
    PARTICIPANT,
    SOURCE,
    Name,
    checked,
    is_label,
    with_pseudonyms,
)
from qdpx_compassion.teams.share.spool import Spool
from qdpx_compassion.teams.share.survey import Contents, chunks_of, reading_of, survey
from qdpx_compassion.teams.share.withdrawing import Withdrawal, withdraw

#: Made pseudonyms can stand in the text already; then others are made, so often.
_ROUNDS = 4
_EXTENSIONS = AUDIO_VIDEO | {
    "txt",
    "md",
    "doc",
    "docx",
    "odt",
    "rtf",
    "pdf",
    "htm",
    "html",
    "csv",
    "xls",
    "xlsx",
    "srt",
    "vtt",
    "jpg",
    "jpeg",
    "png",
    "gif",
}


@dataclass(frozen=True, slots=True)
class Options:
    """How a project is shared.

    Attributes:
        without: participants who withdrew: name, label, pseudonym or GUID of a case or source.
        media: whether pictures, PDFs, audio and video are shared.
        new_guids: whether everything gets another GUID.
        reading: how positions are counted where a person says so; None: the file decides.
        force: replace an existing output.
    """

    without: tuple[str, ...] = ()
    media: bool = True
    new_guids: bool = False
    reading: str | None = None
    force: bool = False


@dataclass
class Shared:
    """What sharing did.

    Attributes:
        names: those that were replaced, with their pseudonyms, those of authors of documents last.
        ledger: every replacement, and what a person should look at.
        withdrawal: who and what was taken out; None: nobody.
        findings: everything noticed.
    """

    names: list[Name]
    ledger: Ledger
    withdrawal: Withdrawal | None = None
    findings: list[Finding] = field(default_factory=list)


class _Taken(Exception):
    """Pseudonyms that the program made stand in the project already."""

    def __init__(self, pseudonyms: Sequence[str]) -> None:
        super().__init__()
        self.pseudonyms = pseudonyms


def share_project(
    path: Path,
    target: Path,
    names: Sequence[Name],
    *,
    options: Options = Options(),
    inputs: tuple[Path, ...] = (),
    lists: Callable[[Shared], None] = lambda _: None,
    progress: Callable[[int], None] | None = None,
) -> Shared:
    """Write a project for others: names replaced, traces taken out.

    Args:
        path: the project; it is never written to.
        target: the shared project.
        names: the list; names of users, cases and sources that it does not have are added.
        options: how.
        inputs: further files that must not be written over.
        lists: writes the key and the list of replacements; called when the project is complete, before it takes its
            name, so that there is no shared project without them.
        progress: told how many bytes of the document were read just now.

    Raises:
        QdpxError: the project cannot be read, the list cannot be used with it, or the target cannot be written.
    """
    with open_project_files(path, progress=progress) as files:
        bare = isinstance(files, DocumentFiles) and len(files.members) == 1
        suffix = ".qde" if bare else ".qdpx"
        refuse_existing(target, force=options.force, inputs=(path, *inputs), suffixes=(suffix,))
        secret = os.urandom(32) if options.new_guids else None
        job = _Sharing(files, list(names), options, secret, target.parent)
        taken: list[str] = []
        for last in range(_ROUNDS, -1, -1):
            try:
                with atomic_output(target, force=options.force) as temporary:
                    shared = job.run(temporary, taken)
                    lists(shared)
                return shared
            except _Taken as found:
                if not last:
                    raise _occurs(found.pseudonyms[0], None, []) from found
                taken += found.pseudonyms
    raise AssertionError  # the loop returns or raises


class _Sharing:
    """One run; it can be run again with other pseudonyms."""

    def __init__(
        self, files: ProjectFiles, listed: list[Name], options: Options, secret: bytes | None, folder: Path
    ) -> None:
        self._files, self._options, self._folder = files, options, folder
        self._where = f"{files.path.name}, {files.document.name}"
        self._guids = NewGuids(secret) if secret else None
        if options.reading:
            parse_reading(options.reading, TextReading())  # refused at once, whether it will be needed or not
        self._findings = list(files.findings)
        self._withdrawal = withdraw(files, self._where, options.without, listed) if options.without else None
        fate = self._withdrawal.fate if self._withdrawal else None
        self._contents = survey(files, self._where, fate)
        listed = self._withdrawal.listed(listed) if self._withdrawal else listed
        self._listed = checked([*listed, *self._unlisted(listed)])

    @cached_property
    def _reading(self) -> TextReading:
        return reading_of(self._files, self._where, self._contents.origin, self._options.reading)

    def _unlisted(self, listed: Sequence[Name]) -> list[Name]:
        """Users, cases and sources that the list does not speak of: better a name too many than one too few."""
        every = [replaced_ for replaced_ in listed if replaced_.replaced]
        matcher = Matcher(with_pseudonyms(checked(every)))
        known = {name.keys for name in listed}
        added: list[Name] = []
        for kind, texts in _people(self._contents):
            new = []
            for text in texts:
                name = Name(text, kind=kind, exact=kind != CODER, only_names=kind != CODER and _is_common(text))
                if not name.keys or name.keys in known or is_label(text) or matcher.find(text).hits:
                    continue
                known.add(name.keys)
                new.append(name)
            added += new
            if new and listed:
                shown = ", ".join(f"“{one.name}”" for one in new[:5]) + (
                    f" and {len(new) - 5} more" if len(new) > 5 else ""
                )
                of = {CODER: "coder", PARTICIPANT: "case", SOURCE: "source"}[kind]
                message = f"The list does not have {count(len(new), of)}, so pseudonyms were made: {shown}."
                self._findings.append(Finding("share-not-listed", message))
        return added

    def run(self, temporary: Path, taken: Sequence[str]) -> Shared:
        """Write the project."""
        names = with_pseudonyms(self._listed, taken)
        ledger = Ledger(Matcher(names))
        with Spool(self._folder) as spool:
            members = Members(
                self._files, self._contents, ledger, names=names, spool=spool, media=self._options.media,
                guids=self._guids,
            )  # fmt: skip
            members.decide()

            def write(file: Writable) -> None:
                SharedDocument(
                    self._where, file.write, ledger=ledger, files=members, reading=lambda: self._reading,
                    fate=self._withdrawal.fate if self._withdrawal else None, guids=self._guids,
                    odd_ids=self._contents.odd_ids,
                ).run(read_ahead(chunks_of(self._files)))  # fmt: skip

            document = members.renamed(self._files.document.name, "name of the document")
            rework(self._files, temporary, write, document_name=document, fate=members.fate)
        self._refuse_taken(ledger)
        every = [*names, *ledger.authors.values()]
        findings = [*self._findings, *ledger.findings]
        if self._withdrawal:
            findings += self._withdrawal.findings
        if self._guids is None:
            findings.append(Finding("share-guids", "GUIDs are those of the original project, which they link to."))
        return Shared(every, ledger, self._withdrawal, findings)

    def _refuse_taken(self, ledger: Ledger) -> None:
        """Nobody may stand in the project under somebody else's pseudonym."""
        given = {name.pseudonym: name for name in self._listed if name.pseudonym and name.replaced}
        made = [pseudonym for pseudonym in ledger.taken if pseudonym not in given]
        for pseudonym, places in ledger.taken.items():
            if pseudonym in given:
                raise _occurs(pseudonym, given[pseudonym], places)
        if made:
            raise _Taken(made)


def _occurs(pseudonym: str, name: Name | None, places: Sequence[tuple[str, str]]) -> UsageError:
    context, where = places[0] if places else ("", "")
    return UsageError(
        f"The pseudonym {pseudonym} stands in the project already" + (f": “{context}” ({where})." if places else "."),
        where=name.where if name else "",
        remedy="Choose another one. If it means the same person there, write yes into the column Already there.",
    )


def _people(contents: Contents) -> list[tuple[str, list[str]]]:
    ended = [text for _, text in contents.sources]
    return [
        (CODER, [name for name, _ in contents.users]),
        (PARTICIPANT, contents.cases),
        (SOURCE, [without_extension(name) for name in ended]),
    ]


def without_extension(name: str) -> str:
    """The name of a source that is called as a file was."""
    stem, _, extension = name.rpartition(".")
    return stem if stem and extension.lower() in _EXTENSIONS else name


def _is_common(text: str) -> bool:
    """Whether a name is a word or number that stands in texts with another meaning too."""
    return not any(sign.isalpha() for sign in text) or (text.islower() and " " not in text.strip())
