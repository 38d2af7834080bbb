"""Everything that can be wrong with a mapping, each with its cell."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from qdpx_compassion.code_tree import CodeTree, write_path
from qdpx_compassion.findings import Finding, count
from qdpx_compassion.frameworks.framework import Framework
from qdpx_compassion.mapping.model import Mapping as CodeMapping
from qdpx_compassion.mapping.model import ParticipantRow
from qdpx_compassion.mapping.resolve import match_rows, resolve
from qdpx_compassion.tables import normalise_guid


def check_mapping(
    mapping: CodeMapping,
    framework: Framework,
    tree: CodeTree,
    *,
    codings_of: Mapping[str, int],
    selection_guids: Collection[str] | Callable[[str], bool] | None = None,
    participant_keys: Collection[str] | None = None,
    own: frozenset[str] = frozenset(),
) -> list[Finding]:
    """Check a mapping against a project and a framework.

    Args:
        mapping: as read; what reading found is not repeated here.
        framework: whose constructs it names.
        tree: the project's codes.
        codings_of: number of codings by code key (``Code.key``); a code without any may stay undecided.
        selection_guids: the GUIDs of the project's selections as compared, or a function that knows them; None:
            exceptions are not checked.
        participant_keys: the GUIDs of participants and sources as compared; None: rows are not checked against them.
        own: GUIDs of further codes that are never mapped (other frameworks').

    Returns:
        The findings, those of rows first, in the order of rows.
    """
    decisions, findings = resolve(mapping, framework, tree, own)
    rows = match_rows(mapping, framework, tree, own).rows
    for key in decisions.undecided:
        if codings_of.get(key):
            code = tree.by_key[key]
            where = rows[key].where if key in rows else mapping.name
            message = f"“{write_path(code.path)}” has {count(codings_of[key], 'coding')} and no decision."
            findings.append(Finding("mapping-undecided", message, where))
    if not decisions.constructs and not any(held for held in decisions.exceptions.values()):
        message = f"No code is marked with any construct of “{framework.title}”."
        findings.append(Finding("mapping-empty", message, mapping.name))
    if selection_guids is not None:
        known = selection_guids if callable(selection_guids) else selection_guids.__contains__
        for exception in mapping.exceptions:
            if exception.selection_guid and not known(normalise_guid(exception.selection_guid)):
                message = f"The project has no selection {exception.selection_guid}."
                findings.append(Finding("mapping-exception-gone", message, exception.where))
    findings += _check_participants(mapping.participants, participant_keys)
    return findings


def _check_participants(rows: tuple[ParticipantRow, ...], known: Collection[str] | None) -> list[Finding]:
    findings = []
    seen: dict[str, str] = {}
    labels: dict[str, str] = {}
    for row in rows:
        key = normalise_guid(row.key)
        if key in seen:
            message = f"The participant stands in another row already ({seen[key]})."
            findings.append(Finding("mapping-participant", message, row.where))
        elif known is not None and key not in known:
            message = f"The project has no participant or source {row.key} ({row.name or 'without a name'})."
            findings.append(Finding("mapping-participant", message, row.where))
        if row.label and row.include and row.label in labels and key not in seen:
            message = f"The label “{row.label}” is that of another participant too ({labels[row.label]})."
            findings.append(Finding("mapping-participant", message, row.where))
        seen.setdefault(key, row.where)
        labels.setdefault(row.label, row.where)
    return findings
