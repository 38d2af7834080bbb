"""The XML as events: element, attributes, byte offset.

The parser is expat, because it tells at which byte of the input every tag begins, in every encoding; editing splices
new bytes in at such places and copies everything between them as it is.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from xml.parsers import expat

from qdpx_compassion.errors import InputError
from qdpx_compassion.files.limits import Limits, current_limits, how_to_raise
from qdpx_compassion.findings import Finding

#: Encodings that expat reads by itself, or through pyexpat's table of single bytes.
_DECLARATION = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_SEPARATOR = "\x1f"  # cannot occur in XML, so it divides namespace, name and prefix without doubt

StartHandler = Callable[[str, dict[str, str]], None]
EndHandler = Callable[[str], None]
TextHandler = Callable[[str], None]
InstructionHandler = Callable[[str, str], None]


def document_encoding(head: bytes) -> str:
    """The encoding of an XML document by its byte order mark or declaration, as a Python codec name.

    Args:
        head: its first bytes; 200 are enough.
    """
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "utf-32"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16-le" if head.startswith(codecs.BOM_UTF16_LE) else "utf-16-be"
    if head.startswith(b"<\x00"):
        return "utf-16-le"
    if head.startswith(b"\x00<"):
        return "utf-16-be"
    match = _DECLARATION.match(head.removeprefix(codecs.BOM_UTF8))
    declared = match.group(1).decode("ascii") if match else "utf-8"
    try:
        return codecs.lookup(declared).name
    except LookupError:
        return declared


def shown_name(attribute: str) -> str:
    """The name of an attribute as people know it: with the prefix that the document gave its namespace."""
    namespace, _, rest = attribute.partition(_SEPARATOR)
    local, _, prefix = rest.partition(_SEPARATOR)
    return f"{prefix}:{local}" if prefix else local or namespace


class _Names(dict[str, str]):
    """Names as expat writes them → names as handlers know them; an unknown one is learnt."""

    def __init__(self, learn: Callable[[str], str]) -> None:
        super().__init__()
        self._learn = learn

    def __missing__(self, raw: str) -> str:
        name = self[raw] = self._learn(raw)
        return name


def _no_start(_name: str, _attributes: dict[str, str]) -> None:
    """Nobody listens any more."""


def _no_end(_name: str) -> None:
    """Nobody listens any more."""


class Scanner:
    """Drives a pair of handlers over a document.

    The handlers get local names of elements of the document's own namespace; elements of another namespace come as
    ``{namespace}local``. Attributes come under their written local name, those of a namespace in expat's form, which
    holds namespace, name and prefix (``shown_name``).

    Attributes:
        offset: byte at which the current event's tag begins.
        namespace: of the root element; empty when it has none.
        encoding: of the document, a Python codec name.
        editable: False where an internal entity holds elements (their places are those of the reference).
        findings: what was noticed about the document as XML.
        prefix: of the element that starts or ends, with its colon; empty when it has none.
        names: names as expat writes them → names as handlers get them; see ``attach``.
        raw: name of the element that starts or ends, as expat writes it.
    """

    def __init__(
        self,
        start: StartHandler,
        end: EndHandler,
        *,
        where: str,
        comment: TextHandler | None = None,
        instruction: InstructionHandler | None = None,
        limits: Limits | None = None,
    ) -> None:
        self._start_handler, self._end_handler = start, end
        self._where, self._limits = where, limits or current_limits()
        self.findings: list[Finding] = []
        self.namespace = ""
        self.encoding = "utf-8"
        self.editable = True
        self.raw = ""
        self.names: dict[str, str] = _Names(self._learn)
        self._prefixes: dict[str, str] = {}
        self._root_seen = False
        self._declared_below = self._typed = self._in_cdata = False
        self._fed = self._skipped = self._lines_skipped = 0
        self._shift = 0, 0  # line, and by how much columns are shifted in it, both as expat counts
        parser = expat.ParserCreate(namespace_separator=_SEPARATOR)
        parser.namespace_prefixes = True
        parser.buffer_text = True
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        parser.StartDoctypeDeclHandler = self._doctype
        parser.EntityDeclHandler = self._entity
        parser.StartNamespaceDeclHandler = self._declared
        parser.StartCdataSectionHandler, parser.EndCdataSectionHandler = self._cdata_begins, self._cdata_ends
        if comment is not None:
            parser.CommentHandler = comment
        if instruction is not None:
            parser.ProcessingInstructionHandler = instruction
        self._parser: Any = parser
        self._connect()

    # -- events ---------------------------------------------------------------------------------------------------

    @property
    def offset(self) -> int:
        """Byte at which the current event's tag begins."""
        index: int = self._parser.CurrentByteIndex
        return index + self._skipped

    @property
    def line(self) -> int:
        """Line of the current event, counted from 1."""
        number: int = self._parser.CurrentLineNumber
        return number + self._lines_skipped

    @property
    def prefix(self) -> str:
        """Prefix of the element that starts or ends, with its colon; empty when it has none."""
        return self._prefixes[self.raw]

    def collect_text(self, handler: TextHandler | None) -> None:
        """Send character data to a handler from now on; None stops it."""
        self._parser.CharacterDataHandler = handler

    def attach(self, start: StartHandler | None, end: EndHandler | None) -> None:
        """Have expat call handlers itself, for those that are called millions of times.

        They get names as expat writes them and turn them into names by ``names``. They call ``too_deep`` where the
        nesting exceeds ``nesting``, and set ``raw`` before anybody asks for ``prefix``.
        """
        self._parser.StartElementHandler = start
        self._parser.EndElementHandler = end

    def let_go(self) -> None:
        """Forget the handlers, when all is read: with them it would keep what they made until garbage is collected."""
        parser = self._parser
        parser.StartElementHandler = parser.EndElementHandler = parser.CharacterDataHandler = None
        parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = parser.StartNamespaceDeclHandler = None
        parser.CommentHandler = parser.ProcessingInstructionHandler = None
        parser.StartCdataSectionHandler = parser.EndCdataSectionHandler = None
        self._start_handler, self._end_handler = _no_start, _no_end
        self.names = {}

    @property
    def is_settled(self) -> bool:
        """Whether all that came in has been told: no tag, text or line end waits for its rest."""
        settled: bool = self._parser.CurrentByteIndex == self._fed
        return settled

    @property
    def read(self) -> int:
        """So many bytes came in."""
        return self._fed + self._skipped

    @property
    def is_plain(self) -> bool:
        """Whether a tag that comes now means what it says: in UTF-8, in the root's namespace, without prefixes.

        No document type may say more of attributes, and no CDATA section be open; all that came in has been told.
        """
        return (
            self.is_settled
            and self._root_seen
            and not (self._declared_below or self._typed or self._in_cdata or any(self._prefixes.values()))
            and self.encoding == "utf-8"
        )

    @property
    def nesting(self) -> int:
        """How deep elements may be nested."""
        return self._limits.nesting

    def too_deep(self) -> InputError:
        """The error to raise where elements are nested deeper than they may be."""
        return self._refuse(f"Elements are nested more than {self.nesting} deep.", "No program writes such a project.")

    def skip_to_end(self) -> None:
        """Leave out what stands in the element that starts now (called from a start handler).

        Of no use for elements that may hold others of their name.
        """
        name, start, end = self.raw, self._parser.StartElementHandler, self._parser.EndElementHandler

        def inner_end(raw: str) -> None:
            if raw == name:
                self.attach(start, end)
                end(raw)

        self.attach(None, inner_end)

    def _connect(self) -> None:
        """Give the parser its handlers: closures, because they are called millions of times."""
        names, nesting = self.names, self.nesting
        on_start, on_end = self._start_handler, self._end_handler
        depth = 0

        def start(raw: str, attributes: dict[str, str]) -> None:
            nonlocal depth
            depth += 1
            if depth > nesting:
                raise self.too_deep()
            self.raw = raw
            on_start(names[raw], attributes)

        def end(raw: str) -> None:
            nonlocal depth
            depth -= 1
            self.raw = raw
            on_end(names[raw])

        self.attach(start, end)

    def _learn(self, raw: str) -> str:
        """The local name of an element of the document's namespace, `{namespace}local` for others."""
        parts = raw.split(_SEPARATOR)
        namespace, local = (parts[0], parts[1]) if len(parts) > 1 else ("", raw)
        prefix = parts[2] if len(parts) > 2 else ""
        if not self._root_seen:
            self._root_seen = True
            self.namespace = namespace
        name = local if namespace == self.namespace else f"{{{namespace}}}{local}"
        self._prefixes[raw] = f"{prefix}:" if prefix else ""
        return name

    def _cdata_begins(self) -> None:
        self._in_cdata = True

    def _cdata_ends(self) -> None:
        self._in_cdata = False

    def _doctype(self, *_: object) -> None:
        self._typed = True
        self.findings.append(Finding("xml-doctype", "The document has a DOCTYPE; it was not followed.", self._where))

    def _declared(self, _prefix: str | None, _namespace: str) -> None:
        self._declared_below = self._root_seen

    def _entity(self, _name: str, _parameter: bool, value: str | None, *_: object) -> None:
        if value is not None and "<" in value:
            self.editable = False

    # -- driving --------------------------------------------------------------------------------------------------

    def feed(self, chunk: bytes, *, final: bool = False) -> None:
        """Parse the next bytes.

        Raises:
            InputError: not well-formed (with the line), too deep, or too long without a tag or text.
        """
        self._fed += len(chunk)
        try:
            self._parser.Parse(chunk, final)
        except expat.ExpatError as error:
            raise self._not_well_formed(error) from error
        except (ValueError, LookupError) as error:  # an encoding that pyexpat has no table for
            raise self._refuse(f"The document cannot be decoded: {error}.", "Export the project again.") from error
        if chunk and self._fed - max(self._parser.CurrentByteIndex, 0) > self._limits.tag_bytes:
            # one attribute or comment: older parsers look at all of it again with every chunk
            raise self._refuse(
                f"A single tag or comment is longer than {self._limits.tag_bytes >> 20} MB.",
                how_to_raise("tag_bytes"),
            )

    def skip(self, text: str, length: int) -> None:
        """Leave out whole elements that somebody else has read, where all that came in has been told.

        Args:
            text: of the elements.
            length: in bytes.
        """
        if "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        line, column, lines = self._parser.CurrentLineNumber, self._parser.CurrentColumnNumber, text.count("\n")
        ended = len(text) - text.rfind("\n") - 1 if lines else self._column(line, column) + len(text)
        self._skipped += length
        self._lines_skipped += lines
        self._shift = line, ended - column

    def _column(self, line: int, column: int) -> int:
        """Column from 0, in the document; expat's line and column are those of what it was fed."""
        return column + (self._shift[1] if self._shift[0] == line else 0)

    def scan(self, chunks: Iterable[bytes], feed: Callable[[bytes], None] | None = None) -> None:
        """Parse a whole document.

        Args:
            chunks: its bytes.
            feed: gets them, as the scanner reads them, and feeds the scanner (``refi/runs.py``); None: ``feed`` does.

        Raises:
            InputError: see ``feed``; also a document above the limit of size.
        """
        feed = feed or self.feed
        for chunk in readable(chunks, self):
            feed(chunk)
        self.feed(b"", final=True)

    def _refuse(self, what: str, remedy: str) -> InputError:
        return InputError(what, where=f"{self._where}, line {self.line}", remedy=remedy)

    def _not_well_formed(self, error: expat.ExpatError) -> InputError:
        message = expat.ErrorString(error.code) or "not well-formed"
        return InputError(
            f"The document is not well-formed XML: {message}.",
            where=f"{self._where}, line {error.lineno + self._lines_skipped}, "
            f"column {self._column(error.lineno, error.offset) + 1}",
            remedy="It was cut off or changed by hand: export the project again.",
        )


_NATIVE = {"utf-8", "ascii", "iso8859-1", "utf-16-le", "utf-16-be", "utf-16"}
#: Other encodings of texts. Python has more codecs, some of them slow beyond use, some no encodings of texts at all.
_TRANSCODED = {
    *("utf-32", "utf-32-le", "utf-32-be", "gb2312", "gbk", "gb18030", "big5", "big5hkscs", "cp932", "cp949", "cp950"),
    *("shift_jis", "shift_jis_2004", "shift_jisx0213", "euc_jp", "euc_jis_2004", "euc_jisx0213", "euc_kr", "johab"),
    *("iso2022_jp", "iso2022_jp_1", "iso2022_jp_2", "iso2022_jp_2004", "iso2022_jp_3", "iso2022_jp_ext", "iso2022_kr"),
}


def readable(chunks: Iterable[bytes], scanner: Scanner) -> Iterator[bytes]:
    """Chunks as expat can read them: multi-byte encodings other than UTF-8 and UTF-16 become UTF-8, with a finding.

    Sets ``scanner.encoding`` before the first chunk comes out.
    """
    iterator = iter(chunks)
    first = next(iterator, b"")
    while len(first) < 256 and (more := next(iterator, b"")):
        first += more
    encoding = document_encoding(first[:256])
    scanner.encoding = encoding
    if encoding in _NATIVE or _is_single_byte(encoding):
        yield first
        yield from iterator
        return
    if encoding not in _TRANSCODED:
        raise InputError(
            f"The document says that it is in {encoding}, an encoding in which no program writes projects.",
            where=scanner._where,
            remedy="Export the project again.",
        )
    scanner.encoding = "utf-8"
    scanner.findings.append(
        Finding("xml-encoding", f"The document is in {encoding}; it is read and written as UTF-8.", scanner._where)
    )
    yield from _transcode(first, iterator, encoding, scanner._where)


def _is_single_byte(encoding: str) -> bool:
    try:
        return len(bytes(range(256)).decode(encoding, "replace")) == 256
    except (LookupError, ValueError):
        return False


def _transcode(first: bytes, rest: Iterator[bytes], encoding: str, where: str) -> Iterator[bytes]:
    try:
        decoder = codecs.getincrementaldecoder(encoding)()
        text = decoder.decode(first)
        text = re.sub(r"""(<\?xml[^>]*?encoding\s*=\s*["'])[^"']+""", r"\1utf-8", text, count=1)
        yield text.encode()
        for chunk in rest:
            yield decoder.decode(chunk).encode()
        yield decoder.decode(b"", True).encode()
    except UnicodeError as error:
        raise InputError(
            f"The document says that it is in {encoding}, and is not.", where=where, remedy="Export the project again."
        ) from error
