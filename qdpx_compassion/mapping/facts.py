"""What the mapping workbook says about each code: how often, by how many, three examples. Needs no pandas."""

from __future__ import annotations

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
    selections = project.rows["selections"]
    position, coding = TABLES["selections"].position, TABLES["codings"].position
    number: dict[str, int] = {}
    sources: dict[str, set[int]] = {}
    examples: dict[str, list[str]] = {}
    for row in project.rows["codings"]:
        code_row = row[coding["code_row"]]
        if code_row is None:
            continue
        key = tree.codes[code_row].key
        number[key] = number.get(key, 0) + 1
        owner = row[coding["owner_row"]]
        if row[coding["owner_kind"]] == "source":
            sources.setdefault(key, set()).add(top[owner])
            continue
        selection = selections[owner]
        sources.setdefault(key, set()).add(top[selection[position["source_row"]]])
        quotation = selection[position["quotation"]]
        if quotation and quotation.strip():
            _keep_best(examples.setdefault(key, []), quotation.strip())
    return {
        key: CodeFacts(count, len(sources.get(key, ())), tuple(examples.get(key, ()))) for key, count in number.items()
    }


def _keep_best(kept: list[str], quotation: str) -> None:
    """Keep the three examples that are easiest to read, in document order."""
    if quotation in kept:
        return
    kept.append(quotation)
    if len(kept) > _EXAMPLES:
        kept.remove(max(kept, key=lambda text: abs(len(text) - _GOOD_LENGTH)))


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
