"""Tables that people changed in a spreadsheet: changes are read, and what cannot be read is named by its cell."""

import csv
import datetime as dt
import json
import shutil
import sqlite3
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from format_cases import media_bytes, stored

from qdpx_compassion.api import diff_tables
from qdpx_compassion.code_tree import CodeTree
from qdpx_compassion.errors import InputError, QdpxError
from qdpx_compassion.formats import Content, WriteOptions
from qdpx_compassion.formats.cells import guard_formula
from qdpx_compassion.formats.reading_tables import BrokenTables
from qdpx_compassion.formats.registry import by_id, for_input
from qdpx_compassion.tables import TABLES, Project

SAMPLE = Path(__file__).resolve().parents[3] / "sample_projects" / "values-study" / "values-study-nvivo.qdpx"
CODE = TABLES["codes"].position


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tables")
    with by_id("qdpx").read(SAMPLE) as content:
        by_id("xlsx").write(content, folder / "study.xlsx", WriteOptions())
        by_id("csv").write(content, folder / "csv", WriteOptions())
        by_id("json").write(content, folder / "study.json", WriteOptions())
        by_id("sqlite").write(content, folder / "study.db", WriteOptions())
    return folder


class Edit:
    """A workbook that is being changed: cells by sheet, heading and row of the sheet."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.book = openpyxl.load_workbook(path)

    def column(self, sheet: str, heading: str) -> int:
        return next(cell.column for cell in self.book[sheet][1] if cell.value == heading)

    def set(self, sheet: str, heading: str, row: int, value: Any) -> str:
        cell = self.book[sheet].cell(row, self.column(sheet, heading))
        cell.value = value
        return f"{sheet}!{cell.coordinate}"

    def get(self, sheet: str, heading: str, row: int) -> Any:
        return self.book[sheet].cell(row, self.column(sheet, heading)).value

    def read(self) -> Content:
        self.book.save(self.path)
        return for_input(self.path).read(self.path)


@pytest.fixture
def edit(written: Path, tmp_path: Path) -> Iterator[Edit]:
    shutil.copy(written / "study.xlsx", tmp_path / "study.xlsx")
    shutil.copytree(written / "study_xlsx_files", tmp_path / "study_xlsx_files")
    yield Edit(tmp_path / "study.xlsx")


def codes(content: Content) -> list[tuple[str, ...]]:
    return [code.path for code in CodeTree.of(content.project)]


def found(project: Project, code: str) -> list[str]:
    return [finding.where for finding in project.findings if finding.code == code]


def problems(edit: Edit) -> dict[str, str]:
    with pytest.raises(BrokenTables) as caught:
        edit.read()
    return {one.where: one.message for one in caught.value.findings if one.severity == "error"}


# -- changes that are read ---------------------------------------------------------------------------------------------


def test_codes_are_renamed_moved_and_added(edit: Edit) -> None:
    edit.set("codes", "name", 4, "Renamed")
    edit.set("codes", "parent_row", 6, None)
    end = edit.book["codes"].max_row
    edit.set("codes", "name", end + 1, "New value")
    edit.set("codes", "parent_row", end + 1, edit.get("codes", "row", 3))
    with edit.read() as content:
        assert ("Values", "Being met", "Renamed") in codes(content)
        assert ("Being taken seriously",) in codes(content)
        assert ("Values", "Being met", "New value") in codes(content)
        assert found(content.project, "table-row-added") == [f"codes!A{end + 1}"]
        new = content.project.rows["codes"][codes(content).index(("Values", "Being met", "New value"))]
        assert new[CODE["guid"]]
        by_id("qdpx").write(content, edit.path.with_name("changed.qdpx"), WriteOptions())
    changes = {kind.kind: kind for kind in diff_tables(SAMPLE, edit.path).kinds}
    assert (len(changes["codes"].changed), len(changes["codes"].new), len(changes["codes"].lost)) == (2, 1, 0)
    assert not changes["codings"].changed + changes["codings"].lost + changes["codings"].new


def test_added_rows_may_be_numbered_so_that_others_can_refer_to_them(edit: Edit) -> None:
    case, code = edit.book["cases"].max_row + 1, edit.book["codes"].max_row + 1
    edit.set("cases", "row", case, 500)
    edit.set("cases", "name", case, "P21")
    edit.set("codes", "row", code, 600)
    edit.set("codes", "name", code, "New")
    edit.set("codes", "name", code + 1, "Below")
    edit.set("codes", "parent_row", code + 1, 600)
    value = edit.book["variable_values"].max_row + 1
    for heading, text in (("owner_kind", "case"), ("owner_row", 500), ("value_kind", "TextValue"), ("value", "yes")):
        edit.set("variable_values", heading, value, text)
    edit.set("variable_values", "variable_guid", value, edit.get("variables", "guid", 2))
    with edit.read() as content:
        assert codes(content)[-2:] == [("New",), ("New", "Below")]
        by_id("qdpx").write(content, edit.path.with_name("changed.qdpx"), WriteOptions())
    with by_id("qdpx").read(edit.path.with_name("changed.qdpx")) as content:
        assert not {finding.code for finding in content.project.findings} & {"schema", "guid-form"}
        assert all(guid for table in ("codes", "cases") for guid in content.project.column(table, "guid"))


def test_added_codings_name_their_code_by_its_path(edit: Edit) -> None:
    end = edit.book["codings"].max_row + 1
    edit.set("codes", "name", 4, "Renamed > odd")
    for row, path in ((end, r"Values > Being met > Renamed \> odd"), (end + 1, "Values")):
        edit.set("codings", "owner_kind", row, "selection")
        edit.set("codings", "owner_row", row, 3)
        edit.set("codings", "code", row, path)
    wanted = [edit.get("codes", "guid", 4), edit.get("codes", "guid", 2)]
    with edit.read() as content:
        assert list(content.project.column("codings", "code_guid"))[-2:] == wanted
        assert found(content.project, "table-cell-computed") == []


def test_added_codings_without_a_code_are_named(edit: Edit) -> None:
    end = edit.book["codings"].max_row + 1
    for row in (end, end + 1):
        edit.set("codings", "owner_kind", row, "selection")
        edit.set("codings", "owner_row", row, 3)
    place = edit.set("codings", "code", end, "Nowhere > at all")
    empty = f"codings!{edit.book['codings'].cell(end + 1, edit.column('codings', 'code_guid')).coordinate}"
    assert set(problems(edit)) == {place, empty}


def test_codes_are_merged_by_their_guid(edit: Edit) -> None:
    stays, goes = edit.get("codes", "guid", 4), edit.get("codes", "guid", 5)
    for row in range(2, edit.book["codings"].max_row + 1):
        if edit.get("codings", "code_guid", row) == goes:
            edit.set("codings", "code_guid", row, stays)
    edit.book["codes"].delete_rows(5)
    with edit.read() as content:
        assert len(content.project.rows["codes"]) == 72
        assert None not in content.project.column("codings", "code_row")
        assert not found(content.project, "reference-dangling")


def used(project: Project, guid: str) -> int:
    return list(project.column("codings", "code_guid")).count(guid)


def test_codes_are_merged_by_the_column_for_it(edit: Edit) -> None:
    stays, goes = edit.get("codes", "guid", 4), edit.get("codes", "guid", 5)
    edit.set("codes", "description", 4, "what stays")
    edit.set("codes", "description", 5, "what goes")
    place = edit.set("codes", "merge_into", 5, edit.get("codes", "row", 4))
    name = edit.get("codes", "name", 5)
    with by_id("qdpx").read(SAMPLE) as original, edit.read() as content:
        before, project = original.project, content.project
        assert len(project.rows["codes"]) == len(before.rows["codes"]) - 1
        assert used(before, goes) > 0
        assert used(project, goes) == 0
        assert used(project, stays) == used(before, stays) + used(before, goes)
        assert project.rows["codes"][2][CODE["description"]] == f"what stays\n\n{name}: what goes"
        assert found(project, "table-codes-merged") == [place]
        assert None not in project.column("codings", "code_row")


def test_subcodes_of_a_merged_code_go_below_the_one_that_stays(edit: Edit) -> None:
    paths = [edit.get("codes", "path", row) for row in range(2, 12)]
    assert paths[1] == "Values > Being met"
    other = next(row for row in range(3, 74) if edit.get("codes", "path", row).count(" > ") == 1 and row > 3)
    edit.set("codes", "merge_into", 3, edit.get("codes", "row", other))
    with edit.read() as content:
        assert not any("Being met" in path for path in codes(content))
        assert ("Values", edit.get("codes", "name", other), edit.get("codes", "name", 4)) in codes(content)


def test_a_code_that_is_merged_into_its_own_subcode_leaves_it_in_its_place(edit: Edit) -> None:
    edit.set("codes", "merge_into", 3, edit.get("codes", "row", 4))
    with edit.read() as content:
        assert ("Values", edit.get("codes", "name", 4)) in codes(content)
        assert ("Values", edit.get("codes", "name", 4), edit.get("codes", "name", 5)) in codes(content)


def test_chains_of_merges_end_at_the_last_code(edit: Edit) -> None:
    for row in (5, 6):
        edit.set("codes", "merge_into", row, edit.get("codes", "row", row - 1))
    last = edit.get("codes", "guid", 4)
    with by_id("qdpx").read(SAMPLE) as original, edit.read() as content:
        merged = sum(used(original.project, edit.get("codes", "guid", row)) for row in (4, 5, 6))
        assert used(content.project, last) == merged


def test_codings_of_one_person_on_one_place_become_one_with_the_notes_of_both(edit: Edit) -> None:
    stays, goes = edit.get("codes", "row", 4), edit.get("codes", "guid", 5)
    first = next(row for row in range(2, 600) if edit.get("codings", "code_guid", row) == goes)
    end = edit.book["codings"].max_row + 1
    for heading in ("owner_kind", "owner_row", "creating_user"):
        edit.set("codings", heading, end, edit.get("codings", heading, first))
    edit.set("codings", "code_guid", end, edit.get("codes", "guid", 4))
    for heading, value in (("owner_kind", "coding"), ("owner_row", edit.get("codings", "row", first))):
        edit.set("note_refs", heading, 2, value)
    edit.set("codes", "merge_into", 5, stays)
    with by_id("qdpx").read(SAMPLE) as original, edit.read() as content:
        assert len(content.project.rows["codings"]) == len(original.project.rows["codings"])
        assert len(found(content.project, "table-codes-merged")) == 2
        assert len(content.project.rows["note_refs"]) == len(original.project.rows["note_refs"])


def test_merges_that_lead_nowhere_are_named(edit: Edit) -> None:
    nowhere = edit.set("codes", "merge_into", 4, 999)
    circle = [edit.set("codes", "merge_into", row, edit.get("codes", "row", 13 - row)) for row in (6, 7)]
    own = edit.set("codes", "merge_into", 9, edit.get("codes", "row", 9))
    assert set(problems(edit)) == {nowhere, own, *circle}


def test_sorting_a_sheet_changes_nothing(edit: Edit) -> None:
    sheet = edit.book["codes"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    rows.sort(key=lambda row: str(row[2]))
    for number, row in enumerate(rows, start=2):
        for column, value in enumerate(row, start=1):
            sheet.cell(number, column).value = value
    with edit.read() as content, by_id("qdpx").read(SAMPLE) as original:
        assert stored(content.project) == stored(original.project)


def test_sheets_in_another_order_and_moved_columns_change_nothing(edit: Edit) -> None:
    edit.book.move_sheet("codings", -6)
    sheet = edit.book["codes"]
    sheet.insert_cols(1, 2)
    for row in range(1, sheet.max_row + 1):
        sheet.cell(row, 1).value = sheet.cell(row, 5).value
        sheet.cell(row, 5).value = None
    with edit.read() as content, by_id("qdpx").read(SAMPLE) as original:
        assert stored(content.project) == stored(original.project)


def test_what_is_written_into_computed_cells_is_not_read_and_named(edit: Edit) -> None:
    places = [
        edit.set("codes", "parent_guid", 3, "changed"),
        edit.set("codes", "path", 3, "changed"),
        edit.set("selections", "quotation", 3, None),
        edit.set("codings", "on", 3, "changed"),
    ]
    with edit.read() as content, by_id("qdpx").read(SAMPLE) as original:
        assert stored(content.project) == stored(original.project)
        assert found(content.project, "table-cell-computed") == places


def test_computed_cells_that_do_not_fit_any_more_are_not_taken_for_changed(edit: Edit) -> None:
    edit.set("codes", "name", 2, "Renamed at the top")
    edit.set("codes", "parent_row", 6, None)
    edit.set("selections", "start_position", 2, 1)
    with edit.read() as content:
        assert found(content.project, "table-cell-computed") == []


def test_added_columns_are_a_finding(edit: Edit) -> None:
    sheet = edit.book["codes"]
    sheet.cell(1, sheet.max_column + 1).value = "Remark"
    sheet.cell(2, sheet.max_column).value = "look at this"
    with edit.read() as content:
        assert found(content.project, "table-column-unknown") == ["codes!M1"]


def test_swapped_sheets_are_known_by_their_headings(edit: Edit) -> None:
    edit.book["codes"].title = "x"
    edit.book["selections"].title = "codes"
    edit.book["x"].title = "selections"
    with edit.read() as content, by_id("qdpx").read(SAMPLE) as original:
        assert stored(content.project) == stored(original.project)
        assert sorted(found(content.project, "table-swapped")) == ["codes", "selections"]


def test_a_hundred_edits_saved_by_another_program(edit: Edit) -> None:
    if shutil.which("soffice") is None:
        pytest.skip("LibreOffice is not installed")
    for row in range(2, 72):
        edit.set("codes", "description", row, f"Définition {row}\nline ≥ 2 =1+1 🙂")
    for row in range(2, 32):
        edit.set("variable_values", "value", row, f"value {row}")
    edit.book.save(edit.path)
    out = edit.path.parent / "out"
    arguments = [
        "soffice", f"-env:UserInstallation={(edit.path.parent / 'profile').as_uri()}", "--headless",
        "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(out), str(edit.path),
    ]  # fmt: skip
    subprocess.run(arguments, check=True, capture_output=True, timeout=300)  # noqa: S603 (LibreOffice itself)
    (edit.path.parent / "study_xlsx_files").rename(out / "study_xlsx_files")
    changes = {kind.kind: kind for kind in diff_tables(SAMPLE, out / "study.xlsx").kinds}
    assert len(changes["codes"].changed) == 70
    assert len(changes["variable values"].changed) == 30
    assert sum(len(kind.changed) + len(kind.lost) + len(kind.new) for kind in changes.values()) == 100


def test_a_table_that_goes_on_in_a_second_sheet_is_one(edit: Edit) -> None:
    sheet = edit.book["codes"]
    second = edit.book.create_sheet("codes (2)", edit.book.index(sheet) + 1)
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    for row in (rows[0], *rows[40:]):
        second.append(row)
    sheet.delete_rows(41, len(rows))
    with edit.read() as content, by_id("qdpx").read(SAMPLE) as original:
        assert stored(content.project) == stored(original.project)


# -- cells that other programs changed ---------------------------------------------------------------------------------


def test_names_that_became_numbers_or_dates_are_named_by_cell(edit: Edit) -> None:
    places = [
        edit.set("codes", "name", 3, 2024),
        edit.set("codes", "name", 4, dt.datetime(2026, 2, 1)),
        edit.set("codes", "name", 5, True),
        edit.set("codes", "name", 6, "#NAME?"),
    ]
    with edit.read() as content:
        names = [row[CODE["name"]] for row in content.project.rows["codes"]]
        assert names[1:5] == ["2024", "2026-02-01", "true", "#NAME?"]
        assert found(content.project, "table-cell-retyped") == places


def test_dates_that_became_dates_or_numbers_are_read_and_named(edit: Edit) -> None:
    places = [
        edit.set("codings", "creation_date_time", 2, dt.datetime(2024, 1, 31, 12, 30)),
        edit.set("codings", "creation_date_time", 3, 45322.5208333333),
    ]
    with edit.read() as content:
        dates = list(content.project.column("codings", "creation_date_time"))
        assert dates[:2] == ["2024-01-31T12:30:00Z"] * 2
        assert found(content.project, "table-cell-retyped") == places


def test_broken_guids_and_references_are_named_by_cell(edit: Edit) -> None:
    wrong = edit.set("codings", "code_guid", 2, "nobody")
    form = edit.set("users", "guid", 2, "not a guid")
    twice = [f"codes!B{row}" for row in (3, 4)]
    edit.set("codes", "guid", 4, edit.get("codes", "guid", 3))
    with edit.read() as content:
        assert wrong in found(content.project, "reference-dangling")
        assert form in found(content.project, "guid-form")
        assert found(content.project, "table-guid-twice") == twice


# -- cells that cannot be used -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sheet", "heading", "value", "message"),
    [
        ("codes", "parent_row", 999, "The table codes has no row 999"),
        ("codes", "parent_row", "first", "no whole number"),
        ("codes", "parent_row", 1.5, "no whole number"),
        ("codes", "is_codable", "perhaps", "neither true nor false"),
        ("codes", "row", 0, "stands there twice"),
        ("codings", "owner_row", 100_000, "The table selections has no row"),
        ("codings", "owner_row", None, "is needed"),
        ("codings", "owner_kind", "code", "is none of selection, source"),
        ("selections", "kind", "Selection", "is none of PlainTextSelection"),
        ("selections", "kind", "PDFSelection", "cannot stand inside a TextSource"),
        ("selections", "start_position", dt.datetime(2024, 1, 1), "no whole number"),
        ("sources", "kind", "Transcript", "stands inside"),
        ("case_members", "member_kind", "Code", "is none of"),
    ],
)
def test_a_cell_that_cannot_be_used_is_named(edit: Edit, sheet: str, heading: str, value: Any, message: str) -> None:
    if sheet == "case_members":
        edit.set(sheet, "case_row", 3, 0)
    place = edit.set(sheet, heading, 3, value)
    sheet_and_row = (place.split("!")[0], place[-1])
    assert any(
        message in told for where, told in problems(edit).items() if (where.split("!")[0], where[-1]) == sheet_and_row
    )


def test_a_code_below_itself_is_named(edit: Edit) -> None:
    place = edit.set("codes", "parent_row", 3, edit.get("codes", "row", 4))
    assert problems(edit)[place] == "The code stands below itself."


def test_deleting_what_others_refer_to_names_them(edit: Edit) -> None:
    edit.book["codes"].delete_rows(3)
    assert all(place.startswith("codes!") for place in problems(edit))
    assert len(problems(edit)) == 5


def test_every_problem_is_told_at_once(edit: Edit) -> None:
    places = {edit.set("codes", "parent_row", row, 1000 + row) for row in range(3, 20)}
    assert set(problems(edit)) == places


def test_two_rows_of_project_or_none(edit: Edit) -> None:
    edit.book["project"].delete_rows(2)
    assert "must have one" in problems(edit)["project"]


def test_a_missing_sheet_and_column_are_told(edit: Edit) -> None:
    del edit.book["sets"]
    del edit.book["set_members"]
    edit.book["codes"].delete_cols(edit.column("codes", "description"))
    with edit.read() as content:
        assert found(content.project, "table-column-missing") == ["codes"]
        assert [one.message for one in content.project.findings if one.code == "table-missing"] == [
            "There is no table sets; it was read as empty.",
            "There is no table set_members; it was read as empty.",
        ]


def test_without_the_sheet_project_it_is_no_project(edit: Edit) -> None:
    del edit.book["project"]
    edit.book.save(edit.path)
    with pytest.raises(InputError, match="no project as tables"):
        by_id("xlsx").read(edit.path)


def test_without_the_folder_beside_the_files_are_missed(edit: Edit) -> None:
    shutil.rmtree(edit.path.parent / "study_xlsx_files")
    with edit.read() as content:
        assert content.media == {}
        assert len(found(content.project, "file-missing")) == 54


# -- CSV, JSON, SQLite -------------------------------------------------------------------------------------------------


def changed_csv(written: Path, folder: Path, change: Callable[[list[list[str]]], None], **form: Any) -> Path:
    """The CSV folder with ``codes.csv`` changed and saved as another program saves it."""
    shutil.copytree(written / "csv", folder / "csv")
    path = folder / "csv" / "codes.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    change(rows)
    with path.open("w", encoding=form.pop("encoding", "utf-8"), newline="") as file:
        csv.writer(file, **form).writerows(rows)
    return folder / "csv"


def test_csv_with_semicolons_in_windows_own_encoding(written: Path, tmp_path: Path) -> None:
    def change(rows: list[list[str]]) -> None:
        rows[3][2] = "Gehört; “werden”"

    folder = changed_csv(written, tmp_path, change, encoding="cp1252", delimiter=";", lineterminator="\r\n")
    with for_input(folder).read(folder) as content:
        assert content.project.rows["codes"][2][CODE["name"]] == "Gehört; “werden”"
        assert found(content.project, "text-encoding") == ["codes.csv"]


def test_csv_that_a_spreadsheet_saved_in_its_language(written: Path, tmp_path: Path) -> None:
    def change(rows: list[list[str]]) -> None:
        for row in rows[1:]:
            row[3] = row[3].replace("true", "WAHR").replace("false", "FALSCH")

    folder = changed_csv(written, tmp_path, change, delimiter="\t")
    with for_input(folder).read(folder) as content, by_id("qdpx").read(SAMPLE) as original:
        assert stored(content.project) == stored(original.project)


def test_a_cell_of_csv_that_cannot_be_used_is_named(written: Path, tmp_path: Path) -> None:
    def change(rows: list[list[str]]) -> None:
        rows[4][rows[0].index("parent_row")] = "77777"

    folder = changed_csv(written, tmp_path, change)
    with pytest.raises(BrokenTables, match=r"codes\.csv, row 5, parent_row: The table codes has no row 77777"):
        for_input(folder).read(folder)


def test_formulas_are_guarded_and_the_package_says_where(written: Path, tmp_path: Path) -> None:
    with by_id("qdpx").read(SAMPLE) as content:
        content.project.rows_to_change()["codes"][0][CODE["name"]] = '=HYPERLINK("http://example.org")'
        content.project.rows_to_change()["codes"][1][CODE["name"]] = "'quoted"
        by_id("csv").write(content, tmp_path / "csv", WriteOptions())
    text = (tmp_path / "csv" / "codes.csv").read_text(encoding="utf-8-sig")
    assert "\"'=HYPERLINK" in text
    package = json.loads((tmp_path / "csv" / "datapackage.json").read_text(encoding="utf-8"))
    resource = next(one for one in package["resources"] if one["name"] == "codes")
    assert resource["guardedFormulas"] == {"name": 2}
    with by_id("csv").read(tmp_path / "csv") as again:
        assert [row[CODE["name"]] for row in again.project.rows["codes"][:2]] == [
            '=HYPERLINK("http://example.org")',
            "'quoted",
        ]


RETYPED = [
    "1-2",
    "007",
    "1.50",
    "11,187",
    "1/2",
    "2021-10-11",
    "12:30",
    "1E5",
    "MARCH1",
    "3 May 2020",
    "true",
    "€ 5",
    "5%",
]
KEPT = ["0", "2010", "100 % sure", "May", "12345678-1234-1234-1234-123456789012", "2021-10-11T14:35:26Z", "1 of 2", ""]


def test_texts_that_spreadsheets_would_make_numbers_or_dates_of_are_guarded() -> None:
    assert [guard_formula(text) for text in RETYPED] == [f"'{text}" for text in RETYPED]
    assert [guard_formula(text) for text in KEPT] == KEPT


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_csv_that_libreoffice_opened_and_saved_comes_back(tmp_path: Path) -> None:
    with by_id("qdpx").read(SAMPLE) as content:
        for row, text in zip(
            content.project.rows_to_change()["codes"], [*RETYPED, *KEPT[:-1], "=1+1", "@x"], strict=False
        ):
            row[CODE["name"]] = text
        by_id("csv").write(content, tmp_path / "csv", WriteOptions())
        saved = tmp_path / "saved"
        shutil.copytree(tmp_path / "csv", saved)
        arguments = [
            "soffice", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless",
            "--convert-to", "csv:Text - txt - csv (StarCalc):59,34,1,1", "--infilter=CSV:44,34,UTF8,1",
            "--outdir", str(saved), *(str(path) for path in (tmp_path / "csv").glob("*.csv")),
        ]  # fmt: skip
        subprocess.run(arguments, check=True, capture_output=True, timeout=300)  # noqa: S603 (LibreOffice itself)
        with for_input(saved).read(saved) as again:
            assert stored(again.project) == stored(content.project)


def test_the_data_package_describes_every_file(written: Path) -> None:
    package = json.loads((written / "csv" / "datapackage.json").read_text(encoding="utf-8"))
    for resource in package["resources"]:
        with (written / "csv" / resource["path"]).open(encoding="utf-8-sig", newline="") as file:
            assert next(csv.reader(file)) == [field["name"] for field in resource["schema"]["fields"]]


def test_an_archive_that_was_packed_again_on_a_mac_is_read(written: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "again.zip", "w") as archive:
        for file in sorted((written / "csv").rglob("*.*")):
            archive.write(file, f"tables/{file.relative_to(written / 'csv').as_posix()}")
        archive.writestr("__MACOSX/tables/._codes.csv", b"\x00\x05\x16\x07Mac OS X")
    with for_input(tmp_path / "again.zip").read(tmp_path / "again.zip") as content, by_id("qdpx").read(SAMPLE) as first:
        assert stored(content.project) == stored(first.project)
        assert media_bytes(content) == media_bytes(first)


def test_the_description_of_tables_is_not_the_tables(written: Path) -> None:
    with pytest.raises(InputError, match="Give the folder"):
        by_id("json").read(written / "csv" / "datapackage.json")


def test_broken_json_is_told(written: Path, tmp_path: Path) -> None:
    whole = (written / "study.json").read_bytes()
    for number, data in enumerate(
        (whole[:-20], b"[]", b"{}", b"[" * 100_000, whole.replace(b'"version": 1', b'"version": 2'))
    ):
        path = tmp_path / f"{number}.json"
        path.write_bytes(data)
        with pytest.raises(QdpxError):
            by_id("json").read(path)
    path.write_bytes(whole.replace(b'"is_codable": true', b'"is_codable": "maybe"', 1))
    with pytest.raises(BrokenTables, match="codes, row 1, is_codable"):
        by_id("json").read(path)


def test_a_database_changed_with_sql_is_read(written: Path, tmp_path: Path) -> None:
    shutil.copy(written / "study.db", tmp_path / "study.db")
    database = sqlite3.connect(tmp_path / "study.db")
    database.execute("UPDATE codes SET name = 'Renamed' WHERE row = 2")
    database.execute("INSERT INTO codes (row, name, parent_row) VALUES (500, 'New', 2)")
    database.commit()
    database.close()
    with for_input(tmp_path / "study.db").read(tmp_path / "study.db") as content:
        assert ("Values", "Being met", "Renamed", "New") in codes(content)


def test_a_damaged_database_is_told(written: Path, tmp_path: Path) -> None:
    data = bytearray((written / "study.db").read_bytes())
    data[4096:40_960] = b"\xff" * 36_864
    (tmp_path / "study.db").write_bytes(data)
    with pytest.raises(InputError):
        by_id("sqlite").read(tmp_path / "study.db")
