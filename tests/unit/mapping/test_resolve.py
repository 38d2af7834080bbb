"""From marks to what holds for each code."""

import subprocess
import sys
from typing import Any

import pytest

from qdpx_compassion.code_tree import CodeTree, read_path
from qdpx_compassion.findings import Finding, Severity
from qdpx_compassion.frameworks.framework import Framework
from qdpx_compassion.mapping.model import Decisions, Mapping, MappingRow, SelectionException
from qdpx_compassion.mapping.resolve import offered, resolve

Make = Any


def row(path: str, *yes: str, no: tuple[str, ...] = (), none: tuple[str, ...] = (), **more: Any) -> MappingRow:
    marks = dict.fromkeys(yes, True) | dict.fromkeys(no, False)
    return MappingRow(more.pop("guid", ""), read_path(path) if path else (), marks, frozenset(none), **more)


def held(decisions: Decisions, tree: CodeTree) -> dict[str, tuple[str, ...]]:
    return {tree.by_key[key].name: constructs for key, constructs in decisions.constructs.items()}


def codes(findings: list[Finding]) -> list[str]:
    return [finding.code for finding in findings]


def test_a_mark_covers_everything_below(framework: Framework, make_tree: Make) -> None:
    tree = make_tree("A", "A > B", "A > B > C", "D")
    decisions, findings = resolve(Mapping((row("A", "noticing"),)), framework, tree)
    assert held(decisions, tree) == dict.fromkeys("ABC", ("noticing",))
    assert decisions.undecided == (tree.codes[3].key,)
    assert findings == []


def test_a_mark_of_its_own_takes_the_place_of_the_inherited_ones_in_that_dimension_only(
    framework: Framework, make_tree: Make
) -> None:
    tree = make_tree("A", "A > B", "A > B > C")
    mapping = Mapping((row("A", "noticing", "acting", "enhances"), row("A > B", "feeling-with")))
    assert held(resolve(mapping, framework, tree)[0], tree) == {
        "A": ("noticing", "acting", "enhances"),
        "B": ("feeling-with", "enhances"),
        "C": ("feeling-with", "enhances"),
    }


@pytest.mark.parametrize("marks", [{"no": ("noticing",)}, {"none": ("element",)}])
def test_an_explicit_no_is_a_mark_of_its_own(framework: Framework, make_tree: Make, marks: dict[str, Any]) -> None:
    tree = make_tree("A", "A > B", "A > B > C")
    decisions, _ = resolve(Mapping((row("A", "noticing", "acting"), row("A > B", **marks))), framework, tree)
    assert held(decisions, tree) == {"A": ("noticing", "acting")}
    assert decisions.none == {(code.key, "element") for code in tree.codes[1:]}
    assert decisions.undecided == ()


def test_without_sub_codes_a_mark_stays_on_its_code(framework: Framework, make_tree: Make) -> None:
    tree = make_tree("A", "A > B", "A > B > C")
    mapping = Mapping((row("A", "noticing"), row("A > B", "acting", sub_codes=False)))
    assert held(resolve(mapping, framework, tree)[0], tree) == {
        "A": ("noticing",),
        "B": ("acting",),
        "C": ("noticing",),
    }
    alone = Mapping((row("A", "noticing", sub_codes=False),))
    assert held(resolve(alone, framework, tree)[0], tree) == {"A": ("noticing",)}


def test_constructs_stand_in_the_frameworks_order(framework: Framework, make_tree: Make) -> None:
    tree = make_tree("A")
    decisions, _ = resolve(Mapping((row("A", "mismatch", "acting", "noticing"),)), framework, tree)
    assert held(decisions, tree) == {"A": ("noticing", "acting", "mismatch")}


def test_a_theme_is_the_rows_own_or_inherited_or_the_codes_name(framework: Framework, make_tree: Make) -> None:
    tree = make_tree("A", "A > B", "C", "C > D")
    mapping = Mapping(
        (row("A", "match", themes={"organisational-fit": "Autonomy"}), row("C", "mismatch"), row("C > D", "match"))
    )
    decisions, _ = resolve(mapping, framework, tree)
    names = {tree.by_key[key].name: theme for (key, _), theme in decisions.themes.items()}
    assert names == {"A": "Autonomy", "B": "Autonomy", "C": "C", "D": "D"}


def test_a_theme_without_a_mark_is_reported(framework: Framework, make_tree: Make) -> None:
    mapping = Mapping((row("A", themes={"organisational-fit": "Autonomy"}, where="Mapping!B2"),))
    decisions, findings = resolve(mapping, framework, make_tree("A"))
    assert decisions.themes == {}
    assert [(one.code, one.where, one.severity) for one in findings] == [
        ("mapping-contradiction", "Mapping!B2", Severity.WARNING)
    ]


@pytest.mark.parametrize(
    "wrong", [row("A", "noticing", none=("element",)), row("A", "enhances", "detracts"), row("A", "match", "mismatch")]
)
def test_two_answers_that_exclude_each_other_are_a_contradiction(
    framework: Framework, make_tree: Make, wrong: MappingRow
) -> None:
    decisions, findings = resolve(Mapping((wrong,)), framework, make_tree("A"))
    assert codes(findings) == ["mapping-contradiction"]
    assert decisions.constructs == {}


def test_cases_and_framework_codes_are_never_offered_and_marking_them_is_an_error(
    framework: Framework, make_tree: Make
) -> None:
    guids = ["c1", "{C2}", framework.guid.upper(), "below", "other", "below-other"]
    tree = make_tree("Value", "Anna", "Ours", "Ours > X", "Theirs", "Theirs > Y", cases=["C2"], guids=guids)
    own = frozenset({"other"})
    assert [code.name for code in offered(tree, framework, own)] == ["Value"]
    mapping = Mapping(tuple(row(path, "noticing") for path in ("Anna", "Ours > X", "Theirs > Y")))
    decisions, findings = resolve(mapping, framework, tree, own)
    assert codes(findings) == ["mapping-case-code", "mapping-own-code", "mapping-own-code"]
    assert decisions.constructs == {}


def test_a_folder_that_is_not_codable_can_be_marked(framework: Framework, make_tree: Make) -> None:
    tree = make_tree("Folder", "Folder > Value")
    decisions, _ = resolve(Mapping((row("Folder", "acting"),)), framework, tree)
    assert held(decisions, tree)["Value"] == ("acting",)


def test_guids_are_compared_without_braces_and_letter_case(framework: Framework, make_tree: Make) -> None:
    tree = make_tree("A", guids=["{ABCD-1}"])
    decisions, findings = resolve(Mapping((row("", "acting", guid="abcd-1"),)), framework, tree)
    assert (held(decisions, tree), findings) == ({"A": ("acting",)}, [])


def test_a_renamed_code_is_followed_by_guid_with_a_warning(framework: Framework, make_tree: Make) -> None:
    tree = make_tree("New name")
    decisions, findings = resolve(Mapping((row("Old name", "acting", guid=tree.codes[0].guid),)), framework, tree)
    assert held(decisions, tree) == {"New name": ("acting",)}
    assert [(one.code, one.severity) for one in findings] == [("mapping-code-disagrees", Severity.WARNING)]


def test_a_guid_and_a_path_of_two_codes_disagree(framework: Framework, make_tree: Make) -> None:
    tree = make_tree("A", "B")
    decisions, findings = resolve(
        Mapping((row("B", "acting", guid=tree.codes[0].guid, where="Mapping!B2"),)), framework, tree
    )
    assert decisions.constructs == {}
    assert [(one.code, one.severity, one.where) for one in findings] == [
        ("mapping-code-disagrees", Severity.ERROR, "Mapping!B2")
    ]


def test_after_a_new_export_with_other_guids_rows_are_found_by_path(framework: Framework, make_tree: Make) -> None:
    tree = make_tree("A", "B")
    mapping = Mapping((row("A", "acting", guid="gone-1"), row("B", "acting", guid="gone-2")))
    decisions, findings = resolve(mapping, framework, tree)
    assert len(decisions.constructs) == 2
    assert [(one.code, one.severity) for one in findings] == [("mapping-code-disagrees", Severity.WARNING)]
    assert findings[0].message.startswith("2 rows")


def test_gone_ambiguous_and_doubled_codes_are_named_with_their_cell(framework: Framework, make_tree: Make) -> None:
    tree = make_tree("A", "Twin", "Twin")
    mapping = Mapping(
        (
            row("Gone", "acting", where="Mapping!B2"),
            row("Twin", "acting", where="Mapping!B3"),
            row("A", "acting", where="Mapping!B4"),
            row("A", "noticing", where="Mapping!B5"),
        )
    )
    decisions, findings = resolve(mapping, framework, tree)
    assert [(one.code, one.where) for one in findings] == [
        ("mapping-code-gone", "Mapping!B2"),
        ("mapping-code-ambiguous", "Mapping!B3"),
        ("mapping-code-twice", "Mapping!B5"),
    ]
    assert held(decisions, tree) == {"A": ("acting",)}


def test_constructs_of_another_framework_are_errors(framework: Framework, make_tree: Make) -> None:
    mapping = Mapping((row("A", "empathy", where="l. 2"),), (), (SelectionException("s", "empathy", True, "", "l. 3"),))
    _, findings = resolve(mapping, framework, make_tree("A"))
    assert [(one.code, one.where) for one in findings] == [
        ("mapping-construct-unknown", "l. 2"),
        ("mapping-construct-unknown", "l. 3"),
    ]


def test_exceptions_are_kept_by_selection_and_contradicting_ones_reported(
    framework: Framework, make_tree: Make
) -> None:
    given = (
        SelectionException("{S-1}", "acting", True),
        SelectionException("s-1", "noticing", False),
        SelectionException("s-1", "acting", False),
    )
    decisions, findings = resolve(Mapping((), (), given), framework, make_tree("A"))
    assert decisions.exceptions == {"s-1": {"acting": True, "noticing": False}}
    assert codes(findings) == ["mapping-contradiction"]


def test_a_mapping_of_another_project_maps_nothing_and_says_so(framework: Framework, make_tree: Make) -> None:
    decisions, findings = resolve(Mapping((row("X", "acting"), row("Y"))), framework, make_tree("A"))
    assert decisions.constructs == {}
    assert [(one.code, one.severity) for one in findings] == [
        ("mapping-code-gone", Severity.ERROR),
        ("mapping-code-gone", Severity.WARNING),
    ]


def test_resolving_a_mapping_needs_neither_pandas_nor_a_spreadsheet_library() -> None:
    modules = "import qdpx_compassion.mapping.resolve, qdpx_compassion.mapping.check, qdpx_compassion.mapping.reading"
    heavy = "import sys; print(sorted({'pandas', 'openpyxl', 'lxml'} & set(sys.modules)))"
    command = [sys.executable, "-c", f"{modules}; {heavy}"]
    run = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - nothing from outside
    assert run.stdout.strip() == "[]"
