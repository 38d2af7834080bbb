"""The provenance note: what was added, by which decisions; for people, and for ``strip`` to read again."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping as Map
from dataclasses import dataclass, field
from typing import Any

from qdpx_compassion.code_tree import CodeTree, read_path, write_path
from qdpx_compassion.findings import count
from qdpx_compassion.frameworks import Framework
from qdpx_compassion.mapping.model import Decisions
from qdpx_compassion.version import __version__

MARKER = "qdpx-compassion provenance, format 1"


@dataclass(frozen=True, slots=True)
class Record:
    """What a provenance note says: enough to take everything out again.

    Attributes:
        framework_id: of the framework. guid: of its top code. name: of its top code in the project.
        dimensions: dimension id → (GUID, name) of its code.
        constructs: construct id → (GUID, name) of its code.
        codes: code GUID (normalised) → (path, construct ids) as decided.
        exceptions: selection GUID (normalised) → construct id → include.
        note_guid: of the note that says so, as written; empty when the record does not come from a note.
    """

    framework_id: str
    guid: str
    name: str
    dimensions: dict[str, tuple[str, str]]
    constructs: dict[str, tuple[str, str]]
    codes: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = field(default_factory=dict)
    exceptions: dict[str, dict[str, bool]] = field(default_factory=dict)
    note_guid: str = ""

    @property
    def code_guids(self) -> frozenset[str]:
        """GUIDs of all framework codes, normalised."""
        pairs = (*self.dimensions.values(), *self.constructs.values())
        return frozenset({self.guid, *(guid for guid, _ in pairs)})


def record_of(framework: Framework, *, name: str | None = None) -> Record:
    """The record of a framework that is known, without decisions."""
    return Record(
        framework.id,
        framework.guid,
        name or framework.title,
        {dimension.id: (dimension.guid, dimension.title) for dimension in framework.dimensions},
        {construct.id: (construct.guid, construct.name) for construct in framework.constructs},
    )


def decision_lines(framework: Framework, name: str, decisions: Decisions, tree: CodeTree) -> list[str]:
    """The decisions in canonical form: JSON, a line each, in the order of the codebook."""
    record = record_of(framework, name=name)
    head = {
        "framework": framework.id,
        "version": framework.version,
        "guid": record.guid,
        "name": name,
        "dimensions": record.dimensions,
        "constructs": record.constructs,
    }
    lines = [_line(head)]
    for code in tree:
        if code.key in decisions.constructs and tree.by_key[code.key] is code:
            entry = {"code": code.key, "path": write_path(code.path), "constructs": decisions.constructs[code.key]}
            lines.append(_line(entry))
    lines += [
        _line({"selection": guid, "exceptions": dict(sorted(marks.items()))})
        for guid, marks in sorted(decisions.exceptions.items())
    ]
    return lines


def _line(entry: Map[str, Any]) -> str:
    return json.dumps(entry, ensure_ascii=False, separators=(", ", ": "), sort_keys=False)


def provenance_text(
    framework: Framework, lines: list[str], document_hash: str, counts: Map[str, int], by_construct: Counter[str]
) -> str:
    """The text of the note.

    Args:
        framework: the framework.
        lines: ``decision_lines``.
        document_hash: SHA-256 of the document without framework elements, in hexadecimal.
        counts: what was added, by kind, in the plural.
        by_construct: construct id → codings added.
    """
    decided = "\n".join(lines)
    added = ", ".join(count(number, kind.removesuffix("s")) for kind, number in counts.items())
    rows = [f"  {c.name}: {by_construct[c.id]}" for c in framework.constructs if by_construct[c.id]]
    return "\n".join(
        [
            MARKER,
            f"Framework: {framework.title} ({framework.id}), version {framework.version}",
            f"Program: qdpx-compassion {__version__}",
            f"Project document without framework elements, SHA-256: {document_hash}",
            f"Decisions, SHA-256: {hashlib.sha256(decided.encode()).hexdigest()}",
            f"Added: {added}",
            "Codings by construct:",
            *(rows or ["  none"]),
            "Keep this note: with it, 'qdpx-compassion strip' can take the framework out again.",
            "Decisions:",
            decided,
        ]
    )


def read_record(text: str, note_guid: str) -> Record | None:
    """The record that a note holds, or None when it is no provenance note.

    Args:
        text: of the note; other programs may have changed its line ends and white space.
        note_guid: of the note, as written.
    """
    if not text.lstrip("\ufeff \t\r\n").startswith("qdpx-compassion provenance"):
        return None
    head: dict[str, Any] | None = None
    codes: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {}
    exceptions: dict[str, dict[str, bool]] = {}
    for line in text.splitlines():
        if not line.lstrip().startswith("{"):
            continue
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if not isinstance(entry, dict):
            continue
        if "framework" in entry:
            head = entry
        elif "code" in entry:
            codes[str(entry["code"])] = (read_path(str(entry.get("path", ""))), tuple(entry.get("constructs", ())))
        elif "selection" in entry:
            exceptions[str(entry["selection"])] = dict(entry.get("exceptions", {}))
    if head is None:
        return None
    try:
        return Record(
            str(head["framework"]), str(head["guid"]), str(head["name"]), _pairs(head["dimensions"]),
            _pairs(head["constructs"]), codes, exceptions, note_guid,
        )  # fmt: skip
    except (KeyError, TypeError, ValueError):
        return None


def _pairs(value: dict[str, list[str]]) -> dict[str, tuple[str, str]]:
    return {str(key): (str(guid), str(name)) for key, (guid, name) in value.items()}
