"""The guided job: the names of its files, and how far somebody has come with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from qdpx_compassion.findings import Finding, Severity

#: Findings of a mapping that say that the project has changed since it was made.
_CHANGED = frozenset({"mapping-code-gone", "mapping-code-new"})


@dataclass(frozen=True, slots=True)
class GuidedFiles:
    """What a guided job writes, all in one folder.

    Attributes:
        mapping: the newest mapping workbook; the first of its name where there is none yet.
        enriched: the enriched project: a bare .qde gives one again.
        workbook: the summary workbook. page: the report page.
    """

    mapping: Path
    enriched: Path
    workbook: Path
    page: Path

    @classmethod
    def of(cls, project: Path, folder: Path | None = None, mapping: Path | None = None) -> GuidedFiles:
        """The files of a project.

        Args:
            project: whose name begins those of the files.
            folder: where they lie; None: beside the project.
            mapping: a mapping of another name or place; None: the newest beside the others.
        """
        project = project.absolute() if project.name in ("", "..") else project
        stem = project.name if project.is_dir() else project.stem
        folder = project.parent if folder is None else folder
        ending = ".qde" if project.suffix.lower() == ".qde" else ".qdpx"
        first = folder / f"{stem}-mapping.xlsx"
        return cls(
            mapping=mapping or _newest(first),
            enriched=folder / f"{stem}-enriched{ending}",
            workbook=folder / f"{stem}-summary.xlsx",
            page=folder / f"{stem}-report.html",
        )

    @property
    def results(self) -> tuple[Path, Path, Path]:
        """What is written once the mapping is filled in."""
        return self.enriched, self.workbook, self.page

    @property
    def next_mapping(self) -> Path:
        """The name of a mapping that is newer than the present one."""
        stem, number = _numbered(self.mapping)
        while (path := self.mapping.with_name(f"{stem}-{number + 1}.xlsx")).exists():
            number += 1
        return path

    @property
    def are_newer(self) -> bool:
        """Whether all results are there, and none is older than the mapping."""
        if not all(path.exists() for path in (self.mapping, *self.results)):
            return False
        decided = self.mapping.stat().st_mtime
        return all(path.stat().st_mtime >= decided for path in self.results)


def _numbered(path: Path) -> tuple[str, int]:
    """A mapping's name without its number, and the number: ``study-mapping-2`` is the second."""
    stem, _, number = path.stem.rpartition("-")
    return (stem, int(number)) if number.isdecimal() and stem else (path.stem, 1)


def _newest(first: Path) -> Path:
    number = 2
    newest = first
    while (path := first.with_name(f"{first.stem}-{number}.xlsx")).exists():
        newest, number = path, number + 1
    return newest


@dataclass(frozen=True, slots=True)
class MappingState:
    """What a mapping still lacks.

    Attributes:
        findings: everything that ``check_mapping`` found.
        errors: number of what must be mended. undecided: number of codes with codings and no decision.
        empty: whether no code is marked at all.
        outdated: whether the project has codes that the mapping does not know, or no longer has some that it knows.
    """

    findings: list[Finding]
    errors: int
    undecided: int
    empty: bool
    outdated: bool

    @classmethod
    def of(cls, findings: Sequence[Finding], mapping: Path) -> MappingState:
        """What the findings of a mapping come to."""
        codes = [finding.code for finding in findings]
        # a code without a row is told of the mapping as a whole
        rowless = any(one.code == "mapping-undecided" and one.where == mapping.name for one in findings)
        return cls(
            findings=list(findings),
            errors=sum(finding.severity is Severity.ERROR for finding in findings),
            undecided=codes.count("mapping-undecided"),
            empty="mapping-empty" in codes,
            outdated=rowless or bool(_CHANGED & set(codes)),
        )
