"""Workbooks: what goes into cells stays what it is, and the same content gives the same bytes."""

import datetime as dt
import gc
import unicodedata
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from qdpx_compassion.errors import InputError, OutputError
from qdpx_compassion.spreadsheets import (
    Column,
    Link,
    Series,
    Workbook,
    bar_chart,
    clean_text,
    cut_at_word,
    restore_text,
    safe_sheet_name,
)
from qdpx_compassion.spreadsheets.reading import ReadWorkbook, cell_text
from qdpx_compassion.spreadsheets.sheet import display_width, fitting_widths
from qdpx_compassion.spreadsheets.text import CELL_LIMIT, utf16_length

FORMULA_LIKE = [
    "=1+1",
    "+3",
    "-x",
    "@sum",
    "\ttab",
    "\rreturn",
    "'quoted",
    "#N/A",
    "2010",
    "1-2",
    "TRUE",
    "＝1+1",
    "＠sum",
]


def written(path: Path, texts: Sequence[object], **options: Any) -> Workbook:
    book = Workbook("Test")
    sheet = book.sheet("Texts", [Column("Text", 20)], **options)
    for text in texts:
        sheet.append([text])
    book.save(path)
    return book


@pytest.mark.parametrize("text", FORMULA_LIKE)
def test_text_that_looks_like_a_formula_number_or_error_stays_text(tmp_path: Path, text: str) -> None:
    written(tmp_path / "a.xlsx", [text])
    cell = openpyxl.load_workbook(tmp_path / "a.xlsx")["Texts"]["A2"]
    assert cell.data_type == "s" or cell.data_type == "inlineStr"
    assert str(cell.value).strip() == text.strip()


@pytest.mark.parametrize("text", ["=1+1", "2010", "-x", "'a", "＝1+1", "＋1", "－x", "＠x"])
def test_editing_a_cell_that_looks_like_a_formula_keeps_it_text(tmp_path: Path, text: str) -> None:
    written(tmp_path / "a.xlsx", [text, "plain"])
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["Texts"]
    assert sheet["A2"].quotePrefix
    assert not sheet["A3"].quotePrefix


@given(st.text())
@example("_x000D_")
@example("_x005F_x000D_")
@example("a\x00b\x1f\x7f")
@example("\ud800 lone \udfff")
@example("\ufffe\uffff")
@example("x" * 40_000)
@example("😀" * 20_000)
def test_any_text_fits_into_a_cell(text: str) -> None:
    clean = clean_text(text)
    assert utf16_length(clean.text) <= CELL_LIMIT
    clean.text.encode("utf-8")
    assert not set(clean.text) & {chr(code) for code in range(32) if chr(code) not in "\t\n"}
    if not clean.controls and not clean.cut and "\r" not in text:
        assert restore_text(clean.text) == text


def test_control_characters_are_shown_by_their_symbols_and_reported_once(tmp_path: Path) -> None:
    book = written(tmp_path / "a.xlsx", ["bell\x07", "two\x00\x01", "fine"])
    assert openpyxl.load_workbook(tmp_path / "a.xlsx")["Texts"]["A2"].value == "bell␇"
    (finding,) = book.findings
    assert finding.code == "cell-control-characters"
    assert finding.message.startswith("3 characters in 2 cells")
    assert finding.where == "Texts!A2"


def test_a_text_longer_than_a_cell_is_cut_between_characters_and_reported(tmp_path: Path) -> None:
    book = written(tmp_path / "a.xlsx", ["a" + "😀" * 20_000])
    value = str(openpyxl.load_workbook(tmp_path / "a.xlsx")["Texts"]["A2"].value)
    assert utf16_length(value) <= CELL_LIMIT
    assert value.endswith("😀…")
    assert [finding.code for finding in book.findings] == ["cell-cut"]


def test_a_table_longer_than_a_sheet_goes_on_in_a_second_one_with_headings(tmp_path: Path) -> None:
    book = written(tmp_path / "a.xlsx", [f"row {number}" for number in range(7)], row_limit=4)
    read = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert read.sheetnames == ["Texts", "Texts (2)", "Texts (3)"]
    assert [[cell.value for cell in sheet["A"]] for sheet in read] == [
        ["Text", "row 0", "row 1", "row 2"],
        ["Text", "row 3", "row 4", "row 5"],
        ["Text", "row 6"],
    ]
    assert [finding.code for finding in book.findings] == ["sheet-continued"]


def test_the_same_content_gives_the_same_bytes_whatever_the_clock_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    for name in ("a.xlsx", "b.xlsx"):
        written(tmp_path / name, ["x", "é"])
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    read = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert read.properties.created == read.properties.modified == dt.datetime(2023, 11, 14, 22, 13, 20)
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        assert {member.date_time for member in archive.infolist()} == {(2023, 11, 14, 22, 13, 20)}


def test_headings_are_frozen_filtered_and_repeated_in_print(tmp_path: Path) -> None:
    book = Workbook("Test")
    sheet = book.sheet("T", [Column("A", 12), Column("B", 30)], intro=[["About this"]], freeze_columns=1)
    assert (sheet.heading_row, sheet.first_row) == (2, 3)
    sheet.append(["x", 1])
    book.save(tmp_path / "a.xlsx")
    read = openpyxl.load_workbook(tmp_path / "a.xlsx")["T"]
    assert read.freeze_panes == "B3"
    assert read.auto_filter.ref == "A2:B3"
    assert read.print_title_rows == "$2:$2"
    assert read.page_setup.orientation == "landscape"
    assert read.sheet_properties.pageSetUpPr is not None
    assert read.sheet_properties.pageSetUpPr.fitToPage
    assert (read.column_dimensions["A"].width, read.column_dimensions["B"].width) == (12, 30)


def test_drop_downs_are_real_validations_over_all_rows(tmp_path: Path) -> None:
    book = Workbook("Test")
    sheet = book.sheet("T", [Column("Short"), Column("Long"), Column("Hint")])
    sheet.drop_down(0, ["x", "no"], title="T" * 50, prompt="p" * 400)
    sheet.drop_down(1, ["a, b", 'c "d"', "e"], strict=True)
    sheet.hint(2, "Hint", "Write something")
    for _ in range(3):
        sheet.append([None, None, None])
    book.save(tmp_path / "a.xlsx")
    read = openpyxl.load_workbook(tmp_path / "a.xlsx")
    first, second, third = read["T"].data_validations.dataValidation
    assert (first.formula1, str(first.sqref), first.errorStyle) == ('"x,no"', "A2:A4", "warning")
    assert len(first.prompt) == 255
    assert len(first.promptTitle) == 32
    assert (second.formula1, second.errorStyle) == ("Lists!$A$1:$A$3", "stop")
    assert third.type is None
    assert third.prompt == "Write something"
    assert [cell.value for cell in read["Lists"]["A"]] == ["a, b", 'c "d"', "e"]
    assert read["Lists"].sheet_state == "hidden"


def test_numbers_are_numbers_and_missing_values_are_empty(tmp_path: Path) -> None:
    import numpy as np
    import pandas as pd

    book = Workbook("Test")
    columns = [Column("n", style="integer"), Column("share", style="percent"), *[Column(str(i)) for i in range(4)]]
    sheet = book.sheet("T", columns)
    sheet.append([np.int64(1200), 0.25, pd.NA, float("nan"), pd.NaT, None])
    book.save(tmp_path / "a.xlsx")
    row = openpyxl.load_workbook(tmp_path / "a.xlsx")["T"][2]
    assert [cell.value for cell in row] == [1200, 0.25, None, None, None, None]
    assert (row[0].number_format, row[1].number_format) == ("#,##0", "0%")


def test_links_lead_to_a_place_in_the_workbook(tmp_path: Path) -> None:
    book = Workbook("Test")
    sheet = book.sheet("From", [Column("Link")])
    sheet.append([Link("to the quotations", "It's here", "A7")])
    book.sheet("It's here", [Column("A")])
    book.save(tmp_path / "a.xlsx")
    cell = openpyxl.load_workbook(tmp_path / "a.xlsx")["From"]["A2"]
    assert cell.value == "to the quotations"
    assert cell.hyperlink is not None
    assert cell.hyperlink.location == "'It''s here'!A7"


def test_a_chart_reads_its_numbers_from_the_sheet(tmp_path: Path) -> None:
    book = Workbook("Test")
    sheet = book.sheet("T", [Column("Name"), Column("n")])
    for number in range(3):
        sheet.append([f"value {number}", number])
    chart = bar_chart(sheet, "Values", categories=0, series=[Series(1)], first_row=2, last_row=4)
    sheet.add_chart(chart, "E2")
    book.save(tmp_path / "a.xlsx")
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        xml = archive.read("xl/charts/chart1.xml").decode()
    assert "'T'!$B$2:$B$4" in xml
    assert "'T'!$A$2:$A$4" in xml
    assert "'T'!$B$1" in xml


@pytest.mark.parametrize(
    ("name", "taken", "safe"),
    [
        ("Values: a/b [c]", (), "Values- a-b -c-"),
        ("History", (), "History_"),
        ("mapping", ("Mapping",), "mapping (2)"),
        ("", (), "Sheet"),
        ("'quoted'", (), "quoted"),
        ("x" * 40, (), "x" * 30 + "…"),
    ],
)
def test_sheet_names_are_what_excel_allows(name: str, taken: tuple[str, ...], safe: str) -> None:
    assert safe_sheet_name(name, taken) == safe
    assert len(safe) <= 31


def test_an_existing_file_is_not_written_over_without_force(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"mine")
    with pytest.raises(OutputError):
        written(tmp_path / "a.xlsx", ["x"])
    assert (tmp_path / "a.xlsx").read_bytes() == b"mine"
    assert [path.name for path in tmp_path.iterdir()] == ["a.xlsx"]


def test_widths_fit_the_content_within_limits() -> None:
    widths = fitting_widths([Column("n"), Column("Name"), Column("Text"), Column("w", 12)], [[1, "y" * 20, "z" * 500]])
    assert widths == [7.0, 22.0, 60.0, 12.0]


@given(st.text(st.characters(exclude_categories=["Cn", "Cs"])))
@example("思いやり, “größer”, 🙂 and e\u0301 …")
@example("ᄀ한글〈〉⌚")
def test_the_width_of_a_text_is_that_of_its_characters(text: str) -> None:
    assert display_width(text) == sum(1 + (unicodedata.east_asian_width(one) in "WF") for one in text)


def test_values_that_are_equal_to_python_stay_what_they_are(tmp_path: Path) -> None:
    values = [1, True, 1.0, "1", 0, False, "", None, 10**15, 10**15 - 1]
    written(tmp_path / "a.xlsx", [*values, *values])
    found = [row[0] for row in openpyxl.load_workbook(tmp_path / "a.xlsx")["Texts"].iter_rows(2, values_only=True)]
    expected = [1, True, 1, "1", 0, False, None, None, "1000000000000000", 999999999999999]
    assert [(type(one), one) for one in found] == [(type(one), one) for one in [*expected, *expected]]


def test_a_large_sheet_is_whole_and_the_same_each_time(tmp_path: Path) -> None:
    texts = [f"{number}: {'a text that says little. ' * 20}" for number in range(10_000)]
    for name in ("a.xlsx", "b.xlsx"):
        written(tmp_path / name, texts)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        assert archive.testzip() is None
        assert archive.getinfo("xl/worksheets/sheet1.xml").file_size > 4 << 20
    with ReadWorkbook(tmp_path / "a.xlsx") as book:
        assert [cells[0] for _, cells in book.rows("Texts")][1:] == [text.strip() for text in texts]


def test_examples_are_cut_between_words() -> None:
    assert cut_at_word("short", 10) == "short"
    assert cut_at_word("one two three four", 12) == "one two …"


def test_cells_of_other_programs_are_read_as_people_would_write_them() -> None:
    values = [1.0, 2010, 0.5, True, dt.datetime(2024, 3, 1), dt.date(2024, 3, 1), " a ", None, "a\r\nb"]
    assert [cell_text(value) for value in values] == [
        "1",
        "2010",
        "0.5",
        "true",
        "2024-03-01",
        "2024-03-01",
        "a",
        "",
        "a\nb",
    ]


def test_a_formula_without_a_stored_result_is_reported_with_its_cell(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.create_sheet("T")
    sheet.append(["a", "=1+1"])
    book.save(tmp_path / "a.xlsx")
    with ReadWorkbook(tmp_path / "a.xlsx") as read:
        assert list(read.rows("T")) == [(1, ["a", ""])]
        assert [(finding.code, finding.where) for finding in read.findings] == [("cell-formula", "T!B1")]


def test_a_cell_that_shows_an_error_is_reported_and_text_that_looks_like_one_is_not(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.create_sheet("T")
    sheet.append(["a", "#VALUE!", "#VALUE!"])
    sheet["B1"].data_type, sheet["C1"].data_type = "e", "s"
    sheet["B2"].value = "#N/A"
    sheet["B2"].data_type = "e"
    book.save(tmp_path / "a.xlsx")
    with ReadWorkbook(tmp_path / "a.xlsx") as read:
        assert list(read.rows("T")) == [(1, ["a", "", "#VALUE!"])]
        assert [(finding.code, finding.where) for finding in read.findings] == [
            ("cell-error", "T!B1"),
            ("cell-error", "T!B2"),
        ]
        assert "#N/A" in read.findings[1].message


def test_a_million_empty_rows_do_not_hang(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.create_sheet("T")
    sheet["A1"], sheet["A1048576"], sheet["XFD2"] = "first", "last", "far"
    book.save(tmp_path / "a.xlsx")
    with ReadWorkbook(tmp_path / "a.xlsx") as read:
        assert list(read.rows("T")) == [(1, ["first"])]


SPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHEET = f'<worksheet xmlns="{SPACE}"><sheetData>{{}}</sheetData></worksheet>'
SHARED_TEXTS = (
    b'<Override PartName="/xl/sharedStrings.xml" '
    b'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/>'
)


def with_sheet(path: Path, rows: str, *, texts: str = "", form: str = SHEET) -> Path:
    """A workbook whose one sheet has these rows, as another program might write them."""
    book = openpyxl.Workbook()
    book.create_sheet("T").append(["shared"])
    book.save(path.with_name("plain.xlsx"))
    with zipfile.ZipFile(path.with_name("plain.xlsx")) as plain, zipfile.ZipFile(path, "w") as archive:
        for name in plain.namelist():
            data = plain.read(name)
            if name == "xl/worksheets/sheet2.xml":
                data = form.format(rows).encode()
            elif name == "[Content_Types].xml":
                data = data.replace(b"</Types>", SHARED_TEXTS + b"</Types>")
            archive.writestr(name, data)
        archive.writestr("xl/sharedStrings.xml", f'<sst xmlns="{SPACE}">{texts}</sst>')
    return path


def test_cells_are_read_in_every_form_that_programs_write(tmp_path: Path) -> None:
    cells = (
        '<row r="3"><c r="B3" t="s"><v>1</v></c><c r="C3" t="inlineStr"><is><r><t>in </t></r><r><t>line</t></r>'
        '<rPh sb="0" eb="1"><t>no</t></rPh></is></c><c r="E3"><v>1.50</v></c><c t="b"><v>1</v></c>'
        '<c t="str"><f>A1</f><v>made</v></c><c t="str"><f>B1</f><v></v></c>'
        '<c t="d"><v>2024-03-01T10:00:00</v></c></row>'
        "<row><c><v>7</v></c></row>"
    )
    texts = (
        "<si><t>first</t></si><si><r><t>rich</t></r><r><t xml:space='preserve'> text_x000D_&#10;_x005F_x000D_</t></r>"
        "<rPh sb='0' eb='1'><t>said</t></rPh></si>"
    )
    with ReadWorkbook(with_sheet(tmp_path / "a.xlsx", cells, texts=texts)) as read:
        assert list(read.values("T")) == [
            (3, [None, "rich text\r\n_x000D_", "in line", None, 1.5, True, "made", None, dt.datetime(2024, 3, 1, 10)]),
            (4, [7]),
        ]
        assert read.findings == []


def test_sheets_whose_elements_have_a_prefix_are_read(tmp_path: Path) -> None:
    form = f'<x:worksheet xmlns:x="{SPACE}"><x:sheetData>{{}}</x:sheetData></x:worksheet>'
    cells = '<x:row><x:c t="inlineStr"><x:is><x:t>text</x:t></x:is></x:c><x:c><x:v>2</x:v></x:c></x:row>'
    with ReadWorkbook(with_sheet(tmp_path / "a.xlsx", cells, form=form)) as read:
        assert list(read.rows("T")) == [(1, ["text", "2"])]


@pytest.mark.parametrize(
    "rows",
    [
        '<row><c t="s"><v>99</v></c></row>',
        "<row><c><v>many</v></c></row>",
        '<row r="x"><c><v>1</v></c></row>',
        '<row><c r="?1"><v>1</v></c></row>',
        "<row>",
        "<row><c><v>1",
    ],
)
def test_a_damaged_sheet_is_an_input_error(tmp_path: Path, rows: str) -> None:
    with ReadWorkbook(with_sheet(tmp_path / "a.xlsx", rows)) as read, pytest.raises(InputError, match="damaged"):
        list(read.rows("T"))


def test_a_sheet_with_a_document_type_is_refused(tmp_path: Path) -> None:
    form = '<!DOCTYPE worksheet [<!ENTITY a "aaaaaaaaaa">]>' + SHEET
    with ReadWorkbook(with_sheet(tmp_path / "a.xlsx", "<row/>", form=form)) as read, pytest.raises(InputError):
        list(read.rows("T"))


def test_any_text_that_is_written_is_read_again(tmp_path: Path) -> None:
    texts = ["_x000D_", "_x005F_", "a < b & c > d", " spaces ", "line\nline", "\ttab", "😀", "ends\n", "]]>"]
    written(tmp_path / "a.xlsx", texts)
    with ReadWorkbook(tmp_path / "a.xlsx") as read:
        assert [row[0] for _, row in read.values("Texts")][1:] == texts


def test_sheets_are_found_in_any_letter_case(tmp_path: Path) -> None:
    written(tmp_path / "a.xlsx", [])
    with ReadWorkbook(tmp_path / "a.xlsx") as read:
        assert read.find(" TEXTS ") == "Texts"
        assert read.find("other") is None


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "not an Excel workbook"),
        (b"<html>", "not an Excel workbook"),
        (OLE + b"\0" * 600 + "Workbook".encode("utf-16-le"), ".xls"),
        (OLE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), "password"),
        (b"PK\x03\x04 and then nothing", "cannot be read"),
    ],
)
def test_what_is_no_workbook_is_named_with_what_to_do(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "a.xlsx").write_bytes(content)
    with pytest.raises(InputError, match=said) as caught:
        ReadWorkbook(tmp_path / "a.xlsx")
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("member", "said"), [("project.qde", "REFI-QDA"), ("mimetype", "OpenDocument"), ("a.txt", "cannot be read")]
)
def test_other_archives_are_told_apart(tmp_path: Path, member: str, said: str) -> None:
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as archive:
        archive.writestr(member, "x")
    with pytest.raises(InputError, match=said):
        ReadWorkbook(tmp_path / "a.xlsx")


def test_a_workbook_cut_short_anywhere_is_an_input_error_or_readable(tmp_path: Path) -> None:
    written(tmp_path / "a.xlsx", ["x"])
    data = (tmp_path / "a.xlsx").read_bytes()
    for length in range(0, len(data), 97):
        (tmp_path / "b.xlsx").write_bytes(data[:length])
        with pytest.raises(InputError):
            ReadWorkbook(tmp_path / "b.xlsx")


def test_a_workbook_that_is_given_up_says_nothing_and_leaves_nothing(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Python would end the sheets in any order, and complain about it on standard error."""
    book = Workbook("Given up", folder=tmp_path)
    for name in ("a", "b"):
        sheet = book.sheet(name, [Column("Text")])
        sheet.append(["x"])
    del book, sheet
    gc.collect()
    assert capfd.readouterr().err == ""
    assert list(tmp_path.iterdir()) == []
