"""Who counts as a participant, for each program's way of saying so."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from small_projects import Small, guid

from qdpx_compassion.errors import UsageError
from qdpx_compassion.refi.reader import read_project
from qdpx_compassion.study.participants import NO_GROUP, Participants, find_participants
from qdpx_compassion.study.quotations import NOBODY, quotations

SHARED = Path(__file__).resolve().parents[4] / "shared" / "real"
NVIVO = SHARED / "nvivo-mac-20.5-zenodo-5703624.qdpx"
ATLAS = SHARED / "atlasti-mac-8.4-spec-annex-a2.qde"


@dataclass(frozen=True)
class Person:
    key: str
    name: str = ""
    label: str = ""
    group: str = ""
    include: bool = True
    where: str = ""


@dataclass(frozen=True)
class People:
    participants: tuple[Person, ...]


def names(people: Participants) -> list[str]:
    return list(people.table["name"])


def groups(people: Participants) -> dict[str, str]:
    return dict(zip(people.table["name"], people.table["group"], strict=True))


def test_without_cases_each_source_is_a_participant_and_notes_are_nobody(tmp_path: Path) -> None:
    small = Small()
    small.text("P1", "one")
    small.text("P2", "two")
    small.note("Memo", "my thoughts")
    people = find_participants(small.read(tmp_path))
    assert names(people) == ["P1", "P2"]
    assert people.sizes == {"": 2}
    assert people.groups == []


def test_an_nvivo_case_is_the_code_of_its_guid_and_its_members_are_that_codes_codings(tmp_path: Path) -> None:
    small = Small()
    small.text("Interview Anna", "a" * 1000, Role="client")
    small.text("Diary Anna", "b" * 200, Role="client")
    small.text("Interview Ben", "c" * 100, Role="nurse")
    small.text("Interview Cas", "d" * 100, Role="nurse")
    small.coding("Interview Anna", (0, 996), "People", "Anna")  # stops four characters short
    small.whole("Diary Anna", "People", "Anna")
    small.coding("Interview Ben", (0, 100), "People", "Ben")
    small.case("People")
    small.case("People", "Anna")
    small.case("People", "Ben")
    people = find_participants(small.read(tmp_path))
    assert names(people) == ["Anna", "Ben", "Interview Cas"]
    assert list(people.table["sources"]) == [("Interview Anna", "Diary Anna"), ("Interview Ben",), ("Interview Cas",)]
    assert groups(people) == {"Anna": "client", "Ben": "nurse", "Interview Cas": "nurse"}
    assert people.group_name == "Role"
    assert any("no case" in told or "nobody holds" in told for told in people.explanation)


def test_cases_that_lie_over_others_are_groups(tmp_path: Path) -> None:
    small = Small()
    for number in range(6):
        small.text(f"P{number}", "x" * 50)
        small.coding(f"P{number}", (0, 50), "Cases", f"P{number}")
        small.coding(f"P{number}", (0, 49), "Wards", "East" if number < 3 else "West")
    for path in (("Cases",), *(("Cases", f"P{number}") for number in range(6)), ("Wards", "East"), ("Wards", "West")):
        small.case(*path)
    people = find_participants(small.read(tmp_path))
    assert names(people) == [f"P{number}" for number in range(6)]
    assert people.sizes == {"": 6, "East": 3, "West": 3}
    assert find_participants(small.read(tmp_path), group="none").sizes == {"": 6}


def test_folders_of_cases_are_groups(tmp_path: Path) -> None:
    small = Small()
    for number in range(4):
        folder = "Clients" if number < 2 else "Nurses"
        small.text(f"P{number}", "x" * 50)
        small.coding(f"P{number}", (0, 50), "All", folder, f"P{number}")
        small.case("All", folder, f"P{number}")
    small.case("All", "Clients")
    small.case("All", "Nurses")
    people = find_participants(small.read(tmp_path))
    assert people.sizes == {"": 4, "Clients": 2, "Nurses": 2}


def test_a_nameless_case_with_one_source_is_called_after_it_and_brings_its_variables(tmp_path: Path) -> None:
    small = Small(origin="MAXQDA 2024")
    for name, role in (("Anna", "client"), ("Ben", "nurse"), ("Cas", "nurse")):
        small.text(name, "text")
        small.nameless_case(name, Role=role)
    people = find_participants(small.read(tmp_path))
    assert names(people) == ["Anna", "Ben", "Cas"]
    assert groups(people) == {"Anna": "client", "Ben": "nurse", "Cas": "nurse"}
    assert set(people.table["kind"]) == {"case"}


def test_sets_called_variable_and_value_are_variables(tmp_path: Path) -> None:
    small = Small(origin="ATLAS.ti 23")
    for name in ("Anna", "Ben", "Cas", "Dirk"):
        small.text(name, "text")
    small.set_of("Role: client", "Anna", "Ben")
    small.set_of("Role::nurse", "Cas", "Dirk")
    small.set_of("favourites", "Cas")
    people = find_participants(small.read(tmp_path))
    assert people.group_name == "Role"
    assert people.sizes == {"": 4, "client": 2, "nurse": 2}
    assert find_participants(small.read(tmp_path), group="favourites").sizes["favourites"] == 1


def test_in_a_focus_group_each_quotation_belongs_to_who_speaks(tmp_path: Path) -> None:
    small = Small()
    small.text("Focus group", "ANNA: I want quiet. BEN: I want noise. [laughter] ANNA: Less of it.")
    small.coding("Focus group", "ANNA: I want quiet.", "Speakers", "Anna")
    small.coding("Focus group", "BEN: I want noise.", "Speakers", "Ben")
    small.coding("Focus group", "ANNA: Less of it.", "Speakers", "Anna")
    small.coding("Focus group", "I want quiet. BEN", "Values", "Quiet")
    small.coding("Focus group", "I want noise", "Values", "Noise")
    small.coding("Focus group", "Less of it", "Values", "Quiet")
    small.coding("Focus group", "laughter", "Values", "Humour")
    small.case("Speakers", "Anna")
    small.case("Speakers", "Ben")
    project = small.read(tmp_path)
    people = find_participants(project)
    assert names(people) == ["Anna", "Ben"]
    rows = quotations(project, participants=people)
    assert list(zip(rows["value"], rows["participant"].fillna(""), strict=True)) == [
        ("Quiet", "Anna"),
        ("Noise", "Ben"),
        ("Quiet", "Anna"),
        ("Humour", ""),
    ]
    assert rows["not_counted"].iloc[3] == NOBODY


def test_speakers_may_be_codes_that_are_no_cases_and_then_they_are_no_values(tmp_path: Path) -> None:
    small = Small(origin="ATLAS.ti 23")
    small.text("Focus group", "ANNA: quiet. BEN: noise.")
    small.coding("Focus group", "ANNA: quiet.", "Speakers", "Anna")
    small.coding("Focus group", "BEN: noise.", "Speakers", "Ben")
    small.coding("Focus group", "quiet", "Values", "Quiet")
    project = small.read(tmp_path)
    people = find_participants(project, participants="codes:Speakers")
    assert names(people) == ["Anna", "Ben"]
    assert list(quotations(project, participants=people)["value"]) == ["Quiet"]


def test_a_case_may_refer_to_selections(tmp_path: Path) -> None:
    small = Small(origin="QDA Miner 6")
    small.text("Focus group", "ANNA: quiet. BEN: noise.")
    first = small.coding("Focus group", "ANNA: quiet.", "Quiet")
    second = small.coding("Focus group", "BEN: noise.", "Noise")
    for name, selection in (("Anna", first), ("Ben", second)):
        small.cases.append(
            f'<Case guid="{guid("case", name)}" name="{name}"><SelectionRef targetGUID="{selection}"/></Case>'
        )
    project = small.read(tmp_path)
    rows = quotations(project)
    assert list(zip(rows["participant"], rows["value"], strict=True)) == [("Anna", "Quiet"), ("Ben", "Noise")]


def test_few_large_cases_are_groups_of_people_unless_asked_otherwise(tmp_path: Path) -> None:
    small = Small()
    for number in range(10):
        small.text(f"P{number}", "x" * 20)
        small.coding(f"P{number}", (0, 20), "Clients" if number < 5 else "Nurses")
    small.case("Clients")
    small.case("Nurses")
    project = small.read(tmp_path)
    people = find_participants(project)
    assert people.sizes == {"": 10, "Clients": 5, "Nurses": 5}
    assert [finding.code for finding in people.findings] == ["study-cases-are-groups"]
    assert find_participants(project, participants="cases").sizes[""] == 2


def test_the_mapping_gives_labels_groups_and_leaves_people_out(tmp_path: Path) -> None:
    small = Small()
    small.text("Anna", "text", Role="client")
    small.text("Ben", "text", Role="nurse")
    small.text("Cas", "text", Role="nurse")
    project = small.read(tmp_path)
    rows = (
        Person(guid("source", "Anna").upper(), label="P1", group="one"),
        Person(guid("source", "Cas"), include=False),
        Person(guid("source", "Nobody"), "Nobody", where="Participants!A4"),
    )
    people = find_participants(project, People(rows))
    assert list(people.table["label"]) == ["P1", "Ben", "Cas"]
    assert people.sizes == {"": 2, "one": 1, NO_GROUP: 1}
    assert [(finding.code, finding.where) for finding in people.findings] == [
        ("mapping-participant", "Participants!A4")
    ]
    shown = quotations(project, participants=people)
    assert "Anna" not in shown.to_string()
    assert find_participants(project, People(rows), group="Role").sizes == {"": 2, "client": 1, "nurse": 1}


def test_what_does_not_exist_is_refused_with_what_does(tmp_path: Path) -> None:
    small = Small()
    small.text("Anna", "text", Role="client")
    project = small.read(tmp_path)
    for options in ({"group": "Ward"}, {"participants": "people"}, {"participants": "cases"}, {"participants": "sets"}):
        with pytest.raises(UsageError):
            find_participants(project, **options)  # type: ignore[arg-type]  # one option at a time
    with pytest.raises(UsageError, match="Role"):
        find_participants(project, group="Ward")


def test_sources_of_one_value_can_be_one_participants(tmp_path: Path) -> None:
    small = Small()
    for name, person in (("Interview 1", "Anna"), ("Interview 2", "Anna"), ("Interview 3", "Ben")):
        small.text(name, "text", Person=person)
    people = find_participants(small.read(tmp_path), participants="variable:Person")
    assert list(people.table["sources"]) == [("Interview 1", "Interview 2"), ("Interview 3",)]


def test_people_of_one_name_are_told_apart(tmp_path: Path) -> None:
    small = Small(origin="MAXQDA 2024")
    small.text("Interview", "text")
    xml = small.xml(
        f'<TextSource guid="{guid("other")}" name="Interview"><PlainTextContent>b</PlainTextContent></TextSource>'
    )
    path = tmp_path / "two.qde"
    path.write_text(xml, encoding="utf-8")
    assert list(find_participants(read_project(path)).table["label"]) == ["Interview", "Interview (2)"]


@pytest.mark.skipif(not NVIVO.exists(), reason="the real NVivo export is not here")
def test_in_a_real_nvivo_project_outlets_are_participants_and_years_are_groups() -> None:
    people = find_participants(read_project(NVIVO))
    assert people.sizes == {"": 60, "2010": 19, "2015": 21, "2021": 20}
    assert people.group_name == "Year"
    assert all(len(rows) == 1 for rows in people.table["source_rows"])
    assert find_participants(read_project(NVIVO), group="cases:years").sizes[NO_GROUP] == 13


@pytest.mark.skipif(not ATLAS.exists(), reason="the ATLAS.ti project of the standard's annex is not here")
def test_in_the_annex_of_the_standard_document_groups_can_be_participants() -> None:
    people = find_participants(read_project(ATLAS), participants="sets", group="gender")
    assert {"Mabel", "Simon"} <= set(names(people))
    assert groups(people)["Mabel"] == "female"
    assert groups(people)["Simon"] == "male"


def test_a_case_that_codes_areas_of_a_picture_or_page_has_that_source(tmp_path: Path) -> None:
    small = Small()
    small.case("Anna")
    pictures = "".join(
        f'<PictureSource guid="{guid("picture", name)}" name="{name}" path="internal://{name}.jpg">'
        f'<PictureSelection guid="{guid("area", name)}" firstX="0" firstY="0" secondX="9" secondY="9">'
        f'<Coding guid="{guid("area coding", name)}"><CodeRef targetGUID="{guid("code", "Anna")}"/></Coding>'
        "</PictureSelection></PictureSource>"
        for name in ("one", "two")
    )
    people = find_participants(small.read(tmp_path, pictures))
    assert names(people) == ["Anna"]
    assert list(people.table["sources"]) == [("one", "two")]
