"""Values, names and places that the schema lets pass and that cannot be right."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from qdpx_compassion.findings import Finding
from qdpx_compassion.refi.checks.places import Places
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
    for number, value in enumerate(project.records("variable_values")):
        name, kind = types.get(normalise_guid(value["variable_guid"] or ""), ("", ""))
        if kind and value["value_kind"] and value["value_kind"] != f"{kind}Value":
            other = value["value_kind"].removesuffix("Value")
            said = f"The variable “{name}” is of the type {kind}, but its value here is of the type {other}."
            yield Finding("value-type", said, places.of("variable_values", number))


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
            for place in where:
                yield Finding("name-twice", f"{len(where):,} {what} are called “{name}”.", place)


def _spans(project: Project, places: Places) -> Iterator[Finding]:
    """Stretches of recordings that end before they begin, and areas without an area; those of texts are read."""
    position = TABLES["selections"].position
    begin, end = position["begin"], position["end"]
    corners = [position[name] for name in ("first_x", "first_y", "second_x", "second_y")]
    of_recordings, of_pictures = ("AudioSelection", "VideoSelection"), ("PictureSelection", "PDFSelection")
    for number in project.numbers("selections", *of_recordings, *of_pictures):
        selection = project.rows["selections"][number]
        if selection[0] in of_recordings:
            start, stop = selection[begin], selection[end]
            if start is None or stop is None:
                continue
            if stop < start or start < 0:
                said = f"The selection is from {start} to {stop} milliseconds."
                yield Finding("position-reversed", said, places.of("selections", number))
            elif start == stop:
                yield Finding("selection-empty", "The selection lasts no time.", places.of("selections", number))
        else:
            x1, y1, x2, y2 = (selection[column] for column in corners)
            if None not in (x1, y1, x2, y2) and (x1 == x2 or y1 == y2):
                yield Finding("selection-empty", "The selection has no area.", places.of("selections", number))


def _sync_points(project: Project, places: Places) -> Iterator[Finding]:
    by_source: dict[int, list[int]] = defaultdict(list)
    points = list(project.records("sync_points"))
    for number, point in enumerate(points):
        by_source[point["source_row"]].append(number)
    kinds = (("time_stamp", "time", " milliseconds"), ("position", "position", ""))
    for numbers in by_source.values():
        for number in numbers:
            lacking = " and no ".join(what for column, what, _ in kinds if points[number][column] is None)
            if lacking:
                said = f"The sync point has no {lacking}."
                yield Finding("sync-point-incomplete", said, places.of("sync_points", number))
        for column, what, unit in kinds:
            known = [(n, points[n][column]) for n in numbers if points[n][column] is not None]
            for (_, before), (number, after) in pairwise(known):
                if after < before:
                    said = f"The {what} goes back from {before} to {after}{unit}."
                    yield Finding("sync-point-order", said, places.of("sync_points", number))
