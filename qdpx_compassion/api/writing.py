"""Projects written anew: enriched, stripped, repaired."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Self

from qdpx_compassion.enrich.projects import Enriched, enrich_project, strip_project
from qdpx_compassion.enrich.stripping import Stripped
from qdpx_compassion.files.progress import Progress
from qdpx_compassion.findings import count
from qdpx_compassion.frameworks import Framework, load_framework
from qdpx_compassion.opened import Openable, path_of

if TYPE_CHECKING:
    import pandas as pd

    from qdpx_compassion.refi.dialects import Dialect
    from qdpx_compassion.refi.repair import Repaired


@dataclass
class Enrichment(Enriched):
    """What enriching adds to a project, and the way to write it.

    Attributes:
        project: where the project lies.
        mapping: where the mapping lies.
        framework: what is added.
        reader: the program that will read the result; None: the one that wrote the project.
        path: what was written last; None: nothing yet.
    """

    project: Path = Path()
    mapping: Path = Path()
    framework: Framework = field(default_factory=load_framework)
    reader: str | None = None
    path: Path | None = None

    def save(
        self, target: str | Path, *, program: str | None = None, force: bool = False, progress: Progress | None = None
    ) -> Self:
        """Write the enriched project.

        Args:
            target: the result.
            program: that will import it, e.g. ``atlasti``: it is written as that program is known to accept it.
                None: as its own program wrote it.
            force: replace an existing target.
            progress: told how many bytes of the document were read just now.

        Returns:
            Itself, with the findings of writing.

        Raises:
            QdpxError: the program is not known, the target cannot be written, or the files have changed and no longer
                fit.
        """
        from qdpx_compassion.api.targets import destination

        inputs = (self.project, self.mapping)
        with destination(Path(target), program, force=force, inputs=inputs) as made:
            done = _enrich(
                self.project, self.mapping, made.path, self.framework, program or self.reader, force, progress
            )
        self.added, self.replaced, self.dialect = done.added, done.replaced, done.dialect
        self.findings = [*done.findings, *made.findings]
        self.path = Path(target)
        return self

    @property
    def codings(self) -> pd.DataFrame:
        """How many codings each construct gets: dimension, construct, codings."""
        import pandas as pd

        rows = [(one.title, construct) for one in self.framework.dimensions for construct in one.constructs]
        return pd.DataFrame(
            {
                "dimension": pd.array([title for title, _ in rows], dtype="string"),
                "construct": pd.array([construct.name for _, construct in rows], dtype="string"),
                "codings": pd.array([self.added.codings[construct.id] for _, construct in rows], dtype="Int64"),
            }
        )

    def __repr__(self) -> str:
        added = ", ".join(count(number, kind[:-1]) for kind, number in self.added.counts.items() if number)
        saved = f"written to {self.path.name}" if self.path else "not saved yet"
        return f"<{self.project.name} with {self.framework.title}: {added or 'nothing added'}; {saved}>"


def enrich(
    path: Openable,
    mapping: str | Path,
    target: str | Path | None = None,
    *,
    framework: Framework | None = None,
    reader: str | None = None,
    force: bool = False,
    progress: Progress | None = None,
) -> Enrichment:
    """Link a project to a framework: its codes, codings, sets and provenance.

    With a target it is written at once; without one nothing is written until ``save``, and the result says what would
    be added: ``enrich(project, "mapping.xlsx").save("enriched.qdpx")``.

    Args:
        path: the project, opened or where it lies; it is never changed.
        mapping: the mapping workbook, or a mapping as .csv or .toml.
        target: the result; None: nothing is written yet.
        framework: the built-in one unless said.
        reader: the program that will read the result, e.g. ``atlasti``: links and a graph are added where it reads
            them. None: the program that wrote the project.
        force: replace an existing target.
        progress: told how many bytes of the document were read just now.

    Raises:
        QdpxError: the project cannot be read, the mapping does not fit it, or the target cannot be written.
    """
    framework = framework or load_framework()
    project, decided, written = path_of(path), Path(mapping), Path(target) if target is not None else None
    done = _enrich(project, decided, written, framework, reader, force, progress)
    return Enrichment(
        done.added, done.replaced, done.dialect, done.findings,
        project=project, mapping=decided, framework=framework, reader=reader, path=written,
    )  # fmt: skip


def _enrich(
    project: Path, mapping: Path, target: Path | None, framework: Framework, reader: str | None, force: bool,
    progress: Progress | None,
) -> Enriched:  # fmt: skip
    from qdpx_compassion.mapping.reading import read_mapping

    read, findings = read_mapping(mapping, framework)
    return enrich_project(
        project,
        target,
        framework=framework,
        mapping=read,
        found=findings,
        force=force,
        inputs=(mapping,),
        reader=_dialect_of(reader) if reader else None,
        progress=progress,
    )


def _dialect_of(program: str) -> Dialect:
    from qdpx_compassion.refi.dialects import dialect
    from qdpx_compassion.refi.targets.profiles import find_target

    return dialect(find_target(program).dialect)


def strip(
    path: Openable,
    target: str | Path,
    *,
    framework: Framework | str | None = None,
    everything: bool = False,
    force: bool = False,
    progress: Progress | None = None,
) -> Stripped:
    """Write a project without framework elements.

    Args:
        path: the project; it is never written to.
        target: the stripped project.
        framework: the one to take out, itself or its id, which the project's provenance note may know; None: all.
        everything: what was made by hand with framework codes, too.
        force: replace an existing file.
        progress: told how many bytes of the document were read just now.

    Raises:
        QdpxError: the project cannot be read, does not hold that framework, or the target cannot be written.
    """
    given = framework if isinstance(framework, Framework) else None
    return strip_project(
        path_of(path),
        Path(target),
        frameworks=[given] if given else [],
        only=given.id if given else framework if isinstance(framework, str) else None,
        everything=everything,
        force=force,
        progress=progress,
    )


def repair(
    path: Openable,
    target: str | Path,
    *,
    assume: bool = False,
    drop_unknown: bool = False,
    force: bool = False,
    progress: Progress | None = None,
) -> Repaired:
    """Write a project or codebook with what is wrong in its document mended; all else stays byte for byte.

    Args:
        path: the project; it is never changed.
        target: the result.
        assume: mend by guesses too: what is required and missing, references to nothing.
        drop_unknown: take out elements and attributes that the standard does not know.
        force: replace an existing target.
        progress: told how many bytes of the document were read just now.

    Returns:
        Every mend, and what is still wrong with the result.
    """
    from qdpx_compassion.refi.repair import repair_project

    return repair_project(
        path_of(path), Path(target), assume=assume, drop_unknown=drop_unknown, force=force, progress=progress
    )
