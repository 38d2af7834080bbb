"""Taking out a participant who withdrew: the sources, what is coded with the case, and all that refers to them."""

from __future__ import annotations

import shlex
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from qdpx_compassion.errors import UsageError
from qdpx_compassion.files.project_files import ProjectFiles
from qdpx_compassion.findings import Finding, count
from qdpx_compassion.refi.guids import normalise_guid
from qdpx_compassion.refi.names import SELECTION_KINDS, SOURCE_KINDS
from qdpx_compassion.refi.reader import read_files
from qdpx_compassion.refi.scanner import Scanner
from qdpx_compassion.tables import TABLES, Project
from qdpx_compassion.teams.share.names import WITHDRAWN, Name
from qdpx_compassion.teams.share.survey import chunks_of
from qdpx_compassion.teams.share.words import key, word_pattern

_SOURCE = TABLES["sources"].position
#: Elements that can go: element → what a reference to it calls it.
_KINDS = {
    "Code": "code", "Case": "case", "Set": "set", "Link": "link", "Vertex": "vertex", "Note": "note",
    **dict.fromkeys((kind for kind in SOURCE_KINDS if kind != "Note"), "source"),
    **dict.fromkeys(SELECTION_KINDS, "selection"),
}  # fmt: skip
#: References → the kinds of what they may name.
_REFERENCES = {
    "CodeRef": ("code",), "SourceRef": ("source", "note"), "SelectionRef": ("selection",), "NoteRef": ("note",),
    "MemberCode": ("code",), "MemberSource": ("source", "note"), "MemberNote": ("note",),
}  # fmt: skip
_CONTAINERS = frozenset(("Cases", "Sources", "Notes", "Links", "Sets", "Graphs", "CodeBook", "Codes"))
#: What was in the way of what: at most so many rounds until nothing more goes.
_ROUNDS = 12


@dataclass
class Withdrawal:
    """Who and what is taken out.

    Attributes:
        names: of the cases and sources that go.
        fate: by element in document order; 1: it goes with all in it.
        gone: number of elements by kind.
        findings: what a person must know.
    """

    names: list[str]
    fate: bytearray
    gone: Counter[str] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)

    def listed(self, names: Sequence[Name]) -> list[Name]:
        """The list of names, in which those of the participant are replaced by ``[withdrawn]``."""
        mine = {word for name in self.names for word in map(key, word_pattern().findall(name)) if not word.isdigit()}
        pseudonyms = {one.pseudonym for one in names if one.keys and one.name in self.names and one.pseudonym}
        result = [Name(name, WITHDRAWN, known=True, where="--without") for name in dict.fromkeys(self.names)]
        whole = {name.keys for name in result}
        for name in names:
            own = set(name.keys) <= mine or name.pseudonym in pseudonyms
            if not own:
                result.append(name)
            elif name.keys not in whole:
                result.append(replace(name, pseudonym=WITHDRAWN, replaced=True, known=True, person=""))
        return [name for name in result if name.keys]


def withdraw(files: ProjectFiles, where: str, words: Sequence[str], listed: Sequence[Name]) -> Withdrawal:
    """Find what belongs to participants, and all that refers to it.

    Args:
        files: of the project.
        where: for messages.
        words: name, label, pseudonym or GUID of each participant or source.
        listed: the list of names, for pseudonyms.

    Raises:
        UsageError: a word names nobody or several, or the participant shares a source with others.
    """
    project = read_files(files)
    gone: dict[str, set[str]] = defaultdict(set)
    names: list[str] = []
    called = {(row[_SOURCE["name"]] or "").casefold() for row in project.rows["sources"]}
    for word in sorted(words, key=lambda word: word.strip().casefold() not in called):  # sources first
        _choose(project, word, listed, gone, names)
    closure = _Closure(files, where, gone)
    closure.run()
    withdrawal = Withdrawal(names, closure.fate, closure.counted)
    with_it = _counted(closure.counted) or "nothing else"
    message = f"{', '.join(f'“{name}”' for name in names)}: taken out with {with_it}, and all in them."
    withdrawal.findings.append(Finding("share-withdrawn", message))
    return withdrawal


def _choose(project: Project, word: str, listed: Sequence[Name], gone: dict[str, set[str]], names: list[str]) -> None:
    from qdpx_compassion.study.participants import find_participants

    people = find_participants(project).rows
    wanted = {word.strip().casefold(), *(one.name.casefold() for one in listed if one.pseudonym == word.strip())}
    sources = [row for row in project.rows["sources"] if row[0] in SOURCE_KINDS[:5]]
    found = [row for row in people if _is_called(row["name"], row["key"], word, wanted)]
    if not found:
        found = [row for row in people if _begins_with(row["name"], word)]
    if len(found) > 1:
        raise UsageError(
            f"“{word}” fits several participants: {_shown([row['name'] for row in found])}.",
            where="--without",
            remedy="Write the whole name, or the GUID.",
        )
    rows: list[int]
    if found:
        row = found[0]
        rows = list(row["source_rows"])
        others = {number for one in people if one is not row for number in one["source_rows"]}
        others |= _sources_of_others(project, row["key"], people, gone["case"])
        shared = [project.rows["sources"][number] for number in rows if number in others]
        joint = [
            source[_SOURCE["name"]] or ""
            for source in shared
            if normalise_guid(source[_SOURCE["guid"]] or "") not in gone["source"]
        ]
        if joint:
            raise UsageError(
                f"“{row['name']}” shares {_shown(joint)} with others, and a part of a text cannot be taken out.",
                where="--without",
                remedy="Take the passages out in your program and export again; or take the whole source out, "
                f"too: --without {shlex.quote(joint[0])} --without {shlex.quote(word)}.",
            )
        names.append(row["name"])
        gone[{"case": "case", "set": "set", "source": "source"}.get(row["kind"], "code")].add(row["key"])
        if row["kind"] == "case":
            gone["code"].add(row["key"])  # NVivo's case is the code of its codings
    else:
        rows = [
            number
            for number, one in enumerate(project.rows["sources"])
            if one[0] in SOURCE_KINDS[:5]
            and _is_called(one[_SOURCE["name"]] or "", normalise_guid(one[_SOURCE["guid"]] or ""), word, wanted)
        ]
        if len(rows) != 1:
            every = [one["name"] for one in people] or [one[_SOURCE["name"]] or "" for one in sources]
            raise UsageError(
                f"“{word}” is nobody's name here." if not rows else f"“{word}” is the name of several sources.",
                where="--without",
                remedy=f"The participants are: {_shown(every, 12)}.",
            )
    for number in rows:
        source = project.rows["sources"][number]
        gone["source"].add(normalise_guid(source[_SOURCE["guid"]] or ""))
        names.append(source[_SOURCE["name"]] or "")
    names[:] = [name for name in dict.fromkeys(names) if name]


def _sources_of_others(project: Project, mine: str, people: Sequence[Mapping[str, Any]], gone: set[str]) -> set[int]:
    """Rows of sources that another person's case holds, one to whom no source was given as their own.

    A case that holds the sources of several participants is a group, not a person.
    """
    held: dict[str, set[int]] = defaultdict(set)
    cases = [normalise_guid(guid or "") for guid in project.column("cases", "guid")]
    row_of = {normalise_guid(guid or ""): number for number, guid in enumerate(project.column("sources", "guid"))}
    for case, kind, target in project.rows["case_members"]:
        number = row_of.get(normalise_guid(target or ""))
        if kind == "SourceRef" and number is not None:
            held[cases[case]].add(_outermost(project, number))
    known = set(cases)
    for owner_kind, owner_row, code in zip(
        *(project.column("codings", name) for name in ("owner_kind", "owner_row", "code_guid")), strict=True
    ):
        case = normalise_guid(code or "")
        if case in known:
            number = project.rows["selections"][owner_row][1] if owner_kind == "selection" else owner_row
            held[case].add(_outermost(project, number))
    owner = {number: one["key"] for one in people for number in one["source_rows"]}
    others = set()
    for case, numbers in held.items():
        of_whom = {owner[number] for number in numbers if number in owner}
        if case != mine and case not in gone and case not in owner.values() and len(of_whom) < 2:
            others |= numbers
    return others


def _outermost(project: Project, number: int) -> int:
    """The row of the source that stands in Sources: a transcript's recording, a PDF's text's PDF."""
    source = project.rows["sources"][number]
    while source[_SOURCE["parent_row"]] is not None:
        number = source[_SOURCE["parent_row"]]
        if source[_SOURCE["parent_kind"]] == "selection":
            number = project.rows["selections"][number][1]
        source = project.rows["sources"][number]
    return number


def _is_called(name: str, guid: str, word: str, wanted: set[str]) -> bool:
    stem = name.casefold().rpartition(".")[0]
    return guid == normalise_guid(word) or name.casefold().strip() in wanted or (bool(stem) and stem in wanted)


def _begins_with(name: str, word: str) -> bool:
    words, first = (
        [key(one) for one in word_pattern().findall(name)],
        [key(one) for one in word_pattern().findall(word)],
    )
    return bool(first) and any(words[at : at + len(first)] == first for at in range(len(words)))


def _shown(names: Sequence[str], most: int = 5) -> str:
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return ", ".join(f"“{name}”" for name in names[:most]) + more


@dataclass(slots=True)
class _Open:
    """An element that has begun."""

    number: int
    name: str
    guid: str
    goes: bool
    children: int = 0
    left: int = 0  # of the children
    codings: int = 0
    codings_left: int = 0
    kept: int = 0  # notes and descriptions that stay


class _Closure:
    """Passes over the document until nothing more goes."""

    def __init__(self, files: ProjectFiles, where: str, gone: dict[str, set[str]]) -> None:
        self._files, self._where, self._gone = files, where, gone
        self.fate = bytearray()
        self.counted: Counter[str] = Counter()
        self._stack: list[_Open] = []
        self._notes: dict[str, list[int]] = {}  # note → references that stay, and that go
        self._number = -1

    def run(self) -> None:
        """Decide on every element."""
        before: tuple[bytes, int] = (b"", -1)
        for _ in range(_ROUNDS):
            self.fate, self._notes, self._number = bytearray(), {}, -1
            self.counted = Counter()
            Scanner(self._start, self._end, where=self._where).scan(chunks_of(self._files))
            for note, (stays, goes) in self._notes.items():
                if goes and not stays:
                    self._gone["note"].add(note)
            after = (bytes(self.fate), sum(map(len, self._gone.values())))
            if after == before:
                return
            before = after

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._number += 1
        parent = self._stack[-1] if self._stack else None
        inside = parent is not None and parent.goes
        kind = _KINDS.get(name, "")
        guid = normalise_guid(attributes.get("guid") or "")
        goes = inside or (bool(kind) and guid in self._gone[kind]) or self._dangles(name, attributes)
        self.fate.append(int(goes))
        if goes and kind and guid:
            self._gone[kind].add(guid)
        if name == "NoteRef":
            self._refer(attributes.get("targetGUID") or "", goes=goes)
        elif name == "Link":
            for end in ("originGUID", "targetGUID"):
                self._refer(attributes.get(end) or "", goes=goes)
        if parent is not None:
            parent.children += 1
        self._stack.append(_Open(self._number, name, guid, goes))

    def _refer(self, target: str, *, goes: bool) -> None:
        self._notes.setdefault(normalise_guid(target), [0, 0])[goes] += 1

    def _dangles(self, name: str, attributes: dict[str, str]) -> bool:
        """Whether something is nothing without what goes."""
        if name in _REFERENCES:
            target = normalise_guid(attributes.get("targetGUID") or attributes.get("guid") or "")
            return any(target in self._gone[kind] for kind in _REFERENCES[name])
        if name == "Link":
            return self._is_gone(attributes.get("originGUID")) or self._is_gone(attributes.get("targetGUID"))
        if name == "Vertex":
            return self._is_gone(attributes.get("representedGUID"))
        if name == "Edge":
            ends = (attributes.get("sourceVertex"), attributes.get("targetVertex"))
            return self._is_gone(attributes.get("representedGUID"), "link") or any(
                self._is_gone(end, "vertex") for end in ends
            )
        return False

    def _is_gone(self, written: str | None, kind: str = "") -> bool:
        guid = normalise_guid(written or "")
        kinds = (kind,) if kind else ("code", "case", "source", "selection", "note", "set")
        return bool(guid) and any(guid in self._gone[one] for one in kinds)

    def _end(self, name: str) -> None:
        one = self._stack.pop()
        parent = self._stack[-1] if self._stack else None
        if not one.goes and self._is_nothing_now(one):
            one.goes = True
            self.fate[one.number] = 1
            kind = _KINDS.get(name, "")
            if kind and one.guid:
                self._gone[kind].add(one.guid)
        if parent is None:
            return
        if one.goes:
            if name == "CodeRef" and parent.name == "Coding" and not parent.goes:
                parent.goes = True
                self.fate[parent.number] = 1
            if not parent.goes or one.number == parent.number:
                self.counted[_in_words(name)] += name not in _CONTAINERS
        else:
            parent.left += 1
            parent.codings_left += name == "Coding"
            parent.kept += name in ("NoteRef", "Description")
        parent.codings += name == "Coding"

    @staticmethod
    def _is_nothing_now(one: _Open) -> bool:
        if one.name in _CONTAINERS:
            return bool(one.children) and not one.left
        bare = bool(one.codings) and not one.codings_left and not one.kept
        return one.name in SELECTION_KINDS and bare


#: What an element is called, one and several.
_WORDS = {
    "Coding": ("coding", "codings"), "Case": ("case", "cases"), "Code": ("code", "codes"),
    "Note": ("note", "notes"), "NoteRef": ("reference to a note", "references to notes"), "Link": ("link", "links"),
    "Edge": ("edge", "edges"), "Vertex": ("vertex", "vertices"), "Set": ("set", "sets"),
    **dict.fromkeys(("CodeRef", "SourceRef", "SelectionRef"), ("member of a case", "members of cases")),
    **dict.fromkeys(("MemberSource", "MemberCode", "MemberNote"), ("member of a set", "members of sets")),
    **dict.fromkeys(SELECTION_KINDS, ("selection", "selections")),
    **dict.fromkeys(SOURCE_KINDS[:5], ("source", "sources")),
}  # fmt: skip


def _in_words(name: str) -> str:
    return _WORDS.get(name, (name, name))[1]


def _counted(counted: Counter[str]) -> str:
    """What goes, in words: ``1 case, 3 codings``."""
    one = {several: single for single, several in _WORDS.values()}
    return ", ".join(count(number, one.get(kind, kind), kind) for kind, number in sorted(counted.items()) if number)
