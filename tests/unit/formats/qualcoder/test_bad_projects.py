"""Projects of QualCoder that cannot be read, and paths that are not quite right: what people are told."""

import sqlite3
from pathlib import Path

import pytest
from command_line import run
from qualcoder_projects import add_code, add_coding, add_source, qualcoder_project

from qdpx_compassion.errors import InputError, OutputError
from qdpx_compassion.formats import WriteOptions
from qdpx_compassion.formats.registry import by_id, for_input

ROOT = Path(__file__).resolve().parents[4]
SAMPLE = ROOT / "sample_projects" / "first-steps" / "first-steps.qdpx"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    with qualcoder_project(tmp_path) as database:
        add_source(database, 1, "Anna.txt", "I felt heard.\n" * 3000, mediapath="/docs/Anna.docx")
        for number in range(1, 60):
            add_code(database, number, f"Code {number}")
            add_coding(database, number, 1, (7, 12), "heard")
    (tmp_path / "study.qda" / "documents" / "Anna.docx").write_bytes(b"PK")
    return tmp_path / "study.qda"


def said(path: Path) -> str:
    with pytest.raises(InputError) as caught:
        for_input(path).read(path)
    message = str(caught.value)
    assert "Traceback" not in message
    assert caught.value.remedy
    return message


def test_the_database_may_be_given_in_place_of_the_folder(project: Path) -> None:
    with for_input(project / "data.qda").read(project / "data.qda") as content:
        assert len(content.project.rows["codes"]) == 59
        assert next(content.project.column("project", "name")) == "study"


@pytest.mark.parametrize("inside", ["documents/Anna.docx", "documents", "audio"])
def test_a_file_inside_the_project_is_not_taken_for_the_project(inside: str, project: Path) -> None:
    message = said(project / inside)
    assert "one part of a QualCoder project" in message
    assert str(project) in message


def test_a_folder_that_is_no_project_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no data\.qda in it"):
        by_id("qualcoder").read(tmp_path)
    assert not by_id("qualcoder").recognises(tmp_path)


def test_a_project_s_folder_without_its_database_is_not_sent_round_in_a_circle(project: Path) -> None:
    (project / "data.qda").unlink()
    message = said(project)
    assert "no database of QualCoder (data.qda)" in message
    assert "QDA Miner" not in message
    assert "convert" not in message


def test_a_locked_database_says_to_close_the_project(project: Path) -> None:
    other = sqlite3.connect(project / "data.qda")
    try:
        other.execute("BEGIN EXCLUSIVE")
        assert "Close the project in QualCoder" in said(project)
    finally:
        other.close()


def test_a_change_that_was_not_completed_is_not_read_over(project: Path) -> None:
    (project / "data.qda-journal").write_bytes(b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7" + b"\0" * 504)
    assert "was stopped while it did" in said(project)


@pytest.mark.parametrize("length", [0, 1, 16, 100, 4095, 4096, 9000])
def test_a_database_that_was_cut_off_is_damaged_wherever_it_was_cut(length: int, project: Path) -> None:
    data = (project / "data.qda").read_bytes()
    (project / "data.qda").write_bytes(data[:length])
    with pytest.raises(InputError) as caught:
        by_id("qualcoder").read(project)
    assert "backup" in caught.value.remedy


def test_a_database_with_nonsense_in_its_middle_is_damaged(project: Path) -> None:
    data = bytearray((project / "data.qda").read_bytes())
    for page in range(2, len(data) // 4096):
        data[page * 4096 : page * 4096 + 64] = b"\xff" * 64
    (project / "data.qda").write_bytes(data)
    assert "damaged" in said(project)


def test_another_database_of_that_name_is_no_project(project: Path) -> None:
    (project / "data.qda").unlink()
    database = sqlite3.connect(project / "data.qda")
    database.execute("CREATE TABLE recipes (name text)")
    database.commit()
    database.close()
    assert not by_id("qualcoder").recognises(project)
    with pytest.raises(InputError, match="no complete QualCoder project"):
        by_id("qualcoder").read(project)


def test_a_project_without_its_row_was_not_completed(project: Path) -> None:
    database = sqlite3.connect(project / "data.qda")
    database.execute("DELETE FROM project")
    database.commit()
    database.close()
    assert "was not completed" in said(project)


def test_missing_documents_are_named_and_the_rest_is_read(project: Path) -> None:
    (project / "documents" / "Anna.docx").unlink()
    with by_id("qualcoder").read(project) as content:
        [finding] = content.project.findings
        assert (finding.code, finding.where) == ("file-missing", "Anna.txt")
        assert len(content.project.rows["codings"]) == 59


def test_values_of_another_kind_than_the_column_s_are_no_failure(project: Path) -> None:
    database = sqlite3.connect(project / "data.qda")
    database.execute("UPDATE code_text SET pos0 = 'seven', pos1 = 12.0, owner = x'ff41' WHERE ctid = 1")
    database.execute("UPDATE code_name SET color = NULL, memo = NULL, date = 'yesterday' WHERE cid < 3")
    database.execute("UPDATE source SET date = 20240101, owner = NULL")
    database.commit()
    database.close()
    with by_id("qualcoder").read(project) as content:
        by_id("qdpx").write(content, project.parent / "out.qdpx", WriteOptions())
        assert len(content.project.rows["codings"]) == 59


def test_nothing_is_written_into_the_project_that_is_read(project: Path) -> None:
    before = {path: path.read_bytes() for path in project.rglob("*") if path.is_file()}
    with by_id("qualcoder").read(project) as content:
        for file in content.files():
            assert b"".join(file.chunks())
    assert {path: path.read_bytes() for path in project.rglob("*") if path.is_file()} == before


def test_a_project_of_the_program_s_own_is_never_replaced(project: Path) -> None:
    with by_id("qdpx").read(SAMPLE) as content, pytest.raises(OutputError, match="holds other files"):
        by_id("qualcoder").write(content, project, WriteOptions(force=True))
    assert (project / "documents" / "Anna.docx").exists()


def test_a_project_that_was_written_here_is_replaced_with_force_alone(tmp_path: Path) -> None:
    target = tmp_path / "study.qda"
    with by_id("qdpx").read(SAMPLE) as content:
        by_id("qualcoder").write(content, target, WriteOptions())
        with pytest.raises(OutputError, match="exists already"):
            by_id("qualcoder").write(content, target, WriteOptions())
        by_id("qualcoder").write(content, target, WriteOptions(force=True))
    assert {path.name for path in tmp_path.iterdir()} == {"study.qda"}


def test_the_name_must_be_one_that_the_program_opens(tmp_path: Path) -> None:
    done = run("convert", SAMPLE, tmp_path / "study", "--to", "qualcoder")
    assert done.code == 2
    assert "ends in .qda" in done.message
    assert not list(tmp_path.iterdir())


def test_commands_convert_there_and_back(tmp_path: Path) -> None:
    done = run("convert", SAMPLE, tmp_path / "study.qda")
    assert done.code == 0, done.message
    assert "note_refs" in done.out + done.err
    done = run("convert", tmp_path / "study.qda", tmp_path / "again.qdpx")
    assert done.code == 0, done.message
