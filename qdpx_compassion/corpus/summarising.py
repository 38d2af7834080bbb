"""The study's tables across the projects of a corpus, as one report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from qdpx_compassion.corpus.combining import Combined
from qdpx_compassion.corpus.dataset import Dataset, open_corpus_alone
from qdpx_compassion.corpus.patterns import Mappings, read_mappings
from qdpx_compassion.corpus.restore import projects_of
from qdpx_compassion.corpus.studies import NOT_MAPPED, study_of
from qdpx_compassion.errors import InputError
from qdpx_compassion.files.atomic import refuse_existing
from qdpx_compassion.files.limits import current_limits
from qdpx_compassion.findings import Finding, Severity, count
from qdpx_compassion.frameworks import Framework, load_framework
from qdpx_compassion.reports import registry

if TYPE_CHECKING:
    from qdpx_compassion.study.summary import Options, Summary

#: What a report needs in memory for each coding, as measured over 300 projects of five programs.
_BYTES_A_CODING = 2_500
#: So many projects are shown as groups of their own, unless somebody asks for more.
FEW = 12
By = Literal["auto", "project", "group"]


@dataclass
class Summarised:
    """A report that was written.

    Attributes:
        projects: that are in it. codings: that count. findings: what was noticed.
    """

    projects: int
    codings: int
    findings: list[Finding]


def summarise_corpus(
    folder: str | Path,
    target: str | Path,
    *,
    mappings: str | Path | None = None,
    framework: Framework | None = None,
    by: By = "auto",
    participants: str | None = None,
    group: str | None = None,
    options: Options | None = None,
    force: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Summarised:
    """Write a report of all projects of a corpus: the workbook, or what else the target's name asks for.

    Args:
        folder: of the corpus.
        target: the report.
        mappings: one mapping for all, or a folder with one for each; None: nothing is related to a framework.
        framework: that mappings are about; the compassion framework unless said otherwise.
        by: ``project``: each project is a group; ``group``: groups are those of the projects themselves; ``auto``: by
            project where they are few.
        participants: who they are in each project; see ``find_participants``.
        group: by what each project groups them; what it does not have is worked out.
        options: how to count and show.
        force: replace an existing file.
        progress: told how many projects are done, and of how many.

    Raises:
        QdpxError: the corpus or a mapping cannot be read, or the target cannot be written.
    """
    refuse_existing(Path(target), force=force, suffixes=registry.SUFFIXES)
    framework = framework or load_framework()
    read = read_mappings(Path(mappings), framework) if mappings is not None else None
    summary, projects = combined_summary(
        Path(folder), read, by=by, participants=participants, group=group, options=options, progress=progress
    )
    written = registry.write_report(Path(target), summary, force=force)
    counted = sum(bool(row.counted) for row in summary.codings)
    return Summarised(projects, counted, [*summary.findings, *written])


def combined_summary(
    folder: Path,
    mappings: Mappings | None,
    *,
    by: By = "auto",
    participants: str | None = None,
    group: str | None = None,
    options: Options | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[Summary, int]:
    """Everything that a report of a corpus shows, and how many projects are in it; see ``summarise_corpus``."""
    from qdpx_compassion.study.summary import summarise

    dataset = open_corpus_alone(folder)
    every = sum(batch.projects for batch in dataset.batches)
    if not every:
        raise InputError("The corpus holds no projects.", where=str(folder), remedy="Build it: corpus build.")
    _refuse_too_many(dataset)
    combined = Combined(mappings.framework if mappings else None, by == "project" or (by == "auto" and every <= FEW))
    findings: list[Finding] = list(mappings.findings) if mappings else []
    seen: dict[str, str] = {}
    names: Counter[str] = Counter()
    for batch in dataset.batches:
        for about, project in projects_of(dataset, batch.name):
            twin = seen.setdefault(about["document_sha256"], about["location"])
            if twin != about["location"]:
                message = f"It is the very same document as {Path(twin).name}, and counts once."
                findings.append(Finding("corpus-same-document", message, about["location"]))
                continue
            study = study_of(project, mappings, participants=participants, group=group)
            findings += _of_project(study.findings, project.name)
            combined.add(study, _label(about, names))
            if progress is not None:
                progress(combined.projects, every)
    findings += mappings.without_codes(mappings.fitting) if mappings else []
    name = folder.resolve().name
    combined.project.name = name
    combined.rows["project"].append(_about(name))
    summary = summarise(
        combined.project,
        framework=combined.framework,
        decisions=combined.decisions(),
        mapping_name=", ".join(file.name for file in mappings.files[:3]) if mappings else "",
        participants=combined.participants(),
        findings=findings,
        options=options,
    )
    return summary, combined.projects


def _refuse_too_many(dataset: Dataset) -> None:
    """Refuse before any work is done what would not fit into the memory of most computers."""
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    files = dataset.files("projects")
    codings = sum(pc.sum(pq.ParquetFile(file).read(columns=["codings"])["codings"]).as_py() or 0 for file in files)
    if codings > current_limits().codings:
        raise InputError(
            f"The corpus has {codings:,} codings: too many for a report, which is made in memory and would need "
            f"some {codings * _BYTES_A_CODING / 1e9:,.0f} GB.",
            where=str(dataset.folder),
            remedy="'corpus map' and then 'corpus query' count any number. On a computer with so much memory, add "
            f"--limit codings={codings + 1}.",
        )


def _label(about: dict[str, Any], names: Counter[str]) -> str:
    """The project's file name without its ending; a second of that name gets a number."""
    stem = Path(about["file"]).stem
    names[stem.casefold()] += 1
    number = names[stem.casefold()]
    return stem if number == 1 else f"{stem} ({number})"


def _about(name: str) -> list[Any]:
    from qdpx_compassion.tables import TABLES

    row: list[Any] = [None] * len(TABLES["project"].columns)
    row[0] = name
    return row


def _of_project(findings: list[Finding], file: str) -> list[Finding]:
    """Errors of a mapping, each by itself; how many codes are undecided, as one."""
    kept = [
        Finding(one.code, one.message, f"{file}, {one.where}".rstrip(", "), one.severity)
        for one in findings
        if one.severity is Severity.ERROR or one.code in NOT_MAPPED
    ]
    undecided = sum(one.code == "mapping-undecided" for one in findings)
    if undecided:
        message = f"{count(undecided, 'code has', 'codes have')} codings and no decision."
        kept.append(Finding("mapping-undecided", message, file))
    return kept
