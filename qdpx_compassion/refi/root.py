"""Which kind of document this is: the name of its first element, and what it says of its namespace."""

from __future__ import annotations

from collections.abc import Iterable

from qdpx_compassion.findings import Finding
from qdpx_compassion.refi.names import PROJECT_NAMESPACE
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


def namespace_findings(namespace: str, schema_location: str | None, where: str) -> list[Finding]:
    """What is unusual about a project's namespace.

    Args:
        namespace: of the document; empty when it has none.
        schema_location: its xsi:schemaLocation, a list of namespaces, each followed by where its schema lies. It is
            never followed.
        where: for messages.
    """
    found = []
    if namespace != PROJECT_NAMESPACE:
        has = f"The document's namespace is “{namespace}”" if namespace else "The document has no namespace"
        message = f"{has}, not {PROJECT_NAMESPACE}."
        found.append(Finding("xml-namespace", message, where))
    named = (schema_location or "").split()[::2]
    if named and namespace not in named:
        message = f"The document names the schema of “{named[0]}”, but its namespace is “{namespace}”."
        found.append(Finding("xml-schema-location", message, where))
    return found
