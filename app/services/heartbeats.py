"""Signs of life, proved by a commit: a heart that beats is a database that takes writes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import sqlalchemy as sa

from app.extensions import db
from app.models import Heartbeat, now
from app.models.transaction import writing
from app.models.upsert import put

EVERY = 2.0  # seconds
STALE = timedelta(seconds=6)


def beat(name: str, *others: Callable[[], None]) -> None:
    """Commit the present moment under this name, and in the same transaction whatever else shows life."""
    with writing():
        put(Heartbeat, {"name": name}, {"at": now()})
        for other in others:
            other()


def is_alive(name: str) -> bool:
    """Whether the last beat is young enough."""
    at = db.session.scalar(sa.select(Heartbeat.at).where(Heartbeat.name == name))
    return at is not None and now() - at < STALE
