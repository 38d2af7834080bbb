"""Each rule of counting, on a project that is small enough to count by hand."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest
from small_projects import Small, guid

from qdpx_compassion.errors import UsageError
from qdpx_compassion.frameworks import framework_codes, load_framework
from qdpx_compassion.study.codings import codings
from qdpx_compassion.study.counts import Tally, count, numbers, tally
from qdpx_compassion.study.participants import find_participants
from qdpx_compassion.study.quotations import IN_NOTE, LEFT_OUT, REPEATS, quotations
from qdpx_compassion.study.spans import union_length


@dataclass(frozen=True)
class Decided:
    constructs: dict[str, tuple[str, ...]] = field(default_factory=dict)
    themes: dict[tuple[str, str], str] = field(default_factory=dict)
    none: frozenset[tuple[str, str]] = frozenset()
    exceptions: dict[str, dict[str, bool]] = field(default_factory=dict)


@dataclass(frozen=True)
class LeftOut:
    key: str
    name: str = ""
    label: str = ""
    group: str = ""
    include: bool = False
    where: str = ""


@dataclass(frozen=True)
class People:
    participants: tuple[LeftOut, ...]


def test_two_coders_at_one_place_make_one_coding(tmp_path: Path) -> None:
    small = Small()
    small.text("P1", "I want to be heard.")
    small.coding("P1", "be heard", "Heard", by="Ana")
    small.coding("P1", "be heard", "Heard", by="Bo")
    small.coding("P1", "to be heard", "Heard", by="Bo")  # another place
    small.coding("P1", "be heard", "Other", by="Bo")  # another code
    rows = quotations(small.read(tmp_path))
    assert list(rows["counted"]) == [True, False, True, True]
    assert rows["same_as"].iloc[1] == 0
    assert rows["not_counted"].iloc[1] == REPEATS


def test_a_pdf_area_and_its_text_with_one_guid_are_one_coding(tmp_path: Path) -> None:
    small = Small()
    small.code("Heard")
    coding = f'<Coding guid="{guid("c")}"><CodeRef targetGUID="{guid("code", "Heard")}"/></Coding>'
    one, two = guid("area one"), guid("area two")
    areas = "".join(
        f'<PDFSelection guid="{selection}" page="0" firstX="1" firstY="2" secondX="3" secondY="4">'
        f"{coding}</PDFSelection>"
        for selection in (one, two)
    )
    text = (
        f'<Representation guid="{guid("text")}"><PlainTextContent>I want to be heard.</PlainTextContent>'
        f'<PlainTextSelection guid="{one.upper()}" startPosition="10" endPosition="18">{coding}</PlainTextSelection>'
        "</Representation>"
    )
    pdf = f'<PDFSource guid="{guid("pdf")}" name="P1">{areas}{text}</PDFSource>'
    rows = quotations(small.read(tmp_path, pdf))
    assert list(rows["selection_kind"]) == ["PDFSelection", "PDFSelection", "PlainTextSelection"]
    assert list(rows["quotation"].iloc[[0, 2]]) == ["be heard", "be heard"]
    assert list(rows["counted"]) == [True, True, False]
    assert rows["not_counted"].iloc[2] == REPEATS
    assert [str(place)[:6] for place in rows["place"]] == ["page 1", "page 1", "page 1"]  # for who looks for it


def test_codings_in_notes_and_of_people_left_out_do_not_count(tmp_path: Path) -> None:
    small = Small()
    small.text("P1", "text")
    small.text("P2", "text")
    small.coding("P1", "text", "Heard")
    small.coding("P2", "text", "Heard")
    selection = (
        f'<PlainTextSelection guid="{guid("in note")}" startPosition="0" endPosition="2">'
        f'<Coding guid="{guid("nc")}"><CodeRef targetGUID="{small.code("Heard")}"/></Coding></PlainTextSelection>'
    )
    small.note("Memo", "My thoughts", selection)
    project = small.read(tmp_path)
    people = find_participants(project, People((LeftOut(guid("source", "P2")),)))
    rows = quotations(project, participants=people)
    assert list(rows["not_counted"].fillna("")) == ["", LEFT_OUT, IN_NOTE]
    table = count(rows, people)
    assert (table["participants"].item(), table["share"].item(), table["codings"].item()) == (1, 1.0, 1)


def test_a_participant_counts_once_and_percentages_are_of_all(tmp_path: Path) -> None:
    small = Small()
    for name, role in (("P1", "client"), ("P2", "client"), ("P3", "nurse"), ("P4", "nurse"), ("P5", "nurse")):
        small.text(name, "to be heard and heard again", Role=role)
    small.coding("P1", "be heard", "Heard")
    small.coding("P1", "heard again", "Heard")
    small.coding("P3", "be heard", "Heard")
    project = small.read(tmp_path)
    people = find_participants(project)
    row = count(quotations(project, participants=people), people).iloc[0]
    assert (row["participants"], row["share"], row["codings"]) == (2, 0.4, 3)
    assert (row["participants: client"], row["share: client"]) == (1, 0.5)
    assert (row["participants: nurse"], row["share: nurse"]) == (1, pytest.approx(1 / 3))
    assert row["characters"] == len("be heard") + len("heard again") + len("be heard")


def test_coded_characters_of_overlapping_codings_count_once() -> None:
    assert union_length([(0, 10), (5, 15), (20, 25), (20, 22), (30, 30), (9, 3)]) == 20
    assert union_length([]) == 0


def test_cases_and_the_framework_itself_are_no_values(tmp_path: Path) -> None:
    framework = load_framework()
    top = framework_codes(framework)
    small = Small()
    small.text("P1", "to be heard")
    small.coding("P1", "heard", "Heard")
    small.coding("P1", "heard", "Anna")
    small.case("Anna")
    path = tmp_path / "small.qde"
    ours = (
        f'<Code guid="{top.guid.upper()}" name="Compassion" isCodable="false">'
        f'<Code guid="{guid("below")}" name="below" isCodable="true"/></Code></Codes>'
    )
    coding = f'<Coding guid="{guid("x")}"><CodeRef targetGUID="{guid("below")}"/></Coding></PlainTextSelection>'
    xml = small.xml().replace("</Codes>", ours).replace("</PlainTextSelection>", coding)
    path.write_text(xml, encoding="utf-8")
    from qdpx_compassion.refi.reader import read_project

    project = read_project(path)
    assert len(project.rows["codings"]) == 4
    assert list(quotations(project)["value"]) == ["Heard"]
    assert list(quotations(project, framework)["value"]) == ["Heard"]


def test_an_exception_holds_in_its_selection_only(tmp_path: Path) -> None:
    small = Small()
    small.text("P1", "heard here, heard there")
    first = small.coding("P1", "heard here", "Heard")
    small.coding("P1", "heard there", "Heard")
    project = small.read(tmp_path)
    framework = load_framework()
    decided = Decided(
        {guid("code", "Heard"): ("recognising-suffering",)},
        exceptions={first: {"recognising-suffering": False, "emotional-resonance": True}},
    )
    rows = quotations(project, framework, decided)
    assert list(rows["constructs"]) == [("emotional-resonance",), ("recognising-suffering",)]
    assert list(rows["element"]) == [("emotional-resonance",), ("recognising-suffering",)]
    assert list(rows["technology-effect"]) == [(), ()]
    table = count(rows, find_participants(project), "construct")
    assert sorted(table["construct"]) == ["emotional-resonance", "recognising-suffering"]


def test_a_coding_of_a_whole_source_counts_but_has_no_characters(tmp_path: Path) -> None:
    small = Small()
    small.text("P1", "heard")
    small.whole("P1", "Heard")
    small.coding("P1", "heard", "Other")
    project = small.read(tmp_path)
    rows = quotations(project)
    assert sorted(rows["place"]) == ["characters 0 to 5", "the whole source"]
    by_value = count(rows, find_participants(project)).set_index("path")
    assert (by_value.loc["Heard", "codings"], by_value.loc["Heard", "characters"]) == (1, 0)


def test_notes_on_a_coding_or_selection_stand_with_it(tmp_path: Path) -> None:
    small = Small()
    small.text("P1", "heard")
    small.note("Why", "Because she said so.")
    inside = "<Description>striking</Description>"
    small.coding("P1", "heard", "Heard", inside=inside)
    path = tmp_path / "small.qde"
    xml = small.xml().replace("</Coding></Plain", f'<NoteRef targetGUID="{guid("note", "Why")}"/></Coding></Plain')
    path.write_text(xml, encoding="utf-8")
    from qdpx_compassion.refi.reader import read_project

    row = quotations(read_project(path)).iloc[0]
    assert (row["comment"], row["notes"]) == ("striking", "Why: Because she said so.")


def test_a_project_without_codings_counts_nothing(tmp_path: Path) -> None:
    small = Small()
    small.text("P1", "text")
    small.code("Heard")
    project = small.read(tmp_path)
    people = find_participants(project)
    rows = quotations(project, participants=people)
    assert len(rows) == 0
    assert len(count(rows, people)) == 0
    assert tally(codings(rows), lambda row: (row.code_row,)) == {}
    assert numbers(Tally(), people)["share"] == 0.0


def test_counting_by_something_unknown_says_by_what_can_be_counted(tmp_path: Path) -> None:
    small = Small()
    small.text("P1", "text")
    project = small.read(tmp_path)
    with pytest.raises(UsageError, match="participant"):
        count(quotations(project), find_participants(project), "colour")
