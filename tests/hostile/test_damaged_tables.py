"""Files of the other formats, damaged anywhere: converting them back ends in words."""

from __future__ import annotations

import contextlib
import random
import shutil
import sqlite3
from pathlib import Path

import pytest
from command_line import FIRST_STEPS, run

#: What is written → the format where its name does not say, and which of its files is damaged.
FORMATS = {
    "study.json": ("", ""),
    "study.db": ("", ""),
    "study.xlsx": ("", ""),
    "study.zip": ("csv-zip", ""),
    "study.jsonld": ("", ""),
    "study.sqlite3": ("taguette", ""),
    "study.qda": ("", "data.qda"),
    "tables-csv": ("csv", "codes.csv"),
    "tables-parquet": ("parquet", "codes.parquet"),
    "codes.qdc": ("", ""),
    "codes.csv": ("taguette-tags", ""),
    "codes.xlsx": ("maxqda-codes", ""),
}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whole")
    for name, (to, _) in FORMATS.items():
        ran = run("convert", FIRST_STEPS, folder / name, *(("--to", to) if to else ()))
        assert ran.code == 0, ran.err
    return folder


def _damage(data: bytes, rolls: random.Random) -> bytes:
    changed = bytearray(data)
    kind = rolls.randrange(4)
    if kind == 0:
        return data[: rolls.randrange(len(data))]
    for _ in range(rolls.randrange(1, 8)):
        place = rolls.randrange(len(changed))
        if kind == 1:
            changed[place] = rolls.randrange(256)
        elif kind == 2:
            del changed[place : place + rolls.randrange(30)]
        else:
            changed[place:place] = changed[place : place + rolls.randrange(200)]
        changed = changed or bytearray(b"x")
    return bytes(changed)


def _try(name: str, whole: Path, folder: Path, seed: int) -> None:
    copy = folder / name
    (shutil.copytree if (whole / name).is_dir() else shutil.copy)(whole / name, copy)
    path = copy / FORMATS[name][1]
    path.write_bytes(_damage(path.read_bytes(), random.Random(seed)))
    out = folder / ("out.qdc" if name.startswith("codes") else "out.qdpx")
    ran = run("convert", copy, out)
    assert ran.code in (0, 1, 2), (seed, ran)
    assert "should not have happened" not in ran.err, (seed, ran.err)
    assert "Traceback" not in ran.err, (seed, ran.err)
    assert out.exists() == (ran.code == 0), (seed, ran)
    shutil.rmtree(copy) if copy.is_dir() else copy.unlink()
    out.unlink(missing_ok=True)


@pytest.mark.parametrize("name", FORMATS)
def test_damaged_tables(name: str, whole: Path, tmp_path: Path) -> None:
    for seed in range(12):
        _try(name, whole, tmp_path, seed)


@pytest.mark.parametrize(
    ("name", "seed"),
    [
        *(("study.qda", seed) for seed in (63469421, 912237982, 744574832, 258516216)),
        *(("tables-parquet", seed) for seed in (433587417, 51385844, 557991052)),
    ],
)
def test_damages_that_once_were_faults(name: str, seed: int, whole: Path, tmp_path: Path) -> None:
    _try(name, whole, tmp_path, seed)


@pytest.mark.long
@pytest.mark.parametrize("name", FORMATS)
def test_many_damaged_tables(name: str, whole: Path, tmp_path: Path) -> None:
    for seed in range(12, 500):
        _try(name, whole, tmp_path, seed)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("deep.json", b'{"profile": "qdpx-compassion", "tables": ' + b"[" * 100_000),
        (
            "numbers.json",
            b'{"profile": "qdpx-compassion-tables", "tables": {"codes": [{"row": ' + b"9" * 10_000 + b"}]}}",
        ),
        ("deep.toml", b"a = " + b"[" * 100_000),
        ("keys.toml", b".".join([b"a"] * 20_000) + b" = 1"),
        ("nul.csv", b"code,construct,mark\n\0\0\0"),
        ("one-line.csv", b"," * 500_000),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
@pytest.mark.parametrize("command", ["mapping check", "convert", "framework"])
def test_texts_that_were_made_to_do_harm(command: str, name: str, data: bytes, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    words: dict[str, tuple[str | Path, ...]] = {
        "mapping check": ("mapping", "check", FIRST_STEPS, path),
        "convert": ("convert", path, tmp_path / "out.qdpx"),
        "framework": ("frameworks", "show", path),
    }
    ran = run(*words[command])
    assert ran.code in (1, 2)
    assert "should not have happened" not in ran.err, ran.err
    assert "Traceback" not in ran.err
    assert not (tmp_path / "out.qdpx").exists()


def test_a_name_of_megabytes_is_not_printed_whole(tmp_path: Path) -> None:
    path = tmp_path / "wide.csv"
    path.write_bytes(b'code,construct,mark\n"' + b"x" * 3_000_000)
    ran = run("mapping", "check", FIRST_STEPS, path)
    assert len(ran.out) + len(ran.err) < 50_000


def test_a_database_whose_columns_are_computed_fills_no_memory(tmp_path: Path) -> None:
    path = tmp_path / "study.db"
    assert run("convert", FIRST_STEPS, path).code == 0
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.execute("DROP TABLE codes")
        database.execute("CREATE TABLE codes (row INTEGER, name TEXT AS (hex(zeroblob(400000000))))")
        database.execute("INSERT INTO codes (row) VALUES (0)")
        database.commit()
    ran = run("convert", path, tmp_path / "out.qdpx")
    assert ran.code == 1
    assert "cannot be read" in ran.message


def test_tables_as_json_are_limited(tmp_path: Path) -> None:
    path = tmp_path / "study.json"
    assert run("convert", FIRST_STEPS, path).code == 0
    ran = run("convert", path, tmp_path / "out.qdpx", "--limit", "document_bytes=1K")
    assert ran.code == 1
    assert "--limit document_bytes=" in ran.message
