"""Programs are recognised by what their files look like where they do not say who wrote them."""

import re
import zipfile
from pathlib import Path

import pytest

from qdpx_compassion.files.project_files import open_project_files
from qdpx_compassion.refi import habits
from qdpx_compassion.refi.dialects import dialect, dialects, habit_score, recognise_by_habits
from qdpx_compassion.refi.dialects import habits as known_habits
from qdpx_compassion.refi.habits import Traces
from qdpx_compassion.refi.reader import read_files, read_project

ROOT = Path(__file__).resolve().parents[3]
REAL = ROOT.parent / "shared" / "real"
SAMPLES = ROOT / "sample_projects"


def without_origin(path: Path, folder: Path, origin: bytes = b"") -> Path:
    """A copy of a project that does not say which program wrote it."""

    def changed(data: bytes) -> bytes:
        return re.sub(rb' origin="[^"]*"', origin, data, count=1)

    copy = folder / path.name
    if path.suffix == ".qde":
        copy.write_bytes(changed(path.read_bytes()))
        return copy
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(copy, "w") as out:
        for info in archive.infolist():
            data = archive.read(info)
            out.writestr(info, changed(data) if info.filename.endswith(".qde") else data)
    return copy


CASES = [
    (REAL / "nvivo-mac-20.5-zenodo-5703624.qdpx", "nvivo-mac"),
    (REAL / "atlasti-mac-8.4-spec-annex-a2.qde", "atlasti-mac"),
    (REAL / "transana-3.22-beta-spec-annex-a3.qde", "transana"),
    (SAMPLES / "first-steps" / "first-steps.qdpx", "nvivo-windows"),
    (SAMPLES / "values-study" / "values-study-nvivo.qdpx", "nvivo-windows"),
]


@pytest.mark.parametrize(("path", "identifier"), CASES, ids=lambda value: getattr(value, "name", value))
@pytest.mark.parametrize("origin", [b"", b' origin="Another program 2"'], ids=["no-origin", "unknown-origin"])
def test_a_project_without_a_known_origin_is_recognised(
    path: Path, identifier: str, origin: bytes, tmp_path: Path
) -> None:
    if not path.exists():
        pytest.skip("the real exports are not beside this checkout")
    project = read_project(without_origin(path, tmp_path, origin))
    assert project.dialect == identifier
    assert "program-by-habits" in {finding.code for finding in project.findings}
    assert read_project(path).dialect == identifier


@pytest.mark.parametrize("path", [path for path, _ in CASES], ids=lambda path: path.name)
def test_quotations_are_the_same_whether_the_program_says_its_name_or_not(path: Path, tmp_path: Path) -> None:
    if not path.exists():
        pytest.skip("the real exports are not beside this checkout")
    named, nameless = read_project(path), read_project(without_origin(path, tmp_path))
    assert list(named.column("selections", "quotation")) == list(nameless.column("selections", "quotation"))


def test_a_few_light_habits_are_no_proof() -> None:
    assert recognise_by_habits({}).id == "unknown"
    assert recognise_by_habits({"guid-lower": True, "qde-first": True, "one-coding": True}).id == "unknown"


def test_habits_that_two_programs_share_decide_for_neither() -> None:
    nvivo = {"case-is-code": True, "variable-of-classification": True, "names-empty": True, "guid-lower": True}
    assert recognise_by_habits(nvivo).id == "unknown"
    assert recognise_by_habits({**nvivo, "text-bom-crlf": True, "text-lf": False}).id == "nvivo-windows"
    assert recognise_by_habits({**nvivo, "text-bom-crlf": False, "text-lf": True, "stored": True}).id == "nvivo-mac"


@pytest.mark.parametrize(
    ("seen", "identifier"),
    [
        ({"names-lines": True, "path-without-scheme": True}, "qc"),
        ({"names-positions": True, "guid-upper": True, "text-lf": True, "codes-coloured": True}, "maxqda"),
        ({"user-atlasti": True, "text-crlf": True, "qde-last": True, "folder-small": True}, "atlasti-windows"),
        ({"user-atlasti": True, "text-crlf": False, "xml-standalone-yes": True, "text-and-docx": True}, "atlasti-mac"),
    ],
)
def test_telling_habits_are_enough(seen: dict[str, bool], identifier: str) -> None:
    assert recognise_by_habits(seen).id == identifier


def test_what_contradicts_counts_against() -> None:
    mac = dialect("nvivo-mac")
    assert habit_score(mac, {"stored": True}) == known_habits()["stored"].weight
    assert habit_score(mac, {"stored": True, "root-member": False}) == known_habits()["stored"].weight - 1
    assert habit_score(mac, {"names-lines": True}) == 0


def test_every_habit_is_looked_for_and_belongs_to_a_program() -> None:
    named = {name for profile in dialects() for name in profile.habits}
    assert named == set(known_habits())
    looked_for: set[str] = set()
    for path, _ in CASES:
        if path.exists():
            with open_project_files(path) as files:
                project = read_files(files)
                traces = Traces(files, project.rows, head=next(iter(files.chunks(files.document))), named=1.0)
                traces.note_text("a\r\nb", had_bom=True)
                looked_for |= set(habits.seen(traces))
    assert looked_for <= named
    if REAL.is_dir():
        assert looked_for == named


@pytest.mark.parametrize(
    ("guid", "letters"),
    [
        ("71632d63-6f64-652d-6865-617264000000", True),
        ("5215cc69-b628-4e02-afb9-9beeaee55808", False),
        ("not a guid", False),
    ],
)
def test_guids_made_of_letters_are_seen(guid: str, letters: bool) -> None:
    assert habits._is_letters(guid) is letters


def test_habits_of_both_platforms_of_a_program_still_tell_the_program() -> None:
    shared = ("guid-upper", "user-atlasti", "codes-coloured", "names-quotations", "several-codings", "file-is-no-guid")
    mixed = dict.fromkeys((*shared, "qde-last", "xml-standalone-yes", "folder-small"), True)
    assert recognise_by_habits(mixed).id.startswith("atlasti-")
