"""A project that was opened, with the study's questions as methods: what a notebook works with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from qdpx_compassion.code_tree import CodeTree
from qdpx_compassion.enrich.own import own_guids
from qdpx_compassion.findings import Finding
from qdpx_compassion.findings import count as counted
from qdpx_compassion.frameworks import Framework, load_framework
from qdpx_compassion.tables import Project

if TYPE_CHECKING:
    import pandas as pd

    from qdpx_compassion.mapping.model import Decisions, Mapping
    from qdpx_compassion.reports.paper_tables import PaperTable
    from qdpx_compassion.study.participants import Participants
    from qdpx_compassion.study.summary import Options, Summary


@dataclass(repr=False)
class OpenedProject(Project):
    """A project as tables, and what the study asks of them.

    ``table("codes")`` and so on give the tables of the standard (``tables.TABLES``). A mapping is the file that the
    researchers filled in; without one nothing is related to a framework.

    Attributes:
        path: where it was read from; texts are read there again when they are needed.
    """

    path: Path = Path()

    def __repr__(self) -> str:
        """What it is and what is in it: the rows themselves would be pages."""
        sources = sum(row[0] != "Note" for row in self.rows["sources"])
        told = [counted(sources, "source"), *(counted(len(self.rows[one]), one[:-1]) for one in ("codes", "codings"))]
        return f"<{self.name or self.path.name}: {', '.join(told)}>"

    def _repr_html_(self) -> str:
        """How a notebook shows it: what is in it, in numbers."""
        from html import escape

        first = next(self.records("project"))
        kinds = Counter(row[0] for row in self.rows["sources"])
        facts = {
            "Project": first["name"] or "",
            "Written by": first["origin"] or "",
            **{f"{name.capitalize()}": f"{len(self.rows[name]):,}" for name in ("codes", "codings", "cases", "users")},
            "Sources": f"{kinds.total() - kinds['Note']:,}",
            "Positions": str(self.positions.get("description", "")),
        }
        left = "style='text-align: left'"
        rows = "".join(
            f"<tr><th {left}>{escape(label)}</th><td {left}>{escape(fact)}</td></tr>\n"
            for label, fact in facts.items()
            if fact
        )
        return f"<p><strong>{escape(self.name)}</strong></p>\n<table>\n<tbody>\n{rows}</tbody>\n</table>\n"

    @property
    def codes(self) -> pd.DataFrame:
        """The codes with their paths and how often each was used; columns: ``study.frames.CODES``."""
        from qdpx_compassion.study.frames import code_frame

        tree = CodeTree.of(self)
        return code_frame(self, tree, own_guids(self, tree))

    @property
    def sources(self) -> pd.DataFrame:
        """The sources with their length and codings; columns: ``study.frames.SOURCES``."""
        from qdpx_compassion.study.frames import source_frame

        return source_frame(self)

    @property
    def coders(self) -> pd.DataFrame:
        """The users of the project with their codings; columns: ``study.frames.CODERS``."""
        from qdpx_compassion.study.frames import coder_frame

        return coder_frame(self)

    @property
    def participants(self) -> pd.DataFrame:
        """The participants as the program works them out: key, name, label, group, include, kind and sources."""
        return self.find_participants().table

    def find_participants(
        self, mapping: str | Path | None = None, *, participants: str | None = None, group: str | None = None
    ) -> Participants:
        """Who the participants are, and why: the table, its explanation, the groups.

        Args:
            mapping: a mapping file whose labels, groups and choices hold.
            participants: ``sources``, ``cases``, ``sets``, ``codes:PATH`` or ``variable:NAME``; None: worked out.
            group: name of a variable, of sets or cases, or ``none``; None: the mapping's, or worked out.

        Raises:
            QdpxError: the mapping cannot be used, or the project does not have what was asked for.
        """
        from qdpx_compassion.study.participants import find_participants

        framework = load_framework()
        read = self._read(mapping, framework)[0] if mapping is not None else None
        own = own_guids(self, CodeTree.of(self)) - framework.code_guids
        return find_participants(self, read, participants=participants, group=group, own=own)

    def quotations(
        self,
        mapping: str | Path | None = None,
        *,
        framework: Framework | None = None,
        participants: str | None = None,
        group: str | None = None,
        options: Options | None = None,
        brief: bool = False,
    ) -> pd.DataFrame:
        """Every coding with its quotation, participant, group, value and constructs, in document order.

        Args:
            mapping: see ``summary``, and there for what follows.
            framework: see there.
            participants: see there.
            group: see there.
            options: see there.
            brief: only codings that count, only the columns that people read, and constructs by name.

        Returns:
            A row a coding, with the columns of ``study.quotations.COLUMNS`` and one a dimension of the framework.
        """
        summary = self.summary(mapping, framework=framework, participants=participants, group=group, options=options)
        if not brief:
            return summary.quotations
        from qdpx_compassion.study.frames import brief as for_people

        return for_people(summary.quotations, summary.framework)

    def counts(
        self,
        by: str | Sequence[str] = "value",
        mapping: str | Path | None = None,
        *,
        framework: Framework | None = None,
        participants: str | None = None,
        group: str | None = None,
        options: Options | None = None,
    ) -> pd.DataFrame:
        """The study's numbers by value, construct, participant, group, source or coder, or by several together.

        The rules of counting are ``study.counts.RULES``.

        Returns:
            A row for each key that occurs, most participants first.
        """
        from qdpx_compassion.study.counts import count

        summary = self.summary(mapping, framework=framework, participants=participants, group=group, options=options)
        return count(
            summary.quotations,
            summary.participants,
            by,
            text_total=summary.text_total,
            line_ends=summary.line_ends,
        )

    def summary(
        self,
        mapping: str | Path | None = None,
        *,
        framework: Framework | None = None,
        participants: str | None = None,
        group: str | None = None,
        options: Options | None = None,
    ) -> Summary:
        """Everything that the reports show, as tables.

        Args:
            mapping: the mapping file; None: nothing is related to a framework.
            framework: that the mapping is about; the compassion framework unless said otherwise.
            participants: see ``find_participants``.
            group: see ``find_participants``.
            options: how to count and show.

        Raises:
            QdpxError: the mapping cannot be read or does not fit, or the project does not have what was asked for.
        """
        from qdpx_compassion.files.project_files import open_project_files
        from qdpx_compassion.mapping.resolve import refuse_errors, resolve
        from qdpx_compassion.refi.texts import SourceTexts
        from qdpx_compassion.study.summary import summarise

        framework = framework or load_framework()
        tree = CodeTree.of(self)
        own = own_guids(self, tree)
        read: Mapping | None = None
        decisions: Decisions | None = None
        findings: list[Finding] = []
        if mapping is not None:
            read, findings = self._read(mapping, framework)
            decisions, resolved = resolve(read, framework, tree, own)
            findings = [*findings, *resolved]
            refuse_errors(findings, read)
        with open_project_files(self.path) as files:
            return summarise(
                self,
                framework=framework if read is not None else None,
                decisions=decisions,
                mapping=read,
                mapping_name=Path(mapping).name if mapping is not None else "",
                participants=participants,
                group=group,
                texts=SourceTexts(files, self),
                findings=findings,
                own=own - framework.code_guids,
                options=options,
            )

    def paper_tables(
        self,
        mapping: str | Path | None = None,
        *,
        framework: Framework | None = None,
        participants: str | None = None,
        group: str | None = None,
        options: Options | None = None,
    ) -> list[PaperTable]:
        """The tables that a paper prints, as ``summarise -o tables.md`` writes them.

        A notebook shows each with its caption and note; ``frame()`` gives it as a DataFrame of texts.
        """
        from qdpx_compassion.reports.paper_tables import plan_tables

        return plan_tables(
            self.summary(mapping, framework=framework, participants=participants, group=group, options=options)
        )

    @staticmethod
    def _read(mapping: str | Path, framework: Framework) -> tuple[Mapping, list[Finding]]:
        from qdpx_compassion.mapping.reading import read_mapping

        return read_mapping(Path(mapping), framework)


#: What the functions of the API take for a project: where it lies, or itself, opened.
Openable = str | Path | OpenedProject


def path_of(project: Openable) -> Path:
    """Where a project lies."""
    return project.path if isinstance(project, OpenedProject) else Path(project)
