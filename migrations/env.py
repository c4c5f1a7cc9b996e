"""Runs a migration as one transaction: the old schema or the new one, never something between."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from alembic import context
from flask import current_app

from app import models

LOCK = 0x77687973636F7265  # any fixed number; every Whyscore asks for the same one


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """One migration at a time, by a lock on the folder: it needs no file, and ends with its process."""
    opened = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(opened, fcntl.LOCK_EX)
        yield
    finally:
        os.close(opened)


def run_sqlite(engine: sa.Engine) -> None:
    """A second migration waits, and then finds nothing to do."""
    with alone(Path(engine.url.database or ".").parent):
        rebuild(engine)


def rebuild(engine: sa.Engine) -> None:
    """A rebuilt table is dropped on the way, so foreign keys rest until the check before the commit."""
    raw = engine.raw_connection()
    raw.execute("PRAGMA journal_mode=WAL")
    raw.close()
    with engine.connect() as connection:
        connection.connection.execute("PRAGMA foreign_keys=OFF")
        with connection.begin():
            migrate(connection)
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
            if broken:
                raise RuntimeError(f"the migration would leave rows without their parent: {broken[:5]}")
        connection.connection.execute("PRAGMA foreign_keys=ON")


def run_postgresql(engine: sa.Engine) -> None:
    """One migration at a time; a second one waits for the lock and then finds nothing to do."""
    with engine.begin() as connection:
        connection.execute(sa.text("SET LOCAL statement_timeout = 0"))
        connection.execute(sa.text("SET LOCAL lock_timeout = 0"))
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
        connection.execute(sa.text("SET LOCAL lock_timeout TO DEFAULT"))
        migrate(connection)


def migrate(connection: sa.Connection) -> None:
    """Run what is missing on this connection."""
    context.configure(
        connection=connection,
        target_metadata=models.Base.metadata,
        render_as_batch=True,
        compare_type=True,
        transactional_ddl=True,
        transaction_per_migration=False,
    )
    context.run_migrations()


def run() -> None:
    """Migrate the application's own database."""
    engine = current_app.extensions["migrate"].db.engine
    if engine.dialect.name == "sqlite":
        run_sqlite(engine)
    else:
        run_postgresql(engine)


run()
