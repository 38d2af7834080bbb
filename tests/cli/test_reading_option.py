"""``--reading``: a person says how positions are counted, and hears when the file disagrees."""

import json
from pathlib import Path

import pytest
from command_line import FIRST_MAPPING, FIRST_STEPS, run
from openpyxl import load_workbook
from positions_maker import Counting, archive, in_counting, study

WRONG = "codepoints,crlf1"


def examples(workbook: Path) -> str:
    """All text of the mapping workbook's first sheet that holds examples."""
    return "\n".join(
        str(cell) for row in load_workbook(workbook)["Mapping"].iter_rows(values_only=True) for cell in row if cell
    )


def test_show_tells_the_reading_in_use_and_how_sure_it_is() -> None:
    shown = run("show", FIRST_STEPS)
    assert "UTF-16 units, CR LF counts 2, end exclusive: sure" in " ".join(shown.out.split())
    reading = json.loads(run("show", FIRST_STEPS, "--json").out)["reading"]
    assert {key: reading[key] for key in ("unit", "crlf", "end", "bom", "sureness", "texts", "contradicted")} == {
        "unit": "utf16", "crlf": 2, "end": "exclusive", "bom": False, "sureness": "sure", "texts": 3,
        "contradicted": False,
    }  # fmt: skip


def test_show_says_that_the_file_supports_another_reading() -> None:
    shown = " ".join(run("show", FIRST_STEPS, "--reading", WRONG).out.split())
    assert "code points, CR LF counts 1, end exclusive: as you said" in shown
    assert "the file itself supports UTF-16 units, CR LF counts 2, end exclusive (sure)" in shown
    assert "reading-doubtful" in shown
    reading = json.loads(run("show", FIRST_STEPS, "--json", "--reading", WRONG).out)["reading"]
    assert (reading["unit"], reading["sureness"], reading["contradicted"]) == ("code_point", "said", True)


def test_an_unknown_word_is_answered_with_those_that_are_known() -> None:
    ran = run("show", FIRST_STEPS, "--reading", "bytes")
    assert ran.code == 2
    assert "“bytes” is not known" in ran.message
    assert "utf16, codepoints, crlf1, crlf2, exclusive, inclusive, bom, nobom" in ran.message


@pytest.mark.parametrize("reading", ["utf16 crlf1", "UTF-16, CRLF=1"])
def test_words_may_be_written_as_people_write_them(reading: str) -> None:
    shown = run("show", FIRST_STEPS, "--reading", reading)
    assert "UTF-16 units, CR LF counts 1, end exclusive" in " ".join(shown.out.split())


def test_the_mapping_workbook_takes_its_examples_under_the_reading(tmp_path: Path) -> None:
    project, made = tmp_path / "study.qdpx", study(texts=1, emoji=60, passages=40)
    project.write_bytes(archive(made, in_counting(Counting("utf16"), names=False)))
    right, wrong, update = (tmp_path / f"{name}.xlsx" for name in ("right", "wrong", "update"))
    assert run("mapping", "new", project, "-o", right).code == 0
    assert run("mapping", "new", project, "--reading", WRONG, "-o", wrong).code == 0
    assert run("mapping", "update", project, right, "--reading", WRONG, "-o", update).code == 0
    assert examples(right) != examples(wrong)
    assert set(examples(wrong).splitlines()) <= set(examples(update).splitlines())


def test_the_summary_takes_its_quotations_under_the_reading(tmp_path: Path) -> None:
    right, wrong = tmp_path / "right.xlsx", tmp_path / "wrong.xlsx"
    assert run("summarise", FIRST_STEPS, FIRST_MAPPING, "-o", right).code == 0
    ran = run("summarise", FIRST_STEPS, FIRST_MAPPING, "--reading", WRONG, "-o", wrong)
    assert ran.code == 0
    quotations = [list(load_workbook(path)["Quotations"].iter_rows(values_only=True)) for path in (right, wrong)]
    assert len(quotations[0]) == len(quotations[1])
    assert quotations[0] != quotations[1]
    about = {row[0]: row[1] for row in load_workbook(right)["About"].iter_rows(values_only=True)}
    assert str(about["Places in texts"]).startswith("UTF-16 units, CR LF counts 2, end exclusive: sure")
    about = {row[0]: row[1] for row in load_workbook(wrong)["About"].iter_rows(values_only=True)}
    assert "as you said" in str(about["Places in texts"])
