"""What random documents are made of: values in the forms that the schema allows, and the tree of codes."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from lxml import etree

Element = etree._Element
T = TypeVar("T")

PROJECT = "urn:QDA-XML:project:1.0"
CODEBOOK = "urn:QDA-XML:codebook:1.0"

ORIGINS = ("NVivo 12.6", "NVivo for Mac 20.5", "ATLAS.ti 23.2", "MAXQDA 24.7", "qc 1.2", "another program", "")
#: Forms of xsd:dateTime. White space around them is allowed too, but libxml2 does not know it.
MOMENTS = (
    "2024-02-29T23:59:59Z",
    "2019-03-18T09:30:00+01:00",
    "2021-06-01T12:00:00.123",
    "2020-01-01T24:00:00",
    "2022-10-05T08:07:06-11:30",
)
_LATIN = "waarde care voelen trust hoop naïve être Zürich e\u0301 ok 10%"
_OTHER = 'мир 心 فهم 🙂 👩\u200d⚕️ a&b <b> "quoted" it\'s ]]> = +1 — … \u00a0'
_WORDS = f"{_LATIN} {_OTHER}".split(" ")


class Maker:
    """What both kinds of document are made of: random values in the forms that the schema allows."""

    def __init__(self, seed: int, size: int, namespace: str) -> None:
        self.random = random.Random(f"{namespace} {seed} {size}")
        self.size = size
        self.namespace = namespace
        self.full = False
        self.guid_form = self.random.choice(("lower", "upper", "braces"))

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def maybe(self, value: T, probability: float = 0.6) -> T | None:
        drawn = self.chance(probability)
        return value if drawn or self.full else None

    def pick(self, values: Sequence[T]) -> T | None:
        return self.random.choice(values) if values else None

    def many(self, make: Callable[[], object], most: int, probability: float = 0.6) -> None:
        """Call ``make`` up to ``most`` times; at least once where everything must occur."""
        if self.full or self.chance(probability):
            for _ in range(self.random.randint(1, max(1, most))):
                make()

    def each(self, make: Callable[[], object], count: int) -> None:
        """Call ``make`` so many times, the first time with everything that may occur."""
        for index in range(count):
            self.full = index == 0 and self.size > 0
            make()
        self.full = False

    def top(self, tag: str) -> Element:
        """An element without a parent, in the default namespace."""
        namespaces: Any = {None: self.namespace}  # the stubs know no default namespace
        return etree.Element(f"{{{self.namespace}}}{tag}", nsmap=namespaces)

    def add(self, parent: Element, tag: str, text: str | None = None, **attributes: str | None) -> Element:
        """A child with those attributes that are not None, their order shuffled now and then."""
        given = [(name, value) for name, value in attributes.items() if value is not None]
        if self.chance(0.2):
            self.random.shuffle(given)
        child = etree.SubElement(parent, f"{{{self.namespace}}}{tag}")
        for name, value in given:
            child.set(name, value)
        child.text = text
        return child

    def guid(self) -> str:
        guid = str(uuid.UUID(int=self.random.getrandbits(128), version=4))
        return {"lower": guid, "upper": guid.upper(), "braces": "{" + guid + "}"}[self.guid_form]

    def reference(self, guids: Sequence[str]) -> str | None:
        """One of the GUIDs, seldom in another letter case or with white space around it."""
        guid = self.pick(guids)
        if guid is not None and self.chance(0.04):
            return self.random.choice((guid.upper(), guid.lower(), f" {guid}", f"{guid}\n"))
        return guid

    def integer(self, value: int) -> str:
        if self.chance(0.04):
            sign, digits = ("-", str(-value)) if value < 0 else ("", str(value))
            return self.random.choice((f" {value} ", f"{sign}00{digits}", f"\t{value}", f"{sign or '+'}{digits}"))
        return str(value)

    def boolean(self) -> str:
        return self.random.choice(("true", "false", "true", "false", "true", "false", "1", "0", " 1 ", "false\n"))

    def colour(self) -> str:
        colour = f"#{self.random.getrandbits(24):06x}"
        return self.random.choice((colour, colour.upper(), colour[:4], f" {colour}"))

    def moment(self) -> str:
        return self.random.choice(MOMENTS)

    def words(self, most: int, separator: str = " ") -> str:
        return separator.join(self.random.choice(_WORDS) for _ in range(self.random.randint(1, most)))

    def name(self) -> str:
        """An attribute's text: mostly words, seldom empty, with spaces at its ends, or over several lines."""
        odd = ("", " ", "  two  spaces ", "line\nend", "tab\there", "carriage\rreturn", "01", "true", "=1+1")
        return self.random.choice(odd) if self.chance(0.1) else self.words(4)

    def prose(self) -> str:
        odd = ("", " ", "\n", "\u00a0", "\ttab", "no end\n")
        return self.random.choice(odd) if self.chance(0.1) else self.words(12, self.random.choice((" ", "\n", " ")))

    def describe(self, parent: Element) -> None:
        if self.full or self.chance(0.4):
            self.add(parent, "Description", self.prose())

    def code_tree(self, parent: Element, count: int, depth: int, extra: Callable[[Element], object]) -> list[str]:
        """A number of codes below the parent, some of them below one another; the GUIDs of those made."""
        guids: list[str] = []
        while len(guids) < count:
            self.full = self.size > 0 and not guids and depth == 0
            guid = self.guid()
            code = self.add(
                parent,
                "Code",
                guid=guid,
                name=self.name(),
                isCodable=self.boolean(),
                color=self.maybe(self.colour()),
            )
            self.describe(code)
            extra(code)
            guids.append(guid)
            self.full = False
            if depth < 6 and len(guids) < count and self.chance(0.5):
                below = self.random.randint(1, count - len(guids))
                guids += self.code_tree(code, below, depth + 1, extra)
        return guids


class CodebookMaker(Maker):
    """Makes a codebook (.qdc): codes without notes, sets of codes only."""

    def __init__(self, seed: int, size: int) -> None:
        super().__init__(seed, size, CODEBOOK)

    def codebook(self) -> Element:
        root = self.top("CodeBook")
        if self.size or self.chance(0.5):
            root.set("origin", self.random.choice(ORIGINS))
        codes = self.code_tree(self.add(root, "Codes"), 1 + 2 * self.size, 0, lambda _: None)
        if self.size or self.chance(0.5):
            sets = self.add(root, "Sets")

            def new_set() -> None:
                element = self.add(sets, "Set", guid=self.guid(), name=self.name())
                self.describe(element)
                self.many(lambda: self.add(element, "MemberCode", guid=self.reference(codes)), self.size)

            self.each(new_set, self.size + 1)
        return root
