"""A project as Taguette holds it, between its database, its spreadsheets and our tables."""

from __future__ import annotations

from dataclasses import dataclass, field

#: The moment that stands where Taguette wants one and the project has none.
NO_DATE = "1970-01-01 00:00:00.000000"


@dataclass(slots=True)
class Tag:
    """A tag.

    Attributes:
        path: its name; what users part by dots (``people.employee``) is a hierarchy to them, and to exports by prefix.
    """

    id: int
    path: str
    description: str = ""


@dataclass(slots=True)
class Document:
    """A document; ``created`` as the database has it, in UTC."""

    id: int
    name: str
    description: str
    filename: str
    created: str
    contents: str
    right_to_left: bool = False


@dataclass(slots=True)
class Highlight:
    """A highlight.

    Attributes:
        start: in UTF-8 bytes of the document's text. end: likewise, exclusive.
        snippet: its HTML.
        tags: ids.
    """

    id: int
    document: int
    start: int
    end: int
    snippet: str
    tags: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Command:
    """What somebody did.

    Attributes:
        payload: with its ``type``; keys as since revision bc8e0e0677e9.
    """

    date: str
    user: str
    document: int | None
    payload: dict[str, object]


@dataclass
class TaguetteProject:
    """One project of a database."""

    name: str
    description: str = ""
    created: str = NO_DATE
    members: list[str] = field(default_factory=list)
    tags: list[Tag] = field(default_factory=list)
    documents: list[Document] = field(default_factory=list)
    highlights: list[Highlight] = field(default_factory=list)
    commands: list[Command] = field(default_factory=list)
