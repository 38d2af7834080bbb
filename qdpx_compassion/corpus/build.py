"""Projects become a corpus: what is new or changed is read, what is gone or the same is not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from qdpx_compassion.corpus.dataset import MANIFEST, Batch, Dataset, locked, new_dataset, open_dataset, refuse_other
from qdpx_compassion.corpus.engines import Died, Engine, Local
from qdpx_compassion.corpus.job import Bundle, Done, Task, read_bundle
from qdpx_compassion.corpus.needs import need
from qdpx_compassion.corpus.packing import Known, Unit, discard_damaged, mark_replaced, pack, packings, plan, units_of
from qdpx_compassion.corpus.pieces import PieceWriter
from qdpx_compassion.corpus.places import Found, Missing, Place, find_places, without_secrets
from qdpx_compassion.corpus.rows import ProjectRows, arrow_tables, rows_of_failure
from qdpx_compassion.errors import UsageError
from qdpx_compassion.files.limits import current_limits
from qdpx_compassion.findings import Finding, count

#: A bundle is no larger than this, in bytes and projects; a larger project is a bundle of its own.
_BUNDLE_BYTES, _BUNDLE_PROJECTS = 16 << 20, 50
#: About so many bundles for each worker; see ``_part``.
_BUNDLES_EACH = 16


@dataclass
class Built:
    """What a build did, in numbers of projects.

    Attributes:
        found: places that were given. unchanged: skipped. read: new or changed. failed: cannot be read, in this run.
        removed: taken out. projects, failures: in the corpus now. batches: files of each table.
        findings: what was noticed.
    """

    found: int = 0
    unchanged: int = 0
    read: int = 0
    failed: int = 0
    removed: int = 0
    projects: int = 0
    failures: int = 0
    batches: int = 0
    findings: list[Finding] = field(default_factory=list)


def build(
    projects: Sequence[str | Path],
    target: str | Path,
    *,
    engine: Engine | None = None,
    texts: bool | None = None,
    licence: str = "",
    again: bool = False,
    prune: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Built:
    """Read projects into a corpus, a new one or one that exists.

    Args:
        projects: files, globs, folders and URLs.
        target: folder of the corpus.
        engine: where the work is done; None: processes of this computer.
        texts: whether words of interviews and memos are kept; None: as the corpus has it, a new one with them.
        licence: a note for the projects that are read; empty: the first line of a licence file beside each.
        again: read every project, changed or not.
        prune: take out projects that are not among those given.
        progress: told how many projects are done, and of how many.

    Returns:
        What was done; a project that cannot be read is a row of ``failures``.

    Raises:
        UsageError: nothing was found, or ``texts`` is not as the corpus has it.
        OutputError: the corpus cannot be written, or another run is writing into it.
    """
    target = Path(target).absolute()
    found = find_places(map(str, projects), avoid=target)
    if not found.places and not found.missing:
        raise UsageError(
            "No projects were found in what was given.",
            where=", ".join(without_secrets(str(one)) for one in projects[:3]),
            remedy="In a folder, files that end in .qdpx or .qde are projects; export them from your program first.",
        )
    prepare(target, texts)
    with engine or Local() as used:
        if not (target / MANIFEST).exists():
            used.start()  # there is work in any case, and this process has packages to import first
        need("pyarrow.parquet")
        with locked(target):
            is_there = (target / MANIFEST).exists()
            dataset = open_dataset(target) if is_there else new_dataset(target, texts=texts is not False)
            run = _Run(used, licence, again, progress or (lambda _done, _all: None))
            run.go(dataset, found, prune=prune)
    for one in found.empty:
        message = "No projects were found there: in a folder, files that end in .qdpx or .qde are projects."
        run.built.findings.append(Finding("corpus-nothing-there", message, one))
    for one in dict.fromkeys(found.alike):
        message = "Several addresses differ only in what looks like a password, which is not written down: one is read."
        run.built.findings.append(Finding("corpus-addresses-alike", message, one))
    return run.built


def prepare(target: Path, texts: bool | None) -> None:
    """Refuse before any work is done what is no corpus, or one of another kind."""
    if not (target / MANIFEST).exists():
        refuse_other(target)
        return
    dataset = open_dataset(target)
    if dataset.kind != "corpus":
        raise UsageError("This is what 'corpus map' made, no corpus.", where=str(target), remedy="Give another folder.")
    if texts is not None and texts != dataset.texts:
        raise UsageError(
            f"The corpus was built {'with' if dataset.texts else 'without'} the texts of quotations.",
            where=str(target),
            remedy="Leave out --text and --no-text, or build it anew in another folder.",
        )


class _Run:
    """One build."""

    def __init__(self, engine: Engine, licence: str, again: bool, progress: Callable[[int, int], None]) -> None:
        self.built = Built()
        self._engine, self._licence, self._again = engine, licence, again
        self._progress = progress
        self._recovered: set[str] = set()

    def go(self, dataset: Dataset, found: Found, *, prune: bool) -> None:
        places, missing = found.places, found.missing
        # a folder, pattern or archive that could not be reached once, and can be now
        failed = {one.place.project_id for one in missing}
        self._recovered |= {Place("", one).project_id for one in found.given} - failed
        self._recovered -= {place.project_id for place in places}
        dataset.staging.mkdir(exist_ok=True)
        dataset.clean()
        discard_damaged(dataset)
        self._leave_damaged(dataset)
        units = units_of(dataset)
        known = _known(units, dataset)
        self.built.found = len(places) + len(missing)
        self._number = 1 + max((int(piece.name.split("-")[1]) for piece in dataset.pieces()), default=0)
        tasks = self._tasks(places, known)
        self._fail(dataset, missing)
        if tasks:
            self._read(dataset, tasks)
        after = units_of(dataset) if tasks or missing else units
        if prune:
            self._prune(after, {place.project_id for place in places}, missing)
        self._pack(dataset, after)

    def _leave_damaged(self, dataset: Dataset) -> None:
        """Leave out batches whose files are missing or damaged: their projects are read again."""
        for batch in [one for one in dataset.batches if not dataset.is_whole(one)]:
            dataset.batches.remove(batch)
            message = f"Files of batch {batch.name} were missing or damaged; projects that are there are read again."
            self.built.findings.append(Finding("corpus-damaged", message, str(dataset.folder)))

    def _tasks(self, places: Iterable[Place], known: dict[str, Known]) -> list[Task]:
        tasks = []
        for place in places:
            before = known.get(place.project_id)
            if before is None or self._again:
                tasks.append(Task(place))
            elif before.again or (before.size, before.modified) != (place.size, place.modified) or not place.modified:
                tasks.append(Task(place, before.fingerprint))
            else:
                self.built.unchanged += 1
        return tasks

    def _fail(self, dataset: Dataset, missing: Iterable[Missing]) -> None:
        """Write down what cannot be reached at all."""
        failures = []
        for one in missing:
            self.built.failed += 1
            finding = Finding("unreadable", one.message, one.place.location)
            failures.append(rows_of_failure(one.place, finding, remedy=one.remedy, again=True))
        self._write(dataset, failures)

    def _write(self, dataset: Dataset, failures: Sequence[ProjectRows]) -> None:
        with PieceWriter(dataset.staging, self._number) as writer:
            writer.write(arrow_tables(failures, texts=True))

    def _read(self, dataset: Dataset, tasks: list[Task]) -> None:
        bundles = self._bundles(dataset, tasks)
        alone: list[Bundle] = []
        for bundle, result in self._engine.run(read_bundle, bundles):
            if isinstance(result, Died):
                alone += [self._bundle(dataset, (task,)) for task in bundle.tasks]
            else:
                self._note(dataset, result)
        # the projects of a process that died are read again, each by itself: so one of them fails, not all
        for bundle, result in self._engine.run(read_bundle, alone):
            if isinstance(result, Died):
                place = bundle.tasks[0].place
                message = "The process that read it was ended by the system, twice; perhaps it needs too much memory."
                remedy = "Use fewer workers (--workers 1), or a computer with more memory."
                failure = rows_of_failure(place, Finding("unreadable", message), remedy=remedy, again=True)
                self._write(dataset, [failure])
                result = Done(failed=1)
            self._note(dataset, result)

    def _note(self, dataset: Dataset, done: Done) -> None:
        self.built.read += done.read
        self.built.failed += done.failed
        self.built.unchanged += len(done.same)
        for place in done.same:
            dataset.touched[place.project_id] = (place.size, place.modified)
            self._recovered.add(place.project_id)
        self._progress(self.built.read + self.built.failed + self.built.unchanged, self.built.found)

    def _bundles(self, dataset: Dataset, tasks: Sequence[Task]) -> list[Bundle]:
        """The projects in their order, some together; the largest bundles first, so that none comes last."""
        workers = self._engine.workers
        total, left = sum(task.place.size or 0 for task in tasks), len(tasks)
        waiting, size, most, number = total, 0, 0, 0
        bundles: list[list[Task]] = []
        for task in tasks:
            size += task.place.size or 0
            if not bundles or size > most or len(bundles[-1]) >= number:
                bundles.append([])
                most = min(_BUNDLE_BYTES, _part(total, waiting, workers))
                number = min(_BUNDLE_PROJECTS, _part(len(tasks), left, workers))
                size = task.place.size or 0
            bundles[-1].append(task)
            waiting, left = waiting - (task.place.size or 0), left - 1
        made = [self._bundle(dataset, tuple(one)) for one in bundles]
        return sorted(made, key=lambda bundle: -bundle.size)

    def _bundle(self, dataset: Dataset, tasks: tuple[Task, ...]) -> Bundle:
        return Bundle(tasks, dataset.staging, self._number, dataset.texts, self._licence, current_limits())

    def _prune(self, units: Sequence[Unit], found: set[str], missing: Iterable[Missing]) -> None:
        """Take out what was not given; what was given and cannot be reached now, as a folder on a server, stays."""
        given = found | {one.place.project_id for one in missing}
        below = tuple(one.place.location.rstrip("/") + "/" for one in missing)
        for unit in units:
            kept = {key for key, known in unit.projects.items() if known.location.startswith(below)}
            gone = unit.projects.keys() - given - kept - unit.gone
            self.built.removed += len(gone)
            unit.gone |= gone
            unit.failures_gone |= unit.failures.keys() - given

    def _pack(self, dataset: Dataset, units: list[Unit]) -> None:
        mark_replaced(units)
        for unit in units:
            unit.failures_gone |= unit.failures.keys() & self._recovered
        chosen = plan(units)
        replaced = {unit.batch for one in chosen for unit in one}
        batches = {}
        jobs = []
        for one in chosen:
            name = f"{dataset.next:06}"
            dataset.next += 1
            jobs += (of_batch := packings(dataset, name, one))
            if of_batch:
                batches[name] = Batch(name, sum(unit.left for unit in one), 0)
        for packing, result in self._engine.run(pack, jobs):
            size = pack(packing) if isinstance(result, Died) else result
            batch = batches[packing.name]
            batches[packing.name] = replace(batch, size=batch.size + size)
        kept = [batch for batch in dataset.batches if batch.name not in replaced]
        dataset.batches = sorted([*kept, *batches.values()], key=lambda one: one.name)
        left: dict[str, Known] = {
            key: one for unit in units for key, one in unit.projects.items() if key not in unit.gone
        }
        dataset.touched = {
            key: state
            for key, state in dataset.touched.items()
            if key in left and (left[key].size, left[key].modified) != tuple(state)
        }
        dataset.save()
        dataset.discard(dataset.pieces())
        dataset.clean()
        self.built.projects = len(left)
        self.built.failures = sum(len(unit.failures) - len(unit.failures_gone) for unit in units)
        self.built.batches = len(dataset.batches)
        self.built.findings += _copies(dataset)


def _part(total: int, left: int, workers: int) -> int:
    """How much of all a bundle has, where so much is left: the last ones are small, so that nobody waits for them."""
    usual = total // (workers * _BUNDLES_EACH)
    return max(1, usual // 8, min(usual, left // (workers * 4)))


def _known(units: Sequence[Unit], dataset: Dataset) -> dict[str, Known]:
    """What the corpus knows of each place; a failure goes before the rows that an earlier reading left."""
    known: dict[str, Known] = {}
    for unit in units:
        for key, one in unit.projects.items():
            if key not in unit.gone:
                size, modified = dataset.touched.get(key, (one.size, one.modified))
                known[key] = Known(one.location, size, modified, one.fingerprint)
    for unit in units:
        for key, one in unit.failures.items():
            if key not in unit.failures_gone:
                fingerprint = known[key].fingerprint if key in known else None
                known[key] = Known(one.location, one.size, one.modified, fingerprint, one.again)
    return known


def _told_apart(locations: Sequence[str]) -> list[str]:
    """Names of files; of equal ones, as unpacked projects have, with the folder."""
    names = [Place("", location).file for location in locations]
    if len(set(names)) == len(names):
        return names
    return ["/".join(location.partition("::")[0].rstrip("/").split("/")[-2:]) for location in locations]


def _copies(dataset: Dataset) -> list[Finding]:
    """Projects that are the very same document, or copies of one project."""
    import pyarrow.parquet as pq

    by_document: dict[str, list[str]] = defaultdict(list)
    by_sources: dict[str, list[str]] = defaultdict(list)
    for file in dataset.files("projects"):
        table = pq.ParquetFile(file).read(columns=["location", "document_sha256", "sources_sha256"])
        for location, document, sources in zip(*(column.to_pylist() for column in table.columns), strict=True):
            if len(by_document[document]) == 0 and sources:
                by_sources[sources].append(location)
            by_document[document].append(location)
    found = []
    for code, groups, said in (
        ("corpus-same-document", by_document, "are the very same document under several names"),
        ("corpus-copies", by_sources, "have the same sources: they are copies of one project that differ"),
    ):
        several = sorted(locations for locations in groups.values() if len(locations) > 1)
        for locations in several:
            shown = ", ".join(_told_apart(locations[:4]))
            more = " …" if len(locations) > 4 else ""
            found.append(Finding(code, f"{count(len(locations), 'project')} {said}: {shown}{more}.", locations[0]))
    return found
