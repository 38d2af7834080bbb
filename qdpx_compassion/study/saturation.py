"""How many values each further participant brings that nobody brought before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from qdpx_compassion.study.codings import Coding
from qdpx_compassion.study.groups import natural_key
from qdpx_compassion.study.participants import Participants
from qdpx_compassion.tables import TABLES, Project

_CREATED = TABLES["sources"].position["creation_date_time"]


@dataclass(frozen=True)
class Step:
    """A participant in the order of interviews.

    Attributes:
        row: of the participant.
        values: how many values the participant holds.
        new: names of those that nobody before held.
        so_far: how many values were held up to here.
    """

    row: int
    values: int
    new: tuple[str, ...]
    so_far: int


def interview_order(project: Project, participants: Participants) -> list[int]:
    """Included participants in the order in which their first sources came into the project, then by label.

    The file says no other date; where all came at once, labels (P01, P02 …) decide.
    """
    sources = project.rows["sources"]
    keys = []
    for number, row in enumerate(participants.rows):
        if row["include"]:
            dates = [sources[source][_CREATED] or "" for source in row["source_rows"]]
            keys.append((min(dates, default=""), natural_key(row["label"]), number))
    return [row for *_, row in sorted(keys)]


def saturation(rows: Iterable[Coding], order: Iterable[int], codes: frozenset[int]) -> list[Step]:
    """The steps, one a participant, also for those who hold nothing.

    Args:
        rows: codings; those that do not count are left aside.
        order: rows of participants (``interview_order``).
        codes: rows of the codes that are values.
    """
    held: dict[int, dict[int, str]] = {}
    for row in rows:
        if row.counted and row.participant_row is not None and row.code_row in codes:
            held.setdefault(row.participant_row, {}).setdefault(row.code_row, row.value)
    seen: set[int] = set()
    steps = []
    for person in order:
        mine = held.get(person, {})
        new = tuple(name for code, name in sorted(mine.items()) if code not in seen)
        seen |= mine.keys()
        steps.append(Step(person, len(mine), new, len(seen)))
    return steps
