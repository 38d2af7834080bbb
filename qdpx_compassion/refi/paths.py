"""Paths of sources: internal:// relative:// absolute:// (section 8.3), and what is met instead."""

from __future__ import annotations

from urllib.parse import unquote

from qdpx_compassion.files.project_files import Member, ProjectFiles
from qdpx_compassion.findings import Finding

_FOLDER = "sources"


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
            self._folded.setdefault(member.name.casefold(), []).append(member)
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
        if scheme in ("relative", "absolute", "http", "https", "file"):
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
            for candidate in (
                f"{self._root}Sources/{base}",
                f"{self._root}{_FOLDER}/{base}",
                f"{self._root}{name}",
                f"{self._root}{base}",
            ):
                if candidate in self._exact:
                    return self._exact[candidate]
            for candidate in (f"{self._root}{_FOLDER}/{base}", f"{self._root}{name}", f"{self._root}{base}"):
                if matches := self._folded.get(candidate.casefold()):
                    return matches[0]
        return None
