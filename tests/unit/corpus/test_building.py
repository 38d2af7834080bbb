"""Building a corpus: every row of every project, what is new or changed, failures as rows, what killed runs leave."""

import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from command_line import FIRST_STEPS, VALUES_STUDY
from corpus_projects import Here, built, column, make
from small_project import coding, document, selection

from benchmarks.corpora import make_corpus
from qdpx_compassion.corpus import build as building
from qdpx_compassion.corpus import dataset as dataset_module
from qdpx_compassion.corpus import job, packing, pieces, rows
from qdpx_compassion.corpus.dataset import open_dataset
from qdpx_compassion.corpus.query import open_corpus
from qdpx_compassion.corpus.restore import projects_of
from qdpx_compassion.errors import InputError, OutputError, UsageError
from qdpx_compassion.files.project_files import ProjectFiles
from qdpx_compassion.refi.reader import read_project
from qdpx_compassion.tables import TABLES


@pytest.fixture(autouse=True)
def _quick_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody pulls the plug while these tests run."""
    monkeypatch.setattr(os, "fsync", lambda _: None)


@pytest.mark.parametrize("project", [FIRST_STEPS, VALUES_STUDY])
def test_every_row_and_cell_of_a_project_is_in_its_tables(project: Path, tmp_path: Path) -> None:
    assert built(project, into=tmp_path / "c").read == 1
    read = read_project(project)
    with open_corpus(tmp_path / "c") as corpus:
        for name, table in TABLES.items():
            columns = ", ".join(f'"{one.name}"' for one in table.columns)
            rows = corpus.sql(f'SELECT {columns} FROM "{name}" ORDER BY row').fetchall()  # noqa: S608
            assert [list(row) for row in rows] == read.rows[name], name
            frame = corpus.table(name, "pandas")
            assert {one.name: str(frame[one.name].dtype) for one in table.columns} == {
                one.name: one.dtype for one in table.columns
            }


@pytest.mark.parametrize("rows", [1, 7, 100])
def test_projects_come_out_again_as_they_were_read_however_rows_are_grouped(
    rows: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packing, "_GROUP_ROWS", rows)
    small = [make(tmp_path / f"{number}.qdpx", inner=selection(coding(number))) for number in range(3)]
    paths = [*small, FIRST_STEPS, VALUES_STUDY] if rows > 1 else small
    built(*paths, into=tmp_path / "c")
    dataset = open_dataset(tmp_path / "c")
    found = {about["location"]: project for about, project in projects_of(dataset, "000001")}
    for path in paths:
        read = read_project(path)
        project = found[path.as_posix()]
        assert project.rows == read.rows
        assert (project.name, project.dialect) == (read.name, read.dialect)
    wanted = [project.name for _, project in projects_of(dataset, "000001", wanted=lambda row: row["file"] == "1.qdpx")]
    assert wanted == ["1.qdpx"]


def test_what_is_said_of_a_project(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    make(folder / "a.qdpx", "Of nurses")
    (folder / "LICENSE").write_text("\n CC BY 4.0\nlong text", "utf-8")
    built(folder, into=tmp_path / "c")
    with open_corpus(tmp_path / "c") as corpus:
        row = corpus.table("projects", "pandas").iloc[0]
    assert (row["name"], row["origin"], row["file"], row["licence"]) == ("Of nurses", "NVivo 12", "a.qdpx", "CC BY 4.0")
    assert (row["codings"], row["codes"], row["sources"], row["characters"]) == (1, 2, 1, 22)
    assert row["modified_date_time"] == "2024-05-06T07:08:09Z"


def test_unchanged_is_skipped_changed_replaces_its_rows_and_new_is_added(tmp_path: Path) -> None:
    one, two = make(tmp_path / "in" / "1.qdpx", "one"), make(tmp_path / "in" / "2.qdpx", "two")
    target = tmp_path / "c"
    assert built(tmp_path / "in", into=target).read == 2
    again = built(tmp_path / "in", into=target)
    assert (again.read, again.unchanged) == (0, 2)
    make(two, "two, later", selection(coding(1) + coding(2)))
    make(tmp_path / "in" / "3.qdpx", "three")
    engine = Here()
    later = built(tmp_path / "in", into=target, engine=engine)
    assert (later.read, later.unchanged, later.projects, engine.done) == (2, 1, 3, 2)
    assert sorted(column(target, "projects", "name")) == ["one", "three", "two, later"]
    assert len(column(target, "codings", "guid")) == 4
    assert one.exists()


def test_a_file_that_was_only_touched_is_not_read_again_and_is_known_afterwards(tmp_path: Path) -> None:
    path = make(tmp_path / "1.qdpx")
    built(path, into=tmp_path / "c")
    os.utime(path, (1, 1))
    engine = Here()
    touched = built(path, into=tmp_path / "c", engine=engine)
    assert (touched.read, touched.unchanged, engine.done) == (0, 1, 1)
    engine = Here()
    built(path, into=tmp_path / "c", engine=engine)
    assert engine.done == 0


def test_a_text_that_changed_beside_the_same_document_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "text.qdpx"
    data = document().replace(
        b'name="Interview 1"><PlainTextContent>I felt heard and seen.</PlainTextContent>',
        b'name="Interview 1" plainTextPath="internal://a.txt">' + selection(coding(1)).encode(),
    )
    for text in ("I felt heard", "We felt heard"):
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("project.qde", data)
            archive.writestr("sources/a.txt", text)
        assert built(path, into=tmp_path / "c").read == 1
        assert column(tmp_path / "c", "selections", "quotation") == [text[:4]]


def test_a_project_that_cannot_be_read_is_a_row_and_not_the_end(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    make(folder / "good.qdpx")
    (folder / "page.qdpx").write_text("<!DOCTYPE html><html></html>")
    whole = make(folder / "cut.qdpx").read_bytes()
    (folder / "cut.qdpx").write_bytes(whole[:200])
    result = built(folder, tmp_path / "nowhere.qdpx", into=tmp_path / "c")
    assert (result.read, result.failed, result.projects, result.failures) == (1, 3, 1, 3)
    with open_corpus(tmp_path / "c") as corpus:
        rows = dict(corpus.sql("SELECT file, message FROM failures").fetchall())
    assert rows["page.qdpx"] == "This is a web page, not a project."
    assert rows["nowhere.qdpx"] == "There is no such file."
    assert "damaged" in rows["cut.qdpx"]
    # neither is read again while it stays as it is; mended it is read, and its failure is gone
    assert built(folder, into=tmp_path / "c").unchanged == 3
    (folder / "cut.qdpx").write_bytes(whole)
    result = built(folder, into=tmp_path / "c")
    assert (result.read, result.projects, result.failures) == (1, 2, 2)


def test_a_project_that_is_damaged_later_has_no_rows_any_more(tmp_path: Path) -> None:
    path = make(tmp_path / "1.qdpx")
    built(path, into=tmp_path / "c")
    path.write_bytes(b"PK\x03\x04 cut off")
    result = built(path, into=tmp_path / "c")
    assert (result.projects, result.failures) == (0, 1)
    assert column(tmp_path / "c", "codings", "guid") == []


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="everything may be read here")
def test_a_project_that_may_not_be_read_now_keeps_its_rows_and_is_tried_again(tmp_path: Path) -> None:
    path = make(tmp_path / "1.qdpx")
    built(path, into=tmp_path / "c")
    path.touch()
    path.chmod(0)
    result = built(path, into=tmp_path / "c")
    assert (result.projects, result.failures) == (1, 1)
    path.chmod(0o600)
    result = built(path, into=tmp_path / "c")
    assert (result.projects, result.failures, result.unchanged) == (1, 0, 1)


def test_projects_that_are_not_given_stay_unless_pruned(tmp_path: Path) -> None:
    one, two = make(tmp_path / "1.qdpx"), make(tmp_path / "2.qdpx")
    built(one, into=tmp_path / "c")
    assert built(two, into=tmp_path / "c").projects == 2
    result = built(two, into=tmp_path / "c", prune=True)
    assert (result.projects, result.removed) == (1, 1)
    assert column(tmp_path / "c", "projects", "file") == ["2.qdpx"]


def test_without_texts_no_word_of_an_interview_is_in_any_file(tmp_path: Path) -> None:
    inner = selection("<Description>a secret thought</Description>" + coding(1))
    path = make(tmp_path / "1.qdpx", inner=inner.replace("<PlainTextSelection", '<PlainTextSelection name="I felt"'))
    built(path, into=tmp_path / "c", texts=False)
    with open_corpus(tmp_path / "c") as corpus:
        for name in corpus.names:
            text = str(corpus.table(name).fetchall())
            assert "felt" not in text and "secret" not in text, name
        assert corpus.sql("SELECT start_index, end_index FROM selections").fetchall() == [(0, 4)]
    with pytest.raises(UsageError, match="without the texts"):
        built(path, into=tmp_path / "c", texts=True)
    assert built(path, into=tmp_path / "c").unchanged == 1


def test_copies_are_kept_apart_and_named(tmp_path: Path) -> None:
    one = make(tmp_path / "1.qdpx")
    shutil.copy(one, tmp_path / "2.qdpx")
    make(tmp_path / "3.qdpx", "edited", selection(coding(7)))
    result = built(tmp_path, into=tmp_path / "c")
    assert result.projects == 3
    assert {finding.code for finding in result.findings} == {"corpus-same-document", "corpus-copies"}
    assert len(set(column(tmp_path / "c", "codings", "project_id"))) == 3
    with open_corpus(tmp_path / "c") as corpus:
        assert corpus.sql("SELECT projects, documents FROM copies").fetchall() == [(3, 2)]


def test_the_same_path_given_twice_is_one_project(tmp_path: Path) -> None:
    path = make(tmp_path / "in" / "1.qdpx")
    assert built(path, tmp_path / "in", f"{tmp_path}/*/*.qdpx", into=tmp_path / "c").found == 1


def test_batches_are_filled_and_only_what_changed_is_written_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packing, "FULL_PROJECTS", 9)
    monkeypatch.setattr(building, "_BUNDLES_EACH", 4)  # a piece has several projects
    for number in range(25):
        make(tmp_path / "in" / f"{number:02}.qdpx")
    target = tmp_path / "c"
    assert built(tmp_path / "in", into=target).batches == 3
    first = (target / "codings" / "000001.parquet").stat()
    for number in range(25, 30):
        make(tmp_path / "in" / f"{number:02}.qdpx")
        built(tmp_path / "in", into=target)
    dataset = open_dataset(target)
    assert [batch.projects for batch in dataset.batches] == [10, 9, 9, 2]  # pieces are never cut in two
    assert (target / "codings" / "000001.parquet").stat() == first
    assert all(len(list((target / table).iterdir())) == 4 for table in TABLES)
    make(tmp_path / "in" / "05.qdpx", "changed")
    assert built(tmp_path / "in", into=target).projects == 30
    assert sorted(column(target, "projects", "file")) == [f"{number:02}.qdpx" for number in range(30)]


def test_large_projects_fill_batches_too_and_nothing_is_written_again_for_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packing, "FULL_BYTES", 400_000)
    make_corpus(tmp_path / "in", 24)
    engine = Here()
    engine.workers = 6
    assert built(tmp_path / "in", into=tmp_path / "c", engine=engine).batches > 1
    *others, _ = open_dataset(tmp_path / "c").batches
    assert all(batch.size >= 400_000 for batch in others), others
    before = {file: file.stat().st_mtime_ns for file in (tmp_path / "c").rglob("*.parquet")}
    assert built(tmp_path / "in", into=tmp_path / "c").unchanged == 24
    assert {file: file.stat().st_mtime_ns for file in (tmp_path / "c").rglob("*.parquet")} == before


def test_the_same_projects_give_the_same_bytes_however_many_work(tmp_path: Path) -> None:
    for number in range(30):
        make(tmp_path / "in" / f"{number:02}.qdpx", inner=selection(coding(number)))
    four = Here()
    four.workers = 4
    for name, engine in (("a", Here()), ("b", four)):
        built(tmp_path / "in", into=tmp_path / name, engine=engine)
    files = [path.relative_to(tmp_path / "a") for path in (tmp_path / "a").rglob("*.parquet")]
    assert len(files) == len(TABLES) + 3
    for file in files:
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes(), file


# -- what goes wrong ---------------------------------------------------------------------------------------------------


def test_projects_of_a_process_that_died_are_read_again_each_by_itself(tmp_path: Path) -> None:
    for number in range(3):
        make(tmp_path / "in" / f"{number}.qdpx")
    result = built(tmp_path / "in", into=tmp_path / "c", engine=Here("1.qdpx", times=1))
    assert (result.read, result.failed) == (3, 0)
    result = built(tmp_path / "in", into=tmp_path / "d", engine=Here("1.qdpx"))
    assert (result.read, result.failed) == (2, 1)
    assert "ended by the system" in column(tmp_path / "d", "failures", "message")[0]
    assert built(tmp_path / "in", into=tmp_path / "d").read == 1  # it is tried again the next time


class _Stop(Exception):
    pass


@pytest.mark.parametrize("after", range(1, 5))
def test_a_run_that_was_stopped_goes_on_where_it_was(after: int, tmp_path: Path) -> None:
    for number in range(4):
        make(tmp_path / "in" / f"{number}.qdpx")

    class Stopping(Here):
        def run(self, function: Any, jobs: Sequence[Any]) -> Iterator[tuple[Any, Any]]:
            for number, (one, result) in enumerate(super().run(function, jobs)):
                if number == after:
                    raise _Stop
                yield one, result

    with pytest.raises(_Stop):
        built(tmp_path / "in", into=tmp_path / "c", engine=Stopping())
    with open_corpus(tmp_path / "c") as corpus:  # whole, though nothing is in it yet
        assert corpus.table("projects").fetchall() == []
    for name in ("unfinished-x", "piece-000001-x"):
        left = tmp_path / "c" / dataset_module.STAGING / name
        left.mkdir()
        (left / "codings.arrow").write_bytes(b"half of it")
    (tmp_path / "c" / "codings").mkdir(exist_ok=True)
    (tmp_path / "c" / "codings" / "000009.parquet").write_bytes(b"half of it")
    engine = Here()
    assert built(tmp_path / "in", into=tmp_path / "c", engine=engine).projects == 4
    assert engine.done == 4 - min(after + 1, 4)
    assert len(column(tmp_path / "c", "codings", "guid")) == 4
    assert list((tmp_path / "c" / dataset_module.STAGING).iterdir()) == []


def test_a_folder_of_other_things_is_refused(tmp_path: Path) -> None:
    path = make(tmp_path / "1.qdpx")
    with pytest.raises(OutputError, match="no corpus"):
        built(path, into=tmp_path)
    assert list(tmp_path.iterdir()) == [path]
    with pytest.raises(OutputError, match="does not exist"):
        built(path, into=tmp_path / "no" / "where")
    with pytest.raises(UsageError, match="No projects"):
        (tmp_path / "empty").mkdir()
        built(tmp_path / "empty", into=tmp_path / "c")


def test_a_run_that_was_killed_before_it_had_begun_is_done_again(tmp_path: Path) -> None:
    project = make(tmp_path / "1.qdpx")
    (tmp_path / "corpus" / ".staging").mkdir(parents=True)
    (tmp_path / "corpus" / ".lock").touch()
    left = tmp_path / "corpus" / ".corpus.json.a1b2c3.qdpx-part"
    left.write_text("{")
    assert built(project, into=tmp_path / "corpus").read == 1
    assert not left.exists()


def test_two_runs_do_not_write_into_one_corpus(tmp_path: Path) -> None:
    path = make(tmp_path / "1.qdpx")
    built(path, into=tmp_path / "c")
    with dataset_module.locked(tmp_path / "c"), pytest.raises(OutputError, match="Another run"):
        built(path, into=tmp_path / "c")


def test_a_corpus_that_is_damaged_or_none_says_so(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no corpus"):
        open_corpus(tmp_path)
    built(make(tmp_path / "1.qdpx"), into=tmp_path / "c")
    (tmp_path / "c" / "codings" / "000001.parquet").unlink()
    with pytest.raises(InputError, match="missing"):
        open_corpus(tmp_path / "c")
    (tmp_path / "c" / "corpus.json").write_text("{")
    with pytest.raises(InputError, match="damaged"):
        open_corpus(tmp_path / "c")


@pytest.mark.skipif(os.name == "nt", reason="limits of this kind are a matter of POSIX")
def test_a_full_disk_ends_the_run_with_a_word_and_what_was_done_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        make(tmp_path / "in" / f"{number}.qdpx")
    real, written = pieces._write, []

    def full(writer: Any, table: Any) -> None:
        written.append(table)
        if len(written) > 10:
            raise OSError("Error writing bytes to file. Detail: [errno 28] No space left on device")  # as Arrow has it
        real(writer, table)

    monkeypatch.setattr(pieces, "_write", full)
    with pytest.raises(OutputError, match=r"cannot be written: No space left on device\.") as error:
        built(tmp_path / "in", into=tmp_path / "c")
    assert "what was done is kept" in error.value.remedy
    monkeypatch.setattr(pieces, "_write", real)
    engine = Here()
    assert built(tmp_path / "in", into=tmp_path / "c", engine=engine).projects == 4
    assert engine.done < 4


def test_an_archive_that_changes_while_it_is_read_is_a_failure_and_read_the_next_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make(tmp_path / "1.qdpx")
    real = ProjectFiles.check_unchanged

    def changed(files: ProjectFiles, member: Any) -> None:
        os.utime(path, (5, 5))
        real(files, member)

    monkeypatch.setattr(ProjectFiles, "check_unchanged", changed)
    assert built(path, into=tmp_path / "c").failed == 1
    assert "changed while" in column(tmp_path / "c", "failures", "message")[0]
    monkeypatch.setattr(ProjectFiles, "check_unchanged", real)
    result = built(path, into=tmp_path / "c")
    assert (result.projects, result.failures) == (1, 0)


@pytest.mark.parametrize("together", [1, 8192])  # each project by itself, or all at once
def test_a_project_whose_rows_cannot_be_written_down_is_a_failure_and_the_others_are_there(
    together: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, name in enumerate(["one", "odd", "two"]):
        make(tmp_path / "in" / f"{number}.qdpx", name)
    real = rows._array

    def odd(values: Sequence[Any], kind: Any) -> Any:
        if "odd" in values:
            raise ValueError
        return real(values, kind)

    monkeypatch.setattr(rows, "_array", odd)
    monkeypatch.setattr(job, "TOGETHER", together)
    result = built(tmp_path / "in", into=tmp_path / "c")
    assert (result.read, result.failed, result.projects, result.failures) == (2, 1, 2, 1)
    assert column(tmp_path / "c", "projects", "name") == ["one", "two"]
    assert column(tmp_path / "c", "failures", "file") == ["1.qdpx"]
    assert "should not have happened (ValueError in " in column(tmp_path / "c", "failures", "message")[0]
    ids = set(column(tmp_path / "c", "projects", "project_id"))
    for table in TABLES:
        assert set(column(tmp_path / "c", table, "project_id")) <= ids, table


@pytest.mark.parametrize("together", [1, 40, 8192])
@pytest.mark.parametrize("number", [1, 3, 8192])
def test_the_rows_are_the_same_however_many_become_columns_together(
    together: int, number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job, "TOGETHER", together)
    monkeypatch.setattr(rows, "SLICE", number)
    monkeypatch.setattr(pieces, "FULL", 20_000)
    paths = [*(make(tmp_path / f"{name}.qdpx", inner=selection(coding(name))) for name in range(3)), FIRST_STEPS]
    built(*paths, into=tmp_path / "c")
    found = {about["location"]: project for about, project in projects_of(open_dataset(tmp_path / "c"), "000001")}
    for path in paths:
        assert found[path.as_posix()].rows == read_project(path).rows


def test_processes_are_started_before_it_is_known_what_is_to_be_done_only_where_all_of_it_is(tmp_path: Path) -> None:
    path = make(tmp_path / "1.qdpx")
    first, second = Here(), Here()
    built(path, into=tmp_path / "c", engine=first)
    built(path, into=tmp_path / "c", engine=second)
    assert (first.started, second.started) == (True, False)


def test_a_process_does_without_pandas_which_others_may_still_use() -> None:
    code = (
        "import sys; from qdpx_compassion.corpus.engines import _prepare; _prepare(); import pyarrow as pa; "
        "table = pa.table({'a': ['b']}); assert 'pandas' not in sys.modules; "
        "import pandas; assert list(table.to_pandas()['a']) == ['b']"
    )
    subprocess.run([sys.executable, "-c", code], check=True)  # noqa: S603
