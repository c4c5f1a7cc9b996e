"""Where rate limits count: a store of its own that all workers share and that no backup holds."""

from __future__ import annotations

import os
import secrets
import time
from datetime import UTC, datetime
from pathlib import Path

import pysqlite3
import sqlalchemy as sa
from limits.storage import Storage
from sqlalchemy.exc import SQLAlchemyError

SCHEMA = "whyscore_rates"  # on PostgreSQL, so that a dump leaves it out by one word
SECONDS_TO_WAIT = 0.25  # a store that is slower than this is treated as broken

# Asked first, because IF NOT EXISTS wants the right to make schemas all the same.
MAKE_SCHEMA = """DO $$ BEGIN IF to_regnamespace('whyscore_rates') IS NULL
THEN CREATE SCHEMA whyscore_rates; END IF; END $$"""
TABLES = (
    "CREATE {unlogged} TABLE IF NOT EXISTS rate (key TEXT PRIMARY KEY, hits BIGINT NOT NULL, ends BIGINT NOT NULL)",
    "CREATE {unlogged} TABLE IF NOT EXISTS rate_day (day TEXT PRIMARY KEY, key TEXT NOT NULL)",
)
# `rate.ends > :ends` is a clock that was set back: nobody stays locked out for longer than one window.
COUNT = sa.text("""
    INSERT INTO rate (key, hits, ends) VALUES (:key, :n, :ends)
    ON CONFLICT (key) DO UPDATE SET
      hits = CASE WHEN rate.ends <= :now OR rate.ends > :ends THEN :n    ELSE rate.hits + :n END,
      ends = CASE WHEN rate.ends <= :now OR rate.ends > :ends THEN :ends ELSE rate.ends      END
    RETURNING hits
""")


class SharedStorage(Storage):
    """Fixed windows in one statement, the same on SQLite and on PostgreSQL."""

    STORAGE_SCHEME = ["whyscore"]  # noqa: RUF012 - the base class reads it from the class

    def __init__(self, url: str, folder: Path) -> None:
        super().__init__()
        self.url, self.folder = url, folder
        self._engines: dict[int, sa.Engine] = {}
        self._day = ("", b"")

    @property
    def base_exceptions(self) -> type[Exception]:
        return SQLAlchemyError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        now = int(time.time())
        values = {"key": key, "n": amount, "now": now, "ends": now + expiry}
        with self._engine().begin() as connection:
            return int(connection.execute(COUNT, values).scalar_one())

    def get(self, key: str) -> int:
        query = sa.text("SELECT hits FROM rate WHERE key = :key AND ends > :now")
        with self._engine().connect() as connection:
            return int(connection.execute(query, {"key": key, "now": int(time.time())}).scalar() or 0)

    def get_expiry(self, key: str) -> float:
        query = sa.text("SELECT ends FROM rate WHERE key = :key")
        with self._engine().connect() as connection:
            return float(connection.execute(query, {"key": key}).scalar() or time.time())

    def check(self) -> bool:
        with self._engine().connect() as connection:
            return connection.execute(sa.text("SELECT 1")).scalar() == 1

    def reset(self) -> int:
        with self._engine().begin() as connection:
            connection.execute(sa.text("DELETE FROM rate_day"))
            return connection.execute(sa.text("DELETE FROM rate")).rowcount

    def clear(self, key: str) -> None:
        with self._engine().begin() as connection:
            connection.execute(sa.text("DELETE FROM rate WHERE key = :key"), {"key": key})

    def key_of_the_day(self) -> bytes:
        """Random, the same for all workers; with a new day the old key goes, and every count made with it."""
        today = datetime.now(UTC).date().isoformat()
        if self._day[0] != today:
            self._day = (today, self._begin(today))
        return self._day[1]

    def forget_past_days(self) -> None:
        """Delete the key of an earlier day and every count made with it; a job calls this where nobody answers."""
        self._begin(datetime.now(UTC).date().isoformat())

    def counts(self) -> int:
        """How many counts there are."""
        with self._engine().connect() as connection:
            return int(connection.execute(sa.text("SELECT count(*) FROM rate")).scalar_one())

    def close(self) -> None:
        """Close this process's connections."""
        if (engine := self._engines.pop(os.getpid(), None)) is not None:
            engine.dispose()

    def _begin(self, today: str) -> bytes:
        insert = "INSERT INTO rate_day (day, key) VALUES (:day, :key) ON CONFLICT (day) DO NOTHING"
        with self._engine().begin() as connection:
            connection.execute(sa.text(insert), {"day": today, "key": secrets.token_hex(32)})
            if connection.execute(sa.text("DELETE FROM rate_day WHERE day <> :day"), {"day": today}).rowcount:
                connection.execute(sa.text("DELETE FROM rate"))
            key = connection.execute(sa.text("SELECT key FROM rate_day WHERE day = :day"), {"day": today})
            return bytes.fromhex(key.scalar_one())

    def _engine(self) -> sa.Engine:
        """The engine of this process: a connection made before a fork is not shared."""
        if os.getpid() not in self._engines:
            engine = self._on_postgresql() if self.url.startswith("postgresql") else self._on_sqlite()
            self._engines[os.getpid()] = engine
        return self._engines[os.getpid()]

    def _on_sqlite(self) -> sa.Engine:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        engine = sa.create_engine(
            f"sqlite:///{self.folder / 'rates.db'}",
            module=pysqlite3,
            connect_args={"timeout": SECONDS_TO_WAIT, "isolation_level": None, "check_same_thread": False},
            pool_timeout=SECONDS_TO_WAIT,
        )
        sa.event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
        sa.event.listen(engine, "connect", _settings)
        return _with_tables(engine, unlogged="")

    def _on_postgresql(self) -> sa.Engine:
        limits = f"-c statement_timeout={int(SECONDS_TO_WAIT * 1000)} -c synchronous_commit=off"
        engine = sa.create_engine(
            self.url,
            pool_size=2,
            max_overflow=6,
            pool_timeout=SECONDS_TO_WAIT,
            pool_pre_ping=True,
            connect_args={"connect_timeout": 1, "options": f"{limits} -c search_path={SCHEMA}"},
        )
        return _with_tables(engine, "UNLOGGED", "SELECT pg_advisory_xact_lock(7710)", MAKE_SCHEMA)


def _settings(connection: pysqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute("PRAGMA secure_delete=ON")


def _with_tables(engine: sa.Engine, unlogged: str, *first: str) -> sa.Engine:
    with engine.begin() as connection:
        for statement in (*first, *(table.format(unlogged=unlogged) for table in TABLES)):
            connection.execute(sa.text(statement))
    return engine
