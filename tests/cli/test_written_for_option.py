"""``--for`` and ``targets`` as a person uses them."""

import json
import re
import zipfile
from pathlib import Path

import openpyxl
import pytest
from command_line import FIRST_MAPPING, FIRST_STEPS, REAL, ROOT, VALUES_MAPPING, VALUES_STUDY, members, run

REAL_PROJECT = REAL / "nvivo-mac-20.5-zenodo-5703624.qdpx"


def test_enrich_for_a_program_says_what_was_changed_and_what_is_known(tmp_path: Path) -> None:
    target = tmp_path / "e.qdpx"
    ran = run("enrich", VALUES_STUDY, VALUES_MAPPING, "-o", target, "--for", "qualcoder")
    assert (ran.code, ran.err) == (0, "")
    said = " ".join(ran.out.split())
    assert "Written for QualCoder:" in said
    assert "962 codings are in selections of their own" in said
    assert "“Match → Match (Fit with the organisation)”" in said
    assert "2 notes attached to sources (“P12 Friso, crisis nurse”, “P17 Eleanor, psychologist”)" in said
    assert "[read in a program's code: QualCoder" in said
    assert said.endswith("your present project stays as it is.")
    assert [path.name for path in tmp_path.iterdir()] == ["e.qdpx"]


def test_links_and_a_graph_are_added_where_the_program_that_will_read_it_has_them(tmp_path: Path) -> None:
    added = {}
    for program in ("atlasti", "qualcoder"):
        ran = run(
            "enrich", VALUES_STUDY, VALUES_MAPPING, "-o", tmp_path / f"{program}.qdpx", "--for", program, "--json"
        )
        added[program] = json.loads(ran.out)["added"]
    assert (added["atlasti"]["links"], added["atlasti"]["graphs"]) == (48, 1)
    assert not added["qualcoder"]["links"] and not added["qualcoder"]["graphs"]
    assert added["atlasti"]["codings"] == added["qualcoder"]["codings"]


def test_without_for_nothing_of_it_happens(tmp_path: Path) -> None:
    ran = run("repair", FIRST_STEPS, "-o", tmp_path / "r.qdpx")
    assert "Written for" not in ran.out
    assert members(tmp_path / "r.qdpx") == members(FIRST_STEPS)


def test_enrich_convert_and_repair_write_the_same_for_a_program(tmp_path: Path) -> None:
    run("repair", FIRST_STEPS, "-o", tmp_path / "r.qdpx", "--for", "ATLAS.ti")
    run("enrich", FIRST_STEPS, FIRST_MAPPING, "-o", tmp_path / "e.qdpx", "--for", "atlasti")
    run("strip", tmp_path / "e.qdpx", "-o", tmp_path / "s.qdpx")
    run("convert", FIRST_STEPS, tmp_path / "c.qdpx", "--for", "atlas")
    same = run("diff", tmp_path / "r.qdpx", tmp_path / "s.qdpx")
    assert (same.code, "Nothing changed" in same.out) == (0, True)
    for made in ("r.qdpx", "c.qdpx"):
        with zipfile.ZipFile(tmp_path / made) as archive:
            names = archive.namelist()
        assert names[0] == "project.qde"
        assert {name.split("/")[0] for name in names[1:]} == {"sources"}


def test_json_and_log_hold_what_was_changed_and_every_row(tmp_path: Path) -> None:
    ran = run(
        "repair", FIRST_STEPS, "-o", tmp_path / "r.qdpx", "--for", "maxqda", "--json", "--log", tmp_path / "run.json"
    )
    told = json.loads(ran.out)["for"]
    assert told["program"] == "MAXQDA"
    assert told["changed"]["added-cases"] == 3
    rows = {row["fact"]: row for row in told["rows"]}
    assert rows["text-codings"]["count"] == 53
    assert rows["source-values"] == {
        "fact": "source-values",
        "what": "values of variables on sources",
        "count": 6,
        "names": ["Participants:Role", "Participants:Age group"],
        "fate": "kept",
        "says": rows["source-values"]["says"],
        "standing": "users",
        "source": rows["source-values"]["source"],
    }
    log = json.loads((tmp_path / "run.json").read_text("utf-8"))
    assert log["choices"]["program"] == "maxqda"
    assert log["counts"]["for"] == told["changed"] | {"mends": len(told["mends"])}
    assert log["findings"]["target-written"] == len(told["changed"])
    assert "Participants" not in (tmp_path / "run.json").read_text("utf-8")


@pytest.mark.parametrize("command", ["enrich", "convert", "repair"])
def test_an_unknown_program_is_answered_with_the_known_ones(command: str, tmp_path: Path) -> None:
    target = tmp_path / "o.qdpx"
    ways: dict[str, list[str | Path]] = {
        "enrich": [FIRST_STEPS, FIRST_MAPPING, "-o", target],
        "convert": [FIRST_STEPS, target],
        "repair": [FIRST_STEPS, "-o", target],
    }
    ran = run(command, *ways[command], "--for", "qualcodr")
    assert ran.code == 2
    assert "Did you mean “qualcoder”?" in ran.message
    for known in ("nvivo", "atlasti", "maxqda", "qdaminer", "transana", "taguette"):
        assert known in ran.message
    assert list(tmp_path.iterdir()) == []


def test_a_program_that_holds_nothing_of_it_is_said_before_anything_is_written(tmp_path: Path) -> None:
    ran = run("repair", FIRST_STEPS, "-o", tmp_path / "o.qdpx", "--for", "taguette")
    assert ran.code == 2
    assert "Taguette imports no projects, so nothing of this one would arrive." in ran.message
    assert list(tmp_path.iterdir()) == []
    shown = run("targets", FIRST_STEPS, "--for", "taguette")
    assert (shown.code, "imports no projects" in shown.out) == (0, True)


def test_a_project_of_links_alone_arrives_nowhere_in_a_program_without_links(tmp_path: Path) -> None:
    path = tmp_path / "links.qde"
    guid = "00000000-0000-4000-8000-00000000000{}"
    path.write_text(
        '<?xml version="1.0" encoding="utf-8"?><Project xmlns="urn:QDA-XML:project:1.0" name="p" origin="x"><Links>'
        f'<Link guid="{guid.format(1)}" originGUID="{guid.format(2)}" targetGUID="{guid.format(3)}"/>'
        "</Links></Project>",
        encoding="utf-8",
    )
    ran = run("repair", path, "-o", tmp_path / "o.qde", "--for", "quirkos")
    assert ran.code == 2
    assert "Quirkos is known to drop everything that this project holds" in ran.message
    assert not (tmp_path / "o.qde").exists()


def test_what_is_written_for_a_program_is_a_project(tmp_path: Path) -> None:
    ran = run("convert", FIRST_STEPS, tmp_path / "o.xlsx", "--for", "nvivo")
    assert ran.code == 2
    assert "must end in .qdpx or .qde" in ran.message
    dry = run("convert", FIRST_STEPS, tmp_path / "o.qdpx", "--for", "nvivo", "--dry-run")
    assert dry.code == 2
    assert "targets PROJECT --for nvivo" in dry.message


def test_of_a_bare_document_texts_and_positions_stay_and_that_is_said(tmp_path: Path) -> None:
    with zipfile.ZipFile(FIRST_STEPS) as archive:
        archive.extractall(tmp_path)
    (document,) = tmp_path.glob("*.qde")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.txt")}
    (tmp_path / "out").mkdir()
    ran = run("repair", document, "-o", tmp_path / "out" / "o.qde", "--for", "qualcoder")
    assert "Warning target-bare" in ran.out
    assert before == {path: path.read_bytes() for path in tmp_path.rglob("*.txt")}
    places = [re.findall(r'(?:start|end)Position="(\d+)"', path.read_text("utf-8-sig"))
              for path in (document, tmp_path / "out" / "o.qde")]  # fmt: skip
    assert places[0] == places[1] != []


def test_an_output_that_exists_stays(tmp_path: Path) -> None:
    target = tmp_path / "o.qdpx"
    target.write_bytes(b"mine")
    assert "exists already" in run("repair", FIRST_STEPS, "-o", target, "--for", "nvivo").message
    assert target.read_bytes() == b"mine"
    assert run("repair", FIRST_STEPS, "-o", target, "--for", "nvivo", "--force").code == 0
    assert zipfile.is_zipfile(target)


def test_targets_shows_every_program_with_something_known(tmp_path: Path) -> None:
    ran = run("targets", VALUES_STUDY)
    assert (ran.code, ran.err) == (0, "")
    lines = ran.out.splitlines()
    row = next(line for line in lines if line.startswith("2 notes attached to sources"))
    assert row.split()[5:] == ["?", "NO", "?", "NO", "?", "NO"]
    assert max(map(len, lines[:-1])) <= 80
    assert "Nobody says anything about: QDA Miner" in ran.out


def test_targets_as_json_and_as_a_workbook(tmp_path: Path) -> None:
    told = json.loads(run("targets", FIRST_STEPS, "--json").out)
    assert {one["id"] for one in told} >= {"nvivo", "atlasti", "maxqda", "qualcoder", "qdaminer", "transana"}
    assert run("targets", FIRST_STEPS, "-o", tmp_path / "s.xlsx").code == 0
    assert "exists already" in run("targets", FIRST_STEPS, "-o", tmp_path / "s.xlsx").message
    assert run("targets", FIRST_STEPS, "-o", tmp_path / "s.xlsx", "--force").code == 0
    book = openpyxl.load_workbook(tmp_path / "s.xlsx")
    assert book.sheetnames == ["Overview", "Claims"]
    claims = {(row[0], row[1], row[4]) for row in book["Claims"].iter_rows(values_only=True)}
    for one in told:
        assert {(one["program"], row["what"], row["fate"]) for row in one["rows"]} <= claims


def test_targets_reads_codebooks_folders_and_bare_documents(tmp_path: Path) -> None:
    with zipfile.ZipFile(FIRST_STEPS) as archive:
        archive.extractall(tmp_path / "folder")
    (document,) = (tmp_path / "folder").glob("*.qde")
    whole, folder, bare = (run("targets", path, "--json").out for path in (FIRST_STEPS, tmp_path / "folder", document))
    assert whole == folder == bare
    run("frameworks", "export", "compassion", "-o", tmp_path / "f.qdc")
    (codes,) = (row for row in json.loads(run("targets", tmp_path / "f.qdc", "--json").out)[0]["rows"]
                if row["fact"] == "codes")  # fmt: skip
    assert codes["count"] == 13


def test_the_real_project_for_every_program(tmp_path: Path) -> None:
    if not REAL_PROJECT.exists():
        pytest.skip("the real export is not beside this checkout")
    ran = run("targets", REAL_PROJECT)
    assert ran.code == 0
    assert "68 elements with the GUID of another" in ran.out
    for program in ("nvivo", "atlasti", "maxqda", "qualcoder"):
        assert run("repair", REAL_PROJECT, "-o", tmp_path / f"{program}.qdpx", "--for", program).code == 0
        assert run("validate", tmp_path / f"{program}.qdpx").code == run("validate", REAL_PROJECT).code


def test_no_sentence_of_the_documentation_promises_a_program_that_is_not_there() -> None:
    page = (ROOT / "docs" / "how-to" / "write-for-a-program.md").read_text("utf-8")
    from qdpx_compassion.refi.targets.profiles import targets

    assert all(target.program in page or target.id in page for target in targets())
