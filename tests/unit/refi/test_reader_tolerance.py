"""What real programs write beside the schema is read all the same, with findings, never refused."""

from pathlib import Path

import pytest

from qdpx_compassion.errors import InputError
from qdpx_compassion.files.limits import Limits
from qdpx_compassion.refi.reader import read_project
from qdpx_compassion.tables import Project

NAMESPACE = 'xmlns="urn:QDA-XML:project:1.0"'
A, B, C, D = (f"{digit}{digit * 7}-{digit * 4}-4{digit * 3}-8{digit * 3}-{digit * 12}" for digit in "abcd")


def read(inside: str, folder: Path, attributes: str = f'name="p" {NAMESPACE}') -> Project:
    path = folder / "project.qde"
    path.write_text(f"<Project {attributes}>{inside}</Project>", encoding="utf-8")
    return read_project(path)


def codes_of(project: Project) -> list[str]:
    return [finding.code for finding in project.findings]


def codebook(codes: str) -> str:
    return f"<CodeBook><Codes>{codes}</Codes></CodeBook>"


def source(inside: str) -> str:
    return f'<Sources><TextSource guid="{A}" name="P1">{inside}</TextSource></Sources>'


def column(project: Project, table: str, name: str) -> list[object]:
    return list(project.column(table, name))


# -- containers and order ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "inside",
    [
        "<Users/><CodeBook><Codes/></CodeBook><Variables/><Cases/><Sources/><Notes/><Links/><Sets/><Graphs/>",
        "<CodeBook/><Sets></Sets><Notes> </Notes>",
        "",
    ],
)
def test_empty_containers_hold_nothing(inside: str, tmp_path: Path) -> None:
    project = read(inside, tmp_path)
    assert {name for name, rows in project.rows.items() if rows} == {"project"}
    assert codes_of(project) == []


def test_children_in_any_order_are_read(tmp_path: Path) -> None:
    text = (
        f'<PlainTextSelection guid="{B}" startPosition="0" endPosition="4"><NoteRef targetGUID="{D}"/>'
        f'<Coding guid="{C}"><CodeRef targetGUID="{D}"/></Coding><Description>d</Description></PlainTextSelection>'
        "<PlainTextContent>text and more</PlainTextContent><Description>about</Description>"
    )
    case = (
        f'<Cases><Case guid="{B}"><SourceRef targetGUID="{A}"/><VariableValue><VariableRef targetGUID="{C}"/>'
        f'<TextValue>x</TextValue></VariableValue><CodeRef targetGUID="{D}"/></Case></Cases>'
    )
    project = read(source(text) + case + codebook(f'<Code guid="{D}" name="c" isCodable="true"/>'), tmp_path)
    assert column(project, "selections", "quotation") == ["text"]
    assert column(project, "selections", "description") == ["d"]
    assert column(project, "sources", "description") == ["about"]
    assert column(project, "codings", "code_row") == [0]
    assert column(project, "case_members", "member_kind") == ["SourceRef", "CodeRef"]
    assert column(project, "variable_values", "value") == ["x"]
    assert codes_of(project) == []


# -- what the standard does not know -----------------------------------------------------------------------------------


def test_codes_in_a_wrapper_of_their_own_are_read(tmp_path: Path) -> None:
    codes = (
        f'<Code guid="{A}" name="a" isCodable="true"><SubCodes><Code guid="{B}" name="b" isCodable="true">'
        f'<Codes><Code guid="{C}" name="c" isCodable="true"/></Codes></Code></SubCodes></Code>'
    )
    project = read(codebook(codes), tmp_path)
    assert column(project, "codes", "parent_row") == [None, 0, 1]
    assert codes_of(project) == ["xml-unknown-element", "xml-unknown-element"]
    assert "SubCodes in Code" in project.findings[0].message


def test_a_text_with_attributes_is_still_a_text(tmp_path: Path) -> None:
    inside = (
        '<Description lang="nl">about</Description><PlainTextContent xml:space="preserve"> text </PlainTextContent>'
    )
    project = read(source(inside), tmp_path)
    assert column(project, "sources", "description") == ["about"]
    assert column(project, "sources", "plain_text_content") == [" text "]
    assert codes_of(project) == ["xml-unknown-attribute", "xml-unknown-attribute"]


def test_unknown_attributes_are_told_once_a_kind(tmp_path: Path) -> None:
    codes = "".join(
        f'<Code guid="{guid}" name="n" isCodable="true" description="d" v:tint="1" xmlns:v="urn:vendor"/>'
        for guid in (A, B)
    )
    project = read(codebook(codes), tmp_path)
    assert codes_of(project) == ["xml-unknown-attribute"] * 2
    assert [finding.message.split(":")[0] for finding in project.findings] == ["description on Code", "v"]
    assert "v:tint on Code" in project.findings[1].message
    assert "(2×)" in project.findings[0].message


def test_elements_of_another_namespace_are_left_aside_with_what_is_in_them(tmp_path: Path) -> None:
    inside = (
        '<v:Extra xmlns:v="urn:vendor"><Description>not ours</Description><v:Code/></v:Extra>'
        "<PlainTextContent>one <v:b xmlns:v='urn:vendor'>two</v:b> three</PlainTextContent>"
    )
    project = read(source(inside), tmp_path)
    assert column(project, "sources", "description") == [None]
    assert column(project, "sources", "plain_text_content") == ["one two three"]
    assert codes_of(project) == ["xml-unknown-element", "xml-unknown-element"]


def test_texts_of_unknown_elements_are_not_taken_for_the_parents(tmp_path: Path) -> None:
    inside = (
        "<PlainTextContent>ours</PlainTextContent><Extension><PlainTextContent>theirs</PlainTextContent></Extension>"
    )
    project = read(source(inside), tmp_path)
    assert column(project, "sources", "plain_text_content") == ["ours"]
    assert set(codes_of(project)) == {"xml-unknown-element"}


def test_an_element_at_a_wrong_place_does_not_lend_its_parts_to_the_parent(tmp_path: Path) -> None:
    inside = (
        f'<AudioSelection guid="{B}" begin="0" end="1"><Description>of the selection</Description>'
        f'<Coding guid="{C}"><CodeRef targetGUID="{D}"/></Coding></AudioSelection>'
    )
    project = read(source(inside), tmp_path)
    assert project.rows["codings"] == []
    assert column(project, "sources", "description") == [None]
    assert "AudioSelection in TextSource" in project.findings[0].message


def test_schema_instance_attributes_are_no_finding(tmp_path: Path) -> None:
    xsi = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    location = "urn:QDA-XML:project:1.0 http://schema.qdasoftware.org/versions/Project/v1.0/Project.xsd"
    codes = f'<Code guid="{A}" name="a" isCodable="true" xsi:type="CodeType"><NoteRef targetGUID="{B}" xsi:nil="0"/>'
    project = read(codebook(f"{codes}</Code>"), tmp_path, f'name="p" {NAMESPACE} {xsi} xsi:schemaLocation="{location}"')
    assert column(project, "project", "schema_location") == [location]
    assert codes_of(project) == []


# -- values ------------------------------------------------------------------------------------------------------------


def test_a_missing_iscodable_stays_missing(tmp_path: Path) -> None:
    project = read(codebook(f'<Code guid="{A}" name="a"/>'), tmp_path)
    assert column(project, "codes", "is_codable") == [None]
    assert column(project, "codes", "is_codable_written") == [None]


@pytest.mark.parametrize(
    ("written", "value", "kept", "finding"),
    [
        ("true", True, None, []),
        ("false", False, None, []),
        ("1", True, "1", []),
        (" 0\n", False, " 0 ", []),
        ("True", None, "True", ["value-unreadable"]),
        ("yes", None, "yes", ["value-unreadable"]),
        ("", None, "", ["value-unreadable"]),
    ],
)
def test_booleans(written: str, value: bool | None, kept: str | None, finding: list[str], tmp_path: Path) -> None:
    project = read(codebook(f'<Code guid="{A}" name="a" isCodable="{written}"/>'), tmp_path)
    assert column(project, "codes", "is_codable") == [value]
    assert column(project, "codes", "is_codable_written") == [kept]
    assert codes_of(project) == finding


@pytest.mark.parametrize(
    ("written", "value", "kept"),
    [
        ("7", 7, None),
        ("-7", -7, None),
        ("+7", 7, "+7"),
        (" 007 ", 7, " 007 "),
        ("9223372036854775807", 2**63 - 1, None),
        ("9223372036854775808", None, "9223372036854775808"),
        ("12.5", None, "12.5"),
        ("1_000", None, "1_000"),
        ("", None, ""),
        ("NaN", None, "NaN"),
        ("1e3", None, "1e3"),
    ],
)
def test_numbers(written: str, value: int | None, kept: str | None, tmp_path: Path) -> None:
    picture = f'<PictureSelection guid="{B}" firstX="{written}" firstY="0" secondX="1" secondY="2"/>'
    project = read(f'<Sources><PictureSource guid="{A}">{picture}</PictureSource></Sources>', tmp_path)
    assert column(project, "selections", "first_x") == [value]
    assert column(project, "selections", "first_x_written") == [kept]
    assert codes_of(project) == (["value-unreadable"] if value is None else [])
    assert column(project, "selections", "place") == [f"area ({written if value is None else value}, 0) to (1, 2)"]


def test_an_empty_typed_value_is_kept_as_it_is(tmp_path: Path) -> None:
    value = f'<VariableValue><VariableRef targetGUID="{B}"/><FloatValue/></VariableValue>'
    project = read(source(value), tmp_path)
    assert project.rows["variable_values"] == [["source", 0, B, "FloatValue", ""]]


def test_ids_that_are_no_guids_are_read_and_told(tmp_path: Path) -> None:
    inside = (
        f'<PlainTextContent>text</PlainTextContent><PlainTextSelection guid="{B}" startPosition="0" '
        'endPosition="4"><Coding guid="1"><CodeRef targetGUID="code-7"/></Coding></PlainTextSelection>'
    )
    project = read(codebook('<Code guid="CODE-7" name="c" isCodable="true"/>') + source(inside), tmp_path)
    assert column(project, "codings", "code_row") == [0]
    assert codes_of(project) == ["guid-form", "guid-form"]


def test_guids_are_compared_without_braces_and_letter_case(tmp_path: Path) -> None:
    inside = f'<Coding guid="{B}"><CodeRef targetGUID=" {{{A.upper()}}} "/></Coding>'
    project = read(codebook(f'<Code guid="{A}" name="c" isCodable="true"/>') + source(inside), tmp_path)
    assert column(project, "codings", "code_row") == [0]
    assert column(project, "codings", "code_guid") == [f" {{{A.upper()}}} "]
    assert codes_of(project) == []


def test_references_that_dangle_or_name_nothing_are_read(tmp_path: Path) -> None:
    inside = f'<Coding guid="{B}"><CodeRef targetGUID="{C}"/></Coding><Coding guid="{D}"/><Coding><CodeRef/></Coding>'
    project = read(source(inside), tmp_path)
    assert column(project, "codings", "code_row") == [None, None, None]
    assert column(project, "codings", "code_guid") == [C, None, None]


def test_references_in_older_forms_are_read_and_told(tmp_path: Path) -> None:
    members = f'<MemberSource guid="{B}"/><MemberNote> {C}\n</MemberNote><MemberNote/>'
    project = read(f'<Sets><Set guid="{A}" name="s">{members}</Set></Sets>', tmp_path)
    assert project.rows["set_members"] == [[0, "MemberSource", B], [0, "MemberNote", C]]
    assert codes_of(project) == ["reference-form", "reference-form"]


def test_names_that_are_missing_or_empty_or_repeat_are_read(tmp_path: Path) -> None:
    codes = (
        f'<Code guid="{A}" name="" isCodable="true"/><Code guid="{B}" isCodable="true"/>'
        f'<Code guid="{C}" name="same" isCodable="true"/><Code guid="{D}" name="same" isCodable="true"/>'
    )
    project = read(codebook(codes), tmp_path, NAMESPACE)
    assert column(project, "codes", "name") == ["", None, "same", "same"]
    assert column(project, "project", "name") == [None]


# -- the document ------------------------------------------------------------------------------------------------------

CODE = codebook(f'<Code guid="{A}" name="Gefühl 🙂" isCodable="true"/>')


@pytest.mark.parametrize(
    ("namespace", "said"),
    [
        ('xmlns="urn:QDA-XML:project:1.0"', []),
        ('xmlns="urn:QDA-XML:project:1.5"', ["xml-namespace"]),
        ('xmlns="urn:QDA-XML:project:0:10"', ["xml-namespace"]),
        ("", ["xml-namespace"]),
    ],
)
def test_any_namespace_of_the_root_is_the_documents(namespace: str, said: list[str], tmp_path: Path) -> None:
    project = read(CODE, tmp_path, f'name="p" {namespace}')
    assert column(project, "codes", "name") == ["Gefühl 🙂"]
    assert codes_of(project) == said


@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        ("utf-8", []),
        ("utf-16", []),
        ("windows-1252", []),
        ("iso-8859-15", []),
        ("utf-32", ["xml-encoding"]),
        ("shift_jis", ["xml-encoding"]),
        ("gb18030", ["xml-encoding"]),
    ],
)
def test_documents_in_other_encodings_are_read(encoding: str, said: list[str], tmp_path: Path) -> None:
    name = "語" if encoding in ("shift_jis", "gb18030") else "Gefühl"
    text = f'<?xml version="1.0" encoding="{encoding}"?><Project name="{name}" {NAMESPACE}>{CODE}</Project>'
    path = tmp_path / "project.qde"
    path.write_bytes(text.encode(encoding, "xmlcharrefreplace"))


def test_a_doctype_is_told_and_nothing_outside_is_read(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    entity = f'<!DOCTYPE Project [<!ENTITY e SYSTEM "{(tmp_path / "secret.txt").as_uri()}"><!ENTITY i "inside">]>'
    path = tmp_path / "project.qde"
    path.write_text(f'{entity}<Project name="&i;" {NAMESPACE}><Description>&e;&i;</Description></Project>', "utf-8")
    project = read_project(path)
    assert column(project, "project", "name") == ["inside"]
    assert column(project, "project", "description") == ["inside"]
    assert codes_of(project) == ["xml-doctype"]


def test_entities_that_grow_without_end_are_refused(tmp_path: Path) -> None:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    path = tmp_path / "project.qde"
    doctype = f'<!DOCTYPE Project [<!ENTITY e0 "grows">{entities}]>'
    path.write_text(f"{doctype}<Project name='p'><Description>&e11;</Description></Project>", encoding="utf-8")
    with pytest.raises(InputError):
        read_project(path)


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ("<CodeBook xmlns='urn:QDA-XML:codebook:1.0'/>", "codebook"),
        ("<Document/>", "first element is Document"),
        ("<Project><Users></Project>", "mismatched tag"),
        ("<Project name='p'", "not well-formed"),
        ("<Project name='a\x01'/>", "not well-formed"),
        ("<Project/><Project/>", "not well-formed"),
        ("<?xml version='1.0' encoding='no-such'?><Project/>", "no program writes"),
    ],
)
def test_a_document_that_is_none_says_why_and_where(document: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "project.qde"
    path.write_text(document, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_project(path)
    assert said in str(caught.value)
    assert caught.value.where.startswith("project.qde")
    assert caught.value.remedy


def test_elements_nested_without_end_are_refused(tmp_path: Path) -> None:
    codes = f'<Code guid="{A}" name="a" isCodable="true">' * 300 + "</Code>" * 300
    with pytest.raises(InputError, match="256 deep"):
        read(codebook(codes), tmp_path)


def test_a_long_text_is_read_a_long_tag_refused(tmp_path: Path) -> None:
    path, limits, long = tmp_path / "project.qde", Limits(tag_bytes=1 << 20), "x" * 3_000_000
    path.write_text(f"<Project name='p'><Description>{long}</Description></Project>", encoding="utf-8")
    assert column(read_project(path, limits=limits), "project", "description") == [long]
    path.write_text(f"<Project name='{long}'/>", encoding="utf-8")
    assert column(read_project(path), "project", "name") == [long]
    with pytest.raises(InputError, match="longer than 1 MB"):
        read_project(path, limits=limits)


def test_truncation_at_any_byte_is_an_error_in_words(tmp_path: Path) -> None:
    whole = f'<?xml version="1.0"?><Project name="p" {NAMESPACE}>{CODE}{source("")}</Project>'.encode()
    path = tmp_path / "project.qde"
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        with pytest.raises(InputError):
            read_project(path)
