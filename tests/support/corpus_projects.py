"""Small projects for corpora, and an engine without processes."""

import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from small_project import coding, document, selection

from qdpx_compassion.corpus.build import Built, build
from qdpx_compassion.corpus.engines import Died
from qdpx_compassion.corpus.query import open_corpus


class Here:
    """The engine of these tests: everything in this process; ``died``: names of files whose process dies."""

    workers = 1

    def __init__(self, *died: str, times: int = 99) -> None:
        self.died, self.times, self.done, self.started = died, times, 0, False

    def __enter__(self) -> "Here":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def start(self) -> None:
        self.started = True

    def run(self, function: Any, jobs: Sequence[Any]) -> Iterator[tuple[Any, Any]]:
        for job in jobs:
            names = {task.place.file for task in getattr(job, "tasks", ())}
            if self.times and names & set(self.died):
                self.times -= 1
                yield job, Died()
            else:
                self.done += len(names)
                yield job, function(job)


def make(path: Path, name: str = "p", inner: str = "") -> Path:
    """A small project archive."""
    path.parent.mkdir(parents=True, exist_ok=True)
    data = document(inner or selection(coding(1))).replace(b'name="p"', f'name="{name}"'.encode())
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("project.qde", data)
    return path


def built(*projects: Path | str, into: Path, **options: Any) -> Built:
    return build(projects, into, engine=options.pop("engine", Here()), **options)


def column(folder: Path, table: str, name: str) -> list[Any]:
    with open_corpus(folder) as corpus:
        return [row[0] for row in corpus.table(table).project(f'"{name}"').fetchall()]


def workers_of(parent: int) -> list[int]:
    """The processes of a build's pool that are there now."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
            words = (entry / "cmdline").read_bytes()
        except OSError:
            continue
        if int(fields[1]) == parent and b"spawn_main" in words:
            found.append(int(entry.name))
    return found
