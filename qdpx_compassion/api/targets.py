"""Projects written for the program that will read them, and what would survive where."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from qdpx_compassion.errors import QdpxError
from qdpx_compassion.files.atomic import SUFFIX, refuse_existing, refused
from qdpx_compassion.files.progress import Progress

if TYPE_CHECKING:
    from qdpx_compassion.findings import Finding
    from qdpx_compassion.refi.targets.losses import Row
    from qdpx_compassion.refi.targets.profiles import Target
    from qdpx_compassion.refi.targets.project import WrittenFor

_PROJECTS = (".qdpx", ".qde")
_NAME_KEPT = 50


@dataclass
class Destination:
    """Where a command writes a project.

    Attributes:
        path: write here.
        written: after the block, what writing for the program did; None: it was for none.
    """

    path: Path
    written: WrittenFor | None = None

    @property
    def findings(self) -> list[Finding]:
        """What was changed, and what the program is known to do with the project."""
        return self.written.findings if self.written else []


@contextlib.contextmanager
def destination(
    output: Path, program: str | None, *, force: bool = False, inputs: tuple[Path, ...] = ()
) -> Iterator[Destination]:
    """Where to write a project, so that in the end it is written for a program.

    Args:
        output: the result. It is there when the block ends well, and not before.
        program: as a person names it; None: the project is written to ``output`` at once.
        force: replace an existing output.
        inputs: what is read; never written over.

    Raises:
        QdpxError: the program is not known or can hold nothing of the project, or the output cannot be written.
    """
    if program is None:
        yield Destination(output)
        return
    from qdpx_compassion.refi.targets.losses import refuse_nothing
    from qdpx_compassion.refi.targets.profiles import find_target
    from qdpx_compassion.refi.targets.project import write_for

    target = find_target(program)
    if not target.imports:
        refuse_nothing([], target)
    refuse_existing(output, force=force, inputs=inputs, suffixes=_PROJECTS)
    # Beside the output and private: confidential text never lies in a shared place.
    prefix = f".{output.stem[:_NAME_KEPT]}."
    try:
        folder = tempfile.TemporaryDirectory(prefix=prefix, suffix=SUFFIX, dir=output.parent)
    except OSError as error:
        raise refused(output, error) from error
    with folder:
        made = Destination(Path(folder.name) / output.name)
        try:
            yield made
            made.written = write_for(made.path, output, target, force=force)
        except QdpxError as error:
            if error.where == str(made.path):  # people know the file that they asked for
                error.where = str(output)
            raise


def write_for(
    path: str | Path, output: str | Path, program: str, *, force: bool = False, progress: Progress | None = None
) -> WrittenFor:
    """Write a project as a program is known to accept it.

    Args:
        path: the project; it is never changed.
        output: the result.
        program: e.g. ``atlasti``.
        force: replace an existing output.
        progress: told how many bytes of the document were read just now.

    Raises:
        QdpxError: the program is not known or can hold nothing of the project, or the output cannot be written.
    """
    from qdpx_compassion.refi.targets.profiles import find_target
    from qdpx_compassion.refi.targets.project import write_for as write

    refuse_existing(Path(output), force=force, inputs=(Path(path),), suffixes=_PROJECTS)
    return write(Path(path), Path(output), find_target(program), force=force, progress=progress)


def survival(
    path: str | Path, *, program: str | None = None, progress: Progress | None = None
) -> list[tuple[Target, list[Row]]]:
    """What would become of a project in each program, if it were written for that program.

    Args:
        path: the project.
        program: only this one.
        progress: told how many bytes of the document were read just now.
    """
    from qdpx_compassion.refi.targets.losses import rows_for
    from qdpx_compassion.refi.targets.profiles import find_target, targets
    from qdpx_compassion.refi.targets.project import survey_project

    chosen = targets() if program is None else (find_target(program),)
    facts = survey_project(Path(path), progress).facts
    return [(target, rows_for(facts, target)) for target in chosen]
