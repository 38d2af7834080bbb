"""``corpus``: as a person types it, over real engines."""

import csv
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from command_line import FIRST_MAPPING, FIRST_STEPS, VALUES_MAPPING, VALUES_STUDY, environment, run
from corpus_projects import workers_of

import qdpx_compassion as qc
from benchmarks.corpora import make_corpus
from qdpx_compassion.opened import OpenedProject
from qdpx_compassion.refi.reader import read_project

QUERY = "SELECT count(*) AS n, sum(codings) AS codings FROM projects"


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two projects and what is none."""
    folder = tmp_path_factory.mktemp("exports")
    shutil.copy(FIRST_STEPS, folder)
    shutil.copy(VALUES_STUDY, folder)
    (folder / "page.qdpx").write_text("<html>")
    return folder


@pytest.fixture(scope="module")
def built(samples: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("built") / "corpus"
    assert run("corpus", "build", samples, "-o", target, "--workers", "1").code == 0
    return target


def opened(path: Path) -> OpenedProject:
    read = read_project(path)
    return OpenedProject(read.rows, read.dialect, read.findings, read.name, read.positions, path=path)


def ask(corpus: Path, sql: str) -> Any:
    return json.loads(run("corpus", "query", corpus, sql, "--json").out)


def test_build_says_what_it_did_and_does_it_once(samples: Path, tmp_path: Path) -> None:
    target = tmp_path / "corpus"
    ran = run("corpus", "build", samples, "-o", target, "--licence", "CC0", "--engine", "local", "--workers", "2")
    assert (ran.code, ran.err) == (0, "")
    assert "3 projects: 2 read, 0 unchanged, 1 cannot be read." in ran.out
    assert "FROM failures" in ran.out
    again = json.loads(run("corpus", "build", samples, "-o", target, "--json", "--text").out)
    assert (again["read"], again["unchanged"], again["projects"]) == (0, 3, 2)
    assert (
        json.loads(run("corpus", "build", samples, "-o", target, "--json", "--again", "--licence", "CC0").out)["read"]
        == 2
    )
    pruned = run("corpus", "build", samples / FIRST_STEPS.name, "-o", target, "--prune", "--json")
    assert json.loads(pruned.out)["removed"] == 1
    assert ask(target, "SELECT licence FROM projects") == [{"licence": "CC0"}]
    assert run("corpus", "build", samples, "-o", target, "--no-text").code == 2
    assert run("corpus", "build", samples, "-o", target, "--scheduler", "tcp://127.0.0.1:1").code == 2


def test_the_log_of_a_build_holds_no_name(samples: Path, tmp_path: Path) -> None:
    run("corpus", "build", samples, "-o", tmp_path / "c", "--log", tmp_path / "log.json", "--workers", "1")
    said = (tmp_path / "log.json").read_text("utf-8")
    assert FIRST_STEPS.name not in said and str(samples) not in said
    assert '"projects": 2' in said


@pytest.mark.parametrize("what", ["query", "map", "summarise"])
def test_a_log_says_what_was_counted(what: str, built: Path, tmp_path: Path) -> None:
    output = tmp_path / {"query": "q.csv", "map": "mapped", "summarise": "s.xlsx"}[what]
    mapping = tmp_path / "all.csv"
    mapping.write_text("code,construct,mark\nFeeling heard*,recognising-suffering,x\n")
    given = QUERY if what == "query" else mapping
    ran = run("corpus", what, built, given, "-o", output, "--log", tmp_path / "log.json")
    assert (ran.code, ran.err) == (0, "")
    log = json.loads((tmp_path / "log.json").read_text("utf-8"))
    assert log["counts"]
    assert QUERY not in str(log) and str(tmp_path) not in str(log)


def test_query_prints_a_table_json_and_csv_and_writes_files(built: Path, tmp_path: Path) -> None:
    assert "652" in run("corpus", "query", built, QUERY).out
    assert ask(built, QUERY) == [{"n": 2, "codings": 652}]
    rows = list(csv.reader(io.StringIO(run("corpus", "query", built, QUERY, "--csv").out)))
    assert rows == [["n", "codings"], ["2", "652"]]
    for ending in ("parquet", "csv", "json"):
        ran = run("corpus", "query", built, "FROM quotations;", "-o", tmp_path / f"q.{ending}")
        assert "652 rows" in ran.out
    assert run("corpus", "query", built, QUERY, "-o", tmp_path / "q.csv").code == 1
    assert run("corpus", "query", built, QUERY, "-o", tmp_path / "q.csv", "--force").code == 0
    assert run("corpus", "query", built, QUERY, "-o", tmp_path / "q.docx").code == 2
    assert run("corpus", "query", built, QUERY, "--csv", "--json").code == 2
    wrong = run("corpus", "query", built, "SELECT nothing FROM nowhere")
    assert wrong.code == 2
    assert "cannot be done" in wrong.message
    assert run("corpus", "query", tmp_path, QUERY).message.startswith("Error: ")


def test_no_query_reaches_the_network(built: Path) -> None:
    for query in ("SELECT * FROM 'https://127.0.0.1:9/x.parquet'", "INSTALL httpfs", "LOAD httpfs"):
        ran = run("corpus", "query", built, query)
        assert ran.code == 2
        assert "of a corpus" in ran.message
    with qc.open_corpus(built) as corpus, pytest.raises(qc.QdpxError, match="httpfs"):
        corpus.sql("SELECT * FROM 'https://127.0.0.1:9/x.parquet'")


@pytest.mark.parametrize(
    "query",
    [
        "COPY codes TO '{}/x.csv'",
        "COPY codes TO '{}/codes/000001.parquet'",
        "EXPLAIN ANALYZE COPY codes TO '{}/x.csv'",
        "EXPORT DATABASE '{}/x'",
        "ATTACH '{}/x.db'",
        "PREPARE p AS COPY codes TO '{}/x.csv'",
        "CALL enable_logging(storage = 'file', storage_path = '{}/x')",
        "SET allowed_directories = ['/']",
    ],
)
def test_no_query_writes(query: str, built: Path, tmp_path: Path) -> None:
    before = {file: file.read_bytes() for file in built.rglob("*") if file.is_file()}
    for folder in (built, tmp_path):
        for output in ((), ("-o", tmp_path / "answer.csv")):
            ran = run("corpus", "query", built, query.format(folder), *output)
            assert (ran.code, ran.message.startswith("Error: A query of a corpus only asks")) == (2, True)
    assert {file: file.read_bytes() for file in built.rglob("*") if file.is_file()} == before
    assert list(tmp_path.iterdir()) == []


def test_a_query_reads_the_corpus_alone_and_python_more(built: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    other.write_text("a\n1\n")
    for query in (f"FROM '{other}'", f"FROM read_text('{other}')", f"FROM glob('{tmp_path}/*')"):
        for output in ((), ("-o", tmp_path / "answer.csv")):
            ran = run("corpus", "query", built, query, *output)
            assert (ran.code, "nothing but the corpus" in ran.message) == (2, True)
    with qc.open_corpus(built) as corpus:
        assert corpus.sql(f"FROM '{other}'").fetchall() == [(1,)]


def test_mistakes_in_queries_are_said_in_words(built: Path) -> None:
    for query, said in (
        ("", "There is no question"),
        ("SELECT 1; SELECT 2", "There are 2 questions"),
        ("SELECT wrong FROM codes", "DESCRIBE"),
        ("FROM nowhere", "SHOW TABLES"),
        ("SELEC", "syntax error"),
    ):
        ran = run("corpus", "query", built, query)
        assert (ran.code, said in ran.message, "Traceback" in ran.err) == (2, True, False)


def test_an_answer_in_csv_begins_no_formula(built: Path, tmp_path: Path) -> None:
    query = """SELECT '=1+1' AS a, 2 AS a, '- well' AS "b""c", -3 AS d, '' AS e"""
    assert run("corpus", "query", built, query, "-o", tmp_path / "a.csv").code == 0
    lines = [["'=1+1", "2", "'- well", "-3", ""]]
    assert list(csv.reader(io.StringIO((tmp_path / "a.csv").read_text("utf-8"))))[1:] == lines
    assert list(csv.reader(io.StringIO(run("corpus", "query", built, query, "--csv").out)))[1:] == lines
    assert ask(built, query) == [{"a": "=1+1", "a_1": 2, 'b"c': "- well", "d": -3, "e": ""}]


def test_every_value_is_json(built: Path) -> None:
    query = (
        "SELECT 1.5::DECIMAL(4, 2) AS a, 'nan'::DOUBLE AS b, DATE '2026-01-02' AS c, [0.5, NULL] AS d, 'x'::BLOB AS e"
    )
    ran = run("corpus", "query", built, query, "--json")
    said = json.loads(ran.out, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    assert said == [{"a": 1.5, "b": None, "c": "2026-01-02", "d": [0.5, None], "e": "x"}]


def test_a_pivot_and_a_comment_at_the_end_are_answered(built: Path, tmp_path: Path) -> None:
    for query in ("PIVOT codes ON is_case USING count(*)", "FROM codes -- all", "FROM codes;"):
        assert run("corpus", "query", built, query).code == 0
        assert run("corpus", "query", built, query, "-o", tmp_path / "a.csv", "--force").code == 0


def test_many_columns_are_shown_one_below_the_other(built: Path) -> None:
    out = run("corpus", "query", built, "FROM quotations LIMIT 1").out
    assert "Row 1" in out and "quotation " in out
    assert all(len(line) <= 100 for line in out.splitlines())


def test_quotations_are_those_of_the_single_projects(built: Path) -> None:
    found = ask(built, "SELECT project, quotation FROM quotations WHERE selection_kind = 'PlainTextSelection'")
    for path in (FIRST_STEPS, VALUES_STUDY):
        read = read_project(path)
        selections = read.table("selections")
        owners = [row[1] for row in read.rows["codings"] if row[0] == "selection"]
        kinds, words = selections["kind"], selections["quotation"]
        expected = Counter(words[owner] for owner in owners if kinds[owner] == "PlainTextSelection")
        assert Counter(row["quotation"] for row in found if row["project"] == path.name) == expected


def test_shell_answers_until_the_input_ends(built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    command = [sys.executable, "-m", "qdpx_compassion", "corpus", "shell", str(built)]
    asked = (
        f".tables\n.columns users\n{QUERY}\n;\nSELECT wrong;\n.what\n.columns nope\nSELECT 6 AS six; SELECT 7 AS last"
    )
    done = subprocess.run(command, input=asked, env=environment(), capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 1  # some of it had no answer
    for part in ("quotations: every coding", "project_id", "652", "six", "last"):
        assert part in done.stdout
    assert "Error" not in done.stdout
    for part in ("Error: The query cannot be done", ".quit", "A corpus has no table “nope”"):
        assert part in done.stderr
    monkeypatch.setattr(sys, "stdin", io.StringIO("SELECT 1;"))
    assert run("corpus", "shell", built).code == 0
    monkeypatch.setattr(sys, "stdin", io.StringIO(QUERY))
    ran = run("corpus", "shell", built, "--json")
    assert json.loads(ran.out) == [{"n": 2, "codings": 652}]


def test_python_gets_duckdb_pandas_and_dask(built: Path) -> None:
    with qc.open_corpus(built) as corpus:
        assert corpus.table("codings").aggregate("count(*)").fetchall() == [(652,)]
        assert len(corpus.table("codings", "pandas")) == 652
        assert len(corpus.table("codings", "dask")) == 652
        assert repr(corpus) == "<corpus corpus: 2 projects>"


# -- mappings ----------------------------------------------------------------------------------------------------------


def test_each_project_with_its_own_mapping_counts_as_by_itself(built: Path, tmp_path: Path) -> None:
    mappings = tmp_path / "mappings"
    mappings.mkdir()
    pairs = {FIRST_STEPS: FIRST_MAPPING, VALUES_STUDY: VALUES_MAPPING}
    for project, mapping in pairs.items():
        shutil.copy(mapping, mappings / f"{project.stem}.csv")
    target = tmp_path / "mapped"
    ran = run("corpus", "map", built, mappings, "-o", target, "--workers", "1", "--json")
    assert (ran.code, json.loads(ran.out)["projects"]) == (0, 2)
    expected: Counter[tuple[str, str]] = Counter()
    counted = 0
    for project, mapping in pairs.items():
        frame = opened(project).quotations(mapping)
        frame = frame[frame["counted"]]
        counted += len(frame)
        expected.update((project.name, one) for held in frame["constructs"] for one in held)
    assert json.loads(ran.out)["codings"] == counted
    found = ask(target, "SELECT project, construct, sum(codings) AS n FROM construct_counts_by_project GROUP BY 1, 2")
    assert {(row["project"], row["construct"]): row["n"] for row in found} == expected
    assert run("corpus", "map", built, mappings, "-o", target).code == 1
    assert run("corpus", "map", built, mappings, "-o", target, "--force", "--group", "none").code == 0
    assert {row["group"] for row in ask(target, "FROM construct_counts")} == {""}
    # the report across projects says the same
    report = tmp_path / "across.xlsx"
    ran = run("corpus", "summarise", built, mappings, "-o", report, "--by", "project", "--json")
    assert (json.loads(ran.out)["projects"], json.loads(ran.out)["codings"]) == (2, counted)


def test_a_corpus_that_was_built_again_since_it_was_mapped_is_told(samples: Path, tmp_path: Path) -> None:
    corpus, mapped = tmp_path / "corpus", tmp_path / "mapped"
    run("corpus", "build", samples / FIRST_STEPS.name, "-o", corpus, "--workers", "1")
    run("corpus", "map", corpus, FIRST_MAPPING, "-o", mapped, "--workers", "1")
    assert run("corpus", "query", mapped, QUERY).err == ""
    run("corpus", "build", samples, "-o", corpus, "--workers", "1")
    ran = run("corpus", "query", mapped, QUERY, "--json")
    assert (ran.code, json.loads(ran.out)[0]["n"], "built again since" in ran.message) == (0, 2, True)
    run("corpus", "map", corpus, FIRST_MAPPING, "-o", mapped, "--workers", "1", "--force")
    assert run("corpus", "query", mapped, QUERY).err == ""


def test_one_mapping_by_names_fits_every_project(built: Path, tmp_path: Path) -> None:
    mapping = tmp_path / "all.csv"
    mapping.write_text(
        "code,construct,mark\nFEELING heard*,recognising-suffering,x\nNo such code,universality-of-suffering,x\n"
    )
    ran = run(
        "corpus", "map", built, mapping, "-o", tmp_path / "m", "--framework", "compassion", "--participants", "cases"
    )
    assert ran.code == 0
    found = ask(tmp_path / "m", "SELECT DISTINCT project, code FROM constructs ORDER BY ALL")
    assert {row["project"] for row in found} == {FIRST_STEPS.name, VALUES_STUDY.name}
    assert all("feeling heard" in row["code"].casefold() for row in found)
    assert all(row["construct"] == "recognising-suffering" for row in ask(tmp_path / "m", "FROM construct_counts"))


def test_a_project_without_a_mapping_is_named(built: Path, tmp_path: Path) -> None:
    mappings = tmp_path / "mappings"
    mappings.mkdir()
    shutil.copy(FIRST_MAPPING, mappings / f"{FIRST_STEPS.stem}.csv")
    ran = run("corpus", "map", built, mappings, "-o", tmp_path / "m")
    assert "corpus-not-mapped" in ran.out
    assert VALUES_STUDY.name in ran.out


@pytest.mark.parametrize("ending", ["xlsx", "html", "md"])
def test_reports_across_projects_are_written(ending: str, built: Path, tmp_path: Path) -> None:
    target = tmp_path / f"across.{ending}"
    ran = run(
        "corpus", "summarise", built, "-o", target, "--by", "group", "--participants", "sources", "--group", "none",
        "--framework", "compassion",
    )  # fmt: skip
    assert ran.code == 0
    assert run("corpus", "summarise", built, "-o", target).code == 1
    assert run("corpus", "summarise", built, "-o", target, "--force").code == 0
    assert target.stat().st_size > 1000


def test_a_report_that_would_not_fit_into_memory_is_refused_first(built: Path, tmp_path: Path) -> None:
    target = tmp_path / "across.md"
    ran = run("corpus", "summarise", built, "-o", target, "--limit", "codings=651")
    assert (ran.code, target.exists()) == (1, False)
    assert "652 codings" in ran.message and "corpus map" in ran.message and "--limit codings=653" in ran.message
    assert run("corpus", "summarise", built, "-o", target, "--limit", "codings=652").code == 0


# -- engines -----------------------------------------------------------------------------------------------------------


def test_dask_gives_the_very_same_files(samples: Path, built: Path, tmp_path: Path) -> None:
    target = tmp_path / "corpus"
    ran = run("corpus", "build", samples, "-o", target, "--engine", "dask", "--workers", "1")
    assert (ran.code, "2 read" in ran.out) == (0, True)
    for file in built.rglob("*.parquet"):
        assert (target / file.relative_to(built)).read_bytes() == file.read_bytes()


def test_a_scheduler_that_is_none_says_so(samples: Path, tmp_path: Path) -> None:
    ran = run("corpus", "build", samples, "-o", tmp_path / "c", "--engine", "dask", "--scheduler", "nonsense")
    assert (ran.code, "No Dask scheduler answers" in ran.message) == (2, True)


@pytest.mark.skipif(os.name == "nt", reason="a matter of POSIX")
def test_a_worker_that_is_killed_costs_no_project(tmp_path: Path) -> None:
    made = make_corpus(tmp_path / "in", 40)
    command = [sys.executable, "-m", "qdpx_compassion", "corpus", "build", str(tmp_path / "in")]
    command += ["-o", str(tmp_path / "c"), "--workers", "2", "--json"]
    started = subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # noqa: S603
    victim = _worker_at_work(started.pid, tmp_path / "c")
    os.kill(victim, signal.SIGKILL)
    out, err = started.communicate(timeout=300)
    assert (started.returncode, err) == (0, b"")
    said = json.loads(out)
    assert (said["projects"], said["failures"]) == (len(made), 0)


def _worker_at_work(parent: int, corpus: Path) -> int:
    """A process of the pool, once one of them has left its first piece."""
    until = time.monotonic() + 120
    while time.monotonic() < until:
        if list((corpus / ".staging").glob("piece-*")) and (workers := workers_of(parent)):
            return workers[0]
        time.sleep(0.02)
    raise AssertionError("no worker began")
