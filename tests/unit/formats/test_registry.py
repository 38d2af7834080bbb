"""Formats by name, by content and by extension, and those of other packages."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from format_cases import random_content

from qdpx_compassion.errors import InputError, UsageError
from qdpx_compassion.formats import WriteOptions
from qdpx_compassion.formats.registry import built_in, by_id, for_input, for_output

ROOT = Path(__file__).resolve().parents[3]
SAMPLE = ROOT / "sample_projects" / "first-steps" / "first-steps.qdpx"


def test_every_built_in_format_can_be_made() -> None:
    for info in built_in():
        assert by_id(info.id).info is info
    assert len({info.id for info in built_in()}) == len(built_in())


def test_listing_formats_imports_none_of_them() -> None:
    program = (
        "import sys; from qdpx_compassion.formats.registry import infos; infos(); "
        "print([m for m in sys.modules if m.startswith(('openpyxl', 'lxml', 'pandas', 'pyarrow', 'sqlite3'))])"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)  # noqa: S603
    assert run.stdout.strip() == "[]"


def test_what_a_file_is_its_content_says_whatever_it_is_called(tmp_path: Path) -> None:
    content = random_content(1, tmp_path)
    for info in built_in():
        if not (info.reads and info.writes) or (info.id == "parquet" and not _has_pyarrow()):
            continue
        target = tmp_path / f"{info.id}{(*info.extensions, '')[0]}"
        by_id(info.id).write(content, target, WriteOptions())
        assert for_input(target).info.id == info.id
    for named, hidden in (
        ("json.json", "a.txt"),
        ("sqlite.db", "b.qde"),
        ("csv-zip.zip", "c.qdpx"),
        ("qdpx.qdpx", "d.zip"),
    ):
        shutil.copy(tmp_path / named, tmp_path / hidden)
        assert for_input(tmp_path / hidden).info.id == named.split(".")[0]


def _has_pyarrow() -> bool:
    try:
        import pyarrow  # type: ignore[import-not-found,import-untyped,unused-ignore]  # noqa: F401 (only asked for)
    except ImportError:
        return False
    return True


def test_unknown_files_say_what_is_known(tmp_path: Path) -> None:
    (tmp_path / "x.bin").write_bytes(b"\x00\x01")
    with pytest.raises(UsageError, match=r"qdpx \(\.qdpx\)"):
        for_input(tmp_path / "x.bin")
    with pytest.raises(InputError, match="no such file"):
        for_input(tmp_path / "nothing.qdpx")
    (tmp_path / "study.nvp").write_bytes(b"\x00")
    with pytest.raises(InputError, match="NVivo"):
        for_input(tmp_path / "study.nvp")


def test_a_folder_needs_its_kind() -> None:
    with pytest.raises(UsageError, match="qdpx-folder, csv, parquet"):
        for_output(Path("tables"))


@pytest.mark.parametrize(
    ("name", "format_id"),
    [("a.xlsx", "xlsx"), ("a.db", "sqlite"), ("a.SQLITE3", "sqlite"), ("a.md", "coded-markdown"), ("a.txt", "outline")],
)
def test_an_extension_means_the_format_that_keeps_everything(name: str, format_id: str) -> None:
    assert for_output(Path(name)).info.id == format_id


def test_an_extension_of_several_formats_asks_which() -> None:
    with pytest.raises(UsageError, match=r"--to: taguette-.*csv writes all tables"):
        for_output(Path("study.csv"))


def test_a_format_of_another_package_is_found_listed_and_used(tmp_path: Path) -> None:
    shutil.copy(ROOT / "docs" / "examples" / "counts_format.py", tmp_path)
    info = tmp_path / "counts_format-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: counts-format\nVersion: 1.0\n", encoding="utf-8")
    (info / "entry_points.txt").write_text(
        "[qdpx_compassion.formats]\ncounts = counts_format:COUNTS\nbroken = counts_format:NOTHING\n", encoding="utf-8"
    )
    target = tmp_path / "study.counts"
    program = f"""
import sys
sys.path.insert(0, {str(tmp_path)!r})
from qdpx_compassion.errors import UsageError
from qdpx_compassion.formats.registry import by_id
from qdpx_compassion.formats.converting import convert
from pathlib import Path
try:
    by_id("broken")
except UsageError as error:
    print(error)
from importlib.metadata import entry_points
print(by_id("counts").info.name)
done = convert(Path({str(SAMPLE)!r}), Path({str(target)!r}), write_as="counts")
print(done.written_as, {{loss.kind for loss in done.losses}} >= {{"codings", "codes.guid"}})
try:
    convert(Path({str(target)!r}), Path("again.qdpx"))
except UsageError as error:
    print(error)
"""
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)  # noqa: S603
    assert run.stderr == ""
    lines = run.stdout.splitlines()
    assert "cannot be loaded" in lines[0]
    assert lines[1:3] == ["Counts of codes", "counts True"]
    assert "Counts of codes is written, not read." in lines[3]
    assert "     " in target.read_text(encoding="utf-8")
