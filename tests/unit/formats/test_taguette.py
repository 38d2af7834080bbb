"""Taguette: what comes back, what is lost and listed, and databases as people have them."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from documents import random_project
from hypothesis import example, given, settings
from hypothesis import strategies as st
from loss_checks import check_losses
from small_project import BEN, OPEN, coding, document, selection

from qdpx_compassion.errors import InputError, QdpxError
from qdpx_compassion.formats import WriteOptions
from qdpx_compassion.formats.positions import HeldText
from qdpx_compassion.formats.registry import by_id, for_input
from qdpx_compassion.formats.taguette.html import FORM, DocumentText, write_html
from qdpx_compassion.formats.taguette.paths import own_name, parents
from qdpx_compassion.formats.taguette.schema import OLDER, REVISION
from qdpx_compassion.tables import TABLES

ROOT = Path(__file__).resolve().parents[3]
REAL = ROOT.parent / "shared" / "real" / "nvivo-mac-20.5-zenodo-5703624.qdpx"
SAMPLES = sorted((ROOT / "sample_projects").glob("*/*.qdpx"))
VERSION = "UPDATE alembic_version SET version_num = '?'"
CODE, CODING, SELECTION = (TABLES[name].position for name in ("codes", "codings", "selections"))

texts = st.text(st.sampled_from("ab \n\r\t\0\x0b&<>;\"'#é🙂\u0301\ufeff\u2028\xa0\x85"), max_size=30)


# -- texts as HTML -----------------------------------------------------------------------------------------------------


@given(st.one_of(texts, st.text(max_size=30)), st.integers(0, 40), st.integers(0, 40))
@example("\n\n a\tb\r\n\r\n&nbsp;<p>🙂", 3, 9)
def test_a_text_comes_back_from_html_with_its_places(text: str, one: int, other: int) -> None:
    held = HeldText(text, FORM)
    read = DocumentText(write_html(held.text))
    assert read.text == held.text
    assert not read.tags
    first, last = sorted((min(one, len(text)), min(other, len(text))))
    start, end = held.to_format(first, last)
    begin, stop, _ = read.place(start, end)
    assert read.text[begin:stop].encode() == held.text.encode()[start:end]


def test_blocks_without_white_space_between_are_lines_of_their_own() -> None:
    read = DocumentText(
        "<h1>One</h1><p>two<br>three</p><ul><li>four</li></ul><table><tr><td>5</td><td>6</td></tr></table>"
    )
    assert read.text == "One\ntwo\nthree\nfour\n5\t6"
    assert read.place(3, 6)[:2] == (4, 7)  # "two", counted without what was put in
    assert read.place(0, 11)[:2] == (0, 13)
    assert {"h1", "li", "table"} <= read.tags


# -- tags --------------------------------------------------------------------------------------------------------------


def test_dots_are_a_hierarchy_where_there_is_a_tag_above() -> None:
    paths = ["people", "people.employee", "people.employee.new", "Dr. Smith", "a.b", ".", "people.", "x..y", "x"]
    above = parents(paths)
    assert [None if number is None else paths[number] for number in above] == [
        None, "people", "people.employee", None, None, None, None, "x", None,
    ]  # fmt: skip
    assert own_name("people.employee", "people") == "employee"


# -- projects ----------------------------------------------------------------------------------------------------------


def convert(path: Path, target: Path) -> dict[str, int]:
    with by_id("qdpx").read(path) as content:
        return {loss.kind: loss.count for loss in by_id("taguette").write(content, target, WriteOptions())}


def small(folder: Path, source: str, **parts: str) -> Path:
    path = folder / "small.qde"
    path.write_bytes(document(source, **parts))
    return path


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 3))
@example(3, 3)
def test_losses_listed_are_losses_found_in_random_projects(
    tmp_path_factory: pytest.TempPathFactory, seed: int, size: int
) -> None:
    folder = tmp_path_factory.mktemp("random")
    path = folder / "random.qde"
    path.write_bytes(random_project(seed, size))
    with by_id("qde").read(path) as content:
        check_losses(content, path, "taguette", folder / "project.sqlite3")


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_samples_keep_every_passage_and_its_tags(sample: Path, tmp_path: Path) -> None:
    with by_id("qdpx").read(sample) as content:
        losses = check_losses(content, sample, "taguette", tmp_path / "project.sqlite3")
        kinds = list(content.project.column("selections", "kind"))
    assert losses.get("selections", 0) == sum(kind != "PlainTextSelection" for kind in kinds)


@pytest.mark.skipif(not REAL.exists(), reason="real exports are not beside the checkout (../shared/real)")
def test_a_real_export_keeps_every_passage_and_its_tags(tmp_path: Path) -> None:
    with by_id("qdpx").read(REAL) as content:
        losses = check_losses(content, REAL, "taguette", tmp_path / "project.sqlite3")
    assert not {"selections", "codings", "codes", "codes.parent_row"} & losses.keys()


def test_two_coders_who_coded_alike_and_their_dates_come_back(tmp_path: Path) -> None:
    both = coding(1) + coding(2, user=BEN, date="2024-02-02T03:04:05.25+02:00") + coding(3, OPEN, date=None)
    convert(small(tmp_path, selection(both)), tmp_path / "p.sqlite3")
    with by_id("taguette").read(tmp_path / "p.sqlite3") as again:
        rows = again.project.rows
        users = {user[0]: user[1] for user in rows["users"]}
        made = [
            (rows["codes"][row[CODING["code_row"]]][CODE["name"]], users[row[CODING["creating_user"]]],
             row[CODING["creation_date_time"]])
            for row in rows["codings"]
        ]  # fmt: skip
    assert sorted(made, key=str) == [
        ("Feeling heard", "anna", "2024-01-02T03:04:05Z"),
        ("Feeling heard", "ben", "2024-02-02T01:04:05.25Z"),
        ("Openness", "anna", None),
    ]


def test_memos_stand_in_descriptions(tmp_path: Path) -> None:
    note = "99999999-0000-4000-8000-000000000001"
    codes = (
        f'<Code guid="{OPEN}" name="Openness" isCodable="true"><Description>said first</Description>'
        f'<NoteRef targetGUID="{note}"/></Code>'
    )
    tail = f'<Notes><Note guid="{note}" name="On openness"><PlainTextContent>Think.</PlainTextContent></Note></Notes>'
    losses = convert(small(tmp_path, "", codes=codes, tail=tail), tmp_path / "p.sqlite3")
    assert losses["codes.description"] == losses["note_refs"] == losses["sources"] == 1
    with closing(sqlite3.connect(tmp_path / "p.sqlite3")) as database:
        [(about,)] = database.execute("SELECT description FROM tags").fetchall()
    assert about == "said first\n\nMemo: On openness\nThink."


def test_equal_long_and_dotted_names_are_written_and_listed(tmp_path: Path) -> None:
    names = ["same", "same", "y" * 300, "a", "a.b", "line\nfeed", ""]
    codes = "".join(
        f'<Code guid="aaaaaaaa-0000-4000-8000-{number:012}" name="{name}" isCodable="true"/>'
        for number, name in enumerate(name.replace("\n", "&#10;") for name in names)
    )
    losses = convert(small(tmp_path, "", codes=codes), tmp_path / "p.sqlite3")
    with closing(sqlite3.connect(tmp_path / "p.sqlite3")) as database:
        paths = [path for (path,) in database.execute("SELECT path FROM tags ORDER BY id")]
    assert paths == ["same", "same (2)", "y" * 199 + "…", "a", "a.b", "line feed", "unnamed"]
    assert losses["codes.name"] == 5  # the second same, the long one, b below a, the line feed, the empty one
    assert "codes" not in losses


def test_the_database_is_as_taguette_makes_it(tmp_path: Path) -> None:
    convert(small(tmp_path, selection(coding(1))), tmp_path / "p.sqlite3")
    with closing(sqlite3.connect(tmp_path / "p.sqlite3")) as database:
        assert database.execute("SELECT * FROM alembic_version").fetchall() == [(REVISION,)]
        assert database.execute("PRAGMA application_id").fetchone() == (0x54677474,)
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        members = database.execute("SELECT user_login, privileges FROM project_members ORDER BY 1").fetchall()
        assert members == [("admin", "ADMIN"), ("anna", "TAG"), ("ben", "TAG")]
        [(start, end, snippet)] = database.execute("SELECT start_offset, end_offset, snippet FROM highlights")
        assert (start, end, snippet) == (0, 4, "<p>I fe</p>")
        kinds = [json.loads(row[0])["type"] for row in database.execute("SELECT payload FROM commands ORDER BY id")]
        assert kinds == ["highlight_add"]


def test_the_same_project_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one.sqlite3", "two.sqlite3"):
        convert(SAMPLES[0], tmp_path / name)
    assert (tmp_path / "one.sqlite3").read_bytes() == (tmp_path / "two.sqlite3").read_bytes()


@pytest.mark.parametrize("extension", [".csv", ".xlsx"])
@pytest.mark.parametrize("format_id", ["taguette-tags", "taguette-highlights"])
@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 3))
@example(3, 3)
def test_losses_listed_are_losses_found_in_exports(
    tmp_path_factory: pytest.TempPathFactory, format_id: str, extension: str, seed: int, size: int
) -> None:
    folder = tmp_path_factory.mktemp("random")
    path = folder / "random.qde"
    path.write_bytes(random_project(seed, size))
    with by_id("qde").read(path) as content:
        if format_id == "taguette-tags" or content.project.rows["codings"]:
            check_losses(content, path, format_id, folder / f"export{extension}")


@pytest.mark.parametrize("extension", [".csv", ".xlsx"])
def test_exports_hold_every_passage_and_tag_of_a_sample(tmp_path: Path, extension: str) -> None:
    with by_id("qdpx").read(SAMPLES[0]) as content:
        quotations = {" ".join(row[SELECTION["quotation"]].split()) for row in content.project.rows["selections"]}
        for name in ("taguette-tags", "taguette-highlights"):
            by_id(name).write(content, tmp_path / f"{name}{extension}", WriteOptions())
    with by_id("taguette-highlights").read(tmp_path / f"taguette-highlights{extension}") as again:
        assert for_input(tmp_path / f"taguette-highlights{extension}").info.id == "taguette-highlights"
        rows = again.project.rows
        assert {" ".join(row[SELECTION["quotation"]].split()) for row in rows["selections"]} == quotations
        assert len(rows["codings"]) == len(content.project.rows["codings"])
        assert "text-of-passages" in {finding.code for finding in again.project.findings}
    with by_id("taguette-tags").read(tmp_path / f"taguette-tags{extension}") as again:
        assert for_input(tmp_path / f"taguette-tags{extension}").info.id == "taguette-tags"
        names = [row[CODE["name"]] for row in content.project.rows["codes"]]
        assert [row[CODE["name"]] for row in again.project.rows["codes"]] == names


def test_passages_longer_than_a_cell_are_cut_in_excel_alone_and_listed(tmp_path: Path) -> None:
    long = document(selection(coding(1), end=40_000)).replace(b"I felt heard and seen.", b"word " * 8_000)
    path = tmp_path / "long.qde"
    path.write_bytes(long)
    for extension, cut in ((".xlsx", 1), (".csv", 0)):
        with by_id("qde").read(path) as content:
            losses = by_id("taguette-highlights").write(content, tmp_path / f"long{extension}", WriteOptions())
        assert sum(loss.count for loss in losses if loss.kind == "cells") == cut
    with by_id("taguette-highlights").read(tmp_path / "long.csv") as again:
        assert again.project.rows["selections"][0][SELECTION["quotation"]] == ("word " * 8_000).strip()


def test_a_list_with_a_tag_twice_is_read_once_and_told(tmp_path: Path) -> None:
    path = tmp_path / "tags.csv"
    path.write_text("tag,description\nheard,felt\nheard,again\n,\nheard.deeply,\n", encoding="utf-8")
    with by_id("taguette-tags").read(path) as content:
        assert [row[CODE["name"]] for row in content.project.rows["codes"]] == ["heard", "deeply"]
        assert [(finding.code, finding.where) for finding in content.project.findings] == [
            ("code-twice", "tags.csv, row 3, column 1")
        ]


# -- databases as people have them -------------------------------------------------------------------------------------


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "p.sqlite3"
    convert(small(tmp_path, selection(coding(1))), path)
    return path


def change(path: Path, *statements: str) -> Path:
    with closing(sqlite3.connect(path)) as database:
        database.executescript("PRAGMA foreign_keys = OFF; " + "; ".join(statements))
    return path


def codes_of(path: Path) -> set[str]:
    with by_id("taguette").read(path) as content:
        assert len(content.project.rows["codings"]) == 1
        return {finding.code for finding in content.project.findings}


def test_it_is_known_by_its_content_whatever_it_is_called(database: Path) -> None:
    other = database.rename(database.with_name("study.db"))
    assert for_input(other).info.id == "taguette"
    change(other, "PRAGMA application_id = 0")  # older versions did not mark their databases
    assert for_input(other).info.id == "taguette"


@pytest.mark.parametrize("revision", [OLDER[0], OLDER[-1], "ffffffffffff"])
def test_databases_of_other_versions_are_read_and_said_to_be(database: Path, revision: str) -> None:
    assert codes_of(change(database, VERSION.replace("?", revision))) == {"database-version"}


def test_the_oldest_tables_with_their_old_log_are_read(database: Path) -> None:
    old = json.dumps({"type": "highlight_add", "id": 1, "start_offset": 0, "end_offset": 4, "tags": [1]})
    change(
        database, "ALTER TABLE documents DROP COLUMN text_direction", "ALTER TABLE users DROP COLUMN disabled",
        VERSION.replace("?", OLDER[0]), "UPDATE commands SET payload = '?'".replace("?", old),
    )  # fmt: skip
    with by_id("taguette").read(database) as content:
        [row] = content.project.rows["codings"]
        assert row[CODING["creating_user"]] in {user[0] for user in content.project.rows["users"] if user[1] == "anna"}


def test_a_merged_tag_keeps_who_tagged(database: Path) -> None:
    merge = json.dumps({"type": "tag_merge", "src_tag_id": 1, "dest_tag_id": 2})
    change(
        database, "UPDATE highlight_tags SET tag_id = 2", "DELETE FROM tags WHERE id = 1",
        "INSERT INTO commands (date, user_login, project_id, payload) "
        "VALUES ('2025-01-01 00:00:00.000000', 'ben', 1, '?')".replace("?", merge),
    )  # fmt: skip
    with by_id("taguette").read(database) as content:
        [row] = content.project.rows["codings"]
        assert row[CODING["creation_date_time"]] == "2024-01-02T03:04:05Z"


@pytest.mark.parametrize(
    "payload",
    ["", "[]", "{", "3", "{}", '{"type": "highlight_add"}', '{"type": "highlight_add", "highlight_id": [1], "tags": 3}',
     '{"type": "highlight_add", "highlight_id": 1, "tags": [[1], {}, null, "x"]}', '{"type": ["tag_merge"]}',
     '{"type": "tag_merge", "src_tag_id": {}, "dest_tag_id": []}'],
)  # fmt: skip
def test_a_log_that_makes_no_sense_costs_nothing_but_who_tagged(database: Path, payload: str) -> None:
    with closing(sqlite3.connect(database)) as opened:
        opened.execute("UPDATE commands SET payload = ?", (payload,))
        opened.commit()
    assert codes_of(database) == set()


@pytest.mark.parametrize("column", ["name", "description", "contents", "created", "filename", "text_direction"])
@pytest.mark.parametrize("value", [b"\xff\x00", 3, 4.5, ""])
def test_cells_of_other_types_are_read(database: Path, column: str, value: object) -> None:
    with closing(sqlite3.connect(database)) as opened:
        opened.execute("UPDATE documents SET X = ?".replace("X", column), (value,))
        opened.commit()
    with by_id("taguette").read(database) as content:
        [made] = content.project.column("sources", "creation_date_time")
        assert made is None or made.startswith("20")
        assert len(content.project.rows["codings"]) == 1


def test_highlights_past_the_text_or_of_missing_tags_are_told(database: Path) -> None:
    change(
        database, "INSERT INTO highlights VALUES (2, 1, 20, 900, '')", "INSERT INTO highlights VALUES (3, 1, 5, 5, '')",
        "INSERT INTO highlights VALUES (4, 1, 'x', 5, '')", "INSERT INTO highlight_tags VALUES (2, 99)",
    )  # fmt: skip
    assert codes_of(database) == {"position-past-end", "selection-empty", "value-unreadable", "reference-dangling"}


def test_a_document_that_is_missing_takes_its_highlights_with_it(database: Path) -> None:
    change(database, "DELETE FROM documents")
    with by_id("taguette").read(database) as content:
        assert not content.project.rows["selections"]
        assert {finding.code for finding in content.project.findings} == {"text-missing"}


def test_of_several_projects_the_one_with_anything_in_it_is_read(database: Path) -> None:
    change(database, "INSERT INTO projects VALUES (2, 'Empty', '', '2024-01-01 00:00:00.000000')")
    assert codes_of(database) == set()
    change(database, "INSERT INTO tags VALUES (77, 2, 'x', '')")
    with pytest.raises(InputError, match="2 projects: “p”, “Empty”"):
        by_id("taguette").read(database)


@pytest.mark.parametrize("suffix", ["-journal", "-wal"])
def test_a_database_that_is_being_written_is_refused(database: Path, suffix: str) -> None:
    database.with_name(database.name + suffix).write_bytes(b"half")
    with pytest.raises(InputError, match="in use, or was not closed"):
        by_id("taguette").read(database)


def test_a_locked_database_is_read(database: Path) -> None:
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert codes_of(database) == set()


@pytest.mark.parametrize("table", ["highlights", "highlight_tags", "tags", "documents", "projects"])
def test_a_table_that_is_missing_is_named(database: Path, table: str) -> None:
    with pytest.raises(InputError, match=f"table {table} is missing"):
        by_id("taguette").read(change(database, f"DROP TABLE {table}"))


def test_a_database_cut_off_or_damaged_anywhere_is_read_or_refused_in_words(database: Path) -> None:
    whole = database.read_bytes()
    for at in range(0, len(whole), 4096 * 3 // 2):
        for data in (whole[:at], whole[:at] + b"\xff" * 64 + whole[at + 64 :]):
            database.write_bytes(data)
            try:
                with by_id("taguette").read(database):
                    pass
            except QdpxError as error:
                assert str(database) in str(error)


def test_highlights_of_an_export_lie_where_their_words_are(tmp_path: Path) -> None:
    path = tmp_path / "highlights.csv"
    passages = ["Ik voe\u0301l me 🙂", "gehoord", "עברית \t𝒳", "slot"]
    lines = [f"{number},Anna,heard,{words}" for number, words in enumerate(passages, start=1)]
    path.write_text("\n".join(["id,document,tag,content", *lines]), encoding="utf-8")
    with by_id("taguette-highlights").read(path) as content:
        by_id("qdpx").write(content, tmp_path / "study.qdpx", WriteOptions())
    with by_id("qdpx").read(tmp_path / "study.qdpx") as content:
        assert list(content.project.column("selections", "quotation")) == passages


def test_why_an_export_of_highlights_has_no_guids_is_not_that_a_tag_is_unused(tmp_path: Path) -> None:
    with by_id("qdpx").read(ROOT / "sample_projects" / "first-steps" / "first-steps.qdpx") as content:
        why = {loss.kind: loss.why for loss in by_id("taguette-highlights").losses(content)}
    assert "names" in why["codes.guid"]


def test_a_project_without_a_name_is_not_said_to_have_had_a_long_one(tmp_path: Path) -> None:
    path = tmp_path / "codes.qdc"
    path.write_text(
        '<CodeBook xmlns="urn:QDA-XML:codebook:1.0"><Codes>'
        '<Code guid="11111111-1111-4111-8111-111111111111" name="Care" isCodable="true"/></Codes></CodeBook>',
        encoding="utf-8",
    )
    with by_id("qdc").read(path) as content:
        why = {loss.kind: loss.why for loss in by_id("taguette").losses(content)}
    assert "without a name is called after its file" in why["project.name"]


@pytest.mark.parametrize("name", ["=1+1", "-less", "'tis", "@home", "＝2", "plain", "'=1"])
def test_no_cell_of_an_exported_csv_begins_a_formula_and_all_come_back(name: str, tmp_path: Path) -> None:
    written = document(selection(coding(1, OPEN)))
    path = tmp_path / "a.qde"
    path.write_bytes(written)
    with by_id("qde").read(path) as content:
        content.project.rows_to_change()["codes"][0][CODE["name"]] = name
        by_id("taguette-tags").write(content, tmp_path / "t.csv", WriteOptions())
    cells = [line.partition(",")[0] for line in (tmp_path / "t.csv").read_text("utf-8").splitlines()[1:]]
    assert not [cell for cell in cells if cell[0] in "=+-@＝＋－＠\t"]
    with by_id("taguette-tags").read(tmp_path / "t.csv") as again:
        assert name in list(again.project.column("codes", "name"))
