"""One project of a corpus as a study: who its participants are, what its mapping decides."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from qdpx_compassion.code_tree import CodeTree
from qdpx_compassion.corpus.patterns import Mappings
from qdpx_compassion.enrich.own import own_guids
from qdpx_compassion.errors import UsageError
from qdpx_compassion.findings import Finding, Severity
from qdpx_compassion.mapping.model import Decisions
from qdpx_compassion.mapping.resolve import resolve
from qdpx_compassion.tables import Project

if TYPE_CHECKING:
    from qdpx_compassion.mapping.model import Mapping
    from qdpx_compassion.study.participants import Participants


#: Findings about a project of which a mapping makes nothing.
NOT_MAPPED = frozenset({"corpus-not-mapped", "corpus-mapping-fits-nothing"})


@dataclass
class Study:
    """A project and what holds for it.

    Attributes:
        project, tree: its tables and codes. people: its participants.
        decisions: None: it has no mapping, or one with errors.
        own: GUIDs of what frameworks added to it. findings: of its mapping.
    """

    project: Project
    tree: CodeTree
    people: Participants
    decisions: Decisions | None
    own: frozenset[str]
    findings: list[Finding] = field(default_factory=list)


def study_of(project: Project, mappings: Mappings | None, *, participants: str | None, group: str | None) -> Study:
    """Work out what a project is as a study.

    Args:
        project: as it was read.
        mappings: of the corpus; None: nothing is related to a framework.
        participants: who they are in each project; see ``find_participants``.
        group: by what each project groups them; what it does not have is worked out.
    """
    tree = CodeTree.of(project)
    own = own_guids(project, tree)
    mapping = mappings.for_project(project.name, tree) if mappings else None
    findings: list[Finding] = []
    decisions = None
    foreign = own - (mappings.framework.code_guids if mappings else frozenset())
    if mappings is not None and mapping is not None:
        decisions, findings = resolve(mapping, mappings.framework, tree, foreign)
        if any(finding.severity is Severity.ERROR for finding in findings):
            decisions = None
        if not mapping.rows:
            said = "No row of the mapping fits a code of this project."
            findings.append(Finding("corpus-mapping-fits-nothing", said))
    elif mappings is not None:
        findings.append(Finding("corpus-not-mapped", "There is no mapping for this project."))
    people = _people(project, mapping, participants, group, own)
    return Study(project, tree, people, decisions, own, findings)


def _people(
    project: Project, mapping: Mapping | None, participants: str | None, group: str | None, own: frozenset[str]
) -> Participants:
    from qdpx_compassion.study.participants import find_participants

    try:
        return find_participants(project, mapping, participants=participants, group=group, own=own)
    except UsageError:  # this project has no such variable, set or case
        return find_participants(project, mapping, group="none", own=own)
