"""``mapping new``, ``check`` and ``update``: the workbook in which the researchers decide."""

import json
import os
import re
import shutil
from pathlib import Path

import openpyxl
import pytest
from command_line import FIRST_MAPPING, FIRST_STEPS, ROOT, VALUES_MAPPING, VALUES_STUDY, members, run, run_process

OWN_FRAMEWORK = ROOT / "docs" / "examples" / "my-framework.toml"


def _new(tmp_path: Path) -> Path:
    target = tmp_path / "mapping.xlsx"
    assert run("mapping", "new", FIRST_STEPS, "-o", target).code == 0
    return target


def _write(tmp_path: Path, *lines: str, name: str = "mapping.csv") -> Path:
    path = tmp_path / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


# -- new ------------------------------------------------------------------------------------------------------------


def test_new_writes_a_workbook_and_says_what_to_do_next(tmp_path: Path) -> None:
    target = tmp_path / "mapping.xlsx"
    ran = run("mapping", "new", FIRST_STEPS, "--output", target)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == (
        f"Wrote {target}. Open it, mark what each code expresses, save it, then run:\n"
        f"  qdpx-compassion mapping check {FIRST_STEPS} {target}\n"
    )
    assert openpyxl.load_workbook(target).sheetnames[:3] == ["Mapping", "Participants", "Exceptions"]


@pytest.mark.skipif(os.name == "nt", reason="quotes are other ones on Windows")
def test_the_next_command_can_be_pasted_whatever_the_names_are(tmp_path: Path) -> None:
    shutil.copy(FIRST_STEPS, tmp_path / "Anna's $tudy (1).qdpx")
    ran = run_process("mapping", "new", "Anna's $tudy (1).qdpx", "-o", "my map.xlsx", cwd=tmp_path)
    assert ran.out.endswith("""mapping check 'Anna'"'"'s $tudy (1).qdpx' 'my map.xlsx'\n""")


def test_new_takes_another_framework(tmp_path: Path) -> None:
    target = tmp_path / "needs.xlsx"
    assert run("mapping", "new", FIRST_STEPS, "-o", target, "--framework", OWN_FRAMEWORK).code == 0
    assert "The column “Autonomy” is not one of the mapping's" in run("mapping", "check", FIRST_STEPS, target).out
    ran = run("mapping", "check", FIRST_STEPS, target, "--framework", OWN_FRAMEWORK)
    assert ran.code == 0
    assert "Autonomy" not in ran.out


def test_new_replaces_a_workbook_only_with_force(tmp_path: Path) -> None:
    target = _new(tmp_path)
    target.write_bytes(b"filled in by hand")
    ran = run("mapping", "new", FIRST_STEPS, "-o", target)
    assert ran.code == 1
    assert ran.message == (
        f"Error: {target}: The file exists already. Choose another name, or add --force to replace it."
    )
    assert target.read_bytes() == b"filled in by hand"
    assert run("mapping", "new", FIRST_STEPS, "-o", target, "--force").code == 0
    assert target.read_bytes().startswith(b"PK")


def test_two_runs_give_the_same_bytes(tmp_path: Path) -> None:
    for number, seed in enumerate(("0", "4321")):
        folder = tmp_path / str(number)
        folder.mkdir()
        shutil.copy(FIRST_STEPS, folder / "study.qdpx")
        ran = run_process("mapping", "new", "study.qdpx", "-o", "m.xlsx", cwd=folder, PYTHONHASHSEED=seed)
        assert ran.code == 0, ran.err
    assert members(tmp_path / "0" / "m.xlsx") == members(tmp_path / "1" / "m.xlsx")


def test_the_date_of_a_workbook_is_that_of_source_date_epoch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    target = _new(tmp_path)
    assert b"2023-11-14T22:13:20" in members(target)["docProps/core.xml"]
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")
    ran = run("mapping", "new", FIRST_STEPS, "-o", tmp_path / "m2.xlsx")
    assert ran.code == 2
    assert ran.message == (
        "Error: The environment variable SOURCE_DATE_EPOCH is “yesterday”, which is no date. "
        "Set it to the seconds since 1970-01-01, or unset it."
    )


# -- check ----------------------------------------------------------------------------------------------------------


def test_check_is_content_with_a_mapping_that_decides_everything() -> None:
    ran = run("mapping", "check", FIRST_STEPS, FIRST_MAPPING)
    assert (ran.code, ran.out, ran.err) == (0, "mapping.csv: every code is decided, nothing is wrong.\n", "")
    assert run("mapping", "check", VALUES_STUDY, VALUES_MAPPING).code == 0


def test_check_names_every_undecided_code_with_its_cell(tmp_path: Path) -> None:
    ran = run("mapping", "check", FIRST_STEPS, _new(tmp_path))
    assert ran.code == 0
    told = " ".join(ran.out.split())
    assert "Warning mapping-undecided (13) Mapping!B3: “Values > Feeling heard and understood” has" in told
    assert ran.out.count("Mapping!B") == 13
    assert ran.out.startswith("mapping.xlsx: 0 errors, 1 warning, 13 codes undecided; it can be used as it is.\n")


def test_check_names_the_cell_of_a_wrong_mark_and_fails(tmp_path: Path) -> None:
    target = _new(tmp_path)
    book = openpyxl.load_workbook(target)
    headings = [str(cell.value) for cell in book["Mapping"][1]]
    column = next(number for number, text in enumerate(headings) if "Emotional resonance" in text)
    cell = book["Mapping"].cell(4, column + 1)
    cell.value = "perhaps"
    book.save(target)
    ran = run("mapping", "check", FIRST_STEPS, target)
    assert ran.code == 1
    assert "Error mapping-mark-unknown\n" in ran.out
    assert f"  Mapping!{cell.coordinate}: " in ran.out
    verdict = "mapping.xlsx: 1 error, 1 warning, 13 codes undecided; it cannot be used before the errors are mended.\n"
    assert ran.out.startswith(verdict)
    enriched = run("enrich", FIRST_STEPS, target, "-o", tmp_path / "e.qdpx")
    assert enriched.code == 1
    assert enriched.message.startswith(f"Error: Mapping!{cell.coordinate}: ")
    assert enriched.message.endswith("Run 'qdpx-compassion mapping check' to see them all; nothing was written.")


def test_check_prints_findings_as_json(tmp_path: Path) -> None:
    mapping = _write(tmp_path, "code,construct,mark", "No such code,emotional-resonance,x", "Values,nonsense,x")
    ran = run("mapping", "check", FIRST_STEPS, mapping, "--json")
    assert ran.code == 1
    assert ran.err == ""
    found = {finding["code"]: finding for finding in json.loads(ran.out)}
    assert found["mapping-code-gone"]["where"] == "mapping.csv, line 2"
    assert found["mapping-construct-unknown"]["where"] == "mapping.csv, line 3"
    assert json.loads(run("mapping", "check", FIRST_STEPS, FIRST_MAPPING, "--json").out) == []


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        (
            "study.qdpx",
            b"PK",
            "This is a project or codebook, not a mapping. The project comes first, then the mapping:",
        ),
        ("codes.qdc", b"<CodeBook/>", "This is a project or codebook, not a mapping."),
        ("mapping.csv", b"", "The file is empty."),
        ("mapping.csv", b"<!DOCTYPE html><html>", "This is a web page or XML, not a table."),
        ("mapping.xlsx", b"<!DOCTYPE html><html>", "This is not an Excel workbook."),
        ("mapping.docx", b"text", "A mapping cannot be read from a file of the kind “.docx”."),
        ("mapping.toml", b"[[mapping", "This is not TOML:"),
        ("mapping.xlsx", b"PK\x03\x04damaged", "The workbook is damaged and cannot be read"),
    ],
)
def test_what_is_no_mapping_is_told_with_what_it_is(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    ran = run("mapping", "check", FIRST_STEPS, path)
    assert ran.code == 1
    assert re.match(rf"Error: (.*[\\/])?{re.escape(name)}: {re.escape(message)}", ran.message), ran.message
    assert not re.search(r"[A-Z][a-z]+(Error|File|Exception)\b", ran.message)


def test_a_mapping_that_is_missing_or_a_folder_is_told(tmp_path: Path) -> None:
    remedy = (
        "A mapping is the workbook that `qdpx-compassion mapping new` writes, or a CSV or TOML file of the same keys."
    )
    missing = run("mapping", "check", FIRST_STEPS, tmp_path / "no.xlsx")
    assert missing.message == f"Error: {tmp_path / 'no.xlsx'}: There is no such file. {remedy}"
    folder = run("mapping", "check", FIRST_STEPS, tmp_path)
    assert folder.message == f"Error: {tmp_path}: This is a folder, not a mapping. {remedy}"


def test_a_refusal_says_how_many_errors_there_are_and_check_lists_as_many(tmp_path: Path) -> None:
    marks = ["Values,nonsense,x", "No such code,emotional-resonance,x", "Values > Humanity,emotional-resonance,perhaps"]
    mapping = _write(tmp_path, "code,construct,mark", *marks, "Values,more nonsense,x", "Neither,emotional-resonance,x")
    found = json.loads(run("mapping", "check", FIRST_STEPS, mapping, "--json").out)
    errors = sum(one["severity"] == "error" for one in found)
    assert errors == 5
    for command in ("enrich", "summarise"):
        ran = run(command, FIRST_STEPS, mapping, "-o", tmp_path / ("out.qdpx" if command == "enrich" else "out.xlsx"))
        assert ran.code == 1
        assert "There are 4 more errors." in ran.message
    mapping = _write(tmp_path, "code,construct,mark", *marks[:2])
    ran = run("enrich", FIRST_STEPS, mapping, "-o", tmp_path / "out.qdpx")
    assert "There is 1 more error." in ran.message


# -- update ---------------------------------------------------------------------------------------------------------


def test_update_keeps_what_was_filled_in_and_adds_what_is_new(tmp_path: Path) -> None:
    target = tmp_path / "second.xlsx"
    earlier = _write(tmp_path, "code,construct,mark", "Values > Humanity,universality-of-suffering,x")
    ran = run("mapping", "update", FIRST_STEPS, earlier, "-o", target)
    assert ran.code == 0
    assert "Note mapping-code-new" in ran.out
    assert "“Values > Humanity”" not in ran.out
    ran = run("mapping", "update", FIRST_STEPS, FIRST_MAPPING, "-o", target, "--force")
    assert ran.code == 0
    assert "Note" not in ran.out, "nothing is left to decide"
    assert f"Wrote {target}." in ran.out
    again = run("mapping", "check", FIRST_STEPS, target)
    assert "mapping-undecided" not in again.out
    assert again.code == 0


def test_update_never_writes_over_the_mapping_that_it_reads(tmp_path: Path) -> None:
    target = _new(tmp_path)
    before = target.read_bytes()
    ran = run("mapping", "update", FIRST_STEPS, target, "-o", target, "--force")
    assert ran.code == 1
    assert ran.message == (
        f"Error: {target}: The output would be written over the input. "
        "Choose another name; the original stays as it is."
    )
    assert target.read_bytes() == before


def test_update_takes_another_framework(tmp_path: Path) -> None:
    mapping = tmp_path / "needs.xlsx"
    run("mapping", "new", FIRST_STEPS, "-o", mapping, "--framework", OWN_FRAMEWORK)
    target = tmp_path / "needs-2.xlsx"
    ran = run("mapping", "update", FIRST_STEPS, mapping, "-o", target, "--framework", OWN_FRAMEWORK)
    assert ran.code == 0, ran.err
    assert run("mapping", "check", FIRST_STEPS, target, "--framework", OWN_FRAMEWORK).code == 0


def test_a_workbook_is_called_xlsx(tmp_path: Path) -> None:
    target = tmp_path / "mapping.docx"
    message = f"Error: {target}: The name of this output must end in .xlsx. Call it mapping.xlsx."
    for ran in (
        run("mapping", "new", FIRST_STEPS, "-o", target),
        run("mapping", "update", FIRST_STEPS, FIRST_MAPPING, "-o", target),
    ):
        assert (ran.code, ran.message) == (2, message)
    assert list(tmp_path.iterdir()) == []


def test_the_group_alone_shows_its_help() -> None:
    ran = run("mapping")
    assert re.search("new +Write the workbook", ran.out + ran.err)
