"""Office documents: the words of their parts, the attributes that tell people, and their properties."""

from __future__ import annotations

import zlib

from qdpx_compassion.errors import InputError
from qdpx_compassion.files.limits import current_limits
from qdpx_compassion.files.packages import is_package, read_package, write_package
from qdpx_compassion.refi.characters import in_element
from qdpx_compassion.refi.editor import Editor
from qdpx_compassion.refi.scanner import shown_name
from qdpx_compassion.teams.share.edits import Edits
from qdpx_compassion.teams.share.ledger import Ledger
from qdpx_compassion.teams.share.media import name_in_bytes
from qdpx_compassion.teams.share.pictures import clean_picture, is_picture
from qdpx_compassion.teams.share.refused import CannotShareError
from qdpx_compassion.teams.share.rich_text import is_rich_text, shared_rich_text
from qdpx_compassion.teams.share.splicing import TextSegments
from qdpx_compassion.teams.share.texts import shared_text

_XML = (".xml", ".svg", ".rels", ".vml", ".xhtml", ".html", ".htm", ".opf", ".ncx", ".rdf")
#: Elements that hold a paragraph: of Word and PowerPoint, Excel's strings, OpenDocument.
_PARAGRAPHS = frozenset(("p", "h", "si", "is"))
#: Elements of Office whose text is the document's; of OpenDocument all text in a paragraph is.
_TEXTS = frozenset(("t", "delText"))
_TEXT_PARENTS = frozenset(("p", "h", "span", "a", "s"))
_SIGNS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "line-break": "\n", "s": " "}
#: Elements that go with all in them: who edited, on which computer, from which template.
_GONE = frozenset(
    [
        "rsids",
        "rsid",
        "presenceInfo",
        "docId",
        "attachedTemplate",
        "mailMerge",
        "property",
        "user-defined",
        "editing-duration",
        "printed-by",
        "print-date",
        "template",
    ]
)
#: Elements of a document's properties that are emptied.
_PROPERTIES = frozenset(
    [
        "creator",
        "lastModifiedBy",
        "title",
        "subject",
        "description",
        "keywords",
        "category",
        "contentStatus",
        "identifier",
        "Manager",
        "Company",
        "HyperlinkBase",
        "Template",
        "initial-creator",
        "keyword",
        "lastPrinted",
        "publisher",
        "contributor",
    ]
)
_PROPERTY_PARTS = ("docProps/", "meta.xml")
#: Attributes that hold a person's name, whoever it is.
_AUTHORS = frozenset(("author", "userName", "displayName"))
_INITIALS = frozenset(("initials", "userId"))
#: Elements whose text is the author of a comment or change.
_AUTHOR_TEXTS = frozenset(("author", "creator"))
#: Relations to parts that are left out: a picture of the first page, the template's place.
_LEFT_RELATIONS = ("/thumbnail", "/attachedTemplate", "/digital-signature/origin")
#: Parts that go: a picture of the first page; signatures, which tell who signed and do not fit what is changed.
_GONE_PARTS = {"thumbnail": "pictures of first pages in documents", "_xmlsignatures/": "signatures of documents"}
_TEXT_PARTS = ("", "txt", "csv", "tsv", "json", "css", "js")
_FONTS = ("odttf", "ttf", "otf", "fntdata")


def shared_package(data: bytes, ledger: Ledger, where: str) -> bytes | None:
    """A document with its names replaced and its properties emptied.

    Args:
        data: the package.
        ledger: finds the names.
        where: for the ledger.

    Returns:
        The new package, None where nothing changed.

    Raises:
        CannotShareError: a part of it cannot be read or changed.
    """
    try:
        parts = read_package(data, where)
        new = {name: _shared_part(name, part, ledger, where) for name, part in parts.items()}
    except InputError as error:
        raise CannotShareError(error.what.rstrip(".").lower()) from error
    kept = {}
    for name, part in parts.items():
        changed = new[name]
        if changed == b"" and part:
            ledger.removed[next(said for one, said in _GONE_PARTS.items() if one in name.lower())] += 1
            continue
        kept[ledger.replaced(name, f"{where}, name of a part") or name] = part if changed is None else changed
    return None if all(kept.get(name) == part for name, part in parts.items()) else write_package(kept)


def _shared_part(name: str, data: bytes, ledger: Ledger, where: str) -> bytes | None:
    """A part's new bytes; None: it stays; empty: it is left out."""
    lower = name.lower()
    if any(one in lower for one in _GONE_PARTS):
        return b""
    if lower.endswith(_XML) and data.strip():
        return _SharedPart(name, ledger, where).shared(data)
    if is_picture(data):
        return clean_picture(data, ledger)
    if is_package(data):
        return shared_package(data, ledger, f"{where}, {name}")
    if lower.endswith((".bin", ".ole", ".doc", ".xls", ".ppt", ".pdf")):
        raise CannotShareError(f"it holds {name.rsplit('/', 1)[-1]}, which cannot be looked into")
    if is_rich_text(data):
        return shared_rich_text(data, ledger, f"{where}, {name}")
    ending = lower.rpartition("/")[2].partition(".")[2]
    if ending in _TEXT_PARTS:
        return shared_text(data, ledger, f"{where}, {name}")[0]
    if data and ending not in _FONTS:
        _look_into(name, data, ledger, where)
    return None


def _look_into(name: str, data: bytes, ledger: Ledger, where: str) -> None:
    """A part that cannot be changed: pictures of other kinds, films.

    Raises:
        CannotShareError: a name is written in it.
    """
    part = name.rsplit("/", 1)[-1]
    packed = data.startswith(b"\x1f\x8b")
    try:
        inside = zlib.decompressobj(31).decompress(data, current_limits().text_bytes) if packed else b""
    except zlib.error:
        inside = b""
    found = name_in_bytes([data], ledger.matcher.names) or name_in_bytes([inside], ledger.matcher.names)
    if found is not None:
        raise CannotShareError(f"“{found}” is written in {part}, and nothing in it can be changed")
    ledger.say("share-not-searched", f"{part} in the document is shared as it is; look at it.", where)


class _Piece:
    """A stretch of text between two tags: its place in the part's bytes, and its text."""

    __slots__ = ("deleted", "end", "inserted", "start", "text")

    def __init__(self, start: int, end: int, text: str, *, deleted: bool = False, inserted: bool = False) -> None:
        self.start, self.end, self.text = start, end, text
        self.deleted, self.inserted = deleted, inserted


class _SharedPart(Editor):
    """Changes one XML part; the words of a paragraph are put together first, however they are cut into runs."""

    def __init__(self, name: str, ledger: Ledger, where: str) -> None:
        self._new = bytearray()
        super().__init__(f"{where}, {name}", self._new.extend)
        self._name, self._ledger, self._place = name, ledger, f"{where} ({name.rsplit('/', 1)[-1]})"
        self._segments = TextSegments(self)
        self.scanner.collect_text(self._segments.text.append)
        self._properties = any(one in name for one in _PROPERTY_PARTS)
        self._stack: list[str] = []
        self._begun: list[int] = []
        self._open: list[list[_Piece]] = []  # paragraphs that are open; one can stand inside another
        self._paragraphs: list[list[_Piece]] = []
        self._going: tuple[int, int] | None = None

    def shared(self, data: bytes) -> bytes | None:
        """The new bytes of the part, None where they are the old ones."""
        self.run([data])
        return None if bytes(self._new) == data else bytes(self._new)

    # -- events -----------------------------------------------------------------------------------------------------

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        offset, local = self.scanner.offset, name.rpartition("}")[2]
        self.splicer.hold(0)
        self._text_ended(offset)
        self._segments.tag(offset, is_end=False)
        self._begun.append(offset)
        self._stack.append(local)
        if self._going is not None:
            return
        if local in _GONE or self._is_left_relation(local, attributes):
            self._going = (len(self._stack), offset)
            return
        if local in _PARAGRAPHS:
            self._open.append([])
            self._paragraphs.append(self._open[-1])
        elif local in _SIGNS and self._open:
            self._open[-1].append(_Piece(-1, -1, _SIGNS[local]))
        self._change(attributes, offset)

    def end(self, name: str) -> None:
        """An element ends."""
        offset, local = self.scanner.offset, name.rpartition("}")[2]
        self._text_ended(offset)
        begun = self._begun.pop()
        if self._going is not None:
            if self._going[0] == len(self._stack):
                end = offset if self.is_self_closing(begun) else offset + len(self.tag_at(offset))
                self.splicer.replace(begun, end - begun, b"")
                self._ledger.removed[f"{_shown(local)} in documents"] += 1
                self._going = None
        elif local in _PARAGRAPHS and self._open:
            self._open.pop()
        self._segments.tag(offset, is_end=True)
        self._stack.pop()

    def comment(self, text: str) -> None:
        """A comment of the XML."""
        if self._going is None:
            self._segments.comment(self._ledger.replaced(text, self._place))

    def instruction(self, target: str, data: str) -> None:
        """A processing instruction of the XML."""
        if self._going is None:
            new = self._ledger.replaced(target, self._place), self._ledger.replaced(data, self._place)
            self._segments.instruction(target, *new)

    def finish(self) -> None:
        """The part has been seen: the paragraphs are complete."""
        for paragraph in self._paragraphs:
            if paragraph:
                self._change_paragraph(paragraph)

    def _is_left_relation(self, local: str, attributes: dict[str, str]) -> bool:
        return local == "Relationship" and attributes.get("Type", "").endswith(_LEFT_RELATIONS)

    # -- attributes -------------------------------------------------------------------------------------------------

    def _change(self, attributes: dict[str, str], offset: int) -> None:
        changes: dict[str, tuple[str, str | None]] = {}
        for attribute, value in attributes.items():
            shown = shown_name(attribute)
            local = shown.rpartition(":")[2]
            new: str | None = value
            if local.startswith("rsid"):
                new = None
            elif local in _INITIALS:
                new = None if shown != local or local == "initials" else value
            elif local in _AUTHORS:
                new = self._ledger.author(value, f"{self._place}, author")
            elif value:
                replaced = self._ledger.replaced(value, f"{self._place}, {shown}")
                new = value if replaced is None else replaced
            if new != value:
                changes[shown] = (shown, new)
        if changes:
            self.rewrite_tag(changes, at=offset)

    # -- texts ------------------------------------------------------------------------------------------------------

    def _text_ended(self, offset: int) -> None:
        if not self._segments.text:
            return
        text = self._segments.taken()
        if self._going is not None or not self._stack:
            return
        local = self._stack[-1]
        if self._properties and local in _PROPERTIES:
            if text.strip():
                self._ledger.removed["properties of documents"] += 1
                if local in _AUTHOR_TEXTS or local == "lastModifiedBy":
                    self._ledger.replaced(text, f"{self._place}, {local}")
                self._segments.replace(offset, "")
        elif local in _AUTHOR_TEXTS:
            new = self._ledger.author(text, f"{self._place}, author")
            self._segments.replace(offset, new if new != text else None)
        elif self._open and (local in _TEXTS or (local in _TEXT_PARENTS and "t" not in _of_office(self._stack))):
            start, end = self._segments.span(offset)
            deleted, inserted = "del" in self._stack, "ins" in self._stack
            self._open[-1].append(_Piece(start, end, text, deleted=deleted, inserted=inserted))
        elif text.strip():
            self._segments.replace(offset, self._ledger.replaced(text, self._place))

    def _change_paragraph(self, pieces: list[_Piece]) -> None:
        views = [[piece for piece in pieces if not piece.deleted]]
        if len(views[0]) < len(pieces):
            views.append([piece for piece in pieces if not piece.inserted])
        changed: dict[int, str] = {}
        for view in views:
            self._change_view(view, changed)
        for start, new in changed.items():
            piece = next(one for one in pieces if one.start == start)
            self.splicer.replace(piece.start, piece.end - piece.start, self.encode(in_element(new)))

    def _change_view(self, pieces: list[_Piece], changed: dict[int, str]) -> None:
        """Replace the names in pieces that are read one after the other; pieces changed before stay as they are."""
        text = "".join(piece.text for piece in pieces)
        edits = self._ledger.edits(text, self._place)
        if not edits:
            return
        at, spans = 0, []
        for piece in pieces:
            spans.append((at, at + len(piece.text)))
            at += len(piece.text)
        for number, (start, end) in enumerate(spans):
            piece = pieces[number]
            if piece.start < 0 or piece.start in changed or not edits.touches(start, end):
                continue
            changed[piece.start] = _of_piece(piece.text, start, edits)


def _of_piece(text: str, offset: int, edits: Edits) -> str:
    """What is left of a piece: a name that begins in it becomes the pseudonym, of one that began before nothing stays.

    Args:
        text: of the piece.
        offset: where it begins in the paragraph.
        edits: of the paragraph.
    """
    parts, at = [], 0
    for edit in edits:
        start, end = edit.start - offset, edit.end - offset
        if end <= 0 or start >= len(text):
            continue
        parts.append(text[at : max(start, 0)])
        if start >= 0:
            parts.append("".join(edit.new.splitlines()))
        at = min(end, len(text))
    return "".join((*parts, text[at:]))


def _of_office(stack: list[str]) -> frozenset[str]:
    """Says that a part is of Office, where only some elements hold text, by its first element."""
    return frozenset() if stack[0].startswith("document-") or stack[0] == "html" else frozenset("t")


def _shown(local: str) -> str:
    return {"rsids": "revision ids", "rsid": "revision ids", "presenceInfo": "accounts of authors",
            "property": "properties of their own", "Relationship": "links to templates and pictures of pages",
            }.get(local, f"<{local}>")  # fmt: skip
