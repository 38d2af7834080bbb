"""What enriching adds, and where."""

import subprocess
import sys
from pathlib import Path

import pytest
from small_project import ANNA, BEN, HEARD, OPEN, SELECTION, SOURCE, coding, document, found, parse, selection

from qdpx_compassion.enrich.projects import Enriched, enrich_project
from qdpx_compassion.errors import MappingError, OutputError, UsageError
from qdpx_compassion.frameworks import load_framework
from qdpx_compassion.mapping.model import Mapping, MappingRow, SelectionException
from qdpx_compassion.refi.validation import schema_findings

FRAMEWORK = load_framework()
GUIDS = {construct.id: construct.guid for construct in FRAMEWORK.constructs}
RESONANCE, ACTING = GUIDS["emotional-resonance"], GUIDS["acting-to-alleviate"]
BOTH = Mapping(
    (
        MappingRow(HEARD, (), {"emotional-resonance": True}),
        MappingRow(OPEN, (), {"emotional-resonance": True, "acting-to-alleviate": True}),
    )
)


def enriched(data: bytes, tmp_path: Path, mapping: Mapping = BOTH) -> tuple[bytes, Enriched]:
    source, target = tmp_path / "in.qde", tmp_path / "out.qde"
    source.write_bytes(data)
    result = enrich_project(source, target, framework=FRAMEWORK, mapping=mapping, force=True)
    if not schema_findings(data):
        assert schema_findings(target.read_bytes()) == []
    return target.read_bytes(), result


def added(data: bytes, construct: str) -> list[tuple[str | None, str | None]]:
    """(user, date) of the codings with a construct."""
    path = f"//q:Coding[q:CodeRef[@targetGUID='{construct}']]"
    return [(element.get("creatingUser"), element.get("creationDateTime")) for element in found(parse(data), path)]


def test_a_coding_of_a_mapped_code_brings_one_by_the_same_user_at_the_same_date(tmp_path: Path) -> None:
    data, _ = enriched(document(selection(coding(1, user=BEN, date="2020-02-03T04:05:06Z"))), tmp_path)
    assert added(data, RESONANCE) == [(BEN, "2020-02-03T04:05:06Z")]
    assert added(data, ACTING) == []


def test_once_for_each_selection_construct_and_user(tmp_path: Path) -> None:
    codings = coding(1, HEARD) + coding(2, OPEN) + coding(3, OPEN, user=BEN) + coding(4, HEARD, user=None, date=None)
    data, result = enriched(document(selection(codings)), tmp_path)
    assert added(data, RESONANCE) == [
        (ANNA, "2024-01-02T03:04:05Z"), (BEN, "2024-01-02T03:04:05Z"), (None, None)
    ]  # fmt: skip
    assert [user for user, _ in added(data, ACTING)] == [ANNA, BEN]
    assert result.added.codings == {"emotional-resonance": 3, "acting-to-alleviate": 2}


def test_codings_go_before_the_notes_of_a_selection_and_of_a_source(tmp_path: Path) -> None:
    note = '<Notes><Note guid="ffffffff-0000-4000-8000-000000000001" name="memo"/></Notes>'
    reference = '<NoteRef targetGUID="ffffffff-0000-4000-8000-000000000001"/>'
    source = selection(coding(1) + reference) + coding(2, OPEN) + reference
    data, _ = enriched(document(source, tail=note), tmp_path)
    names = [element.tag.rpartition("}")[2] for element in found(parse(data), "//q:PlainTextSelection/*")]
    assert names == ["Coding", "Coding", "NoteRef"]


def test_coded_notes_representations_descriptions_and_transcripts(tmp_path: Path) -> None:
    def guid(number: int) -> str:
        return f'guid="99999999-0000-4000-8000-{number:012}"'

    others = (
        f"<PictureSource {guid(1)}><TextDescription {guid(2)}><PlainTextContent>a door</PlainTextContent>"
        f"{selection(coding(1), guid='99999999-0000-4000-8000-000000000003')}</TextDescription>"
        f'<PictureSelection {guid(4)} firstX="0" firstY="0" secondX="1" secondY="1">{coding(2)}</PictureSelection>'
        f"</PictureSource><PDFSource {guid(5)}>"
        f'<PDFSelection {guid(6)} page="0" firstX="0" firstY="0" secondX="1" secondY="1">{coding(3)}</PDFSelection>'
        f"<Representation {guid(7)}>{coding(4)}</Representation>{coding(5)}</PDFSource>"
        f'<AudioSource {guid(8)}><Transcript {guid(9)}><SyncPoint {guid(10)} timeStamp="0" position="0"/>'
        f"<TranscriptSelection {guid(11)}>{coding(6)}</TranscriptSelection></Transcript>"
        f'<AudioSelection {guid(12)} begin="0" end="9">{coding(7)}</AudioSelection></AudioSource>'
        f'<VideoSource {guid(13)}><VideoSelection {guid(14)} begin="0" end="9">{coding(8)}</VideoSelection>'
        "</VideoSource>"
    )
    note = (
        f"<Notes><Note {guid(15)}><PlainTextContent>my memo</PlainTextContent>"
        f"{selection(coding(9), guid='99999999-0000-4000-8000-000000000016')}{coding(10)}</Note></Notes>"
    )
    data, result = enriched(document(sources=others, tail=note), tmp_path)
    parents = [
        element.getparent() for element in found(parse(data), f"//q:Coding[q:CodeRef[@targetGUID='{RESONANCE}']]")
    ]
    assert [parent.tag.rpartition("}")[2] for parent in parents if parent is not None] == [
        "PlainTextSelection", "PictureSelection", "PDFSelection", "Representation", "PDFSource",
        "TranscriptSelection", "AudioSelection", "VideoSelection", "PlainTextSelection", "Note",
    ]  # fmt: skip
    assert result.added.codings["emotional-resonance"] == 10


def test_exceptions_add_and_leave_out(tmp_path: Path) -> None:
    other = "dddddddd-0000-4000-8000-000000000002"
    exceptions = (
        SelectionException(SELECTION.upper(), "emotional-resonance", include=False),
        SelectionException(other, "acting-to-alleviate", include=True),
        SelectionException("dddddddd-0000-4000-8000-00000000000f", "acting-to-alleviate", include=True),
    )
    source = selection(coding(1)) + selection(coding(2, user=BEN), guid=other)
    data, result = enriched(document(source), tmp_path, Mapping(BOTH.rows, exceptions=exceptions))
    assert [user for user, _ in added(data, RESONANCE)] == [BEN]
    assert [user for user, _ in added(data, ACTING)] == [BEN]
    assert "mapping-exception-gone" in [finding.code for finding in result.findings]


def test_the_framework_is_a_code_tree_with_a_note_sets_links_and_a_graph(tmp_path: Path) -> None:
    data, result = enriched(document(selection(coding(1))), tmp_path)
    root = parse(data)
    top = found(root, "/q:Project/q:CodeBook/q:Codes/q:Code")[-1]
    assert (top.get("name"), top.get("isCodable")) == ("Compassion", "false")
    dimensions = found(top, "q:Code")
    assert [element.get("isCodable") for element in dimensions] == ["false"] * 3
    constructs = found(top, "q:Code/q:Code")
    assert [element.get("guid") for element in constructs] == list(GUIDS.values())
    assert all(element.get("color") and found(element, "q:Description") for element in constructs)
    [reference] = found(top, "q:NoteRef/@targetGUID")
    [note] = found(root, f"//q:Note[@guid='{reference}']")
    assert note.get("creationDateTime") == "2024-05-06T07:08:09Z"
    assert note.get("creatingUser") is None
    members = {s.get("name"): found(s, "q:MemberCode/@targetGUID") for s in found(root, "//q:Set")}
    assert members == {
        "Compassion: Emotional resonance": [HEARD, OPEN],
        "Compassion: Acting to alleviate suffering": [OPEN],
    }
    assert len(found(root, "//q:Link")) == len(found(root, "//q:Edge")) == 3
    assert set(found(root, "//q:Edge/@representedGUID")) == set(found(root, "//q:Link/@guid"))
    assert result.added.counts == {"codings": 1, "codes": 13, "sets": 2, "links": 3, "graphs": 1}


@pytest.mark.parametrize("origin", ["QualCoder", "Some new program"])
def test_no_links_and_graph_for_programs_that_are_not_known_to_read_them(origin: str, tmp_path: Path) -> None:
    data, _ = enriched(document(selection(coding(1)), origin=origin), tmp_path)
    assert found(parse(data), "//q:Link | //q:Graph") == []
    assert len(found(parse(data), "//q:Set")) == 2


def test_a_top_code_of_the_same_name_makes_ours_another(tmp_path: Path) -> None:
    codes = f'<Code guid="{HEARD}" name="COMPASSION" isCodable="true"/>'
    mapping = Mapping((MappingRow(HEARD, (), {"emotional-resonance": True}),))
    data, result = enriched(document(selection(coding(1)), codes=codes), tmp_path, mapping)
    names = [code.get("name") for code in found(parse(data), "/q:Project/q:CodeBook/q:Codes/q:Code")]
    assert names == ["COMPASSION", "Compassion (framework)"]
    assert [finding.code for finding in result.findings] == ["framework-name-taken"]


def test_guids_in_the_letter_case_of_the_file(tmp_path: Path) -> None:
    data, _ = enriched(
        document(selection(coding(1, HEARD.upper()))).replace(HEARD.encode(), HEARD.upper().encode()), tmp_path
    )
    guids = found(parse(data), "//q:Set/@guid | //q:Code/q:Code/@guid | //q:Note/@guid | //q:Vertex/@guid")
    assert guids and all(str(guid) == str(guid).upper() for guid in guids)


def test_equal_guids_give_different_codings(tmp_path: Path) -> None:
    """Two selections of one GUID, in one source and in two, as real programs write them."""
    twin = (
        '<TextSource guid="cccccccc-0000-4000-8000-000000000002" name="b"><PlainTextContent>abcd</PlainTextContent>'
        f"{selection(coding(3))}</TextSource>"
    )
    data, _ = enriched(document(selection(coding(1)) + selection(coding(2)), sources=twin), tmp_path)
    guids = found(parse(data), f"//q:Coding[q:CodeRef[@targetGUID='{RESONANCE}']]/@guid")
    assert len(guids) == len(set(guids)) == 3


def test_two_coders_copies_get_the_same_guids(tmp_path: Path) -> None:
    """The copy of a colleague who coded more: what both have in common gets the same GUIDs."""
    one, _ = enriched(document(selection(coding(1))), tmp_path)
    two, _ = enriched(document(selection(coding(1) + coding(2, OPEN, user=BEN))), tmp_path)
    path = f"//q:Coding[q:CodeRef[@targetGUID='{RESONANCE}'] and @creatingUser='{ANNA}']/@guid"
    assert found(parse(one), path) == found(parse(two), path)


def test_case_codes_are_never_mapped(tmp_path: Path) -> None:
    cases = f'<Cases><Case guid="{HEARD}" name="P01"/></Cases>'
    with pytest.raises(MappingError, match="is a case"):
        enriched(document(selection(coding(1)), cases=cases), tmp_path)
    assert not (tmp_path / "out.qde").exists()


def test_dry_run_counts_the_same_and_writes_nothing(tmp_path: Path) -> None:
    _, real = enriched(document(selection(coding(1) + coding(2, OPEN))), tmp_path)
    (tmp_path / "out.qde").unlink()
    dry = enrich_project(tmp_path / "in.qde", None, framework=FRAMEWORK, mapping=BOTH)
    assert dry.added.counts == real.added.counts
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.qde"]


def test_nothing_to_add_is_said(tmp_path: Path) -> None:
    _, result = enriched(document(selection("")), tmp_path)
    assert [finding.code for finding in result.findings] == ["enrich-nothing"]


def test_the_date_follows_source_date_epoch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    data, _ = enriched(document(selection(coding(1))), tmp_path)
    assert found(parse(data), "//q:Note/@creationDateTime") == ["2023-11-14T22:13:20Z"]


def test_the_note_says_what_was_done(tmp_path: Path) -> None:
    import hashlib

    data, _ = enriched(document(selection(coding(1))), tmp_path)
    [text] = found(parse(data), "//q:Note/q:PlainTextContent/text()")
    original = (tmp_path / "in.qde").read_bytes()
    assert hashlib.sha256(original).hexdigest() in str(text)
    assert "Added: 1 coding, 13 codes, 2 sets, 3 links, 1 graph" in str(text)
    assert '"path": "Feeling heard"' in str(text)


def test_outputs_are_guarded(tmp_path: Path) -> None:
    source = tmp_path / "in.qde"
    source.write_bytes(document(selection(coding(1))))
    before = source.read_bytes()
    with pytest.raises(OutputError, match="over the input"):
        enrich_project(source, source, framework=FRAMEWORK, mapping=BOTH, force=True)
    with pytest.raises(UsageError, match="bare"):
        enrich_project(source, tmp_path / "out.qdpx", framework=FRAMEWORK, mapping=BOTH)
    (tmp_path / "out.qde").write_text("mine", encoding="utf-8")
    with pytest.raises(OutputError, match="exists already"):
        enrich_project(source, tmp_path / "out.qde", framework=FRAMEWORK, mapping=BOTH)
    assert source.read_bytes() == before
    assert (tmp_path / "out.qde").read_text(encoding="utf-8") == "mine"


def test_a_document_whose_entities_hold_elements_is_not_edited(tmp_path: Path) -> None:
    data = document(selection("&c;")).decode()
    doctype = f"<!DOCTYPE Project [<!ENTITY c '{coding(1)}'>]>\n<Project name"
    source = tmp_path / "in.qde"
    source.write_text(data.replace("<Project name", doctype, 1), encoding="utf-8")
    from qdpx_compassion.errors import InputError

    with pytest.raises(InputError, match="entities"):
        enrich_project(source, tmp_path / "out.qde", framework=FRAMEWORK, mapping=BOTH)
    assert not (tmp_path / "out.qde").exists()


def test_enriching_imports_no_pandas(tmp_path: Path) -> None:
    source = tmp_path / "in.qde"
    source.write_bytes(document(selection(coding(1))))
    (tmp_path / "mapping.csv").write_text(
        "code,construct,mark\nFeeling heard,emotional-resonance,x\n", encoding="utf-8"
    )
    program = (
        "import sys; from qdpx_compassion.api import enrich, strip;"
        "enrich('in.qde', 'mapping.csv', 'out.qde'); strip('out.qde', 'back.qde');"
        "print(sorted({'pandas', 'lxml', 'openpyxl', 'rich'} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True)  # noqa: S603
    assert run.stdout.strip() == "[]"
    assert (tmp_path / "back.qde").read_bytes() == source.read_bytes()


def test_a_source_coding_is_by_the_source(tmp_path: Path) -> None:
    data, _ = enriched(document(selection("") + coding(1)), tmp_path)
    [element] = found(parse(data), f"//q:TextSource[@guid='{SOURCE}']/q:Coding[q:CodeRef[@targetGUID='{RESONANCE}']]")
    assert element.get("creatingUser") == ANNA
