"""The limits within which a project is read; one place, named in the documentation (docs/reference/limits.md)."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass, fields, replace

from qdpx_compassion.errors import UsageError


@dataclass(frozen=True, slots=True)
class Limits:
    """What a project may be at most. All can be raised by the caller.

    Attributes:
        members: number of files in an archive or folder; counted before the archive's directory is loaded.
        total_bytes: size of all files together when inflated.
        document_bytes: size of the XML document when inflated.
        text_bytes: size of one text file of a source when inflated.
        ratio: inflated to deflated size of one file, and of all together, when they inflate to more than
            ``ratio_from`` bytes.
        dictionary_bytes: memory that a member packed with LZMA asks for before anything is unpacked.
        nesting: depth of XML elements.
        tag_bytes: one XML tag or comment; longer ones make the parser slow beyond use.
        rows: elements that are read into tables.
        characters: of all texts and quotations together.
        codings: of all projects in a report across a corpus, which is made in memory.
    """

    members: int = 100_000
    total_bytes: int = 256 << 30
    document_bytes: int = 2 << 30
    text_bytes: int = 256 << 20
    ratio: int = 200
    ratio_from: int = 16 << 20
    dictionary_bytes: int = 256 << 20
    nesting: int = 256
    tag_bytes: int = 16 << 20
    rows: int = 10_000_000
    characters: int = 1 << 30
    codings: int = 2_000_000


DEFAULT_LIMITS = Limits()
_current: ContextVar[Limits] = ContextVar("limits", default=DEFAULT_LIMITS)
_FACTORS = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40}
_WRITTEN = re.compile(r"\s*([a-z_-]+)\s*=\s*([0-9][0-9_,]*)\s*([kmgt]?)b?\s*", re.IGNORECASE)


def current_limits() -> Limits:
    """The limits that hold where nothing else is said."""
    return _current.get()


@contextlib.contextmanager
def limited(limits: Limits) -> Iterator[None]:
    """Everything in the block is read within these limits, as ``Limits(members=500_000)``."""
    token = _current.set(limits)
    try:
        yield
    finally:
        _current.reset(token)


def change_limits(written: str) -> None:
    """Change one of the limits that hold from now on, as a person writes it: ``members=200000``, ``text_bytes=1G``.

    Raises:
        UsageError: no such limit, or no number.
    """
    match = _WRITTEN.fullmatch(written)
    name = match[1].lower().replace("-", "_") if match else ""
    known = [field.name for field in fields(Limits)]
    if match is None or name not in known:
        raise UsageError(
            f"The limit “{written}” is not understood.",
            remedy=f"Write a name and a number, such as --limit members=200000; the names are {', '.join(known)}.",
        )
    number = int(re.sub("[_,]", "", match[2])) * _FACTORS[match[3].lower()]
    _current.set(replace(_current.get(), **{name: number}))


def how_to_raise(name: str, needed: int = 0) -> str:
    """What somebody can do whose own project is beyond a limit.

    Args:
        name: of the limit.
        needed: what the project has; 0: unknown.
    """
    if needed > 1000 * int(getattr(current_limits(), name)):
        return "It is damaged or was made to do harm; export the project again."
    enough = max(needed + 1, 2 * int(getattr(current_limits(), name)))
    factor, unit = next(((f, u) for u, f in reversed(_FACTORS.items()) if u and enough >= 4 * f), (1, ""))
    written = f"{-(-enough // factor)}{unit.upper()}" if name.endswith("_bytes") else str(enough)
    return f"If it is a project of your own, add --limit {name}={written}; otherwise it was perhaps made to do harm."
