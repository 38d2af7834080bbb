"""The Frictionless data package that describes tables as CSV (specs.frictionlessdata.io, version 1)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from qdpx_compassion.formats.cells import EMPTY, ESCAPE, FORMULA, RETURN
from qdpx_compassion.formats.tabular import (
    FILES,
    FILES_HEADINGS,
    PROFILE,
    REFERENCES,
    ROW,
    VERSION,
    Field,
    fields,
)
from qdpx_compassion.tables import TABLES, Project

PACKAGE = "datapackage.json"
_TYPES = {"text": "string", "integer": "integer", "boolean": "boolean"}

#: How texts are written, for those who read the files without this program.
MARKERS = {
    "empty": f"A cell that holds {EMPTY} alone is an empty text; an empty cell is no text at all. A text that consists "
    f"of {EMPTY} has one more of them.",
    "carriage return": f"{RETURN} stands for a carriage return (U+000D).",
    "characters": f"{ESCAPE}XXXX; stands for the character U+XXXX: control characters, line separators, {RETURN} and "
    f"{ESCAPE} themselves, the first _ of what Excel would take for an escaped character (_x000D_), the # of #REF!.",
}
_FORMULAS = (
    "A text that begins with "
    + " ".join("".join(FORMULA.split()))
    + ", a tab or a line end (spaces before them or not), or that reads like a number or date which spreadsheets would "
    "write otherwise (1-2, 007, 1.50), has an apostrophe before it, so that "
    "they do not take it for a formula, number or date; take one apostrophe off the beginning of such texts. How many "
    "there are in a column is said in guardedFormulas."
)


def data_package(project: Project, guarded: Mapping[str, Counter[str]]) -> dict[str, Any]:
    """The content of ``datapackage.json``.

    Args:
        project: the project that the tables are of.
        guarded: table → column → how many texts were guarded against being taken for a formula.
    """
    title = next(project.column("project", "name"), None) or project.name
    slug = re.sub(r"[^a-z0-9._-]+", "-", title.lower()).strip("-.") or "project"
    resources = [_resource(name, fields(name), guarded.get(name, Counter())) for name in TABLES]
    columns = tuple(
        Field(name, "text", meaning)
        for name, meaning in zip(
            FILES_HEADINGS, ("a path as it stands in sources", "the file in the folder sources"), strict=True
        )
    )
    resources.append(_resource(FILES, columns, guarded.get(FILES, Counter())))
    return {
        "profile": "tabular-data-package",
        "name": slug,
        "title": title,
        PROFILE: {"version": VERSION, "markers": MARKERS, "formulas": _FORMULAS},
        "resources": resources,
    }


def _resource(name: str, columns: tuple[Field, ...], guarded: Counter[str]) -> dict[str, Any]:
    schema: dict[str, Any] = {"fields": [_field(one) for one in columns], "missingValues": [""]}
    if columns[0].name == ROW:
        schema["primaryKey"] = ROW
    keys = [
        {"fields": column, "reference": {"resource": "" if target == name else target, "fields": ROW}}
        for (table, column), target in REFERENCES.items()
        if table == name and target in TABLES
    ]
    if keys:
        schema["foreignKeys"] = keys
    resource = {
        "name": name.replace("_", "-"),
        "path": f"{name}.csv",
        "profile": "tabular-data-resource",
        "encoding": "utf-8",
        "mediatype": "text/csv",
        "dialect": {"delimiter": ",", "lineTerminator": "\n", "quoteChar": '"', "doubleQuote": True, "header": True},
        "schema": schema,
    }
    if guarded:
        resource["guardedFormulas"] = dict(guarded)
    return resource


def _field(one: Field) -> dict[str, Any]:
    meaning = f"{one.meaning} (computed; not read back)" if one.computed else one.meaning
    return {"name": one.name, "type": _TYPES[one.type], "description": meaning}
