"""A list of names to begin with: users, cases and sources of the project, and how often each stands in it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from qdpx_compassion.errors import UsageError
from qdpx_compassion.files.atomic import refuse_existing
from qdpx_compassion.files.project_files import open_project_files
from qdpx_compassion.findings import Finding
from qdpx_compassion.refi.names import SOURCES
from qdpx_compassion.refi.reader import read_files
from qdpx_compassion.refi.texts import SourceTexts
from qdpx_compassion.tables import TABLES, Project
from qdpx_compassion.teams.share.matching import Matcher
from qdpx_compassion.teams.share.names import CODER, GIVEN_ID, PARTICIPANT, PERSON, SOURCE, Name, with_pseudonyms
from qdpx_compassion.teams.share.project import without_extension
from qdpx_compassion.teams.share.words import key, word_pattern

#: A label that a team gave already: P07, Client 3, R12.
_LABEL = re.compile(
    r"(?:[A-Za-z]{1,3}[ _-]?\d{1,4}|(?:participant|client|respondent|interview|case)[ _-]?\d{1,4})\b", re.I
)
_SOURCE = TABLES["sources"].position
_SHORTEST = 3


@dataclass(frozen=True, slots=True)
class Proposed:
    """A row of the proposal.

    Attributes:
        name: what may be replaced, and by what.
        of: what it is, in words.
        number: how often it stands in texts, names and notes.
        lower: how often of these in lower case.
        example: where, with some context.
        why: why it is proposed to be replaced or not.
    """

    name: Name
    of: str
    number: int
    lower: int
    example: str
    why: str


def propose_names(
    path: Path,
    target: Path,
    *,
    force: bool = False,
    reading: str | None = None,
    progress: Callable[[int], None] | None = None,
) -> tuple[list[Proposed], list[Finding]]:
    """Write a workbook with the names of a project, to be completed by a person.

    Args:
        path: the project.
        target: the .xlsx to write.
        force: replace an existing one.
        reading: how positions are counted; None: the file decides.
        progress: told how many bytes of the document were read just now.

    Raises:
        QdpxError: the project cannot be read, or the workbook not be written.
    """
    from qdpx_compassion.teams.share.workbooks import write_proposal

    if target.suffix.lower() != ".xlsx":
        raise UsageError(
            "Without a list of names the project is not shared.",
            where=str(target),
            remedy="First let the program propose one: share PROJECT -o names.xlsx. Complete it, and give it with "
            "--names names.xlsx.",
        )
    refuse_existing(target, force=force, inputs=(path,))
    with open_project_files(path, progress=progress) as files:
        project = read_files(files, reading=reading)
        names = _candidates(project)
        rows = _with_counts(names, project, SourceTexts(files, project))
    findings = write_proposal(target, rows, path.name, force=force)
    return rows, findings


@dataclass
class _Candidate:
    name: Name
    of: str
    why: str


def _candidates(project: Project) -> list[_Candidate]:
    found: dict[tuple[str, ...], _Candidate] = {}

    def add(name: Name, of: str, why: str) -> None:
        if not name.keys:
            return
        first = found.setdefault(name.keys, _Candidate(name, of, why))
        if first.name is not name and of not in first.of:
            first.of += f", {of}"
            if name.replaced and not first.name.replaced:
                first.name, first.why = replace(name, name=first.name.name), why

    for user in project.rows["users"]:
        add(Name(user[1] or "", kind=CODER), "coder", "names of coders are replaced")
    _add_people(project, add)
    for user in project.rows["users"]:
        if user[2]:
            add(Name(user[2], kind=GIVEN_ID, replaced=False, exact=True), "id of a coder",
                "the ids themselves are taken out; say yes if texts and notes hold them")  # fmt: skip
    _add_parts(found)
    return list(found.values())


def _add_people(project: Project, add: Callable[[Name, str, str], None]) -> None:
    from qdpx_compassion.study.participants import find_participants

    people = find_participants(project).table
    persons = {str(name) for name in people["name"]}
    by_sources = set(people["kind"]) <= {"source"}
    for name in people["name"]:
        text = without_extension(str(name))
        add(_labelled(Name(text, kind=PARTICIPANT)), "participant", "names of participants are replaced")
    for case in project.rows["cases"]:
        if (case[1] or "") not in persons:
            add(Name(case[1] or "", kind=PARTICIPANT, replaced=False, exact=True), "case",
                "a group or folder by its look; say yes if it names somebody")  # fmt: skip
    matcher = Matcher(with_pseudonyms([Name(without_extension(one), "x", PARTICIPANT) for one in sorted(persons)]))
    parts = {word for one in persons for word in map(key, word_pattern().findall(one)) if len(word) >= _SHORTEST}
    for source in project.rows["sources"]:
        text = without_extension(source[_SOURCE["name"]] or "")
        if source[0] not in SOURCES or (source[_SOURCE["name"]] or "") in persons:
            continue
        if matcher.find(text).hits and not by_sources:
            continue  # its names are rows of their own, and replaced in it too
        if parts & set(map(key, word_pattern().findall(text))) and not by_sources:
            add(Name(text, kind=SOURCE, replaced=False), "source",
                "names in it are rows of their own, so they are replaced in it too")  # fmt: skip
        else:
            add(_labelled(Name(text, kind=SOURCE)), "source", "names of sources are replaced")


def _labelled(name: Name) -> Name:
    """Where a team's label stands before a name (P07 Ibrahim), it is the pseudonym."""
    label = _LABEL.match(name.name)
    rest = name.name[label.end() :].strip(" ,;:._-–") if label else ""
    return replace(name, pseudonym=label.group(), person=label.group(), known=True) if label and rest else name


def _add_parts(found: dict[tuple[str, ...], _Candidate]) -> None:
    """First names, last names: words of the names of people, each a row to decide on."""
    parts: dict[str, list[_Candidate]] = {}
    words: dict[str, str] = {}
    for one in list(found.values()):
        people = one.name.kind in (CODER, PARTICIPANT) and one.name.replaced
        own = word_pattern().findall(one.name.name)
        for word in own if people and len(own) > 1 else ():
            if word.isalpha() and len(word) >= _SHORTEST and word[:1].upper() == word[:1] and (key(word),) not in found:
                parts.setdefault(key(word), []).append(one)
                words.setdefault(key(word), word)
    for word, whole in parts.items():
        if len(whole) > 1:
            name = Name(words[word], kind=PERSON, replaced=False)
            why = "a word of several names; say yes if it names a person"
        else:
            first = whole[0].name
            after_label = bool(first.pseudonym) and first.known
            name = Name(words[word], first.pseudonym, first.kind, after_label, person=first.person, known=first.known)
            why = ("the name behind the label" if after_label
                   else f"a part of “{first.name}”; say yes if people are called so in the texts")  # fmt: skip
        found.setdefault((word,), _Candidate(name, f"part of “{whole[0].name.name}”", why))


def _with_counts(candidates: list[_Candidate], project: Project, texts: SourceTexts) -> list[Proposed]:
    """How often each stands in the project, every name by itself."""
    matchers = [Matcher([replace(one.name, pseudonym="x", known=True, exact=False)]) for one in candidates]
    together = Matcher([replace(one.name, pseudonym="x", known=True, exact=False) for one in candidates])
    numbers: Counter[int] = Counter()
    lower: Counter[int] = Counter()
    examples: dict[int, str] = {}
    for where, text in _texts(project, texts):
        found = together.find(text)
        if not found.hits:
            continue
        for number, matcher in enumerate(matchers):
            for hit in matcher.find(text).hits:
                numbers[number] += 1
                said = text[hit.start : hit.end]
                lower[number] += said == said.lower() != said.upper()
                if number not in examples:
                    context = " ".join(text[max(0, hit.start - 40) : hit.end + 40].split())
                    examples[number] = f"{context} ({where})" if len(text) > len(said) else ""
    return [
        Proposed(one.name, one.of, numbers[number], lower[number], examples.get(number, ""), one.why)
        for number, one in enumerate(candidates)
    ]


def _texts(project: Project, texts: SourceTexts) -> Iterator[tuple[str, str]]:
    for table in ("project", "codes", "variables", "cases", "sources", "selections", "sets", "graphs", "links"):
        for column in ("name", "description"):
            if column in TABLES[table].position:
                for value in project.column(table, column):
                    if value:
                        yield f"{column} in {table}", value
    for value in project.column("variable_values", "value"):
        if value:
            yield "value of a variable", value
    for row, source in enumerate(project.rows["sources"]):
        text = texts(row)
        if text:
            yield source[_SOURCE["name"]] or source[0], text
