"""The network of codes: networkx reads what was written, and its counts are those of the study."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
from format_cases import HARD_TEXTS, random_content
from lxml import etree

from qdpx_compassion.api import open_project
from qdpx_compassion.errors import OutputError, UsageError
from qdpx_compassion.formats import Content, WriteOptions
from qdpx_compassion.formats.registry import by_id, for_input, for_output
from qdpx_compassion.refi.characters import xml_text
from qdpx_compassion.refi.reader import read_project
from qdpx_compassion.tables import TABLES

ROOT = Path(__file__).resolve().parents[3]
STUDY = ROOT / "sample_projects" / "values-study"
SCHEMA_TYPES = {"string", "long", "int"}


def written(content: Content, target: Path) -> nx.MultiGraph[str]:
    chosen = by_id("graphml")
    assert chosen.write(content, target, WriteOptions(force=True)) == chosen.losses(content)
    graph: nx.MultiGraph[str] = nx.MultiGraph(nx.read_graphml(target, force_multigraph=True))
    return graph


def edges(graph: nx.MultiGraph[str], kind: str) -> dict[tuple[int, int], dict[str, Any]]:
    found = {}
    for one, other, about in graph.edges(data=True):
        if about["kind"] == kind:
            first, second = sorted((int(one.removeprefix("code")), int(other.removeprefix("code"))))
            assert (first, second) not in found
            found[first, second] = about
    return found


@pytest.mark.parametrize("program", ["nvivo", "atlasti"])
def test_what_stands_together_is_counted_as_the_study_counts_it(tmp_path: Path, program: str) -> None:
    path = STUDY / f"values-study-{program}.qdpx"
    project = open_project(path)
    graph = written(Content(project), tmp_path / "a.graphml")
    summary = project.summary()
    together = edges(graph, "together")
    assert {ends: about["weight"] for ends, about in together.items()} == dict(summary.cooccurrence.pairs)
    assert len(together) > 30
    values = summary.values.set_index("code_row")
    for row, value in values.iterrows():
        node = graph.nodes[f"code{row}"]
        assert node["label"] == value["value"]
        assert node["participants"] == value["participants"]
    tree = {
        (code["parent_row"], row) for row, code in enumerate(project.records("codes")) if code["parent_row"] is not None
    }
    assert set(edges(graph, "contains")) == tree
    assert graph.number_of_nodes() == len(project.rows["codes"])
    assert all(isinstance(about["weight"], int) for *_, about in graph.edges(data=True))


def test_a_mapping_is_in_the_graph_of_an_enriched_project(tmp_path: Path) -> None:
    from qdpx_compassion.api import enrich

    path = STUDY / "values-study-atlasti.qdpx"
    enriched = tmp_path / "enriched.qdpx"
    enrich(path, STUDY / "mapping.xlsx", enriched)
    before = written(Content(open_project(path)), tmp_path / "before.graphml")
    project = open_project(enriched)
    graph = written(Content(project), tmp_path / "after.graphml")
    mapped = edges(graph, "expresses")
    names = {row: code["name"] for row, code in enumerate(project.records("codes"))}
    sets = {
        row: one["name"].rpartition(": ")[2] for row, one in enumerate(project.records("sets")) if ": " in one["name"]
    }
    guids = {code["guid"]: code["name"] for code in project.records("codes")}
    wanted = {
        (guids[member["target_guid"]], sets[member["set_row"]])
        for member in project.records("set_members")
        if member["set_row"] in sets and sets[member["set_row"]] in names.values()
    }
    found = {(names[one], names[other]) for one, other in mapped}
    assert found == wanted
    assert len(found) == 48
    kinds = {names[int(node.removeprefix("code"))]: about["kind"] for node, about in graph.nodes(data=True)}
    assert {kinds[construct] for _, construct in found} == {"construct"}
    assert {kinds[code] for code, _ in found} == {"code"}
    # the study's own codes stand together as before
    assert sorted(about["weight"] for about in edges(graph, "together").values()) == sorted(
        about["weight"] for about in edges(before, "together").values()
    )
    for (code, construct), about in mapped.items():
        codings = project.table("codings")
        places = [
            set(map(tuple, codings[codings["code_row"] == row][["owner_kind", "owner_row"]].to_numpy().tolist()))
            for row in (code, construct)
        ]
        assert about["quotations"] == len(places[0] & places[1])


def test_names_of_any_characters_are_valid_xml_and_attributes_have_types(tmp_path: Path) -> None:
    project = read_project(STUDY / "values-study-nvivo.qdpx")
    at = TABLES["codes"].position
    texts = [text for text in HARD_TEXTS if len(text) < 1000] + ["\x00\x1f\ufffe", "<b>&amp;]]>"]
    for row, text in zip(project.rows_to_change()["codes"], texts, strict=False):
        row[at["name"]] = row[at["description"]] = row[at["color"]] = text
    project.rows_to_change()["codes"][0][at["color"]] = "#12AB34"
    target = tmp_path / "a.graphml"
    graph = written(Content(project), target)
    assert [graph.nodes["code0"][name] for name in ("color", "r", "g", "b")] == ["#12ab34", 0x12, 0xAB, 0x34]
    for number, text in enumerate(texts[: len(project.rows["codes"])]):
        assert graph.nodes[f"code{number}"]["label"].replace("\r", "\n") == xml_text(text).replace(
            "\r\n", "\n"
        ).replace("\r", "\n")
    root = etree.parse(target).getroot()
    space = "{http://graphml.graphdrawing.org/xmlns}"
    keys = root.findall(f"{space}key")
    assert len({key.get("id") for key in keys}) == len(keys)
    assert {key.get("attr.type") for key in keys} <= SCHEMA_TYPES
    assert {(key.get("attr.name"), key.get("attr.type")) for key in keys} >= {
        ("label", "string"), ("weight", "long"), ("r", "long"), ("level", "long"),
    }  # fmt: skip
    ids = [edge.get("id") for edge in root.iter(f"{space}edge")]
    assert len(set(ids)) == len(ids)
    first = target.read_bytes()
    written(Content(project), target)
    assert target.read_bytes() == first


@pytest.mark.parametrize("seed", range(10))
def test_any_project_is_written_and_losses_are_listed(tmp_path: Path, seed: int) -> None:
    content = random_content(seed, tmp_path)
    if not content.project.rows["codes"]:
        with pytest.raises(OutputError, match="codes alone"):
            by_id("graphml").losses(content)
        return
    graph = written(content, tmp_path / "a.graphml")
    rows = content.project.rows
    assert graph.number_of_nodes() == len(rows["codes"])
    lost = {loss.kind: loss.count for loss in by_id("graphml").losses(content)}
    for table in ("users", "sources", "selections", "codings", "cases", "links", "graphs"):
        assert lost.get(table, 0) == len(rows[table])
    for row, code in enumerate(content.project.records("codes")):
        node = graph.nodes[f"code{row}"]
        assert node["guid"] == code["guid"]
        assert ("color" in node) == (code["color"] is not None and "codes.color" not in lost) or "codes.color" in lost


def test_it_is_written_by_its_name_and_never_read(tmp_path: Path) -> None:
    target = tmp_path / "a.graphml"
    assert for_output(target).info.id == "graphml"
    written(Content(read_project(STUDY / "values-study-nvivo.qdpx")), target)
    with pytest.raises(UsageError, match="is written, not read"):
        for_input(target)


def test_without_networkx_it_says_what_to_install(tmp_path: Path) -> None:
    program = (
        "import sys; sys.modules['networkx'] = None\n"
        "from qdpx_compassion.formats.converting import convert\nfrom pathlib import Path\n"
        f"convert(Path({str(STUDY / 'values-study-nvivo.qdpx')!r}), Path({str(tmp_path / 'a.graphml')!r}))"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)  # noqa: S603
    assert "python -m pip install networkx" in run.stderr
    assert not (tmp_path / "a.graphml").exists()
