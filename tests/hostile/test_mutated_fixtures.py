"""Every form that was met in real files, damaged in its structure or its bytes: each command ends in words.

A crash that is found becomes a fixture (tests/fixtures), or a file of the fuzzer's corpus (tests/fuzz).
"""

from __future__ import annotations

import csv
import random
import shutil
import tempfile
import zipfile
from pathlib import Path

import pytest
from command_line import run
from fixture_projects import expected, fixtures, made
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from lxml import etree
from mutations import Mutator

from qdpx_compassion.code_tree import CodeTree, write_path
from qdpx_compassion.errors import QdpxError
from qdpx_compassion.files.project_files import open_project_files
from qdpx_compassion.refi.names import CHILDREN
from qdpx_compassion.refi.reader import read_project
from qdpx_compassion.tables import TABLES

ATTRIBUTES = sorted({column.attribute for table in TABLES.values() for column in table.columns if column.attribute})
READABLE = [fixture for fixture in fixtures() if "error" not in expected(fixture)]
#: What is tried with each.
COMMANDS: tuple[tuple[str, ...], ...] = (
    ("show", "DAMAGED", "--json"),
    ("validate", "DAMAGED", "--strict", "--json"),
    ("enrich", "DAMAGED", "MAPPING", "-o", "OUT/enriched.qdpx"),
    ("diff", "WHOLE", "DAMAGED", "--json"),
    ("convert", "DAMAGED", "OUT/new.qdpx"),
    ("convert", "DAMAGED", "OUT/tables", "--to", "csv"),
    ("summarise", "DAMAGED", "MAPPING", "-o", "OUT/summary.xlsx"),
)
#: No shrinking: the seeds say all.
QUICK = settings(
    deadline=None, max_examples=40, phases=[Phase.explicit, Phase.generate], derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)  # fmt: skip
LONG = settings(QUICK, max_examples=2000, derandomize=False)


def _damaged(fixture: Path, seed: int, folder: Path) -> tuple[Path, Path]:
    """The fixture whole, and with its document damaged: in its structure, or where that cannot be, in its bytes."""
    whole = made(fixture, folder)
    with open_project_files(whole) as files:
        document = files.read(files.document)
        others = [(one.name, files.read(one)) for one in files.members if one is not files.document]
        name = files.document.name
    rolls = random.Random(seed)
    try:
        if rolls.random() < 0.2:
            raise ValueError("bytes this time")
        root = etree.fromstring(document)
        for _ in range(rolls.choice((1, 1, 2, 5))):
            root, _ = Mutator(rolls.randrange(10**9), list(CHILDREN), [*ATTRIBUTES, "targetGUID"]).mutate(root)
        document = etree.tostring(root, xml_declaration=True, encoding="utf-8")
    except (etree.XMLSyntaxError, ValueError):
        changed = bytearray(document)
        for _ in range(rolls.randrange(1, 4)):
            changed[rolls.randrange(len(changed))] = rolls.randrange(256)
        document = bytes(changed)
    if others and rolls.random() < 0.3:
        which = rolls.randrange(len(others))
        others[which] = (others[which][0], others[which][1][: rolls.randrange(len(others[which][1]) + 1)])
    path = folder / "damaged.qdpx"
    with zipfile.ZipFile(path, "w") as archive:
        for member, data in [(name, document), *others]:
            archive.writestr(member, data)
    return whole, path


def _mapping(damaged: Path, folder: Path) -> Path:
    """Some of the damaged project's codes, if it has any that can be read."""
    path = folder / "mapping.csv"
    try:
        codes = [write_path(code.path) for code in CodeTree.of(read_project(damaged))][:3]
    except QdpxError:
        codes = []
    with path.open("w", encoding="utf-8", errors="replace", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["code", "construct", "mark"])
        rows.writerows([code, "recognising-suffering", "x"] for code in codes)
    return path


def _try(fixture: Path, seed: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "out").mkdir()
        whole, damaged = _damaged(fixture, seed, folder)
        mapping = _mapping(damaged, folder)
        for command in COMMANDS:
            names = {"DAMAGED": str(damaged), "WHOLE": str(whole), "MAPPING": str(mapping)}
            words = [names.get(word, word.replace("OUT/", f"{folder}/out/")) for word in command]
            ran = run(*words)
            assert ran.code in (0, 1), (command, ran)
            assert "should not have happened" not in ran.err, (fixture.name, seed, command, ran.err)
            assert "Traceback" not in ran.err, (fixture.name, seed, command, ran.err)
        assert not list((folder / "out").glob("*.qdpx-part"))
        shutil.rmtree(folder / "out")


@QUICK
@given(fixture=st.sampled_from(READABLE), seed=st.integers(0, 10**6))
def test_every_command_on_damaged_fixtures(fixture: Path, seed: int) -> None:
    _try(fixture, seed)


@pytest.mark.long
@LONG
@given(fixture=st.sampled_from(READABLE), seed=st.integers(0, 10**9))
def test_every_command_on_many_damaged_fixtures(fixture: Path, seed: int) -> None:
    _try(fixture, seed)
