"""Whether this installation works now. Only looks: the proof that writing works is the heartbeat."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from alembic.migration import MigrationContext
from flask import current_app

from app.extensions import db
from app.models import Heartbeat, counts, moving, now, transaction
from app.services import backups, installation
from app.services.heartbeats import STALE
from app.services.runners import JOBS

ROOM = 256 * 2**20  # bytes: less, and the next backup or migration may fill the disk
LATE = timedelta(minutes=15)  # a sender that lives takes up what is due within seconds
LONG = 256 * 2**20  # bytes of write-ahead log


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that has to be so. `is_ok` False is an alarm; `says` names what was found."""

    name: str
    is_ok: bool
    says: str


def checks() -> list[Check]:
    """All checks, in the order in which one depends on the next."""
    return [_answered(name, look) for name, look in LOOKS.items()]


def _answered(name: str, look: Callable[[], tuple[bool, str]]) -> Check:
    """A check that cannot even be made is red, and says no more than the kind of the error."""
    try:
        is_ok, says = look()
    except (sa.exc.SQLAlchemyError, OSError) as error:
        db.session.rollback()
        return Check(name, False, type(error).__name__)
    return Check(name, is_ok, says)


def _database() -> tuple[bool, str]:
    return db.session.scalar(sa.text("SELECT 1")) == 1, "answers"


def _schema() -> tuple[bool, str]:
    found = MigrationContext.configure(db.session.connection()).get_current_revision()
    return found == installation.head(), found or "empty"


def _jobs() -> tuple[bool, str]:
    at = db.session.scalar(sa.select(Heartbeat.at).where(Heartbeat.name == JOBS))
    if at is None:
        return False, "never started"
    age = now() - at
    return age < STALE, f"last beat {age.total_seconds():.0f} s ago"


def _disk() -> tuple[bool, str]:
    free = shutil.disk_usage(current_app.config["DATA_DIR"]).free
    return free > ROOM, f"{free // 2**20} MiB free"


def _backup() -> tuple[bool, str]:
    at, most = backups.last(), current_app.config["BACKUP_HOURS"]
    if at is None:
        return not most, "none so far"
    hours = (now() - at).total_seconds() / 3600
    return not most or hours <= most, f"last one {hours:.0f} h ago"


def _outbox() -> tuple[bool, str]:
    """Deliveries that wait for their next try are not late; one that nobody takes up is."""
    since = counts.due_since()
    if since is None:
        return True, "nothing waits"
    late = now() - since
    return late < LATE, f"oldest delivery {max(late.total_seconds(), 0):.0f} s overdue"


def _log() -> tuple[bool, str]:
    """SQLite's write-ahead log: it grows while somebody reads without an end."""
    size = transaction.log_bytes()
    return size < LONG, f"write-ahead log {size // 2**20} MiB"


def _moved() -> tuple[bool, str]:
    """A SQLite database that was copied to PostgreSQL for good takes no answers."""
    found = moving.here()
    return found is None, str(found or "no")


LOOKS: dict[str, Callable[[], tuple[bool, str]]] = {
    "database": _database,
    "schema": _schema,
    "jobs": _jobs,
    "disk": _disk,
    "backup": _backup,
    "outbox": _outbox,
    "log": _log,
    "moved": _moved,
}
