"""Our own profile: rows under our words, selections and codings from the annotations."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from qdpx_compassion.code_tree import CodeTree, read_path
from qdpx_compassion.errors import InputError, UsageError
from qdpx_compassion.findings import Finding, count
from qdpx_compassion.formats.base import Content
from qdpx_compassion.formats.beside import content_with
from qdpx_compassion.formats.reading_tables import RawTable, TableReader
from qdpx_compassion.formats.source_texts import text_of
from qdpx_compassion.formats.tabular import FILES, FILES_HEADINGS, ROW
from qdpx_compassion.formats.web_annotation.foreign import items_of
from qdpx_compassion.formats.web_annotation.selectors import fragment_columns, of_type
from qdpx_compassion.formats.web_annotation.terms import guid_of, listed, own
from qdpx_compassion.formats.web_annotation.writing import ANNOTATED, KIND_OF_SELECTION, positions, stored_columns
from qdpx_compassion.refi.guids import derive
from qdpx_compassion.refi.text import PositionedText, TextReading, parse_reading
from qdpx_compassion.tables import TABLES, normalise_guid

_SELECTION = TABLES["selections"].position


def read_own(collection: dict[str, Any], path: Path) -> Content:
    """Read a collection of our own profile.

    Args:
        collection: the JSON.
        path: the file; files of sources lie beside it.

    Raises:
        InputError: something in it is not what it must be.
    """
    return _Reader(collection, path).content()


class _Reader:
    def __init__(self, collection: dict[str, Any], path: Path) -> None:
        self._collection, self._path = collection, path
        self._tables = {name: self._rows(name) for name in TABLES if name not in ANNOTATED}
        self._row_of_source: dict[str, int] = {}
        for number, source in enumerate(self._tables["sources"]):
            guid = source.get("guid")
            if isinstance(guid, str):
                self._row_of_source.setdefault(normalise_guid(guid), source.get(ROW, number))
        self._kinds = {source.get(ROW): source.get("kind") for source in self._tables["sources"]}
        self._selections: list[dict[str, Any]] = []
        self._codings: list[dict[str, Any]] = []
        self._places: list[tuple[int, int] | None] = []  # of each selection, in code points
        self._left = self._added = 0
        numbers = (one.get(own(ROW)) for one in items_of(collection) if isinstance(one, dict))
        self._highest = max((number for number in numbers if isinstance(number, int)), default=-1)
        self._codes_by_path = self._paths_of_codes()

    def content(self) -> Content:
        """The project with its files."""
        for annotation in items_of(self._collection):
            if isinstance(annotation, dict):
                self._annotation(annotation)
        reader = TableReader(self._path.name)
        project = reader.read(self._raws())
        if self._left:
            text = count(self._left, "annotation is of a source", "annotations are of sources")
            message = f"{text} that the file does not have; left out."
            project.findings.append(Finding("reference-dangling", message, self._path.name))
        content = content_with(project, reader.paths, self._path)
        self._place(content)
        return content

    # -- rows ---------------------------------------------------------------------------------------------------------

    def _rows(self, name: str) -> list[dict[str, Any]]:
        rows = self._collection.get(own(name), [])
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise InputError(
                f"{own(name)} must be a list of objects.", where=self._path.name, remedy="Convert the project again."
            )
        words = {own(column): column for column in (ROW, *stored_columns(name))}
        return [{words[key]: _plain(value) for key, value in row.items() if key in words} for row in rows]

    def _raws(self) -> Iterator[RawTable]:
        for name in TABLES:
            rows = self._tables.get(name) if name not in ANNOTATED else getattr(self, f"_{name}")
            yield self._raw(name, [ROW, *stored_columns(name)], rows or [])
        files = self._collection.get(own(FILES))
        rows = [{key: row.get(own(key)) for key in FILES_HEADINGS} for row in listed(files) if isinstance(row, dict)]
        yield self._raw(FILES, list(FILES_HEADINGS), rows)

    def _raw(self, name: str, headings: list[str], rows: list[dict[str, Any]]) -> RawTable:
        numbered = enumerate(([row.get(key) for key in headings] for row in rows), start=1)
        return RawTable(name, headings, numbered, lambda number, at: f"{name}, row {number}, {headings[at]}")

    def _paths_of_codes(self) -> dict[tuple[str, ...], str]:
        """Paths as they stand in tags → GUIDs, for annotations that other programs added."""
        at = TABLES["codes"].position
        rows: list[list[Any]] = []
        for code in sorted(self._tables["codes"], key=lambda code: _number(code.get(ROW))):
            row: list[Any] = [None] * len(at)
            row[at["guid"]], row[at["name"]] = (str(code.get(name) or "") for name in ("guid", "name"))
            parent = code.get("parent_row")
            row[at["parent_row"]] = parent if isinstance(parent, int) and 0 <= parent < len(rows) else None
            rows.append(row)
        return {path: codes[0].guid for path, codes in CodeTree(rows).by_path.items()}

    # -- annotations --------------------------------------------------------------------------------------------------

    def _annotation(self, annotation: dict[str, Any]) -> None:
        target = next(iter(listed(annotation.get("target"))), None)
        target = target if isinstance(target, dict) else {"source": target}
        source = target.get(own("source_row"))
        if not isinstance(source, int):
            guid = guid_of(target.get("source"))
            found = None if guid is None else self._row_of_source.get(normalise_guid(guid))
            if found is None:
                self._left += 1
                return
            source = found
        selectors = listed(target.get("selector"))
        bodies = [body for body in listed(annotation.get("body")) if isinstance(body, dict)]
        if not selectors and own(ROW) not in annotation:
            owner = ("source", source)
        else:
            owner = ("selection", self._selection(annotation, source, selectors, bodies))
        for body in bodies:
            if body.get("purpose") in ("tagging", "classifying"):
                self._coding(body, annotation, *owner)

    def _selection(
        self, annotation: dict[str, Any], source: int, selectors: list[Any], bodies: list[dict[str, Any]]
    ) -> int:
        place = of_type(selectors, "TextPositionSelector") or {}
        start, end = place.get("start"), place.get("end")
        self._places.append((start, end) if isinstance(start, int) and isinstance(end, int) else None)
        row: dict[str, Any] = {
            "kind": KIND_OF_SELECTION.get(str(self._kinds.get(source)), "PlainTextSelection"),
            "source_row": source,
            "guid": guid_of(annotation.get("id")) or derive("annotation", str(annotation.get("id")), str(source)),
            "creating_user": guid_of(annotation.get("creator")),
            "creation_date_time": _plain(annotation.get("created")),
            "modified_date_time": _plain(annotation.get("modified")),
            "description": _plain(
                next((body.get("value") for body in bodies if body.get("purpose") == "describing"), None)
            ),
            **fragment_columns(selectors),
        }
        words = (ROW, *stored_columns("selections"))
        row |= {name: _plain(annotation[own(name)]) for name in words if own(name) in annotation}
        if row.get(ROW) is None:  # one that another program added: it comes last
            self._added += 1
            row[ROW] = self._highest + self._added
        self._selections.append(row)
        return int(row[ROW]) if isinstance(row[ROW], int) else -1

    def _coding(self, body: dict[str, Any], annotation: dict[str, Any], kind: str, owner: int) -> None:
        code = body.get(own("code"))
        guid = guid_of(code) if code is not None else None
        if guid is None and own(ROW) not in body:  # another program's tag
            guid = self._code_of(body)
        made = body if own(ROW) in body else {**annotation, **body}
        self._codings.append(
            {
                ROW: _plain(body.get(own(ROW))),
                "owner_kind": kind,
                "owner_row": owner,
                "guid": guid_of(body.get("id")),
                "creating_user": guid_of(made.get("creator")),
                "creation_date_time": _plain(made.get("created")),
                "code_guid": guid,
            }
        )

    def _code_of(self, body: dict[str, Any]) -> str | None:
        """The code that a tag names; a new one where there is none."""
        written = str(body.get("value") or guid_of(body.get("source")) or "").strip()
        path = read_path(written)
        if not written or path in self._codes_by_path:
            return self._codes_by_path.get(path)
        guid = self._codes_by_path[path] = derive("annotation", "code", written)
        self._tables["codes"].append({"guid": guid, "name": written, "is_codable": True})
        return guid

    # -- places -------------------------------------------------------------------------------------------------------

    def _place(self, content: Content) -> None:
        """Places in code points → positions in the project's unit, where the annotation does not say them itself."""
        reading = self._reading()
        texts: dict[int, PositionedText | None] = {}
        order = sorted(range(len(self._selections)), key=lambda number: _number(self._selections[number].get(ROW)))
        for row, number in zip(content.project.rows_to_change()["selections"], order, strict=True):
            place, said = self._places[number], self._selections[number]
            if place is None:
                continue
            source = row[_SELECTION["source_row"]]
            if source not in texts:
                read = text_of(content, source)
                texts[source] = None if read is None else PositionedText(read[0], reading, had_bom=read[1])
            text = texts[source]
            first, last = place
            if text is not None:
                last = min(max(last, 0), len(text.text))
                first = min(max(first, 0), last)
                row[_SELECTION["start_index"]], row[_SELECTION["end_index"]] = first, last
                row[_SELECTION["quotation"]] = text.text[first:last]
            if row[0] == "PlainTextSelection":
                given = positions(text, first, last) if text is not None else (first, last)
                for name, value in zip(("start_position", "end_position"), given, strict=True):
                    if name not in said:
                        row[_SELECTION[name]] = value

    def _reading(self) -> TextReading:
        written = self._collection.get(own("reading"))
        try:
            return parse_reading(written, TextReading()) if isinstance(written, str) else TextReading()
        except UsageError as error:
            raise InputError(
                f"{error.what}", where=f"{self._path.name}, {own('reading')}", remedy=error.remedy
            ) from error


def _plain(value: Any) -> Any:
    """A value that can stand in a cell; lists and objects cannot."""
    return None if isinstance(value, dict | list) else value


def _number(value: Any) -> int:
    return value if isinstance(value, int) else 1 << 62
