"""One pass over a document that decides which elements go: empty ones, references to nothing, unknown ones."""

from __future__ import annotations

from dataclasses import dataclass

from qdpx_compassion.refi.names import VALUE_KINDS
from qdpx_compassion.refi.repair.guids import Guids
from qdpx_compassion.refi.repair.rules import CONTAINERS, REFERENCES, Rules
from qdpx_compassion.refi.scanner import Scanner

#: What becomes of an element: it stays, it goes with all that is in it, or its tags go.
STAYS, GOES, UNWRAPPED = 0, 1, 2

#: Elements that are nothing without what they name.
_NEEDS = {"Coding": "CodeRef", "VariableValue": "VariableRef"}


@dataclass(frozen=True, slots=True)
class Options:
    """What a repair may do beyond safe mends.

    Attributes:
        assume: guess what is missing, and take out references to nothing.
        drop_unknown: take out elements and attributes that the standard does not know.
        descriptions: take out empty descriptions, which are valid and say nothing.
    """

    assume: bool = False
    drop_unknown: bool = False
    descriptions: bool = False


@dataclass(slots=True)
class _Open:
    """An element that has begun."""

    ordinal: int
    name: str
    part: str  # "known", "wrapper" (unknown, what is in it is looked at), "opaque" (left alone with all in it)
    children: int = 0  # that stay
    names: int = 0  # that stay, of those that it needs
    text: bool = False
    comment: bool = False
    dangles: bool = False
    target: str | None = None  # of a reference that does not have it as an attribute: the text in it


class Survey:
    """Decides, by the number of each element in document order.

    Args:
        where: for messages.
        rules: of the document.
        guids: that it defines.
        options: what may be done.

    Attributes:
        fate: one byte for each element.
    """

    def __init__(self, where: str, rules: Rules, guids: Guids, options: Options) -> None:
        self.scanner = Scanner(self.start, self.end, where=where, comment=self.comment)
        self.scanner.collect_text(self._text)
        self.fate = bytearray()
        self._rules, self._guids, self._options = rules, guids, options
        self._stack: list[_Open] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        one = _Open(len(self.fate), name, self._part(name))
        self.fate.append(STAYS)
        if one.part == "known" and self._options.assume:
            one.dangles = self._dangles(name, attributes)
            if name in REFERENCES and not attributes:
                one.target = ""
        self._stack.append(one)

    def _part(self, name: str) -> str:
        if not self._stack:
            return "known"
        last = self._stack[-1]
        if last.part == "opaque" or name[0] == "{":
            return "opaque"
        known = last.part == "known"
        parent = last.name if known else next(one.name for one in reversed(self._stack) if one.part == "known")
        if name in self._rules.children.get(parent, ()):
            return "known"
        misplaced = name in self._rules.children and name not in CONTAINERS
        return "opaque" if misplaced else "wrapper"

    def _dangles(self, name: str, attributes: dict[str, str]) -> bool:
        if self._rules.root == "CodeBook":
            return name == "MemberCode" and not self._guids.is_defined(attributes.get("guid", ""), "Code")
        if name in REFERENCES:
            target = attributes.get("targetGUID", attributes.get("guid", ""))
            return not self._guids.is_defined(target, REFERENCES[name])
        if name == "Edge":
            ends = (attributes.get(end, "") for end in ("sourceVertex", "targetVertex"))
            return not all(self._guids.is_defined(end, "Vertex") for end in ends)
        return False

    def _text(self, text: str) -> None:
        one = self._stack[-1]
        if text.strip():
            one.text = True
        if one.target is not None:
            one.target += text

    def comment(self, text: str) -> None:  # noqa: ARG002 (the scanner's signature)
        """A comment."""
        if self._stack:
            self._stack[-1].comment = True

    def end(self, name: str) -> None:
        """An element ends: now is known what is in it."""
        one = self._stack.pop()
        if one.target:
            one.dangles = not self._guids.is_defined(one.target, REFERENCES[name])
        fate = self._fate(one) if self._stack else STAYS
        self.fate[one.ordinal] = fate
        if self._stack and fate != GOES:
            parent = self._stack[-1]
            parent.children += 1 if fate == STAYS else one.children
            parent.comment |= one.comment and fate == UNWRAPPED
            parent.names += name == _NEEDS.get(parent.name)

    def _fate(self, one: _Open) -> int:
        if one.part == "opaque":
            # another version of the standard is no vendor's addition
            foreign = one.name.startswith("{") and not one.name.lower().startswith("{urn:qda-xml:")
            foreign = foreign and self._stack[-1].part != "opaque"
            return GOES if foreign and self._options.drop_unknown else STAYS
        if one.part == "wrapper":
            if not self._options.drop_unknown:
                return STAYS
            return UNWRAPPED if one.children else GOES
        if one.dangles or (self._options.assume and one.name in _NEEDS and not one.names):
            return GOES
        if one.name in CONTAINERS and not one.children and not one.text:
            return UNWRAPPED if one.comment else GOES
        valued = one.name in VALUE_KINDS and one.name != "TextValue"
        described = self._options.descriptions and one.name == "Description" and not one.comment
        empty = (valued or described) and not one.text and not one.children
        return GOES if empty else STAYS


class OrderSurvey:
    """Finds the elements whose children are not in the order of the standard.

    Args:
        where: for messages.
        rules: of the document.

    Attributes:
        disordered: the numbers of such elements in document order.
    """

    def __init__(self, where: str, rules: Rules) -> None:
        self.scanner = Scanner(self.start, self.end, where=where)
        self.disordered: set[int] = set()
        self._rules = rules
        self._ordinal = -1
        self._stack: list[tuple[str, int, list[int]]] = []  # name, ordinal, [rank of the last child]

    def start(self, name: str, attributes: dict[str, str]) -> None:  # noqa: ARG002 (the scanner's signature)
        """An element begins."""
        self._ordinal += 1
        if self._stack:
            parent, ordinal, last = self._stack[-1]
            rank = self._rules.rank(parent, name)
            if rank is not None:
                if rank < last[0]:
                    self.disordered.add(ordinal)
                last[0] = max(rank, last[0])
        self._stack.append((name, self._ordinal, [-1]))

    def end(self, name: str) -> None:  # noqa: ARG002 (the scanner's signature)
        """An element ends."""
        self._stack.pop()
