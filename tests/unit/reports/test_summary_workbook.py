"""The summary workbook: its numbers, its sheets, and that it survives what projects hold."""

import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from small_projects import Small, guid

from qdpx_compassion.code_tree import CodeTree
from qdpx_compassion.errors import OutputError
from qdpx_compassion.files.project_files import open_project_files
from qdpx_compassion.frameworks import load_framework
from qdpx_compassion.mapping.model import Mapping, ParticipantRow
from qdpx_compassion.mapping.reading import read_mapping
from qdpx_compassion.mapping.resolve import resolve
from qdpx_compassion.refi.reader import read_files
from qdpx_compassion.refi.texts import SourceTexts
from qdpx_compassion.reports.workbook import Summary, summarise, write_summary

ROOT = Path(__file__).resolve().parents[3]
SAMPLE = ROOT / "sample_projects" / "first-steps"


def summary_of_sample(*, mapped: bool = True, participants: tuple[ParticipantRow, ...] = ()) -> Summary:
    framework = load_framework()
    with open_project_files(SAMPLE / "first-steps.qdpx") as files:
        project = read_files(files)
        texts = SourceTexts(files, project)
        if not mapped:
            return summarise(project, texts=texts)
        mapping, found = read_mapping(SAMPLE / "mapping.csv", framework)
        decisions, more = resolve(mapping, framework, CodeTree.of(project))
        people = Mapping(mapping.rows, participants, mapping.exceptions, mapping.name)
        return summarise(
            project, framework=framework, decisions=decisions, mapping=people, mapping_name="mapping.csv", texts=texts,
            findings=[*found, *more],
        )  # fmt: skip


def written(summary: Summary, folder: Path) -> Any:
    path = folder / "summary.xlsx"
    write_summary(path, summary)
    return openpyxl.load_workbook(path)


def table(sheet: Any) -> list[dict[str, Any]]:
    rows = list(sheet.iter_rows(values_only=True))
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def test_the_values_of_the_sample_are_counted_by_group(tmp_path: Path) -> None:
    book = written(summary_of_sample(), tmp_path)
    values = {row["Value"]: row for row in table(book["Values"])}
    assert set(values) == {
        "Feeling heard and understood", "Humanity", "Openness", "Staying present", "Helping people", "Personalisation",
        "Transparency",
    }  # fmt: skip
    row = values["Transparency"]
    assert (row["Participants (of 3)"], row["client (of 1)"], row["professional (of 2)"], row["Codings"]) == (
        3,
        1,
        2,
        3,
    )
    assert row["professional, %"] == 1
    assert values["Feeling heard and understood"]["Elements"] == "Recognising suffering\nEmotional resonance"


def test_a_value_leads_to_its_quotations(tmp_path: Path) -> None:
    book = written(summary_of_sample(), tmp_path)
    quotations = book["Quotations"]
    headings = [cell.value for cell in quotations[1]]
    for row in book["Values"].iter_rows(min_row=2):
        name, link = row[0].value, row[0].hyperlink
        assert link is not None
        sheet, cell = link.location.split("!")
        assert sheet.strip("'") == "Quotations"
        target = quotations[cell].row
        assert quotations.cell(target, headings.index("Value") + 1).value == name
        assert quotations.cell(target - 1, headings.index("Value") + 1).value != name


def test_two_coders_of_one_place_stand_in_one_row_with_both_selections(tmp_path: Path) -> None:
    rows = table(written(summary_of_sample(), tmp_path)["Quotations"])
    together = [row for row in rows if "\n" in row["Coder"]]
    assert together
    assert all(len(row["Selection's GUID"].splitlines()) == 2 for row in together)
    assert len(rows) == 32  # of 50 codings, 18 of them by the second coder at the same place


def test_without_a_mapping_values_are_counted_and_what_needs_it_is_left_out(tmp_path: Path) -> None:
    book = written(summary_of_sample(mapped=False), tmp_path)
    assert "Elements" not in book.sheetnames
    assert "Not mapped" not in book.sheetnames
    about = "\n".join(str(cell) for row in book["About"].iter_rows(values_only=True) for cell in row if cell)
    assert "Left out: it needs a mapping." in about
    assert len(table(book["Values"])) == 13


def test_the_same_summary_gives_the_same_members(tmp_path: Path) -> None:
    members = []
    for name in ("one.xlsx", "two.xlsx"):
        write_summary(tmp_path / name, summary_of_sample())
        with zipfile.ZipFile(tmp_path / name) as archive:
            members.append([(info.filename, info.date_time, archive.read(info)) for info in archive.infolist()])
    assert members[0] == members[1]


def test_an_existing_workbook_is_kept_unless_forced(tmp_path: Path) -> None:
    path = tmp_path / "summary.xlsx"
    path.write_bytes(b"mine")
    with pytest.raises(OutputError):
        write_summary(path, summary_of_sample())
    assert path.read_bytes() == b"mine"
    write_summary(path, summary_of_sample(), force=True)
    assert path.read_bytes() != b"mine"


def test_a_label_stands_everywhere_instead_of_the_name(tmp_path: Path) -> None:
    with open_project_files(SAMPLE / "first-steps.qdpx") as files:
        key = next(str(row["guid"]) for row in read_files(files).records("sources") if row["name"] == "P1 Zoë, client")
    book = written(summary_of_sample(participants=(ParticipantRow(key, "P1 Zoë, client", "C1"),)), tmp_path)
    for sheet in book:
        for row in sheet.iter_rows(values_only=True):
            assert not any("P1 Zoë" in str(cell) for cell in row), sheet.title
    assert any(row["Participant"] == "C1" for row in table(book["Quotations"]))


def test_a_project_without_codings_or_participants_gives_a_workbook_that_says_so(tmp_path: Path) -> None:
    small = Small()
    small.code("Heard")
    for number, project in enumerate([small.read(tmp_path), Small().read(tmp_path)]):
        summary = summarise(project)
        assert "study-nothing" in {finding.code for finding in summary.findings}
        write_summary(tmp_path / f"{number}.xlsx", summary)
        book = openpyxl.load_workbook(tmp_path / f"{number}.xlsx")
        assert any("no coding" in str(row[1]).lower() for row in book["Checks"].iter_rows(values_only=True))


def test_codes_and_groups_that_look_like_numbers_formulas_or_dates_stay_text(tmp_path: Path) -> None:
    small = Small()
    for name, group in (("P1", "2010"), ("P2", "2010"), ("P3", "=1+1"), ("P4", "=1+1")):
        small.text(name, "مرحبا @heard", Year=group)
        for code in ("2010", "1-2", "=SUM(A1)", "[x]:*?/\\"):
            small.coding(name, "heard", code)
    project = small.read(tmp_path)
    book = written(summarise(project), tmp_path)
    assert {row["Value"] for row in table(book["Values"])} == {"2010", "1-2", "=SUM(A1)", "[x]:*?/\\"}
    assert all(cell.data_type == "s" for (cell,) in book["Values"].iter_rows(min_row=2, max_col=1))
    assert {row["Group"] for row in table(book["Quotations"])} == {"2010", "=1+1"}


def test_a_mapping_that_maps_nothing_still_gives_every_sheet(tmp_path: Path) -> None:
    small = Small()
    small.text("P1", "heard")
    small.coding("P1", "heard", "Heard")
    project = small.read(tmp_path)
    framework = load_framework()
    decisions, _ = resolve(Mapping(()), framework, CodeTree.of(project))
    book = written(summarise(project, framework=framework, decisions=decisions), tmp_path)
    assert [row["Code"] for row in table(book["Not mapped"])] == ["Heard"]
    assert guid("code", "Heard") in [row["GUID"] for row in table(book["Codebook"])]
