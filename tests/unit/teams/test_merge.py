"""Merging copies: nothing doubled, nothing lost in silence, whatever the order."""

from __future__ import annotations

import shutil
import tempfile
import uuid
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from copies import copy_with
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_projects import Small, guid

from qdpx_compassion.api import validate
from qdpx_compassion.cli.main import cli
from qdpx_compassion.errors import InputError, OutputError, UsageError
from qdpx_compassion.files.project_files import open_project_files
from qdpx_compassion.refi.reader import read_files, read_project
from qdpx_compassion.refi.text import PositionedText, TextReading
from qdpx_compassion.refi.texts import SourceTexts
from qdpx_compassion.refi.writer import write_document
from qdpx_compassion.tables import TABLES, Project
from qdpx_compassion.teams.alignment import LineEnds
from qdpx_compassion.teams.diff import diff_projects
from qdpx_compassion.teams.merge import Merged, merge_projects

SAMPLE = Path(__file__).resolve().parents[3] / "sample_projects" / "values-study"
REAL = Path(__file__).resolve().parents[4] / "shared" / "real" / "nvivo-mac-20.5-zenodo-5703624.qdpx"
TEXTS = {
    "Ada": "I felt heard. Nobody asked me twice. Then the app rang 🖤 and it was gone.",
    "Bo": "It is mostly for the money. But I could write at night.",
}


def base(**more: str) -> Small:
    """A project that everybody starts from: two texts, two codes, the lead's two codings."""
    small = Small()
    for name, text in {**TEXTS, **more}.items():
        small.text(name, text)
    small.coding("Ada", "felt heard", "Values", "Trust", by="Lead")
    small.coding("Bo", "for the money", "Values", "Profit", by="Lead")
    return small


def written(small: Small, path: Path, *, date: str = "", **replaced: str) -> Path:
    """The project as a file, with some of its words replaced."""
    xml = small.xml()
    if date:
        xml = xml.replace("2024-06-03T12:00:00Z", date)
    for old, new in replaced.items():
        xml = xml.replace(old.replace("_", " "), new)
    path.write_text(xml, encoding="utf-8", newline="")
    return path


def coded(project: Project) -> Counter[tuple[Any, ...]]:
    """Every coding as quotation, place, code and coder."""
    users = {user["guid"]: user["name"] for user in project.records("users")}
    codes = list(project.column("codes", "name"))
    sources = list(project.column("sources", "name"))
    selections = list(project.records("selections"))
    found: Counter[tuple[Any, ...]] = Counter()
    for coding in project.records("codings"):
        one = selections[coding["owner_row"]]
        words = " ".join((one["quotation"] or "").split())
        found[sources[one["source_row"]], words, codes[coding["code_row"]], users[coding["creating_user"]]] += 1
    return found


def texts_of(project: Project) -> list[str]:
    """The names of the texts; where they differed, merging adds a note that tells of it."""
    return [source["name"] for source in project.records("sources") if source["kind"] != "Note"]


def merged_of(paths: list[Path], target: Path, **options: Any) -> tuple[Merged, Project]:
    result = merge_projects(paths, target, force=True, **options)
    return result, read_project(target)


def two_copies(tmp_path: Path) -> tuple[Path, Path]:
    ana, ben = base(), base()
    ana.coding("Ada", "asked me twice", "Values", "Trust", by="Ana")
    ben.coding("Ada", "asked me twice", "Values", "Trust", by="Ben")
    ben.coding("Bo", "write at night", "Values", "Reach", by="Ben")
    return written(ana, tmp_path / "ana.qde"), written(ben, tmp_path / "ben.qde")


# -- what merging promises --------------------------------------------------------------------------------------------


def test_shared_codings_are_kept_once_and_each_coder_keeps_theirs(tmp_path: Path) -> None:
    paths = two_copies(tmp_path)
    result, project = merged_of(list(paths), tmp_path / "team.qde")
    assert coded(project) == Counter(
        {
            ("Ada", "felt heard", "Trust", "Lead"): 1,
            ("Bo", "for the money", "Profit", "Lead"): 1,
            ("Ada", "asked me twice", "Trust", "Ana"): 1,
            ("Ada", "asked me twice", "Trust", "Ben"): 1,
            ("Bo", "write at night", "Reach", "Ben"): 1,
        }
    )
    assert not result.conflicts and not result.unplaced
    guids = list(project.column("codings", "guid"))
    assert len(set(guids)) == len(guids)  # both coders' third coding had one GUID


@pytest.mark.parametrize("name", ["values-study-nvivo.qdpx", "values-study-atlasti.qdpx"])
def test_a_project_split_by_coder_and_merged_equals_itself(tmp_path: Path, name: str) -> None:
    one = next(read_project(SAMPLE / name, texts=False).column("codings", "creating_user"))
    first = copy_with(SAMPLE / name, tmp_path / "first.qdpx", lambda _, coding: coding["creating_user"] == one)
    second = copy_with(SAMPLE / name, tmp_path / "second.qdpx", lambda _, coding: coding["creating_user"] != one)
    merge_projects([first, second], tmp_path / "team.qdpx")
    assert diff_projects(SAMPLE / name, tmp_path / "team.qdpx").is_empty


@pytest.mark.skipif(not REAL.exists(), reason=f"{REAL} is not there")
def test_a_real_project_split_and_merged_equals_itself(tmp_path: Path) -> None:
    first = copy_with(REAL, tmp_path / "first.qdpx", lambda number, _: number % 2 == 0)
    second = copy_with(REAL, tmp_path / "second.qdpx", lambda number, _: number % 2 == 1 or number % 3 == 0)
    result = merge_projects([second, first], tmp_path / "team.qdpx")
    assert diff_projects(REAL, tmp_path / "team.qdpx").is_empty
    assert not result.conflicts
    with zipfile.ZipFile(REAL) as ours, zipfile.ZipFile(tmp_path / "team.qdpx") as theirs:
        texts = {name.rsplit("/", 1)[-1]: ours.read(name) for name in ours.namelist() if name.endswith(".txt")}
        assert {name[8:]: theirs.read(name) for name in theirs.namelist() if name.endswith(".txt")} == texts


def test_exports_of_two_systems_with_other_guids_and_line_ends_are_one_project(tmp_path: Path) -> None:
    windows = SAMPLE / "values-study-nvivo.qdpx"
    mac = as_other_system(windows, tmp_path / "mac.qdpx")
    result, project = merged_of([windows, mac], tmp_path / "team.qdpx")
    for table in (
        "sources",
        "codes",
        "selections",
        "codings",
        "users",
        "cases",
        "variables",
        "variable_values",
        "sets",
    ):
        assert len(project.rows[table]) == len(read_project(windows).rows[table]), table
    assert coded(project) == coded(read_project(windows))
    assert not result.conflicts and not result.unplaced
    assert diff_projects(windows, tmp_path / "team.qdpx").is_empty


@pytest.mark.skipif(not REAL.exists(), reason=f"{REAL} is not there")
def test_two_systems_exports_of_a_real_project_are_one_with_its_styled_texts(tmp_path: Path) -> None:
    other = as_other_system(REAL, tmp_path / "windows.qdpx")  # it has no styled texts
    for order in ([REAL, other], [other, REAL]):
        result = merge_projects(order, tmp_path / "team.qdpx", force=True)
        assert diff_projects(REAL, tmp_path / "team.qdpx").is_empty
        assert not result.conflicts and not result.unplaced


def test_sources_of_one_text_are_told_apart_by_their_names(tmp_path: Path) -> None:
    forms = [f"{name}, form" for name in ("Ada", "Bo", "Cy")]
    paths = []
    for who, names in (("ana", forms), ("ben", forms[::-1])):
        small = Small()
        for name in names:
            small.text(name, "Nothing was filled in.")
            small.coding(name, (0, 7), "Values", name, by="Lead")
        xml = small.xml()
        for name in names:
            xml = xml.replace(guid("source", name), guid(who, name))
        paths.append(tmp_path / f"{who}.qde")
        paths[-1].write_text(xml, encoding="utf-8")
    result, project = merged_of(paths, tmp_path / "team.qde")
    assert sorted(texts_of(project)) == forms
    assert len(coded(project)) == 3 and not result.conflicts


def as_other_system(path: Path, target: Path) -> Path:
    """The same project as another system exports it: LF instead of CR LF, other GUIDs."""
    with open_project_files(path) as files, zipfile.ZipFile(target, "w") as archive:
        project = read_files(files)
        rows = project.rows_to_change()
        texts = SourceTexts(files, project)
        source, selection = TABLES["sources"].position, TABLES["selections"].position
        reading = TextReading("utf16")
        for row, values in enumerate(rows["sources"]):
            text = texts(row)
            if text is None or values[source["plain_text_path"]] is None:
                continue
            ends = LineEnds(text)
            positions = PositionedText(ends.plain, reading)
            for one in rows["selections"]:
                if one[1] == row:
                    for name, index in (("start_position", "start_index"), ("end_position", "end_index")):
                        one[selection[name]] = positions.position(ends.to_plain(one[selection[index]]))
            values[source["rich_text_path"]] = None
            values[source["plain_text_path"]] = f"internal://{row}.txt"
            archive.writestr(f"sources/{row}.txt", ends.plain.encode())
        for name, table in TABLES.items():
            for column in table.columns:
                if "guid" in column.name or column.name in ("creating_user", "modifying_user"):
                    for values in rows[name]:
                        at = table.position[column.name]
                        if values[at]:
                            values[at] = str(uuid.uuid5(uuid.NAMESPACE_OID, values[at].lower()))
        with archive.open("project.qde", "w") as file:
            write_document(project, file.write)
    return target


@st.composite
def copies_of_one_project(draw: st.DrawFn) -> list[Small]:
    copies = []
    for coder in draw(st.lists(st.sampled_from(["Ana", "Ben", "Cem"]), min_size=2, max_size=3, unique=True)):
        small = base()
        for _ in range(draw(st.integers(0, 4))):
            source = draw(st.sampled_from(sorted(TEXTS)))
            length = len(TEXTS[source].replace("🖤", ""))
            start = draw(st.integers(0, length - 1))
            place = (start, draw(st.integers(start + 1, length)))
            small.coding(source, place, "Values", draw(st.sampled_from(["Trust", "Profit", "Reach"])), by=coder)
        copies.append(small)
    return copies


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(copies=copies_of_one_project(), data=st.data())
def test_order_does_not_matter_nothing_is_lost_and_merging_again_changes_nothing(
    copies: list[Small], data: st.DataObject
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        there = Path(folder)
        dates = [data.draw(st.sampled_from(["2024-06-03T12:00:00Z", "2024-06-04T12:00:00Z"])) for _ in copies]
        paths = [
            written(small, there / f"{number}.qde", date=date)
            for number, (small, date) in enumerate(zip(copies, dates, strict=True))
        ]
        target = there / "team.qde"
        _, project = merged_of(paths, target)
        expected: Counter[tuple[Any, ...]] = Counter()
        for path in paths:
            expected |= coded(read_project(path))
        assert set(coded(project)) == set(expected)
        assert coded(project) == expected
        merge_projects(data.draw(st.permutations(paths)), there / "other.qde")
        assert (there / "other.qde").read_bytes() == target.read_bytes()
        again = merge_projects([target, data.draw(st.sampled_from(paths))], there / "again.qde")
        assert diff_projects(target, there / "again.qde").is_empty
        assert not again.conflicts
        shutil.copyfile(target, there / "twin.qde")
        merge_projects([target, there / "twin.qde"], there / "self.qde")
        assert (there / "self.qde").read_bytes() == target.read_bytes()


# -- conflicts --------------------------------------------------------------------------------------------------------


def renamed(tmp_path: Path) -> list[Path]:
    ana, ben = base(), base()
    return [
        written(ana, tmp_path / "ana.qde", date="2024-06-05T12:00:00Z"),
        written(ben, tmp_path / "ben.qde", Trust="Confidence"),
    ]


def test_a_code_renamed_in_one_copy_is_one_code_and_both_names_are_listed(tmp_path: Path) -> None:
    result, project = merged_of(renamed(tmp_path), tmp_path / "team.qde")
    assert list(project.column("codes", "name")) == ["Values", "Trust", "Profit"]
    (conflict,) = result.conflicts
    assert (conflict.kind, conflict.label, conflict.attribute) == ("codes", "Values > Trust", "name")
    assert dict(conflict.sides) == {"ana.qde": "Trust", "ben.qde": "Confidence"}
    assert (conflict.chosen, conflict.why) == ("ana.qde", "the newer project")
    assert len(project.rows["codings"]) == 2


def test_the_preferred_project_settles_and_a_single_choice_settles_one(tmp_path: Path) -> None:
    paths = renamed(tmp_path)
    preferred, project = merged_of(paths, tmp_path / "team.qde", prefer=paths[1])
    assert "Confidence" in project.column("codes", "name")
    assert preferred.conflicts[0].why == "preferred"
    chosen, project = merged_of(paths, tmp_path / "team.qde", settle={"Values > Trust": "ben.qde"})
    assert "Confidence" in project.column("codes", "name")
    assert chosen.conflicts[0].why == "as you said"
    with pytest.raises(UsageError, match="Nothing conflicts under the name “Values > Hope”"):
        merge_projects(paths, None, settle={"Values > Hope": "ben.qde"})
    with pytest.raises(UsageError, match="none of those"):
        merge_projects(paths, None, prefer=tmp_path / "cem.qde")


@pytest.mark.parametrize(
    ("old", "new"),
    [("\r", "\n"), ("asked_me", "asked  me"), ("Nobody_asked", "Nobody ever asked"), ("heard.", "heard!")],
)
def test_a_text_that_differs_in_little_takes_all_codings(tmp_path: Path, old: str, new: str) -> None:
    ana, ben = base(), base()
    ana.coding("Ada", "app rang", "Values", "Trust", by="Ana")
    ben.coding("Ada", "it was gone", "Values", "Reach", by="Ben")
    paths = [written(ana, tmp_path / "ana.qde"), written(ben, tmp_path / "ben.qde")]
    xml = ben.xml().replace(old.replace("_", " "), new)
    shift = len(new) - len(old)
    start = TEXTS["Ada"].index("it was gone") + 1  # the heart counts two in NVivo's positions
    fixed = xml.replace(f'startPosition="{start - 1}" endPosition="{start + 10}"',
                        f'startPosition="{start + shift}" endPosition="{start + 11 + shift}"')  # fmt: skip
    paths[1].write_text(fixed.replace("2024-06-03", "2024-06-09"), encoding="utf-8", newline="")
    result, project = merged_of(paths, tmp_path / "team.qde")
    quotations = {(code, by): words for (_, words, code, by) in coded(project)}
    assert len(texts_of(project)) == 2
    assert quotations["Reach", "Ben"] == "it was gone"
    assert not result.unplaced
    texts = [conflict for conflict in result.conflicts if conflict.attribute == "text"]
    assert len(texts) == (old != "\r")
    assert all(conflict.chosen == "ben.qde" for conflict in texts)


def test_a_coding_whose_words_are_gone_is_listed_with_its_coder(tmp_path: Path) -> None:
    ana, ben = base(), base()
    ana.coding("Bo", "write at night", "Values", "Reach", by="Ana")
    paths = [written(ana, tmp_path / "ana.qde"), written(ben, tmp_path / "ben.qde", date="2024-06-09T12:00:00Z")]
    edited = ben.xml().replace("2024-06-03", "2024-06-09").replace("But I could write at night.", "But no.")
    paths[1].write_text(edited, encoding="utf-8", newline="")
    result, project = merged_of(paths, tmp_path / "team.qde")
    (lost,) = result.unplaced
    assert (lost.project, lost.code, lost.coder, lost.quotation) == (
        "ana.qde", "Values > Reach", "Ana", "write at night",
    )  # fmt: skip
    assert any(finding.code == "merge-unplaced" for finding in result.findings)
    assert ("Bo", "for the money", "Profit", "Lead") in coded(project)


def test_one_guid_for_two_texts_makes_two_sources(tmp_path: Path) -> None:
    ana, ben = Small(), Small()
    for small, text in ((ana, "All about the sea and the ships on it."), (ben, "Quarterly figures: 17, 23, 41, 99.")):
        small.text("Same", text)
        small.text("Bo", TEXTS["Bo"])
        small.coding("Same", (0, 5), "Values", "Trust", by="Ana")
    result, project = merged_of(
        [written(ana, tmp_path / "ana.qde"), written(ben, tmp_path / "ben.qde")], tmp_path / "team.qde"
    )
    assert len(texts_of(project)) == 3
    assert len(set(project.column("sources", "guid"))) == len(project.rows["sources"])
    assert len(project.rows["codings"]) == 2
    assert any(finding.code == "merge-guid-reused" for finding in result.findings)


def test_a_coder_and_a_source_in_one_copy_only_are_kept(tmp_path: Path) -> None:
    ana, ben = base(), base(Cleo="Only Ben has this text.")
    ben.coding("Cleo", "Only Ben", "Values", "Trust", by="Ben")
    result, project = merged_of(
        [written(ana, tmp_path / "ana.qde"), written(ben, tmp_path / "ben.qde")], tmp_path / "team.qde"
    )
    assert set(project.column("sources", "name")) == {"Ada", "Bo", "Cleo"}
    assert ("Cleo", "Only Ben", "Trust", "Ben") in coded(project)
    assert not result.conflicts


def test_other_values_of_variables_are_listed_and_settled(tmp_path: Path) -> None:
    copies = []
    for name, group, day in (("ana", "client", "03"), ("ben", "professional", "04")):
        small = Small()
        small.text("Ada", TEXTS["Ada"], group=group)
        small.coding("Ada", "felt heard", "Values", "Trust")
        copies.append(written(small, tmp_path / f"{name}.qde", date=f"2024-06-{day}T12:00:00Z"))
    result, project = merged_of(copies, tmp_path / "team.qde")
    assert list(project.column("variable_values", "value")) == ["professional"]
    (conflict,) = result.conflicts
    assert dict(conflict.sides) == {"ana.qde": "client", "ben.qde": "professional"}


def test_projects_with_nothing_in_common_are_refused(tmp_path: Path) -> None:
    other = Small()
    other.text("Zoe", "Something else altogether.")
    other.coding("Zoe", "Something", "Topics", "Else")
    paths = [written(base(), tmp_path / "ana.qde"), written(other, tmp_path / "other.qde")]
    with pytest.raises(InputError, match="nothing in common"):
        merge_projects(paths, tmp_path / "team.qde")
    assert not (tmp_path / "team.qde").exists()


# -- files and the command line ---------------------------------------------------------------------------------------


def test_inputs_and_existing_files_are_never_written_over(tmp_path: Path) -> None:
    paths = two_copies(tmp_path)
    with pytest.raises(OutputError, match="over the input"):
        merge_projects(paths, paths[0], force=True)
    (tmp_path / "team.qde").write_text("mine", encoding="utf-8")
    with pytest.raises(OutputError, match="exists already"):
        merge_projects(paths, tmp_path / "team.qde")


def test_files_of_equal_names_and_other_content_are_both_kept(tmp_path: Path) -> None:
    paths = []
    for name, words in (("ana", "The sea and the ships."), ("ben", "Figures of the quarter.")):
        small = base()
        xml = small.xml(
            f'<TextSource guid="{guid("only", name)}" name="{name}" plainTextPath="internal://text.txt">'
            f'<PlainTextSelection guid="{guid("of", name)}" startPosition="0" endPosition="3"/></TextSource>'
        )
        with zipfile.ZipFile(tmp_path / f"{name}.qdpx", "w") as archive:
            archive.writestr("project.qde", xml)
            archive.writestr("sources/text.txt", words)
        paths.append(tmp_path / f"{name}.qdpx")
    _, project = merged_of(paths, tmp_path / "team.qdpx")
    assert {"The", "Fig"} <= set(project.column("selections", "quotation"))
    assert {"ana", "ben"} <= set(project.column("sources", "name"))
    with pytest.raises(UsageError, match=r"Call it team\.qdpx"):
        merge_projects(paths, tmp_path / "team.qde")


def test_the_command_lists_conflicts_and_says_what_it_did(tmp_path: Path) -> None:
    paths = [str(path) for path in renamed(tmp_path)]
    run = CliRunner().invoke(cli, ["merge", *paths, "-o", str(tmp_path / "team.qde")])
    assert run.exit_code == 0, run.output
    assert "“Trust”" in run.output and "“Confidence”" in run.output
    assert (tmp_path / "team.qde").exists()
    dry = CliRunner().invoke(cli, ["merge", *paths, "--dry-run", "--json"])
    assert '"attribute": "name"' in dry.output
    assert CliRunner().invoke(cli, ["merge", *paths]).exit_code == 2
    assert CliRunner().invoke(cli, ["merge", *paths, "--dry-run", "--settle", "nonsense"]).exit_code == 2


# -- copies that differ in more than codings ---------------------------------------------------------------------------

_EDITS = [("", ""), ("mostly", "chiefly"), ("But I could", "I could"), ("money.", "money, I think.")]
_NAMES = ["Trust", "Confidence", "Faith"]
_DATES = ["2024-06-03T12:00:00Z", "2024-06-04T12:00:00Z"]


@st.composite
def edited_copies(draw: st.DrawFn) -> list[str]:
    """Copies in which a code was renamed, defined or moved, a text edited, and codings added before and after that."""
    copies = []
    for coder in ("Ana", "Ben", "Cem")[: draw(st.integers(2, 3))]:
        small = base()
        old, new = draw(st.sampled_from(_EDITS))
        text = TEXTS["Bo"].replace(old, new) if old else TEXTS["Bo"]
        small._texts["Bo"] = text
        small._inside["Bo"] = []
        small.coding("Bo", "money", "Values", "Profit", by="Lead")
        for words in draw(st.sets(st.sampled_from(["It is", "write at night", "could write", "the money"]))):
            small.coding("Bo", words, "Values", "Trust", by=coder)
        xml = small.xml().replace(_DATES[0], draw(st.sampled_from(_DATES)))
        xml = xml.replace('name="Trust"', f'name="{draw(st.sampled_from(_NAMES))}"')
        if draw(st.booleans()):
            words = draw(st.sampled_from(["What pays.", "Anything that pays."]))
            end = xml.index("</Code>", xml.index('name="Profit"'))
            xml = xml[:end] + f"<Description>{words}</Description>" + xml[end:]
        copies.append(xml)
    return copies


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(copies=edited_copies(), data=st.data())
def test_conflicts_and_edits_are_settled_alike_in_any_order_and_once_for_all(
    copies: list[str], data: st.DataObject
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        there = Path(folder)
        paths = []
        for number, xml in enumerate(copies):
            paths.append(there / f"{number}.qde")
            paths[-1].write_text(xml, encoding="utf-8", newline="")
        target = there / "team.qde"
        result, project = merged_of(paths, target)
        merge_projects(data.draw(st.permutations(paths)), there / "other.qde")
        assert (there / "other.qde").read_bytes() == target.read_bytes()
        again = there / "again.qde"
        merge_projects([data.draw(st.sampled_from(paths)), target], again)
        assert diff_projects(target, again).is_empty
        names = {name for xml in copies for name in _NAMES if f'name="{name}"' in xml}
        told = [one for one in result.conflicts if one.attribute == "name"]
        assert bool(told) == (len(names) > 1)
        assert len(project.rows["codes"]) == 3 and len(texts_of(project)) == 2
        # every coding is in the project or listed
        before = {row for path in paths for row in coders_and_sources(read_project(path))}
        lost = {(one.coder, one.where.split(",")[0]) for one in result.unplaced}
        assert before <= coders_and_sources(project) | lost


def coders_and_sources(project: Project) -> set[tuple[str, str]]:
    return {(coder, source) for (source, _, _, coder) in coded(project)}


def test_texts_in_other_encodings_and_with_other_line_ends_are_one(tmp_path: Path) -> None:
    words = "Zoë said: “naïve”.\r\nThen she left."
    paths = []
    for name, data in (("ana", words.replace("\r\n", "\n").encode()), ("ben", words.encode("cp1252"))):
        xml = base().xml(
            f'<TextSource guid="{guid("zoe", name)}" name="Zoe" plainTextPath="internal://zoe.txt">'
            f'<PlainTextSelection guid="{guid("of", name)}" startPosition="0" endPosition="3">'
            f'<Coding guid="{guid("coding of", name)}" creatingUser="{guid("user", "Lead")}">'
            f'<CodeRef targetGUID="{guid("code", "Values", "Trust")}"/></Coding></PlainTextSelection></TextSource>'
        )
        paths.append(tmp_path / f"{name}.qdpx")
        with zipfile.ZipFile(paths[-1], "w") as archive:
            archive.writestr("project.qde", xml)
            archive.writestr("sources/zoe.txt", data)
    result, project = merged_of(paths, tmp_path / "team.qdpx")
    assert list(project.column("sources", "name")).count("Zoe") == 1
    assert coded(project)["Zoe", "Zoë", "Trust", "Lead"] == 1
    assert not result.conflicts


def test_what_is_merged_is_as_valid_as_its_copies(tmp_path: Path) -> None:
    name = SAMPLE / "values-study-nvivo.qdpx"
    before = Counter(finding.code for finding in validate(name))
    merge_projects([name, as_other_system(name, tmp_path / "mac.qdpx")], tmp_path / "team.qdpx")
    after = Counter(finding.code for finding in validate(tmp_path / "team.qdpx"))
    assert set(after) <= set(before)


def test_a_text_can_be_settled_by_the_name_of_its_source(tmp_path: Path) -> None:
    ana, ben = base(), base()
    paths = [written(ana, tmp_path / "ana.qde"), tmp_path / "ben.qde"]
    xml = ben.xml().replace("2024-06-03", "2024-06-09").replace("But I could", "But we could")
    paths[1].write_text(xml, encoding="utf-8", newline="")
    newest, _ = merged_of(paths, tmp_path / "team.qde")
    assert [(one.label, one.attribute, one.chosen) for one in newest.conflicts] == [("Bo", "text", "ben.qde")]
    said, project = merged_of(paths, tmp_path / "team.qde", settle={"Bo, text": "ana.qde"})
    assert said.conflicts[0].chosen == "ana.qde"
    assert "But I could" in str(
        next(text for text in project.column("sources", "plain_text_content") if "money" in text)
    )
