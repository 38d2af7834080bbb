"""The XML as events: the byte at which every tag begins, in every encoding and however the bytes come in."""

import codecs
import re
from collections.abc import Iterator
from encodings.aliases import aliases

import pytest
from documents import STYLES, random_project
from hypothesis import given, settings
from hypothesis import strategies as st

from qdpx_compassion.errors import InputError
from qdpx_compassion.refi.scanner import Scanner, document_encoding, readable, shown_name


class Recorder:
    """Takes note of every event."""

    def __init__(self) -> None:
        self.events: list[tuple[str, str, str, int]] = []  # start or end, prefix, name, offset
        self.attributes: list[dict[str, str]] = []
        self.comments: list[str] = []
        self.scanner = Scanner(self.start, self.end, where="project.qde", comment=self.comments.append)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.attributes.append(attributes)
        self.events.append(("start", self.scanner.prefix, name, self.scanner.offset))

    def end(self, name: str) -> None:
        self.events.append(("end", self.scanner.prefix, name, self.scanner.offset))


def pieces(data: bytes, size: int) -> Iterator[bytes]:
    for start in range(0, len(data), size):
        yield data[start : start + size]


def scanned(data: bytes, size: int = 1 << 18) -> Recorder:
    recorder = Recorder()
    recorder.scanner.scan(pieces(data, size))
    return recorder


def check_offsets(recorder: Recorder, data: bytes) -> None:
    encoding = recorder.scanner.encoding
    for kind, prefix, name, offset in recorder.events:
        begin = f"<{prefix}{name}" if kind == "start" else f"</{prefix}{name}"
        at_tag = data.startswith(begin.encode(encoding), offset)
        # the end of a self-closing element is told at the byte after its only tag
        after_tag = kind == "end" and data[:offset].endswith("/>".encode(encoding))
        assert at_tag or after_tag, (kind, name, offset)


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 500), style=st.sampled_from(STYLES), size=st.sampled_from([1, 2, 3, 7, 64, 1000, 1 << 18]))
def test_every_tag_is_told_with_its_byte(seed: int, style: str, size: int) -> None:
    data = random_project(seed, seed % 2, style=style)
    recorder = scanned(data, size)
    check_offsets(recorder, data)
    assert recorder.events == scanned(data).events
    starts = [event for event in recorder.events if event[0] == "start"]
    assert len(starts) * 2 == len(recorder.events)
    assert {prefix for _, prefix, _, _ in starts} == ({"q:"} if style == "prefixed" else {""})


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "windows-1252", "koi8-r", "ascii"])
def test_offsets_are_bytes_whatever_the_encoding(encoding: str) -> None:
    declared = {"utf-8-sig": "utf-8", "utf-16-le": "utf-16"}.get(encoding, encoding)
    text = f"""<?xml version="1.0" encoding="{declared}"?>\r\n<!-- ä ж > --><Project a='>' b="/>"><Users\n/>
    <![CDATA[<Not a="tag">]]>ж🙂<Notes><Note name="ä&#10;"/></Notes ><?tool <Code> ?></Project>"""
    data = text.encode(encoding, "xmlcharrefreplace")
    for size in (1, 3, 1000):
        recorder = scanned(data, size)
        check_offsets(recorder, data)
        assert [name for kind, _, name, _ in recorder.events if kind == "start"] == [
            "Project",
            "Users",
            "Notes",
            "Note",
        ]


def test_encodings_of_several_bytes_are_transcoded_with_a_finding() -> None:
    data = '<?xml version="1.0" encoding="Shift_JIS"?><Project name="語"/>'.encode("shift_jis")
    recorder = Recorder()
    given_on = b"".join(readable(pieces(data, 3), recorder.scanner))
    assert given_on.decode() == '<?xml version="1.0" encoding="utf-8"?><Project name="語"/>'
    assert recorder.scanner.encoding == "utf-8"
    assert [finding.code for finding in recorder.scanner.findings] == ["xml-encoding"]


def test_a_document_that_is_not_in_its_encoding_is_refused() -> None:
    data = b'<?xml version="1.0" encoding="Shift_JIS"?><Project name="\x81"/>'
    with pytest.raises(InputError, match="and is not"):
        scanned(data)


@pytest.mark.parametrize(
    ("head", "encoding"),
    [
        (b"<Project/>", "utf-8"),
        (codecs.BOM_UTF8 + b"<?xml version='1.0' encoding='UTF-8'?>", "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (b"<\x00P\x00", "utf-16-le"),
        (b"\x00<\x00P", "utf-16-be"),
        (b'<?xml version="1.0" encoding="windows-1252"?>', "cp1252"),
        (b'<?xml version="1.0" encoding = "Latin1" ?>', "iso8859-1"),
        (b'<?xml version="1.0" encoding="made-up"?>', "made-up"),
    ],
)
def test_the_encoding_is_known_by_the_first_bytes(head: bytes, encoding: str) -> None:
    assert document_encoding(head) == encoding


def test_elements_of_another_namespace_are_told_apart() -> None:
    recorder = scanned(
        b'<q:Project xmlns:q="urn:ours" xmlns:v="urn:v"><v:Code/><q:Code v:x="1" y="2"/><Code xmlns=""/></q:Project>'
    )
    assert [name for kind, _, name, _ in recorder.events if kind == "start"] == [
        "Project",
        "{urn:v}Code",
        "Code",
        "{}Code",
    ]
    assert recorder.scanner.namespace == "urn:ours"
    assert sorted(map(shown_name, recorder.attributes[2])) == ["v:x", "y"]


def test_comments_are_told() -> None:
    assert scanned(b"<Project><!-- a --><Users/><!--b--></Project>").comments == [" a ", "b"]


@pytest.mark.parametrize(("entity", "editable"), [("text", True), ("&#60;User/>", False), ("<User/>", False)])
def test_entities_that_hold_elements_make_a_document_read_only(entity: str, editable: bool) -> None:
    data = f'<!DOCTYPE Project [<!ENTITY e "{entity}">]><Project><Users>&e;</Users></Project>'.encode()
    assert scanned(data).scanner.editable == editable


def test_errors_name_line_and_column() -> None:
    with pytest.raises(InputError) as caught:
        scanned(b"<Project>\n  <Users>\n</Project>")
    assert re.fullmatch(r"project\.qde, line 3, column \d+", caught.value.where)


@pytest.mark.parametrize(
    "encoding", sorted({*aliases.values(), "idna", "punycode", "undefined", "utf_8_sig", "nosuch"})
)
def test_any_declared_encoding_is_read_or_refused_in_words(encoding: str) -> None:
    for body in (b"<Project/>", b"<Project name='\x80\xff'/>", b"PFByb2plY3QvPg=="):
        try:
            scanned(f'<?xml version="1.0" encoding="{encoding}"?>'.encode() + body, 5)
        except InputError as error:
            assert error.what
            assert error.where.startswith("project.qde")


def test_utf_32_is_read_too() -> None:
    """No program is known to write it, but XML may be in it."""
    names: list[str] = []
    scanner = Scanner(lambda name, _: names.append(name), lambda _: None, where="a.qde")
    scanner.scan(['<?xml version="1.0" encoding="utf-32"?><Project><Users/></Project>'.encode("utf-32")])
    assert names == ["Project", "Users"]
    assert [finding.code for finding in scanner.findings] == ["xml-encoding"]
