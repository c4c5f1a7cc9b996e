"""Runners: the processes that do the work behind the pages, on however many hosts."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa
from flask import current_app

from app.extensions import db
from app.models import Runner, now
from app.models.transaction import writing
from app.models.upsert import put
from app.services import folders, heartbeats, leases

log = logging.getLogger("whyscore.jobs")

JOBS = "jobs"  # the heart of all runners together: one that lives is enough
REMEMBERED = timedelta(days=1)


def beat() -> None:
    """Commit a sign of life, our own and that of all together."""
    folder = _folder()
    heartbeats.beat(JOBS, lambda: put(Runner, {"name": leases.holder()}, {"folder": folder, "at": now()}))


def alive() -> Sequence[Runner]:
    """Those who showed one lately."""
    query = sa.select(Runner).where(Runner.at > now() - heartbeats.STALE)
    return db.session.scalars(query.order_by(Runner.name), execution_options={"populate_existing": True}).all()


def leave() -> None:
    """Say that this one is no more."""
    with writing() as session:
        session.execute(sa.delete(Runner).where(Runner.name == leases.holder()))


def forget_past() -> None:
    """Delete those that fell silent long ago. To be called inside a transaction."""
    db.session.execute(sa.delete(Runner).where(Runner.at < now() - REMEMBERED))


def _folder() -> str:
    """Which shared folder we see, as it was when we first looked: no heart stops because a network does."""
    if "shared_folder" not in current_app.extensions:
        try:
            current_app.extensions["shared_folder"] = folders.mark()
        except OSError as error:
            log.warning("SHARED_DIR: %s", type(error).__name__)
            return ""
    return str(current_app.extensions["shared_folder"])
