"""The published JSON Schema and the loader describe the same form."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from qdpx_compassion.frameworks.form import COLOR_PATTERN, FORM, ID_PATTERN, Kind

SCHEMA: dict[str, Any] = json.loads(
    (Path(__file__).resolve().parents[3] / "schemas" / "framework.schema.json").read_text(encoding="utf-8")
)
TABLES: dict[str, dict[str, Any]] = {
    "framework": SCHEMA,
    "dimension": SCHEMA["$defs"]["dimension"],
    "construct": SCHEMA["$defs"]["construct"],
}


@pytest.mark.parametrize("table", FORM)
def test_schema_and_loader_know_the_same_keys_and_require_the_same(table: str) -> None:
    schema = TABLES[table]
    assert list(schema["properties"]) == list(FORM[table])
    assert schema["required"] == [key for key, rule in FORM[table].items() if rule.required]
    assert schema["additionalProperties"] is False
    assert schema["type"] == "object"


@pytest.mark.parametrize("table", FORM)
def test_schema_and_loader_agree_on_types(table: str) -> None:
    types = {
        Kind.ID: "string",
        Kind.LINE: "string",
        Kind.TEXT: "string",
        Kind.COLOR: "string",
        Kind.BOOLEAN: "boolean",
        Kind.TABLES: "array",
    }
    for key, rule in FORM[table].items():
        described = TABLES[table]["properties"][key]
        reference = described.get("$ref", "").removeprefix("#/$defs/")
        resolved = SCHEMA["$defs"][reference] if reference else described
        assert resolved["type"] == types[rule.kind], key
        assert described["description"], key
        if rule.kind in (Kind.ID, Kind.LINE):
            assert reference == rule.kind.name.lower(), key


def test_schema_and_loader_agree_on_ids_and_colours() -> None:
    assert SCHEMA["$defs"]["id"]["pattern"] == f"^{ID_PATTERN}$"
    assert TABLES["construct"]["properties"]["color"]["pattern"] == f"^{COLOR_PATTERN}$"


def test_the_schema_says_its_version_and_its_patterns_compile() -> None:
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    line = re.compile(SCHEMA["$defs"]["line"]["pattern"])
    assert line.search("Elements of compassion")
    assert not line.search("two\nlines") and not line.search("  ")
