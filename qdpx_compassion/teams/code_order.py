"""The order of codes that several copies made together."""

from __future__ import annotations

from qdpx_compassion.findings import Finding
from qdpx_compassion.tables import TABLES, Rows


def parents_first(codes: Rows) -> list[int]:
    """The rows of codes in the order of the document: each before its children, otherwise as they stand."""
    parent = TABLES["codes"].position["parent_row"]
    children: dict[int | None, list[int]] = {}
    for row, values in enumerate(codes):
        children.setdefault(values[parent], []).append(row)
    order: list[int] = []
    waiting = children.get(None, [])[::-1]
    while waiting:
        order.append(waiting.pop())
        waiting += children.get(order[-1], [])[::-1]
    return order


def unwind(codes: Rows) -> list[Finding]:
    """Codes that two copies moved below each other stand at the top again."""
    findings, position = [], TABLES["codes"].position
    parent, parent_guid = position["parent_row"], position["parent_guid"]
    for row in range(len(codes)):
        seen, at = {row}, codes[row][parent]
        while at is not None and at not in seen:
            seen.add(at)
            at = codes[at][parent]
        if at == row:
            codes[row][parent] = codes[row][parent_guid] = None
            message = (
                f"“{codes[row][position['name']]}” was moved below itself by two copies; it stands at the top now."
            )
            findings.append(Finding("merge-conflict", message))
    return findings
