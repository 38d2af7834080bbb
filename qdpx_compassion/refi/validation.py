"""Does a document follow the schema? What libxml2 answers, said in words that a researcher understands.

References, positions and files are no matter of the schema; see ``schemas/README.md`` for what it cannot say.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Literal

from qdpx_compassion.errors import InputError
from qdpx_compassion.findings import Finding
from qdpx_compassion.refi.names import CHILDREN, CODEBOOK_NAMESPACE, PROJECT_NAMESPACE

if TYPE_CHECKING:
    from lxml import etree

Kind = Literal["project", "codebook"]

#: Larger documents are judged without a tree in memory; their findings say no lines. In bytes.
LINES_UP_TO = 200_000_000

_PIECE = 1 << 20
_SCHEMAS = {"project": "Project.xsd", "codebook": "Codebook.xsd"}
_ROOTS = {"project": ("Project", PROJECT_NAMESPACE), "codebook": ("CodeBook", CODEBOOK_NAMESPACE)}


def schema_path(name: str) -> Path:
    """Where a schema file lies: in the installed package, or at the top of a source checkout.

    Args:
        name: file name, e.g. ``Project.xsd``.

    Raises:
        InputError: neither place has it.
    """
    package = Path(__file__).resolve().parents[1]
    places = [folder / "schemas" / name for folder in (package, package.parent)]
    for place in places:
        if place.is_file():
            return place
    raise InputError(
        f"The schema {name} is missing from the installation.",
        where=str(places[0]),
        remedy="Install qdpx-compassion again.",
    )


def schema_findings(
    document: BinaryIO | bytes, kind: Kind = "project", name: str = "project.qde", limit: int = 100
) -> list[Finding]:
    """What in a document does not follow the REFI-QDA schema (section 5 of the standard).

    A valid document is read once, in constant memory. Nothing outside the document is read for it.

    Args:
        document: the XML; a file must be seekable and is read from where it stands.
        kind: which schema it should follow.
        name: what the document is called in findings and errors.
        limit: so many findings at most; where there are more, one after them says how many were left out.

    Returns:
        Findings with the code ``schema``, in document order; none when the document follows the schema.

    Raises:
        InputError: the document is not well-formed XML.
    """
    stream = BytesIO(document) if isinstance(document, bytes) else document
    start = stream.tell()
    schema = _load(kind)
    problems, size = _judge_stream(stream, schema)
    if problems is not None and not problems:
        return []
    stream.seek(start)
    if size <= LINES_UP_TO:
        problems = _judge_tree(stream, schema, name)
    elif problems is None:
        raise _not_well_formed(_syntax_error(stream), name)
    return _as_findings(problems, kind, name, limit)


# -- judging ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Problem:
    """One entry of libxml2's log: the line (0: unknown), its name for the rule that is broken, what it says."""

    line: int
    rule: str
    text: str


def _load(kind: Kind) -> etree.XMLSchema:
    from lxml import etree

    return etree.XMLSchema(etree.parse(str(schema_path(_SCHEMAS[kind]))))


def _stream_parser(schema: etree.XMLSchema | None) -> etree.XMLParser:
    """Without a tree. Entities are not resolved, nothing is fetched; long texts are allowed."""
    from lxml import etree

    class Nothing:
        def close(self) -> None:
            """End of the document."""

    target: Any = Nothing()
    return etree.XMLParser(
        target=target, schema=schema, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True
    )


def _feed(stream: BinaryIO, parser: etree.XMLParser) -> int:
    """Feed the rest of the stream to the parser; how many bytes that were."""
    size = 0
    while piece := stream.read(_PIECE):
        size += len(piece)
        parser.feed(piece)
    parser.close()
    return size


def _judge_stream(stream: BinaryIO, schema: etree.XMLSchema) -> tuple[list[_Problem] | None, int]:
    """The problems without lines, or None where the document is not well-formed; the size of the document in bytes."""
    from lxml import etree

    start = stream.tell()
    parser = _stream_parser(schema)
    try:
        size = _feed(stream, parser)
        return _problems(parser.feed_error_log), size
    except etree.XMLSyntaxError:
        # what is raised may as well be the first breach of the schema, so the reason is looked for by itself
        stream.seek(0, 2)
        return None, stream.tell() - start


def _judge_tree(stream: BinaryIO, schema: etree.XMLSchema, name: str) -> list[_Problem]:
    """The problems with their lines."""
    from lxml import etree

    # entities inside the document are put in, because libxml2 cannot judge a tree with references in it
    internal: Any = "internal"
    parser = etree.XMLParser(resolve_entities=internal, no_network=True, load_dtd=False, huge_tree=True)
    try:
        tree = etree.parse(stream, parser)
    except etree.XMLSyntaxError as error:
        raise _not_well_formed(error, name) from error
    schema.validate(tree)
    return _problems(schema.error_log)


def _syntax_error(stream: BinaryIO) -> etree.XMLSyntaxError | None:
    from lxml import etree

    try:
        _feed(stream, _stream_parser(None))
    except etree.XMLSyntaxError as error:
        return error
    return None


def _not_well_formed(error: etree.XMLSyntaxError | None, name: str) -> InputError:
    said = re.sub(r", line \d+, column \d+$", "", str(error.msg if error else ""))
    reason = re.sub(r"^line \d+: b(['\"])(.*)\1$", r"\2", said)
    line = error.lineno if error else None
    return InputError(
        f"This is not well-formed XML{f' ({reason})' if reason else ''}.",
        where=f"{name}, line {line}" if line else name,
        remedy="Export the project again; the file may have been cut short or changed by hand.",
    )


def _problems(log: Any) -> list[_Problem]:
    return [_Problem(entry.line, entry.type_name, entry.message) for entry in log]


# -- in plain words --------------------------------------------------------------------------------------------------

_SAID = re.compile(r"Element '(?P<element>[^']*)'(?:, attribute '(?P<attribute>[^']*)')?: (?P<text>.*)", re.DOTALL)
_IN_NAMESPACE = re.compile(r"\{[^{}\s']*[:/][^{}\s']*\}")
_VALUE = re.compile(r"(?:The value )?'(?P<value>.*)' is not (?P<not>.*)", re.DOTALL)
_ALLOWED = re.compile(r"an element of the set \{(.*)\}", re.DOTALL)

#: What a value must be, by what libxml2 says it is not.
_FORMS = (
    ("'xs:integer'", "a whole number"),
    ("'xs:decimal'", "a number (digits, at most one point, no exponent)"),
    ("'xs:boolean'", "true or false"),
    ("'xs:dateTime'", "a date and time such as 2024-02-29T13:45:00Z"),
    ("'xs:date'", "a date such as 2024-02-29"),
    ("pattern '#", "a colour such as #1A2B3C"),
    ("RGBType", "a colour such as #1A2B3C"),
    ("pattern", "a GUID such as 0a1b2c3d-4e5f-6789-abcd-ef0123456789"),
    ("GUIDType", "a GUID such as 0a1b2c3d-4e5f-6789-abcd-ef0123456789"),
)


def _as_findings(problems: Iterable[_Problem], kind: Kind, name: str, limit: int) -> list[Finding]:
    findings: list[Finding] = []
    left_out = 0
    last: tuple[int, str] | None = None
    for problem in problems:
        said = _SAID.match(_IN_NAMESPACE.sub("", problem.text))
        element, attribute = (said["element"], said["attribute"]) if said else ("", None)
        # some versions of libxml2 say of a wrong value twice why it is wrong
        place = (problem.line, f"{element}@{attribute}") if problem.line and _is_value(problem) else None
        if place is not None and place == last:
            continue
        last = place
        if len(findings) >= limit:
            left_out += 1
            continue
        line = f"line {problem.line}" if problem.line else ""
        where = ", ".join(part for part in (name, line, f"<{element}>" if element else "") if part)
        findings.append(Finding("schema", _in_words(said, problem, kind), where))
    if left_out:
        findings.append(Finding("schema", f"{left_out:,} more breaches of the schema are not listed.", name))
    return findings


def _is_value(problem: _Problem) -> bool:
    return "DATATYPE" in problem.rule or problem.rule.endswith(("PATTERN_VALID", "ENUMERATION_VALID"))


def _in_words(said: re.Match[str] | None, problem: _Problem, kind: Kind) -> str:
    """A sentence for people; what libxml2 says where there is none."""
    if said is None:
        return problem.text
    element, attribute, text = said["element"], said["attribute"], said["text"]
    rule = problem.rule.removeprefix("SCHEMAV_")
    if rule == "CVC_ELT_1":
        root, namespace = _ROOTS[kind]
        return f"The document is no {kind} of REFI-QDA 1.0: it must begin with <{root}> in the namespace {namespace}."
    if rule == "ELEMENT_CONTENT":
        foreign = f"Element '{{{_ROOTS[kind][1]}}}" not in problem.text and not text.startswith("Missing child")
        return _about_children(element, text, foreign=foreign)
    if "xsi:type" in text:
        return f"<{element}> claims by xsi:type to be of a type that may not stand here."
    if "'nillable'" in text:
        return f"<{element}> may not be marked as nil."
    if missing := re.match(r"The attribute '(.*)' is required but missing", text):
        return f"<{element}> lacks the attribute {missing[1]}."
    if attribute and text.endswith("is not allowed."):
        return f"<{element}> may not have an attribute {attribute}."
    if _is_value(problem):
        return _about_value(element, attribute, text)
    return {
        "CVC_COMPLEX_TYPE_2_1": f"<{element}> must be empty: neither text nor elements may stand in it.",
        "CVC_COMPLEX_TYPE_2_3": f"There is text in <{element}>, where only elements may stand.",
        "CVC_TYPE_3_1_2": f"There are elements in <{element}>, where only text may stand.",
    }.get(rule, f"<{element}>: {text}")


def _about_children(element: str, text: str, *, foreign: bool) -> str:
    listed = re.search(r"Expected is(?: one of)? \( (.*) \)", text)
    expected = [f"<{name}>" for name in listed[1].split(", ")] if listed else []
    if text.startswith("Missing child"):
        return f"<{element}> is empty or breaks off: {_either(expected)} must follow in it."
    here = f"what may follow here is {_either(expected)}" if expected else "nothing more may follow here"
    if foreign:
        return f"<{element}> is not in the namespace of the document; {here}."
    if element in CHILDREN:
        return f"<{element}> stands at a wrong place or once too often; {here}."
    return f"<{element}> is no element of REFI-QDA; {here}."


def _about_value(element: str, attribute: str | None, text: str) -> str:
    subject = f"The attribute {attribute} of <{element}>" if attribute else f"<{element}>"
    said = _VALUE.match(text.partition("] ")[2] if text.startswith("[facet") else text)
    if said is None:
        return f"{subject}: {text}"
    value = said["value"] if len(said["value"]) <= 60 else said["value"][:60] + "…"
    holds = f"{subject} is “{value}”" if value.strip() else f"{subject} is empty"
    if allowed := _ALLOWED.search(said["not"]):
        names = re.findall("'([^']*)'", allowed[1])
        return f"{holds}; it must be {_either(names)}."
    form = next((words for mark, words in _FORMS if mark in said["not"]), "")
    return f"{holds}; it must be {form}." if form else f"{holds}, which is not {said['not']}"


def _either(names: list[str]) -> str:
    """``a``, ``a or b``, ``a, b or c``."""
    return " or ".join(part for part in (", ".join(names[:-1]), *names[-1:]) if part)
