"""Write a corpus of invented projects, mixed in size and dialect: `python -m benchmarks.corpora FOLDER [--projects N]`.

The same arguments give the same bytes. Sizes follow a long tail, as archives have them: half of the projects have fewer
than 300 codings, one in a hundred more than 10,000. Codes are drawn from one list of names, so that one mapping by name
fits all; participants have a role and a region.
"""

from __future__ import annotations

import argparse
import random
import uuid
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

NAMESPACE = "urn:QDA-XML:project:1.0"
_DATE = (2026, 1, 2, 3, 4, 6)
_WORDS = (
    *(
        "compassion",
        "care",
        "suffering",
        "notice",
        "feel",
        "act",
        "patient",
        "nurse",
        "kind",
        "value",
        "need",
        "listen",
    ),
    *("time", "team", "ward", "family", "trust", "hope", "pain", "dignity", "respect", "we", "they", "said", "because"),
    *(
        "when",
        "how",
        "and",
        "of",
        "to",
        "in",
        "a",
        "was",
        "it",
        "that",
        "is",
        "for",
        "on",
        "with",
        "as",
        "heard",
        "seen",
    ),
)
_FOREIGN = ("Pflege", "naïve", "señora", "współczucie", "思いやり", "🙂", "été")
#: Codes by folder; some of each are in every project.
CODES = {
    "Values": ("Feeling heard", "Trust", "Humanity", "Openness", "Being seen", "Autonomy", "Safety", "Dignity"),
    "Suffering": ("Pain", "Being alone", "Fear", "Shame", "Waiting"),
    "Helping": ("Relief", "Someone to call", "Personalisation", "Practical help", "Staying near"),
    "Technology": ("Gets in the way", "Brings near", "Video calls", "Messages"),
}


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a program writes its projects.

    Attributes:
        origin: as it says itself. utf16: whether it counts UTF-16 units. end: of lines. counted: as so many.
        mark: at the beginning of texts.
        upper: GUIDs in capital letters. name: what selections are called: nothing, the quotation, or the positions.
        folder: of texts. first: whether the document lies before the texts. several: codings in one selection.
    """

    origin: str
    utf16: bool
    end: str
    counted: int
    mark: bytes
    upper: bool
    name: str
    folder: str
    first: bool
    several: bool


DIALECTS = (
    Dialect("NVivo 12.6.0", True, "\r\n", 2, b"\xef\xbb\xbf", False, "", "Sources", True, False),
    Dialect("NVivo for Mac 20.5.0", True, "\n", 1, b"", False, "", "sources", False, False),
    Dialect("ATLAS.ti 23.2.1", False, "\r\n", 1, b"", True, "quotation", "sources", False, True),
    Dialect("MAXQDA 24.7", False, "\n", 1, b"", True, "positions", "sources", False, False),
    Dialect("QualCoder 3.8", False, "\n", 1, b"", False, "whole", "sources", True, True),
)


class _Project:
    """One project."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.dialect = DIALECTS[seed % len(DIALECTS)]
        self.codings = int(min(40_000, 40 + self.random.lognormvariate(5.6, 1.5)))
        self.sources = max(2, min(60, self.codings // 60))
        self.people = [f"P{number + 1:02}" for number in range(self.sources)]

    def guid(self) -> str:
        written = str(uuid.UUID(int=self.random.getrandbits(128), version=4))
        return written.upper() if self.dialect.upper else written

    def text(self, characters: int) -> str:
        """A text with lines that end with a single character."""
        words, length = [], 0
        while length < characters:
            word = self.random.choice(_FOREIGN if self.random.random() < 0.02 else _WORDS)
            words.append(word + (".\n" if self.random.random() < 0.06 else ""))
            length += len(words[-1]) + 1
        return " ".join(words)

    def write(self, target: Path, seed: int) -> None:
        texts = {self.guid(): self.text(self.random.randint(3_000, 30_000)) for _ in self.people}
        document = "\n".join(self._document(texts, seed)).encode()
        files = [
            (f"{self.dialect.folder}/{guid}.txt", self.dialect.mark + text.replace("\n", self.dialect.end).encode())
            for guid, text in texts.items()
        ]
        files.insert(0 if self.dialect.first else len(files), ("project.qde", document))
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
            for name, data in files:
                archive.writestr(zipfile.ZipInfo(name, _DATE), data, zipfile.ZIP_DEFLATED)

    def _document(self, texts: dict[str, str], seed: int) -> Iterator[str]:
        users = [self.guid() for _ in range(self.random.randint(1, 3))]
        stamp = f"2026-01-{seed % 28 + 1:02}T10:00:00Z"
        yield '<?xml version="1.0" encoding="utf-8"?>'
        yield (
            f'<Project name="Study {seed:05}" origin="{self.dialect.origin}" creatingUserGUID="{users[0]}" '
            f'creationDateTime="{stamp}" modifiedDateTime="{stamp}" xmlns="{NAMESPACE}"><Users>'
        )
        yield from (f'<User guid="{guid}" name="Coder {number + 1}"/>' for number, guid in enumerate(users))
        yield "</Users><CodeBook><Codes>"
        codes: list[str] = []
        for folder, names in CODES.items():
            yield f'<Code guid="{self.guid()}" name="{folder}" isCodable="true">'
            kept = self.random.sample(names, self.random.randint(2, len(names)))
            for name in (*kept, *(f"{folder} {seed}-{number}" for number in range(self.random.randint(0, 12)))):
                codes.append(self.guid())
                yield f'<Code guid="{codes[-1]}" name="{name}" isCodable="true"/>'
            yield "</Code>"
        variable = self.guid()
        yield f'</Codes></CodeBook><Variables><Variable guid="{variable}" name="Role" typeOfVariable="Text"/>'
        yield "</Variables><Cases>"
        for person, source in zip(self.people, texts, strict=True):
            role = self.random.choice(("client", "professional"))
            yield (
                f'<Case guid="{self.guid()}" name="{person}"><VariableValue><VariableRef targetGUID="{variable}"/>'
                f'<TextValue>{role}</TextValue></VariableValue><SourceRef targetGUID="{source}"/></Case>'
            )
        yield "</Cases><Sources>"
        each = -(-self.codings // len(texts))
        for person, (guid, text) in zip(self.people, texts.items(), strict=True):
            yield f'<TextSource guid="{guid}" name="Interview {person}" plainTextPath="internal://{guid}.txt">'
            yield from self._selections(text, each, codes, users, stamp)
            yield "</TextSource>"
        yield "</Sources></Project>"

    def _selections(self, text: str, number: int, codes: list[str], users: list[str], stamp: str) -> Iterator[str]:
        at = _Positions(text, self.dialect)
        while number > 0:
            start = self.random.randrange(len(text) - 300)
            end = start + self.random.randint(8, 250)
            start, end = text.rfind(" ", 0, start) + 1, text.find(" ", end)
            first, last = at[start], at[end]
            quotation = text[start:end].replace("\n", self.dialect.end)
            name = {"": "", "positions": f"{first},{last}", "whole": quotation}.get(self.dialect.name, quotation[:80])
            user = self.random.choice(users)
            yield (
                f'<PlainTextSelection guid="{self.guid()}" name={quoteattr(name)} startPosition="{first}" '
                f'endPosition="{last}" creatingUser="{user}" creationDateTime="{stamp}">'
            )
            if self.random.random() < 0.05:
                yield f"<Description>{escape(self.text(60))}</Description>"
            for code in self.random.sample(codes, 2 if self.dialect.several and self.random.random() < 0.4 else 1):
                yield f'<Coding guid="{self.guid()}" creatingUser="{user}" creationDateTime="{stamp}">'
                yield f'<CodeRef targetGUID="{code}"/></Coding>'
                number -= 1
            yield "</PlainTextSelection>"


class _Positions:
    """Where a character stands as a program counts it: UTF-16 units or characters, line ends as it does."""

    def __init__(self, text: str, dialect: Dialect) -> None:
        self._at = [0]
        for character in text:
            wide = dialect.counted if character == "\n" else 1 + (dialect.utf16 and ord(character) > 0xFFFF)
            self._at.append(self._at[-1] + wide)

    def __getitem__(self, index: int) -> int:
        return self._at[index]


def make_corpus(folder: Path, projects: int = 1000, *, seed: int = 1) -> list[Path]:
    """Write so many projects; what is there already is left as it is.

    Returns:
        Their files.
    """
    made = []
    for number in range(projects):
        target = folder / f"{number // 100:03}" / f"study-{number:05}.qdpx"
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.exists():
            part = target.with_suffix(".part")
            _Project(seed * 1_000_000 + number).write(part, number)
            part.rename(target)
        made.append(target)
    return made


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("folder", type=Path)
    options.add_argument("--projects", type=int, default=1000)
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()
    made = make_corpus(given.folder, given.projects, seed=given.seed)
    print(f"{len(made):,} projects, {sum(path.stat().st_size for path in made) / 1e6:,.0f} MB in {given.folder}")


if __name__ == "__main__":
    main()
