"""Make first-steps.qdpx from the readable files beside this script: ``python sample_projects/first-steps/build.py``."""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))

from sample_projects.building import nvivo
from sample_projects.building.study import read_study


def build() -> dict[str, bytes]:
    """The files that the sample consists of, by name."""
    return {"first-steps.qdpx": nvivo.build(read_study(HERE))}


if __name__ == "__main__":
    for name, content in build().items():
        (HERE / name).write_bytes(content)
        print(f"{HERE / name}: {len(content)} bytes")
