"""Write a codebook (.qdc): codes and sets alone, in the namespace of Codebook.xsd (section 6 of the standard)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qdpx_compassion.errors import OutputError
from qdpx_compassion.refi.characters import xml_text
from qdpx_compassion.refi.guids import is_guid
from qdpx_compassion.refi.names import CODEBOOK_NAMESPACE

if TYPE_CHECKING:
    from lxml.etree import _Element

_COLOR = re.compile("#(?:[0-9A-Fa-f]{6}|[0-9A-Fa-f]{3})")


@dataclass(frozen=True, slots=True)
class CodebookCode:
    """A code of a codebook, with the codes below it.

    Attributes:
        color: ``#RRGGBB`` or ``#RGB``; None: no colour.
        description: None or empty: no Description is written.
    """

    guid: str
    name: str
    is_codable: bool = True
    description: str | None = None
    color: str | None = None
    children: tuple[CodebookCode, ...] = ()


@dataclass(frozen=True, slots=True)
class CodebookSet:
    """A set of codes.

    Attributes:
        members: GUIDs of codes (in a codebook a member is ``MemberCode@guid``, not ``targetGUID``).
    """

    guid: str
    name: str
    members: tuple[str, ...] = ()
    description: str | None = None


def write_codebook(
    codes: Sequence[CodebookCode],
    *,
    sets: Sequence[CodebookSet] = (),
    origin: str,
    namespace: str = CODEBOOK_NAMESPACE,
) -> bytes:
    """A codebook document that follows Codebook.xsd: UTF-8 without byte order mark, line feeds, indented.

    Args:
        codes: the codes at the top, at least one.
        sets: sets of these codes; no ``Sets`` is written when there are none.
        origin: the program that writes it.
        namespace: another than the standard's, for a program that knows only its own.

    Raises:
        OutputError: there is no code, or an identifier or colour has not the form that the schema asks for.
    """
    from lxml import etree

    if not codes:
        raise OutputError("A codebook without codes cannot be written.", remedy="Give at least one code.")
    # The stubs do not know that None stands for the default namespace.
    root = etree.Element(f"{{{namespace}}}CodeBook", nsmap={None: namespace})  # type: ignore[dict-item]
    root.set("origin", xml_text(origin))
    _write_codes(_child(root, "Codes"), codes)
    if sets:
        _write_sets(_child(root, "Sets"), sets)
    body: bytes = etree.tostring(root, encoding="utf-8", xml_declaration=False, pretty_print=True)
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + body


def _write_codes(parent: _Element, codes: Sequence[CodebookCode]) -> None:
    # A stack, not recursion: codes may nest deeper than Python likes to call itself.
    waiting = [(parent, code) for code in reversed(codes)]
    while waiting:
        above, code = waiting.pop()
        element = _child(above, "Code")
        element.set("guid", _guid(code.guid, code.name))
        element.set("name", xml_text(code.name))
        element.set("isCodable", "true" if code.is_codable else "false")
        if code.color:
            element.set("color", _color(code.color, code.name))
        _describe(element, code.description)
        waiting.extend((element, child) for child in reversed(code.children))


def _write_sets(parent: _Element, sets: Sequence[CodebookSet]) -> None:
    for group in sets:
        element = _child(parent, "Set")
        element.set("guid", _guid(group.guid, group.name))
        element.set("name", xml_text(group.name))
        _describe(element, group.description)
        for member in group.members:
            _child(element, "MemberCode").set("guid", _guid(member, group.name))


def _child(parent: _Element, name: str) -> _Element:
    from lxml import etree

    return etree.SubElement(parent, f"{{{etree.QName(parent).namespace}}}{name}")


def _describe(element: _Element, description: str | None) -> None:
    """Empty Descriptions are left out: some programs refuse or multiply them."""
    if description:
        _child(element, "Description").text = xml_text(description)


def _guid(written: str, owner: str) -> str:
    if not is_guid(written):
        raise OutputError(
            f"“{written}” is not a GUID, so “{owner}” cannot be written to a codebook.",
            remedy="The standard identifies codes and sets by GUIDs only.",
        )
    return written.strip()


def _color(written: str, owner: str) -> str:
    if not _COLOR.fullmatch(written):
        raise OutputError(f"The colour “{written}” of “{owner}” is not #RRGGBB.", remedy="Correct or remove it.")
    return written
