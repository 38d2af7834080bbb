"""The elements that enriching adds, as XML text in the document's own prefix and letter case."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import quote, unquote

from qdpx_compassion.frameworks import Framework, FrameworkCode, framework_codes
from qdpx_compassion.refi.characters import in_attribute, in_element
from qdpx_compassion.refi.guids import are_plain, derive, normalise_guid

_MARK = "qdpx-compassion was:"


def remember(original: str) -> str:
    """The comment that keeps what stood in a container's place, so that stripping gives back the very bytes."""
    # A comment may not hold two hyphens, and ``quote`` leaves hyphens as they are.
    return f"<!--{_MARK}{quote(original, safe=_SAFE).replace('-', '%2D')}-->"


#: Printable ASCII stays readable.
_SAFE = "".join(chr(c) for c in range(0x20, 0x7F) if chr(c) != "%")


def remembered(comment: str) -> str | None:
    """What a comment keeps (the inverse of ``remember``), or None when it is not one of ours."""
    return unquote(comment[len(_MARK) :]) if comment.startswith(_MARK) else None


def note_guid(framework_guid: str) -> str:
    """GUID of the provenance note of the framework whose top code has this GUID."""
    return derive("provenance", framework_guid)


def set_guid(construct_guid: str) -> str:
    """GUID of the Set of codes mapped to a construct."""
    return derive("set", construct_guid)


def link_guid(code_key: str, construct_guid: str) -> str:
    """GUID of the Link from a code (normalised GUID) to a construct."""
    return derive("link", code_key, construct_guid)


def graph_guid(framework_guid: str) -> str:
    """GUID of the Graph of values and constructs."""
    return derive("graph", framework_guid)


class CodingGuids:
    """GUIDs of the codings that enriching adds: derived from what is coded, the construct and the user.

    GUIDs of sources and selections repeat in real files, so the source and the number of the repetition are part of
    what a selection is known by.
    """

    def __init__(self) -> None:
        self._sources: dict[str, int] = {}
        self._selections: dict[str, int] = {}

    def source(self, kind: str, guid: str, inside: str) -> str:
        """The key of a source that begins, or that stands inside another (``inside``: that one's key)."""
        if not inside:
            self._selections.clear()
        return self._numbered(self._sources, kind, guid, inside)

    def selection(self, kind: str, guid: str, inside: str) -> str:
        """The key of a selection that begins in a source (``inside``: its key)."""
        return self._numbered(self._selections, kind, guid, inside)

    def selections(self, kinds: Sequence[str], guids: Sequence[str], inside: str) -> list[str]:
        """The keys of selections that follow each other in a source, without anything between them."""
        if not are_plain(guids):
            guids = [normalise_guid(guid) for guid in guids]
        keys, seen = [], self._selections
        for kind, guid in zip(kinds, guids, strict=True):
            identity = f"{kind}|{inside}|{guid}"
            if identity in seen:
                identity = self._numbered(seen, kind, guid, inside)
            else:
                seen[identity] = 1
            keys.append(identity)
        return keys

    @staticmethod
    def _numbered(seen: dict[str, int], kind: str, guid: str, inside: str) -> str:
        identity = f"{kind}|{inside}|{normalise_guid(guid)}"
        if identity not in seen:
            seen[identity] = 1
            return identity
        number = seen[identity] = seen[identity] + 1
        return f"{identity}|{number}"

    @staticmethod
    def coding(owner_key: str, construct_guid: str, user: str) -> str:
        """GUID of the coding of an owner with a construct by a user (normalised GUID, empty when nobody is named)."""
        return derive("coding", owner_key, construct_guid, user)


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes elements.

    Attributes:
        prefix: of the document's namespace, with its colon; empty when it has none.
        upper: whether GUIDs are written in upper case.
    """

    prefix: str
    upper: bool

    def guid(self, derived: str) -> str:
        """A derived GUID in the file's letter case."""
        return derived.upper() if self.upper else derived

    def element(self, name: str, attributes: Iterable[tuple[str, str | None]], inner: str = "") -> str:
        """An element; attributes that are None are left out."""
        written = "".join(f' {key}="{in_attribute(value)}"' for key, value in attributes if value is not None)
        tag = f"{self.prefix}{name}"
        return f"<{tag}{written}>{inner}</{tag}>" if inner else f"<{tag}{written}/>"

    def text(self, name: str, value: str | None) -> str:
        """An element that holds text; nothing when there is none."""
        return f"<{self.prefix}{name}>{in_element(value)}</{self.prefix}{name}>" if value else ""

    def coding(self, guid: str, construct: str, attributes: str) -> str:
        """A Coding with a construct's code. Written by hand, for there can be millions.

        Args:
            guid: derived.
            construct: GUID of the construct's code.
            attributes: user and date as they stand in a tag .
        """
        if self.upper:
            guid, construct = guid.upper(), construct.upper()
        prefix = self.prefix
        return f'<{prefix}Coding guid="{guid}"{attributes}><{prefix}CodeRef targetGUID="{construct}"/></{prefix}Coding>'

    def codes(self, framework: Framework, name: str) -> str:
        """The framework as codes below a top code of this name, with a reference to its provenance note."""
        return self.code(framework_codes(framework), name, self.note_reference(framework))

    def note_reference(self, framework: Framework) -> str:
        """The reference from the top code to the provenance note."""
        return self.element("NoteRef", [("targetGUID", self.guid(note_guid(framework.guid)))])

    def code(self, code: FrameworkCode, name: str, references: str = "") -> str:
        """A code with all below it."""
        inner = self.text("Description", code.description) + references
        inner += "".join(self.code(child, child.name) for child in code.children)
        codable = "true" if code.is_codable else "false"
        return self.element(
            "Code",
            [("guid", self.guid(code.guid)), ("name", name), ("isCodable", codable), ("color", code.color)],
            inner,
        )

    def note(self, guid: str, name: str, text: str, date: str | None) -> str:
        """A Note with its text inside."""
        attributes = [("guid", self.guid(guid)), ("name", name), ("creationDateTime", date)]
        return self.element("Note", attributes, self.text("PlainTextContent", text))

    def link(self, guid: str, name: str, origin: str, target: str) -> str:
        """A Link from a code (GUID as written) to a construct."""
        return self.element(
            "Link",
            [("guid", self.guid(guid)), ("name", name), ("direction", "OneWay"), ("originGUID", origin),
             ("targetGUID", self.guid(target))],
        )  # fmt: skip

    def set(self, guid: str, name: str, description: str, members: Iterable[str]) -> str:
        """A Set of codes (GUIDs as written)."""
        inner = self.text("Description", description)
        inner += "".join(self.element("MemberCode", [("targetGUID", member)]) for member in members)
        return self.element("Set", [("guid", self.guid(guid)), ("name", name)], inner)

    def graph(self, framework: Framework, name: str, edges: list[tuple[str, str, str]]) -> str:
        """A Graph: codes on the left, constructs on the right, an edge for each link.

        Args:
            framework: gives the constructs' names and order.
            name: of the graph.
            edges: (code GUID as written, code name, construct id).
        """
        guid = graph_guid(framework.guid)
        used = {construct for _, _, construct in edges}
        codes = {code: label for code, label, _ in edges}
        right = [construct for construct in framework.constructs if construct.id in used]
        step = max(60, 60 * len(codes) // max(len(right), 1))
        vertices = [
            self._vertex(guid, code, code, label, 0, 60 * number, None)
            for number, (code, label) in enumerate(codes.items())
        ]
        vertices += [
            self._vertex(guid, c.guid, self.guid(c.guid), c.name, 500, step * number, c.color)
            for number, c in enumerate(right)
        ]
        ids = {construct.id: construct.guid for construct in right}
        lines = [
            self.element(
                "Edge",
                [
                    ("guid", self.guid(derive("edge", guid, normalise_guid(code), ids[construct]))),
                    ("representedGUID", self.guid(link_guid(normalise_guid(code), ids[construct]))),
                    ("sourceVertex", self.guid(derive("vertex", guid, normalise_guid(code)))),
                    ("targetVertex", self.guid(derive("vertex", guid, ids[construct]))),
                    ("direction", "OneWay"),
                    ("lineStyle", "solid"),
                ],
            )
            for code, _, construct in edges
        ]
        return self.element("Graph", [("guid", self.guid(guid)), ("name", name)], "".join(vertices + lines))

    def _vertex(self, graph: str, key: str, represented: str, name: str, x: int, y: int, color: str | None) -> str:
        return self.element(
            "Vertex",
            [
                ("guid", self.guid(derive("vertex", graph, normalise_guid(key)))),
                ("representedGUID", represented),
                ("name", name),
                ("firstX", str(x)),
                ("firstY", str(y)),
                ("secondX", str(x + 300)),
                ("secondY", str(y + 40)),
                ("shape", "RoundedRectangle"),
                ("color", color),
            ],
        )
