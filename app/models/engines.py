"""How each database is opened. The reasons stand in docs/decisions/0003-databases.md."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pysqlite3
import sqlalchemy as sa

from app.models import moving
from app.queues import ALIVE

QUERY_ONLY = ("PRAGMA query_only=0", "PRAGMA query_only=1")
FIXED_IN = {(3, 44): 6, (3, 50): 7}  # series with the WAL-reset fix carried back
FIXED_FROM = (3, 51, 3)
WITHDRAWN = (3, 52)

PRAGMAS = (
    "synchronous=FULL",
    "foreign_keys=ON",
    "busy_timeout=10000",
    "temp_store=MEMORY",
    "trusted_schema=OFF",
    "cell_size_check=ON",
    "mmap_size=0",
    "secure_delete=ON",
    "journal_size_limit=67108864",
    "wal_autocheckpoint=1000",
)

TIMEOUTS = {
    "web": "-c statement_timeout=5000 -c lock_timeout=2000 -c idle_in_transaction_session_timeout=10000",
    "jobs": "-c statement_timeout=60000 -c lock_timeout=2000 -c idle_in_transaction_session_timeout=300000",
    "migrations": "-c statement_timeout=0 -c lock_timeout=5000",
}


class UnsafeDatabaseError(RuntimeError):
    """The database in use can lose or corrupt answers; the text says which fault and what to do."""


def is_safe_sqlite(version: tuple[int, ...]) -> bool:
    """Whether this SQLite is outside the range of the WAL-reset bug."""
    series = version[:2]
    if series in FIXED_IN:
        return version[2] >= FIXED_IN[series]
    return version >= FIXED_FROM and series != WITHDRAWN


def engine_options(url: str, role: str = "web") -> dict[str, Any]:
    """What `create_engine` is given for this address and this kind of work."""
    options = _sqlite_options(url) if url.startswith("sqlite") else _postgresql_options(role)
    return {**options, "hide_parameters": True}  # an error that is logged must not quote what people said


def _sqlite_options(url: str) -> dict[str, Any]:
    if not is_safe_sqlite(pysqlite3.sqlite_version_info):
        raise UnsafeDatabaseError(
            f"SQLite {pysqlite3.sqlite_version} can lose commits in WAL mode; install pysqlite3 0.6.1 or newer."
        )
    file = Path(url.removeprefix("sqlite:///"))
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not file.exists():  # to open and close it again would take the locks of this process off it
        file.touch(mode=0o600)  # SQLite gives its -wal and -shm files the same mode
    return {
        "module": pysqlite3,
        "connect_args": {"timeout": 10, "isolation_level": None, "check_same_thread": False},
        "poolclass": sa.QueuePool,
        "pool_size": 8,
        "max_overflow": 0,
        "pool_timeout": 10,
        "pool_recycle": -1,
    }


def _postgresql_options(role: str) -> dict[str, Any]:
    return {
        "pool_size": 8,
        "max_overflow": 4,
        "pool_timeout": 5,
        "pool_pre_ping": True,
        "pool_recycle": 1800,
        "connect_args": {
            **ALIVE,
            "application_name": f"whyscore-{role}",
            "options": f"{TIMEOUTS[role]} -c timezone=UTC -c synchronous_commit=on",
        },
    }


def prepare(engine: sa.Engine) -> None:
    """Give every new connection and every new transaction of this engine its settings."""
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _set_pragmas)
        sa.event.listen(engine, "begin", _begin)


def _set_pragmas(connection: Any, _record: Any) -> None:
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: sa.Connection) -> None:
    """A reader gets a connection that refuses to write; a writer takes the write lock at once."""
    is_reading = connection.get_execution_options().get("reading", False)
    raw: Any = connection.connection.driver_connection
    raw.execute(QUERY_ONLY[is_reading])
    connection.exec_driver_sql("BEGIN" if is_reading else "BEGIN IMMEDIATE")
    if not is_reading:
        _refuse_if_moved(connection)


def _refuse_if_moved(connection: sa.Connection) -> None:
    """With the write lock held: whoever marked the database as moved did so after everybody who wrote before."""
    try:
        moving.refuse(connection.engine.url.database)
    except moving.MovedAwayError:
        connection.exec_driver_sql("ROLLBACK")
        raise


def reading(engine: sa.Engine) -> sa.Engine:
    """The same engine and pool, but its transactions cannot write and see one state of the database to their end."""
    options = {"isolation_level": "REPEATABLE READ"} if engine.dialect.name == "postgresql" else {}
    return engine.execution_options(reading=True, postgresql_readonly=True, **options)
