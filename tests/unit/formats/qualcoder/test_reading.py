"""A project of QualCoder, read: what stands where in the tables."""

from pathlib import Path
from typing import Any

import pytest
from qualcoder_projects import TEXT, WHEN, add_code, add_coding, add_source, insert, qualcoder_project

from qdpx_compassion.formats import Content, WriteOptions
from qdpx_compassion.formats.registry import by_id, for_input
from qdpx_compassion.refi.reader import read_project


def read(path: Path) -> Content:
    return by_id("qualcoder").read(path)


def rows(content: Content, table: str) -> list[dict[str, Any]]:
    return list(content.project.records(table))


def as_refi(content: Content, folder: Path) -> list[dict[str, Any]]:
    """The selections of the project written as REFI-QDA and read again, with their quotations."""
    by_id("qdpx").write(content, folder / "out.qdpx", WriteOptions())
    return list(read_project(folder / "out.qdpx").records("selections"))


def codes(content: Content) -> set[str | None]:
    return {finding.code for finding in content.project.findings}


def test_a_coded_text_is_a_selection_with_its_words_coder_date_and_memo(tmp_path: Path) -> None:
    with qualcoder_project(tmp_path) as database:
        add_source(database, 1, "Anna.txt")
        add_code(database, 1, "Heard")
        add_coding(database, 1, 1, (7, 12), "heard", memo="at last")
    with read(tmp_path / "study.qda") as content:
        assert not content.project.findings
        [selection] = as_refi(content, tmp_path)
        [coding] = rows(content, "codings")
        [user] = rows(content, "users")
    assert selection["quotation"] == "heard"
    assert selection["description"] == "at last"
    assert coding["creation_date_time"] == "2024-03-01T10:20:30Z"
    assert (user["name"], user["guid"]) == ("Anna", coding["creating_user"])


def test_codes_of_one_passage_are_codings_of_one_selection_memos_part_them(tmp_path: Path) -> None:
    with qualcoder_project(tmp_path) as database:
        add_source(database, 1, "Anna.txt")
        for number, memo in enumerate(("", "", "mine"), start=1):
            add_code(database, number, f"Code {number}")
            add_coding(database, number, 1, (7, 12), "heard", memo=memo)
    with read(tmp_path / "study.qda") as content:
        assert [coding["owner_row"] for coding in rows(content, "codings")] == [0, 0, 1]
        assert [one["description"] for one in rows(content, "selections")] == [None, "mine"]


def test_categories_are_codes_that_are_not_used_and_codes_stand_in_codes(tmp_path: Path) -> None:
    with qualcoder_project(tmp_path) as database:
        insert(database, "code_cat", catid=1, name="Values", owner="Anna", date=WHEN, memo="all of them")
        insert(database, "code_cat", catid=2, name="Being met", owner="Anna", date=WHEN, memo="", supercatid=1)
        add_code(database, 1, "Heard", catid=2, memo="a definition")
        add_code(database, 2, "Really heard", supercid=1)
        add_code(database, 3, "Loose")
    with read(tmp_path / "study.qda") as content:
        found = {row["name"]: row for row in rows(content, "codes")}
    names = list(found)
    assert names == ["Loose", "Values", "Being met", "Heard", "Really heard"]
    above = [None if row["parent_row"] is None else names[row["parent_row"]] for row in found.values()]
    assert above == [None, None, "Values", "Being met", "Heard"]
    assert [row["is_codable"] for row in found.values()] == [True, False, False, True, True]
    assert (found["Heard"]["color"], found["Heard"]["description"]) == ("#AABBCC", "a definition")
    assert (found["Values"]["color"], found["Values"]["description"]) == (None, "all of them")


def test_categories_in_a_circle_are_read_all_the_same(tmp_path: Path) -> None:
    with qualcoder_project(tmp_path) as database:
        for number, above in ((1, 2), (2, 1)):
            insert(
                database, "code_cat", catid=number, name=f"C{number}", owner="", date=WHEN, memo="", supercatid=above
            )
        add_code(database, 1, "Inside", catid=2)
    with read(tmp_path / "study.qda") as content:
        assert {row["name"] for row in rows(content, "codes")} == {"C1", "C2", "Inside"}
        by_id("qdpx").write(content, tmp_path / "out.qdpx", WriteOptions())


@pytest.mark.parametrize("stored", [TEXT, TEXT.replace("\n", "\r\n"), "\ufeff" + TEXT], ids=["lf", "crlf", "bom"])
def test_quotations_are_right_whatever_line_ends_and_marks_the_text_has(stored: str, tmp_path: Path) -> None:
    with qualcoder_project(tmp_path) as database:
        add_source(database, 1, "Anna.txt", stored)
        add_code(database, 1, "Heard")
        for words in ("heard", "🙂 And", "laughed"):
            start = stored.index(words)
            add_coding(database, 1, 1, (start, start + len(words)), words)
    with read(tmp_path / "study.qda") as content:
        assert [row["quotation"] for row in as_refi(content, tmp_path)] == ["heard", "🙂 And", "laughed"]
        [path] = [row["plain_text_path"] for row in rows(content, "sources")]
        assert b"".join(content.media[path].chunks()) == TEXT.encode()


def test_passages_that_a_person_marked_after_an_emoji_are_found_by_their_words(tmp_path: Path) -> None:
    with qualcoder_project(tmp_path) as database:
        add_source(database, 1, "Anna.txt")
        add_code(database, 1, "Heard")
        start = TEXT.index("seen")
        add_coding(database, 1, 1, (start + 1, start + 5), "seen")  # as Qt counts, in UTF-16 units
        add_coding(database, 1, 1, (start + 7, start + 13), "Nobody")
        insert(database, "annotation", fid=1, pos0=start + 1, pos1=start + 5, memo="who?", owner="Anna", date=WHEN)
    with read(tmp_path / "study.qda") as content:
        assert "qualcoder-positions" in codes(content)
        assert [row["quotation"] for row in as_refi(content, tmp_path)] == ["seen", "Nobody", "seen"]


def test_annotations_are_selections_without_codings(tmp_path: Path) -> None:
    with qualcoder_project(tmp_path) as database:
        add_source(database, 1, "Anna.txt")
        insert(database, "annotation", fid=1, pos0=0, pos1=6, memo="who is I?", owner="Anna", date=WHEN)
    with read(tmp_path / "study.qda") as content:
        [selection] = as_refi(content, tmp_path)
        assert (selection["quotation"], selection["description"]) == ("I felt", "who is I?")
        assert not rows(content, "codings")


def test_files_transcripts_areas_and_times(tmp_path: Path) -> None:
    with qualcoder_project(tmp_path) as database:
        add_code(database, 1, "Heard")
        add_source(database, 1, "talk.mp3", None, mediapath="/audio/talk.mp3", av_text_id=2)
        add_source(database, 2, "talk.mp3.txt", "[00:00] Hello.\n[01:05] I felt heard.")
        add_source(database, 3, "tree.png", None, mediapath="/images/tree.png")
        add_source(database, 4, "letter.docx", TEXT, mediapath="/docs/letter.docx")
        add_source(database, 5, "quiet.mp3", None, mediapath="/audio/quiet.mp3", av_text_id=6)
        add_source(database, 6, "quiet.mp3.txt", "")
        insert(database, "code_av", id=1, pos0=1000, pos1=2500, cid=1, memo="", owner="Anna", date=WHEN)
        insert(database, "code_image", id=3, x1=10, y1=20, width=30, height=40, cid=1, memo="", owner="Anna", date=WHEN)
        add_coding(database, 1, 2, (23, 35), "I felt heard")
    for folder, name in (("audio", "talk.mp3"), ("images", "tree.png"), ("documents", "letter.docx"),
                         ("audio", "quiet.mp3")):  # fmt: skip
        (tmp_path / "study.qda" / folder / name).write_bytes(name.encode())
    with read(tmp_path / "study.qda") as content:
        assert not content.project.findings
        kinds = [(row["kind"], row["name"]) for row in rows(content, "sources")]
        found = as_refi(content, tmp_path)
        syncs = [(row["time_stamp"], row["position"]) for row in rows(content, "sync_points")]
        media = {file.name: b"".join(file.chunks()) for file in content.files()}
    assert kinds == [
        ("AudioSource", "talk.mp3"), ("Transcript", "talk.mp3.txt"), ("PictureSource", "tree.png"),
        ("TextSource", "letter.docx"), ("AudioSource", "quiet.mp3"),
    ]  # fmt: skip
    by_kind = {row["kind"]: row for row in found}
    assert by_kind["TranscriptSelection"]["quotation"] == "I felt heard"
    assert syncs == [(65_000, 23), (65_000, 35)]
    assert by_kind["AudioSelection"]["place"] == "00:01 to 00:02"
    area = by_kind["PictureSelection"]
    assert [area[name] for name in ("first_x", "first_y", "second_x", "second_y")] == [10, 20, 40, 60]
    assert media["letter.docx"] == b"letter.docx"
    assert media["tree.png"] == b"tree.png"


def test_cases_have_files_passages_and_attributes(tmp_path: Path) -> None:
    with qualcoder_project(tmp_path) as database:
        add_source(database, 1, "Anna.txt")
        add_source(database, 2, "Both.txt")
        insert(database, "cases", caseid=1, name="Anna", memo="quiet", owner="Anna", date=WHEN)
        insert(database, "case_text", caseid=1, fid=1, pos0=0, pos1=len(TEXT), owner="Anna", date=WHEN, memo="")
        insert(database, "case_text", caseid=1, fid=2, pos0=7, pos1=12, owner="Anna", date=WHEN, memo="")
        for name, kind, value_type, value, number in (
            ("age", "case", "numeric", "41", 1), ("role", "case", "character", "client", 1),
            ("held", "file", "character", "by chat", 2),
        ):  # fmt: skip
            insert(database, "attribute_type", name=name, date=WHEN, owner="Anna", memo="", caseOrFile=kind,
                   valuetype=value_type)  # fmt: skip
            insert(database, "attribute", name=name, attr_type=kind, value=value, id=number, date=WHEN, owner="Anna")
        insert(database, "attribute", name="held", attr_type="file", value="", id=1, date=WHEN, owner="Anna")
    with read(tmp_path / "study.qda") as content:
        sources = rows(content, "sources")
        [selection] = as_refi(content, tmp_path)
        members = [(row["member_kind"], row["target_guid"]) for row in rows(content, "case_members")]
        values = [(row["owner_kind"], row["owner_row"], row["value_kind"], row["value"])
                  for row in rows(content, "variable_values")]  # fmt: skip
        types = [row["type_of_variable"] for row in rows(content, "variables")]
    assert members == [("SourceRef", sources[0]["guid"]), ("SelectionRef", selection["guid"])]
    assert selection["quotation"] == "heard"
    assert values == [("case", 0, "FloatValue", "41"), ("case", 0, "TextValue", "client"),
                      ("source", 1, "TextValue", "by chat")]  # fmt: skip
    assert types == ["Float", "Text", "Text"]


def test_journals_are_notes_and_the_project_has_its_memo(tmp_path: Path) -> None:
    with qualcoder_project(tmp_path) as database:
        insert(database, "journal", jid=1, name="Monday", jentry="I doubt.\r\nStill.", date=WHEN, owner="Anna")
        database.execute("UPDATE project SET memo = 'What we ask'")
    with read(tmp_path / "study.qda") as content:
        [note] = rows(content, "sources")
        assert (note["kind"], note["name"]) == ("Note", "Monday")
        assert b"".join(content.media[note["plain_text_path"]].chunks()) == b"I doubt.\nStill."
        [project] = rows(content, "project")
        assert (project["name"], project["description"]) == ("study", "What we ask")


def test_what_is_not_read_is_said(tmp_path: Path) -> None:
    with qualcoder_project(tmp_path) as database:
        insert(database, "graph", grid=1, name="Map", description="", date=WHEN)
        insert(database, "stored_sql", title="q", ssql="select 1")
        add_source(database, 1, "Anna.txt")
        add_code(database, 1, "Heard")
        add_coding(database, 1, 1, (0, 1), "I", important=1)
        add_coding(database, 9, 1, (0, 1), "I")
        add_coding(database, 1, 9, (0, 1), "I")
    with read(tmp_path / "study.qda") as content:
        said = {finding.code: finding.message for finding in content.project.findings}
        assert len(rows(content, "codings")) == 1
    assert said["qualcoder-left"] == "Not read: 1 graph, 1 stored query, 1 mark of importance on a coded text."
    assert "codings in files that are not there (1)" in said["qualcoder-orphan"]
    assert "codings with codes that are not there (1)" in said["qualcoder-orphan"]


def test_two_copies_of_a_project_have_the_same_guids_two_projects_have_others(tmp_path: Path) -> None:
    guids = []
    for name, date in (("a.qda", WHEN), ("b.qda", WHEN), ("c.qda", "2024-05-05 05:05:05")):
        with qualcoder_project(tmp_path, name) as database:
            add_code(database, 1, "Heard")
            database.execute("UPDATE project SET date = ?", (date,))
        with read(tmp_path / name) as content:
            guids.append(rows(content, "codes")[0]["guid"])
    assert guids[0] == guids[1] != guids[2]


def test_files_outside_the_project_are_named_and_not_taken_along(tmp_path: Path) -> None:
    secret = tmp_path / "secret.png"
    secret.write_bytes(b"private")
    with qualcoder_project(tmp_path) as database:
        add_source(database, 1, "a.png", None, mediapath=f"images:{secret}")
        add_source(database, 2, "b.png", None, mediapath="/images/../../secret.png")
    with read(tmp_path / "study.qda") as content:
        assert content.media == {}
        assert rows(content, "sources")[0]["path"] == f"absolute://{secret}"
        assert codes(content) == {"external-source", "file-missing"}


def test_the_database_of_an_earlier_version_is_read(tmp_path: Path) -> None:
    with qualcoder_project(tmp_path, version="v3") as database:
        add_source(database, 1, "talk.mp3", None, mediapath="/audio/talk.mp3")
        add_source(database, 2, "talk.mp3.transcribed", "I felt heard.")
        add_code(database, 1, "Heard")
        add_coding(database, 1, 2, (7, 12), "heard")
        # what later versions added
        for table, column in (("source", "av_text_id"), ("source", "risid"), ("code_text", "important"),
                              ("code_text", "avid"), ("code_name", "supercid"), ("code_image", "pdf_page"),
                              ("project", "codername")):  # fmt: skip
            if table.startswith("code_") and table != "code_name":
                database.execute(f"DROP VIEW {table}_visible") if column in ("important", "pdf_page") else None
            database.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
        database.execute("DROP VIEW code_av_visible")
        database.execute("DROP VIEW annotation_visible")
        database.execute("DROP TABLE coder_names")
        database.execute("DROP TABLE stored_sql")
    (tmp_path / "study.qda" / "audio" / "talk.mp3").write_bytes(b"x")
    assert for_input(tmp_path / "study.qda").info.id == "qualcoder"
    with read(tmp_path / "study.qda") as content:
        assert codes(content) == {"qualcoder-older"}
        assert [row["quotation"] for row in as_refi(content, tmp_path)] == ["heard"]
        assert [row["name"] for row in rows(content, "users")] == ["Anna"]


def test_the_database_of_a_later_version_is_read_with_a_warning(tmp_path: Path) -> None:
    with qualcoder_project(tmp_path, version="v99") as database:
        add_code(database, 1, "Heard")
    with read(tmp_path / "study.qda") as content:
        assert codes(content) == {"qualcoder-newer"}
        assert len(rows(content, "codes")) == 1


def test_areas_on_pages_are_counted_from_the_other_edge_and_back(tmp_path: Path) -> None:
    pypdf = pytest.importorskip("pypdf", reason="pypdf is not installed (qdpx-compassion[pdf])")
    with qualcoder_project(tmp_path) as database:
        add_code(database, 1, "Heard")
        add_source(database, 1, "letter.pdf", "Dear you", mediapath="/docs/letter.pdf")
        insert(database, "code_image", id=1, x1=100, y1=50, width=200, height=30, cid=1, memo="", owner="Anna",
               date=WHEN, pdf_page=1)  # fmt: skip
        add_coding(database, 1, 1, (0, 4), "Dear")
    pages = pypdf.PdfWriter()
    pages.add_blank_page(595, 842)
    pages.add_blank_page(595, 400)
    pages.write(tmp_path / "study.qda" / "documents" / "letter.pdf")
    with read(tmp_path / "study.qda") as content:
        assert not content.project.findings
        assert [row["kind"] for row in rows(content, "sources")] == ["PDFSource", "Representation"]
        area, text = sorted(as_refi(content, tmp_path), key=lambda row: str(row["kind"]))
        assert text["quotation"] == "Dear"
        assert [area[name] for name in ("page", "first_x", "first_y", "second_x", "second_y")] == [
            1,
            100,
            320,
            300,
            350,
        ]
        assert [loss.kind for loss in by_id("qualcoder").losses(content)] == ["project.name"]
        by_id("qualcoder").write(content, tmp_path / "again.qda", WriteOptions())
    with read(tmp_path / "again.qda") as content:
        [again] = [row for row in rows(content, "selections") if row["kind"] == "PDFSelection"]
        assert (again["first_y"], again["second_y"]) == (320, 350)


def test_areas_on_pages_without_a_known_height_are_said(tmp_path: Path) -> None:
    with qualcoder_project(tmp_path) as database:
        add_code(database, 1, "Heard")
        add_source(database, 1, "letter.pdf", "", mediapath="/docs/letter.pdf")
        insert(database, "code_image", id=1, x1=1, y1=2, width=3, height=4, cid=1, memo="", owner="Anna", date=WHEN,
               pdf_page=0)  # fmt: skip
    (tmp_path / "study.qda" / "documents" / "letter.pdf").write_bytes(b"%PDF-1.7 damaged")
    with read(tmp_path / "study.qda") as content:
        assert codes(content) == {"qualcoder-areas"}
        [area] = rows(content, "selections")
        assert (area["first_y"], area["second_y"]) == (2, 6)


def test_control_characters_in_a_passage_are_no_loss_of_the_text(tmp_path: Path) -> None:
    with qualcoder_project(tmp_path) as database:
        add_source(database, 1, "Anna.txt", "I felt\x0b heard\x00.")
        add_code(database, 1, "Heard")
        add_coding(database, 1, 1, (2, 15), "felt\x0b heard\x00.")
    with read(tmp_path / "study.qda") as content:
        assert by_id("qdpx").losses(content) == []
        assert [row["quotation"] for row in as_refi(content, tmp_path)] == ["felt\x0b heard\x00."]
