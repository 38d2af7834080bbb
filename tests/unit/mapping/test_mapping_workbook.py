"""The workbook in which researchers decide: what is written is read back, and people may rearrange it."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from qdpx_compassion.code_tree import CodeTree
from qdpx_compassion.errors import MappingError
from qdpx_compassion.findings import Finding, Severity
from qdpx_compassion.frameworks.framework import Framework
from qdpx_compassion.frameworks.loading import load_framework
from qdpx_compassion.mapping.check import check_mapping
from qdpx_compassion.mapping.model import Mapping, MappingRow, ParticipantRow, SelectionException
from qdpx_compassion.mapping.workbook import CodeFacts, write_mapping_workbook
from qdpx_compassion.mapping.workbook_reading import read_mapping_workbook

Make = Any
PEOPLE = [ParticipantRow("p-1", "Anna", sources=("Anna.docx", "Anna 2.docx")), ParticipantRow("p-2", "Ben")]


def write(path: Path, framework: Framework, tree: CodeTree, **more: Any) -> list[Finding]:
    options: dict[str, Any] = {"counts": {}, "participants": PEOPLE, "project_name": "study.qdpx", **more}
    return write_mapping_workbook(path, framework=framework, tree=tree, **options)


def without_places(mapping: Mapping) -> Mapping:
    return Mapping(
        tuple(replace(row, where="") for row in mapping.rows),
        tuple(replace(row, where="") for row in mapping.participants),
        tuple(replace(row, where="") for row in mapping.exceptions),
    )


def headings(path: Path, sheet: str = "Mapping") -> dict[str, int]:
    row = next(openpyxl.load_workbook(path)[sheet].iter_rows(values_only=True))
    return {str(value): column for column, value in enumerate(row, start=1)}


def fill(path: Path, cells: dict[tuple[str, int], Any], sheet: str = "Mapping") -> None:
    """What a person does in Excel: write into cells and save."""
    book = openpyxl.load_workbook(path)
    columns = headings(path, sheet)
    for (heading, row), value in cells.items():
        book[sheet].cell(row, columns[heading]).value = value
    book.save(path)


@pytest.fixture
def workbook(tmp_path: Path, framework: Framework, make_tree: Make) -> Path:
    path = tmp_path / "mapping.xlsx"
    write(path, framework, make_tree("A", "A > B", "C"))
    return path


def test_the_workbook_opens_on_the_mapping_with_everything_to_decide_on(
    tmp_path: Path, framework: Framework, make_tree: Make
) -> None:
    tree = make_tree("Values", "Values > Feeling heard", "Anna", cases=["00000002-0000-4000-8000-000000000000"])
    facts = {tree.codes[1].key: CodeFacts(12, 5, ("one", "two " * 200, "three", "four"))}
    write(tmp_path / "m.xlsx", framework, tree, counts=facts)
    book = openpyxl.load_workbook(tmp_path / "m.xlsx")
    assert book.sheetnames == ["Mapping", "Participants", "Exceptions", "Read me"]
    assert book.active is not None
    assert book.active.title == "Mapping"
    rows = list(book["Mapping"].iter_rows(values_only=True))
    assert rows[0] == (
        *("Code", "Path", "Definition", "Codings", "Participants", "Example 1", "Example 2", "Example 3"),
        *("Noticing", "Feeling with", "Acting", "No element", "Effect", "Fit", "Theme"),
        *("Sub-codes too", "Rationale", "Decided by", "GUID"),
    )
    assert [row[1] for row in rows[1:]] == ["Values", "Values > Feeling heard"]
    heard = rows[2]
    assert heard[:2] == ("Feeling heard", "Values > Feeling heard")
    assert heard[3:6] == (12, 5, "one")
    assert len(str(heard[6])) <= 302
    assert str(heard[6]).endswith("two …")
    assert heard[7] == "three"
    assert heard[15] == "yes"
    assert heard[-1] == tree.codes[1].guid


def test_cells_to_fill_in_have_drop_downs_and_a_colour_and_headings_stay(workbook: Path) -> None:
    sheet = openpyxl.load_workbook(workbook)["Mapping"]
    lists = {str(one.sqref): one.formula1 for one in sheet.data_validations.dataValidation}
    assert lists == {
        "I2:I4": '"x,no"',
        "J2:J4": '"x,no"',
        "K2:K4": '"x,no"',
        "L2:L4": '"x"',
        "M2:M4": '"Enhances,Detracts,none"',
        "N2:N4": '"Match,Mismatch,none"',
        "O2:O4": None,
        "P2:P4": '"yes,no"',
    }
    assert {sheet.cell(2, column).fill.start_color.rgb for column in range(9, 19)} == {"00FFF8DC"}
    assert sheet.freeze_panes == "B2"
    assert sheet.auto_filter.ref == "A1:S4"
    assert not sheet.protection.sheet


def test_an_empty_workbook_reads_as_undecided_rows(workbook: Path, framework: Framework) -> None:
    mapping, findings = read_mapping_workbook(workbook, framework)
    assert [row.path for row in mapping.rows] == [("A",), ("A", "B"), ("C",)]
    assert all(not row.marks and row.sub_codes for row in mapping.rows)
    assert without_places(mapping).participants == tuple(PEOPLE)
    assert mapping.exceptions == ()
    assert findings == []


MARKS: list[tuple[Any, bool | None]] = [
    *((mark, True) for mark in ("x", "X", " x ", 1, 1.0, "1", "1.0", True, "true", "yes", "Y", "ja", "✓")),
    *((mark, False) for mark in (0, "0", False, "false", "no", "N", "nee", "–", "-")),
    *((mark, None) for mark in (None, "", "  ")),
]


@pytest.mark.parametrize(("mark", "meaning"), MARKS)
def test_marks_are_understood_however_people_write_them(
    workbook: Path, framework: Framework, mark: Any, meaning: bool | None
) -> None:
    fill(workbook, {("Acting", 3): mark})
    mapping, findings = read_mapping_workbook(workbook, framework)
    assert mapping.rows[1].marks.get("acting") is meaning
    assert findings == []


@pytest.mark.parametrize(("heading", "mark"), [("Acting", "maybe"), ("Effect", "Enhanced"), ("Sub-codes too", "?")])
def test_an_unknown_mark_is_named_with_its_cell(workbook: Path, framework: Framework, heading: str, mark: str) -> None:
    fill(workbook, {(heading, 3): mark})
    _, findings = read_mapping_workbook(workbook, framework)
    letter = openpyxl.utils.get_column_letter(headings(workbook)[heading])
    assert [(one.code, one.where) for one in findings] == [("mapping-mark-unknown", f"Mapping!{letter}3")]


@pytest.mark.parametrize("written", ["Enhances", "enhances", "ENHANCES "])
def test_a_choice_may_be_written_as_name_or_id(workbook: Path, framework: Framework, written: str) -> None:
    fill(workbook, {("Effect", 2): written, ("Fit", 2): "none", ("Theme", 2): "Autonomy"})
    row = read_mapping_workbook(workbook, framework)[0].rows[0]
    assert (row.marks, row.no_element) == ({"enhances": True}, frozenset({"organisational-fit"}))
    assert row.themes == {"organisational-fit": "Autonomy"}


def test_rows_and_columns_may_be_moved_headings_renamed_in_case_and_columns_added(
    workbook: Path, framework: Framework
) -> None:
    fill(workbook, {("Acting", 3): "x"})
    book = openpyxl.load_workbook(workbook)
    rows = [list(row) for row in book["Mapping"].iter_rows(values_only=True)]
    heading, *body = [[*reversed(row), extra] for row, extra in zip(rows, ["My notes", "a", "b", "c"], strict=True)]
    del book["Mapping"]
    sheet = book.create_sheet("MAPPING")
    sheet.append(["A title above the table"])
    for row in [[str(name).upper().replace(" ", "_") for name in heading], *reversed(body)]:
        sheet.append(row)
    book.save(workbook)
    mapping, findings = read_mapping_workbook(workbook, framework)
    assert {row.path: row.marks for row in mapping.rows} == {("A",): {}, ("A", "B"): {"acting": True}, ("C",): {}}
    assert [one.code for one in findings] == ["mapping-column-unknown"]


def test_a_column_of_marks_for_a_construct_of_another_framework_is_an_error(
    workbook: Path, framework: Framework
) -> None:
    book = openpyxl.load_workbook(workbook)
    book["Mapping"].cell(1, 25).value = "Empathy"
    book["Mapping"].cell(3, 25).value = "x"
    book.save(workbook)
    _, findings = read_mapping_workbook(workbook, framework)
    assert [(one.code, one.where) for one in findings] == [("mapping-construct-unknown", "Mapping!Y3")]


def test_exceptions_are_read_and_incomplete_ones_reported(workbook: Path, framework: Framework) -> None:
    sheet = "Exceptions"
    fill(workbook, {("Selection's GUID", 2): "s-1", ("Construct", 2): "Feeling with"}, sheet)
    fill(workbook, {("Include or exclude", 2): "exclude", ("Why", 2): "irony"}, sheet)
    fill(workbook, {("Construct", 4): "Acting"}, sheet)
    fill(workbook, {("Selection's GUID", 5): "s-2", ("Construct", 5): "Acting", ("Include or exclude", 5): "?"}, sheet)
    mapping, findings = read_mapping_workbook(workbook, framework)
    assert mapping.exceptions == (
        SelectionException("s-1", "feeling-with", False, "irony", "Exceptions!A2"),
        SelectionException("", "acting", None, "", "Exceptions!A4"),
        SelectionException("s-2", "acting", None, "", "Exceptions!A5"),
    )
    assert [(one.code, one.where) for one in findings] == [
        ("mapping-exception-incomplete", "Exceptions!A4"),
        ("mapping-mark-unknown", "Exceptions!C5"),
    ]


def test_in_print_decisions_lie_beside_what_helps_to_decide(workbook: Path) -> None:
    sheet = openpyxl.load_workbook(workbook)["Mapping"]
    columns = headings(workbook)
    last = openpyxl.utils.get_column_letter(columns["GUID"] - 1)
    assert sheet.print_area == f"'Mapping'!$A$1:${last}${sheet.max_row}"
    assert [one.id for one in sheet.col_breaks.brk] == [columns["Noticing"] - 1], "marks begin the second page"
    assert (sheet.print_title_cols, sheet.print_title_rows) == ("$A:$A", "$1:$1")
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (2, 0), "large enough to be read"


def test_every_problem_of_an_exception_is_named(workbook: Path, framework: Framework, make_tree: Make) -> None:
    sheet = "Exceptions"
    fill(
        workbook, {("Selection's GUID", 2): "gone", ("Construct", 2): "Nonsense", ("Include or exclude", 2): "?"}, sheet
    )
    fill(workbook, {("Construct", 3): "Nonsense", ("Include or exclude", 3): "perhaps"}, sheet)
    mapping, findings = read_mapping_workbook(workbook, framework)
    more = check_mapping(mapping, framework, make_tree("A"), codings_of={}, selection_guids=set())
    assert sorted((one.code, one.where) for one in (*findings, *more) if "xception" in one.where) == [
        ("mapping-construct-unknown", "Exceptions!A2"),
        ("mapping-construct-unknown", "Exceptions!A3"),
        ("mapping-exception-gone", "Exceptions!A2"),
        ("mapping-exception-incomplete", "Exceptions!A3"),
        ("mapping-mark-unknown", "Exceptions!C2"),
        ("mapping-mark-unknown", "Exceptions!C3"),
    ]


def test_a_cell_that_shows_an_error_is_named_wherever_it_is_read(workbook: Path, framework: Framework) -> None:
    book = openpyxl.load_workbook(workbook)
    columns = headings(workbook)
    places = []
    for name, title in (("Mapping", "Noticing"), ("Mapping", "Rationale"), ("Mapping", "Example 1")):
        places.append((name, book[name].cell(2, columns[title])))
    places.append(("Participants", book["Participants"].cell(2, headings(workbook, "Participants")["Group"])))
    for _, cell in places:
        cell.value, cell.data_type = "#REF!", "e"
    book.save(workbook)
    mapping, findings = read_mapping_workbook(workbook, framework)
    found = {(one.code, one.where): one.severity for one in findings}
    errors = [Severity.ERROR, Severity.ERROR, Severity.NOTE, Severity.ERROR]
    assert found == {
        ("cell-error", f"{name}!{cell.coordinate}"): error for (name, cell), error in zip(places, errors, strict=True)
    }
    assert (mapping.rows[0].marks, mapping.rows[0].rationale, mapping.participants[0].group) == ({}, "", "")


def test_participants_get_labels_groups_and_may_be_left_out(workbook: Path, framework: Framework) -> None:
    cells = {("Label for reports", 2): "P01, client", ("Group", 2): 2010, ("Include", 2): "nee"}
    fill(workbook, cells, "Participants")
    mapping, _ = read_mapping_workbook(workbook, framework)
    assert replace(mapping.participants[0], where="") == ParticipantRow(
        "p-1", "Anna", "P01, client", ("Anna.docx", "Anna 2.docx"), "2010", False
    )


def test_a_participant_without_guid_is_reported(workbook: Path, framework: Framework) -> None:
    fill(workbook, {("Participant", 4): "Carla", ("Group", 4): "client"}, "Participants")
    _, findings = read_mapping_workbook(workbook, framework)
    assert [(one.code, one.where) for one in findings] == [("mapping-participant", "Participants!F4")]


def test_a_workbook_without_a_mapping_says_so(tmp_path: Path, framework: Framework) -> None:
    book = openpyxl.Workbook()
    book.create_sheet("Other").append(["a", "b"])
    book.save(tmp_path / "m.xlsx")
    with pytest.raises(MappingError, match="No sheet"):
        read_mapping_workbook(tmp_path / "m.xlsx", framework)


def test_a_mapping_made_by_hand_in_any_sheet_with_paths_alone_is_read(tmp_path: Path, framework: Framework) -> None:
    book = openpyxl.Workbook()
    sheet = book.create_sheet("Sheet A")
    sheet.append(["path", "acting", "technology-effect"])
    sheet.append([r"Values > a \> b", "x", "detracts"])
    book.save(tmp_path / "m.xlsx")
    mapping, findings = read_mapping_workbook(tmp_path / "m.xlsx", framework)
    marks = {"acting": True, "detracts": True}
    assert mapping.rows == (MappingRow("", ("Values", "a > b"), marks, where="Sheet A!A2"),)
    assert findings == []


@pytest.mark.parametrize(
    "name", ["=1+1", "2010", "1-2", "-x", "_x000D_", "a > b", r"back\slash", "😀 é", "bell\x07", "x"]
)
def test_codes_of_any_name_are_found_again(tmp_path: Path, framework: Framework, name: str) -> None:
    from qdpx_compassion.mapping.resolve import resolve
    from qdpx_compassion.tables import TABLES

    values: list[Any] = [None] * len(TABLES["codes"].columns)
    values[:2] = ["{G-1}", name]
    tree = CodeTree([values])
    write(tmp_path / "m.xlsx", framework, tree)
    fill(tmp_path / "m.xlsx", {("Acting", 2): "x"})
    mapping, findings = read_mapping_workbook(tmp_path / "m.xlsx", framework)
    decisions, problems = resolve(mapping, framework, tree)
    assert decisions.constructs == {"g-1": ("acting",)}
    assert findings + problems == []


def test_the_built_in_framework_has_a_workbook_too(tmp_path: Path, make_tree: Make) -> None:
    compassion = load_framework("compassion")
    assert write(tmp_path / "m.xlsx", compassion, make_tree("A")) == []
    mapping, findings = read_mapping_workbook(tmp_path / "m.xlsx", compassion)
    assert (len(mapping.rows), findings) == (1, [])


def test_constructs_named_like_columns_or_each_other_are_told_apart(
    tmp_path: Path, framework: Framework, make_tree: Make
) -> None:
    element, effect, fit = framework.dimensions
    names = ["Path", "Rationale", "Match"]
    constructs = tuple(replace(one, name=name) for one, name in zip(element.constructs, names, strict=True))
    odd = replace(framework, dimensions=(replace(element, constructs=constructs), effect, fit))
    write(tmp_path / "m.xlsx", odd, make_tree("A"))
    fill(tmp_path / "m.xlsx", {("Path [noticing]", 2): "x", ("Rationale [feeling-with]", 2): "x", ("Match", 2): "no"})
    (row,) = read_mapping_workbook(tmp_path / "m.xlsx", odd)[0].rows
    assert row.marks == {"noticing": True, "feeling-with": True, "acting": False}
    assert row.path == ("A",)


def test_an_update_keeps_what_was_filled_in_marks_new_codes_and_keeps_gone_ones_aside(
    tmp_path: Path, framework: Framework, make_tree: Make
) -> None:
    earlier = Mapping(
        (
            MappingRow("", ("A",), {"acting": True}, rationale="because"),
            MappingRow("", ("Gone",), {"noticing": False}, frozenset({"technology-effect"})),
        ),
        (ParticipantRow("P-1", "Anna", "P01", (), "client", False),),
        (SelectionException("s-1", "acting", True, "why"),),
    )
    tree = make_tree("A", "B", "Folder", "A > Covered")
    counts = {tree.codes[number].key: CodeFacts(codings) for number, codings in enumerate((1, 2, 0, 3))}
    findings = write(tmp_path / "m.xlsx", framework, tree, earlier=earlier, counts=counts)
    assert [one.code for one in findings] == ["mapping-code-gone", "mapping-code-new"]
    assert findings[1].message == "Codes without a row in the earlier mapping: “B”.", "nothing to decide about others"
    mapping, _ = read_mapping_workbook(tmp_path / "m.xlsx", framework)
    assert [(row.path, row.marks, row.rationale) for row in mapping.rows] == [
        (("A",), {"acting": True}, "because"),
        (("B",), {}, ""),
        (("Folder",), {}, ""),
        (("A", "Covered"), {}, ""),
    ]
    assert (mapping.participants[0].label, mapping.participants[0].include) == ("P01", False)
    assert mapping.exceptions[0].construct_id == "acting"
    book = openpyxl.load_workbook(tmp_path / "m.xlsx")
    new = headings(tmp_path / "m.xlsx")["Since last time"]
    assert [book["Mapping"].cell(row, new).value for row in (2, 3)] == [None, "new"]
    gone = list(book["No longer there"].iter_rows(values_only=True))
    assert [value for value in gone[1] if value] == ["Gone", "no", "none", "yes"]


def test_decisions_about_a_gone_code_outlast_updates_and_hold_again_when_it_comes_back(
    tmp_path: Path, framework: Framework, make_tree: Make
) -> None:
    mapping = Mapping((MappingRow("", ("A",), {"acting": True}), MappingRow("", ("Gone",), {"noticing": True})))
    for number in range(3):
        write(tmp_path / f"{number}.xlsx", framework, make_tree("A", "B"), earlier=mapping)
        mapping, findings = read_mapping_workbook(tmp_path / f"{number}.xlsx", framework)
        assert findings == []
        assert [(row.path, row.marks) for row in mapping.set_aside] == [(("Gone",), {"noticing": True})]
    write(tmp_path / "back.xlsx", framework, make_tree("A", "Gone"), earlier=mapping)
    mapping, _ = read_mapping_workbook(tmp_path / "back.xlsx", framework)
    assert [(row.path, row.marks) for row in mapping.rows] == [
        (("A",), {"acting": True}),
        (("Gone",), {"noticing": True}),
    ]
    assert mapping.set_aside == ()


TEXT = st.text(st.characters(exclude_categories=("Cc", "Cs", "Cn", "Zl", "Zp")), max_size=20).map(str.strip)
CONSTRUCTS = ("noticing", "feeling-with", "acting", "enhances", "detracts", "match", "mismatch")
ROW = st.builds(
    MappingRow,
    guid=st.just(""),
    path=st.just(()),
    marks=st.dictionaries(st.sampled_from(CONSTRUCTS), st.booleans()),
    no_element=st.frozensets(st.sampled_from(("element", "technology-effect", "organisational-fit"))),
    themes=st.dictionaries(st.just("organisational-fit"), TEXT.filter(bool)),
    sub_codes=st.booleans(),
    rationale=TEXT,
    decided_by=TEXT,
)
PERSON = st.builds(
    ParticipantRow, key=st.just(""), name=TEXT, label=TEXT, sources=st.just(()), group=TEXT, include=st.booleans()
)
EXCEPTION = st.builds(
    SelectionException,
    selection_guid=TEXT.filter(bool),
    construct_id=st.sampled_from(CONSTRUCTS),
    include=st.booleans(),
    why=TEXT,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    names=st.lists(TEXT.filter(bool), min_size=1, max_size=4, unique=True),
    rows=st.lists(ROW, min_size=4, max_size=4),
    people=st.lists(PERSON, max_size=3),
    exceptions=st.lists(EXCEPTION, max_size=3),
)
@example(
    names=["=a", "_x000D_", "1-2", ">"],
    rows=[
        MappingRow("", (), {"enhances": True, "detracts": False, "acting": False}, rationale="=1", decided_by="-"),
        MappingRow("", (), {}, frozenset({"element", "organisational-fit"}), {"organisational-fit": "2010"}, False),
        MappingRow("", (), {"match": True, "mismatch": True}, frozenset({"organisational-fit"}), rationale="0"),
        MappingRow("", (), {}),
    ],
    people=[ParticipantRow("", "1.0", "TRUE", (), "2010", False)],
    exceptions=[SelectionException("1", "acting", False, "#N/A")],
)
def test_what_is_written_is_read_again(
    tmp_path: Path,
    framework: Framework,
    make_tree: Make,
    names: list[str],
    rows: list[MappingRow],
    people: list[ParticipantRow],
    exceptions: list[SelectionException],
) -> None:
    from qdpx_compassion.code_tree import write_path

    tree = make_tree(*(write_path((name,)) for name in names))
    given_rows = tuple(replace(row, guid=code.guid, path=code.path) for row, code in zip(rows, tree, strict=False))
    persons = tuple(replace(person, key=f"p-{number}") for number, person in enumerate(people))
    mapping = Mapping(given_rows, persons, tuple(exceptions))
    write(tmp_path / "m.xlsx", framework, tree, participants=persons, earlier=mapping, force=True)
    read, findings = read_mapping_workbook(tmp_path / "m.xlsx", framework)
    assert without_places(read) == mapping
    assert findings == []
