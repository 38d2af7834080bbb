"""The promises of enriching: the old bytes with ours inserted, once is twice, and strip gives back the very bytes."""

import zipfile
from pathlib import Path
from random import Random

import pytest
from documents import STYLES, random_project
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from qdpx_compassion.code_tree import CodeTree
from qdpx_compassion.enrich.projects import enrich_project, strip_project
from qdpx_compassion.frameworks import Framework, load_framework
from qdpx_compassion.mapping.model import Mapping, MappingRow, SelectionException
from qdpx_compassion.refi.reader import read_project
from qdpx_compassion.refi.validation import schema_findings

ROOT = Path(__file__).resolve().parents[2]
FRAMEWORK = load_framework()
ELEMENTS = [construct.id for construct in FRAMEWORK.constructs[:5]]


def random_mapping(path: Path, seed: int) -> Mapping:
    """Marks, explicit noes and exceptions for a project, as a seed decides."""
    random = Random(seed)
    project = read_project(path, texts=False)
    tree = CodeTree.of(project)
    rows = [
        MappingRow(
            code.guid, code.path,
            {key: random.random() < 0.8 for key in random.sample(ELEMENTS, random.randint(0, 3))},
            sub_codes=random.random() < 0.5,
        )
        for code in tree
        if tree.by_key[code.key] is code and not code.is_case and random.random() < 0.6
    ]  # fmt: skip
    selections = list(project.column("selections", "guid"))
    exceptions = [
        SelectionException(guid, random.choice(ELEMENTS), random.random() < 0.5)
        for guid in random.sample(selections, min(3, len(selections)))
    ]
    return Mapping(tuple(rows), exceptions=tuple(exceptions))


def members(path: Path) -> dict[str, bytes]:
    if path.suffix == ".qde":
        return {"project.qde": path.read_bytes()}
    with zipfile.ZipFile(path) as archive:
        return {info.filename: archive.read(info) for info in archive.infolist()}


def is_subsequence(short: bytes, long: bytes) -> bool:
    """Whether all bytes of one stand in the other in order, the rest of it being insertions."""
    at = 0
    for byte in short:
        at = long.find(byte, at)
        if at < 0:
            return False
        at += 1
    return True


def check_promises(source: Path, mapping: Mapping, folder: Path) -> None:
    enriched, again, stripped = (folder / f"{name}{source.suffix}" for name in ("enriched", "again", "stripped"))
    enrich_project(source, enriched, framework=FRAMEWORK, mapping=mapping, force=True)
    before, after = members(source), members(enriched)
    changed = [name for name in before if before[name] != after[name]]
    assert list(before) == list(after)
    assert len(changed) == 1 and changed[0].endswith(".qde")
    if not schema_findings(before[changed[0]]):
        assert schema_findings(after[changed[0]]) == []
    enrich_project(enriched, again, framework=FRAMEWORK, mapping=mapping, force=True)
    assert members(again) == after
    strip_project(enriched, stripped, force=True)
    assert members(stripped) == before


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 100_000), style=st.sampled_from(STYLES))
@example(seed=8, style="plain")  # an exception codes a selection that was self-closing
@example(seed=7, style="utf-16")
@example(seed=3, style="bom")
@example(seed=1, style="prefixed")
@example(seed=2, style="commented")
def test_any_valid_project_keeps_the_promises(seed: int, style: str, tmp_path: Path) -> None:
    source = tmp_path / "project.qde"
    source.write_bytes(random_project(seed, seed % 4, style=style))
    check_promises(source, random_mapping(source, seed), tmp_path)


@pytest.mark.parametrize("path", sorted((ROOT / "sample_projects").glob("*/*.qdpx")), ids=lambda path: path.stem)
def test_samples_keep_the_promises(path: Path, tmp_path: Path) -> None:
    check_promises(path, random_mapping(path, 1), tmp_path)


REAL = ROOT.parent / "shared" / "real"


@pytest.mark.skipif(not REAL.is_dir(), reason="real exports are not beside the checkout (../shared/real)")
@pytest.mark.parametrize(
    "name",
    ["nvivo-mac-20.5-zenodo-5703624.qdpx", "atlasti-mac-8.4-spec-annex-a2.qde", "transana-3.22-beta-spec-annex-a3.qde"],
)
def test_real_projects_keep_the_promises(name: str, tmp_path: Path) -> None:
    check_promises(REAL / name, random_mapping(REAL / name, 1), tmp_path)


HEAD = (
    '<?xml version="1.0" encoding="utf-8"?>\r\n<Project name="p" origin="NVivo 12" '
    'xmlns="urn:QDA-XML:project:1.0"><CodeBook><Codes>'
    '<Code guid="11111111-1111-4111-8111-11111111111a" name="Feeling heard" isCodable="true"/></Codes></CodeBook>'
    '<Sources><TextSource guid="22222222-2222-4222-8222-222222222222" name="t"><PlainTextContent>abc</PlainTextContent>'
    '<PlainTextSelection guid="33333333-3333-4333-8333-333333333333" startPosition="0" endPosition="2">'
    '<Coding guid="44444444-4444-4444-8444-444444444444"><CodeRef targetGUID="11111111-1111-4111-8111-11111111111a"/>'
    "</Coding></PlainTextSelection></TextSource></Sources>"
)
SIMPLE = Mapping((MappingRow("11111111-1111-4111-8111-11111111111a", (), {"emotional-resonance": True}),))
NOTE = '<Note guid="55555555-5555-4555-8555-555555555555" name="memo"/>'


@pytest.mark.parametrize(
    "tail",
    [
        "",
        "<Notes/><Links/><Sets/><Graphs/>",
        "<Notes /><Links\r\n/><Sets   /><Graphs />",
        "<Notes></Notes><Sets>\r\n</Sets>",
        "<Notes> <!-- a - b --> </Notes>",
        f"<Notes>{NOTE}</Notes><Graphs><!-- nothing here --></Graphs>",
        "<Description>about</Description>",
        f"<Sets/><Notes>{NOTE}</Notes>",
        f'<Notes>{NOTE}</Notes><NoteRef targetGUID="55555555-5555-4555-8555-555555555555"/>',
        "<Sets a='>'/>",
        '<Sets\n\tb="--\'/>--" />',
        "<?pi x?><!--c--><Links/>\n",
    ],
)
def test_containers_come_back_as_they_were(tail: str, tmp_path: Path) -> None:
    source = tmp_path / "project.qde"
    source.write_bytes(f"{HEAD}{tail}</Project>\r\n<!-- end -->\r\n".encode())
    check_promises(source, SIMPLE, tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        '<Project name="p" xmlns="urn:QDA-XML:project:1.0"/>',
        '<Project name="p" xmlns="urn:QDA-XML:project:1.0"></Project>',
        '<q:Project name="p" xmlns:q="urn:QDA-XML:project:1.0" />\n',
        '<Project name="p" xmlns="urn:QDA-XML:project:1.0"><CodeBook/></Project>',
        '<Project name="p" xmlns="urn:QDA-XML:project:1.0"><CodeBook></CodeBook><Sources/></Project>',
        '<Project name="p" xmlns="urn:QDA-XML:project:1.0"><CodeBook><Codes /></CodeBook></Project>',
        '<Project name="p" xmlns="urn:QDA-XML:project:1.0"><Sources/></Project>',
        '<Project name="p"><Users/><Variables/></Project>',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_projects_with_next_to_nothing_come_back_too(text: str, encoding: str, tmp_path: Path) -> None:
    source = tmp_path / "project.qde"
    source.write_bytes(text.encode(encoding))
    check_promises(source, Mapping(()), tmp_path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "windows-1252", "iso-8859-1"])
def test_the_document_keeps_its_encoding(encoding: str, tmp_path: Path) -> None:
    text = HEAD.replace('encoding="utf-8"', f'encoding="{encoding}"').replace("Feeling heard", "Erkannt — Gefühl")
    text = text.replace("—", "-") if encoding == "iso-8859-1" else text
    source = tmp_path / "project.qde"
    source.write_bytes(f"{text}<Sets/></Project>".encode(encoding))
    check_promises(source, SIMPLE, tmp_path)
    assert is_subsequence(
        source.read_bytes().replace("/>".encode(encoding)[-2:], b""),
        (tmp_path / "enriched.qde").read_bytes(),
    )


def test_nothing_but_insertions(tmp_path: Path) -> None:
    """Taking our elements out by hand, without our own strip, leaves the original."""
    source, enriched = tmp_path / "project.qde", tmp_path / "enriched.qde"
    source.write_bytes(f"{HEAD}<Notes>{NOTE}</Notes></Project>".encode())
    enrich_project(source, enriched, framework=FRAMEWORK, mapping=SIMPLE)
    old, new = source.read_bytes(), enriched.read_bytes()
    assert len(new) > len(old)
    assert is_subsequence(old, new)


@pytest.fixture
def other_framework(tmp_path: Path) -> Framework:
    path = tmp_path / "care.toml"
    path.write_text(
        'id = "care"\ntitle = "Care ethics"\nversion = "1"\n[[dimension]]\nid = "phase"\ntitle = "Phases"\n'
        'question = "Which?"\n[[dimension.construct]]\nid = "caring-about"\nname = "Caring about"\n'
        'definition = "Noticing a need."\n',
        encoding="utf-8",
    )
    return load_framework(path)


def test_a_second_framework_stands_beside_the_first(other_framework: Framework, tmp_path: Path) -> None:
    source, one, both, rest, none = (tmp_path / f"{name}.qde" for name in ("a", "one", "both", "rest", "none"))
    source.write_bytes(f"{HEAD}<Sets/></Project>".encode())
    mapping = Mapping((MappingRow("11111111-1111-4111-8111-11111111111a", (), {"caring-about": True}),))
    enrich_project(source, one, framework=FRAMEWORK, mapping=SIMPLE)
    enrich_project(one, both, framework=other_framework, mapping=mapping)
    assert schema_findings(both.read_bytes()) == []
    strip_project(both, rest, only="care")
    assert rest.read_bytes() == one.read_bytes()
    strip_project(both, none)
    assert none.read_bytes() == source.read_bytes()
    strip_project(both, rest, only="compassion", force=True)
    strip_project(rest, none, force=True)
    assert none.read_bytes() == source.read_bytes()


def test_a_changed_mapping_replaces_the_old_one(tmp_path: Path) -> None:
    source, first, second, fresh = (tmp_path / f"{name}.qde" for name in ("a", "first", "second", "fresh"))
    source.write_bytes(f"{HEAD}</Project>".encode())
    changed = Mapping((MappingRow("11111111-1111-4111-8111-11111111111a", (), {"acting-to-alleviate": True}),))
    enrich_project(source, first, framework=FRAMEWORK, mapping=SIMPLE)
    result = enrich_project(first, second, framework=FRAMEWORK, mapping=changed)
    enrich_project(source, fresh, framework=FRAMEWORK, mapping=changed)
    assert second.read_bytes() == fresh.read_bytes()
    assert result.added.codings == {"acting-to-alleviate": 1}
    assert [finding.code for finding in result.findings] == ["enrich-replaced"]
