"""One pass of a copy: every table by ranges of its key, compared by checksum, and copied where the two differ."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import psycopg
import sqlalchemy as sa

from app.errors import Invalid
from app.extensions import db
from app.models import copies, engines
from app.models.copies import Checksum, Key, Range, Row
from app.models.copy_targets import Target

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Copied:
    """A table after a pass: its rows and their checksum in SQLite, in PostgreSQL, and how many were copied."""

    table: str
    ours: Checksum
    theirs: Checksum
    copied: int

    @property
    def is_same(self) -> bool:
        """Whether both sides hold the same."""
        return self.ours == self.theirs


def go(target: Target, progress: Progress, noted: Mapping[str, Key | None], *, is_look: bool = False) -> list[Copied]:
    """Go through all tables, or on from where an earlier pass was cut off."""
    counts, found = _counts(), []
    done, total = 0, sum(counts.values())
    for table in copies.tables():
        if table.name not in noted or noted[table.name] is not None:
            comparison = _Comparison(target, table, is_look)
            for rows in comparison.ranges(noted.get(table.name)):
                progress("copy", min(done + rows, total), total)
            found.append(Copied(table.name, comparison.ours, comparison.theirs, comparison.copied))
        done += counts[table.name]
    if not is_look:
        target.forget_parts()
    return found


def _counts() -> dict[str, int]:
    with engines.reading(db.engine).connect() as connection:
        asked = ((table, sa.select(sa.func.count()).select_from(table)) for table in copies.tables())
        return {table.name: connection.scalar(query) or 0 for table, query in asked}


class _Comparison:
    """One table in one pass."""

    def __init__(self, target: Target, table: sa.Table, is_look: bool) -> None:
        self.target, self.table, self.is_look = target, table, is_look
        self.ours, self.theirs, self.copied = Checksum(), Checksum(), 0

    def ranges(self, after: Key | None) -> Iterator[int]:
        """Settle range by range; yields how many rows were looked at so far."""
        reader = engines.reading(db.engine)
        while True:
            with reader.connect() as connection:
                rows = copies.from_sqlite(connection, Range(self.table, after))
            until = copies.key_of(self.table, rows[-1]) if len(rows) == copies.AT_ONCE else None
            self._settle(Range(self.table, after, until), rows)
            yield self.ours.rows
            if until is None:
                return
            after = until

    def _settle(self, wanted: Range, rows: Sequence[Row]) -> None:
        before = self.theirs.copy()
        self.ours.add(rows)
        self.theirs.add(copies.from_postgresql(self.target.cursor, wanted))
        if self.is_look:
            return
        if self.ours != self.theirs:
            self._copy(wanted, rows, before)
        self.target.note(self.table.name, wanted.until)
        self.target.raw.commit()

    def _copy(self, wanted: Range, rows: Sequence[Row], before: Checksum) -> None:
        """Put the range there, and read back what was put."""
        try:
            copies.replace(self.target.cursor, wanted, rows)
        except psycopg.DataError as error:
            where = f"{self.table.name} behind {wanted.after or 'its beginning'}"
            raise Invalid(f"PostgreSQL does not take a row of {where}: {said(error)}.") from error
        before.add(copies.from_postgresql(self.target.cursor, wanted))
        if self.ours != before:
            raise Invalid(f"{self.table.name}: PostgreSQL holds something else than was put there. Look for triggers.")
        self.theirs, self.copied = before, self.copied + len(rows)


def said(error: Exception) -> str:
    """Why PostgreSQL refused, without the row that it would quote."""
    cause = error.orig if isinstance(error, sa.exc.DBAPIError) else error
    primary = getattr(getattr(cause, "diag", None), "message_primary", None)
    return str(primary or str(cause).strip().partition("\n")[0])
