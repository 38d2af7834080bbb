"""A project as a collection of annotations: one for each selection, one for each source that is coded as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from qdpx_compassion.code_tree import CodeTree, write_path
from qdpx_compassion.formats.base import Content
from qdpx_compassion.formats.source_texts import Spans, reading_of
from qdpx_compassion.formats.tabular import ROW
from qdpx_compassion.formats.web_annotation.selectors import fragment_columns, fragment_selectors, text_selectors
from qdpx_compassion.formats.web_annotation.terms import CONTEXT, NAMESPACE, PROFILE, VERSION, iri_of, own
from qdpx_compassion.refi.guids import derive
from qdpx_compassion.refi.names import TEXT_KINDS
from qdpx_compassion.refi.text import PositionedText, TextReading
from qdpx_compassion.tables import TABLES, normalise_guid

#: Tables that stand as annotations; the others stand as rows under our own words.
ANNOTATED = ("selections", "codings")
#: What a selection in a source of a kind is called.
KIND_OF_SELECTION = {
    **dict.fromkeys(TEXT_KINDS, "PlainTextSelection"),
    "Transcript": "TranscriptSelection",
    "PictureSource": "PictureSelection",
    "PDFSource": "PDFSelection",
    "AudioSource": "AudioSelection",
    "VideoSource": "VideoSelection",
}


def stored_columns(table: str) -> list[str]:
    """The columns of a table that are not computed."""
    return [column.name for column in TABLES[table].columns if not column.derived]


class Collection:
    """The annotations of a project.

    Args:
        content: what is written.
    """

    def __init__(self, content: Content) -> None:
        self._content = content
        self._project = project = content.project
        self._tree = CodeTree.of(project)
        self._users = {
            normalise_guid(user["guid"] or ""): user["name"] for user in reversed(list(project.records("users")))
        }
        self._sources = list(project.records("sources"))
        self._row_of_source: dict[str, int] = {}
        for row, source in enumerate(self._sources):
            self._row_of_source.setdefault(source["guid"] or "", row)
        self._codings: dict[tuple[str, int], list[tuple[int, dict[str, Any]]]] = {}
        for number, coding in enumerate(project.records("codings")):
            self._codings.setdefault((coding["owner_kind"], coding["owner_row"]), []).append((number, coding))
        self._reading = reading_of(project)

    def _id(self, *parts: object) -> str:
        """An IRI for what has no GUID of its own; the same for the same project."""
        return iri_of(derive("annotations", self._project.name, *map(str, parts)))

    def page(self) -> dict[str, Any]:
        """What stands before the annotations of the only page."""
        return {"id": self._id("page"), "type": "AnnotationPage", "startIndex": 0}

    @property
    def total(self) -> int:
        """How many annotations there are."""
        return len(self._project.rows["selections"]) + sum(kind == "source" for kind, _ in self._codings)

    def head(self) -> dict[str, Any]:
        """What stands before the tables and annotations."""
        name = next(self._project.column("project", "name"), None)
        return {
            "@context": [CONTEXT, NAMESPACE],
            "id": self._id("collection"),
            "type": "AnnotationCollection",
            own("profile"): PROFILE,
            own("version"): VERSION,
            "label": name or self._project.name,
            "total": self.total,
            own("reading"): written_reading(self._reading),
        }

    def tables(self) -> Iterator[tuple[str, Iterator[dict[str, Any]]]]:
        """The tables that are no annotations: name, and rows as objects of our own words."""
        for name in TABLES:
            if name not in ANNOTATED:
                yield own(name), self._rows(name)

    def _rows(self, name: str) -> Iterator[dict[str, Any]]:
        columns = stored_columns(name)
        for number, record in enumerate(self._project.records(name)):
            row = {own(ROW): number} | {own(one): record[one] for one in columns if record[one] is not None}
            named = {"id": iri_of(record["guid"])} if record.get("guid") else {}
            yield {**named, **(self._concept(number) if name == "codes" else {}), **row}

    def _concept(self, row: int) -> dict[str, Any]:
        """A code in the words of SKOS, for other programs; it is read from our own."""
        code = self._tree.codes[row]
        said: dict[str, Any] = {"type": "skos:Concept", "skos:prefLabel": code.name}
        if code.description:
            said["skos:definition"] = code.description
        if code.parent is not None:
            said["skos:broader"] = {"id": iri_of(self._tree.codes[code.parent].guid)}
        return said

    def annotations(self) -> Iterator[dict[str, Any]]:
        """The annotations, source by source."""
        selections: dict[int, list[int]] = {}
        for number, source in enumerate(self._project.column("selections", "source_row")):
            selections.setdefault(source, []).append(number)
        records = list(self._project.records("selections"))
        for row in range(len(self._sources)):
            if ("source", row) in self._codings:
                yield self._annotation(None, {}, {"source": self._source(row), **self._named(row)}, "source", row)
            if row in selections:
                spans = Spans(self._content, row)
                for number in selections[row]:
                    yield self._selection(number, records[number], row, spans)

    def _source(self, row: int) -> str:
        return iri_of(self._sources[row]["guid"] or "")

    def _named(self, row: int) -> dict[str, Any]:
        """Which source it is where its identifier does not tell, and what it is called, for people."""
        named = {own("name"): self._sources[row]["name"]} if self._sources[row]["name"] else {}
        unclear = self._row_of_source.get(self._sources[row]["guid"] or "") != row
        return {**named, **({own("source_row"): row} if unclear else {})}

    def _selection(self, number: int, record: dict[str, Any], row: int, spans: Spans) -> dict[str, Any]:
        span = spans(self._project.rows["selections"][number])
        selectors = text_selectors(spans.text or "", *span) if span is not None else fragment_selectors(record)
        said: dict[str, Any] = {"kind": KIND_OF_SELECTION[self._sources[row]["kind"]], "source_row": row}
        said |= {"guid": "made up"} if record["guid"] is None else {}
        said |= fragment_columns(selectors)
        if span is not None and record["kind"] == "PlainTextSelection" and spans.positions is not None:
            said |= dict(zip(("start_position", "end_position"), positions(spans.positions, *span), strict=True))
        expressed = ("guid", "creating_user", "creation_date_time", "modified_date_time", "description")
        said |= {name: record[name] for name in expressed if record[name] is not None}
        more = {
            own(name): record[name]
            for name in stored_columns("selections")
            if record[name] != said.get(name) or record.get(f"{name}_written") is not None
        }
        target: dict[str, Any] = {"source": self._source(row), **self._named(row)}
        if selectors:
            target = {"type": "SpecificResource", **target}
            target["selector"] = selectors if len(selectors) > 1 else selectors[0]
        return self._annotation(number, record, target, "selection", number) | more

    def _annotation(
        self, number: int | None, record: dict[str, Any], target: dict[str, Any], kind: str, row: int
    ) -> dict[str, Any]:
        bodies: list[dict[str, Any]] = []
        if record.get("description") is not None:
            bodies.append({"type": "TextualBody", "purpose": "describing", "value": record["description"]})
        bodies += [self._coding(at, coding) for at, coding in self._codings.get((kind, row), [])]
        own_id = record.get("guid")
        annotation: dict[str, Any] = {
            "id": self._id(kind, row) if own_id is None else iri_of(own_id),
            "type": "Annotation",
        }
        annotation["motivation"] = "tagging" if any(own(ROW) in body for body in bodies) else "highlighting"
        annotation |= self._made(record)
        if record.get("modified_date_time") is not None:
            annotation["modified"] = record["modified_date_time"]
        if bodies:
            annotation["body"] = bodies
        annotation["target"] = target
        return annotation if number is None else annotation | {own(ROW): number}

    def _coding(self, number: int, coding: dict[str, Any]) -> dict[str, Any]:
        code = self._tree.by_key.get(normalise_guid(coding["code_guid"] or ""))
        body: dict[str, Any] = {"id": iri_of(coding["guid"])} if coding["guid"] is not None else {}
        body |= {"type": "TextualBody", "purpose": "tagging", "value": write_path(code.path) if code else ""}
        body |= self._made(coding)
        if coding["code_guid"] is not None:
            body[own("code")] = iri_of(coding["code_guid"])
        return body | {own(ROW): number}

    def _made(self, record: dict[str, Any]) -> dict[str, Any]:
        """Who made it and when."""
        made: dict[str, Any] = {}
        user = record.get("creating_user")
        if user is not None:
            name = self._users.get(normalise_guid(user))
            made["creator"] = {"id": iri_of(user), "type": "Person", **({"name": name} if name else {})}
        if record.get("creation_date_time") is not None:
            made["created"] = record["creation_date_time"]
        return made


def positions(text: PositionedText, first: int, last: int) -> tuple[int, int]:
    """The positions of a passage in the unit of the program that wrote the project."""
    inclusive = text.reading.end == "inclusive" and last > first
    return text.position(first), text.position(last) - inclusive


def written_reading(reading: TextReading) -> str:
    """The reading in the words of ``parse_reading``."""
    words = ["utf16" if reading.unit == "utf16" else "codepoints", f"crlf{reading.crlf}", reading.end]
    return ",".join([*words, "bom" if reading.bom else "nobom"])
