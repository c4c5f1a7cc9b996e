"""What this installation runs on, and what does not fit together where it has several hosts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask import current_app

from app import queues
from app.extensions import db
from app.models import engines, now
from app.services import folders, runners

MAY_DIFFER = timedelta(seconds=5)  # clocks of two hosts: the leases of deliveries and of long work last longer


def told() -> Iterator[str]:
    """Each engine in a line."""
    yield f"Database: {_database()}"
    yield f"Queue: {_queue()}"
    yield f"Rate limits: counted {'in the database' if db.engine.dialect.name == 'postgresql' else 'in DATA_DIR'}"
    alive = [runner.name.rpartition(":")[0] for runner in runners.alive()]
    yield f"Workers: {', '.join(alive) or 'none alive'}"


def problems() -> list[str]:
    """What stands against starting whoever needs the queue."""
    try:
        _queue()
    except Exception as error:
        kind = queues.engine(current_app.config["QUEUE_URL"])
        return [f"the queue cannot be reached ({kind}, {type(error).__name__}): check QUEUE_URL, and that it runs"]
    return []


def warnings() -> Iterator[str]:
    """What does not stop anybody but will be missed."""
    yield from _strangers()
    differs = abs(_clock() - now())
    if differs > MAY_DIFFER:
        yield f"the clock of this host and the database's differ by {differs.total_seconds():.0f} s: synchronise them"


def _strangers() -> Iterator[str]:
    try:
        mine = folders.mark()
    except OSError as error:
        yield f"SHARED_DIR cannot be written ({error.strerror}): imports and exports fail"
        return
    for runner in runners.alive():
        if runner.folder != mine:
            host = runner.name.partition(":")[0]
            yield f"{host} has another SHARED_DIR: it finds no file that is sent for an import here, nor we its exports"


def _database() -> str:
    with engines.reading(db.engine).connect() as connection:
        version = ".".join(map(str, connection.dialect.server_version_info or ()))
    return f"{'PostgreSQL' if db.engine.dialect.name == 'postgresql' else 'SQLite'} {version}"


def _queue() -> str:
    return queues.reached(current_app.config["QUEUE_URL"], current_app.config["DATA_DIR"])


def _clock() -> datetime:
    if db.engine.dialect.name != "postgresql":
        return now()
    with engines.reading(db.engine).connect() as connection:
        found: datetime = connection.execute(sa.select(sa.func.clock_timestamp())).scalar_one()
    return found
