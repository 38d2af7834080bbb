"""What becomes of a project in QualCoder's database, and what the list of losses says of it."""

import contextlib
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from small_project import ANNA, BEN, HEARD, OPEN, SELECTION, SOURCE, coding, document, selection

from qdpx_compassion.formats import WriteOptions
from qdpx_compassion.formats.registry import by_id

VALUES, CASE = "aaaaaaaa-0000-4000-8000-000000000009", "ffffffff-0000-4000-8000-000000000001"


class Written:
    """A project as QualCoder has it."""

    def __init__(self, data: bytes, folder: Path) -> None:
        (folder / "project.qde").write_bytes(data)
        with by_id("qde").read(folder / "project.qde") as content:
            listed = by_id("qualcoder").write(content, folder / "study.qda", WriteOptions())
        self.losses = {loss.kind: loss.count for loss in listed}
        self.folder = folder / "study.qda"

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with contextlib.closing(sqlite3.connect(self.folder / "data.qda")) as database:
            return database.execute(query).fetchall()


def code(guid: str, name: str, inside: str = "", *, codable: bool = True) -> str:
    return f'<Code guid="{guid}" name="{name}" isCodable="{str(codable).lower()}">{inside}</Code>'


def test_a_coding_keeps_code_words_coder_date_and_memo(tmp_path: Path) -> None:
    marked = selection(f"<Description>at last</Description>{coding(1)}", start=7, end=12)
    written = Written(document(marked), tmp_path)
    found = written.rows(
        "SELECT n.name, s.name, seltext, pos0, pos1, t.owner, t.date, t.memo FROM code_text t "
        "JOIN code_name n ON n.cid = t.cid JOIN source s ON s.id = t.fid"
    )
    assert found == [
        ("Feeling heard", "Interview 1", "heard", 7, 12, "Anna", "2024-01-02 03:04:05", "at last"),
    ]
    assert written.losses == {"project.name": 1}


def test_positions_after_an_emoji_are_code_points_whatever_the_project_counts(tmp_path: Path) -> None:
    marked = selection(coding(1), start=10, end=14)  # NVivo counts UTF-16 units
    data = document(marked).replace(b"I felt heard and seen.", "🙂 I am 🙂seen.".encode())
    assert Written(data, tmp_path).rows("SELECT pos0, pos1, seltext FROM code_text") == [(8, 12, "seen")]


def test_categories_and_codes_in_codes(tmp_path: Path) -> None:
    codes = code(VALUES, "Values", code(HEARD, "Heard", code(OPEN, "Open")), codable=False)
    written = Written(document(selection(coding(1)), codes=codes), tmp_path)
    assert written.rows("SELECT name, supercatid FROM code_cat") == [("Values", None)]
    assert written.rows("SELECT name, catid, supercid FROM code_name ORDER BY cid") == [
        ("Heard", 1, None),
        ("Open", None, 1),
    ]
    assert "codes.is_codable" not in written.losses


def test_a_category_that_is_coded_or_stands_in_a_code_becomes_a_code(tmp_path: Path) -> None:
    codes = code(HEARD, "Heard", code(OPEN, "Open", codable=False), codable=False)
    written = Written(document(selection(coding(1)), codes=codes), tmp_path)
    assert written.rows("SELECT name, supercid FROM code_name ORDER BY cid") == [("Heard", None), ("Open", 1)]
    assert written.losses["codes.is_codable"] == 2


def test_codes_of_one_name_are_told_apart_by_what_they_stand_in(tmp_path: Path) -> None:
    codes = code(VALUES, "Years", code(HEARD, "2010")) + code(CASE, "2010") + code(OPEN, "2010")
    written = Written(document(codes=codes), tmp_path)
    assert [name for (name,) in written.rows("SELECT name FROM code_name ORDER BY cid")] == [
        "Years",
        "2010",
        "2010 (2)",
        "2010 (3)",
    ]
    assert written.losses["codes.name"] == 2
    other = tmp_path / "other"
    other.mkdir()
    codes = code(CASE, "2010") + code(VALUES, "Years", code(HEARD, "2010"))
    names = Written(document(codes=codes), other).rows("SELECT name FROM code_name ORDER BY cid")
    assert [name for (name,) in names] == ["2010", "Years", "2010 (Years)"]


def test_two_coders_of_one_passage_both_stay_one_coder_twice_is_once(tmp_path: Path) -> None:
    both = selection(coding(1, user=ANNA) + coding(2, user=BEN))
    again = selection(coding(3, user=ANNA), guid=SELECTION.replace("1", "2"))
    written = Written(document(both + again), tmp_path)
    assert written.rows("SELECT owner FROM code_text") == [("Anna",), ("Ben",)]
    assert written.losses["codings"] == 1


def test_a_passage_without_codings_is_an_annotation(tmp_path: Path) -> None:
    written = Written(document(selection("<Description>who?</Description>")), tmp_path)
    assert written.rows("SELECT fid, pos0, pos1, memo FROM annotation") == [(1, 0, 4, "who?")]


def test_a_coding_of_the_whole_text_covers_it(tmp_path: Path) -> None:
    written = Written(document(coding(1)), tmp_path)
    assert written.rows("SELECT pos0, pos1, seltext FROM code_text") == [(0, 22, "I felt heard and seen.")]
    assert "codings" not in written.losses


def test_what_is_coded_with_the_code_of_a_case_belongs_to_it(tmp_path: Path) -> None:
    cases = f'<Cases><Case guid="{HEARD}" name="Anna"><Description>quiet</Description></Case></Cases>'
    written = Written(document(coding(1), cases=cases), tmp_path)
    assert written.rows("SELECT name, memo FROM cases") == [("Anna", "quiet")]
    assert written.rows("SELECT caseid, fid, pos0, pos1 FROM case_text") == [(1, 1, 0, 22)]


def test_variables_of_cases_and_of_sources_and_sets_of_sources_are_attributes(tmp_path: Path) -> None:
    age, held = "ffffffff-0000-4000-8000-000000000002", "ffffffff-0000-4000-8000-000000000003"
    variables = (
        f'<Variables><Variable guid="{age}" name="age" typeOfVariable="Integer"/>'
        f'<Variable guid="{held}" name="held" typeOfVariable="Boolean"/></Variables>'
    )
    value = f'<VariableValue><VariableRef targetGUID="{age}"/><IntegerValue>41</IntegerValue></VariableValue>'
    case = f'<Case guid="{CASE}">{value}<SourceRef targetGUID="{SOURCE}"/></Case>'
    source = f'<VariableValue><VariableRef targetGUID="{held}"/><BooleanValue>1</BooleanValue></VariableValue>'
    sets = f'<Sets><Set guid="{OPEN}" name="role: client"><MemberSource targetGUID="{SOURCE}"/></Set></Sets>'
    data = document(source, cases=f"{variables}<Cases>{case}</Cases>", tail=sets)
    written = Written(data, tmp_path)
    assert written.rows("SELECT name FROM cases") == [("Interview 1",)]  # a case without a name is called as its source
    assert written.rows("SELECT name, caseOrFile, valuetype FROM attribute_type") == [
        ("age", "case", "numeric"), ("held", "file", "character"), ("role: client", "file", "character"),
    ]  # fmt: skip
    assert written.rows("SELECT name, attr_type, value, id FROM attribute") == [
        ("age", "case", "41", 1), ("held", "file", "true", 1), ("role: client", "file", "role: client", 1),
    ]  # fmt: skip
    assert {kind: written.losses[kind] for kind in ("sets", "set_members", "variables.type_of_variable")} == {
        "sets": 1, "set_members": 1, "variables.type_of_variable": 2,
    }  # fmt: skip


def test_a_note_is_a_journal_entry_with_its_description_and_its_link_is_lost(tmp_path: Path) -> None:
    notes = (
        f'<Notes><Note guid="{CASE}" name="Monday"><Description>Doubts</Description><PlainTextContent>I doubt.'
        "</PlainTextContent></Note></Notes>"
    )
    written = Written(document(f'<NoteRef targetGUID="{CASE}"/>', tail=notes), tmp_path)
    assert written.rows("SELECT name, jentry FROM journal") == [("Monday", "Doubts\n\nI doubt.")]
    assert (written.losses["note_refs"], written.losses["sources.description"]) == (1, 1)


@pytest.mark.parametrize(
    ("written", "held", "lost"),
    [
        ("2024-01-02T03:04:05+02:00", "2024-01-02 01:04:05", 0),
        ("2024-01-02T03:04:05", "2024-01-02 03:04:05", 1),
        ("once upon a time", "1970-01-01 00:00:00", 1),
    ],
)
def test_dates_are_in_utc_and_none_is_empty(written: str, held: str, lost: int, tmp_path: Path) -> None:
    project = Written(document(selection(coding(1, date=written))), tmp_path)
    assert project.rows("SELECT date FROM code_text") == [(held,)]
    assert project.losses.get("codings.creation_date_time", 0) == lost
