"""Bringing a mapping up to date with a project that has changed since: nothing that was filled in is lost."""

from __future__ import annotations

from collections import abc
from collections.abc import Sequence
from dataclasses import dataclass, replace

from qdpx_compassion.code_tree import Code, CodeTree, write_path
from qdpx_compassion.findings import Finding, Severity
from qdpx_compassion.frameworks.framework import Framework
from qdpx_compassion.mapping.model import Mapping, MappingRow, ParticipantRow
from qdpx_compassion.mapping.resolve import decides, match_rows, offered, resolve
from qdpx_compassion.tables import normalise_guid


@dataclass(frozen=True, slots=True)
class Update:
    """What an earlier mapping says about a project as it is now.

    Attributes:
        rows: code key → what was filled in.
        new: codes that the mapping has no row for, in document order.
        gone: rows with decisions about codes that the project no longer has.
        findings: the same as messages, and every row that could not be matched.
    """

    rows: dict[str, MappingRow]
    new: tuple[Code, ...]
    gone: tuple[MappingRow, ...]
    findings: tuple[Finding, ...]


def compare_to_project(
    mapping: Mapping,
    framework: Framework,
    tree: CodeTree,
    own: frozenset[str] = frozenset(),
    codings_of: abc.Mapping[str, int] | None = None,
) -> Update:
    """Find the rows of the project's codes in an earlier mapping.

    Args:
        mapping: the earlier mapping.
        framework: the framework; its codes are never offered.
        tree: the project's codes as they are now.
        own: GUIDs of further codes that are not offered.
        codings_of: number of codings by code key; None: every code is taken to have some.

    Returns:
        What fits, what is new, what is gone. A decision about a gone code is a warning, not an error: it is set aside,
        and holds again when the code comes back. New codes are a finding where somebody has to decide about them:
        where they have codings and no mark above covers them.
    """
    matches = match_rows(mapping, framework, tree, own)
    aside = match_rows(Mapping(mapping.set_aside), framework, tree, own)
    rows = {**aside.rows, **{key: row for key, row in matches.rows.items() if decides(row) or key not in aside.rows}}
    new = tuple(code for code in offered(tree, framework, own) if code.key not in rows)
    gone = (*(row for row in matches.gone if decides(row) or row.rationale), *aside.gone)
    findings = [
        replace(finding, severity=Severity.WARNING) if finding.code == "mapping-code-gone" else finding
        for finding in matches.findings
    ]
    open_ = set(resolve(replace(mapping, rows=tuple(rows.values())), framework, tree, own)[0].undecided)
    asked = [code for code in new if code.key in open_ and (codings_of is None or codings_of.get(code.key))]
    if asked:
        names = ", ".join(f"“{write_path(code.path)}”" for code in asked[:5])
        more = f" and {len(asked) - 5} more" if len(asked) > 5 else ""
        findings.append(Finding("mapping-code-new", f"Codes without a row in the earlier mapping: {names}{more}."))
    return Update(rows, new, gone, tuple(findings))


def update_mapping(
    mapping: Mapping,
    framework: Framework,
    tree: CodeTree,
    participants: Sequence[ParticipantRow] = (),
    own: frozenset[str] = frozenset(),
) -> tuple[Mapping, list[Finding]]:
    """The mapping of the project as it is now: a row for each code, with what was filled in; gone codes set aside.

    Args:
        mapping: the earlier mapping.
        framework: the framework.
        tree: the project's codes as they are now.
        participants: the project's participants as they are now.
        own: GUIDs of further codes that are not offered.

    Returns:
        The new mapping, and what was new, gone or could not be matched.
    """
    update = compare_to_project(mapping, framework, tree, own)
    rows = []
    for code in offered(tree, framework, own):
        row = update.rows.get(code.key) or MappingRow(code.guid, code.path)
        rows.append(replace(row, guid=code.guid, path=code.path))
    everybody, findings = merge_participants(participants, mapping.participants)
    updated = replace(mapping, rows=tuple(rows), participants=tuple(everybody), set_aside=update.gone)
    return updated, [*update.findings, *findings]


def merge_participants(
    now: Sequence[ParticipantRow], earlier: Sequence[ParticipantRow]
) -> tuple[list[ParticipantRow], list[Finding]]:
    """The participants of now with the labels, groups and choices of an earlier mapping; who is gone is a finding."""
    by_key = {normalise_guid(row.key): row for row in earlier}
    merged = []
    for row in now:
        before = by_key.pop(normalise_guid(row.key), None)
        if before is not None:
            row = replace(row, label=before.label, group=before.group, include=before.include)
        merged.append(row)
    gone = [row.name or row.key for row in by_key.values()]
    if not gone or not now:
        return merged or list(earlier), []
    message = "The project no longer has: " + ", ".join(gone) + "."
    return merged, [Finding("mapping-participant", message, severity=Severity.WARNING)]
