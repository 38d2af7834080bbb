"""The list of names: what is replaced by what."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from qdpx_compassion.errors import UsageError
from qdpx_compassion.teams.share.words import key, word_pattern

#: What names are of; each has pseudonyms of its own where none is given.
CODER, PARTICIPANT, SOURCE, AUTHOR, PERSON, GIVEN_ID = "coder", "participant", "source", "author", "person", "id"
_STEMS = {CODER: "Coder", PARTICIPANT: "Participant", SOURCE: "Source", AUTHOR: "Author", GIVEN_ID: "ID"}
#: What stands for a participant who withdrew.
WITHDRAWN = "[withdrawn]"
_LONGEST = 200
_LABEL = re.compile(
    r"(?:[a-z]{1,2}|coder|participant|person|author|id|source|case|interview(?:ee)?|client|patient|respondent|speaker|"
    r"focus ?group|group|transcript|session|document|text|picture|audio|video|pdf|note)[ _-]?\d{1,6}",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Name:
    """A row of the list.

    Attributes:
        name: as it is written.
        pseudonym: what stands in its place; empty: one is made.
        kind: ``coder``, ``participant``, ``source``, ``author``, ``person`` or ``id``.
        replaced: False: it stays wherever it stands.
        exact: replaced only in this letter case.
        person: rows of one person have the same word here, and may have one pseudonym.
        known: the pseudonym may stand in the project already, because it means the same person there.
        only_names: replaced only where it is the whole name of an element or file.
        where: cell or line of the list, for messages; empty: not from the list.
    """

    name: str
    pseudonym: str = ""
    kind: str = PERSON
    replaced: bool = True
    exact: bool = False
    person: str = ""
    known: bool = False
    only_names: bool = False
    where: str = ""

    @property
    def keys(self) -> tuple[str, ...]:
        """Its words as they are compared."""
        return tuple(map(key, word_pattern().findall(self.name)))


def checked(names: Iterable[Name]) -> list[Name]:
    """Names that can be used; those of the list that say the same twice are one.

    Raises:
        UsageError: a name without a letter or digit, two pseudonyms for a name, one pseudonym for two people, a
            pseudonym that holds a name of the list, or one that cannot stand in a text.
    """
    kept: dict[tuple[tuple[str, ...], bool], Name] = {}
    for name in names:
        if not name.keys:
            raise UsageError(
                f"“{name.name}” has neither letter nor digit, so it cannot be looked for.",
                where=name.where,
                remedy="Take the row out, or write the name.",
            )
        _check_pseudonym(name)
        first = kept.setdefault((name.keys, name.exact), name)
        if first.pseudonym and name.pseudonym and first.pseudonym != name.pseudonym:
            raise UsageError(
                f"“{name.name}” has two pseudonyms: {first.pseudonym} and {name.pseudonym}.",
                where=name.where,
                remedy=f"Take out one of the rows; the other is {first.where or 'made by the program'}.",
            )
        if first is not name and not first.pseudonym and name.pseudonym:
            kept[name.keys, name.exact] = replace(first, pseudonym=name.pseudonym, replaced=name.replaced)
    result = list(kept.values())
    _check_together([name for name in result if name.replaced])
    return result


def _check_pseudonym(name: Name) -> None:
    said = name.pseudonym
    problem = ""
    if any(not sign.isprintable() for sign in said):
        problem = "holds a line end or another sign that is not printed"
    elif len(said) > _LONGEST:
        problem = f"is longer than {_LONGEST} characters"
    elif said and not word_pattern().search(said):
        problem = "has neither letter nor digit, so nobody would find it again"
    if problem and name.replaced:
        raise UsageError(
            f"The pseudonym of “{name.name}” {problem}.", where=name.where, remedy="Write another, such as P07."
        )


def _check_together(names: Sequence[Name]) -> None:
    by_pseudonym: dict[tuple[str, ...], list[Name]] = defaultdict(list)
    for name in names:
        if name.pseudonym and name.pseudonym != WITHDRAWN:
            by_pseudonym[tuple(map(key, word_pattern().findall(name.pseudonym)))].append(name)
    for same in by_pseudonym.values():
        for other in same[1:]:
            if not _one_person(same[0], other):
                raise UsageError(
                    f"“{same[0].name}” and “{other.name}” have the same pseudonym, {other.pseudonym}.",
                    where=other.where or same[0].where,
                    remedy="Give one of them another; or, if both are one person, write the same word into the column "
                    "Person of both rows.",
                )
    every = {name.keys: name for name in names}
    longest = max(map(len, every), default=0)
    for words, same in by_pseudonym.items():
        found = [words[at : at + size] for at in range(len(words)) for size in range(1, longest + 1)]
        held = next((every[part] for part in found if part in every), None)
        if held is not None:
            raise UsageError(
                f"The pseudonym {same[0].pseudonym} holds the name “{held.name}”, which is replaced too.",
                where=same[0].where or held.where,
                remedy="Choose a pseudonym without any name of the list.",
            )


def _one_person(one: Name, other: Name) -> bool:
    if one.person or other.person:
        return one.person.casefold().strip() == other.person.casefold().strip()
    return bool(set(one.keys) & set(other.keys))


def with_pseudonyms(names: Sequence[Name], taken: Iterable[str] = ()) -> list[Name]:
    """The names that are replaced, each with a pseudonym; those that are made are numbered by kind.

    Args:
        names: checked ones.
        taken: pseudonyms that cannot be made, because they stand in the project.
    """
    used = {name.pseudonym.casefold() for name in names} | {one.casefold() for one in taken}
    numbers: dict[str, int] = defaultdict(int)
    by_person: dict[str, str] = {}
    for name in names:
        if name.person and name.pseudonym:
            by_person.setdefault(name.person.casefold().strip(), name.pseudonym)
    result = []
    for name in names:
        if not name.replaced:
            continue
        pseudonym = name.pseudonym or by_person.get(name.person.casefold().strip(), "")
        stem = _STEMS.get(name.kind, "Person")
        while not pseudonym:
            numbers[stem] += 1
            made = f"{stem} {numbers[stem]}"
            if made.casefold() not in used:
                pseudonym = made
        if name.person:
            by_person.setdefault(name.person.casefold().strip(), pseudonym)
        used.add(pseudonym.casefold())
        result.append(name if name.pseudonym else replace(name, pseudonym=pseudonym))
    return result


def is_label(text: str) -> bool:
    """Whether a name says nobody's name: a word for what it is, and a number (Interview 3, P07, Participant 1)."""
    return _LABEL.fullmatch(text.strip()) is not None
