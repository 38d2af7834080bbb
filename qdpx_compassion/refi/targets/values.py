"""Values of variables where a program looks for them: on a case of each source, or as sets of sources."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from qdpx_compassion.refi.characters import in_attribute, in_element
from qdpx_compassion.refi.guids import derive, normalise_guid
from qdpx_compassion.refi.names import SOURCES
from qdpx_compassion.refi.targets.guids import Guids
from qdpx_compassion.refi.targets.survey import CaseOf, ProjectSurvey, Value

#: A tag name → its content and attributes, nested: (name, attributes, children or text).
Made = tuple[str, dict[str, str], "list[Made] | str"]


def values_of_sources(survey: ProjectSurvey) -> Iterator[tuple[str, list[Value]]]:
    """Each source with its values: its own, and those of the cases that it belongs to."""
    of_cases: dict[str, list[Value]] = {}
    for case in survey.cases:
        for source in case.sources:
            of_cases.setdefault(source, []).extend(case.values)
    for one in survey.sources:
        if one.kind not in SOURCES:
            continue
        key = normalise_guid(one.guid)
        own = survey.values.get(key, [])
        known = {normalise_guid(value.variable) for value in own}
        more = [value for value in of_cases.get(key, []) if normalise_guid(value.variable) not in known]
        if own or more:
            yield one.guid, [*own, *more]


def nameless_cases(survey: ProjectSurvey, guids: Guids) -> list[Made]:
    """A case without a name for each source with values that has none; it holds the source and its values."""
    there = {case.sources[0] for case in survey.cases if _is_nameless(case)}
    cases: list[Made] = []
    for source, values in values_of_sources(survey):
        key = normalise_guid(source)
        if key in there:
            continue
        held: list[Made] = [_value(value, guids) for value in values]
        held.append(("SourceRef", {"targetGUID": guids.of_reference("SourceRef", "targetGUID", source)}, []))
        cases.append(("Case", {"guid": guids.formed(derive("case of", key))}, held))
    return cases


def _is_nameless(case: CaseOf) -> bool:
    return not case.name and len(case.sources) == 1


def _value(value: Value, guids: Guids) -> Made:
    reference: Made = (
        "VariableRef",
        {"targetGUID": guids.of_reference("VariableRef", "targetGUID", value.variable)},
        [],
    )
    return ("VariableValue", {}, [reference, (value.kind, {}, value.text)])


def value_sets(survey: ProjectSurvey, guids: Guids) -> list[Made]:
    """A set of sources for each value of a variable, called ``variable: value``, where there is none of that name."""
    members: dict[str, list[str]] = {}
    for source, values in values_of_sources(survey):
        for value in values:
            name = survey.variables.get(normalise_guid(value.variable))
            if name and value.text.strip():
                members.setdefault(f"{name}: {value.text.strip()}", []).append(source)
    there = {one.name for one in survey.named["Set"]}
    return [
        (
            "Set",
            {"name": name, "guid": guids.formed(derive("set of", name))},
            [
                ("MemberSource", {"targetGUID": guids.of_reference("MemberSource", "targetGUID", one)}, [])
                for one in held
            ],
        )
        for name, held in members.items()
        if name not in there
    ]


def as_xml(elements: Iterable[Made], prefix: str) -> str:
    """Elements as they stand in a document.

    Args:
        elements: what is written.
        prefix: of the document's elements, with its colon; empty where it has none.
    """
    return "".join(_xml(*element, prefix) for element in elements)


def _xml(name: str, attributes: dict[str, str], content: list[Made] | str, prefix: str) -> str:
    tag = f"{prefix}{name}" + "".join(f' {key}="{in_attribute(value)}"' for key, value in attributes.items())
    inside = in_element(content) if isinstance(content, str) else as_xml(content, prefix)
    return f"<{tag}>{inside}</{prefix}{name}>" if inside else f"<{tag}/>"
