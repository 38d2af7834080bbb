"""Many studies as one: sources, participants and codings beside each other, equal codes as one."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from qdpx_compassion.corpus.studies import Study
from qdpx_compassion.mapping.model import Decisions
from qdpx_compassion.study.spans import Parts
from qdpx_compassion.tables import TABLES, Project, ReadRows, Rows, normalise_guid

if TYPE_CHECKING:
    from qdpx_compassion.frameworks import Framework
    from qdpx_compassion.study.participants import Participants

_CODE, _CODING, _SELECTION = (TABLES[name].position for name in ("codes", "codings", "selections"))
_SOURCE, _NOTE = TABLES["sources"].position, TABLES["note_refs"].position
_NAMESPACE = uuid.UUID("6f0c9c1e-6a55-4c0b-9a5e-0d1f6f7f7c11")


@dataclass
class Combined:
    """What is put together, project after project.

    Two codes are one when their paths are equal in any letter case and the same holds for both; so a study of its own
    can map a code of that name in another way. GUIDs are made unique by the project, since copies repeat them.

    Attributes:
        framework: that decisions are about; None: there are none.
        by_project: groups are projects; else those of each project itself.
        rows: of the tables so far. project: the same. projects: how many are in it.
    """

    framework: Framework | None
    by_project: bool
    rows: dict[str, Rows] = field(default_factory=lambda: {name: [] for name in TABLES})
    project: Project = field(init=False)
    projects: int = 0
    _codes: dict[tuple[Any, ...], int] = field(default_factory=dict)
    _constructs: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _themes: dict[tuple[str, str], str] = field(default_factory=dict)
    _none: set[tuple[str, str]] = field(default_factory=set)
    _exceptions: dict[str, dict[str, bool]] = field(default_factory=dict)
    _people: list[dict[str, Any]] = field(default_factory=list)
    _of_source: dict[int, int] = field(default_factory=dict)
    _parts: dict[int, Parts] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.project = Project(self.rows)

    def add(self, study: Study, label: str) -> None:
        """Put a study beside the others.

        Args:
            study: the project and what holds for it.
            label: name of the project in reports.
        """
        rows, into = study.project.rows, self.rows
        sources, selections = len(into["sources"]), len(into["selections"])
        codes = self._code_rows(study)
        prefix = f"p{self.projects}-"
        self._add_people(study, label, sources)
        for name in ("users", "sources", "selections"):
            into[name] += _moved(name, rows[name], sources, selections, prefix)
        owner = {"source": sources, "selection": selections}
        kept: dict[int, int] = {}
        for number, row in enumerate(rows["codings"]):
            code = codes.get(row[_CODING["code_row"]])
            if code is None:
                continue
            new = list(row)
            kept[number] = len(into["codings"])
            new[_CODING["owner_row"]] += owner[row[0]]
            new[_CODING["code_row"]] = code
            new[_CODING["code_guid"]] = into["codes"][code][_CODE["guid"]]
            _prefix(new, _CODING, prefix, "guid", "creating_user")
            into["codings"].append(new)
        for kind, row_number, target in rows["note_refs"]:
            moved = kept.get(row_number) if kind == "coding" else None
            if kind in owner:
                moved = row_number + owner[kind]
            if moved is not None:
                into["note_refs"].append([kind, moved, target and prefix + target])
        if study.decisions is not None:
            for guid, held in study.decisions.exceptions.items():
                self._exceptions[prefix + guid] = held
        self.projects += 1

    def participants(self) -> Participants:
        """Everybody."""
        from qdpx_compassion.study.participants import Participants

        told = [f"The participants are those of {self.projects:,} projects, each as it is summarised by itself."]
        name = "project" if self.by_project else ""
        return Participants(self._people, told, group_name=name, _of_source=self._of_source, _parts=self._parts)

    def decisions(self) -> Decisions | None:
        """What holds for the codes; None without a framework."""
        if self.framework is None:
            return None
        return Decisions(self.framework.id, self._constructs, self._themes, frozenset(self._none), (), self._exceptions)

    def _code_rows(self, study: Study) -> dict[int | None, int]:
        """Row of a code in the project → its row here; codes that are no values are left out."""
        from qdpx_compassion.study.quotations import value_codes

        values = value_codes(study.tree, self.framework, study.own) - study.people.speaker_codes
        found: dict[int | None, int] = {}
        into = self.rows["codes"]
        for code in study.tree:
            if code.row not in values:
                continue
            parent = found.get(code.parent)
            decided = _decided(study.decisions, code.key)
            key = (parent, " ".join(code.name.split()).casefold(), decided)
            if key not in self._codes:
                self._codes[key] = len(into)
                row = list(study.project.rows["codes"][code.row])
                guid = str(uuid.uuid5(_NAMESPACE, repr(key)))
                row[_CODE["guid"]], row[_CODE["parent_row"]] = guid, parent
                row[_CODE["parent_guid"]] = into[parent][_CODE["guid"]] if parent is not None else None
                into.append(row)
                self._note(guid, decided)
            found[code.row] = self._codes[key]
        return found

    def _note(self, guid: str, decided: tuple[Any, ...]) -> None:
        constructs, themes, none = decided
        if constructs:
            self._constructs[guid] = constructs
        self._themes.update({(guid, dimension): theme for dimension, theme in themes})
        self._none |= {(guid, dimension) for dimension in none}

    def _add_people(self, study: Study, label: str, sources: int) -> None:
        from qdpx_compassion.study.participants import COLUMNS

        first = len(self._people)
        groups = study.people.group_of
        for number, one in enumerate(study.people.rows):
            row = {name: one[name] for name in COLUMNS}
            row["label"] = f"{label}: {row['label']}"
            row["key"] = f"p{self.projects}-{row['key']}"
            row["group"] = label if self.by_project else groups[number]
            row["source_rows"] = tuple(source + sources for source in row["source_rows"])
            self._people.append(row)
        self._of_source |= {source + sources: who + first for source, who in study.people._of_source.items()}
        for source, parts in study.people._parts.items():
            self._parts[source + sources] = Parts(
                [(text + sources, start, end, who + first) for text, start, end, who in parts._spans]
            )


def _decided(decisions: Decisions | None, key: str) -> tuple[Any, ...]:
    if decisions is None:
        return (), (), ()
    themes = tuple(sorted((dimension, theme) for (guid, dimension), theme in decisions.themes.items() if guid == key))
    none = tuple(sorted(dimension for guid, dimension in decisions.none if guid == key))
    return decisions.constructs.get(key, ()), themes, none


def _moved(name: str, rows: ReadRows, sources: int, selections: int, prefix: str) -> Rows:
    position = TABLES[name].position
    moved = []
    for row in rows:
        new = list(row)
        if name == "selections":
            new[position["source_row"]] += sources
        elif name == "sources" and new[position["parent_row"]] is not None:
            new[position["parent_row"]] += selections if new[position["parent_kind"]] == "selection" else sources
        _prefix(new, position, prefix, "guid", "creating_user", "modifying_user")
        moved.append(new)
    return moved


def _prefix(row: list[Any], position: dict[str, int], prefix: str, *columns: str) -> None:
    for column in columns:
        at = position.get(column)
        if at is not None and row[at]:
            row[at] = _prefixed(prefix, row[at])


@lru_cache(maxsize=64)  # a coder has thousands of codings one after the other
def _prefixed(prefix: str, guid: str) -> str:
    return prefix + normalise_guid(guid)
