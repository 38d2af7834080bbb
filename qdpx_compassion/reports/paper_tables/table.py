"""A table as a paper prints it, whichever form it is written in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from qdpx_compassion.refi.characters import xml_text

if TYPE_CHECKING:
    import pandas as pd

# What turns the direction of the text that follows; outside a paragraph of its own it would turn the table's row.
_STEERING = re.compile("[\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Part:
    """So many of a whole, shown as ``14 (70%)``."""

    number: int
    whole: int

    def __str__(self) -> str:
        """Rounded as spreadsheets round: half a percent up."""
        percent = f" ({(200 * self.number + self.whole) // (2 * self.whole)}%)" if self.whole else ""
        return f"{self.number:,}{percent}"


Cell = str | int | float | Part | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, and whether it holds numbers."""

    heading: str
    number: bool = True


@dataclass(frozen=True, slots=True)
class Row:
    """A row; with ``head`` it sums up the rows below it, which are indented under it."""

    cells: tuple[Cell, ...]
    head: bool = False
    below: bool = False


@dataclass(frozen=True, repr=False)
class PaperTable:
    """A table.

    Attributes:
        name: what it is called in labels, for example ``overview``.
        caption: what it shows.
        columns: its columns; the first names the rows.
        rows: its rows.
        note: how it was counted.
    """

    name: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    note: str = ""

    def frame(self) -> pd.DataFrame:
        """The table as a DataFrame of texts, as the paper prints them; the first column is the index."""
        import pandas as pd

        headings = [column.heading for column in self.columns]
        frame = pd.DataFrame([[shown(cell) for cell in row.cells] for row in self.rows], columns=headings, dtype=object)
        return frame.set_index(headings[0])

    def _repr_html_(self) -> str:
        """How a notebook shows it: the caption, the table, the note."""
        head = "".join(_html("th", column.heading, column) for column in self.columns)
        body = "".join(f"<tr>{''.join(self._html_cells(row))}</tr>\n" for row in self.rows)
        note = f"<p><em>Note.</em> {escape(self.note)}</p>\n" if self.note else ""
        return (
            f"<p><strong>{escape(self.caption)}</strong></p>\n"
            f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody>\n</table>\n{note}"
        )

    def _html_cells(self, row: Row) -> Iterator[str]:
        for place, (cell, column) in enumerate(zip(row.cells, self.columns, strict=True)):
            text = f"\u2003{shown(cell)}" if row.below and not place else shown(cell)
            yield _html("td" if place else "th", text, column, strong=row.head)

    def __repr__(self) -> str:
        """As a terminal shows it."""
        return f"{self.caption}\n\n{self.frame().to_string()}" + (f"\n\nNote. {self.note}" if self.note else "")


def _html(tag: str, text: str, column: Column, *, strong: bool = True) -> str:
    align, weight = "right" if column.number else "left", "bold" if strong else "normal"
    return f'<{tag} style="text-align: {align}; font-weight: {weight};">{escape(text)}</{tag}>'


def shown(cell: Cell) -> str:
    """A cell as text, not escaped: numbers with their digits in groups of three, shares of 1 with two decimals."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return one_line(cell)
    if isinstance(cell, float):
        return f"{cell:.2f}"
    return f"{cell:,}" if isinstance(cell, int) else str(cell)


def one_line(text: str) -> str:
    """A text for a cell: white space folded, control characters by their symbols."""
    return " ".join(_STEERING.sub("", xml_text(" ".join(text.split())).replace("\x7f", "\u2421")).split())
