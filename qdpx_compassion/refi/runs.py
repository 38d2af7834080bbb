"""Runs of selections that are all written the same plain way, taken from the document together.

Nearly all of a large document is selections with codings, and a program writes them all alike. What stands between the
quotation marks of a selection is its values, the rest is its form, and a document has few forms. Each is looked at
once; then the values of every selection written so are known by their place, and expat need not see them.

A run is taken where its bytes are well-formed and can be read in no other way: in UTF-8, in no CDATA section, without a
document type, with no namespace declared below the root, no prefix, and in the values no sign that XML forbids and none
that a parser changes (references, line ends, tabs). Everything else comes as events.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from qdpx_compassion.refi.names import SELECTION_KINDS
from qdpx_compassion.refi.scanner import Scanner

Plan = TypeVar("Plan")

#: A selection ends so, and one that is taken holds it nowhere else.
RUN_END = "Selection>"
_END_IN_BYTES = RUN_END.encode()
_ATTRIBUTES = r'(?:\s+\w+="")*\s*'
_FORM = re.compile(
    rf"\s*<(\w+Selection){_ATTRIBUTES}>"
    rf'(?:\s*<Coding{_ATTRIBUTES}>\s*<CodeRef\s+targetGUID=""\s*(?:/>|>\s*</CodeRef>)\s*</Coding>)*'
    r"\s*</\1>",
    re.ASCII,
)
_ATTRIBUTE = re.compile(r'(\w+)=""', re.ASCII)
_NAMES = re.compile(r'<(\w+)|(\w+)=""', re.ASCII)
#: So many selections are taken together: more would fill memory, and save no time.
_MOST_TOGETHER = 500
#: A document with more forms is not written plainly; so many are remembered.
_MOST_FORMS = 2_000


@dataclass(frozen=True, slots=True)
class Form:
    """How a selection is written.

    Attributes:
        kind: its element.
        attributes: attribute → number of its value among the selection's values.
        codings: the same for each of its codings; ``targetGUID`` is that of its CodeRef.
        end: where its end tag begins in its text (``Run.texts``), counted from the end of it.
    """

    kind: str
    attributes: dict[str, int]
    codings: tuple[dict[str, int], ...]
    end: int

    def elements(self, values: list[str]) -> Iterator[tuple[str, dict[str, str]]]:
        """The selection and what stands in it, in document order: element, attribute → value."""
        yield self.kind, {name: values[number] for name, number in self.attributes.items()}
        for coding in self.codings:
            yield "Coding", {name: values[number] for name, number in coding.items() if name != "targetGUID"}
            yield "CodeRef", {"targetGUID": values[coding["targetGUID"]]}


def form_of(markup: str) -> Form | None:
    """The form of a selection from which the values have been taken; None where it is not plain."""
    match = _FORM.fullmatch(markup)
    if match is None or match[1] not in SELECTION_KINDS:
        return None
    if any(len(set(names)) < len(names) for names in map(_ATTRIBUTE.findall, markup.split(">"))):
        return None  # an attribute twice: not well-formed
    attributes: dict[str, int] = {}
    codings: list[dict[str, int]] = []
    place, number = attributes, 0
    for found in _NAMES.finditer(markup):
        if found[1] == "Coding":
            codings.append(place := {})
        elif found[2]:
            place[found[2]] = number
            number += 1
    return Form(match[1], attributes, tuple(codings), len(RUN_END) - len(f"</{match[1]}>"))


@dataclass(frozen=True, slots=True)
class Run(Generic[Plan]):
    """Selections that follow each other.

    Attributes:
        offset: byte at which the run begins. length: in bytes.
        plans: what is done with each selection's form.
        values: of each.
        texts: of each, from the end of the one before, without ``Selection>`` at its end.
    """

    offset: int
    length: int
    plans: list[Plan]
    values: list[list[str]]
    texts: list[str]


class Taker(Protocol[Plan]):
    """What takes runs of selections."""

    def parent(self) -> str:
        """The element whose children come now, where selections may be taken; empty where they may not."""

    def plan(self, form: Form, parent: str) -> Plan | None:
        """What is done with selections of a form in such a parent; None: they come as events."""

    def take(self, run: Run[Plan]) -> None:
        """Take selections that follow each other."""


@dataclass(frozen=True, slots=True)
class _Markup(Generic[Plan]):
    """What is known of a form: the plan, and how many signs it has outside of the values."""

    plan: Plan
    tags: int
    line_feeds: int
    other_blanks: int

    def is_kept_by(self, text: str) -> bool:
        """Whether the values of a selection hold no sign that a parser changes or refuses."""
        signs = text.count("<"), text.count("\n"), text.count("\t") + text.count("\r")
        return signs == (self.tags, self.line_feeds, self.other_blanks) and "&" not in text


class _Plans(dict[tuple[str, ...], "_Markup[Plan] | None"]):
    """What stands between the values of a selection → what is known of the form; None where it is not taken."""

    def __init__(self, taker: Taker[Plan], parent: str) -> None:
        super().__init__()
        self._taker, self._parent = taker, parent

    def __missing__(self, between: tuple[str, ...]) -> _Markup[Plan] | None:
        whole = '""'.join(between) + RUN_END
        form = form_of(whole)
        plan = self._taker.plan(form, self._parent) if form is not None else None
        found = None
        if plan is not None:
            found = _Markup(plan, whole.count("<"), whole.count("\n"), whole.count("\t") + whole.count("\r"))
        if len(self) < _MOST_FORMS:
            self[between] = found
        return found


class Runs(Generic[Plan]):
    """Feeds a scanner, and gives a taker the runs that it takes.

    Args:
        scanner: gets all else.
        taker: takes runs.
    """

    def __init__(self, scanner: Scanner, taker: Taker[Plan]) -> None:
        self._scanner, self._taker = scanner, taker
        self._plans: dict[str, _Plans[Plan]] = {}

    def feed(self, chunk: bytes) -> None:
        """Parse the next bytes; see ``Scanner.feed``."""
        first, last = chunk.find(_END_IN_BYTES), chunk.rfind(_END_IN_BYTES)
        if first == last:
            self._scanner.feed(chunk)
            return
        # what begins or ends in another chunk comes as events
        first, last = first + len(RUN_END), last + len(RUN_END)
        self._scanner.feed(chunk[:first])
        text = _text(chunk[first:last])
        if text is None:  # the scanner says where it is not well-formed
            self._scanner.feed(chunk[first:])
            return
        self._feed_selections(text)
        self._scanner.feed(chunk[last:])

    def _feed_selections(self, text: str) -> None:
        pieces = text.split(RUN_END)
        pieces.pop()  # empty: the text ends so
        odd = any(sign in text for sign in "&\t\r")
        done = 0
        while done < len(pieces):
            while taken := self._take(pieces, done, odd):
                done += taken
            if done < len(pieces):
                self._scanner.feed((pieces[done] + RUN_END).encode())
                done += 1

    def _take(self, pieces: list[str], start: int, odd: bool) -> int:
        """Have the selections from one on taken; how many were."""
        scanner = self._scanner
        parent = self._taker.parent() if scanner.is_plain else ""
        if not parent:
            return 0
        if parent not in self._plans:
            self._plans[parent] = _Plans(self._taker, parent)
        known = self._plans[parent]
        markups, values = _formed(pieces, start, known, odd)
        if not markups:
            return 0
        texts = pieces[start : start + len(markups)]
        together = RUN_END.join(texts) + RUN_END
        signs = together.count("<"), together.count("\n")
        if signs != (sum(one.tags for one in markups), sum(one.line_feeds for one in markups)):
            # some value holds what it may not, or a line feed: up to there
            markups, values = _formed(pieces, start, known, odd=True)
            texts = texts[: len(markups)]
            together = "".join(text + RUN_END for text in texts)
        if markups:
            length = length_of(together)
            self._taker.take(Run(scanner.read, length, [one.plan for one in markups], values, texts))
            scanner.skip(together, length)
        return len(markups)


def _formed(
    pieces: list[str], start: int, known: _Plans[Plan], odd: bool
) -> tuple[list[_Markup[Plan]], list[list[str]]]:
    """The selections from one on that have known forms, and their values.

    Args:
        pieces: texts of selections.
        start: the first that is wanted.
        known: the forms.
        odd: look into each for signs that a parser changes or refuses.
    """
    markups: list[_Markup[Plan]] = []
    values: list[list[str]] = []
    usual: dict[int, tuple[list[str], _Markup[Plan]]] = {}  # number of parts → the form that such a selection had last
    for number in range(start, min(len(pieces), start + _MOST_TOGETHER)):
        piece = pieces[number]
        parts = piece.split('"')
        between = parts[::2]
        last = usual.get(len(parts))
        if last is not None and last[0] == between:
            markup = last[1]
        else:
            found = known[tuple(between)] if len(parts) % 2 else None  # else a value does not end
            if found is None:
                break
            markup = found
            usual[len(parts)] = between, found
        if odd and not markup.is_kept_by(piece):
            break
        markups.append(markup)
        values.append(parts[1::2])
    return markups, values


def length_of(text: str) -> int:
    """In bytes, as UTF-8 has it."""
    return len(text if text.isascii() else text.encode())


def places_of(pattern: re.Pattern[str], text: str, offset: int) -> Iterator[int]:
    """Bytes at which a pattern is found in a text that begins at an offset."""
    done = 0
    for found in pattern.finditer(text):
        offset += length_of(text[done : found.start()])
        done = found.start()
        yield offset


#: What XML allows nowhere, as far as it is ASCII.
_FORBIDDEN = bytes(set(range(0x20)) - set(b"\t\n\r"))


def _text(data: bytes) -> str | None:
    """Bytes as text, where all characters are such as XML allows; else None."""
    if len(data.translate(None, _FORBIDDEN)) < len(data):
        return None
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return None
    return text if text.isascii() or ("\ufffe" not in text and "\uffff" not in text) else None
