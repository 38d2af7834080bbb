"""Coded documents as their readers see them: what a page and a Markdown file show of each text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml import html
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin

_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")


@dataclass
class Shown:
    """What one document shows.

    Attributes:
        lines: of its text, those that hold something. marked: number of a quotation → its words, line ends left out.
        notes: number of a quotation → what stands in the margin or footnote.
    """

    title: str
    lines: list[str] = field(default_factory=list)
    marked: dict[int, str] = field(default_factory=dict)
    notes: dict[int, str] = field(default_factory=dict)


def page_documents(data: bytes) -> list[Shown]:
    """The documents of a page."""
    found = []
    for section in html.document_fromstring(data.decode()).iterfind(".//section"):
        if "document" not in (section.get("class") or "").split():
            continue
        shown = Shown(content_of(section.find("./h2") if section.find("./h2") is not None else section.find("./h3")))
        for paragraph in section.iterfind("./div/div/p"):
            for number in paragraph.findall(".//sup"):
                number[:] = []
            shown.lines += [text] if (text := content_of(paragraph)).strip() else []
            for mark in paragraph.iterfind(".//mark"):
                for covers in map(int, (mark.get("data-quotations") or "").split()):
                    shown.marked[covers] = shown.marked.get(covers, "") + content_of(mark)
        for note in section.iterfind(".//li[@id]"):
            shown.notes[int((note.get("id") or "q0")[1:])] = content_of(note)
        found.append(shown)
    return found


def content_of(element: html.HtmlElement | None) -> str:
    """The words in an element."""
    return "" if element is None else str(element.text_content())


def markdown_tokens(text: str) -> list[Token]:
    """A Markdown file as GitHub and the like read it."""
    return MarkdownIt("gfm-like", {"html": True, "linkify": False}).use(footnote_plugin).parse(text)


def markdown_documents(text: str) -> list[Shown]:
    """The documents of a Markdown file; footnotes stand at its end for its readers."""
    tokens = markdown_tokens(text)
    found: list[Shown] = []
    notes: dict[int, str] = {}
    in_note, open_marks = 0, dict[int, str]()
    for at, token in enumerate(tokens):
        if token.type == "footnote_open":
            in_note = int(token.meta["label"])
        elif token.type == "footnote_close":
            in_note = 0
        if token.type != "inline":
            continue
        words = "".join(child.content if child.type != "footnote_ref" else "" for child in token.children or ())
        if in_note:
            notes[in_note] = notes.get(in_note, "") + words + "\n"
        elif tokens[at - 1].type == "heading_open":
            found.append(Shown(words))
        elif found and tokens[at - 1].type == "paragraph_open" and tokens[at - 1].level == 0:
            found[-1].lines.append(_unmarked(words, open_marks, found[-1]))
    for one in found:
        one.notes = {number: notes[number] for number in one.marked if number in notes}
    return found


def _unmarked(words: str, open_marks: dict[int, str], shown: Shown) -> str:
    """A line without brackets; what stands between them is added to its quotations."""
    line = ""
    for piece in re.split("(⟦[⁰¹²³⁴⁵⁶⁷⁸⁹]+⟧?|[⁰¹²³⁴⁵⁶⁷⁸⁹]+⟧)", words):
        if piece.startswith("⟦") and piece.endswith("⟧"):
            shown.marked[int(piece[1:-1].translate(_RAISED))] = ""
        elif piece.startswith("⟦"):
            open_marks[int(piece[1:].translate(_RAISED))] = ""
        elif piece.endswith("⟧"):
            number = int(piece[:-1].translate(_RAISED))
            shown.marked[number] = open_marks.pop(number)
        else:
            line += piece
            for number in open_marks:
                open_marks[number] += piece
    return line
