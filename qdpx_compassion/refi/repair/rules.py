"""What the schemas ask of every element: its attributes, which of them are required, and the order of its children."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from qdpx_compassion.refi.names import (
    CHILDREN,
    CODEBOOK_NAMESPACE,
    PROJECT_NAMESPACE,
    SELECTION_KINDS,
    SOURCE_KINDS,
    SOURCES,
    VALUE_KINDS,
)

Form = Literal["guid", "text", "path", "integer", "boolean", "color", "moment", "enumeration"]

_IDENTITY = ("guid", "name")
_CREATED = ("creatingUser", "creationDateTime")
_RECORD = (*_IDENTITY, *_CREATED, "modifyingUser", "modifiedDateTime")
_TEXT_FILES = ("richTextPath", "plainTextPath")
_AREA = ("firstX", "firstY", "secondX", "secondY")
_PLACES: dict[str, tuple[str, ...]] = {
    "PlainTextSelection": ("startPosition", "endPosition"),
    "PictureSelection": _AREA,
    "PDFSelection": ("page", *_AREA),
    "AudioSelection": ("begin", "end"),
    "VideoSelection": ("begin", "end"),
    "TranscriptSelection": ("fromSyncPoint", "toSyncPoint"),
}
_REFERENCES = ("NoteRef", "CodeRef", "SourceRef", "SelectionRef", "VariableRef", "MemberCode", "MemberSource",
               "MemberNote")  # fmt: skip

#: The attributes of each element of a project; those without an entry have none.
_ATTRIBUTES: dict[str, tuple[str, ...]] = {
    "Project": ("name", "origin", "creatingUserGUID", "creationDateTime", "modifyingUserGUID", "modifiedDateTime",
                "basePath"),
    "User": (*_IDENTITY, "id"),
    "Code": (*_IDENTITY, "isCodable", "color"),
    "Variable": (*_IDENTITY, "typeOfVariable"),
    "Case": _IDENTITY,
    "Set": _IDENTITY,
    "Graph": _IDENTITY,
    **dict.fromkeys(SOURCE_KINDS, (*_RECORD, *_TEXT_FILES)),
    **dict.fromkeys([kind for kind in SOURCES if kind != "TextSource"], (*_RECORD, "path", "currentPath")),
    **{kind: (*_RECORD, *_PLACES[kind]) for kind in SELECTION_KINDS},
    "SyncPoint": ("guid", "timeStamp", "position"),
    "Coding": ("guid", *_CREATED),
    "Link": (*_IDENTITY, "direction", "color", "originGUID", "targetGUID"),
    "Vertex": (*_IDENTITY, "representedGUID", "color", *_AREA, "shape"),
    "Edge": (*_IDENTITY, "representedGUID", "color", "sourceVertex", "targetVertex", "direction", "lineStyle"),
    **dict.fromkeys(_REFERENCES, ("targetGUID",)),
}  # fmt: skip
_REQUIRED: dict[str, frozenset[str]] = {
    **{name: frozenset({"guid"} & set(attributes)) for name, attributes in _ATTRIBUTES.items()},
    "Project": frozenset({"name"}),
    "Code": frozenset({"guid", "name", "isCodable"}),
    "Variable": frozenset({"guid", "name", "typeOfVariable"}),
    "Set": frozenset({"guid", "name"}),
    **{kind: frozenset({"guid", *places}) for kind, places in _PLACES.items() if kind != "TranscriptSelection"},
    "Vertex": frozenset({"guid", "firstX", "firstY"}),
    "Edge": frozenset({"guid", "sourceVertex", "targetVertex"}),
    **dict.fromkeys(_REFERENCES, frozenset({"targetGUID"})),
}

_GUIDS = ("guid", "targetGUID", "originGUID", "representedGUID", "creatingUser", "modifyingUser", "creatingUserGUID",
          "modifyingUserGUID", "sourceVertex", "targetVertex", "fromSyncPoint", "toSyncPoint")  # fmt: skip
_INTEGERS = ("startPosition", "endPosition", "page", *_AREA, "begin", "end", "timeStamp", "position")
#: What an attribute holds, wherever it stands; others are text.
FORMS: dict[str, Form] = {
    **dict.fromkeys(_GUIDS, "guid"),
    **dict.fromkeys(_INTEGERS, "integer"),
    **dict.fromkeys(("creationDateTime", "modifiedDateTime"), "moment"),
    **dict.fromkeys(("richTextPath", "plainTextPath", "path"), "path"),
    **dict.fromkeys(("direction", "shape", "lineStyle", "typeOfVariable"), "enumeration"),
    "isCodable": "boolean",
    "color": "color",
}
#: The values of enumerations.
ENUMERATIONS: dict[str, tuple[str, ...]] = {
    "direction": ("Associative", "OneWay", "Bidirectional"),
    "lineStyle": ("dotted", "dashed", "solid"),
    "shape": ("Person", "Oval", "Rectangle", "RoundedRectangle", "Star", "LeftTriangle", "RightTriangle",
              "UpTriangle", "DownTriangle", "Note"),
    "typeOfVariable": ("Text", "Boolean", "Integer", "Float", "Date", "DateTime"),
}  # fmt: skip
#: Attributes that name something: the kinds that may be meant, by attribute; None: anything.
NAMES_WHAT: dict[str, str | None] = {
    **dict.fromkeys(("creatingUser", "modifyingUser", "creatingUserGUID", "modifyingUserGUID"), "User"),
    **dict.fromkeys(("sourceVertex", "targetVertex"), "Vertex"),
    **dict.fromkeys(("fromSyncPoint", "toSyncPoint"), "SyncPoint"),
    **dict.fromkeys(("originGUID", "representedGUID"), None),
}
#: Elements that name something, and the kind that they name.
REFERENCES: dict[str, str] = {
    "NoteRef": "Note",
    "MemberNote": "Note",
    "CodeRef": "Code",
    "MemberCode": "Code",
    "SourceRef": "Source",
    "MemberSource": "Source",
    "SelectionRef": "Selection",
    "VariableRef": "Variable",
}


@dataclass(frozen=True)
class Rules:
    """What a kind of document may hold.

    Attributes:
        root: its first element. namespace: of all elements.
        children: of each element, in order.
        attributes: of each element. required: those that it must have.
    """

    root: str
    namespace: str
    children: dict[str, tuple[str, ...]]
    attributes: dict[str, tuple[str, ...]]
    required: dict[str, frozenset[str]]

    def rank(self, parent: str, child: str) -> int | None:
        """Where among its siblings a child stands; equal for children of which either comes first, None: nowhere."""
        return self._ranks.get((parent, child))

    @cached_property
    def _ranks(self) -> dict[tuple[str, str], int]:
        return {
            (parent, child): 0
            if parent == "Sources"
            else children.index("TextValue" if child in VALUE_KINDS else child)
            for parent, children in self.children.items()
            for child in children
        }


PROJECT_RULES = Rules("Project", PROJECT_NAMESPACE, CHILDREN, _ATTRIBUTES, _REQUIRED)
CODEBOOK_RULES = Rules(
    "CodeBook",
    CODEBOOK_NAMESPACE,
    {
        "CodeBook": ("Codes", "Sets"),
        "Codes": ("Code",),
        "Code": ("Description", "Code"),
        "Sets": ("Set",),
        "Set": ("Description", "MemberCode"),
        "Description": (),
        "MemberCode": (),
    },
    {
        "CodeBook": ("origin",),
        "Code": (*_IDENTITY, "isCodable", "color"),
        "Set": _IDENTITY,
        "MemberCode": ("guid",),
    },
    {
        "Code": frozenset({"guid", "name", "isCodable"}),
        "Set": frozenset({"guid", "name"}),
        "MemberCode": frozenset({"guid"}),
    },
)
RULES = {rules.root: rules for rules in (PROJECT_RULES, CODEBOOK_RULES)}
#: Elements that only hold others and may not be empty.
CONTAINERS = frozenset(
    {"Users", "CodeBook", "Codes", "Variables", "Cases", "Sources", "Notes", "Links", "Sets", "Graphs"}
)
