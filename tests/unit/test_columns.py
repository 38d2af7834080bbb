"""Rows kept by the column: the same as lists of lists, whatever is done to them."""

import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qdpx_compassion.columns import (
    ColumnRows,
    ComputedColumn,
    PackedChoices,
    PackedIntegers,
    PackedStrings,
    PassingValues,
)

WIDTH = 4
VALUE = st.one_of(st.none(), st.integers(0, 3), st.text(max_size=2))
ODD = st.lists(VALUE, min_size=WIDTH, max_size=WIDTH)
ROW = st.one_of(st.tuples(st.sampled_from(["ab", "cd"]), st.integers(0, 3), VALUE, VALUE).map(list), ODD)
STEP = st.one_of(
    st.tuples(st.just("append"), ROW),
    st.tuples(st.just("extend"), st.lists(ROW, max_size=4)),
    st.tuples(st.just("settle"), st.none()),
    st.tuples(st.just("put"), st.tuples(st.integers(0, 20), st.integers(0, WIDTH - 1), VALUE)),
    st.tuples(st.just("put_all"), st.tuples(st.integers(0, WIDTH - 1), st.integers(1, 3), VALUE)),
)


@given(st.lists(STEP, max_size=12))
def test_rows_are_those_of_lists(steps: list[tuple[str, Any]]) -> None:
    rows, lists = ColumnRows(WIDTH, {0: PackedStrings, 1: PackedIntegers, 2: PackedChoices}), list[list[Any]]()
    for what, how in steps:
        if what == "append":
            rows.append(list(how))
            lists.append(list(how))
        elif what == "extend":
            rows.settle()
            columns = {position: [row[position] for row in how] for position in range(WIDTH)}
            rows.extend(len(how), {p: values for p, values in columns.items() if any(v is not None for v in values)})
            lists += [list(row) for row in how]
        elif what == "settle":
            rows.settle()
        elif what == "put" and lists:
            number, position, value = how
            rows.put(number % len(lists), position, value)
            lists[number % len(lists)][position] = value
        elif what == "put_all":
            position, step, value = how
            numbers = list(range(0, len(lists), step))
            rows.put_all(position, numbers, [value] * len(numbers))
            for number in numbers:
                lists[number][position] = value
    assert len(rows) == len(lists)
    assert [list(row) for row in rows] == lists
    assert [list(rows[number]) for number in range(len(lists))] == lists
    assert [list(row) for row in rows[1:3]] == lists[1:3]
    for position in range(WIDTH):
        assert list(rows.column(position)) == [row[position] for row in lists]
        assert rows.pick(position, range(len(lists))) == [row[position] for row in lists]
    assert rows == lists
    assert lists == rows
    assert pickle.loads(pickle.dumps(rows)) == lists  # noqa: S301 - made a moment ago
    if lists:
        assert list(rows[-1]) == lists[-1]
        lists[-1][0] = "other"
        assert rows != lists


class Twice(ComputedColumn):
    columns = (0,)

    def compute(self, value: int) -> int:
        return 2 * value


def test_a_computed_column_follows_another_but_where_a_value_was_put() -> None:
    rows = ColumnRows(2)
    rows.compute(1, Twice())
    rows.append([1, None])
    rows.append([2, None])
    before = rows.is_settled
    rows.settle()
    assert (before, rows.is_settled) == (False, True)
    assert [rows.is_empty(position) for position in range(2)] == [False, False]
    assert ColumnRows(1).is_empty(0)
    rows.extend(1, {0: [3]})
    rows.put(1, 1, "said")
    assert [tuple(row) for row in rows] == [(1, 2), (2, "said"), (3, 6)]
    assert rows[2] == (3, 6)
    assert rows[2][:1] == (3,)
    assert rows[1][-1] == "said"
    assert repr(rows[1]) == "(2, 'said')"
    assert len(rows[0]) == 2
    assert list(rows.column(1)) == [2, "said", 6]
    assert list(rows.column(1)[1:]) == ["said", 6]
    assert len(rows.column(1)) == 3
    rows.put(0, 0, 5)
    assert rows.get(0, 1) == 10


def test_a_row_that_was_settled_is_not_changed_by_mistake() -> None:
    rows = ColumnRows(1)
    rows.append([1])
    rows.open_row(0)[0] = 2
    rows.settle()
    with pytest.raises(IndexError):
        rows.open_row(0)
    with pytest.raises(TypeError):
        rows[0][0] = 3  # type: ignore[index]
    assert rows[0] == (2,)
    for outside in (1, -2):
        with pytest.raises(IndexError):
            rows[outside]
    with pytest.raises(IndexError):
        rows[0][1]  # type: ignore[misc]
    assert rows != 5


@pytest.mark.parametrize("odd", [None, "longer", "ж", 7, ""])
def test_strings_are_packed_until_one_does_not_fit(odd: object) -> None:
    rows = ColumnRows(1, {0: PackedStrings})
    for _ in range(6_000):
        rows.extend(2, {0: ["ab", "cd"]})
    assert isinstance(rows._columns[0], PackedStrings)
    assert list(rows.values(0)) == ["ab", "cd"] * 6_000
    assert rows.get(11_999, 0) == "cd"
    rows.extend(2, {0: ["ef", odd]} if odd is not None else {})
    assert isinstance(rows._columns[0], list)
    assert rows.column(0)[11_998:] == ["ab", "cd", "ef" if odd is not None else None, odd]
    assert len(rows) == 12_002


@pytest.mark.parametrize("odd", [None, 2**63, "1"])
def test_numbers_are_packed_until_one_does_not_fit(odd: object) -> None:
    rows = ColumnRows(1, {0: PackedIntegers})
    rows.extend(2, {0: [1, -(2**63)]})
    assert isinstance(rows._columns[0], PackedIntegers)
    rows.extend(2, {0: [2, odd]} if odd is not None else {})
    assert list(rows.values(0)) == [1, -(2**63), 2 if odd is not None else None, odd]
    rows.put(0, 0, 5)
    assert rows.get(0, 0) == 5


def test_choices_are_packed_until_too_many_differ() -> None:
    rows = ColumnRows(1, {0: PackedChoices})
    rows.extend(3, {0: ["a", "a", "a"]})
    rows.extend(3, {0: ["b", None, "a"]})
    assert isinstance(rows._columns[0], PackedChoices)
    assert list(rows.values(0)) == ["a", "a", "a", "b", None, "a"]
    assert (rows.get(3, 0), rows.pick(0, [5, 4])) == ("b", ["a", None])
    many = [f"{number}" for number in range(70_000)]
    rows.extend(70_000, {0: many})
    assert isinstance(rows._columns[0], list)
    assert list(rows.values(0)) == ["a", "a", "a", "b", None, "a", *many]


def test_what_is_ignored_is_missing_and_what_passes_is_forgotten_but_for_the_first_rows() -> None:
    rows = ColumnRows(3, ignored=frozenset({1}), passing=frozenset({2}))
    rows.compute(1, Twice())
    rows.extend(1, {0: [0]})
    for first in range(1, 6_001, 1_000):
        numbers = list(range(first, first + 1_000))
        rows.extend(1_000, dict.fromkeys(range(3), numbers))
        assert rows.pick(2, numbers) == numbers
        rows.forget()
    rows.append([6_001, 6_001, 6_001])
    assert tuple(rows[6_001]) == (6_001, 6_001, 6_001)
    rows.settle()
    rows.put(5, 1, "ignored")
    rows.put_all(1, [5], ["ignored"])
    assert list(rows.column(0)) == list(range(6_002))
    assert set(rows.column(1)) == {None}
    kept = [None, *range(1, 2_000), *[None] * 4_001, 6_001]
    assert list(rows.column(2)) == [rows.get(number, 2) for number in range(6_002)] == kept
    assert isinstance(rows._columns[2], PassingValues)
    assert len(rows._columns[2]) == 6_002
    assert rows[5] == (5, None, 5)
