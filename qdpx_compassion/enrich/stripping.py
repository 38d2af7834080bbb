"""Taking a framework out of a project document again."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from qdpx_compassion.code_tree import CodeTree
from qdpx_compassion.enrich.ours import Ours, find_ours
from qdpx_compassion.enrich.provenance import Record, read_record, record_of
from qdpx_compassion.enrich.survey import Survey
from qdpx_compassion.errors import InputError
from qdpx_compassion.files.background import read_ahead
from qdpx_compassion.findings import Finding, count
from qdpx_compassion.frameworks import Framework
from qdpx_compassion.refi.editor import Editor, Sink, not_editable
from qdpx_compassion.refi.runs import Runs
from qdpx_compassion.refi.scanner import Scanner, readable

#: The tags of the element that holds the sources, as programs write them.
_SOURCES_BEGIN = re.compile(rb"<(?:[\w.-]+:)?Sources>")
_SOURCES_END = re.compile(rb"</(?:[\w.-]+:)?Sources\s*>")
#: Neither is longer, in bytes.
_LONGEST_TAG = 1 << 10

#: Gives the document's bytes from the beginning, each time it is called.
Document = Callable[[], Iterable[bytes]]


@dataclass
class Stripped:
    """What was taken out: elements by name, and findings about what was kept and how ours were recognised."""

    elements: Counter[str] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)
    frameworks: list[str] = field(default_factory=list)


class _Notes:
    """One pass that collects the provenance notes of a document."""

    def __init__(self, where: str, read_text: Callable[[str], str | None]) -> None:
        self.records: list[Record] = []
        self.scanner = Scanner(self.start, self.end, where=where)
        self._read_text = read_text
        self._guid = ""
        self._text: list[str] = []
        self._path: str | None = None
        self._in_note = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        if name == "Note":
            self._in_note, self._guid, self._path = True, attributes.get("guid", ""), None
            if "provenance" in attributes.get("name", ""):
                self._path = attributes.get("plainTextPath")
            self._text.clear()
        elif name == "PlainTextContent" and self._in_note:
            self.scanner.collect_text(self._text.append)
        elif name == "Sources":
            self.scanner.skip_to_end()

    def end(self, name: str) -> None:
        """An element ends."""
        if name == "PlainTextContent":
            self.scanner.collect_text(None)
        elif name == "Note":
            self._in_note = False
            text = self._read_text(self._path) if self._path else "".join(self._text)
            record = read_record(text or "", self._guid)
            if record is not None:
                self.records.append(record)


class Deleter(Editor):
    """Takes out the elements that a survey has doomed, and puts back what stood in a container's place.

    The survey says where they lie, so the document is not parsed again.
    """

    def __init__(self, where: str, sink: Sink, survey: Survey) -> None:
        super().__init__(where, sink)
        doomed, restore = survey.doomed, survey.restore
        self.elements = survey.spans.names_of(lambda ordinal: doomed[ordinal] and ordinal not in restore)
        self._survey = survey

    def run(self, chunks: Iterable[bytes]) -> None:
        """Read the document, write it with the edits."""
        if not self._survey.scanner.editable:
            raise not_editable(self._where)
        spans = self._survey.spans.outermost(self._survey.doomed.__getitem__)
        for offset, length in self._survey.comments.items():
            self.splicer.replace(offset, length, b"")
        span, total = next(spans, None), 0
        for chunk in readable(chunks, self.scanner):
            self.splicer.feed(chunk)
            total += len(chunk)
            while span is not None and span[2] + _LONGEST_TAG <= total:  # its end tag is there as a whole
                self._take_out(*span)
                span = next(spans, None)
            self.splicer.hold(None if span is None else span[1])
            self.splicer.flush(total)
        while span is not None:
            self._take_out(*span)
            span = next(spans, None)
        self.splicer.finish(total)

    def _take_out(self, ordinal: int, start: int, end: int) -> None:
        if not self.is_self_closing(start):
            end += len(self.tag_at(end))
        original = self._survey.restore.get(ordinal)
        self.splicer.replace(start, end - start, self.encode(original) if original else b"")


class _SourcesUnclear(Exception):
    """Where the sources begin and end cannot be told without parsing."""


def _without_sources(document: Iterable[bytes]) -> Iterator[bytes]:
    """A document whose sources are left out, which are nearly all of it: notes stand before or behind them.

    Raises:
        _SourcesUnclear: there are no sources, or what looks like their end is there twice.
    """
    waiting, begun, ended = b"", False, False
    for chunk in document:
        data = waiting + chunk
        if not begun:
            opening = _SOURCES_BEGIN.search(data)
            begun = opening is not None
            yield data[: opening.end()] if opening else data[:-_LONGEST_TAG]
            data = data[opening.end() :] if opening else data[-_LONGEST_TAG:]
        closing = _SOURCES_END.search(data) if begun else None
        if closing is not None:
            if ended:
                raise _SourcesUnclear
            ended = True
            yield data[closing.start() : closing.end()]
            data = data[closing.end() :]
            if _SOURCES_END.search(data):
                raise _SourcesUnclear
        if ended:
            yield data[:-_LONGEST_TAG]
        waiting = data[-_LONGEST_TAG:]
    if not ended:
        raise _SourcesUnclear
    yield waiting


def find_records(where: str, document: Document, read_text: Callable[[str], str | None]) -> list[Record]:
    """The provenance notes of a document, as records.

    Args:
        where: for messages.
        document: gives its bytes.
        read_text: the text of a file of the project by its path, None where it is missing.
    """
    try:
        notes = _Notes(where, read_text)
        notes.scanner.scan(_without_sources(read_ahead(document())))
    except (_SourcesUnclear, InputError):  # read as a whole, it is clear, or an error in the right line
        notes = _Notes(where, read_text)
        notes.scanner.scan(read_ahead(document()))
    return notes.records


def strip_document(
    where: str,
    document: Document,
    sink: Sink,
    *,
    tree: CodeTree,
    records: list[Record],
    frameworks: Iterable[Framework],
    only: str | None = None,
    everything: bool = False,
) -> Stripped:
    """Write a document without framework elements.

    Args:
        where: file and document, for messages.
        document: gives its bytes; it is read two or three times.
        sink: takes the result; where nothing is ours, the very bytes of the input.
        tree: the project's codes.
        records: of its provenance notes (``find_records``).
        frameworks: known ones, for documents whose note was deleted.
        only: id of the one framework to take out; None: all.
        everything: what was made by hand with framework codes, too.
    """
    result = Stripped()
    by_guid = {record.guid: record for record in (*map(record_of, frameworks), *records)}
    found = [ours for record in by_guid.values() if (ours := find_ours(record, tree))]
    targets = [ours for ours in found if only in (None, ours.record.framework_id)]
    others = [ours for ours in found if ours not in targets]
    if not targets:
        result.findings.append(Finding("strip-nothing", "The project holds no elements of the framework.", where))
        for chunk in document():
            sink(chunk)
        return result
    survey = _survey(where, document, targets, others, tree, everything, result)
    deleter = Deleter(where, sink, survey)
    deleter.run(read_ahead(document()))
    result.elements = deleter.elements
    result.frameworks = [ours.record.framework_id for ours in targets]
    for kind, name in dict.fromkeys(survey.kept):
        result.findings.append(
            Finding("strip-kept", f"Made by hand, so it stays: {kind} “{name}” (--all takes codings out too).", where)
        )
    return result


def _survey(
    where: str,
    document: Document,
    targets: list[Ours],
    others: list[Ours],
    tree: CodeTree,
    everything: bool,
    result: Stripped,
) -> Survey:
    by_place = any(ours.by_name for ours in targets)
    survey = Survey(where, targets, others, tree, by_place=by_place, everything=everything)
    survey.scanner.scan(read_ahead(document()), Runs(survey.scanner, survey).feed)
    if not by_place and survey.unmatched and any(ours.record.note_guid for ours in targets):
        survey = Survey(where, targets, others, tree, by_place=True, everything=everything)
        survey.scanner.scan(read_ahead(document()), Runs(survey.scanner, survey).feed)
    if survey.matched_by_place:
        number = survey.matched_by_place
        result.findings.append(
            Finding(
                "strip-by-place",
                f"Another program rewrote the file; {count(number, 'coding was', 'codings were')} recognised by place.",
                where,
            )
        )
    return survey
