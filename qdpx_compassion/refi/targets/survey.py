"""One pass over a document: what it holds, and what must be known of it before it can be written for a program."""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from qdpx_compassion.refi.evidence import Positions
from qdpx_compassion.refi.guids import normalise_guid
from qdpx_compassion.refi.names import SELECTION_KINDS, SOURCE_KINDS, SOURCES, TEXT_KINDS, VALUE_KINDS
from qdpx_compassion.refi.repair.rules import FORMS, PROJECT_RULES, REFERENCES
from qdpx_compassion.refi.repair.survey import OrderSurvey
from qdpx_compassion.refi.scanner import Scanner
from qdpx_compassion.refi.targets.facts import Facts

_SELECTIONS, _SOURCES, _VALUES = frozenset(SELECTION_KINDS), frozenset(SOURCE_KINDS), frozenset(VALUE_KINDS)
_TEXTS = frozenset(TEXT_KINDS)
_PLACES = frozenset(name for name, form in FORMS.items() if form == "integer")
_OF_SOURCE = {"TextSource": "texts", "PDFSource": "pdfs", "PictureSource": "pictures", "AudioSource": "recordings",
              "VideoSource": "recordings", "Transcript": "transcripts"}  # fmt: skip
_OF_SELECTION = {"PDFSelection": "pdf-area-codings", "PictureSelection": "picture-codings",
                 "AudioSelection": "recording-codings", "VideoSelection": "recording-codings",
                 "TranscriptSelection": "transcript-codings"}  # fmt: skip
_MEMBERS = {"MemberCode": "code-sets", "MemberSource": "source-sets", "MemberNote": "note-sets"}
#: Elements that may refer to a selection, and by which attributes.
_REFERRING = frozenset(("SelectionRef", "Link", "Vertex", "Edge"))
_ENDS = ("originGUID", "targetGUID", "representedGUID")
_OUTSIDE = ("relative:", "absolute:", "http:", "https:", "file:")
_PATHS = ("richTextPath", "plainTextPath", "path")
#: Elements whose names programs want to be unique, by the kind that they share the names with.
NAMED = {"Code": "Code", "Variable": "Variable", "Case": "Case", "Set": "Set", "Note": "Note"} | dict.fromkeys(
    SOURCES, "Source"
)
#: These have another's GUID on purpose: ATLAS.ti writes a PDF and its text so, and what is marked in both.
TWIN = "twin"


@dataclass(slots=True)
class Named:
    """An element with a name: its number in the document, its name, and that of the element it stands in."""

    ordinal: int
    name: str | None
    parent: str = ""
    guid: str = ""


@dataclass(slots=True)
class SourceFiles:
    """A source and the paths of its files, as written."""

    kind: str
    guid: str
    paths: dict[str, str]
    inline: bool = False
    named: bool = True


@dataclass(slots=True)
class Value:
    """A value of a variable: the variable's GUID as written, the element that holds the value, and its text."""

    variable: str = ""
    kind: str = ""
    text: str = ""


@dataclass(slots=True)
class CaseOf:
    """A case: its number in the document, name, values, and the sources that it holds."""

    ordinal: int
    name: str | None
    guid: str
    values: list[Value] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Open:
    name: str
    ordinal: int
    label: str = ""
    codings: list[str] = field(default_factory=list)
    commented: bool = False
    positions: list[Positions] = field(default_factory=list)
    text: str | None = None
    sets: set[str] = field(default_factory=set)
    file: SourceFiles | None = None


#: Weighs the positions of a source: its files, the text inside the document (None: there is none), its positions.
Weigh = Callable[[SourceFiles, "str | None", list[Positions]], object]


class ProjectSurvey:
    """Drives one scan and keeps what it finds; memory grows with sources, codes, names and values, not with codings.

    Args:
        where: for messages.
        weigh: called at the end of each source that has text positions, with its files, the text inside the document
            and the positions; None: nobody asks.

    Attributes:
        facts: counts and first names.
        origin: the program that wrote the project, as it says itself.
        project_date: the project's last date; None where it has none.
        named: kind → its elements with names, in document order.
        sources: all sources and their files.
        values: source → its values (source as compared).
        cases: all cases.
        variables: variable as compared → name.
        source_notes: notes that are attached to texts, as compared.
        containers: the children of the first element.
        referenced: what links, graphs and cases refer to, as compared; selections among it.
        has_relative: whether a path begins in the project's own folder.
    """

    def __init__(
        self, where: str, weigh: Weigh | None = None, starts: Callable[[str | None], object] | None = None
    ) -> None:
        self.scanner = Scanner(self.start, self.end, where=where)
        self.facts = Facts()
        self.origin: str | None = None
        self.project_date: str | None = None
        self.named: dict[str, list[Named]] = defaultdict(list)
        self.sources: list[SourceFiles] = []
        self.values: dict[str, list[Value]] = {}
        self.cases: list[CaseOf] = []
        self.variables: dict[str, str] = {}
        self.source_notes: set[str] = set()
        self.containers: set[str] = set()
        self.referenced: set[str] = set()
        self.has_relative = False
        self._weigh, self._starts = weigh, starts
        self._order = OrderSurvey(where, PROJECT_RULES)
        self._stack: list[_Open] = []
        self._ordinal = -1
        self._guids, self._kinds = array("Q"), array("B")
        self._kind_names: list[str] = []
        self._coders: set[str] = set()
        self._user_names: dict[str, str] = {}
        self._value: Value | None = None
        self._text: list[str] | None = None

    # -- events -----------------------------------------------------------------------------------------------------

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        self._ordinal += 1
        parent = self._stack[-1] if self._stack else None
        one = _Open(name, self._ordinal, attributes.get("name", ""))
        self._stack.append(one)
        guid = attributes.get("guid")
        if guid is not None and name not in REFERENCES:
            self._note_guid(name, guid)
        self._order.start(name, attributes)
        if parent is None:
            self.origin = attributes.get("origin")
            if self._starts is not None:
                self._starts(self.origin)
            self.project_date = attributes.get("modifiedDateTime") or attributes.get("creationDateTime")
            return
        if len(self._stack) == 2:
            self.containers.add(name)
        if name in NAMED:
            above = parent.label if parent.name == "Code" else ""
            self.named[NAMED[name]].append(Named(self._ordinal, attributes.get("name"), above, guid or ""))
        if name in _SOURCES:
            self._source(one, attributes, parent)
        elif name in _SELECTIONS:
            self._selection(one, attributes, parent)
        elif name == "Coding":
            self._coders.add(normalise_guid(attributes.get("creatingUser", "")))
        elif name == "CodeRef" and parent.name == "Coding":
            self._coded(normalise_guid(attributes.get("targetGUID", "")))
        elif name == "Code":
            self._code(one, attributes, parent)
        else:
            self._other(one, attributes, parent)

    def _source(self, one: _Open, attributes: dict[str, str], parent: _Open) -> None:
        name = one.name
        paths = {key: attributes[key] for key in _PATHS if attributes.get(key)}
        one.file = SourceFiles(name, attributes.get("guid", ""), paths, named=bool(attributes.get("name")))
        self.sources.append(one.file)
        one.label = one.label or parent.label
        if name in _OF_SOURCE:
            self.facts.add(_OF_SOURCE[name], one.label)
        if name == "Note":
            self.facts.add("notes", one.label)
            if not attributes.get("creationDateTime") and not attributes.get("modifiedDateTime"):
                self.facts.add("dateless-notes", one.label)
        if "richTextPath" in paths and name != "Note":
            self.facts.add("styled-texts", one.label)
        for path in paths.values():
            self.has_relative |= path.lower().startswith("relative:")
            if path.lower().startswith(_OUTSIDE):
                self.facts.add("outside-files", one.label)

    def _selection(self, one: _Open, attributes: dict[str, str], parent: _Open) -> None:
        one.label = parent.label
        if any("." in attributes.get(place, "") for place in _PLACES):
            self.facts.add("broken-places", parent.label)
        if one.name == "PlainTextSelection" and self._weigh is not None:
            try:
                found = (attributes.get("name", ""), int(attributes["startPosition"]), int(attributes["endPosition"]))
            except (KeyError, ValueError):
                return
            parent.positions.append(found)

    def _coded(self, code: str) -> None:
        owner = self._stack[-3]
        owner.codings.append(code)
        if owner.name not in _SELECTIONS:
            self.facts.add("source-codings", owner.label)
            return
        names = [one.name for one in self._stack]
        if "Note" in names:
            fact = "note-codings"
        elif owner.name == "PlainTextSelection":
            fact = "pdf-text-codings" if "PDFSource" in names else "text-codings"
        else:
            fact = _OF_SELECTION[owner.name]
        self.facts.add(fact, owner.label)

    def _code(self, one: _Open, attributes: dict[str, str], parent: _Open) -> None:
        self.facts.add("codes", one.label)
        if parent.name == "Code":
            self.facts.add("sub-codes", one.label)
        if "isCodable" not in attributes:
            self.facts.add("no-is-codable", one.label)
        elif attributes["isCodable"].strip().lower() in ("false", "0"):
            self.facts.add("heading-codes", one.label)
        if attributes.get("color"):
            self.facts.add("code-colours", one.label)

    def _other(self, one: _Open, attributes: dict[str, str], parent: _Open) -> None:
        name = one.name
        if name in _REFERRING:
            self.referenced.update(normalise_guid(attributes[end]) for end in _ENDS if attributes.get(end))
        if name == "User":
            self._user_names[normalise_guid(attributes.get("guid", ""))] = one.label
        elif name == "Variable":
            self.variables[normalise_guid(attributes.get("guid", ""))] = one.label
            if len(one.label) > 30:
                self.facts.add("long-variable-names", one.label)
        elif name == "Case":
            self.facts.add("cases", one.label)
            self.cases.append(CaseOf(one.ordinal, attributes.get("name"), attributes.get("guid", "")))
        elif name == "SourceRef" and parent.name == "Case":
            self.facts.add("case-sources", parent.label)
            self.cases[-1].sources.append(normalise_guid(attributes.get("targetGUID", "")))
        elif name == "VariableValue":
            self._value = Value()
        elif name == "VariableRef" and self._value is not None:
            self._value.variable = attributes.get("targetGUID", "")
        elif name in _VALUES and self._value is not None:
            self._value.kind = name
            self._collect()
        elif name in ("Description", "PlainTextContent"):
            self._collect()
            if name == "PlainTextContent" and parent.file is not None:
                parent.file.inline = True
        elif name == "NoteRef":
            self._note_ref(attributes, parent)
        elif name in _MEMBERS and parent.name == "Set":
            parent.sets.add(_MEMBERS[name])
        elif name == "Link":
            self.facts.add("links", one.label)
        elif name == "Graph":
            self.facts.add("graphs", one.label)
        elif name in ("Vertex", "Edge") and not attributes.get("representedGUID"):
            self.facts.add("vertices-alone" if name == "Vertex" else "edges-alone", one.label or parent.label)
        elif name == "SyncPoint" and not attributes.get("timeStamp"):
            self.facts.add("timeless-sync-points", parent.label)

    def _note_ref(self, attributes: dict[str, str], parent: _Open) -> None:
        target = normalise_guid(attributes.get("targetGUID", ""))
        if parent.name in _SELECTIONS:
            self.facts.add("passage-notes", parent.label)
        elif parent.name == "Coding":
            self.facts.add("coding-notes", self._stack[-3].label)
        elif parent.name == "Code":
            self.facts.add("code-notes", parent.label)
        elif parent.name in _SOURCES:
            self.facts.add("source-notes", parent.label)
            if parent.name == "TextSource":
                self.source_notes.add(target)

    def _collect(self) -> None:
        self._text = []
        self.scanner.collect_text(self._text.append)

    def end(self, name: str) -> None:
        """An element ends."""
        one = self._stack.pop()
        parent = self._stack[-1] if self._stack else None
        self._order.end(name)
        if self._text is not None:
            self._took("".join(self._text), name, parent)
            self._text = None
            self.scanner.collect_text(None)
        if name in _SELECTIONS:
            self._selection_ended(one)
        elif name in _SOURCES:
            self._source_ended(one)
        elif name == "VariableValue" and self._value is not None:
            self._value_ended(parent)
        elif name == "Set":
            for fact in one.sets:
                self.facts.add(fact, one.label)
        elif parent is None:
            self._finish()

    def _took(self, text: str, name: str, parent: _Open | None) -> None:
        if name in _VALUES and self._value is not None:
            self._value.text = text
        elif name == "Description" and parent is not None and text.strip():
            if parent.name == "Code":
                self.facts.add("code-descriptions", parent.label)
            elif parent.name in _SELECTIONS:
                parent.commented = True
        elif name == "PlainTextContent" and parent is not None and self._weigh is not None:
            parent.text = text

    def _selection_ended(self, one: _Open) -> None:
        if not one.codings:
            self.facts.add("marks", one.label)
        if one.commented:
            self.facts.add("passage-comments", one.label)
        if len(one.codings) > 1:
            self.facts.add("several-codings", one.label)
            if len(set(one.codings)) < len(one.codings):
                self.facts.add("same-code-twice", one.label)

    def _source_ended(self, one: _Open) -> None:
        if one.file is None:
            return
        if one.file.inline and "plainTextPath" not in one.file.paths:
            self.facts.add("inline-notes" if one.name == "Note" else "inline-texts", one.label)
        if self._weigh is not None and one.positions and one.name in _TEXTS:
            self._weigh(one.file, one.text, one.positions)

    def _value_ended(self, parent: _Open | None) -> None:
        value, self._value = self._value, None
        if parent is None or value is None or not value.kind:
            return
        name = self.variables.get(normalise_guid(value.variable), "")
        if parent.name == "Case":
            self.facts.add("case-values", name)
            self.cases[-1].values.append(value)
        elif parent.file is not None:
            self.facts.add("source-values", name)
            self.values.setdefault(normalise_guid(parent.file.guid), []).append(value)

    # -- GUIDs ------------------------------------------------------------------------------------------------------

    def _note_guid(self, name: str, guid: str) -> None:
        self._guids.append(hash(normalise_guid(guid)) & 0xFFFF_FFFF_FFFF_FFFF)
        kind = self._kind(name)
        if kind not in self._kind_names:
            self._kind_names.append(kind)
        self._kinds.append(self._kind_names.index(kind))

    def _kind(self, name: str) -> str:
        inside = any(one.name in ("PDFSource", "PDFSelection") for one in self._stack[:-1])
        return TWIN if inside and name in ("Representation", "PlainTextSelection") else kind_of(name)

    def equal_guids(self) -> dict[int, list[str]]:
        """GUIDs that several elements have: hash of the GUID as compared → their kinds, in document order."""
        seen: dict[int, list[str]] = {}
        repeated = _repeated(self._guids)
        for guid, kind in zip(self._guids, self._kinds, strict=True):
            if guid in repeated:
                seen.setdefault(guid, []).append(self._kind_names[kind])
        return seen

    def _finish(self) -> None:
        if self._order.disordered:
            self.facts.add("disordered", "", len(self._order.disordered))
        for kinds in self.equal_guids().values():
            self.facts.add("equal-guids", "", len(kinds) - 1)
        for found in self.named.values():
            for name, number in Counter(one.name for one in found if one.name).items():
                if number > 1:
                    self.facts.add("equal-names", name, number - 1)
        for coder in sorted(self._coders):
            self.facts.add("coders", self._user_names.get(coder, ""))


def guid_hash(guid: str) -> int:
    """What ``equal_guids`` knows a GUID by; two different ones share it once in 2^64."""
    return hash(normalise_guid(guid)) & 0xFFFF_FFFF_FFFF_FFFF


def kind_of(name: str) -> str:
    """The kind that references know an element by."""
    if name in _SELECTIONS:
        return "Selection"
    return "Source" if name in _SOURCES and name != "Note" else name


def _repeated(guids: array[int]) -> set[int]:
    import numpy as np

    if not guids:
        return set()
    values, counts = np.unique(np.frombuffer(guids, dtype=np.uint64), return_counts=True)
    return {int(value) for value in values[counts > 1]}
