"""A project's codes, sources and coders as tables for people, with how often each was used."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from qdpx_compassion.code_tree import CodeTree, write_path
from qdpx_compassion.study.places import Places
from qdpx_compassion.tables import TABLES, Project, normalise_guid

if TYPE_CHECKING:
    from qdpx_compassion.frameworks import Framework

_CODING = TABLES["codings"].position

#: Columns of ``code_frame``. Codings are rows of the project, as its own program counts them.
CODES = {
    "path": "string",  # names from the top, levels joined by " > "
    "name": "string",
    "codings": "Int64",
    "sources": "Int64",  # how many sources it was used in
    "description": "string",
    "color": "string",  # #RRGGBB as written
    "is_codable": "boolean",
    "is_case": "boolean",  # stands for a participant, or a folder of them
    "is_framework": "boolean",  # added by enriching
    "guid": "string",  # as written
}
SOURCES = {
    "name": "string",
    "kind": "string",  # the standard's name, e.g. TextSource
    "characters": "Int64",  # code points of its text; missing where it has none
    "codings": "Int64",  # with those of what stands inside it
    "guid": "string",
}
CODERS = {"name": "string", "codings": "Int64", "guid": "string"}

#: What of the quotations people read, in this order; the framework's dimensions follow.
BRIEF = ("participant", "group", "source", "value", "quotation", "coder", "comment", "notes")


def code_frame(project: Project, tree: CodeTree, own: Collection[str]) -> pd.DataFrame:
    """A row a code, in the order of the project, with the columns of ``CODES``.

    Args:
        project: whose codings count.
        tree: its codes.
        own: GUIDs of what enriching added, as compared.
    """
    places = Places(project)
    codings: Counter[int] = Counter()
    sources: dict[int, set[int]] = {}
    for row in project.rows["codings"]:
        code = row[_CODING["code_row"]]
        if code is not None:
            codings[code] += 1
            place = places.of_coding(row[_CODING["owner_kind"]], row[_CODING["owner_row"]])
            sources.setdefault(code, set()).add(place.top_row)
    return _frame(
        CODES,
        [
            (
                write_path(code.path), code.name, codings[code.row], len(sources.get(code.row, ())), code.description,
                code.color, code.is_codable, code.is_case, code.key in own, code.guid,
            )
            for code in tree
        ],
    )  # fmt: skip


def source_frame(project: Project) -> pd.DataFrame:
    """A row a source, notes left out, in the order of the project, with the columns of ``SOURCES``."""
    places = Places(project)
    codings = Counter(
        places.of_coding(row[_CODING["owner_kind"]], row[_CODING["owner_row"]]).top_row
        for row in project.rows["codings"]
    )
    return _frame(
        SOURCES,
        [
            (source["name"], source["kind"], source["text_length"], codings[number], source["guid"])
            for number, source in enumerate(project.records("sources"))
            if source["parent_kind"] is None and source["kind"] != "Note"
        ],
    )


def coder_frame(project: Project) -> pd.DataFrame:
    """A row a user of the project, with the columns of ``CODERS``; codings of nobody named have no row."""
    by = Counter(normalise_guid(row[_CODING["creating_user"]] or "") for row in project.rows["codings"])
    return _frame(
        CODERS,
        [
            (user["name"] or user["id"], by[normalise_guid(user["guid"] or "")], user["guid"])
            for user in project.records("users")
        ],
    )


def brief(quotations: pd.DataFrame, framework: Framework | None) -> pd.DataFrame:
    """The quotations that count, with what people read of them, constructs by name.

    Args:
        quotations: as ``study.quotations.quotations`` gives them.
        framework: whose dimensions have columns in them; None: none.
    """
    counted = quotations[quotations["counted"].fillna(False).astype(bool)]
    frame = counted[list(BRIEF)].copy()
    for dimension in framework.dimensions if framework else ():
        names = {construct.id: construct.name for construct in dimension.constructs}
        if dimension.id in counted:
            held = counted[dimension.id]
            frame[dimension.title] = pd.array(["; ".join(names[one] for one in ids) for ids in held], dtype="string")
    empty = [name for name in ("group", "comment", "notes") if not frame[name].fillna("").ne("").any()]
    return frame.drop(columns=empty).reset_index(drop=True)


def _frame(columns: Mapping[str, str], rows: Sequence[Sequence[Any]]) -> pd.DataFrame:
    values = list(zip(*rows, strict=True)) or [()] * len(columns)
    return pd.DataFrame(
        {
            name: pd.Series(list(column), dtype=dtype)
            for (name, dtype), column in zip(columns.items(), values, strict=True)
        }
    )
