"""Two people's mappings of one project, compared from their files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from qdpx_compassion.agreement.coefficients import Coefficient
from qdpx_compassion.code_tree import CodeTree, write_path
from qdpx_compassion.enrich.own import own_guids
from qdpx_compassion.errors import MappingError
from qdpx_compassion.files.atomic import refuse_existing
from qdpx_compassion.files.project_files import open_project_files
from qdpx_compassion.findings import Finding
from qdpx_compassion.frameworks import Framework, load_framework
from qdpx_compassion.mapping.compare import Comparison, compare_mappings
from qdpx_compassion.mapping.model import Mapping
from qdpx_compassion.mapping.reading import read_mapping
from qdpx_compassion.mapping.resolve import resolve
from qdpx_compassion.refi.guids import derive
from qdpx_compassion.refi.reader import read_head
from qdpx_compassion.tables import TABLES, normalise_guid


@dataclass
class ComparedMappings:
    """Two mappings compared.

    Attributes:
        names: file names of both.
        framework: that they are about.
        comparison: what came of it.
        findings: what was wrong with either.
    """

    names: tuple[str, str]
    framework: Framework
    comparison: Comparison
    findings: list[Finding] = field(default_factory=list)

    def says(self, constructs: Sequence[str] | None) -> str:
        """What a mapping says of a code, for people."""
        if constructs is None:
            return "(undecided)"
        names = [one.name for one in self.framework.constructs if one.id in constructs]
        return ", ".join(names) or "none"

    def as_dict(self) -> dict[str, Any]:
        """The comparison as plain values, for ``--json``."""
        return {
            "mappings": self.names,
            "constructs": [
                {
                    "construct": one.construct_id,
                    "both": one.both,
                    "only_first": one.only_first,
                    "only_second": one.only_second,
                    "neither": one.neither,
                    "coefficients": [_told(coefficient) for coefficient in one.coefficients],
                }
                for one in self.comparison.constructs
            ],
            "dimensions": [
                {"dimension": one.dimension_id, "codes": one.codes, "same": one.same, **_told(one.coefficient)}
                for one in self.comparison.dimensions
            ],
            "differences": [
                {"code": write_path(one.code.path), "dimension": one.dimension_id, "first": one.first,
                 "second": one.second}
                for one in self.comparison.differences
            ],
            "findings": [finding.as_dict() for finding in self.findings],
        }  # fmt: skip


def _told(one: Coefficient) -> dict[str, Any]:
    return {"coefficient": one.name, "value": one.value, "reason": one.reason}


def compare_mapping_files(
    first: str | Path,
    second: str | Path,
    target: str | Path | None = None,
    *,
    project: str | Path | None = None,
    framework: Framework | None = None,
    force: bool = False,
) -> ComparedMappings:
    """Compare what two mapping files decide.

    Args:
        first: a mapping (.xlsx, .csv or .toml).
        second: another of the same project.
        target: a workbook (.xlsx) to write; None: none.
        project: whose codes the mappings are about; None: the codes that stand in the mappings.
        framework: that they are about; the compassion framework unless said otherwise.
        force: replace an existing file.

    Raises:
        QdpxError: a file cannot be read or written, or the mappings name no code in common.
    """
    files = (Path(first), Path(second))
    if target is not None:
        refuse_existing(Path(target), force=force, inputs=files, suffixes=(".xlsx",))
    framework = framework or load_framework()
    read = [read_mapping(path, framework) for path in files]
    own: frozenset[str] = frozenset()
    if project is None:
        tree = _tree_of([mapping for mapping, _ in read])
    else:
        with open_project_files(Path(project)) as opened:
            head = read_head(opened)
        tree = CodeTree.of(head)
        own = own_guids(head, tree)
    resolved = [resolve(mapping, framework, tree, own) for mapping, _ in read]
    comparison = compare_mappings(resolved[0][0], resolved[1][0], framework, tree, own)
    findings = []
    for path, (_, noticed), (_, problems) in zip(files, read, resolved, strict=True):
        for one in (*noticed, *problems):
            where = f"{path.name}, {one.where}" if one.where else path.name
            findings.append(Finding(one.code, one.message, where, one.severity))
    result = ComparedMappings((files[0].name, files[1].name), framework, comparison, findings)
    if target is not None:
        from qdpx_compassion.teams.mappings_workbook import write_comparison

        result.findings += write_comparison(Path(target), result, force=force)
    return result


def _tree_of(mappings: Sequence[Mapping]) -> CodeTree:
    """The codes that stand in mappings, as a tree; a code above them that has no row of its own is there too."""
    guids: dict[tuple[str, ...], str] = {}
    known: set[str] = set()
    for mapping in mappings:
        for row in mapping.rows:
            key = normalise_guid(row.guid)
            if row.path and not (key and key in known):
                guids[row.path] = guids.get(row.path) or row.guid
                known.add(key)
    if not guids:
        raise MappingError(
            "The mappings name their codes by GUID alone.",
            where=mappings[0].name,
            remedy="Give the project too: mapping compare FIRST SECOND --project study.qdpx.",
        )
    paths = sorted({path[:depth] for path in guids for depth in range(1, len(path) + 1)})
    position = TABLES["codes"].position
    rows: list[list[Any]] = []
    at: dict[tuple[str, ...], int] = {}
    for path in paths:
        at[path] = len(rows)
        values: list[Any] = [None] * len(TABLES["codes"].columns)
        values[position["guid"]] = guids.get(path) or derive("path", *path)
        values[position["name"]] = path[-1]
        values[position["parent_row"]] = at.get(path[:-1])
        rows.append(values)
    return CodeTree(rows)
