"""Looking for what is ours in a document: which elements can be taken out, and what others made with them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice

from qdpx_compassion.code_tree import CodeTree
from qdpx_compassion.enrich.elements import CodingGuids, graph_guid, link_guid, note_guid, remembered, set_guid
from qdpx_compassion.enrich.ours import Ours
from qdpx_compassion.enrich.spans import Spans
from qdpx_compassion.refi.guids import normalise_guid
from qdpx_compassion.refi.names import CHILDREN, SELECTION_KINDS, SOURCE_KINDS
from qdpx_compassion.refi.runs import RUN_END, Form, Run, length_of, places_of
from qdpx_compassion.refi.scanner import EndHandler, Scanner, StartHandler

_SELECTIONS, _SOURCES = frozenset(SELECTION_KINDS), frozenset(SOURCE_KINDS)
_PLACE = ("startPosition", "endPosition", "page", "firstX", "firstY", "secondX", "secondY", "begin", "end",
          "fromSyncPoint", "toSyncPoint")  # fmt: skip
_CONTAINERS = frozenset({"CodeBook", "Codes", "Notes", "Links", "Sets", "Graphs"})
_CODING_TAG = re.compile("</?Coding")
#: Other elements that may be taken out, but for codings and what stands in a code's place.
_MAY_GO = frozenset({"NoteRef", "Note", "Code", "Set", "Graph", "Link", "MemberCode"})


@dataclass(frozen=True, slots=True)
class _Plan:
    """What a selection of one form holds (``refi/runs.py``).

    Attributes:
        kind: its element.
        guid: number of the value that is its GUID.
        codings: of each the numbers of code, user and GUID; -1: it has none.
    """

    kind: str
    guid: int
    codings: tuple[tuple[int, int, int], ...]


class _Owner:
    """A source or selection that is open.

    Attributes:
        key: what its codings' GUIDs are derived from.
        place: what it marks, where codings are recognised by place.
        codings: ordinal of the Coding, key of its code, user, GUID as written.
    """

    __slots__ = ("codings", "depth", "key", "kind", "ordinal", "other_children", "place")

    def __init__(self, kind: str, key: str, depth: int, ordinal: int) -> None:
        self.kind, self.key, self.depth, self.ordinal = kind, key, depth, ordinal
        self.place: tuple[str, ...] = ()
        self.codings: list[tuple[int, str, str, str]] = []
        self.other_children = False


class Survey:
    """One pass over a document that decides, for each framework given, which elements are taken out.

    Args:
        where: file and document, for messages.
        ours: the frameworks that are taken out.
        others: those that stay, so that their containers are not mistaken for the researchers'.
        tree: the project's codes.
        by_place: recognise codings by what they code, not by GUID (another program rewrote the file).
        everything: take out what was made by hand with framework codes, too.

    Attributes:
        doomed: a byte for each element in document order: 1 where it is taken out.
        matched_by_place: codings recognised by their place, not by GUID.
        unmatched: codings with a framework code that are not recognised, by construct GUID.
        kept: what others made with framework codes and stays: (kind, name or GUID of the code).
        restore: ordinal of a container → what stood in its place before; None: take it out.
        comments: comments that are taken out: byte at which each begins → its length in bytes.
        spans: where what may be taken out lies.
    """

    def __init__(
        self, where: str, ours: list[Ours], others: list[Ours], tree: CodeTree, *, by_place: bool, everything: bool
    ) -> None:
        self.scanner = Scanner(lambda *_: None, lambda _: None, where=where, comment=self._comment)
        self.doomed = bytearray()
        self.matched_by_place = 0
        self.unmatched: Counter[str] = Counter()
        self.kept: list[tuple[str, str]] = []
        self.restore: dict[int, str | None] = {}
        self.comments: dict[int, int] = {}
        self.spans = Spans()
        self._tree, self._by_place, self._everything = tree, by_place, everything
        self._codes = {guid for o in ours for guid in o.codes}
        self._constructs = {guid: (o, key) for o in ours for guid, key in o.constructs.items()}
        self._derived = self._derived_guids(ours)
        self._own_of_others = self._derived_guids(others) | {guid for o in others for guid in o.codes}
        self._names = self._element_names(ours)
        self._decided = self._decided_by_code(ours)
        self._used_codes: set[str] = set()
        self._stack: list[tuple[str, int, int]] = []  # name, number, byte at which it begins
        self._owners: list[_Owner] = []
        self._guids = CodingGuids()
        self._key_of = cache(normalise_guid)
        self._code_ordinals: dict[str, int] = {}
        self._places: dict[tuple[str, ...], set[tuple[str, str]]] = {}
        self._waiting: list[_Owner] = []
        self._containers: dict[int, list[int]] = {}
        self._staying: set[int] = set()
        self._memory: dict[int, tuple[int, int, str]] = {}  # offset and length of the comment, what it remembers
        self.scanner.attach(*self._handlers())

    @staticmethod
    def _derived_guids(ours: list[Ours]) -> set[str]:
        """GUIDs of notes, graphs, sets and links, as far as they follow from the records."""
        guids: set[str] = set()
        for o in ours:
            record = o.record
            guids |= {note_guid(record.guid), graph_guid(record.guid)}
            if record.note_guid:
                guids.add(normalise_guid(record.note_guid))
            guids |= {set_guid(guid) for guid, _ in record.constructs.values()}
            for code, (_, ids) in record.codes.items():
                guids |= {link_guid(code, record.constructs[i][0]) for i in ids if i in record.constructs}
        return guids

    @staticmethod
    def _element_names(ours: list[Ours]) -> set[tuple[str, str]]:
        """(element, name) of sets, graphs and notes, for documents in which GUIDs were renewed."""
        names: set[tuple[str, str]] = set()
        for o in ours:
            if o.by_name:
                names |= {("Set", f"{o.record.name}: {name}") for _, name in o.record.constructs.values()}
                names |= {("Graph", o.record.name), ("Note", f"{o.record.name}: provenance")}
        return names

    def _decided_by_code(self, ours: list[Ours]) -> dict[str, set[str]]:
        """Code of the team (GUID in this document) → GUIDs of the constructs that it was mapped to."""
        decided: dict[str, set[str]] = {}
        for o in ours:
            guid_of = {key: guid for guid, key in o.constructs.items()}
            for code, (path, ids) in o.record.codes.items():
                here = [self._tree.by_key[code]] if code in self._tree.by_key else self._tree.by_path.get(path, [])
                for found in here:
                    decided.setdefault(found.key, set()).update(guid_of[i] for i in ids if i in guid_of)
        return decided

    # -- events ---------------------------------------------------------------------------------------------------

    def _handlers(self) -> tuple[StartHandler, EndHandler]:
        """What expat calls: closures, because they are called millions of times; the rare things are methods."""
        stack, owners, names, doomed = self._stack, self._owners, self.scanner.names, self.doomed
        constructs, by_place, others, key_of = (
            self._constructs,
            self._by_place,
            self._own_of_others,
            self._key_of,
        )
        containers, nesting, scanner, spans = self._containers, self.scanner.nesting, self.scanner, self.spans
        coding: tuple[int, str, str] = (0, "", "")
        is_framework_coding = False

        def start(raw: str, attributes: dict[str, str]) -> None:
            nonlocal coding, is_framework_coding
            name = names[raw]
            ordinal = len(doomed)
            doomed.append(0)
            parent, above, _ = stack[-1] if stack else ("", -1, 0)
            if name == "Coding":
                coding = (ordinal, attributes.get("creatingUser", ""), attributes.get("guid", ""))
                is_framework_coding = False
            elif name == "CodeRef" and parent == "Coding":
                if owners:
                    code = key_of(attributes.get("targetGUID", ""))
                    if code in others:
                        self._staying.add(coding[0])
                    if by_place or code in constructs:
                        is_framework_coding = is_framework_coding or code in constructs
                        owners[-1].codings.append((coding[0], code, key_of(coding[1]), coding[2]))
                stack.append((name, ordinal, 0))  # it goes with its coding, so its place is not asked for
                return
            elif name in _SELECTIONS or name in _SOURCES:
                self._open_owner(name, attributes, ordinal)
            else:
                self._other(name, attributes, parent, ordinal)
            if above in containers:
                containers[above].append(ordinal)
                if normalise_guid(attributes.get("guid", "")) in others:
                    self._staying.add(ordinal)
            if name in _CONTAINERS or not parent:
                containers[ordinal] = []
            if len(stack) >= nesting:
                raise self.scanner.too_deep()
            stack.append((name, ordinal, scanner.offset))

        def end(_: str) -> None:
            name, ordinal, offset = stack.pop()
            if name == "Coding":
                if is_framework_coding:
                    spans.add(name, ordinal, offset, scanner.offset)
                return
            if name == "CodeRef":
                if offset:
                    spans.add(name, ordinal, offset, scanner.offset)
                return
            if name in _MAY_GO or ordinal in containers or (by_place and name in _SELECTIONS):
                spans.add(name, ordinal, offset, scanner.offset)
            if owners and owners[-1].depth == len(stack) + 1:
                owner = owners.pop()
                if owner.codings:
                    self._close_owner(owner)
            if not stack and name == "Project":
                self._settle()

        return start, end

    # -- codings ----------------------------------------------------------------------------------------------------

    def _open_owner(self, name: str, attributes: dict[str, str], ordinal: int) -> None:
        guid = attributes.get("guid", "")
        inside = self._owners[-1].key if self._owners else ""
        if name in _SELECTIONS:
            owner = _Owner(name, self._guids.selection(name, guid, inside), len(self._stack) + 1, ordinal)
            if self._by_place:
                owner.place = (inside, name, *(attributes.get(key, "") for key in _PLACE))
        else:
            if not self._owners:
                self._settle_places()
            owner = _Owner(name, self._guids.source(name, guid, inside), len(self._stack) + 1, ordinal)
            if self._by_place:
                owner.place = (owner.key,)
            if name == "Note" and self._is_own("Note", attributes):
                self.doomed[ordinal] = 1
        self._owners.append(owner)

    def _close_owner(self, owner: _Owner) -> None:
        if self._by_place:
            self._waiting.append(owner)
            for _, code, user, _ in owner.codings:
                for construct in self._decided.get(code, ()):
                    self._places.setdefault(owner.place, set()).add((construct, user))
            return
        for ordinal, code, user, guid in owner.codings:
            if code in self._constructs:
                self._judge(ordinal, code, recognised=self._is_derived(owner.key, code, user, guid))

    def _is_derived(self, owner_key: str, code: str, user: str, guid: str) -> bool:
        ours, key = self._constructs[code]
        return normalise_guid(guid) == CodingGuids.coding(owner_key, ours.record.constructs[key][0], user)

    def _settle_places(self) -> None:
        """The source is over: judge its codings by place, now that all codings of the team in it are known.

        What was added once for a place, construct and user is found once: by GUID if it is still there, else by
        place; what stands there beside it was made by hand.
        """
        for owner in self._waiting:
            for _, code, user, guid in owner.codings:
                if code in self._constructs and self._is_derived(owner.key, code, user, guid):
                    self._places.get(owner.place, set()).discard((code, user))
        for owner in self._waiting:
            by_place = 0
            for ordinal, code, user, guid in owner.codings:
                if code not in self._constructs:
                    continue
                expected = self._places.get(owner.place, set())
                derived = self._is_derived(owner.key, code, user, guid)
                recognised = not derived and (code, user) in expected
                if recognised:
                    expected.discard((code, user))
                    self.matched_by_place += 1
                by_place += recognised
                self._judge(ordinal, code, recognised=derived or recognised)
            if by_place == len(owner.codings) and owner.kind in _SELECTIONS and not owner.other_children:
                self.doomed[owner.ordinal] = 1  # made by the other program for our codings alone
        self._waiting.clear()
        self._places.clear()

    def _judge(self, ordinal: int, code: str, *, recognised: bool) -> None:
        if not recognised:
            self.unmatched[code] += 1
        if recognised or self._everything:
            self.doomed[ordinal] = 1
        else:
            self._used_codes.add(code)

    # -- runs of selections -----------------------------------------------------------------------------------------

    def parent(self) -> str:
        """See ``runs.Taker``."""
        owners, depth = self._owners, len(self._stack)
        if not owners or owners[-1].depth != depth or owners[-1].kind in _SELECTIONS:
            return ""
        name, ordinal, _ = self._stack[-1]
        return name if ordinal not in self._containers and depth + 3 <= self.scanner.nesting else ""

    def plan(self, form: Form, parent: str) -> _Plan | None:
        """See ``runs.Taker``."""
        if form.kind not in CHILDREN[parent] or "guid" not in form.attributes or self._by_place:
            return None
        codings = (
            (coding["targetGUID"], coding.get("creatingUser", -1), coding.get("guid", -1)) for coding in form.codings
        )
        return _Plan(form.kind, form.attributes["guid"], tuple(codings))

    def take(self, run: Run[_Plan]) -> None:
        """See ``runs.Taker``."""
        plans, values = run.plans, run.values
        keys = self._guids.selections(
            [plan.kind for plan in plans],
            [of_one[plan.guid] for plan, of_one in zip(plans, values, strict=True)],
            self._owners[-1].key,
        )
        constructs, others, key_of = self._constructs, self._own_of_others, self._key_of
        ordinal, offset = len(self.doomed), run.offset
        self.doomed.extend(bytes(sum(1 + 2 * len(plan.codings) for plan in plans)))  # a coding has a reference
        for plan, of_one, key, text in zip(plans, values, keys, run.texts, strict=True):
            ordinal += 1
            tags: Iterator[int] | None = None
            passed = 0
            for number, (target, by, guid) in enumerate(plan.codings):
                code = key_of(of_one[target])
                if code in others:
                    self._staying.add(ordinal)
                if code in constructs:
                    user = key_of(of_one[by] if by >= 0 else "")
                    derived = self._is_derived(key, code, user, of_one[guid] if guid >= 0 else "")
                    self._judge(ordinal, code, recognised=derived)
                    if tags is None:
                        tags = places_of(_CODING_TAG, text, offset)
                    begin, end = islice(tags, 2 * (number - passed), 2 * (number - passed) + 2)
                    passed = number + 1
                    self.spans.add("Coding", ordinal, begin, end)
                ordinal += 2
            offset += length_of(text) + len(RUN_END)

    # -- everything else ----------------------------------------------------------------------------------------------

    def _other(self, name: str, attributes: dict[str, str], parent: str, ordinal: int) -> None:
        if name == "NoteRef":
            if self._owners and self._owners[-1].depth == len(self._stack):
                self._owners[-1].other_children = True
            target = normalise_guid(attributes.get("targetGUID", ""))
            if target in self._derived:
                self.doomed[ordinal] = 1
        elif name == "Code":
            key = normalise_guid(attributes.get("guid", ""))
            if key in self._codes:
                self._code_ordinals.setdefault(key, ordinal)
            elif any(n == "Code" and o in self._code_ordinals.values() for n, o, _ in self._stack):
                open_codes = {o for n, o, _ in self._stack if n == "Code"}
                parents = [k for k, o in self._code_ordinals.items() if o in open_codes]
                self._used_codes.update(parents)
                self.kept.append(("a code below", attributes.get("name", key)))
        elif name in ("Set", "Graph", "Link"):
            if self._is_own(name, attributes) or (name == "Link" and self._is_own_link(attributes)):
                self.doomed[ordinal] = 1
            elif name == "Link":
                self._use(name, attributes.get("originGUID", ""), ordinal)
                self._use(name, attributes.get("targetGUID", ""), ordinal)
        elif name in ("MemberCode", "CodeRef"):
            if not self.doomed[self._stack[-1][1]]:
                self._use(parent, attributes.get("targetGUID", attributes.get("guid", "")), ordinal)
        elif name == "Vertex":
            if not self.doomed[self._stack[-1][1]]:
                self._use("Graph", attributes.get("representedGUID", ""), None)
        elif name == "Description" and self._owners and self._owners[-1].depth == len(self._stack):
            self._owners[-1].other_children = True

    def _use(self, kind: str, written: str, ordinal: int | None) -> None:
        """Somebody refers to a framework code: it stays, or the reference goes too where everything is taken out."""
        key = normalise_guid(written)
        if key not in self._codes:
            return
        if self._everything and ordinal is not None:
            self.doomed[ordinal] = 1
        else:
            self._used_codes.add(key)
            self.kept.append((f"a {kind} with", self._tree.by_key[key].name))

    def _is_own(self, name: str, attributes: dict[str, str]) -> bool:
        return normalise_guid(attributes.get("guid", "")) in self._derived or (
            (name, attributes.get("name", "")) in self._names
        )

    def _is_own_link(self, attributes: dict[str, str]) -> bool:
        target = normalise_guid(attributes.get("targetGUID", ""))
        if target not in self._constructs:
            return False
        ours, key = self._constructs[target]
        origin = normalise_guid(attributes.get("originGUID", ""))
        derived = link_guid(origin, ours.record.constructs[key][0])
        return normalise_guid(attributes.get("guid", "")) == derived or (
            ours.by_name and target in self._decided.get(origin, ())
        )

    # -- containers ---------------------------------------------------------------------------------------------------

    def _comment(self, text: str) -> None:
        original = remembered(text)
        if original is not None and self._stack:
            container = self._stack[-1][1]
            length = len(f"<!--{text}-->".encode(self.scanner.encoding, "xmlcharrefreplace"))
            self._memory[container] = (self.scanner.offset, length, original)
            self._containers.setdefault(container, [])  # a selection that was empty has one, too

    def _settle(self) -> None:
        """The document is over: which codes go, which containers go back to what they were."""
        self._settle_places()
        self._settle_codes()
        # Inner containers have higher ordinals, so they are settled before those that hold them.
        for container in sorted(self._containers, reverse=True):
            children = self._containers[container]
            emptied = all(self.doomed[child] and not self.restore.get(child) for child in children)
            if container in self._memory:
                offset, length, original = self._memory[container]
                if emptied:
                    self.restore[container] = original
                elif not any(self._stays(child) for child in children):
                    self.comments[offset] = length
            elif children and emptied and container:
                self.restore[container] = None  # rewritten by another program; empty it would not be valid
            self.doomed[container] |= container in self.restore

    def _stays(self, child: int) -> bool:
        """Whether a child is a framework's element that is not taken out."""
        return not self.doomed[child] and (child in self._staying or child in self._code_ordinals.values())

    def _settle_codes(self) -> None:
        keep: set[str] = set()
        for key in self._used_codes:
            code = self._tree.by_key[key]
            keep.add(key)
            keep.update(ancestor.key for ancestor in self._tree.ancestors(code))
        for key, ordinal in self._code_ordinals.items():
            if key not in keep:
                self.doomed[ordinal] = 1
        for key, number in self.unmatched.items():
            if not self._everything:
                self.kept.append((f"{number} coding{'s' if number > 1 else ''} with", self._tree.by_key[key].name))
