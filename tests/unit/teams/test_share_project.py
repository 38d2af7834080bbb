# ruff: noqa: E501 - XML as programs write it
"""What else sharing does to a project: traces, withdrawn participants, media, GUIDs, pseudonyms that are taken."""

import zipfile
from pathlib import Path

import pytest
from archives import zipped
from command_line import VALUES_STUDY, members
from documents import STYLES, random_project
from named_project import CODER, PERSON, named_project
from small_project import SELECTION, SOURCE, document, selection

from qdpx_compassion.errors import InputError, UsageError
from qdpx_compassion.files.project_files import open_project_files
from qdpx_compassion.refi.names import SOURCES
from qdpx_compassion.refi.reader import read_project
from qdpx_compassion.refi.validation import schema_findings
from qdpx_compassion.teams.share import Options, share_project
from qdpx_compassion.teams.share.names import Name
from qdpx_compassion.teams.share.survey import survey

NVIVO = VALUES_STUDY.with_name("values-study-nvivo.qdpx")
CASE = "ffffffff-0000-4000-8000-00000000000"
LISTED = [Name(PERSON, "P07"), Name(CODER, "Coder A")]


def qde(folder: Path, data: bytes) -> Path:
    path = folder / "p.qde"
    path.write_bytes(data)
    return path


def test_users_cases_and_sources_that_no_list_has_get_pseudonyms_and_are_said(tmp_path: Path) -> None:
    source = qde(tmp_path, document().replace(b'name="Interview 1"', b'name="Talk with Mo.docx"'))
    result = share_project(source, tmp_path / "s.qde", [Name("Ben", "B2")])
    project = read_project(tmp_path / "s.qde")
    assert list(project.column("users", "name")) == ["Coder 1", "B2"]
    assert list(project.column("sources", "name")) == ["Source 1.docx"]
    assert [f.message for f in result.findings if f.code == "share-not-listed"] == [
        "The list does not have 1 coder, so pseudonyms were made: “Anna”.",
        "The list does not have 1 source, so pseudonyms were made: “Talk with Mo”.",
    ]


def test_traces_of_people_and_computers_go(tmp_path: Path) -> None:
    source, target = named_project(tmp_path / "p.qdpx"), tmp_path / "s.qdpx"
    share_project(source, target, LISTED)
    project = read_project(target)
    assert project.rows["project"][0][6] is None  # base path
    assert list(project.column("users", "id")) == [None]
    assert set(project.column("sources", "current_path")) == {None}
    assert "relative:///film of P07.mp4" in project.column("sources", "path")


def test_media_are_left_out_on_request_with_their_paths(tmp_path: Path) -> None:
    source, target = named_project(tmp_path / "p.qdpx"), tmp_path / "s.qdpx"
    share_project(source, target, LISTED, options=Options(media=False))
    left = [name for name in members(target) if name.endswith((".jpg", ".png", ".pdf", ".m4a"))]
    assert left == []
    assert schema_findings(members(target)["project.qde"]) == []
    assert "file-missing" not in {finding.code for finding in read_project(target).findings}


def test_new_guids_are_new_everywhere_and_still_fit_together(tmp_path: Path) -> None:
    target = tmp_path / "s.qdpx"
    share_project(VALUES_STUDY, target, [], options=Options(new_guids=True))
    before, after = read_project(VALUES_STUDY), read_project(target)
    for table in ("users", "codes", "sources", "selections", "codings", "sets"):
        assert not set(before.column(table, "guid")) & set(after.column(table, "guid"))
    assert list(after.column("codings", "code_row")) == list(before.column("codings", "code_row"))
    text = b"".join(data for name, data in members(target).items() if name.endswith(".qde")).decode().lower()
    assert not [guid for guid in before.column("sources", "guid") if guid.strip("{}").lower() in text]


def test_a_pseudonym_that_stands_in_the_project_is_refused(tmp_path: Path) -> None:
    source, target = qde(tmp_path, document()), tmp_path / "s.qde"
    with pytest.raises(UsageError, match="stands in the project already"):
        share_project(source, target, [Name("Anna", "heard")])
    assert not target.exists()
    share_project(source, target, [Name("Anna", "heard", known=True)])


def test_a_made_pseudonym_that_stands_in_the_project_gets_another_number(tmp_path: Path) -> None:
    source = qde(tmp_path, document().replace(b"I felt heard", b"Coder 1 felt heard, Coder 2 too"))
    share_project(source, tmp_path / "s.qde", [])
    assert list(read_project(tmp_path / "s.qde").column("users", "name")) == ["Coder 3", "Coder 4"]


@pytest.mark.parametrize("word", ["P07", "P07 Ibrahim", "p07 ibrahim"])
@pytest.mark.parametrize("source", [NVIVO, VALUES_STUDY], ids=lambda path: path.stem)
def test_a_participant_who_withdrew_is_gone_with_all_that_refers_to_them(
    source: Path, word: str, tmp_path: Path
) -> None:
    word = word if source == NVIVO or word == "P07" else f"{word}, psychiatric nurse"
    target = tmp_path / "s.qdpx"
    result = share_project(source, target, [Name("Ibrahim", "X99")], options=Options(without=(word,)))
    before, after = read_project(source), read_project(target)
    everything = "\n".join(data.decode("utf-8", "ignore") for data in members(target).values())
    assert "Ibrahim" not in everything and "X99" not in everything
    assert len(after.rows["sources"]) < len(before.rows["sources"])
    assert schema_findings(members(target)["project.qde"]) == schema_findings(members(source)["project.qde"])
    known = {finding.code for finding in after.findings}
    assert "file-missing" not in known
    assert all(row is not None for row in after.column("codings", "code_row"))
    guids = {guid for table in ("sources", "codes", "cases", "selections") for guid in after.column(table, "guid")}
    for table in ("set_members", "case_members", "note_refs"):
        assert set(after.column(table, "target_guid")) <= guids
    assert result.withdrawal is not None and result.withdrawal.gone["sources"] == 1
    assert not [f for f in result.findings if f.code == "share-left-out"]


def test_a_word_that_is_nobodys_name_lists_the_participants(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nobody's name here") as refused:
        share_project(NVIVO, tmp_path / "s.qdpx", [], options=Options(without=("P77",)))
    assert "P01 Hanneke" in refused.value.remedy


def test_what_refers_to_what_goes_goes_too_and_empty_containers_with_it(tmp_path: Path) -> None:
    other = '<TextSource guid="cccccccc-0000-4000-8000-000000000002" name="Bo"><PlainTextContent>x</PlainTextContent></TextSource>'
    note = "ffffffff-0000-4000-8000-000000000001"
    tail = (
        f'<Notes><Note guid="{note}" name="memo"><PlainTextContent>m</PlainTextContent></Note></Notes>'
        f'<Links><Link guid="ffffffff-0000-4000-8000-000000000002" originGUID="{SELECTION}" targetGUID="{note}"/></Links>'
        '<Sets><Set guid="ffffffff-0000-4000-8000-000000000003" name="s"><MemberSource '
        'targetGUID="cccccccc-0000-4000-8000-000000000001"/><MemberSource '
        'targetGUID="cccccccc-0000-4000-8000-000000000002"/></Set></Sets>'
        '<Graphs><Graph guid="ffffffff-0000-4000-8000-000000000004"><Vertex '
        'guid="ffffffff-0000-4000-8000-000000000005" representedGUID="cccccccc-0000-4000-8000-000000000001" firstX="0" '
        'firstY="0"/><Vertex guid="ffffffff-0000-4000-8000-000000000006" firstX="0" firstY="0"/><Edge '
        'guid="ffffffff-0000-4000-8000-000000000007" sourceVertex="ffffffff-0000-4000-8000-000000000005" '
        'targetVertex="ffffffff-0000-4000-8000-000000000006"/></Graph></Graphs>'
    )
    source = qde(tmp_path, document(selection(""), sources=other, tail=tail))
    share_project(source, tmp_path / "s.qde", [], options=Options(without=("Interview 1",)))
    written = (tmp_path / "s.qde").read_bytes()
    assert schema_findings(written) == []
    after = read_project(tmp_path / "s.qde")
    counts = {table: len(rows) for table, rows in after.rows.items() if table in
              ("sources", "links", "set_members", "vertices", "edges", "selections")}  # fmt: skip
    assert counts == {"sources": 1, "links": 0, "set_members": 1, "vertices": 1, "edges": 0, "selections": 0}
    assert b"<Notes>" not in written and b"<Links>" not in written


def test_names_of_the_project_document_and_folders_are_replaced(tmp_path: Path) -> None:
    source = zipped(tmp_path / "p.qdpx", [("Anna's study/Anna's study.qde", document())])
    share_project(source, tmp_path / "s.qdpx", [Name("Anna", "A1")])
    with zipfile.ZipFile(tmp_path / "s.qdpx") as archive:
        assert archive.namelist() == ["A1's study/A1's study.qde"]


def test_selections_before_the_text_move_with_it(tmp_path: Path) -> None:
    text = "<PlainTextContent>I felt heard and seen.</PlainTextContent>"
    inside = selection("", start=7, end=12)
    data = document(inside).decode()
    swapped = data.replace(text, "").replace("</TextSource>", f"{text}</TextSource>").encode()
    source = qde(tmp_path, swapped)
    share_project(source, tmp_path / "s.qde", [Name("felt", "sensed-very-much")])
    assert list(read_project(tmp_path / "s.qde").column("selections", "quotation")) == ["heard"]


def test_positions_in_transcripts_and_names_that_say_positions_follow(tmp_path: Path) -> None:
    audio = (
        '<AudioSource guid="cccccccc-0000-4000-8000-000000000009" name="a"><Transcript '
        'guid="cccccccc-0000-4000-8000-000000000010"><PlainTextContent>Anna says hello</PlainTextContent><SyncPoint '
        'guid="cccccccc-0000-4000-8000-000000000011" timeStamp="0" position="5"/><SyncPoint '
        'guid="cccccccc-0000-4000-8000-000000000012" timeStamp="9" position="15"/><TranscriptSelection '
        'guid="cccccccc-0000-4000-8000-000000000013" fromSyncPoint="cccccccc-0000-4000-8000-000000000011" '
        'toSyncPoint="cccccccc-0000-4000-8000-000000000012"/></Transcript></AudioSource>'
    )
    named = selection("", start=13, end=16).replace("startPosition", 'name="13,16" startPosition')
    source = qde(
        tmp_path, document(named, sources=audio).replace(b"I felt", b"Anna felt").replace(b"heard and", b"he and")
    )
    share_project(source, tmp_path / "s.qde", [Name("Anna", "Somebody")])
    after = read_project(tmp_path / "s.qde")
    rows = {row["kind"]: row for row in after.records("selections")}
    assert rows["PlainTextSelection"]["name"] == "17,20"
    assert rows["TranscriptSelection"]["quotation"] == "says hello"


def test_a_document_with_a_doctype_is_refused(tmp_path: Path) -> None:
    data = document().replace(b"<Project", b'<!DOCTYPE Project [<!ENTITY who "Anna">]><Project', 1)
    with pytest.raises(InputError, match="DOCTYPE"):
        share_project(qde(tmp_path, data), tmp_path / "s.qde", [])
    assert not (tmp_path / "s.qde").exists()


def test_a_reading_that_nobody_knows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nonsense"):
        share_project(qde(tmp_path, document()), tmp_path / "s.qde", [], options=Options(reading="nonsense"))


def test_an_enriched_project_is_shared_and_can_still_be_stripped(tmp_path: Path) -> None:
    from command_line import FIRST_MAPPING, FIRST_STEPS

    from qdpx_compassion import api

    enriched, target, stripped = (tmp_path / f"{name}.qdpx" for name in ("e", "s", "t"))
    api.enrich(FIRST_STEPS, FIRST_MAPPING, enriched)
    share_project(enriched, target, [Name("Tomasz", "P3", known=True), Name("Zoë", "P1", known=True)])
    assert schema_findings(members(target)["project.qde"]) == []
    api.strip(target, stripped)
    assert len(read_project(stripped).rows["codings"]) == len(read_project(FIRST_STEPS).rows["codings"])


def test_a_folder_becomes_an_archive(tmp_path: Path) -> None:
    folder = tmp_path / "study"
    with zipfile.ZipFile(VALUES_STUDY) as archive:
        archive.extractall(folder)
    share_project(folder, tmp_path / "s.qdpx", [])
    assert read_project(tmp_path / "s.qdpx").rows["selections"]
    assert not [name for name in members(tmp_path / "s.qdpx") if "Hanneke" in name]


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_the_quick_look_at_a_project_sees_what_reading_it_sees(seed: int, style: str, tmp_path: Path) -> None:
    source = qde(tmp_path, random_project(seed, seed % 4, style=style))
    project = read_project(source, texts=False)
    with open_project_files(source) as files:
        contents = survey(files, "here")
    assert [name or None for name, _ in contents.users] == [name or None for name in project.column("users", "name")]
    assert [name or None for name in contents.cases] == [name or None for name in project.column("cases", "name")]
    sources = [row[4] or "" for row in project.rows["sources"] if row[0] in SOURCES]
    assert [name for _, name in contents.sources] == sources
    assert contents.origin == project.rows["project"][0][1]


def test_a_users_name_as_identifier_is_replaced_wherever_it_is_named(tmp_path: Path) -> None:
    data = document(selection('<Coding guid="annika" creatingUser="Annika"><CodeRef targetGUID="x"/></Coding>'))
    share_project(qde(tmp_path, data), tmp_path / "s.qde", [Name("Annika", "A1")])
    assert b"nnika" not in (tmp_path / "s.qde").read_bytes()


def test_a_participant_goes_together_with_a_source_that_others_share(tmp_path: Path) -> None:
    other = SOURCE[:-1] + "2"
    cases = (
        f'<Cases><Case guid="{CASE}1" name="Mia"><SourceRef targetGUID="{SOURCE}"/><SourceRef targetGUID="{other}"/>'
        f'</Case><Case guid="{CASE}2" name="Noor"><SourceRef targetGUID="{SOURCE}"/><SourceRef '
        f'targetGUID="{SOURCE[:-1]}3"/></Case></Cases>'
    )
    path = qde(
        tmp_path,
        document(
            cases=cases,
            sources=f'<TextSource guid="{other}" name="Mia alone"/>'
            f'<TextSource guid="{SOURCE[:-1]}3" name="Noor alone"/>',
        ),
    )
    with pytest.raises(UsageError, match="shares “Interview 1” with others") as caught:
        share_project(path, tmp_path / "s.qde", LISTED, options=Options((f"{CASE}1",)))
    assert f"--without 'Interview 1' --without {CASE}1" in str(caught.value)
    share_project(path, tmp_path / "s.qde", LISTED, options=Options((f"{CASE}1", "Interview 1")))
    new = (tmp_path / "s.qde").read_text(encoding="utf-8")
    assert "Mia" not in new and SOURCE not in new and other not in new and f"{CASE}2" in new


@pytest.mark.parametrize("noor", ["source", "code"])
def test_a_source_that_somebody_without_one_of_their_own_shares_is_not_taken_out(tmp_path: Path, noor: str) -> None:
    other = SOURCE[:-1] + "2"
    held = f'<SourceRef targetGUID="{SOURCE}"/>' if noor == "source" else ""
    cases = (
        f'<Cases><Case guid="{CASE}1" name="Mia"><SourceRef targetGUID="{SOURCE}"/><SourceRef targetGUID="{other}"/>'
        f'</Case><Case guid="{CASE}2" name="Noor">{held}</Case></Cases>'
    )
    selection_of_noor = (
        f'<PlainTextSelection guid="{SOURCE[:-1]}9" startPosition="0" endPosition="2"><Coding guid="{SOURCE[:-1]}8">'
        f'<CodeRef targetGUID="{CASE}2"/></Coding></PlainTextSelection>'
    )
    data = document(
        selection_of_noor if noor == "code" else "",
        cases=cases,
        sources=f'<TextSource guid="{other}" name="Mia alone"/>',
    )
    with pytest.raises(UsageError, match="shares “Interview 1” with others"):
        share_project(qde(tmp_path, data), tmp_path / "s.qde", LISTED, options=Options((f"{CASE}1",)))
