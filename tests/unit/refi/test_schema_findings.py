"""What researchers are told when a document does not follow the schema."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from documents import STYLES, random_codebook, random_project

from qdpx_compassion.errors import InputError
from qdpx_compassion.findings import Finding, Severity
from qdpx_compassion.refi import validation
from qdpx_compassion.refi.validation import schema_findings, schema_path

GUID = "0a1b2c3d-4e5f-6789-abcd-ef0123456789"


def project(content: str, attributes: str = 'name="p"') -> bytes:
    return (
        f'<?xml version="1.0"?>\n<Project xmlns="urn:QDA-XML:project:1.0" {attributes}>\n{content}\n</Project>'.encode()
    )


def codes(code: str) -> bytes:
    return project(f"<CodeBook>\n<Codes>\n{code}\n</Codes>\n</CodeBook>")


def value(element: str) -> bytes:
    return project(
        f'<Cases><Case guid="{GUID}"><VariableValue><VariableRef targetGUID="{GUID}"/>\n{element}</VariableValue>'
        "</Case></Cases>"
    )


def only(document: bytes) -> Finding:
    (finding,) = schema_findings(document)
    return finding


@pytest.mark.parametrize("style", STYLES)
def test_a_project_that_follows_the_schema_has_no_findings(style: str) -> None:
    assert schema_findings(random_project(11, 2, style=style)) == []


@pytest.mark.parametrize("style", STYLES)
def test_a_codebook_that_follows_the_schema_has_no_findings(style: str) -> None:
    assert schema_findings(random_codebook(11, 2, style=style), "codebook", "codes.qdc") == []


def test_a_document_may_be_a_file_and_is_read_from_where_it_stands() -> None:
    stream = io.BytesIO(b"skipped" + codes(f'<Code guid="{GUID}" name="a"/>'))
    stream.seek(7)
    (finding,) = schema_findings(stream)
    assert finding.where == "project.qde, line 5, <Code>"


def test_a_finding_says_which_document_line_and_element() -> None:
    finding = only(codes(f'<Code guid="{GUID}" name="a"/>'))
    assert finding == Finding("schema", "<Code> lacks the attribute isCodable.", "project.qde, line 5, <Code>")
    assert finding.severity is Severity.ERROR


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (
            f'<Code guid="{GUID}" name="a" isCodable="ja"/>',
            "The attribute isCodable of <Code> is “ja”; it must be true or false.",
        ),
        (
            '<Code guid="7" name="a" isCodable="1"/>',
            f"The attribute guid of <Code> is “7”; it must be a GUID such as {GUID}.",
        ),
        (
            f'<Code guid="{GUID}" name="a" isCodable="1" color="rgba(1,2,3,0)"/>',
            "The attribute color of <Code> is “rgba(1,2,3,0)”; it must be a colour such as #1A2B3C.",
        ),
        (
            f'<Code guid="{GUID}" name="a" isCodable="1" color=""/>',
            "The attribute color of <Code> is empty; it must be a colour such as #1A2B3C.",
        ),
        (
            f'<Code guid="{GUID}" name="a" isCodable="1" description="d"/>',
            "<Code> may not have an attribute description.",
        ),
        (
            f'<Code guid="{GUID}" name="a" isCodable="1"><SubCodes/></Code>',
            "<SubCodes> is no element of REFI-QDA; what may follow here is <Description>, <NoteRef> or <Code>.",
        ),
        (
            f'<Code guid="{GUID}" name="a" isCodable="1"><NoteRef targetGUID="{GUID}"/><Description/></Code>',
            "<Description> stands at a wrong place or once too often; what may follow here is <NoteRef> or <Code>.",
        ),
        (
            f'<Code guid="{GUID}" name="a" isCodable="1"><Description xmlns=""/></Code>',
            "<Description> is not in the namespace of the document; "
            "what may follow here is <Description>, <NoteRef> or <Code>.",
        ),
        (
            f'<Code guid="{GUID}" name="a" isCodable="1">text</Code>',
            "There is text in <Code>, where only elements may stand.",
        ),
        (
            f'<Code guid="{GUID}" name="a" isCodable="1"><Description><b/></Description></Code>',
            "There are elements in <Description>, where only text may stand.",
        ),
        (
            f'<Code guid="{GUID}" name="a" isCodable="1"><NoteRef targetGUID="{GUID}">x</NoteRef></Code>',
            "<NoteRef> must be empty: neither text nor elements may stand in it.",
        ),
        (
            '<Code xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:type="UserType" '
            f'guid="{GUID}" name="a" isCodable="1"/>',
            "<Code> claims by xsi:type to be of a type that may not stand here.",
        ),
    ],
)
def test_what_is_wrong_with_an_element_is_said_in_plain_words(code: str, message: str) -> None:
    assert only(codes(code)).message == message


@pytest.mark.parametrize(
    ("element", "message"),
    [
        ("<IntegerValue>1.5</IntegerValue>", "<IntegerValue> is “1.5”; it must be a whole number."),
        (
            "<FloatValue/>",
            "<FloatValue> is empty; it must be a number (digits, at most one point, no exponent).",
        ),
        ("<DateValue>1-2-24</DateValue>", "<DateValue> is “1-2-24”; it must be a date such as 2024-02-29."),
        (
            "<DateTimeValue>2024-02-29</DateTimeValue>",
            "<DateTimeValue> is “2024-02-29”; it must be a date and time such as 2024-02-29T13:45:00Z.",
        ),
        (
            f"<BooleanValue>{'x' * 100}</BooleanValue>",
            f"<BooleanValue> is “{'x' * 60}…”; it must be true or false.",
        ),
        (
            "<TextValue/><TextValue/>",
            "<TextValue> stands at a wrong place or once too often; nothing more may follow here.",
        ),
    ],
)
def test_a_wrong_value_is_quoted_with_what_it_must_be(element: str, message: str) -> None:
    assert only(value(element)).message == message


def test_a_choice_between_words_lists_them() -> None:
    document = project(f'<Links><Link guid="{GUID}" direction="both"/></Links>')
    expected = "The attribute direction of <Link> is “both”; it must be Associative, OneWay or Bidirectional."
    assert only(document).message == expected


def test_an_empty_container_is_told_what_must_stand_in_it() -> None:
    assert only(project("<Sets/>")).message == "<Sets> is empty or breaks off: <Set> must follow in it."


def test_another_root_or_namespace_is_told_what_a_project_begins_with() -> None:
    for document in (b"<html/>", b'<Project xmlns="urn:QDA-XML:project:0:10" name="p"/>', b'<Project name="p"/>'):
        message = "The document is no project of REFI-QDA 1.0: it must begin with <Project> in the namespace"
        assert only(document).message == f"{message} urn:QDA-XML:project:1.0."


def test_a_codebook_is_judged_by_the_schema_of_codebooks() -> None:
    (finding,) = schema_findings(random_project(1, 0), "codebook", "codes.qdc")
    assert "it must begin with <CodeBook>" in finding.message
    assert finding.where.startswith("codes.qdc, line ")


def test_the_list_is_cut_at_the_limit_and_says_how_many_are_left_out() -> None:
    findings = schema_findings(codes(f'<Code guid="{GUID}" name="a"/>\n' * 25), limit=10)
    assert [finding.where for finding in findings[:10]] == [f"project.qde, line {5 + n}, <Code>" for n in range(10)]
    assert findings[10:] == [Finding("schema", "15 more breaches of the schema are not listed.", "project.qde")]


@pytest.mark.parametrize(
    ("document", "line"),
    [
        (b"", 1),
        (b"PK\x03\x04" + bytes(60), 1),
        (b"<!doctype html><html><p>", 1),
        (random_project(1, 1)[:9000], None),
        (project("<Users>\n</Sets>"), 4),
        (codes('<Code guid="7"/>').replace(b"</Project>", b""), 8),
        (project("<Description>\x00</Description>"), 3),
        (project("<Description>caf\xe9</Description>").replace(b"\xc3\xa9", b"\xe9"), 3),
    ],
)
def test_what_is_no_xml_is_an_input_error_with_its_line(document: bytes, line: int | None) -> None:
    with pytest.raises(InputError, match="not well-formed XML") as caught:
        schema_findings(document, name="x.qde")
    assert caught.value.where.startswith("x.qde, line ")
    if line is not None:
        assert caught.value.where == f"x.qde, line {line}"


def test_a_document_too_large_for_a_tree_is_judged_without_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(validation, "LINES_UP_TO", 100)
    finding = only(codes(f'<Code guid="{GUID}" name="a"/>'))
    assert finding == Finding("schema", "<Code> lacks the attribute isCodable.", "project.qde, <Code>")
    with pytest.raises(InputError) as caught:
        schema_findings(codes('<Code guid="7"/>').replace(b"</Codes>", b""))
    assert caught.value.where == "project.qde, line 7"
    assert "mismatch" in caught.value.what
    assert "b'" not in caught.value.what


def test_nothing_outside_the_document_is_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret", encoding="utf-8")
    doctype = f'<!DOCTYPE Project [<!ENTITY e SYSTEM "{secret.as_uri()}">]>\n'.encode()
    document = value("<IntegerValue>&e;</IntegerValue>").replace(b"<Project", doctype + b"<Project", 1)
    try:
        said = " ".join(finding.message for finding in schema_findings(document))
    except InputError as error:
        said = str(error)
    assert "secret" not in said
    missing = b'<!DOCTYPE Project SYSTEM "http://schema.invalid/project.dtd">\n'
    assert schema_findings(project("").replace(b"<Project", missing + b"<Project", 1)) == []


def test_entities_that_would_grow_without_end_are_refused() -> None:
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    doctype = f'<!DOCTYPE Project [<!ENTITY a0 "{"a" * 100}">{entities}]>\n'.encode()
    for document in (project("<Description>&a11;</Description>"), project("", 'name="&a11;"')):
        with pytest.raises(InputError):
            schema_findings(document.replace(b"<Project", doctype + b"<Project", 1))


def test_a_text_of_many_megabytes_is_no_breach() -> None:
    assert schema_findings(project(f"<Description>{'long ' * 3_000_000}</Description>")) == []


def test_the_schemas_are_found_and_a_missing_one_is_an_input_error() -> None:
    for name in ("Project.xsd", "Codebook.xsd"):
        assert schema_path(name).is_file()
    with pytest.raises(InputError, match=r"None\.xsd is missing"):
        schema_path("None.xsd")
