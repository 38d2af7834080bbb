"""A corpus with what mappings make of it: every coding with its participant, group and constructs, as Parquet."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qdpx_compassion.corpus.dataset import (
    MANIFEST,
    STAGING,
    Batch,
    Dataset,
    not_written,
    open_corpus_alone,
    open_dataset,
)
from qdpx_compassion.corpus.engines import Died, Engine, Local
from qdpx_compassion.corpus.needs import need
from qdpx_compassion.corpus.patterns import Mappings, read_mappings
from qdpx_compassion.corpus.restore import projects_of
from qdpx_compassion.corpus.studies import NOT_MAPPED, Study, study_of
from qdpx_compassion.errors import OutputError
from qdpx_compassion.findings import Finding, Severity
from qdpx_compassion.frameworks import Framework, load_framework

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

#: A worker writes what it has when it holds so many bytes of rows.
_HELD = 32 << 20
#: Column → kind of the tables of a mapped corpus: text, number, flag, texts (a list).
MAPPED_TABLES: dict[str, dict[str, str]] = {
    "study_codings": {
        "project_id": "text", "project": "text", "participant": "text", "group": "text", "source": "text",
        "place": "text", "quotation": "text", "value": "text", "path": "text", "constructs": "texts", "coder": "text",
        "date": "text", "comment": "text", "counted": "flag", "not_counted": "text", "selection_guid": "text",
        "code_row": "number", "coding_row": "number",
    },
    "study_participants": {
        "project_id": "text", "project": "text", "key": "text", "name": "text", "label": "text", "group": "text",
        "include": "flag", "kind": "text",
    },
    "study_findings": {
        "project_id": "text", "project": "text", "code": "text", "severity": "text", "message": "text", "place": "text",
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class MapJob:
    """A part of a corpus that is mapped: some projects of a batch.

    Attributes:
        corpus, batch: which. ids: of the projects. mappings: what decides.
        target: folder of the result. name: of the files.
        participants: who they are in each project; see ``find_participants``.
        group: by what each project groups them; what it does not have is worked out.
    """

    corpus: Path
    batch: str
    ids: frozenset[str]
    mappings: Mappings
    target: Path
    name: str
    participants: str | None
    group: str | None


@dataclass
class Mapped:
    """What was mapped.

    Attributes:
        projects: in the result. not_mapped: those without a mapping that can be used. codings: that count.
        findings: errors of mappings, and projects without one.
        fitting: numbers of the rows of the mapping for all that fit a code of any project.
    """

    projects: int = 0
    not_mapped: int = 0
    codings: int = 0
    findings: list[Finding] = field(default_factory=list)
    fitting: set[int] = field(default_factory=set)


#: Projects of one job.
_EACH = 250


def map_corpus(
    folder: str | Path,
    mappings: str | Path,
    target: str | Path,
    *,
    framework: Framework | None = None,
    participants: str | None = None,
    group: str | None = None,
    engine: Engine | None = None,
    force: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Mapped:
    """Apply one mapping to all projects of a corpus, or to each its own, and write every coding with what it means.

    Args:
        folder: of the corpus.
        mappings: a file for all projects, or a folder with one for each, called like the project.
        target: the folder to write.
        framework: that mappings are about; the compassion framework unless said otherwise.
        participants: who they are in each project; see ``find_participants``.
        group: by what each project groups them; what it does not have is worked out.
        engine: where the work is done; None: processes of this computer.
        force: replace a mapped corpus that is there.
        progress: told how many projects are done, and of how many.

    Raises:
        QdpxError: the corpus or a mapping cannot be read, or the target cannot be written.
    """
    need("pyarrow.parquet")
    target = Path(target).absolute()
    dataset = open_corpus_alone(Path(folder))
    _refuse(target, force)
    read = read_mappings(Path(mappings), framework or load_framework())
    result = Mapped(findings=list(read.findings))
    every = sum(batch.projects for batch in dataset.batches)
    temporary = Path(tempfile.mkdtemp(prefix=f".{target.name}.", suffix=".qdpx-part", dir=target.parent))
    try:
        for name in MAPPED_TABLES:
            (temporary / name).mkdir()
        jobs = _jobs(dataset, read, temporary, participants, group)
        batches = []
        with engine or Local() as used:
            for job, done in used.run(map_part, jobs):
                part = map_part(job) if isinstance(done, Died) else done
                batches.append(Batch(job.name, part.projects, 0))
                result.projects += part.projects
                result.not_mapped += part.not_mapped
                result.codings += part.codings
                result.findings += part.findings
                result.fitting |= part.fitting
                if progress is not None:
                    progress(result.projects, every)
        result.findings += read.without_codes(result.fitting)
        batches.sort(key=lambda one: one.name)
        more = {
            "corpus": str(Path(folder).resolve()),
            "framework": read.framework.id,
            "made_of": [batch.name for batch in dataset.batches],
        }
        Dataset(temporary, "mapped", dataset.texts, batches, len(batches) + 1, more=more).save()
        temporary.chmod(0o777 & ~_umask())
        if target.exists():
            target.rename(gone := temporary.with_suffix(".gone"))
            shutil.rmtree(gone)
        temporary.rename(target)
    except OSError as error:
        raise not_written(target, error, remedy="Free some space or choose another folder.") from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    result.findings.sort(key=lambda one: (one.where, one.code))
    return result


def _refuse(target: Path, force: bool) -> None:
    if not target.parent.is_dir():
        raise OutputError("The folder does not exist.", where=str(target.parent), remedy="Make the folder first.")
    if not target.exists():
        return
    names = {one.name for one in target.iterdir()} if target.is_dir() else {""}
    ours = MANIFEST in names and names <= {MANIFEST, STAGING, *MAPPED_TABLES}
    if names and not ours:
        raise OutputError(
            "This exists already, and is something else.", where=str(target), remedy="Choose another name."
        )
    if names and not force:
        raise OutputError(
            "The folder exists already.", where=str(target), remedy="Choose another name, or add --force."
        )


def _umask() -> int:
    umask = os.umask(0)  # it can only be read by setting it
    os.umask(umask)
    return umask


def _jobs(
    dataset: Dataset, mappings: Mappings, target: Path, participants: str | None, group: str | None
) -> list[MapJob]:
    import pyarrow.parquet as pq

    jobs: list[MapJob] = []
    for batch in dataset.batches:
        ids = (
            pq.ParquetFile(dataset.file("projects", batch.name)).read(columns=["project_id"])["project_id"].to_pylist()
        )
        for first in range(0, len(ids), _EACH):
            some = frozenset(ids[first : first + _EACH])
            name = f"{len(jobs) + 1:06}"
            jobs.append(MapJob(dataset.folder, batch.name, some, mappings, target, name, participants, group))
    return jobs


def map_part(job: MapJob) -> Mapped:
    """Map some projects and write their part of each table, a group of rows as soon as there are enough."""
    import pyarrow.parquet as pq

    done = Mapped()
    held: dict[str, list[pa.Table]] = {name: [] for name in MAPPED_TABLES}
    dataset = open_dataset(job.corpus)
    with ExitStack() as opened:
        writers = {}
        for name in MAPPED_TABLES:
            file = job.target / name / f"{job.name}.parquet"
            writer = pq.ParquetWriter(file, _schema(name), compression="zstd", compression_level=1)
            writers[name] = opened.enter_context(writer)
        for about, project in projects_of(dataset, job.batch, wanted=lambda row: row["project_id"] in job.ids):
            study = study_of(project, job.mappings, participants=job.participants, group=job.group)
            done.projects += 1
            done.not_mapped += study.decisions is None
            done.findings += [
                Finding(one.code, one.message, f"{project.name}, {one.where}".rstrip(", "), one.severity)
                for one in study.findings
                if one.severity is Severity.ERROR or one.code in NOT_MAPPED
            ]
            for name, rows in _rows(study, job.mappings.framework, about).items():
                held[name].append(_table(name, rows))
                if name == "study_codings":
                    done.codings += sum(bool(row["counted"]) for row in rows)
                if sum(table.nbytes for table in held[name]) > _HELD:
                    _write(writers[name], held[name])
        for name, writer in writers.items():
            _write(writer, held[name])
    done.fitting = job.mappings.fitting
    return done


def _write(writer: pq.ParquetWriter, held: list[pa.Table]) -> None:
    import pyarrow as pa

    if held:
        writer.write_table(pa.concat_tables(held))
        held.clear()


def _rows(study: Study, framework: Framework, about: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    from qdpx_compassion.study.quotations import find_codings

    project = {"project_id": about["project_id"], "project": about["file"]}
    foreign = study.own - framework.code_guids
    codings = find_codings(study.project, framework, study.decisions, study.people, own=foreign)
    return {
        "study_codings": [{**coding._asdict(), **project} for coding in codings],
        "study_participants": [{**one, **project} for one in study.people.rows],
        "study_findings": [
            {**project, "code": one.code, "severity": str(one.severity), "message": one.message, "place": one.where}
            for one in study.findings
        ],
    }


def _table(name: str, rows: list[dict[str, Any]]) -> pa.Table:
    import pyarrow as pa

    schema = _schema(name)
    columns = [pa.array([row.get(column.name) for row in rows], column.type) for column in schema]
    return pa.Table.from_arrays(columns, schema=schema)


def _schema(name: str) -> pa.Schema:
    import pyarrow as pa

    types = {"text": pa.string(), "number": pa.int64(), "flag": pa.bool_(), "texts": pa.list_(pa.string())}
    return pa.schema([pa.field(column, types[kind]) for column, kind in MAPPED_TABLES[name].items()])
