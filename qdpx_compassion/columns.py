"""Rows kept by the column: for the tables that have a row for every selection and coding, which may be millions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, repeat
from typing import Any, overload


class ComputedColumn(Sequence[Any]):
    """A column whose values follow from others, but for those that were put.

    Attributes:
        put: number of the row → value.
    """

    def __init__(self, rows: ColumnRows) -> None:
        self.rows = rows
        self.put: dict[int, Any] = {}

    def compute(self, number: int) -> Any:
        """The value in a row that nobody put."""
        raise NotImplementedError

    @overload
    def __getitem__(self, number: int) -> Any: ...

    @overload
    def __getitem__(self, number: slice) -> list[Any]: ...

    def __getitem__(self, number: int | slice) -> Any:
        if isinstance(number, slice):
            return [self[one] for one in range(*number.indices(len(self.rows)))]
        if number in self.put:
            return self.put[number]
        return self.compute(number)

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Any]:
        return map(self.__getitem__, range(len(self.rows)))


class ColumnRows(Sequence[Sequence[Any]]):
    """The rows of a table. A column without any value takes no memory, one with values 8 bytes a row beside these.

    A row that is appended is open: it is a list and may be changed until all are settled. A settled row comes out as a
    new tuple; its values are changed by ``put``.

    Args:
        width: how many columns there are.
    """

    def __init__(self, width: int) -> None:
        self._width = width
        self._columns: dict[int, list[Any]] = {}
        self._computed: dict[int, ComputedColumn] = {}
        self._settled = 0
        self._open: list[list[Any]] = []

    # -- reading ------------------------------------------------------------------------------------------------------

    def __len__(self) -> int:
        return self._settled + len(self._open)

    def __iter__(self) -> Iterator[Sequence[Any]]:
        if self._settled:
            missing = repeat(None)
            columns = ({**self._columns, **self._computed}.get(one, missing) for one in range(self._width))
            yield from islice(zip(*columns, strict=False), self._settled)
        yield from self._open

    @overload
    def __getitem__(self, number: int) -> Sequence[Any]: ...

    @overload
    def __getitem__(self, number: slice) -> list[Sequence[Any]]: ...

    def __getitem__(self, number: int | slice) -> Sequence[Any]:
        if isinstance(number, slice):
            return [self[one] for one in range(*number.indices(len(self)))]
        if number < 0:
            number += len(self)
        if number >= self._settled:
            return self._open[number - self._settled]
        row: list[Any] = [None] * self._width
        for position, values in self._columns.items():
            row[position] = values[number]
        for position, computed in self._computed.items():
            row[position] = computed[number]
        return tuple(row)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence):
            return NotImplemented
        return len(self) == len(other) and all(tuple(one) == tuple(two) for one, two in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment]

    def column(self, position: int) -> Sequence[Any]:
        """The values of one column, to be read only."""
        if self._open:
            return [self.get(number, position) for number in range(len(self))]
        return self._computed.get(position) or self._columns.get(position) or [None] * self._settled

    def get(self, number: int, position: int) -> Any:
        """One value."""
        if position in self._computed:
            return self._computed[position][number]
        if number >= self._settled:
            return self._open[number - self._settled][position]
        values = self._columns.get(position)
        return None if values is None else values[number]

    def pick(self, position: int, numbers: Sequence[int]) -> list[Any]:
        """The values of one column in some rows."""
        if self._open or position in self._computed:
            return [self.get(number, position) for number in numbers]
        values = self._columns.get(position)
        return [None] * len(numbers) if values is None else [values[number] for number in numbers]

    # -- making -------------------------------------------------------------------------------------------------------

    def append(self, row: list[Any]) -> None:
        """Add a row, which stays open."""
        self._open.append(row)

    def open_row(self, number: int) -> list[Any]:
        """A row that is open, to be changed."""
        if number < self._settled:
            raise IndexError(number)
        return self._open[number - self._settled]

    def settle(self) -> None:
        """Take the open rows into the columns."""
        if self._open:
            columns = enumerate(map(list, zip(*self._open, strict=True)))
            given = {position: values for position, values in columns if position not in self._computed}
            number = len(self._open)
            self._open = []
            self.extend(number, {p: values for p, values in given.items() if values.count(None) < number})

    def extend(self, number: int, columns: Mapping[int, list[Any]]) -> None:
        """Add settled rows behind all others.

        Args:
            number: of the rows.
            columns: position → as many values; others are missing.
        """
        for position, values in columns.items():
            if position not in self._columns:
                self._columns[position] = [None] * self._settled
            self._columns[position] += values
        for position in self._columns.keys() - columns.keys():
            self._columns[position] += repeat(None, number)
        self._settled += number

    def compute(self, position: int, column: ComputedColumn) -> None:
        """Have a column computed."""
        self._computed[position] = column

    def put(self, number: int, position: int, value: Any) -> None:
        """Set one value."""
        if position in self._computed:
            self._computed[position].put[number] = value
        elif number >= self._settled:
            self._open[number - self._settled][position] = value
        else:
            if position not in self._columns:
                self._columns[position] = [None] * self._settled
            self._columns[position][number] = value

    def put_all(self, position: int, numbers: Sequence[int], values: Sequence[Any]) -> None:
        """Set a value in each of some rows; their numbers ascend."""
        if numbers and not self._open and numbers[-1] - numbers[0] + 1 == len(numbers):
            if position not in self._columns:
                self._columns[position] = [None] * self._settled
            self._columns[position][numbers[0] : numbers[-1] + 1] = values
            return
        for number, value in zip(numbers, values, strict=True):
            self.put(number, position, value)
