"""The study's numbers, counted again from the XML by code that shares nothing with the program."""

import zipfile
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from lxml import etree

from qdpx_compassion.refi.reader import read_project
from qdpx_compassion.study.counts import count
from qdpx_compassion.study.participants import find_participants
from qdpx_compassion.study.quotations import quotations

ROOT = Path(__file__).resolve().parents[3]
FIRST_STEPS = ROOT / "sample_projects" / "first-steps" / "first-steps.qdpx"
NVIVO = ROOT.parent / "shared" / "real" / "nvivo-mac-20.5-zenodo-5703624.qdpx"
N = "{urn:QDA-XML:project:1.0}"


@dataclass
class Recount:
    """What a code holds, by its name and GUID."""

    places: set[tuple[str, int, int]] = field(default_factory=set)
    sources: set[str] = field(default_factory=set)
    codings: int = 0

    @property
    def characters(self) -> int:
        """UTF-16 units of the union."""
        marked: dict[str, set[int]] = defaultdict(set)
        for source, start, end in self.places:
            marked[source].update(range(start, end))
        return sum(map(len, marked.values()))


def recount(path: Path) -> dict[str, Recount]:
    """By GUID of the code, cases left out: places are told apart by positions as written."""
    with zipfile.ZipFile(path) as archive:
        name = next(name for name in archive.namelist() if name.endswith(".qde"))
        root = etree.fromstring(archive.read(name))
    cases = {str(case.get("guid")) for case in root.iter(f"{N}Case")}
    found: dict[str, Recount] = defaultdict(Recount)
    for source in root.iterfind(f"{N}Sources/{N}TextSource"):
        for selection in source.iterfind(f"{N}PlainTextSelection"):
            for reference in selection.iterfind(f"{N}Coding/{N}CodeRef"):
                code = str(reference.get("targetGUID"))
                if code in cases:
                    continue
                guid = str(source.get("guid"))
                entry = found[code]
                entry.places.add(
                    (guid, int(str(selection.get("startPosition"))), int(str(selection.get("endPosition"))))
                )
                entry.sources.add(guid)
                entry.codings += 1
    return found


@pytest.mark.parametrize("path", [FIRST_STEPS, NVIVO], ids=["first steps", "real NVivo project"])
def test_every_value_has_the_codings_sources_and_participants_of_the_xml(path: Path) -> None:
    if not path.exists():
        pytest.skip(f"{path.name} is not here")
    project = read_project(path)
    people = find_participants(project)
    rows = quotations(project, participants=people)
    expected = recount(path)
    assert len(rows) == sum(entry.codings for entry in expected.values())
    assert int(rows["counted"].sum()) == sum(len(entry.places) for entry in expected.values())
    guids = [str(guid) for guid in project.column("codes", "guid")]
    table = count(rows, people, "value")
    assert len(table) == len(expected)
    by_path = {str(path): guids[int(row)] for path, row in zip(rows["path"], rows["code_row"], strict=True)}
    for row in table.to_dict("records"):
        entry = expected[by_path[row["path"]]]
        assert row["codings"] == row["quotations"] == len(entry.places)
        # in both projects each source is one participant's
        assert row["sources"] == row["participants"] == len(entry.sources)
        assert row["share"] == pytest.approx(len(entry.sources) / people.sizes[""])


@pytest.mark.skipif(not NVIVO.exists(), reason="the real NVivo export is not here")
def test_coded_characters_are_those_of_the_union() -> None:
    project = read_project(NVIVO)
    rows = quotations(project)
    table = count(rows, find_participants(project), "value")
    expected = recount(NVIVO)
    guids = [str(guid) for guid in project.column("codes", "guid")]
    by_path = {str(path): guids[int(row)] for path, row in zip(rows["path"], rows["code_row"], strict=True)}
    # the texts have no characters outside the BMP in these codes' quotations, so units are characters
    for row in table.head(20).to_dict("records"):
        assert row["characters"] == expected[by_path[row["path"]]].characters


def test_groups_add_up_to_all() -> None:
    project = read_project(FIRST_STEPS)
    people = find_participants(project)
    table = count(quotations(project, participants=people), people, "value")
    assert people.sizes == {"": 3, "client": 1, "professional": 2}
    assert list(table["participants: client"] + table["participants: professional"]) == list(table["participants"])
    assert table.loc[table["path"] == "Values > Transparency", "share: client"].item() == 1.0
    assert table.loc[table["path"] == "Values > Helping people", "share: professional"].item() == 1.0
    assert table.loc[table["path"] == "Values > Helping people", "share: client"].item() == 0.0
