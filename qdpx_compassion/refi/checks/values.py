"""Values, names and places that the schema lets pass and that cannot be right."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from qdpx_compassion.findings import Finding
from qdpx_compassion.refi.checks.places import Places, named_some
from qdpx_compassion.refi.guids import normalise_guid
from qdpx_compassion.refi.names import SOURCES
from qdpx_compassion.tables import TABLES, Project


def value_findings(project: Project) -> list[Finding]:
    """Values of the wrong type, names that repeat, times and sync points that run backwards.

    Args:
        project: read with or without texts.
    """
    places = Places(project)
    return [
        *_variable_types(project, places),
        *_names(project, places),
        *_spans(project, places),
        *_sync_points(project, places),
    ]


def _variable_types(project: Project, places: Places) -> Iterator[Finding]:
    types: dict[str, tuple[str, str]] = {}
    for variable in project.records("variables"):
        kind = (variable["type_of_variable"] or "").strip()
        types.setdefault(normalise_guid(variable["guid"] or ""), (variable["name"] or "", kind))
    wrong: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for number, value in enumerate(project.records("variable_values")):
        name, kind = types.get(normalise_guid(value["variable_guid"] or ""), ("", ""))
        if kind and value["value_kind"] and value["value_kind"] != f"{kind}Value":
            wrong[name, kind, value["value_kind"]].append(places.of("variable_values", number))
    for (name, kind, element), where in wrong.items():
        message = f"The variable “{name}” is of the type {kind}, but its value is a {element} ({len(where)}×)."
        yield Finding("value-type", message, named_some(where))


def _names(project: Project, places: Places) -> Iterator[Finding]:
    groups: dict[tuple[str, Any, str], list[str]] = defaultdict(list)
    for number, source in enumerate(project.rows["sources"]):
        name = source[TABLES["sources"].position["name"]]
        if source[0] in SOURCES and name:
            groups["sources", None, name].append(places.of("sources", number))
    for number, code in enumerate(project.records("codes")):
        if code["name"]:
            groups["codes below one parent", code["parent_row"], code["name"]].append(places.of("codes", number))
    for (what, _, name), where in groups.items():
        if len(where) > 1:
            yield Finding("name-twice", f"{len(where)} {what} are called “{name}”.", named_some(where))


def _spans(project: Project, places: Places) -> Iterator[Finding]:
    """Stretches of recordings that end before they begin, and areas without an area; those of texts are read."""
    position = TABLES["selections"].position
    begin, end = position["begin"], position["end"]
    corners = [position[name] for name in ("first_x", "first_y", "second_x", "second_y")]
    for number, selection in enumerate(project.rows["selections"]):
        if selection[0] in ("AudioSelection", "VideoSelection"):
            start, stop = selection[begin], selection[end]
            if start is None or stop is None:
                continue
            if stop < start or start < 0:
                said = f"The selection is from {start} to {stop} milliseconds."
                yield Finding("position-reversed", said, places.of("selections", number))
            elif start == stop:
                yield Finding("selection-empty", "The selection lasts no time.", places.of("selections", number))
        elif selection[0] in ("PictureSelection", "PDFSelection"):
            x1, y1, x2, y2 = (selection[column] for column in corners)
            if None not in (x1, y1, x2, y2) and (x1 == x2 or y1 == y2):
                yield Finding("selection-empty", "The selection has no area.", places.of("selections", number))


def _sync_points(project: Project, places: Places) -> Iterator[Finding]:
    by_source: dict[int, list[int]] = defaultdict(list)
    points = list(project.records("sync_points"))
    for number, point in enumerate(points):
        by_source[point["source_row"]].append(number)
    for source, numbers in by_source.items():
        where = places.of("sources", source)
        incomplete = [n for n in numbers if points[n]["time_stamp"] is None or points[n]["position"] is None]
        if incomplete:
            shown = named_some([points[n]["guid"] or "without a GUID" for n in incomplete])
            yield Finding("sync-point-incomplete", f"Sync points without a time or a position: {shown}.", where)
        for column, what in (("time_stamp", "time"), ("position", "position")):
            known = [n for n in numbers if points[n][column] is not None]
            wrong = [b for a, b in pairwise(known) if points[b][column] < points[a][column]]
            if wrong:
                shown = named_some([f"{points[n]['guid']} ({points[n][column]})" for n in wrong])
                yield Finding("sync-point-order", f"The {what} goes back at: {shown}.", where)
