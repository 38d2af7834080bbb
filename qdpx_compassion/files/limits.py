"""The limits within which a project is read; one place, named in the documentation (docs/reference/limits.md)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """What a project may be at most. All can be raised by the caller.

    Attributes:
        members: number of files in an archive; read from the end record before the archive is opened.
        document_bytes: size of the XML document when inflated.
        text_bytes: size of one text file of a source when inflated.
        ratio: inflated to deflated size of one member, when it inflates to more than ``ratio_from`` bytes.
        nesting: depth of XML elements.
        silent_bytes: XML without a single tag; longer ones make older parsers slow beyond use.
    """

    members: int = 100_000
    document_bytes: int = 2 << 30
    text_bytes: int = 256 << 20
    ratio: int = 200
    ratio_from: int = 16 << 20
    nesting: int = 256
    silent_bytes: int = 64 << 20


DEFAULT_LIMITS = Limits()
