"""What a study is given from outside: the shape of decisions and of people's rows, whoever read them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from qdpx_compassion.frameworks import Framework, builtin_frameworks, load_framework
from qdpx_compassion.refi.guids import derive

#: The plain text of a source by its row, or None when it has none.
Texts = Callable[[int], str | None]


class DecisionsLike(Protocol):
    """What holds for each code, inheritance resolved; all GUIDs as compared (see ``mapping.model.Decisions``)."""

    @property
    def constructs(self) -> Mapping[str, tuple[str, ...]]:
        """Code GUID → construct ids."""

    @property
    def themes(self) -> Mapping[tuple[str, str], str]:
        """(code GUID, dimension id) → theme."""

    @property
    def none(self) -> frozenset[tuple[str, str]]:
        """(code GUID, dimension id) decided to be none."""

    @property
    def exceptions(self) -> Mapping[str, Mapping[str, bool]]:
        """Selection GUID → construct id → include."""


class PersonLike(Protocol):
    """What somebody said about a participant (see ``mapping.model.ParticipantRow``)."""

    @property
    def key(self) -> str:
        """GUID of a case or source."""

    @property
    def name(self) -> str:
        """Its name when the row was written."""

    @property
    def label(self) -> str:
        """Name in reports; empty: none given."""

    @property
    def group(self) -> str:
        """Group in tables; empty: none given."""

    @property
    def include(self) -> bool:
        """Whether the participant counts."""

    @property
    def where(self) -> str:
        """Cell or line, for messages."""


class PeopleLike(Protocol):
    """Anything that holds rows about participants (a mapping)."""

    @property
    def participants(self) -> Sequence[PersonLike]:
        """The rows, in order."""


def framework_guids(framework: Framework | None = None) -> frozenset[str]:
    """The GUIDs of everything that enriching adds for a framework and for the built-in ones: codes, sets, note, graph.

    A project that was enriched before is summarised without what was added.
    """
    known = [load_framework(name) for name in builtin_frameworks()]
    if framework is not None:
        known.append(framework)
    guids: set[str] = set()
    for one in known:
        guids |= one.code_guids
        guids |= {derive("provenance", one.guid), derive("graph", one.guid)}
        guids |= {derive("set", construct.guid) for construct in one.constructs}
    return frozenset(guids)
