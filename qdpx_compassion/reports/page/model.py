"""What the page shows, before it is HTML: sections of texts, tables, charts and quotations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

#: How the cells of a column look, and how they are sorted.
Kind = Literal["name", "text", "long", "muted", "number", "people", "percent", "decimal", "heat", "quotes"]


@dataclass(frozen=True, slots=True)
class Quote:
    """A quotation in a cell or list.

    Attributes:
        text: its words, or its place where it has none.
        who: whose it is. words: whether the text is what somebody said.
        notes: further lines about it.
    """

    text: str
    who: str = ""
    words: bool = True
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table.

    Attributes:
        value: what stands in it; None: nothing.
        share: part of a whole beside the number, from 0 to 1.
        level: how deep a count is coloured, from 0 to 5.
        to: where a click leads, a fragment of this page (see ``leads.to_quotations``).
        quotes: quotations in place of a value. more: what leads to the others of them.
        tags: names with the CSS class of their colour.
        indent: how far the name is moved in.
        below: what stands in small print below the name.
        swatch: CSS class of the colour shown before the name.
    """

    value: str | int | float | None = None
    share: float | None = None
    level: int = 0
    to: str = ""
    quotes: tuple[Quote, ...] = ()
    more: str = ""
    tags: tuple[tuple[str, str], ...] = ()
    indent: int = 0
    swatch: str = ""
    below: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its heading, a word below it, the look of its cells."""

    heading: str
    kind: Kind = "text"
    note: str = ""


@dataclass
class Table:
    """A table.

    Attributes:
        caption: its title. note: what to know to read it.
        rows: cells, as many as columns. total: whether the first row sums up the others.
        empty: what stands there when there is no row.
        matrix: whether it is a table of counts, to be read across.
    """

    caption: str
    columns: Sequence[Column]
    rows: list[list[Cell]]
    note: str = ""
    total: bool = False
    empty: str = "Nothing is coded."
    matrix: bool = False

    @property
    def dense(self) -> bool:
        """Whether its numbers stand close, so that there is room for quotations."""
        return any(column.kind == "quotes" for column in self.columns)


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart.

    Attributes:
        title: what it shows. told: the same for those who cannot see it.
        spec: in Vega-Lite, without size and looks.
    """

    title: str
    told: str
    spec: dict[str, Any]


@dataclass
class Card:
    """A construct or theme with its texts, table and quotations."""

    title: str
    swatch: str = ""
    text: str = ""
    note: str = ""
    table: Table | None = None
    quotes: Sequence[Quote] = ()
    to: str = ""
    more: str = ""


@dataclass
class Block:
    """A table with its chart, a list of cards, or terms with what they mean."""

    table: Table | None = None
    chart: Chart | None = None
    cards: Sequence[Card] = ()
    terms: Sequence[tuple[str, str]] = ()
    heading: str = ""
    note: str = ""


@dataclass
class Section:
    """A section of the page.

    Attributes:
        id: in links. title: in the navigation. lead: what it holds.
        blocks: what it shows. browser: whether the browser of quotations stands here.
    """

    id: str
    title: str
    lead: str = ""
    blocks: list[Block] = field(default_factory=list)
    browser: bool = False
