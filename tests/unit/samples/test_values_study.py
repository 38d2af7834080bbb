"""The sample *values study*: both projects read by code that shares nothing with their builder, and compared."""

import csv
import importlib.util
import io
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from lxml import etree

ROOT = Path(__file__).resolve().parents[3]
FOLDER = ROOT / "sample_projects" / "values-study"
FILES = ("values-study-nvivo.qdpx", "values-study-atlasti.qdpx")
NAMESPACE = {"q": "urn:QDA-XML:project:1.0"}
CLIENTS = {"P01", "P02", "P03", "P04", "P05"}


class Row(NamedTuple):
    """A coding: who gave which code to which words."""

    interview: str
    coder: str
    code: str
    quotation: str


def built() -> dict[str, bytes]:
    spec = importlib.util.spec_from_file_location("values_study_build", FOLDER / "build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    files = module.build()
    assert isinstance(files, dict)
    return files


def opened(name: str) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO((FOLDER / name).read_bytes()))


def document(name: str) -> etree._Element:
    return etree.fromstring(opened(name).read("project.qde"))


def fold(text: str) -> str:
    return " ".join(text.split())


def rows(name: str) -> Iterator[Row]:
    """The codings of a project, without those that stand for cases."""
    archive, root = opened(name), document(name)
    windows = "nvivo" in name
    names = {element.get("guid"): str(element.get("name")) for element in root.iterfind(".//q:Code", NAMESPACE)}
    users = {element.get("guid"): str(element.get("name")) for element in root.iterfind(".//q:User", NAMESPACE)}
    cases = {element.get("guid") for element in root.iterfind(".//q:Case", NAMESPACE)}
    for source in root.iterfind(".//q:TextSource", NAMESPACE):
        member = str(source.get("plainTextPath")).removeprefix("internal://")
        text = archive.read(("Sources/" if windows else "sources/") + member).decode("utf-8-sig")
        for selection in source.iterfind("q:PlainTextSelection", NAMESPACE):
            start, end = int(str(selection.get("startPosition"))), int(str(selection.get("endPosition")))
            if windows:
                quotation = text.encode("utf-16-le")[2 * start : 2 * end].decode("utf-16-le")
            else:
                quotation = text[start:end]
            for coding in selection.iterfind("q:Coding", NAMESPACE):
                code = coding.find("q:CodeRef", NAMESPACE)
                assert code is not None
                if code.get("targetGUID") not in cases:
                    coder = users[coding.get("creatingUser")]
                    yield Row(str(source.get("name"))[:3], coder, names[code.get("targetGUID")], fold(quotation))


def test_building_again_gives_the_same_bytes() -> None:
    assert built() == built()


@pytest.mark.parametrize("name", FILES)
def test_the_committed_projects_are_what_their_source_files_say(name: str) -> None:
    # The deflated form may differ between compression libraries, the members may not.
    fresh, committed = zipfile.ZipFile(io.BytesIO(built()[name])), opened(name)
    assert fresh.namelist() == committed.namelist()
    for member in committed.namelist():
        assert fresh.read(member) == committed.read(member), member


@pytest.mark.parametrize("name", FILES)
def test_both_follow_the_schema(name: str) -> None:
    schema = etree.XMLSchema(file=str(ROOT / "schemas" / "Project.xsd"))
    assert schema.validate(document(name)), schema.error_log


def test_both_programs_give_the_same_quotations_and_codings() -> None:
    nvivo, atlasti = Counter(rows(FILES[0])), Counter(rows(FILES[1]))
    assert nvivo == atlasti
    assert nvivo.total() > 500


def test_every_row_of_the_codings_is_found_again() -> None:
    expected: Counter[tuple[str, str, str]] = Counter()
    with (FOLDER / "codings.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            for coder in ("Noor", "Teun") if row["coders"] == "all" else (row["coders"],):
                expected.update((row["interview"], coder, code) for code in row["codes"].split(";"))
    assert Counter(row[:3] for row in rows(FILES[0])) == expected


def test_all_codings_are_words_of_their_interview() -> None:
    texts = {path.name[:3]: fold(path.read_text(encoding="utf-8")) for path in (FOLDER / "interviews").glob("*.txt")}
    assert all(row.quotation and row.quotation in texts[row.interview] for row in rows(FILES[0]))


def test_five_clients_and_fifteen_professionals_speak_400_to_1000_words_each() -> None:
    paths = sorted((FOLDER / "interviews").glob("*.txt"))
    assert len([path for path in paths if "client" in path.name]) == 5
    assert len([path for path in paths if "professional" in path.name]) == 15
    for path in paths:
        text = path.read_text(encoding="utf-8")
        assert "nvented interview" in text.splitlines()[0], path.name
        assert 400 <= len(text.split()) <= 1000, path.name


def test_the_pattern_is_that_of_the_published_study() -> None:
    holders: dict[str, set[str]] = defaultdict(set)
    for row in rows(FILES[0]):
        holders[row.code].add(row.interview)
    values = [
        str(code.get("name"))
        for code in document(FILES[0]).iterfind(".//q:Code[@name='Values']/q:Code/q:Code", NAMESPACE)
    ]
    assert len(values) == 26

    def first_three(group: set[str]) -> set[str]:
        return set(sorted(values, key=lambda value: -len(holders[value] & group))[:3])

    everybody = set().union(*holders.values())
    assert len(everybody) == 20
    assert first_three(CLIENTS) == {"Feeling heard and understood", "Humanity", "Openness from the professional"}
    assert first_three(everybody - CLIENTS) == {"Helping people", "Personalisation", "Offering transparency"}
    fit = {"For the client's autonomy", "To meet treatment needs", "Financial benefit", "Technology push"}
    assert all(len(holders[code]) >= 5 and not holders[code] & CLIENTS for code in fit)


def test_the_coders_agree_mostly_but_not_always() -> None:
    by_passage = Counter((row.interview, row.code, row.quotation) for row in rows(FILES[0]))
    both = sum(count == 2 for count in by_passage.values())
    assert 0.6 < both / len(by_passage) < 0.9


def test_groups_are_variables_in_one_and_sets_in_the_other() -> None:
    root = document(FILES[0])
    variables = {v.get("guid"): str(v.get("name")) for v in root.iterfind(".//q:Variable", NAMESPACE)}
    roles = Counter(
        value.findtext("q:TextValue", namespaces=NAMESPACE)
        for value in root.iterfind(".//q:TextSource/q:VariableValue", NAMESPACE)
        for reference in value.iterfind("q:VariableRef", NAMESPACE)
        if variables[reference.get("targetGUID")] == "Participants:Role"
    )
    sets = {
        str(group.get("name")): len(group.findall("q:MemberSource", NAMESPACE))
        for group in document(FILES[1]).iterfind(".//q:Set", NAMESPACE)
    }
    assert roles == {"client": 5, "professional": 15}
    assert sets["Role: client"] == 5
    assert sets["Role: professional"] == 15


def test_the_second_project_has_the_habits_of_atlasti() -> None:
    archive, root = opened(FILES[1]), document(FILES[1])
    assert archive.namelist()[-1] == "project.qde"
    assert {name.split("/")[0] for name in archive.namelist()[:-1]} == {"sources"}
    assert b"\r" not in archive.read("project.qde")
    guids = [str(element.get("guid")) for element in root.iter() if element.get("guid")]
    assert all(guid == guid.upper() for guid in guids)
    assert len(guids) == len(set(guids))
    assert root.findall(".//q:User[@name='ATLAS.ti']", NAMESPACE)
    assert root.findall(".//q:Variable", NAMESPACE) == []
    selections = root.findall(".//q:PlainTextSelection", NAMESPACE)
    assert max(len(selection.findall("q:Coding", NAMESPACE)) for selection in selections) > 2
    places = [(s.getparent(), s.get("startPosition"), s.get("endPosition")) for s in selections]
    assert len(places) == len(set(places))
    long = [str(s.get("name")) for s in selections if str(s.get("name")).endswith("…")]
    assert long
    assert {len(name) for name in long} == {101}


def test_the_name_of_a_selection_is_how_its_quotation_begins() -> None:
    archive, root = opened(FILES[1]), document(FILES[1])
    for selection in root.iterfind(".//q:PlainTextSelection", NAMESPACE):
        source = selection.getparent()
        assert source is not None
        member = "sources/" + str(source.get("plainTextPath")).removeprefix("internal://")
        text = archive.read(member).decode("utf-8")
        quotation = fold(text[int(str(selection.get("startPosition"))) : int(str(selection.get("endPosition")))])
        name = str(selection.get("name"))
        assert name == quotation or quotation.startswith(name.removesuffix("…"))
