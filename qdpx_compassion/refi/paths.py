"""Paths of sources: internal:// relative:// absolute:// (section 8.3), and what is met instead."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from urllib.parse import unquote

from qdpx_compassion.files.media_root import MediaRoot, Search
from qdpx_compassion.files.project_files import Member, ProjectFiles
from qdpx_compassion.findings import Finding, count

#: Where sources lie: as NVivo for Windows writes it, and as the standard and all others do.
_FOLDERS = ("Sources", "sources")
_OUTSIDE = frozenset({"relative", "absolute", "http", "https", "file"})
_NETWORK = frozenset({"http", "https"})
_SHOWN = 3


def _folded(name: str) -> str:
    """A name as it is compared when the exact one is not there: letter case and composed accents do not count."""
    return unicodedata.normalize("NFC", name).casefold()


class SourcePaths:
    """Finds the files that paths name, in any letter case, form and folder.

    Args:
        files: the project's files.
        media_root: where files outside the project may be looked for; None: nowhere, only their paths are known.
    """

    def __init__(self, files: ProjectFiles, media_root: MediaRoot | None = None) -> None:
        self._root, self._media_root = files.root, media_root
        self._claimed: dict[Path, tuple[str, ...]] = {}  # file outside → the path by which it was found
        self._exact: dict[str, Member] = {}
        self._folded: dict[str, list[Member]] = {}
        for member in files.members:
            self._exact.setdefault(member.name, member)
            self._folded.setdefault(_folded(member.name), []).append(member)
        self.used: set[str] = set()
        self.findings: list[Finding] = []

    def find(self, written: str, where: str) -> Member | None:
        """The member that a path names, or None when it is external or missing (with a finding).

        A file outside the project is a member of its own kind (``Member.is_outside``), and only where a folder was
        named in which it lies.

        Args:
            written: the path as the attribute has it.
            where: the source, for messages.
        """
        scheme, _, rest = written.partition("://")
        if not _:
            scheme, rest = "", written
        if scheme.lower() in _OUTSIDE:
            return self._outside(written, scheme.lower(), where)
        member = self._look(rest)
        if member is None:
            self.findings.append(Finding("file-missing", f"{written} is not in the project.", where))
            return None
        self.used.add(member.name)
        if scheme != "internal" or rest.startswith("/") or "/" in rest or "\\" in rest:
            self.findings.append(Finding("file-path-form", f"The path is written {written}.", where))
        elif member.name.rsplit("/", 1)[-1] != rest:
            self.findings.append(Finding("file-name-case", f"{written} is called {member.name} in the project.", where))
        return member

    def _outside(self, written: str, scheme: str, where: str) -> Member | None:
        if self._media_root is None or scheme in _NETWORK:
            hint = "." if scheme in _NETWORK else "; --media-root FOLDER looks for it."
            self.findings.append(Finding("external-source", f"{written} is not inside the project{hint}", where))
            return None
        search = self._media_root.find(written)
        file = search.file
        if file is None:
            self.findings.append(_not_found(written, search, where))
            return None
        if not search.may_be_same(self._claimed.setdefault(file.path, search.parts)):
            said = f"{written} was not taken from --media-root, another path was found there already"
            self.findings.append(Finding("external-unsure", f"{said}: {file.shown}.", where))
            return None
        said = f"{written} was found in --media-root: {file.shown} ({count(file.size, 'byte')})."
        self.findings.append(Finding("external-found", said, where))
        return Member(file.shown, file.size, file)

    def _look(self, rest: str) -> Member | None:
        plain = rest.replace("\\", "/").lstrip("/")
        for name in dict.fromkeys((plain, unquote(plain))):
            base = name.rsplit("/", 1)[-1]
            candidates = list(
                dict.fromkeys(
                    f"{self._root}{place}"
                    for tail in (name, base)
                    for place in (*(f"{folder}/{tail}" for folder in _FOLDERS), tail)
                )
            )
            for candidate in candidates:
                if candidate in self._exact:
                    return self._exact[candidate]
            for candidate in candidates:
                if matches := self._folded.get(_folded(candidate)):
                    return matches[0]
        return None


def _not_found(written: str, search: Search, where: str) -> Finding:
    if not search.candidates:
        return Finding("external-missing", f"{written} is not in --media-root.", where)
    names = [file.shown for file in search.candidates[:_SHOWN]]
    more = len(search.candidates) - len(names)
    named = ", ".join(names) + (f" and {more:,} more" if more else "")
    why = "several files fit equally" if more or len(names) > 1 else "the folders are others"
    return Finding("external-unsure", f"{written} was not taken from --media-root, {why}: {named}.", where)
