"""What coders marked, gathered for comparing them: who worked on which source, and who marked what where."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from qdpx_compassion.errors import InputError
from qdpx_compassion.findings import Finding, count
from qdpx_compassion.frameworks import Framework
from qdpx_compassion.tables import TABLES, Project, normalise_guid

if TYPE_CHECKING:
    from qdpx_compassion.mapping.model import Decisions
    from qdpx_compassion.study.codings import Coding
    from qdpx_compassion.study.participants import Participants

_CODING = TABLES["codings"].position
#: What a coding without a user is said to be by.
NOBODY_NAMED = "(nobody named)"


@dataclass(frozen=True, slots=True)
class Item:
    """What coders can mark: a code of the team, or a construct of the framework.

    Attributes:
        kind: ``code`` or ``construct``.
        key: the code's path as written, or the construct's id.
        label: name for people.
        dimension: id of the construct's dimension; empty for codes.
    """

    kind: str
    key: str
    label: str
    dimension: str = ""


class Mark(NamedTuple):
    """Somebody marked a place with an item.

    Attributes:
        item: number in ``Material.items``; ``coder`` and ``source`` likewise.
        text: row of the text that it lies in. start, end: in code points of it; None where it is no text.
        place: equal for equal places.
        where: for people. quotation: the words.
    """

    item: int
    coder: int
    source: int
    text: int
    start: int | None
    end: int | None
    place: int
    where: str
    quotation: str


@dataclass(frozen=True, slots=True)
class ComparedSource:
    """A source that two coders or more worked on.

    Attributes:
        row: in the project. cluster: number of the source, or of its participant, for intervals.
        coders: numbers of those who coded anything in it.
    """

    row: int
    name: str
    cluster: int
    coders: frozenset[int]


@dataclass
class Material:
    """What is compared.

    Attributes:
        coders: names, in the order of their first coding.
        sources: those that two coders or more worked on, in document order.
        items: codes and constructs that somebody marked there; codes in the codebook's order, then constructs.
        marks: every mark in those sources, each once for its item, coder and place.
        lengths: row of each text in those sources → its length in code points.
        text_source: row of the text → number of the source.
        clusters: how many clusters there are, and ``cluster_name``: what each is.
        codings: codings by each coder, all over the project.
        findings: what cannot be compared, and why.
    """

    coders: list[str]
    sources: list[ComparedSource] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    lengths: dict[int, int] = field(default_factory=dict)
    text_source: dict[int, int] = field(default_factory=dict)
    clusters: int = 0
    cluster_name: str = "source"
    codings: list[int] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def gather(
    project: Project,
    framework: Framework | None = None,
    decisions: Decisions | None = None,
    *,
    own: frozenset[str] = frozenset(),
    by_participant: bool = False,
    participants: Participants | None = None,
) -> Material:
    """Gather what the users of a project marked.

    A coder worked on a source when they coded anything in it: whoever read it and marked nothing cannot be told from
    whoever never opened it. Codings in notes, and those with framework codes, are no material.

    Args:
        project: read with its texts.
        framework: what decisions are about.
        decisions: what each code expresses; None: codes alone are compared.
        own: GUIDs of what other frameworks added.
        by_participant: whether intervals draw participants instead of sources.
        participants: as ``find_participants`` gives them; None: found here.

    Raises:
        InputError: fewer than two people coded, or no source was coded by two.
    """
    from qdpx_compassion.study.participants import find_participants
    from qdpx_compassion.study.quotations import IN_NOTE, LEFT_OUT, find_codings

    people = participants or find_participants(project)
    every = find_codings(project, framework, decisions, people, own=own)
    rows = [row for row in every if row.not_counted not in (IN_NOTE, LEFT_OUT)]
    coders, coder_of = _coders(project, rows)
    material = Material([name for _, name in coders], cluster_name="participant" if by_participant else "source")
    counted = Counter(coder_of[row.coding_row] for row in rows)
    material.codings = [counted[number] for number in range(len(coders))]
    _refuse_one(project, material)
    _find_sources(material, rows, coder_of, by_participant=by_participant)
    _find_texts(material, project)
    _find_marks(material, rows, coder_of, framework if decisions else None)
    _tell_idle(project, material, {key for key, _ in coders})
    return material


def _coders(project: Project, rows: Sequence[Coding]) -> tuple[list[tuple[str, str]], dict[int, int]]:
    """Who coded, as (GUID, name), and the coder of each coding by its row."""
    names = {
        normalise_guid(user["guid"] or ""): user["name"] or user["id"] or user["guid"] or NOBODY_NAMED
        for user in project.records("users")
    }
    numbers: dict[str, int] = {}
    coder_of = {}
    for row in rows:
        written = project.rows["codings"][row.coding_row][_CODING["creating_user"]]
        coder_of[row.coding_row] = numbers.setdefault(normalise_guid(written or ""), len(numbers))
    found = [(key, names.get(key, key or NOBODY_NAMED)) for key in numbers]
    again = Counter(name for _, name in found)
    seen: Counter[str] = Counter()
    told = []
    for key, name in found:
        seen[name] += 1
        told.append((key, f"{name} ({seen[name]})" if again[name] > 1 else name))
    return told, coder_of


def _refuse_one(project: Project, material: Material) -> None:
    if len(material.coders) >= 2:
        return
    who = f"Only {material.coders[0]} coded" if material.coders else "Nobody coded anything"
    raise InputError(
        f"{who}, so there is no agreement to measure.",
        where=project.name,
        remedy="Give the copies of both coders: agreement FIRST SECOND -o agreement.xlsx.",
    )


def _find_sources(
    material: Material, rows: Sequence[Coding], coder_of: dict[int, int], *, by_participant: bool
) -> None:
    worked: dict[int, set[int]] = {}
    names: dict[int, str] = {}
    person: dict[int, int | None] = {}
    for row in rows:
        worked.setdefault(row.source_row, set()).add(coder_of[row.coding_row])
        names.setdefault(row.source_row, row.source)
        person.setdefault(row.source_row, row.participant_row)
    clusters: dict[tuple[str, int], int] = {}
    alone: Counter[int] = Counter()
    for source in sorted(worked):
        if len(worked[source]) < 2:
            alone[next(iter(worked[source]))] += 1
            continue
        who = person[source]
        key = ("participant", who) if by_participant and who is not None else ("source", source)
        cluster = clusters.setdefault(key, len(clusters))
        material.sources.append(ComparedSource(source, names[source], cluster, frozenset(worked[source])))
    material.clusters = len(clusters)
    for coder, number in sorted(alone.items()):
        many, them = ("1 source was", "it") if number == 1 else (f"{number} sources were", "them")
        message = f"{many} coded by {material.coders[coder]} alone; nothing in {them} can be compared."
        material.findings.append(Finding("agreement-one-coder", message))
    if not material.sources:
        raise InputError(
            f"{count(len(material.coders), 'person', 'people')} coded, but no source was coded by two.",
            remedy="Agreement needs sources that several people coded independently.",
        )


def _find_texts(material: Material, project: Project) -> None:
    from qdpx_compassion.study.places import Places

    places = Places(project)
    numbers = {source.row: number for number, source in enumerate(material.sources)}
    for text, length in places.text_lengths().items():
        number = numbers.get(places.top[text])
        if number is not None and length:
            material.lengths[text], material.text_source[text] = length, number


def _find_marks(
    material: Material, rows: Sequence[Coding], coder_of: dict[int, int], framework: Framework | None
) -> None:
    sources = {source.row: number for number, source in enumerate(material.sources)}
    compared = [row for row in rows if row.source_row in sources]
    codes = {row.code_row: row for row in compared}
    numbers: dict[tuple[str, str | int], int] = {}
    for code_row in sorted(codes):
        numbers["code", code_row] = len(material.items)
        material.items.append(Item("code", codes[code_row].path, codes[code_row].value))
    held = {construct for row in compared for construct in row.constructs}
    for dimension in framework.dimensions if framework else ():
        for construct in dimension.constructs:
            if construct.id in held:
                numbers["construct", construct.id] = len(material.items)
                material.items.append(Item("construct", construct.id, construct.name, dimension.id))
    seen: set[tuple[int, int, int]] = set()
    for row in compared:
        keys: list[tuple[str, str | int]] = [("code", row.code_row)]
        keys += [("construct", one) for one in row.constructs if ("construct", one) in numbers]
        for key in keys:
            item, coder = numbers[key], coder_of[row.coding_row]
            if (item, coder, row.place_id) in seen:
                continue
            seen.add((item, coder, row.place_id))
            material.marks.append(
                Mark(
                    item, coder, sources[row.source_row], row.text_row, row.start_index, row.end_index, row.place_id,
                    row.place or "", row.quotation or "",
                )
            )  # fmt: skip


def _tell_idle(project: Project, material: Material, keys: set[str]) -> None:
    idle = [
        user["name"] or user["id"] or ""
        for user in project.records("users")
        if normalise_guid(user["guid"] or "") not in keys
    ]
    if idle:
        message = f"Users who coded nothing, and are not compared: {', '.join(idle)}."
        material.findings.append(Finding("agreement-idle", message))
    for coder, name in enumerate(material.coders):
        if not any(coder in source.coders for source in material.sources):
            message = f"{name} coded no source that somebody else coded too, and is not compared."
            material.findings.append(Finding("agreement-one-coder", message))
