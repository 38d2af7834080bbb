"""Whatever bytes come in: a project, or an error that says what and where."""

import random
from pathlib import Path

import pytest
from format_cases import random_content

from qdpx_compassion.errors import QdpxError
from qdpx_compassion.formats import WriteOptions
from qdpx_compassion.formats.registry import by_id


@pytest.mark.parametrize(
    ("format_id", "extension", "times"),
    [("json", "json", 150), ("sqlite", "db", 150), ("csv-zip", "zip", 100), ("xlsx", "xlsx", 25), ("qdc", "qdc", 100),
     ("maxqda-codes", "xlsx", 25), ("outline", "txt", 50)],
)  # fmt: skip
def test_damaged_files_are_read_or_refused(format_id: str, extension: str, times: int, tmp_path: Path) -> None:
    chance = random.Random(11)
    whole, damaged = tmp_path / f"whole.{extension}", tmp_path / f"damaged.{extension}"
    by_id(format_id).write(random_content(1, tmp_path, size=1), whole, WriteOptions())
    for number in range(times):
        data = bytearray(whole.read_bytes())
        if number % 3:
            for _ in range(chance.choice((1, 3, 50))):
                data[chance.randrange(len(data))] = chance.randrange(256)
        else:
            del data[chance.randrange(len(data)) :]
        damaged.write_bytes(data)
        by_id(format_id).recognises(damaged)
        try:
            with by_id(format_id).read(damaged) as content:
                by_id("qdpx").write(content, tmp_path / "out.qdpx", WriteOptions(force=True))
        except QdpxError as error:
            assert str(error)
