"""What changed between two projects is found, and what is only written otherwise is no change."""

import re
import time
import uuid
import zipfile
from bisect import bisect_left
from pathlib import Path
from typing import Any

import pytest
from documents import STYLES, random_project
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from small_project import ANNA, BEN, HEARD, OPEN, coding, document, selection

from qdpx_compassion.enrich.projects import enrich_project
from qdpx_compassion.frameworks import load_framework
from qdpx_compassion.mapping.reading import read_mapping
from qdpx_compassion.teams import Difference, KindDifference, diff_projects

ROOT = Path(__file__).resolve().parents[3]
FIRST_STEPS = ROOT / "sample_projects/first-steps/first-steps.qdpx"
NVIVO = ROOT / "sample_projects/values-study/values-study-nvivo.qdpx"
ATLASTI = ROOT / "sample_projects/values-study/values-study-atlasti.qdpx"
REAL = sorted((ROOT / "../shared/real").glob("*.qd[pe]*"))
GUID = re.compile(rb"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
NAMESPACE = "{urn:QDA-XML:project:1.0}"


def other_guids(data: bytes) -> bytes:
    def other(match: re.Match[bytes]) -> bytes:
        return str(uuid.uuid5(uuid.NAMESPACE_OID, match[0].decode().lower())).encode()

    return GUID.sub(other, data)


def as_mac(source: Path, target: Path) -> None:
    """What NVivo for Mac exports of a project that NVivo for Windows exported: other GUIDs, LF, no BOM, no empties."""
    with zipfile.ZipFile(source) as archive:
        members = {info.filename: archive.read(info) for info in archive.infolist()}
    texts = {name.rsplit("/", 1)[-1]: data.removeprefix(b"\xef\xbb\xbf").decode() for name, data in members.items()
             if name.endswith(".txt")}  # fmt: skip
    root = etree.fromstring(members["project.qde"])
    root.set("origin", "NVivo for Mac 20.5.0")
    for text in [item for item in root.iter(f"{NAMESPACE}*") if item.get("plainTextPath")]:
        written = texts[str(text.get("plainTextPath")).removeprefix("internal://")].encode("utf-16-le")
        breaks = [match.start() // 2 for match in re.finditer(b"\r\0\n\0", written) if match.start() % 2 == 0]
        for item in text.iter(f"{NAMESPACE}PlainTextSelection"):
            for name in ("startPosition", "endPosition"):
                position = int(str(item.get(name)))
                item.set(name, str(position - bisect_left(breaks, position)))
    for empty in [item for item in root.iter(f"{NAMESPACE}Description") if not item.text]:
        parent = empty.getparent()
        assert parent is not None
        parent.remove(empty)
    etree.indent(root, "")
    new = {"project.qde": other_guids(etree.tostring(root))}
    for name, data in members.items():
        if name.endswith(".txt"):
            data = data.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n")
        if name != "project.qde":
            new[other_guids(name.lower().encode()).decode()] = data
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in new.items():
            archive.writestr(name, data)


def changed(data: bytes, *replacements: tuple[str, str]) -> bytes:
    for old, new in replacements:
        assert old.encode() in data, old
        data = data.replace(old.encode(), new.encode())
    return data


def diff(tmp_path: Path, first: bytes, second: bytes) -> Difference:
    for name, data in (("first.qde", first), ("second.qde", second)):
        (tmp_path / name).write_bytes(data)
    return diff_projects(tmp_path / "first.qde", tmp_path / "second.qde")


def kind(difference: Difference, name: str) -> KindDifference:
    return next(one for one in difference.kinds if one.kind == name)


def differing(difference: Difference) -> set[str]:
    return {one.kind for one in difference.kinds if one.changed or one.lost or one.new}


PROJECT = document(
    selection(coding(1) + coding(2, OPEN, BEN), end=6)
    + selection(coding(3), guid=str(uuid.UUID(int=7)), start=7, end=12)
)


# -- the same ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [FIRST_STEPS, NVIVO, ATLASTI, *REAL], ids=lambda path: path.name)
def test_a_project_does_not_differ_from_itself(path: Path) -> None:
    difference = diff_projects(path, path)
    assert difference.is_empty
    assert difference.losses == 0
    assert all(one.first == one.second == one.same for one in difference.kinds)


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 100_000), style=st.sampled_from(STYLES))
def test_any_project_does_not_differ_from_itself_however_it_is_written(tmp_path: Path, seed: int, style: str) -> None:
    assert diff(tmp_path, random_project(seed, 2), random_project(seed, 2, style=style)).is_empty


@pytest.mark.parametrize("path", [FIRST_STEPS, NVIVO], ids=lambda path: path.name)
def test_the_windows_and_mac_exports_of_one_project_are_equal(path: Path, tmp_path: Path) -> None:
    as_mac(path, tmp_path / "mac.qdpx")
    for pair in ((path, tmp_path / "mac.qdpx"), (tmp_path / "mac.qdpx", path)):
        difference = diff_projects(*pair)
        assert differing(difference) == set()
        assert kind(difference, "codings").other_guid == kind(difference, "codings").same > 0


def test_the_same_study_from_another_program_keeps_every_coding_though_selections_are_joined() -> None:
    difference = diff_projects(NVIVO, ATLASTI)
    codings = kind(difference, "codings")
    cases = [item for item in codings.lost if item.label.startswith("Participants > ")]
    assert (codings.same, codings.changed, codings.new, len(cases)) == (599, [], [], len(codings.lost))
    assert kind(difference, "selections").merged > 200
    assert not kind(difference, "sources").changed


def dated(inner: str, number: int, user: str, rest: str = "") -> str:
    """A selection of the first word, with its own user and dates."""
    own = f'creatingUser="{user}" creationDateTime="2024-01-0{number}T08:00:00Z"{rest}'
    return selection(inner, guid=str(uuid.UUID(int=90 + number)), end=6).replace(
        "<PlainTextSelection ", f"<PlainTextSelection {own} "
    )


def test_users_and_dates_of_ranges_that_were_joined_or_split_are_no_changes(tmp_path: Path) -> None:
    modified = ' modifyingUser="{}" modifiedDateTime="2024-02-01T08:00:00Z"'
    several = document(dated(coding(1), 1, ANNA, modified.format(ANNA)) + dated(coding(2, OPEN), 2, BEN))
    one = document(dated(coding(1) + coding(2, OPEN), 1, BEN, modified.format(BEN)).replace("2024-01-01", "2024-01-05"))
    for pair in ((several, one), (one, several)):
        selections = kind(diff(tmp_path, *pair), "selections")
        assert (selections.merged, selections.same, selections.changed) == (1, 1, [])


def test_a_date_that_is_lost_when_ranges_are_joined_and_one_that_changes_without_joining_are_told(
    tmp_path: Path,
) -> None:
    several = document(dated(coding(1), 1, ANNA) + dated(coding(2, OPEN), 2, BEN))
    one = document(dated(coding(1) + coding(2, OPEN), 1, ANNA))
    undated = changed(one, (' creationDateTime="2024-01-01T08:00:00Z"', ""))
    (lost,) = kind(diff(tmp_path, several, undated), "selections").changed
    assert [(change.attribute, change.after) for change in lost.changes] == [("made", None)]
    of_another = changed(several, (' creationDateTime="2024-01-01T08:00:00Z"', ""))
    assert kind(diff(tmp_path, one, of_another), "selections").changed == []
    later = changed(one, ("2024-01-01", "2024-01-05"))
    (other,) = kind(diff(tmp_path, one, later), "selections").changed
    assert [change.attribute for change in other.changes] == ["made"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('color="#aabbcc"', 'color="#ABC"'),
        ("2024-01-02T03:04:05Z", "2024-01-02T05:04:05+02:00"),
        (ANNA, "{" + ANNA.upper() + "}"),
        ('isCodable="true"', 'isCodable=" 1 "'),
        ('isCodable="true"/>', 'isCodable="true"><Description/></Code>'),
    ],
)
def test_another_way_of_writing_the_same_is_no_difference(tmp_path: Path, old: str, new: str) -> None:
    first = changed(PROJECT, ('name="Openness" ', 'name="Openness" color="#aabbcc" '))
    assert diff(tmp_path, first, changed(first, (old, new))).is_empty


# -- what changed -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "old", "new", "attribute", "before", "after"),
    [
        ("codes", 'name="Openness"', 'name="Candour"', "name", "Openness", "Candour"),
        ("codes", 'name="Openness" isCodable="true"', 'name="Openness" isCodable="false"', "codable", "True", "False"),
        ("users", 'name="Ben"', 'name="Benno"', "name", "Ben", "Benno"),
        ("sources", 'name="Interview 1"', 'name="Interview 2"', "name", "Interview 1", "Interview 2"),
        ("selections", 'startPosition="7"', 'startPosition="6"', "place", "characters 7 to 12", "characters 6 to 12"),
        ("project", 'name="p"', 'name="q"', "name", "p", "q"),
    ],
)
def test_a_changed_attribute_is_told_with_from_and_to(
    tmp_path: Path, name: str, old: str, new: str, attribute: str, before: str, after: str
) -> None:
    difference = diff(tmp_path, PROJECT, changed(PROJECT, (old, new)))
    (one,) = kind(difference, name).changed
    assert (attribute, before, after) in [(change.attribute, change.before, change.after) for change in one.changes]
    assert difference.losses == 0
    assert differing(difference) <= {name, "codings"}


def test_another_text_is_a_change_of_the_source(tmp_path: Path) -> None:
    difference = diff(tmp_path, PROJECT, changed(PROJECT, ("heard and seen.", "heard and seen!")))
    assert differing(difference) == {"sources"}
    assert [change.attribute for change in kind(difference, "sources").changed[0].changes] == ["text"]


def test_a_coding_with_another_code_or_user_is_changed(tmp_path: Path) -> None:
    before, after = document(selection(coding(1))), document(selection(coding(1, OPEN, BEN)))
    difference = diff(tmp_path, before, after)
    (one,) = kind(difference, "codings").changed
    assert [(change.attribute, change.before, change.after) for change in one.changes] == [
        ("code", "Feeling heard", "Openness"),
        ("made by", "Anna", "Ben"),
    ]


def test_a_renamed_code_is_one_change_and_its_codings_are_the_same_ones(tmp_path: Path) -> None:
    difference = diff(tmp_path, PROJECT, changed(PROJECT, ('name="Feeling heard"', 'name="Being heard"')))
    assert differing(difference) == {"codes"}


def test_a_moved_code_keeps_its_codings_even_under_another_guid(tmp_path: Path) -> None:
    inner = f'<Code guid="{HEARD}" name="Feeling heard" isCodable="true"/>'
    flat = document(selection(coding(1)), codes=f'<Code guid="{OPEN}" name="Values" isCodable="true"/>{inner}')
    deep = document(selection(coding(1)), codes=f'<Code guid="{OPEN}" name="Values" isCodable="true">{inner}</Code>')
    difference = diff(tmp_path, flat, other_guids(deep))
    (one,) = kind(difference, "codes").changed
    assert [(change.attribute, change.before, change.after) for change in one.changes] == [("parent", None, "Values")]
    assert differing(difference) == {"codes"}


def test_quotations_are_found_again_where_the_text_before_them_grew(tmp_path: Path) -> None:
    after = changed(
        other_guids(PROJECT), ("I felt heard", "Oh, I felt heard"),
        *((f'{name}="{old}"', f'{name}="{old + 4}"') for name, old in
          (("startPosition", 7), ("endPosition", 12), ("startPosition", 0), ("endPosition", 6))),
    )  # fmt: skip
    difference = diff(tmp_path, PROJECT, after)
    assert not any(one.lost or one.new for one in difference.kinds)
    assert [one.changes[0].attribute for one in kind(difference, "selections").changed] == ["place", "place"]


# -- what is lost and new ---------------------------------------------------------------------------------------------


def test_what_is_gone_is_lost_and_the_other_way_round_it_is_new(tmp_path: Path) -> None:
    without = document(selection(coding(1), end=6))
    difference = diff(tmp_path, PROJECT, without)
    assert {one.kind: len(one.lost) for one in difference.kinds if one.lost} == {"selections": 1, "codings": 2}
    assert difference.losses == 3
    back = diff(tmp_path, without, PROJECT)
    assert {one.kind: len(one.new) for one in back.kinds if one.new} == {"selections": 1, "codings": 2}
    assert back.losses == 0


def test_a_lost_coding_is_told_by_code_quotation_and_coder(tmp_path: Path) -> None:
    difference = diff(tmp_path, PROJECT, document(selection(coding(1), end=6)))
    assert "Openness: Interview 1, characters 0 to 6: “I felt”, by Ben" in [
        item.label for item in kind(difference, "codings").lost
    ]


def test_a_value_that_is_gone_counts_as_lost(tmp_path: Path) -> None:
    plain = 'name="Openness" isCodable="true"'
    described = changed(PROJECT, (f"{plain}/>", f"{plain}><Description>Being open.</Description></Code>"))
    assert diff(tmp_path, described, PROJECT).losses == 1
    assert diff(tmp_path, PROJECT, described).losses == 0


def test_one_of_two_equal_codings_that_is_gone_is_lost(tmp_path: Path) -> None:
    twice = document(selection(coding(1) + coding(2)))
    difference = diff(tmp_path, twice, other_guids(document(selection(coding(1)))))
    assert len(kind(difference, "codings").lost) == 1


def test_enriching_adds_and_takes_nothing_away(tmp_path: Path) -> None:
    framework = load_framework()
    mapping, _ = read_mapping(FIRST_STEPS.with_name("mapping.csv"), framework)
    enrich_project(FIRST_STEPS, tmp_path / "enriched.qdpx", framework=framework, mapping=mapping)
    there = diff_projects(FIRST_STEPS, tmp_path / "enriched.qdpx")
    assert there.losses == 0
    assert not any(one.lost or one.changed for one in there.kinds)
    assert len(kind(there, "codings").new) == 54
    back = diff_projects(tmp_path / "enriched.qdpx", FIRST_STEPS)
    assert {one.kind: len(one.lost) for one in back.kinds} == {one.kind: len(one.new) for one in there.kinds}
    assert not any(one.new or one.changed for one in back.kinds)


def test_projects_of_other_codes_and_texts_have_nothing_in_common(tmp_path: Path) -> None:
    other = changed(
        other_guids(PROJECT), ("Feeling heard", "A"), ("Openness", "B"), ("Interview 1", "C"), ("I felt", "U")
    )
    assert diff(tmp_path, PROJECT, other).nothing_in_common


def test_the_file_of_a_picture_that_is_another_one_or_missing_is_told(tmp_path: Path) -> None:
    picture = f'<PictureSource guid="{uuid.UUID(int=9)}" name="Plan" path="internal://plan.png"/>'
    data = document(sources=picture)
    paths = []
    for number, content in enumerate((b"one", b"two", None)):
        paths.append(tmp_path / f"{number}.qdpx")
        with zipfile.ZipFile(paths[-1], "w") as archive:
            archive.writestr("project.qde", data)
            if content:
                archive.writestr("sources/plan.png", content)
    told: list[Any] = [kind(diff_projects(paths[0], path), "sources").changed for path in paths]
    assert told[0] == []
    assert (told[1][0].changes[0].attribute, told[1][0].loses) == ("file", False)
    assert (told[2][0].changes[0].after, told[2][0].loses) == (None, True)


def test_the_time_grows_with_the_number_of_selections_not_with_its_square(tmp_path: Path) -> None:
    def project(number: int) -> bytes:
        return document(
            "".join(
                selection(coding(i), guid=str(uuid.UUID(int=i + 1)), start=i % 20, end=i % 20 + 1)
                for i in range(number)
            )
        )

    def seconds(number: int) -> float:
        data = project(number)
        start = time.process_time()
        assert diff(tmp_path, data, other_guids(data)).is_empty
        return time.process_time() - start

    seconds(100)
    assert seconds(8000) < 16 * max(seconds(1000), 0.05)
