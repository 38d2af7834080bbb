"""What the researchers decided (Mapping) and what follows from it for each code (Decisions)."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class MappingRow:
    """One row of the mapping: what was decided for a code.

    Attributes:
        guid: the code's GUID as written in the mapping; empty when only the path is given.
        path: names from the top; empty when only the GUID is given.
        marks: construct id → True (yes) or False (an explicit no); what is absent is undecided.
        no_element: ids of dimensions decided to be none of their constructs (the column *no element*).
        themes: dimension id → theme, for dimensions with themes.
        sub_codes: whether marks cover the descendants.
        where: cell or line, for messages, e.g. ``Mapping!B7``.
    """

    guid: str
    path: tuple[str, ...]
    marks: dict[str, bool] = field(default_factory=dict)
    no_element: frozenset[str] = frozenset()
    themes: dict[str, str] = field(default_factory=dict)
    sub_codes: bool = True
    rationale: str = ""
    decided_by: str = ""
    where: str = ""


@dataclass(frozen=True, slots=True)
class ParticipantRow:
    """One row of the sheet *Participants*.

    Attributes:
        key: what the row stands for: GUID of a case or source.
        label: name in reports, e.g. ``P07, client``; empty: the name of the participant.
        sources: names of its sources, as shown (informative).
        group: group in tables; empty: none given.
    """

    key: str
    name: str
    label: str = ""
    sources: tuple[str, ...] = ()
    group: str = ""
    include: bool = True
    where: str = ""


@dataclass(frozen=True, slots=True)
class SelectionException:
    """One row of the sheet *Exceptions*: in this selection the construct holds, or does not, whatever the codes say.

    What the row does not say, or not so that it is understood, is empty or None, and a finding of reading.
    """

    selection_guid: str
    construct_id: str
    include: bool | None
    why: str = ""
    where: str = ""


@dataclass(frozen=True, slots=True)
class Mapping:
    """All that a mapping file says, as read; nothing resolved yet.

    Attributes:
        set_aside: rows about codes that the project no longer had at the last update; kept, but without effect.
    """

    rows: tuple[MappingRow, ...]
    participants: tuple[ParticipantRow, ...] = ()
    exceptions: tuple[SelectionException, ...] = ()
    name: str = ""
    set_aside: tuple[MappingRow, ...] = ()


@dataclass(frozen=True, slots=True)
class Decisions:
    """What holds for each code of one project, inheritance resolved; all GUIDs normalised (lower case, no braces).

    Attributes:
        framework_id: the framework that the construct ids belong to.
        constructs: code GUID → construct ids that hold for it, in the framework's order. Codes without any are absent.
        themes: (code GUID, dimension id) → theme.
        none: (code GUID, dimension id) decided to be none.
        undecided: code GUIDs offered for mapping without any decision in any dimension, in document order.
        exceptions: selection GUID → construct id → include (True) or exclude (False).
    """

    framework_id: str
    constructs: dict[str, tuple[str, ...]] = field(default_factory=dict)
    themes: dict[tuple[str, str], str] = field(default_factory=dict)
    none: frozenset[tuple[str, str]] = frozenset()
    undecided: tuple[str, ...] = ()
    exceptions: dict[str, dict[str, bool]] = field(default_factory=dict)
