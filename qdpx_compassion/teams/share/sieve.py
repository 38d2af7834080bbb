"""A document without all that says nothing of people and files: what is left is read in a tenth of the time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from qdpx_compassion.errors import InputError
from qdpx_compassion.refi.names import SOURCE_KINDS
from qdpx_compassion.refi.scanner import document_encoding

_REST = rb"""(?=[\s/>])[^<"'>]*(?:"[^<"]*"[^<"'>]*|'[^<']*'[^<"'>]*)*>"""
_KEPT = re.compile(rb"<(?:[\w.\-]+:)?(?:User|Case|" + "|".join(SOURCE_KINDS).encode() + rb")" + _REST)
_ROOT = re.compile(rb"<((?:[\w.\-]+:)?Project)" + _REST)
_DECLARATION = re.compile(rb"\s*<\?xml[^>]*\?>")
_TAG = re.compile(rb"""<[^"'>]*(?:"[^"]*"[^"'>]*|'[^']*'[^"'>]*)*>""")
#: Identifiers that are no GUIDs; each pattern begins with letters, which makes it fast.
_ODD = (re.compile(rb'guid="(?!\{?[0-9a-fA-F]{8}-)'), re.compile(rb'creatingUser="(?!\{?[0-9a-fA-F]{8}-)'))
#: No tag is longer, but for those that hold texts.
_LONGEST = 1 << 20


class Sieve:
    """Lets through the root, users, cases and sources, each as an element without content.

    Comments and CDATA that look like such elements get through too.

    Attributes:
        odd_ids: whether an identifier may be something else than a GUID; complete when all was read.
    """

    def __init__(self) -> None:
        self.odd_ids = False

    def chunks(self, document: Iterable[bytes]) -> Iterator[bytes]:
        """What is left of a document.

        Raises:
            InputError: it is written in a way for which it must be read as a whole.
        """
        waiting, root = b"", b""
        for chunk in document:
            data = waiting + chunk
            if not root:
                root, head = _head(data)
                self.odd_ids = b'guid="' not in data  # attributes are written in another way than is looked for
                yield head
            end = data.rfind(b"<")
            if end < 0 or _TAG.match(data, end):
                end = len(data)
            if len(data) - end > _LONGEST:
                raise InputError("A tag is longer than any program writes.")
            yield from self._kept(data[:end])
            waiting = data[end:]
        if waiting or not root:
            raise InputError("The document ends too early.")
        yield b"</" + root + b">"

    def _kept(self, data: bytes) -> Iterator[bytes]:
        if not self.odd_ids:
            self.odd_ids = any(odd.search(data) for odd in _ODD)
        for tag in _KEPT.findall(data):
            yield tag[:-1].rstrip(b"/") + b"/>"


def _head(data: bytes) -> tuple[bytes, bytes]:
    """The name of the root, and the document's declaration and root tag."""
    if document_encoding(data[:256]) not in ("utf-8", "ascii", "iso8859-1", "cp1252"):
        raise InputError("The document is in another encoding.")
    root = _ROOT.search(data)
    if root is None or root.group().endswith(b"/>"):
        raise InputError("The first element is not where it is looked for.")
    declaration = _DECLARATION.match(data.removeprefix(b"\xef\xbb\xbf"))
    return root[1], (declaration.group() if declaration else b"") + root.group()
