"""Whether the program works on this computer: versions, what is installed, and a self-test on the sample."""

from __future__ import annotations

import platform
import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

from qdpx_compassion.errors import QdpxError
from qdpx_compassion.installed import Way, requirements, version_of, way
from qdpx_compassion.version import __version__

#: Free space for temporary files below which a usual project may fail, in MB.
_LITTLE_SPACE = 500


@dataclass(frozen=True, slots=True)
class Package:
    """A package that the program uses.

    Attributes:
        name: as it is installed. version: empty: it is not there.
        extra: the extra that brings it; empty: it always comes with the program.
    """

    name: str
    version: str
    extra: str = ""


@dataclass(frozen=True, slots=True)
class Trial:
    """A step of the self-test.

    Attributes:
        what: what was tried, for people.
        problem: why it failed; empty: it works. Holds no path.
        seconds: how long it took.
    """

    what: str
    problem: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Health:
    """What ``doctor`` says. No path, no name of a person, nothing of a project is in it.

    Attributes:
        facts: label → what is so, for people. packages, trials: see there.
        remarks: sentences about what may make trouble.
    """

    facts: dict[str, str]
    packages: list[Package]
    trials: list[Trial] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    @property
    def is_well(self) -> bool:
        """Whether everything that the program needs is there and works."""
        missing = any(not one.version for one in self.packages if not one.extra)
        return not missing and not any(trial.problem for trial in self.trials)

    @property
    def extras(self) -> dict[str, bool]:
        """Extra → whether all its packages are there."""
        found: dict[str, bool] = {}
        for one in self.packages:
            if one.extra:
                found[one.extra] = found.get(one.extra, True) and bool(one.version)
        return found

    def as_dict(self) -> dict[str, object]:
        """All of it as plain values."""
        return {**asdict(self), "extras": self.extras, "well": self.is_well}


def examine(encoding: str) -> Health:
    """Look at the installation and try the main job on the sample.

    Args:
        encoding: of the terminal.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        free = shutil.disk_usage(folder).free >> 20
        trials = [_try(what, job, folder) for what, job in _JOBS.items()]
    facts = {
        "qdpx-compassion": f"{__version__}, {_WAYS[way()]}",
        "Python": f"{platform.python_version()} ({platform.python_implementation()})",
        "System": f"{platform.system()} {platform.release()}, {platform.machine()}",
        "Terminal": encoding,
        "Temporary files": f"{free:,} MB free",
    }
    remarks = []
    if encoding.replace("-", "").lower() not in ("utf8", "utf16"):
        remarks.append(
            f"The terminal's character set is {encoding}: letters that it lacks are shown as question marks. Files are "
            "not touched by that. In Windows, set the variable PYTHONUTF8 to 1 if it is in the way."
        )
    if free < _LITTLE_SPACE:
        remarks.append("There is little space for temporary files: large projects may fail.")
    return Health(facts, _packages(), trials, remarks)


_WAYS: dict[Way, str] = {
    "program": "a program of its own",
    "archive": "one Python archive",
    "uv": "with uv",
    "pipx": "with pipx",
    "source": "from its source folder",
    "environment": "in a virtual environment",
    "python": "for the whole Python",
}


def _packages() -> list[Package]:
    """What the program requires, and what is there of it."""
    found = [Package(one.name, version_of(one.name), one.extra) for one in requirements()]
    optional = {"isal"}  # where it has no build, zlib does its work
    return [one for one in found if one.version or one.name not in optional]


# -- the self-test --------------------------------------------------------------------------------------------------


def _try(what: str, job: Callable[[Path], None], folder: Path) -> Trial:
    start = time.perf_counter()
    try:
        job(folder)
        problem = ""
    except QdpxError as error:
        problem = error.what  # without where: that is a path
    except Exception as error:  # noqa: BLE001 (whatever it is, the doctor says that it is so)
        problem = type(error).__name__
    return Trial(what, problem, round(time.perf_counter() - start, 2))


def _expect(holds: bool, otherwise: str) -> None:
    if not holds:
        raise QdpxError(otherwise)


def _read(folder: Path) -> None:
    from qdpx_compassion.api.projects import open_project
    from qdpx_compassion.files.package_data import SAMPLE, SAMPLE_MAPPING, sample_file

    for name in (SAMPLE, SAMPLE_MAPPING):
        (folder / name).write_bytes(sample_file(name))
    project = open_project(folder / SAMPLE)
    _expect(len(project.rows["codings"]) == 53, "The sample has other codings than it should.")
    marked = [quotation for quotation in project.column("selections", "quotation") if quotation]
    _expect(len(marked) == 53, "The sample has other quotations than it should.")


def _map(folder: Path) -> None:
    from qdpx_compassion.api.mappings import check_mapping, update_mapping

    sample, workbook = folder / "first-steps.qdpx", folder / "mapping.xlsx"
    update_mapping(sample, folder / "mapping.csv", workbook)
    _expect(not check_mapping(sample, workbook), "The decisions of the sample are not read as they were written.")


def _enrich(folder: Path) -> None:
    from qdpx_compassion.api.writing import enrich

    done = enrich(folder / "first-steps.qdpx", folder / "mapping.xlsx", folder / "enriched.qdpx")
    _expect(done.added.counts["codings"] == 54, "Other codings were added than there should be.")


def _strip(folder: Path) -> None:
    from qdpx_compassion.api.writing import strip
    from qdpx_compassion.files.project_files import open_project_files

    strip(folder / "enriched.qdpx", folder / "stripped.qdpx")
    documents = []
    for name in ("first-steps.qdpx", "stripped.qdpx"):
        with open_project_files(folder / name) as files:
            documents.append(files.read(files.document))
    _expect(documents[0] == documents[1], "The project is not byte for byte what it was.")


def _report(folder: Path) -> None:
    from qdpx_compassion.api.reporting import summarise_as

    targets = [folder / f"report{ending}" for ending in (".xlsx", ".html", ".docx")]
    summarise_as(folder / "first-steps.qdpx", targets, mapping=folder / "mapping.xlsx")
    _expect(all(target.stat().st_size for target in targets), "A report is empty.")


_JOBS = {
    "read a project, with its quotations": _read,
    "write and read a mapping workbook": _map,
    "enrich": _enrich,
    "strip, back to the very same bytes": _strip,
    "write the workbook, the page and the quotations for Word": _report,
}
