"""A project whose quotations are known, written as one program or another would count its positions.

Positions are counted here on their own, character by character, so that nothing of the product decides what is right.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from uuid import UUID

EMOJI = "🙂😢🎉💚🤝🧠"
_SPOKEN = (
    "I felt heard when the therapist asked how my week had been and waited for the answer without looking at the clock "
    "because naïve trust is señora Pflege to me a screen does not nod it only blinks we laughed he was honest open and "
    "I could stay with what hurt so much"
)
WORDS = _SPOKEN.split()


@dataclass(frozen=True)
class Counting:
    """How a program counts; the words are those of the option ``--reading``."""

    unit: str = "codepoints"
    crlf: int = 2
    end: str = "exclusive"
    bom: str = "nobom"

    @property
    def written(self) -> str:
        return f"{self.unit},crlf{self.crlf},{self.end},{self.bom}"


@dataclass(frozen=True)
class Style:
    """How a program writes."""

    origin: str
    counting: Counting
    line_end: str
    mark: bool
    folder: str
    names: bool = False
    seed: int = 0


NVIVO_WINDOWS = Style("NVivo 12.6.0", Counting("utf16"), "\r\n", True, "Sources", seed=1)
NVIVO_MAC = Style("NVivo for Mac 12.7.0", Counting("utf16"), "\n", False, "sources", seed=2)

COUNTINGS = [
    Counting(unit, crlf, end, bom)
    for unit in ("codepoints", "utf16")
    for crlf in (1, 2)
    for end in ("exclusive", "inclusive")
    for bom in ("nobom", "bom")
]


def in_counting(counting: Counting, *, names: bool, origin: str = "Some program 1.0") -> Style:
    """A program that writes texts in which every way of counting makes a difference, and counts like this."""
    return Style(origin, counting, "\r\n", True, "sources", names, seed=3)


@dataclass(frozen=True)
class Passage:
    """What a person marked: characters ``start`` to ``end`` of the text with LF."""

    text: int
    start: int
    end: int


@dataclass(frozen=True)
class Study:
    texts: tuple[str, ...]
    passages: tuple[Passage, ...]

    def quotations(self, line_end: str = "\n") -> list[str]:
        quoted = [self.texts[one.text][one.start : one.end] for one in self.passages]
        return [text.replace("\n", line_end) for text in quoted]


def study(*, texts: int = 2, emoji: int = 892, passages: int = 300, words: Sequence[str] = WORDS) -> Study:
    """Interviews with emoji all over them, and passages of whole words, some of them over several lines."""
    random = Random(20240501)
    made, marked = [], []
    for number in range(texts):
        text, edges = _text(random, emoji, words)
        made.append(text)
        for _ in range(passages // texts):
            at = random.randrange(len(edges) - 40)
            marked.append(Passage(number, edges[at][0], edges[at + random.randint(2, 30)][1]))
    return Study(tuple(made), tuple(marked))


def _text(random: Random, emoji: int, words: Sequence[str]) -> tuple[str, list[tuple[int, int]]]:
    """A text, and where each of its words starts and ends."""
    parts: list[str] = []
    edges: list[tuple[int, int]] = []
    length = signs = 0
    while signs < emoji or len(edges) < 200:
        if signs < emoji and random.random() < 0.25:
            parts.append(random.choice(EMOJI))
            signs += 1
        else:
            word = random.choice(words)
            edges.append((length, length + len(word)))
            parts.append(word)
        # a sign or a line end behind some words
        parts.append(random.choice((" ", " ", " ", " ", ", ", ".\n", "\n\n", "? ")))
        length += len(parts[-1]) + len(parts[-2])
    return "".join(parts), edges


def position(text: str, index: int, style: Style) -> int:
    """The position of a character, counted one by one."""
    units = 1 if style.mark and style.counting.bom == "bom" else 0
    for character in text[:index]:
        if character == "\n" and style.line_end == "\r\n":
            units += style.counting.crlf
        elif ord(character) > 0xFFFF and style.counting.unit == "utf16":
            units += 2
        else:
            units += 1
    return units


def archive(made: Study, style: Style) -> bytes:
    """The project as a .qdpx."""
    random = Random(style.seed)

    def guid() -> str:
        return str(UUID(int=random.getrandbits(128), version=4))

    user, code = guid(), guid()
    sources, files = [], []
    for number, text in enumerate(made.texts):
        source = guid()
        selections = "".join(
            _selection(guid, text, passage, style, code, user) for passage in made.passages if passage.text == number
        )
        sources.append(
            f'<TextSource guid="{source}" name="Interview {number + 1}" plainTextPath="internal://{source}.txt" '
            f'creatingUser="{user}">{selections}</TextSource>'
        )
        data = text.replace("\n", style.line_end).encode()
        files.append((f"{style.folder}/{source}.txt", (b"\xef\xbb\xbf" if style.mark else b"") + data))
    document = (
        f'<?xml version="1.0" encoding="utf-8"?>\n<Project name="Truth" origin="{style.origin}" '
        f'xmlns="urn:QDA-XML:project:1.0"><Users><User guid="{user}" name="Anna"/></Users><CodeBook><Codes>'
        f'<Code guid="{code}" name="Heard" isCodable="true"/></Codes></CodeBook>'
        f"<Sources>{''.join(sources)}</Sources></Project>"
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as out:
        for name, content in [("project.qde", document.encode()), *files]:
            out.writestr(zipfile.ZipInfo(name, (2024, 6, 3, 12, 0, 0)), content)
    return buffer.getvalue()


def _selection(guid: Callable[[], str], text: str, passage: Passage, style: Style, code: str, user: str) -> str:
    quotation = text[passage.start : passage.end]
    start, end = position(text, passage.start, style), position(text, passage.end, style)
    if style.counting.end == "inclusive":
        end -= 1
    name = " ".join(quotation.split()) if style.names else ""
    if len(name) > 80:
        name = name[:75] + "…"
    return (
        f'<PlainTextSelection guid="{guid()}" name="{name}" startPosition="{start}" endPosition="{end}">'
        f'<Coding guid="{guid()}" creatingUser="{user}"><CodeRef targetGUID="{code}"/></Coding></PlainTextSelection>'
    )
