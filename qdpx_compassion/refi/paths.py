"""Paths of sources: internal:// relative:// absolute:// (section 8.3), and what is met instead."""

from __future__ import annotations

import unicodedata
from urllib.parse import unquote

from qdpx_compassion.files.project_files import Member, ProjectFiles
from qdpx_compassion.findings import Finding

#: Where sources lie: as NVivo for Windows writes it, and as the standard and all others do.
_FOLDERS = ("Sources", "sources")
_OUTSIDE = frozenset({"relative", "absolute", "http", "https", "file"})


def _folded(name: str) -> str:
    """A name as it is compared when the exact one is not there: letter case and composed accents do not count."""
    return unicodedata.normalize("NFC", name).casefold()


class SourcePaths:
    """Finds the files that paths name, in any letter case, form and folder.

    Args:
        files: the project's files.
    """

    def __init__(self, files: ProjectFiles) -> None:
        self._root = files.root
        self._exact: dict[str, Member] = {}
        self._folded: dict[str, list[Member]] = {}
        for member in files.members:
            self._exact.setdefault(member.name, member)
            self._folded.setdefault(_folded(member.name), []).append(member)
        self.used: set[str] = set()
        self.findings: list[Finding] = []

    def find(self, written: str, where: str) -> Member | None:
        """The member that a path names, or None when it is external or missing (with a finding).

        Args:
            written: the path as the attribute has it.
            where: the source, for messages.
        """
        scheme, _, rest = written.partition("://")
        if not _:
            scheme, rest = "", written
        if scheme.lower() in _OUTSIDE:
            self.findings.append(Finding("external-source", f"{written} is not inside the project.", where))
            return None
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
