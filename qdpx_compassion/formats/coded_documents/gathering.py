"""From the tables of a project to its coded documents."""

from __future__ import annotations

from typing import Any

from qdpx_compassion.code_tree import CodeTree
from qdpx_compassion.errors import OutputError
from qdpx_compassion.formats.base import Content, FormatInfo
from qdpx_compassion.formats.coded_documents.memos import Memos
from qdpx_compassion.formats.coded_documents.model import Coded, CodedProject, CodeEntry, Document, Quotation, Remark
from qdpx_compassion.formats.source_texts import Spans
from qdpx_compassion.refi.names import TEXT_KINDS
from qdpx_compassion.study.places import Places
from qdpx_compassion.tables import TABLES, normalise_guid

_SOURCE, _SELECTION, _CODING = (TABLES[name].position for name in ("sources", "selections", "codings"))
_KINDS = {
    "TextSource": "Text", "PictureSource": "Picture", "PDFSource": "PDF", "AudioSource": "Sound recording",
    "VideoSource": "Video", "TextDescription": "Description of the picture", "Representation": "Text of the PDF",
    "Transcript": "Transcript", "Note": "Memo",
}  # fmt: skip
#: A case's coding of a text often stops a few characters short; from here on it is of the whole text.
_NEARLY_ALL = 0.95


def gather(content: Content, info: FormatInfo) -> CodedProject:
    """What is written of a project.

    Raises:
        OutputError: it has no documents.
    """
    if not content.project.rows["sources"]:
        raise OutputError(
            f"{info.name} need documents, and the project has none: nothing of it could be written.",
            where=content.project.name,
            remedy="For the codes alone write an outline: --to outline.",
        )
    return _Gathering(content).project()


class _Gathering:
    def __init__(self, content: Content) -> None:
        self._content, self._rows = content, content.project.rows
        self._tree = CodeTree.of(content.project)
        self._places = Places(content.project)
        self._memos = Memos(content)
        self._users = {
            normalise_guid(user["guid"] or ""): (user["name"] or user["id"] or "").strip()
            for user in content.project.records("users")
        }
        self._selections: dict[int, list[int]] = {}
        for row in range(len(self._rows["selections"])):
            chosen = self._places.of_selection(row).selection_row  # an area that a program wrote as text too
            home = self._rows["selections"][row if chosen is None else chosen]
            self._selections.setdefault(home[_SELECTION["source_row"]], []).append(row)
        self._codings: dict[tuple[str, int], list[int]] = {}
        for row, coding in enumerate(self._rows["codings"]):
            self._codings.setdefault((coding[0], coding[1]), []).append(row)
        self._number = 0

    def project(self) -> CodedProject:
        about = next(self._content.project.records("project"), {})
        children: dict[int, list[int]] = {}
        for row, top in enumerate(self._places.top):
            if row != top:
                children.setdefault(top, []).append(row)
        tops = [row for row, top in enumerate(self._places.top) if row == top]
        sources = [row for row in tops if not self._places.is_note(row)]
        documents = [one for row in sources for one in self._with_texts(row, children.get(row, []))]
        counts = self._counts()
        made = CodedProject(
            name=about.get("name") or self._content.project.name,
            file=self._content.project.name,
            program=about.get("origin") or "",
            remarks=[*_comment(about.get("description")), *self._memos.of("project", 0)],
            codes=[CodeEntry(one, counts.get(one.row, 0), self._memos.of("code", one.row)) for one in self._tree],
            documents=documents,
            memos=[],
        )
        notes = [row for row in tops if self._places.is_note(row)]
        made.memos = [
            self._document(row) for row in notes if row in self._selections or self._whole_codings(row)
            or not self._memos.is_shown(row) or self._memos.has("source", row)
        ]  # fmt: skip
        for number, one in enumerate((*made.documents, *made.memos), start=1):
            one.number = number
        made.refs, made.links = self._memos.refs, len(self._memos.links)
        return made

    def _with_texts(self, row: int, children: list[int]) -> list[Document]:
        return [self._document(row), *(self._document(child, inside=True) for child in children)]

    def _document(self, row: int, *, inside: bool = False) -> Document:
        source = self._rows["sources"][row]
        kind = _KINDS[source[0]]
        spans = Spans(self._content, row) if source[0] in TEXT_KINDS else None
        document = Document(
            title=(source[_SOURCE["name"]] or "").strip() or (kind if inside else "(no name)"),
            kind=kind,
            text=spans.text if spans else None,
            missing=spans is not None and spans.text is None,
            inside=inside,
            remarks=[*_comment(source[_SOURCE["description"]]), *self._memos.of("source", row)],
            whole=self._coded(self._whole_codings(row)),
        )
        self._mark(document, spans, self._selections.get(row, []))
        for one in document.quotations:
            self._number += 1
            one.number = self._number
        return document

    def _whole_codings(self, row: int) -> list[int]:
        return self._codings.get(("source", row), [])

    # -- quotations ---------------------------------------------------------------------------------------------------

    def _mark(self, document: Document, spans: Spans | None, rows: list[int]) -> None:
        found: dict[Any, Quotation] = {}
        codings: dict[Any, list[int]] = {}
        for row in rows:
            chosen = self._places.of_selection(row).selection_row
            selection = self._rows["selections"][row if chosen is None else chosen]
            span = spans(selection) if spans else None
            key: Any = span if span else self._places.of_selection(row).key
            if key not in found:
                found[key] = Quotation(*(span or (None, None)))
                if span is None:
                    found[key].place = selection[_SELECTION["place"]] or ""
                    words = selection[_SELECTION["quotation"]] or ""
                    found[key].words = "" if words == found[key].place else words
            area = self._places.area_of.get(row)
            if area is not None and not found[key].place:
                found[key].place = self._rows["selections"][area][_SELECTION["place"]] or ""
            found[key].remarks += [
                *_comment(self._rows["selections"][row][_SELECTION["description"]]),
                *self._memos.of("selection", row),
            ]
            codings.setdefault(key, []).extend(self._codings.get(("selection", row), []))
        for key, one in found.items():
            one.remarks = list(dict.fromkeys(one.remarks))
            one.codes = self._coded(codings[key])
            if document.text is not None and not one.remarks and _is_all(one, document.text):
                document.whole = _united([*document.whole, *one.codes])
        whole = {id(one) for one in found.values() if not one.remarks and _is_all(one, document.text or "")}
        every = [one for one in found.values() if id(one) not in whole]
        marked = [one for one in every if one.first is not None]
        document.marked = sorted(marked, key=lambda one: (one.first or 0, -(one.last or 0)))
        document.elsewhere = [one for one in every if one.first is None]

    def _coded(self, rows: list[int]) -> list[Coded]:
        """The codes of codings, each once with its coders."""
        single = []
        for row in rows:
            coding = self._rows["codings"][row]
            code = coding[_CODING["code_row"]]
            coder = self._users.get(normalise_guid(coding[_CODING["creating_user"]] or ""), "")
            remarks = self._memos.of("coding", row)
            single.append(Coded(None if code is None else self._tree.codes[code], [coder] if coder else [], remarks))
        return _united(single)

    def _counts(self) -> dict[int, int]:
        """Code → places at which it stands."""
        places: dict[int, set[Any]] = {}
        for coding in self._rows["codings"]:
            if coding[_CODING["code_row"]] is not None:
                place = self._places.of_coding(coding[0], coding[1])
                places.setdefault(coding[_CODING["code_row"]], set()).add(place.key)
        return {code: len(keys) for code, keys in places.items()}


def _united(codes: list[Coded]) -> list[Coded]:
    found: dict[int | None, Coded] = {}
    for one in codes:
        key = one.code.row if one.code else None
        united = found.setdefault(key, Coded(one.code))
        united.coders += [coder for coder in one.coders if coder not in united.coders]
        united.remarks += one.remarks
    return list(found.values())


def _is_all(one: Quotation, text: str) -> bool:
    """Whether a quotation is the whole text, white space around it aside; of a case's also nearly the whole."""
    if one.first is None or one.last is None or not one.codes or one.first == one.last:
        return False
    if not text[: one.first].strip() and not text[one.last :].strip():
        return True
    cases = all(coded.code is not None and coded.code.is_case for coded in one.codes)
    return cases and one.last - one.first >= _NEARLY_ALL * len(text)


def _comment(text: str | None) -> list[Remark]:
    return [Remark("", text)] if text and text.strip() else []
