"""Everything that a report of the study needs, counted once; and what it rests on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import pandas as pd

from qdpx_compassion.findings import Finding
from qdpx_compassion.frameworks import Dimension, Framework
from qdpx_compassion.study.coders import Agreement, agreement
from qdpx_compassion.study.codings import Coding
from qdpx_compassion.study.context import Contexts, contexts
from qdpx_compassion.study.cooccurrence import Cooccurrence
from qdpx_compassion.study.effects import Effect, effects
from qdpx_compassion.study.examples import Example, examples
from qdpx_compassion.study.given import DecisionsLike, PeopleLike, Texts, framework_guids
from qdpx_compassion.study.labels import label_findings
from qdpx_compassion.study.memos import Memo, memos
from qdpx_compassion.study.overlap import overlaps
from qdpx_compassion.study.participants import Participants, find_participants
from qdpx_compassion.study.quotations import find_codings, quotation_frame
from qdpx_compassion.study.saturation import Step, interview_order, saturation
from qdpx_compassion.study.spans import LineEnds
from qdpx_compassion.study.tables import Tables, main_dimensions
from qdpx_compassion.tables import Project


@dataclass(frozen=True)
class Options:
    """How a summary is counted and shown.

    Attributes:
        rows: whether the quotations are listed a row a coding or a row a quotation.
        coders: whether a coding counts once for all coders at a place, or once for each.
        indicators: whether quotations have a column of 0 and 1 for each code, for statistics.
        context: characters shown before and after a quotation.
    """

    rows: Literal["coding", "quotation"] = "coding"
    coders: Literal["once", "each"] = "once"
    indicators: bool = False
    context: int = 80


@dataclass
class Summary:
    """The tables of a study and what they rest on.

    Attributes:
        project_file: file name of the project. project_name: its name. program: what wrote it, as the file says.
        moment: when the project was last changed, as it says; None when it does not.
        framework: what values are related to; None without a mapping.
        mapping_name: file name of the mapping; empty without one.
        options: how it was counted.
        participants: see there.
        codings: the rows of ``quotations`` as plain values.
        values: a row a value, most participants first.
        constructs: a row a construct of the framework, in its order.
        themes: a row a theme of a construct, in dimensions with themes.
        theme_of: (row of a code, id of a dimension) → its theme.
        codebook: a row a code, in the order of the project.
        not_mapped: a row a code that has codings and expresses nothing.
        facts: what was counted in all, label and number.
        cooccurrence: which codes and constructs overlap.
        effects: id of a dimension → its quotations and what they meet.
        saturation: new values a participant. agreement: of each two coders. memos: notes and comments.
        contexts: id of a place → the words before and after it.
        findings: what was noticed, of the project, the mapping and the study.
        value_examples: code row → quotations. construct_examples: construct id → quotations.
        theme_examples: (construct id, code row) → quotations.
        text_total: characters of all texts of included participants. line_ends: see ``spans.line_ends``.
        positions: how places in texts were counted, and how sure that is; empty where no text was read.
    """

    project_file: str
    project_name: str
    program: str
    moment: dt.datetime | None
    framework: Framework | None
    mapping_name: str
    options: Options
    participants: Participants
    codings: list[Coding]
    values: pd.DataFrame
    constructs: pd.DataFrame
    themes: pd.DataFrame
    theme_of: dict[tuple[int, str], str]
    codebook: pd.DataFrame
    not_mapped: pd.DataFrame
    facts: list[tuple[str, int]]
    cooccurrence: Cooccurrence
    effects: dict[str, list[Effect]]
    saturation: list[Step]
    agreement: list[Agreement]
    memos: list[Memo]
    contexts: Contexts
    findings: list[Finding] = field(default_factory=list)
    value_examples: dict[int, list[Example]] = field(default_factory=dict)
    construct_examples: dict[str, list[Example]] = field(default_factory=dict)
    theme_examples: dict[tuple[str, int], list[Example]] = field(default_factory=dict)
    text_total: int = 0
    line_ends: LineEnds = field(default_factory=dict)
    positions: str = ""

    @cached_property
    def quotations(self) -> pd.DataFrame:
        """The codings as a table (``study.quotations``), made when it is asked for: reports need none."""
        return quotation_frame(self.codings, self.framework)

    @property
    def made_from(self) -> str:
        """Which files it rests on, in words."""
        return f"Made from {self.project_file}" + (f" and {self.mapping_name}" if self.mapping_name else "")

    @property
    def main_dimensions(self) -> tuple[Dimension, ...]:
        """The dimensions that values are related to; see ``tables.main_dimensions``."""
        return main_dimensions(self.framework)

    @property
    def other_dimensions(self) -> tuple[Dimension, ...]:
        """The dimensions that are asked of examples and reasons, not of values."""
        main = {dimension.id for dimension in self.main_dimensions}
        return tuple(one for one in self.framework.dimensions if one.id not in main) if self.framework else ()


def summarise(
    project: Project,
    *,
    framework: Framework | None = None,
    decisions: DecisionsLike | None = None,
    mapping: PeopleLike | None = None,
    mapping_name: str = "",
    participants: Participants | str | None = None,
    group: str | None = None,
    texts: Texts | None = None,
    findings: Iterable[Finding] = (),
    own: frozenset[str] = frozenset(),
    options: Options | None = None,
) -> Summary:
    """Count everything that reports show.

    Args:
        project: the project, read with its texts.
        framework: what values are related to.
        decisions: the resolved mapping; None: nothing is related to the framework.
        mapping: its rows about participants.
        mapping_name: file name of the mapping, for provenance.
        participants: as ``find_participants`` gives them, or what it is asked for (``sources``, ``cases`` …).
        group: by what participants are grouped, as ``find_participants`` takes it.
        texts: the plain text of a source by its row, for notes and contexts (``refi.texts.SourceTexts``).
        findings: further findings, of the mapping for instance; the project's own are taken from it.
        own: GUIDs of what other frameworks added to the project.
        options: how to count and show.

    Raises:
        UsageError: ``participants`` or ``group`` names what the project does not have.
    """
    options = options or Options()
    people = participants
    if not isinstance(people, Participants):
        people = find_participants(project, mapping, participants=people, group=group, own=own)
    used = framework if decisions is not None else None
    rows = find_codings(project, used, decisions, people, texts=texts, own=own, coders=options.coders)
    tables = Tables(project, used, decisions, people, rows, own, texts)
    values = tables.values()
    main = main_dimensions(used)
    aside = [one for one in used.dimensions if one not in main and not one.themes] if used else []
    met, asides = _meetings(project, rows, aside, main)
    about = next(project.records("project"), {})
    return Summary(
        project_file=project.name,
        project_name=about.get("name") or project.name,
        program=about.get("origin") or "",
        positions=str(project.positions.get("description", "")),
        text_total=tables.text_total,
        line_ends=tables.line_ends,
        moment=_moment(about.get("modified_date_time") or about.get("creation_date_time")),
        framework=used,
        mapping_name=mapping_name if decisions is not None else "",
        options=options,
        participants=people,
        codings=rows,
        values=values,
        constructs=tables.constructs(),
        themes=tables.themes(),
        theme_of=tables.theme_of(),
        codebook=tables.codebook(),
        not_mapped=tables.not_mapped(),
        facts=tables.facts(),
        cooccurrence=met,
        effects=asides,
        saturation=saturation(
            rows, interview_order(project, people), frozenset(int(row) for row in values["code_row"])
        ),
        agreement=agreement(rows),
        memos=memos(project, people, texts, own | framework_guids(framework)),
        contexts=contexts(rows, texts, options.context),
        findings=label_findings([*project.findings, *findings, *people.findings, *tables.findings()], people),
        value_examples=examples(rows, lambda row: (row.code_row,)),
        construct_examples=examples(rows, lambda row: row.constructs),
        theme_examples=examples(rows, lambda row: [(one, row.code_row) for one in row.constructs]),
    )


def _meetings(
    project: Project, rows: Iterable[Coding], aside: Sequence[Dimension], main: Sequence[Dimension]
) -> tuple[Cooccurrence, dict[str, list[Effect]]]:
    """What meets, and what the dimensions that are no values meet."""
    met = Cooccurrence()
    found: dict[str, list[Effect]] = {one.id: [] for one in aside}
    for source in overlaps(project, rows):
        met.add(source)
        for one in aside:
            found[one.id] += effects(source, one, main)
    return met, found


def _moment(written: str | None) -> dt.datetime | None:
    """A date of the standard; None when it is missing or no date."""
    if not written:
        return None
    try:
        return dt.datetime.fromisoformat(written.strip())
    except ValueError:
        return None
