"""Rows of highlights as a project: each document's text is that of its highlights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from qdpx_compassion.formats.positions import HeldText, held_as
from qdpx_compassion.formats.taguette.html import FORM, write_html
from qdpx_compassion.formats.taguette.model import NO_DATE, Document, Highlight, Tag, TaguetteProject


@dataclass
class Gathered:
    """Which row became what.

    Attributes:
        documents: names in order. tags: names in order. highlights: what stood as id, in order.
    """

    documents: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    highlights: list[str] = field(default_factory=list)


def gather(rows: Sequence[Sequence[Any]], name: str) -> tuple[TaguetteProject, Gathered]:
    """Bring rows into a project.

    Args:
        rows: id, document, tag, content; rows of one id and document are one highlight.
        name: of the project.
    """
    project, gathered = TaguetteProject(name), Gathered()
    passages: dict[str, list[tuple[Highlight, str]]] = {}
    found: dict[tuple[str, str], Highlight] = {}
    tags: dict[str, int] = {}
    for number, document, tag, content in ([str(cell) for cell in row] for row in rows):
        key = (number or f"row {len(found)}", document)
        if key not in found:
            found[key] = Highlight(len(found) + 1, 0, 0, 0, "")
            passages.setdefault(document, []).append((found[key], held_as(content, FORM)))
            gathered.highlights.append(number)
        if tag and tags.setdefault(tag, len(tags) + 1) not in found[key].tags:
            found[key].tags.append(tags[tag])
    gathered.documents, gathered.tags = list(passages), list(tags)
    project.tags = [Tag(place, path) for path, place in tags.items()]
    for place, (document, marked) in enumerate(passages.items(), start=1):
        text = "\n".join(passage for _, passage in marked)
        held = HeldText(text, FORM)
        title = document or "unnamed"
        project.documents.append(Document(place, title, "", f"{title}.txt", NO_DATE, write_html(text)))
        at = 0
        for highlight, passage in marked:
            highlight.document, highlight.snippet = place, write_html(passage)
            highlight.start, highlight.end = held.to_format(at, at + len(passage))
            at += len(passage) + 1
            project.highlights.append(highlight)
    return project, gathered
