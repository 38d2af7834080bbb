"""A small project document, built from parts that a test names."""

from typing import Any

from lxml import etree

NAMESPACE = "urn:QDA-XML:project:1.0"
HEARD = "aaaaaaaa-0000-4000-8000-000000000001"
OPEN = "aaaaaaaa-0000-4000-8000-000000000002"
ANNA = "bbbbbbbb-0000-4000-8000-000000000001"
BEN = "bbbbbbbb-0000-4000-8000-000000000002"
SOURCE = "cccccccc-0000-4000-8000-000000000001"
SELECTION = "dddddddd-0000-4000-8000-000000000001"


def coding(number: int, code: str = HEARD, user: str | None = ANNA, date: str | None = "2024-01-02T03:04:05Z") -> str:
    """A Coding element."""
    attributes = (f' creatingUser="{user}"' if user else "") + (f' creationDateTime="{date}"' if date else "")
    guid = f"eeeeeeee-0000-4000-8000-{number:012}"
    return f'<Coding guid="{guid}"{attributes}><CodeRef targetGUID="{code}"/></Coding>'


def selection(inner: str, *, guid: str = SELECTION, start: int = 0, end: int = 4) -> str:
    """A PlainTextSelection element."""
    return f'<PlainTextSelection guid="{guid}" startPosition="{start}" endPosition="{end}">{inner}</PlainTextSelection>'


def document(
    source: str = "", *, codes: str = "", sources: str = "", tail: str = "", origin: str = "NVivo 12", cases: str = ""
) -> bytes:
    """A project with two codes, two users and a source with the text ``I felt heard and seen.``."""
    codes = codes or (
        f'<Code guid="{HEARD}" name="Feeling heard" isCodable="true"/><Code guid="{OPEN}" name="Openness" '
        'isCodable="true"/>'
    )
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<Project name="p" origin="{origin}" '
        f'modifiedDateTime="2024-05-06T07:08:09Z" xmlns="{NAMESPACE}">'
        f'<Users><User guid="{ANNA}" name="Anna"/><User guid="{BEN}" name="Ben"/></Users>'
        f"<CodeBook><Codes>{codes}</Codes></CodeBook>{cases}"
        f'<Sources><TextSource guid="{SOURCE}" name="Interview 1"><PlainTextContent>I felt heard and seen.'
        f"</PlainTextContent>{source}</TextSource>{sources}</Sources>{tail}</Project>"
    ).encode()


def parse(data: bytes) -> etree._Element:
    """The root of a document."""
    return etree.fromstring(data)


def found(root: etree._Element, path: str) -> list[Any]:
    """Elements, attributes or texts by an XPath in which ``q:`` is the project's namespace."""
    result = root.xpath(path, namespaces={"q": NAMESPACE})
    return result if isinstance(result, list) else []
