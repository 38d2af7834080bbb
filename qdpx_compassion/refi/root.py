"""Which kind of document this is: the name of its first element."""

from __future__ import annotations

from collections.abc import Iterable

from qdpx_compassion.refi.scanner import Scanner


class _Seen(Exception):
    """The first element has begun."""


def root_name(chunks: Iterable[bytes], where: str) -> str:
    """The local name of a document's first element; reads no further.

    Args:
        chunks: the document from its beginning.
        where: for messages.

    Raises:
        InputError: what stands before the first element is not well-formed.
    """
    found: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:  # noqa: ARG001 (the scanner's signature)
        found.append(name)
        raise _Seen

    try:
        Scanner(start, lambda _: None, where=where).scan(chunks)
    except _Seen:
        return found[0]
    return ""
