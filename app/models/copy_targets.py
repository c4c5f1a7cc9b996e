"""The PostgreSQL database that a copy is made in: how far it is, what was taken off it meanwhile, and its sequences.

Unique and foreign keys and indexes come off while rows are copied range by range, as a range may refer to one that
comes later, or hold what another still has. Their definitions are kept in the target and come back at the end, when
PostgreSQL checks every row against them.
"""

from __future__ import annotations

from ast import literal_eval
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.models.copies import Key

LOCK = 0x77687973636F7079  # any fixed number; every copy asks for the same one
CREATE = """
CREATE TABLE copying (installation text NOT NULL, finished_at timestamptz);
CREATE TABLE copying_part (name text PRIMARY KEY, after text);
CREATE TABLE copying_rule (number int PRIMARY KEY, statement text NOT NULL);
"""
RULES = """
SELECT format('ALTER TABLE %I DROP CONSTRAINT %I', c.relname, k.conname),
       format('ALTER TABLE %I ADD CONSTRAINT %I %s', c.relname, k.conname, pg_get_constraintdef(k.oid)),
       CASE k.contype WHEN 'u' THEN 1 ELSE 3 END AS turn
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
WHERE c.relnamespace = current_schema()::regnamespace AND k.contype IN ('u', 'f') AND k.conparentid = 0
UNION ALL
SELECT format('DROP INDEX %I', i.relname), pg_get_indexdef(i.oid), 2
FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
WHERE i.relnamespace = current_schema()::regnamespace
  AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.oid AND k.contype IN ('p', 'u', 'x'))
ORDER BY turn DESC, 1
"""
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
OURS = {"alembic_version", "copying", "copying_part", "copying_rule"}


@dataclass(frozen=True, slots=True)
class State:
    """Whose copy it is, and whether it is finished."""

    installation: str
    is_finished: bool


class Target:
    """One connection to it, which holds the lock against a second copy as long as it lives."""

    def __init__(self, raw: Any) -> None:
        self.raw, self.cursor = raw, raw.cursor()

    def is_free(self) -> bool:
        """Whether nobody else copies into it; if so, nobody else can now."""
        return bool(self._one("SELECT pg_try_advisory_lock(%s)", [LOCK]))

    def tables(self) -> set[str]:
        """The tables of the target."""
        return {name for (name,) in self.cursor.execute(TABLES).fetchall()}

    def has_rows(self, table: str) -> bool:
        """Whether a table holds anything."""
        return self.cursor.execute(f'SELECT 1 FROM "{table}" LIMIT 1').fetchone() is not None  # noqa: S608 - our own names

    def state(self) -> State | None:
        """What stands in it, None without a copy."""
        if "copying" not in self.tables():
            return None
        row = self.cursor.execute("SELECT installation, finished_at IS NOT NULL FROM copying").fetchone()
        return State(*row)

    def begin(self, installation: str) -> None:
        """Take off what stands in the way, and remember it."""
        rules = self.cursor.execute(RULES).fetchall()
        self.cursor.execute(CREATE)
        self.cursor.execute("INSERT INTO copying (installation) VALUES (%s)", [installation])
        for number, (drop, again, _) in enumerate(rules):
            self.cursor.execute("INSERT INTO copying_rule VALUES (%s, %s)", [-number, again])
            self.cursor.execute(drop)
        self.raw.commit()

    def finish(self, sequences: Mapping[str, int]) -> None:
        """Put everything back and set the sequences behind the highest ids that were ever given: all or nothing."""
        self.cursor.execute("SET LOCAL maintenance_work_mem = '256MB'")
        for (again,) in self.cursor.execute("SELECT statement FROM copying_rule ORDER BY number").fetchall():
            self.cursor.execute(again)
        for table, last in sequences.items():
            self.cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), greatest(%s, 1), %s > 0)",
                                [f'"{table}"', last, last])  # fmt: skip
        self.cursor.execute("UPDATE copying SET finished_at = now()")
        self.raw.commit()

    def gather_statistics(self) -> None:
        """Tell the query planner what is there now."""
        self.cursor.execute("ANALYZE")
        self.raw.commit()

    def forget(self) -> None:
        """Take away what only the copying needed."""
        self.cursor.execute("DROP TABLE IF EXISTS copying, copying_part, copying_rule")
        self.raw.commit()

    def note(self, table: str, until: Key | None) -> None:
        """With the rows of a range: how far the pass has come in this table; None is its end."""
        self.cursor.execute(
            "INSERT INTO copying_part VALUES (%s, %s) ON CONFLICT (name) DO UPDATE SET after = excluded.after",
            [table, repr(until)],
        )

    def noted(self) -> dict[str, Key | None]:
        """How far an unfinished pass has come."""
        rows = self.cursor.execute("SELECT name, after FROM copying_part").fetchall()
        return {name: literal_eval(after) for name, after in rows}

    def forget_parts(self) -> None:
        """The next pass begins at the beginning."""
        self.cursor.execute("DELETE FROM copying_part")
        self.raw.commit()

    def serial(self) -> set[str]:
        """The tables whose ids PostgreSQL gives."""
        asked = "SELECT table_name FROM information_schema.columns WHERE table_schema = current_schema()"
        rows = self.cursor.execute(f"{asked} AND column_name = 'id' AND column_default LIKE 'nextval(%'").fetchall()
        return {name for (name,) in rows}

    def _one(self, query: str, values: list[Any]) -> Any:
        return self.cursor.execute(query, values).fetchone()[0]
