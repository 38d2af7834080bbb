"""Install a built wheel into an environment of its own, away from the repository, and do the main job with it.

``python tools/try_wheel.py dist/qdpx_compassion-*.whl``
"""

import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

SAMPLE = Path(__file__).resolve().parents[1] / "sample_projects" / "first-steps"
JOB = (
    "--version",
    "show first-steps.qdpx",
    "mapping new first-steps.qdpx -o empty.xlsx",
    "mapping update first-steps.qdpx mapping.csv -o mapping.xlsx",
    "mapping check first-steps.qdpx mapping.xlsx",
    "enrich first-steps.qdpx mapping.xlsx -o enriched.qdpx --summary summary.xlsx",
    "summarise first-steps.qdpx mapping.xlsx -o report.html",
    "strip enriched.qdpx -o stripped.qdpx",
    "frameworks export compassion -o framework.qdc",
    "start --sample --folder guided --yes",
    "completion bash",
    "doctor",
)


def main(wheel: Path) -> int:
    """Install the wheel, run the job, compare what strip gives back."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        binaries = _install(wheel.resolve(), folder / "environment")
        work = folder / "work"
        (work / "guided").mkdir(parents=True)
        for file in ("first-steps.qdpx", "mapping.csv"):
            shutil.copy(SAMPLE / file, work)
        environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
        commands = [[str(binaries / "qdpx-compassion"), *line.split()] for line in JOB]
        commands.append([str(binaries / "python"), "-m", "qdpx_compassion", "--version"])
        for command in commands:
            done = subprocess.run(command, cwd=work, env=environment, capture_output=True, check=False)
            if done.returncode:
                print(f"{' '.join(command)}: exit code {done.returncode}")
                print((done.stdout + done.stderr).decode("utf-8", "replace"))
                return 1
        if _members(work / "first-steps.qdpx") != _members(work / "stripped.qdpx"):
            print("strip did not give back the bytes of the sample")
            return 1
        made = sorted(path.name for path in work.iterdir())
    print(f"{wheel.name}: the main job works in an environment of its own; it made {', '.join(made)}.")
    return 0


def _install(wheel: Path, environment: Path) -> Path:
    """Make the environment, without a pip of its own (Debian's Python cannot give it one), and install the wheel."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(environment)], check=True)
    binaries = environment / ("Scripts" if os.name == "nt" else "bin")
    pip = [sys.executable, "-m", "pip", "--python", str(environment), "install", "--quiet"]
    subprocess.run([*pip, "--disable-pip-version-check", str(wheel)], check=True)
    return binaries


def _members(path: Path) -> list[tuple[str, bytes]]:
    with zipfile.ZipFile(path) as archive:
        return [(info.filename, archive.read(info)) for info in archive.infolist()]


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
