"""A code tree made of paths, and a small framework with every kind of dimension."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from qdpx_compassion.code_tree import CodeTree, read_path
from qdpx_compassion.frameworks.framework import (
    Construct,
    Dimension,
    Framework,
    construct_guid,
    dimension_guid,
    framework_guid,
)
from qdpx_compassion.tables import TABLES, Rows

MakeTree = Callable[..., CodeTree]


def guid_of(number: int) -> str:
    return f"{number:08x}-0000-4000-8000-000000000000"


def code_rows(paths: Sequence[tuple[str, ...]], guids: Sequence[str] = ()) -> Rows:
    position = TABLES["codes"].position
    rows: Rows = []
    row_of: dict[tuple[str, ...], int] = {}
    for number, path in enumerate(paths):
        row: list[Any] = [None] * len(TABLES["codes"].columns)
        row[position["guid"]] = guids[number] if guids else guid_of(number)
        row[position["name"]] = path[-1]
        row[position["is_codable"]] = True
        row[position["parent_row"]] = row_of.get(path[:-1])
        row_of[path] = number
        rows.append(row)
    return rows


def _construct(name: str, dimension: str) -> Construct:
    identifier = name.lower().replace(" ", "-")
    return Construct(identifier, name, f"What {name} means.", "#336699", dimension, construct_guid("test", identifier))


def _dimension(identifier: str, title: str, names: Sequence[str], *, several: bool, themes: bool) -> Dimension:
    constructs = tuple(_construct(name, identifier) for name in names)
    guid = dimension_guid("test", identifier)
    return Dimension(identifier, title, f"Which {title}?", "Somebody (2020)", several, themes, constructs, guid)


@pytest.fixture(scope="session")
def framework() -> Framework:
    dimensions = (
        _dimension("element", "Elements", ["Noticing", "Feeling with", "Acting"], several=True, themes=False),
        _dimension("technology-effect", "Effect", ["Enhances", "Detracts"], several=False, themes=False),
        _dimension("organisational-fit", "Fit", ["Match", "Mismatch"], several=False, themes=True),
    )
    return Framework(
        "test", "Test framework", "1.0", "For tests", "Somebody (2020)", dimensions, framework_guid("test")
    )


@pytest.fixture(scope="session")
def make_tree() -> MakeTree:
    def make(*paths: str, cases: Sequence[str] = (), guids: Sequence[str] = ()) -> CodeTree:
        return CodeTree(code_rows([read_path(path) for path in paths], guids), cases)

    return make
