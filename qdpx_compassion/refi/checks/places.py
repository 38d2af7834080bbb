"""Where in a project a row of its tables stands, for people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from qdpx_compassion.code_tree import CodeTree, write_path
from qdpx_compassion.tables import TABLES, Project

_OWNER_TABLES = {"project": "project", "code": "codes", "case": "cases", "source": "sources",
                 "selection": "selections", "coding": "codings", "link": "links"}  # fmt: skip
#: The column that names the row of the parent, and the parent's table.
_PARENTS = {
    "case_members": ("case_row", "cases"),
    "set_members": ("set_row", "sets"),
    "sync_points": ("source_row", "sources"),
    "selections": ("source_row", "sources"),
    "vertices": ("graph_row", "graphs"),
    "edges": ("graph_row", "graphs"),
}
_NAMES = {"users": "User", "variables": "Variable", "cases": "Case", "links": "Link", "sets": "Set", "graphs": "Graph"}


class Places:
    """Names rows.

    Args:
        project: whose rows they are.
    """

    def __init__(self, project: Project) -> None:
        self._rows = project.rows
        self._tree = CodeTree.of(project)

    def of(self, table: str, row: int) -> str:
        """A row by its kind, name and GUID, and by what it stands in."""
        values = self._rows[table][row]
        if table == "project":
            return "Project"
        if table in ("note_refs", "variable_values"):
            return self.of(_OWNER_TABLES[values[0]], values[1])
        if table in ("case_members", "set_members"):
            return self.of(_PARENTS[table][1], values[0])
        guid = self._cell(table, row, "guid") or "without a GUID"
        if table == "codes":
            return f"Code “{write_path(self._tree.codes[row].path)}” ({guid})"
        if table == "codings":
            return f"Coding {guid} in {self.of(_OWNER_TABLES[values[0]], values[1])}"
        if table == "sources":
            name = self._cell(table, row, "name")
            return f"{values[0]} “{name}” ({guid})" if name else f"{values[0]} {guid}"
        if table in _PARENTS:
            column, parent = _PARENTS[table]
            kind = values[0] if table == "selections" else TABLES[table].name.title().replace("_", "").removesuffix("s")
            kind = {"Vertice": "Vertex", "SyncPoint": "SyncPoint"}.get(kind, kind)
            return f"{kind} {guid} in {self.of(parent, self._cell(table, row, column))}"
        name = self._cell(table, row, "name")
        return f"{_NAMES[table]} “{name}” ({guid})" if name else f"{_NAMES[table]} {guid}"

    def _cell(self, table: str, row: int, column: str) -> Any:
        return self._rows[table][row][TABLES[table].position[column]]


def named_some(places: Sequence[str], shown: int = 3) -> str:
    """The first few of several places, and how many more there are."""
    rest = len(places) - shown
    return "; ".join(places[:shown]) + (f"; and {rest:,} more" if rest > 0 else "")
