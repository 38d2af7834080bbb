"""The line of every key, table and item, however the TOML is written."""

import json
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qdpx_compassion.files.toml_places import Place, Places

STRINGS = (
    r'''
a = "quote \" and # and ]"
b = 'C:\path'
c = """two
lines with "quotes" and \""" and ""."""""   # five marks end it
d = '''
    + """'''raw
\\ ''''' # five again
e = [ 1, 2.5, [ "x", ''], # comment ] }
  2020-01-01 07:32:00Z,
  { k = "}", "l m" = { n = 'o' } },
]
f = \"\"\"\"\"\"
"quoted \\u0041 key".'raw key'.bare = true
[ table . "sub" ]
g = -inf
[[list]]
h = 1
[[list]]
h = 2
[list.inner]
i = 3
[[list.inner.more]]
j = 4
[[list.inner.more]]
[[list]]
h = 5
"""
)


def _everything(value: object, place: Place = ()) -> Iterator[Place]:
    if place:
        yield place
    items: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, below in items:
        yield from _everything(below, (*place, key))


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_every_way_of_writing_toml_is_followed(ends: str) -> None:
    text = STRINGS.replace("\n", ends)
    document = tomllib.loads(text)
    places = Places(text)
    assert set(_everything(document)) <= set(places.lines)
    lines = text.split("\n")
    for place in _everything(document):
        if isinstance(place[-1], str):
            last = place[-1].replace("A", "\\u0041")
            assert last in lines[places.line(place) - 1], place


def test_lines_count_from_one_and_a_missing_key_is_at_its_table() -> None:
    places = Places("a = 1\n\n[[b]]\nc = 2\n[[b]]\n")
    assert places.line(("a",)) == 1
    assert places.line(("b", 0)) == 3
    assert places.line(("b", 0, "c")) == 4
    assert places.line(("b", 1, "c")) == 5
    assert places.line(("z", "y")) == 1
    assert Places("").line(()) == 1


_VALUES = st.recursive(
    st.booleans() | st.integers(-1000, 1000) | st.text(max_size=12),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(max_size=6), below, max_size=3),
    max_leaves=12,
)


def _toml(value: object, gap: str) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_quoted(key)} = {_toml(item, gap)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + gap + ",".join(gap + _toml(item, gap) for item in value) + gap + "]"
    return _quoted(value) if isinstance(value, str) else json.dumps(value)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=True).encode().decode("ascii") if text.isascii() else _literal(text)


def _literal(text: str) -> str:
    return '"' + "".join(f"\\U{ord(character):08X}" for character in text) + '"'


@given(
    st.lists(
        st.tuples(st.text(max_size=6), _VALUES, st.sampled_from(["", "\n", "# ]}\n", "\n\n"])),
        unique_by=lambda entry: entry[0],
        max_size=5,
    )
)
def test_every_place_of_any_document_has_its_line(entries: list[tuple[str, object, str]]) -> None:
    text, starts = "", {}
    for key, value, gap in entries:
        text += gap
        starts[key] = text.count("\n") + 1
        text += f"{_quoted(key)} = {_toml(value, gap if gap.endswith(chr(10)) else '')}\n"
    document = tomllib.loads(text)
    places = Places(text)
    assert set(_everything(document)) == set(places.lines)
    for key, line in starts.items():
        assert places.line((key,)) == line
