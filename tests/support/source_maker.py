"""Random sources of every kind, with selections, codings, notes and variable values."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence

from document_maker import MOMENTS, ORIGINS, PROJECT, Element, Maker


class SourceMaker(Maker):
    """Makes the sources of a project, and remembers the GUIDs of what it made for what refers to them."""

    def __init__(self, seed: int, size: int) -> None:
        super().__init__(seed, size, PROJECT)
        self.origin = self.random.choice(ORIGINS)
        self.users = [self.guid() for _ in range(self.few())]
        self.notes = [self.guid() for _ in range(self.few())]
        self.codes: list[str] = []
        self.variables: list[tuple[str, str]] = []
        self.sources: list[str] = []
        self.selections: list[str] = []
        self.links: list[str] = []
        self.cases: list[str] = []

    def few(self) -> int:
        """A count that grows with the size; at size 0 a container is there or not."""
        return self.random.randint(1, self.size + 1) if self.size else self.random.randint(0, 1)

    # -- small parts -----------------------------------------------------------------------------------------------

    def made_by(self, *, modified: bool = True) -> dict[str, str | None]:
        made = {
            "creatingUser": self.maybe(self.reference(self.users)),
            "creationDateTime": self.maybe(self.moment()),
        }
        if modified:
            made["modifyingUser"] = self.maybe(self.reference(self.users), 0.3)
            made["modifiedDateTime"] = self.maybe(self.moment(), 0.3)
        return made

    def refer(self, parent: Element, tag: str, guids: Sequence[str], most: int = 2, probability: float = 0.3) -> None:
        if guids:
            self.many(lambda: self.add(parent, tag, targetGUID=self.reference(guids)), most, probability)

    def note_refs(self, parent: Element) -> None:
        self.refer(parent, "NoteRef", self.notes)

    def coding(self, parent: Element) -> None:
        coding = self.add(parent, "Coding", guid=self.guid(), **self.made_by(modified=False))
        self.add(coding, "CodeRef", targetGUID=self.reference(self.codes))
        self.note_refs(coding)

    def codings(self, parent: Element, probability: float) -> None:
        if self.codes:
            self.many(lambda: self.coding(parent), 3, probability)

    def variable_values(self, parent: Element) -> None:
        if self.full:
            for guid, kind in self.variables:
                self.variable_value(parent, guid, kind)
        elif self.variables and self.chance(0.4):
            for guid, kind in self.random.sample(self.variables, self.random.randint(1, len(self.variables))):
                self.variable_value(parent, guid, kind)

    def variable_value(self, parent: Element, guid: str, kind: str) -> None:
        choices = {
            "Text": (self.prose(), self.words(3)),
            "Boolean": (self.boolean(),),
            "Integer": ("0", "-7", " 42 ", "+3", "12345678901234567890", "007"),
            "Float": ("1.5", "-0.0", ".5", "3.", "+2.50", "7", " 1.25 ", "123456789.123456789"),
            "Date": ("2024-02-29", "2023-12-31Z", "1999-01-01+02:00", "2020-05-05-05:00"),
            "DateTime": MOMENTS,
        }
        owner = self.add(parent, "VariableValue")
        self.add(owner, "VariableRef", targetGUID=self.reference([guid]))
        if self.full or self.chance(0.9):
            self.add(owner, f"{kind}Value", self.random.choice(choices[kind]))

    # -- sources and selections ------------------------------------------------------------------------------------

    def make_sources(self, sources: Element) -> None:
        makers: list[Callable[[Element], None]] = [
            lambda parent: self.text_source(parent, "TextSource"),
            self.picture_source,
            self.pdf_source,
            lambda parent: self.media_source(parent, "Audio"),
            lambda parent: self.media_source(parent, "Video"),
        ]
        todo = makers * self.size if self.size else self.random.sample(makers, self.random.randint(0, 2))
        for index, make in enumerate(todo):
            self.full = self.size > 0 and index < len(makers)
            make(sources)
        self.full = False
        order = list(sources)
        self.random.shuffle(order)
        sources[:] = order

    def source(self, parent: Element, tag: str, guid: str | None = None, **paths: str | None) -> tuple[Element, str]:
        guid = guid or self.guid()
        self.sources.append(guid)
        source = self.add(parent, tag, guid=guid, name=self.maybe(self.name(), 0.9), **paths, **self.made_by())
        self.describe(source)
        return source, guid

    def finish_source(self, source: Element) -> None:
        self.codings(source, 0.3)
        self.note_refs(source)
        self.variable_values(source)

    def file_path(self, ending: str) -> str:
        bare = str(uuid.UUID(int=self.random.getrandbits(128), version=4))
        return self.random.choice(
            (f"internal://{bare}.{ending}", f"relative:///map/ü {bare}.{ending}", f"absolute:///C:/P/{bare}.{ending}")
        )

    def text(self) -> str:
        """A text in several lines; carriage returns only where the program is known to count them."""
        line_end = "\r\n" if self.origin.startswith("NVivo") and self.chance(0.3) else "\n"
        return line_end.join(self.words(10) for _ in range(self.random.randint(1, 3 + self.size)))

    def text_source(self, parent: Element, tag: str, guid: str | None = None) -> None:
        """A TextSource, Note, Representation or TextDescription: they are of one type."""
        inline = self.full or self.chance(0.8)
        plain = None if inline else self.file_path("txt")
        source, _ = self.source(
            parent, tag, guid, richTextPath=self.maybe(self.file_path("docx"), 0.2), plainTextPath=plain
        )
        if inline:
            text = self.text()
            self.add(source, "PlainTextContent", text)
            self.many(lambda: self.text_selection(source, text), self.size + 2)
        self.finish_source(source)

    def position(self, text: str, place: int) -> str:
        """A place in the text in the unit of the program: UTF-16 code units for NVivo, else code points."""
        utf16 = self.origin.startswith("NVivo")
        return self.integer(len(text[:place].encode("utf-16-le")) // 2 if utf16 else place)

    def text_selection(self, parent: Element, text: str) -> None:
        start, end = sorted(self.random.randint(0, len(text)) for _ in range(2))
        name = self.random.choice(("", text[start:end], text[start:end][:20], f"{start},{end}"))
        self.selection(
            parent,
            "PlainTextSelection",
            name,
            place={"startPosition": self.position(text, start), "endPosition": self.position(text, end)},
        )

    def selection(
        self,
        parent: Element,
        tag: str,
        name: str | None = None,
        *,
        represented: bool = False,
        place: dict[str, str | None],
    ) -> None:
        guid = self.guid()
        self.selections.append(guid)
        named = self.maybe(self.name() if name is None else name)
        selection = self.add(parent, tag, guid=guid, name=named, **place, **self.made_by())
        self.describe(selection)
        if represented:
            self.text_source(selection, "Representation", guid if self.chance(0.2) else None)
        self.codings(selection, 0.8)
        self.note_refs(selection)

    def area(self) -> dict[str, str | None]:
        x, y = (sorted(self.random.randint(0, 2000) for _ in range(2)) for _ in range(2))
        return {
            "firstX": self.integer(x[0]),
            "firstY": self.integer(y[0]),
            "secondX": self.integer(x[1]),
            "secondY": self.integer(y[1]),
        }

    def files(self, ending: str) -> dict[str, str | None]:
        return {
            "path": self.maybe(self.file_path(ending), 0.8),
            "currentPath": self.maybe(self.file_path(ending), 0.3),
        }

    def picture_source(self, parent: Element) -> None:
        source, _ = self.source(parent, "PictureSource", **self.files("png"))
        if self.full or self.chance(0.4):
            self.text_source(source, "TextDescription")
        self.many(lambda: self.selection(source, "PictureSelection", place=self.area()), self.size)
        self.finish_source(source)

    def pdf_source(self, parent: Element) -> None:
        source, guid = self.source(parent, "PDFSource", **self.files("pdf"))

        def pdf_selection() -> None:
            page, represented = self.integer(self.random.randint(0, 30)), self.full or self.chance(0.2)
            self.selection(source, "PDFSelection", represented=represented, place={"page": page, **self.area()})

        self.many(pdf_selection, self.size)
        if self.full or self.chance(0.6):
            self.text_source(source, "Representation", guid if self.chance(0.3) else None)
        self.finish_source(source)

    def media_source(self, parent: Element, kind: str) -> None:
        source, _ = self.source(parent, f"{kind}Source", **self.files("mp4" if kind == "Video" else "m4a"))
        self.many(lambda: self.transcript(source), 2, 0.5)

        def media_selection() -> None:
            begin, end = sorted(self.random.randint(0, 3_600_000) for _ in range(2))
            self.selection(source, f"{kind}Selection", place={"begin": self.integer(begin), "end": self.integer(end)})

        self.many(media_selection, self.size)
        self.finish_source(source)

    def transcript(self, parent: Element) -> None:
        inline = self.full or self.chance(0.8)
        source, _ = self.source(
            parent,
            "Transcript",
            richTextPath=self.maybe(self.file_path("docx"), 0.2),
            plainTextPath=None if inline else self.file_path("txt"),
        )
        text = self.text() if inline else ""
        if inline:
            self.add(source, "PlainTextContent", text)
        points = self.sync_points(source, text)

        def transcript_selection() -> None:
            first = self.random.randrange(len(points)) if points else 0
            start, end = self.pick(points[first : first + 1]), self.pick(points[first:])
            place = {"fromSyncPoint": self.maybe(start, 0.9), "toSyncPoint": self.maybe(end, 0.9)}
            self.selection(source, "TranscriptSelection", place=place)

        self.many(transcript_selection, self.size)
        self.note_refs(source)

    def sync_points(self, transcript: Element, text: str) -> list[str]:
        """Sync points in the order of time and text; their GUIDs."""
        count = self.random.randint(1, self.size + 2) if self.full or self.chance(0.8) else 0
        times = sorted(self.random.randint(0, 3_600_000) for _ in range(count))
        places = sorted(self.random.randint(0, len(text)) for _ in range(count))
        guids = [self.guid() for _ in range(count)]
        for guid, time, place in zip(guids, times, places, strict=True):
            self.add(
                transcript,
                "SyncPoint",
                guid=guid,
                timeStamp=self.maybe(self.integer(time), 0.9),
                position=self.maybe(self.position(text, place), 0.9),
            )
        return guids
