"""The database that is written has QualCoder's tables, columns, types and uniqueness rules (database version v17)."""

import contextlib
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from format_cases import random_content

from qdpx_compassion.formats import WriteOptions
from qdpx_compassion.formats.registry import by_id
from qdpx_compassion.tables import TABLES

#: Table → "column type" in order, then what is unique. Taken down from the program's source, version 4.0.
EXPECTED = {
    "project": (
        "databaseversion text, date text, memo text, about text, bookmarkfile integer, bookmarkpos integer, codername "
        "text, recently_used_codes text, avbookmarkfile integer, avbookmarkmsec integer, avbookmarktextpos integer",
        "",
    ),
    "source": (
        "id integer, name text, fulltext text, mediapath text, memo text, owner text, date text, av_text_id integer, "
        "risid integer",
        "name",
    ),
    "code_image": (
        "imid integer, id integer, x1 integer, y1 integer, width integer, height integer, cid integer, memo text, "
        "date text, owner text, important integer, pdf_page integer",
        "",
    ),
    "code_av": (
        "avid integer, id integer, pos0 integer, pos1 integer, cid integer, memo text, date text, owner text, important "  # noqa: E501
        "integer",
        "",
    ),
    "annotation": (
        "anid integer, fid integer, pos0 integer, pos1 integer, memo text, owner text, date text",
        "fid pos0 pos1 owner",
    ),
    "attribute_type": ("name text, date text, owner text, memo text, caseOrFile text, valuetype text", "name"),
    "attribute": (
        "attrid integer, name text, attr_type text, value text, id integer, date text, owner text",
        "name attr_type id",
    ),
    "case_text": (
        "id integer, caseid integer, fid integer, pos0 integer, pos1 integer, owner text, date text, memo text",
        "",
    ),
    "cases": ("caseid integer, name text, memo text, owner text, date text", "name"),
    "code_cat": ("catid integer, name text, owner text, date text, memo text, supercatid integer", "name"),
    "code_text": (
        "ctid integer, cid integer, fid integer, seltext text, pos0 integer, pos1 integer, owner text, date text, memo "
        "text, avid integer, important integer",
        "cid fid pos0 pos1 owner",
    ),
    "code_name": (
        "cid integer, name text, memo text, catid integer, owner text, date text, color text, supercid integer",
        "name",
    ),
    "journal": ("jid integer, name text, jentry text, date text, owner text", "name"),
    "coder_names": ("name TEXT, visibility INTEGER", "name"),
    "stored_sql": ("title text, description text, grouper text, ssql text", "title"),
    "graph": (
        "grid integer, name text, description text, date text, scene_width integer, scene_height integer",
        "name",
    ),
    "ris": ("risid integer, tag text, longtag text, value text", ""),
    "manage_files_display": ("mfid integer, name text, tblrows text, tblcolumns text, owner text", ""),
    "files_filter": ("filterid integer, name text, filter text, owner text", ""),
}
#: How many columns the tables of graphs have, which are written empty.
GRAPHS = {
    "gr_cdct_text_item": 11, "gr_case_text_item": 9, "gr_file_text_item": 9, "gr_free_text_item": 14,
    "gr_cdct_line_item": 12, "gr_free_line_item": 21, "gr_memo_item": 8, "gr_pix_item": 12, "gr_av_item": 10,
}  # fmt: skip
#: Tables without a primary key; in all others it is the first column.
WITHOUT_KEY = {"project", "coder_names", "stored_sql", "ris"}
VIEWS = {"code_image_visible", "code_text_visible", "code_av_visible", "annotation_visible"}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("written")
    content = random_content(7, folder, 3)
    codes, at = content.project.rows_to_change()["codes"], TABLES["codes"].position
    for number, codable in enumerate((False, False, True)):  # a category, one in it, and a code in that
        row: list[Any] = [None] * len(at)
        row[at["guid"]], row[at["name"]], row[at["is_codable"]] = f"{number:032x}", f"New {number}", codable
        row[at["parent_row"]] = len(codes) - 1 if number else None
        codes.append(row)
    by_id("qualcoder").write(content, folder / "study.qda", WriteOptions())
    return folder / "study.qda"


def read(project: Path, query: str) -> list[tuple[Any, ...]]:
    with contextlib.closing(sqlite3.connect(project / "data.qda")) as database:
        return database.execute(query).fetchall()


def test_there_are_the_program_s_tables_and_views_and_no_others(written: Path) -> None:
    found = read(written, "SELECT type, name FROM sqlite_master WHERE type IN ('table', 'view')")
    assert {name for kind, name in found if kind == "table"} == {*EXPECTED, *GRAPHS}
    assert {name for kind, name in found if kind == "view"} == VIEWS


@pytest.mark.parametrize("table", EXPECTED)
def test_a_table_has_the_program_s_columns_types_and_rules(table: str, written: Path) -> None:
    columns, unique = EXPECTED[table]
    found = read(written, f"PRAGMA table_info({table})")
    assert ", ".join(f"{row[1]} {row[2]}" for row in found).lower() == columns.lower()
    rules = {
        " ".join(str(column[2]) for column in read(written, f"PRAGMA index_info('{index[1]}')"))
        for index in read(written, f"PRAGMA index_list({table})")
        if index[2]
    }
    assert rules == ({unique} if unique else set())
    keys = [row[1] for row in found if row[5]]
    assert keys == ([] if table in WITHOUT_KEY else [found[0][1]])


@pytest.mark.parametrize("table", GRAPHS)
def test_the_tables_of_graphs_have_as_many_columns(table: str, written: Path) -> None:
    assert len(read(written, f"PRAGMA table_info({table})")) == GRAPHS[table]


def test_the_project_s_row_says_version_program_and_coder(written: Path) -> None:
    [(version, about, coder)] = read(written, "SELECT databaseversion, about, codername FROM project")
    assert version == "v17"
    assert "QualCoder" in str(about)  # or QualCoder does not open it
    assert (coder,) in read(written, "SELECT name FROM coder_names")


def test_nothing_stands_empty_that_the_program_cannot_do_without(written: Path) -> None:
    for table, columns in {
        "code_name": "name memo owner date color", "code_cat": "name memo owner date",
        "source": "name memo owner date", "code_text": "cid fid seltext pos0 pos1 owner date memo",
        "code_image": "id x1 y1 width height cid memo owner date", "code_av": "id pos0 pos1 cid memo owner date",
        "cases": "name memo owner date", "journal": "name jentry owner date", "attribute": "name attr_type value id",
        "annotation": "fid pos0 pos1 memo owner date", "attribute_type": "name memo caseOrFile valuetype",
    }.items():  # fmt: skip
        assert read(written, f"SELECT COUNT(*) FROM {table}") != [(0,)], table  # noqa: S608 (own names)
        for column in columns.split():
            assert read(written, f"SELECT COUNT(*) FROM {table} WHERE {column} IS NULL") == [(0,)], (table, column)  # noqa: S608


def test_numbers_name_what_is_there(written: Path) -> None:
    for table, column, target, key in (
        ("code_text", "fid", "source", "id"), ("code_text", "cid", "code_name", "cid"),
        ("code_image", "id", "source", "id"), ("code_av", "id", "source", "id"),
        ("case_text", "caseid", "cases", "caseid"), ("case_text", "fid", "source", "id"),
        ("code_name", "catid", "code_cat", "catid"), ("code_name", "supercid", "code_name", "cid"),
        ("code_cat", "supercatid", "code_cat", "catid"), ("attribute", "name", "attribute_type", "name"),
        ("source", "av_text_id", "source", "id"), ("annotation", "fid", "source", "id"),
    ):  # fmt: skip
        query = f"SELECT COUNT(*) FROM {table} WHERE {column} NOT NULL AND {column} NOT IN (SELECT {key} FROM {target})"  # noqa: S608
        assert read(written, query) == [(0,)], (table, column)


def test_a_code_stands_in_a_code_or_in_a_category_never_in_both(written: Path) -> None:
    assert read(written, "SELECT COUNT(*) FROM code_name WHERE catid NOT NULL AND supercid NOT NULL") == [(0,)]


def test_the_words_of_a_coding_are_those_at_its_positions(written: Path) -> None:
    texts = dict(read(written, "SELECT id, fulltext FROM source"))
    codings = read(written, "SELECT fid, pos0, pos1, seltext FROM code_text")
    assert codings
    for source, start, end, words in codings:
        text = texts[source]
        assert not text or text[start:end] == words


def test_a_transcript_has_a_name_by_which_the_program_knows_it(written: Path) -> None:
    names = read(written, "SELECT t.name FROM source s JOIN source t ON s.av_text_id = t.id")
    assert names
    assert all(str(name).endswith((".txt", ".transcribed")) for (name,) in names)


def test_files_lie_where_the_database_says(written: Path) -> None:
    places = [str(path) for (path,) in read(written, "SELECT mediapath FROM source WHERE mediapath LIKE '/%'")]
    assert all(place.split("/")[1] in ("docs", "images", "audio", "video") for place in places)
    assert {folder.name for folder in written.iterdir() if folder.is_dir()} == {
        "images", "audio", "video", "documents",
    }  # fmt: skip
