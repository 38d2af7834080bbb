"""Checking a mapping against a project, bringing it up to date, and comparing two."""

from typing import Any

import pytest

from qdpx_compassion.findings import Severity
from qdpx_compassion.frameworks.framework import Framework
from qdpx_compassion.mapping.check import check_mapping
from qdpx_compassion.mapping.compare import compare_mappings
from qdpx_compassion.mapping.model import Mapping, MappingRow, ParticipantRow, SelectionException
from qdpx_compassion.mapping.resolve import resolve
from qdpx_compassion.mapping.update import update_mapping

Make = Any


def row(name: str, *yes: str, where: str = "", **more: Any) -> MappingRow:
    return MappingRow("", (name,), dict.fromkeys(yes, True), where=where, **more)


def test_an_undecided_code_is_named_with_its_cell_only_when_it_has_codings(
    framework: Framework, make_tree: Make
) -> None:
    tree = make_tree("A", "B", "C")
    mapping = Mapping((row("A", "acting"), row("B", where="Mapping!B3"), row("C", where="Mapping!B4")), name="m.xlsx")
    findings = check_mapping(mapping, framework, tree, codings_of={tree.codes[1].key: 4})
    assert [(one.code, one.where) for one in findings] == [("mapping-undecided", "Mapping!B3")]
    assert "4 codings" in findings[0].message


def test_a_code_without_a_row_is_undecided_too(framework: Framework, make_tree: Make) -> None:
    tree = make_tree("A", "B")
    mapping = Mapping((row("A", "acting"),), name="m.xlsx")
    findings = check_mapping(mapping, framework, tree, codings_of={tree.codes[1].key: 4})
    assert [(one.code, one.where) for one in findings] == [("mapping-undecided", "m.xlsx")]


def test_a_mapping_that_maps_nothing_says_so(framework: Framework, make_tree: Make) -> None:
    findings = check_mapping(Mapping((row("A"),)), framework, make_tree("A"), codings_of={})
    assert [one.code for one in findings] == ["mapping-empty"]


@pytest.mark.parametrize("known", [{"s-1"}, frozenset({"s-1"}), lambda guid: guid == "s-1"])
def test_an_exception_about_a_selection_that_is_gone_is_an_error(
    framework: Framework, make_tree: Make, known: Any
) -> None:
    exceptions = (SelectionException("{S-1}", "acting", True), SelectionException("s-2", "acting", True, "", "E!A3"))
    mapping = Mapping((row("A", "acting"),), (), exceptions)
    findings = check_mapping(mapping, framework, make_tree("A"), codings_of={}, selection_guids=known)
    assert [(one.code, one.where) for one in findings] == [("mapping-exception-gone", "E!A3")]


def test_participants_that_are_gone_doubled_or_share_a_label_are_named(framework: Framework, make_tree: Make) -> None:
    people = (
        ParticipantRow("p-1", "Anna", "P01", where="P!A2"),
        ParticipantRow("{P-1}", "Anna", where="P!A3"),
        ParticipantRow("p-2", "Ben", "P01", where="P!A4"),
        ParticipantRow("p-3", "Carl", where="P!A5"),
    )
    findings = check_mapping(
        Mapping((row("A", "acting"),), people),
        framework,
        make_tree("A"),
        codings_of={},
        participant_keys={"p-1", "p-2"},
    )
    assert [(one.code, one.where) for one in findings] == [
        ("mapping-participant", "P!A3"),
        ("mapping-participant", "P!A4"),
        ("mapping-participant", "P!A5"),
    ]


def test_an_update_has_a_row_for_each_code_and_loses_no_decision(framework: Framework, make_tree: Make) -> None:
    tree = make_tree("A", "B")
    earlier = Mapping((row("A", "acting", rationale="why"), row("Gone", "acting"), row("Empty")))
    mapping, findings = update_mapping(earlier, framework, tree)
    assert [(one.path, one.marks, one.rationale) for one in mapping.rows] == [
        (("A",), {"acting": True}, "why"),
        (("B",), {}, ""),
    ]
    assert [one.path for one in mapping.set_aside] == [("Gone",)]
    assert [one.guid for one in mapping.rows] == [code.guid for code in tree]
    assert [(one.code, one.severity) for one in findings] == [
        ("mapping-code-gone", Severity.WARNING),
        ("mapping-code-gone", Severity.WARNING),
        ("mapping-code-new", Severity.NOTE),
    ]
    again, nothing = update_mapping(mapping, framework, tree)
    assert (again, nothing) == (mapping, [])


def test_two_mappings_agree_by_construct_and_differ_by_code(framework: Framework, make_tree: Make) -> None:
    tree = make_tree("A", "B", "C", "D", "E")
    none = frozenset({"element"})
    first = Mapping((row("A", "acting"), row("B", "acting"), row("C", no_element=none), row("D", "noticing")))
    second = Mapping((row("A", "acting"), row("B", "noticing"), row("C", no_element=none), row("E", "acting")))
    comparison = compare_mappings(
        resolve(first, framework, tree)[0], resolve(second, framework, tree)[0], framework, tree
    )
    acting = next(one for one in comparison.constructs if one.construct_id == "acting")
    assert (acting.both, acting.only_first, acting.only_second, acting.neither) == (1, 1, 0, 1)
    assert acting.agreement == pytest.approx(2 / 3)
    assert acting.kappa == pytest.approx(0.4)
    assert [(one.code.name, one.first, one.second) for one in comparison.differences] == [
        ("B", ("acting",), ("noticing",)),
        ("D", ("noticing",), None),
        ("E", None, ("acting",)),
    ]
    enhances = next(one for one in comparison.constructs if one.construct_id == "enhances")
    assert (enhances.codes, enhances.agreement, enhances.kappa) == (0, None, None)
