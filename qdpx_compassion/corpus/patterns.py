"""Which mapping is whose, and one mapping for projects whose codes only share their names."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from qdpx_compassion.code_tree import Code, CodeTree, write_path
from qdpx_compassion.errors import UsageError
from qdpx_compassion.findings import Finding, Severity
from qdpx_compassion.frameworks import Framework
from qdpx_compassion.mapping.model import Mapping, MappingRow
from qdpx_compassion.mapping.reading import read_mapping
from qdpx_compassion.mapping.resolve import refuse_errors
from qdpx_compassion.tables import normalise_guid

_ENDINGS = (".xlsx", ".csv", ".toml")


@dataclass
class Mappings:
    """The mappings of a corpus.

    Attributes:
        framework: what they map to.
        of: name of a project's file without its ending, folded → its mapping.
        for_all: holds for projects without one of their own; None: they are not mapped.
        findings: of reading. files: that were read.
        fitting: numbers of the rows of ``for_all`` that fitted a code of a project which was asked for.
    """

    framework: Framework
    of: dict[str, Mapping] = field(default_factory=dict)
    for_all: Mapping | None = None
    findings: list[Finding] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)
    fitting: set[int] = field(default_factory=set)

    def for_project(self, file: str, tree: CodeTree) -> Mapping | None:
        """The mapping of a project; of one for all only the rows whose codes the project has.

        Args:
            file: name of the project's file.
            tree: its codes.
        """
        own = self.of.get(Path(file).stem.casefold())
        if own is not None or self.for_all is None:
            return own
        return expanded(self.for_all, tree, self.fitting)

    def without_codes(self, fitting: set[int]) -> list[Finding]:
        """The rows of the mapping for all that fit no code of any project."""
        rows = self.for_all.rows if self.for_all is not None else ()
        return [
            Finding("corpus-mapping-row", f"No project has a code “{write_path(row.path) or row.guid}”.", row.where)
            for number, row in enumerate(rows)
            if number not in fitting
        ]


def read_mappings(path: Path, framework: Framework) -> Mappings:
    """Read one mapping for all projects, or a folder with one for each, called like the project.

    In a folder ``all.xlsx`` (.csv, .toml) holds for projects without one of their own.

    Raises:
        InputError: a file cannot be read.
        MappingError: a file holds no mapping, or the one for all has errors.
        UsageError: the folder holds none.
    """
    found = Mappings(framework)
    if not path.is_dir():
        mapping, findings = read_mapping(path, framework)
        refuse_errors(findings, mapping)
        return Mappings(framework, for_all=mapping, findings=findings, files=[path])
    for file in sorted(path.iterdir()):
        if file.suffix.lower() in _ENDINGS and not file.name.startswith((".", "~$")):
            found.files.append(file)
            mapping, findings = read_mapping(file, framework)
            found.findings += [replace(one, where=f"{file.name}, {one.where}".rstrip(", ")) for one in findings]
            if any(finding.severity is Severity.ERROR for finding in findings):
                continue  # its project is not mapped, the others are
            if file.stem.casefold() == "all":
                found.for_all = mapping
            else:
                found.of[file.stem.casefold()] = mapping
    if not found.files:
        raise UsageError(
            "The folder holds no mappings.",
            where=str(path),
            remedy="A mapping is called like its project: study-1.xlsx for study-1.qdpx; all.xlsx is for the others.",
        )
    return found


def expanded(mapping: Mapping, tree: CodeTree, fitting: set[int] | None = None) -> Mapping:
    """A mapping for all as one of a project: rows by name or pattern become rows of the codes that they fit.

    A row fits a code by its GUID, else by its path: in any letter case, ``*`` and ``?`` stand for any letters. A path
    of one level fits a code of that name wherever it stands. The first row that fits a code holds.

    Args:
        mapping: the rows.
        tree: the project's codes.
        fitting: gets the numbers of the rows that fit a code.
    """
    rows: dict[int, MappingRow] = {}
    for number, row in enumerate(mapping.rows):
        for code in _fitting(row, tree):
            if fitting is not None:
                fitting.add(number)
            rows.setdefault(code.row, replace(row, guid=code.guid, path=code.path))
    return replace(mapping, rows=tuple(rows.values()))


def _fitting(row: MappingRow, tree: CodeTree) -> Iterator[Code]:
    code = tree.by_key.get(normalise_guid(row.guid)) if row.guid else None
    if code is not None:
        yield code
        return
    if not row.path:
        return
    fits = re.compile(fnmatch.translate(write_path(row.path).casefold()))
    for code in tree:
        if not code.is_case and (
            fits.fullmatch(write_path(code.path).casefold())
            or (len(row.path) == 1 and fits.fullmatch(write_path(code.path[-1:]).casefold()))
        ):
            yield code
