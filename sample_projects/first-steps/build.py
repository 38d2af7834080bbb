"""Make first-steps.qdpx from the readable files beside this script: ``python sample_projects/first-steps/build.py``."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from sample_projects.building import nvivo
from sample_projects.building.study import read_study

HERE = Path(__file__).resolve().parent


def build() -> dict[str, bytes]:
    """The files that the sample consists of, by name."""
    return {"first-steps.qdpx": nvivo.build(read_study(HERE))}


if __name__ == "__main__":
    for name, content in build().items():
        (HERE / name).write_bytes(content)
        print(f"{HERE / name}: {len(content)} bytes")
