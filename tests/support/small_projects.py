"""Small projects for tests, written as XML and read as any other: what stands where is said in one place."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from qdpx_compassion.refi.reader import read_project
from qdpx_compassion.tables import Project


def guid(*parts: str) -> str:
    """A GUID that follows from what it stands for."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, "/".join(parts)))


@dataclass
class Small:
    """A project that is being put together; everything is named by its name."""

    origin: str = "NVivo 14"
    users: list[str] = field(default_factory=list)
    codes: list[tuple[str, ...]] = field(default_factory=list)
    cases: list[str] = field(default_factory=list)
    variables: list[str] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    sets: list[str] = field(default_factory=list)
    _texts: dict[str, str] = field(default_factory=dict)
    _inside: dict[str, list[str]] = field(default_factory=dict)
    _number: int = 0

    def code(self, *path: str) -> str:
        """Add a code and what is above it; returns its GUID."""
        for depth in range(1, len(path) + 1):
            if path[:depth] not in self.codes:
                self.codes.append(path[:depth])
        return guid("code", *path)

    def text(self, name: str, text: str, **values: str) -> None:
        """Add a text source with values of variables."""
        self.sources.append(name)
        self._texts[name] = text
        self._inside[name] = []
        self._values[name] = [self._value(variable, value) for variable, value in values.items()]

    _values: dict[str, list[str]] = field(default_factory=dict)

    def _value(self, variable: str, value: str) -> str:
        if variable not in self.variables:
            self.variables.append(variable)
        reference = f'<VariableRef targetGUID="{guid("variable", variable)}"/>'
        return f"<VariableValue>{reference}<TextValue>{escape(value)}</TextValue></VariableValue>"

    def coding(self, source: str, words: str | tuple[int, int], *path: str, by: str = "Ana", inside: str = "") -> str:
        """Code the first occurrence of words, or positions; returns the GUID of the selection."""
        text = self._texts[source]
        start, end = words if isinstance(words, tuple) else (text.index(words), text.index(words) + len(words))
        self._number += 1
        selection = guid("selection", source, str(self._number))
        self._inside[source].append(
            f'<PlainTextSelection guid="{selection}" startPosition="{start}" endPosition="{end}">{inside}'
            f"{self._coding(path, by)}</PlainTextSelection>"
        )
        return selection

    def whole(self, source: str, *path: str, by: str = "Ana") -> None:
        """Code a source as a whole."""
        self._number += 1
        self._values[source].insert(0, self._coding(path, by))

    def _coding(self, path: Sequence[str], by: str) -> str:
        if by not in self.users:
            self.users.append(by)
        code = self.code(*path)
        return (
            f'<Coding guid="{guid("coding", str(self._number))}" creatingUser="{guid("user", by)}">'
            f'<CodeRef targetGUID="{code}"/></Coding>'
        )

    def case(self, *path: str, refers: Iterable[str] = (), values: dict[str, str] | None = None) -> None:
        """Add a case with the GUID of the code of this path, as NVivo does; ``refers`` are whole elements."""
        given = "".join(self._value(variable, value) for variable, value in (values or {}).items())
        self.cases.append(f'<Case guid="{self.code(*path)}" name={quoteattr(path[-1])}>{given}{"".join(refers)}</Case>')

    def nameless_case(self, source: str, **values: str) -> None:
        """Add a case without a name that refers to one source, as MAXQDA does."""
        given = "".join(self._value(variable, value) for variable, value in values.items())
        reference = f'<SourceRef targetGUID="{guid("source", source)}"/>'
        self.cases.append(f'<Case guid="{guid("case", source)}">{given}{reference}</Case>')

    def set_of(self, name: str, *sources: str) -> None:
        """Add a set of sources."""
        members = "".join(f'<MemberSource targetGUID="{guid("source", source)}"/>' for source in sources)
        self.sets.append(f'<Set guid="{guid("set", name)}" name={quoteattr(name)}>{members}</Set>')

    def note(self, name: str, text: str, inside: str = "") -> None:
        """Add a note."""
        content = f"<PlainTextContent>{escape(text)}</PlainTextContent>"
        self.notes.append(f'<Note guid="{guid("note", name)}" name={quoteattr(name)}>{content}{inside}</Note>')

    def xml(self, more_sources: str = "") -> str:
        """The project document."""
        sources = "".join(
            f'<TextSource guid="{guid("source", name)}" name={quoteattr(name)}>'
            f"<PlainTextContent>{escape(self._texts[name])}</PlainTextContent>"
            f"{''.join(self._inside[name])}{''.join(self._values[name])}</TextSource>"
            for name in self.sources
        )
        users = "".join(f'<User guid="{guid("user", name)}" name={quoteattr(name)}/>' for name in self.users)
        variables = "".join(
            f'<Variable guid="{guid("variable", name)}" name={quoteattr(name)} typeOfVariable="Text"/>'
            for name in self.variables
        )
        parts = [
            _within("Users", users),
            f"<CodeBook>{_within('Codes', self._codes(()))}</CodeBook>" if self.codes else "",
            _within("Variables", variables),
            _within("Cases", "".join(self.cases)),
            _within("Sources", sources + more_sources),
            _within("Notes", "".join(self.notes)),
            _within("Sets", "".join(self.sets)),
        ]
        return (
            f'<?xml version="1.0" encoding="utf-8"?>\n<Project xmlns="urn:QDA-XML:project:1.0" name="Small" '
            f'origin={quoteattr(self.origin)} modifiedDateTime="2024-06-03T12:00:00Z">{"".join(parts)}</Project>'
        )

    def _codes(self, above: tuple[str, ...]) -> str:
        return "".join(
            f'<Code guid="{guid("code", *path)}" name={quoteattr(path[-1])} isCodable="true">{self._codes(path)}</Code>'
            for path in self.codes
            if path[:-1] == above
        )

    def read(self, folder: Path, more_sources: str = "") -> Project:
        """The project as it is read from a file in this folder."""
        path = folder / "small.qde"
        path.write_text(self.xml(more_sources), encoding="utf-8", newline="")
        return read_project(path)


def _within(name: str, content: str) -> str:
    return f"<{name}>{content}</{name}>" if content else ""
