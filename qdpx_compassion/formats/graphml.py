"""GraphML of a project's codes: their tree, what they were mapped to, and which stand together; for Gephi, Cytoscape.

One undirected graph, because most of what is asked of it (degrees, clusters, layouts) is about what stands together.
Which end of the other edges is which, their nodes say: ``level`` and ``kind``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qdpx_compassion.code_tree import Code, CodeTree, write_path
from qdpx_compassion.enrich.elements import set_guid
from qdpx_compassion.enrich.own import own_guids
from qdpx_compassion.errors import UsageError
from qdpx_compassion.files.atomic import atomic_output
from qdpx_compassion.formats.base import Content, Loss, WriteOptions
from qdpx_compassion.formats.coded_documents.colors import is_color
from qdpx_compassion.formats.coded_documents.written_only import WrittenOnly
from qdpx_compassion.formats.codes import losses_beside_codes, refuse_without_codes
from qdpx_compassion.installed import how_to_add
from qdpx_compassion.refi.characters import xml_text
from qdpx_compassion.tables import normalise_guid

if TYPE_CHECKING:
    import networkx as nx

    from qdpx_compassion.study.codings import Coding

_COUNTS = "Who said and marked what is counted in the graph, not held."


@dataclass
class Network:
    """What the graph holds.

    Attributes:
        codes: all of them. constructs: rows of a framework's codes.
        places: code row → quotations, each place once. participants: likewise.
        mapped: (code row, row of the construct's code) → quotations of the code that have the construct's code too.
        together: (code row, code row) → pairs of quotations that overlap, as the study counts them.
    """

    codes: CodeTree
    constructs: set[int]
    places: Counter[int]
    participants: Counter[int]
    mapped: dict[tuple[int, int], int]
    together: Counter[tuple[int, int]]


class GraphMl(WrittenOnly):
    """The graph of codes.

    Args:
        info: what is known of the format.
    """

    mark = "http://graphml.graphdrawing.org/xmlns"

    def losses(self, content: Content) -> list[Loss]:
        """All but codes, what they were mapped to, and counts."""
        refuse_without_codes(content, self.info)
        return _losses(content, len(_sets(content, CodeTree.of(content.project))))

    def write(self, content: Content, target: Path, options: WriteOptions) -> list[Loss]:
        """Write the graph; the same project gives the same bytes.

        Raises:
            UsageError: networkx is not installed.
        """
        losses = self.losses(content)
        graph = graph_of(network_of(content), content.project.name)
        with atomic_output(target, force=options.force) as temporary:
            _networkx().write_graphml_xml(graph, temporary, encoding="utf-8")
        return losses


def network_of(content: Content) -> Network:
    """Count what the graph holds, by the rules of the study."""
    from qdpx_compassion.study.cooccurrence import cooccurrence
    from qdpx_compassion.study.participants import find_participants
    from qdpx_compassion.study.quotations import find_codings

    project = content.project
    tree = CodeTree.of(project)
    own = own_guids(project, tree)
    people = find_participants(project, own=own)
    constructs = {code.row for code in tree if code.key in own}
    rows = [row for row in find_codings(project, participants=people, own=own) if row.counted]
    held, whose = _by_place(content, rows)
    mapped = {
        (code, construct): sum(code in here and construct in here for here in held.values())
        for construct, codes in _sets(content, tree).items()
        for code in codes
    }
    return Network(
        tree,
        constructs,
        Counter(code for here in held.values() for code in here),
        Counter(code for code, _ in {(code, whose[key]) for key, here in held.items() for code in here}),
        mapped,
        cooccurrence(project, rows).pairs,
    )


def graph_of(network: Network, name: str) -> nx.MultiGraph[str]:
    """The network as networkx knows graphs. Texts are what XML can hold; numbers are integers."""
    graph: nx.MultiGraph[str] = _networkx().MultiGraph(name=xml_text(name))
    for code in network.codes:
        graph.add_node(_node(code.row), **_about(code, network))
    tree = [(code.parent, code.row) for code in network.codes if code.parent is not None]
    edges = [(*ends, {"kind": "contains", "weight": 1}) for ends in tree]
    for kind, counts in (("expresses", network.mapped), ("together", network.together)):
        # a weight of 0 is no edge to most programs
        edges += [
            (*ends, {"kind": kind, "weight": max(number, 1), "quotations": number})
            for ends, number in sorted(counts.items())
        ]
    for number, (one, other, about) in enumerate(edges):
        graph.add_edge(_node(one), _node(other), key=f"edge{number}", **about)
    return graph


def _networkx() -> Any:
    try:
        import networkx
    except ImportError as error:
        raise UsageError("GraphML needs the package networkx.", remedy=how_to_add("networkx")) from error
    return networkx


def _node(row: int) -> str:
    return f"code{row}"


def _about(code: Code, network: Network) -> dict[str, str | int]:
    """A node's attributes; Gephi shows ``label`` and takes colours from ``r``, ``g``, ``b``."""
    kind = "construct" if code.row in network.constructs else "case" if code.is_case else "code"
    about: dict[str, str | int] = {
        "label": xml_text(code.name),
        "path": xml_text(write_path(code.path)),
        "kind": kind,
        "level": len(code.path),
        "quotations": network.places[code.row],
        "participants": network.participants[code.row],
        "guid": xml_text(code.guid),
    }
    if code.description:
        about["definition"] = xml_text(code.description)
    if code.color is not None and is_color(code.color):
        color = code.color.strip()
        digits = color[1:] if len(color) == 7 else "".join(2 * digit for digit in color[1:])
        about |= {"color": f"#{digits.lower()}"}
        about |= {name: int(digits[at : at + 2], 16) for name, at in (("r", 0), ("g", 2), ("b", 4))}
    return about


def _by_place(content: Content, rows: list[Coding]) -> tuple[dict[Hashable, set[int]], dict[Hashable, int | None]]:
    """Place → the codes that stand there, a framework's too, and whose it is; places that count for the study alone."""
    from qdpx_compassion.study.places import Places

    places = Places(content.project)
    codings = content.project.rows["codings"]
    keys = {row: places.of_coding(coding[0], coding[1]).key for row, coding in enumerate(codings)}
    whose = {keys[row.coding_row]: row.participant_row for row in rows}
    held: dict[Hashable, set[int]] = {key: set() for key in whose}
    for row, code in enumerate(content.project.column("codings", "code_row")):
        if keys[row] in held and code is not None:
            held[keys[row]].add(code)
    return held, whose


def _sets(content: Content, tree: CodeTree) -> dict[int, list[int]]:
    """A construct's code → the codes mapped to it: the sets that enriching writes, by GUID or, renewed, by name."""
    own = own_guids(content.project, tree)
    constructs = [code for code in tree if code.key in own]
    by_guid = {set_guid(code.key): code.row for code in constructs}
    by_name = {f": {code.name}": code.row for code in constructs}
    members: dict[int, list[int]] = {}
    for set_row, kind, target in content.project.rows["set_members"]:
        code = tree.by_key.get(normalise_guid(target or ""))
        if kind == "MemberCode" and code is not None:
            members.setdefault(set_row, []).append(code.row)
    found: dict[int, list[int]] = {}
    for row, (guid, name, *_) in enumerate(content.project.rows["sets"]):
        key = normalise_guid(guid or "")
        construct = by_guid.get(key)
        if construct is None and key in own:
            construct = next((code for end, code in by_name.items() if (name or "").endswith(end)), None)
        if construct is not None:
            found[construct] = list(dict.fromkeys(members.get(row, [])))
    return found


def _losses(content: Content, sets: int) -> list[Loss]:
    rows = content.project.rows
    members = sum(map(len, _sets(content, CodeTree.of(content.project)).values()))
    losses = losses_beside_codes(content, ("name", "description", "guid", "color"), sets=sets, members=members)
    if colors := sum(bool(color) and not is_color(color) for color in content.project.column("codes", "color")):
        losses.insert(0, Loss("codes.color", colors, "It is no #rrggbb."))
    counted = ("selections", "codings")
    return [Loss(one.kind, one.count, _COUNTS) if one.kind in counted and rows[one.kind] else one for one in losses]
