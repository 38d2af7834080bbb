"""Coded documents as one page that needs nothing else: no script, and nothing of a text is taken for HTML or run."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from qdpx_compassion.code_tree import Code, write_path
from qdpx_compassion.files.atomic import atomic_output
from qdpx_compassion.formats.base import Content, FormatInfo, Loss, WriteOptions
from qdpx_compassion.formats.coded_documents.colors import shades
from qdpx_compassion.formats.coded_documents.gathering import gather
from qdpx_compassion.formats.coded_documents.losses import losses_of
from qdpx_compassion.formats.coded_documents.marking import Run, lanes, lines
from qdpx_compassion.formats.coded_documents.model import Coded, Document, Quotation
from qdpx_compassion.formats.coded_documents.written_only import WrittenOnly
from qdpx_compassion.refi.characters import xml_text

#: What the page begins with, so that it is known for what it is.
MARK = "<!-- qdpx-compassion: coded documents -->"
#: Lines of colour below a text, at most; what has no line stands in the margin all the same.
_LANES = 6
_DEPTHS = 6


@dataclass(frozen=True, slots=True)
class _Piece:
    """A run as the template writes it.

    Attributes:
        text: the words. refs: quotations that begin here. numbers: of the quotations that cover it, parted by spaces.
        title: its codes, for the pointer and for screen readers. under: CSS classes of its lines, the outermost first.
        height: how many lines fit below it.
    """

    text: str
    refs: tuple[Quotation, ...]
    numbers: str
    title: str
    under: tuple[str, ...]
    height: int


@dataclass(frozen=True, slots=True)
class _Row:
    """A line: its pieces, the quotations that begin in it, CSS class by how many colours lie below each other."""

    pieces: list[_Piece]
    begin: tuple[Quotation, ...]
    height: str


class Html(WrittenOnly):
    """Coded documents as a page.

    Args:
        info: what is known of the format.
    """

    mark = MARK

    def losses(self, content: Content) -> list[Loss]:
        """What the page does not show."""
        return losses_of(content, gather(content, self.info))

    def write(self, content: Content, target: Path, options: WriteOptions) -> list[Loss]:
        """Write the page; the same project gives the same bytes."""
        project = gather(content, self.info)
        style = _template_text("page.css") + _colors([entry.code for entry in project.codes])
        page = _environment().get_template("page.html")
        made = page.generate(
            mark=Markup(MARK),  # noqa: S704 - our own
            project=project,
            policy=f"default-src 'none'; style-src {_hash(style)}; base-uri 'none'; form-action 'none'",
            style=Markup(style),  # noqa: S704 - our own file, and colours that are checked
            rows=_rows,
            depth=lambda code: min(len(code.path), _DEPTHS) - 1,
            path=lambda code: write_path(code.path),
        )
        with atomic_output(target, force=options.force) as temporary, temporary.open("wb") as file:
            for part in made:
                file.write(part.encode("utf-8", "replace"))
        return losses_of(content, project)


def html(info: FormatInfo) -> Html:
    """Coded documents as one page."""
    return Html(info)


def _environment() -> Environment:
    """The templates, with everything that they show escaped and cleaned of characters that HTML cannot hold."""
    made = Environment(
        loader=PackageLoader("qdpx_compassion.formats.coded_documents", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_clean,
    )
    made.filters["swatch"] = _swatch
    return made


def _clean(value: Any) -> Any:
    if isinstance(value, str) and not isinstance(value, Markup) and not (value.isascii() and value.isprintable()):
        # a carriage return would be a line feed to whoever reads the page
        return xml_text(value).replace("\r\n", "\n").replace("\r", "\n")
    return value


def _template_text(name: str) -> str:
    return (Path(__file__).parent / "templates" / name).read_text(encoding="utf-8")


def _colors(codes: list[Code]) -> str:
    """A rule for each code; every colour in it was made here."""
    rules = []
    for code in codes:
        light, dark = shades(code.color, code.row)
        rules.append(f".c{code.row}{{--code:light-dark({light},{dark})}}\n")
    return "".join(rules)


def _swatch(coded: Coded) -> str:
    """The CSS class of a code's colour."""
    return f"c{coded.code.row}" if coded.code else "c-none"


def _rows(document: Document) -> Iterator[_Row]:
    """The lines of a document with their marks."""
    lane = lanes(document.marked, {one.number: len(one.codes) for one in document.marked})
    for line in lines(document.text or "", document.marked):
        pieces = [_piece(run, lane) for run in line.runs]
        yield _Row(pieces, line.begin, f"h{max((one.height for one in pieces), default=0)}")


def _piece(run: Run, lane: dict[int, int]) -> _Piece:
    under: dict[int, str] = {}
    for one in run.quotations:
        for at, coded in enumerate(one.codes or [Coded(None)], start=lane[one.number]):
            if at < _LANES:
                under[at] = f"lane l{at} {_swatch(coded) if one.codes else 'c-none'}"
    title = "; ".join(
        f"{one.number}: {', '.join(coded.name for coded in one.codes) or 'memo'}" for one in run.quotations
    )
    numbers = " ".join(str(one.number) for one in run.quotations)
    height = max(under, default=-1) + 1
    return _Piece(run.text, run.begin, numbers, title, tuple(under[at] for at in sorted(under, reverse=True)), height)


def _hash(text: str) -> str:
    return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode() + "'"
