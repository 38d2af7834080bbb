"""What is written for a program follows that program's rules: checked by code that shares nothing with the package."""

import re
import zipfile
from collections import Counter
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from command_line import FIRST_STEPS, REAL, VALUES_STUDY
from fixture_projects import FIXTURES, fixtures, made
from independent_reader import (
    NAMESPACE,
    Independent,
    dangling,
    is_valid,
    local,
    opened,
    plain,
    text_codings,
)

from qdpx_compassion.api.targets import write_for
from qdpx_compassion.errors import QdpxError
from qdpx_compassion.refi.reader import read_project
from qdpx_compassion.refi.targets.profiles import Target, targets

REAL_PROJECT = REAL / "nvivo-mac-20.5-zenodo-5703624.qdpx"
SAMPLES = {"first-steps": FIRST_STEPS, "values-study": VALUES_STUDY, "real-nvivo-mac": REAL_PROJECT}
#: Fixtures that are no project, no archive, or hold what other tests are about.
NO_ARCHIVE = {"bare-document", "git-lfs-pointer", "html-instead-of-qdpx", "unpacked-folder", "macosx-members"}
READING = [one for one in targets() if one.imports]
PROJECTS = [*SAMPLES, *sorted(folder.name for folder in fixtures() if folder.name not in NO_ARCHIVE)]
_GUID = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")


@cache
def _folder() -> TemporaryDirectory[str]:
    return TemporaryDirectory()


@cache
def project_of(name: str) -> Path:
    if name in SAMPLES:
        return SAMPLES[name]
    folder = Path(_folder().name) / name
    folder.mkdir()
    return made(FIXTURES / name, folder)


def codings_as_read(path: Path) -> Counter[tuple[str, str, str]]:
    """Codings of texts as the package reads them; the line ends of quotations are LF."""
    project = read_project(path)
    selections, sources = list(project.records("selections")), list(project.records("sources"))
    found: Counter[tuple[str, str, str]] = Counter()
    for coding in project.records("codings"):
        if coding["owner_kind"] != "selection":
            continue
        selection = selections[coding["owner_row"]]
        if selection["kind"] == "PlainTextSelection" and sources[selection["source_row"]]["text_length"] is not None:
            quoted = (selection["quotation"] or "").replace("\r\n", "\n")
            found[quoted, plain(coding["code_guid"]), plain(coding["creating_user"])] += 1
    return found


@pytest.mark.parametrize("target", READING, ids=[one.id for one in READING])
@pytest.mark.parametrize("name", PROJECTS)
def test_what_is_written_for_a_program_follows_its_rules(name: str, target: Target, tmp_path: Path) -> None:
    path = project_of(name)
    if not path.exists():
        pytest.skip("the real export is not beside this checkout")
    before = opened(path) if len(_documents(path)) == 1 else None
    out = tmp_path / "out.qdpx"
    write_for(path, out, target.id)
    after = opened(out)
    assert after.names[0] == "project.qde"
    assert after.names.count("project.qde") == 1
    if before is not None and is_valid(before.root):
        assert is_valid(after.root)
        assert not dangling(before, letter_by_letter=False) or name == "dangling-references"
    if before is not None and not dangling(before, letter_by_letter=False):
        assert not dangling(after, letter_by_letter=target.guids != "keep")
    _check_files(after)
    _check_elements(after, target)
    if after.root.tag == f"{{{NAMESPACE}}}Project" and name != "range-past-end" and name != "reversed-range":
        expected = codings_as_read(path)
        assert text_codings(after, utf16=target.reading.unit == "utf16") == expected
        assert codings_as_read(out) == expected  # the package reads what it wrote


def _documents(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as archive:
        return [name for name in archive.namelist() if name.lower().endswith(".qde")]


def _check_files(project: Independent) -> None:
    assert len(project.names) == len({name.casefold() for name in project.names})
    assert not [name for name in project.names if name.startswith("Sources/")]
    for source in project.elements():
        for attribute in ("plainTextPath", "richTextPath", "path"):
            path = source.get(attribute, "")
            if f"sources/{path.removeprefix('internal://')}" in project.members:
                assert path.startswith("internal://")


def _check_elements(project: Independent, target: Target) -> None:
    for code in project.all("Code"):
        assert code.get("isCodable") in ("true", "false")
    guids = [one.get("guid", "") for one in project.elements() if one.get("guid")]
    assert not [guid for guid in guids if guid.startswith("{")]
    for guid in filter(_GUID.fullmatch, guids):
        assert guid == {"upper": guid.upper(), "lower": guid.lower(), "keep": guid}[target.guids]
    for selection in project.selections():
        codings = selection.findall(f"{{{NAMESPACE}}}Coding")
        codes = [one.get("targetGUID") for coding in codings for one in coding.findall(f"{{{NAMESPACE}}}CodeRef")]
        splits = selection.find(f"{{{NAMESPACE}}}Representation") is None
        if target.codings == "one" and splits:
            assert len(codings) <= 1
        if target.codings == "different" and splits:
            assert len(codes) == len(set(codes))
        if target.coder == "selection" and codings and codings[0].get("creatingUser"):
            assert selection.get("creatingUser") == codings[0].get("creatingUser")
    if target.equal_guids == "different":
        _check_different(project)
    for kind in target.unique:
        kinds = (
            ("TextSource", "PictureSource", "PDFSource", "AudioSource", "VideoSource") if kind == "Source" else (kind,)
        )
        names = [one.get("name") for one in project.all(*kinds) if one.get("name")]
        assert len(names) == len(set(names))
    for kind, longest in target.longest.items():
        assert all(len(one.get("name", "")) <= longest for one in project.all(kind))
    if target.texts == "files":
        assert all(one.get("plainTextPath") for one in project.all("TextSource"))
    if target.dates:
        assert all(one.get("creationDateTime") or one.get("modifiedDateTime") for one in project.all("Note"))
    _check_values(project, target)


def _check_different(project: Independent) -> None:
    """No two elements share a GUID, but for a PDF and its text, and what is marked in both."""
    seen: set[str] = set()
    for one in project.elements():
        guid = one.get("guid")
        if not guid or local(one).endswith("Ref") or local(one).startswith("Member"):
            continue
        inside = any(local(above) in ("PDFSource", "PDFSelection") for above in one.iterancestors())
        if inside and local(one) in ("Representation", "PlainTextSelection"):
            continue
        assert guid not in seen, local(one)
        seen.add(guid)


def _check_values(project: Independent, target: Target) -> None:
    """Every value of a variable on a source stands where the program looks for it, too."""
    if target.values == "keep":
        return
    names = {plain(one.get("guid")): one.get("name", "") for one in project.all("Variable")}
    sets = {
        one.get("name"): {plain(member.get("targetGUID")) for member in one.findall(f"{{{NAMESPACE}}}MemberSource")}
        for one in project.all("Set")
    }
    nameless = [one for one in project.all("Case") if not one.get("name")]
    on_cases = {plain(ref.get("targetGUID")) for one in nameless for ref in one.findall(f"{{{NAMESPACE}}}SourceRef")}
    for value in project.all("VariableValue"):
        source = value.getparent()
        reference = value.find(f"{{{NAMESPACE}}}VariableRef")
        if source is None or not local(source).endswith("Source") or reference is None or value[-1] is reference:
            continue
        written = (value[-1].text or "").strip()
        if target.values == "sets" and written and names.get(plain(reference.get("targetGUID"))):
            name = f"{names[plain(reference.get('targetGUID'))]}: {written}"
            assert plain(source.get("guid")) in sets[name]
        if target.values == "case":
            assert plain(source.get("guid")) in on_cases


@pytest.mark.parametrize("target", READING, ids=[one.id for one in READING])
def test_writing_again_what_was_written_changes_nothing_more(target: Target, tmp_path: Path) -> None:
    write_for(FIRST_STEPS, tmp_path / "a.qdpx", target.id)
    again = write_for(tmp_path / "a.qdpx", tmp_path / "b.qdpx", target.id)
    assert not [kind for kind, number in again.changed.counts.items() if number]
    assert opened(tmp_path / "a.qdpx").members == opened(tmp_path / "b.qdpx").members


def test_the_rules_are_seen_on_a_real_project(tmp_path: Path) -> None:
    if not REAL_PROJECT.exists():
        pytest.skip("the real export is not beside this checkout")
    for_atlasti = write_for(REAL_PROJECT, tmp_path / "a.qdpx", "atlasti")
    assert for_atlasti.changed.counts["equal"] == 68  # cases that had the GUID of their code
    assert for_atlasti.changed.counts["added-sets"] == 5
    project = opened(tmp_path / "a.qdpx")
    cases = project.all("Case")
    codes = {one.get("guid"): one.get("name") for one in project.all("Code")}
    for case in cases:
        reference = case.find(f"{{{NAMESPACE}}}CodeRef")
        assert reference is not None  # what one GUID for both said
        assert codes[reference.get("targetGUID")] == case.get("name")


def test_a_program_that_imports_no_project_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(QdpxError, match="imports no projects"):
        write_for(FIRST_STEPS, tmp_path / "o.qdpx", "taguette")
    assert list(tmp_path.iterdir()) == []
