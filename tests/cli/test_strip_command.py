"""``strip``: the project as it was before the framework came in."""

import json
from pathlib import Path

import pytest
from command_line import FIRST_MAPPING, FIRST_STEPS, ROOT, VALUES_MAPPING, VALUES_STUDY, members, run, run_process

OWN_FRAMEWORK = ROOT / "docs" / "examples" / "my-framework.toml"


@pytest.fixture(scope="session")
def enriched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("enriched") / "enriched.qdpx"
    assert run("enrich", FIRST_STEPS, FIRST_MAPPING, "-o", target).code == 0
    return target


def test_strip_gives_back_the_original_and_says_what_went(enriched: Path, tmp_path: Path) -> None:
    target = tmp_path / "original.qdpx"
    ran = run("strip", enriched, "-o", target)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == (
        f"Took out 54 codings, 13 codes, 9 sets, 14 links, 1 graph, 1 note (compassion).\nWrote {target}.\n"
    )
    assert members(target) == members(FIRST_STEPS)


def test_strip_as_a_process_with_the_larger_study(tmp_path: Path) -> None:
    run("enrich", VALUES_STUDY, VALUES_MAPPING, "-o", tmp_path / "e.qdpx")
    ran = run_process("strip", "e.qdpx", "-o", "o.qdpx", cwd=tmp_path)
    assert (ran.code, ran.err) == (0, "")
    assert members(tmp_path / "o.qdpx") == members(VALUES_STUDY)


def test_a_project_without_a_framework_is_told_and_copied(tmp_path: Path) -> None:
    target = tmp_path / "same.qdpx"
    ran = run("strip", FIRST_STEPS, "--output", target)
    assert ran.code == 0
    assert "Note strip-nothing" in ran.out
    assert "Took out" not in ran.out
    assert members(target) == members(FIRST_STEPS)


def test_only_one_framework_is_taken_out_when_it_is_named(enriched: Path, tmp_path: Path) -> None:
    other = run("strip", enriched, "-o", tmp_path / "o.qdpx", "--framework", OWN_FRAMEWORK)
    assert "Note strip-nothing" in other.out
    assert members(tmp_path / "o.qdpx") == members(enriched)
    assert "Took out 54 codings" in run("strip", enriched, "-o", tmp_path / "p.qdpx", "--framework", "compassion").out


def _with_a_coding_by_hand(enriched: Path, target: Path) -> None:
    """Another coding with a framework code, as a researcher makes it after importing."""
    import re
    import zipfile

    with zipfile.ZipFile(enriched) as old, zipfile.ZipFile(target, "w") as new:
        for info in old.infolist():
            data = old.read(info)
            if info.filename.endswith(".qde"):
                code = re.search(rb'<Code guid="([^"]+)" name="Emotional resonance"', data)
                assert code is not None
                by_hand = b'<Coding guid="99999999-0000-4000-8000-000000000001"><CodeRef targetGUID="' + code[1]
                data = data.replace(b"</PlainTextSelection>", by_hand + b'"/></Coding></PlainTextSelection>', 1)
            new.writestr(info, data)


def test_what_somebody_made_by_hand_stays_and_is_listed_unless_all_is_said(enriched: Path, tmp_path: Path) -> None:
    changed = tmp_path / "changed.qdpx"
    _with_a_coding_by_hand(enriched, changed)
    kept = run("strip", changed, "-o", tmp_path / "kept.qdpx")
    assert kept.code == 0
    assert "Warning strip-kept" in kept.out
    assert b"99999999-0000-4000-8000-000000000001" in members(tmp_path / "kept.qdpx")["project.qde"]
    everything = run("strip", changed, "-o", tmp_path / "all.qdpx", "--all")
    assert everything.code == 0
    assert b"99999999-0000-4000-8000-000000000001" not in members(tmp_path / "all.qdpx")["project.qde"]


def test_json_counts_what_went(enriched: Path, tmp_path: Path) -> None:
    ran = run("strip", enriched, "-o", tmp_path / "o.qdpx", "--json")
    assert ran.err == ""
    told = json.loads(ran.out)
    assert told["removed"]["Coding"] == 54
    assert told["frameworks"] == ["compassion"]
    assert told["findings"] == []


def test_an_existing_output_stays_unless_forced_and_the_input_always(enriched: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.qdpx"
    target.write_bytes(b"old")
    assert "The file exists already." in run("strip", enriched, "-o", target).message
    assert target.read_bytes() == b"old"
    assert run("strip", enriched, "-o", target, "--force").code == 0
    before = enriched.read_bytes()
    assert "written over the input" in run("strip", enriched, "-o", enriched, "--force").message
    assert enriched.read_bytes() == before


def test_the_result_is_called_what_it_is(enriched: Path, tmp_path: Path) -> None:
    ran = run("strip", enriched, "-o", tmp_path / "o.zip")
    assert (ran.code, ran.message) == (
        2,
        f"Error: {tmp_path / 'o.zip'}: The name of this output must end in .qdpx. Call it o.qdpx.",
    )
