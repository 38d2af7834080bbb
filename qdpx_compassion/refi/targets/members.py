"""The files of a project: what they are called, and what the paths of sources are."""

from __future__ import annotations

from functools import partial
from pathlib import PurePosixPath

from qdpx_compassion.files.project_files import Member, ProjectFiles
from qdpx_compassion.files.reworking import Kept
from qdpx_compassion.refi.guids import is_guid
from qdpx_compassion.refi.names import SOURCES, TEXT_KINDS
from qdpx_compassion.refi.paths import SourcePaths
from qdpx_compassion.refi.targets.guids import Guids
from qdpx_compassion.refi.targets.survey import SourceFiles
from qdpx_compassion.refi.targets.tag_writer import Changed
from qdpx_compassion.refi.targets.texts import Texts

FOLDER = "sources"


class Members:
    """Puts every file of a source into ``sources`` and makes texts plain.

    Args:
        files: the project's files.
        paths: finds them.
        sources: of the document.
        texts: say what texts become.
        changed: what was changed is counted here.
        guids: how GUIDs are written; a file is called as its source's.

    Attributes:
        paths: path as written → as it is from now on.
    """

    def __init__(
        self, files: ProjectFiles, paths: SourcePaths, sources: list[SourceFiles], texts: Texts, changed: Changed,
        guids: Guids,
    ) -> None:  # fmt: skip
        self._files, self._texts, self._changed = files, texts, changed
        self.paths: dict[str, str] = {}
        self._names: dict[str, str] = {}
        self._taken: set[str] = set()
        self._plain: set[str] = set()
        self._packed: set[str] = set()
        for source in sources:
            for attribute, written in source.paths.items():
                member = paths.find(written, "")
                if member is None:
                    continue
                if member.name not in self._names:
                    self._names[member.name] = self.free_name(_name_for(source, member, guids))
                self.paths[written] = f"internal://{self._names[member.name]}"
                if attribute == "plainTextPath" and source.kind in TEXT_KINDS:
                    self._plain.add(member.name)

    def free_name(self, name: str) -> str:
        """A name in the folder that no other file has, in whatever letter case."""
        stem, suffix, number = PurePosixPath(name).stem, PurePosixPath(name).suffix, 2
        while name.casefold() in self._taken:
            name = f"{stem}-{number}{suffix}"
            number += 1
        self._taken.add(name.casefold())
        return name

    def fate(self, member: Member) -> Kept | None:
        """What becomes of a file; of two with one name the first is used."""
        if member.name in self._packed:
            return None
        self._packed.add(member.name)
        if "__MACOSX/" in member.name or PurePosixPath(member.name).name.startswith("._"):
            self._changed.add("left-out")
            return None
        if member.is_stored and member.size:
            self._changed.add("packed")
        new = f"{FOLDER}/{self._names[member.name]}" if member.name in self._names else self._other(member.name)
        if new != member.name:
            self._changed.add("folder")
        chunks = self._texts.becomes(member) if member.name in self._plain else None
        if chunks is None:
            return Kept(new)
        self._changed.add("texts")
        return Kept(new, partial(iter, list(chunks)))

    def _other(self, name: str) -> str:
        """A file of no source: where it was, in the folder's own letter case."""
        inside = name.removeprefix(self._files.root)
        folder, slash, rest = inside.partition("/")
        return f"{FOLDER}/{rest}" if slash and folder.lower() == FOLDER else inside


def _name_for(source: SourceFiles, member: Member, guids: Guids) -> str:
    """The GUID of the source and the file's ending; where only the file's name tells people what it is, that stays."""
    file = PurePosixPath(member.name)
    bare = source.guid.strip().strip("{}")
    if not is_guid(bare) or (source.kind in SOURCES and not source.named):
        return file.name
    if file.stem.lower() == bare.lower():
        return file.name  # letter case tells no two GUIDs apart
    reference = "NoteRef" if source.kind == "Note" else "SourceRef" if source.kind in SOURCES else ""
    return (guids.of_reference(reference, "targetGUID", bare) if reference else guids.formed(bare)) + file.suffix
