"""What the mapping workbook says about each code: how often, by how many, three examples. Needs no pandas."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from itertools import islice
from typing import cast

from qdpx_compassion.code_tree import CodeTree
from qdpx_compassion.mapping.workbook import CodeFacts
from qdpx_compassion.tables import TABLES, Project

_EXAMPLES = 3
#: An example of this length (in characters) says enough and can still be read in a cell; nearer is better.
_GOOD_LENGTH = 160


def code_facts(project: Project, tree: CodeTree) -> dict[str, CodeFacts]:
    """Facts by code key, from codings of selections and of whole sources.

    A participant is a source here; what stands inside a source (a transcript, a PDF's text) belongs to it.

    Args:
        project: read with texts.
        tree: its codes.
    """
    top = _top_sources(project)
    quotations = _Quotations(project)
    of_selections = [top[source] for source in project.column("selections", "source_row")]
    keys = [code.key for code in tree.codes]
    found: dict[str, _Code] = {}
    last, words = -1, ""
    codings = (project.column("codings", name) for name in ("owner_kind", "owner_row", "code_row"))
    for kind, owner, code_row in zip(*codings, strict=True):
        if code_row is None:
            continue
        key = keys[code_row]
        code = found.get(key)
        if code is None:
            code = found[key] = _Code()
        code.codings += 1
        if kind == "source":
            code.sources.add(top[owner])
            continue
        code.sources.add(of_selections[owner])
        if owner != last:  # codings of one selection follow each other
            last, words = owner, (quotations.of(owner) or "").strip()
        if words:
            code.keep_best(words)
    return {key: CodeFacts(code.codings, len(code.sources), tuple(code.examples)) for key, code in found.items()}


class _Quotations:
    """The quotations of selections; quick where they are asked for in document order, as codings stand."""

    def __init__(self, project: Project) -> None:
        self._rows, self._position = project.rows["selections"], TABLES["selections"].position["quotation"]
        self._column = project.column("selections", "quotation")
        self._next = 0

    def of(self, number: int) -> str | None:
        """What one marks."""
        if number < self._next:
            return cast("str | None", self._rows[number][self._position])
        found = next(islice(self._column, number - self._next, None))
        self._next = number + 1
        return cast("str | None", found)


@dataclass(slots=True)
class _Code:
    codings: int = 0
    sources: set[int] = field(default_factory=set)
    examples: list[str] = field(default_factory=list)
    _farthest: int = sys.maxsize  # from a good length, among as many examples as are kept

    def keep_best(self, quotation: str) -> None:
        """Keep the three examples that are easiest to read, in document order."""
        kept = self.examples
        if _distance(quotation) > self._farthest or quotation in kept:
            return
        kept.append(quotation)
        if len(kept) > _EXAMPLES:
            kept.remove(max(kept, key=_distance))
        if len(kept) == _EXAMPLES:
            self._farthest = max(map(_distance, kept))


def _distance(quotation: str) -> int:
    return abs(len(quotation) - _GOOD_LENGTH)


def _top_sources(project: Project) -> list[int]:
    """For each row of ``sources`` the row of the source that it stands in, itself at the top."""
    position = TABLES["sources"].position
    of_selection = TABLES["selections"].position["source_row"]
    rows, selections = project.rows["sources"], project.rows["selections"]
    top: list[int] = []
    for number, row in enumerate(rows):
        kind, parent = row[position["parent_kind"]], row[position["parent_row"]]
        if kind is None:
            top.append(number)
        else:
            top.append(top[parent if kind == "source" else selections[parent][of_selection]])
    return top
