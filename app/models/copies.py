"""Rows in one form on both databases, by ranges of the primary key: what a copy is made from and compared by.

The form is SQLite's: moments, days and JSON are texts, booleans 0 or 1. PostgreSQL is asked for the same and takes it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import sqlalchemy as sa

from app.models.base import Base

AT_ONCE = 2_000  # rows of a range
Row = tuple[Any, ...]
Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Range:
    """The rows of a table behind one key and up to another; None is before the first and behind the last."""

    table: sa.Table
    after: Key | None = None
    until: Key | None = None


class Checksum:
    """The checksum of rows in the order of their keys."""

    def __init__(self) -> None:
        self.hash, self.rows = blake2b(digest_size=16), 0

    def add(self, rows: Sequence[Row]) -> None:
        """Go on with these rows."""
        for row in rows:
            self.hash.update(repr(row).encode())
        self.rows += len(rows)

    def copy(self) -> Checksum:
        """The same so far."""
        other = Checksum()
        other.hash, other.rows = self.hash.copy(), self.rows
        return other

    def __str__(self) -> str:
        return self.hash.hexdigest()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Checksum) and (str(self), self.rows) == (str(other), other.rows)

    __hash__ = None  # type: ignore[assignment]


def tables() -> Sequence[sa.Table]:
    """All tables, those that others refer to first."""
    return Base.metadata.sorted_tables


def key_of(table: sa.Table, row: Row) -> Key:
    """The primary key of a row."""
    names = [column.name for column in table.columns]
    return tuple(row[names.index(column.name)] for column in table.primary_key)


def from_sqlite(connection: sa.Connection, wanted: Range) -> list[Row]:
    """The first rows behind `after`."""
    keys, marks = _keys(wanted.table), _marks(wanted.table, "?")
    where = f"WHERE ({keys}) > ({marks})" if wanted.after else ""
    columns = ", ".join(map(_in_sqlite, wanted.table.columns))
    asked = f'SELECT {columns} FROM "{wanted.table.name}" {where} ORDER BY {keys} LIMIT {AT_ONCE}'  # noqa: S608 - our own names
    return [tuple(row) for row in connection.exec_driver_sql(asked, wanted.after or ())]


def from_postgresql(cursor: Any, wanted: Range) -> list[Row]:
    """The rows of a range in the same form."""
    where, values = _within(wanted)
    columns = ", ".join(map(_in_postgresql, wanted.table.columns))
    keys = _keys(wanted.table, collated=True)
    cursor.execute(f'SELECT {columns} FROM "{wanted.table.name}" {where} ORDER BY {keys}', values)  # noqa: S608 - our own names
    rows: list[Row] = cursor.fetchall()
    return rows


def replace(cursor: Any, wanted: Range, rows: Sequence[Row]) -> None:
    """Put these rows in the place of those of a range. PostgreSQL reads the texts by the types of its columns."""
    where, values = _within(wanted)
    cursor.execute(f'DELETE FROM "{wanted.table.name}" {where}', values)  # noqa: S608 - our own names
    columns = ", ".join(f'"{column.name}"' for column in wanted.table.columns)
    with cursor.copy(f'COPY "{wanted.table.name}" ({columns}) FROM STDIN') as copy:
        for row in rows:
            copy.write_row(row)


def _within(wanted: Range) -> tuple[str, list[Any]]:
    keys, marks = _keys(wanted.table, collated=True), _marks(wanted.table, "%s")
    ends = [(">", wanted.after), ("<=", wanted.until)]
    given = [(sign, key) for sign, key in ends if key is not None]
    where = " AND ".join(f"({keys}) {sign} ({marks})" for sign, _ in given)
    return (f"WHERE {where}" if where else ""), [value for _, key in given for value in key]


def _keys(table: sa.Table, *, collated: bool = False) -> str:
    """The columns of the primary key; texts in the order of their bytes, which is the only one SQLite has."""
    return ", ".join(
        f'"{column.name}"' + (' COLLATE "C"' if collated and isinstance(column.type, sa.Text) else "")
        for column in table.primary_key
    )


def _marks(table: sa.Table, mark: str) -> str:
    return ", ".join([mark] * len(table.primary_key))


def _in_sqlite(column: sa.Column[Any]) -> str:
    name = f'"{column.name}"'
    if isinstance(_kind(column), sa.DateTime):  # by hand it may have been written without its fractions
        return f"CASE WHEN length({name}) < 26 THEN strftime('%Y-%m-%d %H:%M:%f000', {name}) ELSE {name} END"
    return name


def _in_postgresql(column: sa.Column[Any]) -> str:
    name, kind = f'"{column.name}"', _kind(column)
    if isinstance(kind, sa.DateTime):
        return f"to_char({name} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')"
    if isinstance(kind, sa.Date):
        return f"to_char({name}, 'YYYY-MM-DD')"
    if isinstance(kind, sa.Boolean):
        return f"{name}::int"
    return f"{name}::text" if isinstance(kind, sa.JSON) else name


def _kind(column: sa.Column[Any]) -> Any:
    return column.type.impl_instance if isinstance(column.type, sa.TypeDecorator) else column.type
