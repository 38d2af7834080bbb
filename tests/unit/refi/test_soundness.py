"""Where a project is found sound without a pass of repair, repair has nothing to do: never the other way round."""

import io
import re
from pathlib import Path

import pytest
from documents import STYLES, random_project
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from lxml import etree
from mutations import Mutator
from small_project import HEARD, SELECTION, coding, document, selection

from qdpx_compassion.errors import QdpxError
from qdpx_compassion.files.project_files import open_project_files
from qdpx_compassion.refi.names import CHILDREN
from qdpx_compassion.refi.repair.project import DocumentRepair, path_mender
from qdpx_compassion.refi.repair.soundness import findings_of_sound
from qdpx_compassion.refi.repair.survey import Options

GOOD = document(selection(coding(1)))
_GUID = re.compile(rb'"([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})"')


def is_sound(path: Path) -> bool:
    with open_project_files(path) as files:
        return findings_of_sound(files, path_mender(files)) is not None


def mends(path: Path, options: Options) -> list[str]:
    with open_project_files(path) as files:
        repair, out = DocumentRepair(files, path.parent, options), io.BytesIO()
        repair.write(out)
    assert repair.mends or out.getvalue() == path.read_bytes()
    return [mend.code for mend in repair.mends]


def assert_nothing_is_mended(path: Path) -> None:
    for assume in (False, True):
        for drop_unknown in (False, True):
            assert mends(path, Options(assume, drop_unknown)) == []


@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000_000), style=st.sampled_from(STYLES))
def test_a_project_that_is_sound_has_nothing_to_mend(tmp_path: Path, seed: int, style: str) -> None:
    (tmp_path / "p.qde").write_bytes(random_project(seed, seed % 3, style=style))
    if is_sound(tmp_path / "p.qde"):
        assert_nothing_is_mended(tmp_path / "p.qde")


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000_000))
@example(3)
def test_damage_that_can_be_mended_is_never_overlooked(tmp_path: Path, seed: int) -> None:
    mutator = Mutator(seed, list(CHILDREN), ["guid", "name", "startPosition", "isCodable", "targetGUID", "color"])
    root, _ = mutator.mutate(etree.fromstring(random_project(seed % 50, 1)))
    (tmp_path / "p.qde").write_bytes(etree.tostring(root))
    try:
        sound = is_sound(tmp_path / "p.qde")
    except QdpxError:
        return
    if sound:
        assert_nothing_is_mended(tmp_path / "p.qde")


@pytest.mark.parametrize("upper", [False, True])
def test_guids_in_one_form_are_sound_whatever_their_letters(tmp_path: Path, upper: bool) -> None:
    def written(match: re.Match[bytes]) -> bytes:
        return b'"' + (match[1].upper() if upper else match[1].lower()) + b'"'

    (tmp_path / "p.qde").write_bytes(_GUID.sub(written, GOOD))
    assert is_sound(tmp_path / "p.qde")
    assert_nothing_is_mended(tmp_path / "p.qde")


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (f'guid="{HEARD}"', f'guid="{{{HEARD}}}"'),
        (f'targetGUID="{HEARD}"', f'targetGUID="{HEARD.upper()}"'),
        ('"2024-05-06T07:08:09Z"', '" 2024-05-06T07:08:09Z"'),
        ("<PlainTextContent>", '<Description/><PlainTextContent>'),
        (f'targetGUID="{HEARD}"', f'targetGUID="{SELECTION}"'),
        ("</Project>", "<Links/></Project>"),
        ('isCodable="true"', 'isCodable="true" color="#12345680"'),
    ],
    ids=["braces", "letters", "blank", "fine", "nothing", "empty", "colour"],
)  # fmt: skip
def test_what_may_be_mended_is_looked_at(tmp_path: Path, right: str, wrong: str) -> None:
    data = GOOD.replace(right.encode(), wrong.encode(), 1)
    assert data != GOOD
    (tmp_path / "p.qde").write_bytes(data)
    assert is_sound(tmp_path / "p.qde") == (mends(tmp_path / "p.qde", Options(assume=True)) == [])
