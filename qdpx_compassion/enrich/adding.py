"""Adding the framework to a project document: one pass, edits only, the memory of one source."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache, lru_cache

from qdpx_compassion.code_tree import Code, CodeTree
from qdpx_compassion.enrich.containers import ContainerEditor
from qdpx_compassion.enrich.elements import CodingGuids, Writer, link_guid, note_guid, remember, set_guid
from qdpx_compassion.enrich.provenance import decision_lines, provenance_text
from qdpx_compassion.files.background import read_ahead
from qdpx_compassion.findings import Finding
from qdpx_compassion.frameworks import Framework, FrameworkCode, framework_codes
from qdpx_compassion.mapping.model import Decisions
from qdpx_compassion.refi.characters import in_attribute
from qdpx_compassion.refi.dialects import Dialect
from qdpx_compassion.refi.editor import Sink
from qdpx_compassion.refi.guids import normalise_guid
from qdpx_compassion.refi.names import AFTER_CODING, CHILDREN, RANK, SELECTION_KINDS, SOURCE_KINDS
from qdpx_compassion.refi.runs import RUN_END, Form, Run, Runs
from qdpx_compassion.refi.scanner import EndHandler, StartHandler

#: What codings may stand in: element → whether it is a selection.
_OWNERS = {**dict.fromkeys(SELECTION_KINDS, True), **dict.fromkeys(SOURCE_KINDS, False)}
_CODABLE = frozenset(AFTER_CODING)
_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?")


@dataclass
class Added:
    """What was added, by construct id and by kind."""

    codings: Counter[str] = field(default_factory=Counter)
    codes: int = 0
    sets: int = 0
    links: int = 0
    graphs: int = 0
    notes: int = 0
    findings: list[Finding] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """Numbers by kind, in words for people."""
        return {
            "codings": self.codings.total(),
            "codes": self.codes,
            "sets": self.sets,
            "links": self.links,
            "graphs": self.graphs,
        }


class _Owner:
    """A source or selection that is open: its codings wait until the place where ours go in.

    Attributes:
        kind: its element.
        key: what its codings' GUIDs are derived from (``CodingGuids``).
        depth: of the element, 1 for the root.
        offset: byte at which its tag begins; known only where something can be put into an owner without children.
        has_children: whether a coding or another owner stands in it.
        codings: what its codings with a mapped code express, and their attributes.
        done: construct and user of what was added.
    """

    __slots__ = ("codings", "depth", "done", "guid", "has_children", "key", "kind", "offset")

    def __init__(self, kind: str, guid: str, key: str, depth: int, offset: int) -> None:
        self.kind, self.guid, self.key, self.depth, self.offset = kind, guid, key, depth, offset
        self.has_children = False
        self.codings: list[tuple[tuple[str, ...], dict[str, str]]] = []
        self.done: set[tuple[str, str]] = set()


@dataclass(frozen=True, slots=True)
class _Plan:
    """What a selection of one form holds (``refi/runs.py``).

    Attributes:
        kind: its element.
        guid: number of the value that is its GUID.
        codings: of each the numbers of code, user and date; -1: it has none.
        end: where its end tag begins, counted from the end of the text.
    """

    kind: str
    guid: int
    codings: tuple[tuple[int, int, int], ...]
    end: int


@dataclass(slots=True)
class _PresentCode:
    """A code of the framework that the document holds already, and that is open."""

    code: FrameworkCode
    depth: int
    offset: int
    referred: bool = False


class LateCasesError(Exception):
    """Cases stand behind the sources, and what they are was not known: which codes are participants must be known."""


class Adder(ContainerEditor):
    """Adds one framework to a document.

    The document holds nothing of it but, perhaps, codes that stayed because people used them by hand; these are used
    again.

    Args:
        where: file and document, for messages.
        sink: takes the new document.
        framework: what is added.
        decisions: resolved for this project.
        tree: its codes.
        dialect: of the program that wrote it.
        date: xsd:dateTime of the note; None: the project's modifiedDateTime, if it has one.
        document_hash: of the document without framework elements; None: what is read here has none.
        cases_known: ``tree`` knows the cases, wherever they stand; without it ``run`` raises ``LateCasesError`` where
            some stand behind the sources.
    """

    def __init__(
        self,
        where: str,
        sink: Sink,
        *,
        framework: Framework,
        decisions: Decisions,
        tree: CodeTree,
        dialect: Dialect,
        date: str | None = None,
        document_hash: str | None = None,
        cases_known: bool = True,
    ) -> None:
        super().__init__(where, sink)
        self.added = Added()
        self._framework, self._decisions, self._tree, self._dialect = framework, decisions, tree, dialect
        self._guids = {construct.id: construct.guid for construct in framework.constructs}
        self._counts = dict.fromkeys(self._guids, 0)
        self._order = {construct.id: number for number, construct in enumerate(framework.constructs)}
        self._date, self._document_hash, self._cases_known = date, document_hash, cases_known
        self._hash = hashlib.sha256()
        self._project_prefix = ""
        self._stack: list[str] = []
        self._owners: list[_Owner] = []
        self._expressed = cache(lambda written: decisions.constructs.get(normalise_guid(written), ()))
        self._user = cache(_user)
        self._dated = lru_cache(1)(_dated)  # a selection is often coded at one time
        self._coding_guids = CodingGuids()
        self._framework_codes = framework_codes(framework)
        self._present = {c.guid: c for c in self._framework_codes.walk() if c.guid in tree.by_key}
        self._open_codes: list[_PresentCode] = []
        self._exceptions_met: set[str] = set()
        self._codes_written = False
        self._writer = Writer("", _upper(tree))
        self._top_name = self._choose_name()
        self.scanner.attach(*self._handlers())
        self.feed = Runs(self.scanner, self).feed

    def run(self, chunks: Iterable[bytes]) -> None:
        """See ``Editor.run``; hashes the document on the way."""
        super().run(read_ahead(self._hashed(chunks)))

    def _hashed(self, chunks: Iterable[bytes]) -> Iterable[bytes]:
        for chunk in chunks:
            self._hash.update(chunk)
            yield chunk

    def _choose_name(self) -> str:
        title = self._framework.title
        if self._framework.guid in self._present:
            return self._tree.by_key[self._framework.guid].name
        taken = {self._tree.codes[row].name.strip().casefold() for row in self._tree.children[None]}
        if title.casefold() not in taken:
            return title
        name, number = f"{title} (framework)", 2
        while name.casefold() in taken:
            name, number = f"{title} (framework {number})", number + 1
        self.added.findings.append(
            Finding("framework-name-taken", f"The team has a code “{title}”; the framework's is called “{name}”.")
        )
        return name

    # -- events ---------------------------------------------------------------------------------------------------

    def _handlers(self) -> tuple[StartHandler, EndHandler]:
        """What expat calls: closures, because they are called millions of times; the rare things are methods."""
        stack, owners, names, nesting = self._stack, self._owners, self.scanner.names, self.scanner.nesting
        exceptions, expressed = self._decisions.exceptions, self._expressed
        coding: dict[str, str] = {}

        def start(raw: str, attributes: dict[str, str]) -> None:
            nonlocal coding
            name = names[raw]
            depth = len(stack)
            if name == "CodeRef":
                if owners and stack[-1] == "Coding":
                    constructs = expressed(attributes.get("targetGUID", ""))
                    if constructs or exceptions:
                        owners[-1].codings.append((constructs, coding))
            elif name == "Coding":
                if owners:
                    owners[-1].has_children = True
                coding = attributes
            elif name in _OWNERS:
                self._open_owner(name, attributes)
            else:
                self.scanner.raw = raw
                if name == "Code":
                    self._open_code(attributes)
                elif owners and owners[-1].depth == depth and name in AFTER_CODING.get(stack[-1], ()):
                    self._put_in(owners[-1])
            if depth < 3 or stack[-1] == "Codes":
                self.scanner.raw = raw
                self._near_root(name, attributes, stack[-1] if stack else "")
            elif depth >= nesting:
                raise self.scanner.too_deep()
            stack.append(name)

        def end(raw: str) -> None:
            name = stack.pop()
            if name == "CodeRef" or name == "Coding":
                return
            depth = len(stack) + 1
            if owners and owners[-1].depth == depth:
                owner = owners.pop()
                if owner.codings or exceptions:
                    self.scanner.raw = raw
                    self._close_owner(owner)
            if depth < 4 or name == "Code":
                self.scanner.raw = raw
                self._ended(name, depth)

        return start, end

    def _ended(self, name: str, depth: int) -> None:
        """A code ends, or what stands near the root."""
        if self._open_codes and self._open_codes[-1].depth == depth:
            self._close_code(self._open_codes.pop())
        if depth < 4 and name in self.containers:
            self._container_ended(name)

    # -- runs of selections -------------------------------------------------------------------------------------------

    def parent(self) -> str:
        """See ``runs.Taker``."""
        owners, depth = self._owners, len(self._stack)
        is_source = len(owners) == 1 and owners[0].depth == depth and not _OWNERS[owners[0].kind]
        return self._stack[-1] if is_source and depth + 3 <= self.scanner.nesting else ""

    def plan(self, form: Form, parent: str) -> _Plan | None:
        """See ``runs.Taker``."""
        if form.kind not in CHILDREN[parent] or "guid" not in form.attributes or self._decisions.exceptions:
            return None
        codings = (
            (coding["targetGUID"], coding.get("creatingUser", -1), coding.get("creationDateTime", -1))
            for coding in form.codings
        )
        return _Plan(form.kind, form.attributes["guid"], tuple(codings), form.end)

    def take(self, run: Run[_Plan]) -> None:
        """See ``runs.Taker``."""
        source = self._owners[-1]
        source.has_children = True
        plans, values = run.plans, run.values
        keys = self._coding_guids.selections(
            [plan.kind for plan in plans],
            [of_one[plan.guid] for plan, of_one in zip(plans, values, strict=True)],
            source.key,
        )
        expressed, counts, guids, user_of = self._expressed, self._counts, self._guids, self._user
        write, derive = Writer("", self._writer.upper).coding, CodingGuids.coding
        parts: list[str] = []
        for plan, of_one, key, text in zip(plans, values, keys, run.texts, strict=True):
            done: list[tuple[str, str]] = []
            for code, by, at in plan.codings:
                constructs = expressed(of_one[code])
                if not constructs:
                    continue
                if not done:
                    parts.append(text[: plan.end])
                user, attributes = user_of(of_one[by] if by >= 0 else None)
                if at >= 0:  # a value in a run is written as it would be written here
                    attributes = f'{attributes} creationDateTime="{of_one[at]}"'
                for construct in constructs:
                    if (construct, user) not in done:
                        done.append((construct, user))
                        guid = guids[construct]
                        parts.append(write(derive(key, guid, user), guid, attributes))
                        counts[construct] += 1
            parts.append(text[plan.end :] if done else text)
            parts.append(RUN_END)
        self.splicer.replace(run.offset, run.length, "".join(parts).encode())

    # -- codings ----------------------------------------------------------------------------------------------------

    def _open_owner(self, name: str, attributes: dict[str, str]) -> None:
        owners, guid, inside = self._owners, attributes.get("guid", ""), ""
        if owners:
            owners[-1].has_children = True
            inside = owners[-1].key
        key = (self._coding_guids.selection if _OWNERS[name] else self._coding_guids.source)(name, guid, inside)
        offset = self.scanner.offset if self._decisions.exceptions else -1
        owners.append(_Owner(name, guid, key, len(self._stack) + 1, offset))

    def _close_owner(self, owner: _Owner) -> None:
        if owner.kind not in _CODABLE:
            return
        xml = self._codings_of(owner)
        if not xml:
            return
        if not owner.has_children and self.is_self_closing(owner.offset):  # only an exception can add here
            original = self.tag_at(owner.offset).decode(self.scanner.encoding)
            self.expand(owner.offset, self.scanner.prefix + owner.kind, remember(original) + xml)
        else:
            self.splicer.replace(self.scanner.offset, 0, self.encode(xml))

    def _put_in(self, owner: _Owner) -> None:
        """Something that stands behind codings begins: ours go in before it."""
        xml = self._codings_of(owner)
        if xml:
            self.splicer.replace(self.scanner.offset, 0, self.encode(xml))

    def _codings_of(self, owner: _Owner) -> str:
        wanted = owner.codings
        if self._decisions.exceptions and _OWNERS[owner.kind]:
            wanted = self._as_marked(owner)
        if not wanted:
            return ""
        if self._writer.prefix != self.scanner.prefix:
            self._writer = Writer(self.scanner.prefix, self._writer.upper)
        written: list[str] = []
        key, done, user_of, guids, writer = owner.key, owner.done, self._user, self._guids, self._writer
        counts, dated = self._counts, self._dated
        for constructs, coding in wanted:
            user, attributes = user_of(coding.get("creatingUser"))
            date = coding.get("creationDateTime")
            if date is not None:
                attributes += dated(date)
            for construct in constructs:
                if (construct, user) not in done:
                    done.add((construct, user))
                    guid = guids[construct]
                    written.append(writer.coding(CodingGuids.coding(key, guid, user), guid, attributes))
                    counts[construct] += 1
        owner.codings.clear()
        return "".join(written)

    def _as_marked(self, owner: _Owner) -> list[tuple[tuple[str, ...], dict[str, str]]]:
        """What a selection expresses after the exceptions that the researchers made for it."""
        key = normalise_guid(owner.guid)
        marks = self._decisions.exceptions.get(key)
        if not marks:
            return owner.codings
        self._exceptions_met.add(key)
        kept = [(tuple(c for c in constructs if marks.get(c, True)), coding) for constructs, coding in owner.codings]
        present = {construct for constructs, _ in kept for construct in constructs} | {c for c, _ in owner.done}
        missing = [construct for construct, include in marks.items() if include and construct not in present]
        if missing:
            first = owner.codings[0][1] if owner.codings else {}
            kept.append((tuple(sorted(missing, key=self._order.__getitem__)), first))
        return kept

    # -- codes --------------------------------------------------------------------------------------------------------

    def _open_code(self, attributes: dict[str, str]) -> None:
        if self._open_codes and self._open_codes[-1].depth == len(self._stack):
            self._refer(self._open_codes[-1])
        key = normalise_guid(attributes.get("guid", ""))
        if key in self._present:
            self._open_codes.append(_PresentCode(self._present[key], len(self._stack) + 1, self.scanner.offset))

    def _refer(self, present: _PresentCode) -> None:
        """Our top code refers to the note with the provenance; references stand before codes below."""
        xml = self._reference(present)
        if xml:
            self.splicer.replace(self.scanner.offset, 0, self.encode(xml))

    def _reference(self, present: _PresentCode) -> str:
        if present.referred or present.code.guid != self._framework.guid:
            return ""
        present.referred = True
        return Writer(self.scanner.prefix, self._writer.upper).note_reference(self._framework)

    def _close_code(self, present: _PresentCode) -> None:
        """What a code of ours that stayed has lost goes in at its end."""
        writer = Writer(self.scanner.prefix, self._writer.upper)
        missing = [child for child in present.code.children if child.guid not in self._present]
        xml = self._reference(present) + "".join(writer.code(child, child.name) for child in missing)
        self.added.codes += sum(len(list(child.walk())) for child in missing)
        if not xml:
            return
        if self.is_self_closing(present.offset):
            self.expand(present.offset, f"{self.scanner.prefix}Code", xml)
        else:
            self.splicer.replace(self.scanner.offset, 0, self.encode(xml))

    def _near_root(self, name: str, attributes: dict[str, str], parent: str) -> None:
        if not parent:
            modified = attributes.get("modifiedDateTime", "")
            self._date = self._date or (modified if _DATE.fullmatch(modified) else None)
        elif name == "Cases" and "Sources" in self.containers and not self._cases_known:
            raise LateCasesError
        elif parent == "Project" and RANK.get(name, 0) > RANK["CodeBook"] and "CodeBook" not in self.containers:
            self._insert_codes_at(self.scanner.offset)
        self.open_container(name, parent)

    def _container_ended(self, name: str) -> None:
        self.close_container(name)
        if name == "Codes" and not self._codes_written:
            self.insert_into("Codes", self._codes())
        elif name == "CodeBook":
            if not self._codes_written:
                self.insert_into("CodeBook", self.wrapped(("Codes",), self._codes()))
            self.release()
        elif name == "Project":
            self._project_prefix = self.scanner.prefix

    def _codes(self) -> str:
        """The framework as codes, unless it is there."""
        self._codes_written = True
        if self._framework.guid in self._present:
            return ""
        self.added.codes += len(list(self._framework_codes.walk()))
        self._writer = Writer(self.scanner.prefix, self._writer.upper)
        return self._writer.codes(self._framework, self._top_name)

    def _insert_codes_at(self, offset: int) -> None:
        """The document has no CodeBook before this place; if it has none at all, ours goes in here."""
        if not self._codes_written and not len(self._tree):
            self.splicer.replace(offset, 0, self.encode(self.wrapped(("CodeBook", "Codes"), self._codes())))

    def finish(self) -> None:
        """Everything is known now: the note with hash and counts, links, sets, the graph."""
        self.added.codings = Counter({construct: number for construct, number in self._counts.items() if number})
        self._writer = Writer(self._project_prefix, self._writer.upper)
        links, edges = self._links()
        sets = self._sets()
        graph = ""
        if edges and self._dialect.reads_graphs:
            graph = self._writer.graph(self._framework, self._top_name, edges)
            self.added.graphs = 1
        parts = [("Notes", self._note()), ("Links", links), ("Sets", sets), ("Graphs", graph)]
        project = self.containers["Project"]
        if project.self_closing:
            xml = self.wrapped(("CodeBook", "Codes"), self._codes())
            xml += "".join(self.wrapped((name,), part) for name, part in parts if part)
            self.expand(project.start, f"{project.prefix}Project", remember(self.original(project)) + xml)
            return
        self._insert_codes_at(project.end)
        for name, xml in parts:
            if xml and name in self.containers:
                self.insert_into(name, xml)
            elif xml:
                self.insert_absent(name, xml)
        for key in self._decisions.exceptions.keys() - self._exceptions_met:
            self.added.findings.append(
                Finding("mapping-exception-gone", f"The project has no selection {key}.", "Exceptions")
            )

    # -- what stands behind the sources -------------------------------------------------------------------------------

    def _mapped(self) -> list[tuple[Code, tuple[str, ...]]]:
        """The mapped codes in document order; a GUID that two codes share counts once."""
        decided = self._decisions.constructs
        return [(c, decided[c.key]) for c in self._tree if c.key in decided and self._tree.by_key[c.key] is c]

    def _links(self) -> tuple[str, list[tuple[str, str, str]]]:
        edges = [(code.guid, code.name, construct) for code, ids in self._mapped() for construct in ids]
        if not self._dialect.reads_links:
            return "", []
        names = {construct.id: construct.name for construct in self._framework.constructs}
        xml = [
            self._writer.link(
                link_guid(normalise_guid(code), self._guids[construct]), f"{label} → {names[construct]}", code,
                self._guids[construct],
            )
            for code, label, construct in edges
        ]  # fmt: skip
        self.added.links = len(xml)
        return "".join(xml), edges

    def _sets(self) -> str:
        xml = []
        for construct in self._framework.constructs:
            members = [code.guid for code, ids in self._mapped() if construct.id in ids]
            if members:
                name = f"{self._top_name}: {construct.name}"
                xml.append(self._writer.set(set_guid(construct.guid), name, construct.definition, members))
        self.added.sets = len(xml)
        return "".join(xml)

    def _note(self) -> str:
        self.added.notes = 1
        lines = decision_lines(self._framework, self._top_name, self._decisions, self._tree)
        document_hash = self._document_hash or self._hash.hexdigest()
        text = provenance_text(self._framework, lines, document_hash, self.added.counts, self.added.codings)
        return self._writer.note(note_guid(self._framework.guid), f"{self._top_name}: provenance", text, self._date)


def _user(written: str | None) -> tuple[str, str]:
    """A user as part of the GUID of a coding, and as the attribute that names the user."""
    return normalise_guid(written or ""), "" if written is None else f' creatingUser="{in_attribute(written)}"'


def _dated(date: str) -> str:
    """The attribute of a date."""
    return f' creationDateTime="{in_attribute(date)}"'


def _upper(tree: CodeTree) -> bool:
    """Whether the file writes its GUIDs in upper case: its first code whose GUID has a letter tells."""
    return next((code.guid.upper() == code.guid for code in tree if code.guid.lower() != code.guid.upper()), False)
