"""What strip takes out, what it keeps, and how it knows ours after another program's journey."""

import copy
import uuid
from collections import Counter
from pathlib import Path
from random import Random

import pytest
from lxml import etree
from small_project import ANNA, BEN, HEARD, NAMESPACE, OPEN, coding, document, found, parse, selection

from qdpx_compassion.api import strip
from qdpx_compassion.code_tree import CodeTree
from qdpx_compassion.enrich.own import own_guids
from qdpx_compassion.enrich.projects import enrich_project, strip_project
from qdpx_compassion.enrich.stripping import Stripped, find_records
from qdpx_compassion.errors import FrameworkError
from qdpx_compassion.frameworks import Framework, load_framework
from qdpx_compassion.frameworks.loading import read_framework
from qdpx_compassion.mapping.model import Mapping, MappingRow
from qdpx_compassion.mapping.resolve import offered
from qdpx_compassion.refi.reader import read_project
from qdpx_compassion.refi.validation import schema_findings
from qdpx_compassion.tables import normalise_guid

FRAMEWORK = load_framework()
GUIDS = {construct.id: construct.guid for construct in FRAMEWORK.constructs}
RESONANCE = GUIDS["emotional-resonance"]
MAPPING = Mapping((MappingRow(HEARD, (), {"emotional-resonance": True}),))
PROJECT = document(
    selection(coding(1) + coding(2, OPEN, user=BEN))
    + selection(coding(3, user=BEN), guid="dddddddd-0000-4000-8000-000000000002", start=5, end=9)
    + coding(4),
    tail='<Sets><Set guid="77777777-0000-4000-8000-000000000001" name="mine"/></Sets>',
)


CARE = read_framework(
    b'id = "care"\ntitle = "Care ethics"\nversion = "1"\n[[dimension]]\nid = "phase"\ntitle = "Phases"\n'
    b'question = "Which?"\n[[dimension.construct]]\nid = "caring-about"\nname = "Caring about"\n'
    b'definition = "Noticing a need."\n',
    "care.toml",
)
CARING = Mapping((MappingRow(HEARD, (), {"caring-about": True}),))


def enriched(data: bytes, tmp_path: Path, framework: Framework = FRAMEWORK, mapping: Mapping = MAPPING) -> bytes:
    source, target = tmp_path / "in.qde", tmp_path / "enriched.qde"
    source.write_bytes(data)
    enrich_project(source, target, framework=framework, mapping=mapping, force=True)
    return target.read_bytes()


def stripped(data: bytes, tmp_path: Path, *, everything: bool = False) -> tuple[bytes, Stripped]:
    source, target = tmp_path / "changed.qde", tmp_path / "stripped.qde"
    source.write_bytes(data)
    result = strip_project(source, target, everything=everything, force=True)
    return target.read_bytes(), result


def counts(data: bytes) -> Counter[str]:
    return Counter(element.tag.rpartition("}")[2] for element in parse(data).iter("*"))


def test_a_coding_made_by_hand_stays_with_its_code_and_is_listed(tmp_path: Path) -> None:
    data = enriched(PROJECT, tmp_path).replace(
        coding(3, user=BEN).encode(), (coding(3, user=BEN) + coding(99, RESONANCE, user=BEN)).encode()
    )
    result, report = stripped(data, tmp_path)
    assert found(parse(result), f"//q:Coding[q:CodeRef[@targetGUID='{RESONANCE}']]/@guid") == [
        "eeeeeeee-0000-4000-8000-000000000099"
    ]
    names = found(parse(result), "//q:Code/@name")
    assert names == ["Feeling heard", "Openness", "Compassion", "Elements of compassion", "Emotional resonance"]
    assert [finding.code for finding in report.findings] == ["strip-kept"]
    assert "Emotional resonance" in report.findings[0].message
    assert schema_findings(result) == []
    assert found(parse(result), "//q:NoteRef") == []  # the provenance note is gone, so nothing points to it


def test_all_takes_it_too(tmp_path: Path) -> None:
    data = enriched(PROJECT, tmp_path).replace(
        coding(3, user=BEN).encode(), (coding(3, user=BEN) + coding(99, RESONANCE, user=BEN)).encode()
    )
    result, report = stripped(data, tmp_path, everything=True)
    assert result == PROJECT
    assert report.findings == []


def with_hand_coding(data: bytes, construct: str) -> bytes:
    """Somebody codes with a construct by hand, beside the team's third coding."""
    root = parse(data)
    selection_ = found(root, "//q:PlainTextSelection")[-1]
    element = etree.fromstring(coding(99, construct, user=BEN))
    for part in element.iter("*"):
        part.tag = f"{{{NAMESPACE}}}{part.tag}"
    selection_.append(element)
    return etree.tostring(root, xml_declaration=True, encoding="utf-8")


@pytest.mark.parametrize("new_guids", [False, True])
@pytest.mark.parametrize("stripped_first", [False, True])
def test_enriching_again_uses_the_codes_that_people_used_by_hand(
    new_guids: bool, stripped_first: bool, tmp_path: Path
) -> None:
    data = enriched(PROJECT, tmp_path)
    if new_guids:
        data = rewritten(data, new_guids=True, one_coding_a_selection=False)
    [construct] = found(parse(data), "//q:Code[@name='Emotional resonance']/@guid")
    data = with_hand_coding(data, construct)
    if stripped_first and not new_guids:  # without its note a code of another GUID is anybody's
        data, _ = stripped(data, tmp_path)
    source, again, twice = tmp_path / "hand.qde", tmp_path / "again.qde", tmp_path / "twice.qde"
    source.write_bytes(data)
    mapping = Mapping((MappingRow("", ("Feeling heard",), {"emotional-resonance": True}),))
    result = enrich_project(source, again, framework=FRAMEWORK, mapping=mapping, force=True)
    root = parse(again.read_bytes())
    names = found(root, "//q:Code/@name")
    assert sorted(names) == sorted(found(parse(enriched(PROJECT, tmp_path)), "//q:Code/@name"))
    guids = found(root, "//q:Code/@guid")
    assert len(guids) == len(set(guids))
    assert len(found(root, f"//q:Coding[q:CodeRef[@targetGUID='{construct}']]")) == 4  # three of ours, one by hand
    assert "framework-name-taken" not in [finding.code for finding in result.findings]
    assert schema_findings(again.read_bytes()) == []
    enrich_project(again, twice, framework=FRAMEWORK, mapping=mapping)
    assert twice.read_bytes() == again.read_bytes()
    bare, report = stripped(again.read_bytes(), tmp_path, everything=True)
    assert counts(bare) == counts(PROJECT)
    assert report.findings == []


def test_a_set_of_the_team_with_a_framework_code_keeps_the_code(tmp_path: Path) -> None:
    mine = b'name="mine"/>'
    data = enriched(PROJECT, tmp_path).replace(
        mine, f'name="mine"><MemberCode targetGUID="{RESONANCE}"/></Set>'.encode()
    )
    result, report = stripped(data, tmp_path)
    assert "Emotional resonance" in found(parse(result), "//q:Code/@name")
    assert [finding.code for finding in report.findings] == ["strip-kept"]
    assert schema_findings(result) == []


def test_a_code_of_the_team_below_a_construct_keeps_it(tmp_path: Path) -> None:
    data = enriched(PROJECT, tmp_path)
    root = parse(data)
    [construct] = found(root, f"//q:Code[@guid='{RESONANCE}']")
    child = etree.SubElement(construct, construct.tag)
    child.attrib.update({"guid": str(uuid.UUID(int=7)), "name": "our own", "isCodable": "true"})
    result, report = stripped(etree.tostring(root), tmp_path)
    assert "our own" in found(parse(result), "//q:Code/@name")
    assert "our own" in report.findings[0].message


def test_a_project_without_the_framework_comes_out_as_it_was(tmp_path: Path) -> None:
    result, report = stripped(PROJECT, tmp_path)
    assert result == PROJECT
    assert [finding.code for finding in report.findings] == ["strip-nothing"]


def test_without_its_note_a_built_in_framework_is_known_by_guid(tmp_path: Path) -> None:
    root = parse(enriched(PROJECT, tmp_path))
    for element in found(root, "//q:Notes | //q:Code/q:NoteRef"):
        parent = element.getparent()
        assert parent is not None
        parent.remove(element)
    result, _ = stripped(etree.tostring(root), tmp_path)
    assert counts(result) == counts(PROJECT)


def rewritten(
    data: bytes, *, new_guids: bool, one_coding_a_selection: bool, notes_in_files: Path | None = None
) -> bytes:
    """The document as another program writes it again: without comments, with other GUIDs, selections split."""
    root = etree.fromstring(data, etree.XMLParser(remove_comments=True))
    random = Random(1)
    given: dict[str, str] = {}

    def fresh(guid: str) -> str:
        return given.setdefault(guid.lower(), str(uuid.UUID(int=random.getrandbits(128))))

    for element in root.iter("*") if new_guids else ():
        for name in map(str, element.attrib):
            if name.lower().endswith("guid") or name in ("creatingUser", "sourceVertex", "targetVertex"):
                element.set(name, fresh(element.get(name, "")))
    for element in found(root, "//q:PlainTextSelection") if one_coding_a_selection else ():
        for extra in found(element, "q:Coding")[1:]:
            twin = copy.deepcopy(element)
            twin[:] = [extra]
            twin.set("guid", str(uuid.UUID(int=random.getrandbits(128))))
            element.addnext(twin)
    for note in found(root, "//q:Note[q:PlainTextContent]") if notes_in_files else ():
        assert notes_in_files is not None
        text = note[0].text or ""
        name = f"{note.get('guid')}.txt"
        notes_in_files.mkdir(exist_ok=True)
        (notes_in_files / name).write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
        note.set("plainTextPath", f"internal://{name}")
        note.remove(note[0])
    return etree.tostring(root, xml_declaration=True, encoding="utf-8")


@pytest.mark.parametrize("new_guids", [False, True])
@pytest.mark.parametrize("one_coding_a_selection", [False, True])
@pytest.mark.parametrize("in_files", [False, True])
def test_after_another_programs_journey(
    new_guids: bool, one_coding_a_selection: bool, in_files: bool, tmp_path: Path
) -> None:
    files = tmp_path / "sources" if in_files else None
    data = rewritten(
        enriched(PROJECT, tmp_path), new_guids=new_guids, one_coding_a_selection=one_coding_a_selection,
        notes_in_files=files,
    )  # fmt: skip
    result, report = stripped(data, tmp_path)
    expected = rewritten(PROJECT, new_guids=new_guids, one_coding_a_selection=one_coding_a_selection)
    assert counts(result) == counts(expected)
    by_place = [finding.code for finding in report.findings if finding.code != "strip-kept"]
    assert by_place == (["strip-by-place"] if new_guids or one_coding_a_selection else [])
    assert schema_findings(result) == []


@pytest.mark.parametrize("new_guids", [False, True])
def test_enriching_what_another_program_rewrote_doubles_nothing(new_guids: bool, tmp_path: Path) -> None:
    first = enriched(PROJECT, tmp_path)
    again = tmp_path / "again.qde"
    (tmp_path / "changed.qde").write_bytes(rewritten(first, new_guids=new_guids, one_coding_a_selection=False))
    mapping = Mapping((MappingRow("", ("Feeling heard",), {"emotional-resonance": True}),))
    enrich_project(tmp_path / "changed.qde", again, framework=FRAMEWORK, mapping=mapping)
    assert counts(again.read_bytes()) == counts(first)
    assert found(parse(first), f"//q:Coding[q:CodeRef[@targetGUID='{RESONANCE}']]/@creatingUser") == [
        ANNA, BEN, ANNA
    ]  # fmt: skip


@pytest.mark.parametrize("in_files", [False, True])
def test_a_rewritten_framework_is_never_offered_or_counted(in_files: bool, tmp_path: Path) -> None:
    files = tmp_path / "sources" if in_files else None
    data = rewritten(enriched(PROJECT, tmp_path), new_guids=True, one_coding_a_selection=False, notes_in_files=files)
    (tmp_path / "changed.qde").write_bytes(data)
    project = read_project(tmp_path / "changed.qde")
    tree = CodeTree.of(project)
    own = own_guids(project, tree)
    assert [code.name for code in offered(tree, FRAMEWORK, own)] == ["Feeling heard", "Openness"]
    assert sum(code.key in own for code in tree) == 13
    provenance = [row for row in project.records("sources") if row["kind"] == "Note"]
    assert provenance and all(normalise_guid(note["guid"]) in own for note in provenance)


def test_a_framework_of_ones_own_is_taken_out_by_its_id(tmp_path: Path) -> None:
    (tmp_path / "one.qde").write_bytes(enriched(PROJECT, tmp_path))
    one = (tmp_path / "one.qde").read_bytes()
    both = enriched(one, tmp_path, CARE, CARING)
    (tmp_path / "both.qde").write_bytes(both)
    strip(tmp_path / "both.qde", tmp_path / "rest.qde", framework="care")
    assert (tmp_path / "rest.qde").read_bytes() == one
    with pytest.raises(FrameworkError, match="It holds: care, compassion"):
        strip(tmp_path / "both.qde", tmp_path / "none.qde", framework="fa")
    assert not (tmp_path / "none.qde").exists()


def test_enriching_the_first_of_two_frameworks_again_moves_it_behind_the_second(tmp_path: Path) -> None:
    """Nothing doubles and everything comes back; only the order of the two changes."""
    both = enriched(enriched(PROJECT, tmp_path), tmp_path, CARE, CARING)
    again = enriched(both, tmp_path)
    assert counts(again) == counts(both)
    assert stripped(again, tmp_path)[0] == PROJECT


@pytest.mark.parametrize(
    ("marker", "odd"),
    [
        ("", ""),
        ("<PlainTextContent>I felt heard and seen.</PlainTextContent>",
         "<PlainTextContent><![CDATA[I felt </Sources> and seen.]]></PlainTextContent>"),
        ("<Users>", "<!-- <Sources> --><Users>"),
        ("</Sources>", "<!-- </Sources> --></Sources><!-- </Sources> -->"),
        ("<Sources>", "<Sources >"),
        ("</Sources>", "</Sources\n>"),
    ],
    ids=["plain", "in a text", "in a comment before", "in a comment behind", "blank", "line"],
)  # fmt: skip
def test_notes_are_found_wherever_the_sources_seem_to_end(marker: str, odd: str, tmp_path: Path) -> None:
    data = document(selection(coding(1))).replace(marker.encode(), odd.encode(), 1)
    made = enriched(data, tmp_path)
    records = find_records(
        "p", lambda: [made[start : start + 700] for start in range(0, len(made), 700)], lambda _: None
    )
    assert [record.framework_id for record in records] == [FRAMEWORK.id]
    assert stripped(made, tmp_path)[0] == data


def test_a_reference_to_our_note_in_a_coding_of_the_team_goes_alone(tmp_path: Path) -> None:
    made = enriched(document(selection(coding(1))), tmp_path)
    note = found(parse(made), "//q:Note[contains(@name, 'provenance')]/@guid")[0]
    theirs = f'<CodeRef targetGUID="{HEARD}"/></Coding>'.encode()
    assert made.count(theirs) == 1
    changed = made.replace(theirs, theirs.replace(b"</Coding>", f'<NoteRef targetGUID="{note}"/></Coding>'.encode()))
    assert stripped(changed, tmp_path)[0] == document(selection(coding(1)))
