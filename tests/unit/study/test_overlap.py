"""Where quotations meet: in texts, recordings and pictures; quickly, and as a slow comparison of all pairs says."""

import random
import time
from itertools import combinations
from pathlib import Path

import pytest
from small_projects import Small, guid

from qdpx_compassion.refi.reader import read_project
from qdpx_compassion.study.codings import codings
from qdpx_compassion.study.cooccurrence import cooccurrence
from qdpx_compassion.study.overlap import Region, Shared, neighbours, overlapping
from qdpx_compassion.study.quotations import quotations

SHARED = Path(__file__).resolve().parents[4] / "shared" / "real"
NVIVO = SHARED / "nvivo-mac-20.5-zenodo-5703624.qdpx"
ATLAS = SHARED / "atlasti-mac-8.4-spec-annex-a2.qde"


def scattered(number: int, *, area: bool = False, seed: int = 1) -> list[Region]:
    chance = random.Random(seed)
    found = []
    for place in range(number):
        start, low = chance.randrange(2000), chance.randrange(100) if area else 0
        high = low + chance.randrange(1, 40) if area else 1
        unit = "area" if area else "characters"
        container = chance.randrange(3)
        end = start + chance.randrange(1, 60)
        found.append(Region(place, container, unit, start, end, low, high))  # type: ignore[arg-type]
    return found


@pytest.mark.parametrize("area", [False, True], ids=["texts", "areas"])
def test_the_join_finds_the_pairs_that_comparing_all_with_all_finds(area: bool) -> None:
    found = scattered(300, area=area)
    expected = {
        (one.place_id, two.place_id)
        for one, two in combinations(found, 2)
        if one.container == two.container
        and min(one.end, two.end) > max(one.start, two.start)
        and min(one.high, two.high) > max(one.low, two.low)
    }
    pairs = list(overlapping(found))
    assert len(pairs) == len(set(pairs))
    assert set(pairs) == expected


def test_quotations_that_only_touch_do_not_meet() -> None:
    assert not list(overlapping([Region(1, 0, "characters", 0, 10), Region(2, 0, "characters", 10, 20)]))
    assert list(overlapping([Region(1, 0, "characters", 0, 11), Region(2, 0, "characters", 10, 20)])) == [(1, 2)]


def test_a_hundred_thousand_selections_are_joined_in_seconds() -> None:
    chance = random.Random(3)
    found = [
        Region(place, place % 100, "characters", start := chance.randrange(200_000), start + chance.randrange(1, 800))
        for place in range(100_000)
    ]
    begun = time.perf_counter()
    assert len(neighbours(found)) == 100_000
    assert time.perf_counter() - begun < 10


def test_jaccard_is_what_both_cover_of_what_either_covers() -> None:
    shared = Shared()
    shared.add(
        [
            (1, Region(0, 0, "characters", 0, 10)),
            (1, Region(1, 0, "characters", 5, 20)),
            (2, Region(2, 0, "characters", 15, 35)),
            (2, Region(3, 1, "characters", 0, 5)),
            (3, Region(4, 2, "area", 0, 10, 0, 10)),
            (4, Region(5, 2, "area", 5, 15, 5, 15)),
        ]
    )
    assert shared.jaccard(1, 2) == 5 / 40  # 1: 0 to 20; 2: 15 to 35 and 5 more
    assert shared.jaccard(2, 1) == 5 / 40
    assert shared.jaccard(3, 4) == 25 / 175
    assert shared.jaccard(1, 3) == 0.0
    assert shared.jaccard(8, 9) is None


def test_values_meet_where_their_quotations_share_a_character(tmp_path: Path) -> None:
    small = Small()
    small.text("P1", "I want to be heard and to be left alone.")
    small.coding("P1", "to be heard", "Heard")
    small.coding("P1", "heard and to be", "Both")
    small.coding("P1", "left alone", "Alone")
    small.coding("P1", "left alone", "Quiet")
    project = small.read(tmp_path)
    rows = codings(quotations(project))
    found = cooccurrence(project, rows)
    codes = {row.value: row.code_row for row in rows}
    meets = {(one, two) for one in codes for two in codes if found.pairs[codes[one], codes[two]]}
    assert meets == {("Heard", "Both"), ("Alone", "Quiet")}
    assert found.jaccard(codes["Alone"], codes["Quiet"]) == 1.0
    assert found.jaccard(codes["Heard"], codes["Both"]) == len("heard") / len("to be heard and to be")


def test_recordings_meet_in_time_and_pictures_in_area(tmp_path: Path) -> None:
    small = Small()
    small.code("A")
    small.code("B")
    number = 0

    def coded(element: str, attributes: str, code: str) -> str:
        nonlocal number
        number += 1
        return (
            f'<{element} guid="{guid("m", str(number))}" {attributes}><Coding guid="{guid("mc", str(number))}">'
            f'<CodeRef targetGUID="{guid("code", code)}"/></Coding></{element}>'
        )

    box = 'firstX="{}" firstY="{}" secondX="{}" secondY="{}"'.format
    span = 'begin="{}" end="{}"'.format
    more = (
        f'<PictureSource guid="{guid("pic")}" name="Picture" path="internal://p.jpg">'
        f"{coded('PictureSelection', box(0, 0, 10, 10), 'A')}{coded('PictureSelection', box(20, 5, 5, 20), 'B')}"
        f"{coded('PictureSelection', box(11, 0, 12, 4), 'B')}</PictureSource>"
        f'<AudioSource guid="{guid("aud")}" name="Sound" path="internal://s.mp3">'
        f"{coded('AudioSelection', span(0, 5000), 'A')}"
        f"{coded('AudioSelection', span(4000, 6000), 'B')}"
        f"{coded('AudioSelection', span(5000, 6000), 'B')}</AudioSource>"
    )
    project = small.read(tmp_path, more)
    rows = codings(quotations(project))
    found = cooccurrence(project, rows)
    one, two = sorted({row.code_row for row in rows})
    assert found.pairs[one, two] == 2
    assert found.jaccard(one, two) == 1000 / 6000  # time goes before area


@pytest.mark.skipif(not NVIVO.exists(), reason="the real NVivo export is not here")
def test_in_a_real_project_pairs_are_those_of_all_pairs() -> None:
    project = read_project(NVIVO)
    rows = codings(quotations(project))
    places = {row.place_id: row for row in rows if row.start_index != row.end_index}
    codes: dict[int, set[int]] = {}
    for row in rows:
        codes.setdefault(row.place_id, set()).add(row.code_row)
    expected: dict[tuple[int, int], int] = {}
    for one, two in combinations(sorted(places), 2):
        a, b = places[one], places[two]
        assert a.start_index is not None and a.end_index is not None
        assert b.start_index is not None and b.end_index is not None
        if a.text_row == b.text_row and min(a.end_index, b.end_index) > max(a.start_index, b.start_index):
            for first in codes[one]:
                for second in codes[two] - {first}:
                    key = (min(first, second), max(first, second))
                    expected[key] = expected.get(key, 0) + 1
    for held in codes.values():
        for first, second in combinations(sorted(held), 2):
            expected[first, second] = expected.get((first, second), 0) + 1
    assert dict(cooccurrence(project, rows).pairs) == expected


@pytest.mark.skipif(not ATLAS.exists(), reason="the ATLAS.ti project of the standard's annex is not here")
def test_where_a_text_is_missing_positions_say_what_meets() -> None:
    project = read_project(ATLAS)
    rows = codings(quotations(project))
    found = cooccurrence(project, rows)
    codes = {row.value: row.code_row for row in rows}
    one, two = sorted((codes["bacon and eggs"], codes["happiness"]))
    assert found.pairs[one, two] == 2  # one quotation with both, and 688 to 907 inside 513 to 907
    assert found.jaccard(one, two) == (410 + 219) / (410 + 394)
