"""Coded documents as Markdown: quotations between numbered brackets, their codes and memos in footnotes.

Brackets and not emphasis, because quotations overlap: ``⟦¹I felt ⟦²heard¹⟧[^1] and seen²⟧[^2]``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from qdpx_compassion.files.atomic import atomic_output
from qdpx_compassion.formats.base import Content, FormatInfo, Loss, WriteOptions
from qdpx_compassion.formats.coded_documents.gathering import gather
from qdpx_compassion.formats.coded_documents.losses import losses_of
from qdpx_compassion.formats.coded_documents.marking import Run, lines
from qdpx_compassion.formats.coded_documents.model import Coded, CodedProject, Document, Quotation, Remark
from qdpx_compassion.formats.coded_documents.written_only import WrittenOnly
from qdpx_compassion.markdown_text import escape_line, escape_markdown
from qdpx_compassion.refi.characters import xml_text

#: What the file begins with, so that it is known for what it is.
MARK = "<!-- qdpx-compassion: coded documents -->"
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


class Markdown(WrittenOnly):
    """Coded documents as Markdown.

    Args:
        info: what is known of the format.
    """

    mark = MARK

    def losses(self, content: Content) -> list[Loss]:
        """What the file does not show."""
        return _losses(content, gather(content, self.info))

    def write(self, content: Content, target: Path, options: WriteOptions) -> list[Loss]:
        """Write the file: UTF-8, a paragraph for each line of a text."""
        project = gather(content, self.info)
        with atomic_output(target, force=options.force) as temporary, temporary.open("wb") as file:
            for block in _blocks(project):
                file.write(f"{block}\n\n".encode("utf-8", "replace"))
        return _losses(content, project)


def markdown(info: FormatInfo) -> Markdown:
    """Coded documents as Markdown."""
    return Markdown(info)


def _losses(content: Content, project: CodedProject) -> list[Loss]:
    losses = losses_of(content, project)
    if colors := sum(bool(code.code.color) for code in project.codes):
        losses = [loss for loss in losses if loss.kind != "codes.color"]
        losses.append(Loss("codes.color", colors, "Markdown has no colours."))
    return losses


def _blocks(project: CodedProject) -> Iterator[str]:
    """The paragraphs of the file."""
    yield MARK
    yield f"# {_inline(project.name) or 'Coded documents'}"
    program = f", written by {_inline(project.program)}" if project.program else ""
    yield (
        f"Coded documents, made from {_inline(project.file)}{program}. Numbered brackets show where a quotation begins "
        "and ends; its footnote has the codes."
    )
    yield from _remarks(project.remarks)
    for document in project.documents:
        yield from _document(document, "###" if document.inside else "##")
    if project.memos:
        yield "## Memos"
        for document in project.memos:
            yield from _document(document, "###")
    if project.codes:
        yield "## Codes"
    for entry in project.codes:
        # levels by path: a list as deep as some trees of codes is more than readers of Markdown bear
        path = " › ".join(_inline(name) or "(no name)" for name in entry.code.path)
        case = ", case" if entry.code.is_case else ""
        yield f"**{path}** ({entry.count:,}{case})"
        if entry.code.description:
            yield from _quoted(entry.code.description)
        yield from _remarks(entry.remarks)


def _document(document: Document, sign: str) -> Iterator[str]:
    yield f"{sign} {_inline(document.title) or '(no name)'}"
    yield f"*{document.kind}{'; its text is missing' if document.missing else ''}*"
    if document.whole:
        yield f"Coded as a whole: {_codes(document.whole)}"
        for coded in document.whole:
            yield from _remarks(coded.remarks)
    yield from _remarks(document.remarks)
    for line in lines(document.text or "", document.marked):
        if written := _line(line.runs):
            yield written
    for one in document.elsewhere:
        place = _inline(one.place) or "somewhere"
        yield f"{_mark(one)} {place}"
        if one.words:
            yield from _quoted(one.words)
    for one in document.quotations:
        yield from _footnote(one)


def _line(runs: tuple[Run, ...]) -> str:
    """A line of a text with its brackets."""
    written = ""
    for number, run in enumerate(runs):
        points = [one for one in run.begin if one in run.end and not run.text]
        written += "".join(map(_mark, points))
        written += "".join(f"⟦{_raised(one)}" for one in run.begin if one not in points)
        text = xml_text(run.text)
        last = number == len(runs) - 1 and not run.end
        if not written:
            written += escape_line(text, ends=last)
        elif last:
            bare = text.rstrip()
            written += escape_markdown(bare) + escape_line(text[len(bare) :])
        else:
            written += escape_markdown(text)
        written += "".join(f"{_raised(one)}⟧[^{one.number}]" for one in reversed(run.end) if one not in points)
    return written


def _mark(one: Quotation) -> str:
    return f"⟦{_raised(one)}⟧[^{one.number}]"


def _raised(one: Quotation) -> str:
    return str(one.number).translate(_RAISED)


def _footnote(one: Quotation) -> Iterator[str]:
    """A footnote: its codes, then the memos as paragraphs of it."""
    place = f" {_inline(one.place)}." if one.place and one.first is not None else ""
    yield f"[^{one.number}]: {_codes(one.codes) or 'No code.'}{place}"
    for remark in [*(remark for coded in one.codes for remark in coded.remarks), *one.remarks]:
        for paragraph in _paragraphs(remark):
            yield f"    {paragraph}"


def _codes(codes: Iterable[Coded]) -> str:
    return "; ".join(
        f"**{_inline(one.name) or '(no name)'}**" + (f" ({_inline(', '.join(one.coders))})" if one.coders else "")
        for one in codes
    )


def _remarks(remarks: Iterable[Remark]) -> Iterator[str]:
    for remark in remarks:
        yield "\n>\n".join(f"> {paragraph}" for paragraph in _paragraphs(remark))


def _paragraphs(remark: Remark) -> list[str]:
    """A memo: its head, then its lines."""
    head = f"**{_inline(remark.title) or 'Memo'}**" if remark.title else "Comment"
    author = f" ({_inline(remark.author)})" if remark.author.strip() else ""
    return [f"{head}{author}", *_lines_of(remark.text)]


def _quoted(text: str) -> Iterator[str]:
    if found := _lines_of(text):
        yield "\n>\n".join(f"> {line}" for line in found)


def _lines_of(text: str) -> list[str]:
    """The lines of a text that hold something, escaped."""
    return [escape_line(line) for line in xml_text(text).replace("\r", "\n").split("\n") if line.strip()]


def _inline(text: str) -> str:
    """A text on one line, with single spaces."""
    return escape_markdown(" ".join(xml_text(text).split()))
