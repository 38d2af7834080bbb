"""Repair mends what is safe, guesses only when told to, says every mend, and leaves all else byte for byte."""

import re
import zipfile
from pathlib import Path

import pytest
from documents import STYLES, random_codebook, random_project
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from mutations import Mutator
from schema_content import Schema
from small_project import HEARD, NAMESPACE, OPEN, SELECTION, coding, document, selection

from qdpx_compassion.errors import InputError, OutputError, QdpxError, UsageError
from qdpx_compassion.refi.names import CHILDREN
from qdpx_compassion.refi.reader import read_project
from qdpx_compassion.refi.repair import Repaired, repair_project
from qdpx_compassion.refi.repair.rules import CODEBOOK_RULES, ENUMERATIONS, PROJECT_RULES, Rules
from qdpx_compassion.refi.repair.values import (
    mended_boolean,
    mended_color,
    mended_date,
    mended_decimal,
    mended_integer,
    mended_moment,
    rounded_integer,
)
from qdpx_compassion.refi.validation import Kind, schema_findings

ROOT = Path(__file__).resolve().parents[3]
SAMPLES = sorted((ROOT / "sample_projects").glob("*/*.qdpx"))
REAL = ROOT / "../shared/real"
NOWHERE = "99999999-0000-4000-8000-000000000001"
P1 = "12345678-0000-4000-8000-000000000001"
P2 = "12345678-0000-4000-8000-00000000000a"
GOOD = document(selection(coding(1)))


def repair(
    tmp_path: Path, data: bytes, *, assume: bool = False, drop_unknown: bool = False, suffix: str = ".qde"
) -> tuple[bytes, Repaired]:
    (tmp_path / f"in{suffix}").write_bytes(data)
    target = tmp_path / f"out{suffix}"
    result = repair_project(tmp_path / f"in{suffix}", target, assume=assume, drop_unknown=drop_unknown, force=True)
    return target.read_bytes(), result


def codes(result: Repaired) -> list[str]:
    return [mend.code for mend in result.mends]


# -- what is right stays ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [*SAMPLES, *sorted(REAL.glob("*.qdpx"))], ids=lambda path: path.name)
def test_a_sound_project_comes_out_byte_for_byte(path: Path, tmp_path: Path) -> None:
    result = repair_project(path, tmp_path / "out.qdpx", assume=True, drop_unknown=True)
    assert result.mends == []
    with zipfile.ZipFile(path) as before, zipfile.ZipFile(tmp_path / "out.qdpx") as after:
        assert [(info.filename, before.read(info)) for info in before.infolist()] == [
            (info.filename, after.read(info)) for info in after.infolist()
        ]


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 100_000), style=st.sampled_from([style for style in STYLES if style != "utf-16"]))
def test_any_valid_project_whose_guids_are_written_alike_comes_out_byte_for_byte(
    tmp_path: Path, seed: int, style: str
) -> None:
    data = re.sub(
        rb"""(["'])(?:\s|&#\d+;)*\{?([0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})\}?(?:\s|&#\d+;)*(["'])""",
        lambda match: match[1] + match[2].lower() + match[3],
        random_project(seed, 2, style=style),
    )
    new, result = repair(tmp_path, data)
    assert result.mends == []
    assert new == data


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 100_000), style=st.sampled_from(STYLES), guess=st.booleans())
def test_of_any_valid_project_only_the_form_of_guids_is_mended_and_it_stays_valid(
    tmp_path: Path, seed: int, style: str, guess: bool
) -> None:
    new, result = repair(tmp_path, random_project(seed, 2, style=style), assume=guess, drop_unknown=guess)
    assert set(codes(result)) <= {"mended-guid"}
    assert schema_findings(new) == []
    assert repair(tmp_path, new)[0] == new


@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 100_000))
def test_valid_codebooks_stay_valid(tmp_path: Path, seed: int) -> None:
    new, result = repair(tmp_path, random_codebook(seed, 2), suffix=".qdc")
    assert set(codes(result)) <= {"mended-guid"}
    assert schema_findings(new, "codebook") == []


# -- safe mends -------------------------------------------------------------------------------------------------------

SETS = f'<Sets><Set guid="{P1}" name="s"/></Sets>'
VARIABLES = f'<Variables><Variable guid="{P1}" name="v" typeOfVariable="Float"/></Variables>'


def value(inner: str) -> bytes:
    return document(f'<VariableValue><VariableRef targetGUID="{P1}"/>{inner}</VariableValue>', cases=VARIABLES)


SAFE = {
    "empty container": (document(tail="<Sets/>"), document(), "mended-empty"),
    "empty container with white space": (document(tail="<Sets>\n </Sets>"), document(), "mended-empty"),
    "empty containers in one another": (
        GOOD.replace(b"</Users>", b"</Users><Links></Links>"), GOOD, "mended-empty"),
    "comment in an empty container": (
        document(tail="<Sets> <!-- none --> </Sets>"), document(tail=" <!-- none --> "), "mended-empty"),
    "empty value": (value("<FloatValue/>"), value(""), "mended-empty"),
    "value of white space": (value("<FloatValue> </FloatValue>"), value(""), "mended-empty"),
    "order in a case": (
        document(cases=f'{VARIABLES}<Cases><Case guid="{P2}">\n <SourceRef targetGUID="{P1}"/>\n '
                       f'<VariableValue><VariableRef targetGUID="{P1}"/></VariableValue>\n</Case></Cases>'),
        document(cases=f'{VARIABLES}<Cases><Case guid="{P2}">\n '
                       f'<VariableValue><VariableRef targetGUID="{P1}"/></VariableValue>\n '
                       f'<SourceRef targetGUID="{P1}"/>\n</Case></Cases>'),
        "mended-order"),
    "order of the whole": (document(tail=VARIABLES), document(cases=VARIABLES), "mended-order"),
    "colour with alpha": (
        document(codes=f'<Code guid="{HEARD}" name="a" isCodable="true" color="#11223344"/>'),
        document(codes=f'<Code guid="{HEARD}" name="a" isCodable="true" color="#112233"/>'), "mended-color"),
    "colour as rgb": (
        document(codes=f"<Code guid='{HEARD}' name='a' isCodable='true' color = 'rgba(17, 34, 51, 0.5)' />"),
        document(codes=f"<Code guid='{HEARD}' name='a' isCodable='true' color = \"#112233\" />"), "mended-color"),
    "boolean": (GOOD.replace(b'isCodable="true"', b'isCodable="True"', 1), GOOD, "mended-value"),
    "coordinate": (GOOD.replace(b'startPosition="0"', b'startPosition="0.0"'), GOOD, "mended-value"),
    "date": (GOOD.replace(b"2024-01-02T03", b"2024-01-02 03"), GOOD, "mended-value"),
    "keyword": (
        document(tail=f'<Links><Link guid="{P1}" direction="one way"/></Links>'),
        document(tail=f'<Links><Link guid="{P1}" direction="OneWay"/></Links>'), "mended-value"),
    "number with an exponent": (
        value("<FloatValue>1.5e2</FloatValue>"), value("<FloatValue>150</FloatValue>"), "mended-value"),
    "braces of one GUID": (
        GOOD.replace(f'targetGUID="{HEARD}"'.encode(), f'targetGUID="{{{HEARD}}}"'.encode()), GOOD, "mended-guid"),
    "case of one GUID": (
        GOOD.replace(f'targetGUID="{HEARD}"'.encode(), f'targetGUID="{HEARD.upper()}"'.encode()), GOOD, "mended-guid"),
    "GUID as URN": (GOOD.replace(b'"dddddddd-', b'"urn:uuid:dddddddd-'), GOOD, "mended-guid"),
    "GUID without hyphens": (
        GOOD.replace(SELECTION.encode(), SELECTION.replace("-", "").encode()), GOOD, "mended-guid"),
    "namespace of another version": (GOOD.replace(b"project:1.0", b"project:0:10"), GOOD, "mended-namespace"),
    "member by guid": (
        document(tail=f'<Sets><Set guid="{P1}" name="s"><MemberCode guid="{HEARD}"/></Set></Sets>'),
        document(tail=f'<Sets><Set guid="{P1}" name="s"><MemberCode targetGUID="{HEARD}"/></Set></Sets>'),
        "mended-reference"),
    "member by text": (
        document(tail=f'<Sets><Set guid="{P1}" name="s"><MemberCode>{HEARD}</MemberCode></Set></Sets>'),
        document(tail=f'<Sets><Set guid="{P1}" name="s"><MemberCode targetGUID="{HEARD}"/></Set></Sets>'),
        "mended-reference"),
}  # fmt: skip


@pytest.mark.parametrize(("broken", "mended", "code"), SAFE.values(), ids=SAFE)
def test_what_is_safe_is_mended_and_said_and_all_else_stays(
    tmp_path: Path, broken: bytes, mended: bytes, code: str
) -> None:
    new, result = repair(tmp_path, broken)
    assert new == mended
    assert codes(result) == [code]
    assert schema_findings(new) == []


def test_a_document_without_a_namespace_gets_one(tmp_path: Path) -> None:
    new, result = repair(tmp_path, GOOD.replace(f' xmlns="{NAMESPACE}"'.encode(), b""))
    assert codes(result) == ["mended-namespace"]
    assert schema_findings(new) == []


@pytest.mark.parametrize("written", ["internal:///a.txt", "a.txt", "internal://A.TXT", "internal://sources/a.txt"])
def test_paths_are_written_as_the_standard_has_them_where_the_file_is_there(tmp_path: Path, written: str) -> None:
    source = f'<TextSource guid="{P1}" name="Two" plainTextPath="{{}}"/>'
    with zipfile.ZipFile(tmp_path / "in.qdpx", "w") as archive:
        archive.writestr("project.qde", document(sources=source.format(written)))
        archive.writestr("sources/a.txt", "text")
    result = repair_project(tmp_path / "in.qdpx", tmp_path / "out.qdpx")
    assert (codes(result), result.left) == (["mended-path"], [])
    with zipfile.ZipFile(tmp_path / "out.qdpx") as archive:
        assert archive.read("project.qde") == document(sources=source.format("internal://a.txt"))


def test_disorder_inside_disorder_is_put_in_order(tmp_path: Path) -> None:
    inner = (
        f'<Code guid="{OPEN}" name="b" isCodable="true"><NoteRef targetGUID="{P1}"/><Description>x</Description></Code>'
    )
    data = document(codes=f'<Code guid="{HEARD}" name="a" isCodable="true">{inner}<Description>y</Description></Code>')
    new, result = repair(tmp_path, data.replace(b"<Users>", f"{SETS}<Users>".encode()))
    assert codes(result) == ["mended-order"] * 3
    assert schema_findings(new) == []
    before = sorted(item.tag for item in etree.fromstring(data).iter(etree.Element))
    assert sorted(item.tag for item in etree.fromstring(new).iter(etree.Element) if "Set" not in item.tag) == before


@pytest.mark.parametrize("style", STYLES)
def test_mends_are_made_in_every_encoding_and_style(tmp_path: Path, style: str) -> None:
    data = random_project(3, 1, style=style)
    encoding = "utf-16-le" if style == "utf-16" else "utf-8"
    text = data.decode(encoding)
    for old, new in (("isCodable=\"true\"", 'isCodable="YES"'), ("<Users>", "<Links></Links><Users>"),
                     ("<q:Users>", "<q:Links></q:Links><q:Users>")):  # fmt: skip
        text = text.replace(old, new)
    mended, result = repair(tmp_path, text.encode(encoding))
    assert {"mended-empty"} <= set(codes(result))
    assert schema_findings(mended) == []


# -- what is left -----------------------------------------------------------------------------------------------------


def of_age(value: str) -> bytes:
    variables = f'<Variables><Variable guid="{P1}" name="Age" typeOfVariable="Integer"/></Variables>'
    return document(f'<VariableValue><VariableRef targetGUID="{P1}"/>{value}</VariableValue>', cases=variables)


@pytest.mark.parametrize("assume", [False, True])
def test_a_number_in_words_stays_and_it_is_said_why(tmp_path: Path, assume: bool) -> None:
    data = of_age("<IntegerValue>thirty</IntegerValue>")
    new, result = repair(tmp_path, data, assume=assume)
    assert new == data
    (left,) = result.left
    assert left.message.startswith("<IntegerValue> is “thirty”; it must be a whole number.")
    assert "what number was meant cannot be known" in left.message


def test_a_value_of_another_type_than_its_variable_stays_and_it_is_said_why(tmp_path: Path) -> None:
    (left,) = repair(tmp_path, of_age("<TextValue>thirty</TextValue>"))[1].left
    assert left.code == "value-type"
    assert "whether its value or the variable's type is wrong cannot be known" in left.message


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('isCodable="true"', 'isCodable="perhaps"', "whether true or false was meant"),
        ('isCodable="true"', 'isCodable="true" color="mauve"', "what colour was meant"),
        ('startPosition="0"', 'startPosition="first"', "what number was meant"),
    ],
)
def test_of_every_value_that_stays_it_is_said_what_cannot_be_known(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    left = [one for one in repair(tmp_path, GOOD.replace(old.encode(), new.encode()))[1].left if one.code == "schema"]
    assert left
    assert all(f"It stays as it is: {said} cannot be known." in one.message for one in left)


# -- guesses and what is unknown --------------------------------------------------------------------------------------


def test_what_is_missing_is_guessed_only_when_told_to(tmp_path: Path) -> None:
    data = GOOD.replace(b' isCodable="true"', b"")
    new, result = repair(tmp_path, data)
    assert (new, codes(result)) == (data, [])
    assert {finding.code for finding in result.left} == {"schema"}
    new, result = repair(tmp_path, data, assume=True)
    assert (new, codes(result), result.left) == (GOOD, ["mended-missing"] * 2, [])


@pytest.mark.parametrize(
    ("data", "mended"),
    [
        (document(selection(coding(1) + coding(2, NOWHERE))), document(selection(coding(1)))),
        (document(selection(coding(1, user=NOWHERE))), document(selection(coding(1, user=None)))),
        (document(selection(coding(1)) + f'<NoteRef targetGUID="{NOWHERE}"/>'), GOOD),
        (document(selection(coding(1))
                  + f'<VariableValue><VariableRef targetGUID="{NOWHERE}"/></VariableValue>'), GOOD),
        (document(tail=f'<Graphs><Graph guid="{P1}"><Edge guid="{P2}" sourceVertex="{NOWHERE}" targetVertex="{P1}"/>'
                       "</Graph></Graphs>"), document(tail=f'<Graphs><Graph guid="{P1}"></Graph></Graphs>')),
        (document(selection(coding(1).replace(f'<CodeRef targetGUID="{HEARD}"/>', ""))), document(selection(""))),
    ],
)  # fmt: skip
def test_references_to_nothing_are_taken_out_only_when_told_to(tmp_path: Path, data: bytes, mended: bytes) -> None:
    assert repair(tmp_path, data)[0] == data
    new, result = repair(tmp_path, data, assume=True)
    assert new == mended
    assert set(codes(result)) == {"mended-reference"}


def test_identifiers_that_are_no_guids_become_guids_that_still_name_each_other(tmp_path: Path) -> None:
    data = GOOD.replace(HEARD.encode(), b"code-1")
    assert repair(tmp_path, data)[0] == data
    repair(tmp_path, data, assume=True)
    project = read_project(tmp_path / "out.qde")
    assert list(project.column("codings", "code_row")) == [0]
    assert schema_findings((tmp_path / "out.qde").read_bytes()) == []


def test_unknown_elements_and_attributes_go_only_when_told_to_and_are_listed(tmp_path: Path) -> None:
    data = GOOD.replace(b"<Sources>", b'<Vendor secret="1"><x>y</x></Vendor><Sources>')
    data = data.replace(b'name="Anna"', b'name="Anna" colour="blue"')
    assert repair(tmp_path, data, assume=True)[0] == data
    new, result = repair(tmp_path, data, drop_unknown=True)
    assert new == GOOD
    assert [mend.message for mend in result.mends] == [
        "The attribute colour of <User> was taken out; it was “blue”.",
        "<Vendor> is unknown to the standard and was taken out, with what was in it.",
    ]
    assert all("line 2" in mend.where for mend in result.mends)


def test_what_stands_in_an_unknown_wrapper_is_kept(tmp_path: Path) -> None:
    inner = f'<Code guid="{OPEN}" name="Openness" isCodable="true"/>'
    data = document(codes=f'<Code guid="{HEARD}" name="a" isCodable="true"><SubCodes>{inner}</SubCodes></Code>')
    new, _ = repair(tmp_path, data, drop_unknown=True)
    assert new == document(codes=f'<Code guid="{HEARD}" name="a" isCodable="true">{inner}</Code>')


def test_elements_of_vendors_in_their_own_namespace_go_when_told_to(tmp_path: Path) -> None:
    data = GOOD.replace(b"<Sources>", b'<v:Extra xmlns:v="urn:vendor"><v:More/></v:Extra><Sources>')
    assert repair(tmp_path, data, drop_unknown=True)[0] == GOOD


# -- codebooks --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", sorted(REAL.glob("*.qdc")), ids=lambda path: path.name)
def test_real_codebooks_are_valid_after_repair(path: Path, tmp_path: Path) -> None:
    result = repair_project(path, tmp_path / "out.qdc")
    assert result.left == []
    assert schema_findings((tmp_path / "out.qdc").read_bytes(), "codebook") == []


# -- damaged documents ------------------------------------------------------------------------------------------------


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000_000), book=st.booleans())
def test_every_damaged_document_is_mended_as_far_as_it_goes_and_what_is_left_is_said(
    tmp_path: Path, seed: int, book: bool
) -> None:
    make, kind, suffix = (random_codebook, "codebook", ".qdc") if book else (random_project, "project", ".qde")
    schema: Kind = "codebook" if kind == "codebook" else "project"
    mutator = Mutator(seed, list(CHILDREN), ["guid", "name", "startPosition", "isCodable", "targetGUID", "color"])
    root, _ = mutator.mutate(etree.fromstring(make(seed % 50, 1)))
    data = etree.tostring(root)
    for options in (False, True):
        try:
            new, result = repair(tmp_path, data, assume=options, drop_unknown=options, suffix=suffix)
        except QdpxError as error:
            assert error.remedy
            continue
        breaches = schema_findings(new, schema)
        assert not breaches or schema_findings(data, schema)
        assert bool(breaches) == any(finding.code == "schema" for finding in result.left)
        assert repair(tmp_path, new, assume=options, drop_unknown=options, suffix=suffix)[0] == new


# -- files ------------------------------------------------------------------------------------------------------------


def test_the_input_is_never_written_over_and_an_existing_output_only_when_told_to(tmp_path: Path) -> None:
    (tmp_path / "in.qde").write_bytes(GOOD)
    (tmp_path / "out.qde").write_bytes(b"mine")
    with pytest.raises(OutputError):
        repair_project(tmp_path / "in.qde", tmp_path / "in.qde", force=True)
    with pytest.raises(OutputError):
        repair_project(tmp_path / "in.qde", tmp_path / "out.qde")
    with pytest.raises(UsageError):
        repair_project(tmp_path / "in.qde", tmp_path / "out.qdpx")
    assert (tmp_path / "out.qde").read_bytes() == b"mine"


@pytest.mark.parametrize("data", [b"<html:x/>", b"<Other/>", GOOD[:-9], b"\xff\xfe<\0"])
def test_what_is_no_project_is_refused_and_nothing_is_written(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "in.qde").write_bytes(data)
    with pytest.raises(InputError):
        repair_project(tmp_path / "in.qde", tmp_path / "out.qde")
    assert [path.name for path in tmp_path.iterdir()] == ["in.qde"]


# -- the parts --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("rules", "schema"), [(PROJECT_RULES, "Project"), (CODEBOOK_RULES, "Codebook")])
def test_the_rules_are_those_of_the_schema(rules: Rules, schema: str) -> None:
    read = Schema(ROOT / f"schemas/{schema}.xsd")
    for name, types in read.elements().items():
        for item in (read.types[one] for one in types if one in read.types):
            assert set(item.attributes) == set(rules.attributes.get(name, ())), name
            required = {attribute for attribute, (_, needed) in item.attributes.items() if needed}
            assert required == rules.required.get(name, frozenset()), name
    assert set(read.elements()) == set(rules.children)
    for name, values in ENUMERATIONS.items():
        assert any(set(values) == set(found[1]) for found in read.values.values() if found[1]) or schema != "Project", (
            name
        )


@pytest.mark.parametrize(
    ("written", "color"),
    [("#ABC", "#ABC"), (" #aabbcc", " #aabbcc"), ("#abcd", "#aabbcc"), ("AABBCC", "#AABBCC"), ("#AABBCCDD", "#AABBCC"),
     ("rgb(1,2,3)", "#010203"), ("RGB(255 0 0)", "#ff0000"), ("rgb(1,2,300)", None), ("Red", "#ff0000"), ("nice", None),
     ("", None)],
)  # fmt: skip
def test_colours(written: str, color: str | None) -> None:
    assert mended_color(written) == color


def test_numbers_dates_and_booleans() -> None:
    assert [mended_integer(written) for written in (" 1 ", "+5", "5.0", "5.", "5.5", "x", "１")] == [
        " 1 ", "+5", "5", "5", None, None, None,
    ]  # fmt: skip
    assert [rounded_integer(written) for written in ("5.5", "-5.4", "1.2e1", "-.4", "x")] == [
        "6",
        "-5",
        "12",
        "0",
        None,
    ]
    assert [mended_decimal(written) for written in ("1.50", "1e3", "-2.5E-3", "1.25e1", "NaN", "1e", "")] == [
        "1.50", "1000", "-0.0025", "12.5", None, None, None,
    ]  # fmt: skip
    assert [mended_boolean(written) for written in ("1", "TRUE", " No ", "maybe")] == ["1", "true", "false", None]
    assert [mended_moment(written) for written in ("2024-02-29 12:00:00", "2024-02-29t12:00z", "2024-02-29", "x")] == [
        "2024-02-29T12:00:00", "2024-02-29T12:00:00Z", None, None,
    ]  # fmt: skip
    assert [mended_date(written) for written in (" 2024-02-29 ", "2024-02-29T00:00:00Z", "2024-02-29T01:00:00")] == [
        "2024-02-29", "2024-02-29Z", None,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("source", "code", "said"),
    [
        (coding(1, NOWHERE), "reference-dangling", "--assume takes such references out"),
        (selection("", end=9999), "position-past-end", "where the selection ends cannot be known"),
        (selection("") + selection(""), "guid-twice", "which of the two a reference means"),
    ],
)
def test_of_what_is_no_value_it_is_said_why_it_stays(source: str, code: str, said: str, tmp_path: Path) -> None:
    left = [one for one in repair(tmp_path, document(source))[1].left if one.code == code]
    assert left
    assert all(said in one.message for one in left)


def test_of_a_bare_document_it_is_said_that_its_files_do_not_lie_beside_the_result(tmp_path: Path) -> None:
    text = "12345678-0000-4000-8000-0000000000ff.txt"
    data = GOOD.replace(b'name="Interview 1"', f'name="Interview 1" plainTextPath="internal://{text}"'.encode())
    data = data.replace(b"<PlainTextContent>I felt heard and seen.</PlainTextContent>", b"")
    (tmp_path / "export" / "sources").mkdir(parents=True)
    (tmp_path / "export" / "sources" / text).write_text("I felt heard and seen.")
    (tmp_path / "export" / "project.qde").write_bytes(data)
    result = repair_project(tmp_path / "export" / "project.qde", tmp_path / "repaired.qde")
    assert (tmp_path / "repaired.qde").read_bytes() == data
    assert {finding.code for finding in result.left} >= {"file-missing"}
