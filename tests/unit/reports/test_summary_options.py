"""What people may ask of the workbook, and input that is larger or odder than usual."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
from small_projects import Small, guid

from qdpx_compassion.frameworks import Framework, load_framework
from qdpx_compassion.frameworks.loading import read_framework
from qdpx_compassion.mapping.model import Decisions
from qdpx_compassion.reports.workbook import Options, Summary, summarise, write_summary


def written(summary: Summary, folder: Path) -> Any:
    path = folder / "summary.xlsx"
    write_summary(path, summary, force=True)
    return openpyxl.load_workbook(path)


def table(sheet: Any) -> list[dict[str, Any]]:
    rows = list(sheet.iter_rows(values_only=True))
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def small_study() -> Small:
    small = Small()
    small.text("P1", "I was heard and helped at once.", Role="client")
    small.text("P2", "I was heard and helped at once.", Role="nurse")
    for name in ("P1", "P2"):
        small.coding(name, "heard", "Values", "Heard")
        small.coding(name, "heard", "Values", "Helped", by="Bo")
    small.coding("P1", "helped", "Values", "Helped")
    return small


def test_a_row_may_be_a_quotation_with_all_its_codes(tmp_path: Path) -> None:
    project = small_study().read(tmp_path)
    coding = table(written(summarise(project), tmp_path)["Quotations"])
    quotation = table(written(summarise(project, options=Options(rows="quotation")), tmp_path)["Quotations"])
    assert len(coding) == 5
    assert [row["Values"] for row in quotation] == ["Heard\nHelped", "Helped", "Heard\nHelped"]
    assert sum(row["Counts"] for row in quotation) == 5


def test_codes_may_be_columns_of_zero_and_one(tmp_path: Path) -> None:
    project = small_study().read(tmp_path)
    options = Options(rows="quotation", indicators=True)
    rows = table(written(summarise(project, options=options), tmp_path)["Quotations"])
    assert [(row["Values > Heard"], row["Values > Helped"]) for row in rows] == [(1, 1), (0, 1), (1, 1)]


def test_quotations_have_levels_variables_and_context(tmp_path: Path) -> None:
    project = small_study().read(tmp_path)
    texts = dict.fromkeys(range(2), "I was heard and helped at once.")
    row = table(written(summarise(project, texts=texts.get), tmp_path)["Quotations"])[0]
    assert (row["Level 1"], row["Level 2"], row["Role"]) == ("Values", "Heard", "client")
    assert (row["Before"], row["After"]) == ("I was", "and helped at once.")


def test_without_a_second_coder_agreement_is_left_out_and_about_says_why(tmp_path: Path) -> None:
    small = Small()
    small.text("P1", "heard")
    small.coding("P1", "heard", "Heard")
    book = written(summarise(small.read(tmp_path)), tmp_path)
    assert "Agreement" not in book.sheetnames
    about = "\n".join(str(cell) for row in book["About"].iter_rows(values_only=True) for cell in row if cell)
    assert "Left out: no two coders coded the same source." in about


def odd_framework() -> Framework:
    toml = """
id = "odd"
title = "Odd"
version = "1"
[[dimension]]
id = "one"
title = "Values"
question = "Which?"
several = true
[[dimension.construct]]
id = "a"
name = "=A"
definition = "An A."
[[dimension]]
id = "two"
title = "Quotations [and]: more*?/ than thirty-one characters"
question = "Does it?"
several = false
[[dimension.construct]]
id = "b"
name = "B"
definition = "A B."
[[dimension]]
id = "three"
title = "Checks"
question = "Why?"
several = false
themes = true
[[dimension.construct]]
id = "c"
name = "C"
definition = "A C."
"""
    return read_framework(toml.encode(), "odd.toml")


def test_another_framework_gives_sheets_of_its_own_under_names_that_excel_allows(tmp_path: Path) -> None:
    project = small_study().read(tmp_path)
    decisions = Decisions("odd", {guid("code", "Values", "Heard"): ("a", "b", "c")})
    book = written(summarise(project, framework=odd_framework(), decisions=decisions), tmp_path)
    assert len(set(book.sheetnames)) == len(book.sheetnames) == 16
    assert "Constructs" in book.sheetnames
    assert "Quotations -and-- more--- than" in " ".join(book.sheetnames)
    assert "Checks (2)" in book.sheetnames
    about = book["About"]
    for row in about.iter_rows(max_col=1):
        if row[0].hyperlink is not None:
            assert row[0].value in book.sheetnames


def test_a_framework_of_single_choices_relates_values_to_them(tmp_path: Path) -> None:
    framework = load_framework()
    single = replace(framework, dimensions=tuple(replace(one, several=False) for one in framework.dimensions[:2]))
    project = small_study().read(tmp_path)
    decisions = Decisions(framework.id, {guid("code", "Values", "Heard"): ("recognising-suffering",)})
    summary = summarise(project, framework=single, decisions=decisions)
    assert set(summary.values["value"]) == {"Heard", "Helped"}
    assert "Technology" not in written(summary, tmp_path).sheetnames


def test_many_groups_codes_and_people_make_a_workbook_that_opens(tmp_path: Path) -> None:
    small = Small()
    for number in range(60):
        name = f"P{number}"
        small.text(name, " ".join(f"word{i}" for i in range(60)), Ward=f"Ward {number % 20}")
        for code in range(5):
            small.coding(name, f"word{(number + code * 7) % 60}", f"Code {(number * 5 + code) % 150}")
    project = small.read(tmp_path)
    framework = load_framework()
    decisions = Decisions(framework.id, {guid("code", "Code 1"): ("recognising-suffering",)})
    summary = summarise(project, framework=framework, decisions=decisions, group="Ward")
    assert [finding.code for finding in summary.findings] == ["study-many-groups"]
    book = written(summary, tmp_path)
    headings = [cell.value for cell in book["Values"][1]]
    assert sum(str(heading).startswith("Ward") for heading in headings) == 24  # twelve groups, number and percentage
    assert len(table(book["Participants × elements"])) == 60
    assert max(sheet.max_column for sheet in book) < 60


def test_labels_stand_in_findings_too(tmp_path: Path) -> None:
    from qdpx_compassion.findings import Finding
    from qdpx_compassion.mapping.model import Mapping, ParticipantRow

    project = small_study().read(tmp_path)
    people = Mapping((), (ParticipantRow(guid("source", "P1"), "P1", "no label for a short name"),))
    project.rows_to_change()["sources"][0][4] = "Anna de Vries"
    finding = Finding("text-missing", "1 selections have no text to quote from.", "Anna de Vries")
    summary = summarise(project, mapping=people, findings=[finding])
    assert [one.where for one in summary.findings if one.code == "text-missing"] == ["no label for a short name"]


def test_an_enriched_project_gives_the_numbers_of_the_project_before(tmp_path: Path) -> None:
    from qdpx_compassion.code_tree import CodeTree
    from qdpx_compassion.enrich.own import own_guids
    from qdpx_compassion.enrich.projects import enrich_project
    from qdpx_compassion.mapping.model import Mapping, MappingRow
    from qdpx_compassion.mapping.resolve import resolve
    from qdpx_compassion.refi.reader import read_project

    small = small_study()
    small.note("Memo", "my thoughts")
    before = small.read(tmp_path)
    compassion, other = load_framework(), odd_framework()
    first, second, third = (tmp_path / f"{name}.qde" for name in ("small", "once", "twice"))
    mapping = Mapping((MappingRow(guid("code", "Values", "Heard"), (), {"recognising-suffering": True}),))
    enrich_project(first, second, framework=compassion, mapping=mapping)
    enrich_project(
        second,
        third,
        framework=other,
        mapping=Mapping((MappingRow(guid("code", "Values", "Helped"), (), {"a": True}),)),
    )
    after = read_project(third)
    assert len(after.rows["codings"]) > len(before.rows["codings"])
    summaries = []
    for project in (before, after):
        tree = CodeTree.of(project)
        own = own_guids(project, tree)
        decisions, _ = resolve(mapping, compassion, tree, own)
        summaries.append(summarise(project, framework=compassion, decisions=decisions, own=own))
    one, two = summaries
    assert one.facts == two.facts
    assert one.memos == two.memos
    assert one.values.drop(columns="code_row").equals(two.values.drop(columns="code_row"))
    assert list(one.codebook["path"]) == list(two.codebook["path"])
    assert one.participants.explanation == two.participants.explanation
