"""Large projects to measure with: schema-valid, the same for the same numbers."""

from __future__ import annotations

import csv
import random
import sys
import uuid
import zipfile
from collections.abc import Iterator
from pathlib import Path

_SYLLABLES = ("ba", "re", "mi", "ton", "el", "sa", "vor", "ni", "ka", "lu", "ter", "on", "pe", "dis", "ga", "ry")
_OTHER = ("größer", "señor", "współ", "思いやり", "🙂", "e\u0301t\u00e9")
_SENTENCE = 14  # words, on average


class _Maker:
    def __init__(self, seed: int, sources: int, characters: int, codes: int, selections: int, other: float) -> None:
        self.random = random.Random(seed)
        self.counts = sources, characters, codes, selections
        self.other = other
        self.users = [self.guid() for _ in range(3)]
        self.codes = [self.guid() for _ in range(codes)]
        self.sources = [self.guid() for _ in range(sources)]
        words = ["".join(self.random.choices(_SYLLABLES, k=self.random.randint(1, 4))) for _ in range(900)]
        self.words = words

    def guid(self) -> str:
        return str(uuid.UUID(int=self.random.getrandbits(128), version=4))

    def moment(self) -> str:
        r = self.random.randrange
        return f"2026-{r(1, 13):02}-{r(1, 29):02}T{r(24):02}:{r(60):02}:{r(60):02}Z"

    def text(self) -> str:
        """As many characters as were asked for, or a few more."""
        wanted, parts, length = self.counts[1], [], 0
        while length < wanted:
            pool = _OTHER if self.other and self.random.random() < self.other else self.words
            sentence = " ".join(self.random.choices(pool, k=self.random.randint(4, 2 * _SENTENCE))).capitalize()
            sentence += ".\n\n" if self.random.random() < 0.1 else ". "
            parts.append(sentence)
            length += len(sentence)
        return "".join(parts)[:wanted]

    def document(self) -> Iterator[str]:
        user = self.users[0]
        yield (
            '<?xml version="1.0" encoding="utf-8"?>\n<Project xmlns="urn:QDA-XML:project:1.0" name="measured" '
            f'origin="benchmark" creatingUserGUID="{user}" creationDateTime="{self.moment()}">\n<Users>'
        )
        yield from (f'<User guid="{guid}" name="Coder {n}"/>' for n, guid in enumerate(self.users, 1))
        yield "</Users>\n<CodeBook><Codes>\n"
        for number, guid in enumerate(self.codes):
            name = f"code {number} {self.random.choice(self.words)}"
            yield f'<Code guid="{guid}" name="{name}" isCodable="true">'
            yield f"<Description>About {name}.</Description></Code>\n"
        yield "</Codes></CodeBook>\n<Sources>\n"
        each, rest = divmod(self.counts[3], len(self.sources))
        for number, guid in enumerate(self.sources):
            yield (
                f'<TextSource guid="{guid}" name="Interview {number}" plainTextPath="internal://{guid}.txt" '
                f'creatingUser="{user}" creationDateTime="{self.moment()}">\n'
            )
            yield from (self.selection() for _ in range(each + (number < rest)))
            yield "</TextSource>\n"
        yield "</Sources>\n</Project>\n"

    def selection(self) -> str:
        start = self.random.randrange(max(1, self.counts[1] - 300))
        end = min(self.counts[1], start + self.random.randint(5, 260))
        by = f'creatingUser="{self.random.choice(self.users)}" creationDateTime="{self.moment()}"'
        codings = "".join(
            f'<Coding guid="{self.guid()}" {by}><CodeRef targetGUID="{self.random.choice(self.codes)}"/></Coding>\n'
            for _ in range(2 if self.random.random() < 0.3 else 1)
        )
        return (
            f'<PlainTextSelection guid="{self.guid()}" name="{start}, {end}" startPosition="{start}" '
            f'endPosition="{end}" {by}>\n{codings}</PlainTextSelection>\n'
        )


def make_project(
    path: Path,
    *,
    selections: int,
    sources: int = 200,
    characters: int = 50_000,
    codes: int = 300,
    other: float = 0.0,
    media_bytes: int = 0,
    seed: int = 7,
) -> Path:
    """Write a project, in the memory of one text.

    Args:
        path: the .qdpx to write.
        selections: in all; three of ten have two codings, the others one.
        sources: texts.
        characters: of each text, in code points.
        codes: all at the top.
        other: share of sentences whose words are not ASCII, with emoji and combining marks.
        media_bytes: of a video beside the texts (not compressible, stored).
        seed: another one, another project.
    """
    maker = _Maker(seed, sources, characters, codes, selections, other)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("project.qde", "w", force_zip64=True) as document:
            batch: list[str] = []
            for part in maker.document():
                batch.append(part)
                if len(batch) > 2000:
                    document.write("".join(batch).encode())
                    batch.clear()
            document.write("".join(batch).encode())
        text = ""
        for number, guid in enumerate(maker.sources):
            text = maker.text() if number % 10 == 0 else text
            archive.writestr(f"sources/{guid}.txt", text.encode())
        if media_bytes:
            _write_media(archive, f"sources/{maker.guid()}.mp4", media_bytes)
    return path


def _write_media(archive: zipfile.ZipFile, name: str, size: int) -> None:
    block = random.Random(1).randbytes(1 << 20)
    info = zipfile.ZipInfo(name)
    info.compress_type = zipfile.ZIP_STORED
    with archive.open(info, "w", force_zip64=True) as video:
        for _ in range(size >> 20):
            video.write(block)


def make_mapping(path: Path, *, codes: int = 300, seed: int = 7, constructs: tuple[str, ...]) -> Path:
    """Write a mapping in which every code of ``make_project`` expresses one construct."""
    maker = _Maker(seed, 1, 1, codes, 0, 0.0)
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["guid", "construct", "mark"])
        rows.writerows([guid, constructs[n % len(constructs)], "yes"] for n, guid in enumerate(maker.codes))
    return path


if __name__ == "__main__":
    make_project(Path(sys.argv[1]), selections=int(sys.argv[2]))
