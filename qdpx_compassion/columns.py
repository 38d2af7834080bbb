"""Rows kept by the column: for the tables that have a row for every selection and coding, which may be millions."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, islice, repeat
from typing import Any, overload


class ComputedColumn:
    """A column whose values follow from those of others, but for those that were put.

    Attributes:
        put: number of the row → value.
        columns: those that the values follow from. follows: the same as a set.
    """

    columns: tuple[int, ...] = ()

    def __init__(self) -> None:
        self.put: dict[int, Any] = {}
        self.follows = frozenset(self.columns)

    def compute(self, *values: Any) -> Any:
        """The value that follows from those of ``columns``."""
        raise NotImplementedError


class _Unfit(Exception):
    """A value is not of the kind that a packed column holds."""


class PackedStrings:
    """Strings of ASCII of one length, as GUIDs and dates are: a byte a character, and no object for each."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._width = 0

    def extend(self, values: list[Any]) -> None:
        """Add strings; raises ``_Unfit``, and adds nothing, where they are no such strings."""
        if not values:
            return
        if not all(isinstance(value, str) for value in values):
            raise _Unfit
        joined = "".join(values)
        if not joined or not joined.isascii() or len({self._width or len(values[0]), *map(len, values)}) > 1:
            raise _Unfit
        self._width = len(values[0])
        self._bytes += joined.encode()

    @property
    def joined(self) -> tuple[bytearray, int]:
        """All strings together, to be read only, and how long each is."""
        return self._bytes, self._width

    def __len__(self) -> int:
        return len(self._bytes) // self._width if self._width else 0

    def __getitem__(self, number: int) -> str:
        start = number * self._width
        return self._bytes[start : start + self._width].decode()

    def __iter__(self) -> Iterator[str]:
        width = self._width
        for start in range(0, len(self._bytes), max(width, 1) * _PIECE):
            piece = self._bytes[start : start + width * _PIECE].decode()
            yield from [piece[one : one + width] for one in range(0, len(piece), width)]


class PackedIntegers:
    """Whole numbers of 64 bits, without an object each."""

    def __init__(self) -> None:
        self._numbers = array("q")

    def extend(self, values: list[Any]) -> None:
        """Add numbers; raises ``_Unfit``, and adds nothing, where one is missing or too large."""
        try:
            self._numbers += array("q", values)
        except (TypeError, OverflowError):
            raise _Unfit from None

    def __len__(self) -> int:
        return len(self._numbers)

    def __getitem__(self, number: int) -> int:
        return self._numbers[number]

    def __iter__(self) -> Iterator[int]:
        return iter(self._numbers)


class PackedChoices:
    """Values of which few differ: two bytes each."""

    def __init__(self) -> None:
        self._numbers = array("H")
        self._number_of: dict[Any, int] = {}
        self._values: list[Any] = []

    def extend(self, values: list[Any]) -> None:
        """Add values; raises ``_Unfit``, and is as long as before, where too many differ."""
        known = self._number_of
        if values and values.count(values[0]) == len(values):
            numbers = [known.setdefault(values[0], len(known))] * len(values)
        else:
            numbers = [known.setdefault(value, len(known)) for value in values]
        if len(known) > len(self._values):
            self._values = list(known)
        try:
            self._numbers += array("H", numbers)
        except OverflowError:
            raise _Unfit from None

    def __len__(self) -> int:
        return len(self._numbers)

    def __getitem__(self, number: int) -> Any:
        return self._values[self._numbers[number]]

    def __iter__(self) -> Iterator[Any]:
        return map(self._values.__getitem__, self._numbers)


class PassingValues:
    """Values of the first and the last rows: those between are forgotten from time to time.

    Args:
        before: rows without a value that are there already.
    """

    def __init__(self, before: int = 0) -> None:
        self._first: list[Any] = [None] * min(before, FIRST_ROWS)
        self._gone = before  # the rest begins with this row
        self._last: list[Any] = []

    def extend(self, values: list[Any]) -> None:
        """Add values."""
        self._last += values

    def forget(self) -> None:
        """Forget all values that are there now, but for those of the first rows."""
        self._first += self._last[: FIRST_ROWS - len(self._first)]
        self._gone += len(self._last)
        self._last = []

    def __len__(self) -> int:
        return self._gone + len(self._last)

    def __getitem__(self, number: int) -> Any:
        if number < self._gone:
            return self._first[number] if number < len(self._first) else None
        return self._last[number - self._gone]

    def __iter__(self) -> Iterator[Any]:
        return chain(self._first, repeat(None, self._gone - len(self._first)), self._last)


Packed = PackedStrings | PackedIntegers | PackedChoices
_Values = list[Any] | Packed | PassingValues
#: So many rows tell how a program writes.
FIRST_ROWS = 2_000
#: So many strings are unpacked at once.
_PIECE = 10_000


class Row(Sequence[Any]):
    """A settled row, whose values are looked up when they are asked for; few of them ever are."""

    __slots__ = ("_number", "_rows")

    def __init__(self, rows: ColumnRows, number: int) -> None:
        self._rows, self._number = rows, number

    @overload
    def __getitem__(self, position: int) -> Any: ...

    @overload
    def __getitem__(self, position: slice) -> tuple[Any, ...]: ...

    def __getitem__(self, position: int | slice) -> Any:
        if isinstance(position, slice):
            return self._rows.whole(self._number)[position]
        return self._rows.get(self._number, position)

    def __len__(self) -> int:
        return self._rows.width

    def __iter__(self) -> Iterator[Any]:
        return iter(self._rows.whole(self._number))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and self._rows.whole(self._number) == tuple(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return repr(self._rows.whole(self._number))


class ColumnRows(Sequence[Sequence[Any]]):
    """The rows of a table. A column without any value takes no memory, one with values 8 bytes a row beside these.

    A row that is appended is open: it is a list and may be changed until all are settled. Settled rows are to be read
    only; ``put`` changes them.

    Args:
        width: how many columns there are.
        packed: columns whose values are packed, as long as they fit.
        ignored: columns whose values are not kept.
        passing: columns whose values are kept until ``forget``, of the first rows for ever.

    Attributes:
        width: how many columns there are.
    """

    def __init__(
        self,
        width: int,
        packed: Mapping[int, type[Packed]] | None = None,
        *,
        ignored: frozenset[int] = frozenset(),
        passing: frozenset[int] = frozenset(),
    ) -> None:
        self.width = width
        self._packed, self._ignored, self._passing = packed or {}, ignored, passing
        self._columns: dict[int, _Values] = {}
        self._computed: dict[int, ComputedColumn] = {}
        self._settled = 0
        self._open: list[list[Any]] = []

    # -- reading ------------------------------------------------------------------------------------------------------

    def __len__(self) -> int:
        return self._settled + len(self._open)

    def __iter__(self) -> Iterator[Sequence[Any]]:
        columns = (self.values(position) for position in range(self.width))
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
        if number < 0:
            raise IndexError(number)
        return Row(self, number)

    def whole(self, number: int) -> tuple[Any, ...]:
        """All values of a settled row."""
        row: list[Any] = [None] * self.width
        for position, values in self._columns.items():
            row[position] = values[number]
        for position in self._computed:
            row[position] = self.get(number, position)
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
        values = self._columns.get(position)
        return values if isinstance(values, list) else list(self.values(position))

    def values(self, position: int) -> Iterator[Any]:
        """The values of one column in the settled rows, one after the other."""
        computed = self._computed.get(position)
        if computed is None:
            values = self._columns.get(position)
            return repeat(None, self._settled) if values is None else iter(values)
        followed = map(computed.compute, *(self.values(one) for one in computed.columns))
        if not computed.put:
            return followed
        return (computed.put.get(number, value) for number, value in enumerate(followed))

    def joined(self, position: int) -> tuple[bytearray, int] | None:
        """The strings of one column in the settled rows as one, and how long each is, where they are packed so."""
        values = self._columns.get(position)
        return values.joined if isinstance(values, PackedStrings) else None

    @property
    def is_settled(self) -> bool:
        """Whether no row is open."""
        return not self._open

    def is_empty(self, position: int) -> bool:
        """Whether it is known without a look at each that no settled row has a value in a column."""
        return position not in self._columns and position not in self._computed

    def get(self, number: int, position: int) -> Any:
        """One value."""
        values = self._columns.get(position)
        if values is not None and number < self._settled:
            return values[number]
        if (computed := self._computed.get(position)) is not None:
            if number in computed.put:
                return computed.put[number]
            columns = self._columns
            if number < self._settled and computed.follows <= columns.keys():
                return computed.compute(*[columns[one][number] for one in computed.columns])
            return computed.compute(*[self.get(number, one) for one in computed.columns])
        if number >= self._settled:
            return self._open[number - self._settled][position]
        if position < 0:
            return self.get(number, position + self.width)
        if position >= self.width:
            raise IndexError(position)
        return None

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

    def forget(self) -> None:
        """Forget the values of the columns that pass."""
        for values in self._columns.values():
            if isinstance(values, PassingValues):
                values.forget()

    def extend(self, number: int, columns: Mapping[int, list[Any]]) -> None:
        """Add settled rows behind all others.

        Args:
            number: of the rows.
            columns: position → as many values; others are missing.
        """
        for position, values in columns.items():
            if position in self._ignored:
                continue
            if position in self._passing:
                self._columns.setdefault(position, PassingValues(self._settled))
            elif position not in self._columns:
                pack = self._packed.get(position) if not self._settled else None
                self._columns[position] = pack() if pack else [None] * self._settled
            self._extend(position, values)
        for position in self._columns.keys() - columns.keys():
            self._extend(position, [None] * number)
        self._settled += number

    def _extend(self, position: int, values: list[Any]) -> None:
        try:
            self._columns[position].extend(values)
        except _Unfit:
            self._list(position).extend(values)

    def _list(self, position: int) -> list[Any]:
        """The values of a column that may be missing, as a list that may be changed."""
        values = self._columns.get(position)
        if not isinstance(values, list):
            values = self._columns[position] = [None] * self._settled if values is None else list(values)
        return values

    def compute(self, position: int, column: ComputedColumn) -> None:
        """Have a column computed."""
        if position not in self._ignored:
            self._computed[position] = column

    def put(self, number: int, position: int, value: Any) -> None:
        """Set one value."""
        if position in self._ignored:
            return
        if position in self._computed:
            self._computed[position].put[number] = value
        elif number >= self._settled:
            self._open[number - self._settled][position] = value
        else:
            self._list(position)[number] = value

    def put_all(self, position: int, numbers: Sequence[int], values: Sequence[Any]) -> None:
        """Set a value in each of some rows; their numbers ascend."""
        if position in self._ignored:
            return
        if numbers and not self._open and numbers[-1] - numbers[0] + 1 == len(numbers):
            self._list(position)[numbers[0] : numbers[-1] + 1] = values
            return
        for number, value in zip(numbers, values, strict=True):
            self.put(number, position, value)
