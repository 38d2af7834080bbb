"""What copies say differently: told in words with both sides, settled by whoever merges, with nothing left hanging."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_projects import Small, guid

from qdpx_compassion.api import validate
from qdpx_compassion.errors import UsageError
from qdpx_compassion.refi.reader import read_project
from qdpx_compassion.teams.alignment import Alignment
from qdpx_compassion.teams.merge import merge_projects

OLD, NEW = "2024-06-03T12:00:00Z", "2024-06-09T12:00:00Z"


def base() -> Small:
    small = Small()
    small.text("Ada", "I felt heard. Nobody asked me twice.")
    small.text("Bo", "It is mostly for the money. But I could write at night.")
    small.coding("Ada", "felt heard", "Values", "Trust", by="Lead")
    return small


def written(path: Path, xml: str, *, date: str = OLD, **replaced: str) -> Path:
    xml = xml.replace(OLD, date)
    for old, new in replaced.items():
        assert old.replace("_", " ") in xml
        xml = xml.replace(old.replace("_", " "), new)
    path.write_text(xml, encoding="utf-8", newline="")
    return path


def test_a_conflict_is_settled_by_either_name_whichever_copy_comes_first(tmp_path: Path) -> None:
    ana = written(tmp_path / "ana.qde", base().xml(), date=NEW)
    ben = written(tmp_path / "ben.qde", base().xml(), Trust="Confidence")
    for name in ("Values > Trust", "Values > Confidence", "Values > Confidence, name"):
        merged = merge_projects([ana, ben], None, prefer=ben, settle={name: "ana.qde"})
        assert [(one.chosen, one.why) for one in merged.conflicts] == [("ana.qde", "as you said")]
    # a copy may be named with its folder
    merged = merge_projects([ana, ben], None, settle={"Values > Trust": str(ben)})
    assert merged.conflicts[0].chosen == "ben.qde"


@pytest.mark.parametrize("label", ["Bo", "Bo, text", "Values > Trust"])
def test_settling_with_a_project_that_is_none_of_them_is_refused(tmp_path: Path, label: str) -> None:
    ana = written(tmp_path / "ana.qde", base().xml())
    ben = written(tmp_path / "ben.qde", base().xml(), date=NEW, I_could="we could")
    with pytest.raises(UsageError, match=r"“typo\.qde” is none of the projects that are merged: ana\.qde, ben\.qde"):
        merge_projects([ana, ben], None, settle={label: "typo.qde"})


def test_one_file_given_twice_is_refused(tmp_path: Path) -> None:
    ana = written(tmp_path / "ana.qde", base().xml())
    with pytest.raises(UsageError, match="given twice"):
        merge_projects([ana, tmp_path / "." / "ana.qde"], None)


def test_an_edited_text_is_told_with_the_words_that_differ(tmp_path: Path) -> None:
    ana = written(tmp_path / "ana.qde", base().xml())
    ben = written(tmp_path / "ben.qde", base().xml(), date=NEW, But_I_could="But we could")
    (conflict,) = merge_projects([ana, ben], None).conflicts
    assert (conflict.kind, conflict.label, conflict.attribute, conflict.why) == (
        "sources",
        "Bo",
        "text",
        "the newer text",
    )
    assert conflict.sides == (
        ("ben.qde", "… is mostly for the money. But we could write at night."),
        ("ana.qde", "… is mostly for the money. But I could write at night."),
    )
    assert conflict.passages == ((conflict.sides[0][1], conflict.sides[1][1]),)
    assert merge_projects([ana, ben], None, prefer=ana).conflicts[0].why == "preferred"
    assert merge_projects([ana, ben], None, settle={"Bo, text": "ana.qde"}).conflicts[0].why == "as you said"
    ben = written(tmp_path / "ben.qde", base().xml(), But_I_could="But we could")
    assert merge_projects([ana, ben], None).conflicts[0].why == "texts of one date: always this one is taken"


def test_differences_far_from_each_other_are_told_one_by_one() -> None:
    long = " ".join(f"word{number}" for number in range(60))
    other = long.replace("word3 ", "").replace("word50", "deed50")
    assert list(Alignment(long, other).differences()) == [
        (
            "word0 word1 word2 word3 word4 word5 word6 word7 word8 …",
            "word0 word1 word2 word4 word5 word6 word7 word8 …",
        ),
        (
            "… word46 word47 word48 word49 word50 word51 word52 word53 …",
            "… word46 word47 word48 word49 deed50 word51 word52 word53 …",
        ),
    ]
    assert not list(Alignment(long, long).differences())
    assert list(Alignment("", "all new").differences()) == [("", "all new")]


# -- texts inside sources ---------------------------------------------------------------------------------------------


def with_pdf(coder: str, text: str, representation: str) -> str:
    small = base()
    small.users.append(coder)
    trust = guid("code", "Values", "Trust")
    return small.xml(
        f'<PDFSource guid="{guid("pdf")}" name="Paper" path="relative:///p.pdf">'
        f'<Representation guid="{representation}"><PlainTextContent>{text}</PlainTextContent>'
        f'<PlainTextSelection guid="{guid("in", coder)}" startPosition="4" endPosition="9">'
        f'<Coding guid="{guid("coded", coder)}" creatingUser="{guid("user", coder)}">'
        f'<CodeRef targetGUID="{trust}"/></Coding></PlainTextSelection></Representation></PDFSource>'
    )


@pytest.mark.parametrize("one_guid", [True, False])
@pytest.mark.parametrize(
    ("text", "placed"),
    [
        ("The quick brown fox leaps over the dog!", True),
        ("The quick fox of this house is red and well, and not here.", True),
        ("Something else.", False),
    ],
)
def test_a_pdf_keeps_one_text_and_what_copies_have_in_it_is_told(
    tmp_path: Path, text: str, placed: bool, one_guid: bool
) -> None:
    ana = written(tmp_path / "ana.qde", with_pdf("Ana", "The quick brown fox jumps over the dog.", guid("a")))
    ben = written(tmp_path / "ben.qde", with_pdf("Ben", text, guid("a" if one_guid else "b")), date=NEW)
    target = tmp_path / "team.qde"
    merged = merge_projects([ana, ben], target)
    assert not [finding for finding in validate(target) if finding.code == "schema"]
    (conflict,) = merged.conflicts
    assert (conflict.kind, conflict.label) == ("texts in sources", "Representation of Paper")
    project = read_project(target)
    assert list(project.column("sources", "kind")).count("Representation") == 1
    words = list(project.column("selections", "quotation"))
    assert words.count("quick") == (2 if placed else 0)
    assert [(one.coder, one.where) for one in merged.unplaced] == (
        [] if placed else [("Ana", "Representation of Paper, characters 4 to 9")]
    )
    assert not merge_projects([target, ben], None).conflicts


# -- what named a passage that has no place any more -------------------------------------------------------------------


def test_nothing_names_a_passage_that_could_not_be_placed(tmp_path: Path) -> None:
    small = base()
    passage, values = small.coding("Bo", "write at night", "Values", "Reach", by="Ana"), guid("code", "Values")
    small.cases.append(
        f'<Case guid="{guid("case")}" name="Night"><CodeRef targetGUID="{values}"/>'
        f'<SelectionRef targetGUID="{passage}"/></Case>'
    )
    more = (
        f'<Links><Link guid="{guid("link")}" name="L" originGUID="{passage}" targetGUID="{values}"/></Links>'
        f'<Graphs><Graph guid="{guid("graph")}" name="G">'
        f'<Vertex guid="{guid("v1")}" representedGUID="{passage}" name="At night" firstX="1" firstY="1"/>'
        f'<Vertex guid="{guid("v2")}" representedGUID="{values}" firstX="1" firstY="1"/>'
        f'<Edge guid="{guid("edge")}" representedGUID="{guid("link")}" sourceVertex="{guid("v1")}" '
        f'targetVertex="{guid("v2")}"/></Graph></Graphs></Project>'
    )
    ana = written(tmp_path / "ana.qde", small.xml().replace("</Project>", more))
    ben = written(tmp_path / "ben.qde", base().xml().replace("But I could write at night.", "But no."), date=NEW)
    assert not validate(ana)
    merged = merge_projects([ben, ana], tmp_path / "team.qde")
    assert [one.quotation for one in merged.unplaced] == ["write at night"]
    assert any(finding.message.startswith("2 links or members of a case") for finding in merged.findings)
    assert not validate(tmp_path / "team.qde")
    project = read_project(tmp_path / "team.qde")
    assert [row["member_kind"] for row in project.records("case_members")] == ["CodeRef"]
    assert list(project.column("vertices", "name")) == ["At night", None]


# -- what is too little to recognise something by ----------------------------------------------------------------------


def with_recording(path: Path, who: str, passages: str, *, name: str = "Talk", file: str = "") -> Path:
    transcript = f"<PlainTextContent>One two three.</PlainTextContent>{passages}"
    return written(
        path,
        base().xml(
            f'<AudioSource guid="{guid("audio", who)}" name="{name}" path="{file or f"internal://{who}.mp3"}">'
            f'<Transcript guid="{guid("transcript", who)}">{transcript}</Transcript></AudioSource>'
        ),
    )


def passage(number: str) -> str:
    """A passage of a transcript without sync points, as some programs write it: it says nowhere where it lies."""
    code = f'<CodeRef targetGUID="{guid("code", "Values", "Trust")}"/>'
    coding = f'<Coding guid="{guid("coding", number)}" creatingUser="{guid("user", "Lead")}">{code}</Coding>'
    return f'<TranscriptSelection guid="{guid("passage", number)}">{coding}</TranscriptSelection>'


def test_codings_of_passages_that_say_nowhere_where_they_lie_are_kept_apart(tmp_path: Path) -> None:
    ana = with_recording(tmp_path / "ana.qde", "one", passage("1") + passage("2"))
    ben = with_recording(tmp_path / "ben.qde", "one", passage("1") + passage("3"))
    merge_projects([ana, ben], tmp_path / "team.qde")
    found = list(read_project(tmp_path / "team.qde").column("codings", "guid"))
    assert {guid("coding", number) for number in "123"} <= set(found)


def test_a_recording_that_no_copy_holds_is_known_by_its_name(tmp_path: Path) -> None:
    ana = with_recording(tmp_path / "ana.qde", "one", passage("1"))
    ben = with_recording(tmp_path / "ben.qde", "two", passage("2"))
    merge_projects([ana, ben], tmp_path / "team.qde")
    assert list(read_project(tmp_path / "team.qde").column("sources", "kind")).count("AudioSource") == 1
    # another path outside of the project may be another recording
    ana = with_recording(tmp_path / "ana.qde", "one", passage("1"), file="absolute:///a/one.mp3")
    ben = with_recording(tmp_path / "ben.qde", "two", passage("2"), file="absolute:///b/two.mp3")
    merge_projects([ana, ben], tmp_path / "team.qde", force=True)
    assert list(read_project(tmp_path / "team.qde").column("sources", "kind")).count("AudioSource") == 2


# -- codes and selections that moved -----------------------------------------------------------------------------------


def codebook(path: Path, codes: str, *, date: str = OLD) -> Path:
    xml = base().xml()
    start, end = xml.index("<Codes>") + len("<Codes>"), xml.index("</Codes>")
    return written(path, xml[:start] + codes + xml[end:], date=date)


def code(name: str, inside: str = "") -> str:
    path = ("Values", name) if name == "Trust" else (name,)
    return f'<Code guid="{guid("code", *path)}" name="{name}" isCodable="true">{inside}</Code>'


def test_a_code_moved_below_one_that_comes_later_stands_there(tmp_path: Path) -> None:
    paths = [
        codebook(tmp_path / "ana.qde", code("Trust") + code("Hope") + code("Late"), date=NEW),
        codebook(tmp_path / "ben.qde", code("Hope") + code("Late", code("Trust"))),
        codebook(tmp_path / "cem.qde", code("Trust") + code("Hope") + code("Late") + code("Own")),
    ]
    merged = merge_projects(paths, tmp_path / "team.qde", settle={"Late > Trust, parent": "ben.qde"})
    assert [(one.attribute, dict(one.sides)["ben.qde"], one.chosen, one.why) for one in merged.conflicts][:1] == [
        ("parent", "Late", "ben.qde", "as you said")
    ]
    project = read_project(tmp_path / "team.qde")
    assert list(project.column("codes", "name")) == ["Hope", "Late", "Trust", "Own"]
    assert list(project.column("codes", "parent_row")) == [None, None, 1, None]
    assert [project.rows["codes"][row][1] for row in project.column("codings", "code_row")] == [
        project.rows["codes"][2][1]
    ]
    assert [row[1] for row in merged.project.rows["codes"]] == [row[1] for row in project.rows["codes"]]


def test_codes_moved_below_each_other_stand_at_the_top(tmp_path: Path) -> None:
    paths = [
        codebook(tmp_path / "ana.qde", code("Trust", code("Hope"))),
        codebook(tmp_path / "ben.qde", code("Hope", code("Trust"))),
    ]
    merge_projects(paths, tmp_path / "team.qde", settle={"Trust > Hope, parent": "ana.qde", "Trust, parent": "ben.qde"})
    assert sorted(read_project(tmp_path / "team.qde").column("codes", "name")) == ["Hope", "Trust"]
    assert not [finding for finding in validate(tmp_path / "team.qde") if finding.code == "schema"]


def test_a_selection_that_moved_with_its_text_is_one_though_somebody_added_a_coding(tmp_path: Path) -> None:
    values = f'<CodeRef targetGUID="{guid("code", "Values")}"/>'
    added = (
        f'<Coding guid="{guid("added")}" creatingUser="{guid("user", "Lead")}">{values}</Coding></PlainTextSelection>'
    )
    ana = written(tmp_path / "ana.qde", base().xml().replace("</PlainTextSelection>", added))
    # the program put the new word inside of the passage
    moved = base().xml().replace("felt heard", "felt never heard").replace('endPosition="12"', 'endPosition="18"')
    ben = written(tmp_path / "ben.qde", moved.replace('startPosition="2"', 'startPosition="0"'), date=NEW)
    merged = merge_projects([ana, ben], tmp_path / "team.qde")
    project = read_project(tmp_path / "team.qde")
    assert list(project.column("selections", "quotation")) == ["I felt never heard"]
    assert len(project.rows["codings"]) == 2
    assert {one.attribute for one in merged.conflicts} == {"text", "place"}
    again = merge_projects([tmp_path / "team.qde", ana], tmp_path / "again.qde")
    assert len(again.project.rows["selections"]) == 1
