"""Make the two projects and the filled mapping workbook of the values study from the readable files beside this script.

``python sample_projects/values-study/build.py``
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from sample_projects.building import atlasti, nvivo
from sample_projects.building.study import read_study

HERE = Path(__file__).resolve().parent


def build() -> dict[str, bytes]:
    """The files that the sample consists of, by name."""
    study = read_study(HERE)
    return {"values-study-nvivo.qdpx": nvivo.build(study), "values-study-atlasti.qdpx": atlasti.build(study)}


def fill_mapping(target: Path) -> None:
    """The workbook that the team filled in: the decisions of ``mapping.csv`` on the codes of the NVivo project."""
    from qdpx_compassion import update_mapping

    update_mapping(HERE / "values-study-nvivo.qdpx", HERE / "mapping.csv", target, force=True)


if __name__ == "__main__":
    for name, content in build().items():
        (HERE / name).write_bytes(content)
        print(f"{HERE / name}: {len(content)} bytes")
    fill_mapping(HERE / "mapping.xlsx")
    print(HERE / "mapping.xlsx")
