"""What is missing or damaged: nothing is lost by it, nothing is counted twice without a word, and it is told."""

import json
import shutil
import zipfile
from pathlib import Path

import pytest
from command_line import FIRST_MAPPING, FIRST_STEPS
from corpus_projects import Here, built, column, make

from qdpx_compassion.api import enrich
from qdpx_compassion.corpus.dataset import open_dataset
from qdpx_compassion.corpus.mapped import map_corpus
from qdpx_compassion.corpus.query import open_corpus
from qdpx_compassion.corpus.summarising import summarise_corpus
from qdpx_compassion.errors import InputError
from qdpx_compassion.findings import Finding


def codes(findings: list[Finding]) -> list[str]:
    return [finding.code for finding in findings]


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """A corpus of two projects."""
    for name in ("one", "two"):
        make(tmp_path / "in" / f"{name}.qdpx", name)
    built(tmp_path / "in", into=tmp_path / "c")
    return tmp_path / "c"


def test_pruning_takes_nothing_out_that_cannot_be_reached_now(corpus: Path, tmp_path: Path) -> None:
    (tmp_path / "in").rename(tmp_path / "elsewhere")
    away = built(tmp_path / "in", into=corpus, prune=True)
    assert (away.projects, away.removed, away.failed) == (2, 0, 1)
    (tmp_path / "elsewhere").rename(tmp_path / "in")
    (tmp_path / "in" / "one.qdpx").unlink()
    back = built(tmp_path / "in", into=corpus, prune=True)
    assert (back.projects, back.removed, back.failures) == (1, 1, 0)


def test_what_can_be_reached_again_is_no_failure_any_more(tmp_path: Path) -> None:
    pattern = f"zip://*.qdpx::{tmp_path / 'many.zip'}"
    assert built(pattern, into=tmp_path / "c").failures == 1
    with zipfile.ZipFile(tmp_path / "many.zip", "w") as archive:
        archive.write(make(tmp_path / "a.qdpx"), "a.qdpx")
    found = built(pattern, into=tmp_path / "c")
    assert (found.projects, found.failures) == (1, 0)
    assert column(tmp_path / "c", "failures", "location") == []


def test_a_project_that_cannot_be_read_stays_a_failure_when_it_is_given_by_name(tmp_path: Path) -> None:
    (tmp_path / "bad.qdpx").write_bytes(b"nothing")
    for _ in range(2):
        assert built(tmp_path / "bad.qdpx", into=tmp_path / "c").failures == 1


@pytest.mark.parametrize("damage", ["cut", "gone"])
def test_files_that_are_damaged_are_refused_and_read_again(damage: str, corpus: Path, tmp_path: Path) -> None:
    file = corpus / "codings" / "000001.parquet"
    if damage == "cut":
        file.write_bytes(file.read_bytes()[:500])
    else:
        file.unlink()
    for ask in (
        lambda: open_corpus(corpus),
        lambda: map_corpus(corpus, FIRST_MAPPING, tmp_path / "m", engine=Here()),
        lambda: summarise_corpus(corpus, tmp_path / "r.xlsx"),
    ):
        with pytest.raises(InputError, match="batch 000001 are missing, or not as they were") as error:
            ask()
        assert "corpus build" in error.value.remedy
    again = built(tmp_path / "in", into=corpus)
    assert codes(again.findings).count("corpus-damaged") == 1
    assert (again.read, again.projects) == (2, 2)
    assert len(column(corpus, "codings", "guid")) == 2
    assert built(tmp_path / "in", into=corpus).unchanged == 2


@pytest.mark.parametrize(
    "said",
    ["{", "[]", '{"format": 1}', "name", "no batches", "a number"],
)
def test_a_manifest_that_is_damaged_is_refused_and_a_batch_is_no_path(said: str, corpus: Path, tmp_path: Path) -> None:
    manifest = corpus / "corpus.json"
    held = json.loads(manifest.read_text())
    if said == "name":
        held["batches"][0]["name"] = "../../victim"
    elif said == "no batches":
        del held["batches"]
    elif said == "a number":
        held["batches"] = [3]
    manifest.write_text(said if said[0] in "{[" else json.dumps(held))
    for ask in (lambda: open_corpus(corpus), lambda: built(tmp_path / "in", into=corpus)):
        with pytest.raises(InputError) as error:
            ask()
        assert "new folder" in error.value.remedy


def test_what_was_mapped_is_no_corpus_and_names_the_one_that_it_is_of(corpus: Path, tmp_path: Path) -> None:
    mapping = tmp_path / "m.csv"
    mapping.write_text("code,construct,mark\nFeeling heard,recognising-suffering,x\n")
    map_corpus(corpus, mapping, tmp_path / "m", engine=Here())
    for ask in (
        lambda: summarise_corpus(tmp_path / "m", tmp_path / "r.xlsx"),
        lambda: map_corpus(tmp_path / "m", mapping, tmp_path / "n", engine=Here()),
    ):
        with pytest.raises(InputError, match="no corpus") as error:
            ask()
        assert str(corpus) in error.value.remedy
    corpus.rename(tmp_path / "moved")
    with pytest.raises(InputError, match="made of the corpus") as error:
        open_corpus(tmp_path / "m")
    assert "corpus map" in error.value.remedy


def test_a_mapping_that_fits_nothing_says_so(corpus: Path, tmp_path: Path) -> None:
    mapping = tmp_path / "all.csv"
    mapping.write_text("code,construct,mark\nNo such code,recognising-suffering,x\n")
    mapped = map_corpus(corpus, mapping, tmp_path / "m", engine=Here())
    assert sorted(codes(mapped.findings)) == ["corpus-mapping-fits-nothing"] * 2 + ["corpus-mapping-row"]
    row = next(finding for finding in mapped.findings if finding.code == "corpus-mapping-row")
    assert "No such code" in row.message
    assert "2" in row.where
    with open_corpus(tmp_path / "m") as asked:
        assert {one[0] for one in asked.sql("SELECT code FROM study_findings").fetchall()} >= {
            "corpus-mapping-fits-nothing"
        }
    summarised = summarise_corpus(corpus, tmp_path / "r.xlsx", mappings=mapping)
    assert codes(summarised.findings).count("corpus-mapping-fits-nothing") == 2
    assert codes(summarised.findings).count("corpus-mapping-row") == 1


def test_rows_that_fit_some_project_are_not_named(corpus: Path, tmp_path: Path) -> None:
    shutil.copy(FIRST_STEPS, tmp_path / "in" / "three.qdpx")
    built(tmp_path / "in", into=corpus)
    mapping = tmp_path / "all.csv"
    mapping.write_text("code,construct,mark\nFeeling heard,recognising-suffering,x\nNothing,emotional-resonance,x\n")
    mapped = map_corpus(corpus, mapping, tmp_path / "m", engine=Here())
    assert [one.message for one in mapped.findings if one.code == "corpus-mapping-row"] == [
        "No project has a code “Nothing”."
    ]


def test_the_same_folder_in_two_ways_of_writing_is_one_without_a_word_of_passwords(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tmp_path / "in" / "a.qdpx")
    monkeypatch.chdir(tmp_path)
    found = built("in", "./in", str(tmp_path / "in"), "in/a.qdpx", into=tmp_path / "c")
    assert (found.projects, found.findings) == (1, [])


def test_an_enriched_copy_is_named_as_a_copy(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    shutil.copy(FIRST_STEPS, folder / "a.qdpx")
    enrich(FIRST_STEPS, FIRST_MAPPING, folder / "b.qdpx")
    assert "corpus-copies" in codes(built(folder, into=tmp_path / "c").findings)
    assert len(open_dataset(tmp_path / "c").batches) == 1


def test_unpacked_projects_that_are_the_same_are_told_apart_by_their_folders(tmp_path: Path) -> None:
    for name in ("north", "south"):
        with zipfile.ZipFile(make(tmp_path / f"{name}.qdpx")) as archive:
            archive.extractall(tmp_path / "in" / name)
    found = built(tmp_path / "in", into=tmp_path / "c")
    said = next(one.message for one in found.findings if one.code == "corpus-same-document")
    assert "north/project.qde, south/project.qde" in said
