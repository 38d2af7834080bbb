"""What the mapping says about participants: labels, groups, who is left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from qdpx_compassion.findings import Finding, Severity, count
from qdpx_compassion.study.given import PersonLike
from qdpx_compassion.tables import normalise_guid


def apply_people(
    rows: Sequence[dict[str, Any]], people: Sequence[PersonLike], *, groups: bool
) -> tuple[list[str], list[Finding]]:
    """Put labels, groups and who is left out into the rows of participants.

    Args:
        rows: the participants; changed.
        people: what was said; a row is about the participant of this GUID, or whose source has it.
        groups: whether groups are taken too.

    Returns:
        Sentences for people, and findings about rows that could not be used.
    """
    findings: list[Finding] = []
    by_key = _by_key(rows)
    said: dict[int, PersonLike] = {}
    for person in people:
        row = by_key.get(normalise_guid(person.key))
        if row is None:
            name = person.label or person.name or person.key
            message = f"The project has no participant “{name}”; the row was not used."
            findings.append(Finding("mapping-participant", message, person.where))
        elif row in said and _words(said[row]) != _words(person):
            message = f"“{rows[row]['name']}” has two rows that differ; the first ({said[row].where}) was used."
            findings.append(Finding("mapping-participant", message, person.where, Severity.WARNING))
        elif row not in said:
            said[row] = person
    for number, person in said.items():
        row_values = rows[number]
        if person.label.strip():
            row_values["label"], row_values["labelled"] = person.label.strip(), True
        if groups:
            row_values["group"] = person.group.strip()
        row_values["include"] = person.include
    twice = [label for label, number in Counter(row["label"] for row in rows).items() if number > 1]
    if twice:
        many = count(len(twice), "label is that", "labels are those")
        message = f"{many} of several participants: {', '.join(twice[:5])}."
        findings.append(Finding("study-label-twice", message))
    left_out = sum(not row["include"] for row in rows)
    are = "is" if left_out == 1 else "are"
    told = [f"{left_out} of {count(len(rows), 'participant')} {are} left out, as the mapping says."] if left_out else []
    return told, findings


def _by_key(rows: Sequence[dict[str, Any]]) -> dict[str, int]:
    """GUID → row, by the participant's own GUID or that of a source that is nobody else's."""
    found: dict[str, int] = {}
    sources = Counter(key for row in rows for key in row["source_keys"])
    for number, row in enumerate(rows):
        for key in row["source_keys"]:
            if sources[key] == 1:
                found.setdefault(key, number)
    for number, row in enumerate(rows):
        found[row["key"]] = number
    return found


def _words(person: PersonLike) -> tuple[str, str, bool]:
    return person.label.strip(), person.group.strip(), person.include
