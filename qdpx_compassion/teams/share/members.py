"""What becomes of each file of a project: copied, changed, renamed or left out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import PurePosixPath

from qdpx_compassion.files.packages import is_package
from qdpx_compassion.files.project_files import Member, ProjectFiles
from qdpx_compassion.files.reworking import Kept
from qdpx_compassion.refi.paths import SourcePaths
from qdpx_compassion.refi.text import decode_text
from qdpx_compassion.teams.share.edits import Edits
from qdpx_compassion.teams.share.guids import NewGuids
from qdpx_compassion.teams.share.hypertext import is_hypertext, shared_hypertext
from qdpx_compassion.teams.share.ledger import Ledger
from qdpx_compassion.teams.share.media import AUDIO_VIDEO, name_in_bytes
from qdpx_compassion.teams.share.names import Name
from qdpx_compassion.teams.share.office import shared_package
from qdpx_compassion.teams.share.pdfs import clean_pdf
from qdpx_compassion.teams.share.pictures import clean_picture, is_picture
from qdpx_compassion.teams.share.refused import CannotShareError
from qdpx_compassion.teams.share.rich_text import is_rich_text, shared_rich_text
from qdpx_compassion.teams.share.spool import Spool
from qdpx_compassion.teams.share.survey import MEDIA, PLAIN, Contents
from qdpx_compassion.teams.share.texts import shared_text

#: Gives the new bytes of a file.
Chunks = Callable[[], Iterator[bytes]]

_TEXT_FILES = frozenset(["txt", "text", "md", "csv", "tsv", "srt", "vtt", "json", "log"])
_OUTSIDE = frozenset(("relative", "absolute", "http", "https", "file"))


class Members:
    """The files of the shared project.

    Args:
        files: of the project.
        contents: which of them its sources use.
        ledger: finds the names, and keeps the lists.
        names: those that are replaced.
        spool: takes new bytes.
        media: whether pictures, PDFs, audio and video are shared.
        guids: gives new GUIDs to the names of files; None: they stay.
    """

    def __init__(
        self,
        files: ProjectFiles,
        contents: Contents,
        ledger: Ledger,
        *,
        names: list[Name],
        spool: Spool,
        media: bool,
        guids: NewGuids | None,
    ) -> None:
        self._files, self._contents, self._ledger, self._spool = files, contents, ledger, spool
        self._names, self._media, self._guids = names, media, guids
        self._paths = SourcePaths(files)
        self._edits: dict[str, Edits] = {}  # of texts with replacements
        self._fates: dict[str, Kept] = {}
        self._taken: set[str] = set()
        self._outside: set[str] = set()  # paths that were told

    # -- deciding ---------------------------------------------------------------------------------------------------

    def decide(self) -> None:
        """Decide on each file, and make the new ones."""
        for member in self._files.members:
            if member is self._files.document or member.name in self._fates:
                continue
            if "__MACOSX/" in member.name or PurePosixPath(member.name).name.startswith("._"):
                self._ledger.removed["files that a Mac added to the archive"] += 1
                continue
            if member.name in self._contents.gone:
                self._ledger.removed["files of participants who withdrew"] += 1
                continue
            uses, source = self._contents.uses.get(member.name, (set(), ""))
            suffix = PurePosixPath(member.name).suffix
            where = f"“{source}” ({suffix.removeprefix('.') or 'file'})" if source else member.name
            try:
                chunks = self._shared(member, uses, where)
            except CannotShareError as reason:
                self._ledger.say("share-left-out", f"{member.name} was left out: {reason}.", where)
                continue
            self._fates[member.name] = Kept(self._new_name(member.name, where), chunks)

    def _shared(self, member: Member, uses: set[str], where: str) -> Chunks | None:
        if not uses:
            if member.size:
                raise CannotShareError("no source uses it, so nobody may have looked at it")
            return None
        if PLAIN in uses:
            data, edits = shared_text(self._files.read(member), self._ledger, where)
            if edits:
                self._edits[member.name] = edits
            return self._spool.add(data) if data is not None else None
        if MEDIA in uses and not self._media:
            raise CannotShareError("you asked for no media")
        extension = PurePosixPath(member.name).suffix.lower().removeprefix(".")
        if extension in AUDIO_VIDEO:
            self._look_into(member, where)
            return None
        new = self._changed(self._files.read(member), extension, where)
        return self._spool.add(new) if new is not None else None

    def _look_into(self, member: Member, where: str) -> None:
        name = name_in_bytes(self._files.chunks(member, member.size), self._names)
        if name is not None:
            raise CannotShareError(f"“{name}” is written in the recording, and nothing in it can be changed")
        self._ledger.say(
            "share-not-searched",
            "The recording is shared as it is: voices, faces and what is said in it tell who speaks.",
            where,
        )

    def _changed(self, data: bytes, extension: str, where: str) -> bytes | None:
        if is_package(data):
            return shared_package(data, self._ledger, where)
        if is_picture(data):
            self._ledger.say("share-not-searched", "What can be seen in the picture was not searched.", where)
            return clean_picture(data, self._ledger)
        if data.startswith(b"%PDF"):
            return clean_pdf(data, self._ledger, where)
        if is_rich_text(data):
            return shared_rich_text(data, self._ledger, where)
        if is_hypertext(data):
            return shared_hypertext(data, self._ledger, where)
        if extension in _TEXT_FILES:
            return shared_text(data, self._ledger, where)[0]
        if not data:
            return None
        raise CannotShareError("its format is not known, so names in it cannot be found")

    # -- names of files ---------------------------------------------------------------------------------------------

    def _new_name(self, name: str, where: str) -> str:
        new = self.renamed(name, f"{where}, name of the file")
        base, number = PurePosixPath(new), 1
        while new.casefold() in self._taken:
            number += 1
            new = str(base.with_name(f"{base.stem}-{number}{base.suffix}"))
        self._taken.add(new.casefold())
        return new

    def renamed(self, name: str, where: str) -> str:
        """A file's name without names of people, folder by folder."""
        parts = []
        for part in name.split("/"):
            stem, dot, extension = part.rpartition(".")
            if not stem:
                stem, dot, extension = part, "", ""
            new = self._ledger.replaced(stem, where) or stem
            if self._guids is not None:
                new = self._guids.renewed(new)
            parts.append(_for_a_file(new) + dot + extension)
        return "/".join(parts)

    # -- for the document and the archive ---------------------------------------------------------------------------

    def fate(self, member: Member) -> Kept | None:
        """What becomes of a file; None: it is left out."""
        return self._fates.get(member.name)

    def text(self, path: str) -> tuple[str, bool, Edits] | None:
        """A source's text, whether it has a byte order mark, and what is replaced in it."""
        member = self._paths.find(path, "")
        if member is None:
            return None
        edits = self._edits.get(member.name)
        if edits is None:
            return "", False, Edits([])
        text, had_bom, _ = decode_text(self._files.read(member))
        return text, had_bom, edits

    def path(self, written: str, where: str) -> str | None:
        """A path as the shared document has it; None: its file is left out."""
        scheme, divider, rest = written.partition("://")
        if divider and scheme.lower() in _OUTSIDE:
            if written not in self._outside:
                self._outside.add(written)
                said = "The file lies outside the project and is not shared; the copy has its name alone."
                self._ledger.say("share-outside", said, where)
            last = rest.replace("\\", "/").rsplit("/", 1)[-1]
            new = f"relative:///{self.renamed(last, where)}"
            if new != written:
                self._ledger.removed["folders in paths"] += 1
            return new
        member = self._paths.find(written, "")
        if member is None:
            return self.renamed(written, where) if not divider else f"{scheme}://{self.renamed(rest, where)}"
        kept = self._fates.get(member.name)
        if kept is None:
            return None
        if kept.name == member.name:
            return written
        head, slash, _ = rest.rpartition("/") if divider else written.rpartition("/")
        head = self.renamed(head, where) if head.strip("/.") else head
        return f"{scheme + divider if divider else ''}{head}{slash}{kept.name.rsplit('/', 1)[-1]}"


def _for_a_file(name: str) -> str:
    """A name without the signs that file systems refuse."""
    return "".join("-" if sign in '<>:"|?*\\/' else sign for sign in name)
