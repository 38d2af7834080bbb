"""Who the study's participants are, which texts are whose, and which group each belongs to."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from qdpx_compassion.findings import Finding
from qdpx_compassion.study.assigning import assign
from qdpx_compassion.study.given import PeopleLike, framework_guids
from qdpx_compassion.study.grouping import groupings
from qdpx_compassion.study.groups import choose, natural_key
from qdpx_compassion.study.holders import choose_holders, speaker_codes
from qdpx_compassion.study.membership import Membership
from qdpx_compassion.study.people import apply_people
from qdpx_compassion.study.places import Place, Places
from qdpx_compassion.study.spans import Parts
from qdpx_compassion.tables import Project

if TYPE_CHECKING:
    import pandas as pd

#: What participants without a group are called where others have one.
NO_GROUP = "(no group)"

COLUMNS = {
    "key": "string",  # GUID of the case, source, set or code, as compared
    "name": "string",
    "label": "string",  # what reports show: the given label, else the name
    "labelled": "boolean",  # whether a label was given
    "group": "string",  # empty: none
    "include": "boolean",
    "kind": "string",  # source, case, set, code or variable
    "sources": "object",  # names of the sources, a tuple
    "source_rows": "object",  # their rows, a tuple
}


@dataclass
class Participants:
    """The participants of a study.

    Attributes:
        rows: a row a participant, in document order of their sources; keys as in ``COLUMNS``, and more.
        explanation: what was chosen and why, sentences for people.
        findings: what was notable about participants and groups.
        group_name: what the groups are, e.g. the name of a variable; empty when nothing says.
        variables: name of a variable → its value for each participant, by row; empty: none.
        speaker_codes: rows of codes that stand for participants, so that they are no values.
    """

    rows: list[dict[str, Any]]
    explanation: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    group_name: str = ""
    variables: dict[str, list[str]] = field(default_factory=dict)
    speaker_codes: frozenset[int] = frozenset()
    _of_source: dict[int, int] = field(default_factory=dict, repr=False)
    _parts: dict[int, Parts] = field(default_factory=dict, repr=False)

    @cached_property
    def table(self) -> pd.DataFrame:
        """The rows as a table with the columns of ``COLUMNS``."""
        import pandas as pd

        return pd.DataFrame(
            {name: pd.Series([row[name] for row in self.rows], dtype=dtype) for name, dtype in COLUMNS.items()}
        )

    @cached_property
    def group_of(self) -> list[str]:
        """The group of each participant as tables show it; empty when there are no groups."""
        none = NO_GROUP if any(row["group"] for row in self.rows) else ""
        return [row["group"] or none for row in self.rows]

    @cached_property
    def groups(self) -> list[str]:
        """The groups of included participants in natural order, those without one last; empty when nobody has one."""
        found = {group for group, row in zip(self.group_of, self.rows, strict=True) if row["include"]}
        return sorted(found - {""}, key=lambda group: (group == NO_GROUP, natural_key(group)))

    @cached_property
    def sizes(self) -> dict[str, int]:
        """Number of included participants: of each group, and of all together under the empty name."""
        rows = [number for number, row in enumerate(self.rows) if row["include"]]
        sizes = dict.fromkeys(self.groups, 0)
        for row in rows:
            if self.group_of[row]:
                sizes[self.group_of[row]] += 1
        return {"": len(rows), **sizes}

    def of(self, place: Place) -> int | None:
        """Row of the participant whose text a place is; None for notes and for what is nobody's.

        In a source of several people a place belongs to the one who holds most of it.
        """
        whole = self._of_source.get(place.top_row)
        if whole is not None:
            return whole
        parts = self._parts.get(place.top_row)
        return None if parts is None else parts.holder(place)


def find_participants(
    project: Project,
    mapping: PeopleLike | None = None,
    *,
    participants: str | None = None,
    group: str | None = None,
    own: frozenset[str] = frozenset(),
) -> Participants:
    """Work out who the participants are, and their groups.

    A participant is a case where the project has cases for people, otherwise a source. Where cases lie over each other,
    those are participants that divide the sources best; the others, and folders of cases, are groups. A source without
    a case is a participant of its own. Notes are nobody's text.

    Args:
        project: the project, read with its texts.
        mapping: where somebody said labels, groups and who is left out; its groups go before those of the project.
        participants: ``sources``, ``cases``, ``sets``, ``codes:PATH`` (the codes below it are the speakers) or
            ``variable:NAME`` (sources of the same value are one participant's); None: as said above.
        group: name of a variable, of sets or cases, or ``none``; goes before the mapping. None: the program chooses.
        own: GUIDs of what other frameworks added to the project, which is never read as a group.

    Raises:
        UsageError: ``participants`` or ``group`` names what the project does not have.
    """
    places = Places(project)
    membership = Membership(project, places, own | framework_guids())
    holders, others, told, findings = choose_holders(membership, participants)
    found = assign(membership, holders)
    explanation, findings = [*told, *found.explanation], [*findings, *found.findings]
    offered = groupings(membership, found.rows, others)
    variables = {one.name: one.values for one in offered if one.kind == "variable"}
    from_mapping = group is None and mapping is not None and any(row.group.strip() for row in mapping.participants)
    group_name = ""
    if from_mapping:
        explanation.append("Groups are those of the mapping.")
    else:
        chosen, sentences, more = choose(offered, group)
        explanation += sentences
        findings += more
        for row, value in zip(found.rows, chosen.values if chosen else (), strict=False):
            row["group"] = value
        group_name = chosen.short if chosen else ""
    if mapping is not None:
        sentences, more = apply_people(found.rows, mapping.participants, groups=from_mapping)
        explanation += sentences
        findings += more
    codes = speaker_codes(membership, [*holders, *others])
    return Participants(found.rows, explanation, findings, group_name, variables, codes, found.of_source, found.parts)
