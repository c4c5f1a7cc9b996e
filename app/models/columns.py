"""Tables in memory, column by column. They are never changed: whoever has one keeps what it says."""

from __future__ import annotations

import threading
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Column = NDArray[Any]
Columns = Mapping[str, Column]
Places = NDArray[np.int64]


class Codes:
    """Numbers from 0 for values as they are met; nothing has the number −1. Only grows, so an old table stays right."""

    def __init__(self) -> None:
        self.values: list[Any] = []
        self._numbers: dict[Hashable, int] = {None: -1}
        self._lock = threading.Lock()

    def of(self, values: Iterable[Hashable]) -> Column:
        """The numbers of these values."""
        return np.fromiter(map(self._number, values), np.int32)

    def find(self, value: Hashable) -> int:
        """The number of a value, −2 if nobody has it."""
        return self._numbers.get(value, -2)

    def _number(self, value: Hashable) -> int:
        number = self._numbers.get(value)
        return self._added(value) if number is None else number

    def _added(self, value: Hashable) -> int:
        with self._lock:
            if value not in self._numbers:
                self.values.append(value)
                self._numbers[value] = len(self.values) - 1
            return self._numbers[value]


def size(columns: Columns) -> int:
    """The number of rows."""
    return len(next(iter(columns.values())))


def take(columns: Columns, rows: Any) -> dict[str, Column]:
    """Some rows, by their places or a mask."""
    return {name: column[rows] for name, column in columns.items()}


def ordered(columns: Columns, keys: Sequence[str]) -> dict[str, Column]:
    """The rows in the order of these columns, the first one first."""
    return take(columns, np.lexsort([columns[key] for key in reversed(keys)]))


def put(columns: Columns, rows: Places, new: Columns) -> Columns:
    """The same with some rows replaced."""
    copies = {name: column.copy() for name, column in columns.items()}
    for name, column in copies.items():
        column[rows] = new[name]
    return copies


def places(columns: Columns, keys: Sequence[str], new: Columns) -> Places:
    """Before which row each of the new ones belongs; both are ordered by `keys`."""
    rows = zip(*(new[key].tolist() for key in keys), strict=True)
    return np.fromiter((_place([columns[key] for key in keys], row) for row in rows), np.int64)


def _place(columns: Sequence[Column], row: Sequence[Any]) -> int:
    low, high = 0, len(columns[0])
    for column, value in zip(columns, row, strict=True):
        part = column[low:high]
        low, high = low + int(part.searchsorted(value)), low + int(part.searchsorted(value, "right"))
    return low


def insert(columns: Columns, before: Places, new: Columns) -> Columns:
    """The same with rows added before the ones named."""
    return {name: _insert(column, before, new[name]) for name, column in columns.items()}


def _insert(column: Column, before: Places, new: Column) -> Column:
    """Copied in pieces, as most rows come in at the end: ten times as fast as numpy.insert."""
    starts = np.flatnonzero(np.diff(before, prepend=-1))  # rows that go to the same place stay together
    pieces, done = [], 0
    for start, stop in zip(starts.tolist(), [*starts[1:].tolist(), len(before)], strict=True):
        pieces += [column[done : before[start]], new[start:stop]]
        done = int(before[start])
    return np.concatenate([*pieces, column[done:]])
